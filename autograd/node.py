"""What Values and Tensors have in common: a place in a recorded graph."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any, ClassVar

import numpy as np

from autograd.errors import GradientError, ShapeError
from autograd.locks import lock
from autograd.op import Op

__all__ = [
    "Info",
    "Node",
    "RemovableHook",
    "caller_line",
    "display",
    "hooks_alive",
    "latest",
    "line_text",
    "place_of",
]

_OWN = ("autograd.", "nn.", "viz.")
_MOST_KNOWN = 4096
_own_code: dict[int, CodeType] = {}  # by id, as comparing code looks at all of it
_users_code: dict[int, CodeType] = {}
latest: list[CodeType | None] = [None]  # the last of the user's code that was met
hooks_alive = [0]  # how many hooks there are: while it is 0 the sweep need not look for any
_counting = lock()  # a hook that is not counted would be passed over


def _count_hooks(more: int) -> None:
    with _counting:
        hooks_alive[0] += more


class Display:
    """What the packages above put here when they are imported, so that they need not know others.

    Attributes:
        html: How nodes show themselves in a notebook; from ``viz``.
        rehearsal: A context in which a model may run only to be looked at; from ``nn``.
        curves: Draws what a training measured, lists of numbers by name; from ``viz``.
        boundary: Draws where in the plane a model changes its mind; from ``viz``.
    """

    html: Callable[[Any], str | None] | None = None
    rehearsal: Callable[[Any], AbstractContextManager[None]] | None = None
    curves: Callable[..., Any] | None = None
    boundary: Callable[..., Any] | None = None


display = Display()


class Info:
    """What few nodes have: label, source line, scope, hooks, labels of constants, last write."""

    __slots__ = ("hooks", "label", "line", "names", "scope", "written")

    def __init__(self) -> None:
        self.label: str | None = None
        self.line: tuple[CodeType | str, int] | None = None
        self.scope: str = ""
        self.names: dict[int, str] = {}
        self.hooks: dict[int, Callable[[Any], Any]] = {}
        self.written: tuple[Any, Any] | None = None

    def call_hooks(self, gradient: Any) -> Any:
        """Let every hook see the gradient, and replace it by what the hook returns, if anything."""
        for hook in tuple(self.hooks.values()):
            if type(gradient) is np.ndarray:  # others may hold it: the hook returns a new one
                gradient = gradient.view()
                gradient.flags.writeable = False
            answer = hook(gradient)
            if answer is not None:
                gradient = _replacement(answer, gradient)
        return gradient

    def __reduce__(self) -> Any:
        """A copy has no hooks: they belong to the node that they were given to."""
        line = place_of(self.line) if self.line is not None else None
        return _info_of, (self.label, line, self.scope, dict(self.names))

    def __del__(self) -> None:
        if getattr(self, "hooks", None):  # there are none if it was interrupted while being made
            _count_hooks(-len(self.hooks))


def _info_of(label: str | None, line: Any, scope: str, names: dict[int, str]) -> Info:
    info = Info()
    info.label, info.line, info.scope, info.names = label, line, scope, names
    return info


def _replacement(answer: Any, gradient: Any) -> Any:
    """Check what a hook returned in a gradient's place, and give it the gradient's kind."""
    slot = "_data" if hasattr(answer, "_data") else "data"
    plain = getattr(answer, slot) if isinstance(answer, Node) else answer
    if getattr(plain, "dtype", np.asarray(plain).dtype).kind not in "fiub":
        raise GradientError(
            f"register_hook: the hook returned {type(answer).__name__}; give the new gradient, "
            "or None to leave it as it is"
        )
    wanted = np.shape(gradient)
    if np.shape(plain) != wanted:
        raise ShapeError(
            f"register_hook: the hook returned shape {np.shape(plain)} for a gradient of {wanted}: "
            "give one of the same shape"
        )
    if isinstance(gradient, Node):
        return answer if type(answer) is type(gradient) else gradient * 0 + answer  # type: ignore[operator]
    if type(gradient) is float:
        return float(plain)
    return np.array(plain, gradient.dtype) if type(gradient) is np.ndarray else plain


class RemovableHook:
    """Returned by ``register_hook``; ``remove()`` takes the hook away again."""

    def __init__(self, info: Info, key: int) -> None:
        self._info = info
        self._key = key

    def remove(self) -> None:
        """Take the hook away; doing so twice is harmless."""
        if self._info.hooks.pop(self._key, None) is not None:
            _count_hooks(-1)


def caller_line(frame: FrameType | None = None) -> tuple[CodeType, int] | None:
    """Find the nearest line of code outside this package: the user's.

    Args:
        frame: Where to begin; by default with the caller of the one who asks.

    Returns:
        The code and the place in it; None if there is only our own.
    """
    frame = frame or sys._getframe(2)
    while frame is not None:
        code = frame.f_code
        key = id(code)
        if key not in _own_code and (key in _users_code or not _note_own(frame)):
            latest[0] = code
            return code, frame.f_lasti
        frame = frame.f_back
    return None


def _note_own(frame: FrameType) -> bool:
    own: bool = frame.f_globals.get("__name__", "").startswith(_OWN)
    known = _own_code if own else _users_code
    if len(known) >= _MOST_KNOWN:
        known.clear()  # functions that are made anew at every step must not fill memory
    known[id(frame.f_code)] = frame.f_code  # which keeps it alive, so that its id is nobody else's
    return own


@lru_cache(maxsize=4096)
def place_of(line: tuple[CodeType | str, int]) -> tuple[str, int]:
    """Turn a recorded place into the file's name and the number of the line."""
    code, offset = line
    if isinstance(code, str):
        return code, offset  # it came out of a pickle
    number = code.co_firstlineno
    for start, end, at in code.co_lines():
        if start <= offset < end and at is not None:
            number = at
            break
    return code.co_filename, number


