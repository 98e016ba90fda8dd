"""PyTorch's answer to "which is the greatest, and where": a pair, which is no array of two."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from autograd.errors import OperationError

__all__ = ["Picked"]

_A_PAIR = (
    "Picked: a pair (values, indices) came where one array is needed; x.max(1) gives it, as in "
    "PyTorch: take its .values, or ask as in NumPy: x.max(axis=1)"
)


class Picked(NamedTuple):
    """Elements of a tensor, and where along the axis they stood.

    A tuple could be taken for an array of both; it is refused wherever an array is needed.

    Attributes:
        values: The elements; gradients go back to where they stood.
        indices: Their places, whole numbers of the same shape.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[1.0, 4.0], [3.0, 2.0]])
        >>> _, predicted = x.max(1)
        >>> predicted.tolist(), x.max(1).values.tolist()
        ([1, 0], [4.0, 3.0])
    """

    values: Any
    indices: Any

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        raise OperationError(_A_PAIR)

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(name if name.startswith("_") else f"{name}: {_A_PAIR}")


def _refuse(self: Picked, other: Any) -> NoReturn:
    raise OperationError(_A_PAIR)


for _sign in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    setattr(Picked, f"__{_sign}__", _refuse)
    setattr(Picked, f"__r{_sign}__", _refuse)
