"""Functions that make derivatives of functions: grad, vjp, jvp, jacobian, hessian, hvp.

They take functions of Values, Tensors, arrays and floats, and of nested lists, tuples and dicts of
them.  A float reaches the function as a Value, and an array as a Tensor; where both are
differentiated together the float is a Tensor of shape (), since Values and Tensors do not mix.  In
forward mode both are a ``Dual``.  Everything comes back as what it was: a float in gives a float
out, an array an array, a Value a Value that can be differentiated again.  Transforms nest to any
order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.dual import Dual, new_level, primal, shape_of, zeros_for
from autograd.errors import ShapeError
from autograd.forward_mode import jvp, moving
from autograd.kinds import check_scalar, stacked
from autograd.lifting import Lifted, recorded
from autograd.nested import leaves_of, paths_of, rebuilt, same_structure
from autograd.op import OPS
from autograd.reverse_mode import grad, positions, value_and_grad, vjp
from autograd.tensor import Tensor

__all__ = ["grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]


def jacobian(
    fn: Callable[..., Any], argnums: int | Sequence[int] = 0, *, mode: str = "reverse"
) -> Callable[..., Any]:
    """Make the function that computes every derivative of every result.

    Args:
        fn: A function with a result in any structure.
        argnums: Which arguments to differentiate: a position, or several.
        mode: ``"reverse"`` calls fn once and goes back once per number in the result;
            ``"forward"`` calls fn once per number in the arguments, which is cheaper when these
            are fewer.

    Returns:
        A function of the same arguments that gives, for a result of shape S and an argument of
        shape T, an array of shape S + T; in the result's structure, and at each place in the
        argument's.

    Raises:
        ValueError: If the mode is neither.

    Example:
        >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
        array([[2., 0.],
               [0., 4.]])
        >>> jacobian(lambda x, y: [x * y, x + y], argnums=(0, 1))(2.0, 3.0)
        [(3.0, 2.0), (1.0, 1.0)]
    """
    if mode not in ("reverse", "forward"):
        raise ValueError(f"jacobian: mode={mode!r} came; 'reverse' or 'forward' is needed")

    def matrix(*args: Any, **settings: Any) -> Any:
        chosen = positions(argnums, len(args), "jacobian")
        if mode == "forward":
            result, blocks = _forward_blocks(fn, args, chosen, settings)
        else:
            result, blocks = _reverse_blocks(fn, args, chosen, settings)
        return rebuilt(result, [b[0] if isinstance(argnums, int) else tuple(b) for b in blocks])

    return matrix


def _reverse_blocks(
    fn: Callable[..., Any], args: Sequence[Any], chosen: Sequence[int], settings: dict[str, Any]
) -> tuple[Any, list[list[Any]]]:
    lifted = Lifted(args, chosen, "jacobian")
    result = lifted.call(fn, settings)
    blocks = []
    for leaf in leaves_of(result):
        shape = shape_of(leaf)
        if shape == () or not isinstance(primal(leaf), Tensor):
            rows = [lifted.pull([leaf])] * int(np.prod(shape, dtype=int))
        else:
            with recorded():
                flat = list(OPS["reshape"](leaf, shape=(-1,)))
            rows = [lifted.pull([number]) for number in flat]
        blocks.append(
            lifted.arranged(
                [
                    None
                    if original is None
                    else _block([row[j] for row in rows], shape, shape_of(original))
                    for j, original in enumerate(lifted.originals)
                ]
            )
        )
    return result, blocks


def _block(rows: list[Any], outer: tuple[int, ...], inner: tuple[int, ...]) -> Any:
    if outer == ():
        return rows[0]
    return stacked(rows, outer + inner)


def _forward_blocks(
    fn: Callable[..., Any], args: Sequence[Any], chosen: Sequence[int], settings: dict[str, Any]
) -> tuple[Any, list[list[Any]]]:
    trees = [args[i] for i in chosen]
    result: Any = None
    per_argument: list[list[Any]] = []  # for each argument leaf, for each result leaf, the block

    def moved(*moving: Any) -> Any:
        filled = list(args)
        for i, tree in zip(chosen, moving, strict=True):
            filled[i] = tree
        return fn(*filled, **settings)

    originals = leaves_of(trees)
    for j, original in enumerate(originals):
        columns: list[list[Any]] = []
        for k in range(int(np.prod(shape_of(original), dtype=int))):
            directions = [zeros_for(a) for a in originals]
            if shape_of(original):
                directions[j].flat[k] = 1.0
            else:
                directions[j] = directions[j] + 1.0
            result, change = jvp(moved, trees, rebuilt(trees, directions))
            columns.append(leaves_of(change))
        per_argument.append(
            [
                _columns([column[i] for column in columns], shape_of(original))
                for i in range(len(columns[0]))
            ]
        )
    blocks = []
    for i in range(len(leaves_of(result))):
        remaining = iter([per_argument[j][i] for j in range(len(originals))])
        blocks.append([rebuilt(tree, [next(remaining) for _ in leaves_of(tree)]) for tree in trees])
    return result, blocks


def _columns(columns: list[Any], inner: tuple[int, ...]) -> Any:
    if inner == ():
        return columns[0]
    outer = shape_of(columns[0])
    rows = stacked(columns, inner + outer)
    axes = tuple(range(len(inner), len(inner) + len(outer))) + tuple(range(len(inner)))
    moved = OPS["transpose"](rows, axes=axes)
    return np.ascontiguousarray(moved) if isinstance(moved, np.ndarray) else moved


def hessian(fn: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Make the function that computes every second derivative of a number.

    Args:
        fn: A function whose result is one number.
        argnums: The position of the argument to differentiate.

    Returns:
        A function of the same arguments that gives, for an argument of shape T, an array of shape
        T + T; in the argument's structure, and at each place in that structure again.

    Raises:
        GradientError: If the function does not return one number.

    Example:
        >>> hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
        array([[ 6.,  0.],
               [ 0., 12.]])
        >>> hessian(lambda v: v[0] * v[1])([2.0, 3.0])
        [[0.0, 1.0], [1.0, 0.0]]
    """
    return jacobian(grad(fn, argnums), argnums)


def hvp(fn: Callable[..., Any], x: Any, v: Any) -> Any:
    """Multiply the matrix of second derivatives by a vector, without making the matrix.

    One forward pass with tangents gives <gradient, v>, and one backward pass through it the
    product.

    Args:
        fn: A function of one argument whose result is one number.
        x: The argument, in any structure.
        v: The vector, in the argument's structure and shapes.

    Returns:
        The product, in the argument's kind and structure.

    Raises:
        GradientError: If the function does not return one number.
        ShapeError: If the vector does not fit the argument.

    Example:
        >>> hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 10.0]))
        array([  6., 120.])
    """
    if not same_structure(x, v):
        raise ShapeError(
            f"hvp: v has leaves at {paths_of(v)} and x at {paths_of(x)}: they must be the same"
        )
    lifted = Lifted((x,), (0,), "hvp")
    level = new_level()

    def along(tree: Any) -> Any:
        put = [
            moving(leaf, direction, level, f"hvp: x{path}")
            for path, leaf, direction in zip(
                paths_of(tree), leaves_of(tree), leaves_of(v), strict=True
            )
        ]
        return fn(rebuilt(tree, put))

    result = lifted.call(along, {})
    check_scalar(result, "hvp")
    change = result.tangent if isinstance(result, Dual) and result.level == level else 0.0
    return lifted.arranged(lifted.pull([change]))[0]
