"""Nodes, graphs and models that are copied, deep-copied and pickled, also by another process."""

import copy
import io
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value, source_lines
from autograd.node import hooks_alive

ROOT = Path(__file__).resolve().parents[2]
LONG = 10_000


def pickled(thing):
    return pickle.loads(pickle.dumps(thing))


WAYS = [
    pytest.param(copy.deepcopy, id="deepcopy"),
    pytest.param(pickled, id="pickle"),
    pytest.param(lambda thing: pickle.loads(pickle.dumps(thing, 0)), id="oldest pickle"),
]
every_way = pytest.mark.parametrize("way", WAYS)


def of_values(a):
    b = (a * 2).tanh()
    return autograd.dot([a, b, 3.0], [b, 1.5, a], b) + autograd.logsumexp([a, b]) + b


def of_tensors(a):
    b = (a * 2).tanh() @ np.ones((2, 2))
    return (autograd.concatenate([b, a])[1:] * b[0]).logsumexp() + a.sum()


def across(a):
    first, second = a.to_values()[0]
    return autograd.tensor_from_values([first * second, first]).sum() * a.sum()


GRAPHS = [
    pytest.param(lambda: Value(0.7), of_values, id="values"),
    pytest.param(lambda: Tensor([[0.5, -1.0]], requires_grad=True), of_tensors, id="tensors"),
    pytest.param(lambda: Tensor([[0.5, -1.0]], requires_grad=True), across, id="both"),
]


@every_way
@pytest.mark.parametrize(("leaf", "build"), GRAPHS)
def test_a_copied_graph_is_the_same_and_apart(way, leaf, build):
    a = leaf()
    out = build(a)
    result, own = way((out, a))
    assert result is not out
    assert own is not a
    assert type(result) is type(out)
    assert np.asarray(result.data).tobytes() == np.asarray(out.data).tobytes()
    result.backward()
    assert a.grad is None
    assert out.grad is None
    out.backward()
    assert np.asarray(own.grad).tobytes() == np.asarray(a.grad).tobytes()
    again = autograd.grad(build(own), own, create_graph=True)
    assert type(again[0]) is type(own)


@every_way
def test_second_order_through_a_copy(way):
    x = Tensor([1.0, 2.0], requires_grad=True)
    y, leaf = way(((x**3).sum(), x))
    (g,) = autograd.grad(y, leaf, create_graph=True)
    g.sum().backward()
    assert leaf.grad.tolist() == [6.0, 12.0]


@every_way
@pytest.mark.parametrize("kind", ["values", "tensors"])
def test_long_chains(way, kind):
    x = Value(1.0) if kind == "values" else Tensor([1.0], requires_grad=True)
    y = x
    for _ in range(LONG):
        y = y * 1.0
    made, leaf = way((y, x))
    made.backward()
    assert np.ravel(leaf.grad).tolist() == [1.0]
    assert x.grad is None


@every_way
def test_a_result_used_twice_stays_one(way):
    a = Value(2.0)
    b = a * 3
    c = way(b * b + b)
    c.backward()
    product, other = c.parents
    assert product.parents[0] is product.parents[1] is other
    assert other.grad == 2 * 6 + 1


def test_results_deep_copied_together_share_what_they_shared():
    a = Value(2.0)
    b = a * 3
    both = copy.deepcopy([b + 1, b * 5])
    assert both[0].parents[0] is both[1].parents[0]


@every_way
def test_labels_scopes_and_lines_come_along(way):
    with source_lines():
        a = Value(2.0, label="a")
        b = a * 3
    t = Tensor([1.0], requires_grad=True, label="t")
    for out in (b, t * 2):
        before, after = autograd.trace(out), autograd.trace(way(out))
        assert after.root.line == before.root.line
        assert after.root.line.startswith("test_copies.py:")
        assert [n.label for n in after.nodes] == [n.label for n in before.nodes]


