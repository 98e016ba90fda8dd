"""The benchmarks run, their page says what was measured, and what is missing is told.

No figure is judged here: what costs time is counted elsewhere.
"""

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "benchmarks"
DOCS = ROOT / "docs"
TABLES = [
    "scalar", "replay", "tensor", "conv", "recurrent", "memory", "growth", "startup", "pictures",
]  # fmt: skip


@pytest.fixture
def part(monkeypatch):
    """Import a file of the folder, and forget it and its neighbours afterwards."""
    monkeypatch.syspath_prepend(SCRIPTS)
    before = set(sys.modules)
    yield import_module
    for name in set(sys.modules) - before:
        if str(SCRIPTS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def measured(part):
    return part("page").told()


@pytest.mark.slow
@pytest.mark.parametrize("script", TABLES)
def test_a_script_runs_and_keeps_what_it_prints(script, tmp_path, part):
    file = tmp_path / f"{script}.json"
    run = [sys.executable, SCRIPTS / f"{script}.py", "--quick", "--own", "--json", file]
    done = subprocess.run(
        run, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["script"] == script
    assert told["quick"]
    tables = [found for found in told["parts"] if found["kind"] == "table"]
    assert tables
    for table in tables:
        assert table["title"] in done.stdout
        for row in table["rows"]:
            assert len(row) == len(table["header"])
            assert row[0] in done.stdout
    text = part("page").page({script: told})
    assert "only tried with `--quick`" in text


def test_every_table_has_its_place(part):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (made,) = re.findall(r"^TABLES := (.*)$", makefile, re.MULTILINE)
    assert made.split() == list(part("page").ORDER) == TABLES
    reports = {file.stem for file in SCRIPTS.glob("*.py") if "main(" in file.read_text()}
    assert reports - {"harness"} == set(TABLES)


def test_the_page_says_what_was_measured(part, measured, tmp_path):
    written = part("page").write(measured, tmp_path)
    for file in written:
        shown = DOCS / file.relative_to(tmp_path)
        same = file.read_text(encoding="utf-8") == shown.read_text(encoding="utf-8")
        assert same, f"{shown.relative_to(ROOT)} is not what make bench-page makes"
    plots = {file.name for file in written if file.suffix == ".svg"}
    assert plots == {file.name for file in (DOCS / "benchmarks").glob("*.svg")}


def test_every_figure_of_a_table_stands_on_the_page(part, measured):
    lines = (DOCS / "benchmarks.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    for told in measured.values():
        for found in told["parts"]:
            for row in found.get("rows", []):
                assert row in [line[: len(row)] for line in cells]


def test_every_link_and_every_picture_of_the_page_is_there(measured):
    page = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}
    targets = re.findall(r"\]\(([^)]+)\)", page)
    assert targets
    for target in targets:
        found = target[1:] in anchors if target[0] == "#" else (DOCS / target).is_file()
        assert found, target
    for file in (DOCS / "benchmarks").glob("*.svg"):
        assert f"](benchmarks/{file.name})" in page
        text = file.read_text(encoding="utf-8")
        assert ElementTree.fromstring(text).get("aria-label")
        assert "prefers-color-scheme:dark" in text


def test_a_bar_is_reached_from_its_own_side(part, capsys):
    part("harness").bar_table(
        "bars",
        [
            ("less is better", 0.70, 0.90, 0.72),
            ("enough", 0.80, 0.90, 0.72),
            ("too much", 0.95, 0.90, 0.72),
            ("more is better", 21.0, 12.0, 20.0),
            ("not enough", 11.0, 12.0, 20.0),
            ("no aim", 1.2, 1.3, None),
            ("only an aim", 0.9, None, 0.85),
        ],
    )
    rows = part("record")._parts[-1]["rows"]
    verdicts = ["aim", "must", "missed", "aim", "missed", "must", "not yet"]
    assert [row[-1] for row in rows] == verdicts


def test_a_peer_that_is_nowhere_is_left_out_and_told(part, monkeypatch, tmp_path, capsys):
    peers, harness = part("peers"), part("harness")
    monkeypatch.setenv("BENCH", str(tmp_path))
    assert peers.python_of("mlp-nn") == sys.executable
    assert peers.python_of("mlp-hips") is None  # even if a package of that name is beside us: ours
    assert harness.present(["mlp-nn", "mlp-hips"]) == ["mlp-nn"]
    assert capsys.readouterr().out == "not installed: hips (make bench-peers)\n"
    assert harness.run_alone("nothing.py", "mlp-hips") == {
        "absent": "not installed: make bench-peers"
    }


def test_a_peer_has_an_environment_of_its_own(part, monkeypatch, tmp_path):
    peers = part("peers")
    monkeypatch.setenv("BENCH", str(tmp_path))
    python = tmp_path / "autograd" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert peers.python_of("mlp-hips") is None  # half made
    (tmp_path / "autograd" / ".installed").touch()
    assert peers.python_of("mlp-hips") == str(python)
    assert peers.python_of("own network 2-4-4-1") == sys.executable


def test_rounds_are_interleaved_and_slow_starters_run_once(part, monkeypatch):
    harness = part("harness")
    ran = []

    def run_alone(script, name):
        ran.append(name)
        return {"absent": "no compiler"} if name == "c" else {"step": float(len(ran))}

    monkeypatch.setattr(harness, "run_alone", run_alone)
    results = harness.rounds("script.py", ["a", "b", "c", "slow"], 3, least=["slow"])
    assert ran == ["a", "b", "c", "slow", "b", "a", "a", "b"]
    assert [list(found) for found in results] == [["a", "b", "slow"]] * 3
    assert harness.median_ratio(results, "a", "b", "step") == pytest.approx(7 / 8)


def test_curves_of_a_plot_are_all_drawn(part):
    series = {"glassgrad": [[100, 0.5], [1e7, 0.6]], "micrograd": [[100, 1.0], [1e4, 1.5]]}
    svg = part("curves").drawn("A chain", ("nodes", "microseconds"), series)
    root = ElementTree.fromstring(svg)
    words = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"A chain", "nodes", "microseconds", "glassgrad", "micrograd", "100", "10⁷"} <= set(
        words
    )
    assert svg.count('class="curve') == 2
    assert svg.count("<circle") == 4


def test_the_peak_of_a_step_is_what_lives_at_once(part):
    import numpy as np

    def step():
        a = np.zeros(100_000)  # 800 kB
        b = a + 1
        del a
        c = b + 1
        return float(c[0])

    told = part("peak")._peak_of_arrays(step)
    assert told["losses"] == [2.0] * 4
    assert 1_600_000 <= told["peak"] < 1_700_000
