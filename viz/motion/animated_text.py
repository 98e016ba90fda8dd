"""The sentences under a self-playing picture, and the bar that fills."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from viz.motion.timeline import SVG, Timeline
from viz.story.records import Step
from viz.words.labels import text_width
from viz.words.numbers import sign

LINE, NOTE, HEIGHT, SIDE, NARROWEST = 17.0, 13.0, 74.0, 28.0, 560.0
_SIGNS = str.maketrans({"*": "\N{MULTIPLICATION SIGN}", "-": "\N{MINUS SIGN}"})
STYLE = f"""
.equation{{font-size:{LINE:g}px;font-weight:700;text-anchor:middle}}
.equation .plus{{fill:@plus}}
.equation .minus{{fill:@minus}}
.note{{font-size:{NOTE:g}px;fill:@quiet;text-anchor:middle}}
.event{{font-weight:700;fill:@ink}}
.track{{fill:@hair}}
.done{{fill:@leaf_border}}
"""


def make_room(root: Element) -> tuple[float, float, float]:
    """Make an SVG higher for the sentences, and wider if it is narrower than one.

    Args:
        root: the SVG; what is drawn in it moves to the middle.

    Returns:
        Where a sentence belongs, in the coordinates of the drawing: its middle, the baseline of
        its first line, and how wide it may be.
    """
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    room = max(width, NARROWEST)
    _resize(root, width, height, room)
    moved = root.find(f"{{{SVG}}}g")
    transform = moved.get("transform", "") if moved is not None else ""
    x, y = (float(number) for number in re.findall(r"[-\d.]+", transform)[:2] or ("0", "0"))
    return room / 2 - x, height + 18 - y, room - 2 * SIDE


def add_bar(root: Element, timeline: Timeline) -> None:
    """Draw a bar at the bottom that fills while the steps go by."""
    room, height = float(root.get("width", "0")), float(root.get("height", "0"))
    place = {"x": f"{SIDE:g}", "y": f"{height - 18:.0f}", "height": "4", "rx": "2"}
    full = room - 2 * SIDE
    SubElement(root, f"{{{SVG}}}rect", {"class": "track", "width": f"{full:.0f}", **place})
    done = SubElement(root, f"{{{SVG}}}rect", {"class": "done", "width": f"{full:.0f}", **place})
    done.append(timeline.growth("width", full))


def add_sentence(group: Element, step: Step, spot: tuple[float, float, float]) -> None:
    """Write a step: its line, and under it how the gradient changes.

    Args:
        group: what becomes visible when it is the step's turn.
        step: the step.
        spot: what `make_room` gave.
    """
    _write_equation(group, step, spot)
    _write_note(group, step, spot)


def _write_equation(group: Element, step: Step, spot: tuple[float, float, float]) -> None:
    """Write the step's line, what is sent at its end in the colour of its sign."""
    words = _typeset(step.text)
    made = _line(group, "equation", words, spot, LINE)
    start, equals, result = words.rpartition(" = ")
    if step.phase == "backward" and isinstance(step.contribution, float) and equals:
        made.text = start + equals
        coloured = SubElement(made, f"{{{SVG}}}tspan", {"class": sign(step.contribution)})
        coloured.text = result


def _write_note(group: Element, step: Step, spot: tuple[float, float, float]) -> None:
    """Write the line under it: how the gradient changes, and what deserves a remark."""
    note = step.reason if step.phase == "seed" else step.note
    event = step.event if step.phase != "seed" else ""
    between = " \N{MIDDLE DOT} " if note and event else ""
    if not note and not event:
        return
    x, y, room = spot
    made = _line(group, "note", _typeset(note) + between + event, (x, y + 22, room), NOTE)
    if event:
        made.text = _typeset(note) + between
        told = SubElement(made, f"{{{SVG}}}tspan", {"class": "event"})
        told.text = event


def _line(
    group: Element, name: str, words: str, spot: tuple[float, float, float], size: float
) -> Element:
    """Add a line, smaller if it would be wider than the picture."""
    x, y, room = spot
    place = {"class": name, "x": f"{x:.0f}", "y": f"{y:.0f}"}
    made = SubElement(group, f"{{{SVG}}}text", place)
    made.text = words
    wide = text_width(words, size, bold=name == "equation")
    if wide > room:
        made.set("style", f"font-size:{size * room / wide:.1f}px")
    return made


def _typeset(text: str) -> str:
    """Write a keyboard's signs as those of mathematics."""
    for typed, shown in (("**", "^"), ("->", "→"), ("...", "…"), ("   ", " \N{EM SPACE}")):
        text = text.replace(typed, shown)
    return text.translate(_SIGNS)


def _resize(root: Element, width: float, height: float, room: float) -> None:
    """Make room under the picture, and beside it if it is narrower than a sentence."""
    tall = height + HEIGHT
    root.set("width", f"{room:.0f}")
    root.set("height", f"{tall:.0f}")
    root.set("viewBox", f"0 0 {room:.0f} {tall:.0f}")
    paper = root.find(f"{{{SVG}}}rect")
    if paper is not None:
        paper.set("width", f"{room:.0f}")
        paper.set("height", f"{tall:.0f}")
    for group in root.findall(f"{{{SVG}}}g"):
        moved = re.sub(
            r"translate\(([-\d.]+)",
            lambda found: f"translate({float(found[1]) + (room - width) / 2:.1f}",
            group.get("transform", ""),
        )
        group.set("transform", moved)
