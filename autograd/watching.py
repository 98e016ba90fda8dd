"""Several that watch at once: what a profile, an anomaly report and the linter have in common.

A ``Watcher`` stands around every operation (``mode.special`` counts it); a listener is only told of
whole passes and steps, so that the operations themselves stay as fast as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

from autograd.locks import lock
from autograd.recording import mode, watching

if TYPE_CHECKING:
    from typing import Protocol
else:  # which takes as long to make as reading this file
    Protocol = object

__all__ = [
    "Listener",
    "Watcher",
    "Watchers",
    "change_lasting",
    "lint_rules",
    "listeners",
    "listening",
    "open_watchers",
    "start_listening",
    "start_watching",
    "stop_listening",
    "stop_watching",
    "tell",
]


class Watcher:
    """Stands around operations; a subclass writes the methods for what it wants to see.

    Each method does the work by calling what it is given first, and returns what that returned.
    """

    innermost = False  # whether it measures time: then the others' work must not be inside
    # Where Values were made, by their ids: for one that need not stand around the common ops on
    # Values where it is the only one.  These note the line, and ``shown`` sees what came out bad.
    lines: dict[int, Any] | None = None

    def applied(self, apply: Callable[..., Any], op: Any, *rest: Any) -> Any:
        """An op is applied: ``apply(op, *rest)`` gives the node or number."""
        return apply(op, *rest)

    def shown(self, made: Any, op: Any, given: tuple[Any, ...]) -> Any:
        """An op gave something that is no finite Value; this gives what is returned for it."""
        return made

    def pulled(self, pull: Callable[..., Any], node: Any, g: Any, create_graph: bool) -> Any:
        """A node sends a gradient on: ``pull(node, g, create_graph)`` lists what goes where."""
        return pull(node, g, create_graph)

    def swept(self, sweep: Callable[..., Any], root: Any, *rest: Any) -> Any:
        """A graph of Values is differentiated in one go: by ``sweep(root, *rest)``."""
        return sweep(root, *rest)


class Watchers:
    """All watchers of a block of code, each around the next: what operations report to.

    While they are at work nobody watches: the operations inside an operation are part of it.

    Args:
        around: The watchers, the outermost first.
        opened: The one that the innermost block brought; None if it was there before.
        before: What was open around the block.

    Attributes:
        line: Where the user's code is, if that was found out for several ops at once.
        lines: Where to note that, if there is one watcher, which wants to know no more.
        shown: What that one is shown.
    """

    __slots__ = ("around", "before", "inner", "line", "lines", "opened", "outermost", "shown")

    def __init__(
        self, around: tuple[Watcher, ...], opened: Watcher | None, before: Watchers | None
    ) -> None:
        self.around, self.opened, self.before = around, opened, before
        self.outermost = around[0] if around else Watcher()
        self.inner = around[:0:-1]
        self.line: Any = None
        self.lines = self.outermost.lines if len(around) == 1 else None
        self.shown = self.outermost.shown

    def at(self, line: Any) -> Watchers:
        """The same, for ops that one line of the user's code makes."""
        same = Watchers(self.around, self.opened, self.before)
        same.line = line
        return same

    def applied(self, apply: Callable[..., Any], op: Any, *rest: Any) -> Any:
        """Apply an op, watched."""
        for watcher in self.inner:
            apply = partial(watcher.applied, apply)
        token = watching.set(None)
        try:
            return self.outermost.applied(apply, op, *rest)
        finally:
            watching.reset(token)

    def pulled(self, node: Any, g: Any, create_graph: bool) -> Any:
        """Send a gradient on to a node's parents, watched."""
        pull: Callable[..., Any] = _pull_back
        for watcher in reversed(self.around):
            pull = partial(watcher.pulled, pull)
        return _unwatched(pull, node, g, create_graph)

    def swept(self, sweep: Callable[..., Any], root: Any, *rest: Any) -> Any:
        """Sweep a graph of Values, watched."""
        for watcher in reversed(self.around):
            sweep = partial(watcher.swept, sweep)
        return _unwatched(sweep, root, *rest)


def _pull_back(node: Any, g: Any, create_graph: bool) -> Any:
    return node.pull_back(g, create_graph)


def _unwatched(function: Callable[..., Any], *args: Any) -> Any:
    token = watching.set(None)
    try:
        return function(*args)
    finally:
        watching.reset(token)


