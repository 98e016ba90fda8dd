"""What stands on an edge of the graph: the op's derivative, in the names of this very graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import symbol as written
from autograd.op import Op
from autograd.symbol import Symbol
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = ["formula_texts"]


def formula_texts(op: Op, sources: Sequence[str], target: str, node: Any) -> list[tuple[str, str]]:
    """Read an op's derivative towards each input as text and as LaTeX.

    Args:
        op: The op.
        sources: The names of the inputs.
        target: The name of the result.
        node: The node, for the shapes and settings.

    Returns:
        Per input, (text, LaTeX); empty where the formula cannot be written on a line.
    """
    settings = {} if isinstance(node, Value) else dict(node.settings)
    base = op.base or op
    if base.variadic or op.filled.get("sizes") or op.name in ("weighted_sum", "pick"):
        return [_other_factor(op, i, sources) for i in range(len(sources))]
    shapes = [np.shape(a) for a in node.args] if isinstance(node, Tensor) else [()] * len(sources)
    symbols = [Symbol(f"<{i}>", shape=s) for i, s in enumerate(shapes)]
    out = Symbol("<out>", shape=node.shape if isinstance(node, Tensor) else ())
    names = {f"<{i}>": name for i, name in enumerate(sources)} | {"<out>": target, "<g>": "g"}
    escaped = {key: _latex_name(name) for key, name in names.items()}
    escaped["<g>"] = r"\bar{" + _latex_name(target) + "}"
    texts = []
    for slot in range(len(sources)):
        try:
            if op.partials is not None:
                formula = op.partials[slot]
                wanted = None if formula is None else formula(out, *symbols, **settings)
            else:
                sends = op.vjp[slot] if isinstance(op.vjp, tuple) else None
                wanted = (
                    None
                    if sends is None
                    else sends(Symbol("<g>", shape=out.shape), out, *symbols, **settings)
                )
            texts.append(
                ("", "")
                if wanted is None
                else (written.text(wanted, names), written.latex(wanted, escaped))
            )
        except (AttributeError, TypeError, ValueError, KeyError, IndexError):
            texts.append((f"vjp of {op.name}", rf"\operatorname{{vjp}}_{{{op.name}}}"))
    return texts


def _other_factor(op: Op, slot: int, sources: Sequence[str]) -> tuple[str, str]:
    if op.name == "weighted_sum":
        half = len(sources) // 2
        if slot == 2 * half:
            return "1", "1"
        other = sources[slot + half if slot < half else slot - half]
        return other, _latex_name(other)
    if op.name == "sum":
        return "1", "1"
    return "", ""


def _latex_name(name: str) -> str:
    """A name that LaTeX sets upright as it stands, with whatever it holds escaped."""
    if len(name) == 1 and name.isalpha():
        return name
    escaped = "".join("\\" + c if c in "_%&#$" else "" if c in "{}\\^~" else c for c in name)
    return rf"\text{{{escaped}}}"
