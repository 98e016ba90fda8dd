"""The profiler: what it counts, where it looks, and that nothing stays switched on."""

import asyncio
import contextvars
import threading
from collections import Counter

import numpy as np
import pytest

import autograd
import nn
from autograd import OPS, OperationError, ShapeError, Tensor, Value, no_grad
from autograd.recording import Mode, mode, module_path, watching


@pytest.fixture(autouse=True)
def nothing_left_on():
    before = mode.special
    yield
    assert mode.special == before
    assert watching.get() is None
    assert module_path.get() == ""


def calls(p, phase=None):
    """How often each op ran, of both directions or one."""
    counts = Counter()
    for row in p.rows:
        if phase in (None, row.phase):
            counts[row.op] += row.calls
    return dict(counts)


def sizes(p, phase):
    return {row.op: row.bytes for row in p.rows if row.phase == phase}


def parameter(*shape):
    return Tensor(np.ones(shape), requires_grad=True)


# ------------------------------------------------------------------------------------- Tensors


def test_tensor_calls_and_bytes_are_exact():
    x, w, b = Tensor(np.ones((4, 3))), parameter(3, 2), parameter(2)
    with autograd.profile() as p:
        loss = ((x @ w + b).tanh() * 2).sum()
        loss.backward()
    expected = {"matmul": 1, "add": 1, "tanh": 1, "mul": 1, "sum": 1}
    assert calls(p, "forward") == calls(p, "backward") == expected
    eights = {"matmul": 8, "add": 8, "tanh": 8, "mul": 8, "sum": 1}
    assert sizes(p, "forward") == {op: 8 * count for op, count in eights.items()}
    back = sizes(p, "backward")
    assert back["matmul"] == 8 * 6  # w alone: x is a constant
    assert back["tanh"] == back["mul"] == 8 * 8
    assert back["add"] == 8 * 2  # to b; what goes to the product is the gradient that came
    assert back["sum"] == 8 * 8  # the one number that came, written out for so few
    assert all(row.seconds > 0 for row in p.rows)


def test_views_take_no_memory():
    x = parameter(4, 3) * 1
    with autograd.profile() as p:
        x.T.reshape(3, 4, 1)[0]
    assert calls(p) == {"transpose": 1, "reshape": 1, "getitem": 1}
    assert sizes(p, "forward")["transpose"] == sizes(p, "forward")["getitem"] == 0


def test_gradients_are_what_they_are_without_it():
    def gradients():
        w = Tensor(np.linspace(-1, 1, 6).reshape(3, 2), requires_grad=True)
        ((w @ w.T).exp().mean() + (w * w).sum()).backward()
        return w.grad

    with autograd.profile():
        watched = gradients()
    np.testing.assert_array_equal(watched, gradients())


def test_forward_only_under_no_grad():
    w = parameter(3, 2)
    with autograd.profile() as p, no_grad():
        y = w * 2 + 1
    assert not y.requires_grad
    assert calls(p) == {"mul": 1, "add": 1}
    assert {row.phase for row in p.rows} == {"forward"}


def test_a_profile_does_not_turn_recording_on_or_off():
    w = parameter(2)
    with autograd.profile():
        assert (w * 2).requires_grad
        assert (Value(2.0) * 3).op is OPS["mul"]


def test_the_pass_alone():
    loss = (parameter(3) * 2).sum()
    with autograd.profile() as p:
        loss.backward()
    assert calls(p, "forward") == {}
    assert calls(p, "backward") == {"mul": 1, "sum": 1}


def test_double_backward_counts_a_pass_as_the_ops_it_goes_through():
    x = Tensor(2.0, requires_grad=True)
    with autograd.profile() as p:
        y = x * x * x
        (first,) = autograd.grad(y, [x], create_graph=True)
    assert calls(p, "forward")["mul"] == 2
    assert calls(p, "backward") == {"mul": 2}
    with autograd.profile() as second:
        first.backward()
    assert x.grad == pytest.approx(12.0)
    assert calls(second, "forward") == {}
    assert second.rows


def test_all_ways_back_are_seen():
    x = parameter(3)
    with autograd.profile() as p:
        autograd.grad(lambda v: (v * v).sum())(np.ones(3))
        autograd.value_and_grad(lambda a: a * a)(2.0)
        autograd.grad((x * 2).sum(), [x])
    assert calls(p, "backward")["mul"] == 3


# -------------------------------------------------------------------------------------- Values


