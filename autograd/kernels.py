"""Fast methods of Value, generated from the op table.

Each op's value and derivative formulas are read once with symbols and written out as a straight
Python function that fills a node's flat slots.  A derivative still stands in one place, the op.
Read one with ``print(autograd.kernels.source_of(autograd.OPS["tanh"]))``.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import DomainError
from autograd.op import OPS, Op
from autograd.recording import mode
from autograd.symbol import Symbol, python

__all__ = ["all_sent", "build", "evaluate", "evaluate_lists", "formulas", "on_floats", "source_of"]

_FAILURES = "(ValueError, ArithmeticError)"


def evaluate(
    op: Op, numbers: Sequence[float], nodes: Sequence[Any] = ()
) -> tuple[float, list[float | None]]:
    """Compute an elementwise op and its slopes on floats, the slow and careful way.

    Args:
        op: The op, its settings filled in.
        numbers: The inputs.
        nodes: The inputs as Values or constants, so that an error can name them.

    Returns:
        The value and, per input, the slope (None where the op is not differentiated).

    Raises:
        DomainError: If the numbers lie where the op is not defined.

    Example:
        >>> evaluate(OPS["sqrt"], [0.0])
        (0.0, [inf])
    """
    with np.errstate(all="ignore"):
        wide = [np.float64(n) for n in numbers]
        try:
            out = float(op.scalar(*numbers) if op.scalar is not None else op.forward(*wide))
        except OverflowError:
            out = float(op.forward(*wide))  # too large for a float is not off the domain: infinity
        except (ValueError, ZeroDivisionError) as error:
            if any(n != n or n in (float("inf"), float("-inf")) for n in numbers):
                out = float(op.forward(*wide))  # not a number in, not a number out, as everywhere
            else:
                raise DomainError(_off_domain(op, numbers, nodes)) from error
        slopes = [
            None if d is None else float(d(np.float64(out), *wide)) for d in op.partials or ()
        ]
    return out, slopes


def evaluate_lists(
    op: Op, numbers: Sequence[float], sizes: Sequence[int | None]
) -> tuple[float, list[float | None], bool]:
    """Compute an op that makes one number of arrays, and its slopes, by its formulas on arrays.

    Args:
        op: The op, its settings filled in.
        numbers: All inputs in one row.
        sizes: How many of them belong to each input of the op; None for one that is one number.

    Returns:
        The value, the slope per number (None where the op is not differentiated), and whether the
        result is one number at all.
    """
    parts: list[Any] = []
    start = 0
    for size in sizes:
        chunk = numbers[start : start + (1 if size is None else size)]
        start += len(chunk)
        parts.append(np.float64(chunk[0]) if size is None else np.array(chunk, dtype=float))
    with np.errstate(all="ignore"):
        out = op.compute(parts, {})
        if np.ndim(out) != 0:
            return 0.0, [], False
        slopes: list[float | None] = []
        if op.differentiable:
            for sent, part in zip(all_sent(op, np.asarray(1.0), out, parts), parts, strict=True):
                slopes.extend([None] * np.size(part) if sent is None else np.ravel(sent).tolist())
    return (float(out) if op.differentiable else out), slopes, True


def all_sent(op: Op, g: Any, out: Any, parts: Sequence[Any]) -> list[Any]:
    """Ask an op that makes one number of arrays what it sends back to each of them.

    Args:
        op: The op, its settings filled in.
        g: The gradient that arrives.
        out: The result.
        parts: The inputs.

    Returns:
        The gradients; None where the op is not differentiated.
    """
    given = (g, np.asarray(out) if isinstance(out, float) else out, *parts)
    formulas: Any = op.vjp
    if isinstance(formulas, tuple):
        return [formula and formula(*given) for formula in formulas]
    return list(formulas(*given))


def _off_domain(op: Op, numbers: Sequence[float], nodes: Sequence[Any]) -> str:
    whose = [_name_of(node) for node in nodes] or [""] * len(numbers)
    triples = zip(op.inputs, numbers, whose, strict=True)
    given = ", ".join(f"{name} = {n:.6g}{owner}" for name, n, owner in triples)
    for name, n, domain in zip(op.inputs, numbers, op.domain, strict=True):
        if not domain.contains(n):
            return f"{op.name}: {given} came; {domain.describe(name)} is needed"
    return f"{op.name}: {given} came; that has no real result"


def _name_of(node: Any) -> str:
    """Which node an input is, in brackets: its label, or the op that made it."""
    label, made_by = getattr(node, "label", None), getattr(node, "op", None)
    return f" ({label})" if label else f" (from {made_by.name})" if made_by is not None else ""


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
        return record(OP, ({arguments},))
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


def source_of(op: Op, reverse: bool = False) -> str:
    """Write the Python source of an op's fast method.

    Args:
        op: An elementwise op of one or two inputs, its settings filled in.
        reverse: For two inputs, whether the Value is the second and the other a number.

    Returns:
        The source of one function.

    Example:
        >>> "slope = (1 - out) * (1 + out)" in source_of(OPS["tanh"])
        True
    """
    if len(op.inputs) == 1:
        value, slopes = formulas(op, ["x"])
        return _HEAD.format(name=op.name, arguments="p") + _UNARY.format(
            value=value, slopes=slopes, failures=_FAILURES
        )
    value, slopes = formulas(op, ["x", "y"])
    head = _HEAD.format(name=op.name, arguments="p, q")
    if reverse:
        head = head.replace("(OP, (p, q,))", "(OP, (q, p))")
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
    return head + body


def on_floats(op: Op) -> Callable[..., Any]:
    """The function that computes an elementwise op on floats."""
    return op.scalar or (lambda *numbers, **settings: float(op.forward(*numbers, **settings)))


def build(
    op: Op, value_class: type, helpers: dict[str, Any], reverse: bool = False
) -> Callable[..., Any]:
    """Make an op's fast method.

    Args:
        op: An elementwise op of one or two inputs, its settings filled in.
        value_class: The class whose nodes it makes.
        helpers: ``record`` and ``constant``, for what is not the common case.
        reverse: For two inputs, whether the Value is the second and the other a number.

    Returns:
        A function of nodes (and numbers).
    """
    source = source_of(op, reverse)
    filename = f"<autograd {op.name}{' reversed' if reverse else ''}>"
    names: dict[str, Any] = {
        "__name__": __name__,  # so that the search for the user's line passes over it
        "OP": op,
        "Value": value_class,
        "compute": on_floats(op),
        "evaluate": evaluate,
        "inf": float("inf"),
        "mode": mode,
        "nan": float("nan"),
        "new": object.__new__,
        **{name: on_floats(other) for name, other in OPS.items() if other.partials is not None},
        **helpers,
    }
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    exec(compile(source, filename, "exec"), names)
    made: Callable[..., Any] = names[op.name]
    names[op.name] = on_floats(op.base or op)  # a slope may name its own op, as sinc's does
    made.__doc__ = op.doc
    return made
