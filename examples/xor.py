"""XOR: one hidden layer learns it, and a network without bends does not, however deep it is.

You will see: three linear layers multiplied out into one, the best that any linear network can do
(it says 0.5 everywhere, a loss of 0.25), the reason why no line gets more than three of the four
corners right, and both networks trained from five starts. It takes about three seconds.

    python examples/xor.py [--seeds 5] [--quick]
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import lesson
import numpy as np

import nn
from autograd import Tensor

X, y = nn.data.xor()  # (0, 0), (0, 1), (1, 0), (1, 1) and 0, 1, 1, 0


def bent(seed: int) -> nn.Module:
    source = np.random.default_rng(seed)
    hidden = nn.Linear(2, 8, generator=source)
    return nn.Sequential(hidden, nn.Tanh(), nn.Linear(8, 1, generator=source))


def straight(seed: int) -> nn.Module:
    source = np.random.default_rng(seed)
    sizes = (2, 8, 8, 1)
    return nn.Sequential(*(nn.Linear(m, n, generator=source) for m, n in pairwise(sizes)))


def train(model: nn.Module, steps: int) -> tuple[float, float, list[float]]:
    """Learn the four corners; give the loss, the share that is right, and the four answers."""
    optimizer = nn.Adam(model.parameters(), lr=0.02)
    targets = Tensor(y.reshape(4, 1).astype(float))
    for _ in range(steps):
        loss = ((model(Tensor(X)) - targets) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    answers = model(Tensor(X)).numpy()[:, 0]
    return loss.item(), float(((answers > 0.5) == y).mean()), answers.tolist()


def one_matrix(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """Multiply linear layers out: W3 (W2 (W1 x + b1) + b2) + b3 = W x + b."""
    W, b = np.eye(2), np.zeros(2)
    for layer in model:
        W, b = layer.weight.numpy() @ W, layer.weight.numpy() @ b + layer.bias.numpy()
    return W, b


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    chosen = lesson.options(__doc__, arguments, seeds=5)
    seeds, steps = (1, 400) if chosen.quick else (chosen.seeds, 1000)
    clock = lesson.Clock()

    print("1. Three linear layers are one: W = W3 W2 W1, b = W3 (W2 b1 + b2) + b3")
    model = straight(seed=0)
    W, b = one_matrix(model)
    apart = float(np.abs(model(Tensor(X)).numpy() - (X @ W.T + b)).max())
    print(f"   W = {W.round(4).tolist()}, b = {b.round(4).tolist()}; answers differ by {apart:.0e}")

    print("2. The best single matrix, by least squares:")
    best = np.linalg.lstsq(np.column_stack([X, np.ones(4)]), y, rcond=None)[0]
    answers = X @ best[:2] + best[2]
    floor = float(((answers - y) ** 2).mean())
    print(f"   w = {(best[:2].round(12) + 0).tolist()}, b = {best[2]:.4g}: it says", end=" ")
    print(f"{answers.round(12).tolist()}, a loss of {floor:.4g}")

    print("3. For every line f(x) = w·x + b: f(0,1) + f(1,0) = f(0,0) + f(1,1) = w1 + w2 + 2b.")
    print("   So the two ones cannot both lie above 0.5 and the two zeros both below.")
    lines = np.random.default_rng(0).normal(size=(100_000, 3))
    right = (((lines[:, :2] @ X.T + lines[:, 2:]) > 0.5) == y).mean(axis=1).max()
    print(f"   Of 100,000 lines drawn at random the best has {right:.0%} right.")

    print(f"4. Trained by Adam, {steps} steps:")
    result: dict[str, Any] = {"apart": apart, "floor": floor, "best line": float(right)}
    columns = lesson.Table(
        "network", "seed", "loss", "right", "answers at the four corners", wide=16
    )
    for name, make in (("2-8-1, tanh", bent), ("2-8-8-1, linear", straight)):
        found = [train(make(seed), steps) for seed in range(seeds)]
        for seed, (loss, share, outputs) in enumerate(found):
            shown = " ".join(f"{round(output, 4) + 0:.4f}" for output in outputs)  # never -0
            columns.row(name, seed, loss, f"{share:.0%}", shown)
        result[name] = [(loss, share) for loss, share, _ in found]
    result["seconds"] = clock.seconds
    print(f"\n{clock.seconds:.1f} s")
    return result


if __name__ == "__main__":
    main()
