"""The tour from outside, as a user runs it: in a process of its own, with no `dot` on the path."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

import viz.tour
import viz.tour_output
from viz.cli import main
from viz.grids.images import Tile, blocks_text, image_grid

ROOT = Path(__file__).resolve().parents[1]
DRAWINGS = (
    "neuron.svg",
    "network.svg",
    "loss.svg",
    "digits.svg",
    "mistakes.svg",
    "digit_graph.svg",
)
FILES = {*DRAWINGS, "steps.txt", "metrics.json", "index.html"}


def environment(empty, **more):
    """A bare machine: nothing on the path, so no `dot`, and nothing else that could help."""
    kept = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    return {**kept, "PATH": str(empty), "PYTHONPATH": str(ROOT), **more}


def tour(folder, *options, empty, **more):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "viz", "tour", "--out", str(folder), *options],
        cwd=folder.parent,
        env=environment(empty, **more),
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """One quick tour: what it said, and the folder that it made."""
    place = tmp_path_factory.mktemp("place")
    (place / "empty").mkdir()
    ran = tour(place / "tour", "--quick", empty=place / "empty", PYTHONIOENCODING="utf-8")
    assert ran.returncode == 0, ran.stderr.decode()
    assert ran.stderr == b""  # no warning, and no progress bar in a file
    return ran.stdout.decode("utf-8"), place / "tour"


def test_the_folder_holds_everything_and_nothing_half_made(taken):
    _, folder = taken
    assert {file.name for file in folder.iterdir()} == FILES
    assert all(file.stat().st_size for file in folder.iterdir())


@pytest.mark.parametrize("name", DRAWINGS)
def test_pictures_are_valid_and_self_contained(taken, name):
    _, folder = taken
    root = ElementTree.parse(folder / name).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("aria-label")
    text = (folder / name).read_text(encoding="utf-8")
    assert "prefers-color-scheme:dark" in text
    assert "url(" not in text
    for element in root.iter():
        kind = element.tag.rpartition("}")[2]
        assert kind not in ("script", "use", "foreignObject")
        assert kind != "image" or element.get("href", "data:").startswith("data:")


def test_steps_are_told_with_their_numbers(taken):
    told, folder = taken
    for line in ("n.grad += out.grad * dout/dn = 1 * 0.5 = 0.5", "x1.grad = -1.5", "w1.grad = 1"):
        assert line in told
        assert line in (folder / "steps.txt").read_text(encoding="utf-8")
    assert "out changes by -0.001503" in told  # the check by a small change


def test_the_accuracy_is_measured_printed_and_far_above_chance(taken):
    told, folder = taken
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["quick"] is True
    assert metrics["test_digits"] == 360
    assert metrics["train_digits"] == 1437
    assert metrics["test_accuracy"] > 0.9  # by guessing it would be 0.1
    assert metrics["test_accuracy"] == metrics["test_right"] / 360
    assert metrics["test_accuracy"] == metrics["test_accuracy_by_epoch"][-1]
    assert metrics["train_loss"][-1] < metrics["train_loss"][0]
    assert len(metrics["train_loss"]) == len(metrics["test_loss"]) == metrics["epochs"]
    shown = f"{100 * metrics['test_accuracy']:.1f} %"
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert f"Test accuracy: {shown} ({metrics['test_right']} of 360" in told
    assert page.count(shown) >= 2
    assert "This is the quick tour" in told
    assert "This was the quick tour" in page


def test_the_page_needs_nothing_from_outside(taken):
    _, folder = taken
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!data:)""", page)
    assert "http" not in page
    assert "<script" not in page
    assert "@import" not in page
    assert page.count('src="data:image/svg+xml;base64,') == len(DRAWINGS)
    assert "CC BY 4.0" in page  # the digits' licence
    for name in FILES - {"index.html"}:
        assert name in page


def test_the_terminal_shows_the_way_in_80_columns(taken):
    told, folder = taken
    assert str(folder / "index.html") in told
    assert "\x1b" not in told  # no colours in a pipe
    for name in FILES:
        assert name in told
    for line in told.replace(str(folder), "tour").splitlines():
        assert len(line) <= 80, line


def test_an_ascii_terminal_gets_ascii(tmp_path):
    (tmp_path / "empty").mkdir()
    ran = tour(tmp_path / "o", "--quick", empty=tmp_path / "empty", PYTHONIOENCODING="ascii")
    assert ran.returncode == 0, ran.stderr.decode()
    told = ran.stdout.decode("ascii")
    assert "\\u" not in told
    assert "##" in told  # the digits


