"""trace(): the graph as plain data, which shows everything and changes nothing."""

import dataclasses
import gc
import textwrap

import numpy as np
import pytest

import autograd
import nn
from autograd import OPS, Tensor, Value, dot, source_lines, tensor_from_values, trace
from autograd.edge_formulas import formula_pieces
from autograd.engine import propagate
from autograd.trace import Trace


def test_nodes_come_inputs_first_with_repeats():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c = a * b
    out = c * c + a
    seen = trace(out)
    assert [n.op for n in seen.nodes] == [None, None, "mul", "mul", "add"]
    assert [n.inputs for n in seen.nodes] == [(), (), (0, 1), (2, 2), (3, 0)]
    assert [n.index for n in seen.nodes] == list(range(len(seen))) == [0, 1, 2, 3, 4]
    assert [n.symbol for n in seen.nodes] == ["", "", "×", "×", "+"]
    assert seen.roots == (4,)
    assert seen.root.value == 38.0
    assert [(e.source, e.target, e.slot) for e in seen.edges] == [
        (0, 2, 0),
        (1, 2, 1),
        (2, 3, 0),
        (2, 3, 1),
        (3, 4, 0),
        (0, 4, 1),
    ]
    assert [e.local for e in seen.edges] == [-3.0, 2.0, -6.0, -6.0, 1.0, 1.0]
    assert [n.grad for n in seen.nodes] == [None] * 5
    out.backward()
    assert [n.grad for n in trace(out).nodes] == [37.0, -24.0, -12.0, 1.0, 1.0]
    assert [n.grad for n in seen.nodes] == [None] * 5


def test_names():
    a, b = Value(2.0, label="mine"), Value(3.0)
    layers = [Value(1.0), Value(2.0)]
    out = dot(layers, [a, b])
    seen = trace(out, {"a": a, "b": b, "layers": layers, "_hidden": out})
    assert [n.label for n in seen.nodes if n.named] == ["layers[0]", "layers[1]", "mine", "b", "0"]
    assert not seen.root.named
    assert seen.root.label == f"v{seen.root.index}"
    assert trace(out, locals()).root.label == "out"


def test_constants_are_nodes():
    x = Value(3.0, label="x")
    seen = trace(2 * x - 1)
    assert [(n.kind, n.label) for n in seen.nodes] == [
        ("value", "x"),
        ("constant", "2"),
        ("value", "v2"),
        ("constant", "1"),
        ("value", "v4"),
    ]
    assert [(e.source, e.slot, e.local) for e in seen.edges[:2]] == [(1, 0, None), (0, 1, 2.0)]
    constants = [n for n in seen.nodes if n.kind == "constant"]
    assert not any(n.requires_grad for n in constants)
    assert [n.value for n in constants] == [2.0, 1.0]


def test_constants_of_tensors():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, label="x")
    table = np.array([1.0, 0.0])
    seen = trace((x * table + Tensor([5.0, 5.0], label="bias")).sum(), {"table": table})
    kinds = {n.label: n.kind for n in seen.nodes}
    assert kinds["bias"] == "constant"
    assert "constant" in set(kinds.values())
    assert [n.shape for n in seen.nodes if n.kind == "constant"] == [(2,), (2,)]
    assert all(e.local is None for e in seen.edges)
    multiplied = next(e for e in seen.edges if e.source == 0)
    assert multiplied.formula


def test_arrays_are_read_only_and_do_not_follow():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = (x * np.array([3.0, 4.0])).sum()
    y.backward()
    seen = trace(y)
    for node in seen.nodes:
        for array in (node.value, node.grad):
            if isinstance(array, np.ndarray):
                with pytest.raises(ValueError, match="read-only"):
                    array[...] = 0.0
                if array.base is not None:
                    assert not array.base.flags.writeable
    x.data[...] = 50.0
    x.grad[...] = 50.0
    assert seen.nodes[0].value.tolist() == [1.0, 2.0]
    assert seen.nodes[0].grad.tolist() == [3.0, 4.0]


