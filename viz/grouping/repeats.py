"""Repeated structure: the turns of a loop, which do the same one after the other, become groups."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from viz.grouping.groups import Group, Item, Level
from viz.grouping.periods import FEWEST_TURNS, Run, longest_run
from viz.grouping.scopes import Kind
from viz.grouping.turns import alike_turns, cut_where_little_passes, inputs_of
from viz.layout.sequence import in_sequence
from viz.words.labels import clean

SHARE = 4  # a loop must cover this part of what one box would have to, on average
FEW_TURNS = 16  # more are bundled, so that an open group can be read
LONG_TURN, MOSTLY = 6, 0.6  # operations of a turn, and the share of a level that loops must cover


def repeats(level: Level, budget: int) -> list[Group]:
    """Find the repeated parts of a level.

    Every turn is a stretch of an order in which everything comes after what it is made of, so no
    way leads out of a turn and back into it.

    Args:
        level: where to look.
        budget: how many boxes the level may show; loops too short to help with that are left.

    Returns:
        One group for each loop, which holds a group for each of its turns.
    """
    row = in_sequence(level)
    inputs = inputs_of(level, row)
    words = _words(level, row)
    owners = _only_readers(level)
    places = {item: at for at, item in enumerate(row)}
    least = len(row) // (SHARE * budget)
    groups: list[Group] = []
    waiting = [(0, len(row))]
    while waiting and len(groups) < budget:
        start, end = waiting.pop()
        found = longest_run(words[start:end], least) if end - start > least else None
        if found is None:
            continue
        run = replace(found, start=found.start + start, end=found.end + start)
        run = cut_where_little_passes(level, row, words, inputs, places, run, start)
        turns = alike_turns(row, words, inputs, places, run)
        if turns >= FEWEST_TURNS:
            groups.append(_loop(level, row, run, turns, owners))
        waiting.append((run.end, end))
        waiting.append((start, run.start))
    return groups


def loops_tell_more(level: Level, found: Sequence[Group]) -> bool:
    """Whether a level is mostly a loop with long turns, and its expressions have no names.

    Args:
        level: where to look.
        found: the expressions of the level.

    Returns:
        True if it should be grouped by turns rather than by expressions.
    """
    named = sum(_name(level, group.items[0]) != "" for group in found)
    if 2 * named >= len(found):
        return False
    operations = [item for item in set(level.item_of.values()) if level.is_operation(item)]
    covered = 0
    for loop in repeats(level, len(operations)):
        held = sum(level.is_operation(item) for item in loop.everything())
        turns = sum(len(bundle.inner) if bundle.inner else 1 for bundle in loop.inner)
        covered += held if held >= LONG_TURN * turns else 0
    return covered > MOSTLY * len(operations)


def _words(level: Level, row: Sequence[Item]) -> list[int]:
    """Number what the operations do; scopes that differ only in numbers do the same."""
    numbers: dict[str, int] = {}
    members = level.members()
    words = []
    for item in row:
        if isinstance(item, str):
            operations = sum(level.trace.nodes[node].op is not None for node in members[item])
            word = f"{re.sub('[0-9]+', '*', item)} {operations}"
        else:
            word = str(level.trace.nodes[item].op)
        words.append(numbers.setdefault(word, len(numbers)))
    return words


def _only_readers(level: Level) -> dict[Item, Item | None]:
    """Say of every leaf of a level which operation alone reads it, if there is just one."""
    readers: dict[Item, Item | None] = {}
    for source, target in level.edges:
        first, second = level.item_of[source], level.item_of[target]
        if not level.is_operation(first):
            readers[first] = second if readers.get(first, second) == second else None
    return readers


def _loop(
    level: Level,
    row: Sequence[Item],
    run: Run,
    count: int,
    owners: dict[Item, Item | None],
) -> Group:
    turn_of = {
        row[run.start + turn * run.period + at]: turn
        for turn in range(count)
        for at in range(run.period)
    }
    items: list[list[Item]] = [[] for _ in range(count)]
    for item, turn in turn_of.items():
        items[turn].append(item)
    for leaf, turn in _leaves_of_turns(level, turn_of, owners, count):
        items[turn].append(leaf)
    names = [_name(level, row[run.start + (turn + 1) * run.period - 1]) for turn in range(count)]
    turns = [
        Group(str(turn + 1), Kind("turn", _turn_title(names[turn], turn + 1, count)), held)
        for turn, held in enumerate(items)
    ]
    title = f"repeat ×{count}"
    if names[0] and names[-1]:
        title = f"{names[0]} … {names[-1]} (×{count})"
    return Group("repeat", Kind("repeat", title), [], _bundled(turns))


def _leaves_of_turns(
    level: Level, turn_of: dict[Item, int], owners: dict[Item, Item | None], count: int
) -> list[tuple[Item, int]]:
    """List the leaves that belong to a turn: numbers, and what about every turn has of its own.

    What only one turn reads, such as the value that a loop starts from, stays outside.
    """
    own = [
        (leaf, turn_of[reader])
        for leaf, reader in owners.items()
        if reader is not None and reader in turn_of
    ]
    turns_with: dict[str, set[int]] = {}
    for leaf, turn in own:
        turns_with.setdefault(_stem(level, leaf), set()).add(turn)
    return [
        (leaf, turn)
        for leaf, turn in own
        if _is_number(level, leaf) or 2 * len(turns_with[_stem(level, leaf)]) > count
    ]


def _stem(level: Level, leaf: Item) -> str:
    """The name of a leaf without numbers: the inputs of all turns are called alike."""
    return re.sub("[0-9]+", "*", level.trace.nodes[leaf].label) if isinstance(leaf, int) else ""


def _is_number(level: Level, leaf: Item) -> bool:
    known = level.trace.nodes[leaf] if isinstance(leaf, int) else None
    return known is not None and known.kind == "constant" and known.shape == ()


def _name(level: Level, item: Item) -> str:
    if isinstance(item, str) or not level.trace.nodes[item].named:
        return ""
    return clean(level.trace.nodes[item].label, 12)


def _turn_title(name: str, number: int, count: int) -> str:
    return f"{name} ({number} of {count})" if name else f"repeat {number} of {count}"


def _bundled(turns: list[Group]) -> list[Group]:
    """Put many turns into bundles, so that each bundle and all of them can be looked at."""
    if len(turns) <= FEW_TURNS:
        return turns
    size = math.ceil(math.sqrt(len(turns)))
    bundles = []
    for start in range(0, len(turns), size):
        held = turns[start : start + size]
        name = f"{start + 1}-{start + len(held)}"
        title = f"repeats {start + 1} to {start + len(held)} of {len(turns)}"
        bundles.append(Group(name, Kind("part", title), [], held))
    return bundles
