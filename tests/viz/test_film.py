"""A training recorded: numbers per iteration, thinned, and the update held against the next one."""

import json
from itertools import pairwise

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from viz.films.film import Film
from viz.stepper.step import step
from viz.words.numbers import number


def train(film, rounds=6, rate=0.1, momentum=0.0, call_late=False):
    """Fit one weight and one bias to a point, by hand."""
    w, b = Value(0.5, label="w"), Value(-1.0, label="b")
    speed = {w: 0.0, b: 0.0}
    losses = []
    for round_ in range(rounds):
        x = Value(0.8 + 0.1 * round_, label="x")
        error = w * x + b - 0.3
        loss = error**2
        w.grad = b.grad = None
        loss.backward()
        losses.append(loss.data)
        if not call_late:
            film.add(loss)
        for leaf in (w, b):
            speed[leaf] = momentum * speed[leaf] + leaf.grad
            leaf.data -= rate * speed[leaf]
        if call_late:
            film.add(loss)
    return losses


def test_every_iteration_is_in_the_table():
    film = Film(lr=0.1)
    losses = train(film)
    lines = str(film).splitlines()
    assert lines[0].split() == ["iteration", "loss", "|grad|", "w", "b"]
    for line, loss in zip(lines[2:], losses, strict=True):
        assert line.split()[1] == number(loss, ascii_only=True)
    assert len(film) == 6
    assert "loss 0.81 -> " in repr(film)


def test_plain_descent_is_told_as_such():
    film = Film(lr=0.1)
    train(film)
    assert film.rate == 0.1
    steps = film.steps()
    assert [s.phase for s in steps if s.phase in ("zero_grad", "update")] == [
        "zero_grad",
        "zero_grad",
        "update",
        "update",
    ]
    update = next(s for s in steps if s.phase == "update")
    assert update.text.startswith("w = w - lr * w.grad = ")
    # x is another Value in each iteration, so it is no parameter
    assert {film.section.trace.nodes[i].label for i in film.section.parameters} == {"w", "b"}


def test_another_optimizers_step_is_not_called_descent():
    film = Film(lr=0.1)
    train(film, momentum=0.9)
    assert film.rate is None
    update = [s for s in film.steps() if s.phase == "update"]
    assert all("the optimizer's own step" in s.text for s in update)
    frames = film.page_data()["frames"]
    for before, after in pairwise(frames):
        w = str(next(iter(before["updated"])))
        assert before["updated"][w] == pytest.approx(after["values"][int(w)], rel=1e-8)


def test_without_a_rate_nothing_is_claimed():
    film = Film()
    train(film)
    assert film.rate is None
    assert film.page_data()["plain"] is False


def test_a_rate_may_change():
    film = Film()
    w = Value(1.0, label="w")
    for rate in (0.1, 0.05, 0.02):
        loss = (w - 3.0) ** 2
        w.grad = None
        loss.backward()
        film.add(loss, lr=rate)
        w.data -= rate * w.grad
    assert film.page_data()["plain"] is True
    assert [frame["rate"] for frame in film.page_data()["frames"]] == [0.1, 0.05]


def test_recording_after_the_update_is_refused():
    with pytest.raises(ValueError, match=r"w was changed since .* before optimizer.step\(\)"):
        train(Film(lr=0.1), call_late=True)


def test_what_is_no_loss_is_refused():
    film = Film()
    with pytest.raises(TypeError, match=r"Film.add: float came, which has no graph"):
        film.add(1.5)
    with pytest.raises(ValueError, match=r"shape \(2,\) came; give the loss"):
        film.add(Tensor([1.0, 2.0], requires_grad=True) * 2.0)
    with pytest.raises(ValueError, match="nothing was recorded"):
        film.watched()
    with pytest.raises(ValueError, match="most=1 came"):
        Film(most=1)
    assert "nothing recorded yet" in repr(film)
    assert str(film) == repr(film)


@pytest.mark.parametrize("rounds", [1, 2, 9, 10, 11, 37, 100])
def test_a_long_training_is_thinned_evenly(rounds):
    film = Film(lr=0.01, most=10)
    train(film, rounds=rounds, rate=0.01)
    section = film.section
    kept = [frame.iteration for frame in section.frames]
    assert len(kept) <= 10
    assert {b - a for a, b in pairwise(kept)} <= {section.stride}
    assert kept[0] == 1
    assert len(film) == rounds
    shown = section.shown()
    assert shown[-1].iteration == max(1, rounds - 1)
    assert all(frame.moved is not None for frame in shown) or rounds == 1


