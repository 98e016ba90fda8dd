"""A Trace as JSON: a small documented format for other programs."""

from __future__ import annotations

import json
import math
from typing import Any

from autograd.trace import Trace

FORMAT, VERSION = "glassgrad-trace", 1
MOST_ELEMENTS = 4096  # larger arrays are written as their shape and range only


def json_text(trace: Trace) -> str:
    """Write a trace as JSON.

    The object has "format", "version", "roots", "nodes" and "edges" with the field names of
    `autograd.trace`. Numbers that JSON lacks are the texts "nan", "inf" and "-inf";
    arrays are nested lists, and {"shape", "smallest", "largest"} when they are large.

    Args:
        trace: the graph.

    Returns:
        Valid JSON, indented, ASCII only, and safe inside a `<script>` element.
    """
    document = {
        "format": FORMAT,
        "version": VERSION,
        "roots": list(trace.roots),
        "nodes": [
            {
                "index": node.index,
                "kind": node.kind,
                "op": node.op,
                "inputs": list(node.inputs),
                "settings": {str(key): plain(value) for key, value in node.settings.items()},
                "value": plain(node.value),
                "grad": plain(node.grad),
                "shape": list(node.shape),
                "dtype": node.dtype,
                "label": node.label,
                "scope": node.scope,
                "line": node.line,
                "requires_grad": node.requires_grad,
            }
            for node in trace.nodes
        ],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "slot": edge.slot,
                "local": plain(edge.local),
                "formula": edge.formula,
            }
            for edge in trace.edges
        ],
    }
    return json.dumps(document, indent=1, allow_nan=False).replace("</", "<\\/") + "\n"


def plain(value: Any) -> Any:
    """Turn a number, an array or a setting into what JSON can hold.

    Example:
        >>> import numpy as np
        >>> plain(np.array([1.0, np.nan])), plain(2.5), plain(slice(1))
        ([1.0, 'nan'], 2.5, 'slice(None, 1, None)')
    """
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if hasattr(value, "tolist"):
        if value.size > MOST_ELEMENTS:
            low, high = plain(float(value.min())), plain(float(value.max()))
            return {"shape": list(value.shape), "smallest": low, "largest": high}
        return plain(value.tolist())
    return repr(value)
