"""How LaTeX shows an op's settings: a norm's order, the axis of a sum, a ramp's slope."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Mapping
from typing import Any

from autograd.op import Op

__all__ = ["latex_template"]

_SILENT = {"keepdims", "dtype", "shape", "index"}  # these fit shapes together
_SIGNS = re.compile(r"\\(?:sum|prod|max|min)(?![a-zA-Z])")
_CALL = re.compile(r"\\operatorname\{\{[^{}]*\}\}")


def latex_template(op: Op, settings: Mapping[str, Any]) -> str:
    r"""Write an op's LaTeX template so that settings other than the usual ones can be seen.

    Args:
        op: The op.
        settings: Its settings.

    Returns:
        A template with ``{x}`` for each input, as ``op.latex``.

    Example:
        >>> from autograd import OPS
        >>> latex_template(OPS["norm"], {"ord": 3, "axis": None, "keepdims": False})
        '\\left\\lVert {x} \\right\\rVert_{{3}}'
        >>> latex_template(OPS["sum"], {"axis": 1, "keepdims": True}).format(x="x")
        '\\sum_{\\text{axis}=1} x'
        >>> latex_template(OPS["softplus"], {"beta": 2.0}).format(x="x")
        '\\operatorname{softplus}_{\\text{beta}=2}\\left(x\\right)'
    """
    call = _CALL.match(op.latex)
    told = _unusual(op, settings, required=call is not None)
    if not told:
        return op.latex
    if op.name == "norm" and set(told) == {"ord"}:
        return f"{op.latex}_{{{{{_value(told['ord'])}}}}}"
    words = ", ".join(rf"\text{{{{{_plain(key)}}}}}={_value(value)}" for key, value in told.items())
    subscript = f"_{{{{{words}}}}}"
    sign = _SIGNS.match(op.latex) or call
    if sign is not None:
        return op.latex[: sign.end()] + subscript + op.latex[sign.end() :]
    inputs = ", ".join("{" + name + "}" for name in op.inputs)
    return rf"\operatorname{{{{{_plain(op.name)}}}}}{subscript}\left({inputs}\right)"


def _unusual(op: Op, settings: Mapping[str, Any], required: bool) -> dict[str, Any]:
    """The settings that are worth telling: not the defaults, and no arrays."""
    defaults = (op.base or op).settings
    told = {}
    for key, value in settings.items():
        default = defaults.get(key, inspect.Parameter.empty)
        if default is inspect.Parameter.empty and not required:
            continue  # the template already stands for what such an op does
        simple = isinstance(value, (bool, int, float, str, tuple, list))
        if key not in _SILENT and simple and (type(default) is type or value != default):
            told[key] = value
    return told


def _plain(word: str) -> str:
    return re.sub(r"[^A-Za-z0-9 .,>-]", " ", word)


def _value(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(_value(item) for item in value) + ")"
    if isinstance(value, (bool, str)) or value is None:
        return rf"\text{{{{{_plain(str(value))}}}}}"
    if isinstance(value, (int, float)):
        if math.isinf(value):
            return r"\infty" if value > 0 else r"-\infty"
        return f"{value:.4g}"
    return r"\ldots"
