"""Records without ``dataclasses``, and tables and methods that are filled when they are needed."""

import copy
import dataclasses
import inspect
import pickle
import sys
import types
from typing import Any

import pytest

from autograd import OPS
from autograd.domain import UNIT, Domain
from autograd.engine import Contribution
from autograd.frozen import dataclass, field, replace
from autograd.late import LateMethod, LateTable, late_methods
from autograd.op import Op, Sample


def record(make, extra):
    @make(frozen=True)
    class Record:
        """A record."""

        name: str
        size: int = 3
        held: list = extra(default_factory=list)
        found: Any = extra(default=None, init=False)

    return Record


OURS, REAL = record(dataclass, field), record(dataclasses.dataclass, dataclasses.field)


@pytest.mark.parametrize(
    "made",
    [
        lambda kind: kind("a"),
        lambda kind: kind("a", 4, [1]),
        lambda kind: kind(size=5, name="b"),
        lambda kind: dataclasses.replace(kind("a"), size=7),
        lambda kind: copy.copy(kind("a", held=[2])),
    ],
)
def test_a_record_is_made_and_shown_as_by_dataclasses(made):
    ours, real = made(OURS), made(REAL)
    assert repr(ours) == repr(real)
    assert vars(ours) == vars(real)
    assert list(vars(ours)) == list(vars(real))
    assert ours == made(OURS)
    assert ours != made(REAL)
    assert dataclasses.asdict(ours) == dataclasses.asdict(real)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda kind: kind(),
        lambda kind: kind("a", 1, [], None),
        lambda kind: kind("a", name="b"),
        lambda kind: kind("a", colour=1),
        lambda kind: kind("a", found=1),
        lambda kind: setattr(kind("a"), "size", 1),
        lambda kind: setattr(kind("a"), "colour", 1),
        lambda kind: delattr(kind("a"), "size"),
        lambda kind: hash(kind("a")),
    ],
)
def test_a_record_refuses_what_dataclasses_refuse(wrong):
    with pytest.raises(Exception) as ours:  # noqa: PT011
        wrong(OURS)
    with pytest.raises(Exception) as real:  # noqa: PT011
        wrong(REAL)
    assert type(ours.value) is type(real.value)


def test_a_record_tells_dataclasses_what_it_is():
    assert dataclasses.is_dataclass(OURS)
    assert inspect.signature(OURS) == inspect.signature(REAL)
    assert [(f.name, f.default, f.init) for f in dataclasses.fields(OURS)] == [
        (f.name, f.default, f.init) for f in dataclasses.fields(REAL)
    ]
    assert OURS.__match_args__ == REAL.__match_args__
    assert not hasattr(OURS, "held")
    assert OURS.size == 3


@pytest.mark.parametrize("kind", [Op, Sample, Domain, Contribution])
def test_the_records_of_autograd_are_dataclasses_to_others(kind):
    (first, *_) = dataclasses.fields(kind)
    assert first.name in inspect.signature(kind).parameters
    assert kind.__dataclass_params__.frozen


def test_a_dataclass_may_inherit_from_a_record():
    @dataclasses.dataclass(frozen=True)
    class Wider(Domain):
        wide: bool = True

    made = Wider("{x} > 3", abs, low=4.0)
    assert (made.low, made.high, made.wide) == (4.0, 2.0, True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.wide = False


def test_records_are_values():
    assert replace(UNIT, low=UNIT.low) == UNIT
    assert hash(UNIT) == hash(replace(UNIT))
    assert replace(UNIT, low=0.0) != UNIT
    assert pickle.loads(pickle.dumps(Sample(((2, 3),)))) == Sample(((2, 3),))
    assert OPS["sum"] != dataclasses.replace(OPS["sum"])  # each op is only itself


@pytest.fixture
def table(monkeypatch):
    """A table of one entry, two more wait in a module; and the times it was imported."""
    table: LateTable[int] = LateTable()
    table["one"] = 1
    table.late |= {"two": "made_up_room", "three": "made_up_room"}
    imported = []

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "made_up_room":
                return importlib_spec(name)
            return None

    class Loader:
        @staticmethod
        def create_module(spec):
            return types.ModuleType(spec.name)

        @staticmethod
        def exec_module(module):
            imported.append(module.__name__)
            table["two"], table["three"] = 2, 3

    def importlib_spec(name):
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, Loader)

    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    yield table, imported
    sys.modules.pop("made_up_room", None)


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda t: t["three"], 3),
        (lambda t: t.get("two"), 2),
        (list, ["one", "two", "three"]),
        (len, 3),
        (lambda t: sum(t.values()), 6),
        (lambda t: {**t}, {"one": 1, "two": 2, "three": 3}),
        (dict, {"one": 1, "two": 2, "three": 3}),
        (lambda t: t == {"one": 1, "two": 2, "three": 3}, True),
        (lambda t: t | {"four": 4}, {"one": 1, "two": 2, "three": 3, "four": 4}),
        (lambda t: t.pop("two"), 2),
        (copy.copy, {"one": 1, "two": 2, "three": 3}),
        (lambda t: pickle.loads(pickle.dumps(t)), {"one": 1, "two": 2, "three": 3}),
        (lambda t: t.__setitem__("two", 5) or t["two"], 5),  # somebody else's is the later one
    ],
)
def test_a_late_table_fills_itself(table, ask, answer):
    late, imported = table
    assert ask(late) == answer
    assert imported == ["made_up_room"]
    assert not late.late


def test_a_late_table_waits(table):
    late, imported = table
    assert "two" in late
    assert "four" not in late
    assert late.get("four", 4) == late["one"] + 3
    with pytest.raises(KeyError, match="four"):
        late["four"]
    late["four"] = 4
    assert imported == []


def test_a_late_method_must_come():
    class Owner:
        pass

    late_methods(Owner, {"math": "sin"})
    assert isinstance(vars(Owner)["sin"], LateMethod)
    with pytest.raises(AssertionError, match="math has no method sin"):
        Owner().sin()
