"""What the stepper's page can do besides stepping: what if, check, quiz."""

from __future__ import annotations

from typing import Any

from autograd.trace import Trace
from viz.stepper import checking, javascript


def extras_of(x: Any, trace: Trace, *, check: bool = False, quiz: bool = False) -> dict[str, Any]:
    """Collect the data of the page's plug-ins.

    Args:
        x: what the user handed over.
        trace: its graph, with the gradients of one pass.
        check: whether gradients are held against finite differences.
        quiz: whether numbers are hidden until they are guessed.

    Returns:
        By the plug-in's name what JSON can hold.
    """
    extras: dict[str, Any] = {"whatif": javascript.page_data(trace)}
    if check:
        extras["check"] = checking.page_data(x, trace)
    if quiz:
        extras["quiz"] = {}
    return extras
