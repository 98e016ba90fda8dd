"""Shapes, axes, indices and dtypes as they come: drawn at random, down to sizes 0 and 1."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd as ag
from autograd import OPS, ShapeError, Tensor
from autograd.engine import propagate

FEW = settings(max_examples=100)
SIDES = st.integers(0, 3)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
SOLID = hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=3)


def numbers(shape: tuple[int, ...], seed: int = 0) -> Any:
    return np.random.default_rng([seed, *shape]).uniform(0.5, 2.0, shape)


def weights_for(out: Any) -> Any:
    return np.random.default_rng(3).normal(size=out.shape)


def check(function: Any, *arrays: Any) -> Any:
    """The gradient in a random direction is the slope of the value in that direction."""
    inputs = [Tensor(a, requires_grad=True) for a in arrays]
    out = function(*inputs)
    expected = function(*arrays)
    assert out.shape == np.shape(expected)
    np.testing.assert_array_equal(out.data, expected)
    weights = weights_for(out)
    out.backward(weights)
    moves = [numbers(a.shape, 9) - 1.2 for a in arrays]
    pulled = 0.0
    for x, move in zip(inputs, moves, strict=True):
        assert x.grad is not None
        assert x.grad.shape == x.shape
        assert x.grad.dtype == x.dtype
        pulled += float(np.sum(x.grad * move))
    step = 1e-6
    above = function(*(a + step * m for a, m in zip(arrays, moves, strict=True)))
    below = function(*(a - step * m for a, m in zip(arrays, moves, strict=True)))
    with np.errstate(invalid="ignore"):  # the logarithm of an empty sum is -inf on both sides
        moved = np.where(np.isfinite(expected), above - below, 0.0)
    slope = float(np.sum(weights * moved)) / (2 * step)
    assert pulled == pytest.approx(slope, rel=1e-6, abs=1e-6)
    return out


# ------------------------------------------------------------------------------ broadcasting
@given(
    hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3),
    st.sampled_from(["add", "sub", "mul", "div", "pow", "maximum", "arctan2", "logaddexp"]),
)
@FEW
def test_two_shapes_that_broadcast(shapes: Any, name: str) -> None:
    a, b = shapes.input_shapes
    out = check(lambda x, y: OPS[name](x, y), numbers(a, 1), numbers(b, 2))
    assert out.shape == shapes.result_shape


@given(hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=3, min_side=0, max_side=3))
@FEW
def test_three_shapes_that_broadcast(shapes: Any) -> None:
    c, a, b = shapes.input_shapes
    flags = numbers(c, 3) > 1.25
    out = check(lambda x, y: ag.where(flags, x, y), numbers(a, 1), numbers(b, 2))
    assert out.shape == shapes.result_shape


@given(SHAPES, SHAPES)
@FEW
def test_two_shapes_that_may_not_fit(a: Any, b: Any) -> None:
    """Either NumPy takes them and so do we, or the error names both."""
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        with pytest.raises(ShapeError, match="do not broadcast") as caught:
            Tensor(numbers(a), requires_grad=True) * Tensor(numbers(b))
        assert str(a) in str(caught.value)
        assert str(b) in str(caught.value)
    else:
        check(lambda x, y: x * y, numbers(a, 1), numbers(b, 2))


@given(
    hnp.mutually_broadcastable_shapes(num_shapes=1, base_shape=(2, 3, 2), max_dims=3, min_side=1)
)
@FEW
def test_broadcast_to_and_back(shapes: Any) -> None:
    (small,) = shapes.input_shapes
    target = np.broadcast_shapes(small, (2, 3, 2))
    check(lambda x: ag.broadcast_to(x, target), numbers(small))
    check(lambda x: OPS["sum_to"](x, small), numbers(target))


# ------------------------------------------------------------------------------ reductions
@st.composite
def shapes_and_axes(draw: Any, solid: bool = False) -> Any:
    shape = draw(SOLID if solid else SHAPES)
    if not shape or draw(st.booleans()):
        axis = draw(st.sampled_from([None, *range(-len(shape), len(shape))]))
    else:
        axes = draw(st.lists(st.sampled_from(range(len(shape))), unique=True, min_size=1))
        axis = tuple(i - len(shape) if draw(st.booleans()) else i for i in axes)
    return shape, axis


@given(shapes_and_axes(), st.booleans(), st.sampled_from(["sum", "prod", "logsumexp", "norm"]))
@FEW
def test_reductions_over_any_axes(drawn: Any, keepdims: bool, name: str) -> None:
    shape, axis = drawn
    out = check(lambda x: OPS[name](x, axis=axis, keepdims=keepdims), numbers(shape))
    assert out.shape == np.sum(np.zeros(shape), axis=axis, keepdims=keepdims).shape


@given(
    shapes_and_axes(solid=True),
    st.booleans(),
    st.sampled_from(["mean", "max", "min", "var", "std"]),
)
@FEW
def test_reductions_that_need_an_element(drawn: Any, keepdims: bool, name: str) -> None:
    shape, axis = drawn
    extra = {"ddof": 0} if name in ("var", "std") else {}
    check(lambda x: OPS[name](x, axis=axis, keepdims=keepdims, **extra), numbers(shape))


@given(SHAPES.filter(len), st.data(), st.sampled_from(["cumsum", "cumprod"]))
@FEW
def test_running_totals(shape: Any, data: Any, name: str) -> None:
    axis = data.draw(st.sampled_from([None, *range(-len(shape), len(shape))]))
    check(lambda x: OPS[name](x, axis=axis), numbers(shape))


@given(SOLID, st.data())
@FEW
def test_softmax_sums_to_one_along_any_axis(shape: Any, data: Any) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    out = check(lambda x: ag.softmax(x, axis=axis), numbers(shape))
    np.testing.assert_allclose(out.data.sum(axis=axis), 1)
    check(lambda x: ag.log_softmax(x, axis=axis), numbers(shape))


@pytest.mark.parametrize("name", ["sum", "mean", "max", "softmax", "logsumexp", "cumsum"])
@pytest.mark.parametrize("axis", [2, -3])
def test_an_axis_that_is_not_there(name: str, axis: int) -> None:
    with pytest.raises((ValueError, IndexError)) as caught:
        getattr(ag, name)(Tensor(np.ones((2, 3)), requires_grad=True), axis=axis)
    assert "(2, 3)" in str(caught.value)
    assert str(axis) in str(caught.value)


# ------------------------------------------------------------------------------ shapes
@given(SHAPES, st.data())
@FEW
def test_moving_axes_about(shape: Any, data: Any) -> None:
    order = tuple(data.draw(st.permutations(range(len(shape)))))
    signed = tuple(i - len(shape) if data.draw(st.booleans()) else i for i in order)
    check(lambda x: ag.transpose(x, axes=signed), numbers(shape))
    check(lambda x: ag.transpose(x), numbers(shape))
    if shape:
        check(lambda x: ag.moveaxis(x, 0, order[0]), numbers(shape))
        check(lambda x: ag.swapaxes(x, order[0], order[-1]), numbers(shape))
        check(lambda x: ag.flip(x, axis=order[: len(order) // 2 + 1]), numbers(shape))
        check(lambda x: ag.roll(x, 2, axis=order[0]), numbers(shape))
        check(lambda x: ag.concatenate([x, x * 2], axis=order[0]), numbers(shape))
        check(lambda x: ag.repeat(x, 2, axis=order[0]), numbers(shape))
    check(lambda x: ag.stack([x, x * 2], axis=-1), numbers(shape))
    check(lambda x: ag.reshape(x, (math.prod(shape),)), numbers(shape))
    check(lambda x: ag.expand_dims(x, axis=0), numbers(shape))
    check(lambda x: ag.squeeze(x), numbers(shape))
    check(lambda x: ag.tile(x, (2, 1)), numbers(shape))
    check(lambda x: ag.ravel(x), numbers(shape))


@given(SHAPES.filter(len), st.data())
@FEW
def test_padding_and_cutting(shape: Any, data: Any) -> None:
    widths = tuple((data.draw(SIDES), data.draw(SIDES)) for _ in shape)
    check(lambda x: ag.pad(x, widths), numbers(shape))
    cuts = data.draw(st.lists(st.integers(0, shape[0]), max_size=2).map(sorted))
    parts = ag.split(Tensor(numbers(shape)), cuts)
    for part, expected in zip(parts, np.split(numbers(shape), cuts), strict=True):
        np.testing.assert_array_equal(part.data, expected)


@given(st.integers(0, 4), st.integers(0, 4), st.integers(-4, 4))
@FEW
def test_triangles_and_diagonals(rows: int, columns: int, offset: int) -> None:
    check(lambda x: ag.tril(x, offset), numbers((rows, columns)))
    check(lambda x: ag.triu(x, offset), numbers((rows, columns)))
    check(lambda x: ag.diagonal(x, offset), numbers((rows, columns)))
    check(lambda x: ag.diag(x, offset), numbers((rows,)))
    check(lambda x: x.trace() if isinstance(x, Tensor) else np.trace(x), numbers((rows, columns)))


# ------------------------------------------------------------------------------ indices
def read(x: Any, index: Any) -> Any:
    return x[index].copy() if isinstance(x, np.ndarray) else x[index]


@given(SHAPES, st.data())
@FEW
def test_basic_indices(shape: Any, data: Any) -> None:
    index = data.draw(hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True))
    check(lambda x: read(x, index), numbers(shape))


@given(SOLID, st.data())
@FEW
def test_arrays_of_indices_repeats_included(shape: Any, data: Any) -> None:
    index = data.draw(hnp.integer_array_indices(shape))
    check(lambda x: x[index], numbers(shape))
    values = numbers(numbers(shape)[index].shape, 5)
    x, v = Tensor(numbers(shape), requires_grad=True), Tensor(values, requires_grad=True)
    out = x.at[index].add(v)
    expected = numbers(shape)
    np.add.at(expected, index, values)
    np.testing.assert_allclose(out.data, expected)
    weights = weights_for(out)
    out.backward(weights)
    np.testing.assert_array_equal(x.grad, weights)
    np.testing.assert_array_equal(v.grad, weights[index])


@given(SHAPES, st.data())
@FEW
def test_masks(shape: Any, data: Any) -> None:
    mask = data.draw(hnp.arrays(bool, shape))
    check(lambda x: x[mask], numbers(shape))
    x = Tensor(numbers(shape), requires_grad=True)
    out = x.at[mask].set(7.0)
    assert np.all(out.data[mask] == 7)
    out.backward(np.ones(shape))
    np.testing.assert_array_equal(x.grad, ~mask)


@given(SOLID, st.data())
@FEW
def test_a_mixed_index(shape: Any, data: Any) -> None:
    """Slices beside arrays of indices, which NumPy puts in odd places of the result."""
    full = (*shape, 3)
    first = data.draw(st.lists(st.integers(-full[0], full[0] - 1), min_size=1, max_size=3))
    last = data.draw(st.integers(-3, 2))
    check(lambda x: read(x, (first, Ellipsis, last)), numbers(full))
    check(lambda x: read(x, (slice(None, None, -1), ..., [last, last])), numbers(full))
    check(lambda x: read(x, (None, first)), numbers(full))


# ------------------------------------------------------------------------------ products
@given(
    hnp.mutually_broadcastable_shapes(
        signature=np.matmul.signature, max_dims=2, min_side=0, max_side=3
    )
)
@FEW
def test_matrix_products_of_every_pairing(shapes: Any) -> None:
    a, b = shapes.input_shapes
    out = check(ag.matmul, numbers(a, 1), numbers(b, 2))
    assert out.shape == shapes.result_shape


@given(st.data())
@FEW
def test_einsum_of_random_letters(data: Any) -> None:
    sizes = dict(zip("abcd", data.draw(st.tuples(*[st.integers(1, 3)] * 4)), strict=True))
    terms = data.draw(st.lists(st.text("abcd", max_size=3), min_size=1, max_size=3))
    used = sorted(set("".join(terms)))
    result = "".join(data.draw(st.permutations(used)))[: data.draw(st.integers(0, len(used)))]
    arrays = [numbers(tuple(sizes[c] for c in term), i) for i, term in enumerate(terms)]
    for i, term in enumerate(terms):
        if term and len(set(term)) == len(term) and data.draw(st.booleans()):
            arrays[i] = arrays[i][:1]  # einsum broadcasts an axis of size 1 along its letter
    check(lambda *xs: ag.einsum(f"{','.join(terms)}->{result}", *xs), *arrays)
    check(lambda *xs: ag.einsum(",".join(terms), *xs), *arrays)


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, min_side=1, max_side=3))
@FEW
def test_einsum_with_an_ellipsis_broadcasts(shapes: Any) -> None:
    a, b = shapes.input_shapes
    check(lambda x, y: ag.einsum("...i,ij...->j...", x, y), numbers((*a, 2)), numbers((2, 3, *b)))
    check(lambda x, y: ag.einsum("...ij,...j", x, y), numbers((*a, 3, 2)), numbers((*b, 2)))


@given(st.integers(0, 3), st.integers(0, 3), st.data())
@FEW
def test_tensordot_over_random_axes(left: int, right: int, data: Any) -> None:
    many = data.draw(st.integers(0, min(left, right)))
    of_a = data.draw(st.permutations(range(left)))[:many]
    of_b = data.draw(st.permutations(range(right)))[:many]
    a, b = numbers((2,) * left, 1), numbers((2,) * right, 2)
    out = check(lambda x, y: ag.tensordot(x, y, (of_a, of_b)), a, b)
    np.testing.assert_allclose(out.data, np.tensordot(a, b, (of_a, of_b)))


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ((3, 4), (5, 2), "inner sizes 4 and 5 differ"),
        ((3,), (4,), "inner sizes 3 and 4 differ"),
        ((2, 3, 4), (3, 4, 5), "leading axes"),
        ((), (3,), "single number"),
    ],
)
def test_matrix_products_that_do_not_fit(a: Any, b: Any, said: str) -> None:
    for left, right in ((numbers(a), numbers(b)), (Tensor(numbers(a)), Tensor(numbers(b)))):
        with pytest.raises(ShapeError, match=said) as caught:
            ag.matmul(left, right)
        assert str(caught.value).startswith(f"matmul: {a} @ {b}: ")


# ------------------------------------------------------------------------------ dtypes
FLOATS = [np.dtype(t) for t in ("float16", "float32", "float64")]
ANY_KIND = [*FLOATS, *(np.dtype(t) for t in ("bool", "int8", "int32", "int64", "uint8"))]


@given(
    st.sampled_from(FLOATS),
    st.sampled_from(ANY_KIND),
    st.sampled_from(["add", "mul", "div", "maximum"]),
)
@FEW
def test_mixed_dtypes_follow_numpy_and_gradients_their_data(a: Any, b: Any, name: str) -> None:
    x = Tensor(np.array([1, 2, 3], a), requires_grad=True)
    y = Tensor(np.array([1, 1, 1], b), requires_grad=b.kind == "f")
    out = OPS[name](x, y)
    assert (
        out.dtype
        == getattr(np, {"mul": "multiply", "div": "divide"}.get(name, name))(x.data, y.data).dtype
    )
    out.sum().backward()
    assert x.grad.dtype == a
    assert y.grad is None or y.grad.dtype == b
    first = propagate(OPS[name](x, y).sum(), Tensor(np.ones((), out.dtype)), create_graph=True)
    assert first[x].dtype == a


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
@pytest.mark.parametrize("number", [2, 2.5, True, -1, np.float32(0.5), np.int64(3)], ids=repr)
@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "**", "%", "//"])
def test_a_python_number_never_widens(dtype: Any, number: Any, sign: str) -> None:
    x = Tensor(np.array([1.0, 2.0], dtype), requires_grad=True)
    widest = np.result_type(dtype, number)
    for out in (eval(f"x {sign} number"), eval(f"number {sign} x")):
        assert out.dtype == widest
        assert widest == dtype or isinstance(number, np.generic)
        if out.requires_grad:
            out.sum().backward()
            assert x.grad.dtype == dtype


@pytest.mark.parametrize(
    "op", [o for o in OPS.values() if o.partials and o.differentiable], ids=str
)
def test_whole_numbers_may_go_in_as_constants(op: Any) -> None:
    """NumPy's rule for the result; whole numbers themselves have no gradient."""
    shapes = op.samples[0].shapes if op.samples else ()
    inputs = [np.ones(shapes[i] if shapes else (2,), int) for i in range(len(op.inputs))]
    settings_ = op.samples[0].settings if op.samples else {}
    with np.errstate(all="ignore"):
        out = op(*(Tensor(i) for i in inputs), **settings_)
        assert not out.requires_grad
        assert out.dtype.kind in "fi"
        if len(inputs) == 2:
            x = Tensor(inputs[0].astype(np.float32), requires_grad=True)
            mixed = op(x, inputs[1], **settings_)
            mixed.sum().backward()
            assert x.grad.dtype == np.float32


def test_whole_numbers_that_ask_for_a_gradient_are_refused() -> None:
    for data in ([1, 2], np.array([True]), np.array([1], np.uint8)):
        with pytest.raises(TypeError, match="gradient"):
            Tensor(data, requires_grad=True)
