"""Other names for the same thing: the one table of PyTorch's and NumPy's synonyms.

NumPy's names define an op (with Python's short ``add sub mul div pow neg abs``).  Everything here is
plain data; functions and Tensor methods are made from it, so a synonym is one line.
"""

from __future__ import annotations

__all__ = ["FUNCTIONS", "KEYWORDS"]

# keyword synonyms, accepted by every op that has the setting on the right
KEYWORDS: dict[str, str] = {
    "dim": "axis",
    "keepdim": "keepdims",
    "dims": "axis",
    "a_min": "min",
    "a_max": "max",
    "correction": "ddof",
    "negative_slope": "slope",
    "diagonal": "offset",
    "k": "offset",
}

# function (and Tensor method) synonyms: new name -> name in autograd
FUNCTIONS: dict[str, str] = {
    # NumPy's long names for what Python writes as an operator
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "true_divide": "div",
    "negative": "neg",
    "power": "pow",
    "float_power": "pow",
    "absolute": "abs",
    "fabs": "abs",
    "mod": "remainder",
    "rint": "round",
    "around": "round",
    "amax": "max",
    "amin": "min",
    "product": "prod",
    "fmax": "maximum",
    "fmin": "minimum",
    # PyTorch's
    "clamp": "clip",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "logsigmoid": "log_sigmoid",
    "swish": "silu",
    "movedim": "moveaxis",
    "swapdims": "swapaxes",
    "unsqueeze": "expand_dims",
    "cat": "concatenate",
    "concat": "concatenate",
    "mm": "matmul",
    "bmm": "matmul",
    "mv": "matmul",
    "ger": "outer",
    "inverse": "inv",
}
