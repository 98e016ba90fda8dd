"""Functions that NumPy and PyTorch answer differently: the word ``dim`` asks as in PyTorch.

``x.max(axis=1)`` gives the values, as NumPy; ``x.max(dim=1)`` and, of a tensor, ``x.max(1)`` give
the values and their places, as PyTorch.  docs/conventions.md lists all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OperationError, ShapeError
from autograd.op import OPS
from autograd.ops import arrange
from autograd.picked import Picked

__all__ = ["amax", "amin", "argsort", "max", "min", "sort", "split", "squeeze", "topk"]

amax, amin = OPS["max"], OPS["min"]  # values only, in PyTorch, too

_TENSOR_RANK = 2  # of Tensor.apply_rank, and below those of what stands in for a Tensor


def _is_tensor(x: Any) -> bool:
    return getattr(type(x), "apply_rank", 0) >= _TENSOR_RANK


def _is_whole(dim: Any) -> bool:
    return isinstance(dim, (int, np.integer)) and not isinstance(dim, bool)


def _axis(name: str, x: Any, dim: Any) -> int:
    ndim = np.ndim(x)
    if not _is_whole(dim):
        instead = f"use a{name} for several axes" if name in ("max", "min") else "give a number"
        raise OperationError(f"{name}: dim={dim!r} came; one axis is needed: {instead}")
    if not -ndim <= dim < ndim:
        raise ShapeError(
            f"{name}: dim={dim} came for a tensor of {ndim} axes; count them from 0, or from the "
            "end with -1"
        )
    return int(dim)


def _extreme(name: str, x: Any, args: Any, settings: dict[str, Any]) -> Any:
    if not args and settings.keys() == {"other"}:
        args, settings = (settings["other"],), {}
    if len(args) == 1 and not settings and _is_operand(args[0]):
        return OPS[f"{name}imum"](x, args[0])
    if len(args) == 1 and "keepdim" in settings and "dim" not in settings:
        args, settings = (), {"dim": args[0], **settings}  # PyTorch's word, PyTorch's answer
    elif not settings and len(args) in (1, 2) and _is_tensor(x) and _is_whole(args[0]):
        args, settings = (), dict(zip(("dim", "keepdim"), args, strict=False))
    if "dim" not in settings:
        return OPS[name](x, *args, **settings)
    keep = settings.get("keepdim", settings.get("keepdims", False))
    if args or settings.keys() - {"dim", "keepdim", "keepdims"}:
        raise OperationError(
            f"{name}: other settings came beside dim; leave them out, only keepdim goes with it"
        )
    if np.ndim(x) == 0 and settings["dim"] in (0, -1):  # PyTorch takes one number for a row of it
        return Picked(OPS[name](x), OPS[f"arg{name}"](x))
    axis = _axis(name, x, settings["dim"])
    places = OPS[f"arg{name}"](x, axis=axis, keepdims=True)
    values = OPS["take_along_axis"](x, places, axis)
    if keep:
        return Picked(values, places)
    return Picked(OPS["squeeze"](values, axis=axis), OPS["squeeze"](places, axis=axis))


def _is_operand(other: Any) -> bool:
    """Whether it is a second tensor and no axis."""
    return _is_tensor(other) or (hasattr(other, "shape") and np.ndim(other) > 0)


def max(x: Any, *args: Any, **settings: Any) -> Any:
    """Greatest element: of all, or along axes; or of two tensors, element by element.

    Args:
        x: Any shape.
        args: Of a tensor ``dim`` and ``keepdim``, as PyTorch has them (several axes, and those of
            an array, are NumPy's ``axis``); or a second tensor.
        settings: ``axis=``, ``keepdims=`` for NumPy's answer; ``dim=``, ``keepdim=`` for PyTorch's.

    Returns:
        The values; asked as in PyTorch, the pair ``(values, indices)``, of which the first of equal
        elements gets the gradient.

    Raises:
        ShapeError: If there is no such axis.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[1.0, 4.0], [3.0, 2.0]], requires_grad=True)
        >>> values, indices = x.max(1)
        >>> values.sum().backward()
        >>> values.tolist(), indices.tolist(), x.grad.tolist()
        ([4.0, 3.0], [1, 0], [[0.0, 1.0], [1.0, 0.0]])
        >>> x.max(axis=1).tolist()
        [4.0, 3.0]
    """
    return _extreme("max", x, args, settings)


def min(x: Any, *args: Any, **settings: Any) -> Any:
    """Least element: of all, or along axes; or of two tensors, element by element.

    Args:
        x: Any shape.
        args: Of a tensor ``dim`` and ``keepdim``, as PyTorch has them (several axes, and those of
            an array, are NumPy's ``axis``); or a second tensor.
        settings: ``axis=``, ``keepdims=`` for NumPy's answer; ``dim=``, ``keepdim=`` for PyTorch's.

    Returns:
        The values; asked as in PyTorch, the pair ``(values, indices)``.

    Raises:
        ShapeError: If there is no such axis.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[1.0, 4.0], [3.0, 2.0]])
        >>> x.min().item(), x.min(dim=0, keepdim=True).indices.tolist()
        (1.0, [[0, 1]])
    """
    return _extreme("min", x, args, settings)


def argsort(
    x: Any, axis: int = -1, descending: bool = False, *, dim: int | None = None, stable: bool = True
) -> Any:
    """Order that would sort; equal elements keep theirs.

    Args:
        x: Any shape.
        axis: The axis.
        descending: Whether the greatest comes first.
        dim: PyTorch's word for the axis.
        stable: PyTorch's switch: the order of equal elements is kept anyway.

    Returns:
        Whole numbers, of x's shape; no gradient passes.

    Example:
        >>> from autograd import Tensor
        >>> Tensor([2.0, 3.0, 2.0]).argsort(descending=True).tolist()
        [1, 0, 2]
    """
    along = axis if dim is None else _axis("argsort", x, dim)
    if not descending:
        return OPS["argsort"](x, axis=along)
    # backwards there and back, so that equal elements keep their order
    rising = OPS["argsort"](OPS["flip"](x, axis=along), axis=along)
    return np.shape(x)[along] - 1 - OPS["flip"](rising, axis=along)


def sort(
    x: Any,
    axis: int = -1,
    descending: bool | None = None,
    *,
    dim: int | None = None,
    stable: bool | None = None,
) -> Any:
    """Elements in rising or falling order along an axis; equal ones keep theirs.

    Args:
        x: Any shape.
        axis: The axis.
        descending: Whether the greatest comes first: PyTorch's word, with PyTorch's answer.
        dim: The axis: PyTorch's word, with PyTorch's answer.
        stable: PyTorch's switch: the order of equal elements is kept anyway.

    Returns:
        The elements, as NumPy; asked with one of PyTorch's words, the pair ``(values, indices)``.

    Raises:
        ShapeError: If there is no such axis.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([2.0, 3.0, 1.0])
        >>> values, indices = x.sort(descending=True)
        >>> x.sort().tolist(), values.tolist(), indices.tolist()
        ([1.0, 2.0, 3.0], [3.0, 2.0, 1.0], [1, 0, 2])
    """
    if dim is None and descending is None and stable is None:
        return OPS["sort"](x, axis=axis)
    along = _axis("sort", x, axis if dim is None else dim)
    places = argsort(x, along, bool(descending))
    return Picked(OPS["take_along_axis"](x, places, along), places)


def topk(x: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Picked:
    """Pick the k greatest (or least) elements along an axis, the most extreme first.

    Args:
        x: Any shape.
        k: How many.
        dim: The axis.
        largest: False for the least.
        sorted: PyTorch's switch: they come in order anyway.

    Returns:
        The pair ``(values, indices)``.

    Raises:
        ShapeError: If there is no such axis, or it is shorter than k.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([1.0, 5.0, 3.0], requires_grad=True)
        >>> values, indices = x.topk(2)
        >>> (values * values).sum().backward()
        >>> values.tolist(), indices.tolist(), x.grad
        ([5.0, 3.0], [1, 2], array([ 0., 10.,  6.]))
    """
    axis = _axis("topk", x, dim)
    size = np.shape(x)[axis]
    if not isinstance(k, (int, np.integer)) or not 0 <= k <= size:
        raise ShapeError(f"topk: k={k!r} came; axis {dim} has {size} elements, so 0 to {size}")
    places = argsort(x, axis, largest)[(slice(None),) * (axis % np.ndim(x)) + (slice(int(k)),)]
    return Picked(OPS["take_along_axis"](x, places, axis), places)


def squeeze(x: Any, *dims: Any, axis: Any = None, dim: Any = None) -> Any:
    """Remove axes of size 1: all of them, or those named.

    Args:
        x: Any shape.
        dims: Axes to remove, each if its size is 1, as in PyTorch.
        axis: Axes to remove; each must be of size 1, as in NumPy.
        dim: Axes to remove, each if its size is 1, as in PyTorch.

    Returns:
        The same elements with fewer axes.

    Raises:
        ShapeError: If there is no such axis, or ``axis=`` names one of another size.

    Example:
        >>> from autograd import zeros
        >>> x = zeros(1, 3, 1)
        >>> x.squeeze().shape, x.squeeze(0).shape, x.squeeze(dim=1).shape
        ((3,), (3, 1), (1, 3, 1))
    """
    named = dim if dim is not None else (dims[0] if len(dims) == 1 else dims or None)
    if named is None:
        return OPS["squeeze"](x, axis=axis)
    shape = np.shape(x)
    wanted = [named] if isinstance(named, (int, np.integer)) else list(named)
    places = {_axis("squeeze", x, one) % len(shape) for one in wanted}
    return OPS["squeeze"](x, axis=tuple(place for place in places if shape[place] == 1))


def split(
    x: Any, indices_or_sections: Any = None, axis: int = 0, *, dim: Any = None, **sizes: Any
) -> list[Any]:
    """Cut into parts along an axis.

    Args:
        x: Any shape.
        indices_or_sections: How many equal parts, or the places to cut at, as in NumPy; with
            ``dim``, the size of a part (the last may be smaller), or all sizes, as in PyTorch.
        axis: The axis.
        dim: The axis: PyTorch's word, with PyTorch's answer.
        sizes: PyTorch's words for the size: ``split_size=`` or ``split_size_or_sections=``.

    Returns:
        A list of the parts.

    Raises:
        ShapeError: If the axis does not divide, or the sizes do not add up to it.

    Example:
        >>> from autograd import arange
        >>> [part.tolist() for part in arange(6).split(2)]
        [[0, 1, 2], [3, 4, 5]]
        >>> [part.tolist() for part in arange(6).split(2, dim=0)]
        [[0, 1], [2, 3], [4, 5]]
    """
    if unknown := sizes.keys() - {"split_size", "split_size_or_sections"}:
        raise OperationError(f"split: unknown setting {', '.join(unknown)}; give the sizes and dim")
    wanted = next(iter(sizes.values()), indices_or_sections)
    if dim is None and not sizes:
        parts: list[Any] = arrange.split(x, wanted, axis)
        return parts
    along = _axis("split", x, axis if dim is None else dim)
    size = np.shape(x)[along]
    if isinstance(wanted, (int, np.integer)):
        if wanted < 1:
            raise ShapeError(f"split: parts of size {wanted} came; at least 1 is needed")
        edges = list(range(int(wanted), size, int(wanted)))
    else:
        if any(n < 0 for n in wanted) or sum(wanted) != size:
            raise ShapeError(f"split: sizes {list(wanted)} came; they must add up to {size}")
        edges = np.cumsum(wanted)[:-1].tolist()
    parts = arrange.split(x, edges, along)
    return parts
