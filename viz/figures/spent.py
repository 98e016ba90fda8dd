"""Where the time went, as colours: what a profile measured, spread over the boxes of a figure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from autograd.profile_table import duration
from autograd.trace import Trace
from viz.figures.figure import HEADER_HEIGHT, Box, Figure, Spent
from viz.words.labels import text_width, xml

COLOUR = "#d08700"  # between what white and what black paper would want; strength is opacity
SIZE, HEIGHT, PADDING, INSET = 10.0, 15.0, 6.0, 8.0
FAINT, STRONG = 0.06, 0.6

_Times = dict[tuple[str, str], dict[str, float]]


def with_times(figure: Figure, trace: Trace, profile: Any) -> Figure:
    """Give every box its share of the time that a profile measured.

    What an op took in a module is divided evenly among its nodes there.

    Args:
        figure: the boxes.
        trace: the graph that they show.
        profile: what `autograd.profile()` gave, or its rows.

    Returns:
        The figure, its boxes coloured.

    Raises:
        TypeError: if it is no profile.
        ValueError: if none of the graph's operations is in it.
    """
    rows = getattr(profile, "rows", profile)
    if not isinstance(rows, (list, tuple)) or not all(hasattr(row, "seconds") for row in rows):
        raise TypeError(
            f"draw: profile: {type(profile).__name__} came; give what "
            "`with autograd.profile() as p:` calls p"
        )
    anywhere = all(not row.module for row in rows)  # recorded without nn.scopes
    places = {
        node.index: (node.op, "" if anywhere else node.scope)
        for node in trace.nodes
        if node.op is not None
    }
    times: _Times = {}
    for row in rows:
        phases = times.setdefault((row.op, row.module), {})
        phases[row.phase] = phases.get(row.phase, 0.0) + row.seconds
    if times.keys().isdisjoint(places.values()):
        raise ValueError(
            "draw: profile: none of this graph's operations is in it: compute the result inside "
            "`with autograd.profile() as p:`"
        )
    whole = sum(row.seconds for row in rows) or 1.0
    counts = Counter(places.values())
    shares = []
    for box in figure.boxes:
        found = {"forward": 0.0, "backward": 0.0}
        for place in (places[node] for node in box.nodes if node in places):
            for phase, seconds in times.get(place, {}).items():
                found[phase] += seconds / counts[place]
        shares.append(found)
    most = max((sum(found.values()) for found in shares), default=0.0) or 1.0
    boxes = tuple(
        _coloured(box, found, whole, most) if any(found.values()) else box
        for box, found in zip(figure.boxes, shares, strict=True)
    )
    return replace(figure, boxes=boxes)


def _coloured(box: Box, found: dict[str, float], whole: float, most: float) -> Box:
    seconds = sum(found.values())
    share = seconds / whole
    word = f"{100 * share:.0f}%" if share >= 0.005 else "<1%"
    text = f"{word} of the time: " + ", ".join(
        f"{phase} {duration(spent)}" for phase, spent in found.items() if spent
    )
    strength = FAINT + (STRONG - FAINT) * seconds / most
    return replace(box, spent=Spent(word, strength, text), detail=f"{box.detail}\n{text}")


def spent_width(spent: Spent | None) -> float:
    """How much of a box's upper edge the percentage takes from the left."""
    return INSET + text_width(spent.word, SIZE, bold=True) + 2 * PADDING if spent else 0.0


def tint(spent: Spent, x: float, y: float, width: float) -> str:
    """Colour the header of a box, the stronger the more time it took."""
    return (
        f'<rect x="{x + 0.6:.1f}" y="{y + 0.6:.1f}" width="{width - 1.2:.1f}" '
        f'height="{HEADER_HEIGHT - 0.6:.1f}" rx="8.4" fill="{COLOUR}" '
        f'fill-opacity="{spent.strength:.2f}"/>'
    )


def tint_sample() -> str:
    """The colour as the legend shows it."""
    return (
        f'<rect x="0.6" y="-6" width="18.8" height="12" rx="4" fill="{COLOUR}" '
        f'fill-opacity="{STRONG}"/>'
    )


def percentage(spent: Spent, x: float, y: float) -> str:
    """Write the share above the left end of a box, hardly over its header."""
    y -= 4.5
    width = spent_width(spent) - INSET
    return (
        f'<g class="pill" data-mark="time"><title>{xml(spent.text)}</title>'
        f'<rect x="{x + INSET:.1f}" y="{y - HEIGHT / 2:.1f}" width="{width:.1f}" '
        f'height="{HEIGHT:.0f}" rx="4"/><text text-anchor="middle" '
        f'x="{x + INSET + width / 2:.1f}" y="{y + 3.7:.1f}">{xml(spent.word)}</text></g>'
    )
