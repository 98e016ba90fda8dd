"""What a box and an edge say when the mouse rests on them: everything, in full precision."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.trace import Trace, TraceEdge, TraceNode
from viz.figures.tensor_rows import NOT_REACHED
from viz.words.labels import clean
from viz.words.numbers import exact, norm, number, shape_text, spread

LONGEST_NAME, LONGEST_SETTING, LONGEST = 120, 80, 400


def detail_of(node: TraceNode) -> str:
    """Everything about a node in full precision."""
    parts = [clean(node.label, LONGEST_NAME)]
    if node.op is not None:
        settings = [
            f"{key}={clean(repr(value), LONGEST_SETTING)}"
            for key, value in node.settings.items()
            if value is not None
        ]
        parts.append(f"made by {node.op}" + (f"({', '.join(settings)})" if settings else ""))
    if node.line:
        parts.append(node.line)
    if node.shape:
        parts.append(f"shape {shape_text(node.shape)} of {node.dtype}")
    parts.append(f"data {_said(node.value)}")
    if node.requires_grad:
        parts.append("gradient " + (NOT_REACHED if node.grad is None else _said(node.grad)))
    return clean("; ".join(parts), LONGEST)


def _said(value: Any) -> str:
    if np.ndim(value) == 0:
        return exact(value)
    return spread(value) + (f", norm {number(norm(value))}" if np.size(value) > 1 else "")


def tooltip_of(edge: TraceEdge, trace: Trace) -> str:
    """Say what comes back on an edge that bears a gradient.

    Args:
        edge: an edge whose source wants a gradient.
        trace: the graph it belongs to.

    Returns:
        For single numbers such as "do/dn = (1 - o)*(1 + o) = 0.5"; for arrays the rule with its
        shapes, such as "dW = x.T @ dY, (3,4) = (3,8) @ (8,4)".
    """
    from viz.words.edge_sentences import edge_sentence  # which needs constants, and so the boxes

    return clean(edge_sentence(edge, trace), LONGEST)
