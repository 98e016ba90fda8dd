"""The step records: their numbers, the places in their sentences, and how they are joined."""

import re
from itertools import pairwise

import numpy as np
import pytest

import autograd
from autograd import OPS, Tensor, Value, where
from autograd.stepper import watch
from autograd.trace import trace
from viz.story.records import grouped, steps_of
from viz.words.numbers import number
from viz.words.rules import stretched_shape

PLACE = re.compile("[\ue000-\ue1ff]")


def layer_of_tensors():
    inputs = np.arange(24.0).reshape(8, 3) / 10 - 1
    weight = Tensor(np.linspace(-1, 1, 12).reshape(3, 4), requires_grad=True, label="W")
    bias = Tensor(np.zeros(4), requires_grad=True, label="b")
    hidden = autograd.matmul(inputs, weight) + bias
    hidden.label = "h"
    scale = Tensor(2.0, requires_grad=True, label="s")
    loss = autograd.sum(autograd.relu(hidden) * scale) * scale
    loss.label = "loss"
    return loss


def refilled(template, step, graph):
    """The rule of the places, written a second time."""
    acting = graph.nodes[step.node]
    parts = [step.upstream, step.local, step.contribution, step.before, step.after]
    parts += [step.value, step.old, step.rate]

    def written(found):
        code = ord(found[0])
        brackets, code = code >= 0xE100, code - 0x100 * (code >= 0xE100)
        if code < 0xE010:
            value = parts[code - 0xE000]
        else:
            value = graph.nodes[acting.inputs[code - 0xE010]].value
        text = number(value, ascii_only=True)
        return f"({text})" if brackets and text[0] == "-" else text

    return PLACE.sub(written, template)


@pytest.mark.parametrize("rate", [None, 0.1])
def test_sentences_are_their_templates_filled(graphs, rate):
    told = {**graphs, "tensors": watch(layer_of_tensors())}
    for graph in told.values():
        plain = getattr(graph, "trace", graph)
        for step in steps_of(graph, lr=rate):
            assert refilled(step.template, step, plain) == step.text
            assert refilled(step.note_template, step, plain) == step.note
            if step.phase == "backward" and isinstance(step.contribution, float):
                assert PLACE.search(step.template + step.note_template)


def test_labels_cannot_fake_a_place():
    a = Value(3.0, label="a\ue002")
    texts = [step.text for step in steps_of(trace(a * a))]
    assert not any(PLACE.search(text) for text in texts)
    assert "a\N{REPLACEMENT CHARACTER}" in texts[0]


def test_every_contribution_knows_its_edge(expression):
    graph = trace(expression)
    steps = [step for step in steps_of(graph) if step.phase == "backward"]
    for step in steps:
        edge = graph.edges[step.edge]
        assert (edge.source, edge.target, edge.slot) == (step.node, step.source, step.slot)
    assert len({step.edge for step in steps}) == len(steps)


def test_a_second_path_is_an_event():
    a = Value(3.0, label="a")
    events = [step.event for step in steps_of(trace(a * a)) if step.phase == "backward"]
    assert events == ["first of 2 paths", "second path: contributions add up (2 of 2)"]


def test_why_it_is_this_nodes_turn():
    a, b = Value(3.0, label="a"), Value(2.0, label="b")
    c = a * b
    c.label = "c"
    first, second = c.tanh(), c.exp()
    first.label, second.label = "t", "e"
    out = first + second
    out.label = "out"
    why = {step.text.split(" ")[0]: step.why_now for step in steps_of(trace(out))}
    assert why["c"] == "its inputs a and b are known"
    assert why["out.grad"] == "the backward pass starts at the output out"
    assert why["t.grad"] == "out is the output: its gradient is known from the start"
    assert why["c.grad"] == "out, the only consumer of t, is done, so t.grad is complete"
    assert why["a.grad"] == "all 2 consumers of c are done, so c.grad is complete"


def test_an_iteration_begins_by_clearing_and_ends_with_an_update():
    w = Value(0.5, label="w")
    loss = w * Value(0.2, label="x")
    loss.label = "loss"
    steps = steps_of(trace(loss), lr=0.1, parameters=[0])
    assert [step.phase for step in steps][:1] == ["zero_grad"]
    assert steps[-1].text == "w = w - lr * w.grad = 0.5 - 0.1 * 0.2 = 0.48"
    assert steps[-1].value == pytest.approx(0.48)
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))


def test_an_optimizers_own_step_is_told_as_such():
    w = Value(0.5, label="w")
    loss = w * 0.2
    plain = steps_of(trace(loss), lr=0.1, moved={0: 0.48})[-1]
    assert plain.text.startswith("w = w - lr * w.grad")
    own = steps_of(trace(loss), lr=0.1, moved={0: 0.47})[-1]
    assert own.text == "w, the optimizer's own step: 0.5 -> 0.47"


def test_arrays_come_with_their_numbers():
    loss = layer_of_tensors()
    watched = watch(loss)
    final = {}
    for step in steps_of(watched):
        if step.phase in ("seed", "backward"):
            np.testing.assert_allclose(step.before, final.get(step.node, 0.0))
            final[step.node] = step.after
    for index, arrived in watched.arrived.items():
        np.testing.assert_allclose(final[index], arrived)
    assert loss.grad is None


