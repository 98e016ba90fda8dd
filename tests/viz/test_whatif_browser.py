"""What-if, check and quiz on the stepper's page, by mouse and keyboard in Chromium."""

import base64
import math
from importlib.resources import files

import numpy as np
import pytest

from autograd import OPS, Tensor, Value
from autograd.stepper import watch
from viz.figures.heat import heat_png
from viz.films.film import Film
from viz.stepper.step import step
from viz.words.numbers import number, spread

pytestmark = pytest.mark.browser

APP = "document.querySelector('[data-stepper]').app"
FRAME = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
HOSTILE = '<img src=x onerror="window.hit=1"></script>\'&'


def neuron(x1=2.0, w1=-3.0, x2=0.0, w2=1.0, b=6.8813735870195432):
    made = {
        name: Value(value, label=name)
        for name, value in {"x1": x1, "w1": w1, "x2": x2, "w2": w2, "b": b}.items()
    }
    n = made["x1"] * made["w1"] + made["x2"] * made["w2"] + made["b"]
    n.label = "n"
    out = n.tanh()
    out.label = "o"
    return out, made


def gradients(page):
    """What the page holds now: values and gradients by the names of the nodes."""
    return page.evaluate(
        f"""() => Object.fromEntries({APP}.model.nodes.map((node, k) =>
            [node.name, [{APP}.numbers.values[k], {APP}.numbers.grads[k]]]))"""
    )


def type_number(page, name, text):
    field = page.get_by_label(f"number for {name}", exact=True)
    field.fill(text)
    field.press("Enter")
    page.evaluate(FRAME)


def picture(page):
    """Everything in the live picture, in whatever order; not where the camera looks."""
    return page.eval_on_selector(
        ".view svg",
        "svg => [...svg.querySelectorAll('text,image,path')].map((x) => x.outerHTML).sort().join()",
    )


def words(page, selector):
    return page.inner_text(selector).replace("\N{MINUS SIGN}", "-")


# ------------------------------------------------------------------------------------- what if


def test_a_slider_recomputes_both_passes_and_the_whole_page_follows(open_tab):
    out, _ = neuron()
    page = open_tab(step(out, start=-1), "whatif")
    slider = page.get_by_role("slider", name="w1", exact=True)
    slider.focus()
    before = float(slider.input_value())
    page.keyboard.press("ArrowRight")
    page.evaluate(FRAME)
    moved = page.evaluate(
        f"{APP}.numbers.values[{APP}.model.nodes.findIndex(n => n.name === 'w1')]"
    )
    assert before < moved < before + 0.2
    fresh, made = neuron(w1=moved)
    fresh.backward()
    shown = gradients(page)
    assert shown["o"][0] == pytest.approx(fresh.data, rel=1e-12)
    for name, value in made.items():
        assert shown[name][1] == pytest.approx(value.grad, rel=1e-12), name
    # the picture, the result, the promise of the gradient and the equation all tell the new numbers
    assert number(made["b"].grad, signed=True) in picture(page)
    start, starts = neuron()
    start.backward()
    promised = starts["w1"].grad * (moved - -3.0)
    told = words(page, ".whatif .outcome")
    assert number(fresh.data, ascii_only=True) in told
    assert f"predicted {number(promised, signed=True, ascii_only=True)}" in told
    assert f"really {number(fresh.data - start.data, signed=True, ascii_only=True)}" in told
    assert number(made["w2"].grad, ascii_only=True) in page.evaluate(
        f"{APP}.text({APP}.stepsOf({APP}.model.nodes.findIndex(n => n.name === 'w2'))[0])"
    )


