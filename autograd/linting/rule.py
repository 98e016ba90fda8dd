"""What every rule of the linter is made of, and how it names what it found."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd.linting.graph import Graph, numbers_of
from autograd.trace_records import plain_label

__all__ = ["Rule", "names_of"]


class Rule:
    """Looks for one kind of mistake; a subclass writes a method for each event it looks at.

    Events are ``begun()``, ``before_backward(root)``, ``after_backward(root)``, ``refused(error)``
    when an exception leaves the block, ``ended()``, and what ``nn`` tells of:
    ``before_step(optimizer)``, ``after_step(optimizer)``, ``called(model, out)``.

    Args:
        linter: The linter.
    """

    def __init__(self, linter: Any) -> None:
        self.linter = linter

    @property
    def graph(self) -> Graph | None:
        """The graph of this backward pass, if it is one of those that are looked at closely."""
        graph: Graph | None = self.linter.graph
        return graph

    def found(
        self, code: str, text: str, fix: str, *, subject: str = "", node: Any = None,
        place: tuple[str, int] | None = None,
    ) -> None:  # fmt: skip
        """Report a mistake.

        Args:
            code: Its name.
            text: What is wrong, in a sentence.
            fix: What to do.
            subject: What it is about, if the same may be wrong with something else.
            node: The node whose line makes it; by default the line that runs now.
            place: That line itself, as file and number.
        """
        self.linter.found(code, text, fix, subject, node, place)

    def name(self, leaf: Any) -> str:
        """How the user calls a leaf."""
        known: str | None = leaf.label or self.linter.names.get(id(leaf)) or _variable(leaf)
        if known:
            return plain_label(known)
        shape = np.shape(numbers_of(leaf))
        return f"a parameter of shape {shape}" if shape else "a Value"


def names_of(name: Callable[[Any], str], leaves: Iterable[Any], most: int = 3) -> str:
    """Name some leaves, and count the rest.

    Args:
        name: Names one.
        leaves: The leaves.
        most: How many are named.

    Example:
        >>> names_of(str, [1, 2, 3, 4, 5])
        '1, 2, 3 and 2 more'
    """
    every = list(leaves)
    told = ", ".join(name(leaf) for leaf in every[:most])
    return f"{told} and {len(every) - most} more" if len(every) > most else told


def _variable(leaf: Any) -> str | None:
    """The user's own name for a leaf, in the nearest frame outside this package."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        if not frame.f_globals.get("__name__", "").startswith(("autograd.", "nn.", "viz.")):
            break
        frame = frame.f_back
    for name, thing in list(frame.f_locals.items()) if frame is not None else ():
        if thing is leaf:
            return str(name)
        if type(thing) in (list, tuple) and len(thing) <= 1000:
            for i, item in enumerate(thing):
                if item is leaf:
                    return f"{name}[{i}]"
    return None
