"""The LaTeX of a graph: well-formed, of the right derivative, and safe with any label."""

import math
import re

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import OPS, Tensor, Value
from autograd.edge_formulas import latex_name
from autograd.latex_settings import latex_template
from autograd.symbol import Symbol
from autograd.symbol import latex as formula
from autograd.trace import trace
from viz.formulas.latex import latex

HOSTILE = [
    r"\input{/etc/passwd}",
    r"\end{aligned}",
    "$$ x $",
    "50% & more #1",
    "a_b^c~d",
    "}{}{",
    "<script>alert(1)</script>",
    r"\href{javascript:alert(1)}{x}",
    r"\(x\) \[y\]",
    "two\nlines\r\x00",
    "`code` | cell",
    "emoji 👩‍👩‍👧",
    "x" * 10_000,
    "\ud800",
    "",
]


def assert_well_formed(text):
    """Braces, environments and \\left \\right come in pairs."""
    bare = re.sub(r"\\[{}_%&#]", "", text)
    depth = 0
    for character in bare:
        depth += (character == "{") - (character == "}")
        assert depth >= 0, text
    assert depth == 0, text
    for open_, close in ((r"\left", r"\right"), (r"\begin", r"\end")):
        opened = len(re.findall(re.escape(open_) + r"(?![a-zA-Z])", bare))
        assert opened == len(re.findall(re.escape(close) + r"(?![a-zA-Z])", bare)), text
    assert text.count(r"\begin{aligned}") == 1


# ------------------------------------------------------------------------------ numbers
def test_an_expression_and_its_derivatives():
    w, x, b = Value(2.0, label="w"), Value(0.5, label="x"), Value(-1.0, label="b")
    o = (w * x + b).tanh()
    lines = latex(o).splitlines()
    assert lines[1] == r"o &= \tanh\left(w \, x + b\right) \\[1ex]"
    slope = r"\left(1 - o\right) \, \left(1 + o\right)"
    assert rf"\frac{{\partial o}}{{\partial b}} &= {slope} \\" in lines
    assert rf"\frac{{\partial o}}{{\partial w}} &= {slope} \, x" in lines
    assert_well_formed(latex(o))


def test_named_and_shared_nodes_get_their_own_equation():
    a = Value(2.0, label="a")
    c = a * 3.0
    shared = ag.exp(c)
    out = shared * shared + shared
    text = latex(out, names={"c": c, "out": out})
    assert "c &= a \\, 3" in text.replace(r"\cdot", r"\,")
    assert r"v_{3} &= e^{c}" in text
    assert r"\frac{\partial \text{out}}{\partial v_{3}} &= 1 + v_{3} + v_{3}" in text


def test_only_what_was_asked_for():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    out = a * b
    assert r"\partial b" not in latex(out, wrt=a)
    assert r"\partial b" in latex(out, wrt="b")
    assert latex(out, wrt=["a", "b"]) == latex(out)
    with pytest.raises(ValueError, match="latex: no node of the graph of out is named 'bb'; did"):
        latex(out, wrt="bb")


def test_lists_are_written_as_a_person_would():
    w, x = (
        [Value(1.0, label=f"w{i}") for i in range(3)],
        [Value(2.0, label=f"x{i}") for i in (0, 1)],
    )
    s = ag.dot(w[:2], x, bias=w[2])
    assert r"s &= w_{0} \, x_{0} + w_{1} \, x_{1} + w_{2}" in latex(s)
    m = ag.mean([*w])
    assert r"m &= \frac{w_{0} + w_{1} + w_{2}}{3}" in latex(m)
    assert r"\frac{\partial m}{\partial w_{0}} &= \frac{1}{3}" in latex(m)
    e = ag.logsumexp([*w])
    assert r"\frac{\partial e}{\partial w_{1}} &= e^{w_{1} - e}" in latex(e)
    many = ag.sum([Value(1.0, label=f"t{i}") for i in range(50)])
    assert r"\text{many} &= t_{0} + t_{1} + \cdots + t_{49}" in latex(many)
    for op in (ag.max, ag.prod, ag.norm, ag.var, ag.std):
        assert_well_formed(latex(op([*w])))


def test_the_derivative_is_the_ops_own_formula():
    x = Value(0.3, label="x")
    y = ag.sigmoid(x)
    assert r"\frac{\partial y}{\partial x} &= y \, \left(1 - y\right)" in latex(y)
    y = ag.relu(x)
    assert r"\frac{\partial y}{\partial x} &= \left[x > 0\right]" in latex(y)


# ------------------------------------------------------------------------------ arrays
def test_arrays_have_two_products_and_sums_over_axes():
    rng = np.random.default_rng(0)
    x = Tensor(rng.normal(size=(4, 3)), label="X")
    w = Tensor(rng.normal(size=(3, 2)), requires_grad=True, label="W")
    b = Tensor(rng.normal(size=2), requires_grad=True, label="b")
    h = ag.tanh(x @ w + b)
    loss = (h * h).mean()
    text = latex(loss)
    assert r"h &= \tanh\left(X \, W + b\right)" in text
    assert r"\text{loss} &= \overline{h \odot h}" in text
    assert r"\partial W} &= X^\top \, \left(" in text
    assert r"\partial b} &= \sum_{\text{axis}=0} \left(" in text
    assert_well_formed(text)


def test_a_layer_with_a_loss():
    rng = np.random.default_rng(0)
    w = Tensor(rng.normal(size=(3, 4)), requires_grad=True, label="layers.0.weight")
    loss = nn.functional.cross_entropy(
        ag.relu(Tensor(rng.normal(size=(5, 3))) @ w), [0, 1, 2, 3, 0]
    )
    text = latex(loss, wrt=w)
    assert r"\text{layers.0.weight}" in text
    assert r"\operatorname{logsumexp}_{\text{axis}=1}" in text
    assert_well_formed(text)


