"""Transfer learning: kernels learned on the digits 0 to 4 serve the digits 5 to 9.

You will see: a VGG-style stack of 3x3 kernels trained on the 901 pictures of 0 to 4. Then 5 to 9
are learned from 10 examples each: with the stack frozen and a new last layer, and from scratch.
After 3 passes over the 50 examples the transferred network is about ten points ahead, after 5 about
four; after 10 both are level, and with 40 the one from scratch is a little better: these pictures
are easy. It takes a bit more than a minute.

The comparison helps the network from scratch: both get the same examples, the same small shifts and
the same number of passes, but it has three learning rates and is shown with the best of them, found
in hindsight on the unseen digits, anew in every row. The other has one rate, chosen on other draws
of the examples (`--first 100`, which gives +5.2, +1.3, +1.1 and +0.2 points). How the stack is
trained was tried on these draws too, so take the margins as a little flattered.

The stack learns more than five classes: every digit turned and mirrored in eight ways, 40 in all.
Kernels for 40 classes serve strangers better than kernels for five.

    python examples/transfer_learning.py [--seeds 5] [--first 0] [--quick]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import learning_digits
import lesson
import numpy as np
from digits_cnn import stage
from learning_digits import Array, Examples

import nn

RATE, RATES = 0.01, (0.003, 0.01, 0.03)  # of the new last layer; from scratch, to choose from


class Network(nn.Module):
    """Three layers of 3x3 kernels, the last on half the size, and a layer that names the class."""

    def __init__(self, classes: int, seed: int) -> None:
        source = np.random.default_rng(seed)
        first, second, third = stage(1, 16, source), stage(16, 16, source), stage(16, 32, source)
        self.stack = nn.Sequential(*first, *second, nn.MaxPool2d(2), *third, nn.Flatten())
        self.dropout = nn.Dropout(0.3 if classes > 5 else 0.0, generator=source)
        self.head = nn.Linear(512, classes, generator=source, dtype=np.float32)

    def forward(self, x: Any) -> Any:
        """Run all layers."""
        return self.head(self.dropout(self.stack(x)))

    def take_over(self, trained: Network) -> Network:
        """Copy another network's stack and freeze it."""
        self.stack.load_state_dict(trained.stack.state_dict())
        self.stack.freeze()
        return self

    def train(self, mode: bool = True) -> Network:
        """Frozen means also that batch normalization keeps the averages it has."""
        super().train(mode)
        self.stack.train(mode and all(p.requires_grad for p in self.stack.parameters()))
        return self


def eight_ways(X: Array, y: Array) -> Examples:
    """Every picture turned by 0, 90, 180, 270 degrees and mirrored: eight times as many classes."""
    turned = [np.rot90(X, quarter, axes=(2, 3)) for quarter in range(4)]
    ways = [*turned, *(way[..., ::-1] for way in turned)]
    return np.concatenate(ways), np.concatenate([y + 5 * number for number in range(8)])


def a_few(X: Array, y: Array, each: int, seed: int) -> tuple[Examples, Examples]:
    """So many of every digit from 5 to 9, to learn from; 846 others of them, to measure on."""
    draws = np.random.default_rng(seed)
    mixed = [draws.permutation(np.flatnonzero(y == digit)) for digit in range(5, 10)]
    chosen = np.concatenate([rows[:each] for rows in mixed])
    others = np.concatenate([rows[10:] for rows in mixed])
    return (X[chosen], y[chosen] - 5), (X[others], y[others] - 5)


def learned(seed: int, X: Array, y: Array, epochs: int) -> Network:
    """A network that tells the digits 0 to 4 apart, in eight ways each."""
    model, learn = Network(40, seed), eight_ways(X[y < 5], y[y < 5])
    learning_digits.train(model, learn, epochs=epochs, rate=0.01, seed=seed, reach=1.0, size=64)
    return model


def percent_right(model: nn.Module, few: Examples, unseen: Examples, **settings: Any) -> float:
    """Learn from the few and read the unseen."""
    learning_digits.train(model, few, reach=0.5, smoothing=0.1, size=10, **settings)
    return 100 - 100 * learning_digits.wrong(model, unseen) / len(unseen[1])


def compare(trained: dict[int, Network], X: Array, y: Array, passes: int) -> dict[str, Any]:
    """Percent right for every seed in both ways, and the seconds that one run takes in each."""
    scratch, transferred, seconds = [], [], np.zeros(2)
    for seed, stack_of in trained.items():
        few, unseen = a_few(X, y, 10, seed)
        settings = {"epochs": passes, "seed": seed}
        clock, model = lesson.Clock(), Network(5, 1000 + seed).take_over(stack_of)
        transferred.append(percent_right(model, few, unseen, rate=RATE, **settings))
        seconds[1] += clock.seconds / len(trained)
        clock, fresh = lesson.Clock(), [Network(5, 1000 + seed) for _ in RATES]
        tried = zip(fresh, RATES, strict=True)
        scratch.append([percent_right(m, few, unseen, rate=r, **settings) for m, r in tried])
        seconds[0] += clock.seconds / len(trained) / len(RATES)
    best = max(zip(*scratch, strict=True), key=np.mean)
    return {"from scratch": best, "transferred": transferred, "seconds": seconds}


def main(arguments: Sequence[str] | None = None) -> dict[int, dict[str, Any]]:
    chosen = lesson.options(__doc__, arguments, seeds=5, first=0)
    count, epochs = (1, 1) if chosen.quick else (chosen.seeds, 6)
    clock, digits = lesson.Clock(), nn.data.digits()
    X, y = (digits.images[:, None] / 16).astype(np.float32), digits.y
    seeds = range(chosen.first, chosen.first + count)
    trained = {seed: learned(seed, X, y, epochs) for seed in seeds}
    whole, last = (sum(p.size for p in m.parameters()) for m in (Network(5, 0), Network(5, 0).head))
    print(
        f"{count} networks have learned 0 to 4, in {clock.seconds / count:.0f} s each. For 5 to 9"
    )
    print(f"{whole:,} numbers are learned from scratch, {last:,} in the last layer alone. Percent")
    print("right of 846 unseen digits, after some passes over 50:")
    headings = (
        "scratch",
        "transferred",
        "margin",
        "s, scratch",
        "s, transferred",
        "margin by seed",
    )
    columns = lesson.Table("passes", *headings)
    result = {}
    for passes in (3,) if chosen.quick else (3, 5, 10, 40):
        found = result[passes] = compare(trained, X, y, passes)
        means = [f"{np.mean(found[way]):.1f}" for way in ("from scratch", "transferred")]
        margins = np.subtract(found["transferred"], found["from scratch"])
        by_seed = " ".join(f"{margin:+.1f}" for margin in margins)
        times = [f"{seconds:.2f}" for seconds in found["seconds"]]
        margin = f"{margins.mean():+.1f} ± {margins.std():.1f}"
        columns.row(passes, *means, margin, *times, by_seed)
    print(f"\n{clock.seconds:.0f} s")
    return result


if __name__ == "__main__":
    main()
