"""Scenes of number grids as a page to step through: buttons, slider, keys, a click on a cell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from viz.grids.grid_film import NOTE
from viz.grids.grid_layout import USUAL, cell_size, small_font
from viz.grids.grid_scene import LEVELS, Panel, Scene
from viz.grids.live_page import asset, dark_only, live_page, palette
from viz.picture import Picture
from viz.theme import LIGHT
from viz.words.labels import xml

ROOT = "glassgrad-convolution"


def film_page(scenes: Sequence[Scene], still: Picture, text: str, seconds: float) -> str:
    """Write a web page with several views of the same steps.

    Args:
        scenes: the views; the first is shown at first.
        still: what readers without scripts see.
        text: all steps in words.
        seconds: how long a step lasts while it plays.

    Returns:
        HTML that needs no file and no network beside it.
    """
    film = {
        "levels": LEVELS,
        "milliseconds": round(1000 * seconds),
        "views": [_view(scene) for scene in scenes],
    }
    # Escaped, no name can end the script element or begin another one.
    data = json.dumps(film, separators=(",", ":")).replace("<", "\\u003c")
    title, _, lead = still.description.partition(": ")
    body = (
        f'<div class="{ROOT}" role="group" tabindex="0" data-alone="true" '
        f'data-lm-suppress-shortcuts="true" aria-label="{xml(title)}">\n'
        '<div class="views" role="group" aria-label="View"></div>\n'
        '<p class="lead"></p>\n<div class="panels"></div>\n<div class="controls"></div>\n'
        '<div class="story"><p class="caption"></p><div class="equation"></div></div>\n'
        f'<p class="live" aria-live="polite"></p>\n<p class="note">{NOTE}</p>\n'
        f"<noscript>{still.image()}</noscript>\n"
        f"<details><summary>All steps as text</summary><pre>{xml(text)}</pre></details>\n"
        f'<script type="application/json">{data}</script>\n</div>\n'
        f"<script>(function(){{\n{asset('film/player.js')}{asset('film/film.js')}}})();</script>"
    )
    rules = asset("film/film.css").replace("ROOT", f".{ROOT}")
    return live_page(
        title, lead[:1].upper() + lead[1:], body, f"{palette(rules, LIGHT)}{dark_only(rules)}\n"
    )


def _view(scene: Scene) -> dict[str, Any]:
    return {
        "name": scene.name,
        "lead": scene.lead,
        "captions": scene.captions,
        "equations": scene.equations,
        "panels": [_panel(panel) for panel in scene.panels],
    }


def _panel(panel: Panel) -> dict[str, Any]:
    side, font = cell_size(panel)
    letters = sorted({len(text) for text in panel.texts()})
    return {
        "title": panel.title,
        "sign": panel.sign,
        "rows": panel.rows,
        "columns": panel.columns,
        "side": side,
        "font": font,
        "letters": max(1, letters[round(USUAL * (len(letters) - 1))]),
        "smallFont": small_font(panel, side, font),
        "picked": panel.picked,
        "frames": [frame[:2] for frame in panel.frames],
        "extent": panel.frames[0][2:] if panel.frames else (),
        "dilation": panel.dilation,
        "apart": panel.apart,
        "weights": panel.weights,
        "history": [
            [(step, cell.text, cell.level, cell.kind) for step, cell in entries]
            for entries in panel.history
        ],
    }
