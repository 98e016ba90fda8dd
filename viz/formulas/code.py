"""`code`: a graph as readable NumPy, with the backward pass as one would write it by hand."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd.trace import Trace
from viz.formulas.code_backward import Backward
from viz.formulas.code_forward import Forward
from viz.formulas.code_literals import array_source, comment
from viz.formulas.code_names import Names
from viz.formulas.targets import flow_of
from viz.source import watched_of

LIMIT = 2000


class Code:
    """Python source that computes a graph and its gradients; print it to read it.

    Attributes:
        source: the whole program; it imports NumPy and nothing of this library, unless an
            operation's formula cannot be written down.
        arguments: arrays that are too long to be printed, by name; the code is then a function
            ``gradients`` that takes them.
        names: the label of every leaf, by its name in the code.
    """

    def __init__(
        self,
        source: str,
        arguments: Mapping[str, Any],
        names: Mapping[str, str],
        title: str,
        numbers: Collection[str] = (),
    ) -> None:
        """Wrap finished source.

        Args:
            source: the program.
            arguments: what its function takes; empty for a plain script.
            names: labels by name.
            title: what it computes, in a few words.
            numbers: names of the leaves that are single numbers, not arrays.
        """
        self.source = source
        self.arguments = MappingProxyType(dict(arguments))
        self.names = MappingProxyType(dict(names))
        self._title, self._numbers = title, frozenset(numbers)

    def run(self) -> dict[str, Any]:
        """Run the code by itself, with NumPy only.

        Returns:
            The gradient of every leaf, by its name in the code.

        Example:
            >>> from autograd import Value
            >>> w, x = Value(2.0), Value(3.0)
            >>> code(w * x).run()
            {'w': 3.0, 'x': 2.0}
        """
        space: dict[str, Any] = {"__name__": "gradients", "np": np, "math": math}
        with np.errstate(all="ignore"):
            exec(compile(self.source, f"<{self._title}>", "exec"), space)
            found = space["gradients"]
            found = found(**self.arguments) if callable(found) else found
        return {
            name: float(gradient) if name in self._numbers else np.array(gradient)
            for name, gradient in found.items()
        }

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        lines = self.source.count("\n")
        return f"<Code: {self._title}, {lines} lines; print it to read it, .run() runs it>"

    def _repr_markdown_(self) -> str:
        """Show the code in a notebook, coloured as Python."""
        return f"```python\n{self.source}```\n"  # no label can hold a backtick


def code(x: Any, *, names: Mapping[str, Any] | None = None, limit: int = LIMIT) -> Code:
    """Write a graph as straight-line NumPy: forward, then backward one contribution per line.

    The backward lines are read from the operations' own formulas; running them gives the same
    gradients as ``backward()``.

    Args:
        x: a Value, a Tensor, a list of them, or a Trace. Of an array every element counts once, as
            if it were summed.
        names: names for nodes without a label; by default the caller's variables.
        limit: refuse to write more nodes than this.

    Returns:
        The code; ``print`` shows it, ``.run()`` gives the gradients of the leaves.

    Raises:
        TypeError: if the object has no graph.
        ValueError: if nothing in it has a gradient, or it is larger than the limit.

    Example:
        >>> from autograd import Value
        >>> w, x = Value(2.0), Value(3.0)
        >>> n = w * x
        >>> print(code(n))
        import numpy as np
        <BLANKLINE>
        # the inputs
        w = 2.0
        x = 3.0
        <BLANKLINE>
        # forward
        n = w * x  # 6
        <BLANKLINE>
        # backward: gradients start at 0, and every use of a value adds to its gradient
        dn = 1.0  # dn/dn
        dw = dx = 0.0
        dw += dn * x  # n = w * x: each factor's gradient is scaled by the other factor
        dx += dn * w  # n = w * x
        <BLANKLINE>
        gradients = {"w": dw, "x": dx}
        <BLANKLINE>
    """
    trace, sent, arrived = flow_of(watched_of(x, names, asked_by="code"))
    outputs = ", ".join(comment(trace.nodes[i].label, 26) for i in trace.roots[:3])
    if not any(trace.nodes[i].requires_grad for i in trace.roots):
        raise ValueError(
            f"code: {outputs} is a constant, so there is no gradient to compute; "
            "start from Value(2.0) or Tensor([...], requires_grad=True)"
        )
    if len(trace.nodes) > limit:
        raise ValueError(
            f"code: this graph has {len(trace.nodes):,} nodes, more than the limit of {limit:,}: "
            f"write an inner node of it, or allow it: code(x, limit={len(trace.nodes)})"
        )
    forward = Forward(trace, Names(trace, arrived))
    backward = Backward(forward, sent)
    return _assembled(forward, backward, f"code of {outputs}")


def _assembled(forward: Forward, backward: Backward, title: str) -> Code:
    """Put the parts into one program: a script, or a function if there are arguments."""
    names, trace, writer = forward.names, forward.trace, forward.writer
    inputs = names.definitions(_has_odd_numbers(trace))
    inputs += [f"{name} = {array_source(np.asarray(a))}" for name, a in names.defined.items()]
    leaves = [n for n in names.inputs() if n.requires_grad]
    results = {names.of[n.index]: names.gradient[n.index] for n in leaves}
    lines = ["# the inputs", *inputs, "", "# forward", *forward.lines, ""]
    if not inputs:
        lines = lines[2:]
    if not forward.lines:
        lines = lines[:-2]
    start = "# backward: gradients start at 0, and every use of a value adds to its gradient"
    lines += [start, *backward.lines, ""]
    head = ["import math"] * ("erf" in writer.functions) + ["import numpy as np"]
    if writer.borrows:
        head += ["", "from autograd import OPS"]
        for module in sorted(writer.borrows):
            if not module.startswith(("autograd.", "__main__")):
                head.append(f"import {module}  # defines its own operations")
    for body in writer.functions.values():
        head += ["", "", *body.split("\n")] if body.startswith("def") else ["", *body.split("\n")]
    if names.arguments:
        arguments = ", ".join(names.arguments)
        lines = [f"    {line}" if line else "" for part in lines for line in part.split("\n")]
        shapes = ", ".join(f"{k} {v.shape}" for k, v in names.arguments.items())
        opening = [f"def gradients({arguments}):", f'    """Shapes: {shapes}."""']
        lines = ["", *opening, *lines, *_result("    return ", results)]
        head.append("")
    else:
        lines += _result("gradients = ", results)
        head.append("")
        if writer.functions:
            head.append("")
    labels = {names.of[n.index]: n.label for n in leaves}
    numbers = [names.of[n.index] for n in leaves if n.kind == "value"]
    return Code("\n".join([*head, *lines]) + "\n", names.arguments, labels, title, numbers)


def _result(start: str, results: Mapping[str, str]) -> list[str]:
    pairs = [f'"{name}": {gradient}' for name, gradient in results.items()]
    line = start + "{" + ", ".join(pairs) + "}"
    if len(line) <= 96:
        return [line]
    indent = " " * (len(start) - len(start.lstrip()))
    return [start + "{", *(f"{indent}    {pair}," for pair in pairs), indent + "}"]


def _has_odd_numbers(trace: Trace) -> bool:
    """Whether a number is infinite or nan, so that Python's own division would raise an error."""
    return any(
        not np.all(np.isfinite(node.value)) for node in trace.nodes if node.kind == "value"
    ) or any(edge.local is not None and not math.isfinite(edge.local) for edge in trace.edges)
