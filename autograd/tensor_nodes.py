"""The node of an operation on Tensors: the one text that fills its slots."""

from __future__ import annotations

from collections.abc import Callable
from sys import _getframe
from textwrap import indent
from types import FrameType
from typing import Any

from autograd.forms import SHARED, Form
from autograd.generated import generated
from autograd.node import caller_line, latest
from autograd.recording import mode
from autograd.tensor import Tensor
from autograd.tensor_record import NOTHING
from autograd.tensor_sending import learn_to_send

__all__ = ["NAMES", "joined", "quickly_filled", "recorded", "told"]

NAMES = {
    "__name__": __name__,  # so that the search for the user's line passes over it
    "Form": Form, "Frame": FrameType, "NOTHING": NOTHING, "Tensor": Tensor,
    "caller_line": caller_line, "frame_at": _getframe, "latest": latest,
    "learn_to_send": learn_to_send, "mode": mode, "new": object.__new__,
}  # fmt: skip

# written out, as calling a function for it would take as long again
_FILLED = """\
made = new(Tensor)
made._data = made.out = out
made._requires_grad = True
made.hold = {hold}
made.op = op
made.send = {send}
made._grad = made.info = None
made.mark = 0
made.left = {left}
made.right = {right}
"""
# what is missing ``TensorRecord`` makes when somebody asks
_QUICKLY_FILLED = f"""\
{_FILLED}\
made.x = {{x}}
{{with_y}}\
frame = frame_at(1)
code = frame.f_code
if code is latest[0]:
    made.code = code
    made.offset = frame.f_lasti
else:
    made.line = caller_line(frame)
return made
"""
_WITH_LINE = """\
    if type(line) is Frame:
        code = line.f_code
        line = (code, line.f_lasti) if code is latest[0] else caller_line(line)
    made.line = line
    return made
"""
_RECORDED = f"""\
def recorded(op, out, inputs, args, settings, line):
    send = op.send or learn_to_send(op)
    left = inputs[0] if len(inputs) < 3 else None
    right = inputs[1] if len(inputs) == 2 else None
{indent(_FILLED, "    ")}\
    made.inputs = inputs
    made.args = args
    made.settings = settings
{_WITH_LINE}"""


_JOINED = f"""\
def joined(op, out, send, line):
{indent(_FILLED, "    ")}\
{_WITH_LINE}"""
_TOLD = f"""\
def told(op, out, left, x, send, line):
{indent(_FILLED, "    ")}\
    made.x = x
{_WITH_LINE}"""


def quickly_filled(left: str, right: str, x: str, y: str, send: str) -> str:
    """Write the lines that make the node of an op of one or two inputs from ``form`` and ``out``.

    Args:
        left: What the source calls the first input's node.
        right: The second's.
        x: The first input's array or number.
        y: The second's; "" if there is none.
        send: The way back.

    Returns:
        Lines of source, not indented; the last returns the node.
    """
    with_y = f"made.y = {y}\n" if y else ""
    names = {"left": left, "right": right, "x": x, "with_y": with_y, "send": send}
    return _QUICKLY_FILLED.format(hold="form", **names)


names: dict[str, Any] = dict(NAMES)
given = {"hold": SHARED, "send": "send"}
generated("recorded", _RECORDED.format(left="left", right="right", **given), names)
generated("joined", _JOINED.format(left=None, right=None, **given), names)
generated("told", _TOLD.format(left="left", right=None, **given), names)
# a function of op, out, inputs, args, settings, and the line: the frame to begin with, or itself
recorded: Callable[..., Tensor] = names["recorded"]
# the same for several ops that are recorded as one: of op, out, a ``Chained``, and the line
joined: Callable[..., Tensor] = names["joined"]
# the same for an op of one input: of op, out, the input as node and as array, a way back that can
# tell the settings, and the line
told: Callable[..., Tensor] = names["told"]
