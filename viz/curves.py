"""`loss_curve`: how a loss fell, as an SVG of our own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from viz.labels import clean, text_width, xml
from viz.numbers import number
from viz.picture import Picture
from viz.theme import FONTS, SERIES, themed
from viz.ticks import count_ticks, log_ticks, nice_ticks

WIDTH, HEIGHT = 720.0, 400.0
LEFT, TOP, BOTTOM = 74.0, 68.0, 56.0
MOST_POINTS = 800  # more cannot be told apart on the width of the picture

STYLE = f"""
text{{font-family:{FONTS};fill:@ink;font-variant-numeric:tabular-nums}}
.paper{{fill:@paper}}
.title{{font-size:16px;font-weight:700}}
.tick{{font-size:11px;fill:@quiet}}
.axis{{font-size:12px;fill:@quiet}}
.grid{{stroke:@hair;stroke-width:1}}
.base{{stroke:@border;stroke-width:1.2}}
.name{{font-size:12px;font-weight:700}}
.curve{{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}}
.raw{{stroke-width:1;opacity:.35}}
.dash1{{stroke-dasharray:7 4}}
.dash2{{stroke-dasharray:2 4}}
.dot{{stroke:@paper;stroke-width:1.5}}
""" + "\n".join(
    f".line{index}{{stroke:@series{index}}}\n.fill{index}{{fill:@series{index}}}"
    for index in range(len(SERIES))
)


@dataclass(frozen=True)
class _Series:
    name: str
    raw: list[float]
    line: list[float]  # what is drawn boldly: the raw numbers or their running mean
    smoothed: bool


@dataclass(frozen=True)
class _Axes:
    """Turns a step and a loss into a place on the paper."""

    last: int
    ticks: list[float]
    log: bool
    right: float

    def x(self, step: float) -> float:
        return LEFT + (WIDTH - LEFT - self.right) * (step / max(1, self.last))

    def y(self, loss: float) -> float:
        low, high, loss = self.ticks[0], self.ticks[-1], min(max(loss, -1e300), 1e300)
        if self.log:
            low, high, loss = math.log10(low), math.log10(high), math.log10(loss)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (loss - low) / (high - low)


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
) -> Picture:
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

    Returns:
        A picture with `.save("loss.svg")`; numbers that are nan or infinite are gaps in the line.

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
        _series(str(name), _numbers(str(name), items), smoothed, log)
        for name, items in named.items()
    ]
    if val is not None:
        everything.append(_series("validation", _numbers("val", val), False, log))
    seen = [item for series in everything for item in series.raw if math.isfinite(item)]
    if not seen:
        need = "at least one positive number" if log else "at least one finite number"
        raise ValueError(f"loss_curve: got no number to plot; needs {need}")
    low, high = min(seen), max(seen)
    floor = min(low, 0.0) if low < 0.4 * high else low  # an axis that nearly begins at 0 shall
    ticks = log_ticks(low, high) if log else nice_ticks(floor, high)
    last = max(len(series.raw) for series in everything) - 1
    ends = [f"{clean(series.name, 18)} {number(_last(series.line))}" for series in everything]
    right = 24.0 + max(text_width(end, 12, bold=True) for end in ends)
    axes = _Axes(last, ticks, log, right)
    title = clean(title, 70)
    parts = _grid(axes, title, clean(x_label, 40), clean(y_label, 40), start)
    if any(series.smoothed for series in everything):
        parts.append(f'<text class="tick" x="{LEFT:.0f}" y="51">bold: running mean</text>')
    for index, series in enumerate(everything):
        parts += _drawn(series, index, axes)
    parts += _end_labels(everything, ends, axes)
    description = f"{title}: {_told(everything, x_label)}"
    svg = "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="glassgrad-curve" role="img" '
            f'aria-label="{xml(description)}" width="{WIDTH:.0f}" height="{HEIGHT:.0f}" '
            f'viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}">',
            f"<style>{themed(STYLE, 'glassgrad-curve')}</style>",
            f'<rect class="paper" width="{WIDTH:.0f}" height="{HEIGHT:.0f}" rx="10"/>',
            *parts,
            "</svg>",
            "",
        ]
    )
    return Picture(svg, description)


def _numbers(name: str, items: Iterable[float]) -> list[float]:
    """Read a list of losses, or say what came instead."""
    need = "a list of numbers is needed, one per step, or such lists by name"
    if isinstance(items, str) or not hasattr(items, "__iter__"):
        raise TypeError(f"loss_curve: {name} is a {type(items).__name__}; {need}")
    found: list[float] = []
    for item in items:
        try:
            found.append(float(item))
        except (TypeError, ValueError):
            kind, shape = type(item).__name__, getattr(item, "shape", ())
            came = f"{kind} of shape {shape}" if shape else kind
            raise TypeError(f"loss_curve: {name}[{len(found)}] is a {came}; {need}") from None
    return found


def _series(name: str, raw: list[float], smoothed: int | bool, log: bool) -> _Series:
    if log:
        raw = [item if item > 0 else math.nan for item in raw]
    window = len(raw) // 20 if smoothed is True else int(smoothed)
    if window < 2 or len(raw) < 3:
        return _Series(name, raw, raw, False)
    return _Series(name, raw, running_mean(raw, window), True)


def running_mean(numbers: Sequence[float], window: int) -> list[float]:
    """Average each number with its neighbours on both sides, so that the mean does not lag.

    Args:
        numbers: the series; nan and inf are passed over.
        window: how many numbers are averaged; fewer at the two ends.

    Returns:
        As many numbers as were given.

    Example:
        >>> running_mean([4.0, 2.0, 0.0], 3)
        [3.0, 2.0, 1.0]
    """
    means, half = [], window // 2
    for index in range(len(numbers)):
        near = numbers[max(0, index - half) : index + window - half]
        finite = [item for item in near if math.isfinite(item)]
        means.append(sum(finite) / len(finite) if finite else math.nan)
    return means


def _grid(axes: _Axes, title: str, x_label: str, y_label: str, start: int) -> list[str]:
    right, bottom = WIDTH - axes.right, HEIGHT - BOTTOM
    parts = [f'<text class="title" x="{LEFT:.0f}" y="33">{xml(title)}</text>']
    for tick in axes.ticks:
        y = axes.y(tick)
        parts.append(
            f'<path class="grid" d="M{LEFT:.1f} {y:.1f}H{right:.1f}"/><text class="tick" '
            f'text-anchor="end" x="{LEFT - 9:.1f}" y="{y + 3.9:.1f}">{number(tick)}</text>'
        )
    parts.append(f'<path class="base" d="M{LEFT:.1f} {bottom:.1f}H{right:.1f}"/>')
    for step in count_ticks(axes.last + start):
        if step < start:
            continue
        x = axes.x(step - start)
        parts.append(
            f'<path class="base" d="M{x:.1f} {bottom:.1f}v5"/><text class="tick" '
            f'text-anchor="middle" x="{x:.1f}" y="{bottom + 19:.1f}">{step}</text>'
        )
    middle = (LEFT + right) / 2
    parts.append(
        f'<text class="axis" text-anchor="middle" x="{middle:.1f}" y="{HEIGHT - 15:.1f}">'
        f"{xml(x_label)}</text>"
    )
    centre = (TOP + bottom) / 2
    parts.append(
        f'<text class="axis" text-anchor="middle" transform="translate(22 {centre:.1f}) '
        f'rotate(-90)">{xml(y_label)}</text>'
    )
    return parts


def _drawn(series: _Series, index: int, axes: _Axes) -> list[str]:
    colour, dash = index % len(SERIES), f" dash{index}" if 0 < index < 3 else ""
    parts = []
    if series.smoothed:
        parts.append(_path(series.raw, f"curve raw line{colour}", axes))
    parts.append(_path(series.line, f"curve line{colour}{dash}", axes))
    return parts


def _path(numbers: Sequence[float], style: str, axes: _Axes) -> str:
    """Draw one line; where a number is missing the line has a gap."""
    stretch = axes.last / (len(numbers) - 1) if len(numbers) > 1 else 0.0
    points: list[str] = []
    pen = "M"
    for step in _kept(numbers):
        if not math.isfinite(numbers[step]):
            if points and points[-1].startswith("M"):
                points[-1] += "h0"  # a point between two gaps: the round cap makes it a dot
            pen = "M"
            continue
        points.append(f"{pen}{axes.x(step * stretch):.1f} {axes.y(numbers[step]):.1f}")
        pen = "L"
    return f'<path class="{style}" d="{"".join(points)}"/>'


def _kept(numbers: Sequence[float]) -> list[int]:
    """Thin out a long series, keeping the lowest and the highest number of every stretch."""
    if len(numbers) <= MOST_POINTS:
        return list(range(len(numbers)))
    stretch = math.ceil(2 * len(numbers) / MOST_POINTS)
    kept = {0, len(numbers) - 1}
    for start in range(0, len(numbers), stretch):
        steps = range(start, min(start + stretch, len(numbers)))
        finite = [step for step in steps if math.isfinite(numbers[step])]
        if finite:
            kept |= {min(finite, key=numbers.__getitem__), max(finite, key=numbers.__getitem__)}
        else:
            kept.add(start)  # a gap
        if len(finite) < len(steps):
            kept.add(next(step for step in steps if not math.isfinite(numbers[step])))
    return sorted(kept)


def _end_labels(everything: Sequence[_Series], ends: Sequence[str], axes: _Axes) -> list[str]:
    """Name each line where it ends, pushed apart when two end at the same height."""
    right = WIDTH - axes.right
    spots = []
    for index, series in enumerate(everything):
        last = _last(series.line)
        if math.isfinite(last):
            spots.append((axes.y(last), index))
    parts, free = [], -math.inf
    for y, index in sorted(spots):
        colour = index % len(SERIES)
        text_y = max(y, free)
        free = text_y + 16
        parts.append(
            f'<circle class="dot fill{colour}" cx="{right:.1f}" cy="{y:.1f}" r="4.5"/>'
            f'<text class="name fill{colour}" x="{right + 11:.1f}" y="{text_y + 4.2:.1f}">'
            f"{xml(ends[index])}</text>"
        )
    return parts


def _last(numbers: Sequence[float]) -> float:
    return next((item for item in reversed(numbers) if math.isfinite(item)), math.nan)


def _told(everything: Sequence[_Series], x_label: str) -> str:
    sentences = []
    for series in everything:
        finite = [item for item in series.raw if math.isfinite(item)]
        if finite:
            verb = "falls" if finite[-1] < finite[0] else "goes"
            plural = "s" if len(series.raw) != 1 else ""
            steps = f"{len(series.raw)} {clean(x_label, 40)}{plural}"
            sentences.append(
                f"{clean(series.name, 40)} {verb} from {number(finite[0])} to {number(finite[-1])} "
                f"over {steps} (lowest {number(min(finite))})"
            )
    return "; ".join(sentences) + "."
