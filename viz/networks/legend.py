"""What the lines of a network look like, and the legend that says so."""

from __future__ import annotations

from viz.theme import FONTS
from viz.words.labels import text_width
from viz.words.numbers import number

ROOT = "glassgrad-network"

STYLE = f"""
text{{font-family:{FONTS};fill:@ink;font-variant-numeric:tabular-nums}}
.paper{{fill:@paper}}
.title{{font-size:16px;font-weight:700}}
.head{{font-size:13px;font-weight:700;text-anchor:middle}}
.small{{font-size:11px;fill:@quiet}}
.middle{{text-anchor:middle}}
.name{{font-size:13px}}
.end{{text-anchor:end}}
.number{{font-size:11px;text-anchor:middle;font-weight:700;fill:@quiet}}
.number.plus{{fill:@plus}}
.number.minus{{fill:@minus}}
.pill{{fill:@paper}}
.line{{fill:none;stroke:@border}}
.line.plus{{stroke:@plus}}
.line.minus{{stroke:@minus;stroke-dasharray:7 2}}
.line.absent{{stroke:@border;stroke-dasharray:1 4;stroke-linecap:round}}
.line:hover{{stroke:@ink;stroke-opacity:1}}
.neuron{{fill:@box;stroke:@border;stroke-width:1.4}}
.neuron.plus{{stroke:@plus}}
.neuron.minus{{stroke:@minus}}
.neuron.input{{fill:@data}}
.dots{{fill:@quiet}}
"""


def legend(
    left: float, y: float, most: float | None, absent: bool, rings: bool, gradients: bool
) -> tuple[list[str], float]:
    """Draw the legend.

    Args:
        left: where it begins.
        y: its middle.
        most: magnitude of the widest line; None if no weight is known.
        absent: whether some line has no number.
        rings: whether there are biases.
        gradients: whether gradients are drawn.

    Returns:
        SVG elements, and where they end at the right.
    """
    if most is None:
        text = "sizes only: no weights were given"
        return [f'<text class="small" x="{left:g}" y="{y + 4:g}">{text}</text>'], 250.0
    what = "gradient" if gradients else "weight"
    entries = [("plus", f"positive {what}"), ("minus", f"negative {what}")]
    if absent:
        entries.append(("absent", "not reached" if gradients else "nan or infinite"))
    parts, x = [], left
    for kind, text in entries:
        parts.append(
            f'<path class="line {kind}" stroke-width="3" d="M{x:g} {y:g}h26"/>'
            f'<text class="small" x="{x + 33:g}" y="{y + 4:g}">{text}</text>'
        )
        x += 33 + text_width(text, 11) + 22
    text = f"widest line: {number(most)}"
    text += "; ring: bias, in the same colours" if rings else ""
    parts.append(f'<text class="small" x="{x:g}" y="{y + 4:g}">{text}</text>')
    return parts, x + text_width(text, 11)
