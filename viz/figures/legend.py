"""The line under a graph that says what its colours, widths and shapes mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viz.figures.badges import badge, badge_width, signs
from viz.figures.boxes import Figure
from viz.figures.heat import heat_uri
from viz.figures.mark import ON_BOXES, ON_EDGES, Mark
from viz.figures.spent import tint_sample
from viz.words.labels import text_width

SIZE, ROW, APART, SAMPLE, ABOVE = 11.0, 22.0, 22.0, 8.0, 34.0

Entry = tuple[str, float, str]  # a sample as SVG, its width, what it means


@dataclass(frozen=True)
class Notes:
    """A drawn legend: SVG text from its own origin, and the room it takes."""

    svg: str
    width: float
    height: float


def legend(figure: Figure, room: float) -> Notes:
    """Draw the legend, with only what occurs in this figure.

    Args:
        figure: what is drawn.
        room: width of the picture in pixels; the legend wraps to it, but not below 420.

    Returns:
        The legend; its height holds the distance to what stands above.
    """
    return notes(_entries(figure), room)


def notes(entries: Sequence[Entry], room: float) -> Notes:
    """Put the entries of a legend side by side, in as many lines as they take.

    Args:
        entries: for each a sample as SVG, its width, and what it means.
        room: width of the picture in pixels; the legend wraps to it, but not below 420.

    Returns:
        The legend; empty if there are no entries.
    """
    if not entries:
        return Notes("", 0.0, 0.0)
    room = max(room, 420.0)
    parts, x, y, widest = [], 0.0, ABOVE, 0.0
    for sample, wide, text in entries:
        length = wide + SAMPLE + text_width(text, SIZE)
        if x and x + length > room:
            x, y = 0.0, y + ROW
        parts.append(
            f'<g transform="translate({x:.1f} {y:.1f})">{sample}'
            f'<text class="small" x="{wide + SAMPLE:.1f}" y="3.9">{text}</text></g>'
        )
        widest = max(widest, x + length)
        x += length + APART
    return Notes("".join(parts), widest, y + 8.0)


def _entries(figure: Figure) -> list[Entry]:
    kinds = {kind for box in figure.boxes for kind in box.kind.split()}
    entries = []
    for kind, text in (
        ("leaf", "leaf: receives a gradient"),
        ("data", "data: no gradient asked"),
        ("output", "output"),
        ("group", "several nodes, collapsed"),
    ):
        if kind in kinds:
            entries.append((swatch(kind), 20.0, text))
    if "constant" in kinds:
        entries.append((swatch("constant"), 20.0, "constant"))
    if any(link.kind == "value" and link.label for link in figure.links):
        sample = (
            '<g class="pill"><rect x="0" y="-8.5" width="30" height="17" rx="8.5"/>'
            '<text class="quiet" text-anchor="middle" x="15" y="3.9">±n</text></g>'
        )
        entries.append((sample, 30.0, "local gradient ∂out/∂in"))
    if any(link.kind == "tensor" and link.label for link in figure.links):
        sample = (
            '<g class="pill"><rect x="0" y="-8.5" width="30" height="17" rx="8.5"/>'
            '<text class="quiet" text-anchor="middle" x="15" y="3.9">f(g)</text></g>'
        )
        entries.append((sample, 30.0, "what the input receives from the gradient g"))
    if any(link.flow for link in figure.links):
        plus = '<path class="line plus" stroke-width="3.4" d="M0 0H24"/>'
        minus = '<path class="line minus" stroke-width="3.4" d="M0 0H24"/>'
        entries.append((plus, 24.0, "+ gradient flows back"))
        entries.append((minus, 24.0, "− gradient (wider = larger)"))
    if any(link.kind == "constant" for link in figure.links):
        dashed = '<path class="line constant" stroke-width="1.3" d="M0 0H24"/>'
        entries.append((dashed, 24.0, "no gradient goes back here"))
    if any(heat.image for box in figure.boxes for heat in box.heats):
        entries.append((_scale(), 54.0, "elements: − to +, 0 is clear"))
    if any(box.spent is not None for box in figure.boxes):
        entries.append((tint_sample(), 20.0, "share of the profile's time (stronger = more)"))
    return [*entries, *_mark_entries(figure)]


def _scale() -> str:
    colours = heat_uri([[step / 4 for step in range(-4, 5)]], zoom=8)
    place = 'x="0.5" y="-5.5" width="53" height="11"'
    return (
        f'<image class="heat" {place} preserveAspectRatio="none" href="{colours}"/>'
        f'<rect class="plate" {place}/>'
    )


def _mark_entries(figure: Figure) -> list[Entry]:
    """Explain the marks that occur, each beside its badge or sign."""
    on_boxes = {mark.kind for box in figure.boxes for mark in box.marks}
    on_links = {mark.kind for link in figure.links for mark in link.marks}
    entries = []
    for kind, (word, meaning) in ON_BOXES.items():
        if kind in on_boxes:
            entries.append((badge(Mark(kind, word, ""), 0, -7.5), badge_width(word), meaning))
    for kind, (_, meaning) in ON_EDGES.items():
        if kind in on_links:
            entries.append((signs([Mark(kind, "", "")], 7, 0), 14.0, meaning))
    return entries


def swatch(kind: str) -> str:
    """Draw a small box of a kind, as a sample."""
    frame = '<rect class="frame" x="0.6" y="-6" width="18.8" height="12" rx="4"/>'
    if kind == "group":
        frame = '<rect class="shadow" x="3" y="-9" width="14" height="12" rx="4"/>' + frame
    head = '<path class="head" d="M1.2 -1V-2.5a3 3 0 0 1 3 -3H15.8a3 3 0 0 1 3 3V-1z"/>'
    return f'<g class="{kind}">{frame}{"" if kind == "constant" else head}</g>'
