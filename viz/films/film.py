"""A training recorded: the numbers of its iterations, thinned so that they stay few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import Tensor, Value
from autograd.stepper import Watched, watch
from autograd.trace import Trace, places_in
from viz.caller import Caller, caller_of
from viz.films.frames import changed_leaf, frame_of, structure_of
from viz.films.section import Section
from viz.films.table import table_text
from viz.story.listing import Listing, listing_of
from viz.story.records import Step, steps_of

MOST_FRAMES, MOST_SECTIONS = 100, 8


class Film:
    """Records a training, iteration by iteration, for `viz.step(film)`.

    Args:
        lr: the learning rate, if it stays the same.
        most: how many iterations are kept; of a longer training an even choice of them.
        names: names for nodes without a label; by default the variables that the code which
            calls `add` can see.

    Raises:
        ValueError: if `most` is less than 2.

    Example:
        >>> from autograd import Value
        >>> film, w = Film(lr=0.1), Value(1.0, label="w")
        >>> for _ in range(3):
        ...     loss = (w - 3.0) ** 2
        ...     w.grad = None
        ...     loss.backward()
        ...     film.add(loss)
        ...     w.data -= 0.1 * w.grad
        >>> print(film)
        iteration  loss   |grad|  w
        ------------------------------
                1  4      4       1
                2  2.56   3.2     1.4
                3  1.638  2.56    1.72
    """

    def __init__(
        self,
        lr: float | None = None,
        *,
        most: int = MOST_FRAMES,
        names: Mapping[str, Any] | None = None,
    ) -> None:
        if most < 2:
            raise ValueError(f"Film: most={most} came; 2 or more are needed")
        self.lr, self.most, self.names = lr, most, names
        self.sections: list[Section] = []
        self.count = 0

    def add(self, loss: Any, lr: float | None = None) -> None:
        """Record one iteration: after the loss was computed, before the optimizer's step.

        Args:
            loss: a Value or a Tensor with one element.
            lr: the learning rate of this iteration.

        Raises:
            TypeError: if the loss has no graph.
            ValueError: if the loss is not one number, or a leaf was changed since it was computed.
        """
        seen = caller_of()
        names = _with_parameters(seen.variables) if self.names is None else self.names
        trace, places = _looked_at(loss, names)
        changed = changed_leaf(trace)
        if changed is not None:
            raise ValueError(
                f"Film.add: {changed} was changed since the loss was computed from it; "
                "call film.add(loss) before optimizer.step()"
            )
        has_arrays = any(node.shape for node in trace.nodes)
        graph = watch(loss, names) if has_arrays else trace
        self.count += 1
        self._section_for(trace, graph, seen).add(
            frame_of(graph, self.count, self.lr if lr is None else float(lr)),
            graph,
            {index: leaf for leaf, index in places.items() if trace.nodes[index].op is None},
        )

    def _section_for(self, trace: Trace, graph: Trace | Watched, caller: Caller) -> Section:
        if not self.sections or self.sections[-1].structure != structure_of(trace):
            listing = listing_of(trace, caller)
            self.sections.append(Section(graph, self.count, self.most, listing))
            if len(self.sections) > MOST_SECTIONS:
                self.sections.remove(min(self.sections[:-1], key=lambda section: section.count))
        return self.sections[-1]

    def __len__(self) -> int:
        return self.count

    def __repr__(self) -> str:
        if not self.count:
            return "<Film: nothing recorded yet; call film.add(loss) in each iteration>"
        frames = [frame for section in self.sections for frame in section.shown()]
        return (
            f"<Film: {self.count:,} iteration{'' if self.count == 1 else 's'}, loss "
            f"{frames[0].loss:.4g} -> {frames[-1].loss:.4g}; print(film) lists them, "
            "viz.step(film) shows them>"
        )

    def __str__(self) -> str:
        return table_text(self.sections) if self.count else repr(self)

    @property
    def section(self) -> Section:
        """The longest run of iterations with one structure: what is shown.

        Raises:
            ValueError: if nothing was recorded.
        """
        if not self.sections:
            raise ValueError("Film: nothing was recorded; call film.add(loss) in each iteration")
        return max(self.sections, key=lambda section: section.count)

    @property
    def rate(self) -> float | None:
        """The learning rate, where every update is `w - lr * w.grad`; else None."""
        frames = self.section.shown()
        if frames[-1].moved is None:
            return frames[-1].rate
        return frames[-1].rate if all(frame.plain for frame in frames) else None

    def watched(self) -> Trace | Watched:
        """Give the graph of the iteration that is shown first: the last whose update is known."""
        return self.section.graph()

    def listing(self) -> Listing:
        """Give the source lines that made the graph."""
        return self.section.listing

    def steps(self) -> list[Step]:
        """Tell that iteration: gradients cleared, both passes, the update."""
        section = self.section
        moved = section.moved() if self.rate is None else None
        wanted = section.parameters or None
        return steps_of(section.graph(), lr=self.rate, parameters=wanted, moved=moved)

    def page_data(self) -> dict[str, Any]:
        """Give what the page's film panel reads; see `viz.films.page`."""
        from viz.films.page import page_data

        return page_data(self)


def _with_parameters(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Add the parameters of the modules among some variables, named by their paths."""
    names = dict(variables)
    modules = [
        (name, thing)
        for name, thing in variables.items()
        if callable(getattr(type(thing), "named_parameters", None))
    ]
    for name, module in modules:
        for path, parameter in module.named_parameters():
            names.setdefault(path if len(modules) == 1 else f"{name}.{path}", parameter)
    return names


def _looked_at(loss: Any, names: Mapping[str, Any] | None) -> tuple[Trace, dict[Any, int]]:
    if not isinstance(loss, Value | Tensor):
        raise TypeError(
            f"Film.add: {type(loss).__name__} came, which has no graph; give the loss, "
            "a Value or a Tensor with one element"
        )
    if np.size(loss) != 1:
        raise ValueError(
            f"Film.add: a Tensor of shape {np.shape(loss)} came; give the loss, which is one number"
        )
    return places_in(loss, names)
