"""The page's data: complete, plain, small, and true to the steps it is made of."""

import json
import math

import numpy as np
import pytest

from autograd import Tensor, Value
from viz.stepper.document import VERSION
from viz.stepper.step import step
from viz.words.numbers import number
from viz.words.templates import fill


def strict(document):
    return json.loads(json.dumps(document, allow_nan=False))


@pytest.fixture
def regression():
    x = Tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    weight = Tensor([[0.5], [-0.25]], requires_grad=True, label="weight")
    bias = Tensor([0.1], requires_grad=True, label="bias")
    return ((x @ weight + bias) ** 2).mean()


def test_every_node_edge_and_step_is_told(expression):
    stepper = step(expression)
    document = strict(stepper.document())
    assert document["version"] == VERSION
    assert len(document["nodes"]) == len(stepper.trace.nodes)
    assert [edge[:3] for edge in document["edges"]] == [
        [edge.source, edge.target, edge.slot] for edge in stepper.trace.edges
    ]
    assert [(told["phase"], told["node"]) for told in document["steps"]] == [
        (told.phase, told.node) for told in stepper.steps
    ]
    assert document["roots"] == list(stepper.trace.roots)


def test_usual_sentences_are_left_out_and_unusual_ones_are_not(neuron):
    document = step(neuron).document()
    backward = [told for told in document["steps"] if told["phase"] == "backward"]
    assert backward
    assert not any("text" in told or "note" in told for told in backward)
    assert all("text" in told for told in document["steps"] if told["phase"] == "forward")


def test_a_reason_is_written_once(expression):
    document = step(expression).document()
    assert len(set(document["reasons"])) == len(document["reasons"])
    used = {told["reason"] for told in document["steps"] if "reason" in told}
    used |= {told["turn"] for told in document["steps"] if "turn" in told}
    assert used == set(range(len(document["reasons"])))


def test_templates_filled_are_the_steps_of_python(expression):
    stepper = step(expression)
    for told, record in zip(stepper.steps, stepper.document()["steps"], strict=True):
        if "text" in record and told.phase == "forward":
            inputs = stepper.trace.nodes[told.node].inputs
            places = {chr(0xE010 + i): stepper.trace.nodes[k].value for i, k in enumerate(inputs)}
            places["\ue005"] = stepper.trace.nodes[told.node].value
            assert fill(record["text"], places) == told.text


def test_numbers_that_json_lacks_are_words():
    a = Value(1e308, label="a")
    document = strict(step(a * 10.0 - a * 10.0, names={}).document())
    values = [node.get("value") for node in document["nodes"]]
    assert "inf" in values
    assert "nan" in values


def test_arrays_are_told_once_with_a_picture_and_a_norm(regression):
    stepper = step(regression)
    document = strict(stepper.document())
    assert document["arrays"]
    texts = [(record["text"], tuple(record["shape"])) for record in document["arrays"]]
    assert len(texts) == len(set(texts))
    backward = [told for told in document["steps"] if told["phase"] == "backward"]
    to_weight = [told for told in backward if document["nodes"][told["node"]]["name"] == "weight"]
    (place,) = to_weight[-1]["after"]
    gradient = stepper.trace.nodes[to_weight[-1]["node"]].grad
    assert document["arrays"][place]["norm"] == pytest.approx(np.linalg.norm(gradient))
    assert document["arrays"][place]["shape"] == [2, 1]
    assert document["arrays"][place]["heat"][0].startswith("iVBOR")  # a PNG in base64


def test_views_name_what_their_boxes_and_lines_stand_for(expression):
    stepper = step(expression)
    (view, *_) = stepper.document()["views"]
    assert sorted(index for box in view["boxes"] for index in box) == list(
        range(len(stepper.trace.nodes))
    )
    assert sorted(edge for link in view["links"] for edge in link) == list(
        range(len(stepper.trace.edges))
    )
    assert stepper.svg.count("data-box=") == len(view["boxes"])
    assert stepper.svg.count('class="link"') == len(view["links"])


def test_without_source_the_graph_is_written_as_code(neuron):
    (source,) = step(neuron, names={}).document()["source"]
    assert source["file"] == "the graph as code"
    assert source["lines"][0] == "p1 = x1 * w1"


def test_lines_of_the_users_own_source_are_found():
    a, b = Value(2.0), Value(-3.0)
    product = a * b
    result = product.tanh()
    document = step(result).document()
    made = next(node for node in document["nodes"] if node["name"] == "product")
    part, line = made["line"]
    source = document["source"][part]
    assert source["file"] == "test_document.py"
    assert source["lines"][line - source["first"]].strip() == "product = a * b"


def test_small_operations_on_arrays_are_brought_along_taken_apart(regression):
    nodes = step(regression).document()["nodes"]
    apart = {node["op"] for node in nodes if "inside" in node}
    assert "matmul" in apart


def test_a_learning_rate_brings_clearing_and_update():
    w = Value(0.5, label="w")
    document = step(w * w, lr=0.1).document()
    assert document["steps"][0]["phase"] == "zero_grad"
    last = document["steps"][-1]
    assert last["phase"] == "update"
    assert document["rate"] == 0.1
    assert "\ue107" in last["text"]  # the rate


@pytest.mark.parametrize(("start", "shown"), [(0, 0), (3, 3), (-1, 15), (-100, 0)])
def test_the_page_can_open_at_any_step(neuron, start, shown):
    assert step(neuron, start=start).document()["start"] == shown


def test_numbers_written_in_python_and_page_come_from_one_rule():
    """The page's own rule is compared with this one in test_step_browser."""
    assert number(math.pi) == "3.142"
    assert number(1.0625) == "1.062"  # an exact tie goes to the even digit