def test_a_formula_that_cannot_be_read_is_named():
    x = Tensor([3.0, 1.0], requires_grad=True, label="x")
    y = ag.sort(x)
    assert r"\operatorname{vjp}_{\text{sort}}\left(\mathbf{1}\right)" in latex(y)


# ------------------------------------------------------------------------------ size
def test_a_large_graph_is_cut_into_short_equations():
    x = total = Value(1.0, label="x")
    for _ in range(40):
        total = (total * 0.5 + 1.0).tanh()
    lines = latex(total).splitlines()
    assert max(map(len, lines)) < 500
    assert len(lines) < 60
    for _ in range(200):
        total = total * total
    text = latex(total, limit=10)
    assert r"\vdots \quad \text{(" in text
    assert len(text.splitlines()) == 24
    assert_well_formed(text)
    assert x.grad is None
    with pytest.raises(ValueError, match="latex: limit=0 came"):
        latex(total, limit=0)


# ------------------------------------------------------------------------------ settings
@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda x: ag.softplus(x), r"\ln\left(1 + e^{x}\right)"),
        (lambda x: ag.softplus(x, beta=2.0),
         r"\operatorname{softplus}_{\text{beta}=2}\left(x\right)"),
        (lambda x: ag.norm(x), r"\left\lVert x \right\rVert"),
        (lambda x: ag.norm(x, ord=3), r"\left\lVert x \right\rVert_{3}"),
        (lambda x: ag.norm(x, ord=math.inf), r"\left\lVert x \right\rVert_{\infty}"),
        (lambda x: ag.sum(x, axis=1), r"\sum_{\text{axis}=1} x"),
        (lambda x: ag.max(x, axis=(0, 1)), r"\max_{\text{axis}=(0, 1)} x"),
        (lambda x: ag.mean(x), r"\overline{x}"),
        (lambda x: ag.mean(x, axis=0, keepdims=True),
         r"\operatorname{mean}_{\text{axis}=0}\left(x\right)"),
        (lambda x: ag.clip(x, -1, 2),
         r"\operatorname{clip}_{\text{min}=-1, \text{max}=2}\left(x\right)"),
        (lambda x: ag.gelu(x, approximate="tanh"),
         r"\operatorname{GELU}_{\text{approximate}=\text{tanh}}\left(x\right)"),
        (lambda x: ag.concatenate([x, x], axis=1),
         r"\operatorname{concatenate}_{\text{axis}=1}\left(x, x\right)"),
        (lambda x: ag.transpose(x), r"x^\top"),
        (lambda x: OPS["swapaxes"](x, -1, -2), r"x^\top"),
        (lambda x: ag.relu(x), r"\operatorname{ReLU}\left(x\right)"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)  # fmt: skip
def test_settings_are_shown_where_they_matter(call, expected):
    assert formula(call(Symbol("x"))) == expected


def test_a_template_stays_a_template():
    for op in OPS.values():
        for sample in op.samples:
            template = latex_template(op, {**op.settings, **sample.settings})
            if not op.variadic:
                assert_well_formed_part(template.format(**dict.fromkeys(op.inputs, "x")))


def assert_well_formed_part(text):
    assert text.count("{") == text.count("}"), text
    assert "inspect" not in text


# ------------------------------------------------------------------------------ labels
@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels_stay_labels(label):
    name = latex_name(label)
    assert len(name) < 250
    assert "$" not in name
    assert "<" not in name
    assert not set(re.findall(r"\\([a-zA-Z]+|.)", name)) - {"text", "_", "%", "&", "#"}
    x = Value(2.0, label=label)
    y = x * x
    y.label = label
    assert_well_formed(latex(y))
    assert latex(y).count(r"\\") <= 2
    latex(y).encode("utf-8")


def test_names_are_set_as_mathematics():
    assert latex_name("w12") == "w_{12}"
    assert latex_name("x_1") == "x_{1}"
    assert latex_name("σ") == "σ"
    assert latex_name("dx_dt") == r"{\text{dx}\_\text{dt}}"
    assert latex_name("layers.0.weight") == r"\text{layers.0.weight}"


# ------------------------------------------------------------------------------ odd graphs
def test_odd_graphs():
    assert latex(Value(2.0, label="a")) == (
        "\\begin{aligned}\na &= 2 \\\\[1ex]\n\\frac{\\partial a}{\\partial a} &= 1\n\\end{aligned}"
    )
    assert r"c \in \mathbb{R}^{2 \times 1}" in latex(Tensor([[1.0], [2.0]]), names={}).replace(
        "v_{0}", "c"
    )
    empty = Tensor(np.zeros((0, 3)), requires_grad=True)
    assert_well_formed(latex((empty * 2.0).sum()))
    odd = Value(math.nan, label="n") * math.inf + Value(math.inf, label="i")
    assert r"\infty" in latex(odd)
    assert_well_formed(latex(odd))
    with pytest.raises(TypeError, match="latex: got str, which has no graph"):
        latex("x")
    a = Value(2.0, label="a")
    assert latex(trace(a * a)) == latex(trace(a * a), wrt="a")
    x = Tensor([1.0, 2.0], requires_grad=True, label="x")
    assert r"x \odot x" in latex(trace((x * x).sum()))


def test_two_results():
    a = Value(2.0, label="a")
    p, q = a * 3.0, a * a
    text = latex([p, q])
    assert r"\frac{\partial \left(p + q\right)}{\partial a}" in text


def test_a_notebook_sets_it():
    a = Value(2.0, label="a")
    text = latex(a * a)
    assert isinstance(text, str)
    assert text._repr_latex_() == f"$$\n{text}\n$$"
