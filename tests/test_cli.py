"""What the command says and which exit code it gives, without the tour itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import viz.tour
from viz.cli import main

ROOT = Path(__file__).resolve().parents[1]


def command(*arguments, **settings):
    """Run `python -m viz` in a new interpreter."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "viz", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **settings,
    )


def test_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"glassgrad {autograd.__version__}\n"


def test_module_and_command_are_the_same():
    ran = command("--version")
    assert (ran.returncode, ran.stdout) == (0, f"glassgrad {autograd.__version__}\n")


def test_without_a_command_the_help_is_shown(capsys):
    assert main([]) == 0
    assert "tour" in capsys.readouterr().out


@pytest.mark.parametrize("typed", [["--help"], ["tour", "--help"]])
def test_help_fits_into_80_columns(typed, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as stopped:
        main(typed)
    assert stopped.value.code == 0
    assert all(len(line) <= 80 for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("typo", ["tuor", "Tour", "toor"])
def test_a_mistyped_command_is_recognized(typo, capsys):
    assert main([typo]) == 2
    assert "did you mean 'tour'?" in capsys.readouterr().err


def test_an_unknown_command_is_told_what_there_is(capsys):
    assert main(["frobnicate"]) == 2
    told = capsys.readouterr().err
    assert told == "glassgrad: unknown command 'frobnicate': There are: tour\n"


@pytest.mark.parametrize(
    "typed", [["tour", "--fast"], ["tour", "--out"], ["tour", "here"], ["--frob"]]
)
def test_wrong_options_point_to_the_help(typed, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(typed)
    assert stopped.value.code == 2
    assert "--help" in capsys.readouterr().err


def test_help_and_version_do_not_load_the_training_code():
    code = "import sys, viz.cli\nviz.cli.main([])\nassert 'nn' not in sys.modules"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_an_error_is_one_line_without_a_traceback(capsys, monkeypatch):
    def fail(out, *, quick):
        raise viz.tour.TourError("cannot write to there: no such thing")

    monkeypatch.setattr(viz.tour, "run", fail)
    assert main(["tour"]) == 1
    assert capsys.readouterr().err == "glassgrad tour: cannot write to there: no such thing\n"


def test_ctrl_c_is_no_traceback(capsys, monkeypatch):
    def interrupted(out, *, quick):
        raise KeyboardInterrupt

    monkeypatch.setattr(viz.tour, "run", interrupted)
    assert main(["tour"]) == 130
    assert capsys.readouterr().err == "\nStopped.\n"


@pytest.mark.skipif(os.name == "nt", reason="closing a pipe works otherwise there")
def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    """`glassgrad tour | head -1`."""
    running = subprocess.Popen(
        [sys.executable, "-m", "viz", "tour", "--quick", "--out", str(tmp_path / "tour")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    running.stdout.close()
    complaint = running.stderr.read()
    running.stderr.close()
    assert running.wait(timeout=60) == 1
    assert "Traceback" not in complaint
    assert "BrokenPipe" not in complaint
