"""Fast methods of Value, generated from the op table; and the careful way to compute an op.

Read one with ``print(autograd.kernels.source_of(autograd.OPS["tanh"]))``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import DomainError
from autograd.generated import generated
from autograd.late import late_names
from autograd.op import OPS, Op
from autograd.recording import mode

if TYPE_CHECKING:
    from autograd.kernel_source import formulas, source_of
else:  # imported when the first method is made, which many programs with Tensors never do
    _places = dict.fromkeys(("formulas", "source_of"), "autograd.kernel_source")
    __getattr__, __dir__ = late_names(__name__, _places)

__all__ = ["all_sent", "build", "evaluate", "evaluate_lists", "formulas", "on_floats", "source_of"]


def evaluate(
    op: Op, numbers: Sequence[float], nodes: Sequence[Any] = ()
) -> tuple[float, list[float | None]]:
    """Compute an elementwise op and its slopes on floats, the slow and careful way.

    Args:
        op: The op, its settings filled in.
        numbers: The inputs.
        nodes: The inputs as Values or constants, so that an error can name them.

    Returns:
        The value and, per input, the slope (None where the op is not differentiated).

    Raises:
        DomainError: If the numbers lie where the op is not defined.

    Example:
        >>> evaluate(OPS["sqrt"], [0.0])
        (0.0, [inf])
    """
    with np.errstate(all="ignore"):
        wide = [np.float64(n) for n in numbers]
        try:
            out = float(op.scalar(*numbers) if op.scalar is not None else op.forward(*wide))
        except OverflowError:
            out = float(op.forward(*wide))  # too large for a float is not off the domain: infinity
        except (ValueError, ZeroDivisionError) as error:
            if any(n != n or n in (float("inf"), float("-inf")) for n in numbers):
                out = float(op.forward(*wide))  # not a number in, not a number out, as everywhere
            else:
                raise DomainError(_off_domain(op, numbers, nodes)) from error
        slopes = [
            None if d is None else float(d(np.float64(out), *wide)) for d in op.partials or ()
        ]
    return out, slopes


def evaluate_lists(
    op: Op, numbers: Sequence[float], sizes: Sequence[int | None]
) -> tuple[float, list[float | None], bool]:
    """Compute an op that makes one number of arrays, and its slopes, by its formulas on arrays.

    Args:
        op: The op, its settings filled in.
        numbers: All inputs in one row.
        sizes: How many of them belong to each input of the op; None for one that is one number.

    Returns:
        The value, the slope per number (None where the op is not differentiated), and whether the
        result is one number at all.
    """
    parts: list[Any] = []
    start = 0
    for size in sizes:
        chunk = numbers[start : start + (1 if size is None else size)]
        start += len(chunk)
        parts.append(np.float64(chunk[0]) if size is None else np.array(chunk, dtype=float))
    with np.errstate(all="ignore"):
        out = op.compute(parts, {})
        if np.ndim(out) != 0:
            return 0.0, [], False
        slopes: list[float | None] = []
        if op.differentiable:
            for sent, part in zip(all_sent(op, np.asarray(1.0), out, parts), parts, strict=True):
                slopes.extend([None] * np.size(part) if sent is None else np.ravel(sent).tolist())
    return (float(out) if op.differentiable else out), slopes, True


def all_sent(op: Op, g: Any, out: Any, parts: Sequence[Any]) -> list[Any]:
    """Ask an op that makes one number of arrays what it sends back to each of them.

    Args:
        op: The op, its settings filled in.
        g: The gradient that arrives.
        out: The result.
        parts: The inputs.

    Returns:
        The gradients; None where the op is not differentiated.
    """
    given = (g, np.asarray(out) if isinstance(out, float) else out, *parts)
    formulas: Any = op.vjp
    if isinstance(formulas, tuple):
        return [formula and formula(*given) for formula in formulas]
    return list(formulas(*given))


def _off_domain(op: Op, numbers: Sequence[float], nodes: Sequence[Any]) -> str:
    whose = [_name_of(node) for node in nodes] or [""] * len(numbers)
    triples = zip(op.inputs, numbers, whose, strict=True)
    given = ", ".join(f"{name} = {n:.6g}{owner}" for name, n, owner in triples)
    for name, n, domain in zip(op.inputs, numbers, op.domain, strict=True):
        if not domain.contains(n):
            return f"{op.name}: {given} came; {domain.describe(name)} is needed"
    return f"{op.name}: {given} came; that has no real result: give other numbers"


def _name_of(node: Any) -> str:
    """Which node an input is, in brackets: its label, or the op that made it."""
    label, made_by = getattr(node, "label", None), getattr(node, "op", None)
    return f" ({label})" if label else f" (from {made_by.name})" if made_by is not None else ""


def on_floats(op: Op) -> Callable[..., Any]:
    """The function that computes an elementwise op on floats."""
    return op.scalar or (lambda *numbers, **settings: float(op.forward(*numbers, **settings)))


def build(
    op: Op, value_class: type, helpers: dict[str, Any], reverse: bool = False, flag: Any = mode
) -> Callable[..., Any]:
    """Make an op's fast method.

    Args:
        op: An elementwise op of one or two inputs, its settings filled in.
        value_class: The class whose nodes it makes.
        helpers: ``record`` and ``constant``, for what is not the common case, and what a watched
            method needs.
        reverse: For two inputs, whether the Value is the second and the other a number.
        flag: Its ``special`` says whether anything unusual is asked for.

    Returns:
        A function of nodes (and numbers).
    """

    def unusual(*args: Any) -> Any:
        made = names["unusual"] = _compiled(op, reverse, True, names)  # few are ever watched
        return made(*args)

    names: dict[str, Any] = {
        "__name__": __name__,  # so that the search for the user's line passes over it
        "OP": op,
        "Value": value_class,
        "compute": on_floats(op),
        "evaluate": evaluate,
        "inf": float("inf"),
        "mode": flag,
        "nan": float("nan"),
        "new": object.__new__,
        "unusual": unusual,
        **{n: on_floats(o) for n, o in dict.items(OPS) if o.partials is not None},  # none is late
        **helpers,
    }
    made = _compiled(op, reverse, False, names)
    names[op.name] = on_floats(op.base or op)  # a slope may name its own op, as sinc's does
    made.__doc__ = op.doc
    return made


def _compiled(op: Op, reverse: bool, watched: bool, names: dict[str, Any]) -> Callable[..., Any]:
    from autograd.kernel_source import source_of

    source = source_of(op, reverse, watched)
    kind = f"{' reversed' if reverse else ''}{' watched' if watched else ''}"
    generated(f"{op.name}{kind}", source, names)
    made: Callable[..., Any] = names[f"watched_{op.name}" if watched else op.name]
    return made
