"""Digits, learned number by number: 25,450 Values, written for one picture, run at matrix speed.

You will see: a network 784-32-10 in which every product and every sum is a Value, so that one
picture makes 50,000 of them; what `autograd.replay` recognises when it records that picture once;
then mini-batches through the recorded program, pass after pass, and the share of 360 unseen digits
that is read rightly. At the end the same work is timed one picture after the other, without replay,
and multiplied: it would take hours. The digits are 8 x 8 pixels, enlarged to 28 x 28.

    python examples/digits_by_values.py [--passes 100] [--seed 0] [--quick]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import eagerly
import learning_digits
import lesson
import numpy as np
from learning_digits import Array, Examples

import nn
from autograd import Value, log
from autograd.replay import parameters_together, replay

SIZE, BATCH, RATE, REACH = 28, 32, 0.03, 0.7
OUTPUTS = np.eye(10)


def enlarged(X: Array, reach: float = 0.0, draws: np.random.Generator | None = None) -> Array:
    """Enlarge pictures three times, and move each by up to ``reach`` of its pixels both ways.

    Between two pixels lies their weighted mean; beyond the last one there is paper.
    """
    pixels = np.arange(X.shape[-1])
    places = (np.arange(SIZE) - (SIZE - 1) / 2) / 3 + (X.shape[-1] - 1) / 2
    moves = (
        np.zeros((2, 1, 1, 1)) if draws is None else draws.uniform(-reach, reach, (2, len(X), 1, 1))
    )
    down, across = np.maximum(0, 1 - abs(places[:, None] + moves - pixels))
    large: Array = (down @ X[:, 0] @ across.swapaxes(-1, -2)).reshape(len(X), SIZE * SIZE)
    return large


def network(hidden: int, seed: int, *, fused: bool = False) -> nn.Module:
    """784 inputs, a layer with bends, ten scores; a Value for every product and every sum."""
    draws = np.random.default_rng(seed)
    first = nn.Linear(SIZE * SIZE, hidden, generator=draws)
    model = nn.Sequential(first, nn.ReLU(), nn.Linear(hidden, 10, generator=draws))
    converted: nn.Module = nn.to_values(model, fused=fused)
    return converted


def surprise(model: nn.Module, picture: list[Value], answer: list[Value]) -> Value:
    """Softmax and cross-entropy of ONE picture: -ln of the share that the answer has."""
    scores = model(picture)
    total = sum(score.exp() for score in scores)
    return log(total) - sum(yes * score for yes, score in zip(answer, scores, strict=True))


def right(program: Any, X: Array, y: Array) -> float:
    """The share of pictures whose own digit is the least surprising of the ten."""
    every = OUTPUTS[np.tile(np.arange(10), len(X))]
    losses = program(X.repeat(10, axis=0), every).losses
    return float((losses.reshape(len(X), 10).argmin(axis=1) == y).mean())


def learn(
    program: Any, model: Any, examples: Examples, unseen: Examples, passes: int, seed: int
) -> dict[str, Any]:
    """Stochastic gradient descent with momentum; the rate rises and falls once."""
    X, y = examples
    draws = np.random.default_rng(seed)
    steps = passes * -(-len(y) // BATCH)
    columns = lesson.Table("pass", "loss", "unseen right", "CPU seconds")
    clock = eagerly.CpuClock()
    with parameters_together(model.parameters()) as flat:  # all their numbers in one array
        optimizer = nn.SGD([flat], lr=RATE, momentum=0.9)
        schedule = nn.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=RATE, total_steps=steps, cycle_momentum=False
        )
        for number in range(1, passes + 1):
            losses = []
            for pictures, answers in nn.data.batches(X, y, BATCH, draws):
                found = program(enlarged(pictures, REACH, draws), OUTPUTS[answers])
                found.backward()
                optimizer.step()
                optimizer.zero_grad()
                schedule.step()
                losses.append(found.value)
            if number in (1, 2, 5) or number % 20 == 0 or number == passes:
                share = right(program, enlarged(unseen[0]), unseen[1])
                loss, seconds = float(np.mean(losses)), clock.seconds
                columns.row(number, loss, f"{share:.1%}", f"{seconds:.1f}")
    return {"accuracy": share, "steps": steps, "seconds": seconds}


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    chosen = lesson.options(__doc__, arguments, passes=100, seed=0)
    hidden, passes = (8, 4) if chosen.quick else (32, chosen.passes)
    examples, unseen = learning_digits.pictures()
    model = network(hidden, chosen.seed)
    count = len(list(model.parameters()))

    def loss(picture: list[Value], answer: list[Value]) -> Value:
        return surprise(model, picture, answer)

    program, clock = replay(loss), eagerly.CpuClock()
    recorded = program.program(enlarged(examples[0][:BATCH]), OUTPUTS[examples[1][:BATCH]])
    print(f"\nOne picture recorded, {count:,} parameters, in {clock.seconds:.1f} s:\n{recorded}")

    print(f"\nMini-batches of {BATCH} through the recorded program, pictures moved every time:")
    result = {"program": recorded, **learn(program, model, examples, unseen, passes, chosen.seed)}
    pace = 1000 * result["seconds"] / result["steps"]
    print(f"\n{result['steps']:,} steps in {result['seconds']:.1f} s: {pace:.1f} ms a step")

    print(
        "\nWithout replay, one picture after the other: forward and backward, timed and multiplied:"
    )
    X = enlarged(examples[0][:7])
    columns = lesson.Table("a Value for", "Values", "ms a picture", "all steps", "times", wide=34)
    for name, fused in (("every product and every sum", False), ("a neuron's weighted sum", True)):
        each, nodes = eager(network(hidden, chosen.seed, fused=fused), X, examples[1])
        total = each * passes * len(examples[1])
        times = total / result["seconds"]
        columns.row(name, f"{nodes:,}", 1000 * each, eagerly.told(total), f"{times:,.0f}")
        result[name] = {"milliseconds": 1000 * each, "hours": total / 3600, "times": times}
    return result


def eager(model: Any, X: Array, y: Array) -> tuple[float, int]:
    def loss_of(number: int) -> Value:
        picture = [Value(pixel) for pixel in X[number].tolist()]
        return surprise(model, picture, [Value(yes) for yes in OUTPUTS[y[number]].tolist()])

    return eagerly.measure(loss_of, len(X))


if __name__ == "__main__":
    main()
