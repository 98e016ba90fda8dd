"""The Python source of the quick ways of a Tensor, written from the op table.

An op's value and slopes are read once as the NumPy calls that they make and written out for small
arrays of one form (see ``forms``), where nothing has to be looked at: a method that records, and a
way back that sends gradients.  A derivative still stands in one place, the op.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.expressions import OUT_BY_NAME, Call, read
from autograd.forms import COMMON
from autograd.op import Op
from autograd.tensor_nodes import quickly_filled

__all__ = ["method_source", "way_back_source"]

_FLOAT = np.dtype(float)
_BY_A_NUMBER = (np.add, np.subtract, np.multiply, np.divide)  # same bits as with a plain number

_UNARY = """\
def quick_{name}(p):
    form = p.hold
    if type(form) is not Form or mode.special:
        return general(p)
    x = p._data
{value}{filled}"""
_BINARY = """\
def quick_{name}(p, q):
    form = p.hold
    kind = type(q)
    if type(form) is not Form or mode.special:
        return general(p, q)
{branches}    return general(p, q)
"""
_TENSORS = """\
    if (kind is Tensor or isinstance(q, Tensor)) and q.hold is form:
        x = p._data
        y = q._data
{value}{filled}"""
_NUMBER = """\
    if kind is float or kind is int:
        {array} = p._data
        {number} = form.numbers[q]
        out = {function}(x, y)
{filled}"""


class _Lines:
    """Calls of NumPy, one a line, that write over what is not needed any more.

    Args:
        trees: All that will be written, to know when a number was used for the last time.
    """

    def __init__(self, trees: Iterable[Any]) -> None:
        self.lines: list[str] = []
        self.functions: dict[str, Callable[..., Any]] = {}
        self.numbers: dict[str, str] = {}
        self._uses: dict[Any, int] = {}
        self._names: dict[Any, str] = {}
        for tree in trees:
            self._count(tree)

    def _count(self, tree: Any) -> None:
        if isinstance(tree, Call) and tree.function is not None:
            known = tree.key in self._uses
            self._uses[tree.key] = self._uses.get(tree.key, 0) + 1
            if not known:
                for part in tree.arguments:
                    self._count(part)

    def written(self, tree: Any, name: str = "") -> str:
        """Write what a tree needs, and give the name of its value."""
        if not isinstance(tree, Call):
            number = repr(tree)
            return self.numbers.setdefault(number, COMMON.get(number, f"n{len(self.numbers)}"))
        if tree.function is None:
            return str(tree.arguments[0])
        if tree.key not in self._names:
            parts = [self.written(part) for part in tree.arguments]
            free = self.free(tree.arguments) if tree.kind == _FLOAT else ""
            self._names[tree.key] = name or free or f"t{len(self._names)}"
            self.call(tree.function, parts, self._names[tree.key], free)
        return self._names[tree.key]

    def free(self, trees: Sequence[Any]) -> str:
        """Count a use of each, and name one that may be written over, if there is one."""
        found = ""
        for tree in trees:
            if isinstance(tree, Call) and tree.function is not None:
                self._uses[tree.key] -= 1
                if not self._uses[tree.key] and tree.kind == _FLOAT:
                    found = found or self._names[tree.key]
        return found

    def call(self, function: Any, parts: Sequence[str], name: str, over: str = "") -> None:
        """Write a call, over an array that is not needed any more if there is one."""
        self.functions[function.__name__] = function
        given = ", ".join(parts)
        if over and isinstance(function, np.ufunc):
            given += f", out={over}" if function.__name__ in OUT_BY_NAME else f", {over}"
        self.lines.append(f"{name} = {function.__name__}({given})")

    def text(self, indent: str) -> str:
        """All lines, first those that fetch plain numbers."""
        heads = [f"{name} = form.{self._kept(n)}" for n, name in self.numbers.items()]
        return "".join(f"{indent}{line}\n" for line in [*heads, *self.lines])

    @staticmethod
    def _kept(number: str) -> str:
        return COMMON.get(number, f"numbers[{number!r}]")


def _inputs(op: Op) -> list[Call]:
    return [Call(None, (name,), True, _FLOAT) for name in "xy"[: len(op.inputs)]]


def method_source(op: Op, reverse: bool = False) -> tuple[str, dict[str, Any]]:
    """Write the source of an op's quick method.

    Args:
        op: An elementwise op of one or two inputs without settings.
        reverse: For two inputs, whether the Tensor is the second.

    Returns:
        The source of one function, and the NumPy functions that it calls.

    Example:
        >>> from autograd import OPS
        >>> "tanh(x)" in method_source(OPS["tanh"])[0]
        True
    """
    tree = read(op.forward, *_inputs(op))
    lines = _Lines([tree])
    indent = "    " if len(op.inputs) == 1 else "        "
    if isinstance(tree, Call) and tree.function is not None:
        lines.written(tree, "out")
    else:
        lines.functions["forward"] = op.forward
        lines.lines.append(f"out = forward({', '.join('xy'[: len(op.inputs)])})")
    value = lines.text(indent)
    if len(op.inputs) == 1:
        filled = _filled("    ", "p", "None", "x", "", "to_all")
        return _UNARY.format(name=op.name, value=value, filled=filled), lines.functions
    branches = ""
    if not reverse:
        filled = _filled(indent, "p", "q", "x", "y", "to_all")
        branches = _TENSORS.format(value=value, filled=filled)
    if isinstance(tree, Call) and tree.function in _BY_A_NUMBER:
        links = ("None", "p", "q", "y") if reverse else ("p", "None", "x", "q")
        branches += _NUMBER.format(
            array="y" if reverse else "x",
            number="x" if reverse else "y",
            function=tree.function.__name__,
            filled=_filled(indent, *links, "to_one"),
        )
    return _BINARY.format(name=op.name, branches=branches), lines.functions


def _filled(indent: str, *names: str) -> str:
    return textwrap.indent(quickly_filled(*names), indent)


_BACK = """\
def back_{name}(node, g):
{form}{given}{sent}"""
_FORM = """\
    form = node.hold
    if type(form) is not Form:
        return general(node, g)
