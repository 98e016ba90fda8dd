"""Names of a package that are imported when they are first asked for, so that it starts fast."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["add_late_names", "by_module", "late_names"]


class _Package(ModuleType):
    """A package that has some function under the name of the file it stands in.

    Importing such a file from anywhere would else put the file in the place of the function.
    """

    def __setattr__(self, name: str, thing: Any) -> None:
        if isinstance(thing, ModuleType) and self.__late__.get(name) == thing.__name__:
            thing = getattr(thing, name, thing)
        super().__setattr__(name, thing)


def by_module(names: Mapping[str, str]) -> dict[str, str]:
    """Write the places of many names shortly, for ``late_names``.

    Args:
        names: Module by module its names, with spaces between them.

    Returns:
        Name by name the module.

    Example:
        >>> by_module({"nn.layers.recurrent": "GRU LSTM"})
        {'GRU': 'nn.layers.recurrent', 'LSTM': 'nn.layers.recurrent'}
    """
    return {name: module for module, line in names.items() for name in line.split()}


def late_names(
    package: str, places: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Let a package have names whose modules are imported at their first use.

    Args:
        package: The package, ``__name__``.
        places: Name by name the module where it is defined; a module stands for itself.

    Returns:
        The package's ``__getattr__`` and ``__dir__``.

    Example:
        >>> import autograd
        >>> "hessian" in dir(autograd), autograd.hessian.__module__
        (True, 'autograd.functional')
    """
    module: Any = sys.modules[package]
    module.__late__ = dict(places)
    module.__class__ = _Package

    def get(name: str) -> Any:
        if name not in module.__late__:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
        found = import_module(module.__late__[name])
        itself = found.__name__.endswith(f".{name}")  # else it must hold the name, or it is wrong
        thing = getattr(found, name, found) if itself else getattr(found, name)
        setattr(module, name, thing)
        return thing

    def names() -> list[str]:
        return sorted({*vars(module), *module.__late__})

    return get, names


def add_late_names(package: str, places: Mapping[str, str]) -> None:
    """Give a package with late names some more, from a package above it.

    Args:
        package: The name of the package.
        places: As in ``late_names``.

    Example:
        >>> import autograd
        >>> add_late_names("autograd", {"half_of_pi": "math"})
        >>> autograd.__late__.pop("half_of_pi")
        'math'
    """
    late: dict[str, str] = vars(sys.modules[package])["__late__"]
    late.update(places)
