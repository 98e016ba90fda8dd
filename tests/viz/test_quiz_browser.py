"""The check and the quiz on the stepper's page, by mouse and keyboard in Chromium."""

import json
import random

import pytest

from autograd import OPS, Tensor, Value, elementwise
from viz.stepper.step import step

pytestmark = pytest.mark.browser

APP = "document.querySelector('[data-stepper]').app"
FRAME = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"


def words(page, selector):
    return page.inner_text(selector).replace("\N{MINUS SIGN}", "-")


def neuron():
    x1, w1 = Value(2.0, label="x1"), Value(-3.0, label="w1")
    x2, w2 = Value(0.0, label="x2"), Value(1.0, label="w2")
    return (x1 * w1 + x2 * w2 + Value(6.8813735870195432, label="b")).tanh()


# ----------------------------------------------------------------------------------------- check


def test_the_check_sets_two_numbers_side_by_side(open_tab):
    page = open_tab(step(neuron(), check=True), "check")
    rows = page.locator(".checks tbody tr")
    assert rows.count() == 5
    assert page.locator(".checks .sign").all_inner_texts() == ["\N{CHECK MARK}"] * 5
    assert "5 of 5 gradients agree" in words(page, ".check")
    page.evaluate(f"{APP}.openTab('whatif')")
    field = page.get_by_label("number for w1", exact=True)
    field.fill("-2.5")
    field.press("Enter")
    page.evaluate(FRAME)
    page.evaluate(f"{APP}.openTab('check')")
    page.evaluate(FRAME)
    assert "5 of 5 gradients agree" in words(page, ".check")
    assert "+0.1774" in words(page, ".checks")


def test_the_check_finds_a_wrong_derivative_and_a_kink(open_tab):
    @elementwise(d=(lambda out, x: 3 * x,))
    def wrong_square(x):
        """Square. Its derivative is written down wrongly."""
        return x * x

    try:
        a, b = Value(2.0, label="a"), Value(0.0, label="b")
        page = open_tab(step(wrong_square(a) + b.relu(), check=True), "check")
    finally:
        del OPS["wrong_square"]
    signs = dict(
        zip(
            page.locator(".checks .line").all_inner_texts(),
            page.locator(".checks .sign").all_inner_texts(),
            strict=True,
        )
    )
    assert signs == {"a": "\N{BALLOT X}", "b": "~"}
    told = words(page, ".check")
    assert "they differ" in told
    assert "the slopes from the left and from the right differ (0 and 1)" in told
    assert "0 of 2 gradients agree" in told


# ------------------------------------------------------------------------------------------ quiz


def answer(page, text):
    field = page.locator(".quiz .answer")
    field.fill(text)
    field.press("Enter")


def test_the_quiz_hides_numbers_until_they_are_found_by_keyboard_alone(open_tab):
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c = a * b + a
    c.label = "c"
    page = open_tab(step(c, quiz=True), "quiz")
    page.get_by_role("button", name="Start").press("Enter")
    draws = random.Random(0)
    asked = 0
    while "Once more" not in page.inner_text(".quiz"):
        if not page.locator(".quiz .answer").count():
            page.keyboard.press("Enter")  # the button that leads on has the focus
            continue
        assert asked < 10
        k = page.evaluate(f"{APP}.state.step")
        now = page.evaluate(f"{APP}.stepNumbers({k})")
        total = "adds up" in page.inner_text(".quiz .ask")
        wanted = now["after"] if total else now["contribution"]
        shown = page.inner_text(".equation")
        assert "?" in shown
        assert page.evaluate(f"{APP}.text({k})").endswith("?") or total
        asked += 1
        page.keyboard.type(str(wanted + 1 + draws.random()))
        page.keyboard.press("Enter")
        assert page.locator(".feedback.wrong").inner_text()
        page.keyboard.type(f"{wanted:.4g}")
        page.keyboard.press("Enter")
        assert page.locator(".feedback.right").inner_text().startswith("Right")
    assert asked == 5  # four edges, and the sum at a
    assert "4 found alone" in words(page, ".quiz")
    assert "?" not in page.inner_text(".equation")


def test_a_wrong_answer_is_told_what_it_is(open_tab):
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    d = (a * b) * 5.0
    page = open_tab(step(d, quiz=True), "quiz")
    page.get_by_role("button", name="Start").click()
    answer(page, "5")
    page.get_by_role("button", name="Next", exact=True).click()
    for text, told in {
        "15": "the sign is not",
        "-3": "local derivative alone",
        "5": "the gradient that arrives",
        "2": "does not add",
        "x": "not a number",
        "": "Type a number first",
    }.items():
        answer(page, text)
        assert told in words(page, ".feedback"), text
    answer(page, "-30/2")
    assert words(page, ".feedback") == "Right: 5 * (-3) = -15.".replace(
        "*", "\N{MULTIPLICATION SIGN}"
    )


def test_hints_go_from_the_rule_to_the_numbers_to_the_answer(open_tab):
    x = Value(0.5, label="x")
    y = x.tanh()
    y.label = "y"
    page = open_tab(step(y, quiz=True), "quiz")
    page.get_by_role("button", name="Start").click()
    assert not page.locator(".equation .reason").is_visible()
    hint = page.get_by_role("button", name="Hint")
    hint.click()
    assert "(1 - y)" in words(page, ".hints")
    assert "0.78" not in words(page, ".hints")
    assert page.locator(".equation .reason").is_visible()
    hint.click()
    assert "is 0.7864" in words(page, ".hints")
    hint.click()
    assert "= 0.7864." in words(page, ".hints")
    assert hint.is_disabled()
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("button", name="Finish").click()
    assert "1 shown" in words(page, ".quiz")


def test_numbers_do_not_leak_while_the_quiz_runs(open_tab):
    a, b = Value(2.0, label="a"), Value(-3.1875, label="b")
    c = a * b
    c.label = "c"
    page = open_tab(step(c * 7.0, quiz=True), "quiz")
    page.get_by_role("button", name="Start").click()
    answer(page, "7")
    page.get_by_role("button", name="Next", exact=True).click()
    page.evaluate(FRAME)
    assert not page.locator("details.all").is_visible()
    for place in (".equation", ".view .glassgrad-graph", ".live"):
        text = page.locator(place).first.text_content().replace("\N{MINUS SIGN}", "-")
        assert "22.31" not in text, place
    page.keyboard.press("End")
    assert "22.31" not in page.inner_text(".equation")
    assert json.loads(page.evaluate(f"JSON.stringify({APP}.state.step)")) > 0


def test_a_graph_without_single_numbers_has_no_quiz(open_tab):
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    page = open_tab(step(x * 2.0, quiz=True), "quiz")
    assert "no single number is passed back" in words(page, ".quiz")
