"""The stepper in a terminal: a page per step, turned with the arrow keys."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.stepper import Watched
from autograd.trace import Trace
from viz.story.keyboard import Keyboard, keyboard
from viz.story.listing import Listing
from viz.story.records import Step, grouped, steps_of
from viz.story.screen import KEYS, Screen
from viz.story.telling import told
from viz.terminal import needs_ascii, shows_color
from viz.words.labels import ascii_label
from viz.words.wording import name_of

_ENTER = "\x1b[?1049h\x1b[?25l"  # a screen of its own, without a cursor
_LEAVE = "\x1b[?25h\x1b[?1049l"
_PAUSE = 0.25  # seconds between two looks at the terminal's size


def run(
    graph: Trace | Watched,
    steps: Sequence[Step] | None = None,
    *,
    listing: Listing | None = None,
    color: bool | None = None,
    ascii: bool | None = None,
    start: int = 0,
) -> int:
    """Step through a graph in the terminal, until q is pressed.

    Without a terminal, such as in a pipe or a notebook, the list of all steps is printed.

    Args:
        graph: what is told.
        steps: its steps; by default those of both passes.
        listing: the source lines that made the nodes.
        color: use ANSI colours; by default unless NO_COLOR is set.
        ascii: use ASCII only; by default when the terminal's encoding is not UTF-8.
        start: place of the step to begin with, from 0.

    Returns:
        The place of the step that was shown last.
    """
    trace = graph.trace if isinstance(graph, Watched) else graph
    steps = steps_of(graph) if steps is None else steps
    given, shown = sys.stdin, sys.stdout
    if not steps or not _is_terminal(given) or not _is_terminal(shown):
        print(told(graph, steps, color=color, ascii=ascii), end="")
        return start
    pages = Screen(
        steps,
        trace,
        color=shows_color(shown) if color is None else color,
        ascii_only=needs_ascii(shown) if ascii is None else ascii,
        line_of=listing.line_of if listing is not None else lambda node: "",
    )
    turner = PageTurner(steps, trace, start)
    with contextlib.suppress(KeyboardInterrupt), keyboard(given) as keys, _own_screen(shown):
        turner.follow(keys, lambda: _show(shown, pages, turner))
    last = steps[turner.place].text
    print(ascii_label(last) if pages.ascii_only else last)
    return turner.place


class PageTurner:
    """What keys do: where the reader is, and what is being looked for.

    Args:
        steps: all steps; at least one.
        trace: the graph they tell.
        place: where to begin, from 0.
    """

    def __init__(self, steps: Sequence[Step], trace: Trace, place: int = 0) -> None:
        self.steps, self.trace = steps, trace
        self.place = max(0, min(place, len(steps) - 1))
        self.groups = grouped(steps, trace, by="op")
        self.typed: str | None = None  # what is being typed after "/"
        self.sought = ""
        self.finished = False

    @property
    def bottom(self) -> str:
        """The last line of the page: the keys, or what is being typed."""
        return KEYS if self.typed is None else f"find a name: {self.typed}_"

    def follow(self, keys: Keyboard, show: Callable[[], None]) -> None:
        """Show pages and turn them, until the reader has had enough."""
        show()
        size = shutil.get_terminal_size()
        while not self.finished:
            key = keys.read(_PAUSE)
            if key is not None:
                self.press(key)
            elif size == shutil.get_terminal_size():
                continue
            size = shutil.get_terminal_size()
            show()

    def press(self, key: str) -> None:
        """Do what a key means.

        Args:
            key: "left", "right", "home", "end", "page up", "enter", ... or a character.
        """
        if key in ("interrupt", "closed"):
            self.finished = True
        elif self.typed is not None:
            self._type(key)
        elif key in ("q", "Q", "escape"):
            self.finished = True
        elif key == "/":
            self.typed = ""
        elif key == "n":
            self._find()
        else:
            self._move(key)

    def _move(self, key: str) -> None:
        last = len(self.steps) - 1
        if key in ("right", "down", " ", "enter", "l", "j"):
            self.place = min(last, self.place + 1)
        elif key in ("left", "up", "backspace", "h", "k"):
            self.place = max(0, self.place - 1)
        elif key == "home":
            self.place = 0
        elif key == "end":
            self.place = last
        elif key in ("]", "page down"):
            later = [first for first, _, _ in self.groups if first > self.place]
            self.place = later[0] if later else last
        elif key in ("[", "page up"):
            earlier = [first for first, _, _ in self.groups if first < self.place]
            self.place = earlier[-1] if earlier else 0

    def _type(self, key: str) -> None:
        assert self.typed is not None
        if key == "enter":
            self.sought, self.typed = self.typed, None
            self._find()
        elif key == "escape":
            self.typed = None
        elif key == "backspace":
            self.typed = self.typed[:-1]
        elif len(key) == 1 and key.isprintable():
            self.typed += key

    def _find(self) -> None:
        """Go on to the next step of a node whose name has the sought text in it."""
        count = len(self.steps)
        for further in range(1, count + 1):
            place = (self.place + further) % count
            name = name_of(self.trace.nodes[self.steps[place].node])
            if self.sought and self.sought.lower() in name.lower():
                self.place = place
                return


def _is_terminal(stream: Any) -> bool:
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


@contextlib.contextmanager
def _own_screen(stream: Any) -> Iterator[None]:
    """Use the terminal's second screen, and give the first one back in whatever way this ends."""
    if sys.platform == "win32":
        os.system("")  # switches the console's escape sequences on
    try:
        stream.write(_ENTER)
        yield
    finally:
        stream.write(_LEAVE)
        stream.flush()


def _show(stream: Any, pages: Screen, turner: PageTurner) -> None:
    columns, lines = shutil.get_terminal_size()
    page = pages.page(turner.place, columns, lines, turner.bottom)
    text = "\n".join(f"{line}\x1b[K" for line in page)
    stream.write(f"\x1b[H{text}\x1b[J")
    stream.flush()
