"""The step of ``conv.py`` as users of other libraries would write it.

Each function gets the parameters by name, a batch, its labels, the rate, the padding of both
convolutions, and whether the second is pooled, too; it gives a step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from mlp_peers import Step, jax_cross_entropy, jitted, tiny_jitted

NAMES = ("first", "second")


def jax_step(p: Any, x: Any, labels: Any, rate: float, padding: int, twice: bool) -> Step:
    import jax

    around = [(padding, padding)] * 2

    def pooled(x: Any) -> Any:
        window = (1, 1, 2, 2)
        return jax.lax.reduce_window(x, -np.inf, jax.lax.max, window, window, "VALID")

    def loss(p: Any, x: Any, labels: Any) -> Any:
        for number, name in enumerate(NAMES):
            x = jax.lax.conv_general_dilated(x, p[f"{name}.weight"], (1, 1), around)
            x = jax.nn.relu(x + p[f"{name}.bias"][:, None, None])
            x = pooled(x) if twice or number == 0 else x
        scores = x.reshape(len(x), -1) @ p["last.weight"].T + p["last.bias"]
        return jax_cross_entropy(scores, labels)

    return jitted(loss, p, rate, x, labels)


def mygrad_step(p: Any, x: Any, labels: Any, rate: float, padding: int, twice: bool) -> Step:
    import mygrad
    from mygrad.nnet import conv_nd, max_pool, softmax_crossentropy
    from mygrad.nnet.activations import relu

    ps = {name: mygrad.tensor(array) for name, array in p.items()}
    rate = np.float32(rate)

    def step() -> float:
        y: Any = x
        for number, name in enumerate(NAMES):
            y = conv_nd(y, ps[f"{name}.weight"], stride=1, padding=padding)
            y = relu(y + ps[f"{name}.bias"].reshape(1, -1, 1, 1))
            if twice or number == 0:
                edge = y.shape[2] // 2 * 2  # it takes no picture that its windows do not fill
                y = max_pool(y[:, :, :edge, :edge], (2, 2), 2)
        scores = y.reshape(len(x), -1) @ ps["last.weight"].T + ps["last.bias"]
        loss = softmax_crossentropy(scores, labels)
        loss.backward()
        for parameter in ps.values():
            parameter.data -= rate * parameter.grad
        return float(loss.item())

    return step


def tinygrad_step(p: Any, x: Any, labels: Any, rate: float, padding: int, twice: bool) -> Step:
    from tinygrad import Tensor

    ps = {name: Tensor(array).realize() for name, array in p.items()}
    batch, target = Tensor(x).realize(), Tensor(labels.astype(np.int32)).realize()

    def loss() -> Any:
        y = batch
        for number, name in enumerate(NAMES):
            y = y.conv2d(ps[f"{name}.weight"], ps[f"{name}.bias"], padding=padding).relu()
            y = y.max_pool2d() if twice or number == 0 else y
        scores = y.flatten(1).linear(ps["last.weight"].T, ps["last.bias"])
        return scores.sparse_categorical_crossentropy(target)

    return tiny_jitted(loss, list(ps.values()), rate)


STEPS = {"jax": jax_step, "mygrad": mygrad_step, "tinygrad": tinygrad_step}
