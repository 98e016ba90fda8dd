"""Tensor: arrays in, arrays out, and what may be done to them."""

import math

import numpy as np
import pytest

import autograd
from autograd import GradientError, ShapeError, Tensor, arange, no_grad, ones, tensor, zeros


def test_dtypes_of_what_comes_in():
    assert Tensor([1.0, 2.0]).dtype == np.float64
    assert Tensor([1, 2]).dtype == np.int64
    assert Tensor([True]).dtype == np.bool_
    assert Tensor(np.float32(1)).dtype == np.float32
    assert Tensor([1, 2], dtype=float).dtype == np.float64
    assert Tensor([1.0], dtype=np.float32).dtype == np.float32
    assert Tensor(np.ones(2, np.float16)).dtype == np.float16
    assert Tensor([np.float32(1), np.float32(2)]).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_python_number_never_widens(dtype):
    x = Tensor([1.0, 2.0], requires_grad=True, dtype=dtype)
    for y in (
        x * 2.0,
        2 * x,
        x + 1,
        1.0 - x,
        x / 3,
        3 / x,
        x**2,
        x**0.5,
        2.0**x,
        x * math.pi,
        autograd.maximum(x, 1.5),
        autograd.where(x > 1, x, 0.0),
        autograd.clip(x, 0.0, 1.5),
        x.mean(),
        x.var(),
        x.std(),
        x.norm(),
        x.softmax(),
        x.logsumexp(),
        x.gelu(),
        x.sigmoid(),
        x.softplus(),
        x.elu(),
        x.cumsum(),
    ):
        assert y.dtype == dtype, y
        x.grad = None
        y.sum().backward()
        assert x.grad.dtype == dtype


def test_numpys_rules_otherwise():
    x = Tensor([1.0], requires_grad=True, dtype=np.float32)
    y = x * np.array([2.0])
    assert y.dtype == np.float64
    y.backward()
    assert x.grad.dtype == np.float32
    assert (Tensor([1, 2]) / 2).dtype == np.float64
    assert (Tensor([1, 2]) * 2.5).dtype == np.float64
    assert (Tensor([1, 2]) * 2).dtype == np.int64
    assert (x * np.float64(2.0)).dtype in (np.float32, np.float64)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (["a", "b"], "real numbers are needed"),
        ([1j], "real numbers are needed"),
        (np.array([object()]), "real numbers are needed"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "real numbers are needed"),
        (None, "real numbers are needed"),
        ({"a": 1}, "real numbers are needed"),
        ([[1.0], [1.0, 2.0]], "different lengths"),
        ([autograd.Value(1.0)], "tensor_from_values"),
        ([Tensor([1.0])], "stack"),
    ],
)
def test_what_is_no_array_of_real_numbers(data, words):
    with pytest.raises((TypeError, ValueError), match=words):
        Tensor(data)


@pytest.mark.parametrize("data", [[1, 2], [True, False], np.arange(3)])
def test_only_floats_take_gradients(data):
    with pytest.raises(TypeError, match=r"requires_grad: .* came; a gradient needs floats"):
        Tensor(data, requires_grad=True)
    t = Tensor(data)
    with pytest.raises(TypeError, match="requires_grad"):
        t.requires_grad_()
    with pytest.raises(TypeError, match="requires_grad"):
        t.requires_grad = True
    assert not t.requires_grad
    assert Tensor(data, dtype=float, requires_grad=True).requires_grad


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).astype(">f8"),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(6.0)[::-1],
        np.arange(12.0)[::2],
        np.broadcast_to(np.arange(3.0), (2, 3)),
        np.zeros((0,)),
        np.zeros((3, 0, 2)),
        np.array(3.0),
        np.arange(6.0).reshape(2, 3).T,
        np.ma.masked_array([1.0, 2.0]).data,
    ],
    ids=[
        "big-endian",
        "fortran",
        "negative",
        "strided",
        "broadcast",
        "empty",
        "empty3",
        "0-d",
        "T",
        "ma",
    ],
)
@pytest.mark.parametrize("locked", [False, True])
def test_arrays_of_every_make(array, locked):
    before = array.copy()
    if locked:
        array = array.copy()
        array.flags.writeable = False
    x = Tensor(array, requires_grad=True)
    assert x.dtype.isnative
    np.testing.assert_array_equal(x.numpy(), before)
    y = (x * x + 3 * x) * array.astype(float)
    y.sum().backward()
    np.testing.assert_allclose(x.grad, (2 * before + 3) * before)
    assert x.grad.dtype == np.float64
    x.data -= 0.5 * x.grad
    x.data[...] = 7.0
    np.testing.assert_array_equal(array, before)
    assert np.all(x.numpy() == 7.0)


