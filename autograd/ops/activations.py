"""The functions that bend a neuron's sum: gates, ramps and their smooth relatives."""

from __future__ import annotations

import math

import numpy as np

from autograd.definition import elementwise
from autograd.memory_order import take_like
from autograd.op import Sample
from autograd.ops.arithmetic import abs, choose, square, where
from autograd.ops.functions import erf, exp
from autograd.ops.special import erf_of_array
from autograd.ops.trigonometry import tanh

__all__ = [
    "elu",
    "gelu",
    "hardtanh",
    "leaky_relu",
    "log_sigmoid",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "softsign",
]

# Klambauer et al., "Self-Normalizing Neural Networks" (2017), equation 14
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
SQRT_HALF = math.sqrt(0.5)
SQRT_TWO_OVER_PI = math.sqrt(2 / math.pi)
_MANY = 1024
INVERSE_SQRT_TWO_PI = 1 / math.sqrt(2 * math.pi)


def _sigmoid_of_float(x):
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    small = math.exp(x)
    return small / (1.0 + small)


@elementwise(
    d=(lambda out, x: out * (1 - out),),
    scalar=_sigmoid_of_float,
    symbol="σ",
    latex=r"\sigma\left({x}\right)",
)
def sigmoid(x):
    """Squash to (0, 1).

    The slope is out times (1 - out): a quarter at 0, nearly nothing where it saturates.
    """
    small = np.exp(0.0 - np.abs(x))  # at most 1, so nothing overflows, nor a byte's minus sign
    return np.maximum(small, np.greater_equal(x, 0)) / (1 + small)


@elementwise(
    d=(lambda out, x: sigmoid(-x),),
    scalar=lambda x: min(x, 0.0) - math.log1p(math.exp(-math.fabs(x))) if x == x else x,
    latex=r"\ln \sigma\left({x}\right)",
)
def log_sigmoid(x):
    """Logarithm of the sigmoid, without overflow.

    The slope is the probability that is still missing.
    """
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


@elementwise(
    d=(lambda out, x, *, beta: sigmoid(beta * x),),
    scalar=lambda x, *, beta: (
        max(x, 0.0) + math.log1p(math.exp(-math.fabs(beta * x))) / beta if x == x else x
    ),
    latex=r"\ln\left(1 + e^{{{x}}}\right)",
    samples=(Sample(((3, 4),)), Sample(((5,),), {"beta": 2.0})),
)
def softplus(x, *, beta=1.0):
    """Smooth ramp ln(1 + e^x), without overflow.

    The slope is the sigmoid: 0 far below, 1 far above.
    """
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(beta * x))) / beta


@elementwise(
    d=(lambda out, x: x > 0,),
    scalar=lambda x: choose(x <= 0, 0.0, x),
    latex=r"\operatorname{{ReLU}}\left({x}\right)",
    kinks=(0.0,),
)
def relu(x):
    """Ramp max(0, x).

    A positive input passes the gradient unchanged; a negative one, and 0, lets nothing through.
    """
    if type(x) is np.ndarray and x.size > _MANY and x.dtype.kind == "f":
        # several numbers at once, as maximum does with two arrays, but not with one number
        return x.clip(0, np.inf, out=take_like(x))
    return np.maximum(x, 0)


@elementwise(
    d=(lambda out, x, *, slope: where(x > 0, 1.0, slope),),
    scalar=lambda x, *, slope: x if x > 0 else slope * x,
    symbol="leaky",
    kinks=(0.0,),
)
def leaky_relu(x, *, slope=0.01):
    """Ramp with a gentle slope below 0. Even a negative input lets a little gradient through."""
    return np.where(np.greater(x, 0), x, slope * x)


@elementwise(
    d=(lambda out, x, *, alpha: where(x > 0, 1.0, alpha * exp(where(x > 0, 0.0, x))),),
    scalar=lambda x, *, alpha: x if x > 0 else alpha * math.expm1(x),
    kinks=(0.0,),
    samples=(Sample(((3, 4),)), Sample(((5,),), {"alpha": 0.5})),
)
def elu(x, *, alpha=1.0):
    """Ramp that bends to -alpha below 0.

    Above 0 the gradient passes; below it fades exponentially.
    """
    return np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0)))


