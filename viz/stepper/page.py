"""The stepper as HTML: a picture and a list that stand everywhere, and a script that wakes them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from viz.stepper.assets import ROOT, packed, program
from viz.theme import DARK, LIGHT
from viz.words.labels import xml

# Unpacks the program, whose size matters in a notebook with many outputs, and runs it. Where a
# browser cannot, or no script may run, the picture and the list stay as they are.
LOADER = """(async () => {
const asleep = '.glassgrad-stepper[data-stepper="@@hash@@"]:not([data-ready])';
const waiting = () => document.querySelector(asleep);
if (!waiting() || !window.DecompressionStream) return;
const bytes = Uint8Array.from(atob('@@program@@'), (character) => character.charCodeAt(0));
const opened = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
const script = document.createElement('script');
script.textContent = (await new Response(opened).text()).replace('@@' + 'hash@@', '@@hash@@');
if (waiting()) document.head.append(script);
script.remove();
})();"""


def fragment(
    document: Mapping[str, Any],
    svg: str,
    lines: Sequence[str],
    *,
    alone: bool = False,
) -> str:
    """Write the stepper as a piece of HTML that may stand anywhere, also twice on one page.

    Args:
        document: the page's data; see `viz.stepper.document`.
        svg: the picture of the final state.
        lines: every step in one line.
        alone: whether it is the one thing on its page, so that keys work before a click.

    Returns:
        HTML without ids and without links to anything outside of it.
    """
    # "</script>" and "<!--" inside a label would end or change the script element.
    data = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    picture = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    mark = hashlib.sha256((data + picture).encode("utf-8")).hexdigest()[:12]
    script = LOADER.replace("@@hash@@", mark)
    script = script.replace("@@program@@", packed(program(document.get("extras", {}))))
    items = "".join(f"<li>{xml(line)}</li>" for line in lines)
    count = f"{len(lines):,} step" + ("s" if len(lines) != 1 else "")
    return (
        f'<div class="{ROOT}" data-stepper="{mark}" data-lm-suppress-shortcuts="true"'
        f"{' data-alone' if alone else ''}>\n"
        f'<div class="view"><img alt="{xml(document["description"])}" style="max-width:100%;'
        f'height:auto" src="data:image/svg+xml;base64,{picture}"></div>\n'
        f'<details class="all"><summary>All {count} as text</summary><ol>{items}</ol></details>\n'
        f'<script type="application/json">{data}</script>\n</div>\n<script>{script}</script>\n'
    )


def whole_page(title: str, body: str) -> str:
    """Wrap a stepper's HTML into a page of its own, light and dark.

    Args:
        title: what the tab shows.
        body: what `fragment` gave.

    Returns:
        A complete HTML file.
    """
    light, dark = LIGHT["group"], DARK["group"]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{xml(title)}</title>\n<style>\n"
        f"html{{color-scheme:light dark;background:{light};color:{LIGHT['ink']}}}\n"
        "body{margin:0;padding:16px;background:inherit}\n"
        "h1{max-width:1500px;margin:0 auto 12px;font:650 18px/1.3 system-ui,sans-serif}\n"
        f".{ROOT}{{margin:0 auto}}\n@media(prefers-color-scheme:dark){{"
        f"html{{background:{dark};color:{DARK['ink']}}}}}\n"
        "@media(max-width:600px){body{padding:8px}}\n"
        f"</style>\n</head>\n<body>\n<main>\n<h1>{xml(title)}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
