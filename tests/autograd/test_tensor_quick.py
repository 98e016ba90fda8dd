"""The quick ways of small Tensors: the bits of the general ways, given up where they must be."""

import copy
import pickle
import sys
import threading

import numpy as np
import pytest

import autograd
from autograd import OPS, Tensor, no_grad
from autograd.engine import propagate
from autograd.forms import SMALL, Form, form_of
from autograd.tensor_quick import learn_quick_way
from autograd.tensor_source import method_source, way_back_source

KINDS = ["float16", "float32", "float64"]
QUICK = sorted(
    op.name
    for op in OPS.values()
    if op.partials is not None
    and None not in op.partials
    and op.differentiable
    and not (op.settings or op.call or op.variadic)
    and op.forward.__module__.startswith("autograd.")
)
STRANGE = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -2.5, 1e-3, 40.0, -40.0, np.inf, -np.inf, np.nan]


def numbers(op, kind):
    """Usual and strange numbers, in every pairing for two inputs."""
    grid = np.array(STRANGE, kind)
    if len(op.inputs) == 1:
        return [grid.reshape(2, -1)]
    return [a.reshape(-1, 4).copy() for a in np.meshgrid(grid, grid)]


def bits(array):
    return array.tobytes(), array.dtype, array.shape


def outcome(make, leaves, seed):
    """The bits of a result and of the gradients of its leaves, by the usual pass."""
    with np.errstate(all="ignore"):
        out = make(*leaves)
        out.backward(seed, leaves_only=True)
    found = [bits(out.numpy())]
    for leaf in leaves:
        found.append(None if leaf.grad is None else bits(leaf.grad))
        leaf.grad = None
    return found, out


def applied(op, *leaves):
    """The op by its method or operator, which is where quick ways are."""
    names = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__",
             "neg": "__neg__", "positive": "__pos__", "pow": "__pow__"}  # fmt: skip
    return getattr(leaves[0], names.get(op.name, op.name))(*leaves[1:])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", QUICK)
def test_the_quick_way_gives_the_bits_of_the_general_one(name, kind):
    op = OPS[name]
    arrays = numbers(op, kind)
    seed = np.linspace(-2, 3, arrays[0].size).reshape(arrays[0].shape).astype(kind)
    leaves = [Tensor(a, requires_grad=True) for a in arrays]
    with np.errstate(all="ignore"):
        general = op(*[Tensor(a, requires_grad=True) for a in arrays])
        slow = [Tensor(a, requires_grad=True) for a in arrays]
        wanted = [bits(general.numpy())]
        root = autograd.tensor_recording.apply_op(op, slow, {})
        root.backward(seed, leaves_only=True)
        wanted += [None if leaf.grad is None else bits(leaf.grad) for leaf in slow]
        for leaf in leaves:
            leaf.hold = form_of(leaf._data)
        usual = op.quick
        quick = learn_quick_way(op, f"quick_{name}_in_a_test", lambda *given: pytest.fail("slow"))
        try:
            found, out = outcome(quick, leaves, seed)
        finally:
            delattr(Tensor, f"quick_{name}_in_a_test")
            object.__setattr__(op, "quick", usual)
    assert found == wanted
    assert type(out.hold) is Form
    assert out.op is op


NUMBERS = [2.0, 2, -1.5, 0.0, -0.0, 0, 1, -1, 1e30, np.pi, 7]
BY_NUMBERS = {
    "x + n": lambda x, n: x + n,
    "n + x": lambda x, n: n + x,
    "x - n": lambda x, n: x - n,
    "n - x": lambda x, n: n - x,
    "x * n": lambda x, n: x * n,
    "n * x": lambda x, n: n * x,
    "x / n": lambda x, n: x / n,
    "n / x": lambda x, n: n / x,
}


@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.parametrize("make", BY_NUMBERS.values(), ids=BY_NUMBERS)
def test_numbers_beside_a_tensor_give_the_bits_of_numpy(make, kind):
    array = np.array(STRANGE, kind)
    seed = np.linspace(-1, 2, len(array)).astype(kind)
    small = Tensor(array, requires_grad=True)
    many = Tensor(np.tile(array, SMALL), requires_grad=True)  # too large for a form
    for n in [*NUMBERS, 2.0, -0.0, 0.0]:
        with np.errstate(all="ignore"):
            for _ in range(3):
                found, out = outcome(lambda x, n=n: make(x, n), [small], seed)
            _, general = outcome(lambda x, n=n: make(x, n), [many], np.tile(seed, SMALL))
            assert found[0] == bits(make(array, n))
            general.backward(np.tile(seed, SMALL), leaves_only=True)
        assert found[1][0] == many.grad[: len(array)].tobytes()
        assert type(out.hold) is Form
        assert [None if type(a) is np.ndarray else a for a in out.args].count(n) == 1
        many.grad = None


