"""How an operation is defined: the two decorators that make an ``Op`` of a function.

There are two because there are two kinds of derivative: a number per element (``elementwise``)
and a linear map (``operation``).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from autograd.domain import REALS, Domain
from autograd.errors import OperationError
from autograd.op import OPS, Formula, Formulas, Op, Sample

__all__ = ["elementwise", "operation"]


def elementwise(
    *,
    d: Formulas = (),
    scalar: Callable[..., Any] | None = None,
    symbol: str = "",
    infix: tuple[str, float] | None = None,
    latex: str = "",
    domain: tuple[Domain, ...] = (),
    sampled: tuple[Domain, ...] = (),
    kinks: tuple[float, ...] = (),
    samples: tuple[Sample, ...] = (),
    differentiable: bool = True,
) -> Callable[[Callable[..., Any]], Op]:
    """Make an operation that works on each element by itself.

    Args:
        d: Per input, d out / d input: an expression over ops of ``out`` and the inputs (settings
            arrive as keywords).  None for an input that is not differentiated.  A bool result
            selects: the gradient passes where it is true and is exactly 0 elsewhere.
        scalar: The value for Python floats; without it the forward function is used.
        symbol: What a picture writes in the box; the name by default.
        infix: Sign and precedence, for an op that source code writes between its inputs.
        latex: LaTeX with ``{x}`` for each input; a function call by default.
        domain: Per input, where it is defined.
        sampled: Per input, where tests draw their numbers, if not from ``domain``.
        kinks: Where the derivative is a convention.
        samples: Ways to call it in tests, if not with two arrays of shape (3, 4).
        differentiable: False for an op whose result is a constant, such as a comparison.

    Returns:
        A decorator that turns the forward function into an ``Op`` and puts it into ``OPS``.

    Example:
        >>> import numpy as np
        >>> from autograd import Value, elementwise
        >>> @elementwise(d=(lambda out, x: 3 * x * x,), latex=r"{x}^3")
        ... def cube(x):
        ...     '''Third power.  The slope grows with the square of the input.'''
        ...     return x * x * x
        >>> a = Value(2.0)
        >>> out = cube(a)
        >>> out.backward()
        >>> out.data, a.grad
        (8.0, 12.0)
        >>> del OPS["cube"]
    """

    def decorate(forward: Callable[..., Any]) -> Op:
        names, settings, variadic = _signature(forward)
        return _register(
            Op(
                forward=forward,
                inputs=names,
                settings=settings,
                variadic=variadic,
                partials=d,
                scalar=scalar,
                symbol=symbol,
                infix=infix,
                latex=latex or _call_latex(forward.__name__, names),
                domain=domain or (REALS,) * len(names),
                sampled=sampled,
                kinks=kinks,
                samples=samples,
                differentiable=differentiable,
                **_words(forward),
            )
        )

    return decorate


def operation(
    *,
    vjp: Formulas | Formula | None = None,
    made_of: Callable[..., Any] | None = None,
    linear: str = "",
    symbol: str = "",
    infix: tuple[str, float] | None = None,
    latex: str = "",
    reads: Callable[..., Sequence[tuple[str, str]]] | None = None,
    check: Callable[..., str | None] | None = None,
    call: Callable[..., tuple[tuple[Any, ...], dict[str, Any]]] | None = None,
    samples: tuple[Any, ...] = (),
    differentiable: bool = True,
) -> Callable[[Callable[..., Any]], Op]:
    """Make an operation whose derivative is a linear map, not a number per element.

    Args:
        vjp: Per input, the gradient sent to it, as an expression over ops of ``g`` (the gradient
            that arrives), ``out`` and the inputs; or one function returning them all, for ops with
            ``*xs``.
        made_of: For a fused op, the same as a function of nodes written with other ops: gradients
            of gradients and forward mode go through it. Its one ``vjp`` then only ever sees arrays,
            and is told in ``needed`` which inputs a gradient is asked for.
        linear: The names of the inputs in each of which the op is linear while the others stand
            still, separated by spaces, or ``"*"`` where it is linear in all of them together; gives
            the forward mode without another formula (an op that is not linear goes through its
            transposed vjp).
        symbol: What a picture writes in the box; the name by default.
        infix: Sign and precedence, for an op that source code writes between its inputs.
        latex: LaTeX with ``{x}`` for each input; a function call by default.
        reads: Where a ``vjp`` works on arrays alone, so that its formulas cannot be read off: what
            is sent to each input as text and as LaTeX, with ``<0>`` for the first input, ``<out>``
            and ``<g>``; a function of the inputs' shapes and the settings.
        check: Says in a clause what is wrong with inputs on which the forward function failed.
        call: The public calling form, where it differs: returns (inputs, settings).
        samples: Ways to call it in tests: ``Sample`` objects, or tuples of shapes.
        differentiable: False for an op whose result is a constant, such as argmax.

    Returns:
        A decorator that turns the forward function into an ``Op`` and puts it into ``OPS``.

    Example:
        >>> import numpy as np
        >>> from autograd import Tensor, broadcast_to, operation
        >>> @operation(vjp=(lambda g, out, x: broadcast_to(g, x.shape),), linear="x")
        ... def total(x):
        ...     '''Sum of all elements.  Each counts once, so each receives the whole gradient.'''
        ...     return np.sum(x)
        >>> t = Tensor([1.0, 2.0], requires_grad=True)
        >>> out = total(t)
        >>> out.backward()
        >>> out.item(), t.grad
        (3.0, array([1., 1.]))
        >>> del OPS["total"]
    """

    def decorate(forward: Callable[..., Any]) -> Op:
        names, settings, variadic = _signature(forward)
        return _register(
            Op(
                forward=forward,
                inputs=names,
                settings=settings,
                variadic=variadic,
                vjp=vjp,
                made_of=made_of,
                linear=tuple(linear.split()),
                symbol=symbol,
                infix=infix,
                latex=latex or _call_latex(forward.__name__, names),
                reads=reads,
                domain=(REALS,) * len(names),
                check=check,
                call=call,
                samples=tuple(s if isinstance(s, Sample) else Sample(s) for s in samples),
                differentiable=differentiable,
                **_words(forward),
            )
        )

    return decorate


def _register(op: Op) -> Op:
    if op.partials is not None and op.differentiable and len(op.partials) != len(op.inputs):
        raise OperationError(
            f"{op.name}: {len(op.partials)} derivatives came for {len(op.inputs)} inputs; "
            "give one per input"
        )
    OPS[op.name] = op
    return op


def _signature(forward: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any], bool]:
    if isinstance(forward, FunctionType) and not hasattr(forward, "__wrapped__"):
        code = forward.__code__  # as inspect reads it, in a tenth of the time, at every import
        count, words = code.co_argcount, code.co_varnames
        end = count + code.co_kwonlyargcount
        rest = words[end : end + 1] if code.co_flags & inspect.CO_VARARGS else ()
        if not code.co_flags & inspect.CO_VARKEYWORDS:
            given = forward.__kwdefaults__ or {}
            empty = inspect.Parameter.empty
            wanted = {name: given.get(name, empty) for name in words[count:end]}
            return (*words[:count], *rest), wanted, bool(rest)
    names: list[str] = []
    settings: dict[str, Any] = {}
    variadic = False
    for parameter in inspect.signature(forward).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            settings[parameter.name] = parameter.default
        else:
            names.append(parameter.name)
            variadic = variadic or parameter.kind is parameter.VAR_POSITIONAL
    return tuple(names), settings, variadic


def _words(forward: Callable[..., Any]) -> dict[str, Any]:
    text = " ".join((forward.__doc__ or "").split())
    doc, _, reason = text.partition(". ")
    name = forward.__name__.rstrip("_")
    return {"name": name, "doc": doc.rstrip(".") + "." if doc else "", "reason": reason}


def _call_latex(name: str, inputs: tuple[str, ...]) -> str:
    text = name.rstrip("_").replace("_", r"\_")
    arguments = ", ".join("{" + n + "}" for n in inputs)
    return (
        rf"\operatorname{{{{{text}}}}}\left({arguments}\right)"  # doubled braces: it is a template
    )
