"""The backward pass: order, sums, depth, hooks, and what happens when it fails."""

import gc
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from autograd import (
    GradientError,
    ShapeError,
    Tensor,
    Value,
    dot,
    no_grad,
    operation,
    tensor_from_values,
)
from autograd.engine import propagate, topological_order
from autograd.op import OPS

ONE_MILLION = 1_000_000


def leaf(kind, number):
    return Value(number) if kind is Value else Tensor(number, requires_grad=True)


kinds = pytest.mark.parametrize("kind", [Value, Tensor])


# ------------------------------------------------------------------ sums over paths


@kinds
def test_reuse_adds_up(kind):
    a = leaf(kind, 3.0)
    for formula, slope in (
        (lambda: a + a, 2.0),
        (lambda: a * a, 6.0),
        (lambda: a * a * a, 27.0),
        (lambda: a - a, 0.0),
        (lambda: (a * 2) + (a * 2) * a, 2 + 12.0),
    ):
        a.grad = None
        formula().backward()
        assert a.grad == slope


@kinds
def test_diamonds(kind):
    a = leaf(kind, 1.0)
    y = a
    for _ in range(200):
        y = y + y
    y.backward()
    assert a.grad == 2.0**200


@kinds
def test_one_node_used_a_thousand_times(kind):
    a = leaf(kind, 2.0)
    y = a * 0
    for i in range(1000):
        y = y + a * i
    y.backward()
    assert a.grad == 499_500.0
    if kind is Value:
        b = Value(2.0)
        dot([b] * 1000, [1.0] * 1000, b).backward()
        assert b.grad == 1001.0
        dot([b] * 1000, [b] * 1000, 0.0).backward()
        assert b.grad == 1001.0 + 4000.0


@kinds
def test_backward_twice_adds_up(kind):
    x = leaf(kind, 3.0)
    y = x**3
    middle = y * 1
    assert x.grad is None
    assert y.grad is None
    middle.backward()
    assert (x.grad, y.grad, middle.grad) == (27.0, 1.0, 1.0)
    middle.backward()
    assert (x.grad, y.grad, middle.grad) == (54.0, 2.0, 2.0)


@kinds
def test_two_results_share_a_part(kind):
    x = leaf(kind, 2.0)
    shared = x * x
    (shared * 3).backward()
    (shared * 5).backward()
    assert x.grad == 32.0
    assert shared.grad == 8.0


@kinds
def test_what_was_not_reached_has_no_gradient(kind):
    x, z = leaf(kind, 2.0), leaf(kind, 5.0)
    y = x * z
    side = z * 3
    (x * 2).backward()
    assert (z.grad, y.grad, side.grad) == (None, None, None)


@kinds
def test_order_is_parents_first_and_each_once(kind):
    a = leaf(kind, 2.0)
    b = a * a
    c = b + a
    d = c * b
    order = topological_order(d)
    assert len(order) == 4
    for node in order:
        for parent in node.parents:
            assert order.index(parent) < order.index(node)


@kinds
def test_a_leaf_is_its_own_gradient(kind):
    x = leaf(kind, 2.0)
    x.backward()
    assert x.grad == 1.0


def test_propagate_writes_no_gradient():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    seen = []
    found = propagate(y, np.array(1.0), observe=seen.append)
    assert (x.grad, y.grad) == (None, None)
    np.testing.assert_array_equal(found[x], [2.0, 4.0])
    assert [(c.node.op.name, c.slot) for c in seen] == [("sum", 0), ("mul", 0), ("mul", 1)]


def test_leaves_only():
    x = Tensor([1.0, 2.0], requires_grad=True)
    middle = x * x
    middle.sum().backward(leaves_only=True)
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])
    assert middle.grad is None


# ------------------------------------------------------------------ depth


def test_a_million_values():
    a = Value(1.0)
    y = a
    for i in range(ONE_MILLION):
        y = y + a if i % 2 else y * 1.0
    y.backward()
    assert a.grad == 1 + ONE_MILLION / 2
    y.backward()
    assert a.grad == 2 + ONE_MILLION
    assert "Value(500001.0" in repr(y)
    del y
    assert gc.collect() == 0


def test_a_million_tensors():
    gc.disable()  # it would look through them again and again
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x
    for i in range(ONE_MILLION):
        y = y + x if i % 2 else -y
    y.backward([1.0, 1.0], leaves_only=True)
    np.testing.assert_array_equal(x.grad, [1.0, 1.0])
    y.backward([1.0, 1.0], leaves_only=True)
    np.testing.assert_array_equal(x.grad, [2.0, 2.0])
    assert "op=add" in repr(y)
    del y
    gc.enable()


