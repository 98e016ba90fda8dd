"""A window of a convolution in words: where it lies, and its sum of products."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from viz.grids.windows import ConvolutionStep, Windows
from viz.words.numbers import MINUS, number

MOST_FACTORS = 6  # a line with more products is told as its sum
MOST_ROWS = 8


def where(windows: Windows, step: ConvolutionStep) -> str:
    """Say which pixels a window covers, counted from 0 in the image without its padding."""
    words = []
    for axis, word in enumerate(("row", "column")):
        first = windows.corner(step.row, step.column)[axis] - windows.padding[axis]
        last, apart = first + windows.extent[axis] - 1, windows.dilation[axis]
        if first == last:
            words.append(f"{word} {number(first)}")
        else:
            span = f"{word}s {number(first)} to {number(last)}"
            words.append(f"{span}, every {_ordinal(apart)}" if apart > 1 else span)
    return ", ".join(words)


def _ordinal(count: int) -> str:
    return {2: "2nd", 3: "3rd"}.get(count, f"{count}th")


def sum_lines(step: ConvolutionStep, windows: Windows) -> tuple[str, ...]:
    """Write a window's sum of products, a line per row of the kernel and one for the result.

    Args:
        step: the window.
        windows: its convolution.

    Returns:
        Lines; of large kernels only the sums of their rows, of very large ones only the result.
    """
    height, width = windows.kernel.shape
    with np.errstate(all="ignore"):
        row_sums = [float(row.sum()) for row in step.products]
    terms = [*row_sums, windows.bias] if windows.bias else row_sums
    bias = " (bias)" if windows.bias else ""
    result = f"{joined(terms)}{bias} = {number(step.total)}"
    if height > MOST_ROWS or (width > MOST_FACTORS and len(terms) == 1):
        return (f"sum of {height * width} products = {number(step.total)}",)
    if width > MOST_FACTORS:
        return (result,)
    lines = []
    for pixels, weights, total in zip(step.window, windows.kernel, row_sums, strict=True):
        factors = [
            f"{_bracketed(float(pixel), index > 0)}·{_bracketed(float(weight), True)}"
            for index, (pixel, weight) in enumerate(zip(pixels, weights, strict=True))
        ]
        lines.append(f"{' + '.join(factors)} = {number(total)}")
    return (*lines, result) if len(terms) > 1 else tuple(lines)


def joined(terms: Sequence[float]) -> str:
    """Write a sum with the signs of its terms as operators.

    Example:
        >>> joined([-5.0, 17.0, -0.5])
        '−5 + 17 − 0.5'
    """
    text = number(terms[0])
    for term in terms[1:]:
        text += f" {MINUS if term < 0 else '+'} {number(abs(term))}"
    return text


def _bracketed(value: float, inner: bool) -> str:
    text = number(value)
    return f"({text})" if inner and (value < 0 and not math.isnan(value)) else text
