"""Formulas of symbols written as NumPy source."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.op import OPS, Op
from autograd.symbol import bracket, infix, write
from autograd.trace import Trace
from viz.formulas.numpy_functions import WRITTEN, traced
from viz.formulas.rewriting import simplified

ATOM = 9.0
Part = tuple[str, float]
_SAME = (
    *("abs", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "cbrt"),
    *("ceil", "cos", "cosh", "cumprod", "cumsum", "exp", "exp2", "expm1", "floor", "flip", "inner"),
    *("log", "log10", "log1p", "log2", "logaddexp", "maximum", "minimum", "outer", "positive"),
    *("ravel", "round", "sign", "sin", "sinc", "sinh", "sort", "sqrt", "squeeze", "std", "tan"),
    *("tanh", "tile", "transpose", "var", "where"),
)
# Ops with NumPy's own name and settings, and which of these are written without their keyword.
_NUMPY = {
    **dict.fromkeys(_SAME, ""),
    **{"swapaxes": "axis1 axis2", "moveaxis": "source destination", "broadcast_to": "shape"},
    **{"expand_dims": "axis", "clip": "min max", "take": "indices", "tensordot": "axes"},
    **{"take_along_axis": "indices axis", "roll": "shift", "repeat": "repeats", "pad": "pad_width"},
    **{"diagonal": "offset axis1 axis2", "tril": "offset", "triu": "offset"},
}
_METHODS = {"sum", "mean", "max", "min", "prod", "any", "all", "argmax", "argmin"}
_LINALG = {"inv", "det", "solve", "cholesky"}
_JOINING = {"concatenate", "stack"}
_DEFAULTS: dict[str, Any] = {"axis": None, "axes": None, "keepdims": False, "decimals": 0}


class NumpyWriter:
    """Writes formulas as NumPy source, and remembers what they need.

    Attributes:
        functions: The functions that NumPy lacks, by name: their source.
        borrows: The modules whose ops are called by their own formulas; empty if none is.
    """

    def __init__(self, names: Mapping[str, str], hoist: Callable[[Any], str] | None = None) -> None:
        """Write for certain names.

        Args:
            names: the identifier of every symbol.
            hoist: is given an array that is too long for a formula, and gives it a name.
        """
        self.names = names
        self.functions: dict[str, str] = {}
        self.borrows: set[str] = set()
        self._hoist = hoist

    def source(self, formula: Any) -> str:
        """Write a formula as one Python expression.

        Example:
            >>> from autograd import OPS
            >>> from viz.formulas.known import Known
            >>> x = Known("x", number=np.ones((2, 3)))
            >>> NumpyWriter({"x": "weights"}).source(OPS["sum"](x * x, axis=0) > 1)
            '(weights * weights).sum(axis=0) > 1'
        """
        return self.part(formula)[0]

    def part(self, formula: Any) -> Part:
        """Write a formula; with it comes its precedence, for its user to bracket it."""
        return write(
            simplified(formula),
            self.names,
            self._call,
            lambda sign, a, b: (f"{a} {sign} {b}", 0.5),
            self.literal,
        )

    def literal(self, value: Any) -> str:
        """Write a number, an array or a setting as Python.

        Example:
            >>> NumpyWriter({}).literal((1, None, float("inf"))), NumpyWriter({}).literal(np.eye(2))
            ('(1, None, np.inf)', 'np.eye(2)')
        """
        if isinstance(value, np.ndarray) and value.ndim:
            return self._array(value)
        if isinstance(value, (np.generic, np.ndarray)):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return "np.nan" if value != value else "np.inf" if value > 0 else "-np.inf"
        if isinstance(value, (tuple, list)):
            inside = ", ".join(self.literal(item) for item in value)
            comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
            return f"[{inside}]" if isinstance(value, list) else f"({inside}{comma})"
        if isinstance(value, slice):
            return f"slice({value.start}, {value.stop}, {value.step})"
        if isinstance(value, (type, np.dtype)):
            return f"np.{np.dtype(value).name}"
        return repr(value)

    def _array(self, array: Any) -> str:
        shape = self.literal(array.shape if array.ndim > 1 else array.shape[0])
        if array.dtype.kind == "f" and array.size:
            if np.all(array == 1):
                return f"np.ones({shape})"
            if array.ndim == 2 and np.array_equal(array, np.eye(len(array))):
                return f"np.eye({len(array)})"
        if not array.size or (array.dtype.kind == "f" and np.all(array == 0)):
            return f"np.zeros({shape}{'' if array.dtype.kind == 'f' else ', dtype=int'})"
        if array.dtype.kind in "iu" and np.array_equal(array.ravel(), np.arange(array.size)):
            sizes = ", ".join(map(str, array.shape))
            row = f"np.arange({array.size})"
            return row if array.ndim == 1 else f"{row}.reshape({sizes})"
        if self._hoist is not None and array.size > 4:
            return self._hoist(array)
        return f"np.array({array.tolist()!r})"

    def index(self, index: Any) -> str:
        """Write what stands between the square brackets.

        Example:
            >>> NumpyWriter({}).index((0, slice(None, 3), Ellipsis, None))
            '0, :3, ..., None'
        """
        parts = index if isinstance(index, tuple) else (index,)
        if not parts:
            return "()"
        return ", ".join(self._one_index(part) for part in parts)

    def _one_index(self, part: Any) -> str:
        if isinstance(part, slice):
            ends = ["" if n is None else str(int(n)) for n in (part.start, part.stop, part.step)]
            return ":".join(ends if ends[2] else ends[:2])
        if part is Ellipsis:
            return "..."
        return self.literal(part)

    # ------------------------------------------------------------------------------ one op
    def _call(self, op: Op, parts: list[Part], settings: Mapping[str, Any]) -> Part:
        name = op.name
        inside = ", ".join(part[0] for part in parts)
        if name == "pow":
            return self._power(parts)
        if op.infix is not None:
            return infix(op, parts, op.infix[0])
        if name == "square":
            return f"{bracket(parts[0], 4.5)}**2", 4
        if name == "reciprocal":
            return f"1 / {bracket(parts[0], 2.1)}", 2
        if name == "reshape":
            shape = tuple(settings["shape"])
            wanted = ", ".join(map(str, shape)) or "()"
            return f"{bracket(parts[0], ATOM)}.reshape({wanted})", ATOM
        if name in ("getitem", "pick"):
            return f"{bracket(parts[0], ATOM)}[{self.index(settings['index'])}]", ATOM
        if name == "transpose" and settings["axes"] is None:
            return f"{bracket(parts[0], ATOM)}.T", ATOM
        if name == "expand_dims" and settings["axis"] == -1:
            return f"{bracket(parts[0], ATOM)}[..., None]", ATOM
        if name == "astype":
            return f"{bracket(parts[0], ATOM)}.astype({self.literal(settings['dtype'])})", ATOM
        if name in _METHODS:
            return f"{bracket(parts[0], ATOM)}.{name}({self._keywords(settings)})", ATOM
        if name == "assemble":
            row, shape = f"np.array([{inside}])", tuple(settings["shape"])
            return (row if len(shape) == 1 else f"{row}.reshape{self.literal(shape)}"), ATOM
        if name == "einsum":
            return f"np.einsum({settings['subscripts']!r}, {inside})", ATOM
        if name == "trace":
            return f"np.trace({inside}, axis1=-2, axis2=-1)", ATOM
        if name in _JOINING:
            return f"np.{name}({_joined(f'[{inside}]', self._keywords(settings))})", ATOM
        if name in _LINALG and name != "cholesky":
            return f"np.linalg.{name}({inside})", ATOM
        if name in _NUMPY:
            return f"np.{name}({_joined(inside, self._numpy_settings(name, settings))})", ATOM
        return self._function(op, inside, settings), ATOM

    def _power(self, parts: list[Part]) -> Part:
        base, exponent = parts
        try:
            plain = float(exponent[0]) >= 1
        except ValueError:
            plain = False
        if plain:  # a Python float to another power may overflow, divide by 0 or become complex
            whole = exponent[0].removesuffix(".0")
            return f"{bracket(base, 4.5)}**{whole}", 4
        return f"np.power({base[0]}, {exponent[0]})", ATOM

    def _keywords(self, settings: Mapping[str, Any]) -> str:
        return ", ".join(
            f"{key}={self.literal(value)}"
            for key, value in settings.items()
            if key not in _DEFAULTS or value != _DEFAULTS[key]
        )

    def _numpy_settings(self, name: str, settings: Mapping[str, Any]) -> str:
        bare = _NUMPY[name].split()
        first = [self.literal(settings[key]) for key in bare]
        rest = {key: value for key, value in settings.items() if key not in bare}
        return _joined(", ".join(first), self._keywords(rest))

    def _function(self, op: Op, inside: str, settings: Mapping[str, Any]) -> str:
        """Call a function that NumPy lacks, and note that it must be written down."""
        written = WRITTEN.get(op.name)
        if op.name == "gelu" and settings["approximate"] != "none":
            written = None
        if written is not None:
            for name in (*written.needs, written.name):
                self.functions[name] = WRITTEN[name].body
            given = {key: settings[key] for key in written.settings}
            return f"{written.name}({_joined(inside, self._all_keywords(given))})"
        found = traced(op, settings)
        if found is None:
            self.borrows.add(op.forward.__module__)
            return f"OPS[{op.name!r}].forward({_joined(inside, self._all_keywords(settings))})"
        formula, keys, name = found
        parameters = [*op.inputs, *keys]
        writer = NumpyWriter({parameter: parameter for parameter in parameters})
        body = f"def {name}({', '.join(parameters)}):\n    return {writer.source(formula)}"
        self.functions |= writer.functions
        self.borrows |= writer.borrows
        self.functions[name] = body
        given = {key: settings[key] for key in keys}
        return f"{name}({_joined(inside, self._all_keywords(given))})"

    def _all_keywords(self, settings: Mapping[str, Any]) -> str:
        return ", ".join(f"{key}={self.literal(value)}" for key, value in settings.items())


def names_of_functions(trace: Trace) -> set[str]:
    """List the names that functions written for a graph's code may have."""
    lacking = {op.name for op in OPS.values() if op.partials is not None and op.infix is None}
    told = {
        f"{node.op}_{value}"
        for node in trace.nodes
        for value in node.settings.values()
        if isinstance(value, str)
    }
    return (lacking - set(_NUMPY)) | set(WRITTEN) | told


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
