"""Evolution strategies against backpropagation: learning from losses alone, on two moons.

You will see: how well the guess of the gradient points along the true one (the cosine of the angle
between them) when 2 to 2,000 networks are tried; and how many forward passes and seconds each way
needs to bring the same network from the same start to the same loss. It takes about ten seconds.

The guess: draw noise e, try the network with its numbers moved by +s e and by -s e (antithetic
sampling), and average (loss(+) - loss(-)) e / 2s. Nothing is differentiated.

    python examples/evolution_strategies.py [--seeds 3] [--quick]

Source:
    T. Salimans, J. Ho, X. Chen, S. Sidor and I. Sutskever, "Evolution strategies as a scalable
    alternative to reinforcement learning" (2017), algorithm 1 and section 2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import lesson
import numpy as np

import nn
from autograd import Tensor, no_grad

Array: TypeAlias = np.ndarray
SPREAD = 0.05  # how far the tried networks lie from the present one
TARGET = 0.05  # the loss at which the race ends


class Problem:
    """Two moons, a network 2-8-1, and the count of how often it was run forward."""

    def __init__(self, seed: int) -> None:
        source = np.random.default_rng(seed)
        X, y = nn.data.moons(100, noise=0.1, seed=seed)
        self.inputs, self.targets = Tensor(X), Tensor(y[:, None].astype(float))
        hidden = nn.Linear(2, 8, generator=source)
        self.model = nn.Sequential(hidden, nn.Tanh(), nn.Linear(8, 1, generator=source))
        self.parameters = list(self.model.parameters())
        self.forward_passes = 0

    def loss(self) -> Any:
        """Run the network forward, once, on all points."""
        self.forward_passes += 1
        scores = self.model(self.inputs)
        return nn.functional.binary_cross_entropy_with_logits(scores, self.targets)

    def backpropagated(self) -> list[Array]:
        """The true gradient: one pass forward, one back."""
        self.model.zero_grad()
        self.loss().backward()
        return [p.grad for p in self.parameters]

    def guessed(self, pairs: int, draws: np.random.Generator) -> list[Array]:
        """The guess of evolution strategies: 2 · pairs passes forward, none back."""
        here = [p.data.copy() for p in self.parameters]
        guess = [np.zeros_like(array) for array in here]
        with no_grad():
            for _ in range(pairs):
                noise = [draws.normal(size=array.shape) for array in here]
                slope = (self._at(here, noise, SPREAD) - self._at(here, noise, -SPREAD)) / 2
                guess = [g + slope / SPREAD * e / pairs for g, e in zip(guess, noise, strict=True)]
        self._at(here, noise, 0.0)
        return guess

    def _at(self, here: list[Array], noise: list[Array], distance: float) -> float:
        for p, array, e in zip(self.parameters, here, noise, strict=True):
            p.data = array + distance * e
        return float(self.loss().item()) if distance else 0.0


def cosine(first: Sequence[Array], second: Sequence[Array]) -> float:
    a, b = (np.concatenate([array.ravel() for array in arrays]) for arrays in (first, second))
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def race(problem: Problem, gradient: Callable[[], list[Array]]) -> dict[str, float]:
    """Adam on whatever calls itself the gradient, until the loss is reached."""
    optimizer, clock = nn.Adam(problem.parameters, lr=0.05), lesson.Clock()
    loss, steps, passes = float("inf"), 0, 0
    while loss > TARGET and steps < 1000:
        for p, g in zip(problem.parameters, gradient(), strict=True):
            p.grad = g
        optimizer.step()
        steps, passes = steps + 1, problem.forward_passes - steps  # not counting the look below
        with no_grad():
            loss = problem.loss().item()
    return {"steps": steps, "forward passes": passes, "loss": loss, "seconds": clock.seconds}


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    chosen = lesson.options(__doc__, arguments, seeds=3)
    sizes, tried = ((1, 100), (10,)) if chosen.quick else ((1, 10, 100, 1000), (10, 100))
    problem, draws = Problem(seed=0), np.random.default_rng(0)
    truth = problem.backpropagated()
    count = sum(p.size for p in problem.parameters)
    result: dict[str, Any] = {"cosine": {}, "races": {}}

    print(f"A network 2-8-1 of {count} numbers. The guess of its gradient beside the gradient:")
    columns = lesson.Table("networks tried", "cosine", "√(pairs / (pairs + numbers))")
    for pairs in sizes:
        cosines = [cosine(problem.guessed(pairs, draws), truth) for _ in range(20)]
        columns.row(2 * pairs, float(np.mean(cosines)), float(np.sqrt(pairs / (pairs + count))))
        result["cosine"][2 * pairs] = float(np.mean(cosines))

    print(
        f"\nAdam, rate 0.05, down to a loss of {TARGET}; every pass forward is one over all points:"
    )
    headings = ("seed", "steps", "forward passes", "loss", "seconds")
    columns = lesson.Table("gradient by", *headings, wide=36)
    for seed in range(1 if chosen.quick else chosen.seeds):
        for number in (0, *tried):
            problem = Problem(seed)
            way = partial(problem.guessed, number // 2, draws) if number else problem.backpropagated
            name = (
                f"evolution, {number} tried per step"
                if number
                else "backpropagation (and as many back)"
            )
            found = race(problem, way)
            columns.row(name, seed, *found.values())
            result["races"].setdefault(number, []).append(found)
    return result


if __name__ == "__main__":
    main()
