"""Start-up: milliseconds and megabytes of `import autograd`, `nn` and `viz`, beside NumPy alone.

What is asked: how long does a lesson wait before its first line runs?  Every import happens in a
fresh process that holds nothing else; the compiled files lie ready in a folder of their own, as
they do from the second start on.  With ``--peers`` PyTorch's import stands beside them.

    python benchmarks/startup.py [--quick] [--peers]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from harness import machine, main, median, print_table, rounds

CONTENDERS = {
    "nothing": "",
    "numpy": "import numpy",
    "autograd": "import autograd",
    "nn": "import nn",
    "viz": "import viz",
    "all three": "import autograd, nn, viz",
    "torch": "import torch",
}
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
    count = 3 if "--quick" in sys.argv else ROUNDS
    names = [name for name in CONTENDERS if name != "torch" or "--peers" in sys.argv]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        rounds(__file__, names, 1)  # writes the compiled files
        results = rounds(__file__, names, count)
    print(machine())

    def over(name: str, key: str) -> str:
        return f"{statistics.median(r[name][key] - r['numpy'][key] for r in results):+.1f}"

    rows = [
        [
            CONTENDERS[name] or "(nothing)",
            f"{median(results, name, 'ms'):.0f}",
            over(name, "ms"),
            f"{median(results, name, 'mb'):.0f}",
            over(name, "mb"),
            f"{median(results, name, 'modules'):.0f}",
        ]
        for name in names
    ]
    header = ["fresh process", "ms", "over numpy", "MB in all", "over numpy", "modules"]
    print_table(f"Start-up (medians of {count})", header, rows)


if __name__ == "__main__":
    main({name: contender(imports) for name, imports in CONTENDERS.items()}, report)