"""
_ADDED = """\
    old = {parent}.arrived
    {parent}.arrived = {sent} if old is None else {sum}
"""


def way_back_source(op: Op, slots: Sequence[int]) -> tuple[str, dict[str, Any]] | None:
    """Write the source of an op's quick way back, where all is of one form.

    Args:
        op: An elementwise op of one or two inputs without settings.
        slots: Which inputs are nodes; another one is a plain number.

    Returns:
        The source of a function of a node and what arrived at it, and the functions that it calls;
        None if a slope cannot be read.

    Example:
        >>> from autograd import OPS
        >>> print(way_back_source(OPS["sub"], (0, 1))[0])
        def back_sub(node, g):
            p = node.left
            q = node.right
            old = p.arrived
            p.arrived = g if old is None else add(old, g)
            g1 = negative(g)
            old = q.arrived
            q.arrived = g1 if old is None else add(old, g1, g1)
        <BLANKLINE>
    """
    inputs = _inputs(op)
    out = Call(None, ("out",), True, _FLOAT)
    assert op.partials is not None
    trees = []
    for slot in slots:
        formula = op.partials[slot]
        tree = read(formula, out, *inputs) if formula is not None else None
        if tree is None or (isinstance(tree, Call) and tree.kind not in (_FLOAT, np.dtype(bool))):
            return None
        trees.append(tree)
    if len(slots) < len(op.inputs) and any(isinstance(t, Call) and t.function for t in trees):
        return None  # with a plain number the formula may go another way
    lines = _Lines(trees)
    for slot, tree in zip(slots, trees, strict=True):
        sent = f"g{slot}"
        if not isinstance(tree, Call) and tree == 1:
            sent = "g"
        elif not isinstance(tree, Call) and tree == -1:
            lines.call(np.negative, ["g"], sent)
        elif isinstance(tree, Call) and tree.kind == np.bool_:
            lines.lines.append(f"{sent} = selected({lines.written(tree)}, g)")
        else:
            factor = lines.written(tree)
            over = lines.free([tree])
            if len(slots) < len(op.inputs) and isinstance(tree, Call) and factor != "xy"[slots[0]]:
                factor = f"form.numbers[{factor}]"
            lines.call(np.multiply, ["g", factor], sent, over)
        total = f"add(old, {sent}, {sent})" if sent != "g" else "add(old, g)"  # g is not ours
        lines.functions["add"] = np.add
        added = _ADDED.format(parent="pq"[slot], sent=sent, sum=total)
        lines.lines += added.replace("    ", "").splitlines()
    body = lines.text("    ")
    held = {"p": "left", "q": "right", "out": "out", "x": "x", "y": "y"}
    given = "".join(
        f"    {name} = node.{slot}\n"
        for name, slot in held.items()
        if re.search(rf"\b{name}\b(?!=)", body)
    )
    source = _BACK.format(
        name=op.name, form=_FORM if "form." in body else "", given=given, sent=body
    )
    return source, lines.functions