def line_text(line: tuple[CodeType | str, int] | None) -> str | None:
    """Write a recorded place as ``file.py:12``; in a notebook as ``line 12 of the cell``."""
    if line is None:
        return None
    file, number = place_of(line)
    name = file.rpartition("/")[2]
    return f"line {number} of the cell" if "ipykernel_" in file else f"{name}:{number}"


def _table(node: Any) -> str:
    """What a notebook shows while there is no picture: the node in a small table."""
    made_by = node.op.name if node.op is not None else "leaf" if node.requires_grad else "constant"
    rows = {
        "label": node.label or "",
        "made by": made_by,
        "shape": str(np.shape(node)),
        "data": _brief(getattr(node, "_data", None) if hasattr(node, "_data") else node.data),
        "gradient": "not reached" if node.grad is None else _brief(node.grad),
    }
    from html import escape  # here, as it starts slowly and only notebooks ask

    cells = "".join(
        f'<tr><th style="text-align:left">{name}</th>'
        f'<td style="text-align:left"><pre style="margin:0">{escape(text)}</pre></td></tr>'
        for name, text in rows.items()
        if text
    )
    return f"<table>{cells}</table>"


def _brief(numbers: Any) -> str:
    if isinstance(numbers, float):
        return repr(numbers)
    return np.array2string(
        np.asarray(numbers), precision=4, separator=", ", threshold=20, edgeitems=2
    )


class Node:
    """A place in a recorded graph.

    Points only at its parents, so a graph dies with its result, by reference count.

    Attributes:
        op: The operation that made it; None for a leaf.
        mark: Scratch for the sweep over Values.
        info: Label, source line, hooks; None for nearly all nodes.
    """

    __slots__ = ("__weakref__", "info", "mark", "op")

    op: Op | None
    mark: int
    info: Info | None

    by_op: ClassVar[bool] = False  # whether gradients may take the op's short way back
    not_copied: ClassVar[tuple[str, ...]] = ()  # slots that mean nothing elsewhere, or say it again

    __hash__ = object.__hash__

    @property
    def parents(self) -> tuple[Node | None, ...]:
        """The recorded inputs by slot, with repeats; None for a constant."""
        raise NotImplementedError

    def _noted(self) -> Info:
        if self.info is None:
            self.info = Info()
        return self.info

    @property
    def label(self) -> str | None:
        """The name shown in pictures and messages."""
        return self.info.label if self.info is not None else None

    @label.setter
    def label(self, text: str | None) -> None:
        if text is None and self.info is None:
            return
        if text is not None and not isinstance(text, str):
            raise TypeError(f"label: {type(text).__name__} came; a label is a string")
        self._noted().label = text

    @property
    def is_leaf(self) -> bool:
        """Whether nothing was recorded that made it."""
        return self.op is None

    def register_hook(self, hook: Callable[[Any], Any]) -> RemovableHook:
        """Call a function with this node's gradient in every backward pass.

        Args:
            hook: Called with the gradient (a number or a read-only array; a node under
                ``create_graph``); what it returns, unless None, replaces the gradient for all that
                is further back.

        Returns:
            A handle whose ``remove()`` takes the hook away.

        Raises:
            GradientError: If this is a constant, which no gradient reaches.

        Example:
            >>> from autograd import Value
            >>> a = Value(3.0)
            >>> b = a * 2
            >>> handle = b.register_hook(lambda g: 10 * g)
            >>> b.backward()
            >>> a.grad
            20.0
            >>> handle.remove()
        """
        if not self.requires_grad:
            raise GradientError("register_hook: this is a constant; give it requires_grad=True")
        info = self._noted()
        key = max(info.hooks, default=0) + 1
        info.hooks[key] = hook
        _count_hooks(1)
        return RemovableHook(info, key)

    @property
    def requires_grad(self) -> bool:
        """Whether gradients reach this node."""
        return True

    def pull_back(self, g: Any, create_graph: bool) -> list[tuple[int, Any, Any]]:
        """Send an arriving gradient on to the parents.

        Args:
            g: The gradient that arrived.
            create_graph: Whether to record what is computed.

        Returns:
            For each recorded input: its slot, the parent, what it is sent.
        """
        raise NotImplementedError

    def _repr_html_(self) -> str:
        picture = display.html(self) if display.html is not None else None
        return picture if picture is not None else _table(self)
