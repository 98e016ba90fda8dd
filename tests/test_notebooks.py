"""The notebooks: every cell runs, and prints what is stored in them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="needs nbformat: pip install '.[dev]'")
pytest.importorskip("nbclient", reason="needs nbclient: pip install '.[dev]'")
pytest.importorskip("ipykernel", reason="needs ipykernel: pip install '.[dev]'")

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NUMBER = re.compile(r"[−+-]?\d[\d.,]*(e[−+-]?\d+)?")
SAME_AGAIN = re.compile(r"( [^,:;.]+)(,\1)+")  # "taken for 3 (2), taken for 5 (1)", the digits gone


@pytest.fixture(scope="module")
def executed():
    """Load the script that stores the outputs: the test runs what `make notebooks` runs."""
    spec = importlib.util.spec_from_file_location("execute_notebooks", FOLDER / "execute.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.executed


def said(notebook):
    """What the cells print and give as text, cell by cell.

    Where a training decides, the last digits depend on the processor: in a cell with the tag
    "varies" only the words count, and of a list of the same words only the first.
    """
    texts = []
    for cell in notebook.cells:
        parts = []
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                parts.append(output.text)
            elif output.output_type in ("execute_result", "display_data"):
                parts.append(output.data.get("text/plain", ""))
        text = "".join(parts)
        varies = "varies" in cell.metadata.get("tags", ())
        texts.append(words_of(text) if varies else text)
    return texts


def words_of(text):
    return SAME_AGAIN.sub(r"\1", NUMBER.sub("#", text))


def test_there_are_notebooks():
    assert [path.stem for path in NOTEBOOKS] == [
        "01-backprop-step-by-step",
        "02-a-neuron-and-a-network",
        "03-convolution-window-by-window",
        "04-linear-logistic-xor",
        "05-training-loops",
        "06-a-cnn-and-what-it-sees",
        "07-transfer-learning",
        "08-characters-rnn",
        "09-find-the-bug",
        "10-scalars-at-matrix-speed",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_fresh_run_says_what_is_stored(path, executed):
    stored = nbformat.read(path, as_version=4)
    fresh = executed(path)
    assert said(fresh) == said(stored), "outputs changed: look at them, then `make notebooks`"


def test_only_the_digits_may_vary():
    text = "loss falls from −1,234.5 to 2e−07 over 20 steps"
    assert words_of(text) == "loss falls from # to # over # steps"


def test_of_a_list_only_the_form_counts():
    two = "Most often confused: 3 taken for 5 (2), 8 taken for 1 (1). Save it"
    assert words_of(two) == "Most often confused: # taken for # (#). Save it"
    assert words_of("4 right, 2 wrong") == "# right, # wrong"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_stored_notebook_is_whole(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", "a warning is stored"
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(/home/|/tmp/|/root/|/Users/|C:\\\\)", text), "a path of some machine"
    assert path.stat().st_size < 2_000_000
