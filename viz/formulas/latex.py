r"""`latex`: an expression and its derivatives as LaTeX, read from the operations' own formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd.edge_formulas import latex_name
from autograd.symbol import latex as latex_text
from autograd.trace import TraceNode
from viz.formulas.latex_derivatives import Derivatives
from viz.formulas.latex_equations import Equations, Line
from viz.formulas.targets import flow_of, targets_of
from viz.source import watched_of

LIMIT = 60


class Latex(str):
    """LaTeX that a notebook sets; everywhere else it is a plain text."""

    __slots__ = ()

    def _repr_latex_(self) -> str:
        return f"$$\n{self}\n$$"


def latex(
    x: Any, *, wrt: Any = None, names: Mapping[str, Any] | None = None, limit: int = LIMIT
) -> Latex:
    r"""Write how a result is computed, and its derivatives, as LaTeX.

    A node that has a name, or is used more than once, gets an equation of its own, so that no
    formula grows beyond reading. Between arrays, `\odot` multiplies element by element.

    Args:
        x: a Value, a Tensor, a list of them, or a Trace. Of an array the sum is differentiated.
        wrt: towards what: a Value or Tensor of the graph, its name, or a list of these; by default
            every leaf.
        names: names for nodes without a label; by default the caller's variables.
        limit: write at most so many equations of the expression, and as many of the derivatives.

    Returns:
        A text with an ``aligned`` environment; a notebook shows it as mathematics.

    Raises:
        TypeError: if the object has no graph.
        ValueError: if something in wrt is not in the graph, or the limit is less than 1.

    Example:
        >>> from autograd import Value
        >>> w, x = Value(2.0, label="w"), Value(0.5, label="x")
        >>> out = (w * x).tanh()
        >>> print(latex(out, wrt=w))
        \begin{aligned}
        \text{out} &= \tanh\left(w \, x\right) \\[1ex]
        \frac{\partial \text{out}}{\partial w} &= \left(1 - \text{out}\right) \, ...
        \end{aligned}
    """
    if limit < 1:
        raise ValueError(f"latex: limit={limit} came; 1 or more is needed")
    trace, _, arrived = flow_of(watched_of(x, names, asked_by="latex"))
    equations = Equations(trace)
    targets = targets_of(x, trace, wrt, asked_by="latex") if trace.root.requires_grad else []
    derivatives = Derivatives(equations, targets, arrived)
    lines = equations.lines or [_leaf(trace.root)]
    return Latex(aligned(lines, derivatives.lines, limit=limit))


def _leaf(node: TraceNode) -> Line:
    """What there is to say of a number or array that was not made of others."""
    name = latex_name(node.label)
    if node.shape:
        sizes = r" \times ".join(map(str, node.shape))
        return rf"{name} \in \mathbb{{R}}^{{{sizes}}}", ""
    return name, latex_text(float(node.value))


def aligned(*blocks: Sequence[Line], limit: int = LIMIT) -> str:
    r"""Write equations under one another, aligned at their equals signs.

    Args:
        blocks: groups of (left side, right side); groups stand a little apart.
        limit: at most so many lines of each; the middle of a longer one is left out.

    Returns:
        LaTeX.

    Example:
        >>> print(aligned([("a", "1"), ("b", "2")], [("c", "3")]))
        \begin{aligned}
        a &= 1 \\
        b &= 2 \\[1ex]
        c &= 3
        \end{aligned}
    """
    written = []
    for block in blocks:
        rows = [f"{left} &= {right}" if right else f"& {left}" for left, right in block]
        if len(rows) > limit:
            head = (limit + 1) // 2
            dots = rf"& \vdots \quad \text{{({len(rows) - limit} more lines)}}"
            rows = [*rows[:head], dots, *rows[len(rows) - (limit - head) :]]
        if rows:
            written.append(" \\\\\n".join(rows))
    inside = " \\\\[1ex]\n".join(written)
    return f"\\begin{{aligned}}\n{inside}\n\\end{{aligned}}"
