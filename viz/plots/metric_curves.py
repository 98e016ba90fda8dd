"""`metric_curves`: everything that was measured in training, one small plot for each measure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from viz.picture import Picture
from viz.plots.curves import drawn, end_labels
from viz.plots.frame import Frame, grid, plot_svg
from viz.plots.series import Series, series_of
from viz.plots.ticks import axis_ticks, step_ticks
from viz.words.labels import clean, text_width, xml
from viz.words.numbers import number

PANEL_WIDTH, PANEL_HEIGHT = 360.0, 250.0
HEAD, FOOT = 72.0, 8.0
LEFT, ABOVE, BELOW = 62.0, 44.0, 56.0
NOT_SHOWN = ("seconds",)  # how long it took says nothing about what was learned
LOWER = ("loss", "error", "perplexity")
HIGHER = ("accuracy", "precision", "recall", "score", "auc", "f1")


def metric_curves(
    history: Mapping[str, Iterable[float]],
    *,
    metrics: Iterable[str] | None = None,
    smoothed: int | bool = False,
    log: bool = False,
    title: str = "Training",
    x_label: str = "epoch",
    start: int = 1,
    columns: int = 2,
) -> Picture:
    """Plot the loss and every metric of a training, each beside its own axis.

    Args:
        history: a list of numbers by name, such as `nn.fit` returns; "val_loss" is drawn into the
            plot of "loss" as its validation line, and so for every metric.
        metrics: which to show, without "val_"; by default all but "seconds".
        smoothed: draw the mean over so many epochs boldly and the training numbers themselves
            faintly; True takes a twentieth of all epochs.
        log: use logarithmic axes for losses; numbers that are not positive are left out there.
        title: what stands above the plots.
        x_label: what one number stands for.
        start: the number of the first epoch.
        columns: how many plots stand side by side; 1 for a narrow page.

    Returns:
        A picture with `.save("training.svg")`; it names the best epoch where the metric's name
        tells whether low or high is good.

    Raises:
        ValueError: if there is no number to plot, or a metric is asked for that is not there.
        TypeError: if something else than lists of numbers by name came.

    Example:
        >>> history = {"loss": [0.9, 0.5, 0.3], "val_loss": [0.9, 0.6, 0.7]}
        >>> metric_curves(history).description
        'Training: loss 0.3, validation 0.7 (lowest 0.6 at epoch 2).'
    """
    if not isinstance(history, Mapping):
        raise TypeError(
            f"metric_curves: got {type(history).__name__}; needs lists of numbers by name, such as "
            'nn.fit returns or {"loss": losses}; for one list there is loss_curve'
        )
    if columns < 1:
        raise ValueError(f"metric_curves: columns={columns} came; at least 1 is needed")
    chosen = _chosen([str(name) for name in history], metrics)
    panels: dict[str, list[Series]] = {}
    for name in chosen:
        scale = log and "loss" in name
        panels[name] = [
            replace(
                series_of(
                    key,
                    history[key],
                    smoothed=smoothed if called == "train" else False,
                    log=scale,
                    asked_by="metric_curves",
                ),
                name=called,
            )
            for key, called in ((name, "train"), (f"val_{name}", "validation"))
            if key in history
        ]
    panels = {name: lines for name, lines in panels.items() if _finite(lines)}
    if not panels:
        raise ValueError("metric_curves: got no number to plot; needs at least one finite number")
    columns = min(columns, len(panels))
    rows = math.ceil(len(panels) / columns)
    title, x_label = clean(title, 70), clean(x_label, 30)
    parts = _header(title, panels)
    told = []
    for index, (name, lines) in enumerate(panels.items()):
        x, y = PANEL_WIDTH * (index % columns), HEAD + PANEL_HEIGHT * (index // columns)
        best = _best(name, lines, x_label, start)
        parts += _panel(name, lines, best, log and "loss" in name, x, y, x_label, start)
        told.append(_told(name, lines, best))
    description = f"{title}: {'; '.join(told)}."
    width, height = columns * PANEL_WIDTH, HEAD + rows * PANEL_HEIGHT + FOOT
    return Picture(plot_svg(parts, description, width, height), description)


def _chosen(names: Sequence[str], metrics: Iterable[str] | None) -> list[str]:
    """Names of the plots: each metric once, whether measured in training, in validation or both."""
    there = list(dict.fromkeys(name.removeprefix("val_") for name in names))
    if metrics is None:
        return [name for name in there if name not in NOT_SHOWN]
    asked = [metrics] if isinstance(metrics, str) else list(metrics)
    missing = [name for name in asked if name not in there]
    if missing:
        raise ValueError(
            f"metric_curves: metrics asks for {missing}; the history has {', '.join(there)}"
        )
    return asked


def _finite(lines: Sequence[Series]) -> list[float]:
    return [item for series in lines for item in series.raw if math.isfinite(item)]


def _best(name: str, lines: Sequence[Series], x_label: str, start: int) -> str:
    """Say where the best number stood; of validation, if there was one."""
    low = any(word in name for word in LOWER)
    if not low and not any(word in name for word in HIGHER):
        return ""
    raw = lines[-1].raw
    steps = [step for step, item in enumerate(raw) if math.isfinite(item)]
    if not steps:
        return ""
    step = (min if low else max)(steps, key=raw.__getitem__)
    word = "lowest" if low else "highest"
    last = max(len(series.raw) for series in lines) - 1
    when = start + step * last / max(1, len(raw) - 1)  # fewer numbers are spread over all epochs
    return f"{word} {number(raw[step])} at {x_label} {number(when)}"


def _told(name: str, lines: Sequence[Series], best: str) -> str:
    ends = [
        f"{'validation ' if series.name == 'validation' else ''}{number(series.last)}"
        for series in lines
        if math.isfinite(series.last)
    ]
    return f"{clean(name, 40)} {', '.join(ends)}{f' ({best})' if best else ''}"


def _header(title: str, panels: Mapping[str, Sequence[Series]]) -> list[str]:
    parts = [f'<text class="title" x="24" y="33">{xml(title)}</text>']
    names = {series.name for lines in panels.values() for series in lines}
    x = 24.0
    for index, name in enumerate(("train", "validation")):
        if name not in names:
            continue
        dash = " dash1" if index else ""
        parts.append(f'<path class="curve line{index}{dash}" d="M{x:.0f} 53h28"/>')
        parts.append(f'<text class="name fill{index}" x="{x + 36:.0f}" y="57">{name}</text>')
        x += 36 + text_width(name, 12, bold=True) + 24
    if any(series.smoothed for lines in panels.values() for series in lines):
        parts.append(f'<text class="tick" x="{x:.0f}" y="57">bold: running mean</text>')
    return parts


def _panel(
    name: str,
    lines: Sequence[Series],
    best: str,
    log: bool,
    x: float,
    y: float,
    x_label: str,
    start: int,
) -> list[str]:
    seen = _finite(lines)
    ends = [number(series.last) for series in lines]
    right = x + PANEL_WIDTH - 24.0 - max(text_width(end, 12, bold=True) for end in ends)
    ticks = axis_ticks(min(seen), max(seen), log=log, wanted=4)
    last = max(len(series.raw) for series in lines) - 1
    frame = Frame(
        x + LEFT, y + ABOVE, right, y + PANEL_HEIGHT - BELOW, (0, max(1, last)), ticks, log
    )
    title = clean(name, 30)
    parts = [f'<text class="name" x="{x + 24:.0f}" y="{y + 24:.0f}">{xml(title)}</text>']
    if best:
        after = x + 24 + text_width(title, 12, bold=True) + 10
        parts.append(f'<text class="tick" x="{after:.0f}" y="{y + 24:.0f}">{xml(best)}</text>')
    parts += grid(frame, step_ticks(last, start, wanted=5), x_label)
    order = [0 if series.name == "train" else 1 for series in lines]
    for index, series in zip(order, lines, strict=True):
        parts += drawn(series, index, frame)
    return parts + end_labels(lines, ends, frame, order)
