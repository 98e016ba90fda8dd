"""A scene of number grids as an SVG that plays by itself, also inside `<img>`: no script in it."""

from __future__ import annotations

from collections import defaultdict

from viz.grids.grid_layout import BETWEEN, FONT, MARGIN, SIGN, Place, arrange
from viz.grids.grid_scene import LEVELS, Scene
from viz.motion.clock import Clock, Span
from viz.theme import FONTS, themed
from viz.words.labels import text_width, xml

ROOT = "glassgrad-film"
TITLE_HEIGHT, LINE, EQUATION_FONT = 46.0, 20.0, 13.0
NOTE = "Blue is positive, orange negative; a deeper colour is a larger magnitude."
LATE = 0.4  # part of a step after which its result appears
STRONGEST, STRONGEST_WITHOUT_TEXT = 0.5, 0.95

STYLE = f"""
text{{font-family:{FONTS};fill:@ink;font-variant-numeric:tabular-nums}}
.paper{{fill:@paper}}
.title{{font-size:16px;font-weight:700}}
.name{{font-size:{FONT}px;font-weight:700}}
.sign{{font-size:20px;fill:@quiet;text-anchor:middle}}
.word{{font-size:14px;fill:@quiet;text-anchor:middle}}
.sheet{{fill:@box;stroke:@border}}
.lines{{fill:none;stroke:@hair}}
.cells text{{text-anchor:middle}}
.plus{{fill:@plus}}
.minus{{fill:@minus}}
.padding{{fill:@group}}
.odd{{fill:none;stroke:@ink;stroke-dasharray:2 2}}
.quiet{{fill:@quiet}}
.frame{{fill:none;stroke:@output;stroke-width:3}}
.apart{{stroke-dasharray:5 4}}
.meant{{fill:none;stroke:@output;stroke-width:2}}
.weight{{text-anchor:end}}
.story{{fill:@group}}
.caption{{font-size:{EQUATION_FONT}px;font-weight:700}}
.equation{{font-size:{EQUATION_FONT}px}}
.result{{font-size:{EQUATION_FONT + 1}px;font-weight:700}}
.note{{font-size:11px;fill:@quiet}}
.still{{display:none}}
.progress{{fill:@border}}
"""
# What an animation sets gives way only to an important rule.
CALM = f"""
@media (prefers-reduced-motion:reduce){{
.{ROOT} .run{{visibility:hidden!important}}
.{ROOT} .run.end{{visibility:visible!important}}
.{ROOT} .moving{{display:none}}
.{ROOT} .still{{display:inline}}
}}"""


def film_svg(
    scene: Scene, title: str, description: str, seconds: float, *, moves: bool = True
) -> str:
    """Draw a scene as a film that repeats itself.

    Where nothing moves (print, converters, a reader who asked for less motion) the last step
    stands still.

    Args:
        scene: the panels and their history.
        title: what stands above it; already cleaned.
        description: alternative text.
        seconds: how long a step lasts.
        moves: False draws the last step only.

    Returns:
        The text of a complete SVG file.
    """
    places, right, bottom = arrange(scene.panels, TITLE_HEIGHT)
    count = len(scene.captions)
    clock = Clock(count, seconds, moves)
    shown: dict[Span, list[str]] = defaultdict(list)
    fixed, moving = [], []
    for place in places:
        fixed.append(_sheet(place))
        for span, parts in _cells(place, count).items():
            shown[span] += parts
        if place.panel.frames:
            moving.append(_frame(place, clock))
    story_top = bottom + BETWEEN
    lines = max(len(equation) for equation in scene.equations) + 1
    for span, parts in _story(scene, story_top).items():
        shown[span] += parts
    texts = [*scene.captions, *(line for lines in scene.equations for line in lines)]
    widest = max(text_width(text, EQUATION_FONT + 1, bold=True) for text in texts)
    heading = text_width(title, 16, bold=True)
    width = max(right, MARGIN + heading, MARGIN + 28 + widest) + MARGIN
    story_height = lines * LINE + 20
    height = story_top + story_height + MARGIN + 18
    still = shown.pop((0.0, float(count)), [])
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{ROOT}" role="img" '
            f'aria-label="{xml(description)}" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}">',
            f"<style>{themed(STYLE, ROOT)}{CALM}</style>",
            f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" rx="10"/>',
            f'<text class="title" x="{MARGIN:g}" y="30">{xml(title)}</text>',
            *fixed,
            *still,
            *(f'<path class="lines" d="{_grid_lines(place)}"/>' for place in places),
            f'<rect class="story" x="{MARGIN:g}" y="{story_top:.1f}" '
            f'width="{width - 2 * MARGIN:.1f}" height="{story_height:.1f}" rx="8"/>',
            *(clock.during(span, parts) for span, parts in sorted(shown.items())),
            *moving,
            f'<text class="note" x="{MARGIN:g}" y="{height - 22:.1f}">{NOTE}</text>',
            clock.progress(MARGIN, height - 12, width - 2 * MARGIN),
            "</svg>",
            "",
        ]
    )


