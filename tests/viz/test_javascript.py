"""The page's own computing, held against Python's: every op, and whole graphs."""

import itertools
import json
import math
import random
import warnings
from importlib.resources import files

import numpy as np
import pytest

from autograd import Tensor, Value, dot, elementwise, trace
from autograd.errors import DomainError
from autograd.kernels import evaluate
from autograd.op import OPS
from autograd.ops.activations import sigmoid
from autograd.stepper import watch
from autograd.symbol import Symbol
from viz.stepper.javascript import javascript, page_data, program_of
from viz.stepper.javascript_ops import list_source, op_source, page_functions
from viz.stepper.javascript_writer import Unwritable, literal

SCRIPTS = ("format.js", "primitives.js", "rows.js", "recompute.js")
ELEMENTWISE = [
    name
    for name, op in OPS.items()
    if op.partials is not None
    and op.differentiable
    and op.forward.__module__.startswith("autograd.ops")
]
LISTS = {
    "sum": {},
    "mean": {},
    "prod": {},
    "max": {},
    "min": {},
    "logsumexp": {},
    "var": {"ddof": 0},
    "std": {},
    "norm": {},
}
SPECIAL = [0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 6.0, 1000.0, -1000.0, math.inf, -math.inf, math.nan]
# erf is -1 far below 0, so in gelu's 1 + erf only the digits that are left can agree
ABSOLUTE = {"gelu": 1e-14}
RUN = """([data, rows]) => {
  const machine = machineOf(data);
  return rows.map((given) => {
    const found = recompute(machine, new Map(given.map(([k, x]) => [k, asNumber(x)])));
    return JSON.stringify(found, (key, x) => typeof x === "number" && !isFinite(x) ? String(x) : x);
  });
}"""


def plain(number):
    return number if math.isfinite(number) else str(number)


def number(text):
    return None if text is None else float(str(text).replace("Infinity", "inf"))


@pytest.fixture(scope="module")
def page(browser):
    opened = browser.new_page()
    for script in SCRIPTS:
        path = files("viz").joinpath("assets", "stepper", script)
        opened.add_script_tag(content=path.read_text(encoding="utf-8"))
    yield opened
    opened.close()


def computed(page, data, rows):
    """Run a program in the page on several sets of numbers."""
    given = [[[k, plain(x)] for k, x in row.items()] for row in rows]
    return [json.loads(text) for text in page.evaluate(RUN, [data, given])]


def agree(ours, theirs, absolute=0.0):
    ours, theirs = number(ours), number(theirs)
    if ours is None or theirs is None:
        return ours is theirs
    if math.isnan(ours) or math.isnan(theirs):
        return math.isnan(ours) and math.isnan(theirs)
    return ours == theirs or math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=absolute)


def settings_of(op):
    """All settings under which the op's own tests call it."""
    found = [dict(sample.settings) for sample in op.samples if sample.settings]
    return found if op.name == "clip" else [*found, {}]


def points(op):
    """Places to look at: kinks, edges, what is not finite, and 50 drawn at random."""
    draws = random.Random(op.name)
    count = len(op.inputs)
    special = [*SPECIAL, *op.kinks]
    chosen = list(itertools.product(special, repeat=min(count, 2)))
    if count == 3:
        chosen = [(c, x, 1.5) for c in (0.0, 1.0, math.nan, 2.0) for x in special]
    domains = op.sampled or op.domain
    for _ in range(25):
        chosen.append(tuple(draws.uniform(d.low, d.high) for d in domains))
        chosen.append(tuple(draws.gauss(0, 3) for _ in domains))
    return chosen


