"""The tour: a neuron's gradients told step by step, real digits learned, and pictures of both.

This module stands on the roof: it alone uses all three packages, as a user's own program would.
"""

from __future__ import annotations

import json
import math
import sys
import textwrap
import time
from typing import Any

import numpy as np

import nn
from autograd import Tensor, Value, __version__, logsumexp
from nn.data import digits, train_test_split
from viz.draw import GraphPicture, draw
from viz.grids.images import Tile, blocks_text, image_grid
from viz.page import index_page
from viz.plots.curves import loss_curve
from viz.story.steps_text import steps_text
from viz.terminal import needs_ascii
from viz.tour_output import Folder, TourError, heading, say, tell_epochs, wrapped
from viz.tour_page import Findings, sections

__all__ = ["TourError", "run"]

HIDDEN, BATCH, RATE, SEED = 128, 32, 0.003, 0
EPOCHS, QUICK_EPOCHS = 40, 5
OF_EACH_CLASS = 3  # test digits in the picture


def run(out: str, *, quick: bool = False) -> bool:
    """Give the tour: tell in the terminal, train, write the pictures.

    Args:
        out: the folder to write to; it is made if it does not exist.
        quick: train for a few epochs only.

    Returns:
        False if it was stopped with Ctrl-C, else True.

    Raises:
        TourError: if the folder cannot be written to.
    """
    started = time.perf_counter()
    folder = Folder(out)
    findings = Findings()
    try:
        say(f"glassgrad {__version__}: what backpropagation does, number by number.")
        _tell_neuron(folder, findings)
        _learn_digits(folder, findings, quick)
        _draw_network(folder, findings)
        _write_page(folder, findings)
        say(f"The tour took {time.perf_counter() - started:.1f} seconds.")
    except KeyboardInterrupt:
        finished = ", ".join(folder.written)
        print()
        say(
            f"Stopped. {folder.path} holds what was finished, every file of it whole: {finished}."
            if finished
            else "Stopped before anything was written."
        )
        return False
    return True


# ------------------------------------------------------------------------------- 1. one neuron


def _tell_neuron(folder: Folder, findings: Findings) -> None:
    heading("1. One neuron, backwards")
    say(
        "A neuron multiplies its inputs by weights, adds them up with a bias, and squashes the "
        "sum: out = tanh(x1*w1 + x2*w2 + b). Backpropagation asks of every number in it: if this "
        "one grew a little, how much would out grow? The answers are the gradients. They are "
        "found from the result back to the inputs, one step at a time; each step multiplies the "
        "gradient that has arrived by one local derivative."
    )
    x1, w1 = Value(2.0), Value(-3.0)
    x2, w2 = Value(0.0), Value(1.0)
    b = Value(6.8813735870195432)  # chosen so that the slope of tanh is one half
    x1w1 = x1 * w1
    x2w2 = x2 * w2
    s = x1w1 + x2w2
    n = s + b
    out = n.tanh()
    out.backward()
    names = {name: value for name, value in locals().items() if isinstance(value, Value)}
    print(steps_text(out, names=names))

    step = 0.001
    changed = math.tanh((x1.data + step) * w1.data + x2.data * w2.data + b.data) - out.data
    findings.check = (
        f"Is it so? x1.grad is {x1.grad:.4g}, so with x1 = {x1.data + step:g} in place of "
        f"{x1.data:g} out should change by about {step * float(x1.grad or 0):.6f}. "
        f"Computed anew with that x1, out changes by {changed:.6f}."
    )
    say(findings.check)
    findings.neuron = draw(out, names=names)
    findings.steps = steps_text(out, names=names, color=False, ascii=False)
    folder.write("neuron.svg", findings.neuron.svg, "the neuron: values, gradients, local slopes")
    folder.write("steps.txt", findings.steps + "\n" + wrapped(findings.check), "the same in words")


# ------------------------------------------------------------------------------- 2. the digits


def _learn_digits(folder: Folder, findings: Findings, quick: bool) -> None:
    data = digits()
    split = train_test_split(data.X / 16, data.y, test_fraction=0.2, seed=SEED)
    X_train, X_test, y_train, y_test = split
    rng = np.random.default_rng(SEED)
    model = nn.Sequential(
        {
            "hidden": nn.Linear(64, HIDDEN, generator=rng),
            "relu": nn.ReLU(),
            "scores": nn.Linear(HIDDEN, 10, generator=rng),
        }
    )
    optimizer = nn.Adam(model.parameters(), lr=RATE)
    epochs = QUICK_EPOCHS if quick else EPOCHS
    count = sum(parameter.size for parameter in model.parameters())

    heading("2. A network learns handwritten digits")
    say(
        f"{len(data):,} real digits of 8x8 pixels: {len(y_train):,} to learn from, and "
        f"{len(y_test)} kept aside to test on. The network: 64 pixels, {HIDDEN} neurons with "
        f"ReLU, 10 scores; {count:,} weights and biases. Adam takes them down the gradient of the "
        f"cross-entropy, {BATCH} digits at a time, {epochs} times through all of them."
        + (
            f" (This is the quick tour; the whole one goes through {EPOCHS} times.)"
            if quick
            else ""
        )
    )
    history = nn.fit(
        model,
        X_train,
        y_train,
        loss="cross_entropy",
        optimizer=optimizer,
        epochs=epochs,
        batch_size=BATCH,
        validation=(X_test, y_test),
        seed=rng,
    )
    if history.interrupted:
        raise KeyboardInterrupt
    seconds = sum(history["seconds"])
    chances = nn.functional.softmax(nn.predict(model, X_test), axis=1)
    guesses = chances.argmax(axis=1)
    right = int(np.sum(guesses == y_test))
    tell_epochs(history["loss"], history["val_accuracy"])
    say(
        f"Learned in {seconds:.1f} seconds. Test accuracy: {100 * right / len(y_test):.1f} % "
        f"({right} of {len(y_test)} digits that it had never seen)."
    )
    firsts = [np.flatnonzero(y_test == label)[:OF_EACH_CLASS] for label in range(10)]
    wrong = np.flatnonzero(guesses != y_test)
    _show_blocks(X_test, guesses, y_test, [*(firsts[i][0] for i in (0, 3, 7)), *wrong[:1]])

    findings.metrics = {
        "glassgrad": __version__,
        "quick": quick,
        "test_accuracy": right / len(y_test),
        "test_right": right,
        "test_digits": len(y_test),
        "train_digits": len(y_train),
        "epochs": epochs,
        "training_seconds": round(seconds, 3),
        "parameters": count,
        "hidden_neurons": HIDDEN,
        "batch_size": BATCH,
        "learning_rate": RATE,
        "seed": SEED,
        "train_loss": history["loss"],
        "test_loss": history["val_loss"],
        "test_accuracy_by_epoch": history["val_accuracy"],
    }
    findings.source = data.description
    tiles = [_tile(X_test[i], guesses[i], y_test[i], chances[i]) for i in range(len(y_test))]
    findings.curve = loss_curve(
        {"train": history["loss"], "test": history["val_loss"]},
        title="Cross-entropy while learning digits",
        x_label="epoch",
        log=True,
        start=1,
    )
    folder.write("loss.svg", findings.curve.svg, "the loss on both sets, epoch by epoch")
    findings.digits = image_grid(
        [tiles[i] for i in np.stack(firsts, axis=1).ravel()],
        title="Test digits, and what the network reads in them",
    )
    folder.write("digits.svg", findings.digits.svg, "test digits, and what is read in them")
    findings.mistakes = (
        image_grid([tiles[i] for i in wrong[:50]], title="Read wrongly") if len(wrong) else None
    )
    if findings.mistakes is not None:
        folder.write("mistakes.svg", findings.mistakes.svg, "test digits that are read wrongly")
    hardest = int(np.argmin(chances[np.arange(len(y_test)), y_test]))
    findings.digit_graph = _graph_of_one_digit(model, X_test[hardest], int(y_test[hardest]))
    folder.write("digit_graph.svg", findings.digit_graph.svg, "that network as a graph, one digit")


def _tile(pixels: Any, guess: int, truth: int, chances: Any) -> Tile:
    note = f"{100 * chances[guess]:.0f} %" if guess == truth else f"is a {truth}"
    return Tile(pixels.reshape(8, 8), str(guess), note, marked=bool(guess != truth))


def _show_blocks(X: Any, guesses: Any, truths: Any, chosen: list[Any]) -> None:
    captions = [
        f"reads {guesses[i]}" + ("" if guesses[i] == truths[i] else f", is {truths[i]}")
        for i in chosen
    ]
    images = [X[i].reshape(8, 8) for i in chosen]
    print(textwrap.indent(blocks_text(images, captions, ascii=needs_ascii(sys.stdout)), "  "))
    print()


def _graph_of_one_digit(model: Any, pixels: Any, label: int) -> GraphPicture:
    with nn.scopes(model):
        scores = model(Tensor(pixels, label="pixels"))
    right = scores[label]
    loss = logsumexp(scores) - right  # the cross-entropy of one example, written out
    loss.backward()
    return draw(loss, names={"right": right, "loss": loss}, collapse=True)


# ------------------------------------------------------------------------------- 3. the pictures


def _draw_network(folder: Folder, findings: Findings) -> None:
    """Draw a network of single numbers: what lies between one neuron and the digits."""
    model = nn.MLP(2, [2, 1], activation="tanh", generator=SEED)
    hidden, output = model.layers
    for number, neuron in enumerate((*hidden.neurons, *output.neurons), start=1):
        neuron.b.label = f"b{number}"
        for place, weight in enumerate(neuron.w, start=1):
            weight.label = f"w{number}{place}"
    h1, h2 = hidden([Value(1.0, "x1"), Value(-0.5, "x2")])
    y = output([h1, h2])
    loss = (y - 1.0) ** 2
    loss.backward()
    findings.network = draw(loss, names={"h1": h1, "h2": h2, "y": y, "loss": loss})
    folder.write("network.svg", findings.network.svg, "a network of three neurons, one example")


def _write_page(folder: Folder, findings: Findings) -> None:
    metrics = json.dumps(findings.metrics, indent=1) + "\n"
    folder.write("metrics.json", metrics, "the measured figures")
    lead = "What backpropagation does, number by number, and a network that learned by it."
    page = index_page("glassgrad: the tour", sections(findings, folder.written), lead=lead)
    folder.write("index.html", page, "all of it on one page")
    heading("3. Pictures")
    width = max(map(len, folder.written))
    for name, what in reversed(folder.written.items()):
        print(f"  {name.ljust(width)}  {what}")
    print()
    say(f"Open this page in a browser: {folder.path / 'index.html'}")
