"""The libraries that are measured beside ours, each in an environment of its own.

``make bench-peers`` makes the environments; this script then tells what is in them.

    python benchmarks/peers.py [FOLDER]
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

# The word that ends a contender's name, and the distribution that it needs.
NEEDS = {
    "micrograd": "micrograd",
    "torch": "torch",
    "compiled": "torch",
    "jax": "jax",
    "mygrad": "mygrad",
    "hips": "autograd",
    "tinygrad": "tinygrad",
}
HERE = Path(__file__).resolve().parent.parent
REMEDY = "make bench-peers"
VERSIONS = """
from importlib.metadata import version
import sys
for name in sys.argv[1:]:
    print(name, version(name))
"""


def folder() -> Path:
    """Where the environments are: ``.bench``, or what the variable BENCH says."""
    return HERE / os.environ.get("BENCH", ".bench")


def python_of(contender: str) -> str | None:
    """Find the Python that runs a contender.

    Args:
        contender: Its name, such as ``"cnn-torch"``; the last word tells what it needs.

    Returns:
        Our own Python for what needs nothing else, and for a peer that is installed beside us;
        else the peer's; None where the peer is nowhere, or when ``--own`` asks for none.
    """
    distribution = NEEDS.get(contender.replace(" ", "-").rpartition("-")[2])
    if distribution is None:
        return sys.executable
    if "--own" in sys.argv:
        return None
    own = folder() / distribution
    places = [own / "bin" / "python", own / "Scripts" / "python.exe"]
    for python in places if (own / ".installed").exists() else []:
        if python.exists():
            return str(python)
    beside_us = distribution != "autograd" and find_spec(distribution) is not None
    return sys.executable if beside_us else None


def installed() -> dict[str, str]:
    """Every peer that is there, with its version."""
    found = {}
    for word, distribution in NEEDS.items():
        python = python_of(word)
        if python is not None and distribution not in found:
            run = [python, "-I", "-c", VERSIONS, distribution]
            told = subprocess.run(run, capture_output=True, text=True, check=False).stdout.split()
            found[distribution] = told[1] if len(told) == 2 else "?"
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.environ["BENCH"] = os.path.abspath(sys.argv[1])
    there = installed()
    for name in dict.fromkeys(NEEDS.values()):
        print(f"{name:<10} {there.get(name, 'not installed')}")
    missing = [name for name in dict.fromkeys(NEEDS.values()) if name not in there]
    if missing:
        sys.exit(
            f"\nNot installed: {', '.join(missing)}. They come from PyPI, so this needs the "
            f"network once; then run {REMEDY} again. Until then the tables leave them out."
        )
