"""What may stand beside a node as an input of an op, and the words when something else came."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OperationError
from autograd.node import Node
from autograd.op import Op

__all__ = ["as_float", "mixing", "number_for"]


def as_float(data: Any) -> float:
    """Make a float of one real number.

    Args:
        data: A Python or NumPy number, or an array of one element.

    Returns:
        The float.

    Raises:
        TypeError: If anything else came.
    """
    if isinstance(data, (int, float, np.integer, np.floating, np.bool_)):
        return float(data)
    if isinstance(data, np.ndarray) and data.size == 1 and data.dtype.kind in "fiub":
        return float(data.reshape(()))
    if isinstance(data, Node):
        raise TypeError(
            "Value: a Value came; it is one already (use .detach() for a copy without its graph)"
        )
    shape = f" of shape {data.shape}" if hasattr(data, "shape") else ""
    raise TypeError(
        f"Value: {type(data).__name__}{shape} came; a Value holds one real number"
        + (" (use Tensor for arrays)" if shape or isinstance(data, (list, tuple)) else "")
    )


def number_for(op: Op, a: Any) -> float:
    """Make a float of an op's constant input.

    Args:
        op: The op, for the message.
        a: What came beside a Value.

    Returns:
        The float.

    Raises:
        OperationError: If it is not one real number.
    """
    if isinstance(a, (int, float, np.number, np.bool_)) and not isinstance(a, complex):
        return float(a)
    shape = f" of shape {a.shape}" if hasattr(a, "shape") else ""
    raise OperationError(
        f"{op.name}: {type(a).__name__}{shape} came beside a Value; give numbers or Values"
    )


def mixing(op: Op) -> TypeError:
    """The error for an op that was given both a Value and a Tensor."""
    return TypeError(
        f"{op.name}: a Value and a Tensor do not mix: turn the Tensor into Values with "
        ".to_values(), or the Values into a Tensor with tensor_from_values(...)"
    )
