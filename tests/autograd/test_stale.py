"""Data that change after they were recorded: the right gradient or an error, never a wrong number.

Each mutation is done between recording and the backward pass. The first-order gradient must be that
of what was computed; under ``create_graph`` either that again, or StaleGraphError with op and line.
"""

from contextlib import contextmanager

import numpy as np
import pytest

import autograd
from autograd import StaleGraphError, Tensor, Value, dot, source_lines
from autograd.engine import propagate


def start():
    return np.array([[1.0, 2.0], [3.0, 4.0]])


FORMULAS = {
    "mul": lambda x, c: x * x * c,
    "add": lambda x, c: x + c,
    "exp": lambda x, c: (x * 0.1).exp() + c * x,
    "view": lambda x, c: x.T.reshape(4)[1:3] * c.reshape(-1)[:2],
    "matmul": lambda x, c: x @ x + c @ x,
    "slice": lambda x, c: x[0] * x[1] * c[0],
    "where": lambda x, c: autograd.where(c > 2, x * x, x),
    "broadcast": lambda x, c: autograd.broadcast_to(x[0], (3, 2)) * c[0],
    "detach": lambda x, c: x * x.detach() * c,
    "square": lambda x, c: autograd.square(x) + autograd.sqrt(x * c),
    "softmax": lambda x, c: autograd.softmax(x * c) * x,
    "prod": lambda x, c: x.prod(axis=0) * c[0],
    "max": lambda x, c: x.max(axis=1) * c[0],
    "concatenate": lambda x, c: autograd.concatenate([x, x * 2, c]) ** 2,
    "inv": lambda x, c: autograd.inv(x) * c,
    "set": lambda x, c: x.at[0].set(c[1]) * x,
    "clone": lambda x, c: x.clone() * x,
    "positive": lambda x, c: +x * c * (+x).T,
}
ONLY_X = ("own", "x")


class World:
    """A recorded graph and every handle by which a user might write into it."""

    def __init__(self, formula, early):
        self.outside = start()  # x was built from it
        self.constant = start() + 1  # stands in the op as it is
        self.exposed = self.view = self.seen = None
        self.x = Tensor(self.outside, requires_grad=True)
        self.c = self.constant
        if early:
            self.expose()
        self.y = formula(self.x, self.c)
        if not early:
            self.expose()

    def expose(self):
        self.exposed = self.x.data
        self.view = self.x.data[0]
        self.turned = self.x.data.T
        self.seen = self.x.numpy()


@contextmanager
def stale_or_not():
    """Let StaleGraphError pass, if it names the line, and tell by the list whether it came."""
    refusal = []
    try:
        yield refusal
    except StaleGraphError as error:
        refusal.append(str(error))
        if "test_stale.py:" not in refusal[0]:
            raise


MUTATIONS = {
    "nothing": lambda w: None,
    "data = new": lambda w: setattr(w.x, "data", start() * 10),
    "data -= step": lambda w: w.x.data.__isub__(100.0),
    "data property -=": lambda w: setattr(w.x, "data", w.x.data - 100.0),
    "data[...] =": lambda w: w.x.data.__setitem__(..., 77.0),
    "kept array": lambda w: w.exposed.__setitem__(..., 77.0),
    "kept view": lambda w: w.view.__setitem__(..., 77.0),
    "kept transpose": lambda w: w.turned.__setitem__(..., 77.0),
    "array it was built from": lambda w: w.outside.__setitem__(..., 77.0),
    "array in the op": lambda w: w.constant.__setitem__(..., 77.0),
    "result's data": lambda w: w.y.data.__setitem__(..., 77.0),
    "result's data = new": lambda w: setattr(w.y, "data", np.zeros(w.y.shape)),
    "everything": lambda w: [m(w) for name, m in MUTATIONS.items() if name != "everything"],
}


def slopes(formula):
    x = Tensor(start(), requires_grad=True)
    y = formula(x, start() + 1)
    first = propagate(y.sum(), Tensor(1.0), create_graph=True)[x]
    second = np.zeros((2, 2))
    if first.requires_grad:
        second = propagate((first * first).sum(), np.array(1.0)).get(x, second)
    return first.numpy(), second


