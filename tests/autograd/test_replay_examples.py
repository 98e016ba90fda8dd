"""Replay gives what eager gives, on every program of the repository that is written with Values.

What the examples, notebooks, pages, worked cases and benchmarks hold must be what is listed here:
a new one that nobody restated as a program fails a test.
"""

import ast
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from autograd import OperationError, Value, replay
from tests.autograd import programs_of_lessons, programs_of_scalars, programs_of_sciences

PROGRAMS = programs_of_lessons.PROGRAMS
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MAKERS = {"Value", "MLP", "Neuron", "Layer", "to_values"}
# How many blocks, cells, functions and classes of each file make Values. When this changes: is the
# program among those of tests/autograd/programs_of_lessons.py? Restate it, then count it here.
KNOWN = {
    "CONTRIBUTING.md": 1,
    "README.md": 5,
    "docs/how-it-works.md": 5,
    "docs/step-format.md": 1,
    "examples/characters_by_values.py": 2,
    "examples/digits_by_values.py": 2,
    "examples/moons_by_values.py": 1,
    "examples/torch_programs/gpt.py": 1,
    "notebooks/01-backprop-step-by-step.ipynb": 3,
    "notebooks/02-a-neuron-and-a-network.ipynb": 7,
    "notebooks/03-convolution-window-by-window.ipynb": 2,
    "notebooks/04-linear-logistic-xor.ipynb": 3,
    "notebooks/06-a-cnn-and-what-it-sees.ipynb": 1,
    "notebooks/08-characters-rnn.ipynb": 1,
    "notebooks/10-scalars-at-matrix-speed.ipynb": 9,
    "tests/test_worked_cases.py": 14,
}
NO_PROGRAM = {"examples/torch_programs/gpt.py"}  # its MLP is a class of its own, on Tensors
CHOOSING = {
    "what_chooses_by_where_and_by_maximum",
    "what_chooses_in_the_lesson",
}  # a graph holds only what where has chosen
TOLERANCE = 1e-12


@pytest.fixture(autouse=True)
def examples(monkeypatch):
    """Import an example as Python does that runs it: its own folder first."""
    monkeypatch.setattr(sys, "path", [str(EXAMPLES), *sys.path])
    known = set(sys.modules)
    yield
    for name in set(sys.modules) - known:
        if str(EXAMPLES) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def wrap(item):
    return [wrap(each) for each in item] if np.ndim(item) else Value(float(item))


def eager(function, batch, parameters):
    """Losses and gradients of the mean, example by example."""
    rows = zip(*(np.asarray(array, dtype=float) for array in batch), strict=True)
    losses = [function(*map(wrap, row)) for row in rows]
    (sum(losses) * (1 / len(losses))).backward()
    found = [p.grad for p in parameters]
    for p in parameters:
        p.grad = None
    return [loss.data for loss in losses], found


def close(got, right):
    right = np.array(right)
    scale = np.max(np.abs(right), initial=1e-300)
    np.testing.assert_allclose(np.array(got), right, rtol=TOLERANCE, atol=TOLERANCE * scale)


@pytest.mark.parametrize("count", [1, None], ids=["one example", "a batch"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_replay_gives_what_eager_gives(name, count):
    function, batch, parameters = PROGRAMS[name][0]()
    batch, parameters = [array[:count] for array in batch], list(parameters)
    losses, gradients = eager(function, batch, parameters)
    assert all(g is not None for g in gradients)
    found = replay(function)(*batch)
    found.backward()
    close(found.losses, losses)
    close([p.grad for p in parameters], gradients)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_recorded_graph_is_computed_anew_for_other_numbers(name):
    function, batch, parameters = PROGRAMS[name][0]()
    batch, parameters = [array[:2] for array in batch], list(parameters)

    def result():
        rows = zip(*(np.asarray(array, dtype=float) for array in batch), strict=True)
        return sum(function(*map(wrap, row)) for row in rows)

    if name in CHOOSING:
        with pytest.raises(OperationError, match="the choice would be frozen: give replay the fun"):
            replay(result())
        return
    again = replay(result())
    for p in parameters:
        p.data = 1.01 * p.data + 0.001
    found = again()
    found.backward()
    gradients = [p.grad for p in parameters]
    for p in parameters:
        p.grad = None
    eager_result = result()
    eager_result.backward()
    close(found.value, eager_result.data)
    close(gradients, [p.grad for p in parameters])


# ---------------------------------------------------------------------------- none is forgotten


def makes_values(text):
    """Whether a piece of code makes a Value, or a model of Values."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            made = node.func
            if isinstance(made, ast.Attribute) and made.attr == "from_weights":
                made = made.value
            if getattr(made, "id", getattr(made, "attr", None)) in MAKERS:
                return True
    return False


def pieces_of(path):
    """The cells of a notebook, the blocks of a page, the functions and classes of a module."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
        return ["".join(cell["source"]) for cell in cells]
    if path.suffix == ".md":
        return FENCE.findall(text)
    return [ast.unparse(statement) for statement in ast.parse(text).body]


def found_in(root):
    """Count the pieces with Values, by file."""
    wanted = ("*.md", "docs/*.md", "notebooks/*.ipynb", "examples/**/*.py", "examples/**/*.md")
    paths = [path for each in (*wanted, "tests/test_worked_case*.py") for path in root.glob(each)]
    counts = {
        path.relative_to(root).as_posix(): sum(map(makes_values, pieces_of(path))) for path in paths
    }
    return {name: count for name, count in counts.items() if count}


def test_every_program_is_known():
    assert found_in(ROOT) == KNOWN, "restate what is new in programs_of_lessons.py, then count it"


def test_every_known_file_has_its_programs():
    restated = {file for _, files in PROGRAMS.values() for file in files}
    assert KNOWN.keys() - NO_PROGRAM <= restated
    assert [file for file in restated if not (ROOT / file).is_file()] == []
    assert {programs_of_scalars.SCALARS, programs_of_sciences.HERE} <= restated


def test_a_new_example_would_be_found(tmp_path):
    for folder in ("examples", "docs", "notebooks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "examples" / "springs.py").write_text("import nn\n\nmodel = nn.MLP(2, [1])\n")
    (tmp_path / "examples" / "arrays.py").write_text("import numpy as np\n\nx = np.ones(3)\n")
    page = "Text\n\n```python\na = Value(2.0)\n```\n\n```python\nx = Tensor([1.0])\n```\n"
    (tmp_path / "docs" / "page.md").write_text(page)
    sources = ["n = nn.Neuron.from_weights([1.0])", "print(1)", "m = nn.to_values(model)"]
    cells = [{"cell_type": "code", "source": [text]} for text in sources]
    (tmp_path / "notebooks" / "11.ipynb").write_text(json.dumps({"cells": cells}))
    assert found_in(tmp_path) == {
        "examples/springs.py": 1,
        "docs/page.md": 1,
        "notebooks/11.ipynb": 2,
    }
