"""Memory: the most that a training step holds at once, and the bytes of a single Value.

The steps are those of ``tensor.py`` and ``conv.py``, against NumPy by hand and PyTorch.  What
counts is what lives at the peak beyond parameters and data: activations, gradients, scratch, and
blocks kept for the next step.  NumPy's arrays and Python's objects are counted by tracemalloc,
PyTorch's tensors by its profiler (not what its kernels take for themselves).  A Value is weighed
in a tree of products and sums after ``backward()``, by what the whole process grew.

    python benchmarks/memory.py [--quick]
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from harness import LABELS, bar_table, machine, main, present, print_table, quick, run_alone
from record import keep_round

HERE = Path(__file__).resolve().parent
# title -> (script, case, batch)
STEPS = {
    "MLP 784-128-10, batch 64": ("tensor", "mlp", 64),
    "MLP 784-128-10, batch 1024": ("tensor", "mlp", 1024),
    "CNN on 28x28, batch 32": ("conv", "cnn", 32),
    "CNN on 8x8, batch 32": ("conv", "digits", 32),
}
ENGINES = ("numpy", "nn", "torch")
MUST = 1.3


def weigh(value: Callable[[float], Any], seed: Callable[[Any], None]) -> dict[str, Any]:
    """How much the process grows for each node of a tree, gradients included."""
    page = os.sysconf("SC_PAGE_SIZE")

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * page

    def tree(depth: int) -> Any:
        level = [value(1.0 + 1e-6 * i) for i in range(2**depth)]
        while len(level) > 1:
            level = [a * b if i % 2 else a + b for i, (a, b) in _pairs(level)]
        seed(level[0])
        return level[0]

    tree(4)  # loads what is loaded late
    depth = 10 if quick() else 16
    before = resident()
    root = tree(depth)
    grown = resident() - before
    del root
    return {"bytes": grown / (2 ** (depth + 1) - 1)}


def _pairs(level: list[Any]) -> Any:
    return enumerate(zip(level[::2], level[1::2], strict=True))


def run_glassgrad() -> dict[str, Any]:
    from autograd import Value

    return weigh(Value, lambda root: root.backward())


def run_micrograd() -> dict[str, Any]:
    from micrograd.engine import Value

    return weigh(Value, lambda root: root.backward())


def run_torch() -> dict[str, Any]:
    import torch

    leaf = partial(torch.tensor, dtype=torch.float64, requires_grad=True)
    return weigh(leaf, lambda root: root.backward())


CONTENDERS = {
    "value-glassgrad": run_glassgrad,
    "value-micrograd": run_micrograd,
    "value-torch": run_torch,
}


def steps_table() -> list[tuple[str, float, float, None]]:
    """Print the peaks of the steps; give the ratios that have a bar."""
    engines, rows, bars = present(ENGINES), [], []
    for title, (script, case, batch) in STEPS.items():
        file, options = str(HERE / f"{script}.py"), ("--memory", "--batch", str(batch))
        found = {e: run_alone(file, f"{case}-{e}", *options) for e in engines}
        keep_round({f"{title}: {e}": figures for e, figures in found.items()})
        reference = found["numpy"]["losses"]
        for e, figures in found.items():
            pairs = zip(reference, figures["losses"], strict=True)
            if max(abs(a - b) for a, b in pairs) > 1e-4:
                raise SystemExit(f"{title}: the losses of {LABELS[e]} differ")
        peaks = {e: figures["peak"] for e, figures in found.items()}
        ratio = peaks["nn"] / peaks["numpy"]
        bars.append((f"{title}: times NumPy by hand", ratio, MUST, None))
        cells = [f"{peaks[e] / 1e6:.2f}" for e in engines]
        rows.append([title, *cells, f"{ratio:.2f}", MUST])
    header = ["step, float32", *(f"{LABELS[e]}, MB" for e in engines)]
    print_table("Peak of memory in a step", [*header, "nn / NumPy", "must"], rows)
    return bars


def values_table() -> None:
    """Print what a Value weighs."""
    if not Path("/proc/self/statm").exists():
        print("what a Value weighs is read from /proc, which is not here")
        return
    found = {name: run_alone(__file__, name) for name in present(CONTENDERS)}
    keep_round(found)
    labels = {**LABELS, "torch": "PyTorch, 0-dim"}
    rows = [[labels[name[6:]], f"{told['bytes']:.0f}"] for name, told in found.items()]
    print_table(
        "Bytes a node of a tree of products and sums, after backward", ["engine", "bytes"], rows
    )


def report() -> None:
    bars = steps_table()
    values_table()
    bar_table("Bars of memory", bars)
    print(f"\n{machine()}")


if __name__ == "__main__":
    main(CONTENDERS, report)
