"""Rules about parameters that cannot learn: no gradient reaches them, or nobody changes them."""

from __future__ import annotations

from typing import Any

from autograd import Value
from autograd.linting.graph import gradient_of, mark_of, numbers_of, user_place
from autograd.linting.rule import Rule, names_of

__all__ = ["Parameters"]


class Parameters(Rule):
    """Parameters that the loss does not reach, or that the optimizer does not know.

    Judged at the end, as optimizers may take turns.  A parameter that is frozen is meant to be
    still; so is a Value that was left out of the optimizer, as Values cannot be frozen.
    """

    _steps = 3

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._models: dict[int, Any] = {}
        self._reached: dict[int, Any] = {}  # with their numbers at that time
        self._known: dict[int, Any] = {}  # to an optimizer that made a step
        self._count = 0
        self._place: tuple[str, int] | None = None

    def called(self, model: Any, out: Any) -> None:
        """Note the model."""
        self._models[id(model)] = model

    def before_backward(self, root: Any) -> None:
        """Note what the loss reaches."""
        if self.graph is None:
            return
        for leaf in self.graph.leaves:
            if id(leaf) in self.linter.names and id(leaf) not in self._reached:
                self._reached[id(leaf)] = mark_of(numbers_of(leaf))

    def before_step(self, optimizer: Any) -> None:
        """Note what the optimizer knows."""
        self._count += 1
        if self._place is None:
            self._place = user_place()
        if self.linter.close:
            for group in optimizer.param_groups:
                self._known.update((id(p), p) for p in group["params"])

    def ended(self) -> None:
        """Look at every parameter of every model that was trained."""
        if self._count < self._steps:
            return
        inner = {id(p) for m in self._models.values() for _, p in m.named_modules() if p is not m}
        for key, model in self._models.items():
            if key not in inner:
                self._judge(model)

    def _judge(self, model: Any) -> None:
        parameters = [p for p in model.parameters() if p.requires_grad]
        if not any(id(p) in self._reached and id(p) in self._known for p in parameters):
            return  # another's, or not trained here
        lost = [p for p in parameters if not self._was_reached(p)]
        if lost:
            self.found(
                "no-gradient",
                f"No gradient ever reached {names_of(self.name, lost)}: the loss does not depend "
                f"on {'them' if len(lost) > 1 else 'it'}.",
                "Use the layer in forward(), look for .detach() or .numpy() on the way to the "
                "loss, or take the layer out.",
                subject=str(id(model)), place=self._place,
            )  # fmt: skip
        still = [p for p in parameters if id(p) not in self._known and self._stood_still(p)]
        if still:
            self.found(
                "unknown-parameter",
                f"The optimizer does not know {names_of(self.name, still)}: gradients come, and "
                "nothing changes.",
                "Make the optimizer of model.parameters(), after the last layer was added; or "
                "freeze what shall stay: layer.freeze().",
                subject=str(id(model)), place=self._place,
            )  # fmt: skip

    def _was_reached(self, parameter: Any) -> bool:
        return id(parameter) in self._reached or gradient_of(parameter) is not None

    def _stood_still(self, parameter: Any) -> bool:
        mark = self._reached.get(id(parameter))
        same = mark is not None and mark == mark_of(numbers_of(parameter))
        return same and not isinstance(parameter, Value)