@pytest.mark.browser
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_every_elementwise_op_computes_as_in_python(page, name):
    for settings in settings_of(OPS[name]):
        op = OPS[name].with_settings({**OPS[name].settings, **settings})
        inside = 1.0 if all(d.contains(1.0) for d in op.domain) else 0.5
        start = [Value(inside) for _ in op.inputs]
        if name == "where":
            start[0] = 1.0
        data = page_data(trace(op(*start)))
        assert "reason" not in data
        places = points(op)
        rows = [dict(enumerate(numbers)) for numbers in places]
        inputs = data["code"][0][2]
        rows = [{inputs[k]: x for k, x in row.items()} for row in rows]
        for numbers, result in zip(places, computed(page, data, rows), strict=True):
            try:
                out, slopes = evaluate(op, list(numbers))
            except DomainError:
                out, slopes = math.nan, None
            where = f"{name}{settings or ''} at {numbers}"
            absolute = ABSOLUTE.get(name, 0.0)
            assert agree(result["values"][-1], out, absolute), (where, result["values"][-1], out)
            for ours, theirs in zip(result["locals"], slopes or (), strict=False):
                if ours is not None:
                    assert agree(ours, theirs, absolute), (where, result["locals"], slopes)


@pytest.mark.browser
@pytest.mark.parametrize("name", LISTS)
def test_every_op_of_lists_computes_as_in_python(page, name):
    draws = random.Random(name)
    for settings in [LISTS[name], {}, *([{"ord": o} for o in (1, 3, math.inf)] * (name == "norm"))]:
        for numbers in (
            [draws.gauss(0, 2) for _ in range(5)],
            [2.0, -1.0, 2.0, 0.0, -1.0],
            [0.0, 0.0, 0.0],
            [1000.0, -1000.0],
            [3.0],
            [math.inf, 1.0],
            [math.nan, 1.0],
        ):
            leaves = [Value(0.25 * k) for k in range(len(numbers))]
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # var of one number
                out = OPS[name](leaves, **settings)
                expected = OPS[name]([Value(x) for x in numbers], **settings)
                seen = watch(expected)
            (found,) = computed(page, page_data(trace(out)), [dict(enumerate(numbers))])
            where = f"{name}{settings} of {numbers}"
            assert agree(found["values"][-1], expected.data), (where, found, expected.data)
            for edge, ours in zip(seen.trace.edges, found["locals"], strict=True):
                assert agree(ours, edge.local, 1e-15), (where, found["locals"], edge)


def grown(seed, unary, binary):
    """A graph of many ops drawn at random: named leaves, constants, lists, every node reused."""
    draws = random.Random(seed)
    leaves = [Value(draws.uniform(-2, 2), label=f"x{k}") for k in range(4)]
    nodes = list(leaves)
    for _ in range(30):
        kind = draws.random()
        try:
            if kind < 0.5:
                made = OPS[draws.choice(unary)](draws.choice(nodes))
            elif kind < 0.85:
                other = draws.choice([draws.choice(nodes), draws.uniform(-3, 3)])
                made = OPS[draws.choice(binary)](draws.choice(nodes), other)
            elif kind < 0.95:
                items = [draws.choice([*nodes, 2.0]) for _ in range(4)]
                made = OPS[draws.choice(list(LISTS))]([draws.choice(nodes), *items])
            else:
                made = dot(
                    [draws.choice(nodes), 0.5], [draws.choice(nodes)] * 2, draws.choice(nodes)
                )
        except DomainError:
            continue
        if math.isfinite(made.data) and abs(made.data) < 1e6:
            nodes.append(made)
    return OPS["mean"](nodes[4:])


@pytest.mark.browser
def test_random_graphs_give_the_values_slopes_contributions_and_gradients_of_python(page):
    counts = {name: len(OPS[name].inputs) for name in ELEMENTWISE if not OPS[name].settings}
    unary = [name for name, count in counts.items() if count == 1]
    binary = [name for name, count in counts.items() if count == 2]
    used = set()
    for seed in range(60):
        out = grown(seed, unary, binary)
        with np.errstate(all="ignore"):
            seen = watch(out)
        nodes, edges = seen.trace.nodes, seen.trace.edges
        used |= {node.op for node in nodes if node.op}
        (found,) = computed(page, page_data(seen.trace), [{}])
        for edge, local in zip(edges, found["locals"], strict=True):
            assert agree(local, edge.local, 1e-15), (seed, edge)
        for node in nodes:
            assert agree(found["values"][node.index], node.value), (seed, node)
            theirs = seen.arrived.get(node.index) if node.requires_grad else None
            ours = number(found["grads"][node.index])
            scale = sum(
                abs(v) for (n, s), v in seen.sent.items() if nodes[n].inputs[s] == node.index
            )
            if ours is not None and theirs is not None and math.isfinite(scale):
                assert abs(ours - theirs) <= 1e-11 * (scale + 1e-300) or ours == theirs, (
                    seed,
                    node,
                )
            else:
                assert (ours is None) == (theirs is None), (seed, node)
    assert len(used) > 0.9 * len(unary + binary)


