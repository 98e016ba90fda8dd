"""The steps of ``recurrent.py`` as users of other libraries would write them.

Each function gets the four parameters of a layer (W of the inputs, W of the state, two biases), a
batch (length, batch, inputs) and the rate; four times as many rows as hidden numbers make an LSTM.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from mlp_peers import Step, jitted


def jax_step(parameters: list[np.ndarray], x: Any, rate: float) -> Step:
    import jax
    import jax.numpy as jnp

    hidden = parameters[1].shape[1]
    gates = len(parameters[1]) // hidden

    def loss(p: Any, x: Any) -> Any:
        entering = x @ p[0].T + (p[2] + p[3])

        def turn(state: Any, entered: Any) -> Any:
            h, c = state
            s = entered + h @ p[1].T
            if gates == 1:
                return (jnp.tanh(s), c), None
            i, f, g, o = jnp.split(s, 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

        zeros = jnp.zeros((x.shape[1], hidden), x.dtype)
        (h, _), _ = jax.lax.scan(turn, (zeros, zeros), entering)
        return (h * h).mean()

    return jitted(loss, parameters, rate, x)


def hips_step(parameters: list[np.ndarray], x: Any, rate: float) -> Step:
    import autograd.numpy as anp  # the other autograd
    from autograd import value_and_grad  # type: ignore[attr-defined]

    ps = [a.copy() for a in parameters]
    hidden = ps[1].shape[1]
    gates = len(ps[1]) // hidden
    rate = np.float32(rate)

    def sigmoid(s: Any) -> Any:
        return 1 / (1 + anp.exp(-s))

    def loss(p: list[Any]) -> Any:
        entering = anp.dot(x, p[0].T) + (p[2] + p[3])
        h = c = np.zeros((x.shape[1], hidden), x.dtype)
        for entered in entering:
            s = entered + anp.dot(h, p[1].T)
            if gates == 1:
                h = anp.tanh(s)
                continue
            i, f, g, o = (s[:, k * hidden : (k + 1) * hidden] for k in range(4))
            c = sigmoid(f) * c + sigmoid(i) * anp.tanh(g)
            h = sigmoid(o) * anp.tanh(c)
        return anp.mean(h * h)

    both = value_and_grad(loss)

    def step() -> float:
        value, gradients = both(ps)
        for p, g in zip(ps, gradients, strict=True):
            p -= rate * g
        return float(value)

    return step


def mygrad_step(parameters: list[np.ndarray], x: Any, rate: float) -> Step:
    import mygrad
    from mygrad.nnet.activations import sigmoid

    ps = [mygrad.tensor(a) for a in parameters]
    hidden = ps[1].shape[1]
    gates = len(ps[1]) // hidden
    rate = np.float32(rate)

    def step() -> float:
        h: Any = np.zeros((x.shape[1], hidden), x.dtype)
        c: Any = h
        turned, bias = ps[1].T, ps[2] + ps[3]
        for entered in x:
            s = entered @ ps[0].T + bias + h @ turned
            if gates == 1:
                h = mygrad.tanh(s)
                continue
            i, f, g, o = (s[:, k * hidden : (k + 1) * hidden] for k in range(4))
            c = sigmoid(f) * c + sigmoid(i) * mygrad.tanh(g)
            h = sigmoid(o) * mygrad.tanh(c)
        loss = (h * h).mean()
        loss.backward()
        for p in ps:
            p.data -= rate * p.grad
        return float(loss.item())

    return step


STEPS = {"jax": jax_step, "mygrad": mygrad_step, "hips": hips_step}
