"""PyTorch's functions that lay elements out anew, said in our ops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import OperationError, ShapeError
from autograd.op import OPS
from autograd.ops.shape import broadcast_to, reshape, swapaxes

__all__ = [
    "expand",
    "expand_as",
    "flatten",
    "flip",
    "permute",
    "repeat",
    "reshape_as",
    "t",
    "tile",
    "transpose",
    "unflatten",
    "view",
    "view_as",
]


def view(x: Any, *shape: Any) -> Any:
    """Give x another shape: PyTorch's name for reshape.

    Args:
        x: Any shape.
        shape: The new sizes, as one tuple or as numbers; one may be -1.

    Returns:
        The same elements in that shape.

    Example:
        >>> from autograd import arange
        >>> arange(6).view(2, -1).shape
        (2, 3)
    """
    return reshape(
        x, shape=shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
    )


def permute(x: Any, *order: Any, dims: Any = None) -> Any:
    """Put the axes into another order.

    Args:
        x: Any shape.
        order: The new order, as one tuple or as numbers.
        dims: The new order, PyTorch's word.

    Returns:
        The transposed tensor.

    Example:
        >>> from autograd import zeros
        >>> zeros(2, 3, 4).permute(2, 0, 1).shape
        (4, 2, 3)
    """
    if dims is not None:
        order = tuple(dims)
    return OPS["transpose"](
        x, axes=tuple(order[0]) if len(order) == 1 and not isinstance(order[0], int) else order
    )


def transpose(x: Any, *order: Any, axes: Any = None, dim0: Any = None, dim1: Any = None) -> Any:
    """Put the axes into another order, or exchange two of them.

    Args:
        x: Any shape.
        order: None: reverse all; a tuple, or one number per axis: the new order; two numbers:
            exchange these two, as in PyTorch.
        axes: The new order, NumPy's word.
        dim0: One of the two axes to exchange, PyTorch's word.
        dim1: The other.

    Returns:
        The transposed tensor.

    Raises:
        OperationError: If only one of dim0 and dim1 came.

    Example:
        >>> from autograd import zeros
        >>> x = zeros(2, 3, 4)
        >>> x.transpose(1, 2).shape, x.transpose((2, 0, 1)).shape, x.transpose().shape
        ((2, 4, 3), (4, 2, 3), (4, 3, 2))
    """
    if dim0 is not None or dim1 is not None:
        order = (*order, *(dim for dim in (dim0, dim1) if dim is not None))
        if len(order) != 2 or axes is not None:
            raise OperationError(
                "transpose: dim0 and dim1 name the two axes to exchange: give both, no other"
            )
    if len(order) == 2 and all(isinstance(dim, (int, np.integer)) for dim in order):
        return swapaxes(x, axis1=order[0], axis2=order[1])
    if order:
        axes = order[0] if len(order) == 1 else order
    return OPS["transpose"](x, axes=None if axes is None else tuple(axes))


def flip(x: Any, *dims: Any, axis: Any = None, **settings: Any) -> Any:
    """Reverse the order along axes.

    Args:
        x: Any shape.
        dims: The axes, as one tuple or as numbers; all by default.
        axis: The axes, NumPy's word.
        settings: ``dims=``, PyTorch's word.

    Returns:
        The same elements.

    Example:
        >>> from autograd import arange
        >>> arange(4).view(2, 2).flip(0, 1).tolist()
        [[3, 2], [1, 0]]
    """
    named = dims[0] if len(dims) == 1 else dims or axis
    return OPS["flip"](x, **{"axis": named, **settings} if named is not None else settings)


def expand(x: Any, *sizes: Any) -> Any:
    """Repeat along axes of size 1; -1 keeps an axis as it is.

    Args:
        x: Any shape.
        sizes: The new sizes, as one tuple or as numbers.

    Returns:
        The broadcast tensor.

    Example:
        >>> from autograd import ones
        >>> ones(3, 1).expand(-1, 4).shape
        (3, 4)
    """
    wanted = tuple(sizes[0]) if len(sizes) == 1 and not isinstance(sizes[0], int) else sizes
    extra = len(wanted) - len(x.shape)
    shape = tuple(x.shape[i - extra] if n == -1 else n for i, n in enumerate(wanted))
    return broadcast_to(x, shape=shape)


def tile(x: Any, *counts: Any, reps: Any = None, dims: Any = None) -> Any:
    """Repeat the whole along axes: PyTorch's ``repeat``.

    Args:
        x: Any shape.
        counts: How often along each axis, as one tuple or as numbers.
        reps: The same, NumPy's word.
        dims: The same, PyTorch's word.

    Returns:
        The tiled tensor.

    Raises:
        OperationError: If it came not exactly once.

    Example:
        >>> from autograd import arange
        >>> arange(2).tile(2, 2).tolist()
        [[0, 1, 0, 1], [0, 1, 0, 1]]
    """
    named = [given for given in (reps, dims) if given is not None]
    if bool(counts) + len(named) != 1:
        raise OperationError("tile: give once how often to repeat along each axis: x.tile(2, 3)")
    wanted = counts if len(counts) > 1 else (*counts, *named)[0]
    return OPS["tile"](x, reps=wanted if isinstance(wanted, (int, np.integer)) else tuple(wanted))


def repeat(x: Any, *counts: Any, **settings: Any) -> Any:
    """Repeat each element in a row, as NumPy; PyTorch's ``repeat`` is ``tile``.

    Args:
        x: Any shape.
        counts: How often, one number or one per element; then perhaps the axis.
        settings: The same by name: ``repeats=``, ``axis=``.

    Returns:
        The elements repeated: in one row, or along the axis.

    Raises:
        OperationError: If more numbers came: PyTorch's way to repeat the whole.

    Example:
        >>> from autograd import arange
        >>> arange(2).repeat(2).tolist(), arange(2).tile(2).tolist()
        ([0, 0, 1, 1], [0, 1, 0, 1])
    """
    if len(counts) > 2:
        said = ", ".join(map(str, counts))
        raise OperationError(
            f"repeat: {said} came; PyTorch's repeat is x.tile({said}) here; "
            "x.repeat(n, axis) is NumPy's"
        )
    return OPS["repeat"](x, *counts, **settings)


def expand_as(x: Any, other: Any) -> Any:
    """Repeat along axes of size 1 until the shape is another tensor's.

    Example:
        >>> from autograd import ones, zeros
        >>> ones(3, 1).expand_as(zeros(3, 4)).shape
        (3, 4)
    """
    return broadcast_to(x, shape=np.shape(other))


def view_as(x: Any, other: Any) -> Any:
    """Give x another tensor's shape.

    Example:
        >>> from autograd import arange, zeros
        >>> arange(6).view_as(zeros(2, 3)).shape
        (2, 3)
    """
    return reshape(x, shape=np.shape(other))


reshape_as = view_as


def unflatten(x: Any, dim: int, sizes: Any) -> Any:
    """Cut one axis into several.

    Args:
        x: Any shape.
        dim: The axis.
        sizes: The sizes to make of it; one may be -1.

    Returns:
        The same elements.

    Example:
        >>> from autograd import zeros
        >>> zeros(2, 12).unflatten(1, (3, -1)).shape
        (2, 3, 4)
    """
    shape = np.shape(x)
    if not -len(shape) <= dim < len(shape):
        raise ShapeError(
            f"unflatten: dim={dim} came for a tensor of shape {shape}; count its axes from 0, or "
            "from the end with -1"
        )
    place = dim % len(shape)
    known = math.prod(size for size in sizes if size != -1)
    if shape[place] % known if -1 in sizes and known else known != shape[place]:
        raise ShapeError(
            f"unflatten: axis {dim} of size {shape[place]} is not {tuple(sizes)}; give sizes with "
            "that product"
        )
    return reshape(x, shape=(*shape[:place], *sizes, *shape[place + 1 :]))


def flatten(x: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Join a range of axes into one.

    Args:
        x: Any shape.
        start_dim: The first axis to join.
        end_dim: The last axis to join.

    Returns:
        The same elements with those axes as one.

    Example:
        >>> from autograd import zeros
        >>> zeros(2, 3, 4).flatten(1).shape
        (2, 12)
    """
    shape = x.shape
    if not shape:
        return reshape(x, shape=(1,))
    for dim in (start_dim, end_dim):
        if not -len(shape) <= dim < len(shape):
            raise ShapeError(
                f"flatten: there is no axis {dim} in the shape {shape}; count from 0, or from the "
                "end with -1"
            )
    first, last = start_dim % len(shape), end_dim % len(shape)
    if first > last:
        raise ShapeError(
            f"flatten: start_dim {start_dim} comes after end_dim {end_dim} for the shape {shape}; "
            "give them in the other order"
        )
    return reshape(
        x, shape=(*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :])
    )


def t(x: Any) -> Any:
    """Transpose a matrix; a vector or a number stays as it is.

    Args:
        x: At most two axes.

    Returns:
        The transpose.

    Example:
        >>> from autograd import zeros
        >>> zeros(2, 3).t().shape
        (3, 2)
    """
    if len(x.shape) > 2:
        raise ShapeError(
            f"t: a tensor of shape {x.shape} came; at most two axes are needed (use .swapaxes)"
        )
    return swapaxes(x, axis1=0, axis2=1) if len(x.shape) == 2 else x
