"""SGD: go downhill; with momentum, roll downhill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd.forms import plain_numbers
from autograd.memory_order import take_like
from nn.checks.sizes import real
from nn.optim.in_place import add_decay, running
from nn.optim.optimizer import Optimizer, decayed

__all__ = ["SGD"]


class SGD(Optimizer):
    """Gradient descent: p ← p - lr v, where v is the gradient, or its running sum (momentum).

    Args:
        params: Parameters or Values.
        lr: Learning rate: how far to go along the gradient.
        momentum: Share of the last step's velocity that is kept: v ← momentum v + g.
        nesterov: Look ahead: step along g + momentum v.
        weight_decay: Pulls weights to 0: adds weight_decay p to the gradient.
        dampening: Share of a new gradient that the velocity leaves out.

    Raises:
        ValueError: If a setting is out of range, or there is no parameter.

    Example:
        >>> from autograd import Value
        >>> x = Value(3.0)
        >>> optimizer = SGD([x], lr=0.25)
        >>> for _ in range(3):
        ...     optimizer.zero_grad()
        ...     (x * x).backward()
        ...     optimizer.step()
        >>> x.data, x.grad
        (0.375, 1.5)

    Source:
        I. Sutskever, J. Martens, G. Dahl and G. Hinton, "On the importance of initialization and
        momentum in deep learning" (2013), in PyTorch's form.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 0.001,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
        )

    def check(self, settings: Mapping[str, Any]) -> None:
        """Check the settings."""
        self._check_least(settings, lr=0.0, weight_decay=0.0, momentum=0.0)
        real("SGD", "dampening", settings["dampening"])
        if settings["nesterov"] and (settings["momentum"] <= 0 or settings["dampening"] != 0):
            raise ValueError(
                "SGD: nesterov=True came; it needs a momentum above 0 and no dampening"
            )

    def change(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Roll on: see the class."""
        gradient = decayed(numbers, gradient, group)
        if momentum := group["momentum"]:
            velocity = state.get("momentum_buffer")
            if velocity is None:
                velocity = +gradient  # a copy: the gradient's own array is the user's
            else:
                velocity = momentum * velocity + (1.0 - group["dampening"]) * gradient
            state["momentum_buffer"] = velocity
            gradient = gradient + momentum * velocity if group["nesterov"] else velocity
        return numbers - group["lr"] * gradient

    def change_array(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Roll on, in arrays that are there already."""
        # as an array without axes, which NumPy takes in half the time
        rate = plain_numbers(numbers.dtype)[float(group["lr"])]
        new = take_like(numbers)
        if not group["momentum"] and not group["weight_decay"]:
            return np.subtract(numbers, np.multiply(gradient, rate, out=new), out=new)
        gradient = add_decay(numbers, gradient, group["weight_decay"])
        if momentum := float(group["momentum"]):
            if "momentum_buffer" in state:
                velocity = running(state, "momentum_buffer", numbers)
                velocity *= momentum
                velocity += np.multiply(gradient, 1.0 - float(group["dampening"]), out=new)
            else:
                velocity = running(state, "momentum_buffer", numbers)
                velocity[...] = gradient
            if group["nesterov"]:
                gradient = np.add(gradient, np.multiply(velocity, momentum, out=new), out=new)
            else:
                gradient = velocity
        np.multiply(gradient, rate, out=new)
        return np.subtract(numbers, new, out=new)
