"""Adding, multiplying, rounding, choosing: the operations that Python writes as signs."""

from __future__ import annotations

import math

import numpy as np

from autograd.definition import elementwise
from autograd.domain import NONZERO, REALS
from autograd.op import Sample

__all__ = [
    "abs",
    "add",
    "ceil",
    "clip",
    "div",
    "floor",
    "floor_divide",
    "maximum",
    "minimum",
    "mul",
    "neg",
    "positive",
    "reciprocal",
    "remainder",
    "round",
    "sign",
    "square",
    "sub",
    "where",
]


def choose(test, x, y):
    """One of two by a condition: for a plain yes or no at once, for a symbol written down."""
    return (x if test else y) if type(test) is bool else where(test, x, y)


@elementwise(
    d=(lambda out, x, y: 1, lambda out, x, y: 1),
    scalar=lambda x, y: x + y,
    symbol="+",
    infix=("+", 1),
    latex="{x} + {y}",
)
def add(x, y):
    """Sum. A sum passes the gradient on unchanged to both of its terms."""
    return np.add(x, y)


@elementwise(
    d=(lambda out, x, y: 1, lambda out, x, y: -1),
    scalar=lambda x, y: x - y,
    symbol="−",
    infix=("-", 1),
    latex="{x} - {y}",
)
def sub(x, y):
    """Difference.

    The first term receives the gradient as it is, the second with its sign turned.
    """
    return np.subtract(x, y)


@elementwise(
    d=(lambda out, x, y: y, lambda out, x, y: x),
    scalar=lambda x, y: x * y,
    symbol="×",
    infix=("*", 2),
    latex=r"{x} \, {y}",
)
def mul(x, y):
    """Product. Each factor's gradient is scaled by the other factor."""
    return np.multiply(x, y)


def _inverse(y):
    """One over the divisor; of the number 0 as NumPy has it, where Python would raise."""
    return math.copysign(math.inf, y) if (type(y) is float or type(y) is int) and not y else 1 / y


@elementwise(
    d=(lambda out, x, y: _inverse(y), lambda out, x, y: -out / y),
    scalar=lambda x, y: x / y,
    symbol="÷",
    infix=("/", 2),
    latex=r"\frac{{{x}}}{{{y}}}",
    domain=(REALS, NONZERO),
)
def div(x, y):
    """Quotient. The smaller the divisor, the stronger the result reacts to both."""
    return np.divide(x, y)


@elementwise(
    d=(lambda out, x: -1,), scalar=lambda x: -x, symbol="neg", infix=("-", 3), latex="-{x}"
)
def neg(x):
    """Negation. The gradient comes back with its sign turned."""
    return np.negative(x)


@elementwise(d=(lambda out, x: 1,), scalar=lambda x: +x, symbol="pos", latex="+{x}")
def positive(x):
    """The same number. Nothing changes, so the gradient passes unchanged."""
    return np.positive(x)


@elementwise(
    d=(lambda out, x: sign(x),),
    scalar=lambda x: abs_of_float(x),
    symbol="|x|",
    latex=r"\left|{x}\right|",
    kinks=(0.0,),
)
def abs(x):
    """Absolute value. The slope is the sign of the input: +1, -1, and by convention 0 at 0."""
    return np.abs(x)


abs_of_float = math.fabs


@elementwise(
    d=(lambda out, x: 0,),
    scalar=lambda x: math.copysign(1.0, x) if x < 0 or x > 0 else x * 0.0,
    latex=r"\operatorname{{sign}}\left({x}\right)",
    kinks=(0.0,),
)
def sign(x):
    """Sign: -1, 0 or 1. It is flat wherever it is smooth, so no gradient passes."""
    return np.sign(x)


@elementwise(
    d=(lambda out, x: 0,),
    scalar=lambda x: float(np.floor(x)),
    latex=r"\left\lfloor {x} \right\rfloor",
    kinks=(0.0,),
)
def floor(x):
    """Greatest whole number not above. A staircase is flat on every step, so no gradient passes."""
    return np.floor(x)


@elementwise(
    d=(lambda out, x: 0,),
    scalar=lambda x: float(np.ceil(x)),
    latex=r"\left\lceil {x} \right\rceil",
    kinks=(0.0,),
)
def ceil(x):
    """Smallest whole number not below. A staircase is flat on every step, so no gradient passes."""
    return np.ceil(x)


