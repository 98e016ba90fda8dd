"""The formulas of a first course, written out by hand, against what the engine finds by itself.

You will see: the gradients of logistic regression, of the two-layer network
    Z1 = W1 X + b1, A1 = tanh(Z1), Z2 = W2 A1 + b2, A2 = sigmoid(Z2)  (columns are examples),
and of a network of four layers by the recurrence dZ[l] = W[l+1]ᵀ dZ[l+1] * g'(Z[l]), each beside
`backward()`: the largest relative difference. Then plain gradient descent on a flower whose petals
take turns, which no line separates: logistic regression against 1 to 20 hidden units. It takes
about ten seconds.

    python examples/logistic_by_hand.py [--quick]
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import lesson
import numpy as np

import nn
from autograd import Tensor, log, sigmoid, tanh

Array = np.ndarray
RATE = 1.2
SIZES = {
    "logistic regression": (2, 1),
    "two layers, C7": (2, 4, 1),
    "four layers, the recurrence": (2, 6, 5, 4, 1),
}


def start(sizes: Sequence[int], seed: int = 2) -> list[Array]:
    """Starting numbers W1, b1, W2, b2, ...: small weights, no biases."""
    source = np.random.default_rng(seed)
    pairs = pairwise(sizes)
    return [p for m, n in pairs for p in (source.normal(size=(n, m)) * 0.5, np.zeros((n, 1)))]


def by_hand(numbers: Sequence[Array], X: Array, Y: Array) -> list[Array]:
    """The gradients dW1, db1, dW2, db2, ... written out; `A` keeps what each layer gives."""
    weights, biases, m = numbers[0::2], numbers[1::2], X.shape[1]
    A = [X]
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        A.append(np.tanh(W @ A[-1] + b))
    prediction = 1 / (1 + np.exp(-(weights[-1] @ A[-1] + biases[-1])))
    dZ = prediction - Y
    gradients: list[Array] = []
    for layer in reversed(range(len(weights))):
        gradients[:0] = [dZ @ A[layer].T / m, dZ.sum(axis=1, keepdims=True) / m]
        dZ = weights[layer].T @ dZ * (1 - A[layer] ** 2)  # tanh' = 1 - tanh²
    return gradients


def predict(parameters: Sequence[Any], X: Array) -> Any:
    """The forward pass alone: that is all the engine needs to be told."""
    signal: Any = X
    for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        signal = tanh(W @ signal + b)
    return sigmoid(parameters[-2] @ signal + parameters[-1])


def cost(parameters: Sequence[Any], X: Array, Y: Array) -> Any:
    """J = -(1/m) Σ (Y log A + (1 - Y) log(1 - A))."""
    A = predict(parameters, X)
    return -(Y * log(A) + (1 - Y) * log(1 - A)).sum() / X.shape[1]


def by_engine(numbers: Sequence[Array], X: Array, Y: Array) -> list[Array]:
    parameters = [Tensor(array, requires_grad=True) for array in numbers]
    cost(parameters, X, Y).backward()
    return [p.grad for p in parameters]


def learn(sizes: Sequence[int], X: Array, Y: Array, steps: int) -> tuple[float, float]:
    """Plain gradient descent with the engine's gradients; the last cost and the share right."""
    parameters = [Tensor(array, requires_grad=True) for array in start(sizes)]
    for _ in range(steps):
        J = cost(parameters, X, Y)
        J.backward(leaves_only=True)
        for p in parameters:
            p.data, p.grad = p.data - RATE * p.grad, None
    return J.item(), float(((predict(parameters, X).numpy() > 0.5) == Y).mean())


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    chosen = lesson.options(__doc__, arguments)
    units, steps = ((1, 4), 800) if chosen.quick else ((1, 2, 3, 4, 5, 10, 20), 5000)
    points, labels = nn.data.planar_flower()
    X, Y = points.T, labels[None, :].astype(float)  # columns are examples
    result: dict[str, Any] = {}

    columns = lesson.Table("network", "gradients", "largest relative difference", wide=28)
    for name, sizes in SIZES.items():
        numbers = start(sizes)
        both = zip(by_hand(numbers, X, Y), by_engine(numbers, X, Y), strict=True)
        apart = max(float(np.abs(hand - ours).max() / np.abs(hand).max()) for hand, ours in both)
        columns.row(name, sum(array.size for array in numbers), f"{apart:.1e}")
        result[name] = apart

    print(
        f"\n{X.shape[1]} points of a flower, {steps} steps of plain gradient descent, rate {RATE}:"
    )
    columns = lesson.Table("hidden units", "cost", "right", "seconds", wide=28)
    for count in (0, *units):
        clock = lesson.Clock()
        J, right = learn((2, count, 1) if count else (2, 1), X, Y, steps)
        name = count or "none: logistic regression"
        columns.row(name, J, f"{right:.1%}", f"{clock.seconds:.1f}")
        result[f"{count} hidden"] = right
    return result


if __name__ == "__main__":
    main()
