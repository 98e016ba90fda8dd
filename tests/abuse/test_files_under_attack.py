"""Checkpoints: damaged in 5,000 ways, and a disk that is full in the middle of writing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.saving import load_checkpoint, save_checkpoint

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ALTOGETHER = int(os.environ.get("GLASSGRAD_DAMAGED", "5000"))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's own figures")
@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_damaged_checkpoints_are_refused_or_load_what_was_saved(tmp_path, suffix):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    done = subprocess.run(
        [sys.executable, str(HERE / "damaged_loads.py"), suffix, str(tmp_path), "0",
         str(ALTOGETHER // 2)],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["refused"] + told["loaded"] == ALTOGETHER // 2
    assert told["refused"] > 0.9 * ALTOGETHER // 2
    assert told["loaded"] > 0  # some bytes of a file mean nothing, so some damage does none


# ------------------------------------------------------------------------------ a full disk


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip("only an administrator may mount a small disk; the next test does without")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small_files(tmp_path):
    """Files may have 20 kB, as under a quota."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write says what is wrong
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield tmp_path
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def model_of(width):
    return nn.Sequential(nn.Linear(4, width, generator=1), nn.Tanh(), nn.Linear(width, 2))


def fill_up_and_check(folder, suffix):
    path = folder / f"run{suffix}"
    small = model_of(3)
    save_checkpoint(path, model=small, run={"epoch": 1})
    before = path.read_bytes()
    if folder.name == "disk":
        (folder / "filler").write_bytes(bytes(40_000))
    large = model_of(1000)
    with pytest.raises(OSError, match=r"was not written: .*; what was there is unchanged"):
        save_checkpoint(path, model=large, run={"epoch": 2})
    with pytest.raises(OSError, match=r"was not written: .*; what was there is unchanged"):
        large.save(path)
    assert path.read_bytes() == before
    assert {p.name for p in folder.iterdir()} <= {path.name, "filler", "disk"}
    again = model_of(3)
    assert load_checkpoint(path, model=again) == {"epoch": 1}
    (folder / "filler").unlink(missing_ok=True)
    save_checkpoint(path, model=again, run={"epoch": 3})  # and what fits is written
    assert load_checkpoint(path, model=again) == {"epoch": 3}


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_a_full_disk_leaves_the_old_checkpoint(small_disk, suffix):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    fill_up_and_check(small_disk, suffix)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limits on files")
@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_a_limit_on_files_leaves_the_old_checkpoint(small_files, suffix):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    fill_up_and_check(small_files, suffix)


def test_a_training_on_a_full_disk_stops_and_keeps_what_it_learned(small_disk):
    (small_disk / "filler").write_bytes(bytes(45_000))
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(20, 4)), generator.integers(0, 2, 20)
    model = model_of(200)  # its first checkpoint is too large already
    start = [p.data.copy() for p in model.parameters()]
    with pytest.raises(OSError, match=r"run.npz was not written"):
        nn.fit(
            model, x, y, loss="cross_entropy", epochs=3, progress=False,
            checkpoint=small_disk / "run.npz",
        )  # fmt: skip
    assert [p.name for p in small_disk.iterdir()] == ["filler"]
    assert any((p.data != s).any() for p, s in zip(model.parameters(), start, strict=True))
