"""What the tests of training share: a small model, and when two of them have learned the same."""

import numpy as np

import nn


def small(generator=0, outputs=2, hidden=8, bend=nn.Tanh, **settings):
    source = np.random.default_rng(generator)
    return nn.Sequential(
        nn.Linear(2, hidden, generator=source, **settings),
        bend(),
        nn.Linear(hidden, outputs, generator=source, **settings),
    )


def same(one, other):
    """Whether two state_dicts are equal, bit by bit."""
    return list(one) == list(other) and all(
        np.array_equal(one[name], other[name], equal_nan=True) for name in one
    )


class Table:
    """Stands for a table of pandas: it becomes an array, and walking through it gives names."""

    def __init__(self, numbers):
        self.numbers = np.asarray(numbers)

    def __array__(self, dtype=None, copy=None):
        return self.numbers.astype(dtype or self.numbers.dtype)

    def __len__(self):
        return len(self.numbers)

    def __iter__(self):
        return iter("ab")
