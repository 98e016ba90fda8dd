"""Every operation that PyTorch has, too: equal values, gradients and second derivatives.

PyTorch is no dependency: without it these tests are skipped.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor
from autograd.engine import propagate

torch = pytest.importorskip("torch", reason="PyTorch is not installed; these tests compare with it")
F = torch.nn.functional
linalg = torch.linalg

pytestmark = pytest.mark.torch


@dataclass(frozen=True)
class Row:
    """One operation, ours and PyTorch's, and the inputs to call both with."""

    name: str
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...] = ((3, 4),)
    low: float = -2.0
    high: float = 2.0
    make: Callable[[np.random.Generator], tuple[Any, ...]] | None = None

    def draw(self) -> tuple[Any, ...]:
        generator = np.random.default_rng(list(self.name.encode()))
        if self.make is not None:
            return self.make(generator)
        return tuple(generator.uniform(self.low, self.high, shape) for shape in self.shapes)


def positive_definite(generator: np.random.Generator) -> tuple[Any, ...]:
    m = generator.normal(size=(2, 3, 3))
    return (m @ m.swapaxes(-1, -2) + 2 * np.eye(3),)


def solvable(shape: tuple[int, ...]) -> Callable[[np.random.Generator], tuple[Any, ...]]:
    return lambda r: (r.normal(size=(3, 3)) + 3 * np.eye(3), r.normal(size=shape))


FLAGS = np.array([[True, False, True, False]] * 3)
PAIR = ((3, 1), (4,))
PLACES = np.array([[0, 2, 2, 0], [1, 1, 0, 2]])


def fixed(places: Any) -> Any:
    return torch.tensor(places)


UNARY: dict[str, tuple[str, float, float]] = {
    name: (name, -2.0, 2.0)
    for name in [
        "neg",
        "positive",
        "abs",
        "sign",
        "floor",
        "ceil",
        "round",
        "square",
        "reciprocal",
        "exp",
        "exp2",
        "expm1",
        "sin",
        "cos",
        "tan",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "arcsinh",
        "sinc",
        "sigmoid",
        "erf",
        "relu",
    ]
} | {
    "log": ("log", 0.2, 3),
    "log2": ("log2", 0.2, 3),
    "log10": ("log10", 0.2, 3),
    "log1p": ("log1p", -0.8, 2),
    "sqrt": ("sqrt", 0.2, 3),
    "arcsin": ("arcsin", -0.9, 0.9),
    "arccos": ("arccos", -0.9, 0.9),
    "arccosh": ("arccosh", 1.2, 3),
    "arctanh": ("arctanh", -0.9, 0.9),
}

