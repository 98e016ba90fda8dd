"""The graph and its steps as JSON."""

import json
import math

import numpy as np
import pytest

from autograd import Tensor, Value
from autograd.stepper import watch
from autograd.trace import trace
from viz.export import FORMAT, VERSION, json_text, plain
from viz.stepper.step import step
from viz.story.records import steps_of
from viz.words.templates import fill
from viz.words.wording import input_numbers


def layer():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], label="x")
    w = Tensor([[1.0, -1.0, 0.5], [0.0, 2.0, 1.0]], requires_grad=True, label="w")
    b = Tensor([0.5, 0.0, -0.5], requires_grad=True, label="b")
    hidden = (x @ w + b).tanh()
    hidden.label = "h"
    loss = hidden.sum()
    loss.label = "loss"
    return watch(loss, {"x": x})


def test_the_format_of_numbers_stays(neuron, golden):
    graph = trace(neuron)
    golden("neuron.json", json_text(graph, steps_of(graph, lr=0.1)))


def test_the_format_of_arrays_stays(golden):
    graph = layer()
    golden("layer.json", json_text(graph, steps_of(graph)))


def test_it_reads_back_as_it_was_written(expression):
    graph = trace(expression)
    steps = steps_of(graph, lr=0.5)
    document = json.loads(json_text(graph, steps))
    assert (document["format"], document["version"]) == (FORMAT, VERSION)
    assert [node["value"] for node in document["nodes"]] == [node.value for node in graph.nodes]
    for told, written in zip(steps, document["steps"], strict=True):
        for name, value in written.items():
            assert getattr(told, name) == value
        left_out = vars(told).keys() - written.keys()
        assert all(not getattr(told, name) for name in left_out), left_out


def test_templates_survive_the_way_through_a_file(expression):
    graph = trace(expression)
    steps = steps_of(graph)
    document = json.loads(json_text(graph, steps))
    for told, written in zip(steps, document["steps"], strict=True):
        if told.phase == "forward":
            numbers = {**input_numbers(graph, graph.nodes[told.node]), "\ue005": written["value"]}
            assert fill(written["template"], numbers) == told.text


def test_a_graph_alone_has_no_steps(neuron):
    assert "steps" not in json.loads(json_text(trace(neuron)))


def test_numbers_that_json_lacks():
    a, b = Value(math.inf, label="a"), Value(math.nan, label="b")
    graph = trace(a * b)
    text = json_text(graph, steps_of(graph))
    assert "NaN" not in text
    assert "Infinity" not in text
    values = [node["value"] for node in json.loads(text)["nodes"]]
    assert values == ["inf", "nan", "nan"]
    assert json.loads(text)["steps"][0]["value"] == "nan"


def test_labels_cannot_end_a_script_element():
    a = Value(1.0, label="</script><script>alert(1)</script>\u2028'\"")
    graph = trace(a * 2.0)
    text = json_text(graph, steps_of(graph))
    assert "</" not in text
    assert text.isascii()
    assert json.loads(text)["nodes"][0]["label"] == a.label


def test_large_arrays_are_summed_up():
    x = Tensor(np.arange(300.0), requires_grad=True, label="x")
    graph = watch((x * 2.0).sum())
    document = json.loads(json_text(graph, steps_of(graph)))
    assert len(document["nodes"][0]["value"]) == 300
    last = document["steps"][-1]
    assert last["after"] == {"shape": [300], "smallest": 2.0, "largest": 2.0}
    assert plain(np.zeros((100, 100)))["shape"] == [100, 100]


def test_a_stepper_saves_its_steps(tmp_path):
    w = Value(2.0, label="w")
    path = step(w * 3.0, lr=0.1).save(tmp_path / "steps.json")
    document = json.loads(path.read_text())
    assert document["steps"][-1]["value"] == pytest.approx(1.7)
    assert document["nodes"][0]["grad"] == 3.0


def test_the_text_of_both_passes_stays(expression, golden):
    from viz import steps_text

    golden("expression.txt", steps_text(expression, color=False, ascii=False))


def test_the_text_of_arrays_and_of_an_iteration_stays(golden):
    from viz.story.telling import told

    graph = layer()
    golden("layer.txt", told(graph, steps_of(graph, lr=0.1), color=False, ascii=False))
