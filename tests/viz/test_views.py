"""Views: the default one, and one for every scope that can be opened or closed."""

import random

import pytest

import nn
from autograd import Value
from autograd.trace import trace
from viz.figures.svg import svg_of
from viz.grouping.views import MOST_BOXES, MOST_VIEWS, view_to_close, view_to_open, views_of


def network(sizes, rows=1, fused=False):
    model = nn.MLP(sizes[0], sizes[1:], "tanh", fused=fused, generator=0)
    draws = random.Random(0)
    with nn.scopes(model):
        outs = [
            model([Value(draws.uniform(-1, 1), label=f"x{i}") for i in range(sizes[0])])
            for _ in range(rows)
        ]
    loss = sum((out - 1.0) ** 2 for out in outs)
    loss.backward()
    return trace(loss, {"loss": loss})


@pytest.fixture(scope="module")
def views():
    return views_of(network((2, 4, 4, 1)))


def test_a_small_graph_without_scopes_has_one_view(graphs):
    for name in ("neuron", "expression", "one leaf"):
        (view,) = views_of(graphs[name])
        assert (view.name, view.opened, view.focus) == ("overview", (), "")
        assert len(view.figure.boxes) == len(graphs[name].nodes)


def test_the_first_view_is_what_draw_shows(views):
    first = views[0]
    assert first.focus == ""
    assert len(first.figure.boxes) <= 66
    assert {frame.scope for frame in first.figure.frames} == set(first.opened) - {"layers"}


def test_every_closed_scope_can_be_opened_where_it_is(views):
    for current, view in enumerate(views):
        for box in view.figure.boxes:
            if not box.scope:
                continue
            to = view_to_open(views, current, box.scope)
            assert to is not None, (view.name, box.scope)
            assert box.scope in views[to].opened
    first = views[0]
    closed = {box.scope for box in first.figure.boxes if box.scope}
    for scope in closed:
        to = views[view_to_open(views, 0, scope)]
        assert set(to.opened) == {*first.opened, scope}
        assert to.focus == scope
        still = {box.scope for box in to.figure.boxes if box.scope}
        assert still == (closed - {scope}) | {
            path for path in still if path.startswith(f"{scope}.")
        }


def test_every_open_scope_can_be_closed(views):
    for current, view in enumerate(views):
        for frame in view.figure.frames:
            to = view_to_close(views, current, frame.scope)
            assert to is not None, (view.name, frame.scope)
            assert frame.scope in {box.scope for box in views[to].figure.boxes}


def test_opening_and_closing_comes_back(views):
    closed = [box.scope for box in views[0].figure.boxes if box.scope]
    for scope in closed:
        opened = view_to_open(views, 0, scope)
        assert view_to_close(views, opened, scope) == 0


def test_what_does_not_exist_has_no_view(views):
    assert view_to_open(views, 0, "no such scope") is None
    assert view_to_close(views, 0, "no such scope") is None


def test_names_say_what_is_open(views):
    names = [view.name for view in views]
    assert names[0] == "overview"
    assert len(set(names)) == len(names)
    assert "layers.0 closed" in names
    assert "layers.0.neurons.0 open" in names


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(2, 16, 16, 1), (8, 30, 1)])
@pytest.mark.parametrize("rows", [1, 8])
def test_large_networks_stay_within_the_caps(sizes, rows):
    graph = network(sizes, rows)
    views = views_of(graph)
    assert 1 < len(views) <= MOST_VIEWS
    assert all(len(view.figure.boxes) <= MOST_BOXES for view in views)
    assert len({view.focus for view in views}) == len(views)


def test_all_views_draw(views, find_clashes):
    for view in views:
        assert find_clashes(view.figure) == [], view.name
        assert svg_of(view.figure).startswith("<svg")
