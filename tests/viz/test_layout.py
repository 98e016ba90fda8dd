import random
from itertools import pairwise

import pytest

from autograd import Value
from autograd.trace import trace
from viz.figures.arrange import place
from viz.figures.boxes import Box, Figure, Link, Row, figure_of
from viz.figures.svg import svg_of
from viz.grouping.collapse import fitting_figure
from viz.layout.crossings import count_crossings, order_layers
from viz.layout.lanes import links_of
from viz.layout.layered import Plan
from viz.layout.levels import Edge
from viz.layout.nesting import lay_out
from viz.layout.ranking import late_ranks
from viz.layout.straighten import nondecreasing, place_heights


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


def links(count, edges):
    """The neighbours on both sides, as the ordering of columns wants them."""
    return links_of(count, edges, [0.5] * len(edges), [0.5] * len(edges))


def test_a_tree_is_drawn_without_crossings():
    edges = [(child, (child - 1) // 2) for child in range(1, 63)]
    order = list(range(63))
    random.Random(1).shuffle(order)
    edges = [(order[a], order[b]) for a, b in edges]
    plan = Plan(63, edges)
    plan.order()
    assert count_crossings(plan.layers, links(63, edges)[1], plan.position) == 0


def test_ordering_never_loses_a_node():
    draws = random.Random(2)
    layers = [list(range(10 * k, 10 * k + 10)) for k in range(4)]
    edges = []
    for left, right in pairwise(layers):
        edges += [(node, target) for node in left for target in draws.sample(right, 3)]
    before, after = links(40, edges)
    ordered = order_layers(layers, before, after)
    assert [sorted(layer) for layer in ordered] == layers

    def crossings(these):
        places = [0] * 40
        for layer in these:
            for i, node in enumerate(layer):
                places[node] = i
        return count_crossings(these, after, places)

    assert crossings(ordered) < crossings(layers)


def test_crossings_look_at_where_an_edge_touches_its_box():
    # both edges lead to one box: they cross if the upper one arrives at the lower port
    crossed = links_of(3, [(0, 2), (1, 2)], [0.5, 0.5], [0.75, 0.25])[1]
    straight = links_of(3, [(0, 2), (1, 2)], [0.5, 0.5], [0.25, 0.75])[1]
    assert count_crossings([[0, 1], [2]], crossed, [0, 1, 0]) == 1
    assert count_crossings([[0, 1], [2]], straight, [0, 1, 0]) == 0


def test_heights_keep_order_and_distance():
    pulls = [(node, 0.0, 1.0) for node in range(3)]
    after = [[(3, 0.0, 1.0)], [(3, 0.0, 1.0)], [(3, 0.0, 1.0)], []]
    y = place_heights([[0, 1, 2], [3]], [[], [], [], pulls], after, lambda upper, lower: 28.0)
    assert y[1] - y[0] >= 28 - 1e-9
    assert y[2] - y[1] >= 28 - 1e-9
    assert y[3] == pytest.approx(y[1], abs=1e-6)


def test_nothing_and_one_box_are_fine():
    assert lay_out([], []).size == (0.0, 0.0)
    assert lay_out([(10.0, 20.0)], []).centres == [(5.0, 10.0)]
    assert nondecreasing([], []) == []


def test_a_long_chain_needs_no_recursion():
    count = 3000
    layout = lay_out([(30.0, 30.0)] * count, [Edge(i, i + 1) for i in range(count - 1)])
    assert layout.centres[-1][0] > 100_000
    assert len({y for _, y in layout.centres}) == 1


def test_the_spine_of_a_sum_is_level():
    terms = [Value(float(index), label=f"x{index}") for index in range(20)]
    graph = trace(sum(terms[1:], terms[0]))
    placed = place(figure_of(graph))
    heights = {round(placed.layout.centres[n.index][1]) for n in graph.nodes if n.op == "add"}
    assert max(heights) - min(heights) <= 1


def test_many_leaves_of_one_box_stand_in_several_columns(find_clashes):
    boxes = tuple(Box("leaf", "", f"x{i}", True, (), "", 100, 70) for i in range(61))
    lines = tuple(Link(i, 60, f"+{i}", "plus", None, "value") for i in range(60))
    figure = Figure(boxes, lines, "")
    assert find_clashes(figure) == []
    layout = place(figure).layout
    assert len({round(x) for x, _ in layout.centres}) == 4
    assert layout.size[1] < 0.5 * 60 * (70 + 22)


def test_worked_cases_have_no_overlaps(worked_graphs, find_clashes):
    for name, graph in worked_graphs.items():
        assert find_clashes(figure_of(graph)) == [], name
        assert find_clashes(fitting_figure(graph)) == [], name


def test_labels_stand_on_their_own_line_and_hardly_on_others(worked_graphs, find_crossed):
    labels = touched = 0
    for name, graph in worked_graphs.items():
        for figure in (figure_of(graph), fitting_figure(graph)):
            astray, behind, through = find_crossed(figure)
            assert astray == [], name
            assert through == [], name
            assert len(behind) <= 0.25 * len(figure.links), name
            labels += sum(bool(link.label) for link in figure.links)
            touched += len({link for link, _ in behind})
    assert touched <= 0.03 * labels, f"{touched} of {labels} labels have a foreign line behind them"


def random_graph(count):
    draws = random.Random(0)
    values = [Value(draws.uniform(-1, 1), label=f"x{i}") for i in range(count // 10)]
    while len(values) < count - 10:
        a, b = draws.choice(values[-40:]), draws.choice(values[-40:])
        values.append(draws.choice([lambda: a * b, lambda: a + b, lambda: (a * b).tanh()])())  # noqa: B023
    out = sum(values[-10:], values[-11])
    out.backward()
    return trace(out)


@pytest.mark.slow
@pytest.mark.parametrize("count", [500, 1500])
def test_large_graphs_are_drawn_whole(count):
    graph = random_graph(count)
    svg = svg_of(figure_of(graph))  # how long that takes is told by benchmarks/pictures.py
    assert svg.count("data-box=") == len(graph.nodes)
    assert svg.count('class="link"') == len(graph.edges)


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
