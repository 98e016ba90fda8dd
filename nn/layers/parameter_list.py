"""Lists and dicts of parameters."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Mapping, ValuesView
from typing import Any

from autograd import Tensor
from nn.layers.holders import HolderDict, HolderList
from nn.modules.parameter import Parameter

__all__ = ["ParameterDict", "ParameterList"]


def _checked(asked_by: str, part: Any) -> Parameter:
    if isinstance(part, Parameter):
        return part
    if isinstance(part, Tensor):
        return Parameter(part)
    raise TypeError(f"{asked_by}: {type(part).__name__} came; a Parameter is needed")


class ParameterList(HolderList[Parameter]):
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

    _who, _holds, _check = "ParameterList", "parameters", staticmethod(_checked)

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

    def __iadd__(self, other: Iterable[Any]) -> ParameterList:
        return self.extend(other)

    def extra_repr(self) -> str:
        """The shapes."""
        return ", ".join(str(parameter.shape) for parameter in self._parameters)


class ParameterDict(HolderDict):
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

    _who, _holds, _check = "ParameterDict", "parameters", staticmethod(_checked)

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

    def extra_repr(self) -> str:
        """The names and shapes."""
        return ", ".join(f"{name}: {part.shape}" for name, part in self._parameters.items())
