"""`explain`: why a derivative is what it is, path by path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd import Tensor, Value
from autograd.stepper import watch
from viz.formulas.explanation import Explanation
from viz.formulas.paths import paths_between
from viz.formulas.sections import Section
from viz.formulas.targets import flow_of, targets_of
from viz.source import watched_of
from viz.words.labels import clean

LIMIT = 12
MOST_LEAVES = 50


def explain(
    x: Any, wrt: Any = None, *, names: Mapping[str, Any] | None = None, limit: int = LIMIT
) -> Explanation:
    """Explain a derivative: every path from a result back to an input, its factors and their sum.

    Along a path the local derivatives are multiplied; over the paths the products add up. Where
    there are more paths than the limit, they are added up by their last step, and only the
    strongest are listed: nothing is enumerated that could grow beyond measure. Between arrays, each
    operation is told with what it sends back and its shapes.

    Args:
        x: a Value, a Tensor, or a Trace of one of them; of an array the sum of all elements.
        wrt: towards what: a Value or Tensor of the graph, its name, or a list of these; by default
            every leaf, if there are at most 50.
        names: names for nodes without a label; by default the caller's variables.
        limit: how many paths to list.

    Returns:
        The explanation: print it, or let a notebook show it. ``.total`` is the derivative,
        ``.count`` the number of paths, ``.paths`` those that are listed.

    Raises:
        TypeError: if the object has no graph.
        ValueError: if something in wrt is not in the graph, or no gradient reaches it.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> f = a * b + a * a
        >>> f.label = "f"
        >>> print(explain(f, wrt=b, names={"p": f}))
        df/db = 2
        1 path leads from f back to b; the local derivatives along it are multiplied.
        <BLANKLINE>
          df/db = df/dv2 * dv2/db = 1 * 2 = 2
        >>> explain(f, wrt="a").total, [path.product for path in explain(f, wrt="a").paths]
        (1.0, [-3.0, 2.0, 2.0])
    """
    if limit < 1:
        raise ValueError(f"explain: limit={limit} came; 1 or more is needed")
    trace, sent, arrived = flow_of(watched_of(x, names, asked_by="explain"))
    if len(trace.roots) > 1:
        raise ValueError(
            f"explain: {len(trace.roots)} results came; explain one at a time, or their sum"
        )
    if not trace.root.requires_grad:
        raise ValueError(
            f"explain: {clean(trace.root.label)} is a constant: nothing it was made of has a "
            "gradient; start from Value(2.0) or Tensor([...], requires_grad=True)"
        )
    targets = targets_of(x, trace, wrt, asked_by="explain")
    if wrt is None and len(targets) > MOST_LEAVES:
        raise ValueError(
            f"explain: this graph has {len(targets):,} leaves, too many to explain at once; "
            "say which you mean: explain(x, wrt=...)"
        )
    found = [paths_between(trace, trace.root.index, end, limit) for end in targets]
    if isinstance(x, (Tensor, Value)) and not (arrived or all(f.of_numbers for f in found)):
        _, sent, arrived = flow_of(watch(x))  # between arrays of one number only a pass tells
    return Explanation(tuple(Section(trace, paths, limit, sent, arrived) for paths in found))
