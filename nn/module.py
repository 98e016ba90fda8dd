"""Module: whatever has parameters, and finds them by looking at its own attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from autograd import ShapeError, Tensor, Value
from nn import naming
from nn.parameter import Parameter

__all__ = ["Module"]

_Model = TypeVar("_Model", bound="Module")


class Module:
    """A part of a model: write ``forward``, and set parameters and other modules as attributes.

    There is no registration.  Parameters are found when they are asked for, by walking the
    attributes in the order in which they were set: every Parameter, every leaf Value, every leaf
    Tensor that requires a gradient; and the same in every Module, also inside lists, tuples and
    dicts.  A constant Tensor is a buffer: it is saved with the model and not trained.

    Attributes:
        training: Whether the model is being trained; layers such as dropout look at it.

    Example:
        >>> from autograd import Tensor
        >>> class Line(Module):
        ...     def __init__(self):
        ...         self.slope = Parameter([2.0])
        ...         self.height = Parameter([1.0])
        ...     def forward(self, x):
        ...         return self.slope * x + self.height
        >>> line = Line()
        >>> line(Tensor([3.0])).backward()
        >>> [(name, p.grad.tolist()) for name, p in line.named_parameters()]
        [('slope', [3.0]), ('height', [1.0])]
    """

    training: bool = True  # a class default, so a forgotten super().__init__() breaks nothing

    def __call__(self, *args: Any, **settings: Any) -> Any:
        """Run ``forward``."""
        if naming.scopes_open[0]:
            return naming.call_in_scope(self, self.forward, args, settings)
        return self.forward(*args, **settings)

    def forward(self, *args: Any, **settings: Any) -> Any:
        """Compute the result; every module writes its own.

        Raises:
            NotImplementedError: If it did not.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no forward method: write def forward(self, x) in the class"
        )

    # ------------------------------------------------------------------ what it consists of
    def members(self) -> Iterable[tuple[str, Any]]:
        """Name all that may hold parameters: the attributes, unless a subclass knows better."""
        return vars(self).items()

    def _parts(self) -> Iterator[tuple[str, Any]]:
        for name, member in self.members():
            yield from _unfold(name, member)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """List the modules directly inside this one, with their names, each once."""
        seen: set[int] = set()
        for name, part in self._parts():
            if isinstance(part, Module) and id(part) not in seen:
                seen.add(id(part))
                yield name, part

    def children(self) -> Iterator[Module]:
        """List the modules directly inside this one."""
        return (child for _, child in self.named_children())

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """List this module, named "", and all modules inside with their paths, each once.

        Example:
            >>> from nn import Linear, ReLU, Sequential
            >>> [name for name, _ in Sequential(Linear(2, 3), ReLU()).named_modules()]
            ['', '0', '1']
        """
        seen: set[int] = set()
        for path, module in _every(self, "", ()):
            if id(module) not in seen:
                seen.add(id(module))
                yield path, module

    def modules(self) -> Iterator[Module]:
        """List this module and all modules inside."""
        return (module for _, module in self.named_modules())

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """List all parameters with their paths; one that is used in two places comes once.

        Returns:
            An iterator of (path, Parameter or Value).

        Example:
            >>> from nn import Linear
            >>> [(name, p.shape) for name, p in Linear(2, 3).named_parameters()]
            [('weight', (3, 2)), ('bias', (3,))]
        """
        return _once((n, p) for n, p in self._named_nodes() if _is_parameter(p))

    def parameters(self) -> list[Any]:
        """List all parameters; one that is used in two places comes once."""
        return [parameter for _, parameter in self.named_parameters()]

    def named_buffers(self) -> Iterator[tuple[str, Tensor]]:
        """List all constant Tensors, which are saved with the model and not trained."""
        return _once((n, b) for n, b in self._named_nodes() if _is_buffer(b))

    def buffers(self) -> Iterator[Tensor]:
        """List all constant Tensors, which are saved with the model and not trained."""
        return (buffer for _, buffer in self.named_buffers())

    def _named_nodes(self) -> Iterator[tuple[str, Any]]:
        """Every place that holds a Value or a Tensor; what is shared comes once for each place."""
        for path, module in _every(self, "", ()):
            for name, part in module._parts():
                if not isinstance(part, Module):
                    yield f"{path}.{name}" if path else name, part

    # ------------------------------------------------------------------ training
    def train(self: _Model, mode: bool = True) -> _Model:
        """Tell this module and all inside that they are being trained.

        Args:
            mode: False for the opposite.

        Returns:
            This module.
        """
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: _Model) -> _Model:
        """Tell this module and all inside that they are being used, not trained."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Forget the gradients: every parameter's ``grad`` is None again.

        Example:
            >>> from nn import Neuron
            >>> neuron = Neuron.from_weights([2.0], 1.0)
            >>> neuron([3.0]).backward()
            >>> neuron.w[0].grad
            3.0
            >>> neuron.zero_grad()
            >>> neuron.w[0].grad is None
            True
        """
        for parameter in self.parameters():
            parameter.grad = None

    # ------------------------------------------------------------------ saving
    def state_dict(self) -> dict[str, Any]:
        """Copy all parameters and buffers out, by path.

        Returns:
            Arrays for Tensors, floats for Values; nothing in it changes when the model learns on.

        Example:
            >>> from nn import Linear
            >>> {name: array.shape for name, array in Linear(2, 3).state_dict().items()}
            {'weight': (3, 2), 'bias': (3,)}
        """
        return {
            name: node.data if isinstance(node, Value) else node.numpy().copy()
            for name, node in self._named_nodes()
            if _is_parameter(node) or _is_buffer(node)
        }

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> None:
        """Copy parameters and buffers in, all of them or none.

        Args:
            state: What ``state_dict`` gave: numbers or arrays by path.
            strict: Whether a name that is missing or unknown is an error.

        Raises:
            ValueError: If names are missing or unknown or shapes differ; one message lists them
                all, and the model stays as it was.

        Example:
            >>> from nn import Linear
            >>> a, b = Linear(2, 3), Linear(2, 3)
            >>> b.load_state_dict(a.state_dict())
            >>> bool((a.weight == b.weight).all())
            True
        """
        own = {n: p for n, p in self._named_nodes() if _is_parameter(p) or _is_buffer(p)}
        troubles = [f"missing: {name}" for name in own if strict and name not in state]
        troubles += [f"unknown: {name}" for name in state if strict and name not in own]
        loaded: dict[int, tuple[Any, Any, str]] = {}
        for name, node in own.items():
            if name not in state:
                continue
            try:
                array = _fitting(node, state[name])
            except (TypeError, ValueError) as error:
                troubles.append(f"{name}: {error}")
                continue
            _, before, first = loaded.setdefault(id(node), (node, array, name))
            if not np.array_equal(before, array, equal_nan=True):
                troubles.append(f"{name}: shares its numbers with {first}, but others came for it")
        if troubles:
            raise ValueError(
                f"load_state_dict: this does not fit {type(self).__name__}, nothing was loaded:\n  "
                + "\n  ".join(troubles)
            )
        for node, array, _ in loaded.values():
            node.data = float(array) if isinstance(node, Value) else array

    # ------------------------------------------------------------------ showing
    def extra_repr(self) -> str:
        """Say in a few words what ``repr`` shall show between the brackets."""
        return ""

    def __repr__(self) -> str:
        lines = [
            f"  ({name}): " + repr(child).replace("\n", "\n  ")
            for name, child in self.named_children()
        ]
        name, extra = type(self).__name__, self.extra_repr()
        return f"{name}({extra}\n" + "\n".join(lines) + "\n)" if lines else f"{name}({extra})"


