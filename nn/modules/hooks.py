"""Hooks: functions that are called whenever a module runs, to look at or to replace its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["HookHandle", "Hookable", "Hooks"]


class Hooks:
    """The hooks of one module, in the order in which they came."""

    __slots__ = ("after", "before")

    def __init__(self) -> None:
        self.before: dict[int, tuple[Callable[..., Any], bool]] = {}
        self.after: dict[int, tuple[Callable[..., Any], bool]] = {}

    def any(self) -> bool:
        """Tell whether there is one."""
        return bool(self.before or self.after)

    def around(self, module: Any, forward: Callable[..., Any]) -> Callable[..., Any]:
        """Make the forward that calls them, too.

        Args:
            module: The module, which every hook is told.
            forward: What it computes.

        Returns:
            A function of the same arguments.
        """

        def hooked(*args: Any, **settings: Any) -> Any:
            for hook, named in list(self.before.values()):
                answer = hook(module, args, settings) if named else hook(module, args)
                if answer is not None and named:
                    args, settings = answer
                elif answer is not None:
                    args = answer if isinstance(answer, tuple) else (answer,)
            out = forward(*args, **settings)
            for hook, named in list(self.after.values()):
                answer = hook(module, args, settings, out) if named else hook(module, args, out)
                out = out if answer is None else answer
            return out

        return hooked


class HookHandle:
    """Returned when a hook was registered; ``remove()`` takes it away again."""

    def __init__(self, hooks: dict[int, Any], key: int) -> None:
        self._hooks = hooks
        self._key = key

    def remove(self) -> None:
        """Take the hook away; doing so twice is harmless."""
        self._hooks.pop(self._key, None)

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


class Hookable:
    """The methods of every module that register hooks."""

    _hooks: Hooks | None = None  # a class default: modules without hooks have no trace of them

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> HookHandle:
        """Call a function after every ``forward``, with the module, its inputs and its result.

        Args:
            hook: Called as ``hook(module, inputs, result)``, inputs being a tuple; what it returns,
                unless None, replaces the result.
            prepend: Whether it comes before the hooks that there are.
            with_kwargs: Whether it is called as ``hook(module, inputs, settings, result)``.

        Returns:
            A handle whose ``remove()`` takes the hook away.

        Raises:
            TypeError: If it cannot be called.

        Example:
            >>> from autograd import Tensor
            >>> from nn import ReLU, Sequential
            >>> seen = []
            >>> model = Sequential(ReLU())
            >>> handle = model[0].register_forward_hook(lambda m, x, y: seen.append(y.tolist()))
            >>> y = model(Tensor([-1.0, 2.0]))
            >>> handle.remove()
            >>> y = model(Tensor([5.0]))
            >>> seen
            [[0.0, 2.0]]
        """
        return self._register("register_forward_hook", hook, "after", prepend, with_kwargs)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> HookHandle:
        """Call a function before every ``forward``, with the module and its inputs.

        Args:
            hook: Called as ``hook(module, inputs)``, inputs being a tuple; what it returns, unless
                None, replaces them.
            prepend: Whether it comes before the hooks that there are.
            with_kwargs: Whether it is called as ``hook(module, inputs, settings)`` and gives both.

        Returns:
            A handle whose ``remove()`` takes the hook away.

        Raises:
            TypeError: If it cannot be called.
        """
        return self._register("register_forward_pre_hook", hook, "before", prepend, with_kwargs)

    def _register(
        self, asked_by: str, hook: Callable[..., Any], when: str, first: bool, named: bool
    ) -> HookHandle:
        if not callable(hook):
            raise TypeError(f"{asked_by}: {type(hook).__name__} came; a function is needed")
        own: Hooks = self.__dict__.setdefault("_hooks", Hooks())
        table: dict[int, Any] = getattr(own, when)
        key = max(table, default=0) + 1
        others = dict(table)
        table.clear()
        table.update({key: (hook, named), **others} if first else {**others, key: (hook, named)})
        return HookHandle(table, key)
