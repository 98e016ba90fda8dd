"""Where one turn of a loop ends and the next begins, and which stretches really do the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from viz.grouping.groups import Item, Level
from viz.grouping.periods import FEWEST_TURNS, Run

Inputs = Mapping[Item, Sequence[Item]]


def inputs_of(level: Level, row: Sequence[Item]) -> dict[Item, list[Item]]:
    """List what each operation of a level reads in that level, by slot."""
    inputs: dict[Item, list[Item]] = {item: [] for item in row}
    for source, target in level.edges:
        first, second = level.item_of[source], level.item_of[target]
        if first != second and second in inputs:
            inputs[second].append(first)
    return inputs


def cut_where_little_passes(
    level: Level,
    row: Sequence[Item],
    words: Sequence[int],
    inputs: Inputs,
    places: Mapping[Item, int],
    run: Run,
    earliest: int,
) -> Run:
    """Choose where turns begin: where the fewest results are handed on, at a named one if any.

    Args:
        level: where the row stands.
        row: the operations in order.
        words: what each of them does.
        inputs: what each of them reads.
        places: where in the row each stands.
        run: the stretch that repeats itself.
        earliest: where turns may begin.

    Returns:
        The same stretch, or one that begins up to a turn earlier or later.
    """
    middle = run.start + run.turns // 2 * run.period
    opened = [0] * (run.period + 1)  # how many more results pass each border than the one before
    last_reader: dict[int, int] = {}
    for at in range(middle, run.end):
        for source in inputs[row[at]]:
            if source in places:
                last_reader[places[source]] = at
    for source_at, reader_at in last_reader.items():
        first, last = max(source_at + 1, middle), min(reader_at, middle + run.period - 1)
        if first <= last:
            opened[first - middle] += 1
            opened[last - middle + 1] -= 1
    best, chosen, passing = (len(row), True, 0), run.start, 0
    for offset in range(run.period):
        passing += opened[offset]
        start = run.start + offset
        if _is_first_turn(words, start - run.period, run.period, earliest):
            start -= run.period
        turns = (run.end - start) // run.period
        cost = (passing, not _named(level, row[middle + offset - 1]), -turns)
        if turns >= FEWEST_TURNS and cost < best:
            best, chosen = cost, start
    return replace(run, start=chosen)


def _is_first_turn(words: Sequence[int], start: int, period: int, earliest: int) -> bool:
    """Whether a first turn stands here that does the same as the next, if in another order."""
    first = words[start : start + period]
    return start >= earliest and Counter(first) == Counter(words[start + period :][:period])


def _named(level: Level, item: Item) -> bool:
    return isinstance(item, int) and level.trace.nodes[item].named


def alike_turns(
    row: Sequence[Item],
    words: Sequence[int],
    inputs: Inputs,
    places: Mapping[Item, int],
    run: Run,
) -> int:
    """Count the turns from the first on that are wired alike.

    In the first turn anything may stand where later ones read from the turn before, and what
    follows from that may stand in another order.

    Args:
        row: the operations in order.
        words: what each of them does.
        inputs: what each of them reads.
        places: where in the row each stands.
        run: the stretch, which begins where a turn does.

    Returns:
        How many turns, counted from the first, do the same.
    """

    def wiring(turn: int) -> list[list[int]]:
        """For each operation how far back its inputs stand; 0 for what is not of the last turn."""
        begin = run.start + turn * run.period
        wires = []
        for at in range(begin, begin + run.period):
            there = [places.get(source, begin - 2 * run.period) for source in inputs[row[at]]]
            backs = [at - place if place >= begin - run.period else 0 for place in there]
            wires.append(sorted(set(backs) - {0}) if isinstance(row[at], str) else backs)
        return wires

    def within(turn: int) -> Counter[tuple[int, int]]:
        """Each operation with how many of its inputs are of the same turn, in whatever order."""
        done = words[run.start + turn * run.period :]
        return Counter(
            (word, sum(0 < back <= at for back in backs))
            for at, (word, backs) in enumerate(zip(done, wiring(turn), strict=False))
        )

    if within(0) != within(1):
        return 1
    usual = wiring(1)
    return next((turn for turn in range(2, run.turns) if wiring(turn) != usual), run.turns)
