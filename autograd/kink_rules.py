"""Where an op stands exactly where its slope is a convention: at a corner, or in a tie."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.op import OPS, Op

__all__ = ["Corner", "corner_of", "slopes_beside"]

_ENDLESS = 1e100  # a slope so close to a corner stands for infinity
_STAIRS = frozenset({"floor", "ceil", "round", "sign"})  # flat on both sides, so nothing is chosen


@dataclass(frozen=True)
class Corner:
    """What there is to know of an op's corners.

    Attributes:
        flags: Per element of the result whether it stands at one.
        what: Which corner it is, in words after "stands": ``"at the kink of relu"``.
        rule: Which slope is taken there.
    """

    flags: Any
    what: str
    rule: str


_Rule = Callable[[Mapping[str, Any], Sequence[Any], Any], "Corner | None"]


def corner_of(name: str, settings: Mapping[str, Any], inputs: Sequence[Any], out: Any) -> Corner:
    """Find the elements of a result whose slope is a convention.

    Args:
        name: The op.
        settings: Its settings.
        inputs: What it was given: numbers and arrays.
        out: What it made of them.

    Returns:
        The corner; its flags are all false where nothing depends on a convention.

    Example:
        >>> corner_of("relu", {}, [np.array([-1.0, 0.0])], np.array([0.0, 0.0])).flags
        array([False,  True])
    """
    rule = _RULES.get(name)
    if rule is not None:
        found = rule(settings, inputs, out)
        if found is not None:
            return found
    op = OPS.get(name)
    if op is not None and op.kinks and name not in _STAIRS:
        kinks: Sequence[float] = op.kinks
        if "min_val" in settings:
            kinks = (settings["min_val"], settings["max_val"])
        flags = np.any([np.equal(inputs[0], kink) for kink in kinks], axis=0)
        return Corner(flags, f"at the kink of {name}", "by convention")
    return Corner(np.zeros(np.shape(out), bool), "", "")


def _clip(settings: Mapping[str, Any], inputs: Sequence[Any], out: Any) -> Corner:
    x = inputs[0]
    flags = np.zeros(np.shape(out), bool)
    for bound in (settings["min"], settings["max"]):
        if bound is not None:
            flags = flags | np.equal(x, bound)
    return Corner(flags, "on a bound of clip", "the bound counts as inside")


def _equal(name: str) -> _Rule:
    def rule(settings: Mapping[str, Any], inputs: Sequence[Any], out: Any) -> Corner:
        flags = np.equal(inputs[0], inputs[1])
        return Corner(flags, f"where both inputs of {name} are equal", "shared equally")

    return rule


def _several(name: str, size: Callable[[Any], Any] = lambda x: x) -> _Rule:
    def rule(settings: Mapping[str, Any], inputs: Sequence[Any], out: Any) -> Corner:
        axis = settings.get("axis")
        axis = tuple(axis) if isinstance(axis, list) else axis
        x = size(np.asarray(inputs[0]))
        best = np.min(x, axis=axis, keepdims=True) if name == "min" else None
        best = np.max(x, axis=axis, keepdims=True) if best is None else best
        flags = np.count_nonzero(x == best, axis=axis) > 1
        flags = np.reshape(flags, np.shape(out))
        return Corner(flags, f"where several elements are the {name}", "shared equally")

    return rule


def _sort(settings: Mapping[str, Any], inputs: Sequence[Any], out: Any) -> Corner:
    axis = settings.get("axis", -1)
    ordered = np.moveaxis(np.atleast_1d(out), axis, -1)
    same = ordered[..., 1:] == ordered[..., :-1]
    none = np.zeros((*ordered.shape[:-1], 1), bool)
    tied = np.concatenate([same, none], -1) | np.concatenate([none, same], -1)
    flags = np.reshape(np.moveaxis(tied, -1, axis), np.shape(out))
    return Corner(flags, "where elements to be sorted are equal", "their order is kept")


def _norm(settings: Mapping[str, Any], inputs: Sequence[Any], out: Any) -> Corner:
    order = settings.get("ord", 2)
    if order == math.inf:
        return _several("largest", np.abs)(settings, inputs, out) or _tip(settings, inputs, out)
    if order == 1:
        flags = np.any(np.equal(inputs[0], 0), axis=settings.get("axis"))
        return Corner(np.reshape(flags, np.shape(out)), "where an element of norm is 0", "0 there")
    return _tip(settings, inputs, out)


def _tip(settings: Mapping[str, Any], inputs: Sequence[Any], out: Any) -> Corner:
    return Corner(np.equal(out, 0), "at the tip of the cone, where all elements are equal", "0")


def _max_pool(settings: Mapping[str, Any], inputs: Sequence[Any], out: Any) -> Corner:
    x, window, dilation = np.asarray(inputs[0]), settings["window"], settings["dilation"]
    axes = tuple(range(2, x.ndim))
    whole = np.pad(x, ((0, 0), (0, 0), *settings["padding"]), constant_values=-np.inf)
    spans = [d * (k - 1) + 1 for k, d in zip(window, dilation, strict=True)]
    views = np.lib.stride_tricks.sliding_window_view(whole, spans, axis=axes)
    steps = [slice(None, None, step) for step in (1, 1, *settings["stride"], *dilation)]
    inner = tuple(range(-len(axes), 0))
    best = np.expand_dims(out, tuple(range(x.ndim, x.ndim + len(axes))))
    flags = np.count_nonzero(views[tuple(steps)] == best, axis=inner) > 1
    return Corner(flags, "where several elements of a window are the greatest", "the first wins")


def _sqrt(settings: Mapping[str, Any], inputs: Sequence[Any], out: Any) -> Corner:
    return Corner(np.equal(inputs[0], 0), "at the edge of the domain", "the limit from inside")


def _angle(settings: Mapping[str, Any], inputs: Sequence[Any], out: Any) -> Corner:
    flags = np.equal(inputs[0], 0) & np.equal(inputs[1], 0)
    return Corner(flags, "where arctan2 has no direction", "0")


_RULES: dict[str, _Rule] = {
    "arctan2": _angle,
    "clip": _clip,
    "max": _several("max"),
    "max_pool": _max_pool,
    "maximum": _equal("maximum"),
    "min": _several("min"),
    "minimum": _equal("minimum"),
    "norm": _norm,
    "sort": _sort,
    "sqrt": _sqrt,
    "std": _tip,
}


def slopes_beside(
    op: Op, settings: Mapping[str, Any], inputs: Sequence[Any], out: Any, slot: int,
    place: tuple[int, ...],
) -> tuple[float, float | None, float | None] | None:  # fmt: skip
    """The slope of an elementwise op at one element, and just left and right of it.

    Args:
        op: The op.
        settings: Its settings.
        inputs: What it was given.
        out: What it made of them.
        slot: Which input is moved.
        place: The element of the result.

    Returns:
        The slope that is used, those of the two sides (None where the op is not defined); None for
        an op that has no slope per element.
    """
    formula = op.partials[slot] if op.partials is not None else None
    if formula is None:
        return None
    shape = np.shape(out)
    numbers = [np.float64(np.broadcast_to(x, shape)[place]) for x in inputs]

    def slope_at(x: Any) -> float | None:
        there = [*numbers[:slot], np.float64(x), *numbers[slot + 1 :]]
        value = np.float64(op.forward(*there, **settings))
        slope = float(formula(value, *there, **settings))
        if math.isnan(slope):
            return None
        return math.copysign(math.inf, slope) if abs(slope) > _ENDLESS else slope

    with np.errstate(all="ignore"):
        here = slope_at(numbers[slot])
        sides = [slope_at(np.nextafter(numbers[slot], way)) for way in (-np.inf, np.inf)]
    return (math.nan if here is None else here), sides[0], sides[1]
