"""A drawn graph set in motion: numbers appear when they are known, the active edge lights up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from viz.figures.boxes import NOT_REACHED, Figure
from viz.figures.svg import ROOT
from viz.motion.animated_text import STYLE as TEXT_STYLE
from viz.motion.animated_text import add_bar, add_sentence, make_room
from viz.motion.timeline import SVG, Timeline
from viz.story.records import Step
from viz.theme import themed
from viz.words.numbers import sign, spread

_AT_WORK = 0.6  # part of a step in which the dot runs along the edge
STYLE = f"""
.now{{visibility:hidden}}
.now.row{{text-anchor:end}}
.halo{{fill:none;stroke:@leaf_border;stroke-width:4}}
.glow{{fill:none;stroke:@leaf_border;stroke-opacity:.35;stroke-linecap:round}}
.dot{{fill:@leaf_border;stroke:@paper;stroke-width:1.5}}
{TEXT_STYLE.strip()}
"""
# Whoever asked for less motion sees the end at once: important rules stand above animations.
CALM = f"""@media (prefers-reduced-motion:reduce){{
.{ROOT} .end{{visibility:visible!important;opacity:1!important}}
.{ROOT} .now,.{ROOT} .track,.{ROOT} .done{{visibility:hidden!important}}
}}"""


def animated(root: Element, figure: Figure, steps: Sequence[Step], timeline: Timeline) -> None:
    """Set a drawn figure in motion, in place.

    Without animation everything stays as it was drawn: the end of the story.

    Args:
        root: the parsed SVG of the figure, with all gradients.
        figure: what was drawn, one box per node.
        steps: the story.
        timeline: when each step begins.
    """
    acts = _Acts(figure, steps, timeline)
    pills: dict[int, Element] = {}
    for group in list(root.iter(f"{{{SVG}}}g")):
        if "data-box" in group.attrib:
            _play_box(group, acts, int(group.get("data-box", "0")))
        elif "data-link" in group.attrib and group.get("class") == "link":
            _play_line(group, acts, int(group.get("data-link", "0")))
        elif "data-link" in group.attrib:
            pills[int(group.get("data-link", "0"))] = group
    spot = make_room(root)
    drawing = next(group for group in root if group.tag == f"{{{SVG}}}g")
    for place, step in enumerate(steps):
        _add_moment(drawing, acts, place, step, spot, place == len(steps) - 1)
    _play_pills(pills, drawing, acts)
    add_bar(root, timeline)
    style = root.find(f"{{{SVG}}}style")
    if style is not None:
        rules = f"{style.text}\n{themed(STYLE, ROOT)}\n{CALM}"
        style.text = _needed(rules, root)


class _Acts:
    """When every box and line has its parts to play."""

    def __init__(self, figure: Figure, steps: Sequence[Step], timeline: Timeline) -> None:
        self.timeline, self.figure = timeline, figure
        self.box_of = {node: index for index, box in enumerate(figure.boxes) for node in box.nodes}
        self.link_of = {edge: n for n, link in enumerate(figure.links) for edge in link.edges}
        self.known: dict[int, float] = {}  # by box: when its value is there
        self.arrivals: dict[int, list[tuple[float, Step]]] = {}  # by box
        self.passed: dict[int, float] = {}  # by link: when a gradient goes back on it
        self.ways: dict[int, tuple[str, float]] = {}  # by link: its path and width
        self.frames: dict[int, Element] = {}  # by box
        for place, step in enumerate(steps):
            start, box = timeline.starts[place], self.box_of[step.node]
            if step.phase == "forward":
                self.known[box] = start
            elif step.part != "copies":
                self.arrivals.setdefault(box, []).append((start, step))
            if step.edge is not None:
                self.passed.setdefault(self.link_of[step.edge], start)


def _play_box(group: Element, acts: _Acts, index: int) -> None:
    timeline = acts.timeline
    frame = group.find(f"{{{SVG}}}rect[@class='frame']")
    if frame is not None:
        acts.frames[index] = frame
    _remove_title(group)
    start = acts.known.get(index)
    if start is not None:
        _join(group, "end").insert(0, timeline.changes("opacity", [(0, ".35"), (start, "1")]))
    for position, child in enumerate(list(group)):
        row = child.get("data-row")
        if row == "data" and start is not None:
            _join(child, "end").append(timeline.during([(start, timeline.total)]))
        elif row == "grad":
            _play_gradient(group, position, child, acts, index)
        elif row in ("data-norm", "grad-norm") or child.get("data-heat"):
            _play_picture(child, acts, index)


def _play_gradient(group: Element, position: int, row: Element, acts: _Acts, index: int) -> None:
    """Show what has arrived so far: nothing, a part, and at the end what was drawn."""
    timeline, arrivals = acts.timeline, acts.arrivals.get(index, [])
    if not arrivals:
        return
    shown = [(0.0, NOT_REACHED, "row absent")]
    for start, step in arrivals[:-1]:
        tone = sign(step.after) if isinstance(step.after, float) else ""
        text = "" if step.after is None else spread(step.after, signed=True)
        shown.append((start, text, f"row {tone}".strip()))
    begins = [*(start for start, _, _ in shown), arrivals[-1][0]]
    _join(row, "end").append(timeline.during([(begins[-1], timeline.total)]))
    for (start, text, name), end in zip(shown, begins[1:], strict=True):
        copy = Element(row.tag, {key: row.get(key, "") for key in ("text-anchor", "x", "y")})
        copy.set("class", f"{name} now")
        copy.text = text
        copy.append(timeline.during([(start, end)]))
        group.append(copy)


def _play_picture(child: Element, acts: _Acts, index: int) -> None:
    """Let a heatmap or a norm appear with the array that it tells of."""
    name = child.get("data-heat") or str(child.get("data-row")).partition("-")[0]
    arrivals = acts.arrivals.get(index)
    start = acts.known.get(index) if name == "data" else arrivals[-1][0] if arrivals else None
    if start is not None:
        _join(child, "end").append(acts.timeline.during([(start, acts.timeline.total)]))


def _play_line(group: Element, acts: _Acts, index: int) -> None:
    """Draw the edge plain and thin until a gradient has gone back on it."""
    line = group.find(f"{{{SVG}}}path")
    tip = group.find(f"{{{SVG}}}polygon")
    assert line is not None
    acts.ways[index] = (line.get("d", ""), float(line.get("stroke-width", "1")))
    passed = acts.passed.get(index)
    if passed is None or acts.figure.links[index].flow in (None, 0.0):
        return
    coloured = Element(f"{{{SVG}}}g", {"class": "end"})
    coloured.append(acts.timeline.during([(passed, acts.timeline.total)]))
    for part in list(group):
        if part.tag == f"{{{SVG}}}g":
            continue
        if part in (line, tip):
            plain = Element(part.tag, {**part.attrib, "class": part.get("class", "").split(" ")[0]})
            if part is line:
                plain.set("stroke-width", "1.3")
            group.insert(list(group).index(part), plain)
        group.remove(part)
        coloured.append(part)
    group.append(coloured)


def _play_pills(pills: dict[int, Element], drawing: Element, acts: _Acts) -> None:
    """Let the local gradients of an operation appear when it is computed."""
    together: dict[int, Element] = {}
    for index, pill in pills.items():
        _remove_title(pill)
        target = acts.figure.links[index].target
        if target not in acts.known:
            continue
        if target not in together:
            together[target] = SubElement(drawing, f"{{{SVG}}}g", {"class": "end"})
            span = (acts.known[target], acts.timeline.total)
            together[target].append(acts.timeline.during([span]))
        drawing.remove(pill)
        together[target].append(pill)


def _add_moment(
    drawing: Element,
    acts: _Acts,
    place: int,
    step: Step,
    spot: tuple[float, float, float],
    is_last: bool,
) -> None:
    """Add what is seen during one step only: the light on what is at work, and the sentence."""
    timeline = acts.timeline
    begin, end = timeline.starts[place], timeline.starts[place + 1]
    moment = SubElement(drawing, f"{{{SVG}}}g", {"class": "now"})
    moment.append(timeline.during([(begin, end)]))
    box = acts.box_of[step.node]
    _add_halo(moment, acts.frames.get(box))
    if step.phase == "forward":
        for index, link in enumerate(acts.figure.links):
            if link.target == box:
                _add_glow(moment, *acts.ways[index])
    if step.edge is not None:
        arrived = begin + _AT_WORK * (end - begin)
        dot = SubElement(moment, f"{{{SVG}}}circle", {"class": "dot", "r": "6"})
        dot.append(timeline.backwards(acts.ways[acts.link_of[step.edge]][0], begin, arrived))
    if is_last:  # its sentence stays
        moment = SubElement(drawing, f"{{{SVG}}}g", {"class": "end"})
        moment.append(timeline.during([(begin, timeline.total)]))
    add_sentence(moment, step, spot)


def _add_halo(moment: Element, frame: Element | None) -> None:
    if frame is None:
        return
    x, y, width, height = (float(frame.get(key, "0")) for key in ("x", "y", "width", "height"))
    sizes = {"x": x - 5, "y": y - 5, "width": width + 10, "height": height + 10, "rx": 13.0}
    halo = SubElement(moment, f"{{{SVG}}}rect", {"class": "halo"})
    for key, size in sizes.items():
        halo.set(key, f"{size:.1f}")


def _add_glow(moment: Element, way: str, width: float) -> None:
    glow = SubElement(moment, f"{{{SVG}}}path", {"class": "glow", "d": way})
    glow.set("stroke-width", f"{width + 6:.0f}")


def _join(element: Element, name: str) -> Element:
    element.set("class", f"{element.get('class', '')} {name}".strip())
    return element


def _remove_title(group: Element) -> None:
    """Take a tooltip away: an image in a page shows none, and it would give the end away."""
    title = group.find(f"{{{SVG}}}title")
    if title is not None:
        group.remove(title)


def _needed(rules: str, root: Element) -> str:
    """Leave out the rules for what does not occur: a picture on a page should be small."""
    present = {name for element in root.iter() for name in element.get("class", "").split()}
    kept = []
    for rule in rules.splitlines():
        selectors = rule.partition("{")[0] if not rule.startswith("@") else ""
        if any(
            set(re.findall(r"\.([\w-]+)", selector)) <= present for selector in selectors.split(",")
        ):
            kept.append(rule)
    return "\n".join(kept)