@pytest.mark.browser
def test_other_numbers_give_what_a_new_graph_of_them_gives(page):
    def build(a, b, c):
        d = a * b + 2.0
        return [(d * c).tanh() + d.relu(), OPS["logsumexp"]([a, b, c, 1.0])]

    first = [Value(0.5), Value(-1.5), Value(2.0)]
    start = trace(build(*first))
    places = [node.index for node in start.nodes if node.op is None and node.requires_grad]
    order = [next(v for v in first if v.data == start.nodes[k].value) for k in places]
    draws = random.Random(5)
    rows = [{k: draws.gauss(0, 1) for k in places} for _ in range(20)]
    for row, found in zip(rows, computed(page, page_data(start), rows), strict=True):
        fresh = {id(old): Value(row[k]) for old, k in zip(order, places, strict=True)}
        results = build(*(fresh[id(v)] for v in first))
        for out in results:
            out.backward()
        for old, k in zip(order, places, strict=True):
            assert agree(found["grads"][k], fresh[id(old)].grad, 1e-15)
        for root, out in zip(start.roots, results, strict=True):
            assert agree(found["values"][root], out.data)


def samples_of_arrays():
    """Every op of arrays, in every way in which its own tests call it, with a gradient."""
    for name, op in OPS.items():
        if op.partials is not None or not op.forward.__module__.startswith("autograd.ops"):
            continue
        draws = np.random.default_rng(7)
        for sample in op.samples:
            drawn = (
                sample.make(draws) if sample.make else [draws.normal(size=s) for s in sample.shapes]
            )
            floats = [np.asarray(a).dtype.kind == "f" for a in drawn]
            inputs = [
                Tensor(a, requires_grad=True) if is_float else a
                for a, is_float in zip(drawn, floats, strict=True)
            ]
            out = Tensor.apply_op(op, inputs, {**op.settings, **sample.settings})
            if getattr(out, "requires_grad", False):
                # weights tell the elements apart, and give every one a gradient of its own
                yield name, (out * np.linspace(0.5, 1.5, out.size).reshape(out.shape)).sum()


@pytest.mark.browser
def test_ops_of_arrays_are_computed_as_single_numbers_or_named(page):
    computed_names, named = set(), {}
    for name, out in samples_of_arrays():
        with np.errstate(all="ignore"):
            seen = watch(out)
        data = page_data(seen.trace)
        if "reason" in data:
            if "up to 400 can be recomputed" not in data["reason"]:
                named[name] = data["reason"]
            continue
        computed_names.add(name)
        (found,) = computed(page, data, [{}])
        for node, places in zip(seen.trace.nodes, data["cells"]["nodes"], strict=True):
            ours = [number(found["values"][k]) for k in places]
            assert np.allclose(ours, np.ravel(node.value), rtol=1e-12, atol=1e-13), (name, node)
            if node.requires_grad and node.index in seen.arrived:
                sent = [number(found["grads"][k]) or 0.0 for k in places]
                theirs = np.ravel(seen.arrived[node.index])
                assert np.allclose(sent, theirs, rtol=1e-11, atol=1e-13), (name, node)
        for k, copies, onto, _ in data["cells"]["edges"]:
            edge = seen.trace.edges[k]
            total = np.zeros(max(onto) + 1)
            np.add.at(total, onto, [number(found["grads"][c]) or 0.0 for c in copies])
            sent = np.ravel(seen.sent[edge.target, edge.slot])
            assert np.allclose(total, sent[: len(total)], rtol=1e-11, atol=1e-13), (name, edge)
    assert len(computed_names) > 45
    solvers = {"cholesky", "det", "inv", "solve"}
    ways_back = {"window_place", "window_spread"}  # of pooling: in second derivatives only
    assert set(named) == {*solvers, *ways_back, "max_pool", "sort"}
    assert "chooses by the numbers it is given" in named["sort"]
    assert "inv, which makes" in named["inv"]