def test_put_all_back_gives_the_very_page_of_before(open_tab):
    out, _ = neuron()
    page = open_tab(step(out, start=9), "whatif")
    before = picture(page)
    lines = page.inner_text("details.all")
    type_number(page, "x1", "1/4")
    assert gradients(page)["x1"][0] == 0.25
    assert picture(page) != before
    assert page.get_by_role("button", name="put x1 back").is_enabled()
    page.get_by_role("button", name="Put all back").click()
    page.evaluate(FRAME)
    assert picture(page) == before
    assert page.inner_text("details.all") == lines
    assert page.get_by_role("button", name="Put all back").is_disabled()
    assert gradients(page)["x1"][0] == 2.0


def test_compare_from_here_takes_the_gradient_where_one_is(open_tab):
    x = Value(3.0, label="x")
    page = open_tab(step(x * x), "whatif")
    type_number(page, "x", "5")
    assert "predicted +12" in words(page, ".outcome")
    page.get_by_role("button", name="Compare from here").click()
    type_number(page, "x", "5.001")
    assert "predicted +0.01" in words(page, ".outcome")
    assert "still close" in words(page, ".verdict")


def test_a_straight_line_is_predicted_exactly(open_tab):
    a, b = Value(2.0, label="a"), Value(5.0, label="b")
    page = open_tab(step(a * 3 - b), "whatif")
    type_number(page, "a", "7")
    type_number(page, "b", "-4")
    assert "predicted +24" in words(page, ".outcome")
    assert "Exactly as predicted" in words(page, ".verdict")


def test_what_is_no_number_is_refused_and_changes_nothing(open_tab):
    out, _ = neuron()
    page = open_tab(step(out), "whatif")
    type_number(page, "w1", "three")
    field = page.get_by_label("number for w1", exact=True)
    assert field.get_attribute("aria-invalid") == "true"
    assert gradients(page)["w1"][0] == -3.0


def test_outside_a_domain_the_page_says_what_is_needed(open_tab):
    x = Value(2.0, label="x")
    page = open_tab(step(x.log() * 2), "whatif")
    type_number(page, "x", "-1")
    assert "log needs x > 0, and x is -1" in words(page, ".whatif .problems")
    type_number(page, "x", "1")
    assert words(page, ".whatif .problems") == ""


def test_constants_can_be_moved_too(open_tab):
    x = Value(2.0, label="x")
    page = open_tab(step(x * 10.0), "whatif")
    page.click(".constants summary")
    type_number(page, "10", "20")
    assert gradients(page)["x"][1] == 20.0
    assert "no gradient" in words(page, ".verdict")


def test_many_inputs_are_found_by_name(open_tab):
    leaves = [Value(0.1 * k, label=f"w{k}") for k in range(45)]
    page = open_tab(step(OPS["sum"](leaves).tanh()), "whatif")
    assert page.locator(".movable").count() == 30
    page.get_by_label("find an input by its name").fill("w44")
    assert page.locator(".movable").count() == 1
    type_number(page, "w44", "-90")
    assert gradients(page)["w44"][0] == -90.0


def test_inputs_changed_after_the_forward_pass_are_told(open_tab):
    x = Value(2.0, label="x")
    y = x * x
    x.data = 5.0
    page = open_tab(step(y), "whatif")
    assert "have changed since this graph was computed" in words(page, ".whatif")
    assert "25" in words(page, ".whatif .result")


def test_hostile_names_are_only_text(open_tab):
    x = Value(2.0, label=HOSTILE)
    page = open_tab(step(x * x, check=True, quiz=True), "whatif")
    for tab in ("whatif", "check", "quiz"):
        page.evaluate(f"{APP}.openTab('{tab}')")
        page.evaluate(FRAME)
    page.get_by_role("button", name="Start").click()
    assert page.evaluate("window.hit") is None
    assert page.locator(".side img").count() == 0


def test_typed_numbers_are_read_as_people_write_them(open_tab):
    out, _ = neuron()
    page = open_tab(step(out), "whatif")
    cases = {
        "1/2": 0.5,
        "-0.5e-1": -0.05,
        "\N{MINUS SIGN}2": -2.0,
        "0,25": 0.25,
        "2*-0.5": -1.0,
        "3 / (-4)": -0.75,
        ".5": 0.5,
        "+7.": 7.0,
    }
    for text, wanted in cases.items():
        type_number(page, "b", text)
        assert gradients(page)["b"][0] == wanted, text


