"""Every operation of the table, checked the same way: an op is tested by being in ``OPS``.

Nothing here names a derivative. The value is compared with NumPy's, the gradient with the slope of
the value, the second derivative with the slope of the gradient, forward mode with reverse mode, and
the kinds of input (Values, float32, strided arrays) with the plain case.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import OPS, DomainError, Op, OperationError, Tensor, Value
from autograd.engine import propagate
from autograd.op import Sample
from autograd.symbol import Symbol, latex, python, text
from tests.autograd.fused_references import FUSED

UNARY = (Sample(((3, 4),)), Sample(((),)), Sample(((0, 3),)))
BINARY = (
    Sample(((3, 4), (3, 4))),
    Sample(((3, 1), (4,))),
    Sample(((), (3,))),
    Sample(((2, 3), ())),
    Sample(((0, 3), (1, 3))),
)


# ------------------------------------------------------------------------------ the cases
@dataclass(frozen=True)
class Case:
    """One op with one way to call it."""

    op: Op
    sample: Sample
    number: int

    def __str__(self) -> str:
        return f"{self.op.name}-{self.number}"

    def draw(self, seed: int = 0) -> tuple[Any, ...]:
        """Arrays to call the op with, away from the edges of its domain and from its kinks."""
        generator = np.random.default_rng([seed, self.number, *self.op.name.encode()])
        if self.sample.make is not None:
            return tuple(np.asarray(a) for a in self.sample.make(generator))
        if self.op.partials is None:
            return tuple(generator.normal(size=shape) for shape in self.sample.shapes)
        domains = self.op.sampled or self.op.domain
        drawn = [d.sample(generator, s) for d, s in zip(domains, self.sample.shapes, strict=True)]
        for kink in self.op.kinks:
            drawn = [np.where(np.abs(a - kink) < 0.01, a + 0.02, a) for a in drawn]
        return tuple(drawn)

    def __call__(self, *args: Any) -> Any:
        """Call the op as a user would."""
        settings = dict(self.sample.settings)
        if self.op.name == "einsum":
            return self.op(settings["subscripts"], *args)
        if self.op.variadic and self.op.call is not None:
            return self.op(list(args), **settings)
        return self.op(*args, **settings)

    def differentiable(self, arrays: tuple[Any, ...]) -> list[int]:
        """Which inputs have a derivative."""
        if not self.op.differentiable:
            return []
        formulas = self.op.partials if self.op.partials is not None else self.op.vjp
        return [
            i
            for i, a in enumerate(arrays)
            if a.dtype.kind == "f" and not (isinstance(formulas, tuple) and formulas[i] is None)
        ]


def cases() -> list[Case]:
    found = []
    for op in OPS.values():
        default = UNARY if len(op.inputs) == 1 else BINARY
        samples = op.samples or (default if op.partials is not None else ())
        if op.samples and op.partials is not None and len(op.inputs) == 1:
            settings = op.samples[-1].settings
            samples = (*samples, Sample(((),), settings), Sample(((0, 3),), settings))
        found += [Case(op, sample, i) for i, sample in enumerate(samples)]
    return found


CASES = cases()
SMOOTH = [case for case in CASES if case.op.differentiable]
ELEMENTWISE = [case for case in CASES if case.op.partials is not None]
every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_smooth_case = pytest.mark.parametrize("case", SMOOTH, ids=str)
every_op = pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)


def tensors(case: Case, arrays: tuple[Any, ...]) -> list[Any]:
    wanted = case.differentiable(arrays)
    return [Tensor(a, requires_grad=i in wanted) for i, a in enumerate(arrays)]


def weights_like(array: Any, seed: int = 7) -> Any:
    """Random weights: summing a result with them makes one number that feels every element."""
    return np.random.default_rng(seed).normal(size=np.shape(array))


def gradients(out: Any, inputs: list[Any], seed: Any, create_graph: bool = False) -> list[Any]:
    """The gradient that reaches each input, None if none does."""
    if not out.requires_grad:
        return [None] * len(inputs)
    found = propagate(out, Tensor(seed) if create_graph else seed.copy(), create_graph=create_graph)
    return [found.get(x) for x in inputs]


def slope_by_differences(function: Any, arrays: tuple[Any, ...], i: int, step: float = 1e-6) -> Any:
    """The gradient of a function that returns one number, towards its i-th array."""
    moved = [np.array(a) for a in arrays]
    slope = np.zeros(np.shape(arrays[i]))
    for place in np.ndindex(slope.shape):
        at = moved[i][place]
        moved[i][place] = at + step
        above = function(*moved)
        moved[i][place] = at - step
        below = function(*moved)
        moved[i][place] = at
        slope[place] = (above - below) / (2 * step)
    return slope


def close(actual: Any, expected: Any, tolerance: float = 1e-6) -> None:
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


# ------------------------------------------------------------------------------ value
def _place(values: Any, index: Any, shape: Any) -> Any:
    out = np.zeros(shape)
    np.add.at(out, index, values)
    return out


def _index_set(x: Any, values: Any, index: Any) -> Any:
    out = x.copy()
    out[index] = values
    return out


def _index_add(x: Any, values: Any, index: Any) -> Any:
    out = x.copy()
    np.add.at(out, index, values)
    return out


def _norm(x: Any, ord: float = 2, axis: Any = None, keepdims: bool = False) -> Any:
    if ord == math.inf:
        return np.abs(x).max(axis=axis, keepdims=keepdims)
    return (np.abs(x) ** ord).sum(axis=axis, keepdims=keepdims) ** (1 / ord)


def _sum_to(x: Any, shape: Any) -> Any:
    out = np.zeros(shape)
    for place in np.ndindex(x.shape):
        own = place[len(place) - len(shape) :]
        out[tuple(0 if n == 1 else i for i, n in zip(own, shape, strict=True))] += x[place]
    return out


def _gelu(x: Any, approximate: str = "none") -> Any:
    inside = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return x / 2 * (1 + (np.tanh(inside) if approximate == "tanh" else _erf(x / math.sqrt(2))))


_erf = np.vectorize(math.erf, otypes=[float])


def _windows(shape: Any, window: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """Every window by its place: the index of its elements in the padded axes."""
    sizes = [n + a + b for n, (a, b) in zip(shape, padding, strict=True)]
    axes = list(zip(sizes, window, stride, dilation, strict=True))
    count = tuple(len(range(0, n - d * (k - 1), s)) for n, k, s, d in axes)
    for at in np.ndindex(count):
        starts = zip(at, axes, strict=True)
        yield at, tuple(slice(i * s, i * s + d * (k - 1) + 1, d) for i, (_, k, s, d) in starts)


def _pad(x: Any, padding: Any, edge: float = 0.0) -> Any:
    return np.pad(x, [(0, 0), (0, 0), *padding], constant_values=edge)


def _conv(x: Any, weight: Any, *, groups: int, padding: Any, **steps: Any) -> Any:
    padded, places = _pad(x, padding), {}
    for at, window in _windows(x.shape[2:], weight.shape[2:], padding=padding, **steps):
        for n, o in np.ndindex(len(x), len(weight)):
            group = o // (len(weight) // groups)
            mine = slice(group * weight.shape[1], (group + 1) * weight.shape[1])
            places[(n, o, *at)] = np.sum(padded[n][(mine, *window)] * weight[o])
    out = np.empty(np.max(list(places), axis=0) + 1)
    for place, number in places.items():
        out[place] = number
    return out


def _as_matrix(linear: Any, shape: Any) -> Any:
    """What a linear function does to every unit array."""
    units = np.eye(math.prod(shape)).reshape(-1, *shape)
    return np.array([linear(unit).ravel() for unit in units])


def _transposed(linear: Any, shape: Any, sent: Any) -> Any:
    return (_as_matrix(linear, shape) @ sent.ravel()).reshape(shape)


def _window_pick(x: Any, *, number: Any, window: Any, padding: Any, **steps: Any) -> Any:
    padded, number = _pad(x, padding), np.moveaxis(number, -1, 0)
    out = np.empty(number.shape)
    for at, inside in _windows(x.shape[2:], window, padding=padding, **steps):
        for n, c in np.ndindex(*x.shape[:2]):
            out[(n, c, *at)] = padded[(n, c, *inside)].flat[number[(n, c, *at)]]
    return out


def _conv_input(sent: Any, weight: Any, *, size: Any, groups: int, **rest: Any) -> Any:
    shape = (len(sent), weight.shape[1] * groups, *size)
    return _transposed(lambda x: _conv(x, weight, groups=groups, **rest), shape, sent)


def _conv_kernel(x: Any, sent: Any, *, window: Any, groups: int, **rest: Any) -> Any:
    shape = (sent.shape[1], x.shape[1] // groups, *window)
    return _transposed(lambda w: _conv(x, w, groups=groups, **rest), shape, sent)


def _im2col(x: Any, *, window: Any, padding: Any, **steps: Any) -> Any:
    padded = _pad(x, padding)
    places = dict(_windows(x.shape[2:], window, padding=padding, **steps))
    count = np.max(list(places), axis=0) + 1
    out = np.empty((*x.shape[:2], *window, *count))
    for at, inside in places.items():
        out[(..., *at)] = padded[(..., *inside)]
    return out


def _col2im(x: Any, *, size: Any, **steps: Any) -> Any:
    window = x.shape[2 : 2 + len(size)]
    shape = (*x.shape[:2], *size)
    matrix = _as_matrix(lambda image: _im2col(image, window=window, **steps), shape)
    return (matrix @ x.ravel()).reshape(shape)


def _max_pool(x: Any, *, window: Any, padding: Any, **steps: Any) -> Any:
    padded = _pad(x, padding, -math.inf)
    places = dict(_windows(x.shape[2:], window, padding=padding, **steps))
    out = np.empty((*x.shape[:2], *(np.max(list(places), axis=0) + 1)))
    for at, inside in places.items():
        out[(..., *at)] = padded[(..., *inside)].max(axis=tuple(range(2, x.ndim)))
    return out


# What an op computes, said a second time: NumPy's function of that name where nothing stands here.
REFERENCE: dict[str, Any] = {
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "pow": np.power,
    "erf": _erf,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "log_sigmoid": lambda x: -np.log(1 + np.exp(-x)),
    "softplus": lambda x, beta=1.0: np.log(1 + np.exp(beta * x)) / beta,
    "relu": lambda x: x * (x > 0),
    "leaky_relu": lambda x, slope=0.01: np.where(x > 0, x, slope * x),
    "elu": lambda x, alpha=1.0: np.where(x > 0, x, alpha * (np.exp(x) - 1)),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(x) - 1)),
    "gelu": _gelu,
    "silu": lambda x: x / (1 + np.exp(-x)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hardtanh": lambda x, min_val=-1, max_val=1: np.clip(x, min_val, max_val),
    "relu6": lambda x: np.clip(x, 0, 6),
    "sum_to": _sum_to,
    "concatenate": lambda *xs, axis=0: np.concatenate(xs, axis),
    "stack": lambda *xs, axis=0: np.stack(xs, axis),
    "astype": lambda x, dtype: x.astype(dtype),
    "tril": lambda x, offset=0: np.tril(x, offset),
    "triu": lambda x, offset=0: np.triu(x, offset),
    "place": _place,
    "getitem": lambda x, index: x[index],
    "pick": lambda x, index: x[index],
    "index_set": _index_set,
    "index_add": _index_add,
    "assemble": lambda *xs, shape: np.array(xs).reshape(shape),
    "einsum": lambda *xs, subscripts: np.einsum(subscripts, *xs),
    "conv": _conv,
    "conv_bias": lambda x, weight, bias, **settings: (
        _conv(x, weight, **settings) + bias.reshape(-1, *(1,) * (x.ndim - 2))
    ),
    "conv_input": _conv_input,
    "conv_kernel": _conv_kernel,
    "im2col": _im2col,
    "col2im": _col2im,
    "in_rows": np.asarray,
    "max_pool": _max_pool,
    "sum_pool": lambda x, **settings: _im2col(x, **settings).sum(axis=tuple(range(2, x.ndim))),
    "window_pick": _window_pick,
    "window_place": lambda sent, size, **settings: _transposed(
        lambda x: _window_pick(x, **settings), (*sent.shape[:2], *size), sent
    ),
    "window_spread": lambda sent, size, **settings: _transposed(
        lambda x: REFERENCE["sum_pool"](x, **settings), (*sent.shape[:2], *size), sent
    ),
    "weighted_sum": lambda w, x, b: float(np.sum(w * x) + b),
    "trace": lambda x: np.trace(x, axis1=-2, axis2=-1),
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "cholesky": np.linalg.cholesky,
    "norm": _norm,
    "logsumexp": lambda x, axis=None, keepdims=False: np.log(
        np.exp(x).sum(axis=axis, keepdims=keepdims)
    ),
    "var": lambda x, axis=None, ddof=1, keepdims=False: np.var(
        x, axis=axis, ddof=ddof, keepdims=keepdims
    ),
    "std": lambda x, axis=None, ddof=1, keepdims=False: np.std(
        x, axis=axis, ddof=ddof, keepdims=keepdims
    ),
    "solve": lambda a, b: (
        np.linalg.solve(a, b[..., None])[..., 0] if b.ndim == 1 else np.linalg.solve(a, b)
    ),
    **FUSED,
}


@every_case
def test_value_is_that_of_the_reference(case: Case) -> None:
    arrays = case.draw()
    reference = REFERENCE.get(case.op.name) or getattr(np, case.op.name)
    expected = reference(*arrays, **case.sample.settings)
    of_tensors = case(*[Tensor(a) for a in arrays])
    assert isinstance(of_tensors, Tensor)
    assert of_tensors.dtype == np.asarray(expected).dtype
    assert of_tensors.shape == np.shape(expected)
    np.testing.assert_allclose(of_tensors.data, expected, rtol=1e-12, atol=1e-14)
    of_arrays = case(*arrays)
    assert not isinstance(of_arrays, Tensor), "arrays in, an array out"
    np.testing.assert_array_equal(of_arrays, of_tensors.data)


# ------------------------------------------------------------------------------ derivatives
@every_smooth_case
def test_gradient_is_the_slope_of_the_value(case: Case) -> None:
    arrays = case.draw()
    inputs = tensors(case, arrays)
    out = case(*inputs)
    weights = weights_like(out)
    found = gradients(out, inputs, weights)
    wanted = case.differentiable(arrays)
    assert wanted, "a smooth op has an input to differentiate"
    for i, (array, g) in enumerate(zip(arrays, found, strict=True)):
        if i not in wanted:
            assert g is None
            continue
        slope = slope_by_differences(lambda *xs: np.sum(weights * case(*xs)), arrays, i)
        if g is None:
            close(slope, 0)
        else:
            assert g.shape == array.shape
            close(g, slope)


@every_smooth_case
def test_second_derivative_is_the_slope_of_the_gradient(case: Case) -> None:
    arrays = case.draw()
    wanted = case.differentiable(arrays)
    inputs = tensors(case, arrays)
    out = case(*inputs)
    weights = weights_like(out)
    mixes = [weights_like(a, 11 + i) for i, a in enumerate(arrays)]

    def mixed_gradient(*xs: Any) -> float:
        nodes = tensors(case, xs)
        found = gradients(case(*nodes), nodes, weights)
        return float(sum(np.sum(m * g) for m, g in zip(mixes, found, strict=True) if g is not None))

    first = gradients(out, inputs, weights, create_graph=True)
    plain = gradients(out, inputs, weights)
    total: Any = Tensor(0.0)
    for g, once, mix in zip(first, plain, mixes, strict=True):
        assert (g is None) == (once is None)
        if g is not None:
            np.testing.assert_allclose(g.data, once, rtol=1e-13, atol=1e-13)
            total = total + (g * mix).sum()
    second = gradients(total, inputs, np.ones(()))
    for i in wanted:
        slope = slope_by_differences(mixed_gradient, arrays, i)
        close(0.0 if second[i] is None else second[i], slope, 3e-6)


@every_smooth_case
def test_third_order_runs(case: Case) -> None:
    """The gradient of a gradient can be differentiated again: no formula leaves the graph."""
    inputs = tensors(case, case.draw())
    out = case(*inputs)
    for _ in range(2):
        found = gradients(out, inputs, weights_like(out), create_graph=True)
        out = sum(((g * g).sum() for g in found if g is not None), start=Tensor(0.0))
    for g in gradients(out, inputs, np.ones(())):
        assert g is None or np.all(np.isfinite(g))


@every_smooth_case
def test_forward_mode_is_the_transpose_of_reverse_mode(case: Case) -> None:
    arrays = case.draw()
    wanted = case.differentiable(arrays)
    moves = tuple(weights_like(arrays[i], 23 + i) for i in wanted)

    def function(*xs: Any) -> Any:
        full = list(arrays)
        for i, x in zip(wanted, xs, strict=True):
            full[i] = x
        return case(*full)

    out, pushed = autograd.jvp(function, tuple(arrays[i] for i in wanted), moves)
    pushed = np.asarray(getattr(pushed, "data", pushed))
    inputs = tensors(case, arrays)
    recorded = case(*inputs)
    np.testing.assert_allclose(np.asarray(getattr(out, "data", out)), recorded.data, rtol=1e-13)
    weights = weights_like(recorded)
    found = gradients(recorded, inputs, weights)
    pulled = sum(
        float(np.sum(move * found[i]))
        for i, move in zip(wanted, moves, strict=True)
        if found[i] is not None
    )
    close(np.sum(weights * pushed), pulled, 1e-10)


# ------------------------------------------------------------------------------ kinds of input
@every_smooth_case
def test_float32_stays_float32(case: Case) -> None:
    arrays = tuple(a.astype(np.float32) if a.dtype == float else a for a in case.draw())
    inputs = tensors(case, arrays)
    out = case(*inputs)
    expected = np.float64 if case.op.name in ("assemble", "astype") else np.float32
    assert out.dtype == expected
    out.backward(np.ones(out.shape))
    for x in inputs:
        if x.requires_grad:
            assert x.grad.dtype == np.float32
            assert x.grad.shape == x.shape
    second = gradients(out, inputs, np.ones(out.shape, out.dtype), create_graph=True)
    assert all(g is None or g.dtype == np.float32 for g in second)


@pytest.mark.parametrize(
    "name", [n for n, op in OPS.items() if op.partials and len(op.inputs) == 2]
)
@pytest.mark.parametrize("number", [2, 1.5])
def test_a_python_number_does_not_widen_float32(name: str, number: Any) -> None:
    x = Tensor(np.array([0.5, 2.25], np.float32), requires_grad=True)
    for out in (OPS[name](x, number), OPS[name](number, x)):
        assert out.dtype == np.float32
        x.grad = None
        out.sum().backward()
        assert x.grad.dtype == np.float32


@every_smooth_case
def test_strided_inputs_give_the_same(case: Case) -> None:
    """Every second element of a larger array, read backwards, in Fortran's order."""
    arrays = case.draw()
    strided = []
    for a in arrays:
        wide = np.zeros(tuple(2 * n for n in a.shape), a.dtype, order="F")
        view = wide[(..., *(slice(None, None, -2) for _ in a.shape))]
        view[...] = a
        assert a.ndim == 0 or view.strides != a.strides or a.size <= 1
        strided.append(view)
    straight = tensors(case, arrays)
    nodes = tensors(case, arrays)
    for node, view in zip(nodes, strided, strict=True):
        node._data = view  # the constructor would have copied it into C's order
    out, expected = case(*nodes), case(*straight)
    np.testing.assert_allclose(out.data, expected.data, rtol=1e-13, atol=1e-15)
    out.backward(np.ones(out.shape))
    expected.backward(np.ones(out.shape))
    for x, y in zip(nodes, straight, strict=True):
        if y.grad is not None:
            np.testing.assert_allclose(x.grad, y.grad, rtol=1e-12, atol=1e-14)


