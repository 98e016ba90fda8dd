"""Pictures: how long drawing takes, our own layout against `dot` on the same graph.

``own`` is everything from the traced graph to the finished SVG: boxes, layout, places for the
labels of all edges, text. ``dot`` is Graphviz's program on the same boxes and edges, laid out and
written as SVG, its start included, once without the labels of the edges and once with them, as ours
are. All draw every node. The networks are made of Values, every product and sum a node; ``tangled``
is a random expression in which everything is read again and again.

    python benchmarks/pictures.py [--quick]
"""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from harness import machine, main, median, median_ratio, print_table, quick, rounds

import nn
import viz.dot
from autograd import Value
from autograd.trace import Trace, trace
from viz.grouping.collapse import fitting_figure

REPEATS = 1 if quick() else 3


def network(*sizes: int) -> Trace:
    model = nn.MLP(sizes[0], sizes[1:], "tanh", fused=False, generator=0)
    out = model([Value(0.1 * i, label=f"x{i}") for i in range(sizes[0])])
    out.backward()
    return trace(out)


def tangled(count: int) -> Trace:
    draws = random.Random(0)
    values = [Value(draws.uniform(-1, 1), label=f"x{i}") for i in range(count // 10)]
    while len(values) < count - 10:
        a, b = draws.choice(values[-40:]), draws.choice(values[-40:])
        values.append(draws.choice([a.__mul__, a.__add__])(b))
    out = sum(values[-10:], values[-11])
    out.backward()
    return trace(out)


GRAPHS: dict[str, Callable[[], Trace]] = {
    "network 2-4-4-1": partial(network, 2, 4, 4, 1),
    "network 3-10-10-1": partial(network, 3, 10, 10, 1),
    "network 4-20-17-1": partial(network, 4, 20, 17, 1),
    "tangled 500": partial(tangled, 500),
    "tangled 1500": partial(tangled, 1500),
}
if quick():
    GRAPHS = {"network 2-4-4-1": partial(network, 2, 4, 4, 1), "tangled 100": partial(tangled, 100)}


def own(name: str) -> dict[str, Any]:
    graph = GRAPHS[name]()
    spent = []
    for _ in range(REPEATS):
        start = time.process_time()
        viz.draw(graph, collapse=False, limit=10_000)
        spent.append(time.process_time() - start)
    start = time.process_time()
    boxes = len(fitting_figure(graph).boxes)
    closing = time.process_time() - start
    counts = {"nodes": len(graph.nodes), "edges": len(graph.edges), "boxes": boxes}
    return {"seconds": min(spent), "closing": closing, **counts}


def graphviz(name: str, labelled: bool) -> dict[str, Any]:
    most = sys.maxsize if labelled else 0
    sys.modules["viz.dot"].MOST_LABELLED_EDGES = most  # type: ignore[attr-defined]
    source = str(viz.dot(GRAPHS[name](), collapse=False).source)
    spent = []
    for _ in range(REPEATS if not labelled else 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["dot", "-Tsvg"], input=source, capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return {"seconds": min(spent)}


RIVALS = {"dot": False, "dot with labels": True}


def report() -> None:
    rivals = list(RIVALS) if shutil.which("dot") else []
    contenders = [f"{who} {name}" for name in GRAPHS for who in ["own", *rivals]]
    results = rounds(__file__, contenders, 1 if quick() else 3)
    rows = []
    for name in GRAPHS:
        ours = f"own {name}"
        counts = results[0][ours]
        row = [name, f"{counts['nodes']:,}", f"{counts['edges']:,}"]
        row.append(f"{median(results, ours, 'seconds'):.2f}")
        for rival in rivals:
            ratio = median_ratio(results, f"{rival} {name}", ours, "seconds")
            row += [f"{median(results, f'{rival} {name}', 'seconds'):.2f}", f"{ratio:.1f}"]
        rows.append([*row, str(counts["boxes"]), f"{median(results, ours, 'closing'):.2f}"])
    header = ["graph", "values", "edges", "own, s"]
    header += [title for rival in rivals for title in (f"{rival}, s", "/ own")]
    print(machine())
    print_table(
        "Every node drawn; and how many boxes are drawn by default",
        [*header, "boxes", "closing, s"],
        rows,
    )


if __name__ == "__main__":
    main(
        {f"own {name}": partial(own, name) for name in GRAPHS}
        | {
            f"{rival} {name}": partial(graphviz, name, labelled)
            for name in GRAPHS
            for rival, labelled in RIVALS.items()
        },
        report,
    )
