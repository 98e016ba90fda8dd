"""A function of one number sampled for a plot: its heights, its slopes by autograd, its kinks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd import vjp

Array: TypeAlias = NDArray[np.float64]

SAMPLES = 401  # odd, so that the middle, where most kinks are, is one of them
HALVINGS = 40
LEAST_JUMP = 1e-3  # of the steepest slope
STEEPEST = 1e5  # a steeper place is a pole, and its two sides are no kink


@dataclass(frozen=True)
class Kink:
    """A place where the slope jumps.

    Attributes:
        place: where.
        height: the function there.
        slope: the slope that autograd uses there; a convention.
        below: the slope just below the place.
        above: the slope just above it.
    """

    place: float
    height: float
    slope: float
    below: float
    above: float


@dataclass(frozen=True)
class Sampled:
    """A function, measured.

    Attributes:
        name: what it is called.
        places: inputs, rising, shape (n,).
        heights: the function there, shape (n,).
        slopes: its derivative there, shape (n,).
        kinks: where the slope jumps.
    """

    name: str
    places: Array
    heights: Array
    slopes: Array
    kinks: tuple[Kink, ...]

    def broken_slopes(self) -> tuple[Array, Array]:
        """Give places and slopes with a gap (nan) in every kink, so that no line bridges it."""
        places, slopes = list(self.places), list(self.slopes)
        for kink in self.kinks:
            at = int(np.searchsorted(places, kink.place))
            until = at + (at < len(places) and places[at] == kink.place)
            places[at:until] = [kink.place] * 3
            slopes[at:until] = [kink.below, np.nan, kink.above]
        return np.array(places), np.array(slopes)


def sampled(
    function: Callable[[Any], Any], name: str, low: float, high: float, asked_by: str
) -> Sampled:
    """Measure a function and its derivative, which autograd computes, at evenly spaced places.

    Args:
        function: takes a Tensor and treats each of its elements by itself.
        name: what it is called.
        low: the first place.
        high: the last place.
        asked_by: the public function, for the error message.

    Returns:
        What was measured; no gradient of anything is changed.

    Raises:
        TypeError: if the function fails, or does not give a number for each number.
        ValueError: if its elements depend on one another, or it has no value from low to high.

    Example:
        >>> from autograd import relu
        >>> sampled(relu, "relu", -1.0, 1.0, "activations").kinks
        (Kink(place=0.0, height=0.0, slope=0.0, below=0.0, above=1.0),)
    """
    places = np.linspace(low, high, SAMPLES)
    heights, slopes = _measured(function, name, places, asked_by)
    alone, _ = _measured(function, name, places[: SAMPLES // 3], asked_by)
    if not np.allclose(alone, heights[: SAMPLES // 3], rtol=1e-6, equal_nan=True):
        raise ValueError(
            f"{asked_by}: each element of {name}'s result depends on several elements of its "
            "input, as in softmax; only a function of one number has a curve"
        )
    if not np.isfinite(heights).any():
        raise ValueError(
            f"{asked_by}: {name} has no finite value from {low:g} to {high:g}; choose another low "
            "and high"
        )
    found = _kinks(function, name, places, slopes, asked_by)
    return Sampled(name, places, heights, slopes, found)


def _measured(
    function: Callable[[Any], Any], name: str, places: Array, asked_by: str
) -> tuple[Array, Array]:
    try:
        with np.errstate(all="ignore"):
            heights, pull = vjp(function, places)
            shape = getattr(heights, "shape", None)
            if shape == places.shape:
                (slopes,) = pull(np.ones(shape))
                heights = np.asarray(heights, dtype=float)
                return heights, np.where(np.isnan(heights), np.nan, slopes)
    except Exception as error:
        raise TypeError(
            f"{asked_by}: {name} failed on a Tensor of shape {places.shape} ({error}); give a "
            "function of Tensors"
        ) from error
    came = f"shape {shape}" if shape is not None else f"a {type(heights).__name__}"
    raise TypeError(
        f"{asked_by}: {name} made {came} of a Tensor of shape {places.shape}; "
        "needs one number for each number"
    )


def _kinks(
    function: Callable[[Any], Any], name: str, places: Array, slopes: Array, asked_by: str
) -> tuple[Kink, ...]:
    """Halve every interval towards its larger jump of slope; what remains is in one point."""
    left, right = places[:-1].copy(), places[1:].copy()
    slope_left, slope_right = slopes[:-1].copy(), slopes[1:].copy()
    with np.errstate(all="ignore"):
        for _ in range(HALVINGS):
            middle = (left + right) / 2
            slope = _measured(function, name, middle, asked_by)[1]
            in_left = np.abs(slope - slope_left) >= np.abs(slope_right - slope)
            right, slope_right = (
                np.where(in_left, middle, right),
                np.where(in_left, slope, slope_right),
            )
            left, slope_left = (
                np.where(in_left, left, middle),
                np.where(in_left, slope_left, slope),
            )
        finite = slopes[np.isfinite(slopes)]
        steepest = float(np.abs(finite).max()) if finite.size else 0.0
        jumps = np.abs(slope_right - slope_left) > LEAST_JUMP * steepest  # false for nan
        tame = np.maximum(np.abs(slope_left), np.abs(slope_right)) < STEEPEST
    near = 1e-6 * float(places[-1] - places[0])
    kinks: list[float] = []
    for place in (left + right)[jumps & tame] / 2:
        rounded = 0.0 if abs(place) < near * 1e-3 else float(f"{place:.10g}")
        if not kinks or rounded - kinks[-1] > near:
            kinks.append(rounded)
    if not kinks:
        return ()
    spots = np.array(kinks)
    heights, used = _measured(function, name, spots, asked_by)
    below = _measured(function, name, spots - near, asked_by)[1]
    above = _measured(function, name, spots + near, asked_by)[1]
    rows = zip(kinks, heights, used, below, above, strict=True)
    return tuple(Kink(*(float(item) for item in row)) for row in rows)
