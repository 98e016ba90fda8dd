"""What one array sends to another, the way a person writes it: ``dW = x.T @ dY``."""

from __future__ import annotations

from autograd import OPS
from autograd.edge_formulas import formula_pieces
from autograd.trace import Trace, TraceEdge, TraceNode
from viz.words.rules import keyboard_signs, python_signs, stretched_shape, summed_axes
from viz.words.wording import name_of, shape_words

# What formulas of these ops would say in the library's own functions is said in words instead.
WORDS: dict[str, str | tuple[str, ...]] = {
    "index_set": ("{g}, 0 at the places overwritten", "{g} at the places it was written to"),
    "max": "{g} where {x} is the greatest, 0 elsewhere",
    "min": "{g} where {x} is the smallest, 0 elsewhere",
    "sum": "{g} for every element",
    "sum_to": "{g} for every copy",
    "getitem": "zeros, with {g} at the places picked",
    "pick": "zeros, with {g} at the place picked",
    "take": "zeros, with {g} at the slices picked",
    "take_along_axis": "zeros, with {g} at the elements picked",
    "diagonal": "zeros, with {g} on the diagonal",
    "trace": "zeros, with {g} on the diagonal",
    "concatenate": "its own piece of {g}",
    "stack": "its own layer of {g}",
    "assemble": "the element of {g} at its place",
    "sort": "{g}, each element back at its old place",
    "moveaxis": "{g}, the axes moved back",
    "swapaxes": "{g}, the axes exchanged back",
    "flip": "{g}, reversed back",
    "roll": "{g}, shifted back",
    "astype": "{g} in the old dtype",
    "prod": "{g} times the product of all other elements",
    "cumsum": "running sums of {g} from the end",
    "max_pool": "zeros, with {g} where each window's greatest stood",
    "im2col": "every window of {g} added back at its place",
    "col2im": "the windows of {g}",
    "conv": (
        "every window's {g} times the kernel {second}, added up",
        "every window of {first} times its {g}, added up",
    ),
    "conv_bias": (
        "every window's {g} times the kernel {second}, added up",
        "every window of {first} times its {g}, added up",
        "all of a channel in {g}, added up",
    ),
    "sum_pool": "every window's {g}, added to each of its elements",
    "tile": "the gradients of all copies in {g}, added up",
    "repeat": "the gradients of all copies in {g}, added up",
    "broadcast_to": "the gradients of all copies in {g}, added up",
}
_VECTOR_PRODUCTS: dict[tuple[int, ...], tuple[str, str]] = {
    (1, 1): ("{g} * {second}", "{g} * {first}"),
    (2, 1): ("outer({g}, {second})", "{first}.T @ {g}"),
    (1, 2): ("{second} @ {g}", "outer({first}, {g})"),
}
LONGEST_FACTOR = 60
RESHAPING = {"reshape", "ravel", "expand_dims", "squeeze"}


def differential(node: TraceNode) -> str:
    """Write a gradient's short name: dW, or d(layers.0.W) where the name is not a plain word."""
    name = name_of(node)
    plain = name.replace("_", "").isalnum()
    return f"d{name}" if plain or name.startswith("(") else f"d({name})"


def rule_words(edge: TraceEdge, trace: Trace) -> str:
    """Say what comes back on an edge between arrays, in names.

    Args:
        edge: any edge of a graph of Tensors.
        trace: the graph it belongs to.

    Returns:
        For example "x.T @ dY", "dh * (1 - a**2)" or "its own piece of dy".
    """
    source, target = trace.nodes[edge.source], trace.nodes[edge.target]
    arriving = differential(target)
    operation = OPS.get(target.op or "")
    if target.op in RESHAPING:
        return f"{arriving}.reshape{shape_words(source.shape)}"
    words = _words(edge, trace)
    if words:
        names = [name_of(trace.nodes[index]) for index in target.inputs]
        first, second = (*names, "", "")[:2]
        return words.format(g=arriving, x=name_of(source), first=first, second=second)
    factor = _formula(edge, trace)
    if operation is None or not factor:
        return f"{arriving} sent back through {python_signs(target.op or '')}"
    if operation.partials is None:
        return factor
    if len(factor) > LONGEST_FACTOR:
        return f"{arriving} * slope of {target.op}"
    if factor in ("1", "-1"):
        return arriving if factor == "1" else f"-{arriving}"
    return f"{arriving} * {factor if _is_one_piece(factor) else f'({factor})'}"