@every_smooth_case
def test_gradients_share_no_memory(case: Case) -> None:
    inputs = tensors(case, case.draw())
    out = case(*inputs)
    seed = np.ones(out.shape)
    out.backward(seed)
    arrays = [seed, out.data, *(x.data for x in inputs)]
    arrays += [x.grad for x in (out, *inputs) if x.grad is not None]
    for i, a in enumerate(arrays):
        for b in arrays[:i]:
            assert not np.shares_memory(a, b)
    for x in inputs:
        if x.grad is not None:
            assert x.grad.flags.writeable


@every_case
def test_inputs_are_left_alone(case: Case) -> None:
    arrays = case.draw()
    before = [a.copy() for a in arrays]
    inputs = tensors(case, arrays)
    out = case(*inputs)
    if out.requires_grad:
        out.backward(np.ones(out.shape))
    for a, x, old in zip(arrays, inputs, before, strict=True):
        np.testing.assert_array_equal(a, old)
        np.testing.assert_array_equal(x.data, old)


@every_smooth_case
def test_only_inputs_that_ask_get_a_gradient(case: Case) -> None:
    arrays = case.draw()
    for asked in case.differentiable(arrays):
        inputs = [Tensor(a, requires_grad=i == asked) for i, a in enumerate(arrays)]
        full = tensors(case, arrays)
        out, expected = case(*inputs), case(*full)
        out.backward(np.ones(out.shape))
        expected.backward(np.ones(out.shape))
        for i, x in enumerate(inputs):
            if i == asked:
                np.testing.assert_allclose(x.grad, full[i].grad, rtol=1e-13, atol=1e-15)
            else:
                assert x.grad is None
        mixed = [
            x if i == asked else a for i, (x, a) in enumerate(zip(inputs, arrays, strict=True))
        ]
        assert case(*mixed).requires_grad, "plain arrays beside a tensor"
    assert not case(*[Tensor(a) for a in arrays]).requires_grad
    with autograd.no_grad():
        assert not case(*tensors(case, arrays)).requires_grad


