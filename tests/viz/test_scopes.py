"""Groups that are found where there are no modules: expressions, repeated parts, leaves, parts."""

import random

import pytest

import nn
from autograd import Tensor, Value
from autograd.trace import trace
from viz.grouping.collapse import Figures, collapsed_figure, fitting_figure
from viz.grouping.opening import opened_within
from viz.grouping.periods import longest_run
from viz.grouping.scoping import BUDGET, SLACK, scopes_of
from viz.layout.cycles import on_cycles


def recurrent(steps, named=True):
    """A recurrent network of one number."""
    wx, wh, b = Value(0.5, label="wx"), Value(0.8, label="wh"), Value(0.1, label="b")
    h = Value(0.0, label="h0")
    for step in range(1, steps + 1):
        x = Value(random.Random(step).uniform(-1, 1), label=f"x{step}")
        h = (wx * x + wh * h + b).tanh()
        if named:
            h.label = f"h{step}"
    loss = (h - 1) ** 2
    loss.label = "loss"
    loss.backward()
    return trace(loss)


def descent(steps):
    """Gradient descent written out, with the gradient by hand."""
    w, x, y = Value(3.0, label="w0"), Value(2.0, label="x"), Value(1.0, label="y")
    for step in range(1, steps + 1):
        w = w - 0.05 * (2 * (w * x - y) * x)
        w.label = f"w{step}"
    loss = (w * x - y) ** 2
    loss.label = "loss"
    return trace(loss)


def tangled(count, seed=0):
    """A graph without any order in it."""
    draws = random.Random(seed)
    values = [Value(draws.uniform(-1, 1), label=f"x{i}") for i in range(count // 10)]
    while len(values) < count:
        a, b = draws.choice(values[-40:]), draws.choice(values[-40:])
        values.append(draws.choice([a.__mul__, a.__add__])(b))
    return trace(sum(values[-10:], values[-11]))


def kinds(tree):
    return {path: scope.kind.what for path, scope in tree.scopes.items() if path}


def assert_no_cycles(graph, tree):
    """Whatever is open or closed, the boxes form no cycle."""
    for opened in (set(), set(opened_within(tree, BUDGET * SLACK)), set(tree.scopes)):
        figure = Figures(graph, tree).with_open(opened)
        after = {place: set() for place in range(len(figure.boxes))}
        for link in figure.links:
            after[link.source].add(link.target)
        assert on_cycles(after) == set()


def test_small_graphs_are_left_alone(graphs):
    for name in ("neuron", "expression", "square", "one leaf"):
        assert len(scopes_of(graphs[name])) == 0


def test_unnamed_results_collapse_into_the_named_one_they_lead_to():
    graph = recurrent(12)
    figure = fitting_figure(graph)
    closed = {box.title: box for box in figure.boxes if box.scope}
    assert set(closed) == {f"h{step}" for step in range(1, 13)}
    h3 = closed["h3"]
    assert [row.caption for row in h3.rows] == ["holds", "data", "grad"]
    assert h3.rows[0].text == "5 nodes"
    assert graph.nodes[h3.exit].label == "h3"
    # the derivative of a whole step by the one before: the factor that vanishes
    place = {box.title: index for index, box in enumerate(figure.boxes)}
    (link,) = (
        link for link in figure.links if (link.source, link.target) == (place["h2"], place["h3"])
    )
    h = next(node.value for node in graph.nodes if node.label == "h3")
    assert float(link.label.replace("−", "-")) == pytest.approx(0.8 * (1 - h * h), rel=1e-3)


def test_named_steps_of_gradient_descent_are_boxes():
    figure = fitting_figure(descent(12))
    assert {f"w{step}" for step in range(1, 13)} <= {box.title for box in figure.boxes}


def test_an_unrolled_loop_without_names_becomes_its_turns(find_clashes):
    graph = recurrent(14, named=False)
    tree = scopes_of(graph)
    assert kinds(tree)["repeat"] == "repeat"
    turns = tree.scopes["repeat"].inner
    assert [tree.scopes[path].kind.title for path in turns][:2] == [
        "repeat 1 of 14",
        "repeat 2 of 14",
    ]
    operations = [
        sorted(graph.nodes[node].op for node in tree.inside(path) if graph.nodes[node].op)
        for path in turns
    ]
    assert all(ops == ["add", "add", "mul", "mul", "tanh"] for ops in operations)
    figure = fitting_figure(graph)
    assert [frame.title for frame in figure.frames] == ["repeat ×14"]
    leaves = {box.title for box in figure.boxes if box.kind == "leaf"}
    assert leaves == {"wx", "wh", "b", "h0"}  # what each turn has of its own went in
    assert find_clashes(figure) == []
    assert_no_cycles(graph, tree)


def test_a_closed_loop_tells_its_turns():
    tree = scopes_of(recurrent(14, named=False))
    figure = Figures(recurrent(14, named=False), tree).with_open([])
    (loop,) = (box for box in figure.boxes if box.scope == "repeat")
    assert loop.title == "repeat ×14"
    assert loop.rows[0].text == "14 × 6 nodes"


def test_very_many_turns_are_bundled():
    tree = scopes_of(recurrent(40, named=False))
    titles = [tree.scopes[path].kind.title for path in tree.scopes["repeat"].inner]
    assert titles[0] == "repeats 1 to 7 of 40"
    assert titles[-1] == "repeats 36 to 40 of 40"


def test_a_start_value_is_not_swallowed_by_the_first_turn():
    x = Value(0.3, label="x")
    out = x
    for _ in range(50):
        out = (out * 1.1).tanh()
    titles = [box.title for box in fitting_figure(trace(out)).boxes]
    assert "x" in titles
    assert len(titles) <= 12


def test_the_same_modules_one_after_the_other_are_a_loop():
    model = nn.Sequential(*[nn.Sequential(nn.Linear(3, 3), nn.Tanh()) for _ in range(70)])
    with nn.scopes(model):
        out = model([[1.0, 2.0, 3.0]])
    graph = trace(out)
    tree = scopes_of(graph)
    assert tree.scopes["repeat"].kind.title == "repeat ×70"
    assert tree.around("42.0") == ["repeat", "repeat.37-45", "repeat.37-45.43", "42"]
    assert [box.title for box in fitting_figure(graph).boxes][-1] == "repeats 64 to 70 of 70"


def test_lists_have_no_frame_but_modules_side_by_side_do():
    class Parts(nn.Module):
        def __init__(self):
            self.features = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
            self.head = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 1))

        def forward(self, x):
            return self.head(self.features(x))

    for model, frames in (
        (Parts(), ["features", "features.0", "head", "head.0", "head.2"]),
        (
            nn.MLP(2, [2, 2]),
            [
                *["layers.0", "layers.0.neurons.0", "layers.0.neurons.1"],
                *["layers.1", "layers.1.neurons.0", "layers.1.neurons.1"],
            ],
        ),
    ):
        with nn.scopes(model):
            out = model(Tensor([[1.0, 2.0]]) if frames[0] == "features" else [1.0, 2.0])
        assert [frame.scope for frame in fitting_figure(trace(out)).frames] == frames


