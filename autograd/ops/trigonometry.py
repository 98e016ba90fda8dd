"""Circular and hyperbolic functions and their inverses."""

from __future__ import annotations

import math

import numpy as np

from autograd.definition import elementwise
from autograd.domain import AT_LEAST_ONE, INSIDE_UNIT, UNIT
from autograd.ops.arithmetic import square, where
from autograd.ops.functions import sqrt

__all__ = [
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cos",
    "cosh",
    "sin",
    "sinc",
    "sinh",
    "tan",
    "tanh",
]


@elementwise(d=(lambda out, x: cos(x),), scalar=math.sin, latex=r"\sin\left({x}\right)")
def sin(x):
    """Sine. The slope is the cosine: greatest at 0, nothing at the crests."""
    return np.sin(x)


@elementwise(d=(lambda out, x: -sin(x),), scalar=math.cos, latex=r"\cos\left({x}\right)")
def cos(x):
    """Cosine. The slope is minus the sine: nothing at 0, steepest a quarter turn on."""
    return np.cos(x)


@elementwise(d=(lambda out, x: 1 + square(out),), scalar=math.tan, latex=r"\tan\left({x}\right)")
def tan(x):
    """Tangent. The slope is one plus the squared result, so it explodes near a quarter turn."""
    return np.tan(x)


@elementwise(
    d=(lambda out, x: 1 / sqrt((1 - x) * (1 + x)),),
    scalar=math.asin,
    latex=r"\arcsin\left({x}\right)",
    domain=(UNIT,),
)
def arcsin(x):
    """Angle whose sine is the input. The slope grows without bound towards -1 and 1."""
    return np.arcsin(x)


@elementwise(
    d=(lambda out, x: -1 / sqrt((1 - x) * (1 + x)),),
    scalar=math.acos,
    latex=r"\arccos\left({x}\right)",
    domain=(UNIT,),
)
def arccos(x):
    """Angle whose cosine is the input. It falls as fast as the arcsine rises."""
    return np.arccos(x)


@elementwise(
    d=(lambda out, x: 1 / (1 + square(x)),), scalar=math.atan, latex=r"\arctan\left({x}\right)"
)
def arctan(x):
    """Angle whose tangent is the input. The slope is 1 at 0 and fades away far from it."""
    return np.arctan(x)


def _over_square(x, y):
    """First over the sum of squares, and 0 at the origin, as PyTorch has it."""
    size = square(x) + square(y)
    return where(size == 0, 0, x / where(size == 0, 1, size))


@elementwise(
    d=(lambda out, y, x: _over_square(x, y), lambda out, y, x: -_over_square(y, x)),
    scalar=math.atan2,
    latex=r"\operatorname{{atan2}}\left({y}, {x}\right)",
)
def arctan2(y, x):
    """Angle of the point (x, y).

    Moving across the line from the origin turns it, the more the nearer.
    """
    return np.arctan2(y, x)


@elementwise(d=(lambda out, x: cosh(x),), scalar=math.sinh, latex=r"\sinh\left({x}\right)")
def sinh(x):
    """Hyperbolic sine. The slope is the hyperbolic cosine, never below 1."""
    return np.sinh(x)


@elementwise(d=(lambda out, x: sinh(x),), scalar=math.cosh, latex=r"\cosh\left({x}\right)")
def cosh(x):
    """Hyperbolic cosine. The slope is the hyperbolic sine: nothing at 0, steep far from it."""
    return np.cosh(x)


@elementwise(
    d=(lambda out, x: (1 - out) * (1 + out),), scalar=math.tanh, latex=r"\tanh\left({x}\right)"
)
def tanh(x):
    """Squash to (-1, 1). The slope is 1 at 0 and fades away far from it."""
    return np.tanh(x)


@elementwise(
    d=(lambda out, x: 1 / sqrt(1 + square(x)),),
    scalar=math.asinh,
    latex=r"\operatorname{{arsinh}}\left({x}\right)",
)
def arcsinh(x):
    """Inverse of the hyperbolic sine. The slope is 1 at 0 and falls like 1 over the input."""
    return np.arcsinh(x)


@elementwise(
    d=(lambda out, x: 1 / sqrt((x - 1) * (x + 1)),),
    scalar=math.acosh,
    latex=r"\operatorname{{arcosh}}\left({x}\right)",
    domain=(AT_LEAST_ONE,),
)
def arccosh(x):
    """Inverse of the hyperbolic cosine. The slope grows without bound towards 1."""
    return np.arccosh(x)


@elementwise(
    d=(lambda out, x: 1 / ((1 - x) * (1 + x)),),
    scalar=math.atanh,
    latex=r"\operatorname{{artanh}}\left({x}\right)",
    domain=(INSIDE_UNIT,),
)
def arctanh(x):
    """Inverse of the hyperbolic tangent. The slope grows without bound towards -1 and 1."""
    return np.arctanh(x)


def _sinc_slope(out, x):
    """(cos(pi x) - sinc(x)) / x; near 0, where that cancels, the first terms of its series."""
    near = abs(x) < 1e-2
    safe = where(near, 1, x)
    small = square(math.pi * x)
    series = -(math.pi**2) / 3 * x * (1 - small / 10 * (1 - small / 28 * (1 - small / 54)))
    return where(near, series, (cos(math.pi * safe) - sinc(safe)) / safe)


@elementwise(
    d=(lambda out, x: _sinc_slope(out, x),),
    scalar=lambda x: _sinc_of_float(x),
    latex=r"\operatorname{{sinc}}\left({x}\right)",
)
def sinc(x):
    """Sine of pi x over pi x. It is flat at 0 and ripples away on both sides."""
    return np.sinc(x)


def _sinc_of_float(x):
    turn = math.pi * x
    if turn == 0.0:
        return 1.0
    return math.sin(turn) / turn if math.fabs(turn) < math.inf else turn - turn
