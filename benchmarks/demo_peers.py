"""The step of ``replay.py`` for JAX: with matrices by hand, in float64, compiled as a whole."""

from __future__ import annotations

from typing import Any

import numpy as np
from mlp_peers import Step, jitted


def jax_step(layers: list[tuple[np.ndarray, np.ndarray]], x: Any, y: Any, rate: float) -> Step:
    import jax

    jax.config.update("jax_enable_x64", True)

    def loss(layers: Any, x: Any, y: Any) -> Any:
        penalty = 0.0
        for number, (w, b) in enumerate(layers):
            x = x @ w.T + b
            x = jax.nn.relu(x) if number + 1 < len(layers) else x
            penalty += (w * w).sum() + (b * b).sum()
        return jax.nn.relu(1 - y * x[:, 0]).mean() + 1e-4 * penalty

    return jitted(loss, layers, rate, x, y)
