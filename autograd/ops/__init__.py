"""Every operation, each defined once: its value, its derivative, its words."""

from typing import TYPE_CHECKING

from autograd.late import by_module, late_rooms
from autograd.op import OPS
from autograd.ops import (
    activations,
    arithmetic,
    arrange,
    bridges,
    einsum,
    functions,
    index,
    linalg,
    products,
    reduce,
    running,
    shape,
    softmax,
    spread,
    trigonometry,
)

if TYPE_CHECKING:
    from autograd.ops import (
        convolution,
        cross_entropy,
        gru,
        linear,
        lstm,
        pooling,
        rnn,
        windows,
    )
else:  # what layers are made of: imported when it is first asked for, to start fast
    _places = {
        "convolution": "conv conv_bias conv_input conv_kernel",
        "cross_entropy": "cross_entropy",
        "gru": "gru_sequence",
        "kept": "",
        "linear": "linear",
        "lstm": "lstm_sequence",
        "pooling": "max_pool sum_pool window_pick window_place window_spread",
        "recurrent": "",
        "rnn": "rnn_sequence",
        "sequences": "",
        "window_plan": "",
        "windows": "col2im im2col",
        "winograd": "",
    }
    OPS.late |= by_module({f"{__name__}.{room}": names for room, names in _places.items()})
    __getattr__, __dir__ = late_rooms(__name__, _places)

__all__ = [
    "activations",
    "arithmetic",
    "arrange",
    "bridges",
    "convolution",
    "cross_entropy",
    "einsum",
    "functions",
    "gru",
    "index",
    "linalg",
    "linear",
    "lstm",
    "pooling",
    "products",
    "reduce",
    "rnn",
    "running",
    "shape",
    "softmax",
    "spread",
    "trigonometry",
    "windows",
]
