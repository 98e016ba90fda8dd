"""Where on the sides of its two boxes an edge starts and ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

PORT_GAP, USED = 20.0, 0.8  # pixels between two ports, and the share of a side that may be used


def spread_ports(
    boxes: Sequence[int],
    heights: Sequence[float],
    rank: Callable[[int], tuple[float, ...]],
    given: Mapping[int, float],
    pulls: Sequence[float],
) -> list[float]:
    """Spread the ends of the edges over their boxes' sides, so that they do not cross there.

    Args:
        boxes: per edge, the box that it leaves (or enters).
        heights: height of each box in pixels.
        rank: by what the edges of one box are put in order, from top to bottom.
        given: per edge where it must be, in pixels below the box's middle; the others are spread.
        pulls: per edge how strongly it is to be level; if one is to be more than the others of its
            box it gets the middle of the side, so that boxes in a chain stand at one height.

    Returns:
        Per edge, how many pixels below the middle of its box it starts (or ends).

    Example:
        >>> spread_ports([0, 0, 1], [50.0, 50.0], lambda edge: (-edge,), {}, [1.0, 1.0, 1.0])
        [10.0, -10.0, 0.0]
        >>> spread_ports([0, 0], [50.0], lambda edge: (edge,), {}, [9.0, 1.0])
        [0.0, 20.0]
    """
    sides: dict[int, list[int]] = {}
    for edge, box in enumerate(boxes):
        if edge not in given:
            sides.setdefault(box, []).append(edge)
    offsets = [given.get(edge, 0.0) for edge in range(len(boxes))]
    for box, edges in sides.items():
        edges.sort(key=rank)
        gap = min(PORT_GAP, heights[box] * USED / len(edges))
        middle = (len(edges) - 1) / 2
        strongest = [place for place, edge in enumerate(edges) if pulls[edge] > 1.0]
        if len(strongest) == 1:
            slack = max(0.0, heights[box] * USED / 2 / gap - middle)
            middle += max(-slack, min(slack, strongest[0] - middle))
        for place, edge in enumerate(edges):
            offsets[edge] = gap * (place - middle)
    return offsets


def shares_of_slots(targets: Sequence[int], slots: Sequence[int]) -> list[float]:
    """Say how far down on its target's side an edge arrives, from 0 to 1, where order matters.

    Args:
        targets: per edge, the box that it enters.
        slots: per edge, its place among the edges into that box; equal where it does not matter.

    Returns:
        One share per edge; a half where the order does not matter.

    Example:
        >>> shares_of_slots([0, 0, 1, 1], [0, 1, 0, 0])
        [0.25, 0.75, 0.5, 0.5]
    """
    most: dict[int, int] = {}
    for target, slot in zip(targets, slots, strict=True):
        most[target] = max(most.get(target, 0), slot)
    return [(slot + 0.5) / (most[target] + 1) for target, slot in zip(targets, slots, strict=True)]
