"""Quick ways of a Tensor, made when they are needed first: methods, and ways back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.generated import generated
from autograd.op import Op
from autograd.tensor import Tensor
from autograd.tensor_gradients import selected
from autograd.tensor_nodes import NAMES
from autograd.tensor_sending import learn_to_send

__all__ = ["learn_quick_way"]


def learn_quick_way(
    op: Op, name: str, general: Callable[..., Any], reverse: bool = False
) -> Callable[..., Any]:
    """Make a method of Tensor for small arrays of one form, and put it in its place.

    Args:
        op: An elementwise op of one or two inputs without settings.
        name: The method's name.
        general: The method for everything else.
        reverse: For two inputs, whether the Tensor is the second.

    Returns:
        The method.
    """
    from autograd.tensor_source import method_source  # here, as writing source starts slowly

    source, functions = method_source(op, reverse)
    both = tuple(range(len(op.inputs)))
    names: dict[str, Any] = {
        **NAMES,
        **functions,
        "general": general,
        "op": op,
        "to_all": _way_back(op, both),
        "to_one": _way_back(op, both[reverse:][:1]) if len(both) == 2 else None,
    }
    generated(f"{op.name}{' reversed' if reverse else ''} of Tensors", source, names)
    made: Callable[..., Any] = names[f"quick_{op.name}"]
    made.__doc__ = general.__doc__
    setattr(Tensor, name, made)
    if len(both) == 1:
        object.__setattr__(op, "quick", (Tensor, made))  # an Op is frozen: it is nothing new of it
    return made


def _way_back(op: Op, slots: tuple[int, ...]) -> Callable[..., Any]:
    """How a node that a quick method made sends its gradient back."""
    from autograd.tensor_source import way_back_source

    general: Callable[..., Any] = op.send or learn_to_send(op)
    written = way_back_source(op, slots)
    if written is None:
        return general
    source, functions = written
    names = {**NAMES, **functions, "general": general, "selected": selected}
    generated(f"{op.name} sends back{'' if len(slots) == len(op.inputs) else slots}", source, names)
    made: Callable[..., Any] = names[f"back_{op.name}"]
    return made
