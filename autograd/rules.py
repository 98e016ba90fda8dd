"""What an op's formulas come down to, found out once by running them on probes.

Most of a small operation's time is Python's.  An op whose value is one NumPy function of its inputs
needs no call of ours around it, and a slope that is 1, -1 or another input needs no formula to be
called.  The op table stays the one place where both are written: here they are only looked through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.buffers import take
from autograd.memory_order import take_like
from autograd.op import Op

__all__ = ["MINUS", "OUT", "PASS", "POSITIVE", "Rules", "computed", "rules_of"]

PASS, MINUS, OUT = -1, -2, -3  # slopes 1, -1 and the result; 0, 1, ... are the inputs themselves
POSITIVE = -4  # whether the one input is above 0


class Rules:
    """What is known of an op.

    Attributes:
        compute: Its value: the NumPy function itself, where it is nothing else.
        ufunc: The elementwise NumPy function that gives the value, perhaps with ``constants`` after
            the inputs: its result may be written into memory that is given to it.
        constants: Those numbers.
        is_numpys: Whether its value is one call of NumPy's that can be told where to write.
        slopes: Per input ``PASS``, ``MINUS``, ``OUT``, ``POSITIVE``, the number of an input, or the
            formula; None for ops that are not elementwise.
    """

    __slots__ = ("compute", "constants", "is_numpys", "slopes", "ufunc")

    def __init__(self, op: Op) -> None:
        count = len(op.inputs)
        self.compute: Callable[..., Any] = op.forward
        self.ufunc: Any = None
        self.constants: tuple[Any, ...] = ()
        if not (op.settings or op.variadic) and op.forward.__module__.startswith("autograd."):
            found, constants = _ufunc_of(op.forward, count)
            if found is not None and not constants:
                self.compute = found
            if found is not None and found.signature is None:
                self.ufunc, self.constants = found, constants
        self.is_numpys = self.ufunc is not None or self.compute is np.matmul
        self.slopes: tuple[Any, ...] | None = None
        if op.partials is not None:
            self.slopes = tuple(_looked_through(formula, count, op) for formula in op.partials)


def rules_of(op: Op) -> Rules:
    """Look an op's rules up, or find them out.

    Example:
        >>> from autograd.op import OPS
        >>> import autograd.ops
        >>> rules = rules_of(OPS["mul"])
        >>> rules.compute, rules.slopes
        (<ufunc 'multiply'>, (1, 0))
    """
    rules = op.rules
    if rules is None:
        rules = Rules(op)
        object.__setattr__(op, "rules", rules)  # an Op is frozen: this is nothing new about it
    found: Rules = rules
    return found


def computed(rules: Rules, raw: Sequence[Any]) -> Any:
    """Compute an op without settings on large arrays, in memory that was used before.

    Args:
        rules: The op's.
        raw: Its inputs, arrays of floats and plain numbers.

    Returns:
        What the op's forward function returns.

    Raises:
        ValueError: If the shapes do not fit.
    """
    ufunc = rules.ufunc
    if ufunc is not None:
        dtype, shapes = None, []
        for a in raw:
            if type(a) is np.ndarray:
                if dtype is not None and a.dtype is not dtype:
                    break
                dtype = a.dtype
                shapes.append(a.shape)
            elif type(a) is not float and type(a) is not int:
                break
        else:
            if dtype is not None and dtype.kind == "f":
                shape = shapes[0]
                if any(other != shape for other in shapes):
                    shape = np.broadcast_shapes(*shapes)
                return ufunc(*raw, *rules.constants, out=_room(raw, shape, dtype))
    elif rules.compute is np.matmul:
        a, b = raw
        if (
            type(a) is type(b) is np.ndarray
            and a.dtype is b.dtype
            and a.ndim == b.ndim == 2
            and a.shape[1] == b.shape[0]
        ):
            return np.matmul(a, b, out=take((a.shape[0], b.shape[1]), a.dtype))
    return rules.compute(*raw)


class _Probe:
    """Stands for an input; tells which NumPy function it is given to."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        self.calls.append((ufunc, method, inputs, settings))
        return self


def _ufunc_of(forward: Callable[..., Any], count: int) -> tuple[Any, tuple[Any, ...]]:
    """The NumPy function that a forward function does nothing but call, and constants after it."""
    probes = tuple(_Probe() for _ in range(count))
    try:
        answer = forward(*probes)
    except Exception:  # whatever it does with its inputs, it is more than one call
        return None, ()
    calls = [call for probe in probes for call in probe.calls]
    for probe in probes:
        probe.calls.clear()  # in which it stands itself
    if len(calls) != 1 or not any(answer is probe for probe in probes):
        return None, ()
    ufunc, method, inputs, settings = calls[0]
    constants = inputs[count:]
    if (
        method != "__call__"
        or any(value is not None for value in settings.values())
        or not all(map(_is, inputs, probes))
        or not all(type(c) is int for c in constants)
        or ufunc.nout != 1
        or f"{'f' * len(inputs)}->f" not in ufunc.types
    ):
        return None, ()
    return ufunc, constants


class _Input:
    """Stands for an input of a slope; tells whether it is compared with 0."""

    def __init__(self) -> None:
        self.above_0 = object()

    def __gt__(self, other: object) -> Any:
        return self.above_0 if type(other) is int and other == 0 else NotImplemented


def _looked_through(formula: Any, count: int, op: Op) -> Any:
    """What a slope is, if it is no more than a sign or an input; else the formula."""
    if formula is None or op.settings or not formula.__module__.startswith("autograd."):
        return formula
    inputs, out = [_Input() for _ in range(count)], _Input()
    try:
        slope = formula(out, *inputs)
    except Exception:  # it computes with them
        return formula
    if type(slope) is int and slope in (1, -1):
        return PASS if slope == 1 else MINUS
    if slope is out:
        return OUT
    if slope is inputs[0].above_0 and count == 1:
        return POSITIVE
    for place, given in enumerate(inputs):
        if slope is given:
            return place
    return formula


def _room(raw: Sequence[Any], shape: tuple[int, ...], dtype: Any) -> Any:
    """Memory for a result, in the order that the first input of its shape has."""
    for a in raw:
        if type(a) is np.ndarray and a.shape == shape:
            return take_like(a)
    return take(shape, dtype)


def _is(a: Any, b: Any) -> bool:
    return a is b