@pytest.mark.parametrize("case", [c for c in CASES if not c.op.differentiable], ids=str)
def test_a_constant_result_records_nothing(case: Case) -> None:
    out = case(*[Tensor(a, requires_grad=a.dtype == float) for a in case.draw()])
    assert not out.requires_grad
    assert out.op is None


# ------------------------------------------------------------------------------ Values
@pytest.mark.parametrize("case", ELEMENTWISE, ids=str)
def test_a_value_gives_what_a_tensor_gives(case: Case) -> None:
    arrays = np.broadcast_arrays(*case.draw())
    wanted = case.differentiable(tuple(arrays))
    count = len(arrays)
    for numbers in list(zip(*(a.ravel().tolist() for a in arrays), strict=True))[:5]:
        nodes = [Tensor(n, requires_grad=i in wanted) for i, n in enumerate(numbers)]
        expected = case(*nodes)
        expected.backward()
        masks = [tuple(bool(m >> i & 1) for i in range(count)) for m in range(1, 2**count)]
        for mask in masks:  # every choice of which inputs are Values and which plain numbers
            mixed = [Value(n) if m else n for m, n in zip(mask, numbers, strict=True)]
            out = case(*mixed)
            np.testing.assert_allclose(out.data, expected.item(), rtol=1e-14, atol=1e-15)
            out.backward()
            for i, (value, node) in enumerate(zip(mixed, nodes, strict=True)):
                if isinstance(value, Value) and i in wanted:
                    np.testing.assert_allclose(value.grad, node.grad, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(
    "case", [c for c in ELEMENTWISE if not any(0 in shape for shape in c.sample.shapes)], ids=str
)
def test_second_derivative_of_a_value_is_that_of_a_tensor(case: Case) -> None:
    arrays = np.broadcast_arrays(*case.draw())
    wanted = case.differentiable(tuple(arrays))
    numbers = [a.ravel()[0].item() for a in arrays]
    values = [Value(n) if i in wanted else n for i, n in enumerate(numbers)]
    nodes = [Tensor(n, requires_grad=i in wanted) for i, n in enumerate(numbers)]
    found = []
    for inputs, one in ((values, Value(1.0)), (nodes, Tensor(1.0))):
        first = propagate(case(*inputs), one, create_graph=True)
        total = sum(
            (first[x] * first[x] for i, x in enumerate(inputs) if i in wanted), start=0.0 * one
        )
        second = propagate(total, 1.0 if isinstance(one, Value) else np.ones(()))
        found.append([float(second.get(x, 0.0)) for i, x in enumerate(inputs) if i in wanted])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-12, atol=1e-13)


