"""What characters.py stands on: two models, their training, probabilities, and writing.

Both models take characters' numbers of shape (texts, length) and give scores of the next character
at every place, of shape (texts, length, kinds), and the state to go on from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import lesson  # noqa: F401  first: it sets the number of threads before NumPy is imported
import numpy as np

import nn
from autograd import log_softmax, no_grad

Array: TypeAlias = np.ndarray


class CharacterLSTM(nn.Module):
    """A memory goes along the text: all that was read so far is in h and c."""

    context = 128  # how far back it is given when probabilities are measured

    def __init__(self, kinds: int, hidden: int = 192, drop: float = 0.1) -> None:
        self.embedding = nn.Embedding(kinds, hidden // 4, dtype=np.float32)
        self.lstm = nn.LSTM(hidden // 4, hidden, batch_first=True, dtype=np.float32)
        self.dropout = nn.Dropout(drop)
        self.scores = nn.Linear(hidden, kinds, dtype=np.float32)

    def forward(self, x: Any, state: Any = None) -> tuple[Any, Any]:
        """Read on from a state; from nothing by default."""
        read, state = self.lstm(self.dropout(self.embedding(x)), state)
        return self.scores(self.dropout(read)), state


class CharacterTransformer(nn.Module):
    """Every place looks back at all places of its window; there is no state."""

    def __init__(
        self, kinds: int, size: int = 64, context: int = 32, blocks: int = 2, drop: float = 0.0
    ) -> None:
        self.context = context
        self.embedding = nn.Embedding(kinds, size, dtype=np.float32)
        self.places = nn.PositionalEncoding(size, drop, context, batch_first=True)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(
                size, nhead=4, dim_feedforward=4 * size, dropout=drop, batch_first=True,
                norm_first=True, dtype=np.float32,
            )
            for _ in range(blocks)
        )  # fmt: skip
        self.norm = nn.LayerNorm(size, dtype=np.float32)
        self.scores = nn.Linear(size, kinds, dtype=np.float32)

    def forward(self, x: Any, state: None = None) -> tuple[Any, None]:
        """Read at most ``context`` characters."""
        found = self.places(self.embedding(x))
        for block in self.blocks:
            found = block(found, is_causal=True)
        return self.scores(self.norm(found)), None


def in_order(numbers: Array, rows: int, length: int, draws: np.random.Generator) -> Iterator[Any]:
    """Read the text at so many places at once, piece after piece: inputs, targets, is it new."""
    while True:
        begin = int(draws.integers(length))  # so that the cuts lie elsewhere each time
        each = (len(numbers) - 1 - begin) // rows // length * length
        inputs, targets = (
            numbers[start : start + rows * each].reshape(rows, each) for start in (begin, begin + 1)
        )
        for place in range(0, each, length):
            piece = slice(place, place + length)
            yield inputs[:, piece], targets[:, piece], place == 0


def anywhere(numbers: Array, rows: int, length: int, draws: np.random.Generator) -> Iterator[Any]:
    """Windows that begin anywhere: inputs, targets, and yes, all are new."""
    while True:
        windows = draws.integers(len(numbers) - length, size=(rows, 1)) + np.arange(length)
        yield numbers[windows], numbers[windows + 1], True


class Settings(NamedTuple):
    """How a model is built and trained; chosen on the validation part."""

    make: Callable[..., Any]
    small: dict[str, int]  # for --quick
    read: Callable[..., Iterator[Any]]
    length: int
    steps: int
    rate: float
    rows: int = 32


SETTINGS = {
    "lstm": Settings(CharacterLSTM, {"hidden": 48}, in_order, 24, 1800, 1e-2),
    "transformer": Settings(CharacterTransformer, {"size": 32}, anywhere, 32, 2200, 1e-2),
}


def train(
    model: Any, numbers: Array, settings: Settings, steps: int, seed: int
) -> Iterator[tuple[int, float]]:
    """AdamW, with a learning rate that rises and falls once; gives each step and its loss."""
    optimizer = nn.AdamW(model.parameters(), lr=settings.rate, betas=(0.9, 0.99))
    schedule = nn.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=settings.rate, total_steps=steps, pct_start=0.1, cycle_momentum=False
    )
    pieces = settings.read(numbers, settings.rows, settings.length, np.random.default_rng(seed))
    state = None
    for step in range(1, steps + 1):
        inputs, targets, new = next(pieces)
        # the memory goes on, the gradient does not
        state = None if new or state is None else tuple(part.detach() for part in state)
        model.train()
        scores, state = model(inputs, state)
        loss = nn.functional.cross_entropy(scores.reshape(targets.size, -1), targets.reshape(-1))
        optimizer.zero_grad()
        loss.backward(leaves_only=True)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        yield step, loss.item()


@no_grad()
def log_probabilities(model: Any, numbers: Array) -> Array:
    """Give ln p of every character but the first, given up to ``model.context`` before it.

    The text is read in windows, each a quarter further; what several windows reach is told by the
    one that has seen most before it.
    """
    model.eval()
    length = min(model.context, len(numbers) - 1)
    step, last = max(length // 4, 1), len(numbers) - 1 - length
    starts = np.minimum(np.arange(0, last + step, step), last)
    found = np.empty(len(numbers) - 1)
    for some in np.array_split(starts[::-1], -(-len(starts) // 64)):
        places = some[:, np.newaxis] + np.arange(length)
        shares = log_softmax(model(numbers[places])[0], axis=-1).numpy()
        found[places] = np.take_along_axis(shares, numbers[places + 1, np.newaxis], -1)[..., 0]
    return found


def by_counting(text: nn.data.CharacterText) -> dict[str, float]:
    """Validation losses of two tables of counts: of characters, and of pairs of them.

    A pair that is rare or new takes part of its share from the first table, as if each first
    character had been followed by ten more.
    """
    kinds, (train, unseen) = len(text.vocabulary), (text.train, text.validation)
    single = (np.bincount(train, minlength=kinds) + 1) / (len(train) + kinds)
    pairs = np.zeros((kinds, kinds))
    np.add.at(pairs, (train[:-1], train[1:]), 1)
    double = (pairs + 10 * single) / (pairs.sum(axis=1, keepdims=True) + 10)
    return {
        "unigram": float(-np.log(single[unseen[1:]]).mean()),
        "bigram": float(-np.log(double[unseen[:-1], unseen[1:]]).mean()),
    }


@no_grad()
def write(model: Any, prompt: Array, count: int, temperature: float, seed: int) -> Array:
    """Go on from a prompt: draw from softmax(scores / temperature), again and again."""
    model.eval()
    draws, written, state, read = np.random.default_rng(seed), prompt.tolist(), None, 0
    for _ in range(count):
        recent = written[read:] if state is not None else written[-model.context :]
        scores, state = model(np.array([recent]), state)
        read = len(written)
        shares = np.exp(log_softmax(scores[0, -1] / temperature).numpy().astype(np.float64))
        written.append(int(draws.choice(len(shares), p=shares / shares.sum())))
    return np.array(written)
