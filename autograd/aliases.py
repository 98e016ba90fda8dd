"""Other names for the same thing: the one table of PyTorch's and NumPy's synonyms.

NumPy's names define an op (with Python's short ``add sub mul div pow neg abs``).  Functions and
Tensor methods are made from these tables, so a synonym is one line.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from functools import wraps
from typing import Any

__all__ = ["FUNCTIONS", "KEYWORDS", "renamed", "takes_synonyms"]

# keyword synonyms, accepted by every op that has the setting on the right
KEYWORDS: dict[str, str] = {
    "dim": "axis",
    "keepdim": "keepdims",
    "dims": "axis",
    "a_min": "min",
    "a_max": "max",
    "correction": "ddof",
    "unbiased": "ddof",  # True and False are 1 and 0
    "negative_slope": "slope",
    "diagonal": "offset",
    "k": "offset",
    "dim1": "axis1",
    "dim2": "axis2",
    "shifts": "shift",
    "p": "ord",
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
    "repeat_interleave": "repeat",
    "take_along_dim": "take_along_axis",
    "sgn": "sign",
}


def renamed(settings: dict[str, Any], known: Container[str] = ()) -> dict[str, Any]:
    """Put each keyword's own name in the place of its synonym.

    Args:
        settings: Keyword arguments, such as ``{"dim": 1}``.
        known: Names that are left alone.

    Returns:
        The same values, such as ``{"axis": 1}``.

    Raises:
        TypeError: If a name came together with its synonym.

    Example:
        >>> renamed({"dim": 1, "keepdim": True})
        {'axis': 1, 'keepdims': True}
    """
    own: dict[str, Any] = {}
    for name, value in settings.items():
        meant = KEYWORDS[name] if name in KEYWORDS and name not in known else name
        if meant in own:
            raise TypeError(f"{meant}: it came twice, in {', '.join(settings)}; give it once")
        own[meant] = value
    return own


def takes_synonyms(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a plain function take the keyword synonyms that ops take.

    Args:
        function: A function with a keyword such as ``axis``.

    Returns:
        The function, callable with ``dim=``, too.

    Example:
        >>> @takes_synonyms
        ... def first(x, axis=0):
        ...     return axis
        >>> first([], dim=2)
        2
    """
    code = function.__code__  # as inspect reads it, in a tenth of the time, at every import
    names = frozenset(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])

    @wraps(function)
    def call(*args: Any, **settings: Any) -> Any:
        return function(*args, **renamed(settings, names))

    return call
