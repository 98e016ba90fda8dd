import random
from itertools import pairwise

import pytest

from autograd import Value
from autograd.trace import trace
from viz.arrange import place
from viz.boxes import Box, Figure, Link, Row, figure_of
from viz.crossings import count_crossings, order_layers
from viz.layout import Plan
from viz.ranking import late_ranks
from viz.straighten import nondecreasing, place_heights


def test_boxes_and_labels_never_overlap(graphs, find_clashes):
    for name, graph in graphs.items():
        assert find_clashes(figure_of(graph)) == [], name


@pytest.mark.parametrize("seed", range(6))
def test_random_graphs_have_no_overlaps(seed, find_clashes):
    draws = random.Random(seed)
    boxes = tuple(
        Box("leaf", "", f"v{i}", True, (Row("data", "1"),), "", draws.randint(30, 150), 70)
        for i in range(60)
    )
    links = []
    for target in range(1, 60):
        for _ in range(draws.randint(0, 4)):
            source = draws.randrange(max(0, target - 25), target)
            links.append(
                Link(source, target, "−0.12345"[: draws.randint(2, 8)], "minus", -1.0, "value")
            )
    assert find_clashes(Figure(boxes, tuple(links), "")) == []


def test_many_inputs_to_one_box_have_room_for_every_label(find_clashes):
    boxes = tuple(Box("leaf", "", "x", True, (), "", 100, 70) for _ in range(120))
    links = tuple(Link(i, 119, "−0.00001234", "minus", None, "value") for i in range(119))
    assert find_clashes(Figure(boxes, links, "")) == []


def test_lines_do_not_run_through_boxes(graphs):
    for name, graph in graphs.items():
        placed = place(figure_of(graph))
        for route in placed.layout.routes:
            for left, right, y in route.lanes:
                for x, top, width, height in placed.box_rectangles():
                    apart = right <= x or x + width <= left or y <= top or top + height <= y
                    assert apart, name


def test_edges_lead_to_the_right(graphs):
    for graph in graphs.values():
        for route in place(figure_of(graph)).layout.routes:
            assert route.start[0] < route.end[0]


def test_parallel_edges_have_their_own_ends(graphs):
    first, second = place(figure_of(graphs["square"])).layout.routes
    assert first.start != second.start
    assert first.end != second.end


def test_ranks_are_as_late_as_possible():
    #  0 -> 1 -> 2 -> 3 and 4 -> 3: the lone input stands right before its reader
    assert late_ranks(5, [(0, 1), (1, 2), (2, 3), (4, 3)]) == [0, 1, 2, 3, 2]


def test_a_cycle_is_refused():
    with pytest.raises(ValueError, match="form a cycle"):
        late_ranks(2, [(0, 1), (1, 0)])


def test_a_tree_is_drawn_without_crossings():
    edges = [(child, (child - 1) // 2) for child in range(1, 63)]
    order = list(range(63))
    random.Random(1).shuffle(order)
    plan = Plan([(40.0, 40.0)] * 63, [(order[a], order[b]) for a, b in edges])
    position = {node: i for layer in plan.layers for i, node in enumerate(layer)}
    places = [position[node] for node in range(len(plan.before))]
    assert count_crossings(plan.layers, plan.after, places) == 0


def test_ordering_never_loses_a_node():
    draws = random.Random(2)
    layers = [list(range(10 * k, 10 * k + 10)) for k in range(4)]
    after = [[] for _ in range(40)]
    before = [[] for _ in range(40)]
    for left, right in pairwise(layers):
        for node in left:
            for target in draws.sample(right, 3):
                after[node].append(target)
                before[target].append(node)
    ordered = order_layers(layers, before, after)
    assert [sorted(layer) for layer in ordered] == layers

    def crossings(these):
        places = [0] * 40
        for layer in these:
            for i, node in enumerate(layer):
                places[node] = i
        return count_crossings(these, after, places)

    assert crossings(ordered) < crossings(layers)


def test_heights_keep_order_and_distance():
    layers = [[0, 1, 2], [3]]
    y = place_heights(layers, [[], [], [], [0, 1, 2]], [[3], [3], [3], []], [20.0] * 4, [8.0] * 4)
    assert y[1] - y[0] >= 28
    assert y[2] - y[1] >= 28
    assert y[3] == pytest.approx(y[1])
    assert min(y) == pytest.approx(10)


def test_nothing_and_one_box_are_fine():
    assert Plan([], []).columns([]).size == (0.0, 0)
    assert Plan([(10.0, 20.0)], []).columns([]).centres == [(5.0, 10.0)]
    assert nondecreasing([]) == []


def test_a_long_chain_needs_no_recursion():
    count = 3000
    plan = Plan([(30.0, 30.0)] * count, [(i, i + 1) for i in range(count - 1)])
    layout = plan.columns([10.0] * (count - 1))
    assert layout.centres[-1][0] > 100_000
    assert len({y for _, y in layout.centres}) == 1


@pytest.mark.parametrize(
    "quotient", [lambda a, b: (b + 1) - a / (b * a), lambda a, b: a**2 / 10 - a], ids=["div", "pow"]
)
def test_the_first_operand_enters_on_top_where_order_matters(quotient):
    graph = trace(quotient(Value(2.0), Value(4.0)))
    layout = place(figure_of(graph)).layout
    checked = 0
    for node in graph.nodes:
        if node.op in ("sub", "div", "pow"):
            into = [i for i, edge in enumerate(graph.edges) if edge.target == node.index]
            first, second = sorted(into, key=lambda i: graph.edges[i].slot)
            assert layout.routes[first].end[1] < layout.routes[second].end[1], node.op
            checked += 1
    assert checked >= 2
