"""The user's own lines beside the picture: recorded ones, and guesses that are never wrong."""

import linecache
from types import SimpleNamespace

import pytest

import autograd
from autograd import Tensor, Value, source_lines
from autograd.trace import trace
from viz.caller import Caller, caller_of
from viz.story.assignments import Scope
from viz.story.listing import Listing, listing_of


def asks(thing, **names):
    """Stands for a drawing function: looks at the code that called it."""
    caller = caller_of()
    return trace(thing, {**caller.variables, **names}), caller


def run(source, *, name="lesson.py", cells=()):
    """Run source as a file of its own; its variable `seen` is what `asks` gave."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    names = {"Value": Value, "asks": asks, "autograd": autograd}
    if cells:
        names |= {"In": ["", *cells, source], "get_ipython": lambda: None}
        for number, cell in enumerate(cells, start=1):
            exec(compile(cell, f"cell {number}", "exec"), names)
    exec(compile(source, name, "exec"), names)
    graph, caller = names["seen"]
    listing = listing_of(graph, caller)
    told = {node.label: listing.line_of(node.index) for node in graph.nodes}
    return SimpleNamespace(graph=graph, listing=listing, told=told)


def test_recorded_lines_are_shown():
    with source_lines():
        a = Value(2.0, label="a")
        product = a * 3.0
        product.label = "product"
    listing = listing_of(trace(product))
    assert listing.line_of(1 if trace(product).nodes[1].op else 2) == "product = a * 3.0"
    assert not listing.guessed
    assert listing.excerpts[0].file == "test_listing.py"
    assert any("label" in line for line in listing.excerpts[0].lines)


def test_tensors_always_have_their_line():
    x = Tensor([1.0, 2.0], requires_grad=True, label="x")
    out = (x * x).sum()
    graph = trace(out)
    assert listing_of(graph).line_of(graph.roots[0]) == "out = (x * x).sum()"


def test_names_lead_to_their_assignment_and_unnamed_results_follow():
    made = run("x, w = Value(2.0), Value(3.0)\nb = Value(1.0)\nn = x * w + b\nseen = asks(n)\n")
    assert made.told["x"] == made.told["w"] == "x, w = Value(2.0), Value(3.0)"
    assert made.told["b"] == "b = Value(1.0)"
    assert made.told["n"] == "n = x * w + b"
    product = next(node for node in made.graph.nodes if node.op == "mul")
    assert made.listing.line_of(product.index) == "n = x * w + b"
    assert made.listing.guessed == frozenset(range(5))


def test_inside_a_function():
    source = (
        "a = Value(9.0)\n"
        "def neuron(x):\n"
        "    w = Value(2.0)\n"
        "    h = w * x\n"
        "    return asks(h)\n"
        "seen = neuron(Value(4.0))\n"
    )
    told = run(source).told
    assert told["h"] == "h = w * x"
    assert told["w"] == "w = Value(2.0)"
    assert told["x"] == ""


@pytest.mark.parametrize(
    "source",
    [
        "a = Value(1.0)\na = Value(2.0)\nout = a * 2\nseen = asks(out)",
        "b = Value(1.0)\na = b\nb = 0\nout = a * 2\nseen = asks(out)",
        "a = Value(2.0)\nfor _ in range(2):\n    a = a * 1.0\nout = a * 2\nseen = asks(out)",
        "for a in [Value(2.0)]:\n    out = a * 2\n    seen = asks(out)",
        "if True:\n    a = Value(2.0)\nelse:\n    a = Value(1.0)\nout = a * 2\nseen = asks(out)",
        "def make():\n    global a\n    a = Value(2.0)\na = Value(1.0)\nmake()\n"
        "out = a * 2\nseen = asks(out)",
        "a = []\na.append(Value(2.0))\nout = a[0] * 2\nseen = asks(out)",
        "a = [Value(1.0)]\na[0] = Value(2.0)\nout = a[0] * 2\nseen = asks(out)",
        "def f(a):\n    if a.data > 1:\n        a = a * 1\n    out = a * 2\n    return asks(out)\n"
        "seen = f(Value(0.5))",
        "a = Value(2.0, label='b')\nout = a * 2\nb = Value(5.0)\nseen = asks(out)",
    ],
)
def test_nothing_is_said_where_it_could_be_wrong(source):
    told = run(source).told
    assert told.get("a", told.get("a[0]", told.get("b"))) == ""
    assert told["out"] == "out = a * 2" or told["out"] == "out = a[0] * 2"


def test_the_one_line_in_a_loop_is_certain():
    source = (
        "for step in range(3):\n"
        "    w = Value(float(step))\n"
        "    loss = w * w\n"
        "    seen = asks(loss)\n"
    )
    told = run(source).told
    assert told["loss"] == "loss = w * w"
    assert told["w"] == "w = Value(float(step))"


def test_later_assignments_have_not_run():
    told = run("a = Value(2.0)\nout = a * 2\nseen = asks(out)\na = Value(3.0)\n").told
    assert told["a"] == "a = Value(2.0)"


def test_items_of_a_list_lead_to_the_list():
    told = run("w = [Value(1.0), Value(2.0)]\nout = w[0] * w[1]\nseen = asks(out)\n").told
    assert told["w[0]"] == told["w[1]"] == "w = [Value(1.0), Value(2.0)]"


def test_earlier_cells_of_a_notebook_count():
    cells = ("a = Value(1.0)", "a = Value(2.0)\nb = Value(3.0)")
    made = run("out = a * b\nseen = asks(out)", name="<ipython-input>", cells=cells)
    assert made.told["a"] == "a = Value(2.0)"
    assert [excerpt.file for excerpt in made.listing.excerpts] == ["In [2]", "In [3]"]


def test_a_branch_that_may_not_have_run_is_no_proof():
    cells = ("a = Value(1.0)", "if a.data > 5:\n    a = Value(1.0)")
    made = run("out = a * 2\nseen = asks(out)", name="<ipython-input>", cells=cells)
    assert made.told["a"] == ""


def test_long_sources_are_cut_with_gaps():
    between = "\n".join("pass" for _ in range(30))
    made = run(f"a = Value(2.0)\n{between}\nout = a * 2\nseen = asks(out)\n")
    first, second = made.listing.excerpts
    assert (first.first, len(first.lines)) == (1, 3)
    assert second.first == 30
    many = "".join(f"v{i} = Value({i}.0)\n\n\n\n" for i in range(100))
    total = "out = autograd.sum([" + ", ".join(f"v{i}" for i in range(100)) + "])"
    listing = run(f"{many}{total}\nseen = asks(out)\n").listing
    assert sum(len(excerpt.lines) for excerpt in listing.excerpts) <= 60
    assert listing.line_of(100).startswith("out = autograd.sum([v0, v1, ")


def test_source_cannot_steer_what_shows_it():
    made = run("a = Value(2.0)  # \x1b[2J\u202e\nout = a * 2\nseen = asks(out)\n")
    lines = [line for excerpt in made.listing.excerpts for line in excerpt.lines]
    assert all(line.isprintable() for line in lines)


def test_without_any_source_there_is_nothing_to_show():
    names = {"Value": Value, "asks": asks}
    exec(compile("a = Value(1.0)\nseen = asks(a * 2)", "<nowhere>", "exec"), names)
    assert listing_of(*names["seen"]) == Listing()
    assert listing_of(trace(Value(1.0) * 2)) == Listing()


def test_what_python_cannot_read_has_no_bindings():
    assert Scope("%magic\nif:").line_of("a", before=9) is None
    assert Caller("missing.py", 1, "<module>", 1, {}).source() == ""
