"""Which scopes stand open: as many as a reader can take in, or as the caller asks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from viz.grouping.scopes import ScopeTree

OUTER_FIRST = ("list", "module", "call", "repeat", "turn", "part", "expression")
MODULES = ("list", "module", "call")
LINES = 5.5  # for each box, that a picture may have: two layers of 16 neurons are still drawn
SMALL = 0.3  # of all boxes, that one part may show when not all parts beside it can be open
COLUMNS = 18  # side by side: a wider picture must be made so small that nobody can read it


def opened_within(tree: ScopeTree, most: float) -> list[str]:
    """Open as much as fits, level by level: all scopes of a kind, or at least those alike.

    Args:
        tree: the scopes.
        most: how many boxes there may be; there may be some times as many lines, and no more than
            18 columns.

    Returns:
        The paths of the open scopes, outer ones first.
    """
    opened: set[str] = set()
    refused: set[str] = set()

    def fits(paths: list[str]) -> bool:
        more = {*opened, *paths}
        if tree.size_when_open("", more) > most:
            return False
        lines, columns = tree.lines(more)
        return lines <= LINES * most and columns <= COLUMNS

    while True:
        levels: dict[tuple[int, int], list[str]] = {}
        for path in closed_scopes(tree, opened):
            kind = tree.scopes[path].kind.what
            if path not in refused and kind != "leaves":  # these are more of the same
                level = OUTER_FIRST.index(kind), len(tree.around(path))
                levels.setdefault(level, []).append(path)
        if not levels:
            return in_order(tree, opened)
        paths = levels[min(levels)]
        if fits(paths):
            opened.update(paths)
            continue
        refused.update(paths)
        for family in _families(tree, paths):
            # One huge part open among closed ones would be all that is seen.
            size = max(tree.size_when_open(path, opened) for path in family)
            if size <= SMALL * most and fits(family):
                opened.update(family)
        for path in paths:  # what holds modules itself may also stand open alone
            if path not in opened and _holds_modules(tree, path) and fits([path]):
                opened.add(path)


def _families(tree: ScopeTree, paths: list[str]) -> list[list[str]]:
    """Put scopes together whose names differ in numbers only, those that show little first."""
    families: dict[str, list[str]] = {}
    for path in paths:
        families.setdefault(re.sub("[0-9]+", "*", path), []).append(path)
    return sorted(
        families.values(),
        key=lambda family: sum(tree.size_when_open(path, set()) for path in family),
    )


def opened_but_innermost(tree: ScopeTree, most: float) -> list[str]:
    """Close every module that holds no other, and whole modules if that is still too much."""
    inner = [path for path in tree.scopes if path and _holds_modules(tree, path)]
    while inner and tree.size_when_open("", set(inner)) > most:
        deepest = max(len(tree.around(path)) for path in inner)
        inner = [path for path in inner if len(tree.around(path)) < deepest]
    return in_order(tree, inner)


def _holds_modules(tree: ScopeTree, path: str) -> bool:
    return any(tree.scopes[inner].kind.what in MODULES for inner in tree.scopes[path].inner)


def opened_to_depth(tree: ScopeTree, depth: int) -> list[str]:
    """Open the scopes that have fewer than so many others around them; lists do not count."""
    opened = []
    for path in list(tree.scopes)[1:]:
        around = [above for above in tree.around(path) if not is_list(tree, above)]
        if len(around) < depth or is_list(tree, path):
            opened.append(path)
    return opened


def with_ways_to(tree: ScopeTree, opened: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Open more scopes, and those around them; of a list of modules all that is in it is shown.

    Args:
        tree: the scopes.
        opened: what is open already.
        wanted: what is to be open, too; "" asks for nothing.

    Returns:
        The paths of the open scopes, outer ones first.
    """
    paths = set(opened)
    for path in wanted:
        if path:
            paths.update([*tree.around(path), path])
    return in_order(tree, paths)


def in_order(tree: ScopeTree, paths: Iterable[str]) -> list[str]:
    """Put paths in the order of the tree, outer ones first."""
    chosen = set(paths)
    return [path for path in tree.scopes if path in chosen]


def is_list(tree: ScopeTree, path: str) -> bool:
    """Whether a scope only lists modules, and so is never a frame."""
    return tree.scopes[path].kind.what == "list"


def closed_scopes(tree: ScopeTree, opened: set[str]) -> list[str]:
    """List the closed scopes that are to be seen when these stand open."""
    seen, waiting = [], [""]
    while waiting:
        for path in tree.scopes[waiting.pop()].inner:
            if path in opened:
                waiting.append(path)
            else:
                seen.append(path)
    return seen
