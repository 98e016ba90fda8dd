"""Lists and dicts of parameters."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any

from autograd import Tensor
from nn.modules.module import Module
from nn.modules.parameter import Parameter

__all__ = ["ParameterDict", "ParameterList"]


class ParameterList(Module):
    """A list of parameters, named "0", "1" and so on.

    A plain list of Parameters as an attribute does the same; this one is PyTorch's.

    Args:
        values: The parameters; other Tensors become parameters.

    Raises:
        TypeError: If something else came.

    Example:
        >>> weights = ParameterList(Parameter([1.0]) for _ in range(2))
        >>> len(weights), [name for name, _ in weights.named_parameters()]
        (2, ['0', '1'])
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        self._parameters: list[Parameter] = []
        self.extend(values if values is not None else ())

    def members(self) -> Iterable[tuple[str, Any]]:
        """Name the parameters, without a prefix, as PyTorch does; and what else was set."""
        yield from ((str(i), parameter) for i, parameter in enumerate(self._parameters))
        yield from ((name, part) for name, part in vars(self).items() if name != "_parameters")

    def append(self, value: Any) -> ParameterList:
        """Add a parameter at the end.

        Args:
            value: The parameter; another Tensor becomes one.

        Returns:
            This list.

        Raises:
            TypeError: If it is something else.
        """
        self._parameters.append(_checked("ParameterList", value))
        return self

    def extend(self, values: Iterable[Any]) -> ParameterList:
        """Add several parameters at the end; see ``append``."""
        if isinstance(values, Tensor) or not isinstance(values, Iterable):
            raise TypeError(f"ParameterList: {type(values).__name__} came; a list is needed")
        self._parameters += [_checked("ParameterList", value) for value in values]
        return self

    def __getitem__(self, index: int | slice) -> Any:
        """Give a parameter by position; a slice gives a ParameterList of the same parameters."""
        found = self._parameters[index]
        return ParameterList(found) if isinstance(found, list) else found

    def __setitem__(self, index: int, value: Any) -> None:
        self._parameters[index] = _checked("ParameterList", value)

    def __iadd__(self, other: Iterable[Any]) -> ParameterList:
        return self.extend(other)

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._parameters)

    def __contains__(self, value: object) -> bool:
        return any(value is parameter for parameter in self._parameters)

    def extra_repr(self) -> str:
        """The shapes."""
        return ", ".join(str(parameter.shape) for parameter in self._parameters)


class ParameterDict(Module):
    """A dict of parameters by name.

    Args:
        parameters: The parameters by name, as a dict or as pairs; other Tensors become parameters.

    Raises:
        TypeError: If something else came.
        ValueError: If a name is no word without dots.

    Example:
        >>> weights = ParameterDict({"left": Parameter([1.0]), "right": Parameter([2.0])})
        >>> list(weights), weights["left"].item(), weights.right.item()
        (['left', 'right'], 1.0, 2.0)
    """

    def __init__(
        self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None
    ) -> None:
        self._parameters: dict[str, Parameter] = {}
        self.update(parameters if parameters is not None else {})

    def members(self) -> Iterable[tuple[str, Any]]:
        """Name the parameters, without a prefix, as PyTorch does; and what else was set."""
        yield from self._parameters.items()
        yield from ((name, part) for name, part in vars(self).items() if name != "_parameters")

    def update(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        """Add several parameters, or replace them."""
        if not isinstance(parameters, Iterable):
            raise TypeError(f"ParameterDict: {type(parameters).__name__} came; a dict is needed")
        for name, parameter in dict(parameters).items():
            self[name] = parameter

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._parameters.keys()

    def values(self) -> ValuesView[Parameter]:
        """The parameters."""
        return self._parameters.values()

    def items(self) -> ItemsView[str, Parameter]:
        """The names and parameters."""
        return self._parameters.items()

    def get(self, name: str, default: Any = None) -> Any:
        """Give a parameter, or something else if there is none of that name."""
        return self._parameters.get(name, default)

    def pop(self, name: str) -> Parameter:
        """Take a parameter out."""
        return self._parameters.pop(name)

    def __getattr__(self, name: str) -> Any:
        parameters = vars(self).get("_parameters", {})  # a copy is asked before it has any
        if name not in parameters:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return parameters[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(self).get("_parameters", {}):
            self[name] = value
        else:
            super().__setattr__(name, value)

    def __getitem__(self, name: str) -> Any:
        if name not in self._parameters:
            known = ", ".join(self._parameters) or "no parameters"
            raise KeyError(f"ParameterDict: there is no {name!r}; there are {known}")
        return self._parameters[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if not isinstance(name, str) or not name or "." in name:
            raise ValueError(f"ParameterDict: {name!r} came as a name; needs a word without dots")
        self._parameters[name] = _checked("ParameterDict", value)

    def __delitem__(self, name: str) -> None:
        del self._parameters[name]

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __contains__(self, name: object) -> bool:
        return name in self._parameters

    def extra_repr(self) -> str:
        """The names and shapes."""
        return ", ".join(f"{name}: {part.shape}" for name, part in self._parameters.items())


def _checked(asked_by: str, value: Any) -> Parameter:
    if isinstance(value, Parameter):
        return value
    if isinstance(value, Tensor):
        return Parameter(value)
    raise TypeError(f"{asked_by}: {type(value).__name__} came; a Parameter is needed")
