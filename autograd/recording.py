"""Whether operations are recorded, per thread and per asyncio task.

``mode.special`` counts the contexts that are active anywhere in the process.  While it is 0, which
is nearly always, an operation pays one attribute load to learn that nothing unusual is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from typing import Any, TypeVar

from autograd.errors import OperationError
from autograd.locks import lock

__all__ = [
    "enable_grad",
    "inference_mode",
    "is_grad_enabled",
    "mode",
    "module_path",
    "no_grad",
    "program_recording",
    "set_grad_enabled",
    "source_lines",
    "watching",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_recording: ContextVar[bool] = ContextVar("recording", default=True)
_turned_off: ContextVar[bool] = ContextVar("turned_off", default=False)  # for good, by a call
_lines: ContextVar[bool] = ContextVar("lines", default=False)
# what operations report to inside ``autograd.profile()``, and the path of the module they run in
watching: ContextVar[Any] = ContextVar("watching", default=None)
module_path: ContextVar[str] = ContextVar("module_path", default="")
_program: ContextVar[bool] = ContextVar("program", default=False)  # recorded to be replayed
_lock = lock()


class Mode:
    """The one flag that the hot path reads."""

    __slots__ = ("special",)

    def __init__(self) -> None:
        self.special = 0

    def recording(self) -> bool:
        """Whether an operation made here and now is recorded."""
        return not self.special or _recording.get()

    def lines(self) -> bool:
        """Whether a recorded Value remembers the source line that made it."""
        return bool(self.special) and _lines.get()

    def program(self) -> bool:
        """Whether a program is recorded that is replayed on other numbers."""
        return bool(self.special) and _program.get()

    def refuse(self, what: str) -> None:
        """Refuse to look at a number while a program is recorded that is replayed on others."""
        if _program.get():
            raise OperationError(
                f"replay: {what} inside the recorded function: the answer for this one example "
                "would be frozen for all. Use where, relu, maximum, minimum or clip, which choose "
                "anew for every example, or compute it outside and give it as an input"
            )

    def watcher(self) -> Any:
        """What operations made here and now report to, if a profile is open."""
        return watching.get() if self.special else None

    def count(self, more: int) -> None:
        """Count one more context that is active, or one less."""
        with _lock:
            self.special += more


mode = Mode()


class _Switch(ContextDecorator):
    """Sets one context variable for the length of a ``with`` block or a decorated function."""

    _variable: ContextVar[bool]
    _value: bool

    def __new__(cls, *given: Any) -> Any:
        """Decorate a function that comes at once, as in ``@no_grad`` without brackets."""
        return cls()(given[0]) if given and callable(given[0]) else super().__new__(cls)

    def __init__(self) -> None:
        self._tokens: list[Token[bool]] = []

    def __enter__(self) -> None:
        if self._variable is _recording and not self._value:
            mode.refuse(f"{type(self).__name__}()")
        with _lock:
            mode.special += 1
        self._tokens.append(self._variable.set(self._value))

    def __exit__(self, *exc: object) -> None:
        self._variable.reset(self._tokens.pop())
        with _lock:
            mode.special -= 1

    def _recreate_cm(self) -> _Switch:
        return type(self)()  # a decorated function may run in several threads at once


class no_grad(_Switch):
    """Record nothing inside: results are constants.

    Example:
        >>> from autograd import Tensor, no_grad
        >>> x = Tensor([1.0, 2.0], requires_grad=True)
        >>> with no_grad():
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    _variable = _recording
    _value = False


class enable_grad(_Switch):
    """Record inside, also within a ``no_grad`` block.

    Example:
        >>> from autograd import Tensor, enable_grad, no_grad
        >>> x = Tensor([1.0, 2.0], requires_grad=True)
        >>> with no_grad(), enable_grad():
        ...     y = x * 2
        >>> y.requires_grad
        True
    """

    _variable = _recording
    _value = True


class inference_mode(_Switch):
    """Record nothing inside, PyTorch's other name for it.

    Args:
        mode: False to change nothing.

    Example:
        >>> from autograd import Tensor, inference_mode
        >>> @inference_mode()
        ... def double(x):
        ...     return x * 2
        >>> double(Tensor([1.0], requires_grad=True)).requires_grad
        False
    """

    _variable = _recording

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self._wanted = mode
        self._value = not mode and _recording.get()

    def _recreate_cm(self) -> inference_mode:
        return type(self)(self._wanted)


class set_grad_enabled(ContextDecorator):
    """Record, or record nothing: from now on, or inside a ``with`` block only.

    Args:
        mode: Whether to record.

    Example:
        >>> from autograd import Tensor, set_grad_enabled
        >>> x = Tensor([1.0, 2.0], requires_grad=True)
        >>> with set_grad_enabled(False):
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    def __init__(self, mode: bool) -> None:
        self._value = bool(mode)
        self._before: list[tuple[bool, bool]] = []
        self._turn()
        self._turned = True  # a with block that follows only has to turn back

    def _turn(self) -> None:
        self._before.append((_recording.get(), _turned_off.get()))
        self._set(self._value, not self._value)

    def _set(self, recording: bool, off: bool) -> None:
        if not recording:
            mode.refuse("set_grad_enabled(False)")
        with _lock:
            mode.special += off - _turned_off.get()
        _turned_off.set(off)
        _recording.set(recording)

    def __enter__(self) -> None:
        if not self._turned:
            self._turn()
        self._turned = False

    def __exit__(self, *exc: object) -> None:
        self._set(*self._before.pop())

    def __call__(self, function: Any) -> Any:
        """Decorate a function: the switch is thrown inside it only."""
        self.__exit__()
        self._turned = False
        return super().__call__(function)

    def _recreate_cm(self) -> set_grad_enabled:
        return type(self)(self._value)


class source_lines(_Switch):
    """Let every Value made inside remember the source line that made it (Tensors always do).

    Values and Tensors remember the line that gave them other data, too.

    Example:
        >>> from autograd import Value, source_lines, trace
        >>> with source_lines():
        ...     y = Value(2.0) * 3
        >>> trace(y).root.line is not None
        True
    """

    _variable = _lines
    _value = True


class program_recording(_Switch):
    """Refuse what a recording cannot keep: looking at the number of a Value to decide something.

    Example:
        >>> from autograd import Value
        >>> with program_recording():
        ...     bool(Value(1.0))
        Traceback (most recent call last):
        ...
        autograd.errors.OperationError: replay: bool() of a Value inside the recorded function: ...
    """

    _variable = _program
    _value = True


def is_grad_enabled() -> bool:
    """Tell whether operations made here and now are recorded.

    Returns:
        False inside ``no_grad``, else True.

    Example:
        >>> with no_grad():
        ...     is_grad_enabled()
        False
    """
    return mode.recording()
