"""NumPy's own functions on Values and Tensors: one recorded node each, with NumPy's meaning."""

import inspect
import math

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value
from autograd.numpy_names import SIGNATURES
from autograd.op import OPS
from autograd.synonyms import PUBLIC

A = np.array([[0.51, 0.27, 0.73], [0.13, 0.91, 0.32]])
B = np.array([[0.2, 0.4, 0.6], [0.7, 0.36, 0.1]])
S = np.array([[2.0, 0.5], [0.5, 1.0]])

SAFE = {"arccosh": 1.0, "acosh": 1.0}  # what to add to get into the domain


def nodes_behind(result):
    return sum(node.op is not None for node in autograd.trace(result).nodes)


def numerical_gradient(function, array):
    gradient = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        step = np.zeros_like(array)
        step[place] = 1e-6
        up, down = np.sum(function(array + step)), np.sum(function(array - step))
        gradient[place] = (up - down) / 2e-6
    return gradient


def check(function, array):
    """One node; NumPy's value; the slope of NumPy's own function."""
    x = Tensor(array, requires_grad=True)
    y = function(x)
    assert isinstance(y, Tensor)
    np.testing.assert_allclose(y.numpy(), function(array), rtol=1e-14)
    assert nodes_behind(y) == 1
    assert y.requires_grad
    y.backward(np.ones(y.shape))
    np.testing.assert_allclose(x.grad, numerical_gradient(function, array), atol=1e-7)


UFUNCS_1 = [
    name
    for name in sorted(PUBLIC)
    if isinstance(ufunc := getattr(np, name, None), np.ufunc) and ufunc.nin == 1
]
UFUNCS_2 = [
    name
    for name in sorted(PUBLIC)
    if isinstance(ufunc := getattr(np, name, None), np.ufunc) and ufunc.nin == 2
]


@pytest.mark.parametrize("name", UFUNCS_1)
def test_functions_of_one_number(name):
    ufunc = getattr(np, name)
    array = A + SAFE.get(name, 0.0)
    check(ufunc, array)
    v = Value(0.6 + SAFE.get(name, 0.0))
    out = ufunc(v)
    assert type(out) is Value
    assert out.data == pytest.approx(float(ufunc(v.data)), rel=1e-15)
    assert nodes_behind(out) == 1