ROWS = [
    *(
        Row(name, getattr(ag, name), getattr(torch, theirs), low=low, high=high)
        for name, (theirs, low, high) in UNARY.items()
    ),
    Row("cbrt", ag.cbrt, lambda x: x ** (1 / 3), low=0.2, high=3),
    # activations
    Row("log_sigmoid", ag.log_sigmoid, F.logsigmoid),
    Row("softplus", ag.softplus, F.softplus),
    Row("softplus beta", lambda x: ag.softplus(x, beta=2.0), lambda x: F.softplus(x, beta=2.0)),
    Row("leaky_relu", ag.leaky_relu, F.leaky_relu),
    Row("leaky_relu 0.3", lambda x: ag.leaky_relu(x, 0.3), lambda x: F.leaky_relu(x, 0.3)),
    Row("elu", ag.elu, F.elu),
    Row("elu alpha", lambda x: ag.elu(x, alpha=0.5), lambda x: F.elu(x, alpha=0.5)),
    Row("selu", ag.selu, F.selu),
    Row("gelu", ag.gelu, F.gelu),
    Row(
        "gelu tanh",
        lambda x: ag.gelu(x, approximate="tanh"),
        lambda x: F.gelu(x, approximate="tanh"),
    ),
    Row("silu", ag.silu, F.silu),
    Row("softsign", ag.softsign, F.softsign),
    Row("hardtanh", ag.hardtanh, F.hardtanh),
    Row("relu6", ag.relu6, F.relu6, low=-3, high=9),
    Row("softmax", lambda x: ag.softmax(x, axis=1), lambda x: F.softmax(x, dim=1)),
    Row("log_softmax", lambda x: ag.log_softmax(x, axis=0), lambda x: F.log_softmax(x, dim=0)),
    # two inputs
    Row("add", ag.add, torch.add, PAIR),
    Row("sub", ag.sub, torch.sub, PAIR),
    Row("mul", ag.mul, torch.mul, PAIR),
    Row("div", ag.div, torch.div, PAIR, low=0.3),
    Row("pow", ag.pow, torch.pow, PAIR, low=0.3),
    Row("maximum", ag.maximum, torch.maximum, PAIR),
    Row("minimum", ag.minimum, torch.minimum, PAIR),
    Row("arctan2", ag.arctan2, torch.arctan2, PAIR),
    Row("logaddexp", ag.logaddexp, torch.logaddexp, PAIR),
    Row("remainder", ag.remainder, torch.remainder, PAIR, low=0.3),
    Row(
        "floor_divide",
        ag.floor_divide,
        lambda x, y: torch.div(x, y, rounding_mode="floor"),
        PAIR,
        low=0.3,
    ),
    Row(
        "where",
        lambda x, y: ag.where(FLAGS, x, y),
        lambda x, y: torch.where(fixed(FLAGS), x, y),
        PAIR,
    ),
    Row("x ** 3", lambda x: x**3, lambda x: x**3),
    Row("2 ** x", lambda x: 2**x, lambda x: 2**x),
    Row("clip", lambda x: ag.clip(x, -1, 0.5), lambda x: torch.clamp(x, -1, 0.5)),
    Row("clip min", lambda x: x.clamp(min=0.2), lambda x: x.clamp(min=0.2)),
    # reductions
    *(
        Row(
            f"{name} {settings}",
            lambda x, n=name, s=settings: getattr(x, n)(**s),
            lambda x, n=name, s=settings: getattr(x, n)(**s),
            ((2, 3, 4),),
        )
        for name in ("sum", "mean", "var", "std", "amax", "amin", "logsumexp")
        for settings in (
            *(({},) if name != "logsumexp" else ()),
            {"dim": 1},
            {"dim": -1, "keepdim": True},
            {"dim": (0, 2)},
        )
    ),
    Row("max all", lambda x: x.max(), lambda x: x.max()),
    Row("min all", lambda x: x.min(), lambda x: x.min()),
    Row("max axis", lambda x: x.max(axis=1), lambda x: x.amax(1)),
    Row("prod all", lambda x: x.prod(), lambda x: x.prod()),
    Row("prod dim", lambda x: x.prod(1), lambda x: x.prod(1)),
    Row("var 0", lambda x: x.var(1, correction=0), lambda x: x.var(1, correction=0)),
    Row("cumsum", lambda x: x.cumsum(1), lambda x: x.cumsum(1)),
    Row("cumprod", lambda x: x.cumprod(0), lambda x: x.cumprod(0)),
    *(
        Row(
            f"norm {p}",
            lambda x, p=p: ag.norm(x, ord=p, axis=1),
            lambda x, p=p: linalg.vector_norm(x, p, dim=1),
        )
        for p in (1, 1.5, 2, 3, math.inf)
    ),
    Row("norm all", ag.norm, linalg.vector_norm),
    # shape
    Row("reshape", lambda x: x.reshape(2, 6), lambda x: x.reshape(2, 6)),
    Row("view", lambda x: x.view(-1, 2), lambda x: x.view(-1, 2)),
    Row("flatten", lambda x: x.flatten(1), lambda x: x.flatten(1), ((2, 3, 4),)),
    Row("permute", lambda x: x.permute(2, 0, 1), lambda x: x.permute(2, 0, 1), ((2, 3, 4),)),
    Row("transpose", lambda x: x.transpose(0, 2), lambda x: x.transpose(0, 2), ((2, 3, 4),)),
    Row("swapaxes", lambda x: x.swapaxes(0, -1), lambda x: x.swapaxes(0, -1), ((2, 3, 4),)),
    Row("movedim", lambda x: x.movedim(0, 2), lambda x: x.movedim(0, 2), ((2, 3, 4),)),
    Row("T", lambda x: x.T, lambda x: x.T),
    Row("unsqueeze", lambda x: x.unsqueeze(1), lambda x: x.unsqueeze(1)),
    Row("squeeze", lambda x: x.squeeze(1), lambda x: x.squeeze(1), ((3, 1, 2),)),
    Row("expand", lambda x: x.expand(2, -1, 4), lambda x: x.expand(2, -1, 4), ((3, 1),)),
    Row(
        "cat",
        lambda x, y: ag.cat([x, y], dim=1),
        lambda x, y: torch.cat([x, y], dim=1),
        ((3, 1), (3, 2)),
    ),
    Row(
        "stack",
        lambda x, y: ag.stack([x, y], dim=1),
        lambda x, y: torch.stack([x, y], dim=1),
        ((3,), (3,)),
    ),
    Row("chunk", lambda x: x.chunk(2, 1)[1], lambda x: x.chunk(2, 1)[1]),
    Row("narrow", lambda x: x.narrow(1, 1, 2), lambda x: x.narrow(1, 1, 2)),
    Row("unbind", lambda x: x.unbind(1)[2], lambda x: x.unbind(1)[2]),
    Row("pad", lambda x: ag.pad(x, ((1, 0), (2, 3))), lambda x: F.pad(x, (2, 3, 1, 0))),
    Row("flip", lambda x: x.flip((0, 1)), lambda x: x.flip((0, 1))),
    Row("roll", lambda x: x.roll(2, 1), lambda x: x.roll(2, 1)),
    Row("roll two", lambda x: x.roll((1, -2), (0, 1)), lambda x: x.roll((1, -2), (0, 1))),
    Row("tile", lambda x: x.tile((2, 1)), lambda x: x.tile((2, 1))),
    Row(
        "repeat", lambda x: ag.repeat(x, 2, axis=1), lambda x: torch.repeat_interleave(x, 2, dim=1)
    ),
    Row("tril", lambda x: x.tril(-1), lambda x: x.tril(-1)),
    Row("triu", lambda x: x.triu(1), lambda x: x.triu(1)),
    Row("diagonal", lambda x: x.diagonal(1), lambda x: x.diagonal(1)),
    Row("diag", ag.diag, torch.diag, ((3,),)),
    Row(
        "broadcast_to",
        lambda x: ag.broadcast_to(x, (2, 3, 4)),
        lambda x: torch.broadcast_to(x, (2, 3, 4)),
    ),
    # indices
    Row("getitem", lambda x: x[1:, ::2], lambda x: x[1:, ::2]),
    Row("getitem newaxis", lambda x: x[..., None, 2], lambda x: x[..., None, 2]),
    Row("getitem repeats", lambda x: x[[0, 0, 1]], lambda x: x[[0, 0, 1]]),
    Row("getitem pairs", lambda x: x[[0, 0, 1], [1, 1, 3]], lambda x: x[[0, 0, 1], [1, 1, 3]]),
    Row("getitem mask", lambda x: x[FLAGS], lambda x: x[fixed(FLAGS)]),
    Row("gather", lambda x: x.gather(0, PLACES), lambda x: x.gather(0, fixed(PLACES))),
    Row(
        "take_along_axis",
        lambda x: ag.take_along_axis(x, PLACES, 0),
        lambda x: torch.take_along_dim(x, fixed(PLACES), 0),
    ),
    Row("take", lambda x: ag.take(x, [1, 5, 5]), lambda x: torch.take(x, torch.tensor([1, 5, 5]))),
    Row(
        "index_select",
        lambda x: x.index_select(1, [0, 0, 3]),
        lambda x: x.index_select(1, torch.tensor([0, 0, 3])),
    ),
    Row(
        "masked_fill",
        lambda x: x.masked_fill(FLAGS, 7.0),
        lambda x: x.masked_fill(fixed(FLAGS), 7.0),
    ),
    Row(
        "scatter",
        lambda x, v: x.scatter(0, PLACES[:1], v),
        lambda x, v: x.scatter(0, fixed(PLACES[:1]), v),
        ((3, 4), (1, 4)),
    ),
    Row(
        "scatter_add",
        lambda x, v: x.scatter_add(0, PLACES, v),
        lambda x, v: x.scatter_add(0, fixed(PLACES), v),
        ((3, 4), (2, 4)),
    ),
    Row(
        "at add",
        lambda x, v: x.at[[0, 0]].add(v),
        lambda x, v: x.index_add(0, torch.tensor([0, 0]), v),
        ((3, 4), (2, 4)),
    ),
    Row("sort", lambda x: x.sort(1), lambda x: x.sort(1).values),
    # linear algebra
    *(
        Row(f"matmul {a} {b}", ag.matmul, torch.matmul, (a, b))
        for a, b in [
            ((4,), (4,)),
            ((3, 4), (4,)),
            ((4,), (4, 2)),
            ((3, 4), (4, 2)),
            ((2, 3, 4), (4, 2)),
            ((3, 4), (2, 4, 2)),
            ((2, 3, 4), (4,)),
            ((4,), (2, 4, 3)),
            ((2, 3, 4), (2, 4, 2)),
            ((5, 1, 3, 4), (2, 4, 2)),
        ]
    ),
    Row("outer", ag.outer, torch.outer, ((3,), (4,))),
    Row("inner", ag.inner, torch.inner, ((2, 3), (4, 3))),
    Row("dot", ag.dot, torch.dot, ((3,), (3,))),
    Row(
        "tensordot",
        lambda a, b: ag.tensordot(a, b, ((0, 1), (1, 0))),
        lambda a, b: torch.tensordot(a, b, ((0, 1), (1, 0))),
        ((3, 4, 2), (4, 3)),
    ),
    Row("addmm", ag.addmm, torch.addmm, ((2,), (3, 4), (4, 2))),
    *(
        Row(
            f"einsum {s}",
            lambda *xs, s=s: ag.einsum(s, *xs),
            lambda *xs, s=s: torch.einsum(s, *xs),
            shapes,
        )
        for s, shapes in {
            "ij,jk->ik": ((3, 4), (4, 2)),
            "ii->i": ((3, 3),),
            "ii": ((3, 3),),
            "ij->": ((3, 4),),
            "bij,bjk->bik": ((2, 3, 4), (2, 4, 2)),
            "i,j,k->ijk": ((2,), (3,), (4,)),
            "...i,i->...": ((2, 3), (3,)),
        }.items()
    ),
    Row("trace", lambda x: x.trace(), torch.trace),
    Row("inv", ag.inv, linalg.inv, make=lambda r: (r.normal(size=(3, 3)) + 3 * np.eye(3),)),
    Row("det", ag.det, linalg.det, make=lambda r: (r.normal(size=(2, 3, 3)) + 3 * np.eye(3),)),
    Row("solve", ag.solve, linalg.solve, make=solvable((3, 2))),
    Row("solve vector", ag.solve, linalg.solve, make=solvable((3,))),
    Row("cholesky", ag.cholesky, lambda x: linalg.cholesky((x + x.mT) / 2), make=positive_definite),
]


