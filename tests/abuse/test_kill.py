"""A training killed at any moment and started again ends with the same bits as one left alone."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("small_training.py")
ROOT = PROGRAM.parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL"),
]


def command(how, folder, *death):
    return [sys.executable, str(PROGRAM), how, str(folder / "run.npz"),
            str(folder / "result.json"), *death]  # fmt: skip


def run(how, folder, *death):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command(how, folder, *death), capture_output=True, text=True, env=environment, check=False
    )


@pytest.fixture(scope="module", params=["loop", "fit"])
def undisturbed(request, tmp_path_factory):
    """How to train, and what comes out if nobody interferes."""
    folder = tmp_path_factory.mktemp(request.param)
    ran = run(request.param, folder)
    assert ran.returncode == 0, ran.stderr
    return request.param, (folder / "result.json").read_text(encoding="utf-8")


def test_killed_at_every_step_of_writing(undisturbed, tmp_path):
    how, expected = undisturbed
    first = ["before write:1", "half written:1", "before fsync:1", "after fsync:1"]
    later = [
        "before replace:2", "after replace:1", "before folder:2", "after folder:1",
        "after write:1", "half written:2", "batch:3", "before write:2",
    ]  # fmt: skip
    for death in first:  # nothing is there yet, and nothing is put there
        assert run(how, tmp_path, death).returncode == -9
        assert not (tmp_path / "run.npz").exists()
    for death in later:
        ran = run(how, tmp_path, death)
        assert ran.returncode == -9, (death, ran.stderr)
    ran = run(how, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "result.json").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("seed", range(7))  # with four lives each, and two ways to train: 56 deaths
def test_killed_at_random(undisturbed, tmp_path, seed):
    how, expected = undisturbed
    chance, environment = random.Random(seed), {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(4):
        with subprocess.Popen(
            command(how, tmp_path), stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            for _ in range(chance.randint(1, 3)):  # lives for so many epochs ...
                process.stdout.readline()
            for _ in range(chance.randint(0, 300_000)):  # ... and a little longer
                pass
            process.kill()
    ran = run(how, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "result.json").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("undisturbed", ["fit"], indirect=True)
def test_ctrl_c_ends_the_batch_saves_and_gives_the_history(undisturbed, tmp_path):
    how, expected = undisturbed
    epochs = 0
    for batches in (3, 2, 9, 1):  # an epoch has five
        ran = run(how, tmp_path, f"interrupt:{batches}")
        assert ran.returncode == 3, ran.stderr
        said = json.loads(ran.stdout.splitlines()[-1])
        assert said["interrupted"]
        assert said["epochs"] >= epochs
        epochs = said["epochs"]
        assert not (tmp_path / "result.json").exists()
    ran = run(how, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "result.json").read_text(encoding="utf-8") == expected
