"""Containers: modules that are made of modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, overload

from nn.module import Module

__all__ = ["Sequential"]


class Sequential(Module):
    """Modules one after the other: each gets what the one before gave.

    Args:
        modules: The modules, named "0", "1", ...; or one dict of modules by name.

    Raises:
        TypeError: If something else than a module came.

    Example:
        >>> from autograd import Tensor
        >>> from nn import Linear, ReLU
        >>> model = Sequential(Linear(2, 3), ReLU(), Linear(3, 1))
        >>> model(Tensor([[1.0, 2.0]])).shape
        (1, 1)
        >>> model
        Sequential(
          (0): Linear(2 -> 3)
          (1): ReLU()
          (2): Linear(3 -> 1)
        )
    """

    def __init__(self, *modules: Module | Mapping[str, Module]) -> None:
        self._modules: dict[str, Module]
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            self._modules = {name: _checked(module) for name, module in modules[0].items()}
        else:
            self._modules = {str(i): _checked(module) for i, module in enumerate(modules)}

    def members(self) -> Iterable[tuple[str, Any]]:
        """Name the modules, without a prefix, as PyTorch does."""
        return self._modules.items()

    def append(self, module: Module) -> Sequential:
        """Add a module at the end.

        Args:
            module: The module.

        Returns:
            This container.

        Raises:
            TypeError: If it is no module.
        """
        self._modules[str(len(self._modules))] = _checked(module)
        return self

    def forward(self, x: Any) -> Any:
        """Run all modules in order."""
        for module in self._modules.values():
            x = module(x)
        return x

    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    @overload
    def __getitem__(self, index: int | str) -> Module: ...
    def __getitem__(self, index: int | str | slice) -> Module:
        """Give a module by position or name; a slice gives a Sequential of the same modules."""
        if isinstance(index, str):
            return self._modules[index]
        found = list(self._modules.values())[index]
        return Sequential(*found) if isinstance(found, list) else found

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())


def _checked(module: Any) -> Module:
    if isinstance(module, Module):
        return module
    hint = ""
    if isinstance(module, type):
        hint = f": write {module.__name__}() with brackets"
    elif callable(module):
        hint = ": a function has a module of its own, such as nn.ReLU() for relu"
    given = module.__name__ if isinstance(module, type) else type(module).__name__
    raise TypeError(f"Sequential: {given} came; a module is needed{hint}")