@pytest.mark.parametrize(
    "link",
    [
        "y = y * 1.0",
        "y = dot([y], [x], x)",
        "y = autograd.sum([y, x])",
        "y = tensor_from_values([y]).to_values()[0]",
        "y = y.relu() if not i % 2 else -(-y)",
    ],
)
def test_deep_graphs_die_quietly(link):
    """In a process of its own: an overflow of the C stack would end this one."""
    program = f"""
        import threading, autograd
        from autograd import Value, dot, tensor_from_values
        from autograd.engine import propagate
        def run():
            x = y = Value(1.0)
            for i in range({20_000 if "autograd" in link or "tensor" in link else 100_000}):
                {link}
            y.backward()
            repr(y)
            found = propagate(y, Value(1.0), create_graph=True) if {"tensor" not in link} else None
            del y
            del found
            print("done", x.grad is not None)
        threading.stack_size(1024 * 1024)  # a small stack shows recursion sooner
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "done True\n"), done.stderr[-2000:]


def test_deep_tensor_graphs_die_quietly():
    program = """
        import gc, threading
        from autograd import Tensor
        gc.disable()
        def run():
            x = y = Tensor([1.0], requires_grad=True)
            for i in range(300_000):
                y = y * x
            del y
            print("done")
        threading.stack_size(1024 * 1024)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr[-2000:]


# ------------------------------------------------------------------ seeds


def test_the_seeds_shape_is_checked():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    for seed in (1.0, [1.0], [[1.0, 1.0]], np.ones(3)):
        with pytest.raises(ShapeError, match=r"backward: the gradient has shape .*the result has"):
            y.backward(seed)
    with pytest.raises(GradientError, match=r"reduce it to one number"):
        y.backward()
    for seed in ("1", 1j, [1j, 1j], ["a", "b"]):
        with pytest.raises(GradientError, match="backward: the gradient"):
            y.backward(seed)
    assert (x.grad, y.grad) == (None, None)
    y.backward([1, 2])
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])
    y.backward(Tensor([1.0, 0.0]))
    np.testing.assert_array_equal(x.grad, [4.0, 4.0])


def test_seeds_take_the_results_dtype():
    x = Tensor([1.0, 2.0], requires_grad=True, dtype=np.float32)
    (x * 2).backward(np.array([1.0, 1.0], dtype=np.float64))
    assert x.grad.dtype == np.float32


def test_nan_seeds_are_refused():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    with pytest.raises(GradientError, match=r"backward: the gradient holds nan"):
        y.backward([np.nan, 1.0])
    assert x.grad is None
    assert y.grad is None
    y.backward([np.inf, 1.0])  # infinity is a number: an honest answer comes back
    np.testing.assert_array_equal(x.grad, [np.inf, 2.0])


def test_nothing_recorded():
    for y in (Tensor([1.0]) * 2, Tensor(1.0)):
        with pytest.raises(GradientError, match="requires_grad=True"):
            y.backward()
    x = Tensor(1.0, requires_grad=True)
    with no_grad():
        y = x * 2
    with pytest.raises(GradientError, match=r"no_grad\(\)"):
        y.backward()


# ------------------------------------------------------------------ hooks and failures


@kinds
def test_hooks_see_and_replace(kind):
    x = leaf(kind, 3.0)
    y = x * 2
    seen = []
    looking = y.register_hook(lambda g: seen.append(float(g)))
    scaling = y.register_hook(lambda g: g * 10)
    (y * 5).backward()
    assert seen == [5.0]
    assert x.grad == 100.0
    assert y.grad == 50.0
    scaling.remove()
    scaling.remove()
    x.grad = None
    (y * 5).backward()
    assert x.grad == 10.0
    looking.remove()
    assert len(seen) == 2


@kinds
def test_hooks_on_leaves_and_on_the_result(kind):
    x = leaf(kind, 3.0)
    y = x * 2
    handles = [x.register_hook(lambda g: g + 1), y.register_hook(lambda g: g * 3)]
    y.backward()
    assert y.grad == 3.0
    assert x.grad == 7.0
    for handle in handles:
        handle.remove()


def test_hooks_run_once_on_the_whole_gradient():
    x = Value(3.0)
    y = x * 2
    seen = []
    handle = y.register_hook(seen.append)
    (y + y * y).backward()
    assert seen == [13.0]
    handle.remove()