@pytest.mark.browser
def test_outside_the_domain_the_page_shows_nan_and_says_what_is_needed(page):
    x, y = Value(2.0), Value(4.0)
    data = page_data(trace((x / y).log()))
    zero, fine = computed(page, data, [{0: 2.0, 1: 0.0}, {0: 2.0, 1: 1.0}])
    assert zero["values"][2] == "NaN"
    assert zero["problems"][0] == {"node": 2, "op": "div", "source": 1, "needed": "y != 0"}
    assert fine["problems"] == []
    (below,) = computed(page, data, [{0: -1.0}])
    assert [p["needed"] for p in below["problems"]] == ["x > 0"]
    assert below["grads"][0] is not None


@pytest.mark.browser
def test_ops_of_the_users_own_are_computed_too(page):
    ours = OPS["tanh"]

    @elementwise(d=(lambda out, x: 3 * x * x,))
    def cube(x):
        """Third power."""
        return x * x * x

    @elementwise(d=(lambda out, x: cube(sigmoid(x)) + out,))
    def swing(x):
        """A formula that calls another one."""
        return cube(x) - 1.0 / (2.0 + x)

    @elementwise(d=(lambda out, var: 2 * var,))
    def tanh(var):
        """A name that ours bears too, and an input named like a word of JavaScript."""
        return var * var

    try:
        out = tanh(swing(cube(Value(1.5))))
        seen = watch(out)
        (found,) = computed(page, page_data(seen.trace), [{}])
        assert agree(found["values"][-1], out.data)
        assert agree(found["grads"][0], seen.arrived[0])
    finally:
        del OPS["cube"], OPS["swing"]
        OPS["tanh"] = ours


def test_what_cannot_be_offered_is_named():
    x = Value(0.5, label="x")

    @elementwise(d=(lambda out, x: 1,))
    def strange(x):
        """Python code that only floats can go through."""
        return x if x > 0 else x * 2

    try:
        made = trace(strange(x))
        reason = "strange: its value is computed by Python code that the page cannot run"
        assert program_of(made) == reason
        assert page_data(made) == {"reason": reason}
    finally:
        del OPS["strange"]
    assert program_of(made) == "strange is not in the table of ops any more"
    weights = Tensor([1.0, 2.0], requires_grad=True)
    assert "is a Tensor" in program_of(trace((weights * 2).sum()))
    assert list_source(OPS["cumsum"], 3) == "cumsum: the page cannot compute it of a list"
    assert "does not make a number of single numbers" in op_source(OPS["matmul"])


def test_programs_are_json_whatever_the_numbers_and_labels():
    x = Value(math.inf, label="</script><script>alert(1)</script>")
    data = page_data(trace(x * math.nan - 1.0))
    text = json.dumps(data, allow_nan=False)
    assert "script" not in text
    assert dict(data["given"])[0] == "inf"
    assert "nan" in dict(data["given"]).values()


def test_a_page_function_stands_for_every_op_that_is_not_plain_arithmetic():
    for name in ELEMENTWISE:
        op = OPS[name].with_settings({**OPS[name].settings, **next(iter(settings_of(OPS[name])))})
        assert not isinstance(op_source(op), str), op_source(op)
    assert not page_functions() & {"add", "mul"}


def test_formulas_keep_their_brackets_and_signs():
    x, y = Symbol("x"), Symbol("y")
    assert javascript(x - (y - 1)) == "x - (y - 1)"
    assert javascript(x - -y) == "x - (-y)"
    assert javascript((-x) ** 2) == "power(-x, 2)"
    assert javascript((x > 0) * (x < 6)) == "(x > 0) * (x < 6)"
    assert javascript(OPS["where"](x > 0, 1, OPS["where"](y, 2, 3)) + 1) == (
        "(x > 0 ? 1 : (y != 0 ? 2 : 3)) + 1"
    )


def test_only_what_json_and_javascript_share_is_written():
    assert literal("</script>") == r'"\u003c/script>"'
    assert literal(np.float64(0.5)) == "0.5"
    assert literal((1, None, True)) == "[1, null, true]"
    with pytest.raises(Unwritable, match="kind object has no JavaScript"):
        literal(object())
