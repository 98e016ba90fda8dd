"""The scopes that modules gave to their nodes, without those that would say nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from autograd.trace import Trace, TraceNode
from viz.grouping.scopes import Chain, Kind
from viz.words.labels import clean

LONGEST_PART = 60


def module_chains(trace: Trace) -> tuple[list[Chain], dict[str, Kind], dict[str, str]]:
    """Find the scopes around every node.

    Args:
        trace: a graph whose nodes bear scopes such as "layers.0.neurons.2".

    Returns:
        Per node its scopes, the outermost first; what each is; and which paths say the same as
        another. A scope of a single operation is none, nor is one that only holds another.
    """
    chains: list[Chain] = [_prefixes(_readable(node.scope)) for node in trace.nodes]
    _take_constants_in(trace, chains)
    lists = _lists(chains)
    telling = [chain for node, chain in zip(trace.nodes, chains, strict=True) if not small(node)]
    kept, other_names = _telling(telling, lists)
    kinds = {path: Kind("list" if path in lists else "module", path) for path in kept}
    chains = [tuple(path for path in chain if path in kept) for chain in chains]
    return chains, kinds, other_names


def _readable(scope: str) -> str:
    """Make a path fit for pictures and pages, step by step, so that its prefixes stay prefixes."""
    return ".".join(clean(part, LONGEST_PART) for part in scope.split("."))


def _prefixes(path: str) -> Chain:
    parts = path.split(".") if path else []
    return tuple(".".join(parts[: count + 1]) for count in range(len(parts)))


def _take_constants_in(trace: Trace, chains: list[Chain]) -> None:
    """A number (or an array without a name) that only one scope reads belongs to that scope."""
    readers: dict[int, Chain] = {}
    for edge in trace.edges:
        target = chains[edge.target]
        readers[edge.source] = _shared(readers.get(edge.source, target), target)
    for node in trace.nodes:
        if small(node) or (node.kind == "constant" and node.label == "constant"):
            chains[node.index] = readers.get(node.index, ())


def small(node: TraceNode) -> bool:
    """Whether a node is a mere number, which does not make a scope worth a frame."""
    return node.kind == "constant" and node.shape == ()


def _shared(first: Chain, second: Chain) -> Chain:
    count = 0
    while count < min(len(first), len(second)) and first[count] == second[count]:
        count += 1
    return first[:count]


def _lists(chains: Sequence[Chain]) -> set[str]:
    """Find what is only a list of modules, and all there is: `layers` in `layers.0`, `layers.1`.

    A path does not tell a list from a module; a frame around everything would say nothing.
    """
    holds = {chain[-1] for chain in chains if chain}
    inner: dict[str, set[str]] = {}
    for chain in set(chains):
        for outer, path in pairwise(("", *chain)):
            inner.setdefault(outer, set()).add(path)
    return {
        path
        for siblings in inner.values()
        for path in siblings
        if len(siblings) == 1
        and path not in holds
        and not path.rpartition(".")[2].isdigit()
        and all(each[len(path) + 1 :].isdigit() for each in inner.get(path, ()))
    }


def _telling(chains: Sequence[Chain], lists: set[str]) -> tuple[set[str], dict[str, str]]:
    """Choose the scopes that are worth a box or a frame, and say what the others are called."""
    sizes = Counter(path for chain in chains for path in chain)
    inner: dict[str, set[str]] = {}
    for chain in set(chains):
        for outer, path in zip(("", *chain), chain, strict=False):
            inner.setdefault(outer, set()).add(path)
    # a layer of one neuron is drawn like the layers of many beside it
    branched = {_alike(path) for path in inner if len(_below(path, inner, lists)) > 1}
    kept, other_names = set(), {}
    waiting = [(path, "") for path in sorted(inner.get("", ()))]
    while waiting:
        path, above = waiting.pop()
        within = sorted(inner.get(path, ()))
        if sizes[path] < 2 or (path in lists and len(within) == 1):
            other_names[path] = above
        elif (
            above
            and above not in lists
            and sizes[above] == sizes[path]
            and (path in lists or _alike(above) not in branched)
        ):
            other_names[path] = above  # its parent holds nothing else
        else:
            kept.add(path)
            above = path
        waiting += [(each, above) for each in within]
    return kept, other_names


def _alike(path: str) -> str:
    return re.sub("[0-9]+", "*", path)


def _below(path: str, inner: Mapping[str, set[str]], lists: set[str]) -> set[str]:
    """Give the scopes right inside a scope, or in the one list in it."""
    within = inner.get(path, set())
    while len(within) == 1 and within <= lists:
        within = inner.get(next(iter(within)), set())
    return within
