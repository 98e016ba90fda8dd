"""The picture of a recorded program: a box for all that runs as one array call."""

import re
from dataclasses import dataclass
from html import escape
from xml.etree import ElementTree

import pytest

import nn
import viz
from autograd import Value, replay
from autograd.node import display
from tests.viz.conftest import overlapping
from tests.viz.hostile import LABELS
from viz.notebook import picture_of
from viz.programs.program_figure import program_figure
from viz.programs.upright import lay_out_upright


@dataclass(frozen=True)
class Part:
    """As plain as what a program gives."""

    kind: str
    text: str
    shape: str
    inputs: tuple[int, ...] = ()
    level: str = "example"
    ops: int = 0


@dataclass(frozen=True)
class Program:
    parts: tuple[Part, ...]
    instructions: int


MOONS = (
    Part("inputs", "3 inputs", "(3,B)"),
    Part("parameters", "33750 parameters", "(33750,)", level="batch"),
    Part("elementwise", "337 x mul -> one call on (337,), once for the whole batch", "(337,)",
         (1,), "batch", 337),
    Part("sum", "1 sum over the same 337 inputs -> matmul (1,337) x (337,1), once for the whole "
         "batch", "(1,)", (2,), "batch", 336),
    Part("matmul", "16 weighted sums over the same 2 inputs -> matmul (16,2) x (2,B)", "(16,B)",
         (0, 1), ops=64),
    Part("elementwise", "16 x relu -> one call on (16,B)", "(16,B)", (4,), ops=16),
    Part("convolution", "4 times the same 9 weights over 36 windows -> convolution (4,9) x (9,36B)",
         "(144,B)", (1, 5), ops=2448),
    Part("reduction", "36 x max of 4 -> one call on (36,4,B)", "(36,B)", (6,), ops=36),
    Part("one by one", "1 x cumulative of a list -> one by one", "(1,B)", (7,), ops=1),
    Part("sum of squares", "1 sum of 337 squares -> dot (337) . (337), once for the whole batch",
         "(1,)", (1,), "batch", 674),
    Part("straight line", "56 ops -> straight-line Python of one example", "(2,B)", (0, 1), ops=56),
    Part("elementwise", "1 x add -> one call on (1,B)", "(1,B)", (3, 8, 9, 10), ops=1),
)  # fmt: skip


def unrolled(turns):
    """A recurrence: the same two steps again and again."""
    parts = [
        Part("inputs", f"{turns} inputs", f"({turns},B)"),
        Part("parameters", "9 parameters", "(9,)"),
    ]
    for _ in range(turns):
        before = (len(parts) - 1,) if len(parts) > 2 else ()
        text = "6 weighted sums over the same 9 inputs -> matmul (6,9) x (9,B)"
        parts.append(Part("matmul", text, "(6,B)", (0, 1, *before), ops=108))
        tanh = "6 x tanh -> one call on (6,B)"
        parts.append(Part("elementwise", tanh, "(6,B)", (len(parts) - 1,), ops=6))
    parts.append(
        Part("elementwise", "1 x pow -> one call on (1,B)", "(1,B)", (len(parts) - 1,), ops=1)
    )
    return tuple(parts)


def texts(svg):
    """The texts of every box, from top to bottom of the file."""
    root = ElementTree.fromstring(svg)
    boxes = [g for g in root.findall(".//{*}g") if g.get("data-box") is not None]
    return {g.get("data-box"): [t.text or "" for t in g.findall(".//{*}text")] for g in boxes}


def kinds(figure):
    return [set(box.kind.split()) for box in figure.boxes]


