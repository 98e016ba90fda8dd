"""`descent`: the path that gradient descent takes, drawn on the map of the function."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from viz.plots.gradient_path import walk
from viz.plots.matplotlib_axes import axes_for, image, plain_text, save_figure
from viz.plots.surface import Array, Surface
from viz.theme import SERIES
from viz.words.labels import xml
from viz.words.numbers import number

LEVELS = 14
ROOM = 0.3  # around the path, of its extent
NARROWEST = 0.35  # a flatter window is widened, so that steps and contours can be seen
MARK = "glassgrad-descent"  # of the paths that stand on axes already
MAP = "glassgrad-map"
CONTOUR_COLOURS = ("#ffffff", "#8fbcd9")


@dataclass(frozen=True, eq=False)
class Descent:
    """A path of gradient descent, drawn and as numbers.

    Attributes:
        path: the points, from the start on, shape (steps + 1, 2).
        values: the function there, shape (steps + 1,).
        diverged: whether it left the numbers, or ended higher than it began.
        axes: where it is drawn.
    """

    path: Array
    values: Array
    diverged: bool
    axes: Any

    @property
    def description(self) -> str:
        """Tell in a sentence where the path leads."""
        start, end = (f"({number(x)}, {number(y)})" for x, y in (self.path[0], self.path[-1]))
        verb = "diverges" if self.diverged else "leads"
        plural = "s" * (len(self.path) != 2)
        return (
            f"Gradient descent {verb} from {start} to {end} in {len(self.path) - 1} step{plural}; "
            f"the function goes from {number(self.values[0])} to {number(self.values[-1])}."
        )

    def __repr__(self) -> str:
        """Describe the path in one line."""
        return f"<Descent: {self.description}>"

    def _repr_html_(self) -> str:
        """Show the whole figure in a notebook; one of pyplot's the notebook shows by itself."""
        if self.axes.figure.canvas.manager is not None:
            return f"<code>{xml(repr(self))}</code>"
        return image(self.axes.figure, self.description)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the figure to a file whose suffix says the format.

        Args:
            path: for example "descent.png"; an existing file is replaced in one step.

        Returns:
            The path that was written.

        Raises:
            ValueError: if the suffix is not one of those that work.
        """
        return save_figure(self.axes.figure, path)


def descent(
    function: Callable[[Any, Any], Any],
    start: Sequence[float],
    *,
    learning_rate: float = 0.1,
    steps: int = 30,
    optimizer: Callable[..., Any] | None = None,
    ax: Any = None,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    names: Sequence[str] = ("x", "y"),
    label: str = "",
) -> Descent:
    """Walk down a function of two numbers by its gradient, and draw the path on its contours.

    Args:
        function: of two Values, or of two Tensors of shape (), with one number as its result.
        start: where the path begins, two numbers.
        learning_rate: each step is -learning_rate * gradient.
        steps: how many.
        optimizer: makes the steps instead: a class such as `nn.Adam`, which gets the learning
            rate, or a function of the parameters: `lambda p: nn.SGD(p, lr=0.1, momentum=0.9)`.
        ax: axes of matplotlib to draw on; by default new ones. On axes with a path already, such
            as `first.axes`, the map grows where it must, so that two paths can be compared.
        x_range: what the map shows along x; by default room around the path.
        y_range: what the map shows along y.
        names: of the two numbers, on the axes.
        label: of the path, in the legend.

    Returns:
        The path as numbers, and drawn; it shows itself in a notebook and has `.save(...)`.

    Raises:
        ImportError: if matplotlib is not installed.
        TypeError: if the function does not take two Values or Tensors, or an argument does not fit.
        ValueError: if the function has no value at the start, or an argument is out of range.

    Example:
        Where one feature is 5 times as large as the other, the loss is a narrow valley; steps that
        suit its floor jump from wall to wall.

        >>> zigzag = descent(lambda x, y: x * x + 25 * y * y, (-4, 1), learning_rate=0.038)
        >>> zigzag.path[:4, 1].round(2).tolist()
        [1.0, -0.9, 0.81, -0.73]
        >>> scaled = descent(lambda x, y: x * x + y * y, (-4, 1), learning_rate=0.4)
        >>> bool(scaled.values[3] < 0.01 < zigzag.values[3])
        True
    """
    begin = _point(start)
    _check(learning_rate, steps, names)
    windows = [_window(each, name) for each, name in ((x_range, "x_range"), (y_range, "y_range"))]
    surface = Surface(function, begin, "descent")
    path, values, broken = walk(surface, begin, learning_rate, steps, optimizer)
    diverged = broken or bool(values[-1] > values[0])
    ax = axes_for(ax, "descent")
    earlier = sum(drawn.get_gid() == MARK for drawn in ax.get_lines())
    x_shown, y_shown = _around(path[: _still_near(values)] if diverged else path, windows)
    if earlier:
        x_shown, y_shown = _both(x_shown, ax.get_xlim()), _both(y_shown, ax.get_ylim())
    if not earlier or (x_shown, y_shown) != (ax.get_xlim(), ax.get_ylim()):
        _map(ax, surface, x_shown, y_shown)
        ax.set_xlim(x_shown)
        ax.set_ylim(y_shown)
        ax.set_xlabel(plain_text(names[0], 40))
        ax.set_ylabel(plain_text(names[1], 40))
    colour = SERIES[(1 + earlier) % len(SERIES)]
    end = number(float(values[-1]))
    words = f"{label + ': ' if label else ''}{end} after {len(path) - 1} steps"
    words += ", diverges" if diverged else ""
    ax.plot(
        *path.T,
        marker="o",
        markersize=4,
        linewidth=1.6,
        color=colour,
        markeredgecolor="white",
        markeredgewidth=0.6,
        label=plain_text(words, 60),
        gid=MARK,
        zorder=3 + 0.1 * earlier,
    )
    ax.plot(*path[0], marker="s", markersize=8, color=colour, markeredgecolor="white", zorder=5)
    ax.plot(*path[-1], marker="*", markersize=14, color=colour, markeredgecolor="white", zorder=5)
    ax.legend(loc="upper right")
    result = Descent(path, values, diverged, ax)
    if hasattr(ax, "description"):
        ax.description = result.description
    return result


def _map(
    ax: Any, surface: Surface, x_range: tuple[float, float], y_range: tuple[float, float]
) -> None:
    """Contours that are denser near the lowest place, where the differences are small."""
    from matplotlib.colors import LinearSegmentedColormap

    for drawn in [drawn for drawn in ax.collections if drawn.get_gid() == MAP]:
        drawn.remove()  # the map of an earlier path, which showed less
    x, y, heights = surface.over(x_range, y_range)
    heights = np.ma.masked_invalid(heights)
    low, high = float(heights.min()), float(heights.max())
    if not high > low or not math.isfinite(high - low):
        return  # level ground has no contours
    levels = low + (high - low) * np.linspace(0.0, 1.0, LEVELS) ** 2
    colours = LinearSegmentedColormap.from_list("glassgrad", CONTOUR_COLOURS)
    filled = ax.contourf(x, y, heights, levels, cmap=colours, zorder=0)
    lines = ax.contour(x, y, heights, levels, colors=["#5f6975"], linewidths=0.6, zorder=1)
    filled.set_gid(MAP)
    lines.set_gid(MAP)


def _around(
    path: Array, windows: Sequence[tuple[float, float] | None]
) -> list[tuple[float, float]]:
    """The window with room around the path, not too flat."""
    low, high = path.min(axis=0), path.max(axis=0)
    widest = float((high - low).max()) or max(1.0, float(np.abs(low).max()))
    found = []
    for axis, given in enumerate(windows):
        middle, half = (low[axis] + high[axis]) / 2, (high[axis] - low[axis]) / 2
        # Only within the same order of magnitude: a valley 1,000 times longer stays visible.
        if half == 0 or 1e-3 * widest < half < 0.5 * NARROWEST * widest:
            half = 0.5 * NARROWEST * widest
        half *= 1 + 2 * ROOM
        found.append(given or (float(middle - half), float(middle + half)))
    return found


def _both(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return min(one[0], other[0]), max(one[1], other[1])


def _still_near(values: Array) -> int:
    """How many points of a diverging path can be shown: until it is ten times as high."""
    far = np.flatnonzero(np.abs(values) > 10 * max(abs(float(values[0])), 1e-9))
    return max(2, int(far[0]) + 1 if far.size else len(values))


def _point(start: Sequence[float]) -> tuple[float, float]:
    try:
        point = tuple(float(item) for item in start)
    except (TypeError, ValueError):
        point = ()
    if len(point) != 2 or not all(map(math.isfinite, point)):
        raise ValueError(f"descent: start is {start!r}; needs two finite numbers, such as (-4, 1)")
    return point[0], point[1]


def _check(learning_rate: float, steps: int, names: Sequence[str]) -> None:
    if not 0 < learning_rate < math.inf:
        raise ValueError(f"descent: learning_rate={learning_rate} came; a positive one is needed")
    if isinstance(steps, bool) or int(steps) != steps or steps < 0:
        raise ValueError(f"descent: steps={steps} came; needs a whole number, 0 or more")
    if isinstance(names, str) or len(names) != 2:
        raise ValueError(f"descent: names={names!r} came; needs two names")


def _window(given: tuple[float, float] | None, name: str) -> tuple[float, float] | None:
    if given is None:
        return None
    low, high = (float(item) for item in given)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"descent: {name}={given!r} came; needs (low, high) with low less")
    return low, high