TAKES_LISTS = {"sum", "mean", "prod", "max", "min", "var", "std", "norm", "logsumexp"}
OF_LISTS = [
    case
    for case in SMOOTH
    if case.op.name in TAKES_LISTS
    or case.op.name == "weighted_sum"
    or (case.op.name == "matmul" and case.sample.shapes == ((4,), (4,)))
]


@pytest.mark.parametrize("case", OF_LISTS, ids=str)
def test_an_op_that_makes_one_number_takes_lists_of_values(case: Case) -> None:
    arrays = tuple(a.ravel() if a.ndim > 1 else a for a in case.draw())
    nodes = [Tensor(a, requires_grad=True) for a in arrays]
    settings = {k: v for k, v in case.sample.settings.items() if k not in ("axis", "keepdims")}
    expected = case.op(*nodes, **settings)
    assert expected.shape == ()
    expected.backward()
    lists = [[Value(n) for n in a.tolist()] if a.ndim else Value(a.item()) for a in arrays]
    out = case.op(*lists, **settings)
    assert isinstance(out, Value)
    assert out.op.name == case.op.name, "one node"
    np.testing.assert_allclose(out.data, expected.item(), rtol=1e-14)
    out.backward()
    for values, node in zip(lists, nodes, strict=True):
        got = [v.grad for v in values] if isinstance(values, list) else values.grad
        np.testing.assert_allclose(got, node.grad, rtol=1e-13, atol=1e-15)


