"""Adam and its relatives: a step size for every number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd.memory_order import take_like
from nn.optim.in_place import add_decay, running
from nn.optim.optimizer import Optimizer, decayed

__all__ = ["Adam", "AdamW", "NAdam"]


class Adam(Optimizer):
    """Adam: every number gets a step size of its own, by how large its gradients usually are.

    m and v are running means of g and g², corrected for starting at 0; p ← p - lr m / (√v + eps).

    Args:
        params: Parameters or Values.
        lr: Learning rate: about how far each number moves in a step.
        betas: How slowly the running means of g and of g² forget.
        eps: Keeps the division finite.
        weight_decay: Pulls weights to 0: adds weight_decay p to the gradient.
        amsgrad: Whether the mean of g² never shrinks (Reddi et al., 2018).

    Raises:
        ValueError: If a setting is out of range, or there is no parameter.

    Example:
        >>> from nn import Parameter
        >>> x = Parameter([3.0, -0.01])
        >>> optimizer = Adam([x], lr=0.5)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> x.data.round(6), x.grad  # the first step is lr for each, whatever the gradient
        (array([2.5 , 0.49]), array([ 6.  , -0.02]))

    Source:
        D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2014), algorithm 1.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad
        )

    def check(self, settings: Mapping[str, Any]) -> None:
        """Check the settings."""
        self._check_least(settings, lr=0.0, weight_decay=0.0, eps=0.0)
        self._check_betas(settings)

    def change(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Step by the running means: see the class."""
        gradient = decayed(numbers, gradient, group)
        slow, slower = group["betas"]
        step = state["step"] = state.get("step", 0) + 1
        mean = state["exp_avg"] = slow * state.get("exp_avg", 0.0) + (1 - slow) * gradient
        square = slower * state.get("exp_avg_sq", 0.0) + (1 - slower) * gradient * gradient
        state["exp_avg_sq"] = square
        if group["amsgrad"]:
            square = state["max_exp_avg_sq"] = np.maximum(state.get("max_exp_avg_sq", 0.0), square)
        spread = square**0.5 / (1 - slower**step) ** 0.5 + group["eps"]
        return numbers - (group["lr"] / (1 - slow**step)) * mean / spread

    def change_array(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Step by the running means, in arrays that are there already."""
        new = self._step_of(
            numbers, add_decay(numbers, gradient, group["weight_decay"]), state, group
        )
        return np.subtract(numbers, new, out=new)

    def _step_of(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """What ``change_array`` subtracts, in an array of its own."""
        slow, slower = map(float, group["betas"])
        step = state["step"] = state.get("step", 0) + 1
        mean, square = (running(state, name, numbers) for name in ("exp_avg", "exp_avg_sq"))
        new, spread = take_like(numbers), take_like(numbers)
        mean *= slow
        mean += np.multiply(gradient, 1 - slow, out=new)
        square *= slower
        np.multiply(gradient, 1 - slower, out=new)
        square += np.multiply(new, gradient, out=new)
        if group["amsgrad"]:
            greatest = running(state, "max_exp_avg_sq", numbers)
            square = np.maximum(greatest, square, out=greatest)
        np.sqrt(square, out=spread)
        spread /= (1 - slower**step) ** 0.5
        spread += float(group["eps"])
        np.multiply(mean, float(group["lr"]) / (1 - slow**step), out=new)
        return np.divide(new, spread, out=new)


class AdamW(Adam):
    """Adam with weight decay apart from the gradient: first p ← p - lr weight_decay p, then Adam.

    Args:
        params: Parameters or Values.
        lr: Learning rate: about how far each number moves in a step.
        betas: How slowly the running means of g and of g² forget.
        eps: Keeps the division finite.
        weight_decay: The share of lr by which every number shrinks in a step.
        amsgrad: Whether the mean of g² never shrinks (Reddi et al., 2018).

    Raises:
        ValueError: If a setting is out of range, or there is no parameter.

    Example:
        >>> from autograd import Value
        >>> x = Value(2.0)
        >>> optimizer = AdamW([x], lr=0.5, weight_decay=0.1)
        >>> (x * x).backward()
        >>> optimizer.step()
        >>> round(x.data, 6), x.grad  # 2 - 0.5 * 0.1 * 2, and then a step of lr
        (1.4, 4.0)

    Source:
        I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization" (2017).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad)

    def change(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Shrink, then step as Adam does."""
        shrunk = numbers * (1.0 - group["lr"] * group["weight_decay"])
        return super().change(shrunk, gradient, state, {**group, "weight_decay": 0.0})

    def change_array(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Shrink and step, in arrays that are there already."""
        new = self._step_of(numbers, gradient, state, group)
        shrunk = np.multiply(
            numbers, 1.0 - float(group["lr"]) * float(group["weight_decay"]), out=take_like(numbers)
        )
        return np.subtract(shrunk, new, out=new)


class NAdam(Optimizer):
    """Adam that looks ahead, as Nesterov's momentum does.

    Args:
        params: Parameters or Values.
        lr: Learning rate: about how far each number moves in a step.
        betas: How slowly the running means of g and of g² forget.
        eps: Keeps the division finite.
        weight_decay: Pulls weights to 0: adds weight_decay p to the gradient.
        momentum_decay: How soon the momentum grows to its full size.

    Raises:
        ValueError: If a setting is out of range, or there is no parameter.

    Example:
        >>> from autograd import Value
        >>> x = Value(2.0)
        >>> optimizer = NAdam([x], lr=0.1)
        >>> (x * x).backward()
        >>> optimizer.step()
        >>> round(x.data, 4), x.grad
        (1.8944, 4.0)

    Source:
        T. Dozat, "Incorporating Nesterov Momentum into Adam" (2016).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 0.002,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 0.004,
    ) -> None:
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay,
            momentum_decay=momentum_decay,
        )  # fmt: skip

    def check(self, settings: Mapping[str, Any]) -> None:
        """Check the settings."""
        self._check_least(settings, lr=0.0, weight_decay=0.0, eps=0.0, momentum_decay=0.0)
        self._check_betas(settings)

    def change(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Step by the running means, looked at from one step ahead."""
        gradient = decayed(numbers, gradient, group)
        slow, slower = group["betas"]
        step = state["step"] = state.get("step", 0) + 1
        now, then = (
            slow * (1.0 - 0.5 * 0.96 ** (at * group["momentum_decay"])) for at in (step, step + 1)
        )
        product = state["mu_product"] = state.get("mu_product", 1.0) * now
        mean = state["exp_avg"] = slow * state.get("exp_avg", 0.0) + (1 - slow) * gradient
        square = slower * state.get("exp_avg_sq", 0.0) + (1 - slower) * gradient * gradient
        state["exp_avg_sq"] = square
        spread = (square / (1 - slower**step)) ** 0.5 + group["eps"]
        ahead = (1.0 - now) / (1.0 - product) * gradient + then / (1.0 - product * then) * mean
        return numbers - group["lr"] * ahead / spread
