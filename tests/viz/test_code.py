"""The written code is run, and must give the gradients that backward gives."""

import ast
import keyword
import math
import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import OPS, Tensor, Value
from autograd.op import Sample
from autograd.trace import trace
from viz.formulas.code import code
from viz.formulas.identifiers import identifiers

UNARY = (Sample(((3, 4),)), Sample(((),)), Sample(((0, 3),)))
BINARY = (
    Sample(((3, 4), (3, 4))),
    Sample(((3, 1), (4,))),
    Sample(((), (3,))),
    Sample(((2, 3), ())),
    Sample(((0, 3), (1, 3))),
    Sample(((2, 3, 4), (3, 1))),
)
ELEMENTWISE = [op for op in OPS.values() if op.partials is not None and op.differentiable]


def op_cases():
    for op in OPS.values():
        if op.differentiable and op.name not in ("pick", "assemble", "weighted_sum"):
            default = UNARY if len(op.inputs) == 1 else BINARY
            samples = op.samples or (default if op.partials is not None else ())
            for position, sample in enumerate(samples):
                yield pytest.param(op, sample, id=f"{op.name}-{position}")


def drawn(op, sample, seed=0):
    """Arrays inside the op's domain, away from its kinks."""
    generator = np.random.default_rng([seed, *op.name.encode()])
    if sample.make is not None:
        return [np.asarray(a) for a in sample.make(generator)]
    if op.partials is None:
        return [generator.normal(size=shape) for shape in sample.shapes]
    domains = op.sampled or op.domain
    arrays = [d.sample(generator, s) for d, s in zip(domains, sample.shapes, strict=True)]
    for kink in op.kinks:
        arrays = [np.where(np.abs(a - kink) < 0.01, a + 0.02, a) for a in arrays]
    return arrays


def called(op, sample, args):
    settings = dict(sample.settings)
    if op.name == "einsum":
        return op(settings["subscripts"], *args)
    if op.variadic and op.call is not None:
        return op(list(args), **settings)
    return op(*args, **settings)


def agrees(out, **leaves):
    """Run the code of a result beside its backward pass, and compare every leaf."""
    written = code(out, names=leaves)
    found = written.run()
    out.backward() if not getattr(out, "shape", ()) else out.backward(np.ones(out.shape))
    reached = {name: leaf for name, leaf in leaves.items() if leaf.grad is not None}
    assert set(reached) <= set(found)
    for name, leaf in reached.items():
        tolerance = 1e-12 * max(1.0, float(np.max(np.abs(leaf.grad), initial=0.0)))
        assert np.shape(found[name]) == np.shape(leaf.grad), written.source
        np.testing.assert_allclose(
            found[name], leaf.grad, rtol=1e-12, atol=tolerance, err_msg=written.source
        )
    return written


# ------------------------------------------------------------------------------ every op
@pytest.mark.parametrize(("op", "sample"), list(op_cases()))
def test_every_op_on_tensors(op, sample):
    arrays = drawn(op, sample)
    leaves = {f"x{i}": Tensor(a, requires_grad=a.dtype.kind == "f") for i, a in enumerate(arrays)}
    out = called(op, sample, list(leaves.values()))
    if not out.requires_grad:
        pytest.skip("a constant")
    weights = np.random.default_rng(1).normal(size=out.shape)
    written = agrees((out * weights).sum(), **leaves)
    assert "nan" not in written.source or not np.all(np.isfinite(out.numpy()))


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_every_elementwise_op_on_values(op):
    settings = dict(op.samples[-1].settings) if op.samples else {}
    numbers = [float(np.ravel(a)[0]) for a in drawn(op, Sample(((1,),) * len(op.inputs), settings))]
    leaves = {name: Value(number) for name, number in zip(op.inputs, numbers, strict=True)}
    agrees(op(*leaves.values(), **settings) * 1.5, **leaves)