def test_everything_is_frozen():
    seen = trace(Value(1.0) * 2)
    for thing, name in ((seen, "nodes"), (seen.root, "value"), (seen.edges[0], "local")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, name, None)
    t = trace(Tensor(np.ones((2, 2)), requires_grad=True).sum(axis=1))
    assert dict(t.root.settings) == {"axis": 1, "keepdims": False}
    with pytest.raises(TypeError):
        t.root.settings["axis"] = 0


def everything():
    a = Value(0.5, label="a")
    t = Tensor([[0.1, 0.2], [0.3, 0.4]], requires_grad=True, label="t")
    u = (t @ t + t.sum(axis=0, keepdims=True))[0].softmax().log().mean().to_values()
    w = dot([a, u], [u, 2.0], a) + autograd.logsumexp([a, u]) + autograd.clip(a, 0, 1)
    return a, t, tensor_from_values([w, a]).prod()


def test_looking_changes_no_gradient():
    a, t, out = everything()
    out.backward()
    expected = a.grad, t.grad.copy()
    a, t, out = everything()
    for _ in range(2):
        str(trace(out))
        repr(trace(out))
        out._repr_html_()
        repr(out)
    assert (a.grad, t.grad, out.grad) == (None, None, None)
    marks = a.mark, t.mark
    out.backward()
    str(trace(out))
    assert (a.grad, t.grad.tolist()) == (expected[0], expected[1].tolist())
    second = propagate(out, Tensor(1.0), create_graph=True)
    str(trace(second[a]))
    assert a.grad == expected[0]
    assert marks == (0, 0)


def test_every_edge_of_values_has_its_local_gradient():
    _, _, out = everything()
    seen = trace(out)
    for edge in seen.edges:
        source, target = seen.nodes[edge.source], seen.nodes[edge.target]
        if target.kind == "value" and source.kind == "value" and target.op != "pick":
            assert edge.local is not None, target.op
            assert edge.formula or target.op in ("logsumexp",)
        if source.kind == "constant":
            assert edge.local is None


def test_lists_of_roots():
    a = Value(1.0)
    b, c = a * 2, a * 3
    seen = trace([b, c])
    assert len(seen.roots) == 2
    assert seen.root.value == 3.0
    assert sum(n.op is None and n.kind == "value" for n in seen.nodes) == 1
    assert len(trace([b, b])) == len(trace(b))
    for wrong in (3.0, "a", [1.0], None, np.ones(2)):
        with pytest.raises(TypeError, match="trace"):
            trace(wrong)


def test_a_leaf_alone():
    seen = trace(Value(2.0, label="x"))
    assert (len(seen), seen.edges, seen.root.label) == (1, (), "x")
    assert trace(Tensor([1.0])).root.kind == "constant"


def test_source_lines():
    with source_lines():
        a = Value(2.0) * 2
    assert trace(a).root.line.startswith("test_trace.py:")
    t = Tensor([1.0], requires_grad=True) * 2
    assert trace(t).root.line.startswith("test_trace.py:")


def test_a_line_of_a_notebook():
    names = {"x": Tensor([1.0], requires_grad=True)}
    exec(compile("\ny = x * 2", "/any/ipykernel_7/123.py", "exec"), names)
    assert trace(names["y"]).root.line == "line 2 of the cell"


def test_weighted_sum_shows_its_inputs_in_order():
    w, x, b = [Value(1.0), Value(2.0)], [Value(3.0), 4.0], Value(5.0)
    seen = trace(dot(w, x, b))
    assert [seen.nodes[i].value for i in seen.root.inputs] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert [e.local for e in seen.edges] == [3.0, 4.0, 1.0, None, 1.0]


def test_the_table():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c = a * b
    out = (c + 10).tanh()
    assert str(trace(out, {"c": c, "out": out})) == textwrap.dedent(
        """\
        name  op        inputs  value   grad         local derivatives
        --------------------------------------------------------------
        a     leaf              2       not reached
        b     leaf              -3      not reached
        c     mul       a, b    -6      not reached  -3; 2
        10    constant          10      -
        v4    add       c, 10   4       not reached  1
        out   tanh      v4      0.9993  not reached  0.001341"""
    )
    t = Tensor([1.0, 2.0], requires_grad=True, label="t")
    loss = (t @ np.ones((2, 3))).sum()
    loss.backward()
    assert str(trace(loss, {"loss": loss})) == textwrap.dedent(
        """\
        name      op        inputs       value         grad          local derivatives
        -----------------------------------------------------------------------------------
        t         leaf                   [1., 2.]      [3., 3.]
        constant  constant               2x3 array     -
        v2        matmul    t, constant  [3., 3., 3.]  [1., 1., 1.]  (constant @ g)[..., 0]
        loss      sum       v2           9             1             g"""
    )


