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
from autograd.tensor import Tensor

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


class _LateMethod:
    """A method of Tensor, made when it is first asked for and put in this one's place."""

    def __init__(self, name: str, op: Any) -> None:
        self.name = name
        self.op = op

    def __get__(self, instance: Any, owner: type) -> Any:
        method = tensor_methods.method_of(self.name, self.op)
        setattr(Tensor, self.name, method)
        return method if instance is None else method.__get__(instance, owner)

    def __call__(self, x: Tensor) -> Any:
        """Apply the op, as what ``Op.quick`` names."""
        return self.__get__(x, Tensor)()


for _name, _op in PUBLIC.items():
    if _name not in Tensor.__dict__:
        setattr(Tensor, _name, _late := _LateMethod(_name, _op))
        if tensor_methods.is_simple(_op):
            object.__setattr__(_op, "quick", (Tensor, _late))  # an Op is frozen: nothing is new
value_operations.add_methods((name, op) for name, op in PUBLIC.items() if isinstance(op, Op))

globals().update({name: function for name, function in PUBLIC.items() if name not in _HIDDEN})
__all__ = sorted(set(PUBLIC) - _HIDDEN)
