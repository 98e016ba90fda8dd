"""A profile as colours in the picture of a graph."""

import re

import pytest

import autograd
import nn
import viz
from autograd import Tensor, Value
from autograd.profile_table import ProfileRow


def percentages(picture):
    found = re.findall(
        r'data-mark="time"><title>([^<]*)</title>.*?<text[^>]*>([^<]*)<', str(picture)
    )
    return [word.replace("&lt;", "<") for _, word in found]


def graph():
    x = Tensor([[1.0, 2.0]], requires_grad=True, label="x")
    return (x @ x.T).tanh().sum()


def rows(**seconds):
    return [ProfileRow(op, "", "forward", 1, time, 8) for op, time in seconds.items()]


def test_every_box_shows_its_share_and_the_longest_is_the_strongest():
    picture = viz.draw(graph(), profile=rows(matmul=6.0, transpose=3.0, tanh=1.0, sum=0.01)).svg
    assert sorted(percentages(picture)) == ["10%", "30%", "60%", "<1%"]
    strengths = [float(s) for s in re.findall(r'fill-opacity="([\d.]+)"', picture)]
    assert max(strengths[:-1]) == strengths[-1] == 0.6  # the legend shows the strongest
    assert "share of the profile" in picture


def test_what_an_op_took_is_divided_among_its_nodes():
    a = Value(2.0)
    picture = viz.draw((a * a) * a, profile=rows(mul=1.0)).svg
    assert percentages(picture) == ["50%", "50%"]


def test_modules_are_told_apart_and_closed_ones_added_up():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    with nn.scopes(model), autograd.profile() as p:
        out = model(Tensor([[1.0, 2.0]])).sum()
        out.backward()
    shares = [line.share for line in p.by_module().lines]
    drawn = percentages(viz.draw(out, profile=p, collapse=True).svg)
    assert sorted(drawn) == sorted(f"{100 * share:.0f}%" for share in shares)


def test_without_a_profile_nothing_is_coloured():
    picture = viz.draw(graph()).svg
    assert 'data-mark="time"' not in picture
    assert 'fill-opacity="' not in picture


def test_leaves_have_no_share():
    with autograd.profile() as p:
        out = graph()
    figure = viz.draw(out, profile=p)._figure
    assert all((box.spent is None) == ("leaf" in box.kind) for box in figure.boxes)
    assert all(box.spent is None or box.spent.text in box.detail for box in figure.boxes)


@pytest.mark.parametrize("wrong", [5, "rows", [1, 2]])
def test_what_is_no_profile_is_refused(wrong):
    with pytest.raises(TypeError, match=r"with autograd\.profile"):
        viz.draw(graph(), profile=wrong)


def test_a_profile_of_something_else_is_refused():
    with pytest.raises(ValueError, match="none of this graph's operations"):
        viz.draw(graph(), profile=rows(exp=1.0))
