"""Open scopes as nested frames: each holds its own boxes and nothing else."""

import random
import xml.etree.ElementTree as ET

import pytest

import nn
from autograd import Value
from autograd.trace import trace
from viz.figures.arrange import place
from viz.figures.boxes import Box, Figure, Frame, Link
from viz.figures.svg import svg_of
from viz.grouping.collapse import figure_with, fitting_figure
from viz.grouping.views import views_of

SVG = "{http://www.w3.org/2000/svg}"


def check_frames(figure):
    """Every frame holds its boxes and no others, and two frames overlap only by nesting."""
    placed = place(figure)
    rectangles = placed.box_rectangles()
    spots = placed.layout.frames
    assert len(spots) == len(figure.frames)
    for frame, (x, y, width, height) in zip(figure.frames, spots, strict=True):
        for box, (left, top, wide, high) in enumerate(rectangles):
            inside = (
                x <= left and left + wide <= x + width and y <= top and top + high <= y + height
            )
            apart = left + wide <= x or x + width <= left or top + high <= y or y + height <= top
            assert inside if box in frame.boxes else apart, (frame.title, figure.boxes[box].title)
    pairs = list(zip(figure.frames, spots, strict=True))
    for place_of_outer, (outer, (x, y, width, height)) in enumerate(pairs):
        for inner, (left, top, wide, high) in pairs[place_of_outer + 1 :]:
            if set(inner.boxes) <= set(outer.boxes):
                assert x <= left
                assert y < top  # the title of the outer one stays to be read
                assert left + wide <= x + width
                assert top + high <= y + height
    for route in placed.layout.routes:
        assert route.start[0] < route.end[0]
    return placed


def network(fused):
    model = nn.MLP(2, [4, 4, 1], "tanh", fused=fused, generator=0)
    with nn.scopes(model):
        out = model([Value(0.5, label="x0"), Value(-1.0, label="x1")])
    out.backward()
    return trace(out, {"out": out})


@pytest.mark.parametrize("fused", [True, False], ids=["sums", "products"])
def test_frames_of_a_network_hold_their_boxes_and_no_others(fused, find_clashes):
    for view in views_of(network(fused)):
        check_frames(view.figure)
        assert find_clashes(view.figure) == [], view.name


def test_frames_are_drawn_under_lines_and_boxes():
    figure = fitting_figure(network(True))
    groups = [g for g in ET.fromstring(svg_of(figure)).iter(f"{SVG}g") if g.get("class")]
    kinds = [group.get("class") for group in groups]
    frames = [group for group in groups if group.get("class") == "scope"]
    assert [group.get("data-scope") for group in frames] == [f.scope for f in figure.frames]
    assert {"layers.0", "layers.0.neurons.0"} <= {group.get("data-scope") for group in frames}
    assert kinds.index("link") > max(i for i, kind in enumerate(kinds) if kind == "scope")
    assert [group.find(f"{SVG}text").text for group in frames][:2] == ["layers.0", "neurons.0"]


def test_hostile_scopes_cannot_leave_their_frame():
    x = Value(2.0, label="x")
    out = (x * 3.0).tanh() + x
    graph = trace(out)
    evil = '"><script>alert(1)</script>'
    nodes = tuple(
        type(node)(**{**vars(node), "scope": evil if node.op in ("mul", "tanh") else ""})
        for node in graph.nodes
    )
    figure = figure_with(type(graph)(nodes, graph.edges, graph.roots), [evil])
    assert len(figure.frames) == 1
    svg = svg_of(figure)
    assert "<script" not in svg
    assert ET.fromstring(svg) is not None


@pytest.mark.parametrize("seed", range(8))
def test_random_frames_hold_their_boxes_and_no_others(seed, find_clashes):
    draws = random.Random(seed)
    count = 50
    boxes = tuple(
        Box("leaf", "", f"v{i}", True, (), "", draws.randint(30, 150), draws.randint(24, 90))
        for i in range(count)
    )
    links = tuple(
        Link(source, target, "+0.5"[: draws.randint(2, 4)], "plus", None, "value")
        for target in range(1, count)
        for source in {draws.randrange(max(0, target - 15), target) for _ in range(2)}
    )
    # stretches of an order of the graph, and stretches of these: none lies on a cycle
    frames, waiting = [], [(0, count)]
    while waiting:
        start, end = waiting.pop(0)
        size = (end - start) // 3
        if size > 1:
            for begin in (start, start + size + 1):
                inside = tuple(range(begin, begin + size))
                frames.append(Frame(f"f{len(frames)}", "frame " * draws.randint(1, 6), inside))
                waiting.append((begin, begin + size))
    figure = Figure(boxes, links, "", tuple(frames))
    check_frames(figure)
    assert find_clashes(figure) == []


def test_a_frame_without_edges_across_its_border_is_fine():
    boxes = tuple(Box("leaf", "", f"v{i}", True, (), "", 80, 60) for i in range(4))
    links = (Link(0, 1, "+1", "plus", None, "value"), Link(2, 3, "+1", "plus", None, "value"))
    figure = Figure(
        boxes, links, "", (Frame("a", "a title that is wider than the boxes " * 3, (0, 1)),)
    )
    placed = check_frames(figure)
    assert placed.layout.frames[0][2] > 500