def test_a_hook_dies_with_its_node():
    from autograd.node import hooks_alive

    before = hooks_alive[0]
    y = Value(1.0) * 2
    y.register_hook(lambda g: None)
    assert hooks_alive[0] == before + 1
    del y
    assert hooks_alive[0] == before


def test_constants_take_no_hooks():
    with pytest.raises(GradientError, match="constant"):
        Tensor([1.0]).register_hook(lambda g: g)


class Broken(Exception):
    pass


def fail(g):
    raise Broken


@kinds
@pytest.mark.parametrize("already", [False, True])
def test_an_error_in_a_hook_leaves_every_gradient_as_it_was(kind, already):
    x = leaf(kind, 3.0)
    y = x * 2
    z = y * y
    if already:
        z.backward()
    before = [n.grad for n in (x, y, z)]
    handle = y.register_hook(fail)
    with pytest.raises(Broken):
        z.backward()
    assert [n.grad for n in (x, y, z)] == before
    handle.remove()
    z.backward()
    assert x.grad == (48.0 if already else 24.0)


@pytest.mark.parametrize("already", [False, True])
def test_an_error_in_a_users_vjp_leaves_every_gradient_as_it_was(already):
    broken = [not already]

    def send(g, out, x):
        if broken[0]:
            raise Broken
        return g

    @operation(vjp=(send,), samples=(((3,),),))
    def breakable(x):
        """The same."""
        return x + 0

    try:
        x = Tensor([1.0, 2.0], requires_grad=True)
        y = breakable(x * 2)
        z = (y * y).sum()
        if already:
            z.backward()
            broken[0] = True
        before = [n.grad for n in (x, y, z)]
        with pytest.raises(Broken):
            z.backward()
        for node, old in zip((x, y, z), before, strict=True):
            np.testing.assert_array_equal(node.grad, old)
    finally:
        del OPS["breakable"]


def test_an_error_in_the_sweep_leaves_every_gradient_as_it_was():
    """A slope that is no number: nobody can do this but by hand, so it stands for any failure."""
    x = Value(3.0)
    x.grad = 5.0
    y = x * 2
    z = y * y
    y.left_slope = "broken"
    with pytest.raises(TypeError):
        z.backward()
    assert (x.grad, y.grad, z.grad) == (5.0, None, None)
    y.left_slope = 2.0
    z.backward()
    assert x.grad == 5.0 + 24.0


def test_a_wrong_hook_answer_is_told():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    handle = y.register_hook(lambda g: np.ones(3))
    with pytest.raises((ShapeError, GradientError), match="hook"):
        y.sum().backward()
    assert x.grad is None
    handle.remove()
    v = Value(1.0)
    w = v * 2
    handle = w.register_hook(lambda g: "nonsense")
    with pytest.raises((ShapeError, GradientError), match="hook"):
        (w * 2).backward()
    assert v.grad is None
    handle.remove()


# ------------------------------------------------------------------ between the two worlds


def test_from_tensors_to_values_and_back():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    rows = x.to_values()
    b = Value(10.0)
    y = tensor_from_values([rows[0][0] * rows[1][1], b * rows[0][1]])
    (y * y).sum().backward()
    # y = (x00 x11, b x01)
    np.testing.assert_array_equal(x.grad, [[2 * 4 * 4.0, 2 * 20 * 10.0], [0.0, 2 * 4 * 1.0]])
    assert b.grad == 2 * 20 * 2.0
    assert rows[0][0].grad == 32.0


def test_second_order_across_the_bridge():
    x = Tensor([2.0, 3.0], requires_grad=True)
    a, b = x.to_values()
    y = tensor_from_values([a * a * b, b]).prod()  # a² b²
    first = propagate(y, Tensor(1.0), create_graph=True)[x]
    np.testing.assert_allclose(first.data, [2 * 2 * 9, 2 * 4 * 3])
    second = propagate(first.sum(), Tensor(1.0), create_graph=True)[x]
    np.testing.assert_allclose(second.data, [2 * 9 + 4 * 2 * 3, 4 * 2 * 3 + 2 * 4])
    v = Value(2.0)
    z = (tensor_from_values([v, v * v]) ** 2).sum().to_values()  # v² + v⁴
    first = propagate(z, Value(1.0), create_graph=True)[v]
    assert first.data == 2 * 2 + 4 * 8
    second = propagate(first, Value(1.0), create_graph=True)[v]
    assert second.data == 2 + 12 * 4
    third = propagate(second, Value(1.0))[v]
    assert third == 24 * 2


