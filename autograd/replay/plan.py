"""The plan of a replayed program: its instructions in groups, and a row of an array for each."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.op import OPS, Op
from autograd.replay.linear import WeightedSum, weighted_sums
from autograd.replay.lists import ListOp, Reduction
from autograd.replay.matrices import MatrixProduct
from autograd.replay.places import Places
from autograd.replay.recording import CONSTANT, EXAMPLE, SHARED, Recording
from autograd.replay.steps import Elementwise, Fixed, Operand, Step
from autograd.value import Value

__all__ = ["Plan"]

Member = tuple[Any, ...]


class Plan:
    """Steps over two arrays: rows that are the same for the whole batch, and rows of examples.

    Args:
        recording: The instructions; more are appended.

    Attributes:
        steps: What to do, in order.
        leaf_places: Where the parameters stand in the recording.
        leaves: The parameters, whose numbers are the first shared rows.
        reached: Which of them receive a gradient.
        constants: The shared rows after them.
        shared: How many shared rows there are.
        given: How many inputs an example has.
        rows: How many rows of examples there are; the first are the inputs.
        root: The level and the row of the result.
        instructions: How many there were.
    """

    def __init__(self, recording: Recording) -> None:
        self.instructions = sum(op is not None for op in recording.ops)
        self.steps: list[Step] = []
        self._recording = recording
        self._sums: dict[int, WeightedSum] = weighted_sums(recording)
        alive = self._alive()
        self._wanted = self._find_wanted(alive)
        self._row: dict[int, int] = {place: place for place in range(recording.given)}
        self.rows = self.given = recording.given
        self.shared = 0
        drafts = self._drafts(alive, EXAMPLE)
        self._place_leaves(drafts, alive)
        shared = self._drafts(alive, SHARED)
        self.steps = [self._step(draft) for draft in (*shared, *drafts)]
        level = recording.levels[recording.root]
        self.root = (max(level, SHARED), self._row[recording.root])

    # ------------------------------------------------------------------------ what depends on what
    def _needs(self, place: int) -> Iterable[int]:
        found = self._sums.get(place)
        if found is None:
            return self._recording.inputs[place]
        weights = (w for _, w, _ in found.terms if w is not None)
        return (*weights, *(x for _, _, x in found.terms), *(x for _, x in found.biases))

    def _alive(self) -> list[int]:
        """All places that the result needs, inputs first."""
        levels, order, stack = self._recording.levels, [], [(self._recording.root, False)]
        seen: set[int] = set()
        while stack:
            place, done = stack.pop()
            if done:
                order.append(place)
            elif place not in seen:
                seen.add(place)
                stack.append((place, True))
                if levels[place] != CONSTANT:
                    stack.extend((need, False) for need in self._needs(place))
        return order

    def _find_wanted(self, alive: list[int]) -> set[int]:
        """The places from which a gradient gets to a parameter; sets ``reached`` besides."""
        recording = self._recording
        wanted: set[int] = set()
        for place in alive:
            if place in recording.leaves or any(n in wanted for n in self._gets(place)):
                wanted.add(place)
        reached = {recording.root}
        for place in reversed(alive):
            if place in reached:
                reached.update(self._gets(place))
        self._reached = reached
        return wanted

    def _gets(self, place: int) -> Iterable[int]:
        """The inputs to which a gradient is sent."""
        op = self._recording.ops[place]
        if place in self._sums or op is None or op.partials is None:
            return self._needs(place)
        pairs = zip(self._recording.inputs[place], op.partials, strict=True)
        return [item for item, formula in pairs if formula is not None]

    # ------------------------------------------------------------------------------------- groups
    def _drafts(self, alive: list[int], level: int) -> list[Any]:
        """Group the instructions of one level by depth and kind, and give each its row."""
        recording = self._recording
        depth: dict[int, int] = {}
        groups: dict[int, dict[Any, list[int]]] = {}
        for place in alive:
            if recording.levels[place] != level or recording.ops[place] is None:
                continue
            depth[place] = 1 + max((depth.get(n, 0) for n in self._needs(place)), default=0)
            groups.setdefault(depth[place], {}).setdefault(self._kind(place), []).append(place)
        drafts: list[Any] = []
        for height in sorted(groups):
            for kind, members in groups[height].items():
                if kind[0] == "sum":
                    drafts.extend(self._matrices(members, level))
                else:
                    members.sort(key=lambda place: self._rows_of(place))
                    drafts.append((kind[0], level, self._rows_for(members, level), members))
        return drafts

    def _kind(self, place: int) -> Any:
        if place in self._sums:
            return ("sum", place in self._reached)
        recording = self._recording
        op = recording.ops[place]
        inputs = recording.inputs[place]
        assert op is not None
        reached = place in self._reached
        if op.partials is None:
            return (op, reached)
        return (op, reached, *((recording.levels[i], i in self._wanted) for i in inputs))

    def _rows_of(self, place: int) -> tuple[int, ...]:
        row = self._row
        return tuple(row.get(i, -1) for i in self._recording.inputs[place])

    def _rows_for(self, members: Iterable[int], level: int) -> slice:
        start = count = self.rows if level == EXAMPLE else self.shared
        for place in members:
            self._row[place] = count
            count += 1
        if level == EXAMPLE:
            self.rows = count
        else:
            self.shared = count
        return slice(start, count)

    def _matrices(self, members: list[int], level: int) -> list[Any]:
        """Weighted sums over the same inputs are rows of a matrix; equal matrices share theirs."""
        blocks: dict[Any, list[Member]] = {}
        for place in members:
            terms = sorted(self._sums[place].terms, key=lambda term: self._row[term[2]])
            xs = tuple(x for _, _, x in terms)
            blocks.setdefault(xs, []).append((tuple((w, f) for f, w, _ in terms), place))
        windows: dict[Any, list[tuple[Any, list[int]]]] = {}
        for xs, rows in blocks.items():
            rows.sort(key=lambda row: [-1 if w is None else w for w, _ in row[0]])
            matrix = tuple(row for row, _ in rows)
            windows.setdefault(matrix, []).append((xs, [place for _, place in rows]))
        stacks: dict[Any, list[Any]] = {}
        for matrix, views in windows.items():
            plain = all(w is None for row in matrix for w, _ in row)
            key = (len(matrix), len(matrix[0]), len(views), plain)
            stacks.setdefault(key, []).append((matrix, views))
        drafts = []
        for (rows_, columns, seen, _), stack in stacks.items():
            out = [v[1][r] for _, views in stack for r in range(rows_) for v in views]
            inputs = [v[0][c] for _, views in stack for c in range(columns) for v in views]
            entries = [entry for matrix, _ in stack for row in matrix for entry in row]
            shape = (len(stack), rows_, columns, seen)
            rows_out = self._rows_for(out, level)
            drafts.append(("matrix", level, rows_out, out, shape, inputs, entries))
        return drafts

    # ----------------------------------------------------------------------------- rows and steps
    def _place_leaves(self, drafts: list[Any], alive: list[int]) -> None:
        """Give the parameters rows in the order in which matrices use them, then the constants."""
        recording = self._recording
        order: dict[int, None] = {}
        for draft in drafts:
            if draft[0] == "matrix":
                order.update(dict.fromkeys(w for w, _ in draft[6] if w in recording.leaves))
        for draft in drafts:
            if draft[0] == "matrix":
                biases = (b[0][1] for b in (self._sums[p].biases for p in draft[3]) if b)
                order.update(dict.fromkeys(b for b in biases if b in recording.leaves))
        order.update(dict.fromkeys(p for p in alive if p in recording.leaves))
        self.leaves: list[weakref.ref[Value]] = [recording.leaves[place] for place in order]
        self.leaf_places = list(order)
        self.reached = [k for k, place in enumerate(order) if place in self._reached]
        self._row.update({place: k for k, place in enumerate(order)})
        numbers = [0.0, 1.0]  # no bias, no weight
        self._nothing = len(order)
        for place in alive:
            if recording.levels[place] == CONSTANT:
                self._row[place] = self._nothing + len(numbers)
                numbers.append(recording.numbers[place])
        self.constants = np.array(numbers).reshape(-1, 1)
        self.shared = self._nothing + len(numbers)

    def _step(self, draft: Any) -> Step:
        if draft[0] == "matrix":
            return self._matrix(*draft[1:])
        op, level, out, members = draft
        reached = members[0] in self._reached
        columns = zip(*(self._recording.inputs[place] for place in members), strict=True)
        if op.partials is None:
            lists = [self._recording.inputs[place] for place in members]
            return self._list_step(op, level, out, reached, lists)
        operands = tuple(self._operand(list(column)) for column in columns)
        return Elementwise(level, out, reached, op, operands)

    def _list_step(
        self, op: Op, level: int, out: slice, reached: bool, lists: list[tuple[int, ...]]
    ) -> Step:
        sizes: tuple[int | None, ...] = op.filled["sizes"]
        if len(sizes) == 1 and sizes[0] is not None and op.filled.get("axis", 0) is None:
            settings = {name: value for name, value in op.filled.items() if name != "sizes"}
            along = OPS[op.name].with_settings({**settings, "axis": 1, "keepdims": False})
            by_level: dict[int, list[tuple[int, int]]] = {}
            for k, item in enumerate(item for each in lists for item in each):
                by_level.setdefault(max(self._recording.levels[item], SHARED), []).append((k, item))
            inputs = tuple(
                (np.array([k for k, _ in found]), self._rows([item for _, item in found]))
                for found in by_level.values()
            )
            return Reduction(level, out, reached, along, inputs, sizes[0])
        members = tuple(tuple(self._rows([item]) for item in each) for each in lists)
        return ListOp(level, out, reached, op, members, sizes)

    def _operand(self, places: list[int]) -> Any:
        levels = [self._recording.levels[place] for place in places]
        numbers = [self._recording.numbers[place] for place in places]
        if max(levels) == CONSTANT and all(repr(n) == repr(numbers[0]) for n in numbers):
            return Fixed(numbers[0])
        return self._rows(places)

    def _rows(self, places: Iterable[int]) -> Operand:
        places = list(places)
        level = max(max(self._recording.levels[place] for place in places), SHARED)
        rows = [self._row[place] for place in places]
        return Operand(level, Places(rows), any(place in self._wanted for place in places))

    def _matrix(
        self, level: int, out: slice, members: list[int], shape: Any, inputs: Any, entries: Any
    ) -> MatrixProduct:
        factors: Any = np.array([factor for _, factor in entries]).reshape(shape[:3])
        weights = None
        if any(w is not None for w, _ in entries):
            rows = [self._nothing + 1 if w is None else self._row[w] for w, _ in entries]
            weights = Operand(SHARED, Places(rows), any(w in self._wanted for w, _ in entries))
            factors = None if (factors == 1.0).all() else factors
        biases, constants = None, None
        found = [self._sums[place] for place in members]
        if any(each.biases for each in found):
            rows = [self._row[e.biases[0][1]] if e.biases else self._nothing for e in found]
            wanted = any(e.biases[0][1] in self._wanted for e in found if e.biases)
            biases = Operand(SHARED, Places(rows), wanted)
        if any(each.constant for each in found):
            constants = np.array([each.constant for each in found]).reshape(-1, 1)
        if not inputs:
            raise AssertionError("a weighted sum without inputs is a constant")
        return MatrixProduct(
            level, out, members[0] in self._reached, shape, weights, factors, self._rows(inputs),
            biases, constants, sum(each.ops for each in found),
        )  # fmt: skip
