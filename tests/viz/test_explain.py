"""Every path, its factors and their sum; counted where they cannot be listed."""

import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Tensor, Value
from autograd.trace import trace
from viz.formulas.explain import explain
from viz.formulas.paths import paths_between

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "\"quoted\" & 'single'",
    "two\nlines\x1b[31m\x00",
    r"\input{x} $x$ % # & _ ^ ~ \end{aligned} $$",
    r"\(\href{javascript:alert(1)}{x}\)",
    "a | b",
    "[link](javascript:alert(1)) **bold** `code` http://evil.example www.evil.example",
    "emoji 👩‍👩‍👧",
    "\ud800",
    "x" * 10_000,
    "",
]


def all_products(graph, start, end):
    """Every path's product, found the slow way."""
    found = []

    def walk(node, product):
        if node == end:
            found.append(product)
            return
        for edge in graph.edges:
            if edge.target == node and edge.local is not None:
                walk(edge.source, product * edge.local)

    walk(start, 1.0)
    return found


def chain_of_diamonds(length, step=0.5):
    top = total = Value(1.0, label="x")
    for _ in range(length):
        total = total * step + total * (1.25 - step)
    return top, total


# ------------------------------------------------------------------------------ numbers
def test_one_path_is_a_product():
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    n = w * x
    o = n.tanh()
    e = explain(o, wrt=w)
    assert e.count == 1
    (path,) = e.paths
    assert path.nodes == (3, 2, 0)
    assert [edge.target for edge in path.edges] == [3, 2]
    assert path.factors == pytest.approx((1 - math.tanh(6.0) ** 2, 3.0))
    assert e.total == path.product == pytest.approx(3 * (1 - math.tanh(6.0) ** 2))
    with pytest.raises(AttributeError):
        path.product = 1.0
    assert str(e).splitlines()[3] == "  do/dw = do/dn * dn/dw = 2.458e-5 * 3 = 7.373e-5"


def test_the_text_of_several_paths():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    p = a * b
    f = p + a * a
    assert str(explain(f, wrt=a, names={"p": p, "f": f})) == (
        "df/da = 1\n"
        "3 paths lead from f back to a; along each the local derivatives are\n"
        "multiplied, and the products add up.\n"
        "\n"
        "   1  f <- p <- a\n"
        "      df/dp * dp/da = 1 * (-3) = -3\n"
        "\n"
        "   2  f <- v3 <- a\n"
        "      df/dv3 * dv3/da = 1 * 2 = 2\n"
        "\n"
        "   3  f <- v3 <- a\n"
        "      df/dv3 * dv3/da = 1 * 2 = 2\n"
        "\n"
        "  df/da = -3 + 2 + 2 = 1"
    )


def test_every_path_of_a_graph_is_found(expression):
    expression.backward()
    graph = trace(expression)
    for node in graph.nodes:
        if not node.requires_grad or node.op is not None:
            continue
        e = explain(expression, wrt=node.label)
        expected = all_products(graph, graph.root.index, node.index)
        assert e.count == len(expected)
        assert sorted(path.product for path in e.paths) == pytest.approx(sorted(expected))
        assert math.fsum(path.product for path in e.paths) == pytest.approx(e.total, rel=1e-12)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 3)), max_size=8))
@settings(max_examples=60, deadline=None)
def test_sums_and_counts_on_random_graphs(steps):
    nodes = [Value(0.7, label="a"), Value(-1.3, label="b")]
    for i, j, kind in steps:
        left, right = nodes[i % len(nodes)], nodes[j % len(nodes)]
        made = (left + right, left * right, left - right, left.tanh() * right)[kind]
        nodes.append(made)
    out = nodes[-1] * 1.0
    graph = trace(out)
    root = graph.root.index
    for label in ("a", "b"):
        index = next((n.index for n in graph.nodes if n.label == label), None)
        if index is None:
            continue
        expected = all_products(graph, root, index)
        for limit in (1, 3, 1000):
            found = paths_between(graph, root, index, limit)
            assert found.count == len(expected)
            assert found.total == pytest.approx(math.fsum(expected), rel=1e-12, abs=1e-12)
            best = sorted(map(abs, expected), reverse=True)[:limit]
            listed = sorted((abs(path.product) for path in found.strongest), reverse=True)
            assert listed == pytest.approx(best, rel=1e-12)
            assert sum(a.paths for a in found.arrivals) == found.count
            sent = math.fsum(a.contribution for a in found.arrivals)
            assert sent == pytest.approx(found.total, rel=1e-12, abs=1e-12)