LISTS = {
    "sum": lambda a, b, c: ag.sum([a, b, c, 2.0]),
    "mean": lambda a, b, c: ag.mean([a, b, c, b]),
    "prod": lambda a, b, c: ag.prod([a, b, c, 3.0]),
    "max": lambda a, b, c: ag.max([a, b, c, 0.1]),
    "min": lambda a, b, c: ag.min([a, b, c, c]),
    "logsumexp": lambda a, b, c: ag.logsumexp([a, b, c]),
    "norm": lambda a, b, c: ag.norm([a, b, c]),
    "norm 3": lambda a, b, c: ag.norm([a, b, c], ord=3),
    "norm inf": lambda a, b, c: ag.norm([a, b, c], ord=math.inf),
    "var": lambda a, b, c: ag.var([a, b, c]),
    "std": lambda a, b, c: ag.std([a, b, c], ddof=0),
    "dot": lambda a, b, c: ag.dot([a, b, 2.0], [c, -1.5, a], bias=b),
    "matmul": lambda a, b, c: ag.matmul([a, b], [c, a]),
    "one": lambda a, b, c: ag.sum([a]) + ag.max([b]) * ag.norm([c]),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_values(name):
    a, b, c = Value(0.5), Value(-1.25), Value(2.0)
    agrees(LISTS[name](a, b, c).tanh(), a=a, b=b, c=c)


# ------------------------------------------------------------------------------ whole graphs
def test_a_value_used_many_ways():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    e = c * c + a**0 + b**-1.5 + 2.0**a
    written = agrees((d - e) * 2 / 10.0 + a * a + (-b), a=a, b=b)
    assert "c**2" not in written.source
    assert "b**3" in written.source


def test_a_weighted_sum_is_written_by_hand():
    w, x = [Value(2.0, label=f"w{i}") for i in range(3)], [1.0, -2.0, 3.0]
    out = nn.Neuron.from_weights([*w[:2], 0.5], 1.0)(x)
    source = code(out, names={}).source
    assert "w0 * 1.0 + w1 * (-2.0)" in source
    assert code(out, names={}).run()["w1"] == -2.0


def test_a_network_reads_as_if_written_by_hand():
    rng = np.random.default_rng(0)
    x = Tensor(rng.normal(size=(5, 3)))
    w1, b1 = Tensor(rng.normal(size=(3, 4)), requires_grad=True), Tensor(rng.normal(size=4))
    b1 = Tensor(b1.numpy(), requires_grad=True)
    w2 = Tensor(rng.normal(size=(4, 2)), requires_grad=True)
    z = x @ w1 + b1
    h = ag.relu(z)
    loss = nn.functional.cross_entropy(h @ w2, [0, 1, 1, 0, 1])
    written = code(loss, names={"x": x, "w1": w1, "b1": b1, "w2": w2, "z": z, "h": h})
    assert "dw2 = h.T @ d" in written.source
    assert "dz = np.where(z > 0, dh, 0.0)" in written.source
    assert "db1 = dz.sum(axis=0)" in written.source
    assert "dw1 = x.T @ d" in written.source
    assert "OPS" not in written.source
    agrees(loss, w1=w1, b1=b1, w2=w2)


def test_softmax_where_max_and_pieces():
    rng = np.random.default_rng(0)
    x = Tensor(rng.normal(size=(4, 3)), requires_grad=True)
    y = Tensor(rng.normal(size=(1, 3)), requires_grad=True)
    joined = ag.concatenate([x, y * 2, x[1:3]], axis=0)
    share = ag.softmax(joined, axis=0)
    chosen = ag.where(share > 0.2, share, joined.T.reshape(7, 3))
    agrees((chosen.max(axis=1) * chosen[:, [0, 1, 1]].sum(axis=1)).mean(), x=x, y=y)


def test_values_and_tensors_in_one_graph():
    a, b = Value(2.0), Value(-3.0)
    x = ag.tensor_from_values([a, b, a * b])
    y = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    out = (x * y[0, 1]).sum().to_values() * y.to_values()[1][0]
    agrees(out, a=a, b=b, y=y)


def test_arrays_too_long_to_print_are_arguments():
    rng = np.random.default_rng(0)
    x = Tensor(rng.normal(size=(40, 30)))
    w = Tensor(rng.normal(size=(30, 5)), requires_grad=True)
    targets = rng.integers(0, 5, size=40)
    loss = nn.functional.cross_entropy(x @ w, targets) + 0.5 * (w * w).sum()
    written = agrees(loss, w=w)
    assert "def gradients(" in written.source
    assert set(written.arguments) >= {"w"}
    assert written.source.count("\n") < 80
    other = {**written.arguments, "w": np.zeros((30, 5))}
    space: dict = {}
    exec(written.source, space)
    assert space["gradients"](**other)["w"].shape == (30, 5)


def test_a_result_that_is_an_array_counts_every_element():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    assert code(y, names={"x": x}).run()["x"].tolist() == [2.0, 4.0]


def test_several_results_add_up():
    a = Value(2.0)
    assert code([a * 3.0, a * a], names={"a": a}).run() == {"a": 7.0}


def test_layers_of_a_module():
    rng = np.random.default_rng(0)
    conv = nn.Conv2d(1, 2, 3)
    named = dict(conv.named_parameters())
    out = conv(Tensor(rng.normal(size=(1, 1, 6, 6)))).relu().sum()
    written = agrees(out, **named)
    assert "from autograd import OPS" in written.source


# ------------------------------------------------------------------------------ the text
def test_every_line_of_the_backward_pass_has_a_comment():
    a, b = Value(0.5), Value(2.0)
    out = (a * b + ag.sigmoid(a) / b).tanh()
    lines = code(out).source.split("# backward")[1].splitlines()
    added = [i for i, line in enumerate(lines) if "+=" in line]
    assert len(added) >= 6
    assert all("  # " in lines[i] or lines[i - 1].startswith("# ") for i in added)
    assert "each factor's gradient is scaled by the other factor" in "\n".join(lines)


def test_it_runs_in_a_process_without_this_library(tmp_path):
    rng = np.random.default_rng(0)
    w = Tensor(rng.normal(size=(3, 2)), requires_grad=True)
    out = (ag.gelu(w) * ag.softplus(w, beta=2.0)).logsumexp(axis=0).sum()
    file = tmp_path / "backprop.py"
    file.write_text(code(out).source + "print(gradients['w'].tolist())\n", encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-I", str(file)], capture_output=True, text=True, check=True
    )
    out.backward()
    np.testing.assert_allclose(ast.literal_eval(said.stdout), w.grad, rtol=1e-12)


def test_it_shows_itself():
    a = Value(2.0, label="a")
    written = code(a * 3.0)
    assert str(written) == written.source
    assert ".run() runs it" in repr(written)
    assert written._repr_markdown_().startswith("```python\nimport numpy as np\n")


# ------------------------------------------------------------------------------ labels
HOSTILE = [
    "x = 1\nraise SystemExit",
    "<script>alert(1)</script>",
    "'''\"\"\"; import os; os._exit(3) #",
    "lambda",
    "np",
    "gradients",
    "layers.0.weight",
    "__import__('os')._exit(4)",
    "emoji 👩‍👩‍👧 𝔘𝔫𝔦",
    "`" * 5 + "\n```",
    "\ud800\x00\x1b[31m",
    "dx",
    "x",
    "2nd",
    "",
    "σ",
    "w" * 10_000,
    r"\input{x} $x$ %",
]


def test_hostile_labels_become_names_and_inject_nothing():
    leaves = [Value(float(i + 1), label=label) for i, label in enumerate(HOSTILE)]
    out = ag.prod(leaves) * 1e-9
    out.label = "out\nraise SystemExit"
    written = code(out)
    tree = ast.parse(written.source)
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Raise)]
    assert [n.names[0].name for n in ast.walk(tree) if isinstance(n, ast.Import)] == ["numpy"]
    assert len(written.run()) == len(HOSTILE)
    out.backward()
    for found, leaf in zip(written.run().values(), leaves, strict=True):
        assert found == pytest.approx(leaf.grad, rel=1e-12)
    names = list(written.names)
    assert names[HOSTILE.index("layers.0.weight")] == "layers_0_weight"
    assert names[HOSTILE.index("lambda")] == "lambda_"
    assert max(map(len, names)) <= 50
    assert "```\n" not in written._repr_markdown_()[9:-4]
    assert max(len(line) for line in written.source.splitlines()) < 1000
    written.source.encode("utf-8")


