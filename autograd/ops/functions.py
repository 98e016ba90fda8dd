"""Powers, exponentials, logarithms and roots."""

from __future__ import annotations

import math

import numpy as np

from autograd.definition import elementwise
from autograd.domain import ABOVE_MINUS_ONE, NONNEGATIVE, POSITIVE, REALS
from autograd.op import OPS
from autograd.ops.arithmetic import square, where
from autograd.ops.special import erf_of_array

__all__ = [
    "cbrt",
    "erf",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "pow",
    "sqrt",
]

LN2 = math.log(2.0)
LN10 = math.log(10.0)
TWO_OVER_SQRT_PI = 2 / math.sqrt(math.pi)


@elementwise(
    d=(lambda out, x: out,),
    scalar=math.exp,
    latex="e^{{{x}}}",
)
def exp(x):
    """Exponential. It is its own slope: the larger the result, the stronger it reacts."""
    return np.exp(x)


@elementwise(d=(lambda out, x: LN2 * out,), scalar=lambda x: math.pow(2.0, x), latex="2^{{{x}}}")
def exp2(x):
    """Power of two. The slope is the result itself, times ln 2."""
    return np.exp2(x)


@elementwise(d=(lambda out, x: out + 1,), scalar=math.expm1, latex="e^{{{x}}} - 1")
def expm1(x):
    """Exponential minus one, exact near 0.

    The slope is the exponential, which is the result plus 1.
    """
    return np.expm1(x)


@elementwise(
    d=(lambda out, x: 1 / x,),
    scalar=math.log,
    latex=r"\ln\left({x}\right)",
    domain=(POSITIVE,),
)
def log(x):
    """Natural logarithm. The slope is 1 over the input: a small input is felt strongly."""
    return np.log(x)


@elementwise(
    d=(lambda out, x: 1 / (LN2 * x),),
    scalar=math.log2,
    latex=r"\log_2\left({x}\right)",
    domain=(POSITIVE,),
)
def log2(x):
    """Logarithm to base 2. The slope is 1 over the input, divided by ln 2."""
    return np.log2(x)


@elementwise(
    d=(lambda out, x: 1 / (LN10 * x),),
    scalar=math.log10,
    latex=r"\log_{{10}}\left({x}\right)",
    domain=(POSITIVE,),
)
def log10(x):
    """Logarithm to base 10. The slope is 1 over the input, divided by ln 10."""
    return np.log10(x)


@elementwise(
    d=(lambda out, x: 1 / (1 + x),),
    scalar=math.log1p,
    latex=r"\ln\left(1 + {x}\right)",
    domain=(ABOVE_MINUS_ONE,),
)
def log1p(x):
    """Logarithm of one plus the input, exact near 0. The slope is 1 over one plus the input."""
    return np.log1p(x)


@elementwise(
    d=(lambda out, x: 0.5 / out,),
    scalar=math.sqrt,
    symbol="√",
    latex=r"\sqrt{{{x}}}",
    domain=(NONNEGATIVE,),
)
def sqrt(x):
    """Square root. The slope is 1 over twice the root, so it grows without bound towards 0."""
    return np.sqrt(x)


@elementwise(
    d=(lambda out, x: 1 / (3 * square(out)),),
    scalar=lambda x: float(np.cbrt(x)),
    symbol="∛",
    latex=r"\sqrt[3]{{{x}}}",
    sampled=(POSITIVE,),
)
def cbrt(x):
    """Cube root. The slope is 1 over three times the squared root, so it is steepest at 0."""
    return np.cbrt(x)


def _power_slope(x, y):
    """The slope y x^(y-1), which is 0 for the exponent 0, also where x is 0."""
    if type(y) is float or type(y) is int:
        return 2 * x if y == 2 else y * x ** (y - 1) if y != 0 else 0
    return where(y == 0, 0, y * x ** (y - 1))


@elementwise(
    d=(
        lambda out, x, y: _power_slope(x, y),
        lambda out, x, y: out * log(where((x == 0) * (y >= 0), 1, x)),
    ),
    scalar=math.pow,
    symbol="^",
    infix=("**", 4),
    latex="{x}^{{{y}}}",
    sampled=(POSITIVE, REALS),
)
def pow(x, y):
    """Power.

    The exponent comes down as a factor; the slope in the exponent is the result times ln of the
    base.
    """
    if getattr(getattr(x, "dtype", None), "kind", "f") in "iu" and np.any(np.less(y, 0)):
        x = x.astype(float)  # NumPy refuses whole numbers to negative whole powers
    return np.power(x, y)


def _share_of_two(out, x, y):
    """The share that e^x has in e^x + e^y; of nothing, e^-inf twice, no one has a share."""
    return where(out == -math.inf, 0, OPS["sigmoid"](x - y))


@elementwise(
    d=(lambda out, x, y: _share_of_two(out, x, y), lambda out, x, y: _share_of_two(out, y, x)),
    scalar=lambda x, y: _logaddexp_of_floats(x, y),
    latex=r"\ln\left(e^{{{x}}} + e^{{{y}}}\right)",
)
def logaddexp(x, y):
    """Logarithm of the sum of two exponentials, without overflow.

    Each input is felt by its share of that sum.
    """
    return np.logaddexp(x, y)


def _logaddexp_of_floats(x, y):
    if x == y:
        return x + math.log(2.0)  # infinities, too, whose difference is not a number
    if x != x or y != y:
        return x + y
    return max(x, y) + math.log1p(math.exp(-math.fabs(x - y)))


@elementwise(
    d=(lambda out, x: TWO_OVER_SQRT_PI * exp(-square(x)),),
    scalar=math.erf,
    latex=r"\operatorname{{erf}}\left({x}\right)",
)
def erf(x):
    """Error function. Its slope is a bell curve: greatest at 0 and soon nothing."""
    return erf_of_array(x)
