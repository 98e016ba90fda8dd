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
    gc.collect()  # what other tests left behind is not taken away in between
    gc.disable()
    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return seen


FORWARD = {
    "add": (lambda a, b: a + b, ["quick_add"]),
    "mul": (lambda a, b: a * b, ["quick_mul"]),
    "mul by a number": (lambda a, b: a * 2.0, ["quick_mul"]),
    "a number times": (lambda a, b: 2.0 * a, ["quick_mul"]),
    "matmul": (lambda a, b: a @ b, ["method", "recorded"]),
    "tanh": (lambda a, b: a.tanh(), ["quick_tanh"]),
    "relu": (lambda a, b: a.relu(), ["quick_relu"]),
    "a function of it": (
        lambda a, b: autograd.sigmoid(a),
        ["__call__", "quick_sigmoid", "caller_line"],
    ),
}


@pytest.mark.parametrize(("op", "wanted"), FORWARD.values(), ids=FORWARD)
def test_calls_forward(op, wanted):
    a, b = leaf(), leaf()
    assert calls_of(lambda: op(a, b)) == ["<lambda>", *wanted]


def test_calls_forward_of_an_op_with_settings():
    a = leaf()
    seen = calls_of(lambda: a.sum())
    assert seen[:2] == ["method", "apply_op"]
    assert len(seen) <= 9


BACKWARD = {
    "add": (lambda a, b: a + b, ["back_add"]),
    "mul": (lambda a, b: a * b, ["back_mul"]),
    "mul by a number": (lambda a, b: a * 2.0, ["back_mul"]),
    "neg": (lambda a, b: -a, ["back_neg"]),
    "tanh": (lambda a, b: a.tanh(), ["back_tanh"]),
    "exp": (lambda a, b: a.exp(), ["back_exp"]),
    "relu": (lambda a, b: a.relu(), ["back_relu", "selected", "where"]),
}


@pytest.mark.parametrize(("op", "wanted"), BACKWARD.values(), ids=BACKWARD)
def test_calls_backward(op, wanted):
    a, b = leaf(), leaf()
    one = np.ones_like(X)
    op(a, b)  # from here on a graph reads the leaves, and the way back is the quick one
    root = op(a, b)
    before = calls_of(lambda: propagate(a, one, leaves_only=True))
    seen = calls_of(lambda: propagate(root, one, leaves_only=True))
    assert before[-1] == "_send_all"
    assert seen == [*before, *wanted]


def test_calls_backward_of_matmul_and_sum():
    a, b = leaf(), leaf()
    root, total = a @ b, a.sum()
    seen = calls_of(lambda: propagate(root, np.ones_like(X), leaves_only=True))
    at = seen.index("send")
    each = ["<lambda>", "_to_left", "product", "<lambda>", "_to_right", "product"]
    assert seen[at + 1 :] == ["send_to_each", *each]
    one = np.ones((), np.float32)
    seen = calls_of(lambda: propagate(total, one, leaves_only=True))
    at = seen.index("send")
    assert seen[at + 1 :] == ["send_to_each", "<lambda>", "restored", "repeated"]


def test_a_long_chain_calls_once_for_each_op_each_way():
    x, w = leaf(), leaf()

    def build():
        y = x
        for _ in range(50):
            y = y * w + x
        return y

    assert sorted(calls_of(build)) == ["quick_add"] * 50 + ["quick_mul"] * 50
    y, one = build(), np.ones_like(X)
    seen = calls_of(lambda: propagate(y, one, leaves_only=True))
    assert seen.count("back_add") == seen.count("back_mul") == 50
    assert len(seen) <= 110


OBJECTS = {
    "add": (lambda a, b: a + b, 1),
    "mul": (lambda a, b: a * b, 1),
    "mul by a number": (lambda a, b: a * 2.0, 1),
    "relu": (lambda a, b: a.relu(), 1),
    "matmul": (lambda a, b: a @ b, 4),
    "sum": (lambda a, b: a.sum(), 4),
}


@pytest.mark.parametrize(("op", "wanted"), OBJECTS.values(), ids=OBJECTS)
def test_objects_the_collector_looks_at(op, wanted):
    """The Tensor; where no quick way was taken also its inputs, their arrays, its line."""
    a, b = leaf(), leaf()
    for _ in range(3):
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
    place = id(x._grad)
    assert id(x.grad) == place
    assert id(x.grad) == place


def test_a_gradient_that_somebody_holds_is_copied_when_it_is_read():
    x = leaf()
    seen = []
    x.register_hook(lambda g: seen.append(g))  # a view, which cannot be written to
    (x * X).backward(np.ones_like(X))
    before = seen[0].copy()
    x.grad[...] = 7.0
    np.testing.assert_array_equal(seen[0], before)


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
