"""Frozen records as ``dataclasses`` makes them, without its price at every import.

``dataclasses`` writes the source of each record's methods and compiles it whenever the record's
module is imported: milliseconds for the few records that every program needs.  Here all of them
share one text.  Type checkers are shown the real ``dataclass``, ``field`` and ``replace`` instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

__all__ = ["dataclass", "field", "replace"]

_Record = TypeVar("_Record")
_put = object.__setattr__


class _Field:
    """What there is to say of a field besides its default, as ``dataclasses.field``."""

    def __init__(self, *, init: bool = True, **default: Any) -> None:
        self.init = init
        self.given = default
        self.default = default.get("default")
        self.make: Callable[[], Any] | None = default.get("default_factory")


def _dataclass(
    *, frozen: bool, eq: bool = True, repr: bool = True
) -> Callable[[type[_Record]], type[_Record]]:
    """Make a record of a class, as ``dataclasses.dataclass`` does.

    Args:
        frozen: True; there are no others here.
        eq: Whether records of equal fields are equal; else each is equal only to itself.
        repr: Whether they show their fields.

    Returns:
        A decorator of a class that inherits from no other record.

    Example:
        >>> @dataclass(frozen=True)
        ... class Place:
        ...     row: int
        ...     column: int = 0
        >>> Place(2), Place(2) == Place(2, 0), replace(Place(2), column=5)
        (Place(row=2, column=0), True, Place(row=2, column=5))
    """

    def decorate(cls: Any) -> Any:
        names = tuple(cls.__annotations__)
        given = {name: vars(cls)[name] for name in names if name in vars(cls)}
        fields = {name: f for name, f in given.items() if type(f) is _Field}
        for name, f in fields.items():
            if f.make is None:
                setattr(cls, name, f.default)
            else:
                delattr(cls, name)
        arguments = tuple([name for name in names if name not in fields or fields[name].init])
        cls.__match_args__ = arguments  # type: ignore[misc]
        cls.__init__ = _init(cls, names, fields)
        cls.__setattr__, cls.__delattr__ = _refusing(cls, names)
        cls.__replace__ = _replace
        for name in ("__dataclass_fields__", "__dataclass_params__", "__signature__"):
            setattr(cls, name, _AskedFor(cls, given, name, eq, repr))
        equal, hashed, shown = _looking(names)
        if eq:
            cls.__eq__, cls.__hash__ = equal, hashed
        if repr:
            cls.__repr__ = shown
        return cls

    return decorate


def _replace(record: _Record, **changes: Any) -> _Record:
    """Make a record like another one, as ``dataclasses.replace`` does.

    Args:
        record: The other one.
        changes: The fields in which it differs.

    Returns:
        The new record; fields that are no arguments begin anew.
    """
    names: tuple[str, ...] = type(record).__match_args__  # type: ignore[attr-defined]
    return type(record)(**{name: getattr(record, name) for name in names} | changes)


def _init(cls: Any, names: tuple[str, ...], fields: dict[str, _Field]) -> Callable[..., None]:
    """Write ``__init__``; it sets the fields one by one, which is what makes them quick to read."""
    arguments: tuple[str, ...] = cls.__match_args__
    makers = {name: f.make for name, f in fields.items() if f.make is not None}
    blank = {n: getattr(cls, n, None) for n in names if n in arguments or n in makers}
    needed = {n for n in arguments if n not in makers and not hasattr(cls, n)}
    may = frozenset(arguments)

    def __init__(self: Any, *given: Any, **named: Any) -> None:
        told = {**dict(zip(arguments, given, strict=False)), **named} if given else named
        if len(told) < len(given) + len(named) or not needed <= told.keys() <= may:
            cls.__signature__.bind(*given, **named)  # it raises what Python says to such calls
        values = {**blank, **told}
        for name, make in makers.items():
            if name not in told:
                values[name] = make()
        for name, value in values.items():
            _put(self, name, value)

    return __init__


def _refusing(cls: type, names: tuple[str, ...]) -> tuple[Callable[..., None], ...]:
    """Write ``__setattr__`` and ``__delattr__``; a class below may have attributes of its own."""

    def refuse(what: str, name: str) -> NoReturn:
        from dataclasses import FrozenInstanceError  # here, as it starts slowly and few ask

        error = FrozenInstanceError(f"cannot {what} field {name!r}")
        raise error

    def __setattr__(self: Any, name: str, value: Any) -> None:
        if type(self) is cls or name in names:
            refuse("assign to", name)
        _put(self, name, value)

    def __delattr__(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            refuse("delete", name)
        object.__delattr__(self, name)

    return __setattr__, __delattr__


def _looking(names: tuple[str, ...]) -> tuple[Callable[..., Any], ...]:
    """Write ``__eq__``, ``__hash__`` and ``__repr__``."""

    def values(record: Any) -> tuple[Any, ...]:
        return tuple([getattr(record, name) for name in names])

    def __eq__(self: Any, other: Any) -> Any:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(values(self))

    def __repr__(self: Any) -> str:
        pairs = zip(names, values(self), strict=True)
        return f"{type(self).__qualname__}({', '.join(f'{n}={value!r}' for n, value in pairs)})"

    return __eq__, __hash__, __repr__


class _AskedFor:
    """What ``dataclasses`` and ``inspect`` want to know of a record, found out when they ask."""

    def __init__(self, cls: type, given: dict[str, Any], name: str, eq: bool, repr: bool) -> None:
        self.cls = cls
        self.given = given
        self.name = name
        self.settings: dict[str, Any] = {"eq": eq, "repr": repr}

    def __get__(self, record: Any, cls: Any) -> Any:
        import dataclasses
        import inspect

        asked = self.name
        if record is not None and asked == "__signature__":
            return None  # that of the class; an Op is called in its own way
        lines: list[Any] = []
        for name, annotation in self.cls.__annotations__.items():
            default = self.given.get(name, dataclasses.MISSING)
            if type(default) is _Field:
                default = dataclasses.field(init=default.init, **default.given)
            elif default is not dataclasses.MISSING:
                default = dataclasses.field(default=default)
            else:
                default = dataclasses.field()
            lines.append((name, annotation, default))
        twin: Any = dataclasses.make_dataclass(
            self.cls.__name__, lines, frozen=True, **self.settings
        )
        return inspect.signature(twin) if asked == "__signature__" else getattr(twin, asked)


if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    dataclass, field, replace = _dataclass, _Field, _replace
