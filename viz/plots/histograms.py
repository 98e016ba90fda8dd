"""`histograms`: the weights and gradients of every layer, and how far an update moves them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from viz.picture import Picture
from viz.plots.frame import plot_svg
from viz.plots.layer_statistics import Array, LayerStatistics, layer_statistics
from viz.words.labels import clean, text_width, xml
from viz.words.numbers import norm, number

WIDTH, HEAD, ROW, FOOT = 720.0, 84.0, 90.0, 44.0
NAMES, WEIGHTS, GRADIENTS, RATIOS, RIGHT = 24.0, 158.0, 354.0, 566.0, 700.0
WIDE, TALL = 176.0, 40.0
BINS = 24  # even, so that 0 is an edge and every bar has one sign
MOST_ROWS = 60
LOWEST, HIGHEST, RULE = -6.0, 0.0, -3.0

STYLE = """
.plus{fill:@plus}
.minus{fill:@minus}
.zero{fill:@quiet}
.said{font-size:12px;font-weight:700;fill:@minus}
.empty{fill:none;stroke:@border;stroke-dasharray:3 3}
.rule{stroke:@ink;stroke-width:1.2;stroke-dasharray:5 4}
"""


class HistogramPicture(Picture):
    """The picture of a model's weights and gradients.

    Attributes:
        layers: the numbers behind each row.
    """

    def __init__(self, svg: str, description: str, layers: Sequence[LayerStatistics]) -> None:
        """Wrap a finished SVG.

        Args:
            svg: text of a complete SVG file.
            description: the alternative text.
            layers: the numbers behind each row.
        """
        super().__init__(svg, description)
        self.layers = tuple(layers)

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """Map each file suffix to what writes it."""
        return {**super().writers(), "txt": self._text}

    def _text(self) -> str:
        return self.description.replace(": ", ":\n", 1).replace("; ", ";\n") + "\n"


def histograms(
    model: Any,
    *,
    learning_rate: float | None = None,
    before: Mapping[str, Any] | None = None,
    biases: bool = False,
    title: str = "Weights and gradients",
) -> HistogramPicture:
    """Show how weights and gradients are spread in every layer, and how large an update is.

    The last column is the logarithm of |update| / |weights|, with norms over the layer. As a rule
    of thumb it lies near -3: much less learns slowly, much more overshoots.

    Args:
        model: has `named_parameters()`, or is a mapping from names to Values or Tensors. The
            Values of all neurons of a layer are one row.
        learning_rate: of plain gradient descent: the update is learning_rate * gradient. Without
            it the last column is |gradient| / |weights|.
        before: what `state_dict()` gave before `optimizer.step()`: the update is what the step
            has really changed, whatever the optimizer.
        biases: give biases rows of their own; they start at 0, and then the ratio says little.
        title: what stands above.

    Returns:
        A picture with `.save("weights.svg")` and the numbers in `.layers`. A gradient that is 0
        everywhere is called dead; a layer that the backward pass has not come to, not reached.

    Raises:
        TypeError: if the model has no named parameters.
        ValueError: if there is nothing to show, or too much, or an argument does not fit.

    Example:
        >>> from autograd import Value
        >>> w, v = Value(2.0), Value(3.0)
        >>> (w * 10).backward()
        >>> picture = histograms({"w": w, "v": v}, learning_rate=0.1)
        >>> print(picture.description)
        Weights and gradients: w (1 number) weight norm 2, gradient norm 10, log10 of
        update/weights −0.301; v (1 number) weight norm 3, gradient not reached.

    Source:
        The rule of thumb: A. Karpathy, "Building makemore Part 3: Activations & Gradients,
        BatchNorm" (2022), where standard deviations take the place of norms.
    """
    if learning_rate is not None and before is not None:
        raise ValueError("histograms: learning_rate and before came; give one of them")
    if learning_rate is not None and not 0 < learning_rate < math.inf:
        raise ValueError(
            f"histograms: learning_rate={learning_rate} came; a positive one is needed"
        )
    layers = layer_statistics(
        model, learning_rate=learning_rate, before=before, biases=biases, asked_by="histograms"
    )
    if len(layers) > MOST_ROWS:
        raise ValueError(
            f"histograms: {len(layers)} rows are more than {MOST_ROWS}, which nobody could read; "
            "give a part of the model, such as histograms(model.layers[0])"
        )
    known = learning_rate is not None or before is not None
    asked = "update/weights" if known else "gradient/weights"
    title = clean(title, 60)
    parts = _header(title, asked)
    bottom = HEAD + ROW * len(layers)
    parts += _scale(HEAD, bottom, with_rule=known)
    for index, layer in enumerate(layers):
        parts += _row(layer, HEAD + ROW * index)
    told = "; ".join(_told(layer, asked) for layer in layers)
    description = f"{title}: {told}."
    svg = plot_svg(parts, description, WIDTH, bottom + FOOT, STYLE)
    return HistogramPicture(svg, description, layers)


def _header(title: str, asked: str) -> list[str]:
    heads = ((WEIGHTS, "weights"), (GRADIENTS, "gradients"), (RATIOS, f"log10 {asked}"))
    return [
        f'<text class="title" x="{NAMES:.0f}" y="33">{xml(title)}</text>',
        *(f'<text class="axis" x="{x:.0f}" y="64">{xml(text)}</text>' for x, text in heads),
        f'<path class="grid" d="M{NAMES:.0f} 74H{RIGHT:.0f}"/>',
    ]


def _place(ratio: float) -> float:
    inside = min(max(ratio, LOWEST), HIGHEST)
    return RATIOS + (RIGHT - RATIOS) * (inside - LOWEST) / (HIGHEST - LOWEST)


def _scale(top: float, bottom: float, *, with_rule: bool) -> list[str]:
    parts = [f'<path class="base" d="M{RATIOS:.0f} {bottom:.0f}H{RIGHT:.0f}"/>']
    for tick in range(int(LOWEST), int(HIGHEST) + 1):
        x = _place(tick)
        parts.append(f'<path class="grid" d="M{x:.1f} {top:.0f}V{bottom:.0f}"/>')
        if tick % 3 == 0:
            parts.append(
                f'<text class="tick" text-anchor="middle" x="{x:.1f}" y="{bottom + 16:.0f}">'
                f"{number(tick)}</text>"
            )
    if with_rule:
        x = _place(RULE)
        parts.append(f'<path class="rule" d="M{x:.1f} {top:.0f}V{bottom:.0f}"/>')
        parts.append(
            f'<text class="tick" text-anchor="middle" x="{x:.1f}" y="{bottom + 31:.0f}">'
            "rule of thumb</text>"
        )
    return parts


def _row(layer: LayerStatistics, y: float) -> list[str]:
    name = layer.name
    limit = 30
    while text_width(clean(name, limit), 12, bold=True) > WEIGHTS - NAMES - 12:
        limit -= 1
    parts = [
        f'<text class="name" x="{NAMES:.0f}" y="{y + 34:.0f}">{xml(clean(name, limit))}</text>',
        f'<text class="tick" x="{NAMES:.0f}" y="{y + 50:.0f}">{xml(layer.size)}</text>',
        *_histogram(layer.weights, WEIGHTS, y, len(layer.weights)),
    ]
    if layer.gradients is None:
        parts += _instead("not reached", GRADIENTS, y)
    elif layer.dead:
        parts += _instead("dead: all 0", GRADIENTS, y)
    else:
        parts += _histogram(layer.gradients, GRADIENTS, y, len(layer.weights))
    if layer.ratio is not None:
        x = _place(layer.ratio)
        text = number(round(layer.ratio, 2))
        outside = "←" if layer.ratio < LOWEST else "→" if layer.ratio > HIGHEST else ""
        to_the_right = RULE <= layer.ratio < -1.5 or layer.ratio < -4.5  # off the rule, inside
        side, anchor = (11, "start") if to_the_right else (-11, "end")
        parts.append(
            f'<circle class="dot fill0" cx="{x:.1f}" cy="{y + 42:.1f}" r="5.5"/>'
            f'<text class="name" text-anchor="{anchor}" x="{x + side:.1f}" y="{y + 46:.1f}">'
            f"{text}{outside}</text>"
        )
    return parts


def _instead(text: str, x: float, y: float, style: str = "said") -> list[str]:
    return [
        f'<rect class="empty" x="{x:.1f}" y="{y + 22:.1f}" width="{WIDE:.0f}" '
        f'height="{TALL:.0f}" rx="4"/><text class="{style}" text-anchor="middle" '
        f'x="{x + WIDE / 2:.1f}" y="{y + 46:.1f}">{text}</text>'
    ]


def _histogram(numbers: Array, x: float, y: float, of: int) -> list[str]:
    """Bars on both sides of 0 on a scale of their own, and in words what bars cannot show."""
    finite = numbers[np.isfinite(numbers)]
    odd, zeros = numbers.size - finite.size, int((finite == 0).sum())
    words = [f"{odd} nan or inf"] if odd else []
    if finite.size == 0:
        return _instead(words[0], x, y)
    most = float(np.abs(finite).max())
    if most == 0 and not odd:
        return _instead("all 0", x, y, "tick")
    scaled = finite / (most or 1.0)  # a range of very small or large numbers has no bins
    counts, _ = np.histogram(scaled[scaled != 0], bins=BINS, range=(-1.0, 1.0))
    highest = max(int(counts.max()), 1)
    base, wide = y + 22 + TALL, WIDE / BINS
    parts = []
    for index, count in enumerate(counts.tolist()):
        if count:
            height = max(TALL * count / highest, 1.0)
            sign = "minus" if index < BINS // 2 else "plus"
            parts.append(
                f'<rect class="{sign}" x="{x + index * wide + 0.5:.1f}" y="{base - height:.1f}" '
                f'width="{wide - 1:.1f}" height="{height:.1f}"/>'
            )
    if zeros:
        height = TALL * min(zeros / highest, 1.0)
        parts.append(
            f'<rect class="zero" x="{x + WIDE / 2 - 1.5:.1f}" y="{base - height:.1f}" '
            f'width="3" height="{height:.1f}"/>'
        )
    words += [] if odd else [f"norm {number(norm(numbers))}"]
    if numbers.size < of:
        words.append(f"{numbers.size} of {of} reached")
    elif zeros:
        words.append(f"{number(max(1, round(100 * zeros / numbers.size)))} % are 0")
    parts.append(f'<path class="base" d="M{x:.1f} {base:.1f}h{WIDE:.1f}"/>')
    parts.append(f'<text class="tick" x="{x:.1f}" y="{y + 15:.1f}">{" · ".join(words)}</text>')
    marks = ((x, "start", -most), (x + WIDE / 2, "middle", 0.0), (x + WIDE, "end", most))
    parts += [
        f'<text class="tick" text-anchor="{anchor}" x="{place:.1f}" y="{base + 14:.1f}">'
        f"{number(value)}</text>"
        for place, anchor, value in marks
    ]
    return parts


def _told(layer: LayerStatistics, asked: str) -> str:
    gradient = layer.gradient_norm
    spread = "not reached" if gradient is None else f"norm {number(gradient)}"
    words = f"{clean(layer.name, 40)} ({layer.size}) weight norm {number(layer.weight_norm)}, "
    words += "gradient dead (all 0)" if layer.dead else f"gradient {spread}"
    if layer.ratio is not None:
        words += f", log10 of {asked} {number(layer.ratio)}"
    return words
