"""Unnamed intermediate results collapse into the named or shared one that they lead to."""

from __future__ import annotations

from viz.grouping.groups import Group, Item, Level
from viz.grouping.scopes import Kind
from viz.words.labels import clean

HIDDEN = 24  # operations in one expression that are few enough to hide in any case
TOLD = 3  # operations for each input, that an expression may hide: a long sum tells enough


def expressions(level: Level) -> list[Group]:
    """Find the expressions of a level.

    A result that has no name and is read by one operation only belongs to that operation's
    expression; so do numbers that only the expression uses. The expression bears the name of what
    it computes.

    Args:
        level: where to look.

    Returns:
        The groups of more than one operation.
    """
    nodes, item_of = level.trace.nodes, level.item_of
    leads_to: dict[int, int] = {}
    members: dict[int, list[Item]] = {}
    for node in sorted((node for node, item in item_of.items() if item == node), reverse=True):
        reader = level.only_reader[node]
        known = nodes[node]
        goes_on = reader is not None and item_of.get(reader) == reader
        if known.op is not None:
            end = leads_to.get(reader, reader) if reader is not None and goes_on else None
            leads_to[node] = node if known.named or end is None else end
            members.setdefault(leads_to[node], []).append(node)
        elif known.kind == "constant" and known.shape == () and reader is not None and goes_on:
            members.setdefault(leads_to[reader], []).append(node)
    operations = sum(level.is_operation(item) for item in set(item_of.values()))
    groups = []
    for end, items in members.items():
        own = sum(level.is_operation(item) for item in items)
        if own > 1 and (own < operations or level.size() > len(items)):
            label = nodes[end].label
            groups.append(Group(clean(label), Kind("expression", label), items))
    return groups


def hides_too_much(group: Group, level: Level) -> bool:
    """Whether an expression hides many operations behind few inputs, as an unrolled loop does.

    Args:
        group: the expression.
        level: where it was found.

    Returns:
        True if it would be better to look for repeated parts in it.
    """
    inside = set(group.items)
    hidden = sum(level.is_operation(item) for item in inside)
    nodes = level.trace.nodes
    inputs = {
        source
        for item in inside
        if isinstance(item, int)
        for source in nodes[item].inputs
        if level.item_of.get(source, source) not in inside and nodes[source].requires_grad
    }
    return hidden > HIDDEN and hidden > TOLD * len(inputs)