def open_watchers() -> tuple[Watcher, ...]:
    """The watchers that are open in this thread or asyncio task."""
    now = watching.get()
    return now.around if now is not None else ()


def start_watching(watcher: Watcher | None) -> None:
    """Open one more watcher, around the operations made from now on in this thread or task.

    Args:
        watcher: The watcher; None for a block that brings none, but is closed like the others.

    Example:
        >>> from autograd import Value
        >>> class Names(Watcher):
        ...     def applied(self, apply, op, *rest):
        ...         print(op.name)
        ...         return apply(op, *rest)
        >>> start_watching(Names())
        >>> _ = Value(2.0) * 3.0 + 1.0
        mul
        add
        >>> stop_watching() is not None, open_watchers()
        (True, ())
    """
    mode.count(1)
    watching.set(_with(watching.get(), watcher))


def _with(before: Watchers | None, watcher: Watcher | None) -> Watchers:
    around = before.around if before is not None else ()
    if watcher is not None:
        around = tuple(sorted((*around, watcher), key=lambda one: one.innermost))
    return Watchers(around, watcher, before)


def stop_watching() -> Watcher | None:
    """Close the watcher that was opened last.

    Returns:
        What ``start_watching`` was given; None if another thread or task had opened it.
    """
    mode.count(-1)
    now = watching.get()
    if now is None:
        return None
    now.lines = None  # a thread or task that began inside asks with more care from now on
    watching.set(now.before)
    opened: Watcher | None = now.opened
    return opened


def change_lasting(old: Watcher | None, new: Watcher | None) -> None:
    """Exchange a watcher that stays open below all blocks, those that are open now included.

    Args:
        old: The one to close; None if there is none, or another thread or task had opened it.
        new: The one to open; None for none.

    Example:
        >>> lasting, inner = Watcher(), Watcher()
        >>> start_watching(inner)
        >>> change_lasting(None, lasting)
        >>> open_watchers() == (lasting, inner), stop_watching() is inner
        (True, True)
        >>> change_lasting(lasting, None)
        >>> open_watchers()
        ()
    """
    opened: list[Watcher | None] = []
    link = watching.get()
    while link is not None:
        opened.insert(0, link.opened)
        link.lines = None
        link = link.before
    kept = [one for one in opened if one is None or one is not old]
    if new is not None:
        kept.insert(0, new)
    mode.count(len(kept) - len(opened))
    chain: Watchers | None = None
    for one in kept:
        chain = _with(chain, one)
    watching.set(chain)


class Listener(Protocol):
    """Something that is told of whole passes and steps."""

    def hear(self, event: str, *things: Any) -> None:
        """Take note.

        Args:
            event: "before_backward", "after_backward" and what the packages above tell of.
            things: What it is about: the result that is differentiated, the optimizer, ...
        """


lint_rules: list[str] = []  # modules with more rules for the linter; ``nn`` adds its own
listening = [0]  # how many listeners there are anywhere: at 0 nobody need be told
_listeners: ContextVar[tuple[Listener, ...]] = ContextVar("listeners", default=())
_counting = lock()


def listeners() -> tuple[Listener, ...]:
    """The listeners of this thread or asyncio task."""
    return _listeners.get()


def start_listening(listener: Listener) -> None:
    """Let one more be told of what happens in this thread or task.

    Args:
        listener: Who is told.

    Example:
        >>> from autograd import Value
        >>> class Passes:
        ...     def hear(self, event, *things):
        ...         print(event, *things)
        >>> one = Passes()
        >>> start_listening(one)
        >>> Value(2.0).backward()
        before_backward Value(2.0)
        after_backward Value(2.0, grad=1.0)
        >>> stop_listening(one)
    """
    with _counting:
        listening[0] += 1
    _listeners.set((*listeners(), listener))


def stop_listening(listener: Listener) -> None:
    """Tell one no more."""
    with _counting:
        listening[0] -= 1
    _listeners.set(tuple(other for other in listeners() if other is not listener))


def tell(event: str, *things: Any) -> None:
    """Tell every listener; who calls this looks first whether there is one: ``listening[0]``.

    Args:
        event: What happened.
        things: What it is about.
    """
    for listener in listeners():
        listener.hear(event, *things)
