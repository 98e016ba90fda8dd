"""Run contenders fairly: each in its own process, one thread, interleaved, timed by CPU seconds.

A benchmark script calls itself with ``--run NAME``, does its steps and prints one line of JSON.
Rounds go A B C, then C B A, and so on; ratios are taken within a round and their median is quoted,
so that a machine that slows down half way slows everybody.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def run_alone(script: str, name: str, *options: str) -> dict[str, Any]:
    """Run one contender in a process of its own and read its line of JSON."""
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    root = str(Path(__file__).resolve().parent.parent)
    environment["PYTHONPATH"] = root + os.pathsep + environment.get("PYTHONPATH", "")
    done = subprocess.run(
        [sys.executable, script, "--run", name, *options],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def rounds(script: str, names: Sequence[str], count: int, *options: str) -> list[dict[str, Any]]:
    """Run all contenders, interleaved, so many times."""
    results = []
    for number in range(count):
        order = names if number % 2 == 0 else list(reversed(names))
        results.append({name: run_alone(script, name, *options) for name in order})
        print(f"round {number + 1} of {count}", file=sys.stderr)
    return results


def median_ratio(results: Sequence[dict[str, Any]], top: str, bottom: str, key: str) -> float:
    """The median over the rounds of one contender's figure divided by another's."""
    return statistics.median(r[top][key] / r[bottom][key] for r in results)


def median(results: Sequence[dict[str, Any]], name: str, key: str) -> float:
    """The median over the rounds of one contender's figure."""
    return statistics.median(r[name][key] for r in results)


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table."""
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header))]
    print(f"\n{title}\n")
    for k, row in enumerate([header, *rows]):
        cells = [
            str(c).ljust(w) if i == 0 else str(c).rjust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        print("| " + " | ".join(cells) + " |")
        if k == 0:
            ends = ["-" if i == 0 else ":" for i in range(len(widths))]
            print(
                "|" + "|".join("-" * (w + 1) + e for w, e in zip(widths, ends, strict=True)) + "|"
            )


def timed(step: Callable[[], float], count: int) -> dict[str, Any]:
    """The median CPU time of a step once it is warm, and the first losses."""
    losses, times = [], []
    for _ in range(count):
        begin = time.process_time()
        losses.append(step())
        times.append(time.process_time() - begin)
    return {"step": statistics.median(times[count // 10 :]), "losses": losses[:20]}


LABELS = {"numpy": "NumPy by hand", "nn": "glassgrad, nn", "torch": "PyTorch eager"}


def speed_table(
    title: str, case: str, engines: Sequence[str], results: Sequence[dict[str, Any]]
) -> None:
    """Print what the contenders named ``case-engine`` took, once their losses agree."""
    for name in engines:
        reference = results[0][f"{case}-numpy"]["losses"]
        losses = results[0][f"{case}-{name}"]["losses"]
        worst = max(abs(a - b) for a, b in zip(reference, losses, strict=True))
        if worst > 1e-4:
            raise SystemExit(f"{case}: the losses of {LABELS[name]} differ by {worst:.1e}")
    rows = []
    for name in engines:
        own = f"{case}-{name}"
        against = [
            f"{median_ratio(results, own, f'{case}-{other}', 'step'):.2f}"
            for other in ("numpy", "torch")
            if other in engines
        ]
        rows.append([LABELS[name], f"{1e6 * median(results, own, 'step'):.0f}", *against])
    header = ["engine", "microseconds a step", "time against NumPy"]
    header += ["time against PyTorch"] if "torch" in engines else []
    print_table(f"{title} (medians; below 1 is faster)", header, rows)


def machine() -> str:
    """Say what this was measured on."""
    import numpy

    model = platform.processor() or platform.machine()
    table = Path("/proc/cpuinfo")
    for line in table.read_text().splitlines() if table.exists() else []:
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    versions = f"Python {platform.python_version()}, NumPy {numpy.__version__}"
    return f"{model}, {versions}, one thread, CPU time"


def main(contenders: dict[str, Callable[[], dict[str, Any]]], report: Callable[[], None]) -> None:
    """Be a contender when asked with ``--run NAME``, else run the whole benchmark."""
    if "--run" in sys.argv:
        name = sys.argv[sys.argv.index("--run") + 1]
        print(json.dumps(contenders[name]()))
    else:
        report()