def trained(start, make):
    film = Film(lr=0.1)
    for _ in range(4):
        loss = make(start)
        start.grad = None
        loss.backward()
        film.add(loss)
        start.data = start.data - 0.1 * start.grad
    return film


def test_what_if_starts_from_the_iteration_that_the_film_shows(open_tab):
    w = Value(1.0, label="w")
    page = open_tab(step(trained(w, lambda w: (w - 3.0) ** 2.0)), "whatif")
    film = page.locator("input.scrub")
    film.evaluate("x => { x.value = 1; x.dispatchEvent(new Event('input', {bubbles: true})); }")
    page.evaluate(FRAME)
    assert gradients(page)["w"] == [pytest.approx(1.4), pytest.approx(-3.2)]
    type_number(page, "w", "2")
    assert gradients(page)["w"][1] == pytest.approx(-2.0)
    assert f"predicted {-3.2 * 0.6:.2f}" in words(page, ".outcome")
    page.get_by_role("button", name="put w back").click()
    page.evaluate(FRAME)
    assert gradients(page)["w"] == [pytest.approx(1.4), pytest.approx(-3.2)]


def test_what_if_and_the_film_of_arrays_do_not_mix_their_numbers(open_tab):
    w = Tensor([[1.0, -2.0]], requires_grad=True, label="w")
    stepper = step(trained(w, lambda w: ((w * 2.0 - 1.0) ** 2.0).sum()))
    page = open_tab(stepper, "whatif")
    film = page.locator("input.scrub")

    def turn(place):
        film.evaluate(
            "(x, n) => { x.value = n; x.dispatchEvent(new Event('input', {bubbles: true})); }",
            place,
        )
        page.evaluate(FRAME)
        return page.evaluate(
            f"JSON.stringify({APP}.told.map((now) => [now.value, now.after]"
            ".map((x) => (x && x.text) || x)))"
        ), picture(page)

    first, second = turn(0), turn(2)
    assert first != second
    type_number(page, "w[0,1]", "5")
    assert turn(0) == first
    assert "numbers that the page opened with" in words(page, ".problems")
    type_number(page, "w[0,1]", "5")
    page.get_by_role("button", name="put w[0,1] back").click()
    page.evaluate(FRAME)
    assert turn(2) == second


# ---------------------------------------------------------------------------------------- arrays


def layer(weights, bias):
    x = np.array([[1.0, 2.0], [0.3, -0.2], [1.0, 1.0]])
    w, b = Tensor(weights, requires_grad=True), Tensor(bias, requires_grad=True)
    h = (x @ w + b).tanh()
    loss = (h * h).mean() + (w * w).sum() * 0.1
    names = {"x": x, "w": w, "b": b, "h": h, "loss": loss}
    return loss, names


