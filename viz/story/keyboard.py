"""Single keys from a terminal, on POSIX and on Windows; the terminal is always put back."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import sys
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Protocol

ESCAPE = "\x1b"
_AFTER_ESCAPE = 0.05  # seconds in which the rest of a key's sequence follows
_SEQUENCES = {
    "[A": "up", "[B": "down", "[C": "right", "[D": "left", "[H": "home", "[F": "end",
    "OA": "up", "OB": "down", "OC": "right", "OD": "left", "OH": "home", "OF": "end",
    "[1~": "home", "[7~": "home", "[4~": "end", "[8~": "end", "[5~": "page up", "[6~": "page down",
}  # fmt: skip
_WINDOWS = {
    "H": "up", "P": "down", "M": "right", "K": "left", "G": "home", "O": "end", "I": "page up",
    "Q": "page down",
}  # fmt: skip
_PLAIN = {
    "\r": "enter", "\n": "enter", "\x7f": "backspace", "\x08": "backspace", "\x03": "interrupt",
    "\x04": "closed", ESCAPE: "escape",
}  # fmt: skip


class Keyboard(Protocol):
    """What gives keys: names such as "left", or the character typed."""

    def read(self, seconds: float) -> str | None:
        """Wait for a key.

        Args:
            seconds: how long to wait.

        Returns:
            A key; "closed" when nothing can come any more; None when none came in time.
        """


@contextlib.contextmanager
def keyboard(stream: Any) -> Iterator[Keyboard]:
    """Take keys one by one as they are pressed, until the block is left in whatever way.

    Args:
        stream: the terminal to read from, such as `sys.stdin`.

    Yields:
        What gives the keys.
    """
    if sys.platform == "win32":
        import msvcrt

        yield WindowsKeyboard(msvcrt)
        return
    import termios
    import tty

    descriptor = stream.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield PosixKeyboard(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


class PosixKeyboard:
    """Keys from a terminal's file descriptor.

    Args:
        descriptor: of the terminal, set so that it hands out keys at once.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.waiting = ""
        self.closed = False

    def read(self, seconds: float) -> str | None:
        """Wait for a key; see `Keyboard`."""
        if not self.waiting:
            self._receive(seconds)
        if not self.waiting:
            return "closed" if self.closed else None
        if self.waiting[0] == ESCAPE:
            return self._sequence()
        key, self.waiting = self.waiting[0], self.waiting[1:]
        return _PLAIN.get(key, key)

    def _sequence(self) -> str:
        """Read a key that is sent as several characters."""
        while not _is_whole(self.waiting) and self._receive(_AFTER_ESCAPE):
            pass
        rest = self.waiting[1:]
        for length in range(min(len(rest), 6), 1, -1):
            if rest[:length] in _SEQUENCES:
                self.waiting = rest[length:]
                return _SEQUENCES[rest[:length]]
        if rest[:1] in ("[", "O") and len(rest) > 1:  # a key that nobody here knows
            end = next((n for n, c in enumerate(rest[1:], 2) if c.isalpha() or c == "~"), len(rest))
            self.waiting = rest[end:]
            return "unknown"
        self.waiting = rest
        return "escape"

    def _receive(self, seconds: float) -> bool:
        """Take in what was typed; say whether anything came."""
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return False
        try:
            received = os.read(self.descriptor, 1024)
        except OSError:  # a terminal whose other side has gone
            received = b""
        self.closed = not received
        self.waiting += self.decoder.decode(received)
        return bool(received)


def _is_whole(text: str) -> bool:
    return len(text) > 2 and (text[-1].isalpha() or text[-1] == "~")


class WindowsKeyboard:
    """Keys from the console of Windows.

    Args:
        console: the module `msvcrt`.
    """

    def __init__(self, console: ModuleType | Any) -> None:
        self.console = console

    def read(self, seconds: float) -> str | None:
        """Wait for a key; see `Keyboard`."""
        until = time.monotonic() + seconds
        while not self.console.kbhit():
            if time.monotonic() >= until:
                return None
            time.sleep(0.01)
        key: str = self.console.getwch()
        if key in ("\x00", "\xe0"):
            return _WINDOWS.get(self.console.getwch(), "unknown")
        return _PLAIN.get(key, key)
