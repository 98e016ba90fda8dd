"""NumPy's names and arguments, as plain data for ``numpy_protocol``."""

from __future__ import annotations

from typing import Any

__all__ = [
    "ACCUMULATED",
    "DEFAULTS",
    "LIKE",
    "LOOKS",
    "NEVER",
    "QUESTIONS",
    "REDUCED",
    "RENAMED",
    "SIGNATURES",
]

# Questions about the numbers: the answer is outside the graph.
QUESTIONS = frozenset(
    [
        "isnan",
        "isfinite",
        "isinf",
        "signbit",
        "logical_and",
        "logical_or",
        "logical_xor",
        "logical_not",
        "bitwise_and",
        "bitwise_or",
        "bitwise_xor",
        "invert",
        "equal",
        "not_equal",
        "less",
        "less_equal",
        "greater",
        "greater_equal",
    ]
)
REDUCED = {
    "add": "sum",
    "multiply": "prod",
    "maximum": "max",
    "minimum": "min",
    "logaddexp": "logsumexp",
    "logical_and": "all",
    "logical_or": "any",
}
ACCUMULATED = {"add": "cumsum", "multiply": "cumprod"}

# NumPy's own order of arguments: the inputs, a bar, the rest.
SIGNATURES: dict[str, str] = {
    **dict.fromkeys(
        ("sum", "prod"),
        "a | axis dtype out keepdims initial where",
    ),
    **dict.fromkeys(("max", "min", "amax", "amin"), "a | axis out keepdims initial where"),
    **dict.fromkeys(("any", "all"), "a | axis out keepdims where"),
    **dict.fromkeys(("argmax", "argmin"), "a | axis out keepdims"),
    **dict.fromkeys(("sort", "argsort"), "a | axis kind order stable"),
    **dict.fromkeys(("cumsum", "cumprod"), "a | axis dtype out"),
    **dict.fromkeys(("round", "around"), "a | decimals out"),
    **dict.fromkeys(("hstack", "vstack"), "tup | dtype casting"),
    **dict.fromkeys(("concatenate", "stack"), "arrays | axis out dtype casting"),
    **dict.fromkeys(("tril", "triu"), "m | k"),
    "mean": "a | axis dtype out keepdims where",
    "var": "a | axis dtype out ddof keepdims where mean correction",
    "std": "a | axis dtype out ddof keepdims where mean correction",
    "clip": "a | a_min a_max out min max",
    "reshape": "a | shape order newshape copy",
    "transpose": "a | axes",
    "permute_dims": "a | axes",
    "swapaxes": "a | axis1 axis2",
    "moveaxis": "a | source destination",
    "expand_dims": "a | axis",
    "squeeze": "a | axis",
    "ravel": "a | order",
    "broadcast_to": "array | shape subok",
    "split": "ary | indices_or_sections axis",
    "pad": "array | pad_width mode constant_values",
    "flip": "m | axis",
    "roll": "a | shift axis",
    "repeat": "a | repeats axis",
    "tile": "A | reps",
    "diagonal": "a | offset axis1 axis2",
    "diag": "v | k",
    "take": "a | indices axis out mode",
    "take_along_axis": "arr | indices axis",
    "where": "condition x y |",
    "outer": "a b | out",
    "inner": "a b |",
    "tensordot": "a b | axes",
    "sinc": "x |",
    "copy": "a | order subok",
    "inv": "a |",
    "det": "a |",
    "solve": "a b |",
    "cholesky": "a | upper",
    "astype": "x | dtype copy device",
    "matmul": "x1 x2 |",
    "matrix_transpose": "x |",
}
RENAMED = {"copy": "positive", "permute_dims": "transpose"}
DEFAULTS: dict[str, tuple[Any, ...]] = {
    "order": ("C", "K"),
    "casting": ("same_kind",),
    "where": (True,),
    "mode": ("raise", "constant"),
    "subok": (True, False),
    "upper": (False,),
    "copy": (True, False),
}
NEVER = frozenset(
    [
        "out",
        "dtype",
        "initial",
        "where",
        "casting",
        "order",
        "kind",
        "stable",
        "mode",
        "subok",
        "mean",
        "upper",
        "copy",
        "device",
        "newshape",
        "signature",
    ]
)

# Functions that only look: they get the plain numbers and answer with plain ones.
LOOKS = frozenset(
    [
        "allclose",
        "array_equal",
        "array_equiv",
        "isclose",
        "count_nonzero",
        "nonzero",
        "argwhere",
        "flatnonzero",
        "searchsorted",
        "result_type",
        "can_cast",
        "min_scalar_type",
        "common_type",
        "iscomplexobj",
        "isrealobj",
        "array2string",
        "array_repr",
        "array_str",
        "may_share_memory",
        "shares_memory",
        "save",
        "savez",
        "savez_compressed",
        "savetxt",
        "ndim",
        "shape",
        "size",
    ]
)
LIKE = frozenset(["zeros_like", "ones_like", "full_like", "empty_like"])
