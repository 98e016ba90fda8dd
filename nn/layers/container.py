"""Containers: modules that are made of modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from sys import _getframe, getrefcount
from typing import Any, overload

import numpy as np

from autograd import Tensor
from autograd.chains import apply_chain
from autograd.overwriting import TEMPORARY, apply_over
from nn.keras.model import Model
from nn.modules.module import Module
from nn.modules.naming import scopes_open
from nn.modules.uninitialized import Unsized

__all__ = ["Sequential"]

_call = Module.__call__


class _Layers:
    """Keras' name for the modules; a class of one's own may use the name for itself."""

    def __get__(self, model: Any, owner: Any = None) -> list[Module]:
        return [] if model is None else list(model)


def _row_of(modules: list[Any]) -> list[tuple[Any, tuple[Any, ...]]]:
    """Collect the ops of the layers and activations that come first, with their further inputs.

    Those that are called with nothing but their class's ``forward``: without hooks, and while no
    names are noted.
    """
    row: list[tuple[Any, tuple[Any, ...]]] = []
    if scopes_open:
        return row
    for module in modules:
        op = module._weighs_by or module._takes_over
        if (
            op is None
            or ((hooks := module._hooks) is not None and hooks.any())
            or type(module).__call__ is not _call
            or "forward" in module.__dict__
        ):
            break
        if op is module._takes_over:
            row.append((op, ()))
        else:
            bias = module.bias
            row.append((op, (module.weight, 0.0 if bias is None else bias)))
    return row


class Sequential(Model):
    """Modules one after the other: each gets what the one before gave.

    PyTorch's container, and Keras': with ``add``, ``compile``, ``fit``, ``evaluate``, ``predict``.
    If its first module tells the shape of its input (``input_dim=8``), every layer that is added
    has its size at once.

    Args:
        modules: The modules, named "0", "1", ...; or one list of them, or one dict by name; none,
            to ``add`` them later.

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
        >>> from nn import Activation, Dense
        >>> model = Sequential()
        >>> model.add(Dense(6, input_dim=8))
        >>> model.add(Activation("tanh"))
        >>> model.add(Dense(3))
        >>> model
        Sequential(
          (0): Dense(8 -> 6)
          (1): Activation('tanh')
          (2): Dense(6 -> 3)
        )
    """

    def __init__(self, *modules: Module | Mapping[str, Module] | Iterable[Module]) -> None:
        self._modules: dict[str, Module]
        first: Any = modules[0] if len(modules) == 1 else None
        if isinstance(first, Mapping):
            self._modules = {name: _checked(module) for name, module in first.items()}
        else:
            several = first if isinstance(first, (list, tuple)) else modules
            self._modules = {str(i): _checked(module) for i, module in enumerate(several)}
        self._size_layers()

    def members(self) -> Iterable[tuple[str, Any]]:
        """Name the modules, without a prefix, as PyTorch does."""
        return self._modules.items()

    layers = _Layers()

    def add(self, layer: Module) -> None:
        """Add a layer at the end, as in Keras; it has its size at once if the input's is known.

        Args:
            layer: The layer.

        Raises:
            TypeError: If it is no module.
            ShapeError: If it does not take what the layers before give; it is not added then.
        """
        self.append(layer)

    def append(self, module: Module) -> Sequential:
        """Add a module at the end.

        Args:
            module: The module.

        Returns:
            This container.

        Raises:
            TypeError: If it is no module.
        """
        return self.insert(len(self), module)

    def extend(self, modules: Iterable[Module]) -> Sequential:
        """Add several modules at the end.

        Args:
            modules: The modules.

        Returns:
            This container.

        Raises:
            TypeError: If one is no module; then none is added.
        """
        self._replace([*self._modules.items(), *(("0", _checked(m)) for m in modules)])
        return self

    def insert(self, index: int, module: Module) -> Sequential:
        """Put a module in front of another; those that follow get the next numbers as names.

        Args:
            index: The position.
            module: The module.

        Returns:
            This container.

        Raises:
            TypeError: If it is no module.
            IndexError: If there is no such position.
        """
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Sequential.insert: {index} came; there are {len(self)} modules")
        pairs = list(self._modules.items())
        pairs.insert(index, ("0", _checked(module)))
        self._replace(pairs)
        return self

    def pop(self, index: int = -1) -> Module:
        """Take a module out.

        Args:
            index: Its position; the last by default.

        Returns:
            The module.

        Raises:
            IndexError: If there is none.
        """
        pairs = list(self._modules.items())
        if not -len(pairs) <= index < len(pairs):
            raise IndexError(f"Sequential.pop: {index} came; there are {len(pairs)} modules")
        _, taken = pairs.pop(index)
        self._replace(pairs)
        return taken

    def forward(self, x: Any) -> Any:
        """Run all modules in order."""
        modules = list(self._modules.values())
        place = tried = 0
        while place < len(modules):
            row = _row_of(modules[place:] if place >= tried else modules[place : place + 1])
            if len(row) > 1 and row[0][1]:
                if type(x) is np.ndarray and x.dtype.kind == "f":
                    x = Tensor(x)
                made = apply_chain(x, row, _getframe(1)) if type(x) is Tensor else None
                tried = place + len(row)
                if made is not None:
                    x, made, place = made, None, tried
                    continue
            module = modules[place]
            op: Any = module._takes_over if row else None
            # whether nobody else knows what the module before gave
            alone = op is not None and type(x) is Tensor and getrefcount(x) <= TEMPORARY
            x = apply_over(op, x) if alone else module(x)
            place += 1
        return x

    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    @overload
    def __getitem__(self, index: int | str) -> Module: ...
    def __getitem__(self, index: int | str | slice) -> Module:
        """Give a module by position or name; a slice gives a Sequential of the same modules."""
        if isinstance(index, str):
            return self._modules[index]
        if isinstance(index, slice):
            return Sequential(dict(list(self._modules.items())[index]))
        return list(self._modules.values())[index]

    def __setitem__(self, index: int | str, module: Module) -> None:
        name = index if isinstance(index, str) else list(self._modules)[index]
        if name not in self._modules:
            raise KeyError(
                f"Sequential: there is no {name!r}; there are "
                f"{', '.join(self._modules) or 'no modules'}"
            )
        self._change({**self._modules, name: _checked(module)})

    def __delitem__(self, index: int) -> None:
        self.pop(index)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a module at the end under a name, as PyTorch's ``add_module`` does.

        Args:
            name: The name; one that is there already gets the new module.
            module: The module.

        Raises:
            TypeError: If it is no module.
            ValueError: If the name is no word without dots, or a method's.
        """
        if name not in self._modules:
            self._check_free("register_module", name)
        self._change({**self._modules, name: _checked(module)})

    add_module = register_module

    def __getattr__(self, name: str) -> Any:
        modules = vars(self).get("_modules", {})  # a copy is asked before it has any
        if name in modules:
            return modules[name]
        return object.__getattribute__(self, name)  # says what is missing, or what a property said

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Module) and "_modules" in vars(self):
            self._change({**self._modules, name: value})
        else:
            super().__setattr__(name, value)

    def _replace(self, pairs: list[tuple[str, Module]]) -> None:
        """Take other modules; numbers are given anew, other names stay."""
        self._change({str(i) if n.isdigit() else n: m for i, (n, m) in enumerate(pairs)})

    def _change(self, modules: dict[str, Module]) -> None:
        before, self._modules = self._modules, modules
        try:
            self._size_layers()
        except BaseException:
            self._modules = before
            raise
        vars(self).pop("_compiled", None)  # its optimizer knows other parameters

    def _size_layers(self) -> None:
        """Give lazy layers their size, if the first layer tells the shape of its input."""
        first = next(iter(self), None)
        shape = None if first is None else vars(first).get("input_shape")
        if shape is not None and any(isinstance(p, Unsized) for p in self.parameters()):
            self.materialize((1, *shape))


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
