"""What a module consists of: other modules, parameters and buffers, found by walking attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from autograd import Tensor, Value
from nn.modules.parameter import Parameter

__all__ = ["Parameters", "Part", "is_buffer", "is_parameter"]


class Parameters(list[Any]):
    """A list of parameters that ``next`` walks through, as through PyTorch's generator."""

    _place = -1

    def __next__(self) -> Any:
        self._place += 1
        if self._place >= len(self):
            raise StopIteration
        return self[self._place]


class Part:
    """Something with parameters, and perhaps with parts inside that have some, too."""

    def members(self) -> Iterable[tuple[str, Any]]:
        """Name all that may hold parameters: the attributes, unless a subclass knows better."""
        return vars(self).items()

    def named_parts(self) -> Iterator[tuple[str, Any]]:
        """List the modules, Values and Tensors directly inside, lists and dicts taken apart."""
        for name, member in self.members():
            yield from _unfold(name, member)

    def named_children(self) -> Iterator[tuple[str, Part]]:
        """List the modules directly inside this one, with their names, each once."""
        seen: set[int] = set()
        for name, part in self.named_parts():
            if isinstance(part, Part) and id(part) not in seen:
                seen.add(id(part))
                yield name, part

    def children(self) -> Iterator[Part]:
        """List the modules directly inside this one."""
        return (child for _, child in self.named_children())

    def named_modules(self) -> Iterator[tuple[str, Part]]:
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

    def modules(self) -> Iterator[Part]:
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
        return _once((n, p) for n, p in self.named_nodes() if is_parameter(p))

    def parameters(self) -> Parameters:
        """List all parameters; one that is used in two places comes once.

        Returns:
            A list, of which ``next`` gives one after the other: it can be counted, and it can be
            used as the generator that it is in PyTorch.

        Example:
            >>> from nn import Linear
            >>> layer = Linear(2, 3)
            >>> len(layer.parameters()), next(layer.parameters()).shape
            (2, (3, 2))
        """
        return Parameters(parameter for _, parameter in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, Tensor]]:
        """List all constant Tensors, which are saved with the model and not trained."""
        return _once((n, b) for n, b in self.named_nodes() if is_buffer(b))

    def buffers(self) -> Iterator[Tensor]:
        """List all constant Tensors, which are saved with the model and not trained."""
        return (buffer for _, buffer in self.named_buffers())

    def named_nodes(self) -> Iterator[tuple[str, Any]]:
        """Every place that holds a Value or a Tensor; what is shared comes once for each place."""
        for path, module in _every(self, "", ()):
            for name, part in module.named_parts():
                if not isinstance(part, Part):
                    yield f"{path}.{name}" if path else name, part


def _unfold(name: str, member: Any) -> Iterator[tuple[str, Any]]:
    """The modules and nodes in an attribute, with lists and dicts taken apart."""
    if isinstance(member, (Part, Tensor, Value)):
        yield name, member
    elif isinstance(member, (list, tuple)):
        for i, item in enumerate(member):
            yield from _unfold(f"{name}.{i}", item)
    elif isinstance(member, dict):
        for key, item in member.items():
            yield from _unfold(f"{name}.{key}", item)


def _every(module: Part, path: str, above: tuple[int, ...]) -> Iterator[tuple[str, Part]]:
    """The module and all inside; what is shared comes once for each place, a circle is cut."""
    yield path, module
    above = (*above, id(module))
    for name, part in module.named_parts():
        if isinstance(part, Part) and id(part) not in above:
            yield from _every(part, f"{path}.{name}" if path else name, above)


def _once(named: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Leave out what came before under another name."""
    seen: set[int] = set()
    for name, node in named:
        if id(node) not in seen:
            seen.add(id(node))
            yield name, node


def is_parameter(node: Any) -> bool:
    """A leaf to learn; what was computed and kept as an attribute is none: it has an op."""
    return node.op is None and (isinstance(node, (Parameter, Value)) or node.requires_grad)


def is_buffer(node: Any) -> bool:
    """A constant Tensor: saved with the model, not trained."""
    return node.op is None and not is_parameter(node)