def test_a_matrix_product_is_told_with_shapes():
    texts = [step.text for step in steps_of(watch(layer_of_tensors()))]
    assert "dW = constant.T @ dv2   (3,4) = (3,8) @ (8,4)" in texts


def test_adding_up_copies_is_a_step_of_its_own():
    watched = watch(layer_of_tensors())
    steps = steps_of(watched)
    copies, total = (
        step for step in steps if step.part and watched.trace.nodes[step.node].label == "b"
    )
    assert (copies.part, total.part) == ("copies", "sum")
    assert total.text == "db = sum over axis 0 of dh   (8,4) -> (4,)"
    assert copies.number + 1 == total.number
    assert copies.edge == total.edge
    assert copies.arrival == 0
    assert total.arrival == total.expected == 1
    np.testing.assert_allclose(copies.contribution.sum(axis=0), total.contribution)


def test_copies_add_up_to_what_was_sent(every_op):
    for name, out in every_op:
        watched = watch(out)
        steps = steps_of(watched)
        for copies, total in pairwise(steps):
            if copies.part == "copies" and copies.contribution is not None:
                edge = watched.trace.edges[copies.edge]
                assert copies.contribution.shape == stretched_shape(edge, watched.trace), name
                own = np.shape(total.contribution)
                summed = OPS["sum_to"].forward(copies.contribution, shape=own)
                np.testing.assert_allclose(summed, total.contribution, err_msg=name)


@pytest.fixture
def every_op():
    draw = np.random.default_rng(0)
    made = []
    for name, op in OPS.items():
        for sample in op.samples if op.differentiable else ():
            if sample.make is not None:
                arrays = sample.make(draw)
            else:
                arrays = [draw.normal(size=shape) for shape in sample.shapes]
            inputs = [Tensor(np.asarray(a, dtype=float), requires_grad=True) for a in arrays]
            for tensor, label in zip(inputs, "gxyzabcd", strict=False):
                tensor.label = label
            out = Tensor.apply_op(op, inputs, {**op.settings, **sample.settings})
            made.append((name, out))
    return made


def test_no_operation_is_told_in_jargon(every_op):
    for name, out in every_op:
        out.label = "o"
        for step in steps_of(watch(out)):
            assert "vjp" not in step.text, name
            assert "  *" not in step.text, name


def test_an_output_named_g_is_not_confused_with_its_gradient():
    x = Tensor([[1.0, 2.0]], requires_grad=True, label="x")
    g = autograd.matmul(x, Tensor([[1.0], [2.0]], requires_grad=True, label="y"))
    g.label = "g"
    texts = [step.text for step in steps_of(watch(g)) if step.phase == "backward"]
    assert texts[0] == "dx = dg @ y.T   (1,2) = (1,1) @ (1,2)"


def test_long_names_are_set_apart_from_the_d():
    weight = Tensor([1.0, 2.0], requires_grad=True, label="layers.0.weight")
    texts = [step.text for step in steps_of(watch(autograd.sum(weight * weight)))]
    assert any(text.startswith("d(layers.0.weight) += ") for text in texts)


def test_negative_numbers_behind_a_sign_are_in_parentheses():
    a, b = Value(-0.5, label="a"), Value(-3.0, label="b")
    texts = [step.text for step in steps_of(trace(a * b))]
    assert "= -0.5 * (-3) = 1.5" in texts[0]
    assert texts[2].endswith("= 1 * (-3) = -3")


def test_a_condition_receives_nothing():
    condition = Tensor([1.0, 0.0], requires_grad=True, label="c")
    x = Tensor([2.0, 3.0], requires_grad=True, label="x")
    out = where(condition, x, 0.0).sum()
    out.backward()
    assert condition.grad is None
    told = [step.text for step in steps_of(watch(out)) if step.phase == "backward"]
    assert not any(text.startswith("dc") for text in told)


@pytest.mark.parametrize("by", ["edge", "op", "module", "pass"])
def test_groups_cover_every_step_once(graphs, by):
    for graph in graphs.values():
        steps = steps_of(graph, lr=0.1)
        groups = grouped(steps, graph, by=by)
        places = [place for first, last, _ in groups for place in range(first, last + 1)]
        assert places == list(range(len(steps)))
        assert all(title for _, _, title in groups)


def test_groups_by_operation_and_by_pass(neuron):
    graph = trace(neuron)
    steps = steps_of(graph, lr=0.1)
    passes = [title for _, _, title in grouped(steps, graph, by="pass")]
    assert passes == ["zero_grad", "forward pass", "backward pass", "update"]
    titles = [title for _, _, title in grouped(steps, graph, by="op")]
    assert "backward through mul: p1" in titles
    assert len(grouped(steps, graph, by="edge")) == len(steps)
    with pytest.raises(ValueError, match="by='layer' came; needs one of edge, op, module, pass"):
        grouped(steps, graph, by="layer")
