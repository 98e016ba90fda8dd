"""Run contenders fairly: each in its own process, one thread, interleaved, timed by CPU seconds.

A benchmark script calls itself with ``--run NAME``, does its steps and prints one line of JSON.
Rounds go A B C, then C B A, and so on; ratios are taken within a round and their median is quoted,
so that a machine that slows down half way slows everybody.

A contender whose name ends with a peer's, such as ``cnn-torch``, runs in that peer's own Python
(``make bench-peers``); one whose peer is nowhere is left out of the tables, which say so.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from peak import peak_of, watch
from peers import HERE, NEEDS, REMEDY, python_of
from record import keep_round, machine, plot, print_bars, print_table, recorded

__all__ = [
    "LABELS",
    "bar_table",
    "chosen",
    "machine",
    "main",
    "median",
    "median_ratio",
    "needed",
    "plot",
    "present",
    "print_table",
    "quick",
    "rounds",
    "run_alone",
    "speed_table",
    "speed_tables",
    "timed",
]

THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
# A kernel that was chosen for an older OpenBLAS can be half as fast as the one it finds by itself.
KERNELS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
# jax counts its threads in its own way; beside one core it has no other to take
ONE_CORE = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}

LABELS = {
    "numpy": "NumPy by hand",
    "tensor": "glassgrad, ops",
    "nn": "glassgrad, nn",
    "glassgrad": "glassgrad",
    "replay": "glassgrad, replay",
    "torch": "PyTorch eager",
    "compiled": "PyTorch compiled",
    "jax": "JAX, jit",
    "mygrad": "MyGrad",
    "hips": "HIPS autograd",
    "tinygrad": "tinygrad, jit",
    "micrograd": "micrograd",
}


def quick() -> bool:
    """Tell whether a short run was asked for, which shows that all works and measures little."""
    return "--quick" in sys.argv


def run_alone(script: str, name: str, *options: str, python: str | None = None) -> dict[str, Any]:
    """Run one contender in a process of its own and read its line of JSON.

    Args:
        script: The benchmark's file.
        name: Which of its contenders.
        options: What else it is told.
        python: The Python that runs it; by default the one that has what the name asks for.

    Returns:
        What the contender measured; ``{"absent": reason}`` when it says that it cannot run here.
    """
    python = python or python_of(name)
    if python is None:
        return {"absent": f"not installed: {REMEDY}"}
    environment = {k: v for k, v in os.environ.items() if k not in KERNELS}
    environment |= {**dict.fromkeys(THREADS, "1"), **ONE_CORE}
    if name.startswith("avx2-"):
        environment["OPENBLAS_CORETYPE"] = "Haswell"  # what most laptops have
    ours = python == sys.executable
    # our autograd must not stand in the way of the other one
    path = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(path) if ours else ""
    quickly = ["--quick"] if quick() else []
    done = subprocess.run(
        [python, script, "--run", name, *quickly, *options],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def present(names: Iterable[str]) -> list[str]:
    """Leave out the contenders whose peer is not installed, and say so in a line."""
    names = list(names)
    there = [name for name in names if python_of(name) is not None]
    missing = dict.fromkeys(_last(name) for name in names if name not in there)
    if missing:
        print(f"not installed: {', '.join(missing)} ({REMEDY})")
    return there


def rounds(
    script: str, names: Sequence[str], count: int, *options: str, least: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Run all contenders, interleaved, so many times.

    Args:
        script: The benchmark's file.
        names: The contenders; those that are not installed, or cannot run, are left out.
        count: How many rounds.
        options: What else the contenders are told.
        least: Contenders that start slowly: their first round is run, and stands for the others.

    Returns:
        Round by round and name by name what was measured.
    """
    results: list[dict[str, Any]] = []
    waiting = present(names)
    least = set(least)
    for number in range(count):
        found = {}
        for name in waiting if number % 2 == 0 else list(reversed(waiting)):
            if number and name in least:
                found[name] = results[0][name]
                continue
            told = run_alone(script, name, *options)
            if "absent" in told:
                print(f"{name}: left out, {told['absent']}")
            else:
                found[name] = told
        results.append({name: found[name] for name in waiting if name in found})
        waiting = list(results[-1])
        keep_round(results[-1])
        print(f"round {number + 1} of {count}", file=sys.stderr)
    return results


def _last(name: str) -> str:
    """The word of a contender's name that says what it needs."""
    return name.replace(" ", "-").rpartition("-")[2]


def median_ratio(results: Sequence[Mapping[str, Any]], top: str, bottom: str, key: str) -> float:
    """The median over the rounds of one contender's figure divided by another's."""
    return statistics.median(r[top][key] / r[bottom][key] for r in results)


def median(results: Sequence[Mapping[str, Any]], name: str, key: str) -> float:
    """The median over the rounds of one contender's figure."""
    return statistics.median(r[name][key] for r in results)