@pytest.mark.parametrize("name", [n for n in UFUNCS_2 if n != "matmul"])
def test_functions_of_two_numbers(name):
    ufunc = getattr(np, name)
    check(lambda x: ufunc(x, B), A)
    check(lambda x: ufunc(B, x), A)
    check(lambda x: ufunc(x, 0.35), A)
    check(lambda x: ufunc(np.float64(0.35), x), A)
    a, b = Value(0.6), Value(0.25)
    for pair in ((a, b), (a, 0.25), (0.6, b), (np.float64(0.6), b), (a, np.array(0.25))):
        out = ufunc(*pair)
        assert type(out) is Value
        assert out.data == pytest.approx(float(ufunc(0.6, 0.25)), rel=1e-15)
        assert nodes_behind(out) == 1


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.float64(2) * x,
        lambda x: np.float32(2) + x,
        lambda x: B * x,
        lambda x: B - x,
        lambda x: B / x,
        lambda x: B**x,
        lambda x: x**B,
        lambda x: B.T @ x,
        lambda x: x @ B.T,
        lambda x: np.matmul(x, B.T),
        lambda x: np.sum(x),
        lambda x: np.sum(x, axis=1),
        lambda x: np.sum(x, 1),
        lambda x: np.sum(x, axis=(0, 1), keepdims=True),
        lambda x: np.prod(x, axis=0),
        lambda x: np.mean(x, axis=1),
        lambda x: np.var(x),
        lambda x: np.var(x, axis=1),
        lambda x: np.var(x, axis=0, ddof=1),
        lambda x: np.std(x, axis=1),
        lambda x: np.std(x, axis=1, ddof=1, keepdims=True),
        lambda x: np.max(x, axis=1),
        lambda x: np.amin(x),
        lambda x: np.cumsum(x, axis=1),
        lambda x: np.cumprod(x, 1),
        lambda x: np.clip(x, 0.2, 0.8),
        lambda x: np.clip(x, None, 0.8),
        lambda x: np.clip(x, a_min=0.2, a_max=None),
        lambda x: np.clip(x, min=0.2, max=0.6),
        lambda x: np.reshape(x, (3, 2)),
        lambda x: np.reshape(x, -1),
        lambda x: np.transpose(x),
        lambda x: np.transpose(x, (1, 0)),
        lambda x: np.swapaxes(x, 0, 1),
        lambda x: np.moveaxis(x, 0, -1),
        lambda x: np.expand_dims(x, 1),
        lambda x: np.squeeze(x),
        lambda x: np.ravel(x),
        lambda x: np.broadcast_to(x, (4, 2, 3)),
        lambda x: np.concatenate([x, B], axis=1),
        lambda x: np.concatenate((B, x)),
        lambda x: np.stack([x, B], axis=-1),
        lambda x: np.pad(x, 1),
        lambda x: np.pad(x, ((0, 1), (1, 0)), mode="constant", constant_values=3.0),
        lambda x: np.flip(x, 1),
        lambda x: np.roll(x, 1, axis=1),
        lambda x: np.repeat(x, 2, axis=0),
        lambda x: np.tile(x, (2, 1)),
        lambda x: np.tril(x),
        lambda x: np.triu(x, k=1),
        lambda x: np.diagonal(x),
        lambda x: np.diag(x, 1),
        lambda x: np.take(x, [0, 0, 2], axis=1),
        lambda x: np.take_along_axis(x, np.array([[0], [2]]), axis=1),
        lambda x: np.sort(x, axis=1),
        lambda x: np.round(x, 1),
        lambda x: np.where(B > 0.35, x, 0.0),
        lambda x: np.where(B > 0.35, B, x),
        lambda x: np.einsum("ij,kj->ik", x, B),
        lambda x: np.einsum("ij->j", x),
        lambda x: np.dot(x, B.T),
        lambda x: np.dot(2.0, x),
        lambda x: np.outer(x[0], B[0]),
        lambda x: np.tensordot(x, B, axes=([1], [1])),
        lambda x: np.sinc(x),
        lambda x: np.copy(x),
        lambda x: np.linalg.norm(x),
        lambda x: np.linalg.norm(x, axis=1),
        lambda x: np.linalg.norm(x, "fro"),
        lambda x: np.linalg.norm(x, 1, axis=0),
        lambda x: np.add.reduce(x),
        lambda x: np.add.reduce(x, axis=None),
        lambda x: np.multiply.reduce(x, axis=1, keepdims=True),
        lambda x: np.add.accumulate(x, axis=1),
        lambda x: np.logaddexp.reduce(x, axis=1),
    ],
    ids=lambda f: inspect.getsource(f).strip().removeprefix("lambda x: ").rstrip(",")[:60],
)
def test_functions_of_arrays(function):
    x = Tensor(A, requires_grad=True)
    y = function(x)
    assert isinstance(y, Tensor)
    np.testing.assert_allclose(y.numpy(), function(A), rtol=1e-14)
    y.backward(np.ones(y.shape))
    np.testing.assert_allclose(x.grad, numerical_gradient(function, A), atol=1e-6)
    # a helper that is a composition in autograd itself may take a few nodes more
    assert nodes_behind(y) == 1 or y.op.name in (
        "reshape",
        "outer",
        "matmul",
        "tensordot",
        "getitem",
    )


@pytest.mark.parametrize(
    "function",
    [
        np.linalg.inv,
        np.linalg.det,
        np.linalg.cholesky,
        np.trace,
        lambda x: np.trace(x, 1),
        lambda x: np.linalg.solve(x, S[0]),
        lambda x: np.linalg.solve(S, x),
        lambda x: np.linalg.matmul(x, S),
        lambda x: np.linalg.trace(x),
    ],
)
def test_functions_of_square_matrices(function):
    x = Tensor(S, requires_grad=True)
    y = function(x)
    np.testing.assert_allclose(y.numpy(), function(S))
    y.backward(np.ones(y.shape))
    if function is not np.linalg.cholesky:  # NumPy reads the lower triangle only
        np.testing.assert_allclose(x.grad, numerical_gradient(function, S), atol=1e-6)


def test_lists_of_tensors():
    x, y = Tensor(A, requires_grad=True), Tensor(B, requires_grad=True)
    joined = np.concatenate([x, y])
    assert joined.parents == (x, y)
    layers = np.stack([x, y, x])
    layers.sum().backward()
    assert np.all(x.grad == 2)
    parts = np.split(x, 3, axis=1)
    assert [p.shape for p in parts] == [(2, 1)] * 3
    assert np.where(x > y, x, y).parents[1:] == (x, y)


def test_clip_between_tensors():
    x, low = Tensor(A, requires_grad=True), Tensor(B, requires_grad=True)
    y = np.clip(x, low, 0.8)
    y.sum().backward()
    np.testing.assert_array_equal(y.numpy(), np.clip(A, B, 0.8))
    np.testing.assert_array_equal(low.grad, ((B > A) & (B < 0.8)) * 1.0)
    with pytest.raises(TypeError, match="clip"):
        autograd.clip(x, low, 0.8)


