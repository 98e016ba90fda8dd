"""What a picture is made of before anything has a place: boxes, links and frames, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from viz.figures.mark import Mark

TITLE_SIZE, ROW_SIZE, CAPTION_SIZE, LABEL_SIZE = 13.0, 12.0, 11.0, 11.0
HEADER_HEIGHT, ROW_HEIGHT, PADDING = 28.0, 19.0, 12.0
HEAT_WIDTH, HEAT_HEIGHT, HEAT_ROOM = 44.0, 33.0, 54.0  # a heatmap, and the indent beside it


@dataclass(frozen=True)
class Row:
    """One line of a box: a caption on the left, a text on the right, and the tone of that text.

    `name` tells rows with the same caption apart, `indent` leaves room for a heatmap.
    """

    caption: str
    text: str
    tone: str = "plain"  # "plain" | "plus" | "minus" | "zero" | "quiet" | "soft"
    name: str = ""
    indent: float = 0.0


@dataclass(frozen=True)
class Heat:
    """The heatmap of an array, beside two rows of a box; `image` is empty while there is none.

    `name` is "data" or "grad", `row` the first of the two rows.
    """

    name: str
    image: str
    width: float
    height: float
    row: int


@dataclass(frozen=True)
class Spent:
    """The time that a box took: a percentage, the strength of its colour, a sentence."""

    word: str
    strength: float
    text: str


@dataclass(frozen=True)
class Box:
    """One rounded box; `kind` is leaf, data, operation, output, constant or group (output).

    `nodes` are the trace's nodes that it stands for: one, or all those of a collapsed group, whose
    path is `scope` and whose one way out, if it has just one, is node `exit`.
    """

    kind: str
    glyph: str
    title: str
    named: bool
    rows: tuple[Row, ...]
    detail: str
    width: float
    height: float
    nodes: tuple[int, ...] = ()
    scope: str = ""
    exit: int | None = None
    heats: tuple[Heat, ...] = ()
    marks: tuple[Mark, ...] = ()
    spent: Spent | None = None


@dataclass(frozen=True)
class Link:
    """One edge; `label` is the local gradient, `flow` the contribution that came back on it.

    `edges` are the places of the edges that it stands for in the trace's list of edges; `detail`
    is what its tooltip says.
    """

    source: int
    target: int
    label: str
    tone: str
    flow: float | None
    kind: str  # "value" | "tensor" | "constant" | "bundle"
    slot: int = 0  # place among the target's inputs, where their order matters
    edges: tuple[int, ...] = ()
    detail: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Frame:
    """An open scope: a frame around the boxes inside it, those of the scopes in it included."""

    scope: str
    title: str
    boxes: tuple[int, ...]


@dataclass(frozen=True)
class Figure:
    """Boxes and links in drawing order, with the sentence that describes them."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    description: str
    frames: tuple[Frame, ...] = ()  # outer ones first
