"""The stepper's scripts and style sheets: read, stripped, put under one class, packed."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from viz.figures.svg import ROOT as GRAPH
from viz.figures.svg import STYLE as GRAPH_STYLE
from viz.theme import DARK, LIGHT

ROOT = "glassgrad-stepper"
SCRIPTS = (
    "format.js", "elements.js", "story.js", "core.js", "columns.js", "tensors.js", "equation.js",
    "figure.js", "picture.js", "active.js", "pointers.js", "camera.js", "paths.js", "controls.js",
    "search.js", "keys.js", "tabs.js", "inspector.js", "listing.js", "order.js", "theme.js",
    "views.js", "help.js", "main.js",
)  # fmt: skip
# What each plug-in is made of, in this order; a plug-in without a line here is its one file.
_RECOMPUTE = ("primitives.js", "rows.js", "recompute.js")
PLUGINS = {
    "whatif": (*_RECOMPUTE, "typed.js", "heat.js", "arrays.js", "plot.js", "whatif.js"),
    "check": (*_RECOMPUTE, "differences.js", "check.js"),
    "quiz": ("typed.js", "quiz.js"),
}
STYLES = ("stepper.css", "equation.css", "picture.css", "panels.css", "narrow.css")


def program(plugins: Iterable[str]) -> str:
    """Put the page's script together: one function around all of it, no name left outside.

    Args:
        plugins: names of the plug-ins that this page needs.

    Returns:
        JavaScript; it sets up every stepper on the page that is not set up yet.
    """
    return "\n".join(["(function () {", "'use strict';", *_body(plugins), "wake();", "})();"])


def module() -> str:
    """Put the script together for a widget: with all plug-ins, and waking nothing by itself.

    Returns:
        A JavaScript module whose default export renders, as anywidget asks.
    """
    return "\n".join([*_body((*PLUGINS, "film")), _stripped(_text("widget.js")), ""])


def _body(plugins: Iterable[str]) -> list[str]:
    plugins = tuple(plugins)
    *parts, last = SCRIPTS
    added = [name for plugin in plugins for name in PLUGINS.get(plugin, (f"{plugin}.js",))]
    added = list(dict.fromkeys(name for name in added if _has(name)))
    sheets = [*STYLES, *(f"{name}.css" for name in plugins if _has(f"{name}.css"))]
    style = _quoted(style_sheet("".join(_text(name) for name in sheets)))
    return [
        f"const STYLE = {style};",
        "const plugins = {};",
        *(_stripped(_text(name)) for name in parts),
        "(function () {",  # a plug-in's own names hide the page's here and nowhere else
        *(_stripped(_text(name)) for name in added),
        "})();",
        _stripped(_text(last)),
    ]


def packed(text: str) -> str:
    """Pack a text small enough to stand in every cell of a notebook: gzip, then base64."""
    return base64.b64encode(gzip.compress(text.encode("utf-8"), 9, mtime=0)).decode("ascii")


def style_sheet(rules: str) -> str:
    """Put every rule under the stepper's class, with the palettes and the picture's own rules.

    Args:
        rules: lines of CSS, one rule a line; `&` is the stepper itself.

    Returns:
        CSS that reaches nothing outside a stepper.

    Example:
        >>> style_sheet(".bar { margin:0; }").splitlines()[-1]
        '.glassgrad-stepper .bar{margin:0}'
    """
    light = ";".join(f"--{name}:{colour}" for name, colour in LIGHT.items())
    dark = ";".join(f"--{name}:{colour}" for name, colour in DARK.items())
    graph = re.sub(r"@(\w+)", r"var(--\1)", GRAPH_STYLE.strip())
    lines = [
        f"&{{{light};color-scheme:light}}",
        f"&[data-theme=dark]{{{dark};color-scheme:dark}}",
        *(f".{GRAPH} {line.strip()}" for line in graph.splitlines() if line.strip()),
        *re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL).splitlines(),
    ]
    return "\n".join(_scoped(line.strip()) for line in lines if line.strip())


def _scoped(line: str) -> str:
    if line == "}" or line.startswith("@media"):
        return line
    selectors, _, body = line.partition("{")
    places = [place.strip() for place in selectors.split(",")]
    scoped = [
        f".{ROOT}{place[1:]}" if place.startswith("&") else f".{ROOT} {place}" for place in places
    ]
    body = re.sub(r"\s*([{};:])\s*", r"\1", body.strip()).replace(";}", "}")
    return ",".join(scoped) + "{" + body


def _stripped(script: str) -> str:
    """Leave out indentation, blank lines and the lines that are comments."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return f"`{escaped}`"


@lru_cache(maxsize=64)
def _text(name: str) -> str:
    return (files("viz") / "assets" / "stepper" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=64)
def _has(name: str) -> bool:
    return (files("viz") / "assets" / "stepper" / name).is_file()