@given(st.lists(st.text(alphabet=st.characters(), max_size=8), max_size=8))
def test_any_labels_become_names_of_their_own(labels):
    names = identifiers(labels, taken={"np", "x"})
    assert len({unicodedata.normalize("NFKC", name) for name in names}) == len(labels)
    for name in names:
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert unicodedata.normalize("NFKC", name) == name
        assert name not in ("np", "x")
        assert not name.startswith("_")


def test_hostile_labels_of_arrays():
    leaves = [Tensor([1.0, 2.0], requires_grad=True, label=label) for label in HOSTILE]
    total = leaves[0]
    for leaf in leaves[1:]:
        total = total * leaf
    found = code(total.sum()).run()
    total.sum().backward()
    for gradient, leaf in zip(found.values(), leaves, strict=True):
        np.testing.assert_allclose(gradient, leaf.grad, rtol=1e-12)


# ------------------------------------------------------------------------------ odd graphs
def test_a_leaf_alone():
    assert code(Value(3.0, label="a")).run() == {"a": 1.0}


def test_infinities_and_nan():
    a, b = Value(math.inf), Value(math.nan)
    found = code(a * b + a / 2.0, names={"a": a, "b": b}).run()
    assert math.isnan(found["a"])
    assert found["b"] == math.inf
    zero = Value(0.0)
    assert code(ag.sqrt(zero), names={"zero": zero}).run()["zero"] == math.inf
    assert code(zero**0.5, names={"zero": zero}).run()["zero"] == math.inf
    x = Tensor([1.0, math.nan, math.inf], requires_grad=True)
    agrees((x * 2.0).relu().sum(), x=x)


