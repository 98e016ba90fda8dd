"""The Python source of Value's fast methods, written from the op table.

Each op's value and derivative formulas are read once with symbols and written out as a straight
function that fills a node's flat slots.  A derivative still stands in one place, the op.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from autograd.op import Op
from autograd.symbol import Symbol, python

__all__ = ["formulas", "source_of"]

_FAILURES = "(ValueError, ArithmeticError)"


def formulas(op: Op, names: Sequence[str], out: str = "out") -> tuple[str, list[str]]:
    """Write an elementwise op's value and slopes as Python.

    Args:
        op: The op, its settings filled in.
        names: What its inputs are called.
        out: What its result is called.

    Returns:
        The source of the value (a call of ``compute`` if it is no plain arithmetic) and per input
        that of the slope.

    Example:
        >>> from autograd import OPS
        >>> formulas(OPS["mul"], ["a", "b"])
        ('a * b', ['b', 'a'])
    """
    symbols = [Symbol(name) for name in names]
    value = _value(op, names)
    slopes = []
    for formula in op.partials or ():
        written = formula(Symbol(out), *symbols) if formula is not None else 0.0
        if isinstance(written, Symbol):
            source = python(written)
            comparison = isinstance(written.head, str) and bool(written.args)
            slopes.append(f"1.0 if {source} else 0.0" if comparison else source)
        else:
            slopes.append(repr(float(written)))
    return value, slopes


def _value(op: Op, names: Sequence[str]) -> str:
    """The value as source: written out in place where the scalar function is plain arithmetic."""
    if op.base is None and op.scalar is not None:
        try:
            return python(op.scalar(*(Symbol(name) for name in names)))
        except (TypeError, ValueError, AttributeError):
            pass  # a function of Python's math module, which takes no symbols: it is called
    return f"compute({', '.join(names)})"


_HEAD = """\
def {name}({arguments}):
    if mode.special:
        return unusual({arguments})
"""
_WATCHED_HEAD = """\
def watched_{name}({arguments}):
    watchers = watching()
    if watchers is None or mode.special != 1 or (lines := watchers.lines) is None:
        return record(OP, ({given},))
"""
_WATCHED_END = """\
    line = watchers.line
    if line is None:
        frame = frame_at(2)  # behind this and the method: the user's
        code = frame.f_code
        line = (code, frame.f_lasti) if code is latest[0] else caller_line(frame)
    lines[id(node)] = line
    if out - out != 0.0:
        watchers.shown(node, OP, ({given},))
    return node
"""
_UNARY = """\
    x = p.number
    try:
        out = {value}
        slope = {slopes[0]}
    except {failures}:
        out, (slope,) = evaluate(OP, (x,), (p,))
    node = new(Value)
    node.number = out; node.grad = None; node.op = OP; node.mark = 0; node.info = None
    node.left = p; node.left_slope = slope; node.right = None; node.right_slope = None
    return node
"""
_BINARY = """\
    {test}
        x = p.number; y = q.number
        try:
            out = {value}
            left = {slopes[0]}; right = {slopes[1]}
        except {failures}:
            out, (left, right) = evaluate(OP, (x, y), (p, q))
        node = new(Value)
        node.number = out; node.grad = None; node.op = OP; node.mark = 0; node.info = None
        node.left = p; node.left_slope = left; node.right = q; node.right_slope = right
        return node
    if type(q) is not float:
        if type(q) is int:
            q = q + 0.0
        else:
            q = constant(OP, {order}, q)
            if type(q) is not float:
                return q
    {number}
    try:
        out = {value}
        slope = {slope}
    except {failures}:
        out, slopes = evaluate(OP, (x, y), {nodes})
        slope = slopes[{k}]
    node = new(Value)
    node.number = out; node.grad = None; node.op = OP; node.mark = 0; node.info = None
    {slots}
    return node
"""


def source_of(op: Op, reverse: bool = False, watched: bool = False) -> str:
    """Write the Python source of an op's fast method.

    Args:
        op: An elementwise op of one or two inputs, its settings filled in.
        reverse: For two inputs, whether the Value is the second and the other a number.
        watched: Whether it is for where something unusual is asked for: then it notes the line and
            looks at the result, or leaves the work to ``record``.

    Returns:
        The source of one function.

    Example:
        >>> from autograd import OPS
        >>> "slope = (1 - out) * (1 + out)" in source_of(OPS["tanh"])
        True
    """
    arguments = "p" if len(op.inputs) == 1 else "p, q"
    given = "q, p" if reverse else arguments
    head = (_WATCHED_HEAD if watched else _HEAD).format(
        name=op.name, arguments=arguments, given=given
    )
    body = _body(op, reverse)
    if watched:
        end = _WATCHED_END.format(given=given)
        for indent in ("        ", "    "):
            body = body.replace(f"\n{indent}return node\n", "\n" + textwrap.indent(end, indent[4:]))
        # the operand as it came, should what stands for it be no number but a result
        body = body.replace("q = constant(", "operand = q; q = constant(")
        pair = given.replace("q", "operand")
        body = body.replace("return q\n", f"return watchers.shown(q, OP, ({pair}))\n")
    return head + body


def _body(op: Op, reverse: bool) -> str:
    if len(op.inputs) == 1:
        value, slopes = formulas(op, ["x"])
        return _UNARY.format(value=value, slopes=slopes, failures=_FAILURES)
    value, slopes = formulas(op, ["x", "y"])
    body = _BINARY.format(
        test="if type(q) is Value:" if not reverse else "if False:",
        value=value,
        slopes=slopes,
        failures=_FAILURES,
        order="p, False" if not reverse else "p, True",
        number="x = p.number; y = q" if not reverse else "x = q; y = p.number",
        k=int(reverse),
        nodes="(p, q)" if not reverse else "(q, p)",
        slope=slopes[int(reverse)],
        slots=(
            "node.left = p; node.left_slope = slope; node.right = None; node.right_slope = q"
            if not reverse
            else "node.left = None; node.left_slope = q; node.right = p; node.right_slope = slope"
        ),
    )
    if reverse:  # two Values never meet here: Python asks the left one first
        start, end = body.index("    if False:"), body.index("    if type(q) is not float:")
        body = body[:start] + body[end:]
    return body
