"""The saved page of a convolution, driven by mouse and keyboard in Chromium."""

import numpy as np
import pytest

import viz
from viz.words.numbers import number

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IMAGE = np.arange(20.0).reshape(4, 5) % 7 - 3
KERNEL = [[1.0, -2.0], [0.5, 0.0]]


@pytest.fixture(scope="module")
def picture():
    return viz.convolution(IMAGE, KERNEL, gradient=np.arange(12.0).reshape(3, 4), seconds=0.2)


@pytest.fixture
def open_page(browser, picture, tmp_path):
    """Opens the saved page; complains about every error in its scripts."""
    file = picture.save(tmp_path / "convolution.html")
    pages, errors = [], []

    def opened(motion="reduce", width=1280, colors="light"):
        page = browser.new_page(
            viewport={"width": width, "height": 800}, reduced_motion=motion, color_scheme=colors
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: errors.append(request.url))
        page.goto(file.as_uri())
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert [error for error in errors if error != file.as_uri()] == []


def panel(page, name):
    """The texts in the cells of a panel."""
    return page.locator(f".grid[aria-label^='{name} ']").first.evaluate(
        "grid => [...grid.querySelectorAll('.cell')].map(cell => cell.textContent)"
    )


def at(page):
    return page.locator(".caption").inner_text()


def filled(page, name):
    return sum(text != "" for text in panel(page, name))


def test_buttons_and_keys_go_through_the_windows(open_page, picture):
    page = open_page()
    assert at(page).startswith("window 1 of 12: rows 0 to 1, columns 0 to 1 → feature map[0, 0]")
    assert filled(page, "feature map") == 1
    page.get_by_role("button", name="Next").click()
    page.keyboard.press("ArrowRight")
    assert at(page).startswith("window 3 of 12")
    assert filled(page, "feature map") == 3
    page.keyboard.press("End")
    texts = [number(value) for value in picture.output.flat]
    assert panel(page, "feature map") == texts
    page.get_by_role("button", name="Previous").click()
    assert at(page).startswith("window 11 of 12")
    page.get_by_role("button", name="First").click()
    page.get_by_role("button", name="Last").click()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert at(page).startswith("window 1 of 12")


def test_every_window_shows_what_python_computed(open_page, picture):
    page = open_page()
    for step in picture.steps:
        texts = [number(value) for value in step.products.flat]
        assert panel(page, "products") == texts
        result = page.locator(".equation .result").inner_text()
        assert result.endswith(f"= {number(step.total)}")
        page.keyboard.press("ArrowRight")


def test_slider_and_cells_jump(open_page):
    page = open_page()
    slider = page.get_by_role("slider")
    slider.fill("7")
    assert at(page).startswith("window 7 of 12")
    assert slider.get_attribute("aria-valuetext").startswith("window 7 of 12: rows 1 to 2")
    cells = page.locator(".grid[aria-label^='feature map '] .cell")
    cells.nth(4).hover()
    assert at(page).startswith("window 5 of 12")  # a look, for as long as the pointer is there
    page.locator("h1").hover()
    assert at(page).startswith("window 7 of 12")
    cells.nth(9).click()
    page.locator("h1").hover()
    assert at(page).startswith("window 10 of 12")
    box, grid = (
        page.locator(f".grid[aria-label^='image ']{part}").bounding_box()
        for part in (" .frame", "")
    )
    side = grid["width"] / 5
    assert round((box["x"] - grid["x"]) / side) == 1
    assert round((box["y"] - grid["y"]) / side) == 2


def test_backward_views_end_with_the_gradients(open_page, picture):
    page = open_page()
    page.get_by_role("button", name="kernel gradient").click()
    assert panel(page, "kernel gradient") == ["0"] * 4  # the first cell's gradient is 0
    page.keyboard.press("End")
    texts = [number(value) for value in picture.kernel_gradient.flat]
    assert panel(page, "kernel gradient") == texts
    page.get_by_role("button", name="input gradient").click()
    assert at(page).startswith("window 12 of 12")  # the step stays when the view changes
    texts = [number(value) for value in picture.input_gradient.flat]
    assert panel(page, "image gradient") == texts
    page.keyboard.press("Home")
    assert filled(page, "image gradient") == 4  # no pixel has a gradient before it is reached
    pressed = page.locator(".views [aria-pressed=true]")
    assert pressed.all_inner_texts() == ["input gradient"]


def test_it_plays_and_stops_at_the_end_and_says_where_it_is(open_page):
    page = open_page(motion="no-preference")
    page.get_by_role("button", name="Pause").wait_for()
    page.locator(".caption", has_text="window 12 of 12").wait_for(timeout=15_000)
    page.get_by_role("button", name="Play").wait_for()
    page.keyboard.press("Home")
    assert "window 1 of 12" in page.locator(".live").text_content()
    page.keyboard.press(" ")
    page.get_by_role("button", name="Pause").wait_for()
    page.keyboard.press(" ")
    stopped = at(page)
    page.wait_for_timeout(500)
    assert at(page) == stopped


def test_who_asked_for_less_motion_is_not_played_to(open_page):
    page = open_page()
    page.wait_for_timeout(600)
    assert at(page).startswith("window 1 of 12")


def test_space_on_a_button_presses_that_button(open_page):
    page = open_page()
    page.get_by_role("button", name="Last").focus()
    page.keyboard.press(" ")
    assert at(page).startswith("window 12 of 12")


@pytest.mark.parametrize("colors", ["light", "dark"])
def test_a_narrow_screen_has_no_sideways_scrolling(open_page, colors):
    page = open_page(width=390, colors=colors)
    for name in ("kernel gradient", "input gradient", "forward"):
        page.get_by_role("button", name=name).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (colors == "light")


def test_no_ids_and_every_rule_under_the_container(picture):
    page = picture.html()
    assert ' id="' not in page
    assert 'data-lm-suppress-shortcuts="true"' in page
    rules = page[page.index(".glassgrad-convolution{") : page.index("</style>")]
    selectors = [line.split("{")[0] for line in rules.splitlines() if line.strip(" }")]
    allowed = (".glassgrad-convolution", "@media")
    assert all(selector.startswith(allowed) for selector in selectors)


def test_the_film_plays_inside_an_image(browser, picture):
    page = browser.new_page(viewport={"width": 900, "height": 700})
    page.set_content(picture.image())
    shots = [page.locator("img").screenshot()]
    page.wait_for_timeout(900)
    shots.append(page.locator("img").screenshot())
    page.close()
    assert shots[0] != shots[1]
