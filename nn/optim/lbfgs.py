"""L-BFGS: steps that know the curvature, from the last few gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import GradientError, Value
from autograd.watching import listening, tell
from nn.checks.whole_numbers import at_least_one
from nn.optim.optimizer import Optimizer

__all__ = ["LBFGS"]

Vector = npt.NDArray[np.float64]


class LBFGS(Optimizer):
    """Divide the gradient by the curvature, as the last few steps have shown it.

    It looks at the whole loss several times a step, so ``step`` is given a closure that forgets the
    gradients, computes the loss and calls ``backward()``. For small smooth problems without noise.

    Args:
        params: Parameters or Values, all in one group.
        lr: Factor on every step but the first, which is shorter where the gradient is large.
        max_iter: How often a step moves.
        max_eval: How often a step may look; a quarter more than ``max_iter`` by default.
        tolerance_grad: A largest gradient this small ends the step.
        tolerance_change: A change of loss or numbers this small ends it.
        history_size: How many past steps are remembered.

    Raises:
        ValueError: If a setting is out of range, or there are several groups.

    Example:
        >>> from autograd import Value
        >>> x, y = Value(3.0), Value(-4.0)
        >>> optimizer = LBFGS([x, y], lr=1.0)
        >>> def closure():
        ...     optimizer.zero_grad()
        ...     loss = (x - 1) ** 2 + 10 * (y + x) ** 2
        ...     loss.backward()
        ...     return loss
        >>> _ = [optimizer.step(closure) for _ in range(2)]
        >>> round(x.data, 6), round(y.data, 6)
        (1.0, -1.0)

    Source:
        D. C. Liu and J. Nocedal, "On the limited memory BFGS method for large scale optimization"
        (1989), without line search, in PyTorch's form.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
    ) -> None:
        at_least_one("LBFGS", "max_iter", max_iter)
        looks = max_iter * 5 // 4 if max_eval is None else max_eval
        super().__init__(
            params, lr=lr, max_iter=max_iter, max_eval=looks, tolerance_grad=tolerance_grad,
            tolerance_change=tolerance_change, history_size=history_size,
        )  # fmt: skip
        if len(self.param_groups) > 1:
            raise ValueError(
                "LBFGS: several groups came; it moves all parameters together: give one"
            )

    def check(self, settings: Mapping[str, Any]) -> None:
        """Check the settings."""
        self._check_least(settings, lr=0.0, tolerance_grad=0.0, tolerance_change=0.0)
        for name in ("max_iter", "max_eval", "history_size"):
            at_least_one("LBFGS", name, settings[name])

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move up to ``max_iter`` times.

        Args:
            closure: Forgets the gradients, computes the loss, calls ``backward()``, returns the
                loss.

        Returns:
            The loss before the first move.

        Raises:
            TypeError: If no closure came.
            GradientError: If the closure left no gradient.
        """
        if closure is None:
            raise TypeError(
                "LBFGS.step: give a closure that clears the gradients, computes the loss, calls "
                "backward() and returns the loss: LBFGS looks at it several times a step"
            )
        group = self.param_groups[0]
        first = closure()
        loss, gradient = float(first.item()), self._gradient()
        looks = 1
        if np.abs(gradient).max() <= group["tolerance_grad"]:
            return first
        if listening[0]:
            tell("before_step", self)
        memory = self.state.setdefault(self._all()[0], {"n_iter": 0})
        for move in range(group["max_iter"]):
            memory["n_iter"] += 1
            direction = self._direction(memory, gradient, group)
            rate = group["lr"]
            if memory["n_iter"] == 1:
                rate = min(1.0, 1.0 / float(np.abs(gradient).sum())) * rate
            memory.update(d=direction, t=rate, prev_flat_grad=gradient)
            slope = float(gradient @ direction)
            if slope > -group["tolerance_change"]:
                break
            self._move(rate * direction)
            before = loss
            if move < group["max_iter"] - 1:
                loss, gradient = float(closure().item()), self._gradient()
                looks += 1
            small = np.abs(rate * direction).max() <= group["tolerance_change"]
            still = abs(loss - before) < group["tolerance_change"] and looks > 1
            flat = np.abs(gradient).max() <= group["tolerance_grad"]
            if looks >= group["max_eval"] or flat or small or still:
                break
        if listening[0]:
            tell("after_step", self)
        return first

    def _direction(
        self, memory: dict[str, Any], gradient: Vector, group: Mapping[str, Any]
    ) -> Vector:
        """Divide by the curvature: the two loops over the remembered steps."""
        if memory["n_iter"] == 1:
            memory.update(old_dirs=[], old_stps=[], H_diag=1.0)
            return -gradient
        change = gradient - memory["prev_flat_grad"]
        moved = memory["d"] * memory["t"]
        curvature = float(change @ moved)
        if curvature > 1e-10:
            if len(memory["old_dirs"]) == group["history_size"]:
                memory["old_dirs"].pop(0)
                memory["old_stps"].pop(0)
            memory["old_dirs"].append(change)
            memory["old_stps"].append(moved)
            memory["H_diag"] = curvature / float(change @ change)
        pairs = [
            (change, moved, 1.0 / float(change @ moved))
            for change, moved in zip(memory["old_dirs"], memory["old_stps"], strict=True)
        ]
        q, shares = -gradient, []
        for change, moved, inverse in reversed(pairs):
            share = float(moved @ q) * inverse
            q = q - share * change
            shares.append(share)
        direction: Vector = q * memory["H_diag"]
        for (change, moved, inverse), share in zip(pairs, reversed(shares), strict=True):
            direction = direction + (share - float(change @ direction) * inverse) * moved
        return direction

    def _gradient(self) -> Vector:
        """All gradients in one row; 0 where none came."""
        parts, came = [], False
        for p in self._all():
            came = came or p.grad is not None
            zero = 0.0 if isinstance(p, Value) else np.zeros(p.shape)
            parts.append(np.ravel(zero if p.grad is None else p.grad).astype(float))
        if not came:
            raise GradientError("LBFGS.step: the closure left no gradient; call backward() in it")
        return np.concatenate(parts)

    def _move(self, step: Vector) -> None:
        start = 0
        for p in self._all():
            if isinstance(p, Value):
                p.data = p.data + float(step[start])
                start += 1
            else:
                part = step[start : start + p.size].reshape(p.shape)
                p.data = p.numpy() + part.astype(p.dtype)
                start += p.size