@pytest.mark.slow
def test_the_whole_tour_reaches_96_percent(tmp_path):
    (tmp_path / "empty").mkdir()
    folder = tmp_path / "tour"
    ran = tour(folder, empty=tmp_path / "empty")
    assert ran.returncode == 0, ran.stderr.decode()
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["quick"] is False
    assert metrics["test_accuracy"] >= 0.96


# ----------------------------------------------------------------------------- what can go wrong


def test_a_file_in_place_of_the_folder_is_named(tmp_path, capsys):
    file = tmp_path / "taken"
    file.write_text("mine")
    assert main(["tour", "--out", str(file)]) == 1
    assert capsys.readouterr().err == (
        f"glassgrad tour: {file} is a file; name a folder with --out DIR\n"
    )
    assert main(["tour", "--out", str(file / "below" / "it")]) == 1
    assert f"{file} is a file" in capsys.readouterr().err
    assert file.read_text() == "mine"


def test_a_folder_without_a_name_is_refused(capsys):
    assert main(["tour", "--out", ""]) == 1
    assert "--out came without a folder" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_is_named_at_once(tmp_path, capsys, monkeypatch):
    def refuse(*arguments, **settings):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(viz.tour_output.tempfile, "TemporaryFile", refuse)
    assert main(["tour", "--out", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.out == ""  # before anything was told or trained
    assert told.err == (
        f"glassgrad tour: cannot write to {tmp_path}: Permission denied; "
        "name another folder with --out DIR\n"
    )


def test_a_full_disk_is_told_and_leaves_no_half_file(tmp_path, capsys, monkeypatch):
    real, calls = os.fdopen, []

    def full(handle, *arguments, **settings):
        calls.append(handle)
        if len(calls) < 3:
            return real(handle, *arguments, **settings)
        os.close(handle)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("viz.picture.os.fdopen", full)
    assert main(["tour", "--quick", "--out", str(tmp_path)]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["neuron.svg", "steps.txt"]


def test_ctrl_c_between_two_files_says_what_is_finished(tmp_path, capsys, monkeypatch):
    def stop(*arguments, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(viz.tour.nn, "fit", stop)
    assert main(["tour", "--out", str(tmp_path)]) == 130
    told = " ".join(capsys.readouterr().out.split())
    assert "Stopped." in told
    assert "every file of it whole: neuron.svg, steps.txt." in told
    assert sorted(file.name for file in tmp_path.iterdir()) == ["neuron.svg", "steps.txt"]


def test_ctrl_c_before_the_first_file_says_so(tmp_path, capsys, monkeypatch):
    def stop(*arguments, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(viz.tour, "steps_text", stop)
    assert main(["tour", "--out", str(tmp_path)]) == 130
    assert "Stopped before anything was written." in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_a_real_ctrl_c_while_training(tmp_path):
    """The signal of the terminal, in the middle of what takes longest."""
    folder = tmp_path / "tour"
    code = "import sys, viz.tour, viz.cli; viz.tour.EPOCHS = 100_000; sys.exit(viz.cli.main())"
    running = subprocess.Popen(
        [sys.executable, "-c", code, "tour", "--out", str(folder)],
        env=environment(tmp_path, PYTHONIOENCODING="utf-8"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (folder / "steps.txt").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    told, complaint = running.communicate(timeout=60)
    assert running.returncode == 130
    assert complaint == ""
    assert "Stopped." in told
    assert sorted(file.name for file in folder.iterdir()) == ["neuron.svg", "steps.txt"]


def test_a_second_tour_replaces_the_files_of_the_first(taken):
    _, folder = taken
    (folder / "mine.txt").write_text("kept")
    ran = tour(folder, "--quick", empty=folder.parent / "empty")
    assert ran.returncode == 0
    assert {file.name for file in folder.iterdir()} == FILES | {"mine.txt"}
    (folder / "mine.txt").unlink()


# ----------------------------------------------------------------------------- small pictures


def test_grids_escape_what_stands_under_the_pictures():
    picture = image_grid([Tile([[0.0, 1.0]], "<b>", "&", marked=True)], title='"x"')
    root = ElementTree.fromstring(picture.svg)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ['"x"', "<b>", "&"]


@pytest.mark.parametrize("tiles", [[], [Tile([1.0, 2.0], "row")], [Tile([[]], "empty")]])
def test_grids_refuse_what_is_no_picture(tiles):
    with pytest.raises(ValueError, match=r"image_grid: got"):
        image_grid(tiles)


def test_pixels_out_of_range_count_as_the_nearest():
    assert blocks_text([[[-1.0, 2.0, float("nan")]]], ascii=True) == "  ##"


def test_a_dark_pixel_is_drawn_darker_than_a_pale_one():
    picture = image_grid([Tile([[0.25, 1.0]], "two")])
    opacity = re.findall(r'stroke-opacity="([\d.]+)"', picture.svg)
    assert opacity == ["0.25", "1"]
