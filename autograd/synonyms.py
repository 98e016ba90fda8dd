"""The public functions: every op under NumPy's name, and under the synonyms of the alias table."""

from __future__ import annotations

from typing import Any

from autograd import (
    ops,
    tensor_methods,
    torch_answers,
    torch_names,
    torch_places,
    torch_shapes,
    value_operations,
)
from autograd.aliases import FUNCTIONS
from autograd.op import Op

_ROOMS = (
    ops.arithmetic,
    ops.functions,
    ops.trigonometry,
    ops.activations,
    ops.shape,
    ops.arrange,
    ops.index,
    ops.reduce,
    ops.running,
    ops.spread,
    ops.softmax,
    ops.einsum,
    ops.products,
    ops.linalg,
)

# names under which an op would hide something else at the top level or in Tensor
_HIDDEN = {"trace"}

PUBLIC: dict[str, Any] = {name: getattr(room, name) for room in _ROOMS for name in room.__all__}
PUBLIC |= {name: getattr(torch_names, name) for name in torch_names.__all__}
PUBLIC |= {name: getattr(torch_places, name) for name in torch_places.__all__}
PUBLIC |= {name: getattr(torch_shapes, name) for name in torch_shapes.__all__}
PUBLIC |= {new: PUBLIC[old] for new, old in FUNCTIONS.items()}
PUBLIC |= {name: getattr(torch_answers, name) for name in torch_answers.__all__}

tensor_methods.add_methods(PUBLIC.items())
value_operations.add_methods((name, op) for name, op in PUBLIC.items() if isinstance(op, Op))

globals().update({name: function for name, function in PUBLIC.items() if name not in _HIDDEN})
__all__ = sorted(set(PUBLIC) - _HIDDEN)
