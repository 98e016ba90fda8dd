r"""One derivative explained as LaTeX: the paths as products of partial derivatives."""

from __future__ import annotations

import math

from autograd.edge_formulas import latex_name
from autograd.trace import TraceNode
from viz.formulas.explanation_text import strongest_arrivals
from viz.formulas.latex import aligned
from viz.formulas.latex_derivatives import Derivatives
from viz.formulas.latex_equations import Equations, Line
from viz.formulas.paths import Path
from viz.formulas.sections import MOST_FACTORS, Section

MOST_TERMS = 6


def latex_of(section: Section) -> str:
    r"""Write a section as LaTeX.

    Args:
        section: what there is to say.

    Returns:
        An ``aligned`` environment.
    """
    found = section.found
    name = _partial(section.result, section.target)
    if found.count == 0 or found.start == found.end:
        return aligned([(name, "0" if found.count == 0 else "1")])
    if not found.of_numbers:
        equations = Equations(section.trace)
        return aligned(Derivatives(equations, [found.end], section.arrived).lines)
    if not section.lists_all:
        return aligned(_by_last_step(section, name))
    symbols = [_product(path, section) for path in found.strongest]
    numbers = [_numbers(path) for path in found.strongest]
    products = [_number(path.product) for path in found.strongest]
    if len(symbols) == 1:
        steps = [symbols[0], numbers[0], products[0]]
        if len(found.strongest[0].edges) == 1:
            steps = [symbols[0], products[0]]
        return aligned([(name, steps[0]), *(("", step) for step in steps[1:])])
    # One path per line: its symbols, its numbers, its product.
    rows: list[Line] = []
    for position, (symbol, factors, product) in enumerate(
        zip(symbols, numbers, products, strict=True)
    ):
        equal = f"{factors} = {product}" if factors != product else product
        term = rf"\underbrace{{{symbol}}}_{{{equal}}}"
        rows.append((name, term) if position == 0 else (rf"{{}} + {term}", ""))
    return aligned([*rows, ("", _added(products)), ("", _number(found.total))])


def _by_last_step(section: Section, name: str) -> list[Line]:
    trace, terms, numbers = section.trace, [], []
    listed = strongest_arrivals(section)[:MOST_TERMS]
    for arrival in listed:
        middle = trace.nodes[arrival.edge.target]
        left = _partial(section.result, middle)
        terms.append(rf"{left} \cdot {_partial(middle, section.target)}")
        upstream, local = _number(arrival.upstream), _bracketed(_number(arrival.local))
        numbers.append(rf"{_bracketed(upstream)} \cdot {local}")
    if len(listed) < len(section.found.arrivals):
        terms.append(r"\cdots")
        numbers.append(r"\cdots")
    return [
        (name, " + ".join(terms)),
        ("", " + ".join(numbers)),
        ("", _number(section.found.total)),
    ]


def _partial(above: TraceNode, below: TraceNode) -> str:
    names = latex_name(above.label), latex_name(below.label)
    return rf"\frac{{\partial {names[0]}}}{{\partial {names[1]}}}"


def _product(path: Path, section: Section) -> str:
    nodes = section.trace.nodes
    words = [_partial(nodes[edge.target], nodes[edge.source]) for edge in path.edges]
    return r" \cdot ".join(_shortened(words))


def _numbers(path: Path) -> str:
    words = [_number(factor) for factor in path.factors]
    words = [word if not i else _bracketed(word) for i, word in enumerate(words)]
    return r" \cdot ".join(_shortened(words))


def _shortened(words: list[str]) -> list[str]:
    if len(words) <= MOST_FACTORS:
        return words
    ends = MOST_FACTORS // 2
    return [*words[:ends], r"\cdots", *words[-ends:]]


def _added(words: list[str]) -> str:
    return " + ".join(word if not i else _bracketed(word) for i, word in enumerate(words))


def _bracketed(word: str) -> str:
    return rf"\left({word}\right)" if word.startswith("-") or r"\cdot" in word else word


def _number(value: float | None) -> str:
    if value is None or math.isnan(value):
        return r"\text{nan}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    digits, power, exponent = f"{value:.4g}".partition("e")
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return rf"{digits} \cdot 10^{{{int(exponent)}}}" if power else digits
