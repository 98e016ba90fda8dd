"""Formulas read as text: a symbol is an input whose operations are written down, not computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd.op import OPS, Op
from autograd.operators import Operators

__all__ = ["Symbol", "latex", "python", "text"]

_LATEX_COMPARISONS = {">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne"}
_TEXT_INFIX = {"*": "·", "-": "−", ">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}
_ATOM = 9


class Symbol(Operators):
    """A name, or an operation on symbols and numbers, not computed but kept.

    Example:
        >>> from autograd.ops.trigonometry import tanh
        >>> python(tanh.partials[0](Symbol("out"), Symbol("x")))
        '(1 - out) * (1 + out)'
    """

    __slots__ = ("args", "head", "settings", "shape")
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

    def _compare(sign: str) -> Any:  # type: ignore[misc]  # noqa: N805  (makes methods, is none)
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
        raise TypeError("a symbol has no truth value: a formula chooses with where, not with if")


def _write(
    symbol: Any,
    names: Mapping[str, str],
    call: Callable[[Op, list[tuple[str, float]], Mapping[str, Any]], tuple[str, float]],
    compare: Callable[[str, str, str], tuple[str, float]],
    number: Callable[[Any], str],
) -> tuple[str, float]:
    """Write a tree of symbols; each part comes with its precedence, so that its user can bracket it."""
    if not isinstance(symbol, Symbol):
        written = number(symbol)
        return written, 3.0 if written.startswith(("-", "−")) else _ATOM
    if not symbol.args and isinstance(symbol.head, str):
        return names.get(symbol.head, symbol.head), _ATOM
    parts = [_write(a, names, call, compare, number) for a in symbol.args]
    if isinstance(symbol.head, str):
        left, right = (_bracket(part, 0.6) for part in parts)
        return compare(symbol.head, left, right)
    return call(symbol.head, parts, symbol.settings)


def _bracket(part: tuple[str, float], needed: float, left: str = "(", right: str = ")") -> str:
    return part[0] if part[1] >= needed else left + part[0] + right


def _infix(op: Op, parts: list[tuple[str, float]], sign: str, **brackets: str) -> tuple[str, float]:
    assert op.infix is not None  # noqa: S101  (tells mypy what the callers have checked)
    level = op.infix[1]
    if len(parts) == 1:
        return sign + _bracket(parts[0], level, **brackets), level
    if op.name == "pow":
        return _bracket(parts[0], level + 0.5, **brackets) + sign + _bracket(parts[1], level, **brackets), level
    return (
        f"{_bracket(parts[0], level, **brackets)} {sign} {_bracket(parts[1], level + 0.1, **brackets)}",
        level,
    )


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

    def call(op: Op, parts: list[tuple[str, float]], settings: Mapping[str, Any]) -> tuple[str, float]:
        if op.name == "where":
            test, yes, no = (_bracket(part, 0.2) for part in parts)
            return f"{yes} if {test} else {no}", 0.1
        if op.name == "square":
            return f"{_bracket(parts[0], 2)} * {_bracket(parts[0], 2.1)}", 2
        if op.infix is not None:
            return _infix(op, parts, op.infix[0])
        inside = [part[0] for part in parts] + [f"{k}={v!r}" for k, v in settings.items()]
        return f"{op.name}({', '.join(inside)})", _ATOM

    return _write(symbol, names or {}, call, lambda s, a, b: (f"{a} {s} {b}", 0.5), repr)[0]


def latex(symbol: Any, names: Mapping[str, str] | None = None) -> str:
    """Write a formula as LaTeX, from each op's own template.

    Args:
        symbol: A Symbol, or a plain number.
        names: LaTeX for the symbols.

    Returns:
        LaTeX for a mathematics environment, without dollar signs.

    Example:
        >>> from autograd import tanh
        >>> latex(tanh(Symbol("x")) / 2)
        '\\\\frac{\\\\tanh\\\\left(x\\\\right)}{2}'
    """
    sides = {"left": r"\left(", "right": r"\right)"}

    def call(op: Op, parts: list[tuple[str, float]], settings: Mapping[str, Any]) -> tuple[str, float]:
        if op.variadic:
            return rf"\operatorname{{{op.name}}}\left({', '.join(p[0] for p in parts)}\right)", _ATOM
        level = op.infix[1] if op.infix is not None and op.name != "div" else None
        needed = [0.0] * len(parts)
        if level is not None:
            needed = [level, level + 0.1][: len(parts)] if op.name != "pow" else [level + 0.5, 0.0]
        elif op.latex.endswith(("^\\top", "^{{2}}", "^{{-1}}")):
            needed = [4.5] * len(parts)
        inside = {
            name: _bracket(part, need, **sides)
            for name, part, need in zip(op.inputs, parts, needed, strict=True)
        }
        return op.latex.format(**inside), _ATOM if level is None else level

    def compare(sign: str, left: str, right: str) -> tuple[str, float]:
        return rf"\left[{left} {_LATEX_COMPARISONS.get(sign, sign)} {right}\right]", _ATOM

    return _write(symbol, names or {}, call, compare, lambda n: f"{float(n):.4g}")[0]


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

    def call(op: Op, parts: list[tuple[str, float]], settings: Mapping[str, Any]) -> tuple[str, float]:
        if op.symbol == "ᵀ":
            return f"{_bracket(parts[0], _ATOM)}ᵀ", _ATOM
        if op.name == "square":
            return f"{_bracket(parts[0], 4.5)}²", 4
        if op.infix is not None:
            sign = _TEXT_INFIX.get(op.infix[0], op.infix[0])
            if sign == "**":
                sign = "^"
            written, level = _infix(op, parts, sign)
            return written.replace(" · ", "·"), level
        inside = [part[0] for part in parts]
        return f"{op.name}({', '.join(inside)})", _ATOM

    def compare(sign: str, left: str, right: str) -> tuple[str, float]:
        return f"[{left} {_TEXT_INFIX.get(sign, sign)} {right}]", _ATOM

    return _write(symbol, names or {}, call, compare, lambda n: f"{float(n):.4g}".replace("-", "−"))[0]
