"""`activations`: activation functions beside their slopes, which autograd itself computes."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np

import autograd
from autograd import OPS, Op
from viz.picture import Picture
from viz.plots.frame import Frame, grid, line, plot_svg
from viz.plots.matplotlib_axes import checked, plain_text
from viz.plots.slopes import Kink, Sampled, sampled
from viz.plots.ticks import nice_ticks
from viz.theme import SERIES
from viz.words.labels import clean, text_width, xml
from viz.words.numbers import number

COMMON = (
    "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu",
    "gelu", "silu", "softplus", "softsign", "hardtanh", "relu6",
)  # fmt: skip
PANEL_WIDTH, PANEL_HEIGHT = 240.0, 246.0
HEAD, FOOT = 74.0, 6.0
LEFT, RIGHT, ABOVE, BELOW = 46.0, 16.0, 64.0, 40.0
MOST_KINKS = 2  # of one function, named in words; all of them are marked
POLE = 8.0  # a range so many times wider than where nearly all numbers lie is cut
HOLLOW = "\n.hollow{fill:@paper;stroke-width:1.6}"


class ActivationPicture(Picture):
    """The picture of functions and their slopes.

    Attributes:
        functions: what was measured of each, in the order of the plots.
    """

    def __init__(self, svg: str, description: str, functions: Sequence[Sampled]) -> None:
        """Wrap a finished SVG.

        Args:
            svg: text of a complete SVG file.
            description: the alternative text.
            functions: what was measured.
        """
        super().__init__(svg, description)
        self.functions = tuple(functions)


@overload
def activations(
    *functions: Any,
    low: float = -5.0,
    high: float = 5.0,
    columns: int = 3,
    title: str = "Activation functions and their slopes",
    ax: None = None,
) -> ActivationPicture: ...


@overload
def activations(
    *functions: Any,
    low: float = -5.0,
    high: float = 5.0,
    columns: int = 3,
    title: str = "Activation functions and their slopes",
    ax: Any,
) -> Any: ...


def activations(
    *functions: Any,
    low: float = -5.0,
    high: float = 5.0,
    columns: int = 3,
    title: str = "Activation functions and their slopes",
    ax: Any = None,
) -> Any:
    """Plot activation functions with their derivatives, a small plot for each.

    No derivative is written down here: autograd computes it. Where a slope jumps, rings show both
    sides of the kink, and a dot shows the slope that autograd uses in the kink itself.

    Args:
        functions: names of operations, functions of a Tensor, layers such as `nn.LeakyReLU(0.1)`,
            or mappings from a name to one of these; by default the common activations.
        low: where the plots begin.
        high: where they end.
        columns: how many plots stand side by side; 1 for a narrow page.
        title: what stands above the plots.
        ax: axes of matplotlib to draw all functions on instead.

    Returns:
        A picture with `.save("activations.svg")` and the numbers in `.functions`; or the axes that
        were given.

    Raises:
        ValueError: if a name is unknown, or a function has no curve.
        TypeError: if a function does not take a Tensor.

    Example:
        >>> print(activations("relu", "tanh").description)
        Activation functions and their slopes from −5 to 5: relu (slope 0 … 1; kink at 0:
        slope 0), tanh (slope 0.0001816 … 1).
    """
    low, high = float(low), float(high)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"activations: low={low:g} and high={high:g} came; low must be less")
    if columns < 1:
        raise ValueError(f"activations: columns={columns} came; at least 1 is needed")
    named = [pair for thing in functions or COMMON for pair in _named(thing)]
    if not named:
        raise ValueError("activations: an empty mapping came; needs at least one function")
    curves = [sampled(function, name, low, high, "activations") for name, function in named]
    if ax is not None:
        return _on_axes(checked(ax, "activations"), curves)
    columns = min(columns, len(curves))
    rows = math.ceil(len(curves) / columns)
    parts = _header(clean(title, 60), columns)
    for index, curve in enumerate(curves):
        x, y = PANEL_WIDTH * (index % columns), HEAD + PANEL_HEIGHT * (index // columns)
        parts += _panel(curve, x, y)
    told = ", ".join(f"{clean(curve.name, 40)} ({'; '.join(_words(curve))})" for curve in curves)
    description = f"{clean(title, 60)} from {number(low)} to {number(high)}: {told}."
    width, height = columns * PANEL_WIDTH, HEAD + rows * PANEL_HEIGHT + FOOT
    return ActivationPicture(
        plot_svg(parts, description, width, height, HOLLOW), description, curves
    )


def _named(thing: Any) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Find the name and the function in what a user gave."""
    if isinstance(thing, Mapping):
        for name, function in thing.items():
            for _, found in _named(function):
                yield str(name), found
    elif isinstance(thing, str):
        op = OPS.get(thing) or getattr(autograd, thing, None)
        known = [name for name, op in OPS.items() if _is_curve(op)]
        if not callable(op):
            close = difflib.get_close_matches(thing, known, 1)
            hint = f"did you mean {close[0]!r}? There are" if close else "there are"
            some = ", ".join(name for name in COMMON if name in known)
            raise ValueError(f"activations: no operation is named {thing!r}; {hint} {some}, …")
        if isinstance(op, Op) and not _is_curve(op):
            raise ValueError(
                f"activations: {thing} is not a function of one number that has a slope; "
                f"give such a name, as {COMMON[0]!r}, or a function of a Tensor"
            )
        yield thing, op
    elif callable(thing):
        name = getattr(thing, "__name__", None) or getattr(thing, "name", None) or repr(thing)
        yield ("function" if name == "<lambda>" else str(name)), thing
    else:
        raise TypeError(
            f"activations: got {type(thing).__name__}; needs a name such as {COMMON[0]!r}, a "
            "function of a Tensor, or a mapping from names to functions"
        )


