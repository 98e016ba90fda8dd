"""`index_page`: pictures, texts and tables on one web page that needs nothing beside it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from viz.theme import DARK, LIGHT
from viz.words.labels import xml


class Drawn(Protocol):
    """Whatever has an SVG text; `viz.picture.Picture`, which makes pages itself, is one."""

    @property
    def svg(self) -> str:
        """The text of the SVG file."""
        ...


STYLE = """
:root{color-scheme:light dark}
body{margin:0;background:@group;color:@ink}
body{font:16px/1.6 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
main{max-width:1080px;margin:0 auto;padding:48px 24px 72px}
h1{font-size:32px;line-height:1.2;margin:0 0 8px;letter-spacing:-.01em}
h2{font-size:21px;margin:0 0 8px}
p{margin:0 0 12px;max-width:70ch}
.lead{color:@quiet;font-size:18px;margin-bottom:32px}
section{background:@paper;border:1px solid @hair;border-radius:14px}
section{padding:24px 28px;margin:0 0 24px}
figure{margin:16px 0 4px;overflow-x:auto}
figure img{display:block;max-width:100%;height:auto;margin:0 auto;border-radius:10px}
figcaption{color:@quiet;font-size:14px;margin-top:8px}
pre{background:@group;border:1px solid @hair;border-radius:10px;padding:16px 18px}
pre{overflow:auto;max-height:34em}
pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:12px 0}
th,td{text-align:left;padding:6px 20px 6px 0;border-bottom:1px solid @hair}
th{color:@quiet;font-weight:600;font-size:14px}
td.number{text-align:right}
details summary{cursor:pointer;color:@quiet}
a{color:@plus}
@media (max-width:640px){
figure .wide{max-width:none;width:720px}
main{padding:28px 12px}
section{padding:18px 16px}
h1{font-size:26px}
}
@media print{body{background:none}section{break-inside:avoid}pre{max-height:none}}
"""


@dataclass(frozen=True)
class Section:
    """One card of a page; every part may be left out.

    Attributes:
        heading: its title.
        text: paragraphs, separated by blank lines; plain text.
        pictures: pictures, or texts of SVG files.
        captions: one line under each picture, in the same order.
        code: text shown in a fixed-width font.
        table: rows of cells; the first row is the header.
        folded: a title under which the code is hidden until it is clicked.
    """

    heading: str = ""
    text: str = ""
    pictures: Sequence[Drawn | str] = ()
    captions: Sequence[str] = ()
    code: str = ""
    table: Sequence[Sequence[object]] = field(default=())
    folded: str = ""


def index_page(title: str, sections: Iterable[Section], *, lead: str = "") -> str:
    """Write a self-contained web page, light and dark, for wide and narrow screens.

    Args:
        title: heading of the page and of its tab.
        sections: the cards, from top to bottom.
        lead: a sentence under the title.

    Returns:
        HTML without any link to the network; all texts are escaped.

    Example:
        >>> page = index_page("A tour", [Section("Numbers", table=[["loss"], [0.5]])])
        >>> page.count("<section>"), "http" in page.replace("http://www.w3.org", "")
        (1, False)
    """
    body = "\n".join(_section(section) for section in sections)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{xml(_readable(title))}</title>\n<style>{_style()}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{xml(_readable(title))}</h1>\n"
        + (f'<p class="lead">{xml(_readable(lead))}</p>\n' if lead else "")
        + f"{body}\n</main>\n</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    parts = ["<section>"]
    if section.heading:
        parts.append(f"<h2>{xml(_readable(section.heading))}</h2>")
    for paragraph in re.split(r"\n\s*\n", section.text.strip()):
        if paragraph:
            parts.append(f"<p>{xml(_readable(paragraph))}</p>")
    captions = [*section.captions, *[""] * len(section.pictures)]
    for picture, caption in zip(section.pictures, captions, strict=False):
        note = f"<figcaption>{xml(_readable(caption))}</figcaption>" if caption else ""
        parts.append(f"<figure>{_image(picture)}{note}</figure>")
    if section.table:
        parts.append(_table(section.table))
    if section.code:
        code = f"<pre>{xml(_readable(section.code))}</pre>"
        if section.folded:
            summary = xml(_readable(section.folded))
            code = f"<details><summary>{summary}</summary>{code}</details>"
        parts.append(code)
    return "\n".join([*parts, "</section>"])


def _image(picture: Drawn | str) -> str:
    svg = picture if isinstance(picture, str) else picture.svg
    label = re.search(r'aria-label="([^"]*)"', svg)  # already escaped where it stands
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return (
        f'<img class="{_breadth(svg)}" alt="{label.group(1) if label else "picture"}" '
        f'src="data:image/svg+xml;base64,{data}">'
    )


def _breadth(svg: str) -> str:
    """Tell wide pictures, which a phone scrolls rather than shrinks to nothing."""
    width = re.search(r'<svg[^>]* width="([\d.]+)', svg)
    return "wide" if width and float(width.group(1)) > 800 else "small"


def _table(rows: Sequence[Sequence[object]]) -> str:
    header = "".join(f"<th>{xml(_readable(str(cell)))}</th>" for cell in rows[0])
    lines = [f"<table><thead><tr>{header}</tr></thead><tbody>"]
    for row in rows[1:]:
        cells = "".join(f"<td{_alignment(cell)}>{xml(_readable(str(cell)))}</td>" for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    return "\n".join([*lines, "</tbody></table>"])


def _alignment(cell: object) -> str:
    return ' class="number"' if isinstance(cell, int | float) else ""


def _readable(text: str) -> str:
    """Take out control characters that no page may hold; line breaks stay."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def _style() -> str:
    """Write the rules once with CSS variables, and the two palettes that fill them."""
    rules = STYLE.strip()
    names = sorted(LIGHT, key=len, reverse=True)
    for name in names:
        rules = re.sub(rf"@{name}\b", f"var(--{name})", rules)
    light = ";".join(f"--{name}:{LIGHT[name]}" for name in LIGHT)
    dark = ";".join(f"--{name}:{DARK[name]}" for name in DARK)
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{rules}"
