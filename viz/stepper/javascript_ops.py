"""What the page needs to compute with an op: its value and its derivatives as JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from autograd.op import OPS, Op
from autograd.symbol import Symbol
from viz.stepper.javascript_writer import Unwritable, javascript, javascript_rows, settings_object
from viz.stepper.row_symbols import RowSymbol

_SIGNS = {"add", "sub", "mul", "div", "neg"}  # written as signs, not called
# what javascript_rows writes in a way of its own
_REWRITTEN = {"broadcast_to", "concatenate", "expand_dims", "getitem", "moveaxis", "reshape"}
_IN_HALVES = {"weighted_sum": (1, 1, 0), "matmul": (1, 1)}  # which of their inputs are lists
_AXES = ("axis", "keepdims")  # say nothing about one row
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """out rows arguments await break case catch class const continue debugger default delete do
        else enum eval export extends false finally for function if implements import in instanceof
        interface let new null package private protected public return static super switch this
        throw true try typeof var void while with yield undefined NaN Infinity""",
    )
)
# what Python raises when a function of floats is given a symbol
_UNREADABLE = (TypeError, ValueError, AttributeError, KeyError, IndexError, NotImplementedError)


@dataclass(frozen=True)
class OpSource:
    """One op, its settings filled in, as JavaScript.

    Attributes:
        value: An arrow function of the inputs.
        slopes: Per input an arrow function of the result and the inputs; None where the op is not
            differentiated.
        domain: Per input an arrow function of it that says whether it lies in the domain, or None.
        needed: Per input what the domain asks for, in words; empty where it asks for nothing.
        sizes: How the inputs divide into rows, None for one number; empty if all are numbers.
        callees: Further functions that these call, as (name, source).
    """

    value: str
    slopes: tuple[str | None, ...]
    domain: tuple[str | None, ...]
    needed: tuple[str, ...]
    sizes: tuple[int | None, ...] = ()
    callees: tuple[tuple[str, str], ...] = ()


@cache
def page_functions(file: str = "primitives.js") -> frozenset[str]:
    """Read which functions the page has by name, from the table in its own script.

    Args:
        file: ``"primitives.js"`` (of numbers) or ``"rows.js"`` (of rows of numbers).

    Returns:
        Their names.

    Example:
        >>> {"tanh", "erf", "logaddexp"} <= page_functions()
        True
    """
    script = (files("viz") / "assets" / "stepper" / file).read_text(encoding="utf-8")
    return frozenset(re.findall(r"^  (\w+)(?:: |\()", script.partition("= {\n")[2], re.MULTILINE))


def op_source(op: Op) -> OpSource | str:
    """Write an elementwise op as JavaScript, from its own formulas.

    Args:
        op: The op, its settings filled in.

    Returns:
        The JavaScript; or why there is none, in a clause.

    Example:
        >>> op_source(OPS["tanh"]).slopes
        ('(out, x) => (1 - out) * (1 + out)',)
    """
    if op.partials is None or op.variadic or not op.differentiable:
        return f"{op.name} does not make a number of single numbers"
    names = _parameters(op)
    symbols = [Symbol(name) for name in names]
    try:
        slopes = [d and d(Symbol("out"), *symbols) for d in op.partials]
        tests = [domain.contains(s) for domain, s in zip(op.domain, symbols, strict=True)]
        domain = [None if _is_always_true(t) else javascript(t) for t in tests]
        return OpSource(
            value=_arrow(names, _value(op, names)),
            slopes=tuple(
                None if d is None else _arrow(["out", *names], javascript(slope))
                for d, slope in zip(op.partials, slopes, strict=True)
            ),
            domain=tuple(t and _arrow([n], t) for t, n in zip(domain, names, strict=True)),
            needed=tuple(
                d.describe(n) if t else ""
                for d, t, n in zip(op.domain, domain, op.inputs, strict=True)
            ),
            callees=tuple(_callees(_called([*slopes, _formula(op, symbols)]), op)),
        )
    except Unwritable as problem:
        return f"{op.name}: {problem}"
    except _UNREADABLE:
        return f"{op.name}: its derivative cannot be read with symbols"


def list_source(op: Op, count: int) -> OpSource | str:
    """Write an op that makes one number of lists of Values as JavaScript, from its vjp.

    Args:
        op: The op, its settings filled in.
        count: How many numbers it is given altogether.

    Returns:
        The JavaScript, in which every list is a row; or why there is none, in a clause.

    Example:
        >>> list_source(OPS["weighted_sum"], 5).slopes[0]
        '(out, weights, inputs, bias) => rows.mul(1.0, inputs)'
    """
    sizes = _sizes(op, count)
    if op.name not in page_functions("rows.js") or not isinstance(op.vjp, tuple) or not sizes:
        return f"{op.name}: the page cannot compute it of a list"
    names = _parameters(op)
    try:
        symbols: list[Symbol] = [
            RowSymbol(name, shape=() if size is None else (size,))
            for name, size in zip(names, sizes, strict=True)
        ]
        one, out = RowSymbol("one", shape=()), RowSymbol("out", shape=())
        slopes = [formula and formula(one, out, *symbols) for formula in op.vjp]
        missing = _called(slopes) - page_functions("rows.js") - page_functions() - _REWRITTEN
        if missing:
            return f"{op.name}: its derivative needs {min(missing)}, which the page does not have"
        settings = {n: v for n, v in (op.filled or op.settings).items() if n not in _AXES}
        return OpSource(
            value=_arrow(names, f"rows.{op.name}({', '.join(names)}{settings_object(settings)})"),
            slopes=tuple(
                None if s is None else _arrow(["out", *names], javascript_rows(s, {"one": "1.0"}))
                for s in slopes
            ),
            domain=(None,) * len(names),
            needed=("",) * len(names),
            sizes=sizes,
        )
    except Unwritable as problem:
        return f"{op.name}: {problem}"
    except _UNREADABLE:
        return f"{op.name}: its derivative cannot be read with symbols"


def _sizes(op: Op, count: int) -> tuple[int | None, ...]:
    """How a number of inputs divides into the lists that the op takes; empty if unknown."""
    if len(op.inputs) == 1 and not op.variadic:
        return (count,)
    return tuple(count // 2 if is_list else None for is_list in _IN_HALVES.get(op.name, ()))


def _parameters(op: Op) -> list[str]:
    """Names for the inputs that JavaScript takes and that hide no function."""
    taken = _WORDS | set(OPS) | page_functions()
    plain = [n for n in op.inputs if re.fullmatch(r"[A-Za-z]\w*", n, re.ASCII) and n not in taken]
    return plain if len(plain) == len(op.inputs) else [f"x{i}_" for i in range(len(op.inputs))]


def _arrow(names: Sequence[str], body: str) -> str:
    return f"({', '.join(names)}) => {body}"


def _value(op: Op, names: Sequence[str]) -> str:
    """The value: the op's own function where it is plain arithmetic, else the page's by name."""
    formula = _formula(op, [Symbol(name) for name in names])
    if formula is not None:
        return javascript(formula)
    if _is_known(op):
        return f"{op.name}({', '.join(names)}{settings_object(op.filled or op.settings)})"
    raise Unwritable("its value is computed by Python code that the page cannot run")


def _is_known(op: Op) -> bool:
    """Whether the page has this op's function; a user's own op may bear the same name."""
    module = getattr((op.base or op).forward, "__module__", "")
    return op.name in page_functions() and module.startswith("autograd.ops.")


def _formula(op: Op, symbols: Sequence[Symbol]) -> Any:
    """The op's own function read with symbols; None if it is not plain arithmetic."""
    for function in (op.scalar, None if _is_known(op) else op.forward):
        if function is None:
            continue
        try:
            read = function(*symbols)
        except _UNREADABLE:
            continue
        if isinstance(read, (int, float)):
            return read
        if isinstance(read, Symbol) and (op.name in _SIGNS or op.name not in _called([read])):
            return read
    return None


def _is_always_true(test: Any) -> bool:
    """Whether a domain only asks x == x, which the real numbers all do."""
    return not isinstance(test, Symbol) or (test.head == "==" and test.args[0] is test.args[1])


def _called(formulas: Sequence[Any]) -> set[str]:
    """The names of the ops in some formulas."""
    found: set[str] = set()
    for formula in formulas:
        if isinstance(formula, Symbol):
            if isinstance(formula.head, Op):
                found.add(formula.head.name)
            found |= _called(formula.args)
    return found


def _callees(called: set[str], op: Op) -> Iterator[tuple[str, str]]:
    """The functions that formulas call and the page does not have: ops of the user's own."""
    for name in sorted(called - page_functions() - _SIGNS):
        found = OPS.get(name)
        fits = re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) and name not in _WORDS
        if found is None or found is (op.base or op) or found.settings or not fits:
            raise Unwritable(f"its formula calls {name}, which the page does not have")
        names = _parameters(found)
        formula = _formula(found, [Symbol(n) for n in names])
        yield from _callees(_called([formula]), found)
        yield name, _arrow(names, _value(found, names))