@pytest.mark.parametrize("early", [False, True], ids=["exposed after", "exposed before"])
@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("name", FORMULAS)
def test_no_wrong_number(name, mutation, early):
    first, second = slopes(FORMULAS[name])
    w = World(FORMULAS[name], early)
    total = w.y.sum()
    MUTATIONS[mutation](w)
    total.backward()
    np.testing.assert_allclose(w.x.grad, first, err_msg="first order")
    found = np.zeros((2, 2))
    with stale_or_not() as refusal:
        again = propagate(total, Tensor(1.0), create_graph=True)[w.x]
        if again.requires_grad:
            found = propagate((again * again).sum(), np.array(1.0)).get(w.x, found)
    if refusal:
        assert mutation != "nothing"
        return
    np.testing.assert_allclose(again.numpy(), first, err_msg="first order, recorded")
    np.testing.assert_allclose(found, second, err_msg="second order")


def test_a_stale_graph_names_op_input_and_line():
    x = Tensor([1.0, 2.0], requires_grad=True, label="weights")
    y = (x * x).sum()
    x.data = [5.0, 6.0]
    with pytest.raises(StaleGraphError, match=r"mul \(test_stale\.py:\d+\): the data of weights"):
        propagate(y, Tensor(1.0), create_graph=True)
    y.backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_written_back_to_the_same_numbers_is_not_stale():
    x = Tensor([1.0, np.nan], requires_grad=True)
    y = (x * x).sum()
    x.data = [1.0, np.nan]
    first = propagate(y, Tensor(1.0), create_graph=True)[x]
    np.testing.assert_array_equal(first.numpy(), [2.0, np.nan])


VALUE_FORMULAS = {
    "mul": lambda x, z: x * x * z,
    "pow": lambda x, z: x**z,
    "tanh": lambda x, z: (x * z).tanh(),
    "exp": lambda x, z: x.exp() + z,
    "dot": lambda x, z: dot([x, z], [x, 2.0], z),
    "sum": lambda x, z: autograd.sum([x * x, z]),
    "logsumexp": lambda x, z: autograd.logsumexp([x, z, 1.0]),
    "constant": lambda x, z: (3.0 * x + 1) * z,
    "clip": lambda x, z: autograd.clip(x * z, 0, 100),
    "where": lambda x, z: autograd.where(x > z, x * x, z),
}
VALUE_MUTATIONS = {
    "leaf": lambda x, z, y: setattr(x, "data", 50.0),
    "other": lambda x, z, y: setattr(z, "data", -50.0),
    "result": lambda x, z, y: setattr(y, "data", 50.0),
    "step": lambda x, z, y: setattr(x, "data", x.data - 0.1),
}


@pytest.mark.parametrize("mutation", VALUE_MUTATIONS)
@pytest.mark.parametrize("name", VALUE_FORMULAS)
def test_no_wrong_number_from_values(name, mutation):
    formula = VALUE_FORMULAS[name]
    x, z = Value(1.5), Value(0.7)
    first = propagate(formula(x, z), Value(1.0), create_graph=True)[x]
    expected = first.data
    second = propagate(first, 1.0).get(x, 0.0)
    x, z = Value(1.5), Value(0.7)
    with source_lines():
        y = formula(x, z) * 1
    inner = y.parents[0]
    VALUE_MUTATIONS[mutation](x, z, inner)
    y.backward()
    assert x.grad == pytest.approx(expected)
    with stale_or_not() as refusal:
        again = propagate(y, Value(1.0), create_graph=True)[x]
        found = propagate(again, 1.0).get(x, 0.0)
    if refusal:
        return
    assert again.data == pytest.approx(expected)
    assert found == pytest.approx(second)


def test_values_without_lines_say_how_to_get_them():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 3.0
    with pytest.raises(StaleGraphError, match=r"mul: the data of x.*source_lines\(\)"):
        propagate(y, Value(1.0), create_graph=True)


def test_a_tensor_whose_values_were_changed():
    x = Tensor([2.0, 3.0], requires_grad=True)
    a, b = x.to_values()
    y = a * b
    x.data = [10.0, 10.0]
    y.backward()
    assert x.grad.tolist() == [3.0, 2.0]
    a, b = Value(2.0), Value(3.0)
    t = autograd.tensor_from_values([a, b])
    y = (t * t).sum()
    a.data = 10.0
    y.backward()
    assert (a.grad, b.grad) == (4.0, 6.0)
    with pytest.raises(StaleGraphError):
        propagate(y, Tensor(1.0), create_graph=True)


def test_constant_tensors_that_change_later():
    x = Tensor([1.0, 2.0], requires_grad=True)
    for late in (False, True):
        c = Tensor([3.0, 4.0])
        held = None if late else c.data
        y = (x * x * c + autograd.where(c > 3.5, x, 0.0) + c.T[:] * x).sum()
        if late:
            held = c.data
        held[...] = 100.0
        c[0] = 50.0
        c.data = [7.0, 7.0]
        c.add_(1.0)
        x.grad = None
        y.backward()
        assert x.grad.tolist() == [2 * 3 + 3.0, 4 * 4 + 1 + 4.0]
        second = propagate(y, Tensor(1.0), create_graph=True)[x]
        assert second.tolist() == [9.0, 21.0]
        assert propagate(second.sum(), np.array(1.0))[x].tolist() == [6.0, 8.0]