def test_a_long_sum_shows_its_terms():
    terms = [Value(float(index), label=f"x{index}") for index in range(55)]
    total = sum(terms[1:], terms[0])
    total.label = "total"
    figure = fitting_figure(trace(total))
    assert len(figure.boxes) == 56
    assert {link.label for link in figure.links} == {"+1"}
    terms = [Value(float(index), label=f"x{index}") for index in range(60)]
    figure = fitting_figure(trace(sum(terms[1:], terms[0])))
    assert [len(figure.boxes), len(figure.links)] == [61, 60]  # also without a name


def test_leaves_with_the_same_readers_are_one_box():
    neuron = nn.Neuron(100, generator=0)
    out = neuron([Value(float(i), label=f"x{i}") for i in range(100)])
    out.backward()
    figure = fitting_figure(trace(out, {"w": neuron.w, "b": neuron.b}))
    groups = {box.title: box for box in figure.boxes if box.scope}
    assert set(groups) == {"w[0] … w[99] (100)", "x0 … x99 (100)"}
    x = groups["x0 … x99 (100)"]
    assert [(row.caption, row.text) for row in x.rows][:2] == [
        ("holds", "100 leaves"),
        ("data", "0 … 99"),
    ]


def test_a_network_of_values_is_drawn_by_neuron():
    model = nn.MLP(3, [8, 8, 1], fused=False, generator=0)
    with nn.scopes(model):
        out = model([Value(1.0, label="a"), Value(2.0, label="b"), Value(3.0, label="c")])
    loss = (out - 1.0) ** 2
    graph = trace(loss, {"loss": loss})
    assert len(graph.nodes) > 300
    figure = fitting_figure(graph)
    assert len(figure.boxes) <= 66
    closed = [box.scope for box in figure.boxes if box.scope.startswith("layers")]
    assert len(closed) == 17
    assert all(".neurons." in scope for scope in closed)


@pytest.mark.parametrize("count", [200, 1500])
def test_what_has_no_order_is_cut_in_parts(count):
    graph = tangled(count)
    tree = scopes_of(graph)
    figure = fitting_figure(graph)
    assert len(figure.boxes) <= BUDGET * SLACK
    assert_no_cycles(graph, tree)
    for path in tree.scopes:
        assert tree.size_when_open(path, set()) <= BUDGET * SLACK, path


@pytest.mark.parametrize(
    "graph",
    [recurrent(30), recurrent(30, named=False), descent(40), tangled(300)],
    ids=["named", "unnamed", "descent", "tangled"],
)
def test_every_node_is_in_one_box(graph):
    for figure in (fitting_figure(graph), collapsed_figure(graph)):
        nodes = sorted(node for box in figure.boxes for node in box.nodes)
        assert nodes == list(range(len(graph.nodes)))


def test_runs_are_found():
    assert longest_run([1, 2, 3, 4]) is None
    assert longest_run([5, 5, 5, 5]).turns == 4
    nested = ([1, 1, 1, 1, 2] * 6)[:-1]
    run = longest_run(nested)
    assert (run.period, run.turns) == (5, 5)


@pytest.mark.slow
def test_a_hundred_thousand_nodes_collapse():
    graph = recurrent(16_000, named=False)
    assert len(graph.nodes) > 95_000
    figure = fitting_figure(graph)
    assert len(figure.boxes) <= 66
