"""The cost rule: which steps of a plan are quicker as straight-line Python than on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.replay.places import Places
from autograd.replay.plan import Plan
from autograd.replay.recording import EXAMPLE, SHARED
from autograd.replay.steps import Operand, Step
from autograd.replay.straight import StraightLine

__all__ = ["MOST_EXAMPLES", "joined"]

_EDGES_PER_STEP = 25  # an array step takes as long as so many inputs in straight-line Python
_FEWEST = 3  # thin steps in a row that are worth a function of their own
_LONGEST = 2000  # inputs in one function: Python takes 5 us to compile each, more in longer ones
MOST_EXAMPLES = _EDGES_PER_STEP + 1  # with so many no step is thin, nor with more


def joined(plan: Plan, examples: int) -> tuple[Step, ...]:
    """Join thin steps that follow one another to straight-line Python, if that is quicker.

    Args:
        plan: The plan.
        examples: How many examples there are; 0 to join nothing.

    Returns:
        The steps.
    """
    runs = _runs(plan.steps, examples) if examples else []
    if not runs:
        return tuple(plan.steps)
    run_of = {id(step): number for number, run in enumerate(runs) for step in run}
    needed = _read_outside(plan, run_of)
    steps: list[Step] = []
    for step in plan.steps:
        number = run_of.get(id(step))
        if number is None:
            steps.append(step)
        elif runs[number][-1] is step:
            steps.append(_line(plan, number + 1, runs[number], needed))
    return tuple(steps)


def _runs(steps: Sequence[Step], examples: int) -> list[list[Step]]:
    runs: list[list[Step]] = [[]]
    length = 0
    for step in steps:
        width = examples if step.level == EXAMPLE else 1
        thin = step.edges is not None and step.edges * width <= _EDGES_PER_STEP
        if not thin or length > _LONGEST or (runs[-1] and runs[-1][-1].level != step.level):
            runs.append([])
            length = 0
        if thin:
            runs[-1].append(step)
            length += step.edges or 0
    return [run for run in runs if len(run) >= _FEWEST]


def _read_outside(plan: Plan, run_of: dict[int, int]) -> dict[int, Any]:
    """Per level which rows are read by a step that is not in the same run as what made them."""
    made_in = {SHARED: np.full(plan.shared, -1), EXAMPLE: np.full(plan.rows, -1)}
    needed = {SHARED: np.zeros(plan.shared, bool), EXAMPLE: np.zeros(plan.rows, bool)}
    for step in plan.steps:
        made_in[step.level][step.out] = run_of.get(id(step), -1)
    for step in plan.steps:
        own = run_of.get(id(step), -2)
        for operand in step.reads():
            rows = operand.places.rows
            needed[operand.level][rows[made_in[operand.level][rows] != own]] = True
    level, row = plan.root
    needed[level][row] = True
    return needed


def _line(
    plan: Plan, number: int, steps: list[Step], needed: dict[int, np.ndarray]
) -> StraightLine:
    level = steps[0].level
    constants = dict(enumerate(plan.constants.ravel().tolist(), start=len(plan.leaves)))
    made = [row for step in steps for row in range(step.out.start, step.out.stop)]
    operands: dict[int, Operand | None] = {}
    for at in (SHARED, EXAMPLE):
        found = {
            row
            for step in steps
            for operand in step.reads()
            if operand.level == at
            for row in operand.places.rows.tolist()
        }
        found -= constants.keys() if at == SHARED else set()
        found -= set(made) if at == level else set()
        operands[at] = Operand(at, Places(sorted(found)), True) if found else None
    results = sorted(row for row in made if needed[level][row])
    reached = {row for s in steps if s.reached for row in range(s.out.start, s.out.stop)}
    sought = [row for row in results if row in reached]
    return StraightLine(
        level,
        slice(min(made), max(made) + 1),
        bool(sought),
        number,
        tuple(steps),
        constants,
        (operands[SHARED], operands[EXAMPLE]),
        Places(results),
        Places(sought) if sought else None,
    )
