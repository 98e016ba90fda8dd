"""Step sizes from the sizes of past gradients: Adagrad, Adadelta, RMSprop. And Lion: signs only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd.memory_order import take_like
from nn.optim.in_place import add_decay, running
from nn.optim.optimizer import Optimizer, decayed

__all__ = ["Adadelta", "Adagrad", "Lion", "RMSprop"]


class RMSprop(Optimizer):
    """Divide each gradient by the root of the running mean of its squares.

    v ← alpha v + (1 - alpha) g²; p ← p - lr g / (√v + eps).

    Args:
        params: Parameters or Values.
        lr: Learning rate.
        alpha: How slowly the mean of squares forgets.
        eps: Keeps the division finite.
        weight_decay: Pulls weights to 0: adds weight_decay p to the gradient.
        momentum: Share of the last step that is kept.
        centered: Whether to divide by the spread around the mean gradient instead.

    Raises:
        ValueError: If a setting is out of range, or there is no parameter.

    Example:
        >>> from autograd import Value
        >>> x = Value(2.0)
        >>> optimizer = RMSprop([x], lr=0.01)
        >>> (x * x).backward()
        >>> optimizer.step()
        >>> round(x.data, 6), x.grad  # the first step is lr / √(1 - alpha)
        (1.9, 4.0)

    Source:
        T. Tieleman and G. Hinton, "Lecture 6.5: rmsprop" (2012), in PyTorch's form.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum,
            centered=centered,
        )  # fmt: skip

    def check(self, settings: Mapping[str, Any]) -> None:
        """Check the settings."""
        self._check_least(settings, lr=0.0, weight_decay=0.0, eps=0.0, momentum=0.0, alpha=0.0)

    def change(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Divide by the usual size: see the class."""
        gradient = decayed(numbers, gradient, group)
        keep = group["alpha"]
        square = keep * state.get("square_avg", 0.0) + (1 - keep) * gradient * gradient
        state["square_avg"] = square
        if group["centered"]:
            mean = keep * state.get("grad_avg", 0.0) + (1 - keep) * gradient
            state["grad_avg"] = mean
            square = square - mean * mean
        move = gradient / (square**0.5 + group["eps"])
        if group["momentum"]:
            move = group["momentum"] * state.get("momentum_buffer", 0.0) + move
            state["momentum_buffer"] = move
        return numbers - group["lr"] * move

    def change_array(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Divide by the usual size, in arrays that are there already."""
        gradient = add_decay(numbers, gradient, group["weight_decay"])
        keep, new = float(group["alpha"]), take_like(numbers)
        square = running(state, "square_avg", numbers)
        square *= keep
        np.multiply(gradient, 1 - keep, out=new)
        square += np.multiply(new, gradient, out=new)
        spread = take_like(numbers)
        if group["centered"]:
            mean = running(state, "grad_avg", numbers)
            mean *= keep
            mean += np.multiply(gradient, 1 - keep, out=new)
            np.subtract(square, np.multiply(mean, mean, out=new), out=spread)
            np.sqrt(spread, out=spread)
        else:
            np.sqrt(square, out=spread)
        spread += float(group["eps"])
        move = np.divide(gradient, spread, out=new)
        if momentum := float(group["momentum"]):
            before = running(state, "momentum_buffer", numbers)
            before *= momentum
            before += move
            move = before
        np.multiply(move, float(group["lr"]), out=new)
        return np.subtract(numbers, new, out=new)


class Adagrad(Optimizer):
    """Divide each gradient by the root of the sum of all its squares so far.

    s ← s + g²; p ← p - lr / (1 + (t - 1) lr_decay) g / (√s + eps).

    Args:
        params: Parameters or Values.
        lr: Learning rate.
        lr_decay: How fast the learning rate falls besides.
        weight_decay: Pulls weights to 0: adds weight_decay p to the gradient.
        initial_accumulator_value: What the sum starts with.
        eps: Keeps the division finite.

    Raises:
        ValueError: If a setting is out of range, or there is no parameter.

    Example:
        >>> from autograd import Value
        >>> x = Value(2.0)
        >>> optimizer = Adagrad([x], lr=0.5)
        >>> (x * x).backward()
        >>> optimizer.step()
        >>> round(x.data, 6), x.grad  # the first step is lr
        (1.5, 4.0)

    Source:
        J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods" (2011).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 0.01,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        super().__init__(
            params, lr=lr, lr_decay=lr_decay, weight_decay=weight_decay, eps=eps,
            initial_accumulator_value=initial_accumulator_value,
        )  # fmt: skip

    def check(self, settings: Mapping[str, Any]) -> None:
        """Check the settings."""
        self._check_least(
            settings, lr=0.0, weight_decay=0.0, eps=0.0, lr_decay=0.0, initial_accumulator_value=0.0
        )

    def change(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Divide by what has come so far: see the class."""
        gradient = decayed(numbers, gradient, group)
        step = state["step"] = state.get("step", 0) + 1
        total = state.get("sum", group["initial_accumulator_value"]) + gradient * gradient
        state["sum"] = total
        rate = group["lr"] / (1 + (step - 1) * group["lr_decay"])
        return numbers - rate * gradient / (total**0.5 + group["eps"])

    def change_array(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Divide by what has come so far, in arrays that are there already."""
        gradient = add_decay(numbers, gradient, group["weight_decay"])
        step = state["step"] = state.get("step", 0) + 1
        new, spread = take_like(numbers), take_like(numbers)
        total = running(state, "sum", numbers, float(group["initial_accumulator_value"]))
        total += np.multiply(gradient, gradient, out=new)
        np.sqrt(total, out=spread)
        spread += float(group["eps"])
        rate = float(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
        np.multiply(gradient, rate, out=new)
        np.divide(new, spread, out=new)
        return np.subtract(numbers, new, out=new)


class Adadelta(Optimizer):
    """Step by the usual size of steps over the usual size of gradients; lr is only a factor.

    Args:
        params: Parameters or Values.
        lr: Factor on every step.
        rho: How slowly the two means forget.
        eps: Starts the first steps and keeps the division finite.
        weight_decay: Pulls weights to 0: adds weight_decay p to the gradient.

    Raises:
        ValueError: If a setting is out of range, or there is no parameter.

    Example:
        >>> from autograd import Value
        >>> x = Value(2.0)
        >>> optimizer = Adadelta([x])
        >>> (x * x).backward()
        >>> optimizer.step()
        >>> round(x.data, 6), x.grad
        (1.996838, 4.0)

    Source:
        M. D. Zeiler, "ADADELTA: An Adaptive Learning Rate Method" (2012).
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay)

    def check(self, settings: Mapping[str, Any]) -> None:
        """Check the settings."""
        self._check_least(settings, lr=0.0, weight_decay=0.0, eps=0.0, rho=0.0)
        if settings["rho"] > 1:
            raise ValueError(f"Adadelta: rho={settings['rho']} came; at most 1 is needed")

    def change(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Step by the ratio of sizes: see the class."""
        gradient = decayed(numbers, gradient, group)
        keep, eps = group["rho"], group["eps"]
        square = keep * state.get("square_avg", 0.0) + (1 - keep) * gradient * gradient
        state["square_avg"] = square
        steps = state.get("acc_delta", 0.0)
        move = (steps + eps) ** 0.5 / (square + eps) ** 0.5 * gradient
        state["acc_delta"] = keep * steps + (1 - keep) * move * move
        return numbers - group["lr"] * move


class Lion(Optimizer):
    """Step by lr along the sign of a mix of momentum and gradient: every number moves as far.

    Args:
        params: Parameters or Values.
        lr: How far every number moves; a third to a tenth of what Adam would take.
        betas: The share of momentum in the mix, and how slowly the momentum forgets.
        weight_decay: The share of lr by which every number shrinks in a step.

    Raises:
        ValueError: If a setting is out of range, or there is no parameter.

    Example:
        >>> from autograd import Value
        >>> x = Value(2.0)
        >>> optimizer = Lion([x], lr=0.25)
        >>> (x * x).backward()
        >>> optimizer.step()
        >>> x.data, x.grad
        (1.75, 4.0)

    Source:
        X. Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023), algorithm 2.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay)

    def check(self, settings: Mapping[str, Any]) -> None:
        """Check the settings."""
        super().check(settings)
        self._check_betas(settings)

    def change(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Step by the sign: see the class."""
        mix, keep = group["betas"]
        before = state.get("exp_avg", 0.0)
        state["exp_avg"] = keep * before + (1 - keep) * gradient
        direction = np.sign(mix * before + (1 - mix) * gradient)
        return numbers * (1.0 - group["lr"] * group["weight_decay"]) - group["lr"] * direction
