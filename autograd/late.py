"""Names that are imported when they are first asked for, so that a package starts fast."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

__all__ = [
    "LateMethod",
    "LateTable",
    "add_late_names",
    "by_module",
    "late_methods",
    "late_names",
    "late_rooms",
]

_Thing = TypeVar("_Thing")


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


def late_rooms(
    package: str, rooms: Collection[str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Let a package have rooms that are imported at their first use: modules, never functions.

    Args:
        package: The package, ``__name__``.
        rooms: The names of its modules.

    Returns:
        The package's ``__getattr__`` and ``__dir__``.

    Example:
        >>> from autograd import ops
        >>> ops.linear.__name__, "winograd" in dir(ops)
        ('autograd.ops.linear', True)
    """

    def get(name: str) -> Any:
        if name not in rooms:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
        return import_module(f"{package}.{name}")

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *rooms})

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


class LateMethod:
    """A method whose module is imported when it is first asked for, and puts it in place of this.

    Args:
        module: The module.
        owner: The class.
        name: The method's name.
    """

    def __init__(self, module: str, owner: type, name: str) -> None:
        self.module = module
        self.owner = owner
        self.name = name

    def __get__(self, instance: Any, kind: type) -> Any:
        import_module(self.module)
        method = vars(self.owner)[self.name]
        assert method is not self, f"{self.module} has no method {self.name}"
        return method.__get__(instance, kind)


def late_methods(owner: type, modules: Mapping[str, str]) -> None:
    """Give a class methods whose modules are imported when they are first asked for.

    Args:
        owner: The class.
        modules: Module by module the names of the methods that it puts into the class when it is
            imported, with spaces between them.

    Example:
        >>> from autograd import Tensor
        >>> Tensor.new_zeros.__name__, type(vars(Tensor)["new_zeros"]).__name__
        ('new_zeros', 'function')
    """
    for name, module in by_module(modules).items():
        setattr(owner, name, LateMethod(module, owner, name))


class LateTable(dict[str, _Thing]):
    """A table some of whose entries are made by modules that are imported at their first use.

    What is asked for one entry imports its module; what is asked for all imports all of them.

    Attributes:
        late: Name by name the module that makes the entry, of those that are not imported yet.

    Example:
        >>> table = LateTable()
        >>> table["three"] = 3
        >>> table.late["four"] = "a_module_that_puts_it_here"
        >>> table["three"], "four" in table, "five" in table
        (3, True, False)
    """

    def __init__(self) -> None:
        self.late: dict[str, str] = {}

    def __missing__(self, name: str) -> _Thing:
        if name in self.late:
            import_module(self.late[name])  # a second thread waits here until the first is done
        table: dict[str, _Thing] = self if super().__contains__(name) else {}
        return table[name]  # or Python's own KeyError

    def __setitem__(self, name: str, thing: _Thing) -> None:
        module = self.late.get(name)
        if module is not None and module not in sys.modules:
            import_module(module)  # this is somebody else's of that name: it is the later one
        super().__setitem__(name, thing)
        self.late.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.late

    def __reduce__(self) -> Any:
        return dict, (dict(self),)  # a copy is a plain one

    def complete(self) -> None:
        """Import what is not imported yet."""
        for module in dict.fromkeys(self.late.values()):
            import_module(module)


def _get(self: LateTable[Any], name: Any, default: Any = None) -> Any:
    return self[name] if name in self else default  # noqa: SIM401


def _of_all(name: str) -> Any:
    """A method of dict that is asked for all entries."""
    plain = getattr(dict, name)

    @wraps(plain)
    def method(self: LateTable[Any], *given: Any, **more: Any) -> Any:
        if self.late:
            self.complete()
        return plain(self, *given, **more)

    return method


LateTable.get = wraps(dict.get)(_get)  # type: ignore[assignment, method-assign]
for _name in (
    *("__delitem__", "__eq__", "__ior__", "__iter__", "__len__", "__ne__", "__or__", "__repr__"),
    *("__reversed__", "__ror__", "clear", "copy", "items", "keys", "pop", "popitem", "setdefault"),
    *("update", "values"),
):
    setattr(LateTable, _name, _of_all(_name))
