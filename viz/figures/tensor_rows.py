"""What the box of an array says: shape and kind, heatmaps, range and norm of data and gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.trace import TraceNode
from viz.figures.figure import HEAT_HEIGHT, HEAT_ROOM, HEAT_WIDTH, ROW_SIZE, Heat, Row
from viz.figures.heat import heat_size, heat_uri
from viz.words.labels import text_width
from viz.words.numbers import MINUS, extent, norm, number, shape_text, spread

NOT_REACHED = "not reached"
# Room for a range, so that nothing moves when a gradient arrives; rarer ones may be wider.
RANGE_WIDTH = text_width(f"{MINUS}0.01234 … +0.01234", ROW_SIZE)
SHARP = 72  # pixels; some programs blur smaller images although they are asked not to
THINNEST = 9.0  # a row of many elements is still drawn so many pixels high


def tensor_rows(node: TraceNode) -> tuple[list[Row], list[Heat]]:
    """Sum an array up for its box.

    Args:
        node: a node whose shape is not ().

    Returns:
        The rows, and the heatmaps that stand beside some of them; an array of no or one element
        needs none.
    """
    rows = [Row("shape", f"{shape_text(node.shape)} {node.dtype}")]
    heats: list[Heat] = []
    parts = [("data", node.value, False)]
    if node.requires_grad:
        parts.append(("grad", node.grad, True))
    pictured = np.size(node.value) > 1
    for name, array, signed in parts:
        indent = HEAT_ROOM if pictured else 0.0
        if pictured:
            heats.append(heat_of(name, array, node.shape, len(rows)))
        if array is None:
            rows.append(Row(name, NOT_REACHED, "quiet", indent=indent))
        else:
            rows.append(Row(name, range_text(array, signed=signed), indent=indent))
        if pictured:
            length = "–" if array is None else number(norm(array))
            rows.append(Row("norm", length, "soft", name=f"{name}-norm", indent=indent))
    return rows, heats


def range_text(array: Any, *, signed: bool = False) -> str:
    """Write the few elements of an array if they fit into a box, else from where to where it goes.

    Example:
        >>> range_text(np.array([1.0, 2.0])), range_text(np.array([0.12345, 1e-3, np.nan]))
        ('[1, 2]', '[0.1235, 0.001, nan]')
        >>> range_text(np.array([1.0, np.inf, 3.0, 4.0]))
        '1 … 4'
    """
    if np.size(array) <= 3:
        listed = spread(array, signed=signed)
        if text_width(listed, ROW_SIZE) <= RANGE_WIDTH:
            return listed
    return extent(array, signed=signed) or "none finite"


def heat_of(name: str, array: Any, shape: tuple[int, ...], row: int) -> Heat:
    """Make the heatmap of an array, or the empty frame for a gradient that is yet to come."""
    across, down = heat_size(shape)
    scale = min(HEAT_WIDTH / across, HEAT_HEIGHT / down)
    width, height = max(THINNEST, across * scale), max(THINNEST, down * scale)
    zoom = max(1, SHARP // max(across, down))
    return Heat(name, "" if array is None else heat_uri(array, zoom=zoom), width, height, row)
