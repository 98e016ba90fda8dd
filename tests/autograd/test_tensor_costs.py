"""What a small operation on Tensors costs, counted: Python's calls and the collector's objects."""

import gc
import sys
import tracemalloc

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.engine import propagate

X = np.linspace(0.1, 1.6, 16, dtype=np.float32).reshape(4, 4)


def leaf():
    return Tensor(X, requires_grad=True)


def calls_of(work):
    """The functions written in Python that were called, as often as they were."""
    seen = []

    def look(frame, event, argument):
        name = frame.f_code.co_name
        if event == "call" and frame.f_code is not work.__code__ and name != "<listcomp>":
            seen.append(name)  # lists are not calls in every version of Python

    work()  # what is found out at the first time is not counted
    work()
    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(None)
    return seen


FORWARD = {
    "add": (lambda a, b: a + b, ["method"]),
    "mul": (lambda a, b: a * b, ["method"]),
    "mul by a number": (lambda a, b: a * 2.0, ["method"]),
    "a number times": (lambda a, b: 2.0 * a, ["method"]),
    "matmul": (lambda a, b: a @ b, ["method"]),
    "tanh": (lambda a, b: a.tanh(), ["method"]),
    "relu": (lambda a, b: a.relu(), ["method", "relu"]),
}


@pytest.mark.parametrize(("op", "wanted"), FORWARD.values(), ids=FORWARD)
def test_calls_forward(op, wanted):
    a, b = leaf(), leaf()
    assert calls_of(lambda: op(a, b)) == ["<lambda>", *wanted]


def test_calls_forward_of_an_op_with_settings():
    a = leaf()
    seen = calls_of(lambda: a.sum())
    assert seen[:4] == ["method", "__call__", "_bind", "apply_op"]
    assert len(seen) <= 12


PASS = ["propagate", "topological_order", "__init__", "__enter__"]
BACKWARD = {
    "add": (lambda a, b: a + b, ["send"]),
    "mul": (lambda a, b: a * b, ["send"]),
    "mul by a number": (lambda a, b: a * 2.0, ["send", "times", "fitted"]),
    "neg": (lambda a, b: -a, ["send", "times"]),
    "tanh": (lambda a, b: a.tanh(), ["send", "<lambda>"]),
    "exp": (lambda a, b: a.exp(), ["send"]),
    "relu": (lambda a, b: a.relu(), ["send", "<lambda>", "times", "selected", "where"]),
}


@pytest.mark.parametrize(("op", "wanted"), BACKWARD.values(), ids=BACKWARD)
def test_calls_backward(op, wanted):
    a, b = leaf(), leaf()
    one = np.ones_like(X)
    root = op(a, b)
    before = calls_of(lambda: propagate(a, one))
    seen = calls_of(lambda: propagate(root, one, leaves_only=True))
    at = before.index("__exit__")
    assert seen == [*before[:at], *wanted, *before[at:]]


def test_calls_backward_of_matmul_and_sum():
    a, b = leaf(), leaf()
    root, total = a @ b, a.sum()
    seen = calls_of(lambda: propagate(root, np.ones_like(X), leaves_only=True))
    at = seen.index("send")
    each = ["<lambda>", "_to_left", "product", "<lambda>", "_to_right", "product"]
    assert seen[at + 1 : -1] == each
    one = np.ones((), np.float32)
    seen = calls_of(lambda: propagate(total, one, leaves_only=True))
    at = seen.index("_send_by_pull_back")
    each = ["<lambda>", "restored", "_axes", "repeated", "fitted", "add_into"]
    assert seen[at + 1 : -1] == ["pull_back", *each]


def test_a_long_chain_calls_once_for_each_op_each_way():
    x, w = leaf(), leaf()

    def build():
        y = x
        for _ in range(50):
            y = y * w + x
        return y

    assert calls_of(build).count("method") == len(calls_of(build)) == 100
    y, one = build(), np.ones_like(X)
    seen = calls_of(lambda: propagate(y, one, leaves_only=True))
    assert seen.count("send") == 100
    assert len(seen) <= 110


OBJECTS = {
    "add": (lambda a, b: a + b, 4),
    "mul": (lambda a, b: a * b, 4),
    "matmul": (lambda a, b: a @ b, 4),
    "relu": (lambda a, b: a.relu(), 4),
    "sum": (lambda a, b: a.sum(), 5),
}


@pytest.mark.parametrize(("op", "wanted"), OBJECTS.values(), ids=OBJECTS)
def test_objects_the_collector_looks_at(op, wanted):
    """The Tensor, its inputs, their arrays, its line; settings, where there are some."""
    a, b = leaf(), leaf()
    op(a, b)
    gc.collect()
    gc.disable()
    try:
        before = gc.get_count()[0]
        made = [op(a, b) for _ in range(100)]
        after = gc.get_count()[0]
        assert len(made) == 100
    finally:
        gc.enable()
    assert round((after - before) / 100) == wanted


# ------------------------------------------------------------------ borrowed, then owned


def test_a_gradient_that_arrives_alone_is_not_copied():
    x = leaf()
    y = x * X
    seed = np.ones_like(X)
    y.backward(seed, leaves_only=True)
    first = x._grad
    assert not x._borrowed
    assert x.grad is first


def test_sums_are_made_once_and_then_added_to_in_place():
    x = Tensor(np.ones((100, 100)), requires_grad=True)  # 80 kB: no memory that waits
    total = x * 0.0
    for i in range(1, 20):
        total = total + x * float(i)
    seed = np.ones((100, 100))
    propagate(total, seed, leaves_only=True)
    tracemalloc.start()
    found = propagate(total, seed, leaves_only=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_array_equal(found[x], np.full((100, 100), 190.0))
    assert peak < 2.5 * seed.nbytes  # the sum, and what is added to it


@pytest.mark.parametrize("times", [2, 5])
def test_borrowed_gradients_are_never_written_to(times):
    """A sum hands the same array to both of its terms: neither may add into the other's."""
    a, b = leaf(), leaf()
    y = a + b
    for _ in range(times):
        y = y + a
    seed = np.ones_like(X)
    y.backward(seed)
    np.testing.assert_array_equal(seed, np.ones_like(X))
    np.testing.assert_array_equal(a.grad, np.full_like(X, times + 1))
    np.testing.assert_array_equal(b.grad, np.ones_like(X))
    a.grad[...] = 9.0
    np.testing.assert_array_equal(b.grad, np.ones_like(X))
    np.testing.assert_array_equal(y.grad, np.ones_like(X))


def test_the_line_is_the_users_wherever_it_is_recorded():
    a, b = leaf(), leaf()
    namespace = {"a": a, "b": b, "autograd": autograd, "__name__": "someone"}
    for source in ("a * b", "a.tanh()", "autograd.tanh(a)", "2.0 * a", "a.sum()"):
        code = compile(f"\n\ny = {source}", "theirs.py", "exec")
        exec(code, namespace)
        assert autograd.trace(namespace["y"]).root.line == "theirs.py:3"