def _unfold(name: str, member: Any) -> Iterator[tuple[str, Any]]:
    """The modules and nodes in an attribute, with lists and dicts taken apart."""
    if isinstance(member, (Module, Tensor, Value)):
        yield name, member
    elif isinstance(member, (list, tuple)):
        for i, item in enumerate(member):
            yield from _unfold(f"{name}.{i}", item)
    elif isinstance(member, dict):
        for key, item in member.items():
            yield from _unfold(f"{name}.{key}", item)


def _every(module: Module, path: str, above: tuple[int, ...]) -> Iterator[tuple[str, Module]]:
    """The module and all inside; what is shared comes once for each place, a circle is cut."""
    yield path, module
    above = (*above, id(module))
    for name, part in module._parts():
        if isinstance(part, Module) and id(part) not in above:
            yield from _every(part, f"{path}.{name}" if path else name, above)


def _once(named: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    seen: set[int] = set()
    for name, node in named:
        if id(node) not in seen:
            seen.add(id(node))
            yield name, node


def _is_parameter(node: Any) -> bool:
    """Something that was computed and kept as an attribute is no parameter: it has an op."""
    return node.op is None and (isinstance(node, (Parameter, Value)) or node.requires_grad)


def _is_buffer(node: Any) -> bool:
    return node.op is None and not _is_parameter(node)


def _fitting(node: Any, given: Any) -> Any:
    """What came for a parameter, as an array of its shape and dtype and nobody else's."""
    array = np.array(given)
    wanted = np.shape(node.data) if isinstance(node, Value) else node.shape
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{array.dtype} came; real numbers are needed")
    if array.shape != wanted:
        raise ShapeError(f"shape {array.shape} came; {wanted} is needed")
    dtype = np.dtype(float) if isinstance(node, Value) else node.dtype
    if not np.can_cast(array.dtype, dtype, "same_kind"):
        raise TypeError(f"{array.dtype} came; {dtype} is needed")
    return array.astype(dtype)