@pytest.fixture
def no_collector():
    """The collector would look through a growing chain again and again."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_a_chain_of_a_million():
    y = a = Value(1.0)
    for _ in range(1_000_000):
        y = y * a
    seen = trace(y)
    assert isinstance(seen, Trace)
    assert len(seen) == 1_000_001
    assert (seen.root.inputs, seen.edges[-1].local) == ((999_999, 0), 1.0)


@pytest.mark.usefixtures("no_collector")
def test_a_long_chain_of_tensors():
    t = Tensor([1.0], requires_grad=True)
    u = t
    for _ in range(20_000):
        u = u * t
    assert len(trace(u)) == 20_001


@pytest.mark.parametrize("name", sorted(n for n, op in OPS.items() if op.partials is not None))
def test_every_elementwise_op_can_be_shown(name):
    op = OPS[name]
    if not op.differentiable:
        return
    inputs = [d.sample(np.random.default_rng(0), ()) for d in op.domain]
    settings = dict(op.samples[0].settings) if op.samples else {}
    out = op(*[Value(float(n)) for n in inputs], **settings)
    seen = trace(out)
    assert seen.root.op == name
    assert len(seen.root.inputs) == len(inputs)
    assert str(seen)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "g·(softmax(z) − truth) / 3"),
        ({"reduction": "sum"}, "g·(softmax(z) − truth)"),
        ({"label_smoothing": 0.1}, ""),
    ],
)
def test_the_formula_of_a_classifiers_loss(settings, text):
    z = Tensor(np.ones((3, 2)), requires_grad=True, label="z")
    loss = nn.functional.cross_entropy(z, np.array([0, 1, 1]), **settings)
    edge = trace(loss).edges[0]
    assert edge.formula == text
    assert bool(edge.latex) == bool(text)


def test_that_formula_is_the_gradient():
    z = Tensor(np.array([[1.0, -2.0], [0.5, 3.0], [0.0, 0.0]]), requires_grad=True)
    nn.functional.cross_entropy(z, np.array([0, 1, 1])).backward()
    softmax = np.exp(z.numpy()) / np.exp(z.numpy()).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(z.grad, (softmax - np.eye(2)[[0, 1, 1]]) / 3, rtol=1e-14)


def test_few_operations_cannot_say_what_they_send_back():
    silent = set()
    for name, op in OPS.items():
        for sample in op.samples if op.differentiable and not op.variadic else ():
            settings = {**op.settings, **sample.settings}
            draw = np.random.default_rng(0)
            inputs = (
                sample.make(draw) if sample.make else [draw.normal(size=s) for s in sample.shapes]
            )
            shapes = [np.shape(a) for a in inputs]
            pieces = formula_pieces(op, shapes, np.shape(op.forward(*inputs, **settings)), settings)
            assert len(pieces) == len(shapes)
            for line, latex in pieces:
                assert bool("".join(line)) == bool("".join(latex))
                if "".join(line).startswith("vjp of"):
                    silent.add(name)
    assert silent <= {"cholesky", "cumprod", "index_set", "matmul", "norm"}


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda x: x.max(), "g·[x = out] / ties"),
        (lambda x: x.min(axis=0), "g·[x = out] / ties"),
        (lambda x: x.prod(), "g·(product of the others)"),
        (lambda x: autograd.tile(x, (2, 1)), "sum of g over the copies"),
        (lambda x: x.astype(np.float32), "g"),
        (
            lambda x: nn.functional.max_pool2d(x.reshape(1, 1, 2, 3), 2),
            "g at each window's maximum",
        ),
    ],
)
def test_what_an_edge_says_where_the_formula_sees_only_arrays(make, text):
    x = Tensor(np.arange(6.0).reshape(2, 3), requires_grad=True, label="x")
    out = make(x)
    out.label = "out"
    assert trace(out).edges[-1].formula == text
