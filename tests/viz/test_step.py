"""`viz.step`: what it returns, what it leaves alone, what it writes, and what it refuses."""

import base64
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import viz
from autograd import Tensor, Value, trace
from viz.stepper.assets import PLUGINS, SCRIPTS, STYLES, packed, program, style_sheet
from viz.stepper.step import Stepper, step

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "\"'`${alert(1)}",
    "<!--",
    "a\nb\u2028c",
    "\ue002\ue104",
    "$x$ \\(y\\)",
    "x" * 10_000,
    "\N{GRINNING FACE}\u200d\u202e",
]


class Page(HTMLParser):
    """Collects the tags, the ids and the texts of scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.inside = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")


def test_both_passes_as_steps(neuron):
    stepper = step(neuron)
    assert isinstance(stepper, Stepper)
    assert len(stepper) == len(stepper.steps) == 15
    assert [told.phase for told in stepper.steps].count("backward") == 9
    assert stepper.trace.root.label == "o"


def test_one_line_says_what_it_is_and_how_to_see_it(neuron):
    assert repr(step(neuron)) == (
        "<Stepper of o: 15 steps; print(s) lists them, s.run() steps through them here, "
        "s.save('steps.html') makes a page>"
    )


def test_printing_lists_the_steps(neuron):
    text = str(step(neuron))
    assert "n.grad += o.grad * do/dn = 1 * 0.5 = 0.5" in text
    assert text.index("Forward pass") < text.index("Backward pass")


def test_the_update_is_printed_too():
    w = Value(0.5, label="w")
    assert str(step(w * w, lr=0.1)).endswith("w = w - lr * w.grad = 0.5 - 0.1 * 1 = 0.4")


def test_no_gradient_is_written_and_none_is_needed():
    a = Value(2.0, label="a")
    product = a * a
    stepper = step(product)
    assert (a.grad, product.grad) == (None, None)
    assert stepper.trace.nodes[0].grad == 4.0
    assert "not reached" not in stepper.svg


def test_what_backward_left_before_does_not_matter():
    a = Value(2.0, label="a")
    product = a * a
    product.backward()
    product.backward()
    assert step(product).trace.nodes[0].grad == 4.0  # of one pass
    assert a.grad == 8.0


def test_tensors_flow_with_their_numbers():
    x = Tensor([1.0, 2.0], requires_grad=True, label="x")
    stepper = step((x * x).sum())
    assert x.grad is None
    np.testing.assert_array_equal(stepper.trace.nodes[0].grad, [2.0, 4.0])
    assert all(told.after is not None for told in stepper.steps if told.phase == "backward")


def test_a_trace_of_arrays_is_told_as_far_as_it_is_known():
    x = Tensor([1.0, 2.0], requires_grad=True, label="x")
    stepper = step(trace((x * x).sum()))
    phases = [told.phase for told in stepper.steps]
    assert phases == ["forward"] * 2 + ["seed"] + ["backward"] * 3
    assert Page(stepper.html()).tags


def test_several_outputs_start_with_a_seed_each():
    a = Value(2.0, label="a")
    stepper = step([a * 2.0, a * 3.0])
    assert [told.phase for told in stepper.steps].count("seed") == 2
    assert stepper.trace.nodes[0].grad == 5.0


def test_a_constant_graph_has_a_forward_pass_alone():
    stepper = step(Tensor([1.0]) * 2.0)
    assert {told.phase for told in stepper.steps} <= {"forward"}
    assert Page(stepper.html()).tags


@pytest.mark.parametrize("thing", [3.0, "text", None, [], np.ones(3)])
def test_what_has_no_graph_is_refused_with_a_sentence(thing):
    with pytest.raises(TypeError, match=r"^step: got "):
        step(thing)


def test_a_picture_with_too_many_boxes_is_refused_with_a_sentence():
    total = Value(0.0)
    for index in range(3000):
        total = total + Value(float(index))
    with pytest.raises(ValueError, match=r"^step: this graph has more than 5,000 nodes"):
        step(total)


@pytest.mark.parametrize("suffix", ["html", "svg", "dot", "json", "txt"])
def test_it_saves_itself_in_many_formats(neuron, tmp_path, suffix):
    written = step(neuron).save(tmp_path / f"steps.{suffix}").read_text(encoding="utf-8")
    start = {"html": "<!doctype html>", "svg": "<svg", "json": "{", "txt": "Forward pass"}
    assert written.lstrip().startswith(start.get(suffix, "digraph"))


def test_the_still_picture_shows_the_final_state(neuron):
    page = Page(step(neuron)._repr_html_())
    (image,) = [attributes for tag, attributes in page.tags if tag == "img"]
    head, data = image["src"].split(",")
    assert head == "data:image/svg+xml;base64"
    svg = base64.b64decode(data).decode("utf-8")
    assert svg == step(neuron).svg
    assert "+0.7071" in svg or "0.7071" in svg
    assert "2 of" not in svg
    assert "operations" in image["alt"]


def test_without_a_script_there_is_the_list_of_all_steps(neuron):
    html = step(neuron)._repr_html_()
    items = re.findall(r"<li>(.*?)</li>", html)
    assert len(items) == 15
    assert items[6] == "n.grad += o.grad * do/dn = 1 * 0.5 = 0.5"
    assert "<summary>All 15 steps as text</summary>" in html


def test_the_fragment_has_no_ids_and_asks_the_network_for_nothing(expression):
    page = Page(step(expression)._repr_html_())
    assert not any("id" in attributes for _, attributes in page.tags)
    assert {tag for tag, _ in page.tags} <= {
        "div", "img", "details", "summary", "ol", "li", "script",
    }  # fmt: skip
    outside = [attributes.get("src", "data:") for _, attributes in page.tags]
    assert all(address.startswith("data:") for address in outside)
    code = program(["whatif", "check", "quiz"])
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", code)
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|import)\s*\(", code)


def test_the_same_graph_gives_the_same_html_and_another_graph_another_mark(neuron, expression):
    first, again = (step(neuron)._repr_html_() for _ in range(2))
    mark = re.search(r'data-stepper="(\w+)"', first).group(1)
    assert first == again
    assert mark not in step(expression)._repr_html_()


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_neither_break_nor_inject(label):
    a = Value(2.0, label=label)
    page = Page(step(a * a, names={})._repr_html_())
    data, loader = page.scripts
    assert len(page.scripts) == 2
    document = json.loads(data)
    assert all(character not in data for character in "<\u2028")
    assert loader.startswith("(async")
    name = document["nodes"][0]["name"]
    assert len(name) < 60
    assert not re.search(r"[\ue000-\ue1ff$]", name)


def test_fifteen_values_fit_into_a_small_page(neuron):
    assert len(step(neuron)._repr_html_()) < 95_000


def test_style_reaches_nothing_outside_the_stepper():
    css = style_sheet("")
    rules = style_sheet(".bar, & { margin:0; }\n@media print {\n.bar { display:none; }\n}")
    for line in [*css.splitlines(), *rules.splitlines()]:
        if line != "}" and not line.startswith("@media"):
            for selector in line.partition("{")[0].split(","):
                assert selector.startswith(".glassgrad-stepper")


def test_every_shipped_script_is_part_of_a_page():
    from importlib.resources import files

    shipped = {file.name for file in (files("viz") / "assets" / "stepper").iterdir()}
    used = {*SCRIPTS, *STYLES, *(name for names in PLUGINS.values() for name in names)}
    plugins = {*PLUGINS, "film"}
    used |= {f"{name}.css" for name in plugins} | {f"{name}.js" for name in plugins}
    assert shipped - {"widget.js"} <= used
    assert set(SCRIPTS) | set(STYLES) <= shipped


def test_packing_is_the_same_at_any_time():
    assert packed("text") == packed("text")
    assert len(packed("text" * 1000)) < 200


def test_it_is_part_of_the_package():
    assert viz.step is step


def test_a_hundred_thousand_nodes_are_refused_at_once(monkeypatch):
    monkeypatch.setattr("viz.source.watch", lambda *_: pytest.fail("it was traced"))
    total = Value(0.0)
    for _ in range(100_000):
        total = total + 1.0
    with pytest.raises(ValueError, match="look at an inner result"):
        step(total)
