"""Where the time and the memory go: ``with autograd.profile() as p:``.

While no profile is open an operation learns so from ``recording.mode``, which it reads anyway.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import numpy as np

from autograd.engine import topological_order
from autograd.profile_table import ProfileRow, ProfileTable, duration
from autograd.recording import module_path
from autograd.watching import Watcher, open_watchers, start_watching, stop_watching

__all__ = ["Profile", "profile"]


class Profile:
    """What ran inside a ``with`` block: time, memory and calls by op and by module.

    Only the thread (or asyncio task) that opened the block is recorded; one profile may be opened
    in several threads, or again later, and adds up.  A profile inside another: both record.

    Attributes:
        seconds: How long the blocks lasted, with the profiler's own work.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sums: dict[tuple[str, str, str], list[Any]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Profile:
        # the same profile inside itself must not count twice
        known = any(isinstance(one, _Timer) and one.profile is self for one in open_watchers())
        start_watching(None if known else _Timer(self, perf_counter()))
        return self

    def __exit__(self, *exc: object) -> None:
        timer = stop_watching()
        if isinstance(timer, _Timer):
            with self._lock:
                self.seconds += perf_counter() - timer.begin

    @property
    def rows(self) -> list[ProfileRow]:
        """One row for each op, module and direction, the longest first: plain data."""
        with self._lock:
            rows = [ProfileRow(*key, *sums) for key, sums in self._sums.items()]
        return sorted(rows, key=lambda row: (-row.seconds, row[:3]))

    def by_op(self) -> ProfileTable:
        """Add up by op: what ``print`` shows.

        Returns:
            A table that prints itself; its ``lines`` are plain data.

        Example:
            >>> from autograd import Tensor
            >>> with profile() as p:
            ...     loss = (Tensor([1.0, 2.0], requires_grad=True) * 3).sum()
            >>> sorted((line.name, line.calls, line.bytes) for line in p.by_op().lines)
            [('mul', 1, 16), ('sum', 1, 8)]
        """
        rows = self.rows
        return ProfileTable("op", [(row.op, row) for row in rows], self._footer(rows))

    def by_module(self, depth: int | None = None) -> ProfileTable:
        """Add up by part of the model; ``nn.scopes(model)`` must have been open.

        Args:
            depth: How many names of each path are kept: 1 adds "layers.0" up into "layers"; by
                default an op belongs to the innermost module that it ran in.

        Returns:
            A table that prints itself; its ``lines`` are plain data.

        Raises:
            ValueError: If depth is less than 1.
        """
        if depth is not None and depth < 1:
            raise ValueError(f"by_module: depth is {depth}; give 1 or more, or None for all")
        rows = self.rows
        named = [(".".join(row.module.split(".")[:depth]), row) for row in rows]
        return ProfileTable("module", named, self._footer(rows))

    def _footer(self, rows: list[ProfileRow]) -> str:
        if not rows:
            return "nothing was recorded: run operations inside `with autograd.profile() as p:`"
        times = {phase: sum(r.seconds for r in rows if r.phase == phase) for phase in _PHASES}
        parts = ", ".join(f"{phase} {duration(seconds)}" for phase, seconds in times.items())
        within = f" of {duration(self.seconds)} inside the block" if self.seconds else ""
        return f"{parts}{within}"

    def __repr__(self) -> str:
        return str(self.by_op())

    def _repr_html_(self) -> str:
        return self.by_op()._repr_html_()

    def _add(self, noted: Iterable[tuple[tuple[str, str, str], int, float, int]]) -> None:
        with self._lock:
            for key, calls, seconds, size in noted:
                sums = self._sums.setdefault(key, [0, 0.0, 0])
                sums[0] += calls
                sums[1] += seconds
                sums[2] += size


