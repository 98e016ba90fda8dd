"""A figure of a graph with some of its scopes closed, each one box, and the others open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from autograd.trace import Trace
from viz.figures.boxes import Box, Figure, Frame, Link, box_of, describe, detail_of, link_of, marked
from viz.figures.closed import Closed, closed_box, look_into
from viz.figures.mark import Mark
from viz.figures.marks import marks_of
from viz.grouping.opening import in_order, is_list, opened_but_innermost, opened_within
from viz.grouping.scopes import ScopeTree
from viz.grouping.scoping import BUDGET, SLACK, scopes_of
from viz.words.labels import clean
from viz.words.numbers import number, sign

MOST_PARALLEL = 4  # more lines between a closed scope and another box are drawn as one


def figure_with(trace: Trace, open_scopes: Iterable[str]) -> Figure:
    """Draw a graph with the given scopes open and all others closed.

    Args:
        trace: the graph.
        open_scopes: paths such as "layers.0"; a scope is open only if those around it are, too,
            except for mere lists of modules such as "layers".

    Returns:
        A figure with a frame around the boxes of each open scope.

    Example:
        >>> from autograd import Value
        >>> from autograd.trace import trace
        >>> len(figure_with(trace(Value(1.0) + Value(2.0)), []).boxes)
        3
    """
    return Figures(trace, scopes_of(trace)).with_open(open_scopes)


def fitting_figure(trace: Trace, budget: int = BUDGET) -> Figure:
    """Draw a graph with as much of it open as a reader can take in.

    Args:
        trace: the graph.
        budget: about how many boxes there may be.

    Returns:
        A figure.
    """
    tree = scopes_of(trace, budget)
    return Figures(trace, tree).with_open(opened_within(tree, budget * SLACK))


def collapsed_figure(trace: Trace, budget: int = BUDGET) -> Figure:
    """Draw a graph with every innermost module closed, and outer ones, too, if need be.

    Args:
        trace: the graph.
        budget: about how many boxes there may be.

    Returns:
        A figure.
    """
    tree = scopes_of(trace, budget)
    return Figures(trace, tree).with_open(opened_but_innermost(tree, budget * SLACK))


class Figures:
    """Makes figures of one graph; what does not depend on the open scopes is found out once."""

    def __init__(self, trace: Trace, tree: ScopeTree, marks: Sequence[Mark] = ()) -> None:
        """Prepare.

        Args:
            trace: the graph.
            tree: its scopes.
            marks: what there is to remark besides what the trace itself tells.
        """
        self.trace, self.tree = trace, tree
        self._sources = np.array([edge.source for edge in trace.edges], dtype=int)
        self._targets = np.array([edge.target for edge in trace.edges], dtype=int)
        self._closed: dict[str, Closed] = {}
        self._names = {path: [path] for path in tree.scopes}  # longest first
        for other, path in sorted(tree.other_names.items(), key=lambda pair: len(pair[0])):
            self._names[path].insert(0, other)
        said = {(mark.kind, mark.node) for mark in marks}
        own = [mark for mark in marks_of(trace) if (mark.kind, mark.node) not in said]
        self._marks = [*marks, *own]
        self._description = describe(trace)
        if tree.dropped:
            names = ", ".join(clean(path) for path in tree.dropped[:3])
            self._description += f" No frame around {names}: it is left and entered again."

    def with_open(self, open_scopes: Iterable[str]) -> Figure:
        """Draw the graph with these scopes open.

        Args:
            open_scopes: their paths; see `figure_with`.

        Returns:
            The figure.
        """
        opened = set(open_scopes) & self.tree.scopes.keys()
        lists = {above for path in opened for above in self.tree.around(path)}
        seen = self._seen(opened | {path for path in lists if is_list(self.tree, path)})
        boxes: list[Box] = []
        place = np.zeros(len(self.trace.nodes), dtype=int)
        frames: dict[str, list[int]] = {}
        for item, around in seen:
            place[self._nodes_of(item)] = len(boxes)
            for path in around:
                frames.setdefault(path, []).append(len(boxes))
            boxes.append(self._box(item, around))
        links = self._links(place, [item for item, _ in seen])
        drawn = tuple(
            Frame(path, self._title(path, self.tree.around(path)), tuple(frames[path]))
            for path in in_order(self.tree, frames)
        )
        description = self._description
        closed = sum(isinstance(item, str) for item, _ in seen)
        if closed:
            description += f" {closed} group{'s are' if closed > 1 else ' is'} closed."
        figure = Figure(tuple(boxes), tuple(links), description, drawn)
        return marked(figure, self.trace, self._marks)

    def title(self, path: str) -> str:
        """Give the whole title of a scope, as a menu shows it."""
        return clean(self.tree.scopes[path].kind.title, 40)

    # ---------------------------------------------------------------------------------- boxes
    def _seen(self, opened: set[str]) -> list[tuple[int | str, tuple[str, ...]]]:
        """List what is to be seen, in the order of the graph, with the frames around it."""
        found: list[tuple[int, int | str, tuple[str, ...]]] = []
        waiting: list[tuple[str, tuple[str, ...]]] = [("", ())]
        while waiting:
            path, around = waiting.pop()
            scope = self.tree.scopes[path]
            found += [(node, node, around) for node in scope.nodes]
            for inner in scope.inner:
                if inner not in opened:
                    found.append((int(self.tree.inside(inner)[-1]), inner, around))
                elif is_list(self.tree, inner):
                    waiting.append((inner, around))
                else:
                    waiting.append((inner, (*around, inner)))
        return [(item, around) for _, item, around in sorted(found, key=lambda entry: entry[0])]

    def _look(self, path: str) -> Closed:
        if path not in self._closed:
            nodes = self.tree.inside(path).tolist()
            self._closed[path] = look_into(self.trace, nodes, self._sources, self._targets)
        return self._closed[path]

    def _nodes_of(self, item: int | str) -> Sequence[int]:
        return [item] if isinstance(item, int) else self._look(item).nodes

    def _box(self, item: int | str, around: Sequence[str]) -> Box:
        if isinstance(item, str):
            title = self._title(item, around)
            turns = len(self.tree.scopes[item].inner)
            kind = self.tree.scopes[item].kind
            return closed_box(self.trace, self._look(item), item, kind, title, turns)
        node = self.trace.nodes[item]
        short = self._without(node.label, around)
        if short == node.label:
            return box_of(node, item in self.trace.roots)
        box = box_of(replace(node, label=short), item in self.trace.roots)
        return replace(box, detail=detail_of(node))

    def _title(self, path: str, around: Sequence[str]) -> str:
        drawn = [above for above in around if not is_list(self.tree, above)]
        return clean(self._without(self.tree.scopes[path].kind.title, drawn), 40)

    def _without(self, name: str, around: Sequence[str]) -> str:
        """Leave out of a name what the frame around it says already."""
        for path in reversed(around):
            for known in self._names[path]:
                if name.startswith(known + ".") and not name[len(known) + 1 :][:1].isdigit():
                    return name[len(known) + 1 :]
        return name

    # ---------------------------------------------------------------------------------- links
    def _links(self, place: np.ndarray, items: Sequence[int | str]) -> list[Link]:
        """Make the links; very many lines between a closed scope and another box are one."""
        parallel: dict[tuple[int, int], list[int]] = {}
        ends = place[self._sources], place[self._targets]
        for at in np.flatnonzero(ends[0] != ends[1]).tolist():
            parallel.setdefault((int(ends[0][at]), int(ends[1][at])), []).append(at)
        links: list[Link] = []
        for (source, target), edges in parallel.items():
            into, out_of = items[target], items[source]
            if isinstance(into, int) and isinstance(out_of, int):
                found = [self._link(at) for at in edges]
            else:
                found = self._of_closed(into, edges)
            links += [replace(link, source=source, target=target) for link in found]
        return sorted(links, key=lambda link: link.edges[0])

    def _link(self, at: int) -> Link:
        return replace(link_of(self.trace.edges[at], self.trace), edges=(at,))

    def _of_closed(self, into: int | str, edges: Sequence[int]) -> list[Link]:
        """Make the links between two boxes of which at least one is a closed scope."""
        by_source: dict[int, list[int]] = {}
        for at in edges:
            by_source.setdefault(self.trace.edges[at].source, []).append(at)
        closed = self._look(into) if isinstance(into, str) else None
        told = closed is None or closed.exit is not None  # each line can say what it is about
        if len(by_source) > (MOST_PARALLEL if told else 1):
            several = tuple(edges)
            return [Link(0, 0, f"{len(by_source)} lines", "quiet", None, "bundle", edges=several)]
        if closed is None:
            return [self._link(at) for at in edges]
        return [self._into(closed, tuple(of_one)) for of_one in by_source.values()]

    def _into(self, closed: Closed, edges: tuple[int, ...]) -> Link:
        """Make the link from a node into a closed scope: it bears the derivative of its exit."""
        edge = self.trace.edges[edges[0]]
        slope = closed.slopes.get(edge.source) if edge.local is not None else None
        if slope is None or closed.exit is None:
            kind = "constant" if not self.trace.nodes[edge.source].requires_grad else "tensor"
            kind = "value" if edge.local is not None else kind
            return Link(0, 0, "", "zero", None, kind, edges=edges)
        upstream = self.trace.nodes[closed.exit].grad
        flow = None if upstream is None else float(upstream) * slope
        return Link(0, 0, number(slope, signed=True), sign(slope), flow, "value", edges=edges)


def has_scopes(trace: Trace) -> bool:
    """Say whether there is anything to collapse by."""
    return any(node.scope for node in trace.nodes)