def test_the_record_of_a_quick_node_is_as_of_any_other():
    a, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
    for _ in range(3):
        c = a * b
        d = c.tanh()
        e = 2.0 * c
    assert c.inputs == c.parents == (a, b)
    assert c.args[0] is a._data
    assert c.args[1] is b._data
    assert d.inputs == (c,)
    assert e.inputs == (None, c)
    assert e.args[0] == 2.0
    assert c.op is OPS["mul"]
    assert dict(c.settings) == {}
    assert c.line[0] is test_the_record_of_a_quick_node_is_as_of_any_other.__code__
    assert autograd.trace(c).root.line.startswith("test_tensor_quick.py:")
    with pytest.raises(AttributeError, match="no attribute 'code_of_what'"):
        _ = c.code_of_what
    assert Tensor([1.0]).inputs == ()


def settled_pair():
    a, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
    for _ in range(3):
        _ = a * b
    assert type(a.hold) is Form is type(b.hold)
    assert a.hold is b.hold
    return a, b


def test_what_the_user_writes_later_is_no_part_of_an_older_graph():
    a, b = settled_pair()
    old = a * b
    a.data[...] = 100.0
    new = a * b
    a.data = np.array([7.0, 7.0])
    newest = a * b
    old.backward([1.0, 1.0])
    np.testing.assert_array_equal(b.grad, [1.0, 2.0])
    b.grad = None
    new.backward([1.0, 1.0])
    np.testing.assert_array_equal(b.grad, [100.0, 100.0])
    b.grad = None
    newest.backward([1.0, 1.0])
    np.testing.assert_array_equal(b.grad, [7.0, 7.0])


def test_an_array_that_the_user_holds_is_copied_before_a_graph_reads_it():
    a, b = settled_pair()
    held = a.data
    c = a * b
    held[...] = 50.0
    c.backward([1.0, 1.0])
    np.testing.assert_array_equal(b.grad, [1.0, 2.0])


def test_looking_at_a_result_does_not_change_its_graph():
    a, b = settled_pair()
    c = a * b
    d = c * a
    c.data[...] = 9.0
    d.backward([1.0, 1.0])
    np.testing.assert_array_equal(a.grad, [2 * 1.0 * 3.0, 2 * 2.0 * 4.0])
    t = (a * b).tanh()
    t.data[...] = 0.0
    a.grad = None
    t.backward([1.0, 1.0])
    np.testing.assert_allclose(a.grad, (1 - np.tanh([3.0, 8.0]) ** 2) * [3.0, 4.0])


def test_a_leaf_that_wants_no_gradient_any_more_has_no_form():
    a, b = settled_pair()
    a.requires_grad_(False)
    c = a * b
    c.backward([1.0, 1.0])
    assert a.grad is None
    assert c.inputs == (None, b)
    np.testing.assert_array_equal(b.grad, [1.0, 2.0])


def test_nothing_is_recorded_where_nothing_shall_be():
    a, b = settled_pair()
    with no_grad():
        assert not (a * b).requires_grad
        assert not (a * 2.0).requires_grad
        assert not a.tanh().requires_grad
    assert (a * b).requires_grad


def test_shapes_that_only_broadcast_take_the_general_way():
    a = Tensor(np.ones((2, 3)), requires_grad=True)
    row = Tensor(np.ones(3), requires_grad=True)
    flat = Tensor(np.ones((1, 2, 3)), requires_grad=True)
    for other in (row, flat):
        for _ in range(3):
            out = a * other + other
            out.backward(np.ones(out.shape))
        assert other.grad.shape == other.shape
    with pytest.raises(autograd.ShapeError, match="mul: "):
        a * Tensor(np.ones(4), requires_grad=True)
    narrow, wide = Tensor(np.float32([1, 2]), requires_grad=True), settled_pair()[0]
    for _ in range(3):
        out = narrow * wide
    assert out.dtype == np.float64
    out.backward([1.0, 1.0])
    assert narrow.grad.dtype == np.float32


def test_an_array_without_axes_has_no_form():
    a = Tensor(2.0, requires_grad=True)
    for _ in range(3):
        b = a * a
    assert b.hold == a.hold == 1
    b.backward()
    assert a.grad == 4.0
    assert type(a.grad) is np.ndarray


def test_subclasses_take_the_quick_way_too():
    class Mine(Tensor):
        __slots__ = ()

        def __rsub__(self, other):
            return super().__rsub__(other)

    a, mine = Tensor([1.0, 2.0], requires_grad=True), Mine([3.0, 5.0], requires_grad=True)
    for _ in range(3):
        product, difference = a * mine, a - mine
    assert type(product.hold) is Form
    np.testing.assert_array_equal(difference.numpy(), [-2.0, -3.0])
    difference.backward([1.0, 1.0])
    np.testing.assert_array_equal(mine.grad, [-1.0, -1.0])


