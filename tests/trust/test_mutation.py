"""Numbers written between forward and backward: the gradient of what was computed, or an error.

Every way to write that a user has is tried against every kind of use; a wrong number is the one
thing that must not happen.
"""

import threading
from functools import partial

import numpy as np
import pytest

import autograd
import nn
from autograd import StaleGraphError, Tensor, Value, no_grad, source_lines
from autograd.engine import propagate


def start():
    return np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


USES = {
    "product": lambda x: x * x,
    "with itself turned": lambda x: x @ x.T,
    "view, then product": lambda x: x.reshape(3, 2) * x.reshape(-1).reshape(3, 2),
    "slice of a slice": lambda x: x[:, 1:][1] * x[0, :2],
    "axes exchanged": lambda x: x.swapaxes(0, 1) ** 2,
    "moved and squeezed": lambda x: autograd.moveaxis(x, 0, 1)[None].squeeze(0) * x.T,
    "broadcast": lambda x: autograd.broadcast_to(x, (2, 2, 3)) * x,
    "picked by a mask": lambda x: x[start() > 2] ** 2,
    "repeated": lambda x: x.ravel()[[0, 0, 5]] ** 3,
    "diagonal": lambda x: autograd.diagonal(x) * 3 * autograd.diagonal(x),
    "exp": lambda x: (x / 4).exp(),
    "softmax": lambda x: autograd.softmax(x) * x,
    "norm": lambda x: autograd.norm(x, axis=1) * x[:, 0],
    "flip and concatenate": lambda x: autograd.concatenate([autograd.flip(x, 0), x]) ** 2,
    "detached twin": lambda x: x * x.detach(),
    "numpy twin": lambda x: x * x.numpy(),
    "array protocol": lambda x: np.multiply(x, np.asarray(x)),
    "data twin": lambda x: x * x.data,
    "clone": lambda x: x.clone() * x,
    "einsum": lambda x: autograd.einsum("ij,kj->ik", x, x),
}


def by_ufunc(array):
    np.multiply(array, 100.0, out=array)


def by_copyto(array):
    np.copyto(array, 77.0)


def by_memoryview(array):
    memoryview(array.reshape(-1)).cast("B")[:8] = b"\1" * 8


def by_flat(array):
    array.flat[:] = 9.0


def by_put(array):
    np.put(array, [0, 1], [33.0, 44.0])


def by_sort(array):
    array[::-1].sort(axis=0)
    array *= -1


def by_view(array):
    array.T[0][...] = -5.0
    array.view(np.int64)[0, 0] = 7


def by_strides(array):
    np.lib.stride_tricks.as_strided(array, (1,), (8,))[0] = 50.0


def by_another_thread(array):
    thread = threading.Thread(target=array.__setitem__, args=(Ellipsis, 13.0))
    thread.start()
    thread.join()


def by_masked(array):
    np.putmask(array, array > 2, 0.0)


def by_buffer(array):
    np.frombuffer(array, dtype=float)[...] = 21.0


WRITES = [
    by_ufunc, by_copyto, by_memoryview, by_flat, by_put, by_sort, by_view, by_strides,
    by_another_thread, by_masked, by_buffer,
]  # fmt: skip


def slope_of(use):
    x = Tensor(start(), requires_grad=True)
    use(x).sum().backward()
    return x.grad


@pytest.mark.parametrize("early", [False, True], ids=["taken after", "taken before"])
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("use", USES)
def test_the_array_itself_is_written_to(use, write, early):
    wanted = slope_of(USES[use])
    x = Tensor(start(), requires_grad=True)
    if early:
        array = x.data
    y = USES[use](x)
    if not early:
        array = x.data
    write(array)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, wanted)


HANDLES = {
    "result's data": lambda x, y: y.data,
    "inner view's data": lambda x, y: y.parents[0].data,
    "the array it was made of": None,
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("use", USES)
def test_results_and_inner_results_are_written_to(use, write):
    wanted = slope_of(USES[use])
    x = Tensor(start(), requires_grad=True)
    y = USES[use](x)
    for node in [y, *(parent for parent in y.parents if parent is not None)]:
        if node.data.ndim == 2 and node.data.flags.c_contiguous:
            write(node.data)
        node.data[...] = 3.0
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, wanted)


