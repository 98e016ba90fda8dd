"""A fused operation on arrays of Values: the operations that it stands for, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import OPS, Op
from autograd.operators import Operators

__all__ = ["in_parts"]


class _Numbers(Operators):
    """An array whose elements are Values, which operations can be written with."""

    __slots__ = ("apply_all", "elements")
    __array_ufunc__ = None  # an array on the other side leaves the arithmetic to this
    apply_rank = 4
    dtype = np.dtype(float)

    def __init__(self, elements: Any, apply_all: Callable[..., Any]) -> None:
        self.elements = elements
        self.apply_all = apply_all

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each axis."""
        shape: tuple[int, ...] = self.elements.shape
        return shape

    def __getitem__(self, index: Any) -> Any:
        return OPS["getitem"](self, index=index)

    @staticmethod
    def apply_op(op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Apply an op number by number."""
        parts = [a.elements if isinstance(a, _Numbers) else np.asarray(a, object) for a in args]
        apply_all = next(a.apply_all for a in args if isinstance(a, _Numbers))
        found = apply_all(op, parts, settings)
        if found is None:
            raise TypeError(f"{op.name} cannot be taken apart")
        return _Numbers(found, apply_all)


def in_parts(
    op: Op, inputs: Sequence[Any], settings: Mapping[str, Any], apply_all: Callable[..., Any]
) -> Any:
    """Carry out the operations that a fused one is made of.

    Args:
        op: the fused operation.
        inputs: its inputs as arrays of Values and floats.
        settings: its settings.
        apply_all: carries out one operation on such arrays.

    Returns:
        The result as an array of Values and floats.
    """
    assert op.made_of is not None
    found: Any = op.made_of(*(_Numbers(part, apply_all) for part in inputs), **settings)
    return found.elements
