"""The stepper inside a real JupyterLab: trusted, untrusted, and as a widget with a kernel."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import viz
from autograd import Value

nbformat = pytest.importorskip("nbformat", reason="needs jupyterlab: pip install '.[dev]'")
pytest.importorskip("jupyterlab", reason="needs jupyterlab: pip install '.[dev]'")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "only-for-this-test"
STEPPER = ".glassgrad-stepper"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on an empty folder, with settings of its own; give folder and address."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "notebooks"
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": str(ROOT),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", "--allow-root",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=",
    ]  # fmt: skip
    with (home / "log.txt").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(120):
                if server.poll() is not None:
                    pytest.fail(f"JupyterLab ended: {(home / 'log.txt').read_text()[-2000:]}")
                try:
                    urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5)
                    break
                except OSError:
                    time.sleep(0.5)
            yield folder, address, environment
        finally:
            server.terminate()
            server.wait(timeout=30)


@pytest.fixture
def page(browser):
    opened = browser.new_page(viewport={"width": 1280, "height": 1000})
    yield opened
    opened.close()


def written(folder, name, cells, *, stepper=None):
    """Write a notebook; the stepper becomes the stored output of its last cell."""
    notebook = nbformat.v4.new_notebook()
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata["kernelspec"] = spec  # without the language JupyterLab asks which kernel
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    if stepper is not None:
        shown = {"text/html": stepper._repr_html_(), "text/plain": repr(stepper)}
        output = nbformat.v4.new_output("execute_result", data=shown, execution_count=1)
        notebook.cells[-1].outputs = [output]
    nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def opened(page, address, name):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/lab/tree/{name}.ipynb?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Cell", timeout=60_000)
    return errors


def neuron():
    x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    out = (x * w + 1).tanh()
    out.label = "out"
    return viz.step(out)


def test_a_trusted_notebook_steps_by_keyboard_and_keeps_its_cells(lab, page):
    folder, address, environment = lab
    stepper = neuron()
    path = written(folder, "trusted", ["# first", "viz.step(out)"], stepper=stepper)
    subprocess.run(
        [sys.executable, "-m", "jupyter", "trust", str(path)], env=environment, check=True
    )
    errors = opened(page, address, "trusted")
    page.wait_for_selector(f"{STEPPER}[data-ready]", timeout=30_000)
    root = page.locator(STEPPER)
    before = page.locator(".jp-Cell").count()
    root.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("b")  # JupyterLab's key for a new cell below
    page.keyboard.press("a")
    assert root.get_attribute("data-step") == "3"
    page.keyboard.press("End")
    assert root.get_attribute("data-step") == str(len(stepper))
    assert page.locator(".jp-Cell").count() == before
    assert errors == []


def test_an_untrusted_notebook_shows_the_picture_and_the_list(lab, page):
    folder, address, _ = lab
    stepper = neuron()
    written(folder, "untrusted", ["# from the internet", "viz.step(out)"], stepper=stepper)
    errors = opened(page, address, "untrusted")
    picture = page.locator(".jp-OutputArea-output img")
    picture.wait_for(timeout=30_000)
    assert picture.evaluate("image => image.naturalWidth") > 100
    assert page.locator(f"{STEPPER}[data-ready]").count() == 0
    page.locator(".jp-OutputArea-output summary").click()
    steps = page.locator(".jp-OutputArea-output li").all_inner_texts()
    assert steps == [step.text for step in stepper.steps]
    assert errors == []


def test_the_widget_and_python_move_each_other(lab, page):
    pytest.importorskip("anywidget", reason="needs anywidget: pip install '.[dev]'")
    folder, address, _ = lab
    cells = [
        "import viz\nfrom autograd import Value\na, b = Value(2.0), Value(-3.0)\nc = a * b + a",
        "w = viz.live(c)\nw",
        "w.step = 2",
        "print('python is told', w.step, 'of', len(w.stepper))",
        "w.show(a.tanh())",
    ]
    written(folder, "live", cells)
    errors = opened(page, address, "live")
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000)

    def run(number):
        prompt = page.locator(".jp-Cell .jp-InputPrompt").nth(number)
        for _ in range(10):  # a page that is still being built loses keys
            page.locator(".jp-Cell").nth(number).locator(".cm-content").click()
            page.keyboard.press("Control+Enter")
            for _ in range(40):
                if re.search(r"\[\d+\]", prompt.inner_text()):
                    return
                page.wait_for_timeout(250)
                if "*" not in prompt.inner_text() and not re.search(r"\d", prompt.inner_text()):
                    break
        pytest.fail(f"cell {number} was not run: {page.locator('.jp-Notebook').inner_text()}")

    run(0)
    run(1)
    page.wait_for_selector(f"{STEPPER}[data-ready]", timeout=30_000)
    root = page.locator(STEPPER)
    run(2)
    page.wait_for_selector(f"{STEPPER}[data-step='2']", timeout=15_000)
    root.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert root.get_attribute("data-step") == "4"
    run(3)
    told = page.locator(".jp-Cell").nth(3).locator(".jp-OutputArea-output")
    told.wait_for(timeout=15_000)
    assert re.search(r"python is told 4 of \d+", told.inner_text())
    run(4)
    page.wait_for_selector(f"{STEPPER} >> text=tanh", timeout=15_000)
    assert errors == []
