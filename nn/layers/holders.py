"""What lists and dicts of modules share with those of parameters."""

from __future__ import annotations

from collections.abc import Iterator, KeysView
from typing import Any, ClassVar, Generic, TypeVar

from nn.modules.module import Module

__all__ = ["Holder", "HolderDict", "HolderList"]

_Item = TypeVar("_Item")


class Holder(Module, Generic[_Item]):
    """A list or dict as a module; a class says what holds its parts, and which ones fit."""

    _who: ClassVar[str]  # who speaks in errors, also for a subclass
    _holds: ClassVar[str]  # such as "modules", in the attribute _modules, which pickles name

    @staticmethod
    def _check(asked_by: str, part: Any) -> Any:
        return part

    def _held(self) -> Any:
        return getattr(self, "_" + self._holds)

    def __len__(self) -> int:
        return len(self._held())

    def __iter__(self) -> Iterator[_Item]:
        return iter(self._held())


class HolderList(Holder[_Item]):
    """A list whose parts are checked when they are put in; two equal ones are not the same."""

    def __setitem__(self, index: int, part: Any) -> None:
        self._held()[index] = self._check(self._who, part)

    def __contains__(self, part: object) -> bool:
        return any(part is own for own in self._held())


class HolderDict(Holder[str]):
    """A dict by names without dots, which are attributes, too."""

    def keys(self) -> KeysView[str]:
        """The names."""
        names: KeysView[str] = self._held().keys()
        return names

    def __getattr__(self, name: str) -> Any:
        parts = vars(self).get("_" + self._holds, {})  # a copy is asked before it has any
        if name not in parts:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return parts[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(self).get("_" + self._holds, {}):
            self[name] = value
        else:
            super().__setattr__(name, value)

    def __getitem__(self, name: str) -> Any:
        parts = self._held()
        if name not in parts:
            known = ", ".join(parts) or f"no {self._holds}"
            raise KeyError(f"{self._who}: there is no {name!r}; there are {known}")
        return parts[name]

    def __setitem__(self, name: str, part: Any) -> None:
        if not isinstance(name, str) or not name or "." in name:
            raise ValueError(f"{self._who}: {name!r} came as a name; needs a word without dots")
        self._held()[name] = self._check(self._who, part)

    def __delitem__(self, name: str) -> None:
        del self._held()[name]

    def __contains__(self, name: object) -> bool:
        return name in self._held()
