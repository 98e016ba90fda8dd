"""The colours and letters of every picture, light and dark, in one place."""

from __future__ import annotations

FONTS = '"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif'

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1b1f24",
    "quiet": "#5f6975",
    "hair": "#dde2e8",
    "border": "#8c96a1",
    "box": "#ffffff",
    "chip": "#39434f",
    "chip_ink": "#ffffff",
    "leaf": "#eceafa",
    "leaf_border": "#8479c4",
    "data": "#f0f2f5",
    "constant": "#eef0f3",
    "group": "#f6f7f9",
    "output": "#1f2731",
    "output_ink": "#ffffff",
    "plus": "#0072B2",
    "minus": "#B34700",
    "mark": "#A3195B",
}
DARK = {
    "paper": "#15181c",
    "ink": "#e8ebef",
    "quiet": "#9ba5b0",
    "hair": "#363d46",
    "border": "#707b87",
    "box": "#1d2127",
    "chip": "#c3ccd6",
    "chip_ink": "#15181c",
    "leaf": "#2d2a4a",
    "leaf_border": "#8f86d2",
    "data": "#272c33",
    "constant": "#272c33",
    "group": "#22272e",
    "output": "#e3e8ee",
    "output_ink": "#15181c",
    "plus": "#56B4E9",
    "minus": "#E69F00",
    "mark": "#F48FB8",
}
DARK_RULES = "@media (prefers-color-scheme:dark){"
SERIES = ("#0072B2", "#B34700", "#6A51A3", "#0F7B5F", "#8A6D00", "#5f6975")
DARK_SERIES = ("#56B4E9", "#E69F00", "#B5A5E8", "#4CC3A0", "#DCC65A", "#9ba5b0")


def themed(rules: str, root: str) -> str:
    """Fill a style sheet for light and for dark, every rule kept under one root class.

    Args:
        rules: lines such as `.box{fill:@box}`; `@name` stands for a colour of the palette.
        root: the class of the picture's outermost element.

    Returns:
        The text of a `<style>` element. Plain colours are used rather than CSS variables,
        because converters of SVG to PNG or PDF do not know those.

    Example:
        >>> print(themed("text{fill:@ink}", "pic"))
        .pic text{fill:#1b1f24}
        @media (prefers-color-scheme:dark){
        .pic text{fill:#e8ebef}
        }
    """
    coloured = [line for line in rules.strip().splitlines() if line.strip()]
    light = [f".{root} {_fill(line.strip(), LIGHT, SERIES)}" for line in coloured]
    dark = [f".{root} {_fill(line.strip(), DARK, DARK_SERIES)}" for line in coloured if "@" in line]
    return "\n".join([*light, DARK_RULES, *dark, "}"])


def light_only(svg: str) -> str:
    """Take the rules for dark paper out of a picture, for programs that know no such rules.

    Example:
        >>> light_only(themed("text{fill:@ink}", "pic"))
        '.pic text{fill:#1b1f24}'
    """
    before, found, rest = svg.partition("\n" + DARK_RULES)
    while found:
        svg = before + rest.partition("\n}")[2]
        before, found, rest = svg.partition("\n" + DARK_RULES)
    return svg


def _fill(line: str, palette: dict[str, str], series: tuple[str, ...]) -> str:
    for name in sorted(palette, key=len, reverse=True):
        line = line.replace(f"@{name}", palette[name])
    for index, colour in enumerate(series):
        line = line.replace(f"@series{index}", colour)
    return line