def _is_curve(op: Any) -> bool:
    return op.partials is not None and len(op.inputs) == 1 and op.differentiable


def _words(curve: Sampled) -> list[str]:
    """Say in words how steep a curve is, and what holds in its kinks."""
    slopes = curve.slopes[np.isfinite(curve.slopes)]
    words = []
    if slopes.size:
        least, most = number(float(slopes.min())), number(float(slopes.max()))
        words.append(f"slope {least} … {most}" if least != most else f"slope {least}")
    if len(curve.kinks) > MOST_KINKS:
        words.append(f"{len(curve.kinks)} kinks")
    elif curve.kinks:
        places = ", ".join(number(kink.place) for kink in curve.kinks)
        used = ", ".join(dict.fromkeys(number(kink.slope) for kink in curve.kinks))
        words.append(f"kink{'s' * (len(curve.kinks) > 1)} at {places}: slope {used}")
    return words


def _header(title: str, columns: int) -> list[str]:
    size = min(16.0, 16.0 * (columns * PANEL_WIDTH - 36) / text_width(title, 16, bold=True))
    return [
        f'<text class="title" style="font-size:{size:.1f}px" x="20" y="33">{xml(title)}</text>',
        '<path class="curve line0" d="M20 54h26"/>'
        '<text class="name fill0" x="53" y="58">function</text>',
        '<path class="curve line1 dash1" d="M120 54h26"/>'
        '<text class="name fill1" x="153" y="58">slope</text>',
    ]


def _panel(curve: Sampled, x: float, y: float) -> list[str]:
    low, high = float(curve.places[0]), float(curve.places[-1])
    bottom, top = _range(curve)
    frame = Frame(
        x + LEFT,
        y + ABOVE,
        x + PANEL_WIDTH - RIGHT,
        y + PANEL_HEIGHT - BELOW,
        (low, high),
        nice_ticks(bottom, top, 4),
    )
    ticks = [tick for tick in nice_ticks(low, high, 4) if low <= tick <= high]
    parts = [
        f'<text class="name" x="{x + 20:.0f}" y="{y + 20:.0f}">{xml(clean(curve.name, 28))}</text>',
        *(
            f'<text class="tick" x="{x + 20:.0f}" y="{y + 36 + 14 * index:.0f}">{xml(words)}</text>'
            for index, words in enumerate(_words(curve))
        ),
        *grid(frame, [(tick, number(tick)) for tick in ticks]),
    ]
    if low < 0 < high:
        parts.append(
            f'<path class="grid" d="M{frame.x(0):.1f} {frame.top:.1f}V{frame.bottom:.1f}"/>'
        )
    lines = ((curve.places, curve.heights), curve.broken_slopes())
    for (places, numbers), style in zip(lines, ("line0", "line1 dash1"), strict=True):
        inside = (numbers >= frame.ticks[0]) & (numbers <= frame.ticks[-1])
        parts.append(line(frame, places, np.where(inside, numbers, np.nan), f"curve {style}"))
    for kink in curve.kinks:
        parts += _mark(frame, kink)
    return parts


def _range(curve: Sampled) -> tuple[float, float]:
    """From the lowest to the highest number; beside a pole, where nearly all of them lie."""
    seen = np.concatenate([curve.heights, curve.slopes])
    seen = seen[np.isfinite(seen)]
    low, high = np.quantile(seen, [0.02, 0.98])
    if high > low and seen.max() - seen.min() > POLE * (high - low):
        return float(low), float(high)
    return float(seen.min()), float(seen.max())


def _mark(frame: Frame, kink: Kink) -> list[str]:
    """A ring at each one-sided slope, a dot at the slope that is used."""
    x = frame.x(kink.place)
    return [
        f'<circle class="hollow line1" cx="{x:.1f}" cy="{frame.y(slope):.1f}" r="3.6"/>'
        for slope in (kink.below, kink.above)
    ] + [f'<circle class="dot fill1" cx="{x:.1f}" cy="{frame.y(kink.slope):.1f}" r="4.2"/>']


def _on_axes(ax: Any, curves: Sequence[Sampled]) -> Any:
    for index, curve in enumerate(curves):
        colour, name = SERIES[index % len(SERIES)], plain_text(curve.name, 28)
        ax.plot(curve.places, curve.heights, color=colour, label=name)
        places, slopes = curve.broken_slopes()
        ax.plot(places, slopes, color=colour, linestyle="--", label=f"slope of {name}")
        for kink in curve.kinks:
            sides = [kink.below, kink.above]
            ax.plot([kink.place] * 2, sides, "o", color=colour, fillstyle="none")
            ax.plot([kink.place], [kink.slope], "o", color=colour)
    ax.legend()
    return ax