@every_way
def test_hooks_stay_with_the_node_they_were_given_to(way):
    before = hooks_alive[0]
    a = Value(3.0)
    seen = []
    handle = a.register_hook(seen.append)
    twin = way(a)
    (twin * 2).backward()
    assert not seen
    del twin
    (a * 2).backward()  # the count of hooks was not spoilt by the copy's end
    assert seen == [2.0]
    handle.remove()
    assert hooks_alive[0] == before


@pytest.mark.parametrize("kind", ["value", "tensor"])
def test_a_shallow_copy_has_the_same_parents(kind):
    a = Value(2.0) if kind == "value" else Tensor([2.0], requires_grad=True)
    b = a * 3
    twin = copy.copy(b)
    assert twin.parents[0] is a
    twin.backward()
    assert np.ravel(a.grad).tolist() == [3.0]
    assert b.grad is None
    leaf = copy.copy(a)
    leaf.data -= 1.0
    assert np.ravel(a.data).tolist() == [2.0]
    (leaf * 2).backward()
    assert np.ravel(a.grad).tolist() == [3.0]


@every_way
def test_writing_to_a_copy_leaves_the_original(way):
    x = Tensor([1.0, 2.0], requires_grad=True)
    held = x.data  # the user holds the array
    y = (x * x).sum()
    twin, other = way((y, x))
    other.data[0] = 100.0
    held[1] = 50.0
    twin.backward()
    y.backward()
    assert other.grad.tolist() == [2.0, 4.0]
    assert x.grad.tolist() == [2.0, 4.0]


@every_way
def test_models_with_tied_weights_hooks_and_optimizer(way):
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3))
    model[2].weight = model[0].weight
    optimizer = nn.Adam(model.parameters())
    x = np.random.default_rng(0).normal(size=(4, 3))
    model(x).sum().backward()
    optimizer.step()
    twin, its = way((model, optimizer))
    assert twin[2].weight is twin[0].weight
    assert its.param_groups[0]["params"][0] is twin[0].weight
    for each, steps in ((model, optimizer), (twin, its)):
        steps.zero_grad()
        (each(x) ** 2).sum().backward()
        steps.step()
    for mine, other in zip(model.parameters(), twin.parameters(), strict=True):
        assert mine is not other
        assert mine.data.tobytes() == other.data.tobytes()


CHILD = """
import pickle, sys, json
out, leaf, model, x = pickle.load(sys.stdin.buffer)
for _ in range(20):  # a fresh process counts its backward passes from the start
    leaf.grad = None
    out.backward()
answer = [float(leaf.grad)]
loss = (model(x) ** 2).sum()
loss.backward()
answer += [p.grad.tolist() for p in model.parameters()]
json.dump(answer, sys.stdout)
"""


def test_another_process_goes_on_with_it():
    leaf = Value(0.3)
    out = of_values(leaf)
    for _ in range(9):
        out.backward()
    leaf.grad = None
    out.backward()
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    x = np.array([[1.0, -2.0]])
    sent = pickle.dumps((out, leaf, model, x))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=sent, capture_output=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    (model(x) ** 2).sum().backward()
    expected = [leaf.grad, *(p.grad.tolist() for p in model.parameters())]
    assert json.loads(done.stdout) == expected


def test_a_users_own_op_that_the_other_process_does_not_know():
    from autograd import operation

    @operation(vjp=(lambda g, out, x: g * 2,))
    def doubled_for_a_pickle(x):
        return 2 * x

    y = doubled_for_a_pickle(Tensor([1.0], requires_grad=True))
    contents = pickle.dumps(y)
    del autograd.OPS["doubled_for_a_pickle"]
    with pytest.raises(autograd.OperationError, match=r"doubled_for_a_pickle.*define it"):
        pickle.loads(contents)


def test_no_file_is_needed():
    """The pickles hold plain data and our own classes only: no code objects."""
    with source_lines():
        y = Value(1.0) * 2
    contents = pickle.dumps((y, Tensor([1.0], requires_grad=True) * 2))

    class Strict(pickle.Unpickler):
        def find_class(self, module, name):
            assert module.split(".")[0] in ("autograd", "numpy", "copyreg", "builtins"), module
            return super().find_class(module, name)

    Strict(io.BytesIO(contents)).load()