def test_values_in_functions_of_arrays():
    a = Value(2.0)
    assert np.where(a > 1, a, 0.0).data == 2.0
    assert np.clip(a, 0, 1).data == 1.0
    assert np.sum([a, a]).data == 4.0
    assert np.shape(a) == ()
    assert np.ndim(a) == 0
    assert (np.dot([a, a], [1.0, 2.0])).data == 6.0


def test_questions_are_answered_outside_the_graph():
    x = Tensor([1.0, math.nan, math.inf], requires_grad=True)
    assert np.isnan(x).tolist() == [False, True, False]
    assert np.isfinite(x).dtype == np.bool_
    assert (np.isinf(Value(math.inf)), np.isnan(Value(1.0))) == (True, False)
    assert type(np.isnan(Value(1.0))) is bool
    assert np.logical_and(x > 0, x < 2).tolist() == [True, False, False]
    assert (np.array([1.0, 2.0, 3.0]) < x).tolist() == [False, False, True]
    assert np.shape(x) == (3,)
    assert np.ndim(x) == 1
    assert np.size(x) == 3
    assert np.allclose(x, x.data, equal_nan=True)
    assert np.array_equal(x, x, equal_nan=True)
    assert np.argmax(Tensor([1.0, 3.0, 2.0])).item() == 1
    assert np.any(Tensor([0.0, 1.0]))
    assert np.count_nonzero(Tensor([0.0, 1.0])) == 1
    assert np.nonzero(Tensor([0.0, 1.0]))[0].tolist() == [1]
    assert np.where(Tensor([0.0, 1.0]))[0].tolist() == [1]
    assert np.result_type(Tensor([1.0]), np.float32) == np.float64
    assert np.zeros_like(x).tolist() == [0.0, 0.0, 0.0]
    assert isinstance(np.ones_like(x), Tensor)
    assert not np.ones_like(x).requires_grad
    assert np.full_like(x, 7.0, dtype=np.float32).dtype == np.float32


def test_arrays_of_it():
    x = Tensor(A, requires_grad=True)
    np.testing.assert_array_equal(np.asarray(x), A)
    np.testing.assert_allclose(x, A)
    np.testing.assert_array_equal(np.array([Tensor([1.0]), Tensor([2.0])]), [[1.0], [2.0]])
    assert np.asarray(x, dtype=np.float32).dtype == np.float32


def test_numpys_ddof_is_0_and_pytorchs_is_1():
    x = Tensor([1.0, 2.0, 4.0])
    assert np.var(x).item() == pytest.approx(np.var([1.0, 2.0, 4.0]))
    assert autograd.var(x).item() == pytest.approx(np.var([1.0, 2.0, 4.0], ddof=1))
    assert np.std(x, correction=1).item() == pytest.approx(np.std([1.0, 2.0, 4.0], ddof=1))


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda x: np.add(x, x, out=np.ones((2, 3))), r"np\.add: out= came.*y = y \+ x"),
        (lambda x: np.sin(x, where=A > 0.3), r"np\.sin: where= came.*np\.where\("),
        (lambda x: np.sin(x, dtype=np.float32), r"np\.sin: dtype= came.*astype"),
        (lambda x: np.sum(x, dtype=float), r"np\.sum: dtype= came"),
        (lambda x: np.sum(x, 0, float), r"np\.sum: dtype= came"),
        (lambda x: np.sum(x, where=A > 0.3), r"np\.sum: where= came"),
        (lambda x: np.sum(x, initial=1.0), r"np\.sum: initial= came"),
        (lambda x: np.mean(x, out=np.array(1.0)), r"np\.mean: out= came"),
        (lambda x: np.concatenate([x, x], dtype=np.float32), r"np\.concatenate: dtype= came"),
        (lambda x: np.reshape(x, (3, 2), order="F"), r"np\.reshape: order= came"),
        (lambda x: np.pad(x, 1, mode="edge"), r"np\.pad: mode= came"),
        (lambda x: np.dot(x, B.T, out=np.ones((2, 2))), r"np\.dot: out= came"),
        (lambda x: np.einsum("ij->j", x, out=np.ones(3)), r"np\.einsum: out= came"),
        (lambda x: np.trace(x, dtype=float), r"np\.trace: dtype= came"),
        (lambda x: np.linalg.norm(x, 2), r"linalg\.norm: ord=2 came for a matrix"),
        (lambda x: np.linalg.norm(x, "nuc"), r"linalg\.norm: ord='nuc' came"),
        (lambda x: np.linalg.cholesky(x, upper=True), r"cholesky: upper= came"),
        (
            lambda x: np.subtract.reduce(x),
            r"np\.subtract\.reduce: .*np\.subtract\.reduce\(x\.numpy\(\)\)",
        ),
        (lambda x: np.add.reduceat(x, [0, 1]), r"np\.add\.reduceat"),
        (lambda x: np.multiply.outer(x, x), r"np\.multiply\.outer"),
        (lambda x: np.add.at(x, 0, 1.0), r"np\.add\.at"),
        (lambda x: np.add.reduce(x, dtype=float), r"np\.add\.reduce: dtype= came"),
        (lambda x: np.hypot(x, x), r"np\.hypot: .*np\.hypot\(x\.numpy\(\)\)"),
        (lambda x: np.modf(x), r"np\.modf"),
        (lambda x: np.median(x), r"np\.median: .*np\.median\(x\.numpy\(\)\)"),
        (lambda x: np.linalg.eig(x), r"np\.linalg\.eig: .*np\.linalg\.eig\(x\.numpy\(\)\)"),
        (lambda x: np.fft.fft(x), r"np\.fft.*fft: "),
        (lambda x: np.linalg.trace(np.stack([x, x])), r"np\.linalg\.trace: "),
        (lambda x: np.linalg.diagonal(np.stack([x, x])), r"np\.linalg\.diagonal: "),
        (lambda x: np.dstack([x, x]), r"np\.dstack: "),
        (lambda x: np.histogram(x), r"np\.histogram: "),
        (lambda x: np.copyto(x, A), r"np\.copyto: "),
    ],
)
def test_what_is_refused(attempt, words):
    x = Tensor(A, requires_grad=True)
    with pytest.raises(TypeError, match=words):
        attempt(x)
    np.testing.assert_array_equal(x.numpy(), A)
    assert x.grad is None