def _sheet(place: Place) -> str:
    """Draw what never changes: the name, the sign and the empty sheet."""
    panel, middle = place.panel, place.y + place.height / 2
    sign = ""
    if panel.sign:
        kind = "word" if panel.sign.isalpha() else "sign"
        x = place.x - SIGN / 2 - BETWEEN / 2
        sign = f'<text class="{kind}" x="{x:.1f}" y="{middle + 6:.1f}">{xml(panel.sign)}</text>'
    return (
        f'{sign}<text class="name" x="{place.x:.1f}" y="{place.y - 8:.1f}">{xml(panel.title)}'
        f'</text><rect class="sheet" x="{place.x:.1f}" y="{place.y:.1f}" '
        f'width="{place.width:g}" height="{place.height:g}"/>'
    )


def _grid_lines(place: Place) -> str:
    x, y, side = place.x, place.y, place.side
    down = "".join(
        f"M{x + side * column:.1f} {y:.1f}v{place.height:g}"
        for column in range(1, place.panel.columns)
    )
    across = "".join(
        f"M{x:.1f} {y + side * row:.1f}h{place.width:g}" for row in range(1, place.panel.rows)
    )
    return down + across


def _cells(place: Place, count: int) -> dict[Span, list[str]]:
    """Draw all that ever stands in the cells, by the time for which it stands there."""
    panel, side = place.panel, place.side
    fills: dict[Span, dict[tuple[str, int], list[str]]] = defaultdict(lambda: defaultdict(list))
    words: dict[Span, list[str]] = defaultdict(list)
    strongest = STRONGEST if place.font else STRONGEST_WITHOUT_TEXT
    late = LATE if panel.result else 0.0
    raised = place.small_font / 3
    for at, entries in enumerate(panel.history):
        row, column = divmod(at, panel.columns)
        x, y = place.x + column * side, place.y + row * side
        for index, (step, cell) in enumerate(entries):
            if cell.kind == "blank":
                continue
            last = index + 1 == len(entries)
            span = (step + late, float(count) if last else entries[index + 1][0] + late)
            if cell.kind or cell.level:
                kind = cell.kind or ("plus" if cell.level > 0 else "minus")
                inner = 3 if kind == "odd" else 0
                fills[span][kind, abs(cell.level)].append(
                    f"M{x + inner:.1f} {y + inner:.1f}h{side - 2 * inner:g}"
                    f"v{side - 2 * inner:g}h{2 * inner - side:g}z"
                )
            if cell.text and place.font:
                quiet = ' class="quiet"' if cell.kind == "padding" else ""
                wide = text_width(cell.text, place.font)
                if wide > side - 3:
                    quiet += f' font-size="{place.font * (side - 3) / wide:.1f}"'
                words[span].append(
                    f'<text{quiet} x="{x + side / 2:.1f}" '
                    f'y="{y + side / 2 + 0.36 * place.font - raised:.1f}">{cell.text}</text>'
                )
    drawn: dict[Span, list[str]] = {}
    for span in {*fills, *words}:
        parts = []
        for (kind, level), paths in sorted(fills[span].items()):
            opacity = f' fill-opacity="{strongest * level / LEVELS:.2g}"' if level else ""
            parts.append(f'<path class="{kind}"{opacity} d="{"".join(paths)}"/>')
        if words[span]:
            parts.append(f'<g class="cells" font-size="{place.font:g}">{"".join(words[span])}</g>')
        drawn[span] = parts
    return drawn


def _frame(place: Place, clock: Clock) -> str:
    """Draw the frame that moves over a panel, with the weights that travel in it."""
    panel, side = place.panel, place.side
    _, _, height, width = panel.frames[0]
    down, across = panel.dilation
    parts = [
        f'<rect class="frame{" apart" if panel.apart else ""}" width="{width * side:g}" '
        f'height="{height * side:g}" rx="3"/>'
    ]
    meant = [(r * side, c * side) for r in range(0, height, down) for c in range(0, width, across)]
    if panel.apart:
        parts += [
            f'<rect class="meant" x="{x + 2:g}" y="{y + 2:g}" width="{side - 4:g}" '
            f'height="{side - 4:g}"/>'
            for y, x in meant
        ]
    if place.small_font:
        parts += [
            f'<text class="weight" font-size="{place.small_font:g}" x="{x + side - 4:g}" '
            f'y="{y + side - 4.5:g}">{text}</text>'
            for (y, x), text in zip(meant, panel.weights, strict=True)
        ]
    corners = [(place.x + c * side, place.y + r * side) for r, c, _, _ in panel.frames]
    return clock.slide(corners, "".join(parts))


def _story(scene: Scene, top: float) -> dict[Span, list[str]]:
    """Write caption and equation of each step; the result comes a moment later."""
    told: dict[Span, list[str]] = defaultdict(list)
    x = MARGIN + 14
    for step, (caption, lines) in enumerate(zip(scene.captions, scene.equations, strict=True)):
        y = top + LINE + 2
        told[float(step), step + 1.0].append(
            f'<text class="caption" x="{x:g}" y="{y:.1f}">{xml(caption)}</text>'
        )
        for index, line in enumerate(lines):
            y += LINE
            last = index + 1 == len(lines)
            start = step + LATE if last else float(step)
            kind = "result" if last else "equation"
            told[start, step + 1.0].append(
                f'<text class="{kind}" x="{x:g}" y="{y:.1f}">{xml(line)}</text>'
            )
    return told