def test_value_calls_are_exact():
    a, b = Value(2.0), Value(3.0)
    with autograd.profile() as p:
        out = (a * b + 1).tanh() + 2 / a - a**2
        out.backward()
    expected = {"mul": 1, "add": 2, "tanh": 1, "div": 1, "sub": 1, "pow": 1}
    assert calls(p, "forward") == calls(p, "backward") == expected
    edges = {"mul": 2, "add": 3, "tanh": 1, "div": 1, "sub": 2, "pow": 1}
    number = {op: size // edges[op] for op, size in sizes(p, "backward").items()}
    assert len(set(number.values())) == 1  # a number for every edge
    watched = a.grad, b.grad
    a.grad = b.grad = None
    ((a * b + 1).tanh() + 2 / a - a**2).backward()
    assert watched == (a.grad, b.grad)


def test_lists_of_values_and_weighted_sums():
    model = nn.MLP(2, [3, 1], activation="tanh")
    with autograd.profile() as p:
        out = OPS["sum"]([model([1.0, 2.0]), model([Value(1.0), 2.0])])
        out.backward()
    assert calls(p, "forward") == {"weighted_sum": 8, "tanh": 6, "sum": 1}
    assert calls(p, "backward") == {"weighted_sum": 8, "tanh": 6, "sum": 1}


def test_values_without_recording():
    with autograd.profile() as p, no_grad():
        Value(2.0) * 3 + 1
    assert calls(p) == {"mul": 1, "add": 1}


def test_values_picked_out_of_a_tensor():
    x = parameter(2)
    with autograd.profile() as p:
        a, b = x.to_values()
        (a * b).backward()
    assert x.grad.tolist() == [1.0, 1.0]
    assert calls(p, "forward") == calls(p, "backward") == {"pick": 2, "mul": 1}


# ------------------------------------------------------------------------------- inside, outside


def test_nothing_is_recorded_outside():
    w = parameter(2)
    loss = (w * 2).sum()
    with autograd.profile() as p:
        pass
    loss.backward()
    (Value(1.0) + 1).backward()
    assert p.rows == []
    assert "nothing was recorded" in str(p)
    assert "nothing was recorded" in p._repr_html_()


def test_without_a_profile_only_the_flag_is_read(monkeypatch):
    def refuse(self):
        raise AssertionError("an operation looked further than mode.special")

    monkeypatch.setattr(Mode, "watcher", refuse)
    (parameter(2) * 2).sum().backward()
    (Value(1.0) * 2 + OPS["sum"]([Value(1.0), 2.0])).backward()
    nn.MLP(2, [2, 1])([1.0, 2.0]).backward()
    parameter(2).to_values()[0].backward()


def test_an_op_that_fails_is_not_recorded_and_nothing_stays_on():
    with autograd.profile() as p:
        with pytest.raises(ShapeError):
            parameter(2, 3) @ parameter(2, 3)
        with pytest.raises((TypeError, OperationError)):
            OPS["mul"](Value(1.0), parameter(2))
        parameter(2) * 2
    assert calls(p) == {"mul": 1}


def test_an_exception_in_the_block_closes_it():
    p = autograd.profile()

    def work():
        with p:
            parameter(2) * 2
            raise KeyError

    with pytest.raises(KeyError):
        work()
    parameter(2) * 2
    assert calls(p) == {"mul": 1}


def test_an_exception_in_the_backward_pass_leaves_nothing_on():
    w = parameter(2)
    y = w * 2
    y.register_hook(lambda g: 1 / 0)
    with autograd.profile() as p:
        with pytest.raises(ZeroDivisionError):
            y.sum().backward()
        w * 3
    assert calls(p, "forward") == {"sum": 1, "mul": 1}
    assert calls(p, "backward") == {"sum": 1}


def test_nested_profiles_both_record():
    w = parameter(2)
    with autograd.profile() as outer:
        w * 2
        with autograd.profile() as inner:
            w + 1
        w * 3
    assert calls(outer) == {"mul": 2, "add": 1}
    assert calls(inner) == {"add": 1}
    assert outer.seconds > inner.seconds > 0


def test_the_same_profile_inside_itself_counts_once():
    w = parameter(2)
    with autograd.profile() as p:
        with p:
            w * 2
        w * 3
    assert calls(p) == {"mul": 2}


def test_a_profile_opened_again_adds_up():
    p = autograd.profile()
    for _ in range(3):
        with p:
            parameter(2) * 2
    assert calls(p) == {"mul": 3}


def test_another_thread_is_not_recorded_unless_it_takes_part():
    p = autograd.profile()

    def apart():
        for _ in range(5):
            parameter(2) + 1

    def taking_part():
        with p:
            for _ in range(200):
                parameter(2) * 1
                Value(1.0).exp()

    with p:
        others = [
            threading.Thread(target=contextvars.Context().run, args=(work,))
            for work in (apart, taking_part, taking_part)
        ]
        for thread in others:
            thread.start()
        for thread in others:
            thread.join()
        parameter(2) - 1
    assert calls(p) == {"mul": 400, "exp": 400, "sub": 1}


def test_tasks_are_apart():
    async def one(op, count):
        with autograd.profile() as p:
            for _ in range(count):
                op(parameter(2))
                await asyncio.sleep(0)
        return calls(p)

    async def both():
        return await asyncio.gather(one(OPS["exp"], 3), one(OPS["tanh"], 5))

    assert asyncio.run(both()) == [{"exp": 3}, {"tanh": 5}]
