"""From Values to a Tensor; ``Tensor.to_values`` leads the other way."""

from __future__ import annotations

from typing import Any

from autograd.errors import ShapeError
from autograd.node import Node
from autograd.op import OPS
from autograd.operands import as_float
from autograd.tensor import Tensor, from_array
from autograd.value import Value

__all__ = ["tensor_from_values"]


def tensor_from_values(values: Any) -> Tensor:
    """Make a Tensor of Values, recorded: gradients flow between the two worlds.

    Args:
        values: A Value, or (nested) lists of Values and numbers, all rows of equal length.

    Returns:
        The tensor, in the lists' shape.

    Raises:
        ShapeError: If the rows differ in length.

    Example:
        >>> a, b = Value(2.0), Value(3.0)
        >>> x = tensor_from_values([a, b])
        >>> (x * x).sum().backward()
        >>> a.grad, b.grad
        (4.0, 6.0)
    """
    flat: list[Any] = []
    shape = _flatten(values, flat, ())
    made = OPS["assemble"](*flat, shape=shape)
    if not hasattr(type(made), "apply_op"):
        made = from_array(made)  # there was no Value among them
    return made  # type: ignore[no-any-return]


def _flatten(values: Any, flat: list[Any], path: tuple[int, ...]) -> tuple[int, ...]:
    if not isinstance(values, (list, tuple)):
        known = (
            isinstance(values, Value) or getattr(type(values), "apply_rank", 0) > Tensor.apply_rank
        )
        flat.append(values if known else _number(values))
        return ()
    shapes = [_flatten(item, flat, (*path, i)) for i, item in enumerate(values)]
    if any(shape != shapes[0] for shape in shapes):
        raise ShapeError(
            f"tensor_from_values: the rows at {list(path)} have the shapes {shapes}; "
            "all must be equal"
        )
    return (len(values), *(shapes[0] if shapes else ()))


def _number(item: Any) -> float:
    if isinstance(item, Node):
        raise TypeError(
            "tensor_from_values: a Tensor came among the Values: use .to_values() on it, "
            "or stack(...)"
        )
    try:
        return as_float(item)
    except TypeError:
        raise TypeError(
            f"tensor_from_values: {type(item).__name__} came; Values, numbers and lists of them "
            "are needed"
        ) from None