def bar_table(title: str, figures: Sequence[tuple[str, float, float | None, float | None]]) -> None:
    """Print figures beside what they must be and what they aim at.

    Args:
        title: What stands above.
        figures: The name of each, what was measured, what it must be and what it aims at, if there
            is such; an aim above what must be says that more is better, else less is.
    """
    rows = []
    for name, measured, must, aim in figures:
        sign = -1 if must is not None and aim is not None and aim > must else 1
        reached = [bar is not None and sign * measured <= sign * bar for bar in (must, aim)]
        verdict = "aim" if reached[1] else "must" if reached[0] else "missed"
        if must is None and not reached[1]:
            verdict = "not yet" if aim is not None else ""
        cells = [_plain(figure) if figure is not None else "" for figure in (measured, must, aim)]
        rows.append([name, *cells, verdict])
    print_bars(title, rows)


def _plain(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"


class Absent(Exception):
    """Says why a contender cannot run here."""


def needed(who: str, *programs: str) -> None:
    """Leave a contender out if none of the programs that it calls is here."""
    if not any(map(shutil.which, programs)):
        raise Absent(f"{who} needs one of these programs: {', '.join(programs)}")


def chosen(option: str, default: int) -> int:
    """The whole number after an option of the command line, such as ``--batch 256``."""
    return int(sys.argv[sys.argv.index(option) + 1]) if option in sys.argv else default


def timed(step: Callable[[], float], count: int) -> dict[str, Any]:
    """The median CPU time of a step once it is warm, and the first losses.

    With ``--memory`` it is the peak of memory that is measured, in a few steps.
    """
    if "--memory" in sys.argv:
        return peak_of(step)
    count = max(3, count // 10) if quick() else count
    losses, times = [], []
    for _ in range(count):
        begin = time.process_time()
        losses.append(step())
        times.append(time.process_time() - begin)
    return {"step": statistics.median(times[count // 10 :]), "losses": losses[:20]}


def speed_table(
    title: str,
    case: str,
    engines: Sequence[str],
    results: Sequence[dict[str, Any]],
    bars: Sequence[tuple[str, str, float, float]] = (),
) -> None:
    """Print what the contenders named ``case-engine`` took, once their losses agree.

    Args:
        title: What stands above.
        case: The first part of the contenders' names.
        engines: The last parts, in the table's order; those without results are left out.
        results: What ``rounds`` gave.
        bars: Which engine's time against which other's must be at most how much, and what it aims
            at, such as ``("nn", "torch", 0.9, 0.72)``.
    """
    engines = [name for name in engines if f"{case}-{name}" in results[0]]
    reference = results[0][f"{case}-numpy"]["losses"]
    for name in engines:
        losses = results[0][f"{case}-{name}"]["losses"]
        worst = max(abs(a - b) for a, b in zip(reference, losses, strict=False))
        if worst > 1e-4:
            raise SystemExit(f"{case}: the losses of {LABELS[name]} differ by {worst:.1e}")
    others = [other for other in ("numpy", "torch") if other in engines]
    rows = []
    for name in engines:
        own = f"{case}-{name}"
        against = [f"{median_ratio(results, own, f'{case}-{o}', 'step'):.2f}" for o in others]
        rows.append([LABELS.get(name, name), f"{1e6 * median(results, own, 'step'):.0f}", *against])
    titles = {"numpy": "time against NumPy", "torch": "time against PyTorch"}
    header = ["engine", "microseconds a step", *(titles[other] for other in others)]
    print_table(f"{title} (medians; below 1 is faster)", header, rows)
    short = title.partition(",")[0]
    figures = [
        (
            f"{short}: {LABELS[name]}, time against {LABELS[other]}",
            median_ratio(results, f"{case}-{name}", f"{case}-{other}", "step"),
            must,
            aim,
        )
        for name, other, must, aim in bars
        if name in engines and other in engines
    ]
    if figures:
        bar_table(f"Bars of {short}", figures)


def speed_tables(
    script: str,
    contenders: Mapping[str, Any],
    titles: Mapping[str, str],
    bars: Mapping[str, Sequence[tuple[str, str, float, float]]],
    slow: Iterable[str],
) -> None:
    """Run all contenders, and print a ``speed_table`` for each case: the whole of a report.

    Args:
        script: The benchmark's file.
        contenders: By their names, ``case-engine``, in the tables' order.
        titles: What stands above the table of each case.
        bars: Those of each case that has some.
        slow: Contenders that start slowly; see ``rounds``.
    """
    engines = list(dict.fromkeys(map(_last, contenders)))
    results = rounds(script, list(contenders), 1 if quick() else 5, least=slow)
    for case, title in titles.items():
        speed_table(title, case, engines, results, bars.get(case, ()))
    print(f"\n{machine()}")


def main(
    contenders: Mapping[str, Callable[[], dict[str, Any]]], report: Callable[[], None]
) -> None:
    """Be a contender when asked with ``--run NAME``, else run the whole benchmark.

    With ``--json FILE`` what is printed is also written there, for ``page.py``.
    """
    if "--run" in sys.argv:
        name = sys.argv[sys.argv.index("--run") + 1]
        if "--memory" in sys.argv:
            watch()
        try:
            told = contenders[name]()
        except Absent as error:
            told = {"absent": str(error)}
        except ImportError as error:
            if error.name not in (*NEEDS, *NEEDS.values()):
                raise
            told = {"absent": str(error)}
        print(json.dumps(told))
    else:
        at = sys.argv.index("--json") + 1 if "--json" in sys.argv else 0
        recorded(report, sys.argv[at] if at else None)
