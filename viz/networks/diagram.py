"""The drawing of a network: neurons in columns, weights as lines, numbers where there is room."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from viz.arrays import Array
from viz.grids.grid_scene import largest
from viz.networks.dense import Dense
from viz.networks.legend import ROOT, STYLE, legend
from viz.networks.line_labels import Rectangle, label
from viz.theme import themed
from viz.words.labels import text_width, xml
from viz.words.numbers import number, sign

MOST_NEURONS, FIRST, LAST = 16, 12, 3  # of a wider layer the first and the last are drawn
RADIUS, MARGIN, TOP, LEGEND = 13.0, 28.0, 92.0, 40.0
ROW, HIGH_ROW, COLUMN, WIDE_COLUMN = 38.0, 58.0, 220.0, 280.0
FEW, FEW_LINES = 8, 16  # neurons in a column, lines between two: then there is room for numbers
THIN, THICK = 0.7, 5.0


class Diagram:
    """Draws a network.

    Args:
        layers: from the input to the output.
        names: of the inputs and of the outputs; already cleaned; may be empty.
        heading: what stands above.
        description: the alternative text.
        gradients: whether gradients are drawn in place of the numbers themselves.
    """

    def __init__(
        self,
        layers: Sequence[Dense],
        names: tuple[list[str], list[str]],
        heading: str,
        description: str,
        gradients: bool,
    ) -> None:
        self.layers, self.names, self.gradients = layers, names, gradients
        self.heading, self.description = heading, description
        self.sizes = [layers[0].inputs, *(layer.outputs for layer in layers)]
        self.shown = [shown_neurons(size) for size in self.sizes]
        self.slots = [len(s) + (len(s) < n) for s, n in zip(self.shown, self.sizes, strict=True)]
        self.few = max(self.slots) <= FEW
        self.row = HIGH_ROW if self.few else ROW
        self.apart = COLUMN if self.few else WIDE_COLUMN
        self.drawn = [layer.shown(gradients) for layer in layers]
        self.most = largest(*(weights for weights, _ in self.drawn if weights is not None))
        biases = [biases for _, biases in self.drawn if biases is not None]
        self.most_bias = largest(*biases)
        widest = max((text_width(name, 13) for name in names[0]), default=0.0)
        self.left = MARGIN + max(widest + 12, 36) + RADIUS
        self.tallest = max(self.slots) * self.row

    def svg(self) -> str:
        """Give the text of a complete SVG file."""
        spots: list[Rectangle] = []
        lines, labels = [], []
        for gap in range(len(self.layers)):
            drawn, labelled = self._gap(gap, spots)
            lines += drawn
            labels += labelled
        widest = max((text_width(name, 13) for name in self.names[1]), default=0.0)
        right = self.left + self.apart * len(self.layers) + RADIUS + max(widest + 12, 36) + MARGIN
        legend, reach = self._legend(TOP + self.tallest + 18)
        width = max(right, text_width(self.heading, 16, bold=True) + 2 * MARGIN, reach + MARGIN)
        height = TOP + self.tallest + LEGEND
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" class="{ROOT}" role="img" '
                f'aria-label="{xml(self.description)}" width="{width:.0f}" height="{height:.0f}" '
                f'viewBox="0 0 {width:.0f} {height:.0f}">',
                f"<style>{themed(STYLE, ROOT)}</style>",
                f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" rx="10"/>',
                f'<text class="title" x="{MARGIN:g}" y="30">{xml(self.heading)}</text>',
                *lines,
                *(part for column in range(len(self.sizes)) for part in self._column(column)),
                *labels,
                *legend,
                "</svg>",
                "",
            ]
        )

    # ------------------------------------------------------------------ places
    def x(self, column: int) -> float:
        """Give the middle of a column."""
        return self.left + self.apart * column

    def y(self, column: int, slot: int) -> float:
        """Give the middle of a circle."""
        return TOP + (self.tallest - self.slots[column] * self.row) / 2 + (slot + 0.5) * self.row

    def neurons(self, column: int) -> Iterator[tuple[int, float]]:
        """List the drawn neurons of a column, with their heights; the gap is left out."""
        shown = self.shown[column]
        for place, neuron in enumerate(shown):
            after_gap = len(shown) < self.sizes[column] and place >= FIRST
            yield neuron, self.y(column, place + after_gap)

    # ------------------------------------------------------------------ parts
    def name(self, column: int, neuron: int) -> str:
        """Name a neuron for a tooltip."""
        given = self.names[0] if column == 0 else self.names[1] if self._is_last(column) else []
        if given:
            return given[neuron]
        return f"{'x' if column == 0 else self.title(column) + ' neuron '}{neuron}"

    def title(self, column: int) -> str:
        """Name a column."""
        if column == 0:
            return "input"
        if self._is_last(column):
            return "output"
        return "hidden" if len(self.sizes) == 3 else f"hidden {column}"

    def _is_last(self, column: int) -> bool:
        return column == len(self.sizes) - 1

    def _gap(self, gap: int, spots: list[Rectangle]) -> tuple[list[str], list[str]]:
        """Draw the lines between two columns, the strongest on top, and label them if few."""
        weights = self.drawn[gap][0]
        found = []
        for target, lower in self.neurons(gap + 1):
            for source, upper in self.neurons(gap):
                value = None if weights is None else float(weights[target, source])
                found.append((abs(value or 0.0), value, source, target, upper, lower))
        numbers = self.few and len(found) <= FEW_LINES and weights is not None
        lines, labels = [], []
        start, end = self.x(gap) + RADIUS, self.x(gap + 1) - RADIUS
        order = sorted(found, key=lambda line: line[0] if math.isfinite(line[0]) else 0.0)
        for _, value, source, target, upper, lower in order:
            lines.append(
                f'<path class="line {self._kind(value)}" {self._strength(value)} '
                f'd="M{start:g} {upper:g}L{end:g} {lower:g}">'
                f"<title>{xml(self._weight_words(gap, source, target))}</title></path>"
            )
        if numbers:
            ends = [((start, upper), (end, lower)) for *_, upper, lower in found]
            for line, each in zip(found, ends, strict=True):
                others = [other for other in ends if other is not each]
                labels += label(float(line[1] or 0.0), each, others, spots)
        return lines, labels

    def _column(self, column: int) -> list[str]:
        x, top = self.x(column), self.y(column, 0) - self.row / 2 - 8
        count = self.sizes[column]
        words = f"{count} neuron{'s' * (count != 1)}" if column else f"{count}"
        activation = self.layers[column - 1].activation if column else ""
        words = f"{words}, {activation}" if activation else words
        parts = [
            f'<text class="head" x="{x:g}" y="{top - 16:.1f}">{self.title(column)}</text>'
            f'<text class="small middle" x="{x:g}" y="{top:.1f}">{xml(words)}</text>'
        ]
        biases = self.drawn[column - 1][1] if column else None
        for neuron, y in self.neurons(column):
            bias = None if biases is None else float(biases[neuron])
            ring = "input" if not column else self._kind(bias)
            width = ""
            if bias is not None and math.isfinite(bias) and bias:
                width = f' style="stroke-width:{1.4 + 3.1 * abs(bias) / self.most_bias:.2f}"'
            parts.append(
                f'<circle class="neuron {ring}" cx="{x:g}" cy="{y:g}" r="{RADIUS:g}"{width}>'
                f"<title>{xml(self._neuron_words(column, neuron))}</title></circle>"
            )
            if bias is not None and self.few:
                text = f"{'b.grad' if self.gradients else 'b'} {number(bias, signed=True)}"
                parts.append(
                    f'<text class="small middle" x="{x:g}" y="{y + RADIUS + 13:g}">{text}</text>'
                )
            parts += self._end_name(column, neuron, x, y)
        if len(self.shown[column]) < count:
            y = self.y(column, FIRST)
            dots = "".join(
                f'<circle class="dots" cx="{x:g}" cy="{y + d:g}" r="2"/>' for d in (-8, 0, 8)
            )
            more = f"{number(count - FIRST - LAST)} more"
            parts.append(
                f'{dots}<rect class="pill" x="{x + 7:g}" y="{y - 9:g}" rx="4" height="18" '
                f'width="{text_width(more, 11) + 6:.0f}"/>'
                f'<text class="small" x="{x + 10:g}" y="{y + 4:g}">{more}</text>'
            )
        return parts

    def _end_name(self, column: int, neuron: int, x: float, y: float) -> list[str]:
        if column == 0 and self.names[0]:
            at, anchor, text = x - RADIUS - 8, "end", self.names[0][neuron]
        elif self._is_last(column) and self.names[1]:
            at, anchor, text = x + RADIUS + 8, "start", self.names[1][neuron]
        else:
            return []
        return [f'<text class="name {anchor}" x="{at:g}" y="{y + 4.5:g}">{xml(text)}</text>']

    def _legend(self, y: float) -> tuple[list[str], float]:
        arrays = [weights for weights, _ in self.drawn if weights is not None]
        absent = any(not np.isfinite(weights).all() for weights in arrays)
        rings = any(biases is not None for _, biases in self.drawn)
        return legend(MARGIN, y, self.most if arrays else None, absent, rings, self.gradients)

    # ------------------------------------------------------------------ looks and words
    def _kind(self, value: float | None) -> str:
        if value is None:
            return "unknown"
        return sign(value) if math.isfinite(value) else "absent"

    def _strength(self, value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return 'stroke-width="1.3"'
        share = abs(value) / self.most
        width = THIN + (THICK - THIN) * share
        strong = 0.3 + 0.7 * share if self.few else 0.15 + 0.85 * share * share
        return f'stroke-width="{width:.2f}" stroke-opacity="{strong:.2f}"'

    def _weight_words(self, gap: int, source: int, target: int) -> str:
        layer = self.layers[gap]
        words = f"{self.name(gap, source)} → {self.name(gap + 1, target)}"
        if layer.weights is not None:
            words += f": weight {number(float(layer.weights[target, source]))}"
        return words + _gradient_words(layer.weight_gradients, (target, source))

    def _neuron_words(self, column: int, neuron: int) -> str:
        words = self.name(column, neuron)
        layer = self.layers[column - 1] if column else None
        if layer is not None and layer.biases is not None:
            words += f": bias {number(float(layer.biases[neuron]))}"
            words += _gradient_words(layer.bias_gradients, (neuron,))
        return words


def shown_neurons(count: int) -> list[int]:
    """Choose which neurons of a layer are drawn.

    Example:
        >>> shown_neurons(3), len(shown_neurons(16)), shown_neurons(784)[-4:]
        ([0, 1, 2], 16, [11, 781, 782, 783])
    """
    if count <= MOST_NEURONS:
        return list(range(count))
    return [*range(FIRST), *range(count - LAST, count)]


def _gradient_words(gradients: Array | None, at: tuple[int, ...]) -> str:
    if gradients is None or math.isnan(gradients[at]):
        return ""
    return f", gradient {number(float(gradients[at]))}"