def test_every_part_is_a_box_that_says_what_it_runs_as_and_stands_for():
    picture = viz.draw(Program(MOONS, 3239))
    boxes = list(texts(picture.svg).values())
    assert len(boxes) == len(MOONS)
    assert boxes[1][:2] == ["33,750 parameters", "shape"]
    assert boxes[3] == [
        "Σ", "1 sum over the same 337 inputs", "runs as", "matmul (1,337) × (337,1)",
        "gives", "(1,)", "stands for", "336 ops",
    ]  # fmt: skip
    assert boxes[4] == [
        "@", "matmul (16,2) × (2,B)", "16 weighted sums over the same 2 inputs", "",
        "gives", "(16,B)", "stands for", "64 ops",
    ]  # fmt: skip
    assert boxes[5] == ["f", "16 × relu", "gives", "(16,B)"]
    assert boxes[9][:4] == ["Σ²", "1 sum of 337 squares", "runs as", "dot (337) . (337)"]
    assert boxes[10][:4] == ["1·1", "56 ops", "runs as", "straight-line Python of one example"]
    assert boxes[7][1:4] == ["36 × max of 4", "one call on", "(36,4,B)"]
    assert picture.description == (
        "Recorded program: 3,239 ops of one example in 10 steps, 2 of them matrix products."
    )


def test_colours_tell_the_work_and_the_level():
    figure = program_figure(MOONS, 3239)
    assert kinds(figure) == [
        {"data"}, {"leaf"}, {"operation", "batch"}, {"operation", "batch"},
        {"operation", "matmul"}, {"operation"}, {"operation", "convolution"}, {"operation"},
        {"operation", "stepwise"}, {"operation", "batch"}, {"operation", "stepwise"}, {"output"},
    ]  # fmt: skip
    svg = viz.draw(Program(MOONS, 3239)).svg
    for entry in (
        "once for the whole batch", "matrix product", "number by number", "one array call", "loss",
        "the same weights over windows: one product",
    ):  # fmt: skip
        assert f">{entry}<" in svg
    assert "steps, closed" not in svg
    assert ">loss<" not in viz.draw(Program(MOONS, 3239), legend=False).svg


def test_edges_are_what_feeds_what():
    figure = program_figure(MOONS, 3239)
    found = {(link.source, link.target) for link in figure.links}
    assert found == {(i, k) for k, part in enumerate(MOONS) for i in part.inputs}
    svg = viz.draw(Program(MOONS, 3239)).svg
    assert svg.count('class="link owned"') == 5  # from the parameters


@pytest.mark.parametrize("parts", [MOONS, unrolled(3), unrolled(30)], ids=["moons", "3", "30"])
def test_it_runs_from_top_to_bottom_and_nothing_overlaps(parts):
    figure = program_figure(parts, 100)
    layout, rectangles = lay_out_upright(figure)
    assert overlapping(rectangles) == []
    for link in figure.links:
        above, below = rectangles[link.source], rectangles[link.target]
        assert above[1] + above[3] < below[1]
    (tall, wide) = layout.size
    for x, y, width, height in rectangles:
        assert x >= -0.5
        assert y >= -0.5
        assert x + width <= wide + 0.5
        assert y + height <= tall + 0.5


def test_of_what_repeats_itself_one_turn_is_shown():
    figure = program_figure(unrolled(30), 3421)
    assert len(figure.boxes) < 12
    (closed,) = [box for box in figure.boxes if box.scope]
    (frame,) = figure.frames
    turns = int(frame.title.split()[0])
    assert turns >= 28
    assert closed.title == f"{turns - 1} more times"
    others = turns - 1
    texts_of = [row.text for row in closed.rows]
    assert texts_of == [f"{2 * others} steps", f"{others}", f"{114 * others:,} ops"]
    assert len(frame.boxes) == 3  # a turn, and the box for the others
    assert f"{2 * turns - 2} steps are closed." in figure.description
    assert ">steps, closed<" in viz.draw(Program(unrolled(30), 3421)).svg


def test_everything_is_drawn_when_asked_for_and_not_too_much():
    program = Program(unrolled(30), 3421)
    assert len(texts(viz.draw(program, collapse=False).svg)) == 63
    with pytest.raises(ValueError, match=r"would be 63 boxes, more than the limit of 40.*limit=63"):
        viz.draw(program, collapse=False, limit=40)
    assert len(texts(viz.draw(program, collapse=False, limit=63).svg)) == 63


