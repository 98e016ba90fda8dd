"""PyTorch's functions whose calling form is their own, said in our ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import OperationError, ShapeError
from autograd.op import OPS
from autograd.ops.arrange import concatenate
from autograd.ops.products import matmul
from autograd.ops.shape import reshape

__all__ = [
    "addcdiv",
    "addcmul",
    "addmm",
    "cdist",
    "clamp_max",
    "clamp_min",
    "hstack",
    "lerp",
    "meshgrid",
    "rsqrt",
    "std_mean",
    "var_mean",
    "vstack",
]


def addmm(x: Any, first: Any, second: Any) -> Any:
    """Add a matrix product to a tensor.

    Args:
        x: A tensor that broadcasts against the product.
        first: Shape (n, k).
        second: Shape (k, m).

    Returns:
        x + first @ second.

    Example:
        >>> from autograd import eye
        >>> addmm(1.0, eye(2), eye(2)).tolist()
        [[2.0, 1.0], [1.0, 2.0]]
    """
    return x + matmul(first, second)


def addcmul(x: Any, first: Any, second: Any, *, value: float = 1) -> Any:
    """Add value · first · second, element by element.

    Example:
        >>> from autograd import ones
        >>> addcmul(ones(2), ones(2), ones(2), value=3).tolist()
        [4.0, 4.0]
    """
    return x + value * first * second


def addcdiv(x: Any, first: Any, second: Any, *, value: float = 1) -> Any:
    """Add value · first / second, element by element.

    Example:
        >>> from autograd import ones
        >>> addcdiv(ones(2), ones(2), 2 * ones(2)).tolist()
        [1.5, 1.5]
    """
    return x + value * first / second


def lerp(x: Any, end: Any, weight: Any) -> Any:
    """Go a share of the way from x to the end: x + weight · (end - x).

    Example:
        >>> from autograd import Tensor
        >>> Tensor([0.0, 2.0]).lerp(Tensor([10.0, 2.0]), 0.25).tolist()
        [2.5, 2.0]
    """
    return x + weight * (end - x)


def cdist(x1: Any, x2: Any, p: float = 2.0) -> Any:
    """Take the distance of each vector of one set to each of another.

    Args:
        x1: Shape (..., n, size).
        x2: Shape (..., m, size).
        p: Which length: the sum of |x|ᵖ, and its root.

    Returns:
        Shape (..., n, m).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> from autograd import Tensor
        >>> cdist(Tensor([[0.0, 0.0], [3.0, 0.0]]), Tensor([[3.0, 4.0]])).tolist()
        [[5.0], [4.0]]
    """
    if min(np.ndim(x1), np.ndim(x2)) < 2 or np.shape(x1)[-1] != np.shape(x2)[-1]:
        raise ShapeError(
            f"cdist: shapes {np.shape(x1)} and {np.shape(x2)} came; (..., n, size) and "
            "(..., m, size) are needed"
        )
    apart = OPS["sub"](OPS["expand_dims"](x1, axis=-2), OPS["expand_dims"](x2, axis=-3))
    return OPS["norm"](apart, ord=p, axis=-1)


def std_mean(x: Any, dim: Any = None, **settings: Any) -> tuple[Any, Any]:
    """Give the deviation and the mean, along axes or of all.

    Args:
        x: Any shape.
        dim: The axes; all by default.
        settings: ``keepdim=``; ``correction=`` or ``unbiased=`` for the deviation.

    Returns:
        The pair.

    Example:
        >>> from autograd import Tensor
        >>> deviation, middle = std_mean(Tensor([1.0, 2.0, 3.0]))
        >>> deviation.item(), middle.item()
        (1.0, 2.0)
    """
    kept = {name: value for name, value in settings.items() if name.startswith("keepdim")}
    return OPS["std"](x, axis=dim, **settings), OPS["mean"](x, axis=dim, **kept)


def var_mean(x: Any, dim: Any = None, **settings: Any) -> tuple[Any, Any]:
    """Give the variance and the mean, along axes or of all; see ``std_mean``.

    Example:
        >>> from autograd import Tensor
        >>> spread, middle = var_mean(Tensor([1.0, 2.0, 3.0]))
        >>> spread.item(), middle.item()
        (1.0, 2.0)
    """
    kept = {name: value for name, value in settings.items() if name.startswith("keepdim")}
    return OPS["var"](x, axis=dim, **settings), OPS["mean"](x, axis=dim, **kept)


def meshgrid(*vectors: Any, indexing: str = "ij") -> list[Any]:
    """Spread vectors over a grid: one tensor of the grid's shape for each.

    Args:
        vectors: Tensors or arrays of one axis; or one list of them.
        indexing: "ij": the first runs along the first axis, as in PyTorch; "xy": along the second.

    Returns:
        A list of tensors.

    Raises:
        OperationError: If the indexing is unknown.

    Example:
        >>> from autograd import arange
        >>> rows, columns = meshgrid(arange(2), arange(3))
        >>> rows.tolist(), columns.tolist()
        ([[0, 0, 0], [1, 1, 1]], [[0, 1, 2], [0, 1, 2]])
    """
    if indexing not in ("ij", "xy"):
        raise OperationError(f"meshgrid: indexing={indexing!r} came; 'ij' or 'xy' is needed")
    given = list(vectors[0] if isinstance(vectors[0], (list, tuple)) else vectors)
    places = list(range(len(given)))
    if indexing == "xy" and len(given) > 1:
        places[:2] = [1, 0]
    sizes = [0] * len(given)
    for place, vector in zip(places, given, strict=True):
        sizes[place] = int(np.size(vector))
    return [
        OPS["broadcast_to"](
            reshape(vector, shape=tuple(-1 if i == place else 1 for i in range(len(given)))),
            shape=tuple(sizes),
        )
        for place, vector in zip(places, given, strict=True)
    ]


def rsqrt(x: Any) -> Any:
    """Divide 1 by the square root.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([4.0], requires_grad=True)
        >>> y = x.rsqrt()
        >>> y.backward()
        >>> y.tolist(), x.grad
        ([0.5], array([-0.0625]))
    """
    return OPS["reciprocal"](OPS["sqrt"](x))


def clamp_min(x: Any, min: float) -> Any:
    """Raise what is less to this number.

    Example:
        >>> from autograd import Tensor
        >>> Tensor([-1.0, 2.0]).clamp_min(0.0).tolist()
        [0.0, 2.0]
    """
    return OPS["clip"](x, min=min)


def clamp_max(x: Any, max: float) -> Any:
    """Lower what is more to this number.

    Example:
        >>> from autograd import Tensor
        >>> Tensor([-1.0, 2.0]).clamp_max(0.0).tolist()
        [-1.0, 0.0]
    """
    return OPS["clip"](x, max=max)


def hstack(arrays: Sequence[Any]) -> Any:
    """Join side by side: along the second axis, or the only one.

    Args:
        arrays: Tensors or arrays.

    Returns:
        The joined tensor.

    Example:
        >>> from autograd import ones
        >>> hstack([ones(2, 1), ones(2, 3)]).shape, hstack([ones(1), ones(2)]).shape
        ((2, 4), (3,))
    """
    parts = [reshape(part, shape=(1,)) if np.ndim(part) == 0 else part for part in arrays]
    return concatenate(parts, axis=0 if not parts or np.ndim(parts[0]) == 1 else 1)


def vstack(arrays: Sequence[Any]) -> Any:
    """Join one below the other, vectors as rows.

    Args:
        arrays: Tensors or arrays.

    Returns:
        The joined tensor.

    Example:
        >>> from autograd import ones
        >>> vstack([ones(3), ones(2, 3)]).shape
        (3, 3)
    """
    parts = [reshape(part, shape=(1, -1)) if np.ndim(part) < 2 else part for part in arrays]
    return concatenate(parts, axis=0)