LIMITED = [
    (op, i)
    for op in OPS.values()
    if op.partials is not None
    for i, domain in enumerate(op.domain)
    if not all(domain.contains(x) for x in (-7.5, 0.0, 7.5))
]


@pytest.mark.parametrize(("op", "slot"), LIMITED, ids=lambda thing: getattr(thing, "name", thing))
def test_off_its_domain_a_value_says_op_value_and_condition(op: Op, slot: int) -> None:
    for outside in (-7.5, 0.0, 7.5):
        if op.domain[slot].contains(outside):
            continue
        numbers = [1.0] * len(op.inputs)
        numbers[slot] = outside
        values = [Value(n) for n in numbers]
        with pytest.raises(DomainError) as caught:
            op(*values)
        said = str(caught.value)
        assert said.startswith(f"{op.name}: ")
        assert f"{op.inputs[slot]} = {outside:g}" in said
        assert op.domain[slot].describe(op.inputs[slot]) in said
        assert [v.grad for v in values] == [None] * len(values)


@every_op
def test_samples_are_drawn_from_the_domain(op: Op) -> None:
    for domain in (*op.domain, *op.sampled):
        assert np.all(domain.contains(domain.sample(np.random.default_rng(0), (100,))))


# ------------------------------------------------------------------------------ words and pictures
@every_op
def test_an_op_says_what_it_is_and_why_its_gradient_looks_so(op: Op) -> None:
    assert re.fullmatch(r"[A-Z|].*\.", op.doc), op.doc
    assert re.fullmatch(r"[A-Z].*\.", op.reason), op.reason
    assert "  " not in op.doc + op.reason
    assert op.symbol == op.symbol.strip()