def test_a_long_program_without_repeats_is_grouped():
    parts = [Part("inputs", "2 inputs", "(2,B)")]
    for k in range(150):
        text = f"{k + 1} x tanh -> one call on ({k + 1},B)"
        parts.append(Part("elementwise", text, f"({k + 1},B)", (k,), ops=k + 1))
    figure = program_figure(parts, 100)
    assert len(figure.boxes) <= 66
    assert sum(len(box.nodes) for box in figure.boxes) == len(parts)


@pytest.mark.parametrize("label", LABELS)
def test_hostile_texts_change_nothing(label):
    part = Part("elementwise", f"{label} -> {label}", label, (0,), ops=1)
    picture = viz.draw(Program((Part("inputs", label, label), part), 1))
    ElementTree.fromstring(picture.svg)
    assert "<script" not in picture.svg.lower()
    assert "$" not in picture.svg


# ---------------------------------------------------------------------------- real programs


@pytest.fixture
def step():
    model = nn.MLP(2, [4, 4, 1], generator=0, fused=False)
    decay = model.parameters()

    @replay
    def loss(point, sign):
        return (1 - sign * model(point)).relu() + 1e-4 * sum(p * p for p in decay)

    return loss


X, SIGNS = [[0.5, 1.0], [-1.0, 0.25], [0.0, 2.0]], [1.0, -1.0, 1.0]


def test_a_program_its_losses_and_its_function_are_the_same_picture(step):
    losses = step(X, SIGNS)
    expected = viz.draw(losses.program).svg
    assert viz.draw(losses).svg == expected
    assert viz.draw(step, X, SIGNS).svg == expected
    assert expected.count(">@<") >= 3
    assert ">once for the whole batch<" in expected


def test_a_replayed_graph_is_drawn_too():
    a, b = Value(2.0), Value(-3.0)
    again = replay((a * b + 10).tanh())
    assert viz.draw(again).svg == viz.draw(again.program).svg
    with pytest.raises(TypeError, match="recorded already"):
        viz.draw(again, X)


def test_what_a_program_does_not_know_is_refused(step):
    program = step.program(X, SIGNS)
    with pytest.raises(TypeError, match=r"give it one, draw\(step, X, y\)"):
        viz.draw(step)
    with pytest.raises(TypeError, match="recorded already"):
        viz.draw(program, X)
    with pytest.raises(TypeError, match="expand, depth: a recorded program knows only collapse"):
        viz.draw(program, expand="layers.0", depth=1)


def test_it_is_saved_and_shown(step, tmp_path):
    program = step.program(X, SIGNS)
    picture = viz.draw(program)
    assert picture._repr_html_().startswith("<img alt=")
    assert picture.save(tmp_path / "program.txt").read_text() == f"{program}\n"
    assert "<title>Recorded program</title>" in picture.html()
    with pytest.raises(ValueError, match=r"suffix \.json"):
        picture.save(tmp_path / "program.json")


def test_a_single_op_and_a_loss_without_inputs():
    w = Value(2.0)
    drawn = viz.draw(replay(lambda x: w * x), [1.0])
    assert drawn.description == "Recorded program: 1 op of one example in 1 step."
    assert drawn.svg.count('class="tip"') == 2
    assert viz.draw(replay(lambda x: w * w), [1.0]).svg.count('class="tip"') == 1  # not from x


def test_a_notebook_shows_the_picture(step):
    program = step.program(X, SIGNS)
    assert picture_of(program) == program._repr_html_() == viz.draw(program).image()


def test_without_viz_a_notebook_shows_the_list(step, monkeypatch):
    program = step.program(X, SIGNS)
    monkeypatch.setattr(display, "html", None)
    assert program._repr_html_() == f"<pre>{escape(str(program))}</pre>"


def test_it_stays(golden):
    golden("program.svg", viz.draw(Program(MOONS, 3239)).svg)


def test_no_ids_and_no_script():
    svg = viz.draw(Program(MOONS, 3239)).svg
    assert not re.search(r"\sid=", svg)
    assert "<script" not in svg
