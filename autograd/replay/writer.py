"""Writing a program's source: names of arrays, work space, and where gradients are added."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.expressions import OUT_BY_NAME, Call
from autograd.replay.places import Places
from autograd.replay.recording import EXAMPLE, SHARED

__all__ = ["Writer"]

_FLOAT, _BOOL = np.dtype(float), np.dtype(bool)


class Writer:
    """The source of some steps, and what its names stand for.

    ``rows`` has a row of numbers for each place of the program that every example has its own of,
    ``shared`` one number for each other place.  v3_19 are rows 3 to 18 and p3_19 the shared numbers
    3 to 18, gv and gp their gradients, c what was gathered from scattered rows, t scratch that the
    next step overwrites, m bools of the same kind, i numbers of rows, k constants, n0_5 is 0.5.

    Args:
        known: What names of the source stand for; added to.
        done: Per level which rows have a gradient already; kept up to date by the steps, which are
            written last first.
        counts: How many names there are by their first letter; added to.
        examples: How many examples there are at least; 0 for any number, and 1 for just one.
    """

    def __init__(
        self, known: dict[str, Any], done: dict[int, Any], counts: dict[str, int], examples: int
    ) -> None:
        self.known = known
        self.done = done
        self.examples = examples
        self._counts = counts
        self.head: list[str] = []
        self.forward: list[str] = []
        self.backward: list[str] = []
        self._named: dict[Any, str] = {}
        self._scratch = 0

    def next_step(self) -> None:
        """From here on scratch may be used again."""
        self._scratch = 0

    def _name(self, key: Any, name: str, what: str) -> str:
        """Name an array once, at the head of the source."""
        if key not in self._named:
            self._named[key] = name
            self.head.append(f"{name} = {what}")
        return self._named[key]

    def constant(self, what: Any, letter: str = "k") -> str:
        """A name for something that never changes."""
        key = (letter, what.tobytes(), what.shape) if isinstance(what, np.ndarray) else id(what)
        if key not in self._named:
            name = self._numbered(letter)
            self._named[key] = name
            self.known[name] = what
        return self._named[key]

    def number(self, number: float) -> str:
        """A name for a number as an array: NumPy would make one of a plain number at every call."""
        text = repr(float(number))
        name = _PLAIN.get(text) or f"n{text.translate(_AS_NAME)}"
        return self._name(("number", text), name, f"array({text})")

    def _numbered(self, letter: str) -> str:
        number = self._counts[letter] = self._counts.get(letter, 0) + 1
        return f"{letter}{number}"

    def rows(self, level: int, run: slice, shape: str = "", after: str = "") -> str:
        """A name for adjacent rows.

        Args:
            level: Of which array.
            run: Which rows.
            shape: Another shape for them.
            after: What else is done to the view, such as ``.T``.
        """
        letter, array = ("v", "rows") if level == EXAMPLE else ("p", "shared")
        return self._view(letter, array, run, shape, after)

    def gradients(self, level: int, run: slice, shape: str = "", after: str = "") -> str:
        """A name for the gradients of adjacent rows; arguments as for ``rows``."""
        letter, array = ("gv", "grad_rows") if level == EXAMPLE else ("gp", "grad_shared")
        return self._view(letter, array, run, shape, after)

    def _view(self, letter: str, array: str, run: slice, shape: str, after: str) -> str:
        name = f"{letter}{run.start}_{run.stop}"
        key = (letter, run.start, run.stop, shape, after)
        if shape or after:
            return self.shaped(self._view(letter, array, run, "", ""), shape, after)
        return self._name(key, name, f"{array}[{run.start}:{run.stop}]")

    def scratch(self, count: int, wide: bool, kind: Any = _FLOAT) -> str:
        """An array that may be overwritten, until the next step.

        Args:
            count: How many rows.
            wide: Whether each has a number per example.
            kind: The dtype.
        """
        slot = self._scratch
        self._scratch += 1
        letter = {"b": "m"}.get(kind.kind, "t")
        name = f"{letter}{slot}_{count}{'' if wide else 's'}"
        width = "B" if wide else "1"
        what = f"scratch({slot}, {count}, {width}, {kind.char!r})"
        return self._name((name,), name, what)

    def shaped(self, base: str, shape: str, after: str = "") -> str:
        """A named array in another shape."""
        key = (base, shape, after)
        if key in self._named:
            return self._named[key]
        changed = f"{base}.reshape({shape})" if shape else base
        return self._name(key, self._numbered(f"{base}_"), changed + after)

    def own(self, owner: Any, size: str) -> str:
        """An array that one step keeps from the forward pass to the backward pass."""
        key = ("own", id(owner) if not isinstance(owner, tuple) else (id(owner[0]), owner[1]))
        if key not in self._named:
            self._name(key, self._numbered("a"), f"empty(({size}))")
        return self._named[key]

    # ------------------------------------------------------------------------------- reading rows
    def read(self, level: int, places: Places) -> str:
        """A name for rows; scattered ones are gathered, once."""
        if places.run is not None:
            return self.rows(level, places.run)
        key = ("gather", level, places.rows.tobytes())
        if key not in self._named:
            width = "B" if level == EXAMPLE else "1"
            name = self._numbered("c")
            self._name(key, name, f"empty(({len(places)}, {width}))")
            array = "rows" if level == EXAMPLE else "shared"
            self.forward.append(f"{array}.take({self.constant(places.rows, 'i')}, 0, {name}, CLIP)")
        return self._named[key]

    def beside(self, level: int, places: Places, wide: bool) -> str:
        """A name for rows that meet others, of all examples if these are wide.

        One number for all of them has no axes then: NumPy is slow at stretching it otherwise.
        """
        name = self.read(level, places)
        alone = wide and level == SHARED and len(places) == 1
        return self.shaped(name, "()") if alone else name

    # --------------------------------------------------------------------------------- gradients
    def target(self, level: int, places: Places) -> str | None:
        """A name for where a gradient may be written to at once; None if it has to be added."""
        run = places.run
        if run is None or self.done[level][run].any():
            return None
        self.done[level][run] = True
        return self.gradients(level, run)

    def start(self, level: int, rows: Any) -> None:
        """Make sure that these rows have a gradient, 0 if nothing was sent to them."""
        left = rows[~self.done[level][rows]]
        if not len(left):
            return
        left = np.unique(left)
        self.done[level][left] = True
        places = Places(left)
        if places.run is not None:
            self.backward.append(f"{self.gradients(level, places.run)}.fill(0.0)")
        else:
            array = "grad_rows" if level == EXAMPLE else "grad_shared"
            self.backward.append(f"{array}[{self.constant(left, 'i')}] = 0.0")

    def send(self, level: int, places: Places, sent: str, wide: bool) -> None:
        """Add a gradient to rows.

        Args:
            level: Of which array.
            places: Which rows.
            sent: The name of the gradient, one row per place.
            wide: Whether it has a number per example; it is summed if the rows have not.
        """
        lines = self.backward
        if wide and level == SHARED:
            target = self.target(level, places)
            if target is not None:
                lines.append(f"dot({sent}, ones, {self.shaped(target, '', '[:, 0]')})")
                return
            total = self.scratch(len(places), False)
            lines.append(f"dot({sent}, ones, {self.shaped(total, '', '[:, 0]')})")
            sent = total
        target = self.target(level, places)
        if target is not None:
            lines.append(f"{target}[:] = {sent}")
        elif places.run is not None:
            self.start(level, places.rows)
            own = self.gradients(level, places.run)
            lines.append(f"add({own}, {sent}, {own})")
        else:
            self._scatter(level, places, sent)

    def _scatter(self, level: int, places: Places, sent: str) -> None:
        array = "grad_rows" if level == EXAMPLE else "grad_shared"
        done, lines = self.done[level], self.backward
        rounds = places.rounds()
        if rounds is None:
            order, unique, firsts = places.sorted()
            wide = level == EXAMPLE
            if len(unique) > 1:
                ordered = self.scratch(len(places), wide)
                lines.append(f"{sent}.take({self.constant(order, 'i')}, 0, {ordered}, CLIP)")
            total = self.scratch(len(unique), wide)
            if len(unique) > 1:
                begin = self.constant(firsts, "i")
                lines.append(f"add.reduceat({ordered}, {begin}, 0, None, {total})")
            else:
                lines.append(f"add.reduce({sent}, 0, None, {self.shaped(total, '', '[0]')})")
            self.send(level, Places(unique), total, wide)
            return
        for which, rows in rounds:
            part = sent
            if len(which) < len(places):
                part = self.scratch(len(which), level == EXAMPLE)
                lines.append(f"{sent}.take({self.constant(which, 'i')}, 0, {part}, CLIP)")
            run = Places(rows)
            if run.run is not None:
                self.send(level, run, part, False)
                continue
            index = self.constant(rows, "i")
            if done[rows].any():
                self.start(level, rows)
                now = self.scratch(len(rows), level == EXAMPLE)
                lines.append(f"{array}.take({index}, 0, {now}, CLIP); add({now}, {part}, {now})")
                part = now
            done[rows] = True
            lines.append(f"{array}[{index}] = {part}")

    # ------------------------------------------------------------------------------- expressions
    def compute(
        self, made: Call, count: int, lines: list[str], names: dict[Any, str], out: str = ""
    ) -> str:
        """Write the calls that an expression consists of.

        Args:
            made: The expression.
            count: How many rows it has.
            lines: Where to write.
            names: Names for what was computed already, by key; added to.
            out: Where the result goes; scratch if nothing is said.

        Returns:
            The name of the result.
        """
        key = made.key
        if key in names:
            if out:
                lines.append(f"{out}[:] = {names[key]}")
            return out or names[key]
        choice = made.function is np.where
        kinds = set() if choice else {a.kind for a in made.arguments if isinstance(a, Call)}
        mixed = made.kind == _FLOAT and kinds == {_FLOAT, _BOOL}
        parts = []
        for a in made.arguments:
            if not isinstance(a, Call):
                parts.append(self.number(a) if kinds == {_FLOAT} else repr(a))
            elif mixed and a.kind == _BOOL:
                parts.append(self._numbers_of(a, count, lines, names))
            else:
                parts.append(self.compute(a, count, lines, names))
        out = out or self.scratch(count, made.wide, made.kind)
        if choice:
            test, yes, no = parts
            first = made.arguments[0]
            if not isinstance(first, Call):
                test = str(bool(first))
            elif first.kind.kind != "b":
                mask = self.scratch(count, first.wide, np.dtype(bool))
                lines.append(f"not_equal({test}, 0, {mask})")
                test = mask
            lines.append(f"copyto({out}, {no}); copyto({out}, {yes}, where={test})")
        else:
            function = made.function.__name__
            self.known[function] = made.function
            given = ", ".join(parts)
            after = f"out={out}" if len(parts) > 1 and function in OUT_BY_NAME else out
            lines.append(f"{function}({given}, {after})")
        names[key] = out
        return out

    def _numbers_of(self, made: Call, count: int, lines: list[str], names: dict[Any, str]) -> str:
        """Write a comparison as numbers 0 and 1: NumPy is slow where bools meet floats."""
        key = ("numbers", made.key)
        if key not in names:
            before = len(lines)
            name = self.compute(made, count, lines, names)
            called = len(lines) > before and made.function is not np.where
            names[key] = self.scratch(count, made.wide)
            lines.append(f"{names[key]}[...] = {lines.pop() if called else name}")
        return names[key]


_PLAIN = {"0.0": "zero", "1.0": "one", "2.0": "two"}
_AS_NAME = str.maketrans({".": "_", "-": "_", "+": None})