def test_the_data_are_a_copy():
    array = np.array([1.0, 2.0])
    x = Tensor(array)
    array[0] = 100.0
    assert x.tolist() == [1.0, 2.0]


def test_plain_numbers_out():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert x.shape == (2, 2)
    assert x.ndim == x.dim() == 2
    assert x.size == x.numel() == 4
    assert x.size() == (2, 2)
    assert x.size(0) == 2
    assert len(x) == 2
    assert x.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert 3.0 in x
    assert 5.0 not in x
    assert [row.tolist() for row in x] == x.tolist()
    assert x.T.tolist() == [[1.0, 3.0], [2.0, 4.0]]
    assert Tensor(2.5).item() == float(Tensor([2.5])) == 2.5
    assert int(Tensor(2.5)) == 2
    assert type(Tensor(2).item()) is int
    assert [10, 20, 30][Tensor(1)] == 20
    assert bool(Tensor([1.0]))
    np.testing.assert_array_equal(np.asarray(x), x.data)
    assert np.asarray(x, dtype=np.float32).dtype == np.float32
    assert np.array(x).flags.writeable


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda x: x.item(), ShapeError, r"item: this tensor has shape \(2, 2\)"),
        (lambda x: float(x), ValueError, r"item"),
        (lambda x: bool(x), ValueError, r"neither true nor false"),
        (lambda x: [1, 2][x[0, 0]], TypeError, r"whole number"),
        (lambda x: len(Tensor(1.0)), TypeError, r"no length"),
        (lambda x: list(Tensor(1.0)), TypeError, r"no length|0-d|single number"),
        (lambda x: x["a"], TypeError, r"index: 'a' came"),
        (lambda x: x[1.5], TypeError, r"index: 1.5 came"),
        (lambda x: x[5], IndexError, r"getitem: \(2, 2\).*out of bounds"),
        (lambda x: x[0, 0, 0], IndexError, r"getitem: \(2, 2\)"),
        (lambda x: x @ Tensor([1.0, 2.0, 3.0]), ShapeError, r"matmul: \(2, 2\).*\(3,\)"),
        (
            lambda x: x + Tensor([1.0, 2.0, 3.0]),
            ShapeError,
            r"add: \(2, 2\) \+ \(3,\): .*broadcast",
        ),
        (lambda x: x.reshape(3, 3), ShapeError, r"reshape: \(2, 2\)"),
        (lambda x: x.sum(axis=5), ValueError, r"sum: \(2, 2\), axis=5"),
        (lambda x: x + "a", TypeError, r"unsupported operand"),
        (lambda x: x + None, TypeError, r"unsupported operand"),
        (lambda x: x + 1j, TypeError, r"unsupported operand"),
        (lambda x: x + np.array([1j, 2j]), TypeError, r"add: .*complex"),
        (lambda x: x + np.array(["a", "b"]), TypeError, r"add: "),
        (lambda x: x + np.array([object(), 1]), TypeError, r"add: .*object"),
        (lambda x: autograd.add(x, ["a", "b"]), TypeError, r"real numbers"),
        (lambda x: autograd.add(x, {"a": 1}), TypeError, r"add: dict came"),
        (lambda x: autograd.add(x, object()), TypeError, r"add: .*object"),
    ],
)
def test_errors_say_what_came(attempt, error, words):
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    with pytest.raises(error, match=words):
        attempt(x)
    assert x.grad is None
    assert x.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_comparisons_give_tensors_outside_the_graph():
    x = Tensor([1.0, 2.0], requires_grad=True)
    for answer in (
        x > 1,
        1 < x,  # noqa: SIM300  (the reflected one is meant)
        x >= np.array([2.0, 2.0]),
        np.array([2.0, 2.0]) <= x,
        x == x,
        x != 1,
    ):
        assert isinstance(answer, Tensor)
        assert answer.dtype == np.bool_
        assert not answer.requires_grad
    assert (x > 1).tolist() == [False, True]
    assert (np.array([2.0, 2.0]) <= x).tolist() == [False, True]
    assert (~(x > 1) | (x > 1)).all()
    assert not (~(x > 1) & (x > 1)).any()
    assert len({x, Tensor([1.0, 2.0])}) == 2
    assert (x == "a") is False
    assert x.__eq__(None) is NotImplemented


def test_repr():
    assert repr(Tensor([1.0, 2.0])) == "Tensor([1., 2.])"
    x = Tensor([1.0], requires_grad=True, label="x", dtype=np.float32)
    assert repr(x) == "Tensor([1.], dtype=float32, requires_grad=True, label='x')"
    assert repr(x * 2) == "Tensor([2.], dtype=float32, op=mul)"
    assert "..." in repr(zeros(1000, 1000))


# ------------------------------------------------------------------ data and grad


