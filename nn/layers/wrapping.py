"""Layers made of something else: of a function, or of a module with a way around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import ShapeError
from nn.checks.numbers import numbers_of
from nn.modules.module import Module

__all__ = ["Lambda", "Residual"]


class Lambda(Module):
    """Any function as a layer.

    Args:
        function: What to do with the inputs.
        name: What ``repr`` shows; the function's name by default.

    Raises:
        TypeError: If it cannot be called.

    Example:
        >>> from autograd import Tensor
        >>> from nn import Sequential
        >>> model = Sequential(Lambda(lambda x: x.reshape(-1)), Lambda(abs))
        >>> model(Tensor([[-1.0, 2.0]])).tolist(), model[1]
        ([1.0, 2.0], Lambda(abs))
    """

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        if not callable(function):
            raise TypeError(f"Lambda: {type(function).__name__} came; a function is needed")
        self.function = function
        self.name = name or str(getattr(function, "__name__", type(function).__name__))

    def forward(self, *inputs: Any) -> Any:
        """Call the function."""
        return self.function(*inputs)

    def extra_repr(self) -> str:
        """The function's name."""
        return self.name


class Residual(Module):
    """y = x + module(x): the module learns what to change, and the gradient has a way around it.

    Args:
        module: What computes the change.
        shortcut: What to do with x on the way around, where the shapes differ; nothing by default.

    Raises:
        TypeError: If something else than a module came.

    Example:
        >>> from autograd import Tensor
        >>> from nn import Linear
        >>> inner = Linear(2, 2)
        >>> inner.weight.data, inner.bias.data = [[0.0, 0.0], [0.0, 0.0]], [1.0, 2.0]
        >>> x = Tensor([3.0, 4.0], requires_grad=True)
        >>> y = Residual(inner)(x)
        >>> y.sum().backward()
        >>> y.tolist(), x.grad
        ([4.0, 6.0], array([1., 1.]))

    Source:
        K. He, X. Zhang, S. Ren and J. Sun, "Deep Residual Learning for Image Recognition" (2015).
    """

    def __init__(self, module: Module, shortcut: Module | None = None) -> None:
        for part in (module, shortcut):
            if part is not None and not isinstance(part, Module):
                raise TypeError(
                    f"Residual: {type(part).__name__} came; a module is needed, such as "
                    "nn.Sequential(...)"
                )
        self.module = module
        self.shortcut = shortcut

    def forward(self, x: Any) -> Any:
        """Add what the module makes of x to x.

        Raises:
            ShapeError: If the two have different shapes.
        """
        x = numbers_of(self, x)
        change = self.module(x)
        kept = x if self.shortcut is None else self.shortcut(x)
        if change.shape != kept.shape:
            raise ShapeError(
                f"Residual: the module gave shape {change.shape} and the way around "
                f"{kept.shape}; they must be equal: give a shortcut= that makes them so"
            )
        return kept + change
