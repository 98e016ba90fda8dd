"""A book learned letter by letter by an LSTM cell of Values, written for one window of text.

You will see: the cell's six equations, written with single numbers, unrolled over 12 letters with
softmax and cross-entropy; what `autograd.replay` recognises in the recording (the same weights
letter after letter are the same matrix product); then batches of windows through the recorded
program: the bits per letter of the last tenth of "Alice's Adventures in Wonderland" beside those
of counted letters and counted pairs; a text that the cell writes, number by number, without replay.
At the end the same training is timed one window after the other, and multiplied.

    python examples/characters_by_values.py [--steps 3000] [--seed 0] [--quick]

Source:
    S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997), with
    the forget gate of F. A. Gers et al., "Learning to Forget" (2000).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import eagerly
import learning_characters as learning
import lesson
import numpy as np
from learning_characters import Array

import nn
from autograd import Value, log, no_grad
from autograd.replay import parameters_together, replay

LENGTH, BATCH, RATE = 12, 64, 0.01
LETTERS, TEMPERATURE, PROMPT = 240, 0.6, "Alice "
COUNTED = {"unigram": "counted letters", "bigram": "counted pairs"}


class Cell(nn.Module):
    """One LSTM cell; every weight is a Value, and so is every number that it computes."""

    def __init__(self, kinds: int, size: int, hidden: int, seed: int) -> None:
        draws = np.random.default_rng(seed)

        def layer(given: int, made: int) -> Any:
            return nn.to_values(nn.Linear(given, made, generator=draws))

        self.hidden = hidden
        self.table = layer(kinds, size)  # a letter as a few numbers
        self.keep, self.write, self.show, self.new = (layer(size + hidden, hidden) for _ in "1234")
        self.scores = layer(hidden, kinds)
        for neuron in self.keep.neurons:
            neuron.b.data = 1.0  # at first, forget little

    def forward(self, letter: Any, h: Any, c: Any) -> tuple[Any, Any, Any]:
        """Read one letter, given as zeros and a one; give the scores of the next, and the state."""
        x = [*self.table(letter), *h]
        keep, write, show = (
            [z.sigmoid() for z in gate(x)] for gate in (self.keep, self.write, self.show)
        )
        new = [z.tanh() for z in self.new(x)]
        c = [k * old + w * n for k, old, w, n in zip(keep, c, write, new, strict=True)]
        h = [s * cell.tanh() for s, cell in zip(show, c, strict=True)]
        return self.scores(h), h, c


def surprise(cell: Cell, letters: Any, counted: Any, start: Any) -> Any:
    """-ln of the share given to each next letter of ONE window, times how much it counts."""
    h, c = start
    total: Any = 0.0
    for letter, following, weight in zip(letters, letters[1:], counted, strict=False):
        scores, h, c = cell(letter, h, c)
        right = sum(yes * score for yes, score in zip(following, scores, strict=True))
        total = total + weight * (log(sum(score.exp() for score in scores)) - right)
    return total


def windows(cell: Cell, numbers: Array, starts: Array, counted: Array) -> tuple[Array, ...]:
    """Windows of the text as the recorded program takes them: zeros and ones, weights, no state."""
    kinds = len(cell.scores.neurons)
    letters = np.eye(kinds)[numbers[starts[:, None] + np.arange(LENGTH + 1)]]
    return letters, np.tile(counted, (len(starts), 1)), np.zeros((len(starts), 2, cell.hidden))


def bits(program: Any, cell: Cell, numbers: Array) -> float:
    """Bits per letter; each letter is told by a window in which at least half comes before it."""
    half = LENGTH // 2
    starts = np.arange(0, len(numbers) - LENGTH, half)
    first, rest = np.ones(LENGTH), np.repeat([0.0, 1.0], half)
    total = program(*windows(cell, numbers, starts[:1], first)).losses.sum()
    for some in np.array_split(starts[1:], -(-len(starts) // 256)):
        total += program(*windows(cell, numbers, some, rest)).losses.sum()
    return float(total) / (LENGTH + half * (len(starts) - 1)) / math.log(2)


def learn(
    program: Any, cell: Cell, text: nn.data.CharacterText, steps: int, seed: int, columns: Any
) -> dict[str, float]:
    """Adam, with a learning rate that rises and falls once; only training is timed."""
    draws, each = np.random.default_rng(seed), np.full(LENGTH, 1 / LENGTH)
    measured = {steps * quarter // 4 for quarter in (1, 2, 3, 4)}
    clock, aside, seen = eagerly.CpuClock(), 0.0, []
    with parameters_together(cell.parameters()) as flat:  # all their numbers in one array
        optimizer = nn.Adam([flat], lr=RATE)
        schedule = nn.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=RATE, total_steps=steps, cycle_momentum=False
        )
        for step in range(1, steps + 1):
            starts = draws.integers(len(text.train) - LENGTH, size=BATCH)
            found = program(*windows(cell, text.train, starts, each))
            found.backward()
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            seen.append(found.value / math.log(2))
            if step in measured:
                seconds, watch = clock.seconds - aside, eagerly.CpuClock()
                unseen = bits(program, cell, text.validation)
                columns.row("LSTM of Values", step, float(np.mean(seen)), unseen, f"{seconds:.1f}")
                aside, seen = aside + watch.seconds, []
    return {"bits": unseen, "seconds": seconds}


@no_grad()
def write(cell: Cell, text: nn.data.CharacterText, count: int, seed: int) -> str:
    """Go on from a prompt, letter by letter: the same cell, now run by plain eager Values."""
    draws, ones = np.random.default_rng(seed), np.eye(len(text.vocabulary)).tolist()
    written = text.vocabulary.encode(PROMPT).tolist()
    h = c = [0.0] * cell.hidden
    for place in range(len(written) + count - 1):
        scores, h, c = cell(ones[written[place]], h, c)
        if place + 1 == len(written):
            shares = np.exp([score.data / TEMPERATURE for score in scores])
            written.append(int(draws.choice(len(ones), p=shares / shares.sum())))
    return str(text.vocabulary.decode(np.array(written)))


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    chosen = lesson.options(__doc__, arguments, steps=3000, seed=0)
    text = nn.data.CharacterText(nn.data.alice())
    size, hidden, steps = (4, 6, 60) if chosen.quick else (12, 48, chosen.steps)
    cell = Cell(len(text.vocabulary), size, hidden, chosen.seed)
    count = len(list(cell.parameters()))

    def loss(letters: Any, counted: Any, start: Any) -> Any:
        return surprise(cell, letters, counted, start)

    sample = windows(cell, text.train, np.arange(BATCH), np.ones(LENGTH))
    program, clock = replay(loss), eagerly.CpuClock()
    recorded = program.program(*sample)
    print(f"\n{LENGTH} letters recorded, {count:,} parameters, in {clock.seconds:.1f} s:")
    title, *lines = str(recorded).splitlines()
    print(title)
    for line, times in Counter(lines).items():
        print(f"{f'{times} times ' if times > 1 else '':>9}{line.strip()}")

    result: dict[str, Any] = {"program": recorded}
    columns = lesson.Table("bits per letter", "step", "seen", "unseen", "CPU seconds", wide=18)
    for name, nats in learning.by_counting(text).items():
        result[name] = nats / math.log(2)
        columns.row(COUNTED[name], "", "", result[name], "")
    result |= learn(program, cell, text, steps, chosen.seed, columns)
    print(f"\n{steps:,} steps of {BATCH} windows: {1000 * result['seconds'] / steps:.1f} ms a step")

    result["sample"] = write(cell, text, LETTERS, chosen.seed)
    print(f"\n--- written, temperature {TEMPERATURE:g} ---\n{result['sample']}")

    each, nodes = eagerly.measure(
        lambda k: loss(*([_values(array[k].tolist()) for array in sample])), times=7
    )
    total = each * steps * BATCH
    result |= {"hours": total / 3600, "times": total / result["seconds"]}
    print(f"\nWithout replay, one window after the other: {nodes:,} Values, {1000 * each:.0f} ms")
    print(f"forward and backward; the same {steps:,} steps would take", end=" ")
    print(f"{eagerly.told(total)}, {result['times']:,.0f} times as long.")
    return result


def _values(numbers: Any) -> Any:
    return [_values(item) for item in numbers] if isinstance(numbers, list) else Value(numbers)


if __name__ == "__main__":
    main()
