"""Every Python operator, written once, for all that can be an input of an op."""

from __future__ import annotations

from typing import Any

from autograd.op import Op
from autograd.ops import arithmetic, functions, products, shape

__all__ = ["OPERATORS", "Operators"]

# operator method -> (op, whether the operands come reversed)
OPERATORS: dict[str, tuple[Op, bool]] = {
    f"__{'r' if reverse else ''}{name}__": (op, reverse)
    for name, op in {
        "add": arithmetic.add,
        "sub": arithmetic.sub,
        "mul": arithmetic.mul,
        "truediv": arithmetic.div,
        "floordiv": arithmetic.floor_divide,
        "mod": arithmetic.remainder,
        "pow": functions.pow,
        "matmul": products.matmul,
    }.items()
    for reverse in (False, True)
}
OPERATORS |= {"__neg__": (arithmetic.neg, False), "__abs__": (arithmetic.abs, False)}
OPERATORS |= {"__pos__": (arithmetic.positive, False)}

_STRANGE = (str, bytes, dict, set, type(None), complex)


def _method(op: Op, reverse: bool) -> Any:
    if len(op.inputs) == 1:
        return lambda self: op(self)
    if reverse:
        return lambda self, other: (
            NotImplemented if isinstance(other, _STRANGE) else op(other, self)
        )
    return lambda self, other: NotImplemented if isinstance(other, _STRANGE) else op(self, other)


class Operators:
    """Adds the Python operators to a class that has ``apply_op``."""

    __slots__ = ()

    @property
    def T(self) -> Any:
        """The transpose: axes in reverse order."""
        return shape.transpose(self)

    @property
    def mT(self) -> Any:
        """The transpose of every matrix: the last two axes exchanged."""
        return shape.swapaxes(self, axis1=-2, axis2=-1)


for _name, (_op, _reverse) in OPERATORS.items():
    setattr(Operators, _name, _method(_op, _reverse))
