"""Lists and dicts of modules, which say by themselves in what order they are used."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Mapping, ValuesView
from typing import Any, overload

from nn.layers.holders import HolderDict, HolderList
from nn.modules.module import Module

__all__ = ["ModuleDict", "ModuleList"]


def _checked(asked_by: str, part: Any) -> Module:
    if isinstance(part, Module):
        return part
    given = part.__name__ if isinstance(part, type) else type(part).__name__
    hint = f": write {given}() with brackets" if isinstance(part, type) else ""
    raise TypeError(f"{asked_by}: {given} came; a module is needed{hint}")


class ModuleList(HolderList[Any]):
    """A list of modules; its parameters are named "0.weight" and so on.

    A plain list as an attribute does the same; this one is PyTorch's.

    Args:
        modules: The modules.

    Raises:
        TypeError: If something else than a module came.

    Example:
        >>> from nn import Linear
        >>> layers = ModuleList(Linear(2, 2) for _ in range(3))
        >>> len(layers), [name for name, _ in layers.named_parameters()][-1]
        (3, '2.bias')
    """

    _who, _holds, _check = "ModuleList", "modules", staticmethod(_checked)

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        self._modules: list[Module] = []
        self.extend(modules)

    def members(self) -> Iterable[tuple[str, Any]]:
        """Name the modules, without a prefix, as PyTorch does; and what else was set."""
        yield from ((str(i), module) for i, module in enumerate(self._modules))
        yield from ((name, part) for name, part in vars(self).items() if name != "_modules")

    def append(self, module: Module) -> ModuleList:
        """Add a module at the end.

        Args:
            module: The module.

        Returns:
            This list.

        Raises:
            TypeError: If it is no module.
        """
        self._modules.append(_checked("ModuleList", module))
        return self

    def extend(self, modules: Iterable[Module]) -> ModuleList:
        """Add several modules at the end; see ``append``."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"ModuleList: {type(modules).__name__} came; modules are needed")
        self._modules += [_checked("ModuleList", module) for module in modules]
        return self

    def insert(self, index: int, module: Module) -> None:
        """Put a module before another."""
        self._modules.insert(index, _checked("ModuleList", module))

    def pop(self, index: int = -1) -> Module:
        """Take a module out."""
        return self._modules.pop(index)

    @overload
    def __getitem__(self, index: slice) -> ModuleList: ...
    @overload
    def __getitem__(self, index: int) -> Any: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Give a module by position; a slice gives a ModuleList of the same modules."""
        found = self._modules[index]
        return ModuleList(found) if isinstance(found, list) else found

    def __delitem__(self, index: int | slice) -> None:
        del self._modules[index]

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def __iadd__(self, other: Iterable[Module]) -> ModuleList:
        return self.extend(other)


class ModuleDict(HolderDict):
    """A dict of modules by name; its parameters are named "name.weight" and so on.

    Args:
        modules: The modules by name, as a dict or as pairs.

    Raises:
        TypeError: If something else than a module came.
        ValueError: If a name is no word without dots.

    Example:
        >>> from nn import ReLU, Tanh
        >>> bends = ModuleDict({"ramp": ReLU(), "squash": Tanh()})
        >>> list(bends), bends["ramp"], bends.squash
        (['ramp', 'squash'], ReLU(), Tanh())
    """

    _who, _holds, _check = "ModuleDict", "modules", staticmethod(_checked)

    def __init__(
        self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None
    ) -> None:
        self._modules: dict[str, Module] = {}
        self.update(modules or {})

    def members(self) -> Iterable[tuple[str, Any]]:
        """Name the modules, without a prefix, as PyTorch does; and what else was set."""
        yield from self._modules.items()
        yield from ((name, part) for name, part in vars(self).items() if name != "_modules")

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add several modules, or replace them."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"ModuleDict: {type(modules).__name__} came; modules are needed")
        for name, module in dict(modules).items():
            self[name] = module

    def values(self) -> ValuesView[Any]:
        """The modules."""
        return self._modules.values()

    def items(self) -> ItemsView[str, Any]:
        """The names and modules."""
        return self._modules.items()

    def pop(self, name: str) -> Module:
        """Take a module out."""
        return self._modules.pop(name)

    def clear(self) -> None:
        """Take all modules out."""
        self._modules.clear()