def profile() -> Profile:
    """Record time, memory and calls of everything inside a ``with`` block, forward and backward.

    A row stands for an op in a module: the paths are those of ``nn.scopes(model)``, if it is open.
    What an op runs inside counts as its own.  For Tensors each call is timed.  A graph of Values
    goes back in one sweep, which is timed as a whole and shared out evenly among its edges.

    Returns:
        The profile: ``print(p)`` is a table, so is ``p.by_module()``; ``p.rows`` is plain data.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([[1.0, 2.0]], requires_grad=True)
        >>> with profile() as p:
        ...     (x @ x.T).sum().backward()
        >>> sorted((row.op, row.phase, row.calls, row.bytes) for row in p.rows)[:2]
        [('matmul', 'backward', 1, 32), ('matmul', 'forward', 1, 8)]
    """
    return Profile()


class _Timer(Watcher):
    """Times the operations of one block.

    Args:
        profile: Where the times go.
        begin: When the block began.
    """

    innermost = True

    def __init__(self, profile: Profile, begin: float) -> None:
        self.profile, self.begin = profile, begin

    def applied(self, apply: Callable[..., Any], op: Any, *rest: Any) -> Any:
        """Apply an op, timed."""
        made, seconds = _timed(apply, op, *rest)
        size = _bytes_of(made, rest)
        self.profile._add([((op.name, module_path.get(), "forward"), 1, seconds, size)])
        return made

    def pulled(self, pull: Callable[..., Any], node: Any, g: Any, create_graph: bool) -> Any:
        """Send a gradient on to a node's parents, timed."""
        sent, seconds = _timed(pull, node, g, create_graph)
        held = [g, node, *getattr(node, "args", ())]
        size = 0
        for _, _, gradient in sent:
            size += _bytes_of(gradient, held)
            held.append(gradient)  # the same array may go to two parents
        self.profile._add([((node.op.name, _scope(node), "backward"), 1, seconds, size)])
        return sent

    def swept(self, sweep: Callable[..., Any], root: Any, *rest: Any) -> Any:
        """Sweep a graph of Values, timed; every edge is one multiply-add, so each gets as much."""
        found, seconds = _timed(sweep, root, *rest)
        sums: dict[tuple[str, str, str], list[int]] = {}
        for node in topological_order(root):
            if node.op is not None:
                counts = sums.setdefault((node.op.name, _scope(node), "backward"), [0, 0])
                counts[0] += 1
                counts[1] += sum(parent is not None for parent in node.parents)
        edges = max(1, sum(count for _, count in sums.values()))
        self.profile._add(
            (key, calls, seconds * count / edges, count * _FLOAT)
            for key, (calls, count) in sums.items()
        )
        return found


_PHASES = ("forward", "backward")
_FLOAT = sys.getsizeof(0.0)


def _timed(function: Callable[..., Any], *args: Any) -> tuple[Any, float]:
    begin = perf_counter()
    made = function(*args)
    return made, perf_counter() - begin


def _scope(node: Any) -> str:
    return (node.info.scope if node.info is not None else None) or ""


def _arrays(things: Iterable[Any]) -> list[np.ndarray]:
    """The arrays in arguments, also in lists of them."""
    found: list[np.ndarray] = []
    for thing in things:
        array = getattr(thing, "_data", thing)
        if isinstance(array, np.ndarray):
            found.append(array)
        elif isinstance(thing, (list, tuple)):
            found += _arrays(thing)
    return found


def _bytes_of(made: Any, held: Iterable[Any]) -> int:
    """The memory that a result takes beside its inputs."""
    array = getattr(made, "_data", made)
    if isinstance(array, np.ndarray):
        if any(np.may_share_memory(array, other) for other in _arrays(held)):
            return 0  # a view of an input
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        return min(array.nbytes, owner.nbytes)  # what was broadcast is smaller than it looks
    number = getattr(made, "number", None)
    if number is not None:
        return sys.getsizeof(made) + sys.getsizeof(number)
    return int(getattr(array, "nbytes", 0)) or (_FLOAT if isinstance(made, float) else 0)