def test_another_structure_starts_a_section_of_its_own():
    film = Film(lr=0.1)
    w = Value(1.0, label="w")
    for size in (2, 2, 2, 3):
        loss = sum((w * float(i) for i in range(1, size)), w * 0.5)
        film.add(loss)
    assert [section.count for section in film.sections] == [3, 1]
    assert "from iteration 4 on the graph has another structure" in str(film)
    assert "changed its structure" in film.page_data()["notes"][0]
    for size in range(4, 20):
        film.add(sum((w * float(i) for i in range(1, size)), w * 0.5))
    assert len(film.sections) <= 8
    assert film.section.count == 3


def fit_network(film, rounds=5):
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(16, 4)), np.arange(16) % 3
    model = nn.Sequential(nn.Linear(4, 5, generator=0), nn.ReLU(), nn.Linear(5, 3, generator=1))
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    for _ in range(rounds):
        loss = nn.functional.cross_entropy(model(x), y)
        model.zero_grad()
        loss.backward()
        film.add(loss)
        optimizer.step()


def test_networks_of_tensors():
    film = Film(lr=0.1)
    fit_network(film)
    assert film.rate == 0.1
    assert str(film).splitlines()[0].split()[3:] == [
        "|0.weight|",
        "|0.bias|",
        "|2.weight|",
        "|2.bias|",
    ]
    data = film.page_data()
    assert len(data["frames"]) == 4
    place, part, text, norm = data["frames"][0]["steps"][0]
    told = film.steps()[place]
    assert np.ndim(getattr(told, part)) > 0
    assert isinstance(text, str)
    assert norm >= 0
    # arrays of past iterations are let go
    assert not any(
        isinstance(value, np.ndarray)
        for frame in film.section.frames[:-1]
        for table in (frame.leaves, frame.gradients, frame.moved)
        for value in table.values()
    )


def test_the_lines_that_made_the_loss_are_known():
    film = Film(lr=0.1)
    train(film)
    listing = film.listing()
    trace = film.section.trace
    told = {node.label: listing.line_of(node.index) for node in trace.nodes}
    assert told["loss"] == "loss = error**2"
    assert told["error"] == "error = w * x + b - 0.3"


def test_recording_changes_no_gradient():
    film, w = Film(), Value(2.0, label="w")
    loss = w * w
    film.add(loss)
    assert w.grad is None
    loss.backward()
    film.add(loss)
    assert w.grad == 4.0


def test_page_data_is_json_also_with_nan():
    film, w = Film(lr=1.0), Value(np.inf, label="w")
    for _ in range(3):
        film.add(w * 0.0)
    text = json.dumps(film.page_data(), allow_nan=False)
    assert '"nan"' in text


def test_a_large_graph_sends_fewer_frames():
    film = Film(lr=0.1)
    weights = [Value(0.1, label=f"w{i}") for i in range(400)]
    for _ in range(25):
        film.add(sum(w * 2.0 for w in weights))
    frames = film.page_data()["frames"]
    assert len(frames) < 24
    assert (frames[0]["iteration"], frames[-1]["iteration"]) == (1, 24)


@pytest.mark.slow
@pytest.mark.browser
def test_the_panel_scrubs_through_the_training(tmp_path, browser):
    film = Film(lr=0.1)
    losses = train(film, rounds=8)
    arrays = Film(lr=0.1)
    fit_network(arrays)
    for recorded, loss in ((film, losses[0]), (arrays, None)):
        path = step(recorded).save(tmp_path / "film.html")
        page = browser.new_page()
        broken = []
        page.on("pageerror", lambda error, broken=broken: broken.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector(".glassgrad-stepper[data-ready]")
        page.get_by_role("tab", name="Training").click()
        page.locator(".film .scrub").press("Home")
        title = page.locator(".film .title").inner_text()
        assert "iteration 1 of" in title
        page.locator(".bar .tool[data-act=last]").click()
        if loss is not None:
            assert f"loss {number(loss)}" in title
            # b was -1 before the first update
            assert "\N{MINUS SIGN}1" in page.locator(".equation").inner_text()
            assert page.locator(".film .moves tr").count() == 2
        page.locator(".film .scrub").press("End")
        assert broken == []
        page.close()