def test_copies_and_pickles_of_quick_nodes_send_as_they_do():
    a, b = settled_pair()
    c = (a * b).tanh() * 2.0
    for again in (copy.deepcopy(c), pickle.loads(pickle.dumps(c)), copy.copy(c)):
        with np.errstate(all="ignore"):
            again.backward([1.0, 1.0])
        tanh = again.inputs[0]
        product = tanh.inputs[0]
        slope = 1 - np.tanh([3.0, 8.0]) ** 2
        np.testing.assert_allclose(product.inputs[0].grad, 2 * slope * [3.0, 4.0])
        assert again.line is not None


def test_the_usual_pass_and_the_general_one_agree_bit_for_bit():
    draw = np.random.default_rng(0)
    x, w, b = (Tensor(draw.normal(size=16).astype(np.float32), requires_grad=True) for _ in "xwb")
    h = x
    for _ in range(9):
        h = h + (h * w + b).tanh() * h.sigmoid() - 0.5 * w / (2.0 + b * b)
    loss = (autograd.stack([h, h * w, b])[1:] @ w).sum()
    usual = propagate(loss, np.ones((), np.float32), leaves_only=True)
    every = propagate(loss, np.ones((), np.float32))
    general = propagate(loss, np.ones((), np.float32), observe=lambda contribution: None)
    assert set(usual) == {x, w, b, loss}
    assert set(every) == set(general)
    for node, gradient in general.items():
        assert bits(np.asarray(gradient)) == bits(np.asarray(every[node]))
        assert node not in usual or bits(usual[node]) == bits(np.asarray(gradient))


def test_a_pass_within_a_pass_takes_the_general_way():
    """A hook, or an op's own gradient, may run a backward pass over the same nodes."""
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    z = y * x
    seen = []

    def look(g):
        if not seen:
            seen.append(None)
            seen[0] = propagate(z, np.ones(2))[x].copy()

    handle = y.register_hook(look)
    z.backward([1.0, 1.0])
    handle.remove()
    np.testing.assert_array_equal(x.grad, [3.0, 12.0])
    np.testing.assert_array_equal(seen[0], [3.0, 12.0])


def test_threads_that_share_leaves_find_the_right_gradients():
    x = Tensor(np.linspace(0.1, 1.0, 16), requires_grad=True)
    wanted = 50 * (1 - np.tanh(x.numpy() * 3) ** 2) * 3
    wrong = []

    def work():
        for _ in range(40):
            total = (x * 3.0).tanh()
            for _ in range(49):
                total = total + (x * 3.0).tanh()
            found = propagate(total, np.ones(16))[x]
            if not np.allclose(found, wanted):
                wrong.append(found)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_an_interrupted_pass_leaves_nothing_behind():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * x

    def stop(g):
        raise KeyboardInterrupt

    handle = y.register_hook(stop)
    z = y + x
    with pytest.raises(KeyboardInterrupt):
        z.backward([1.0, 1.0])
    handle.remove()
    assert x.grad is None
    z.backward([1.0, 1.0])
    np.testing.assert_array_equal(x.grad, [3.0, 5.0])


def test_an_interrupt_that_kept_the_lock_is_noticed():
    """Ctrl-C may come between taking the lock and the block that gives it back."""
    sweeping = sys.modules["autograd.tensor_sweep"]
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    assert sweeping._sweeping.acquire(False)
    found = sweeping.tensor_sweep(y, np.ones(2), True)
    np.testing.assert_array_equal(found[x], [2.0, 4.0])
    assert not sweeping._sweeping.locked()


def test_forms_are_few_and_small():
    assert form_of(np.ones((2, 3))) is form_of(np.zeros((2, 3)))
    assert form_of(np.ones((2, 3))) is not form_of(np.ones((3, 2)))
    assert form_of(np.ones(2, np.float32)) is not form_of(np.ones(2))
    for none in (np.ones(()), np.ones(2, int), np.ones(SMALL), np.ones(2, ">f8"), np.float64(1)):
        assert form_of(none) == 1
    assert pickle.loads(pickle.dumps(form_of(np.ones(7)))) is form_of(np.ones(7))
    numbers = form_of(np.ones(2, np.float32)).numbers
    assert np.signbit(numbers[-0.0])
    assert not np.signbit(numbers[0.0])
    assert numbers[0.1].dtype == np.float32
    assert numbers[0.1] is numbers[0.1]


def test_sources_are_as_people_would_write_them():
    source, functions = method_source(OPS["mul"])
    assert "out = multiply(x, y)" in source
    assert functions == {"multiply": np.multiply}
    back, _ = way_back_source(OPS["tanh"], (0,))
    assert back.splitlines()[-7:] == [
        "    one = form.one",
        "    t0 = subtract(one, out)",
        "    t1 = add(one, out)",
        "    t0 = multiply(t0, t1, t0)",
        "    g0 = multiply(g, t0, t0)",
        "    old = p.arrived",
        "    p.arrived = g0 if old is None else add(old, g0, g0)",
    ]
