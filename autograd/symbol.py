"""Formulas read as text: a symbol is an input whose operations are written down, not computed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from autograd.op import OPS, Op
from autograd.operators import Operators

__all__ = ["Symbol", "latex", "python", "text", "unguarded", "write"]

_LATEX_COMPARISONS = {">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne"}
_TEXT_INFIX = {"*": "·", "-": "−", ">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}
_ATOM = 9
# ops that only fit shapes and dtypes together: a person leaves them out of a formula
PLUMBING = {"astype", "broadcast_to", "expand_dims", "reshape", "squeeze", "sum_to"}


class Symbol(Operators):
    """A name, or an operation on symbols and numbers, not computed but kept.

    Example:
        >>> from autograd.ops.trigonometry import tanh
        >>> python(tanh.partials[0](Symbol("out"), Symbol("x")))
        '(1 - out) * (1 + out)'
    """

    __slots__ = ("args", "head", "settings", "shape")
    __array_ufunc__ = None  # a NumPy number on the left leaves the operation to this class
    apply_rank = 4

    def __init__(
        self,
        head: str | Op,
        args: Sequence[Any] = (),
        settings: Mapping[str, Any] | None = None,
        shape: tuple[int, ...] | None = None,
    ) -> None:
        self.head = head
        self.args = tuple(args)
        self.settings = dict(settings or {})
        if shape is not None:
            self.shape = shape

    @staticmethod
    def apply_op(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Symbol:
        """Write the operation down."""
        return Symbol(op, args, settings)

    def _compare(sign: str) -> Any:  # type: ignore[misc]
        def method(self: Symbol, other: Any) -> Symbol:
            return Symbol(sign, (self, other))

        return method

    __gt__ = _compare(">")
    __ge__ = _compare(">=")
    __lt__ = _compare("<")
    __le__ = _compare("<=")
    __eq__ = _compare("==")
    __ne__ = _compare("!=")
    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, index: Any) -> Symbol:
        return Symbol(OPS["getitem"], (self,), {"index": index})

    def __bool__(self) -> bool:
        raise TypeError("formula: a symbol has no truth value; choose with where, not with if")


def write(
    symbol: Any,
    names: Mapping[str, str],
    call: Callable[[Op, list[tuple[str, float]], Mapping[str, Any]], tuple[str, float]],
    compare: Callable[[str, str, str], tuple[str, float]],
    number: Callable[[Any], str],
) -> tuple[str, float]:
    """Write a tree of symbols; each part comes with its precedence, for its user to bracket it."""
    if not isinstance(symbol, Symbol):
        written = number(symbol)
        level = 2.0 if "10^" in written else 3.0 if written.startswith(("-", "−")) else _ATOM
        return written, level
    if not symbol.args and isinstance(symbol.head, str):
        return names.get(symbol.head, symbol.head), _ATOM
    parts = [write(a, names, call, compare, number) for a in symbol.args]
    if isinstance(symbol.head, str):
        left, right = (bracket(part, 0.6) for part in parts)
        return compare(symbol.head, left, right)
    return call(symbol.head, parts, symbol.settings)


def unguarded(symbol: Any) -> Any:
    """A formula as people write it: without the cases that only keep a divisor from being 0."""
    if not isinstance(symbol, Symbol) or not symbol.args:
        return symbol
    if isinstance(symbol.head, Op) and symbol.head.name == "where":
        test, yes, no = symbol.args
        if isinstance(test, Symbol) and test.head == "==" and not isinstance(yes, Symbol):
            return unguarded(no)
    return Symbol(symbol.head, [unguarded(a) for a in symbol.args], symbol.settings)


def bracket(part: tuple[str, float], needed: float, left: str = "(", right: str = ")") -> str:
    return part[0] if part[1] >= needed else left + part[0] + right


def infix(op: Op, parts: list[tuple[str, float]], sign: str, **brackets: str) -> tuple[str, float]:
    """Write an op between its inputs; brackets keep its sign apart from a minus behind it."""
    assert op.infix is not None
    level = op.infix[1]
    if len(parts) == 1:
        return sign + bracket(apart(parts[0]), level, **brackets), level
    left = level + 0.5 if op.name == "pow" else level
    right = level if op.name == "pow" else level + 0.1
    space = "" if op.name == "pow" else " "
    written = bracket(apart(parts[1]), right, **brackets)
    return f"{bracket(parts[0], left, **brackets)}{space}{sign}{space}{written}", level


def apart(part: tuple[str, float]) -> tuple[str, float]:
    """A part that begins with a minus, marked so that it gets brackets behind another sign."""
    return (part[0], 0.0) if part[0].startswith(("-", "−")) and part[1] <= 3 else part


def _source_number(n: Any) -> str:
    return repr(n.item() if hasattr(n, "item") and getattr(n, "ndim", 0) == 0 else n)


def _text_number(n: Any) -> str:
    from autograd.trace_records import in_short  # here, as only text needs it

    return in_short(float(n)).replace("-", "−").replace("inf", "∞")


def _latex_number(n: Any) -> str:
    if math.isinf(n):
        return r"\infty" if n > 0 else r"-\infty"
    digits, power, exponent = f"{float(n):.4g}".partition("e")
    if power:
        return rf"{digits} \cdot 10^{{{int(exponent)}}}"
    return digits if digits != "nan" else r"\text{nan}"


def index_text(index: Any) -> str:
    """An index as it stands between square brackets; arrays in it are only hinted at."""
    if isinstance(index, tuple):
        return ", ".join(index_text(part) for part in index)
    if isinstance(index, slice):
        ends = ["" if n is None else str(n) for n in (index.start, index.stop, index.step)]
        return ":".join(ends if ends[2] else ends[:2])
    if index is Ellipsis:
        return "..."
    written = str(index)
    return written if isinstance(index, (int, type(None))) or len(written) < 12 else "…"


@cache
def _reading(template: str, inputs: tuple[str, ...]) -> tuple[tuple[float, ...], float]:
    """How tightly each input of a LaTeX template must bind, and how tightly the whole does.

    An input inside braces or brackets may be anything. One that stands free needs brackets of its
    own, unless it binds more tightly than a product, or than a power if an exponent follows.
    """
    marks = {name: chr(0xE000 + i) for i, name in enumerate(inputs)}
    needed = dict.fromkeys(marks.values(), 0.0)
    depth, free = 0, ""
    tokens = re.findall(r"\\(?:left|right|begin|end)\b|\\[a-zA-Z]+|\\.|.", template.format(**marks))
    for i, token in enumerate(tokens):
        if depth == 0:
            free += token
            if token in needed:
                needed[token] = 4.5 if tokens[i + 1 : i + 2] == ["^"] else 2.1
        depth += {"{": 1, r"\left": 1, r"\begin": 1, "}": -1, r"\right": -1, r"\end": -1}.get(
            token, 0
        )
    level: float = _ATOM
    if "^" in free or r"\frac" in free or r"\begin" in free:
        level = 4.0
    if any(need == 2.1 for need in needed.values()) or r"\ln " in free:
        level = 1.9
    if " + " in free or " - " in free:
        level = 1.0
    return tuple(needed.values()), level


def python(symbol: Any, names: Mapping[str, str] | None = None) -> str:
    """Write a formula as Python source over floats.

    Args:
        symbol: A Symbol, or a plain number.
        names: Other names for the symbols.

    Returns:
        An expression; functions in it bear the names of their ops.

    Example:
        >>> x = Symbol("x")
        >>> python(2 * (x + 1))
        '2 * (x + 1)'
    """

    def call(
        op: Op, parts: list[tuple[str, float]], settings: Mapping[str, Any]
    ) -> tuple[str, float]:
        if op.name == "where":
            test, yes, no = (bracket(part, 0.2) for part in parts)
            return f"{yes} if {test} else {no}", 0.1
        if op.name == "square":
            return f"{bracket(parts[0], 2)} * {bracket(parts[0], 2.1)}", 2
        if op.infix is not None:
            return infix(op, parts, op.infix[0])
        inside = [part[0] for part in parts] + [
            f"{k}={_source_number(v)}" for k, v in settings.items()
        ]
        return f"{op.name}({', '.join(inside)})", _ATOM

    return write(symbol, names or {}, call, lambda s, a, b: (f"{a} {s} {b}", 0.5), _source_number)[
        0
    ]


def latex(symbol: Any, names: Mapping[str, str] | None = None) -> str:
    r"""Write a formula as LaTeX, from each op's own template.

    Args:
        symbol: A Symbol, or a plain number.
        names: LaTeX for the symbols.

    Returns:
        LaTeX for a mathematics environment, without dollar signs.

    Example:
        >>> from autograd import tanh
        >>> latex(tanh(Symbol("x")) / 2)
        '\\frac{\\tanh\\left(x\\right)}{2}'
    """
    from autograd.latex_settings import latex_template  # here, as only LaTeX needs it

    sides = {"left": r"\left(", "right": r"\right)"}

    def call(
        op: Op, parts: list[tuple[str, float]], settings: Mapping[str, Any]
    ) -> tuple[str, float]:
        if op.name in PLUMBING:
            return parts[0]
        if op.variadic:
            opening = latex_template(op, settings).partition(r"\left(")[0].format()
            return rf"{opening}\left({', '.join(p[0] for p in parts)}\right)", _ATOM
        if op.name == "getitem":
            index = index_text(settings.get("index", "…"))
            return rf"{bracket(parts[0], _ATOM, **sides)}\left[{index}\right]", _ATOM
        template = latex_template(op, settings)
        needed, level = _reading(template, op.inputs)
        if op.infix is not None and any(needed):
            level = op.infix[1]
            needed = (4.5, 0.0) if op.name == "pow" else (level, level + 0.1)[: len(parts)]
            signed = parts[-1] if op.name == "pow" else apart(parts[-1])
            parts = [*parts[:-1], signed]
        inside = {
            name: bracket(part, need, **sides)
            for name, part, need in zip(op.inputs, parts, needed, strict=True)
        }
        return template.format(**inside), level

    def compare(sign: str, left: str, right: str) -> tuple[str, float]:
        return rf"\left[{left} {_LATEX_COMPARISONS.get(sign, sign)} {right}\right]", _ATOM

    return write(unguarded(symbol), names or {}, call, compare, _latex_number)[0]


def text(symbol: Any, names: Mapping[str, str] | None = None) -> str:
    """Write a formula as a person would on one line: ``(1 − out)·(1 + out)``.

    Args:
        symbol: A Symbol, or a plain number.
        names: Other names for the symbols.

    Returns:
        Text.

    Example:
        >>> x = Symbol("x")
        >>> text(2 * (x - 1))
        '2·(x − 1)'
    """

    def call(
        op: Op, parts: list[tuple[str, float]], settings: Mapping[str, Any]
    ) -> tuple[str, float]:
        if op.name in PLUMBING:
            return parts[0]
        if op.symbol == "ᵀ":
            return f"{bracket(parts[0], _ATOM)}ᵀ", _ATOM
        if op.name == "square":
            return f"{bracket(parts[0], 4.5)}²", 4
        if op.name == "getitem":
            return f"{bracket(parts[0], _ATOM)}[{index_text(settings.get('index', '…'))}]", _ATOM
        if op.infix is not None:
            sign = _TEXT_INFIX.get(op.infix[0], op.infix[0])
            if sign == "**":
                sign = "^"
            written, level = infix(op, parts, sign)
            return written.replace(" · ", "·"), level
        inside = [part[0] for part in parts]
        return f"{op.name}({', '.join(inside)})", _ATOM

    def compare(sign: str, left: str, right: str) -> tuple[str, float]:
        return f"[{left} {_TEXT_INFIX.get(sign, sign)} {right}]", _ATOM

    return write(unguarded(symbol), names or {}, call, compare, _text_number)[0]
