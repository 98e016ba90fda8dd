"""What a Tensor remembers of the operation that made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any

from autograd.node import Node
from autograd.tensor_sweep import Chained

__all__ = ["NOTHING", "TensorRecord"]

NOTHING: Mapping[str, Any] = {}


class TensorRecord(Node):
    """The recorded inputs of a Tensor, and its way back to them.

    The quick ways of recording fill ``left``, ``right``, ``x``, ``y``, ``code`` and ``offset``, as
    making tuples would take a tenth of their time.  What says the same for any number of inputs,
    ``inputs``, ``args`` and ``line``, is then made when somebody asks; so is what mostly is empty.

    Attributes:
        inputs: The recorded inputs by slot, with repeats; None for a constant.
        args: Their arrays and numbers, as they were.
        settings: The op's settings.
        out: The array of the result, as it was.
        line: The user's line: the code, and the place in it.
        left: The first of ``inputs``; None if there are more than two.
        right: The second if there are two.
        send: The op's short way back, a function of this Tensor and what arrived at it.
        arrived: What a backward pass that is under way has sent here.
    """

    __slots__ = (
        "args", "arrived", "code", "inputs", "left", "line", "offset", "out", "right", "send",
        "settings", "x", "y",
    )  # fmt: skip

    by_op = True
    not_copied = ("arrived", "code", "left", "offset", "right", "send", "x", "y")
    inputs: tuple[Node | None, ...]
    args: tuple[Any, ...]
    settings: Mapping[str, Any]
    out: Any
    line: tuple[CodeType | str, int] | None
    left: Node | None
    right: Node | None
    send: Callable[[Any, Any], None]
    arrived: Any

    def _start_record(self) -> None:
        """Be a leaf."""
        self.op = None
        self.mark = 0
        self.info = None
        self.inputs = self.args = ()
        self.settings = NOTHING
        self.out = None
        self.line = None

    def __getattr__(self, name: str) -> Any:
        """Make what the quick ways left out, and compute what was written over."""
        made = _UNSET.get(name)
        if made is None or self.op is None:
            raise AttributeError(f"'Tensor' object has no attribute {name!r}")
        answer = made(self)
        if name != "parents":
            setattr(self, name, answer)
        return answer


def _inputs(node: Any) -> tuple[Any, ...]:
    if isinstance(node.send, Chained):
        return node.send.inputs_of(node)
    return (node.left,) if len(node.op.inputs) == 1 else (node.left, node.right)


def _args(node: Any) -> tuple[Any, ...]:
    if isinstance(node.send, Chained):
        return node.send.args_of(node)
    return (node.x,) if len(node.op.inputs) == 1 else (node.x, node.y)


def _no_settings(node: Any) -> Mapping[str, Any]:
    return NOTHING


_UNSET: dict[str, Callable[[Any], Any]] = {
    "parents": lambda node: node.inputs,
    "out": lambda node: node.op.forward(*node.args, **node.settings),  # it was written over
    "_data": lambda node: node.out,
    "x": lambda node: node.left.out,
    "settings": lambda node: getattr(node.send, "settings_of", _no_settings)(node),
    "_borrowed": lambda node: False,
    "inputs": _inputs,
    "args": _args,
    "line": lambda node: (node.code, node.offset),
    "left": lambda node: node.inputs[0] if len(node.inputs) < 3 else None,
    "right": lambda node: node.inputs[1] if len(node.inputs) == 2 else None,
}
