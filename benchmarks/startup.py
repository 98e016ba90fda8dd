"""Start-up: milliseconds and megabytes of `import autograd`, `nn` and `viz`, beside NumPy alone.

What is asked: how long does a lesson wait before its first line runs?  Every import happens in a
fresh process that holds nothing else; the compiled files lie ready in a folder of their own, as
they do from the second start on.  Names of layers, losses and the like bring their files when they
are first asked for, so a line with a first network stands beside the bare imports.

    python benchmarks/startup.py [--quick]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from harness import bar_table, machine, main, median, present, print_table, quick, rounds, run_alone

CONTENDERS = {
    "nothing": "",
    "numpy": "import numpy",
    "autograd": "import autograd",
    "nn": "import nn",
    "viz": "import viz",
    "all three": "import autograd, nn, viz",
    "network": "import nn; nn.Sequential(nn.Linear(2, 3), nn.ReLU())",
    "jax": "import jax",
    "torch": "import torch",
}
PEERS = ("jax", "torch")
ROUNDS = 15

# what the fresh process runs; what it holds is read only afterwards, as reading imports things, too
MEASURED = """
import sys, time
begin, known = time.process_time(), len(sys.modules)
{imports}
print(1000 * (time.process_time() - begin), len(sys.modules) - known)
try:
    import os
    with open("/proc/self/statm") as table:
        print(int(table.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6)
except OSError:  # no Linux: the most that it ever held
    import resource
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(most / (1e6 if sys.platform == "darwin" else 1e3))
"""


def contender(imports: str) -> Callable[[], dict[str, Any]]:
    """Give a function that runs these imports in a process of their own."""

    def run() -> dict[str, Any]:
        command = [sys.executable, "-c", MEASURED.format(imports=imports)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        return dict(zip(("ms", "modules", "mb"), map(float, told), strict=True))

    return run


def report() -> None:
    """Run all, interleaved, and print the table."""
    count = 3 if quick() else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for name in present(CONTENDERS):
            run_alone(__file__, name)  # writes the compiled files
        results = rounds(__file__, list(CONTENDERS), count, least=PEERS)

    def over(name: str, key: str) -> float:
        return statistics.median(r[name][key] - r["numpy"][key] for r in results)

    rows = [
        [
            CONTENDERS[name] or "(nothing)",
            f"{median(results, name, 'ms'):.0f}",
            f"{over(name, 'ms'):+.1f}",
            f"{median(results, name, 'mb'):.0f}",
            f"{over(name, 'mb'):+.1f}",
            f"{median(results, name, 'modules'):.0f}",
        ]
        for name in results[0]
    ]
    header = ["fresh process", "ms", "over numpy", "MB in all", "over numpy", "modules"]
    print_table(f"Start-up (medians of {count}; JAX and PyTorch once)", header, rows)
    everything = "all three"
    bar_table(
        "Bars of the start",
        [
            ("import autograd, nn, viz: ms", median(results, everything, "ms"), 300, None),
            ("import autograd, nn, viz: MB", median(results, everything, "mb"), 35, None),
            ("import autograd, nn, viz: ms over numpy", over(everything, "ms"), None, 20),
            ("import autograd: ms over numpy", over("autograd", "ms"), None, 20),
        ],
    )
    print(f"\n{machine()}")


if __name__ == "__main__":
    main({name: contender(imports) for name, imports in CONTENDERS.items()}, report)
