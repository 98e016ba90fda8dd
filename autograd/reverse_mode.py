"""Reverse mode as functions of functions: grad, value_and_grad, vjp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

from autograd.errors import ShapeError
from autograd.graph_gradient import grad_of_graph
from autograd.kinds import check_scalar, inner_product
from autograd.lifting import Lifted, recorded
from autograd.nested import leaves_of, rebuilt

__all__ = ["grad", "positions", "value_and_grad", "vjp"]


@overload
def grad(fn: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]: ...


@overload
def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    create_graph: bool = False,
    allow_unused: bool = False,
    retain_graph: bool | None = None,
    only_inputs: bool = True,
) -> Any: ...


def grad(*args: Any, **settings: Any) -> Any:
    """Make the function that computes a gradient; or take the gradients of a recorded graph.

    ``grad(fn, argnums=0)`` gives a function of the same arguments.  ``grad(outputs, inputs,
    grad_outputs=None, create_graph=False, allow_unused=False)`` goes back through a graph that is
    there already, as PyTorch's ``torch.autograd.grad``; neither writes any ``.grad``.

    Args:
        args: A function and ``argnums`` (which arguments to differentiate: a position, or
            several); or a node or list of nodes, and the node, list or dict of nodes to find the
            gradients of.
        settings: The same by keyword.  For a graph also: ``grad_outputs``, the gradients to start
            with, needed for results that are not one number; ``create_graph``, whether the
            gradients are recorded themselves; ``allow_unused``, whether an input that the outputs
            do not depend on gives None. PyTorch's ``retain_graph`` and ``only_inputs`` change
            nothing: a graph lives as long as its result.

    Returns:
        For a function: a function that gives the gradient in the argument's kind and structure (a
        tuple of them for several ``argnums``); where the result does not depend on an argument it
        is 0. For a graph: a tuple of gradients, floats and arrays (with ``create_graph`` Values
        and Tensors), for a dict a dict.

    Raises:
        GradientError: If the function does not return one number, or an input of a graph is unused.

    Example:
        >>> from autograd import Tensor
        >>> grad(lambda x: x**3)(2.0)
        12.0
        >>> grad(grad(lambda x: x**3))(2.0)
        12.0
        >>> grad(lambda p: p["w"] ** 2 + 5 * p["b"])({"w": 3.0, "b": 1.0})
        {'w': 6.0, 'b': 5.0}
        >>> x = Tensor([1.0, 2.0], requires_grad=True)
        >>> grad((x * x).sum(), x)
        (array([2., 4.]),)
    """
    target = args[0] if args else settings.get("fn", settings.get("outputs"))
    if callable(target):
        return _grad_of_function(*args, **settings)
    return grad_of_graph(*args, **settings)


def _grad_of_function(
    fn: Callable[..., Any], argnums: int | Sequence[int] = 0
) -> Callable[..., Any]:
    both = value_and_grad(fn, argnums)

    def gradient(*args: Any, **settings: Any) -> Any:
        return both(*args, **settings)[1]

    return gradient


def value_and_grad(fn: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Make the function that computes a function's value and its gradient at once.

    Args:
        fn: A function whose result is one number.
        argnums: Which arguments to differentiate: a position, or several.

    Returns:
        A function of the same arguments that gives (value, gradient); the gradient as from
        ``grad``.

    Raises:
        GradientError: If the function does not return one number.

    Example:
        >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
        (10.0, (5.0, 2.0))
    """

    def both(*args: Any, **settings: Any) -> tuple[Any, Any]:
        lifted = Lifted(args, positions(argnums, len(args), "grad"), "grad")
        result = lifted.call(fn, settings)
        check_scalar(result, "grad")
        found = lifted.arranged(lifted.pull([result]))
        return lifted.in_kind(result), found[0] if isinstance(argnums, int) else tuple(found)

    return both


def positions(argnums: int | Sequence[int], count: int, name: str) -> list[int]:
    """Check which arguments are to be differentiated.

    Args:
        argnums: A position, or several; negative ones count from the end.
        count: How many arguments there are.
        name: Who asks, for the messages.

    Returns:
        The positions.

    Raises:
        TypeError: If there is no such argument, or one is named twice.
    """
    wanted = [argnums] if isinstance(argnums, int) else list(argnums)
    for i in wanted:
        if not -count <= i < count:
            raise TypeError(
                f"{name}: argnums={argnums} came, but the function was called with {count} "
                "positional arguments: pass what is differentiated by position"
            )
    chosen = [i % count for i in wanted]
    if len(set(chosen)) < len(chosen):
        raise TypeError(f"{name}: argnums={argnums} names an argument twice: name each once")
    return chosen


def vjp(fn: Callable[..., Any], *args: Any) -> tuple[Any, Callable[..., tuple[Any, ...]]]:
    """Compute a function, and get ready to send gradients of its result back to its arguments.

    Args:
        fn: A function of the arguments, with a result in any structure.
        args: The arguments, all of which are differentiated.

    Returns:
        The result, and a function that takes gradients in the result's structure and shapes and
        gives a tuple with the gradient of each argument.  It may be called again and again.

    Raises:
        ShapeError: By that function, if a gradient has another shape than its result.

    Example:
        >>> import numpy as np
        >>> out, pull = vjp(lambda x: x * x, np.array([1.0, 2.0, 3.0]))
        >>> out, pull(np.array([1.0, 0.0, 10.0]))
        (array([1., 4., 9.]), (array([ 2.,  0., 60.]),))
    """
    lifted = Lifted(args, range(len(args)), "vjp")
    result = lifted.call(fn, {})
    leaves = leaves_of(result)

    def pull(gradient: Any) -> tuple[Any, ...]:
        alone = len(leaves) == 1 and result is leaves[0]  # then a list of numbers is an array
        weights = [gradient] if alone else leaves_of(gradient)
        if len(weights) != len(leaves):
            raise ShapeError(
                f"vjp: {len(weights)} gradients came for {len(leaves)} results: give them "
                "in the result's structure"
            )
        with recorded():
            products = inner_product(leaves, weights, "vjp")
        return tuple(lifted.arranged(lifted.pull(products)))

    return rebuilt(result, [lifted.in_kind(leaf) for leaf in leaves]), pull