def test_constants_that_are_views_of_each_other():
    c = Tensor([[3.0, 4.0], [5.0, 6.0]])
    rows = [c[0], c.T[0], c.reshape(4), c.detach()]
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = (x * rows[0] + x * rows[1]).sum()
    rows[0].data[...] = 0.0
    c.zero_()
    rows[3].fill_(9.0)
    y.backward()
    assert x.grad.tolist() == [3.0 + 3.0, 4.0 + 5.0]
    assert rows[2].tolist() == [3.0, 4.0, 5.0, 6.0]


def test_two_tensors_with_one_array():
    p = Tensor([1.0, 2.0], requires_grad=True)
    q = Tensor([0.0, 0.0], requires_grad=True)
    q.data = p.data
    y = (p * p + q * 3 * q).sum()
    p.data[...] = 50.0
    q.data -= 7.0
    y.backward()
    assert (p.grad.tolist(), q.grad.tolist()) == ([2.0, 4.0], [6.0, 12.0])
    p = Tensor([1.0, 2.0], requires_grad=True)
    (p * 1).sum().backward()
    p.data = p.grad
    y = (p * p).sum()
    p.grad[...] = 50.0
    p.grad = None
    y.backward()
    assert p.grad.tolist() == [2.0, 2.0]


def test_whole_numbers_put_into_a_value():
    x = Value(2.0)
    x.data = 3
    z = Value(0.5)
    for y, slope in ((x * x, 6.0), (x.tanh(), 1 - np.tanh(3) ** 2), (dot([x, z], [z, x], x), 2.0)):
        x.grad = z.grad = None
        y.backward()
        assert x.grad == pytest.approx(slope)
        assert float(y) == pytest.approx(float(y.data))


def test_a_hook_that_writes_into_the_gradient_harms_nobody():
    x = Tensor([1.0, 2.0], requires_grad=True)
    z = Tensor([1.0, 2.0], requires_grad=True)
    y = x + z
    seed = np.ones(2)

    def spoil(g):
        g[...] = 50.0

    handle = x.register_hook(spoil)
    with pytest.raises(ValueError, match="read-only"):
        y.backward(seed)
    assert (x.grad, y.grad, z.grad) == (None, None, None)
    handle.remove()
    y.backward(seed)
    assert x.grad.tolist() == seed.tolist() == [1.0, 1.0]


def test_arrays_made_of_a_kept_reference():
    """The array is kept in a list, so that its reference count looks different."""
    x = Tensor(start(), requires_grad=True)
    kept = [x.data]
    y = (x * x).sum()
    kept[0][...] = 9.0
    y.backward()
    np.testing.assert_array_equal(x.grad, 2 * start())


def test_a_memoryview_keeps_the_array():
    x = Tensor(start(), requires_grad=True)
    seen = memoryview(x.data)
    y = (x * x).sum()
    seen[0, 0] = 50.0
    y.backward()
    np.testing.assert_array_equal(x.grad, 2 * start())


def test_settings_arrays_are_copied():
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    rows = np.array([0, 0, 2])
    out = autograd.take(x, rows) * 2
    picked = autograd.take_along_axis(x, rows, 0) * 3
    repeated = autograd.repeat(x, counts := np.array([1, 2, 0]), 0)
    rows[:] = 1
    counts[:] = 1
    (out.sum() + picked.sum()).backward()
    assert x.grad.tolist() == [10.0, 0.0, 5.0]
    x.grad = None
    repeated.sum().backward()
    assert x.grad.tolist() == [1.0, 2.0, 0.0]


def test_subclasses_of_ndarray_are_copied_as_any_array(tmp_path):
    source = np.memmap(tmp_path / "numbers", dtype=float, mode="w+", shape=(3,))
    source[:] = [1.0, 2.0, 3.0]
    x = Tensor(source, requires_grad=True)
    y = (x * x).sum()
    source[:] = 9.0
    y.backward()
    assert type(x.data) is np.ndarray
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


def test_a_subclass_put_into_data_is_not_shared():
    source = np.array([1.0, 2.0]).view(type("Sub", (np.ndarray,), {}))
    x = Tensor([0.0, 0.0], requires_grad=True)
    x.data = source
    y = (x * x).sum()
    source[:] = 9.0
    y.backward()
    assert x.grad.tolist() == [2.0, 4.0]