@elementwise(
    d=(
        lambda out, x: where(
            x > 0, SELU_SCALE, SELU_SCALE * SELU_ALPHA * exp(where(x > 0, 0.0, x))
        ),
    ),
    scalar=lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * math.expm1(x)),
    kinks=(0.0,),
)
def selu(x):
    """Scaled ELU that keeps mean 0 and variance 1 from layer to layer.

    The slope is a little over 1 above 0 and fades below.
    """
    return SELU_SCALE * np.where(np.greater(x, 0), x, SELU_ALPHA * np.expm1(np.minimum(x, 0)))


def _gelu_tanh_slope(x):
    inner = SQRT_TWO_OVER_PI * (x + 0.044715 * x * square(x))
    squashed = tanh(inner)
    bend = SQRT_TWO_OVER_PI * (1 + 3 * 0.044715 * square(x))
    return 0.5 * (1 + squashed) + 0.5 * x * (1 - squashed) * (1 + squashed) * bend


def _gelu_of_float(x, *, approximate):
    if approximate == "tanh":
        return 0.5 * x * (1.0 + math.tanh(SQRT_TWO_OVER_PI * (x + 0.044715 * x * x * x)))
    return 0.5 * x * (1.0 + math.erf(x * SQRT_HALF))


@elementwise(
    d=(
        lambda out, x, *, approximate: (
            _gelu_tanh_slope(x)
            if approximate == "tanh"
            else 0.5 * (1 + erf(SQRT_HALF * x)) + INVERSE_SQRT_TWO_PI * x * exp(-0.5 * square(x))
        ),
    ),
    scalar=_gelu_of_float,
    latex=r"\operatorname{{GELU}}\left({x}\right)",
    samples=(Sample(((3, 4),)), Sample(((3, 4),), {"approximate": "tanh"})),
)
def gelu(x, *, approximate="none"):
    """Input weighted by its chance under the normal curve (Hendrycks and Gimpel, 2016).

    The slope dips below 0 before it rises to 1.
    """
    if approximate == "tanh":
        return 0.5 * x * (1 + np.tanh(SQRT_TWO_OVER_PI * (x + 0.044715 * x * np.square(x))))
    if approximate != "none":
        raise ValueError(f"approximate={approximate!r} is not known: use 'none' or 'tanh'")
    return 0.5 * x * (1 + erf_of_array(SQRT_HALF * x))


@elementwise(
    d=(lambda out, x: sigmoid(x) * (1 + x * (1 - sigmoid(x))),),
    scalar=lambda x: x * _sigmoid_of_float(x),
    latex=r"\operatorname{{SiLU}}\left({x}\right)",
)
def silu(x):
    """Input times its sigmoid.

    A smooth ramp whose slope dips a little below 0 before it rises to 1.
    """
    return x * sigmoid.forward(x)


@elementwise(
    d=(lambda out, x: 1 / square(1 + abs(x)),),
    scalar=lambda x: x / (1.0 + math.fabs(x)),
    latex=r"\frac{{{x}}}{{1 + \left|{x}\right|}}",
)
def softsign(x):
    """Squash to (-1, 1) more gently than tanh. The slope fades like 1 over the square."""
    return x / (1 + np.abs(x))


@elementwise(
    d=(lambda out, x, *, min_val, max_val: (x > min_val) * (x < max_val),),
    scalar=lambda x, *, min_val, max_val: min_val if x < min_val else max_val if x > max_val else x,
    kinks=(-1.0, 1.0),
)
def hardtanh(x, *, min_val=-1.0, max_val=1.0):
    """Straight line cut off at -1 and 1.

    Between the cuts the gradient passes, outside and on them nothing does.
    """
    return np.clip(x, min_val, max_val)


@elementwise(
    d=(lambda out, x: (x > 0) * (x < 6),),
    scalar=lambda x: 0.0 if x < 0 else 6.0 if x > 6 else x,
    kinks=(0.0, 6.0),
)
def relu6(x):
    """Ramp cut off at 6.

    Between 0 and 6 the gradient passes, outside and at the cuts nothing does.
    """
    return np.clip(x, 0, 6)