def _words(edge: TraceEdge, trace: Trace) -> str:
    """Find the words for an operation whose formula would say less; empty if there are none."""
    target = trace.nodes[edge.target]
    if target.op == "matmul" and len(target.inputs) == 2:
        ranks = tuple(len(trace.nodes[index].shape) for index in target.inputs)
        return _VECTOR_PRODUCTS.get(ranks, ("", ""))[edge.slot]
    if target.op == "transpose" and len(target.shape) > 2:
        return "{g}, the axes put back"
    if target.op == "einsum":
        return _einsum(str(target.settings.get("subscripts", "")), edge.slot)
    words = WORDS.get(target.op or "", "")
    return words if isinstance(words, str) else words[edge.slot]


def _einsum(subscripts: str, slot: int) -> str:
    """Write the sum of products that gives one of two operands its gradient."""
    operands, arrow, result = subscripts.replace(" ", "").partition("->")
    parts = operands.split(",")
    if not arrow or len(parts) != 2 or "." in operands:
        return ""
    own, other = parts[slot], parts[1 - slot]
    simple = all(len(set(part)) == len(part) for part in (own, other, result))
    if not simple or not set(own) <= set(other + result):
        return ""
    spelled = f"einsum('{result},{other}->{own}', "
    return spelled + ("{g}, {second})" if slot == 0 else "{g}, {first})")


def _is_one_piece(factor: str) -> bool:
    """Say whether a factor needs no parentheses: a name, a number, a call, a condition."""
    depth = 0
    for character in factor:
        depth += (character in "([") - (character in ")]")
        if character == " " and depth == 0:
            return False
    return not factor.startswith("-")


def _formula(edge: TraceEdge, trace: Trace) -> str:
    """Read the operation's own formula in this graph's names; empty if it has none on a line."""
    target = trace.nodes[edge.target]
    operation = OPS.get(target.op or "")
    if operation is None or operation.variadic:
        return ""
    inputs = [trace.nodes[index] for index in target.inputs]
    shapes = [node.shape for node in inputs]
    if len(shapes) != len(operation.inputs):
        return ""
    pieces = formula_pieces(operation, shapes, target.shape, target.settings)[edge.slot][0]
    if "".join(pieces).startswith("vjp of "):
        return ""
    names = {f"<{slot}>": name_of(node) for slot, node in enumerate(inputs)}
    names |= {"<out>": name_of(target), "<g>": differential(target)}
    return "".join(names.get(piece) or keyboard_signs(piece) for piece in pieces)


def shapes_of_rule(edge: TraceEdge, trace: Trace) -> str:
    """Write the shapes beside a rule: "(4,3) = (4,8) @ (8,3)" for a matrix product.

    Args:
        edge: any edge of a graph of Tensors.
        trace: the graph it belongs to.

    Returns:
        The shape of what is sent, and those it is made of where they differ.
    """
    target = trace.nodes[edge.target]
    sent, arriving = stretched_shape(edge, trace), target.shape
    if target.op == "matmul" and len(target.inputs) == 2:
        other = trace.nodes[target.inputs[1 - edge.slot]].shape
        if len(other) >= 2 and len(trace.nodes[edge.source].shape) >= 2:
            turned = shape_words((*other[:-2], other[-1], other[-2]))
            pair = (shape_words(arriving), turned)
            left, right = pair if edge.slot == 0 else pair[::-1]
            return f"{shape_words(sent)} = {left} @ {right}"
    if sent == arriving:
        return shape_words(sent)
    return f"{shape_words(sent)} from {shape_words(arriving)}"


def axes_words(stretched: tuple[int, ...], own: tuple[int, ...]) -> str:
    """Say over which axes copies are added up.

    Example:
        >>> axes_words((8, 3), (3,)), axes_words((8, 3), ()), axes_words((2, 8, 3), (8, 1))
        ('sum over axis 0', 'sum over all elements', 'sum over axes 0 and 2')
    """
    axes = summed_axes(stretched, own)
    if len(axes) == len(stretched) and not own:
        return "sum over all elements"
    if len(axes) == 1:
        return f"sum over axis {axes[0]}"
    return f"sum over axes {', '.join(map(str, axes[:-1]))} and {axes[-1]}"
