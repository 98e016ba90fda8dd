"""No false alarm: what the project itself shows is looked over, and nothing is found."""

import contextlib
import importlib
import io
import json
import linecache
import re
import sys
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PROGRAMS = {
    "mnist_cnn": "--epochs 1",
    "vae": "--epochs 1",
    "char_lstm": "--steps 6",
    "gpt": "--steps 6",
}
SLOW = ("characters", "characters_by_values", "digits_by_values")
SHARED = ("lesson", "learning_digits", "learning_characters", "eagerly")
SCRIPTS = sorted(path.stem for path in EXAMPLES.glob("*.py") if path.stem not in SHARED)
ON_PURPOSE = {  # which show just these mistakes, and say so
    "04-linear-logistic-xor": ["unscaled-data"],
    "05-training-loops": ["vanishing-gradient"],
    "10-scalars-at-matrix-speed": ["nothing-learned"],  # steps at a rate of 0, to be timed
}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def marked(name):
    return pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name


@pytest.mark.parametrize("name", [marked(name) for name in SCRIPTS])
def test_examples_have_no_finding(name, linted, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(EXAMPLES), *sys.path])
    known = set(sys.modules)
    try:
        with linted() as report, contextlib.redirect_stdout(io.StringIO()):
            importlib.import_module(name).main(["--quick"])
    finally:
        for other in set(sys.modules) - known:
            if str(EXAMPLES) in str(getattr(sys.modules[other], "__file__", "")):
                del sys.modules[other]
    assert report.steps > 0
    assert report.findings == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_written_for_pytorch_have_no_finding(name, linted, monkeypatch):
    path = EXAMPLES / "torch_programs" / f"{name}.py"
    module = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), vars(module))
    monkeypatch.setattr(sys, "argv", [str(path), *PROGRAMS[name].split()])
    with linted() as report, contextlib.redirect_stdout(io.StringIO()):
        module.main()
    assert report.steps > 0
    assert report.findings == []


def run_cells(cells, folder):
    """Run pieces of code one after the other in one namespace, as a notebook does."""
    namespace = {"__name__": "__main__"}
    for number, source in enumerate(cells):
        name = str(folder / f"cell_{number}.py")
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, name, "exec"), namespace)


SHOWN_ON = {  # what these pages show on purpose
    "lint.md": ["no-zero-grad"],
    "README.md": ["no-zero-grad", "softmax-twice"],
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_have_no_finding(page, linted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    from autograd import OPS

    known = dict(OPS)
    try:
        with linted() as report:
            run_cells(cells, tmp_path)
    finally:
        for name in set(OPS) - set(known):
            del OPS[name]
    assert sorted(report.codes) == SHOWN_ON.get(page.name, [])


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_have_no_finding(path, linted, tmp_path, monkeypatch):
    if path.stem.startswith("09"):
        pytest.skip("it is about the linter")
    monkeypatch.chdir(tmp_path)
    cells = [
        "".join(cell["source"])
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    with linted() as report:
        run_cells(cells, tmp_path)
    assert report.codes == ON_PURPOSE.get(path.stem, [])