def test_writing_into_an_array_is_refused():
    array = A.copy()
    with pytest.raises(TypeError, match=r"np\.add: out= came.*y = y \+ x"):
        array += Tensor(B)
    with pytest.raises(TypeError, match=r"np\.multiply: out= came"):
        array *= Value(2.0)
    np.testing.assert_array_equal(array, A)


def test_values_and_arrays_do_not_mix():
    v = Value(2.0)
    for attempt in (
        lambda: A * v,
        lambda: np.multiply(A, v),
        lambda: np.multiply([1.0, 2.0], v),
        lambda: v @ A,
        lambda: np.array([v, v]) + v,
    ):
        with pytest.raises(TypeError):
            attempt()
    with pytest.raises(TypeError, match=r"a Value is one number, and an array of shape \(2, 3\)"):
        _ = A * v
    with pytest.raises(TypeError, match=r"np\.hypot\(x\.data\)"):
        np.hypot(v, 1.0)
    with pytest.raises(TypeError, match=r"tensor_from_values"):
        np.add(v, Tensor(A))


def test_the_table_knows_numpys_arguments():
    """The names and their order are NumPy's own, so that nothing lands in the wrong place."""
    for name, signature in SIGNATURES.items():
        function = getattr(np, name, None)
        if function is None or isinstance(function, np.ufunc):
            function = getattr(np.linalg, name, None)
        if function is None:
            continue  # a newer NumPy's
        try:
            parameters = inspect.signature(function).parameters
        except ValueError:
            continue  # written in C, and this NumPy does not tell its arguments
        ours = signature.replace("|", " ").split()
        places = [
            n
            for n, p in parameters.items()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        assert ours[: len(places)] == places, name


def test_every_op_that_numpy_has_can_be_reached():
    unreachable = []
    for name in PUBLIC:
        function = getattr(np, name, None) or getattr(np.linalg, name, None)
        if function is None or isinstance(function, np.ufunc):
            continue
        if name not in SIGNATURES and name not in ("einsum", "dot", "norm", "trace"):
            unreachable.append(name)
    # np.place writes into its argument; np.concat is np.concatenate itself; np.meshgrid begins with
    # the other axis
    assert set(unreachable) <= {"place", "concat", "meshgrid"}


def test_no_recording_inside_no_grad():
    x = Tensor(A, requires_grad=True)
    with autograd.no_grad():
        assert not np.sin(x).requires_grad
        assert np.sin(Value(1.0)).op is None


def test_float32_stays():
    x = Tensor(A, requires_grad=True, dtype=np.float32)
    for y in (np.sin(x), np.sum(x), np.mean(x, axis=0), 2 * x, np.float32(2) * x, np.clip(x, 0, 1)):
        assert y.dtype == np.float32
    assert set(OPS) >= {"sin", "sum"}
