"""The step of ``tensor.py`` as users of other libraries would write it.

Each function gets weights and biases, a batch, its labels and the rate, and gives a step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from harness import needed

Step = Callable[[], float]


def jitted(loss: Callable[..., Any], parameters: Any, rate: float, *data: Any) -> Step:
    """A step of JAX: value and gradient of a loss, and the update, in one compiled program."""
    import jax

    @jax.jit
    def update(p: Any, *data: Any) -> Any:
        value, gradient = jax.value_and_grad(loss)(p, *data)
        return value, jax.tree.map(lambda a, g: a - rate * g, p, gradient)

    held = [jax.device_put(a) for a in data]
    state = jax.device_put(parameters)

    def step() -> float:
        nonlocal state
        value, state = update(state, *held)
        return float(value)

    return step


def jax_cross_entropy(scores: Any, labels: Any) -> Any:
    """The mean cross-entropy of scores."""
    import jax

    shares = jax.nn.log_softmax(scores)
    return -jax.numpy.take_along_axis(shares, labels[:, None], 1).mean()


def jax_step(parameters: list[np.ndarray], x: Any, labels: Any, rate: float) -> Step:
    import jax

    def loss(p: Any, x: Any, labels: Any) -> Any:
        hidden = jax.nn.relu(x @ p[0] + p[1])
        return jax_cross_entropy(hidden @ p[2] + p[3], labels)

    return jitted(loss, parameters, rate, x, labels)


def mygrad_step(parameters: list[np.ndarray], x: Any, labels: Any, rate: float) -> Step:
    import mygrad
    from mygrad.nnet import softmax_crossentropy
    from mygrad.nnet.activations import relu

    w1, b1, w2, b2 = ps = [mygrad.tensor(a) for a in parameters]
    rate = np.float32(rate)

    def step() -> float:
        scores = relu(x @ w1 + b1) @ w2 + b2
        loss = softmax_crossentropy(scores, labels)
        loss.backward()
        for p in ps:
            p.data -= rate * p.grad
        return float(loss.item())

    return step


def hips_step(parameters: list[np.ndarray], x: Any, labels: Any, rate: float) -> Step:
    import autograd.numpy as anp  # the other autograd
    from autograd import value_and_grad  # type: ignore[attr-defined]

    ps = [a.copy() for a in parameters]
    rows, rate = np.arange(len(labels)), np.float32(rate)

    def loss(ps: list[Any]) -> Any:
        scores = anp.maximum(x @ ps[0] + ps[1], 0) @ ps[2] + ps[3]
        scores = scores - anp.max(scores, axis=1, keepdims=True)
        totals = anp.log(anp.sum(anp.exp(scores), axis=1))
        return anp.mean(totals - scores[rows, labels])

    both = value_and_grad(loss)

    def step() -> float:
        value, gradients = both(ps)
        for p, g in zip(ps, gradients, strict=True):
            p -= rate * g
        return float(value)

    return step


def tiny_jitted(loss: Callable[[], Any], parameters: list[Any], rate: float) -> Step:
    """A step of tinygrad, recorded by its own jit."""
    needed("tinygrad", "clang")
    from tinygrad import Context, TinyJit
    from tinygrad.nn.optim import SGD

    optimizer = SGD(parameters, lr=rate)

    @TinyJit
    def update() -> Any:
        with Context(TRAINING=1):
            optimizer.zero_grad()
            value = loss().backward()
            # together: a loss that is computed later would see the new weights
            return value.realize(*optimizer.schedule_step())

    return lambda: float(update().item())


def tinygrad_step(parameters: list[np.ndarray], x: Any, labels: Any, rate: float) -> Step:
    from tinygrad import Tensor

    w1, b1, w2, b2 = ps = [Tensor(a).realize() for a in parameters]
    batch, target = Tensor(x).realize(), Tensor(labels.astype(np.int32)).realize()

    def loss() -> Any:
        scores = (batch @ w1 + b1).relu() @ w2 + b2
        return scores.sparse_categorical_crossentropy(target)

    return tiny_jitted(loss, ps, rate)


STEPS = {"jax": jax_step, "mygrad": mygrad_step, "hips": hips_step, "tinygrad": tinygrad_step}
