"""The self-playing picture: what can be seen at which time, also in a real browser."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value
from viz.motion.animation import animation
from viz.motion.timeline import SVG, Timeline
from viz.story.screen import states_after
from viz.words.numbers import number

HOSTILE = "</text><script>alert(1)</script>\"'&$"


def value_at(element, attribute, time, total):
    """What an attribute is at a time, by the rules of SMIL for jumping values."""
    for play in element.findall(f"{{{SVG}}}animate"):
        if play.get("attributeName") == attribute:
            values = play.get("values").split(";")
            times = [float(share) for share in play.get("keyTimes").split(";")]
            assert play.get("calcMode") == "discrete"
            assert times[0] == 0
            assert times == sorted(times)
            assert float(play.get("dur").rstrip("s")) == pytest.approx(total, abs=0.05)
            return [v for v, start in zip(values, times, strict=True) if start <= time / total][-1]
    return "hidden" if "now" in element.get("class", "").split() else None


def seen_at(root, time, total):
    """Every text that is visible at a time, with the element that holds it."""
    texts = []

    def walk(element, visible):
        visible = visible and value_at(element, "visibility", time, total) in (None, "visible")
        if element.tag == f"{{{SVG}}}text" and visible:
            texts.append(("".join(element.itertext()).strip(), element.get("class", "")))
        for child in element:
            walk(child, visible)

    walk(root, True)
    return texts


def parsed(picture):
    return ElementTree.fromstring(picture.svg)


def sentence_of(step):
    return step.text.replace("**", "^").replace("*", "×").replace("-", "−")


def middles(picture):
    """A time in the middle of every step."""
    starts = picture.timeline.starts
    return [(starts[k] + starts[k + 1]) / 2 for k in range(len(picture.steps))]


def test_one_sentence_at_a_time(expression):
    picture = animation(expression)
    root, total = parsed(picture), picture.timeline.total
    for step, time in zip(picture.steps, middles(picture), strict=True):
        told = [text for text, name in seen_at(root, time, total) if name == "equation"]
        assert told == [sentence_of(step)]
    ending = [text for text, name in seen_at(root, total - 0.1, total) if name == "equation"]
    assert ending == [sentence_of(picture.steps[-1])]
    assert not [1 for _, name in seen_at(root, 0.1, total) if name == "equation"]


def test_numbers_appear_when_they_are_reached(expression):
    picture = animation(expression)
    root, total = parsed(picture), picture.timeline.total
    boxes = {int(g.get("data-box")): g for g in root.iter() if g.get("data-box") is not None}
    for done, time in enumerate(middles(picture), start=1):
        states = states_after(picture.steps, done, picture.trace)
        for index, state in enumerate(states):
            node = picture.trace.nodes[index]
            if node.kind == "constant":
                continue
            rows = [text for text, name in seen_at(boxes[index], time, total) if "row" in name]
            gradient = "not reached" if not state.arrival else number(state.gradient, signed=True)
            value = [] if state.value is None else [number(state.value)]
            assert rows == [*value, gradient] or sorted(rows) == sorted([*value, gradient])


def test_without_playing_the_end_is_shown(expression):
    root = parsed(animation(expression))
    hidden = [e for e in root.iter() if "now" in e.get("class", "").split()]
    assert hidden
    for element in hidden:
        for parent in root.iter():
            if element in list(parent):
                parent.remove(element)
    still = " ".join(root.itertext())
    assert "not reached" not in still
    assert ".now{visibility:hidden}" in still
    assert not any(element.get("visibility") == "hidden" for element in root.iter())


def test_everything_repeats_together(neuron):
    picture = animation(neuron)
    plays = [e for e in parsed(picture).iter() if e.tag.startswith(f"{{{SVG}}}animate")]
    assert {play.get("repeatCount") for play in plays} == {"indefinite"}
    assert len({play.get("dur") for play in plays}) == 1
    assert "<script" not in picture.svg
    assert not re.search(r'\sid="', picture.svg)
    assert "@media (prefers-color-scheme:dark)" in picture.svg
    assert "@media (prefers-reduced-motion:reduce)" in picture.svg


def test_it_stays_small(neuron, expression):
    assert len(animation(neuron).svg.encode()) < 36_000
    assert len(animation(expression).svg.encode()) < 60_000


def test_arrays_play_too():
    x = np.arange(6.0).reshape(2, 3)
    w = Tensor(np.ones((3, 2)), requires_grad=True, label="w")
    b = Tensor(np.zeros(2), requires_grad=True, label="b")
    picture = animation(autograd.sum(autograd.matmul(x, w) + b))
    root, total = parsed(picture), picture.timeline.total
    told = [
        [t for t, name in seen_at(root, at, total) if name == "equation"] for at in middles(picture)
    ]
    assert [len(lines) for lines in told] == [1] * len(picture.steps)
    assert any(line[0].startswith("db = sum over axis 0") for line in told)


def test_hostile_labels_stay_text():
    a = Value(2.0, label=HOSTILE)
    picture = animation(a * a)
    assert "<script" not in picture.svg
    assert "$" not in picture.svg
    parsed(picture)


def test_nan_and_a_graph_without_gradients():
    parsed(animation(Value(float("nan"), label="a") * 2.0))
    picture = animation(Tensor([1.0, 2.0]))
    assert picture.steps == []
    parsed(picture)
    parsed(animation(Value(1.0)))


def test_what_cannot_be_followed_is_refused():
    total = Value(0.0)
    for _ in range(80):
        total = total + Value(1.0)
    with pytest.raises(ValueError, match=r"has 161 nodes, more than anybody could follow \(60\)"):
        animation(total)
    with pytest.raises(ValueError, match="seconds=0 came"):
        animation(Value(1.0) * 2.0, seconds=0)
    with pytest.raises(TypeError, match="animation: got int, which has no graph"):
        animation(3)


def test_files(neuron, tmp_path):
    picture = animation(neuron, seconds=0.5)
    assert picture.save(tmp_path / "a.svg").read_text(encoding="utf-8") == picture.svg
    assert "o.grad = 1" in picture.save(tmp_path / "a.txt").read_text()
    assert "<img" in picture.save(tmp_path / "a.html").read_text()
    assert neuron.grad == 1.0


def test_times_are_parts_of_the_whole():
    line = Timeline([1.0, 1.0], before=1.0, after=1.0)
    assert line.starts == [1.0, 2.0, 3.0]
    play = line.during([(1.0, 2.0), (2.0, 4.0)])
    assert play.get("values") == "hidden;visible"
    assert play.get("keyTimes") == "0;.25"


@pytest.mark.browser
def test_a_browser_plays_it(expression, tmp_path, browser):
    picture = animation(expression)
    path = picture.save(tmp_path / "picture.svg")
    page = browser.new_page()
    page.goto(path.as_uri())
    seen = (
        "() => [...document.querySelectorAll('.equation')]"
        ".filter((e) => getComputedStyle(e).visibility === 'visible').map((e) => e.textContent)"
    )
    for step, time in zip(picture.steps, middles(picture), strict=True):
        page.evaluate(
            "(t) => { document.documentElement.pauseAnimations();"
            " document.documentElement.setCurrentTime(t); }",
            time,
        )
        assert page.evaluate(seen) == [sentence_of(step)]
    dots = page.evaluate(
        "() => [...document.querySelectorAll('.dot')]"
        ".filter((e) => getComputedStyle(e).visibility === 'visible').length"
    )
    assert dots == 1
    page.close()


@pytest.mark.browser
def test_less_motion_shows_the_end(expression, tmp_path, browser):
    path = animation(expression).save(tmp_path / "picture.svg")
    page = browser.new_page(reduced_motion="reduce")
    page.goto(path.as_uri())
    texts = page.evaluate(
        "() => [...document.querySelectorAll('text')]"
        ".filter((e) => getComputedStyle(e).visibility === 'visible').map((e) => e.textContent)"
    )
    assert "not reached" not in texts
    page.close()