@elementwise(
    d=(lambda out, x, *, decimals: 0,),
    scalar=lambda x, *, decimals: float(np.round(x, decimals)),
    kinks=(0.5,),
)
def round(x, *, decimals=0):
    """Nearest number with so many decimals.

    A staircase is flat on every step, so no gradient passes.
    """
    return np.round(x, decimals)


@elementwise(
    d=(lambda out, x, y: 0, lambda out, x, y: 0),
    scalar=lambda x, y: x // y,
    symbol="//",
    infix=("//", 2),
    latex=r"\left\lfloor \frac{{{x}}}{{{y}}} \right\rfloor",
    domain=(REALS, NONZERO),
)
def floor_divide(x, y):
    """Whole part of the quotient. A staircase is flat on every step, so no gradient passes."""
    return np.floor_divide(x, y)


@elementwise(
    d=(lambda out, x, y: 1, lambda out, x, y: -((x - out) / y)),
    scalar=lambda x, y: x % y,
    symbol="%",
    infix=("%", 2),
    latex=r"{x} \bmod {y}",
    domain=(REALS, NONZERO),
)
def remainder(x, y):
    """Rest of the division, with the divisor's sign.

    It is x minus a whole number of y's, so the slopes are 1 and minus that number.
    """
    return np.remainder(x, y)


def _halves(x, y):
    """Share of a tie: the gradient is split equally, as PyTorch does."""
    return (x > y) + 0.5 * (x == y)


@elementwise(
    d=(lambda out, x, y: _halves(x, y), lambda out, x, y: _halves(y, x)),
    scalar=lambda x, y: x if x >= y or x != x else y,
    symbol="max",
    latex=r"\max\left({x}, {y}\right)",
)
def maximum(x, y):
    """The greater of two. Only the winner is felt, so it receives the gradient; a tie shares it."""
    return np.maximum(x, y)


@elementwise(
    d=(lambda out, x, y: _halves(y, x), lambda out, x, y: _halves(x, y)),
    scalar=lambda x, y: x if x <= y or x != x else y,
    symbol="min",
    latex=r"\min\left({x}, {y}\right)",
)
def minimum(x, y):
    """The smaller of two. Only the winner is felt, so it receives the gradient; a tie shares it."""
    return np.minimum(x, y)


def _inside(x, min, max):
    if min is None:
        return x <= max
    if max is None:
        return x >= min
    return (x >= min) * (x <= max)


@elementwise(
    d=(lambda out, x, *, min, max: _inside(x, min, max),),
    samples=(
        Sample(((3, 4),), {"min": -1.0, "max": 0.5}),
        Sample(((5,),), {"min": 0.0, "max": None}),
        Sample(((5,),), {"min": None, "max": 0.25}),
    ),
)
def clip(x, *, min=None, max=None):
    """Value held between two bounds.

    Inside the bounds the gradient passes, outside nothing moves.
    """
    if min is None and max is None:
        raise ValueError("no bound came; give min=, max= or both")
    return np.clip(x, min, max)


@elementwise(
    d=(
        None,
        lambda out, condition, x, y: condition != 0,
        lambda out, condition, x, y: condition == 0,
    ),
    scalar=lambda condition, x, y: x if condition else y,
    latex=(r"\begin{{cases}} {x} & \text{{if }} {condition} \\ {y} & \text{{else}} \end{{cases}}"),
    samples=(
        Sample(make=lambda r: (r.random((3, 4)) < 0.5, r.normal(size=(3, 4)), r.normal(size=4))),
        Sample(make=lambda r: (r.random(4) < 0.5, r.normal(size=(3, 1)), r.normal(size=(3, 4)))),
    ),
)
def where(condition, x, y):
    """Choice between two by a condition.

    The chosen branch receives the gradient, the other exactly 0.
    """
    return np.where(condition, x, y)


@elementwise(d=(lambda out, x: 2 * x,), scalar=lambda x: x * x, symbol="x²", latex="{x}^{{2}}")
def square(x):
    """Square. The slope is twice the input: steep far from 0, flat at 0."""
    return np.square(x)


@elementwise(
    d=(lambda out, x: -square(out),),
    scalar=lambda x: 1.0 / x,
    symbol="1/x",
    latex=r"\frac{{1}}{{{x}}}",
    domain=(NONZERO,),
)
def reciprocal(x):
    """One divided by the input. The result shrinks as the input grows, fastest near 0."""
    return np.reciprocal(x)
