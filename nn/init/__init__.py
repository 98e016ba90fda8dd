"""Starting weights: each function draws new numbers for a parameter, in place, as PyTorch's do.

A weight has the shape (out, in), or (out, in, ...) for kernels; ``fan_in`` and ``fan_out`` count
the connections that lead into and out of one unit.
"""

from nn.init.filling import constant_, normal_, ones_, trunc_normal_, uniform_, zeros_
from nn.init.scaled import (
    calculate_gain,
    glorot_normal_,
    glorot_uniform_,
    he_normal_,
    he_uniform_,
    kaiming_normal_,
    kaiming_uniform_,
    xavier_normal_,
    xavier_uniform_,
)
from nn.init.source import Generator, generator_of
from nn.init.structured import dirac_, eye_, orthogonal_

__all__ = [
    "Generator",
    "calculate_gain",
    "constant_",
    "dirac_",
    "eye_",
    "generator_of",
    "glorot_normal_",
    "glorot_uniform_",
    "he_normal_",
    "he_uniform_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]