def mixed(arrays: list[Any], seed: int) -> list[Any]:
    return [np.random.default_rng(seed + i).normal(size=np.shape(a)) for i, a in enumerate(arrays)]


def of_torch(row: Row, arrays: tuple[Any, ...]) -> tuple[Any, list[Any], list[Any]]:
    inputs = [torch.tensor(a, requires_grad=True) for a in arrays]
    out = row.theirs(*inputs)
    (weights,) = mixed([out.detach().numpy()], 1)
    first = torch.autograd.grad(
        out, inputs, torch.tensor(weights), create_graph=True, materialize_grads=True
    )
    total = sum(
        (g * torch.tensor(w)).sum() for g, w in zip(first, mixed(list(arrays), 2), strict=True)
    )
    second: Any = [torch.zeros_like(x) for x in inputs]
    if total.requires_grad:
        second = torch.autograd.grad(total, inputs, materialize_grads=True)
    return (
        out.detach().numpy(),
        [g.detach().numpy() for g in first],
        [g.numpy(force=True) for g in second],
    )


def of_ours(row: Row, arrays: tuple[Any, ...]) -> tuple[Any, list[Any], list[Any]]:
    inputs = [Tensor(a, requires_grad=True) for a in arrays]
    out = row.ours(*inputs)
    (weights,) = mixed([out.data], 1)
    found = propagate(out, Tensor(weights), create_graph=True)
    first = [found.get(x, Tensor(np.zeros(x.shape))) for x in inputs]
    total: Any = sum((g * w).sum() for g, w in zip(first, mixed(list(arrays), 2), strict=True))
    second = propagate(total, np.ones(())) if total.requires_grad else {}
    return out.data, [g.data for g in first], [second.get(x, np.zeros(x.shape)) for x in inputs]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_value_gradient_and_second_derivative_are_those_of_torch(row: Row) -> None:
    arrays = row.draw()
    ours, theirs = of_ours(row, arrays), of_torch(row, arrays)
    assert ours[0].shape == theirs[0].shape
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-10, atol=1e-10)
    for mine, its in zip(ours[1] + ours[2], theirs[1] + theirs[2], strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-10, atol=1e-10)


