import math
import re

import pytest

import nn
from autograd import Tensor, Value
from autograd.trace import trace
from viz import steps_text
from viz.story.records import steps_of


def test_one_contribution_in_one_line(neuron):
    text = steps_text(neuron, color=False)
    lines = text.splitlines()
    index = next(i for i, line in enumerate(lines) if "w1.grad +=" in line)
    assert lines[index].endswith("w1.grad += p1.grad * dp1/dw1 = 0.5 * 2 = 1")
    assert lines[index + 1].strip() == "w1.grad: 0 -> 1"


def test_both_passes_and_the_seed(neuron):
    text = steps_text(neuron, color=False)
    assert re.search(r"^ +1 +p1 = x1 \* w1 += 2 \* \(-3\) += -6$", text, re.M)
    assert re.search(r"^ +5 +o  = tanh\(n\) += tanh\(0.8814\) = 0.7071$", text, re.M)
    assert re.search(
        r"^ +6 +o.grad = 1\n +seed: the derivative of o with respect to itself", text, re.M
    )
    assert "  x1.grad = -1.5" in text


def test_accumulation_is_an_event():
    a = Value(3.0, label="a")
    square = a * a
    square.label = "s"
    text = steps_text(square, color=False)
    assert "a.grad: 0 -> 3   first of 2 paths" in text
    assert "a.grad: 3 -> 6   second path: contributions add up (2 of 2)" in text


def test_the_operation_says_why(neuron):
    from autograd import OPS

    text = " ".join(steps_text(neuron, color=False).split())
    assert f"mul: {OPS['mul'].reason}" in text
    assert f"tanh: {OPS['tanh'].reason}" in text


def test_steps_give_the_same_gradients_as_backward(graphs):
    for name, graph in graphs.items():
        final = {step.node: step.after for step in steps_of(graph) if step.phase != "forward"}
        for node in graph.nodes:
            if node.grad is not None:
                assert final[node.index] == pytest.approx(node.grad), name


def test_telling_needs_no_backward_and_changes_nothing():
    a = Value(2.0, label="a")
    out = a * 3.0
    text = steps_text(out, color=False)
    assert a.grad is None
    assert out.grad is None
    assert "backward() has not run yet" in text
    assert "a.grad += " in text


def test_stale_gradients_are_noticed():
    a = Value(2.0, label="a")
    out = a * 3.0
    out.backward()
    assert "earlier" not in steps_text(out, color=False)
    out.backward()
    assert "1 of these differ from the .grad in the graph" in steps_text(out, color=False)


def test_every_arrival_is_counted(expression):
    graph = trace(expression)
    steps = [step for step in steps_of(graph) if step.phase != "forward"]
    for node in {step.node for step in steps}:
        mine = [step for step in steps if step.node == node]
        assert [step.arrival for step in mine] == list(range(1, len(mine) + 1))
        assert {step.expected for step in mine} == {len(mine)}
    assert [step.number for step in steps_of(graph)] == list(range(1, len(steps_of(graph)) + 1))


def test_a_gradient_is_passed_on_only_when_it_is_complete(expression):
    steps = [step for step in steps_of(trace(expression)) if step.phase == "backward"]
    for position, step in enumerate(steps):
        assert not any(later.node == step.source for later in steps[position:])


def test_lines_fit_a_terminal(graphs):
    for graph in graphs.values():
        assert max(len(line) for line in steps_text(graph, color=False).splitlines()) <= 100


def test_long_names_are_folded():
    weight = Value(0.123456, label="layers.0.neurons.10.weight.3")
    out = weight * Value(3.0, label="layers.0.neurons.10.inputs.3")
    out.label = "layers.0.neurons.10.product.3"
    assert max(len(line) for line in steps_text(out, color=False).splitlines()) <= 100


def test_colour_only_when_asked(neuron, monkeypatch):
    assert "\x1b[" not in steps_text(neuron)
    assert "\x1b[" in steps_text(neuron, color=True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in steps_text(neuron)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in steps_text(neuron)


def test_colour_changes_only_the_escapes(expression):
    plain = steps_text(expression, color=False)
    assert re.sub(r"\x1b\[[\d;]*m", "", steps_text(expression, color=True)) == plain


def test_ascii_terminals(neuron):
    sigma = Value(1.0, label="σ")
    text = steps_text(sigma * 2.0, color=False, ascii=True)
    assert text.isascii()
    assert "\\u03c3.grad" in text
    assert "─" in steps_text(neuron, color=False, ascii=False)


def test_hostile_labels_cannot_steer_the_terminal():
    a = Value(1.0, label="\x1b[2J\r\nfake")
    text = steps_text(a * 2.0, color=False)
    assert "\x1b" not in text
    assert "\r" not in text


def test_a_long_story_is_cut_with_a_hint():
    total = Value(1.0)
    for _ in range(40):
        total = total + 1.0
    text = steps_text(total, color=False, limit=10)
    assert "... 30 more steps; steps_text(x, limit=...) tells them all" in text


def test_several_outputs_have_a_seed_each():
    a = Value(2.0, label="a")
    first, second = a * 2.0, a * 3.0
    text = steps_text([first, second], color=False)
    assert "first.grad = 1" in text
    assert "second.grad = 1" in text
    assert "a.grad = 5" in text


def test_leaf_and_nonfinite_numbers():
    assert "Forward pass: 0 operations" in steps_text(Value(1.0, label="a"), color=False)
    x = Value(math.inf, label="x")
    assert "nan" in steps_text(x * 0.0, color=False)


def test_what_has_no_graph_is_refused():
    with pytest.raises(TypeError, match="steps_text: got int, which has no graph"):
        steps_text(3)


def test_settings_are_told_whatever_they_hold():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, label="x")
    assert "sum(x, axis=0)" in steps_text(x.sum(axis=0), color=False)
    assert "sum(x, axis=(0, 1))" in steps_text(x.sum(axis=(0, 1)), color=False)
    picked = steps_text(x[[0, 1, 1], [1, 0, 0]].sum(), color=False)
    assert "getitem(x, index=(...))" in picked
    loss = nn.functional.cross_entropy(x, [1, 0])
    assert "take_along_axis(" in steps_text(loss, color=False)


def test_hostile_labels_in_a_formula_cannot_steer_the_terminal():
    a = Value(2.0, label="a\x1b[31m\x00\ud800")
    b = Tensor([[2.0]], requires_grad=True, label="b\x1b[31m\x00\ud800")
    for out in (a * Value(3.0, label="b"), b @ Tensor([[3.0]], requires_grad=True)):
        text = steps_text(out, color=False)
        assert "\x1b" not in text
        assert "\x00" not in text
        assert text.encode("utf-8")


def test_a_gradient_of_nan_is_not_told_as_stale():
    a, b = Value(math.inf, label="a"), Value(math.nan, label="b")
    out = a * b
    out.backward()
    assert "earlier" not in steps_text(out, color=False)


def test_powers_and_negative_factors_are_written_as_python_reads_them():
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    assert "^" not in steps_text(x**3 * w**x, color=False)
    text = steps_text(nn.Neuron.from_weights([w, 0.5], 1.0)([-2.0, 4.0]), color=False)
    assert "3*(-2) + 0.5*4 + 1" in text
    assert "0.5 * (-3)" in steps_text(Value(0.5) * Value(-3.0), color=False)


def test_a_negative_limit_is_refused():
    with pytest.raises(ValueError, match="limit=-1 came"):
        steps_text(Value(2.0) * 3.0, limit=-1)
