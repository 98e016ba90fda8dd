"""Which models are called, and what their parameters are named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograd.linting.rule import Rule
from nn.modules import naming

__all__ = ["Calls"]


class Calls(Rule):
    """Finds nothing by itself: tells the other rules of every call of a whole model.

    A module inside another one is called first, so it is taken for a model until the other one,
    which is, has been called, too.
    """

    def __init__(self, linter: Any) -> None:
        super().__init__(linter)
        self._models: dict[int, Any] = {}
        self._parts: set[int] = set()

    def begun(self) -> None:
        """Listen to calls from now on."""
        self.linter.closing.enter_context(self._listening())

    @contextmanager
    def _listening(self) -> Iterator[None]:
        others = naming.watching.get()

        def watch(module: Any, inputs: Any, out: Any) -> None:
            if others is not None:
                others(module, inputs, out)
            if id(module) not in self._parts:
                self._note(module)
                self.linter.hear("called", module, out)

        token = naming.watching.set(watch)
        block = naming.open_scope()
        try:
            yield
        finally:
            del block
            naming.watching.reset(token)

    def _note(self, model: Any) -> None:
        if id(model) in self._models:
            return
        self._models[id(model)] = model  # it stays alive, so that no other one gets its id
        for _, part in model.named_modules():
            if part is not model:
                self._parts.add(id(part))
                self._models.pop(id(part), None)
        named = dict(model.named_parameters())
        self.linter.names.update((id(parameter), path) for path, parameter in named.items())
        if named:
            self.linter.look_again()