def test_the_derivative_equals_the_backward_pass(neuron):
    for name in ("x1", "x2", "w1", "w2", "b"):
        e = explain(neuron, wrt=name)
        (node,) = [n for n in trace(neuron).nodes if n.label == name]
        assert e.total == pytest.approx(node.grad, rel=1e-12)


def test_a_neuron_made_of_lists():
    w, x = [Value(2.0, label="w0"), Value(-1.0, label="w1")], [Value(3.0), Value(4.0)]
    out = ag.dot(w, x, bias=Value(1.0, label="bias")) * ag.max([w[0], w[1]])
    out.backward()
    assert explain(out, wrt=w[0]).total == pytest.approx(w[0].grad, rel=1e-12)
    assert explain(out, wrt=w[0]).count == 2


# ------------------------------------------------------------------------------ too many paths
def test_astronomically_many_paths_are_counted_not_walked():
    x, y = chain_of_diamonds(600)
    e = explain(y, wrt=x, limit=5)
    text, markdown = str(e), e.markdown
    assert text
    assert markdown
    assert e.count == 2**600
    y.backward()
    assert e.total == pytest.approx(x.grad, rel=1e-12)
    assert len(e.paths) == 5
    assert e.paths[0].product == pytest.approx(0.75**600, rel=1e-9)
    products = [abs(path.product) for path in e.paths]
    assert products == sorted(products, reverse=True)
    assert "about 4e180 paths lead from y back to x, too many to list" in " ".join(text.split())
    assert len(text.splitlines()) < 60
    assert max(map(len, text.splitlines())) <= 80
    assert "about 4e180" in markdown


def test_the_sum_by_last_step():
    x = Value(2.0, label="x")
    parts = [x * float(i) for i in range(1, 21)]
    y = ag.sum(parts)
    e = explain(y, wrt=x, limit=3)
    text = str(e)
    assert e.count == 20
    assert e.total == 210.0
    assert "20 paths lead from y back to x, too many to list" in text
    assert [path.product for path in e.paths] == [20.0, 19.0, 18.0]
    assert "over v2 = x * 1" not in text
    assert "and 17 more last steps, together 153" in text
    assert "dy/dx = the sum of these = 210" in text


def test_a_deep_chain_is_shortened():
    x = y = Value(0.5, label="x")
    for _ in range(3000):
        y = y + 0.001
    e = explain(y, wrt=x)
    assert e.count == 1
    assert len(e.paths[0].factors) == 3000
    assert len(str(e)) < 1500
    assert "...2994 more..." in str(e)
    assert r"\cdots" in e.latex


# ------------------------------------------------------------------------------ arrays
def make_network():
    rng = np.random.default_rng(0)
    x = Tensor(rng.normal(size=(8, 4)), label="x")
    w = Tensor(rng.normal(size=(4, 3)), requires_grad=True, label="W")
    b = Tensor(rng.normal(size=3), requires_grad=True, label="b")
    y = x @ w + b
    y.label = "Y"
    return w, b, nn.functional.mse_loss(y, np.zeros((8, 3)))


def test_arrays_are_told_operation_by_operation():
    w, _, loss = make_network()
    e = explain(loss, wrt=w)
    text = str(e)
    loss.backward()
    np.testing.assert_allclose(e.total, w.grad, rtol=1e-12)
    assert e.count == 1
    assert e.paths[0].product is None
    assert re.search(r"dW = x\.T @ dv\d +\(4,3\) = \(4,8\) @ \(8,3\)", text)
    assert "dloss/dW: " in text
    assert "shape (4, 3)" in text


def test_un_broadcasting_has_a_line_of_its_own():
    _, b, loss = make_network()
    e = explain(loss, wrt=b)
    lines = str(e).splitlines()
    copies = next(i for i, line in enumerate(lines) if line.strip().startswith("copies of db = dY"))
    assert "db = sum over axis 0 of the copies" in lines[copies + 1]
    assert "(3,) from (8,3)" in " ".join(lines[copies + 1 : copies + 3])
    loss.backward()
    np.testing.assert_allclose(e.total, b.grad, rtol=1e-12)


def test_branches_of_arrays_add_up():
    x = Tensor([1.0, -2.0, 3.0], requires_grad=True, label="x")
    loss = (x * x + x.tanh()).sum()
    e = explain(loss, wrt=x)
    assert e.count == 3
    assert str(e).count("dx += ") == 3
    assert "what arrives over each adds up" in " ".join(str(e).split())
    loss.backward()
    np.testing.assert_allclose(e.total, x.grad, rtol=1e-12)


