"""Iterations of a training that can be compared with one another, thinned evenly."""

from __future__ import annotations

from typing import Any

from autograd.stepper import Watched
from autograd.trace import Trace
from viz.films.frames import Frame, structure_of
from viz.story.listing import Listing


class Section:
    """Iterations in a row whose graphs have one structure.

    Args:
        graph: the first of them.
        first: number of that iteration, from 1.
        most: how many are kept.
        listing: the source lines that made it.
    """

    def __init__(
        self, graph: Trace | Watched, first: int, most: int, listing: Listing | None = None
    ) -> None:
        self.trace = graph.trace if isinstance(graph, Watched) else graph
        self.listing = listing if listing is not None else Listing()
        self.structure = structure_of(self.trace)
        self.first, self.most, self.stride, self.count = first, most, 1, 0
        self.frames: list[Frame] = []
        self.latest: tuple[Frame, Trace | Watched, dict[int, Any]] | None = None
        self.home: tuple[Frame, Trace | Watched, dict[int, Any]] | None = None
        self.parameters: set[int] = set()

    def add(self, frame: Frame, graph: Trace | Watched, leaves: dict[int, Any]) -> None:
        """Keep an iteration, and note what the one before it changed.

        Args:
            frame: its numbers.
            graph: the whole graph; only the last two are kept.
            leaves: the leaves that ask for a gradient, by index.
        """
        if self.latest is not None:
            before, old_graph, old_leaves = self.latest
            kept = {index for index, leaf in leaves.items() if old_leaves.get(index) is leaf}
            self.parameters |= kept
            moved = {index: frame.leaves[index] for index in kept}
            finished = before.finished(moved)
            self.home = (finished, old_graph, moved)
            if self.frames and self.frames[-1] is before:
                self.frames[-1] = finished
        if self.count % self.stride == 0:
            self.frames.append(frame)
        self.count += 1
        self.latest = (frame, graph, leaves)
        if len(self.frames) > self.most:
            self.frames = self.frames[::2]
            self.stride *= 2

    def shown(self) -> list[Frame]:
        """Give the iterations kept whose update is known, the last of those included."""
        assert self.latest is not None
        if self.home is None:
            return [self.latest[0]]
        known = [frame for frame in self.frames if frame.moved is not None]
        last = self.home[0]
        return known if known and known[-1].iteration == last.iteration else [*known, last]

    def graph(self) -> Trace | Watched:
        """Give the whole graph of the last iteration whose update is known."""
        assert self.latest is not None
        return self.home[1] if self.home is not None else self.latest[1]

    def moved(self) -> dict[int, Any] | None:
        """Give the parameters' values after that iteration; None if they are not known."""
        return None if self.home is None else self.home[2]
