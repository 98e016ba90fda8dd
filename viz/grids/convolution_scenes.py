"""The three films of a convolution: forward, and what flows back to the kernel and to the image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viz.arrays import Array
from viz.grids.convolution_wording import joined, sum_lines, where
from viz.grids.grid_scene import BLANK, Cell, Panel, Scene, cell_of, changing, largest, still
from viz.grids.windows import ConvolutionStep, Windows
from viz.words.numbers import number

FORWARD, KERNEL, INPUT = "forward", "kernel gradient", "input gradient"
LARGE = 480.0  # room for the image: the window is to be seen on it
PADDING = Cell("", 0, "padding")


def scenes(
    windows: Windows, steps: Sequence[ConvolutionStep], gradient: Array, names: Sequence[str]
) -> dict[str, Scene]:
    """Prepare all three views.

    Args:
        windows: the convolution.
        steps: its windows.
        gradient: of the feature map.
        names: of image, kernel and feature map; already cleaned.

    Returns:
        A scene by name; each has as many steps as there are windows.
    """
    places = [(step.row, step.column) for step in steps]
    captions = tuple(
        f"window {index} of {len(steps)}: {where(windows, step)} → {names[2]}[{step.row}, "
        f"{step.column}]"
        for index, step in enumerate(steps, 1)
    )
    frames = [(*windows.corner(*place), *windows.extent) for place in places]
    spots = [(*place, 1, 1) for place in places]
    sent = _grid(f"{names[2]} gradient", "×", gradient, still(gradient, largest(gradient)))
    sent.frames, sent.picked = spots, True
    return {
        FORWARD: _forward(windows, steps, names, captions, frames, spots),
        KERNEL: _to_kernel(windows, steps, gradient, names, captions, frames, sent),
        INPUT: _to_input(windows, steps, gradient, names, captions, frames, sent),
    }


def _forward(
    windows: Windows,
    steps: Sequence[ConvolutionStep],
    names: Sequence[str],
    captions: tuple[str, ...],
    frames: list[tuple[int, int, int, int]],
    spots: list[tuple[int, int, int, int]],
) -> Scene:
    image, kernel = _image(windows, names[0], frames), _kernel(windows, names[1])
    image.weights = tuple(f"×{text}" for text in kernel.texts())
    products = [step.products for step in steps]
    totals = np.array([step.total for step in steps]).reshape(windows.output_shape)
    filling = [[(0, BLANK)] for _ in steps]
    for index, total in enumerate(totals.flat):
        entry = (index, cell_of(float(total), largest(totals)))
        filling[index] = [(0, BLANK), entry] if index else [entry]
    panels = (
        image,
        kernel,
        _grid("products", "=", products[0], changing(products, largest(*products))),
        Panel(names[2], "sum", *windows.output_shape, filling, spots, result=True, picked=True),
    )
    bias = f", plus the bias {number(windows.bias)}," if windows.bias else ""
    lead = (
        f"Each pixel under the frame is multiplied by its weight in the {names[1]}; the sum of the "
        f"products{bias} is one cell of the {names[2]}."
    )
    equations = tuple(sum_lines(step, windows) for step in steps)
    return Scene(FORWARD, lead, panels, captions, equations)


def _to_kernel(
    windows: Windows,
    steps: Sequence[ConvolutionStep],
    gradient: Array,
    names: Sequence[str],
    captions: tuple[str, ...],
    frames: list[tuple[int, int, int, int]],
    sent: Panel,
) -> Scene:
    shares, sums = [], []
    total: Array = np.zeros(windows.kernel.shape)
    with np.errstate(all="ignore"):
        for step in steps:
            shares.append(gradient[step.row, step.column] * step.window)
            total = total + shares[-1]
            sums.append(total)
    panels = (
        _image(windows, names[0], frames),
        sent,
        _grid("this window adds", "=", shares[0], changing(shares, largest(*shares))),
        _grid(f"{names[1]} gradient", "+=", total, changing(sums, largest(*sums))),
    )
    panels[-1].result = True
    lead = (
        f"A weight of the {names[1]} took part in every window, so its gradient is a sum over all "
        f"windows: the pixel it met there, times the gradient of that cell of the {names[2]}."
    )
    equations = []
    for index, step in enumerate(steps):
        factor = _sent(gradient, step, names)
        before = sums[index - 1] if index else np.zeros(total.shape)
        equations.append(
            (
                f"{names[1]} gradient += {factor} × the window",
                f"first weight: {_added(before, shares[index], sums[index])}",
            )
        )
    return Scene(KERNEL, lead, panels, captions, tuple(equations))


def _to_input(
    windows: Windows,
    steps: Sequence[ConvolutionStep],
    gradient: Array,
    names: Sequence[str],
    captions: tuple[str, ...],
    frames: list[tuple[int, int, int, int]],
    sent: Panel,
) -> Scene:
    shares, equations = [], []
    total: Array = np.zeros(windows.padded.shape)
    reached = np.zeros(total.shape, dtype=bool)
    most = largest(windows.input_gradient(gradient))
    history: list[list[tuple[int, Cell]]] = [[(0, BLANK)] for _ in total.flat]
    inside = np.pad(np.ones(windows.image.shape, dtype=bool), [(p, p) for p in windows.padding])
    with np.errstate(all="ignore"):
        for index, step in enumerate(steps):
            pixels = windows.pixels(step.row, step.column)
            shares.append(gradient[step.row, step.column] * windows.kernel)
            fresh = int((~reached[pixels] & inside[pixels]).sum())
            total[pixels] += shares[-1]
            reached[pixels] = True
            for row, column in np.argwhere(np.ones(windows.kernel.shape)):
                at = int(pixels[0][row, 0]) * total.shape[1] + int(pixels[1][0, column])
                cell = cell_of(float(total.flat[at]), most)
                if history[at][-1][1] != cell:
                    history[at] = [e for e in history[at] if e[0] != index] + [(index, cell)]
            more = int(inside[pixels].sum()) - fresh
            equations.append(
                (
                    f"{names[0]} gradient += {_sent(gradient, step, names)} × the {names[1]}",
                    f"pixels reached for the first time: {fresh}; reached again, where the shares "
                    f"add up: {more}",
                )
            )
    for at, is_inside in enumerate(inside.flat):
        if not is_inside:
            history[at] = [(0, PADDING)]
    panels = (
        _grid(names[1], "", windows.kernel, still(windows.kernel, largest(windows.kernel))),
        sent,
        _grid("this window adds", "=", shares[0], changing(shares, largest(*shares))),
        Panel(
            f"{names[0]} gradient",
            "+=",
            total.shape[0],
            total.shape[1],
            history,
            frames,
            windows.dilation,
            room=LARGE,
        ),
    )
    panels[-1].result = True
    lead = (
        f"A pixel of the {names[0]} was seen by several windows, so its gradient is a sum over "
        f"those: the weight it met there, times the gradient of that cell of the {names[2]}."
    )
    return Scene(INPUT, lead, panels, captions, tuple(equations))


def _grid(name: str, sign: str, array: Array, history: list[list[tuple[int, Cell]]]) -> Panel:
    return Panel(name, sign, array.shape[0], array.shape[1], history, [])


def _kernel(windows: Windows, name: str) -> Panel:
    return _grid(name, "×", windows.kernel, still(windows.kernel, largest(windows.kernel)))


def _image(windows: Windows, name: str, frames: list[tuple[int, int, int, int]]) -> Panel:
    padded = windows.padded
    history = still(padded, largest(padded))
    inside = np.pad(np.ones(windows.image.shape, dtype=bool), [(p, p) for p in windows.padding])
    for at, is_inside in enumerate(inside.flat):
        if not is_inside:
            history[at] = [(0, Cell("0", 0, "padding"))]
    name = f"{name}, padded" if any(windows.padding) else name
    rows, columns = padded.shape
    return Panel(name, "", rows, columns, history, frames, windows.dilation, room=LARGE)


def _sent(gradient: Array, step: ConvolutionStep, names: Sequence[str]) -> str:
    return number(float(gradient[step.row, step.column]))


def _added(before: Array, share: Array, after: Array) -> str:
    terms = joined([float(before.flat[0]), float(share.flat[0])])
    return f"{terms} = {number(float(after.flat[0]))}"