def test_arrays_of_one_number_are_numbers():
    a = Tensor(2.0, requires_grad=True, label="a")
    e = explain(a * a + a, wrt=a)
    assert (e.count, e.total) == (3, 5.0)
    assert explain((a * a).sum(), wrt=a).total == 4.0


def test_values_and_arrays_together():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    x = ag.tensor_from_values([a, b])
    out = (x * x).sum().to_values() * a
    e = explain(out, wrt=a)
    out.backward()
    assert e.total == pytest.approx(a.grad, rel=1e-12)
    assert "da" in str(e)


def test_a_convolutional_network_is_told():
    rng = np.random.default_rng(0)
    conv = nn.Conv2d(1, 2, 3)
    out = conv(Tensor(rng.normal(size=(1, 1, 6, 6)))).relu().mean()
    kernel = next(iter(conv.parameters()))
    e = explain(out, wrt=kernel)
    out.backward()
    np.testing.assert_allclose(e.total, kernel.grad, rtol=1e-12)
    assert "(2,1,3,3)" in str(e)


# ------------------------------------------------------------------------------ what is asked for
def test_by_name_and_several():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    out = a * b
    assert explain(out, wrt="a").total == 3.0
    both = explain(out, wrt=[a, "b"])
    assert both.total == (3.0, 2.0)
    assert [part.total for part in both.sections] == [3.0, 2.0]
    assert str(both) == "\n\n\n".join(map(str, both.sections))
    assert explain(out).total == (3.0, 2.0)
    with pytest.raises(ValueError, match=r"60 leaves, too many .*explain\(x, wrt=\.\.\.\)"):
        explain(ag.sum([Value(1.0) for _ in range(60)]))


def test_towards_itself_and_towards_an_inner_node():
    a = Value(2.0, label="a")
    n = a * 3.0
    out = n * n
    assert (explain(out, wrt=out).total, explain(out, wrt=out).count) == (1.0, 1)
    assert "out itself" in str(explain(out, wrt=out))
    assert explain(out, wrt=n).total == 12.0
    assert explain(n, wrt=a).total == 3.0
    x = Tensor([[1.0, 2.0]], requires_grad=True, label="x")
    assert explain(x * 2.0, wrt=x).total.tolist() == [[2.0, 2.0]]
    assert explain(x, wrt=x).total.tolist() == [[1.0, 1.0]]


def test_no_path_is_said_plainly():
    condition = Tensor([1.0, 0.0], requires_grad=True, label="condition")
    a, b = Tensor([2.0, 3.0], requires_grad=True, label="a"), Tensor(3.0)
    out = ag.where(condition, a, b).sum()
    e = explain(out, wrt=condition)
    assert (e.total.tolist(), e.count, e.paths) == ([0.0, 0.0], 0, ())
    assert "0: no path leads from out back to condition" in " ".join(str(e).split())
    assert "dout/dcondition = 0" in str(e)
    assert e.latex.splitlines()[1].endswith("&= 0")
    assert explain(out, wrt=a).total.tolist() == [1.0, 0.0]


def test_what_is_not_in_the_graph():
    weight, other = Value(2.0, label="weight"), Value(1.0, label="other")
    loss = weight * 3.0
    with pytest.raises(ValueError, match="'wieght'; did you mean 'weight'"):
        explain(loss, wrt="wieght")
    with pytest.raises(ValueError, match="is named 'zzz'; it depends on weight"):
        explain(loss, wrt="zzz")
    with pytest.raises(ValueError, match="other is not in the graph of loss, so loss does not"):
        explain(loss, wrt=other)
    with pytest.raises(ValueError, match="another object has that name in the graph"):
        explain(loss, wrt=Value(2.0, label="weight"))
    with pytest.raises(TypeError, match="wrt is a float; needs a Value or a Tensor"):
        explain(loss, wrt=2.0)
    with pytest.raises(ValueError, match="empty list"):
        explain(loss, wrt=[])
    with pytest.raises(ValueError, match="limit=0 came"):
        explain(loss, wrt=weight, limit=0)


def test_constants_and_what_has_no_graph():
    x = Tensor([1.0, 2.0], label="x")
    w = Tensor([3.0, 4.0], requires_grad=True, label="w")
    loss = (x * w).sum()
    for wrt in (x, "x"):
        with pytest.raises(ValueError, match="x is a constant, so no gradient reaches it"):
            explain(loss, wrt=wrt)
    with pytest.raises(ValueError, match="x is a constant: nothing it was made of"):
        explain(x)
    with pytest.raises(TypeError, match="explain: got int, which has no graph"):
        explain(3)
    with pytest.raises(ValueError, match="2 results came; explain one at a time"):
        explain([loss, loss * 2.0])


