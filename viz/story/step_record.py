"""What one step of the story is: plain data, from which a terminal, a page and a file tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PHASES = ("zero_grad", "forward", "seed", "backward", "update")


@dataclass(frozen=True)
class Step:
    """One thing that happens.

    The six quantities are floats where single numbers flow, read-only arrays where arrays flow and
    were watched, and None where they are not known.

    Attributes:
        number: position in the list, from 1.
        phase: "zero_grad", "forward", "seed", "backward" or "update".
        node: index of the node whose value or gradient this step gives.
        text: the step in one line.
        note: the line under it.
        reason: why the gradient looks so, in the operation's own words.
        formula: the local derivative as a formula, such as "(1 - o)*(1 + o)".
        source: index of the node whose gradient is passed on; None forward and for the seed.
        slot: which input of `source` the node is.
        upstream: gradient of `source`.
        local: derivative of `source` with respect to `node`; None where arrays flow.
        contribution: what comes back on the edge: upstream times local.
        before: gradient of `node` before this step; 0.0 if none has arrived.
        after: gradient of `node` after it.
        arrival: how many contributions have come in, this one included.
        expected: how many there will be.
        template: `text` with places for its numbers (see `viz.words.templates`).
        note_template: `note` with places for its numbers.
        edge: the edge's place in the trace's list of edges; None where no edge is passed.
        event: what deserves a remark: "second path: contributions add up (2 of 2)".
        why_now: why it is this node's turn.
        value: the node's own value: computed forward, or new after an update.
        old: its value before the update.
        rate: learning rate of the update.
        part: "" for a whole contribution; "copies" for what is sent to every copy of a stretched
            input, "sum" for adding those up, which follows it on the same edge.
    """

    number: int
    phase: str
    node: int
    text: str
    note: str = ""
    reason: str = ""
    formula: str = ""
    source: int | None = None
    slot: int | None = None
    upstream: Any = field(default=None, compare=False)
    local: float | None = None
    contribution: Any = field(default=None, compare=False)
    before: Any = field(default=None, compare=False)
    after: Any = field(default=None, compare=False)
    arrival: int = 0
    expected: int = 0
    template: str = ""
    note_template: str = ""
    edge: int | None = None
    event: str = ""
    why_now: str = ""
    value: Any = field(default=None, compare=False)
    old: Any = field(default=None, compare=False)
    rate: float | None = None
    part: str = ""
