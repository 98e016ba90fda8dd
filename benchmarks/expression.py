"""The smallest thing there is: an expression of 26 ops on two numbers, built and sent back.

It is micrograd's own first example with a product at its end.  The graph is built anew every time,
as in the first cell of a lesson; nothing but the price of a node is measured.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

from harness import quick

OPS, BLOCK = 26, 200


def expression(a: Any, b: Any) -> Any:
    """26 ops on two numbers."""
    c = a + b
    d = a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + (b + a).relu())
    d = d + (3 * d + (b - a).relu())
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    return g * e


def timed_expression(value: Callable[[float], Any]) -> dict[str, Any]:
    """The median CPU time of the expression, forward and backward, and what came out."""
    blocks = []
    for _ in range(5 if quick() else 40):
        begin = time.process_time()
        for _ in range(BLOCK):
            a, b = value(-4.0), value(2.0)
            out = expression(a, b)
            out.backward()
        blocks.append((time.process_time() - begin) / BLOCK)
    gc.collect()
    return {"step": statistics.median(blocks[2:]), "losses": [float(a.grad), float(b.grad)]}


def run_micrograd() -> dict[str, Any]:
    from micrograd.engine import Value

    return timed_expression(Value)


def run_glassgrad() -> dict[str, Any]:
    from autograd import Value

    return timed_expression(Value)


def run_torch() -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    return timed_expression(lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True))
