"""Where a nan or an infinity began: ``with autograd.detect_anomaly():``.

While it is not open an operation learns so from ``recording.mode``, which it reads anyway.
"""

from __future__ import annotations

from contextlib import ContextDecorator
from contextvars import ContextVar

from autograd.anomaly_detector import Detector
from autograd.anomaly_report import AnomalyReport
from autograd.watching import (
    change_lasting,
    open_watchers,
    start_listening,
    start_watching,
    stop_listening,
    stop_watching,
)

__all__ = ["detect_anomaly", "set_detect_anomaly"]

_ACTIONS = ("raise", "warn", "ignore")
_lasting: ContextVar[Detector | None] = ContextVar("lasting", default=None)


class detect_anomaly(ContextDecorator):
    """Find where a nan or an infinity begins, in values and in gradients, and say so there.

    Every result is looked at when it is made, and every gradient when it is sent.  An infinity that
    is in the data, such as a mask of -inf, is let pass until a nan comes of it or it reaches the
    result that ``backward()`` starts from.  Only this thread (or asyncio task) is watched.

    Args:
        nan: What to do about a nan: ``"raise"``, ``"warn"`` or ``"ignore"``.
        inf: What to do about an infinity.

    Raises:
        ValueError: If an action is none of the three.

    Example:
        >>> import numpy as np
        >>> from autograd import AnomalyError, Tensor
        >>> x = Tensor([0.0, 4.0], requires_grad=True, label="x")
        >>> with detect_anomaly():
        ...     try:
        ...         x.sqrt().sum().backward()
        ...     except AnomalyError as error:
        ...         print(str(error).partition(": ")[2].partition(". Fix")[0])
        its slope at x[0] = 0 is inf, and 1 arrived
        >>> x.grad is None
        True
        >>> with detect_anomaly(inf="ignore"), np.errstate(divide="ignore"):
        ...     print(x.log())
        Tensor([      -inf, 1.38629436], op=log)
    """

    def __init__(self, nan: str = "raise", inf: str = "raise") -> None:
        for name, action in (("nan", nan), ("inf", inf)):
            if action not in _ACTIONS:
                raise ValueError(
                    f"detect_anomaly: {name}={action!r} came; 'raise', 'warn' or 'ignore' is needed"
                )
        self.actions = {"nan": nan, "inf": inf}
        self._open: list[Detector] = []

    def __enter__(self) -> list[AnomalyReport]:
        detector = Detector(self.actions)
        _put_to_sleep(1)  # the inner one says what is done about a bad number
        start_watching(detector)
        start_listening(detector)
        self._open.append(detector)
        return detector.found

    def __exit__(self, *exc: object) -> None:
        detector = self._open.pop()
        stop_listening(detector)
        stop_watching()
        _put_to_sleep(-1)

    def _recreate_cm(self) -> detect_anomaly:
        return type(self)(**self.actions)  # a decorated function may run in several threads


class set_detect_anomaly(ContextDecorator):
    """Find where nan and infinities begin: from now on, or inside a ``with`` block only.

    Args:
        mode: Whether to look.
        nan: What to do about a nan: ``"raise"``, ``"warn"`` or ``"ignore"``.
        inf: What to do about an infinity.

    Raises:
        ValueError: If an action is none of the three.

    Example:
        >>> from autograd import AnomalyError, Tensor
        >>> _ = set_detect_anomaly(True)
        >>> try:
        ...     Tensor([1.0, float("nan")]) * 2
        ... except AnomalyError as error:
        ...     print(error.report.kind, error.report.op, error.report.place)
        nan mul (1,)
        >>> _ = set_detect_anomaly(False)
    """

    def __init__(self, mode: bool, nan: str = "raise", inf: str = "raise") -> None:
        actions = detect_anomaly(nan, inf).actions
        self._wanted = Detector(actions) if mode else None
        self._before = _lasting.get()
        _turn(self._wanted)

    def __enter__(self) -> None:
        if _lasting.get() is not self._wanted:
            _turn(self._wanted)

    def __exit__(self, *exc: object) -> None:
        _turn(self._before)

    def _recreate_cm(self) -> set_detect_anomaly:
        return self


def _turn(wanted: Detector | None) -> None:
    """Open the detector that lasts, below all others, and close the one that did."""
    old = _lasting.get()
    if old is not None:
        stop_listening(old)
    change_lasting(old, None)
    if wanted is not None:
        wanted.asleep = sum(isinstance(other, Detector) for other in open_watchers())
        start_listening(wanted)
    change_lasting(None, wanted)
    _lasting.set(wanted)


def _put_to_sleep(more: int) -> None:
    for other in open_watchers():
        if isinstance(other, Detector):
            other.asleep += more
