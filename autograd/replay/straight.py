"""Straight-line Python of one example: quicker than arrays where there is little to do at once."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from autograd import kernels
from autograd.op import OPS
from autograd.replay.recording import CONSTANT, Recording

__all__ = ["StraightLine"]

_LONGEST = 20_000  # instructions; Python takes 20 us to compile each
_numbers = count(1)


class StraightLine:
    """A recording as Python source: the loss of one example, and its gradients.

    Args:
        recording: The instructions.
        leaves: The places of the parameters, in order.

    Attributes:
        source: What is run.
    """

    def __init__(self, recording: Recording, leaves: Sequence[int]) -> None:
        self._recording = recording
        self._known: dict[str, Any] = {
            "inf": float("inf"),
            "nan": float("nan"),
            **{
                name: kernels.on_floats(op)
                for name, op in OPS.items()
                if op.partials is not None and not op.settings
            },
        }
        forward, backward = self._written()
        given = "".join(f"v{place}, " for place in range(recording.given))
        own = "".join(f"v{place}, " for place in leaves)
        head = [f"({names}) = {what}" for names, what in ((own, "p"), (given, "x")) if names]
        root = self._name(recording.root)
        sent = "".join(f"g{p}, " if p in self._sent else "0.0, " for p in leaves)
        loss = ["def loss(p, x):", *head, *forward, f"return {root}"]
        gradients = ["def gradients(p, x):", *head, *forward, *backward, f"return ({sent})"]
        self.source = "\n\n".join("\n    ".join(lines) for lines in (loss, gradients))
        filename = f"<replay {next(_numbers)}>"
        lines = self.source.splitlines(True)
        linecache.cache[filename] = (len(self.source), None, lines, filename)
        exec(compile(self.source, filename, "exec"), self._known)
        self.loss: Callable[[Any, Any], float] = self._known["loss"]
        self.gradients: Callable[[Any, Any], tuple[float, ...]] = self._known["gradients"]

    @staticmethod
    def fits(recording: Recording) -> bool:
        """Whether all ops can be written so."""
        return len(recording.ops) <= _LONGEST and all(
            op is None or op.partials is not None or op.name in ("weighted_sum", "sum", "mean")
            for op in recording.ops
        )

    def _name(self, place: int) -> str:
        if self._recording.levels[place] != CONSTANT:
            return f"v{place}"
        self._known[f"c{place}"] = self._recording.numbers[place]
        return f"c{place}"

    def _written(self) -> tuple[list[str], list[str]]:
        recording = self._recording
        forward: list[str] = []
        slopes: dict[int, list[tuple[int, str]]] = {}
        for place, op in enumerate(recording.ops):
            if op is None or recording.levels[place] == CONSTANT:
                continue
            inputs = recording.inputs[place]
            names = [self._name(i) for i in inputs]
            if op.partials is None:
                value, texts = _linear(op.name, names)
            else:
                value, texts = kernels.formulas(op, names, f"v{place}")
                if value.startswith("compute("):
                    self._known[f"f{place}"] = kernels.on_floats(op)
                    value = f"f{place}{value[len('compute') :]}"
                texts = [t if d else "" for t, d in zip(texts, op.partials, strict=True)]
            forward.append(f"v{place} = {value}")
            slopes[place] = [(i, text) for i, text in zip(inputs, texts, strict=True) if text]
        return forward, self._backward(slopes)

    def _backward(self, slopes: dict[int, list[tuple[int, str]]]) -> list[str]:
        recording = self._recording
        wanted = set(recording.leaves)
        for place, edges in slopes.items():
            if any(i in wanted for i, _ in edges):
                wanted.add(place)
        lines = [f"g{recording.root} = 1.0"]
        self._sent = {recording.root}
        for place in reversed(slopes):
            if place not in self._sent:
                continue
            for item, text in slopes[place]:
                if item in wanted:
                    sign = "+=" if item in self._sent else "="
                    lines.append(f"g{item} {sign} g{place} * ({text})")
                    self._sent.add(item)
        return lines


def _linear(name: str, names: list[str]) -> tuple[str, list[str]]:
    """Write a sum, a mean or a weighted sum, and its slopes."""
    if name == "weighted_sum":
        half = len(names) // 2
        pairs = zip(names[:half], names[half : 2 * half], strict=True)
        terms = [names[-1], *(f"{w} * {x}" for w, x in pairs)]
        return " + ".join(terms), [*names[half : 2 * half], *names[:half], "1.0"]
    total = " + ".join(names)
    if name == "sum":
        return total, ["1.0"] * len(names)
    return f"({total}) / {len(names)}", [f"1.0 / {len(names)}"] * len(names)