def balanced(written: str) -> bool:
    depth = 0
    for sign in re.sub(r"\\[{}]", "", written):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0 and written.count(r"\left") == written.count(r"\right")


@every_op
def test_latex_of_an_op(op: Op) -> None:
    symbols = [Symbol(f"x_{{{i}}}") for i in range(len(op.inputs))]
    written = latex(Symbol(op, symbols))
    assert balanced(written), written
    assert all(s.head in written for s in symbols) or op.name == "weighted_sum"
    if not op.variadic:
        assert "KEY" not in op.latex.format(**dict.fromkeys(op.inputs, "x"))


@pytest.mark.parametrize("case", ELEMENTWISE, ids=str)
def test_derivative_is_written_as_latex_text_and_python(case: Case) -> None:
    settings = {**case.op.settings, **case.sample.settings}
    symbols = [Symbol(name) for name in case.op.inputs]
    for formula in case.op.partials or ():
        if formula is None:
            continue
        written = formula(Symbol("out"), *symbols, **settings)
        assert balanced(latex(written)), latex(written)
        assert text(written)
        compile(python(written), "<formula>", "eval")


# ------------------------------------------------------------------------------ settings
@every_op
def test_an_unknown_setting_is_refused(op: Op) -> None:
    case = next(c for c in CASES if c.op is op)
    arrays = case.draw()
    if op.variadic and op.call is not None:
        return
    with pytest.raises(OperationError, match=op.name):
        op(*arrays, **case.sample.settings, colour="red")
    with pytest.raises(OperationError, match=op.name):
        op()


AXIS_OPS = [op for op in OPS.values() if "axis" in op.settings and not op.variadic]


@pytest.mark.parametrize("op", AXIS_OPS, ids=lambda op: op.name)
def test_dim_and_keepdim_mean_axis_and_keepdims(op: Op) -> None:
    case = next(c for c in CASES if c.op is op and c.sample.settings.get("axis") is not None)
    (array,) = case.draw()
    settings = dict(case.sample.settings)
    expected = op(array, **settings)
    axis = settings.pop("axis")
    np.testing.assert_array_equal(op(array, dim=axis, **settings), expected)
    answer = getattr(Tensor(array), op.name)(dim=axis, **settings)
    if op.name in ("max", "min", "sort"):  # the word dim is answered as in PyTorch
        answer = answer.values
    np.testing.assert_array_equal(answer.data, expected)
    if "keepdims" in op.settings:
        settings.pop("keepdims", None)
        kept = op(array, axis=axis, **{**settings, "keepdims": True})
        np.testing.assert_array_equal(op(array, dim=axis, keepdim=True, **settings), kept)
        assert kept.ndim == array.ndim


def test_every_differentiable_op_has_a_sample() -> None:
    assert {case.op.name for case in CASES} == set(OPS)
