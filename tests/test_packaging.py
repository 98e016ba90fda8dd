"""What a wheel holds, and what happens beside PyPI's other package named autograd."""

import email
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("autograd", "nn", "viz")
SENTENCE = (
    "glassgrad: another package named 'autograd' is installed at {path}; use a fresh virtual "
    "environment (python -m venv .venv) and install glassgrad there"
)


def run_python(code, *, path, folder):
    """Run code in a new interpreter that looks for packages in ``path`` first."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# --------------------------------------------------------------------------------------- wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from this very tree, without asking a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", str(ROOT)]
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder)]
    built = subprocess.run(
        [*command, *options], capture_output=True, text=True, timeout=300, check=False
    )
    if built.returncode:
        pytest.fail("no wheel: " + "\n".join((built.stdout + built.stderr).splitlines()[-30:]))
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory):
    """Unpack the wheel, which is what installing it does."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_wheel_holds_the_three_packages_and_nothing_beside_them(unpacked):
    (information,) = unpacked.glob("*.dist-info")
    assert {entry.name for entry in unpacked.iterdir()} == {*PACKAGES, information.name}
    for package in PACKAGES:
        tree, copy = ROOT / package, unpacked / package
        wanted = {
            file.relative_to(tree)
            for file in tree.rglob("*")
            if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"
        }
        assert {file.relative_to(copy) for file in copy.rglob("*") if file.is_file()} == wanted


@pytest.mark.parametrize(
    "file",
    [
        *(f"{package}/{name}" for package in PACKAGES for name in ("__init__.py", "py.typed")),
        "nn/data/iris.csv",
        "nn/data/digits.csv.gz",
        "nn/data/alice.txt.gz",
        "nn/data/SOURCES.md",
        "viz/assets/stepper/main.js",
        "viz/assets/stepper/stepper.css",
    ],
)
def test_wheel_holds(unpacked, file):
    assert (unpacked / file).is_file()


def test_wheel_says_who_may_use_it_and_what_it_needs(unpacked):
    (information,) = unpacked.glob("*.dist-info")
    about = email.message_from_string((information / "METADATA").read_text(encoding="utf-8"))
    assert about["Name"] == "glassgrad"
    assert about["Requires-Python"] == ">=3.10"
    needed = {
        re.split(r"[\s<>=!~;\[]", line)[0]
        for line in about.get_all("Requires-Dist")
        if "extra ==" not in line
    }
    assert needed == {"numpy", "graphviz", "tqdm"}
    extras = {"dot", "png", "pdf", "plot", "notebook", "io", "tensorboard", "dev"}
    assert set(about.get_all("Provides-Extra")) == extras
    licences = information / "licenses"
    assert "MIT License" in (licences / "LICENSE").read_text(encoding="utf-8")
    assert "CC BY 4.0" in (licences / "nn" / "data" / "SOURCES.md").read_text(encoding="utf-8")
    assert "glassgrad = viz.cli:main" in (information / "entry_points.txt").read_text()


def test_shipped_data_load_from_an_installed_copy(unpacked, tmp_path):
    code = "import nn.data as d; print(d.__file__, len(d.iris()), len(d.digits()))"
    ran = run_python(code, path=[unpacked], folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [str(unpacked / "nn" / "data" / "__init__.py"), "150", "1797"]


# --------------------------------------------------------- the other package named autograd


def test_our_own_packages_import_without_a_word(tmp_path):
    ran = run_python("import autograd, nn, viz", path=[ROOT], folder=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_files_of_the_other_package_under_ours_are_noticed(tmp_path):
    """Pip overwrites what both packages have and leaves the rest, such as autograd/numpy/."""
    mixed = tmp_path / "mixed" / "autograd"
    shutil.copytree(ROOT / "autograd", mixed, ignore=shutil.ignore_patterns("__pycache__"))
    fine = run_python("import autograd", path=[mixed.parent], folder=tmp_path)
    assert fine.returncode == 0, fine.stderr

    (mixed / "numpy").mkdir()
    (mixed / "numpy" / "__init__.py").write_text("from .numpy_wrapper import *\n")
    ran = run_python("import autograd", path=[mixed.parent], folder=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == f"ImportError: {SENTENCE.format(path=mixed)}"


@pytest.mark.parametrize("ours", ["nn", "viz"])
def test_the_other_package_in_place_of_ours_is_named(ours, tmp_path):
    """Installed after ours, or found first on the path, the other package is what we import."""
    other = tmp_path / "front" / "autograd"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("def grad(fun, argnum=0):\n    return fun\n")
    ran = run_python(f"import {ours}", path=[other.parent, ROOT], folder=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == f"ImportError: {SENTENCE.format(path=other)}"


def test_a_script_that_hides_a_standard_module_is_not_blamed_on_the_other_package(tmp_path):
    """A lesson saved as contextvars.py imports itself while autograd is half imported."""
    (tmp_path / "contextvars.py").write_text("import viz\n")
    ran = run_python("import viz", path=[tmp_path, ROOT], folder=tmp_path)
    assert ran.returncode == 1
    assert "another package" not in ran.stderr
    assert str(tmp_path / "contextvars.py") in ran.stderr


# ------------------------------------------------------------------------------ make, at the door


def make_test(python, folder):
    """Run `make test` with a given interpreter and an environment that is yet to be made."""
    outside = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", "test", f"PYTHON={python}", f"VENV={folder / 'venv'}"],
        cwd=ROOT,
        env=outside,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
class TestMakeAtTheDoor:
    def test_an_old_python_is_told_what_is_needed(self, tmp_path):
        old = tmp_path / "python3.9"
        pretend = "import sys; sys.version_info = (3, 9, 18); exec(sys.argv[1])"
        old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{pretend}" "$2"\n')
        old.chmod(0o755)
        ran = make_test(old, tmp_path)
        assert ran.returncode != 0
        assert f"glassgrad needs Python 3.10 or newer, and '{old}' is Python 3.9." in ran.stderr
        assert "make test PYTHON=python3.12" in ran.stderr
        assert not (tmp_path / "venv").exists()

    def test_a_missing_python_is_named(self, tmp_path):
        ran = make_test("no-such-python", tmp_path)
        assert ran.returncode != 0
        assert "There is no 'no-such-python' here" in ran.stderr