def test_training_in_the_usual_words():
    p = Tensor([1.0, 2.0], requires_grad=True)
    old = (p * p).sum()
    old.backward()
    p.data -= 0.1 * p.grad
    np.testing.assert_allclose(p.numpy(), [0.8, 1.6])
    p.grad = None
    old.backward()
    np.testing.assert_allclose(p.grad, [2.0, 4.0])  # what the old graph computed
    p.grad = None
    (p * p).sum().backward()
    np.testing.assert_allclose(p.grad, [1.6, 3.2])
    p.data = p.data * 0.5
    with no_grad():
        p -= 0.0
    p = Tensor([1.0], requires_grad=True)
    with no_grad():
        p[0] = 5.0
        p.mul_(2.0)
    assert p.tolist() == [10.0]


def test_data_keeps_shape_and_dtype():
    p = Tensor([1.0, 2.0], requires_grad=True, dtype=np.float32)
    p.data = [3, 4]
    assert p.dtype == np.float32
    p.data = np.array([3.5, 4.0])
    assert p.dtype == np.float32
    p.data = Tensor([1.0, 1.0])
    with pytest.raises(ShapeError, match=r"data: an array of shape \(3,\) came"):
        p.data = np.ones(3)
    with pytest.raises(TypeError, match=r"data|Tensor"):
        p.data = ["a", "b"]
    with pytest.raises(TypeError):
        p.data = [1j, 1j]
    whole = Tensor([1, 2])
    with pytest.raises(TypeError, match="astype"):
        whole.data = [0.5, 1.5]
    assert p.tolist() == [1.0, 1.0]


def test_grad_keeps_shape_and_dtype():
    p = Tensor([1.0, 2.0], requires_grad=True, dtype=np.float32)
    p.grad = [1, 2]
    assert p.grad.dtype == np.float32
    p.grad = Tensor([3.0, 4.0])
    assert p.grad.tolist() == [3.0, 4.0]
    with pytest.raises(ShapeError, match="grad"):
        p.grad = np.ones(3)
    with pytest.raises(TypeError, match=r"Tensor|grad"):
        p.grad = ["a", "b"]
    mine = np.zeros(2, np.float32)
    p.grad = mine
    (p * 1).sum().backward()
    assert mine.tolist() == [0.0, 0.0]
    p.grad = None
    assert p.grad is None


def test_numpy_is_read_only():
    x = Tensor([1.0, 2.0])
    for view in (x.numpy(), np.asarray(x)):
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 5.0
    assert x.tolist() == [1.0, 2.0]


def test_gradients_alias_nothing():
    seed = np.ones((2, 2))
    x = Tensor(np.ones((2, 2)), requires_grad=True)
    y = Tensor(np.ones((2, 2)), requires_grad=True)
    for result in (
        x + y,
        x - y,
        (x + y).T.T,
        x.reshape(2, 2) + y.clone(),
        autograd.concatenate([x, y])[:2] + autograd.stack([x, y])[1],
        x[...] + y[:, :],
        x * 1 + +y,
        autograd.where(np.ones((2, 2), bool), x, y) + y,
    ):
        x.grad = y.grad = None
        result.backward(seed)
        arrays = [seed, x.grad, y.grad, result.grad, x._data, y._data, result._data]
        nodes = [n for n in (x, y, result)]
        for i, a in enumerate(arrays):
            for b in arrays[i + 1 :]:
                assert not np.shares_memory(a, b), result.op.name
        x.grad[0, 0] = 99.0
        assert y.grad[0, 0] != 99.0
        assert result.grad[0, 0] == 1.0
        assert nodes


def test_gradients_do_not_follow_later_passes():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    y.backward([1.0, 1.0])
    first = x.grad
    y.backward([1.0, 1.0])
    assert first.tolist() == [1.0, 1.0]
    assert x.grad.tolist() == [2.0, 2.0]


# ------------------------------------------------------------------ the functional forms


@pytest.mark.parametrize("make", [lambda x: x, lambda x: x * 1], ids=["leaf", "result"])
def test_no_writing_into_a_recorded_tensor(make):
    x = make(Tensor([1.0, 2.0], requires_grad=True))
    with pytest.raises(TypeError, match=r"x\.at\[index\]\.set\(values\)"):
        x[0] = 5.0
    for name, arguments in (
        ("add_", (1,)),
        ("relu_", ()),
        ("clamp_", (0,)),
        ("zero_", ()),
        ("fill_", (1,)),
        ("copy_", ([1.0, 1.0],)),
    ):
        with pytest.raises(TypeError, match=rf"{name}: .*x\.at\[index\]\.set"):
            getattr(x, name)(*arguments)
    assert x.tolist() == [1.0, 2.0]
    y = x.at[0].set(5.0)
    assert y.tolist() == [5.0, 2.0]


