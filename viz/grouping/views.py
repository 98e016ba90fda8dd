"""Several figures of one graph: the default one, and for each scope one with it open or closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograd.trace import Trace
from viz.figures.boxes import Figure
from viz.grouping.collapse import Figures
from viz.grouping.opening import is_list, opened_within, with_ways_to
from viz.grouping.scopes import ScopeTree
from viz.grouping.scoping import BUDGET, SLACK, scopes_of

MOST_VIEWS = 60
MOST_BOXES = 400  # of one view: more cannot be read
MOST_WORK = 30_000  # boxes and lines of all views together, so that a page stays small
MOST_LOOKS = 4_000_000  # nodes and edges that are looked at for them


@dataclass(frozen=True)
class View:
    """One way to look at a graph: which scopes stand open, and which of them it is about.

    Attributes:
        name: what a menu shows, such as "layers.0 open".
        opened: the open scopes, outer ones first.
        focus: the scope that this view opens or closes; "" for the default view.
        figure: boxes, links and frames.
    """

    name: str
    opened: tuple[str, ...]
    focus: str
    figure: Figure


def views_of(trace: Trace, budget: int = BUDGET) -> list[View]:
    """List the views of a graph; the first is the default, with as much open as fits.

    For each other scope there is a view that opens it and those around it besides, and for each
    open frame one that closes it, the outer scopes first, as long as there are not too many.

    Args:
        trace: the graph.
        budget: about how many boxes the default view may have, if the graph allows it.

    Returns:
        At least one view; just one of a small graph without scopes.

    Example:
        >>> from autograd import Value
        >>> from autograd.trace import trace
        >>> [view.name for view in views_of(trace(Value(1.0) + Value(2.0)))]
        ['overview']
    """
    tree = scopes_of(trace, budget)
    figures = Figures(trace, tree)
    default = tuple(opened_within(tree, budget * SLACK))
    views = [View("overview", default, "", figures.with_open(default))]
    work, looks = _weight(views[0].figure), len(trace.nodes) + len(trace.edges)
    for focus, opened in _others(tree, default):
        if len(views) >= MOST_VIEWS or looks * len(views) > MOST_LOOKS or work > MOST_WORK:
            break
        if tree.size_when_open("", set(opened)) > MOST_BOXES:
            continue
        figure = figures.with_open(opened)
        work += _weight(figure)
        state = "open" if focus in opened else "closed"
        views.append(View(f"{figures.title(focus)} {state}", opened, focus, figure))
    return views


def _others(tree: ScopeTree, default: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give every other set of open scopes, with the scope that it is about, outer ones first."""
    paths = [path for path in tree.scopes if path and not is_list(tree, path)]
    for path in sorted(paths, key=lambda path: len(tree.around(path))):  # stable
        if path in default:
            kept = [each for each in default if each != path and path not in tree.around(each)]
            yield path, tuple(kept)
        else:
            yield path, tuple(with_ways_to(tree, default, [path]))


def _weight(figure: Figure) -> int:
    return len(figure.boxes) + len(figure.links)


def view_to_open(views: Sequence[View], current: int, scope: str) -> int | None:
    """Find the view to go to when a closed scope of the current view is opened.

    Args:
        views: all views.
        current: index of the view that is shown.
        scope: the closed scope.

    Returns:
        The index of a view with this scope open that is most like the current one, else None.
    """
    wanted = {*views[current].opened, scope}
    found = [index for index, view in enumerate(views) if scope in view.opened]
    return min(found, key=lambda index: len(wanted ^ {*views[index].opened}), default=None)


def view_to_close(views: Sequence[View], current: int, scope: str) -> int | None:
    """Find the view to go to when an open scope of the current view is closed.

    Args:
        views: all views.
        current: index of the view that is shown.
        scope: the open scope.

    Returns:
        The index of a view with this scope closed that is most like the current one, else None.
    """
    shown = views[current].opened
    kept = {path for path in shown if path != scope and not path.startswith(f"{scope}.")}
    found = [
        index
        for index, view in enumerate(views)
        if any(box.scope == scope for box in view.figure.boxes)
    ]
    return min(found, key=lambda index: len(kept ^ {*views[index].opened}), default=None)
