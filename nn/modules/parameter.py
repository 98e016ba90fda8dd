"""Parameter: a Tensor that a model learns."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, Value

__all__ = ["Parameter", "fitting"]


class Parameter(Tensor):
    """A Tensor that belongs to a model and that training changes.

    Args:
        data: An array (copied), or a list of numbers or of lists of them.
        requires_grad: Whether gradients reach it; False freezes it.
        dtype: The kind of number; what NumPy makes of the data by default.
        label: A name, shown in pictures and messages.

    Raises:
        TypeError: If the data are no real numbers, or whole numbers that shall be learned.

    Example:
        >>> weight = Parameter([[1.0, 2.0]])
        >>> (weight * 3).sum().backward()
        >>> weight.grad
        array([[3., 3.]])
        >>> weight
        Parameter([[1., 2.]], requires_grad=True)
    """

    __slots__ = ()

    def __init__(
        self, data: Any, requires_grad: bool = True, dtype: Any = None, label: str | None = None
    ) -> None:
        super().__init__(data, requires_grad, dtype, label)

    def __repr__(self) -> str:
        wider = " " * (len("Parameter") - len("Tensor"))
        return super().__repr__().replace("Tensor", "Parameter", 1).replace("\n", "\n" + wider)


def fitting(node: Any, given: Any) -> Any:
    """What came for a parameter, as an array of its shape and dtype and nobody else's."""
    array = np.asarray(given)  # astype below copies; np.array would ask PyTorch to
    wanted = np.shape(node.data) if isinstance(node, Value) else node.shape
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{array.dtype} came; real numbers are needed")
    if array.shape != wanted:
        raise ShapeError(f"shape {array.shape} came; {wanted} is needed")
    dtype = np.dtype(float) if isinstance(node, Value) else node.dtype
    if not np.can_cast(array.dtype, dtype, "same_kind"):
        raise TypeError(f"{array.dtype} came; {dtype} is needed")
    made = np.empty(wanted, dtype) if isinstance(node, Value) else np.empty_like(node.numpy())
    made[...] = array  # in the order in memory that the parameter has
    return made
