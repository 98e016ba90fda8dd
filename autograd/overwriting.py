"""Results that nobody but their graph knows: written over, and computed anew if somebody looks.

Behind a layer stands an activation, and what the layer gave is not needed any more: not for the
activation's way back, which can be told from what came out, and not for the layer's, which is told
from what went in.  So the activation takes over its array.  Should somebody look at the layer's
result later (a picture, a second derivative), the layer computes it again from its inputs, which
the graph holds: bit for bit the same.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import getrefcount
from typing import Any

import numpy as np

from autograd.buffers import is_ours_alone
from autograd.forms import SMALL
from autograd.op import OPS, Op
from autograd.recording import mode
from autograd.tensor import Tensor
from autograd.tensor_nodes import recorded
from autograd.tensor_record import NOTHING
from autograd.tensor_sending import from_result, without_result

__all__ = ["OVER", "TEMPORARY", "apply_over"]

# ops whose way back does not ask for their result; ops that are told from theirs, written in place
_FORGOTTEN = frozenset({"add", "conv", "conv_bias", "linear", "matmul"})
OVER: dict[str, Callable[[Any], Any]] = {
    "relu": lambda array: array.clip(0, np.inf, out=array),
    "tanh": lambda array: np.tanh(array, out=array),
}


def apply_over(op: Op, x: Any) -> Any:
    """Apply an activation to a result that only the caller and its graph know.

    Args:
        op: relu or tanh.
        x: A Tensor; the caller has made sure that nobody else holds it.

    Returns:
        The result, in the array of ``x`` where that may be; with the same graph in any case.

    Example:
        >>> x = Tensor(np.ones((64, 64)), requires_grad=True)
        >>> y = x @ np.eye(64)
        >>> z = apply_over(OPS["relu"], y)
        >>> z.sum().backward()
        >>> bool((x.grad == 1).all()), bool((y.numpy() == 1).all())  # y is computed again
        (True, True)
    """
    made_by: Op | None = x.op
    if mode.special or made_by is None or made_by.name not in _FORGOTTEN or x.info is not None:
        return op(x)
    if made_by is not OPS[made_by.name]:  # somebody's own of that name
        return op(x)
    array = x._data
    if (
        type(array) is not np.ndarray
        or array.nbytes <= SMALL
        or array.dtype.kind != "f"
        or x.out is not array
        or not is_ours_alone(array, _HELD)
    ):
        return op(x)
    x.send = without_result(made_by)
    del x._data, x.out  # ``TensorRecord`` computes them again
    made = recorded(op, OVER[op.name](array), (x,), (), NOTHING, x.line)
    made.send = from_result(op)
    del made.args
    return made


def _references_held() -> int:
    """Count what ``apply_over`` and the Tensor hold of an array: interpreters differ."""
    x = Tensor(np.empty(0))
    x.out = x._data
    array = x._data
    return getrefcount(array)


def _references_of_a_local(x: Any) -> int:
    """Count what the interpreter holds of an argument that was given anew, as in ``Sequential``."""
    x = Tensor(x)
    return getrefcount(x)


_HELD = _references_held()
TEMPORARY = _references_of_a_local(0.0)