@kinds
def test_every_order(kind):
    x = leaf(kind, 2.0)
    y = x**5
    wanted = [5 * 16.0, 20 * 8.0, 60 * 4.0, 120 * 2.0, 120.0]
    for expected in wanted:
        y = propagate(y, kind(1.0), create_graph=True)[x]
        assert float(y) == pytest.approx(expected)


def test_create_graph_then_backward():
    x = Tensor([1.0, 2.0], requires_grad=True)
    slope = propagate((x**3).sum(), Tensor(1.0), create_graph=True)[x]
    (slope**2).sum().backward()
    np.testing.assert_allclose(x.grad, 2 * (3 * x.data**2) * 6 * x.data)


def test_floats_of_the_wrong_shape():
    with pytest.raises(ShapeError, match="tensor_from_values"):
        tensor_from_values([[Value(1.0)], [Value(1.0), Value(2.0)]])
    with pytest.raises(TypeError):
        tensor_from_values(["a"])


# ------------------------------------------------------------------ slices of one array


def test_slices_are_added_into_one_array():
    x = Tensor(np.zeros((40, 3)), requires_grad=True)
    place, made = OPS["place"], []
    forward = place.forward

    def counted(*args, **settings):
        made.append(1)
        return forward(*args, **settings)

    object.__setattr__(place, "forward", counted)  # an Op is frozen
    try:
        sum((x[t] * float(t)).sum() for t in range(40)).backward()
        sum(x[t].sum() for t in range(40)).backward()  # nothing between one slice and the next
    finally:
        object.__setattr__(place, "forward", forward)
    assert len(made) == 2  # once zeros around a slice in each pass, not forty times
    np.testing.assert_array_equal(x.grad, np.arange(1.0, 41.0)[:, None] * np.ones(3))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_slices_in_place_send_what_their_formula_sends(dtype):
    draw = np.random.default_rng(5)
    x = Tensor(draw.normal(size=(6, 5, 4)), requires_grad=True, dtype=dtype)
    parts = [
        x[1], x[-1], x[1:4], x[::-2], x[..., 2], x[:, None, 1], x[2, 3, 1], x[...], x[5:2],
        x[[0, 0, 3]], x[x.numpy() > 0], x[1:5][1:3], x.T[0], x.reshape(-1)[3:70:3], x[1],
    ]  # fmt: skip
    root = sum((part * float(i + 1) * part).sum() for i, part in enumerate(parts))
    seed = np.ones((), dtype)
    quick, watched = propagate(root, seed), propagate(root, seed, observe=lambda sent: None)
    assert quick[x].dtype == dtype
    np.testing.assert_allclose(quick[x], watched[x], rtol=1e-5 if dtype is np.float32 else 1e-13)
    again = propagate(root, Tensor(seed), create_graph=True)
    np.testing.assert_allclose(again[x].numpy(), quick[x], rtol=1e-5)


def test_a_slice_is_not_added_into_an_array_that_others_hold():
    x, w = (Tensor(np.zeros((3, 2)), requires_grad=True) for _ in range(2))
    given = np.ones((3, 2))
    kept = []
    x.register_hook(kept.append)
    y = x * 1.0
    root = x[0].sum() + (y + w).sum() + x[1:].sum() + y[1].sum()
    root.backward()
    np.testing.assert_array_equal(w.grad, np.ones((3, 2)))  # came in the array that y received
    np.testing.assert_array_equal(x.grad, [[2, 2], [3, 3], [2, 2]])
    np.testing.assert_array_equal(kept[0], x.grad)
    x.grad = None
    (x + w).backward(given)
    x[0].sum().backward()
    np.testing.assert_array_equal(given, np.ones((3, 2)))
    np.testing.assert_array_equal(x.grad, [[2, 2], [1, 1], [1, 1]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("size", [8, 5000])
def test_what_relu_shuts_off_is_exactly_0(dtype, size):
    draw = np.random.default_rng(2)
    x = Tensor(draw.normal(size=(size, 2)), requires_grad=True, dtype=dtype)
    sent = draw.normal(size=(size, 2)).astype(dtype)
    sent[::7] = np.inf
    sent[1::7] = np.nan
    sent[2::7] = -0.0
    for g in (sent, np.asfortranarray(sent), np.repeat(sent, 2, axis=1)[:, ::2]):
        found = propagate(x.relu(), g)[x]
        wanted = np.where(x.data > 0, sent, 0)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, wanted)
        numbers = ~np.isnan(wanted)
        np.testing.assert_array_equal(np.signbit(found)[numbers], np.signbit(wanted)[numbers])