@pytest.mark.parametrize("use", USES)
def test_what_cannot_be_written_to_says_so(use):
    x = Tensor(start(), requires_grad=True)
    y = USES[use](x)
    for node in (x, y):
        for array in (node.numpy(), np.asarray(node)):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 1.0
            assert not array.flags.owndata or not array.flags.writeable


@pytest.mark.parametrize("use", USES)
def test_a_gradient_that_is_written_to_is_nobody_elses(use):
    x = Tensor(start(), requires_grad=True)
    y = USES[use](x)
    y.sum().backward()
    wanted = x.grad.copy()
    for node in (y, *(p for p in y.parents if p is not None and p is not x)):
        if node.grad is not None:
            node.grad[...] = 1e9
    np.testing.assert_array_equal(x.grad, wanted)
    x.grad[...] = -1.0
    x.grad = None
    y.grad = None
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, wanted)


@pytest.mark.parametrize("write", [w for w in WRITES if w is not by_memoryview])
def test_a_constant_in_an_op_is_written_to(write):
    x = Tensor(start(), requires_grad=True)
    plain, constant = start() + 1, Tensor(start() + 1)
    held = constant.data
    y = x * plain + x * constant + autograd.where(plain > 3, x, 0.0)
    write(plain)
    write(held)
    write(constant.data)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, 2 * (start() + 1) + (start() + 1 > 3))


@pytest.mark.parametrize("make", [nn.SGD, partial(nn.SGD, momentum=0.9), nn.Adam])
def test_an_optimizer_steps_between_forward_and_backward(make):
    def graph():
        model = nn.Sequential(nn.Linear(3, 4, generator=0), nn.Tanh(), nn.Linear(4, 1, generator=1))
        return model, (model(Tensor(start())) ** 2).sum()

    model, loss = graph()
    loss.backward()
    wanted = [p.grad.copy() for p in model.parameters()]
    model, loss = graph()
    (model(Tensor(start() + 1)) ** 2).sum().backward()
    make(model.parameters(), lr=0.5).step()
    for p in model.parameters():
        p.grad = None
    loss.backward()
    for p, expected in zip(model.parameters(), wanted, strict=True):
        np.testing.assert_array_equal(p.grad, expected)


STEPS = {
    "data -=": lambda p: setattr(p, "data", p.data - 5.0),
    "data in place": lambda p: p.data.__isub__(5.0),
    "p -= inside no_grad": lambda p: p.__isub__(5.0),
    "p[...] = inside no_grad": lambda p: p.__setitem__(Ellipsis, 5.0),
    "fill_": lambda p: p.fill_(5.0),
    "mul_": lambda p: p.mul_(5.0),
    "copied in": lambda p: setattr(p, "data", start() * 9),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("use", USES)
def test_a_parameter_is_updated_between_forward_and_backward(use, step):
    wanted = slope_of(USES[use])
    x = Tensor(start(), requires_grad=True)
    y = USES[use](x)
    with no_grad():
        STEPS[step](x)
    assert not np.array_equal(x.numpy(), start())
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, wanted)


# ------------------------------------------------------------------------------- Values
VALUE_USES = {
    "product": lambda a, b: a * b * a,
    "power": lambda a, b: a**b,
    "tanh": lambda a, b: (a * b).tanh(),
    "division": lambda a, b: b / a,
    "neuron": lambda a, b: autograd.dot([a, b], [b, a], a),
    "list": lambda a, b: autograd.logsumexp([a, b, a * b]),
    "where": lambda a, b: autograd.where(a > b, a * a, b),
    "through a Tensor": lambda a, b: (autograd.tensor_from_values([a, b]) ** 2).sum().to_values(),
}
VALUE_WRITES = {
    "data =": lambda v: setattr(v, "data", 50.0),
    "data -=": lambda v: setattr(v, "data", v.data - 3.0),
    "another thread": lambda v: by_thread(setattr, v, "data", 9.0),
}


def by_thread(function, *args):
    thread = threading.Thread(target=function, args=args)
    thread.start()
    thread.join()


@pytest.mark.parametrize("write", VALUE_WRITES)
@pytest.mark.parametrize("use", VALUE_USES)
def test_values_are_written_to(use, write):
    a, b = Value(1.5), Value(0.7)
    VALUE_USES[use](a, b).backward()
    wanted = a.grad, b.grad
    a, b = Value(1.5), Value(0.7)
    with source_lines():
        out = VALUE_USES[use](a, b)
    for v in (a, b, out):
        VALUE_WRITES[write](v)
    out.backward()
    assert (a.grad, b.grad) == wanted
    with pytest.raises(StaleGraphError, match=r"test_mutation\.py:\d+"):
        propagate(out, Value(1.0), create_graph=True)


