"""`confusion_matrix`: which classes a model takes for which, as a table with colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.arrays import array_of
from viz.picture import Picture
from viz.plots.frame import plot_svg
from viz.words.labels import clean, text_width, xml

WHO = "confusion_matrix"
MOST_CLASSES, MOST_TOLD = 60, 3
CELL, NARROWEST, MARGIN, TOP = 44.0, 26.0, 24.0, 118.0
STYLE = """
.right{fill:@plus}
.wrong{fill:@minus}
.cell{font-size:13px;text-anchor:middle}
.small{font-size:10px}
.strong{font-weight:700}
.none{fill:@quiet;opacity:.55}
.lines{fill:none;stroke:@hair}
.edge{fill:none;stroke:@border}
.side{font-size:12px}
.share{font-size:11px;fill:@quiet}
.middle{text-anchor:middle}
.end{text-anchor:end}
"""


def confusion_matrix(
    counts: Any,
    *,
    names: Sequence[str] | None = None,
    title: str = "Confusion matrix",
) -> Picture:
    """Draw how often each true class (row) was taken for each class (column).

    What is right is blue, what is wrong orange; the stronger, the larger its share of the row.
    Beside each row stands the share of it that was found (recall), under each column the share of
    it that is right (precision).

    Args:
        counts: whole numbers, shape (classes, classes), such as `nn.metrics.confusion_matrix`
            gives.
        names: a name for each class; by default its number.
        title: what stands above it.

    Returns:
        A picture with `.save("confusion.svg")`.

    Raises:
        TypeError: if something else than numbers came.
        ValueError: if the counts are no square of whole numbers, or names do not fit.

    Example:
        >>> confusion_matrix([[9, 1], [0, 10]], names=["cat", "dog"]).description
        'Confusion matrix: 19 of 20 right (95 %). Most often confused: cat taken for dog (1).'
    """
    matrix = _checked(counts)
    size, total = len(matrix), int(matrix.sum())
    if names is not None and (isinstance(names, str) or len(names) != size):
        given = "a text" if isinstance(names, str) else str(len(names))
        raise ValueError(f"{WHO}: {given} came as names; needs {size}, one per class")
    words = [clean(str(name), 24) for name in (names if names is not None else range(size))]
    right = int(np.trace(matrix))
    title = clean(title, 70)
    told = f"{right:,} of {total:,} right ({100 * right / total:.3g} %)." if total else "no counts."
    description = f"{title}: {told}{_worst(matrix, words)}"
    widest = text_width(str(int(matrix.max())), 13 if size <= 12 else 10, bold=True) + 10
    cell = max(CELL if size <= 12 else max(NARROWEST, 560 / size), widest)
    slanted = max(text_width(word, 12) for word in words) > cell - 6
    above = TOP + (0.75 * max(text_width(word, 12) for word in words) if slanted else 0.0)
    beside = max(text_width("precision %", 11), *(text_width(word, 12) for word in words))
    left, room = MARGIN + 30 + beside, text_width("recall %", 11) + 18
    width = max(left + size * cell + room, MARGIN + text_width(told, 13) + 40) + MARGIN
    width = max(width, 2 * MARGIN + text_width(title, 16, bold=True))
    height = above + size * cell + 30 + MARGIN
    parts = [
        f'<text class="title" x="{MARGIN:g}" y="36">{xml(title)}</text>',
        f'<text class="side" x="{MARGIN:g}" y="58">{xml(told)}</text>',
        f'<text class="axis middle" x="{left + size * cell / 2:.1f}" y="84">predicted</text>',
        f'<text class="axis middle" transform="translate({MARGIN + 6:g} '
        f'{above + size * cell / 2:.1f}) rotate(-90)">true</text>',
        *_cells(matrix, left, above, cell),
        *_sides(matrix, words, left, above, cell, slanted),
    ]
    return Picture(plot_svg(parts, description, width, height, STYLE), description)


def _checked(counts: Any) -> NDArray[np.int64]:
    need = "needs counts of shape (classes, classes)"
    array = array_of(counts, asked_by=WHO, what="counts", need=need)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size:
        raise ValueError(f"{WHO}: counts have shape {array.shape}; {need}")
    if not np.isfinite(array).all() or (array != np.rint(array)).any() or (array < 0).any():
        raise ValueError(
            f"{WHO}: a count came that is negative or broken; counts must be whole numbers from 0 "
            "on"
        )
    if len(array) > MOST_CLASSES:
        raise ValueError(
            f"{WHO}: {len(array)} classes came, more than anybody could read ({MOST_CLASSES}); "
            "take the part that matters: counts[:20, :20]"
        )
    return array.astype(np.int64)


def _worst(matrix: NDArray[np.int64], words: Sequence[str]) -> str:
    """Name the pairs that are confused most often."""
    off = matrix.copy()
    np.fill_diagonal(off, 0)
    order = np.argsort(-off, axis=None, kind="stable")[:MOST_TOLD]
    pairs = [
        f"{words[row]} taken for {words[column]} ({off[row, column]:,})"
        for row, column in zip(*np.unravel_index(order, off.shape), strict=True)
        if off[row, column]
    ]
    return f" Most often confused: {', '.join(pairs)}." if pairs else ""


def _cells(matrix: NDArray[np.int64], left: float, above: float, cell: float) -> list[str]:
    size = len(matrix)
    rows = matrix.sum(axis=1)
    small = " small" if size > 12 else ""
    parts, edge = [], size * cell
    for row in range(size):
        for column in range(size):
            count, share = int(matrix[row, column]), matrix[row, column] / max(1, rows[row])
            x, y = left + column * cell, above + row * cell
            same = row == column
            if count:  # the square root lets one mistake among hundreds still be seen
                tone = 0.12 + 0.48 * math.sqrt(share)
                parts.append(
                    f'<rect class="{"right" if same else "wrong"}" fill-opacity="{tone:.2f}" '
                    f'x="{x:.1f}" y="{y:.1f}" width="{cell:g}" height="{cell:g}"/>'
                )
            kind = "strong" if same else "" if count else "none"
            parts.append(
                f'<text class="cell {kind}{small}" x="{x + cell / 2:.1f}" '
                f'y="{y + cell / 2 + 4.5:.1f}">{count if count or same else "·"}</text>'
            )
    steps = [k * cell for k in range(1, size)]
    lines = "".join(f"M{left + s:.1f} {above:.1f}v{edge:.1f}" for s in steps)
    lines += "".join(f"M{left:.1f} {above + s:.1f}h{edge:.1f}" for s in steps)
    return [
        *parts,
        f'<path class="lines" d="{lines}"/>',
        f'<rect class="edge" x="{left:.1f}" y="{above:.1f}" width="{edge:.1f}" '
        f'height="{edge:.1f}"/>',
    ]


def _sides(
    matrix: NDArray[np.int64],
    words: Sequence[str],
    left: float,
    above: float,
    cell: float,
    slanted: bool,
) -> list[str]:
    """Write the classes at the left and above, recall at the right, precision below."""
    size = len(matrix)
    right, below = left + size * cell, above + size * cell
    rows, columns = matrix.sum(axis=1), matrix.sum(axis=0)
    parts = [
        f'<text class="share" x="{right + 9:.1f}" y="{above - 9:.1f}">recall %</text>',
        f'<text class="share end" x="{left - 9:.1f}" y="{below + 19:.1f}">precision %</text>',
    ]
    for k, word in enumerate(words):
        x, y = left + (k + 0.5) * cell, above + (k + 0.5) * cell + 4
        turned = f'transform="translate({x:.1f} {above - 9:.1f}) rotate(-45)"'
        placed = turned if slanted else f'x="{x:.1f}" y="{above - 9:.1f}"'
        parts += [
            f'<text class="side end" x="{left - 9:.1f}" y="{y:.1f}">{xml(word)}</text>',
            f'<text class="side{"" if slanted else " middle"}" {placed}>{xml(word)}</text>',
            f'<text class="share" x="{right + 9:.1f}" y="{y:.1f}">{_share(matrix[k, k], rows[k])}'
            "</text>",
            f'<text class="share middle" x="{x:.1f}" y="{below + 19:.1f}">'
            f"{_share(matrix[k, k], columns[k])}</text>",
        ]
    return parts


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.3g}" if whole else "–"
