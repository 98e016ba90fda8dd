"""`layer_maps`: what every layer of a network makes of one image, layer under layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.trace import Trace, TraceNode
from viz.arrays import Array, array_of
from viz.figures.heat import heat_uri
from viz.grids.grid_scene import largest
from viz.models import is_model, model_trace
from viz.picture import Picture
from viz.theme import FONTS, themed
from viz.words.labels import clean, text_width, xml
from viz.words.numbers import number, shape_text

WHO, ROOT = "layer_maps", "glassgrad-layers"
MOST_MAPS, MOST_LAYERS = 16, 60
TILE, GAP, MARGIN, TOP, HEAD, BETWEEN = 56.0, 8.0, 24.0, 62.0, 26.0, 18.0
STRIP, WIDEST = 22.0, 512.0
FINEST = 56  # pixels of a map that can be told apart in a tile
ONLY_SHAPE = ("reshape", "transpose", "getitem", "pad", "concatenate", "stack", "broadcast_to")

STYLE = f"""
text{{font-family:{FONTS};fill:@ink;font-variant-numeric:tabular-nums}}
.paper{{fill:@paper}}
.title{{font-size:16px;font-weight:700}}
.layer{{font-size:13px;font-weight:700}}
.told{{font-size:12px;fill:@quiet}}
.tile{{fill:@group;stroke:@hair}}
image{{image-rendering:pixelated}}
"""


@dataclass(frozen=True)
class Layer:
    """What one layer gave.

    Attributes:
        name: its path in the model, or the operation.
        kind: the module's class; empty for an operation.
        maps: shape (channels, height, width), or (n,).
    """

    name: str
    kind: str
    maps: Array


def layer_maps(
    model: Any, x: Any, *, most: int = MOST_MAPS, title: str = "What each layer sees"
) -> Picture:
    """Run a network on one image and draw what every layer gives, from the image to the answer.

    Blue is positive, orange negative, clear is 0. Each layer has a scale of its own, which is
    written beside its name. Layers inside layers are found by themselves; operations between
    layers, such as `F.relu`, count as layers.

    Args:
        model: anything callable with `named_parameters`; it is left as it was.
        x: one image: shape (1, channels, height, width), (channels, height, width) or
            (height, width).
        most: how many maps of a layer are drawn.
        title: what stands above them.

    Returns:
        A picture with `.save("layers.svg")`.

    Raises:
        TypeError: if there is no model, or its result has no graph.
        ValueError: if more than one image came, or there is nothing to draw.

    Example:
        >>> from nn import Conv2d, Flatten, Linear, ReLU, Sequential
        >>> model = Sequential(Conv2d(1, 4, 3), ReLU(), Flatten(), Linear(144, 2))
        >>> import numpy as np
        >>> layer_maps(model, np.eye(8)).description
        'What each layer sees: input 8×8; 0 Conv2d, 4 maps of 6×6; 1 ReLU, 4 maps of 6×6;
        3 Linear, 2 numbers.'
    """
    if not is_model(model):
        raise TypeError(
            f"{WHO}: {type(model).__name__} came as model; needs something to call that has "
            "parameters. For maps that are there already: viz.feature_maps(maps)"
        )
    if most < 1:
        raise ValueError(f"{WHO}: most={most} came; at least 1 is needed")
    image = _one_image(x)
    dtype = next((p.dtype for _, p in model.named_parameters() if isinstance(p, Tensor)), None)
    # an image that asks for a gradient is recorded everywhere, also by layers that are frozen
    example = Tensor(image.astype(dtype or image.dtype), requires_grad=True)
    trace = model_trace(model, [example], {}, asked_by=WHO)
    layers = [Layer("input", "", image[0]), *_layers(trace, _kinds(model))]
    if len(layers) == 1:
        raise ValueError(
            f"{WHO}: no layer of {type(model).__name__} gave maps or a row of numbers; give a "
            "model of nn layers"
        )
    if len(layers) > MOST_LAYERS:
        raise ValueError(
            f"{WHO}: {len(layers)} layers, more than anybody could take in ({MOST_LAYERS}); "
            "give a part of the model: model[:10]"
        )
    return _drawn(layers, most, clean(title, 70))


def _one_image(x: Any) -> Array:
    need = "needs one image of shape (1, channels, height, width)"
    array = array_of(x, asked_by=WHO, what="x", need=need)
    if array.ndim in (2, 3):
        array = array.reshape(1, *(1,) * (3 - array.ndim), *array.shape)
    if array.ndim != 4 or len(array) != 1 or not array.size:
        hint = ": take one of them, x[:1]" if array.ndim == 4 and len(array) > 1 else ""
        raise ValueError(f"{WHO}: x has shape {array.shape}; {need}{hint}")
    return array if array.dtype.kind == "f" else array.astype(float)


def _kinds(model: Any) -> Mapping[str, str]:
    """The class of every part of the model, by path."""
    modules = getattr(model, "named_modules", None)
    return {path: type(part).__name__ for path, part in modules()} if modules else {}


def _layers(trace: Trace, kinds: Mapping[str, str]) -> Iterator[Layer]:
    """Choose the last result of each module, and what was made between modules."""
    reached: set[int] = set()
    chosen: list[TraceNode] = []
    roots = {node.index for node in trace.nodes if node.op is None and node.label == "input"}
    for node in trace.nodes:
        if node.index in roots or reached.intersection(node.inputs):
            reached.add(node.index)
            if node.op is not None:
                chosen.append(node)
    for place, node in enumerate(chosen):
        last = place == len(chosen) - 1
        if len(node.shape) not in (2, 4) or node.shape[0] != 1 or 0 in node.shape:
            continue
        if node.scope and (last or chosen[place + 1].scope != node.scope):
            if not _only_shape(node, trace):
                yield Layer(node.scope, kinds.get(node.scope, ""), _maps(node))
        elif not node.scope and (last or (len(node.shape) == 4 and node.op not in ONLY_SHAPE)):
            yield Layer("output" if last else str(node.op), "", _maps(node))


def _only_shape(node: TraceNode, trace: Trace) -> bool:
    """Whether a module did nothing but arrange the numbers of another."""
    before = trace.nodes[node.inputs[0]]
    return node.op in ONLY_SHAPE and before.scope != node.scope


def _maps(node: TraceNode) -> Array:
    return np.asarray(node.value[0], dtype=float)


def _drawn(layers: list[Layer], most: int, title: str) -> Picture:
    parts, told, y, right = [], [], TOP, text_width(title, 16, bold=True) + MARGIN
    for layer in layers:
        head = f"{layer.name} {layer.kind}".strip()
        count, peak = len(layer.maps), largest(layer.maps)
        if layer.maps.ndim == 3:
            plural = "s" if count != 1 else ""
            size = f"{count} map{plural} of {shape_text(layer.maps.shape[1:])}"
            size = size if layer.name != "input" or count > 1 else shape_text(layer.maps.shape[1:])
            drawn = min(count, most)
        else:
            size, drawn = f"{count} number{'s' if count != 1 else ''}", 1
        told.append(f"{head}{' ' if layer.name == 'input' else ', '}{size}")
        note = f"{size}, ±{number(peak)}" + (
            f", the first {drawn} of them" if 1 < drawn < count else ""
        )
        heading = clean(head, 60)
        wide = text_width(heading, 13, bold=True) + 10
        parts.append(
            f'<text class="layer" x="{MARGIN:g}" y="{y + 14:.1f}">{xml(heading)}</text>'
            f'<text class="told" x="{MARGIN + wide:.1f}" y="{y + 14:.1f}">{xml(note)}</text>'
        )
        y += HEAD
        tiles, height, width = _tiles(layer.maps, drawn, peak, y)
        parts += tiles
        y += height + BETWEEN
        right = max(right, MARGIN + width, MARGIN + wide + text_width(note, 12))
    description = f"{title}: {'; '.join(told)}."
    width, height = right + MARGIN, y - BETWEEN + MARGIN
    svg = "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{ROOT}" role="img" '
            f'aria-label="{xml(description)}" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}">',
            f"<style>{themed(STYLE, ROOT)}</style>",
            f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" rx="10"/>',
            f'<text class="title" x="{MARGIN:g}" y="36">{xml(title)}</text>',
            *parts,
            "</svg>",
            "",
        ]
    )
    return Picture(svg, description)


def _tiles(maps: Array, drawn: int, peak: float, y: float) -> tuple[list[str], float, float]:
    """Draw the maps of a layer; give the height and the width of all of them, too."""
    if maps.ndim == 1:
        width = min(WIDEST, max(STRIP, STRIP * len(maps)))
        return [_tile(maps[None], MARGIN, y, width, STRIP, peak)], STRIP, width
    high, wide = maps.shape[1:]
    side = TILE / max(high, wide)
    height, width = max(2.0, high * side), max(2.0, wide * side)
    tiles = [
        _tile(maps[k], MARGIN + k * (width + GAP), y, width, height, peak) for k in range(drawn)
    ]
    return tiles, height, drawn * (width + GAP) - GAP


def _tile(image: Array, x: float, y: float, width: float, height: float, peak: float) -> str:
    zoom = max(1, round(width / image.shape[1]))  # converters blur small images
    uri = heat_uri(image, most=max(FINEST, 128), peak=peak or None, zoom=zoom)
    place = f'x="{x:.4g}" y="{y:.5g}" width="{width:.4g}" height="{height:.4g}"'
    return f'<rect class="tile" {place}/><image {place} preserveAspectRatio="none" href="{uri}"/>'