def test_float32_stays_float32():
    x = Tensor(np.array([0.1, 0.2], dtype=np.float32), requires_grad=True)
    out = (x * x).sum()
    found = code(out, names={"x": x}).run()["x"]
    out.backward()
    assert found.dtype == np.float32
    assert found.tolist() == x.grad.tolist()


def test_a_singular_matrix_and_sorting_call_the_ops_own_formula():
    singular = Tensor([[1.0, 2.0], [2.0, 4.0]], requires_grad=True)
    written = agrees(ag.det(singular), singular=singular)
    assert 'OPS["det"]' in written.source.replace("'", '"')
    x = Tensor([3.0, 1.0, 2.0], requires_grad=True)
    agrees((ag.sort(x) * np.array([1.0, 10.0, 100.0])).sum(), x=x)


def test_code_changes_no_gradient():
    a, x = Value(2.0, label="a"), Tensor([1.0, 2.0], requires_grad=True)
    code(a * a).run()
    code((x * x).sum()).run()
    assert a.grad is None
    assert x.grad is None


def test_a_recorded_trace_will_do():
    a = Value(2.0, label="a")
    assert code(trace(a * a)).run() == {"a": 4.0}
    x = Tensor([1.0, 2.0], requires_grad=True, label="x")
    assert code(trace((x * x).sum())).run()["x"].tolist() == [2.0, 4.0]


def test_what_has_no_graph_or_no_gradient_is_refused():
    with pytest.raises(TypeError, match="code: got int, which has no graph"):
        code(3)
    with pytest.raises(ValueError, match=r"code: .*is a constant"):
        code(Tensor([1.0]))
    long = Value(1.0)
    for _ in range(10):
        long = long + 1.0
    with pytest.raises(ValueError, match=r"more than the limit of 5: .*code\(x, limit=21\)"):
        code(long, limit=5)


def test_an_op_that_is_gone_is_named():
    @ag.elementwise(d=(lambda out, x: 3 * x * x,))
    def cube(x):
        """Third power. The slope grows with the square."""
        return x * x * x

    a = Value(2.0, label="a")
    out = cube(a)
    try:
        assert code(out).run() == {"a": 12.0}
        assert "def cube(x):\n    return x * x * x" in code(out).source
    finally:
        del OPS["cube"]
    with pytest.raises(ValueError, match=r"cube: this op is not in autograd\.OPS"):
        code(out)
