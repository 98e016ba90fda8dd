"""`characters`: a text whose letters are coloured by how likely they were, or by a neuron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.arrays import array_of
from viz.grids.pixels import shades
from viz.picture import Picture
from viz.theme import FONTS, themed
from viz.words.labels import clean, text_width, xml
from viz.words.numbers import number

WHO, ROOT = "characters", "glassgrad-text"
MONO = '"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace'
MOST, WIDEST, NARROWEST = 20_000, 200, 10
STEP, LINE, MARGIN, TOP, SIZE = 9.0, 22.0, 24.0, 78.0, 15
LEVELS = 12
# a page may take two dollar signs for a formula
SHOWN = {"\n": "↵", "\t": "→", " ": " ", "$": "\N{FULLWIDTH DOLLAR SIGN}"}

STYLE = f"""
text{{font-family:{FONTS};fill:@ink}}
.paper{{fill:@paper}}
.title{{font-size:16px;font-weight:700}}
.told{{font-size:12px;fill:@quiet}}
.letters{{font-family:{MONO};font-size:{SIZE}px;white-space:pre}}
.given{{font-weight:700}}
.end{{fill:@quiet;opacity:.6}}
.plus{{stroke:@plus}}
.minus{{stroke:@minus}}
.odd{{stroke:@mark}}
.rule{{stroke:@border;stroke-dasharray:3 3}}
"""


def characters(
    text: str,
    probabilities: Any = None,
    *,
    activations: Any = None,
    prompt: int = 0,
    width: int = 72,
    title: str = "",
) -> Picture:
    """Draw a text, each letter coloured by a number.

    With `probabilities` the colour says how surprising a letter was: clear for one that the model
    was sure of, deep orange for one that it thought unlikely (the scale is the logarithm, as in
    the cross entropy). With `activations` it says what a neuron did at that letter: blue above 0,
    orange below.

    Args:
        text: the letters; line breaks are kept and shown as ↵.
        probabilities: the probability of each letter given those before it, from 0 to 1.
        activations: instead, any number for each letter.
        prompt: how many letters at the beginning were given and not generated; they are bold.
        width: how many letters a line has at most.
        title: what stands above it.

    Returns:
        A picture with `.save("text.svg")`.

    Raises:
        TypeError: if there is no text, or not exactly one kind of numbers.
        ValueError: if there is not one number for each letter, or a probability is none.

    Example:
        >>> characters("abba", [0.5, 0.25, 0.5, 0.25]).description
        'Text of 4 letters, coloured by how surprising each was: 1.5 bits per letter.'

    Source:
        A. Karpathy, J. Johnson and L. Fei-Fei, "Visualizing and understanding recurrent networks"
        (2015), for the letters coloured by a neuron.
    """
    if not isinstance(text, str) or not text:
        came = "an empty text" if text == "" else type(text).__name__
        raise TypeError(f"{WHO}: {came} came as text; needs at least one letter")
    if (probabilities is None) == (activations is None):
        raise TypeError(
            f"{WHO}: both or none of probabilities and activations came; give one of the two"
        )
    if len(text) > MOST:
        raise ValueError(
            f"{WHO}: {len(text):,} letters came, more than anybody would read ({MOST:,}); "
            "take a part: text[:2000]"
        )
    if not NARROWEST <= width <= WIDEST:
        raise ValueError(f"{WHO}: width={width} came; needs {NARROWEST} to {WIDEST}")
    if not 0 <= prompt <= len(text):
        raise ValueError(
            f"{WHO}: prompt={prompt} came; needs 0 to {len(text)}, letters of the text"
        )
    kind = "activations" if probabilities is None else "probabilities"
    numbers = _numbers(activations if probabilities is None else probabilities, text, kind)
    if kind == "probabilities":
        if not ((numbers >= 0) & (numbers <= 1)).all():
            raise ValueError(
                f"{WHO}: probabilities must lie between 0 and 1; give other numbers as activations"
            )
        with np.errstate(divide="ignore"):
            numbers = np.log2(numbers)
        bits = -numbers[prompt:]
        mean = f"{number(float(np.mean(bits)))} bits per letter" if len(bits) else "no letter"
        told = f"coloured by how surprising each was: {mean}."
        most = float(np.log2(1000))  # one in a thousand has the full colour
        levels = shades(np.maximum(numbers, -most), most, LEVELS)
        levels[:prompt] = 0
    else:
        most = float(np.max(np.abs(numbers[np.isfinite(numbers)]), initial=0.0)) or 1.0
        told = f"coloured by an activation, ±{number(most)}: blue is positive, orange negative."
        levels = shades(numbers, most, LEVELS)
    count = f"{len(text):,} letter{'s' * (len(text) != 1)}"
    description = f"{clean(title, 60) or 'Text'} of {count}, {told}"
    return Picture(
        _svg(text, levels, prompt, width, clean(title, 60), told, description), description
    )


def _numbers(given: Any, text: str, kind: str) -> NDArray[np.float64]:
    need = f"needs {len(text)} numbers, one for each letter"
    array = np.array(array_of(given, asked_by=WHO, what=kind, need=need), dtype=float)
    if array.shape != (len(text),):
        raise ValueError(f"{WHO}: {kind} have shape {array.shape}; {need}")
    return array


def _lines(text: str, width: int) -> list[tuple[int, int]]:
    """First and last place of each line: cut after line breaks, at blanks, or where it must be."""
    lines, start = [], 0
    while start < len(text):
        end = text.find("\n", start, start + width)
        if end >= 0:
            end += 1
        elif len(text) - start <= width:
            end = len(text)
        else:
            blank = text.rfind(" ", start, start + width)
            end = blank + 1 if blank > start else start + width
        lines.append((start, end))
        start = end
    return lines


def _svg(
    text: str,
    levels: NDArray[np.int64],
    prompt: int,
    width: int,
    title: str,
    told: str,
    description: str,
) -> str:
    runs: dict[int, list[str]] = {}
    words: list[str] = []
    lines = _lines(text, width)
    for row, (start, end) in enumerate(lines):
        y = TOP + row * LINE
        for place in range(start, end):
            if levels[place]:
                x = MARGIN + (place - start) * STEP
                runs.setdefault(int(levels[place]), []).append(f"M{x:g} {y:g}h{STEP:g}")
        given = min(max(prompt - start, 0), end - start)
        words += _words(text[start : start + given], MARGIN, y, "given")
        words += _words(text[start + given : end], MARGIN + given * STEP, y, "")
    longest = max(end - start for start, end in lines)
    wide = max(longest * STEP, text_width(title, 16, bold=True), text_width(told, 12)) + 2 * MARGIN
    high = TOP + len(lines) * LINE + MARGIN - LINE / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{ROOT}" role="img" '
            f'aria-label="{xml(description)}" width="{wide:.0f}" height="{high:.0f}" '
            f'viewBox="0 0 {wide:.0f} {high:.0f}">',
            f"<style>{themed(STYLE, ROOT)}</style>",
            f'<rect class="paper" width="{wide:.0f}" height="{high:.0f}" rx="10"/>',
            f'<text class="title" x="{MARGIN:g}" y="34">{xml(title or "Text")}</text>',
            f'<text class="told" x="{MARGIN:g}" y="53">{xml(told)}</text>',
            *(
                f'<path class="{_kind(level)}" stroke-width="{LINE - 3:g}" '
                f'stroke-opacity="{_opacity(level):.2f}" d="{"".join(spots)}"/>'
                for level, spots in sorted(runs.items())
            ),
            *words,
            "</svg>",
            "",
        ]
    )


def _words(letters: str, x: float, y: float, kind: str) -> Sequence[str]:
    """Letters on a line, stretched to the grid whatever font there is; blanks are left out."""
    parts, y = [], y + SIZE * 0.35
    end = letters.endswith("\n")
    body = letters[:-1] if end else letters
    if body.strip():
        spots = " ".join(f"{x + place * STEP:g}" for place in range(len(body)))
        shown = xml("".join(_shown(letter) for letter in body))
        parts.append(
            f'<text class="letters{" " * bool(kind)}{kind}" xml:space="preserve" y="{y:g}" '
            f'x="{spots}">{shown}</text>'
        )
    if end:
        parts.append(f'<text class="letters end" x="{x + len(body) * STEP:g}" y="{y:g}">↵</text>')
    return parts


def _shown(letter: str) -> str:
    """One visible sign for each letter."""
    if letter in SHOWN:
        return SHOWN[letter]
    return letter if letter.isprintable() and len(letter.encode("utf-16-le")) == 2 else "·"


def _kind(level: int) -> str:
    return "odd" if level == LEVELS + 1 else "plus" if level > 0 else "minus"


def _opacity(level: int) -> float:
    return 0.65 * min(abs(level), LEVELS) / LEVELS
