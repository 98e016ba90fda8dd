"""Forward mode as a function of functions: jvp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.dual import Dual, new_level, primal, raw, shape_of, zeros_for
from autograd.errors import ShapeError
from autograd.kinds import is_number
from autograd.lifting import in_kind_of
from autograd.nested import leaves_of, paths_of, rebuilt, same_structure
from autograd.node import Node
from autograd.tensor import Tensor, from_array
from autograd.value import Value

__all__ = ["jvp", "moving"]


def jvp(fn: Callable[..., Any], args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Compute a function, and how fast its result changes when the arguments move.

    This is forward mode: one pass, no graph.

    Args:
        fn: A function of the arguments, with a result in any structure.
        args: The arguments, all of which move.
        tangents: How fast each moves, in the arguments' structure and shapes.

    Returns:
        The result, and its tangent in the same structure and shapes.

    Raises:
        ShapeError: If the tangents do not fit the arguments.

    Example:
        >>> import numpy as np
        >>> from autograd import tanh
        >>> jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))
        (12.0, 4.0)
        >>> jvp(tanh, (np.array([0.0, 1.0]),), (np.array([1.0, 1.0]),))[1].round(3)
        array([1.  , 0.42])
    """
    args, tangents = tuple(args), tuple(tangents)
    if not same_structure(args, tangents):
        raise ShapeError(
            f"jvp: tangents at {paths_of(tangents)} came for arguments at {paths_of(args)}: "
            "give one for each"
        )
    level = new_level()
    put = []
    for path, value, tangent in zip(
        paths_of(args), leaves_of(args), leaves_of(tangents), strict=True
    ):
        put.append(moving(value, tangent, level, f"jvp: argument {path}"))
    result = fn(*rebuilt(args, put))
    arguments, values, changes = leaves_of(args), [], []
    for leaf in leaves_of(result):
        carries = isinstance(leaf, Dual) and leaf.level == level
        value = leaf.value if carries else leaf
        values.append(in_kind_of(value, arguments))
        changes.append(in_kind_of(leaf.tangent if carries else _still(value), arguments))
    return rebuilt(result, values), rebuilt(result, changes)


def moving(value: Any, tangent: Any, level: int, name: str) -> Any:
    """Make a Dual of a number or array and a tangent that fits it.

    Args:
        value: A number, an array, a Value, a Tensor or a Dual; what is none of these stands still.
        tangent: How fast it moves.
        level: The number of the forward pass.
        name: Who asks, for the messages.

    Returns:
        The Dual.

    Raises:
        TypeError: If the value is not made of floats.
        ShapeError: If the tangent has another shape.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if not isinstance(primal(value), Node) and not is_number(primal(value)):
        kind = getattr(raw(value), "dtype", None)
        if kind is None or kind.kind != "f":
            raise TypeError(
                f"{name}: {kind or type(value).__name__} came; numbers, float arrays, "
                "Values and Tensors can move"
            )
    if is_number(value):
        value = float(value)
    if isinstance(tangent, (list, tuple)) or isinstance(primal(value), (np.ndarray, Tensor)):
        tangent = (
            tangent if isinstance(primal(tangent), Node) else np.asarray(tangent, raw(value).dtype)
        )
    if shape_of(tangent) != shape_of(value):
        raise ShapeError(
            f"{name}: a tangent of shape {shape_of(tangent)} came for shape {shape_of(value)}; "
            "they must be equal"
        )
    if isinstance(primal(value), Tensor) and isinstance(tangent, np.ndarray):
        tangent = from_array(tangent.copy())
    return Dual(value, tangent, level)


def _still(value: Any) -> Any:
    """The tangent of what does not move, in its kind."""
    if isinstance(value, Value):
        return Value(0.0)
    zeros = (
        zeros_for(value)
        if isinstance(primal(value), (Node, np.ndarray)) or is_number(value)
        else None
    )
    return from_array(zeros) if isinstance(value, Tensor) else zeros
