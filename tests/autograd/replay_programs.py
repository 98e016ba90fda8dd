"""Programs of Values for the tests of replay, and the comparison with eager."""

import random

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.replay import joining, replay

UNARY = (
    "neg", "abs", "square", "tanh", "sigmoid", "relu", "sin", "cos", "arctan", "softplus", "gelu",
    "leaky_relu", "elu", "erf", "softsign", "silu", "sign", "floor", "positive", "log_sigmoid",
)  # fmt: skip
BINARY = ("add", "sub", "mul", "maximum", "minimum", "logaddexp")


def eager(function, batch, parameters, reduction):
    """Losses and gradients, example by example."""
    count = len(batch[0])
    kept = [p.grad for p in parameters]
    for p in parameters:
        p.grad = None

    def wrap(item):
        return [wrap(i) for i in item] if np.ndim(item) else Value(float(item))

    losses = [function(*(wrap(np.asarray(b)[i]) for b in batch)) for i in range(count)]
    total = sum(losses)
    (total / count if reduction == "mean" else total).backward()
    found = [p.grad for p in parameters]
    for p, grad in zip(parameters, kept, strict=True):
        p.grad = grad
    return np.array([loss.data for loss in losses]), found


def agree(function, batch, parameters, reduction="mean", **wanted):
    """Assert that straight-line Python, arrays and eager give the same; return the program."""
    answers = eager(function, batch, parameters, reduction)
    for edges in (10**9, 10, 0):  # all in straight-line Python that can be, some of it, nothing
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(joining, "_EDGES_PER_STEP", edges)
            program = _agree(function, batch, parameters, reduction, *answers)
    for name, number in wanted.items():
        assert getattr(program, name) == number, str(program)
    return program


def _agree(function, batch, parameters, reduction, losses, gradients):
    for p in parameters:
        p.grad = None
    got = replay(function, reduction=reduction)(*batch)
    got.backward()
    scale = np.max(np.abs(losses), initial=1e-3)
    np.testing.assert_allclose(got.losses, losses, rtol=1e-12, atol=1e-12 * scale)
    assert [p.grad is None for p in parameters] == [g is None for g in gradients]
    right = np.array([g for g in gradients if g is not None])
    mine = np.array([p.grad for p in parameters if p.grad is not None])
    scale = np.max(np.abs(right), initial=1e-3)
    np.testing.assert_allclose(mine, right, rtol=1e-12, atol=1e-12 * scale)
    return got.program


def random_program(seed, size, where=True):
    """A program with shared parameters, sums of many terms and everything in between."""
    draws = random.Random(seed)
    parameters = [Value(draws.uniform(-1, 1)) for _ in range(draws.randint(1, 6))]
    recipe = draws.random()

    def program(x, y):
        choose = random.Random(recipe)
        pool = [*x, y, *parameters]
        for _ in range(size):
            kind = choose.random()
            if kind < 0.25:
                made = getattr(autograd, choose.choice(UNARY))(choose.choice(pool))
            elif kind < 0.65:
                made = getattr(autograd, choose.choice(BINARY))(*choose.choices(pool, k=2))
            elif kind < 0.72:
                number = choose.choice([2.0, -0.5, 1.0, 0.0])
                made = choose.choice([lambda v, n=number: v * n, lambda v, n=number: n - v])(
                    choose.choice(pool)
                )
            elif kind < 0.8:
                many = choose.randint(1, 5)
                ws, xs = choose.choices(parameters, k=many), choose.choices(pool, k=many)
                made = sum((w * v for w, v in zip(ws, xs, strict=True)), choose.choice(pool))
            elif kind < 0.88:
                many = choose.randint(1, 4)
                made = autograd.OPS["weighted_sum"](
                    choose.choices(pool, k=many), choose.choices(pool, k=many), choose.choice(pool)
                )
            elif kind < 0.92:
                made = getattr(
                    autograd, choose.choice(["sum", "mean", "logsumexp", "max", "min", "prod"])
                )(choose.choices(pool, k=choose.randint(1, 4)))
            elif kind < 0.95 and where:
                made = autograd.where(choose.choice(pool).relu(), *choose.choices(pool, k=2))
            else:
                made = choose.choice(pool) / (choose.choice(pool) ** 2 + 1.5)
            pool.append(made.tanh() if choose.random() < 0.6 else made)
        return sum(pool[len(x) + 1 :], pool[-1])

    return program, parameters


def batch_for(seed, count=5):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(count, 3)), generator.normal(size=count)


def inputs_and_labels(count=30):
    generator = np.random.default_rng(1)
    return generator.normal(size=(count, 2)), np.where(generator.random(count) < 0.5, -1.0, 1.0)
