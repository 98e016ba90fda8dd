"""What stands on an edge of the graph: the op's derivative, in the names of this very graph."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from autograd import symbol as written
from autograd.op import Op
from autograd.symbol import Symbol
from autograd.value import Value

__all__ = ["formula_pieces", "formula_texts", "latex_name"]

_LONGEST_NAME = 40
_WITH_INDEX = re.compile(r"([^\W\d_])_?(\d*)")  # one letter, and perhaps its number
_SPECIAL = re.compile(r"([_%&#])")  # MathJax knows these commands outside of \text only
_PLACES = re.compile(r"(<(?:\d+|out|g)>)")


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
    base = op.base or op
    if base.variadic or op.filled.get("sizes") or op.name in ("weighted_sum", "pick"):
        return [_other_factor(op, i, sources) for i in range(len(sources))]
    if isinstance(node, Value):
        templates = _kept_templates(op, ((),) * len(sources), (), ())
    else:
        templates = formula_pieces(op, [np.shape(a) for a in node.args], node.shape, node.settings)
    names = {f"<{i}>": name for i, name in enumerate(sources)} | {"<out>": target, "<g>": "g"}
    escaped = {key: latex_name(name) for key, name in names.items()}
    escaped["<g>"] = r"\bar{" + escaped["<out>"] + "}"
    return [
        (
            "".join([names.get(part, part) for part in line]),
            "".join([escaped.get(part, part) for part in latex]),
        )
        for line, latex in templates
    ]


def formula_pieces(
    op: Op,
    shapes: Sequence[tuple[int, ...]],
    out_shape: tuple[int, ...],
    settings: Mapping[str, Any],
) -> list[tuple[list[str], list[str]]]:
    """Read an op's derivative towards each input, cut where names belong.

    Args:
        op: The op; one with a list of inputs has no formulas.
        shapes: The shapes of its inputs.
        out_shape: The shape of its result.
        settings: Its settings.

    Returns:
        Per input the pieces of the text and of the LaTeX; ``<0>`` and so on stand for the inputs,
        ``<out>`` for the result, ``<g>`` for the gradient that arrives at it.

    Example:
        >>> from autograd import OPS
        >>> formula_pieces(OPS["matmul"], [(3, 4), (4, 2)], (3, 2), {})[1][0]
        ['', '<0>', 'ᵀ @ ', '<g>', '']
    """
    try:
        return _kept_templates(op, tuple(shapes), out_shape, tuple(settings.items()))
    except TypeError:  # an array among the settings cannot be looked up in a table
        return _templates(op, shapes, out_shape, settings)


@lru_cache(maxsize=1024)
def _kept_templates(
    op: Op,
    shapes: tuple[tuple[int, ...], ...],
    out_shape: tuple[int, ...],
    settings: tuple[tuple[str, Any], ...],
) -> list[tuple[list[str], list[str]]]:
    """The templates are the same wherever an op stands between the same shapes."""
    return _templates(op, shapes, out_shape, dict(settings))


def _templates(
    op: Op,
    shapes: Sequence[tuple[int, ...]],
    out_shape: tuple[int, ...],
    settings: Mapping[str, Any],
) -> list[tuple[list[str], list[str]]]:
    """Per input, text and LaTeX in pieces, with ``<0>``, ``<out>`` and ``<g>`` for the names."""
    symbols = [Symbol(f"<{i}>", shape=shape) for i, shape in enumerate(shapes)]
    out, g = Symbol("<out>", shape=out_shape), Symbol("<g>", shape=out_shape)
    templates = []
    if op.reads is not None:
        lines = op.reads(shapes, **settings)
        return [(_PLACES.split(line), _PLACES.split(latex)) for line, latex in lines]
    for slot in range(len(shapes)):
        formulas = op.partials if op.partials is not None else op.vjp
        formula = formulas[slot] if isinstance(formulas, tuple) else None
        given = (out, *symbols) if op.partials is not None else (g, out, *symbols)
        try:
            wanted = None if formula is None else formula(*given, **settings)
            line, latex = (
                ("", "") if wanted is None else (written.text(wanted), written.latex(wanted))
            )
        except (AttributeError, TypeError, ValueError, KeyError, IndexError):
            line, latex = f"vjp of {op.name}", rf"\operatorname{{vjp}}_{{{op.name}}}"
        templates.append((_PLACES.split(line), _PLACES.split(latex)))
    return templates


def _other_factor(op: Op, slot: int, sources: Sequence[str]) -> tuple[str, str]:
    if op.name == "weighted_sum":
        half = len(sources) // 2
        if slot == 2 * half:
            return "1", "1"
        other = sources[slot + half if slot < half else slot - half]
        return other, latex_name(other)
    if op.name == "sum":
        return "1", "1"
    return "", ""


@lru_cache(maxsize=4096)
def latex_name(name: str) -> str:
    r"""Write a name for a formula in LaTeX: nothing in it can end the formula or begin a command.

    Args:
        name: Any text, hostile or not; a long one is cut.

    Returns:
        LaTeX for a mathematics environment.  What could be read as markup is shown by its
        full-width twin, which looks the same and means nothing.

    Example:
        >>> print(latex_name("w1"), latex_name("loss"), latex_name("x_y"), latex_name(r"\input{a}"))
        w_{1} \text{loss} {\text{x}\_\text{y}} \text{＼input｛a｝}
    """
    short = " ".join(name[:_LONGEST_NAME].split()) + ("…" if len(name) > _LONGEST_NAME else "")
    if found := _WITH_INDEX.fullmatch(short):
        return f"{found[1]}_{{{found[2]}}}" if found[2] else found[1]
    pieces = [_safe(piece) for piece in _SPECIAL.split(short) if piece]
    written = "".join(f"\\{p}" if _SPECIAL.fullmatch(p) else rf"\text{{{p}}}" for p in pieces)
    return written if len(pieces) == 1 else f"{{{written}}}"


def _safe(text: str) -> str:
    """A text without what LaTeX, MathJax or a web page would obey."""
    return "".join(
        chr(ord(c) + 0xFEE0)
        if c in '\\{}$^~<>`"|'
        else c
        if c.isprintable() or c == "\N{ZERO WIDTH JOINER}"
        else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )
