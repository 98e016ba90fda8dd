"""A book learned character by character: by a memory (LSTM) and by looking back (Transformer).

You will see: how surprising each character of the last tenth of "Alice's Adventures in Wonderland"
is, in nats and bits, for a table of counts of characters, for one of pairs, and for both models
while they read the first nine tenths; then a text that each writes. Each takes about a minute on
one core. The settings were chosen on the same last tenth; there is no third part.

    python examples/characters.py [--model lstm|transformer|both] [--steps 1800] [--seed 0]
        [--prompt "Alice "] [--temperature 0.7] [--save sample.svg] [--quick]

--save draws the text, each letter coloured by how surprising it was to the model that wrote it.

Source:
    A. Karpathy, "The Unreasonable Effectiveness of Recurrent Neural Networks" (2015), for the
    task; A. Vaswani et al., "Attention Is All You Need" (2017), for the Transformer.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import learning_characters as learning
import lesson
import numpy as np

import nn
import viz
from autograd import manual_seed

LETTERS = 400


def options(arguments: Sequence[str] | None, text: nn.data.CharacterText) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=[*learning.SETTINGS, "both"], default="both")
    parser.add_argument("--steps", type=int, help="by default what takes about a minute")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument("--temperature", type=float, default=0.7, help="default: 0.7")
    parser.add_argument("--prompt", default="Alice ", help="what the text begins with")
    parser.add_argument("--save", type=Path, help="a file .svg or .html for the coloured text")
    parser.add_argument("--quick", action="store_true", help="make everything small, for tests")
    chosen = parser.parse_args(arguments)
    # what is wrong is said now, not after a minute of training
    if chosen.steps is not None and chosen.steps < 1:
        parser.error(f"--steps is {chosen.steps}: give at least 1")
    if not 0 < chosen.temperature < math.inf:
        parser.error(f"--temperature is {chosen.temperature:g}: give a number above 0")
    if not chosen.prompt:
        parser.error("--prompt is empty: give at least one character")
    try:
        text.vocabulary.encode(chosen.prompt)
    except ValueError as error:
        parser.error(f"--prompt: {error}")
    if chosen.save is not None and chosen.save.suffix not in (".svg", ".html"):
        parser.error(f"--save is {str(chosen.save)!r}: give a file .svg or .html")
    if chosen.save is not None and not chosen.save.parent.is_dir():
        parser.error(f"--save: there is no folder {str(chosen.save.parent)!r}: make it first")
    return chosen


def row(columns: lesson.Table, name: str, loss: float, *more: Any) -> dict[str, float]:
    found = {"nats": loss, "bits": loss / math.log(2), "perplexity": nn.metrics.perplexity(loss)}
    figures = [f"{number:.3f}" for number in found.values()]
    columns.row(name, *figures, *(more or ("",) * (len(columns.widths) - 4)))
    return found


def trained(
    name: str, text: nn.data.CharacterText, chosen: argparse.Namespace, columns: lesson.Table
) -> tuple[Any, dict[str, float]]:
    """Train one model, and measure it four times on the way; only training is timed."""
    settings = learning.SETTINGS[name]
    steps = chosen.steps or (100 if chosen.quick else settings.steps)
    manual_seed(chosen.seed)
    model = settings.make(len(text.vocabulary), **(settings.small if chosen.quick else {}))
    measured = {steps * quarter // 4 for quarter in (1, 2, 3, 4)}
    size = sum(parameter.size for parameter in model.parameters())
    seconds, since, losses = 0.0, time.process_time(), []
    for step, loss in learning.train(model, text.train, settings, steps, chosen.seed):
        losses.append(loss)
        if step in measured:
            seconds += time.process_time() - since
            unseen = float(-learning.log_probabilities(model, text.validation).mean())
            bits = f"{np.mean(losses) / math.log(2):.3f}"
            found = row(columns, name, unseen, f"{size:,}", step, bits, f"{seconds:.1f}")
            since, losses = time.process_time(), []
    return model, {**found, "seconds": seconds}


def main(arguments: Sequence[str] | None = None) -> dict[str, dict[str, Any]]:
    text = nn.data.CharacterText(nn.data.alice())
    chosen = options(arguments, text)
    prompt = text.vocabulary.encode(chosen.prompt)
    names = list(learning.SETTINGS) if chosen.model == "both" else [chosen.model]
    print(text)
    columns = lesson.Table(
        "model", "nats", "bits", "perplexity", "parameters", "step", "bits seen", "CPU seconds",
        wide=11,
    )  # fmt: skip
    losses = learning.by_counting(text)
    result: dict[str, dict[str, Any]] = {n: row(columns, n, loss) for n, loss in losses.items()}
    models = {}
    for name in names:
        models[name], result[name] = trained(name, text, chosen, columns)
    print("\nnats, bits: of each unseen character; bits seen: of those learned from, since the row")
    print("before. Perplexity: among how many characters one would be as unsure.")
    for name, model in models.items():
        written = learning.write(model, prompt, LETTERS, chosen.temperature, chosen.seed)
        result[name]["sample"] = sample = text.vocabulary.decode(written)
        print(f"\n--- {name}, temperature {chosen.temperature:g} ---\n{sample}")
        if chosen.save is not None:
            first = [1 / len(text.vocabulary)]  # nothing was known before the first character
            shares = [*first, *np.exp(learning.log_probabilities(model, written))]
            path = chosen.save if len(models) == 1 else _named(chosen.save, name)
            title = f"{type(model).__name__} at temperature {chosen.temperature:g}"
            picture = viz.characters(sample, shares, prompt=len(prompt), title=title)
            print(f"\nsaved: {picture.save(path)}")
    return result


def _named(path: Path, name: str) -> Path:
    return path.with_name(f"{path.stem}-{name}{path.suffix}")


if __name__ == "__main__":
    main()
