"""Where random numbers come from: one explicit generator, or the one of ``manual_seed``."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from autograd.creation import default_generator

__all__ = ["Generator", "generator_of"]

Generator: TypeAlias = "np.random.Generator | int | None"  # text: numpy.random starts slowly


def generator_of(generator: Generator) -> np.random.Generator:
    """Turn a seed into a generator; None is the one that ``manual_seed`` sets.

    Args:
        generator: A generator, a seed, or None.

    Returns:
        The generator.

    Raises:
        TypeError: If it is none of these.
        ValueError: If a seed is negative.
    """
    if generator is None:
        return default_generator()
    if isinstance(generator, np.random.Generator):
        return generator
    if isinstance(generator, (int, np.integer)) and not isinstance(generator, bool):
        if generator < 0:
            raise ValueError(f"generator: {generator} came; a seed is a whole number of 0 or more")
        return np.random.default_rng(int(generator))
    raise TypeError(
        f"generator: {type(generator).__name__} came; give a seed such as 0, or "
        "numpy.random.default_rng(0)"
    )