def test_values_in_a_list_that_is_changed():
    weights, inputs = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    out = autograd.dot(weights, inputs, Value(0.0))
    weights[0], inputs[1] = Value(100.0), Value(100.0)
    first = weights[1]
    out.backward()
    assert first.grad == 4.0
    assert inputs[0].grad == 1.0
    assert weights[0].grad is None


# ------------------------------------------------------------------------------- settings
def test_indices_and_settings_are_written_to():
    x = Tensor(start(), requires_grad=True)
    rows, mask, axes = np.array([0, 1]), start() > 2, [0, 1]
    y = x[rows].sum() + x[mask].sum() + x.sum(axis=axes) + x.at[rows].set(2.0).sum()
    rows[:], mask[:] = 0, False
    axes.pop()
    y.backward()
    np.testing.assert_array_equal(x.grad, 2 + (start() > 2))


def test_the_seed_is_written_to():
    x = Tensor(start(), requires_grad=True)
    seed = np.ones((2, 3))
    y = x * 1.0
    y.backward(seed)
    seed[...] = 100.0
    np.testing.assert_array_equal(x.grad, np.ones((2, 3)))
    np.testing.assert_array_equal(y.grad, np.ones((2, 3)))


# ------------------------------------------------------------------------------- the line of it
def line_here(offset=0):
    import sys

    return f"test_mutation.py:{sys._getframe(1).f_lineno + offset}"


def refusal(root, seed):
    with pytest.raises(StaleGraphError) as caught:
        propagate(root, seed, create_graph=True)
    return str(caught.value)


def recorded():
    x = Tensor(start(), requires_grad=True, label="x")
    return x, (x * x).sum()


@source_lines()
def test_the_error_names_the_line_of_the_write():
    lines, said = [], []
    x, root = recorded()
    lines.append(line_here(1))
    x.data = start() * 2
    said.append(refusal(root, Tensor(1.0)))
    x, root = recorded()
    lines.append(line_here(1))
    x.data -= 0.1
    said.append(refusal(root, Tensor(1.0)))
    x, root = recorded()
    with no_grad():
        lines.append(line_here(1))
        x -= 0.1
    said.append(refusal(root, Tensor(1.0)))
    x, root = recorded()
    with no_grad():
        lines.append(line_here(1))
        x.mul_(3.0)
    said.append(refusal(root, Tensor(1.0)))
    for line, text in zip(lines, said, strict=True):
        assert f"the data of x was changed after this graph was recorded at {line}, so" in text


@source_lines()
def test_no_line_is_named_rather_than_a_wrong_one():
    x, root = recorded()
    held = start() * 2
    x.data = held  # someone else can write to it from now on
    held[0] = 5.0
    assert "recorded, so" in refusal(root, Tensor(1.0))
    x.data = start() * 3
    root = (x * x).sum()
    x.data[0] = 7.0  # nobody sees this one
    assert "recorded, so" in refusal(root, Tensor(1.0))
    x.data = start() * 4
    root = (x * x).sum()
    x.grad = np.ones((2, 3))
    nn.SGD([x], lr=0.1).step()  # which puts another array there
    assert "recorded, so" in refusal(root, Tensor(1.0))


def test_without_source_lines_the_error_says_how_to_learn_the_line():
    x, root = recorded()
    x.data = start() * 2
    text = refusal(root, Tensor(1.0))
    assert "after this graph was recorded, so" in text
    assert "source_lines()" in text


def test_only_what_was_changed_is_named():
    x, y = Tensor(2.0, requires_grad=True, label="x"), Tensor(3.0, requires_grad=True, label="y")
    out = x * y
    y.data = 4.0
    text = refusal(out, Tensor(1.0))
    assert "the data of y was changed" in text
    out = x * y
    out.data = 1.0
    assert "the data of the result was changed" in refusal(out, Tensor(1.0))


def test_the_line_of_a_write_to_a_value_is_known_among_source_lines():
    with source_lines():
        a, b = Value(2.0, label="a"), Value(3.0)
        b.data = 3.5
        out = a * b
        line = line_here(1)
        a.data = 5.0
    assert f"recorded at {line}, so" in refusal(out, Value(1.0))
    a.data = 6.0
    assert line not in refusal(out, Value(1.0))
