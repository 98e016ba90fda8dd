"""Rules about train() and eval(): dropout and batch normalization do different things in each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import is_grad_enabled
from autograd.linting.graph import numbers_of, user_place
from autograd.linting.rule import Rule
from nn.modules.naming import nodes_in

__all__ = ["Modes"]


@dataclass
class _Call:
    """A call of a model without recording, while some of its layers were in train mode."""

    model: Any
    layers: list[str]
    place: Any
    outs: list[Any] = field(default_factory=list)


class Modes(Rule):
    """A model that is measured in train mode, or trained in eval mode.

    What a model gives without recording may also be meant for another one to learn from (as the
    false pictures of a generator are): then it meets that one's loss, and nothing is wrong.
    """

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._measured: dict[int, _Call] = {}
        self._excused: set[int] = set()
        self._trained: dict[int, Any] = {}
        self._learning: dict[int, Any] = {}
        self._depends: dict[int, list[tuple[str, Any]]] = {}

    def called(self, model: Any, out: Any) -> None:
        """Note in which mode a model was called, and whether a gradient can come back."""
        key = id(model)
        if key not in self._depends:
            self._depends[key] = [(n, p) for n, p in model.named_modules() if _depends(p)]
            for _, part in model.named_modules():  # which was taken for a model, being called first
                if part is not model:
                    self._learning.pop(id(part), None)
                    self._measured.pop(id(part), None)
        depends = self._depends[key]
        if not depends:
            return
        if is_grad_enabled():
            self._learning[key] = model
        elif key not in self._excused:
            training = [_told(name, part) for name, part in depends if part.training]
            if training:
                outs = [numbers_of(node) for node in nodes_in(out)]
                self._measured[key] = _Call(model, training, user_place(), outs)

    def before_backward(self, root: Any) -> None:
        """See whether what was measured is learned from."""
        if self.graph is None or not self._measured:
            return
        given = [
            a
            for node in self.graph.made
            for parent, a in zip(node.inputs, node.args, strict=True)
            if parent is None and type(a) is np.ndarray
        ]
        for key, call in self._measured.items():
            if any(a.shape == out.shape and np.array_equal(a, out)
                   for out in call.outs if type(out) is np.ndarray for a in given):  # fmt: skip
                self._excused.add(key)
            call.outs.clear()
        self._measured = {k: c for k, c in self._measured.items() if k not in self._excused}

    def after_step(self, optimizer: Any) -> None:
        """See whether what was just trained is in eval mode."""
        own = {id(p) for group in optimizer.param_groups for p in group["params"]}
        for key, model in self._learning.items():
            depends = self._depends[key]
            learns = any(id(p) in own for p in model.parameters())
            if learns:
                self._trained[key] = model
            if learns and not model.training and not any(part.training for _, part in depends):
                self.found(
                    "eval-mode",
                    f"{type(model).__name__} is being trained in eval mode: "
                    f"{_list([_told(*one) for one in depends])} does not do what it is there for.",
                    "Call model.train() before the training loop (nn.fit and model.eval() leave a "
                    "model in eval mode).",
                    subject=str(key),
                )
        self._learning.clear()

    def ended(self) -> None:
        """Report models that were measured in train mode."""
        for key, call in self._measured.items():
            if key not in self._trained:
                continue
            self.found(
                "train-mode",
                f"{type(call.model).__name__} was measured under no_grad() in train mode: "
                f"{_list(call.layers)} was active, so the figures are not those of the model in "
                "use.",
                "Call model.eval() before measuring and model.train() afterwards; nn.evaluate and "
                "nn.predict do both.",
                subject=str(key), place=call.place,
            )  # fmt: skip


def _depends(part: Any) -> bool:
    """Whether a module's forward looks at ``training``, and not for a dropout of 0."""
    code = getattr(type(part).forward, "__code__", None)
    if code is None or "training" not in code.co_names:
        return False
    rate = getattr(part, "p", getattr(part, "dropout", 1.0))
    return not (isinstance(rate, (int, float)) and rate == 0)


def _told(name: str, part: Any) -> str:
    return f"{type(part).__name__} ({name})" if name else type(part).__name__


def _list(layers: list[str]) -> str:
    return layers[0] if len(layers) == 1 else f"{layers[0]} (and {len(layers) - 1} more)"