def test_two_nodes_of_one_name():
    first, second = Value(1.0, label="w"), Value(2.0, label="w")
    out = first * second
    with pytest.raises(ValueError, match="2 nodes are named 'w'; hand over the one"):
        explain(out, wrt="w")
    assert explain(out, wrt=second).total == 1.0


def test_a_recorded_trace_is_explained_by_name():
    a = Value(2.0, label="a")
    graph = trace(a * a)
    assert explain(graph, wrt="a").total == 4.0
    with pytest.raises(TypeError, match="knows its nodes by name only; write wrt='a'"):
        explain(graph, wrt=a)
    x = Tensor([1.0, 2.0], requires_grad=True, label="x")
    told = explain(trace((x * x).sum()), wrt="x")
    assert told.total is None
    assert "shape (2,)" in str(told)


# ------------------------------------------------------------------------------ odd numbers
def test_nan_and_infinities():
    a, b = Value(math.inf, label="a"), Value(2.0, label="b")
    e = explain(a * b + b * 0.0, wrt=b)
    assert e.total == math.inf
    odd = explain(a * 0.0 * b * a, wrt=a, limit=1)
    assert math.isnan(odd.total)
    assert "nan" in str(odd)
    for text in (e.latex, odd.latex, e.markdown, odd.markdown, odd.html):
        assert text
    x = Tensor([math.nan, 1.0], requires_grad=True, label="x")
    assert "nan" in str(explain((x * x).sum(), wrt=x))
    empty = Tensor(np.zeros((0, 3)), requires_grad=True, label="empty")
    assert "shape (0, 3)" in str(explain((empty * 2.0).sum(), wrt=empty))


def test_explaining_changes_no_gradient():
    a, x = Value(2.0, label="a"), Tensor([1.0, 2.0], requires_grad=True)
    str(explain(a * a, wrt=a))
    str(explain((x * x).sum(), wrt=x))
    assert a.grad is None
    assert x.grad is None


# ------------------------------------------------------------------------------ notebooks, labels
class Tags(HTMLParser):
    """Collects what a browser would take for markup."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def outside_formulas(markdown):
    return "".join(markdown.split("$$")[::2])


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels_are_only_text(label):
    a = Value(2.0, label=label)
    y = a * a * 3.0
    y.label = label
    x = Tensor([[1.0, 2.0]], requires_grad=True, label=label)
    z = (x * x + 1.0).sum()
    for e in (explain(y, wrt=a), explain(y, wrt=a, limit=1), explain(z, wrt=x)):
        text, markdown, page = str(e), e.markdown, e.html
        assert "\x1b" not in text
        assert "\x00" not in text
        text.encode("utf-8")
        assert markdown.count("$$") == 2
        plain = outside_formulas(markdown)
        assert "$" not in plain
        assert "\\" not in plain
        assert "<" not in plain
        assert "http://" not in plain
        assert not re.search(r"[\[\]`_~^]", re.sub(r"&#\d+;", "", plain))
        assert re.sub(r"&#\d+;", "", plain).count("*") % 4 == 0  # pairs of two stars: headlines
        columns = {row.count("|") for row in plain.splitlines() if row.startswith("|")}
        assert len(columns) <= 2
        formula = markdown.split("$$")[1]
        assert "<" not in formula
        assert formula.count(r"\begin{aligned}") == formula.count(r"\end{aligned}") == 1
        tags = Tags()
        tags.feed(page)
        allowed = {"section", "p", "strong", "br", "table", "thead", "tbody", "tr", "th", "td"}
        assert {tag for tag, _ in tags.found} <= allowed
        assert {key for _, attrs in tags.found for key in attrs} <= {"style", "class"}
        assert "\\" not in page
        assert "$" not in page


def test_a_notebook_shows_markdown_with_the_formula():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    f = a * b + a * a
    e = explain(f, wrt=a)
    shown = e._repr_markdown_()
    assert not hasattr(e, "_repr_html_")  # it would be shown instead, without the formula
    assert shown.startswith("**df/da = 1**\n")
    assert "$$\n\\begin{aligned}\n\\frac{\\partial f}{\\partial a} &= \\underbrace{" in shown
    assert "| f ← v2 ← a | df/dv2 · dv2/da | 1 · (−3) | −3 |" in shown
    assert "| sum |  |  | 1 |" in shown
    assert e._repr_latex_() == f"$$\n{e.latex}\n$$"
    assert repr(e) == "<Explanation: df/da = 1; print it>"


def test_lines_fit_a_terminal(graphs):
    for graph in graphs.values():
        told = str(explain(graph))
        assert max(map(len, told.splitlines())) <= 80
