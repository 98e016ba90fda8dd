"""`loss_curve`: how a loss fell, as an SVG of our own or on the axes of matplotlib."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, overload

from viz.picture import Picture
from viz.plots.frame import Frame, grid, line, plot_svg
from viz.plots.matplotlib_axes import checked, plain_text
from viz.plots.series import Series, kept_steps, series_of
from viz.plots.ticks import axis_ticks, step_ticks
from viz.theme import SERIES
from viz.words.labels import clean, text_width, xml
from viz.words.numbers import number

WIDTH, HEIGHT = 720.0, 400.0
LEFT, TOP, BOTTOM = 74.0, 68.0, 56.0
DASHES = ("-", (0, (5, 2)), ":")  # of matplotlib: as many as our own style sheet has


@overload
def loss_curve(
    losses: Iterable[float] | Mapping[str, Iterable[float]],
    *,
    smoothed: int | bool = False,
    title: str = "Loss while training",
    val: Iterable[float] | None = None,
    log: bool = False,
    x_label: str = "step",
    y_label: str = "loss",
    start: int = 0,
    ax: None = None,
) -> Picture: ...


@overload
def loss_curve(
    losses: Iterable[float] | Mapping[str, Iterable[float]],
    *,
    smoothed: int | bool = False,
    title: str = "Loss while training",
    val: Iterable[float] | None = None,
    log: bool = False,
    x_label: str = "step",
    y_label: str = "loss",
    start: int = 0,
    ax: Any,
) -> Any: ...


def loss_curve(
    losses: Iterable[float] | Mapping[str, Iterable[float]],
    *,
    smoothed: int | bool = False,
    title: str = "Loss while training",
    val: Iterable[float] | None = None,
    log: bool = False,
    x_label: str = "step",
    y_label: str = "loss",
    start: int = 0,
    ax: Any = None,
) -> Any:
    """Plot one or several losses against the step.

    Args:
        losses: one number per step, or several such lists by name; of a training history, which
            also holds accuracies and seconds, the losses.
        smoothed: draw the mean over so many steps boldly and the losses themselves faintly;
            True takes a twentieth of all steps. Validation losses are never smoothed.
        title: what stands above the plot.
        val: validation losses, spread over the same width as the losses.
        log: use a logarithmic axis; numbers that are not positive are left out.
        x_label: what a step is, for example "epoch".
        y_label: what is plotted.
        start: the number of the first step; 1 for a loss after each epoch.
        ax: axes of matplotlib to draw on instead.

    Returns:
        A picture with `.save("loss.svg")`, or the axes that were given; numbers that are nan or
        infinite are gaps in the line.

    Raises:
        ValueError: if there is no number to plot.
        TypeError: if something else than lists of numbers came.

    Example:
        >>> loss_curve([2.3, 1.1, 0.6, 0.4]).description
        'Loss while training: loss falls from 2.3 to 0.4 over 4 steps (lowest 0.4).'
    """
    alone = "train" if val is not None else y_label
    named = dict(losses) if isinstance(losses, Mapping) else {alone: losses}
    named = {name: items for name, items in named.items() if "loss" in str(name)} or named
    everything = [
        series_of(str(name), items, smoothed=smoothed, log=log, asked_by="loss_curve")
        for name, items in named.items()
    ]
    if val is not None:
        everything.append(series_of("validation", val, log=log, asked_by="loss_curve"))
    seen = [item for series in everything for item in series.raw if math.isfinite(item)]
    if not seen:
        need = "at least one positive number" if log else "at least one finite number"
        raise ValueError(f"loss_curve: got no number to plot; needs {need}")
    title, x_label, y_label = clean(title, 70), clean(x_label, 40), clean(y_label, 40)
    if ax is not None:
        return _on_axes(checked(ax, "loss_curve"), everything, title, x_label, y_label, log, start)
    last = max(len(series.raw) for series in everything) - 1
    ends = [f"{clean(series.name, 18)} {number(series.last)}" for series in everything]
    right = WIDTH - 24.0 - max(text_width(end, 12, bold=True) for end in ends)
    ticks = axis_ticks(min(seen), max(seen), log=log)
    frame = Frame(LEFT, TOP, right, HEIGHT - BOTTOM, (0, max(1, last)), ticks, log)
    parts = [f'<text class="title" x="{LEFT:.0f}" y="33">{xml(title)}</text>']
    parts += grid(frame, step_ticks(last, start), x_label, y_label)
    if any(series.smoothed for series in everything):
        parts.append(f'<text class="tick" x="{LEFT:.0f}" y="51">bold: running mean</text>')
    for index, series in enumerate(everything):
        parts += drawn(series, index, frame)
    parts += end_labels(everything, ends, frame)
    description = f"{title}: {_told(everything, x_label)}"
    return Picture(plot_svg(parts, description, WIDTH, HEIGHT), description)


def drawn(series: Series, index: int, frame: Frame) -> list[str]:
    """Draw a series over the whole width of a frame.

    Args:
        series: the numbers.
        index: the how manieth line it is; says colour and dashes.
        frame: where to draw; its places are steps from 0.

    Returns:
        SVG elements.
    """
    colour, dash = index % len(SERIES), f" dash{index}" if 0 < index < 3 else ""
    stretch = frame.places[1] / (len(series.raw) - 1) if len(series.raw) > 1 else 0.0

    def path(numbers: Sequence[float], style: str) -> str:
        steps = kept_steps(numbers)
        places = [step * stretch for step in steps]
        return line(frame, places, [numbers[step] for step in steps], style)

    parts = [path(series.raw, f"curve raw line{colour}")] if series.smoothed else []
    return [*parts, path(series.line, f"curve line{colour}{dash}")]


def end_labels(
    everything: Sequence[Series],
    ends: Sequence[str],
    frame: Frame,
    colours: Sequence[int] | None = None,
) -> list[str]:
    """Write beside each line's end, pushed apart when two end at the same height.

    Args:
        everything: the series; those without a finite number get nothing.
        ends: a text for each.
        frame: where they were drawn.
        colours: the number of each line's colour; by default in turn.

    Returns:
        SVG elements.
    """
    spots = [
        (frame.y(series.last), index)
        for index, series in enumerate(everything)
        if math.isfinite(series.last)
    ]
    parts, free = [], -math.inf
    for y, index in sorted(spots):
        colour = (colours[index] if colours else index) % len(SERIES)
        text_y = max(y, free)
        free = text_y + 16
        parts.append(
            f'<circle class="dot fill{colour}" cx="{frame.right:.1f}" cy="{y:.1f}" r="4.5"/>'
            f'<text class="name fill{colour}" x="{frame.right + 11:.1f}" y="{text_y + 4.2:.1f}">'
            f"{xml(ends[index])}</text>"
        )
    return parts


def _told(everything: Sequence[Series], x_label: str) -> str:
    sentences = []
    for series in everything:
        finite = [item for item in series.raw if math.isfinite(item)]
        if finite:
            verb = "falls" if finite[-1] < finite[0] else "goes"
            plural = "s" if len(series.raw) != 1 else ""
            steps = f"{len(series.raw)} {x_label}{plural}"
            sentences.append(
                f"{clean(series.name, 40)} {verb} from {number(finite[0])} to {number(finite[-1])} "
                f"over {steps} (lowest {number(min(finite))})"
            )
    return "; ".join(sentences) + "."


def _on_axes(
    ax: Any,
    everything: Sequence[Series],
    title: str,
    x_label: str,
    y_label: str,
    log: bool,
    start: int,
) -> Any:
    last = max(len(series.raw) for series in everything) - 1
    for index, series in enumerate(everything):
        stretch = last / (len(series.raw) - 1) if len(series.raw) > 1 else 0.0
        places = [start + step * stretch for step in range(len(series.raw))]
        colour, dash = SERIES[index % len(SERIES)], DASHES[index] if index < len(DASHES) else "-"
        if series.smoothed:
            ax.plot(places, series.raw, color=colour, alpha=0.35, linewidth=0.8)
        label = f"{plain_text(series.name, 18)} {number(series.last)}"
        alone = "o" if len(places) == 1 else None
        ax.plot(places, series.line, color=colour, linestyle=dash, marker=alone, label=label)
    if log:
        ax.set_yscale("log")
    ax.set_title(plain_text(title, 70))
    ax.set_xlabel(plain_text(x_label, 40))
    ax.set_ylabel(plain_text(y_label, 40))
    ax.legend()
    return ax