# ------------------------------------------------------------------------------ conventions
INF = math.inf
POINTS: list[tuple[str, Any, Any, list[Any]]] = [
    ("relu", ag.relu, F.relu, [[0.0, -0.0]]),
    ("abs", ag.abs, torch.abs, [[0.0]]),
    ("sign", ag.sign, torch.sign, [[0.0]]),
    ("clamp", lambda x: x.clamp(0, 1), lambda x: x.clamp(0, 1), [[-1.0, 0.0, 1.0, 2.0]]),
    ("clamp crossed", lambda x: x.clamp(2, 1), lambda x: x.clamp(2, 1), [[0.0, 1.0, 1.5, 2.0]]),
    ("hardtanh", ag.hardtanh, F.hardtanh, [[-1.0, 1.0]]),
    ("relu6", ag.relu6, F.relu6, [[0.0, 6.0]]),
    ("leaky_relu", ag.leaky_relu, F.leaky_relu, [[0.0]]),
    ("elu", lambda x: ag.elu(x, 0.5), lambda x: F.elu(x, 0.5), [[0.0]]),
    ("selu", ag.selu, F.selu, [[0.0]]),
    ("round", ag.round, torch.round, [[0.5, 1.5, -0.5]]),
    ("remainder", ag.remainder, torch.remainder, [[5.0, -5.0, 5.0, 3.0], [3.0, 3.0, -3.0, 3.0]]),
    ("maximum", ag.maximum, torch.maximum, [[1.0, 2.0], [1.0, 0.0]]),
    ("minimum", ag.minimum, torch.minimum, [[1.0, 2.0], [1.0, 0.0]]),
    ("max", lambda x: x.max(), lambda x: x.max(), [[3.0, 3.0, 1.0]]),
    ("amax", lambda x: x.amax(0), lambda x: x.amax(0), [[3.0, 3.0, 1.0]]),
    ("norm at 0", ag.norm, linalg.vector_norm, [[0.0, 0.0]]),
    ("norm 1 at 0", lambda x: ag.norm(x, ord=1), lambda x: linalg.vector_norm(x, 1), [[0.0, 2.0]]),
    ("norm inf tie", lambda x: ag.norm(x, ord=INF),
     lambda x: linalg.vector_norm(x, INF), [[2.0, -2.0, 1.0]]),
    ("std constant", ag.std, torch.std, [[2.0, 2.0, 2.0]]),
    ("x ** 0", lambda x: x**0, lambda x: x**0, [[0.0, 1.0]]),
    ("x ** y", ag.pow, torch.pow, [[0.0, 0.0, 0.0, 0.0, -2.0], [0.0, 1.0, 2.0, 0.5, 3.0]]),
    ("0 ** y", lambda y: 0**y, lambda y: 0**y, [[3.0, 0.0]]),
    ("arctan2", ag.arctan2, torch.arctan2, [[0.0, 1.0, 0.0], [0.0, 0.0, -1.0]]),
    ("sinc", ag.sinc, torch.sinc, [[0.0, 1.0]]),
    ("prod", lambda x: x.prod(), lambda x: x.prod(), [[0.0, 2.0, 3.0]]),
    ("cumprod", lambda x: x.cumprod(0), lambda x: x.cumprod(0), [[2.0, 0.0, 3.0]]),
    ("sqrt", ag.sqrt, torch.sqrt, [[0.0]]),
    ("sort", lambda x: x.sort() * np.arange(3.0),
     lambda x: x.sort(stable=True).values * torch.arange(3.0), [[2.0, 2.0, 1.0]]),
    ("softmax masked", lambda x: ag.softmax(x)[0],
     lambda x: F.softmax(x, 0)[0], [[0.0, -INF, 1.0]]),
    ("logsumexp far", ag.logsumexp, lambda x: x.logsumexp(0), [[1000.0, 1000.0, -1000.0]]),
    ("logaddexp", ag.logaddexp, torch.logaddexp,
     [[1000.0, -1000.0, INF, -INF], [1000.0, 0.0, -INF, 3.0]]),
    *((name, getattr(ag, name), getattr(F, theirs), [[1000.0, -1000.0]]) for name, theirs in [
        ("sigmoid", "sigmoid"), ("log_sigmoid", "logsigmoid"), ("softplus", "softplus"),
        ("silu", "silu"), ("gelu", "gelu"), ("tanh", "tanh"), ("elu", "elu"),
        ("softsign", "softsign"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "ours", "theirs", "arrays"), POINTS, ids=[row[0] for row in POINTS]
)
def test_convention_is_that_of_torch(name: str, ours: Any, theirs: Any, arrays: list[Any]) -> None:
    nodes = [Tensor(a, requires_grad=True) for a in arrays]
    its = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arrays]
    out, expected = ours(*nodes), theirs(*its)
    np.testing.assert_allclose(out.data, expected.detach().numpy(), rtol=1e-12)
    out.sum().backward()
    expected.sum().backward()
    for x, y in zip(nodes, its, strict=True):
        np.testing.assert_allclose(x.grad, y.grad.numpy(), rtol=1e-11)


# name, function, input, our slope, PyTorch's slope: docs/conventions.md says why
DIFFERENT: list[tuple[str, Any, Any, Any, Any]] = [
    ("logsumexp of nothing", ag.logsumexp, lambda x: x.logsumexp(0), [-INF, -INF], [0, 0]),
    (
        "max along an axis",
        lambda x: x.max(axis=0),
        lambda x: x.max(axis=0).values,
        [3.0, 3.0],
        [0.5, 0.5],
    ),
    ("det of a singular matrix", ag.det, torch.det, [[1.0, 2.0], [2.0, 4.0]], [[4, -2], [-2, 1]]),
    ("relu of nan", ag.relu, torch.relu, [math.nan], [0]),
    ("abs of nan", ag.abs, torch.abs, [math.nan], [math.nan]),
]


@pytest.mark.parametrize(
    ("name", "ours", "theirs", "at", "slope"), DIFFERENT, ids=[r[0] for r in DIFFERENT]
)
def test_where_we_differ_from_torch_on_purpose(
    name: str, ours: Any, theirs: Any, at: Any, slope: Any
) -> None:
    x, y = Tensor(at, requires_grad=True), torch.tensor(at, dtype=torch.float64, requires_grad=True)
    ours(x).sum().backward()
    theirs(y).sum().backward()
    np.testing.assert_allclose(x.grad, slope, atol=1e-13)
    assert not np.allclose(x.grad, y.grad.numpy(), equal_nan=True), (
        "no longer different: move the row up"
    )
