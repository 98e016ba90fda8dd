"""A convolution told window by window, for a terminal or a text file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viz.arrays import Array
from viz.grids.convolution_wording import joined, sum_lines, where
from viz.grids.windows import ConvolutionStep, Windows
from viz.words.labels import ascii_label
from viz.words.numbers import MINUS, number

PLAIN = str.maketrans({MINUS: "-", "×": "x", "·": "*", "…": "..."})


def convolution_text(
    windows: Windows,
    steps: Sequence[ConvolutionStep],
    gradient: Array,
    names: Sequence[str],
    title: str,
    *,
    ascii: bool = False,
) -> str:
    """Tell every window forwards, then what each sends back.

    Args:
        windows: the convolution.
        steps: its windows.
        gradient: of the feature map.
        names: of image, kernel and feature map.
        title: the first line.
        ascii: use ASCII only.

    Returns:
        Lines of text, with a line break at the end.
    """
    image, kernel, feature_map = names
    lines = [title, ""]
    for index, step in enumerate(steps, 1):
        lines.append(f"window {index} of {len(steps)}: {image} {where(windows, step)}")
        sums = sum_lines(step, windows)
        lines += [f"    {line}" for line in sums]
        lines += [f"    -> {feature_map}[{step.row}, {step.column}]", ""]
    totals = np.array([step.total for step in steps]).reshape(windows.output_shape)
    lines += [*_table(feature_map, totals), ""]
    lines += [*_table(f"Backward: {feature_map} gradient, as given", gradient), ""]
    kernel_gradient = windows.kernel_gradient(gradient)
    lines.append(f"{kernel}[0, 0] gradient: gradient of each cell times the pixel this weight met")
    lines += [f"    {line}" for line in _first_weight(windows, steps, gradient)]
    lines += ["", *_table(f"{kernel} gradient", kernel_gradient)]
    lines += ["", *_table(f"{image} gradient", windows.input_gradient(gradient))]
    lines += ["", f"bias gradient = {number(float(gradient.sum()))}"]
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    if not ascii:
        return text
    return "\n".join(ascii_label(line.translate(PLAIN)) for line in text.split("\n"))


def _first_weight(windows: Windows, steps: Sequence[ConvolutionStep], gradient: Array) -> list[str]:
    """Add up the first weight's gradient, row by row of the feature map."""
    lines = []
    with np.errstate(all="ignore"):
        shares = [gradient[step.row, step.column] * step.window[0, 0] for step in steps]
    columns = windows.output_shape[1]
    for start in range(0, len(shares), columns):
        row = [float(share) for share in shares[start : start + columns]]
        before = "  " if start == 0 else "+ "
        lines.append(f"{before}{joined(row)}")
    total = float(windows.kernel_gradient(gradient)[0, 0])
    return [*lines, f"= {number(total)}"]


def _table(name: str, array: Array) -> list[str]:
    texts = [[number(float(value)) for value in row] for row in array]
    widest = max(len(text) for row in texts for text in row)
    rows = ["  ".join(text.rjust(widest) for text in row) for row in texts]
    return [name, *(f"    {row}" for row in rows)]
