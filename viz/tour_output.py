"""Where the tour speaks to: a terminal of any width and encoding, and a folder of whole files."""

from __future__ import annotations

import sys
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path

from autograd.files import write_atomically
from viz.terminal import needs_ascii, shows_color
from viz.words.labels import ascii_label

COLUMNS = 78
TOLD_EPOCHS = (1, 2, 3, 5, 10, 20, 30)  # and the last one


class TourError(Exception):
    """The tour cannot go on; its sentence says why and what to do."""


class Folder:
    """The folder the tour writes to.

    Args:
        name: its path; it is made if it does not exist.

    Attributes:
        path: the folder.
        written: name of each finished file, with a line that says what it is.

    Raises:
        TourError: if it cannot be made or written to.
    """

    def __init__(self, name: str) -> None:
        if not name:
            raise TourError("--out came without a folder; name one, for example --out tour")
        self.path = Path(name)
        self.written: dict[str, str] = {}
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass  # tried out before anybody waits for the training
        except (FileExistsError, NotADirectoryError) as error:
            files = [part for part in (self.path, *self.path.parents) if part.is_file()]
            raise TourError(
                f"{files[0] if files else self.path} is a file; name a folder with --out DIR"
            ) from error
        except OSError as error:
            raise self._cannot_write(error) from error

    def write(self, name: str, content: str, what: str) -> None:
        """Write one file, whole or not at all.

        Args:
            name: of the file.
            content: all of it.
            what: a line that says what it is.

        Raises:
            TourError: if it cannot be written.
        """
        try:
            packed = content.encode("utf-8")
            write_atomically(self.path / name, lambda file: file.write(packed), asked_by="tour")
        except OSError as error:
            raise self._cannot_write(error) from error
        self.written[name] = what

    def _cannot_write(self, error: OSError) -> TourError:
        reason = error.strerror or str(error)
        return TourError(
            f"cannot write to {self.path}: {reason}; name another folder with --out DIR"
        )


def heading(words: str) -> None:
    """Print a title."""
    print(f"\x1b[1m{words}\x1b[0m" if shows_color(sys.stdout) else words)
    print("=" * len(words) + "\n")


def say(words: str) -> None:
    """Print a paragraph that fits into 80 columns."""
    text = wrapped(words)
    print(ascii_label(text) if needs_ascii(sys.stdout) else text)


def wrapped(words: str) -> str:
    """Break a paragraph into lines, but not inside a path, which somebody may want to copy."""
    return textwrap.fill(words, COLUMNS, break_long_words=False, break_on_hyphens=False) + "\n"


def tell_epochs(losses: Sequence[float], accuracies: Sequence[float]) -> None:
    """Print a line for some of the epochs.

    Args:
        losses: training loss of each epoch.
        accuracies: share of the test digits read correctly after each epoch, 0 to 1.
    """
    for epoch, (loss, accuracy) in enumerate(zip(losses, accuracies, strict=True), start=1):
        if epoch in TOLD_EPOCHS or epoch == len(losses):
            print(
                f"  epoch {epoch:2} of {len(losses)}   loss {loss:.4f}   "
                f"test accuracy {100 * accuracy:.1f} %"
            )
    print()