def test_constants_may_be_written_to():
    x = Tensor([1.0, 2.0])
    y = x * 3
    x[0] = 5.0
    x.add_(1.0)
    assert x.tolist() == [6.0, 3.0]
    assert x.zero_().tolist() == [0.0, 0.0]
    assert x.fill_(4.0).tolist() == [4.0, 4.0]
    assert x.copy_([1.0, 2.0]).tolist() == [1.0, 2.0]
    assert y.tolist() == [3.0, 6.0]
    with pytest.raises(AttributeError, match="no attribute 'nonsense_'"):
        x.nonsense_()
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        getattr(x, "non" + "sense")


def test_views_of_constants_do_not_follow():
    x = arange(6.0).reshape(2, 3)
    row, turned = x[0], x.T
    x[0, 0] = 100.0
    assert row.tolist() == [0.0, 1.0, 2.0]
    assert turned[0, 0].item() == 0.0
    row[1] = 50.0
    assert x[0, 1].item() == 1.0


def test_detach_and_clone():
    x = Tensor([1.0, 2.0], requires_grad=True, label="x")
    d = x.detach()
    assert not d.requires_grad
    d[0] = 100.0
    assert x.tolist() == [1.0, 2.0]
    x.data[1] = 7.0
    assert d.tolist() == [100.0, 2.0]
    c = x.clone()
    c.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    assert c.op is not None


def test_requires_grad_is_for_leaves():
    x = Tensor([1.0], requires_grad=True)
    y = x * 2
    with pytest.raises(GradientError, match=r"detach\(\)"):
        y.requires_grad_(False)
    assert x.requires_grad_(False).requires_grad is False
    x.requires_grad = True
    assert (x * 2).requires_grad
    y.retain_grad()
    with pytest.raises(GradientError, match="constant"):
        Tensor([1.0]).retain_grad()
    assert x.is_leaf
    assert not y.is_leaf


def test_reshape_and_transpose_calling_forms():
    x = arange(24.0).reshape(2, 3, 4)
    assert x.reshape((4, 6)).shape == x.reshape(4, 6).shape == x.reshape([4, 6]).shape == (4, 6)
    assert x.reshape(-1).shape == (24,)
    assert x.reshape(np.int64(24)).shape == (24,)
    assert x.transpose().shape == (4, 3, 2)
    assert x.transpose(0, 1).shape == (3, 2, 4)
    assert x.transpose(2, 0, 1).shape == x.transpose((2, 0, 1)).shape == (4, 2, 3)
    assert tensor([1.0], requires_grad=True).requires_grad
    assert ones(2, 3).shape == ones((2, 3)).shape


def test_indices_are_copied():
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    rows = np.array([0, 0, 1])
    listed = [0, 2]
    nested = [[0, 1], [1, 2]]
    mask = np.array([True, False, True])
    whole = Tensor(np.array([2, 2]))
    results = [
        x[rows],
        x[listed],
        x[nested],
        x[mask],
        x[whole],
        x.take(rows),
        x.at[rows].add(x[:1]),
    ]
    rows[:] = 2
    listed[0] = 1
    nested[0][0] = 2
    mask[:] = [False, True, False]
    whole.data[...] = 0
    wanted = [[2, 1, 0], [1, 0, 1], [1, 2, 1], [1, 0, 1], [0, 0, 2], [2, 1, 0]]
    for y, expected in zip(results, wanted, strict=False):
        x.grad = None
        y.sum().backward()
        assert x.grad.tolist() == expected
    x.grad = None
    results[-1].sum().backward()
    assert x.grad.tolist() == [4.0, 1.0, 1.0]


def test_empty_and_single():
    x = zeros(0, 3, requires_grad=True)
    y = (x * 2 + 1).sum() + x.sum(axis=0).sum() + (x @ ones(3, 2)).sum()
    y.backward()
    assert x.grad.shape == (0, 3)
    s = Tensor(2.0, requires_grad=True)
    (s * s).backward()
    assert s.grad.shape == ()
    assert type(s.grad) is np.ndarray
    (s * s).backward()
    assert type(s.grad) is np.ndarray
    s.grad[...] = 0.0
    assert (s * np.ones(3)).shape == (3,)


def test_broadcasting_gradients():
    a = Tensor(np.ones((3, 1)), requires_grad=True)
    b = Tensor(np.ones((1, 2)), requires_grad=True)
    c = Tensor(2.0, requires_grad=True)
    (a * b * c + np.ones((4, 1, 1))).sum().backward()
    assert a.grad.tolist() == [[16.0]] * 3
    assert b.grad.tolist() == [[24.0, 24.0]]
    assert c.grad.tolist() == 24.0