def test_arrays_are_recomputed_as_single_numbers(open_tab):
    loss, names = layer([[1.0, -2.0], [0.5, 0.3]], [0.1, 0.2])
    page = open_tab(step(loss, names=names, lr=0.1, check=True), "whatif")
    before = page.evaluate(f"JSON.stringify([{APP}.model.steps, {APP}.model.arrays.length])")
    picture_before = picture(page)
    type_number(page, "w[0,1]", "1")
    fresh, named = layer([[1.0, 1.0], [0.5, 0.3]], [0.1, 0.2])
    seen = watch(fresh, named)
    other = step(fresh, names=named, lr=0.1)
    parts = ["upstream", "contribution", "before", "after", "value", "old"]
    held = page.evaluate(
        f"""(parts) => {APP}.told.map((now) => Object.fromEntries(parts.map((part) =>
            [part, now[part] === null || typeof now[part] === 'number' ? now[part]
              : now[part].text])))""",
        parts,
    )
    texts = page.evaluate(f"{APP}.model.steps.map((_, k) => {APP}.note(k + 1))")
    for told, mine, note in zip(other.steps, held, texts, strict=True):
        for part, shown in mine.items():
            quantity = getattr(told, part)
            if shown is None or quantity is None:
                continue
            if isinstance(shown, str):
                assert shown == spread(quantity, signed=True), (told.text, part)
            else:
                assert shown == pytest.approx(float(quantity), rel=1e-12), (told.text, part)
        if told.note and "\ue005" not in told.note_template:
            assert note.replace("\N{MINUS SIGN}", "-") == told.note, told.text
    assert fresh.item() == pytest.approx(page.evaluate(f"{APP}.numbers.values.at(-1)"), rel=1e-12)
    last = max(told.number for told in other.steps if told.phase == "backward")
    page.evaluate(f"{APP}.goto({last})")
    drawn = picture(page)
    for node in seen.trace.nodes:
        if node.shape and node.requires_grad:
            assert number(float(np.linalg.norm(node.value))) in drawn
            assert number(float(np.linalg.norm(seen.arrived[node.index]))) in drawn
    page.evaluate(f"{APP}.openTab('check')")
    page.evaluate(FRAME)
    assert "6 of 6 gradients agree" in words(page, ".check")
    page.evaluate(f"{APP}.openTab('whatif')")
    page.get_by_role("button", name="Put all back").click()
    page.evaluate(FRAME)
    page.evaluate(f"{APP}.goto(0)")
    assert (
        page.evaluate(f"JSON.stringify([{APP}.model.steps, {APP}.model.arrays.length])") == before
    )
    assert picture(page) == picture_before


def test_large_arrays_say_that_they_are_not_recomputed(open_tab):
    x = Tensor(np.ones((40, 30)), requires_grad=True)
    page = open_tab(step((x * x).sum()), "whatif")
    assert "the arrays hold 2,401 numbers together" in words(page, ".whatif")


@pytest.mark.parametrize(
    "shape", [(3,), (1, 1), (5, 4), (60,), (3, 50), (2, 3, 4), (2, 3, 5, 4), (12, 2, 2)]
)
def test_pictures_of_arrays_are_painted_as_in_python(browser, shape):
    page = browser.new_page()
    for script in ("format.js", "heat.js"):
        text = (files("viz") / "assets" / "stepper" / script).read_text(encoding="utf-8")
        page.add_script_tag(content=text)
    array = np.random.default_rng(3).normal(size=shape)
    array.flat[0] = 0.0
    if array.size > 4:
        array.flat[2] = math.nan
    flat = ["nan" if math.isnan(x) else x for x in array.reshape(-1).tolist()]
    pixels = page.evaluate(
        """async ([flat, shape, python]) => {
          const numbers = flat.map(asNumber);
          const [data, wide, high] = heatPicture(numbers, shape, 24, 1);
          const read = async (text) => {
            const image = new Image();
            image.src = 'data:image/png;base64,' + text;
            await image.decode();
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [image.width, image.height];
            const brush = canvas.getContext('2d');
            brush.drawImage(image, 0, 0);
            const { data } = brush.getImageData(0, 0, image.width, image.height);
            return [image.width, image.height, ...data];
          };
          const text = spreadText(numbers, { signed: true });
          return [await read(data), await read(python), [wide, high], text];
        }""",
        [flat, list(shape), base64.b64encode(heat_png(array, most=24)).decode("ascii")],
    )
    mine, theirs, size, text = pixels
    page.close()
    assert mine[:2] == theirs[:2] == size
    alpha = np.abs(np.array(mine[5::4]) - np.array(theirs[5::4]))
    assert alpha.max() <= 2
    assert text == spread(array, signed=True)
