"""The training loop: the one that you would write yourself, with what a long training needs."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd import Tensor
from nn.init import Generator
from nn.modules.module import Module
from nn.optim import Optimizer
from nn.training.history import History
from nn.training.interrupt import finishing_the_batch
from nn.training.linted import linted
from nn.training.measuring import evaluate, one_number
from nn.training.names import Measure
from nn.training.preparing import prepared
from nn.training.progress import Progress

__all__ = ["fit"]


def fit(
    model: Module,
    X: Any,
    y: Any = None,
    *,
    loss: str | Measure,
    optimizer: Optimizer | None = None,
    epochs: int = 10,
    batch_size: int = 32,
    validation: Any = None,
    validation_split: float = 0.0,
    seed: Generator = 0,
    shuffle: bool = True,
    metrics: str | Iterable[str | Measure] | Mapping[str, Measure] | None = None,
    class_weight: Mapping[Any, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    callbacks: Any = (),
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool | str | os.PathLike[str] = False,
    progress: bool | None = None,
    lint: bool | None = None,
) -> History:
    """Train a model: for every batch forward, loss, backward, step.  Afterwards it is in eval mode.

    What does not fit is refused before anything changes: a few examples, with the smallest and the
    largest targets among them, are tried first. Ctrl-C lets the batch that is running finish, saves
    the checkpoint if there is one, and returns the history so far; pressed again, it interrupts at
    once, perhaps in the middle of a step.

    Args:
        model: A model on Tensors, or one on Values (``MLP``), which gets its examples one by one.
        X: Inputs, shape (n, ...); or, without y, a DataLoader or anything else that gives batches
            (inputs, targets) whenever it is walked through.
        y: Targets, shape (n, ...).
        loss: A function of (predictions, targets), or a name: "cross_entropy", "mse", "hinge", ...
        optimizer: By default ``Adam(model.parameters())``.
        epochs: How often to go through all examples.
        batch_size: How many examples make one step; a loader has its own.
        validation: Inputs and targets to measure on after each epoch, not to learn from; or a
            loader of them.
        validation_split: The share of X and y to keep for that: the last examples, as they stand
            before any shuffling (as in Keras). Mix examples that are sorted first.
        seed: For the order of the examples: a seed, or a NumPy generator.
        shuffle: Whether each epoch has an order of its own; False takes the rows as they stand.
        metrics: Names such as "accuracy", functions, or functions by name; by default accuracy
            where the loss is one of classes.
        class_weight: How much the examples of each class count in the loss; 1 if not named.
        sample_weight: How much each example counts in the loss, shape (n,); multiplied with the
            weight of its class. The loss is divided by the number of examples, as in Keras;
            metrics and validation count all alike.
        initial_epoch: The number of the first epoch, from 0; the training ends at ``epochs``. A
            checkpoint that is resumed knows its own.
        callbacks: ``nn.callbacks``, or objects with some of their methods.
        checkpoint: A file to which all is saved after each epoch and on Ctrl-C: model, optimizer,
            callbacks, random state, history. The suffix is .safetensors or .npz.
        resume: True goes on from the checkpoint if the file exists, so that the same program,
            started again, comes to the same weights, bit by bit; a path goes on from that file.
        progress: Whether to show a progress bar; by default only in a terminal or notebook.
        lint: Whether to look for mistakes (``autograd.lint``) and print what was found, once, at
            the end; by default where the progress bar is shown.

    Returns:
        The history; its ``interrupted`` says whether Ctrl-C ended the training.

    Raises:
        ValueError: If a name is unknown, a number out of range, something does not fit or is nan,
            or there is nothing to learn from.
        TypeError: If something is of the wrong kind, such as an ``optimizer`` that is a name.
        ShapeError: If shapes do not fit, or the loss gives several numbers.
        FloatingPointError: If the loss is no longer a finite number.  The parameters are those that
            gave this loss.

    Example:
        >>> from nn import Adam, Linear, Sequential, Tanh
        >>> from nn.data import xor
        >>> X, y = xor()
        >>> model = Sequential(Linear(2, 8, generator=0), Tanh(), Linear(8, 2, generator=1))
        >>> optimizer = Adam(model.parameters(), lr=0.1)
        >>> history = fit(model, X, y, loss="cross_entropy", optimizer=optimizer, epochs=30)
        >>> history["accuracy"][-1]
        1.0
    """
    parts = prepared(
        model, X, y, loss=loss, optimizer=optimizer, epochs=epochs, batch_size=batch_size,
        validation=validation, validation_split=validation_split, seed=seed, shuffle=shuffle,
        metrics=metrics, class_weight=class_weight, sample_weight=sample_weight,
        initial_epoch=initial_epoch, callbacks=callbacks, checkpoint=checkpoint, resume=resume,
    )  # fmt: skip
    run, feed, forward, measure = parts.run, parts.feed, parts.forward, parts.loss
    optimizer, totals, saver = run.optimizer, parts.totals, parts.saver
    bar, report = Progress(run, progress), None
    try:
        with linted(bar.shown if lint is None else lint) as report, finishing_the_batch(run):
            run.call("on_train_begin")
            while run.epoch < epochs and not run.ending:
                begun = time.perf_counter()
                if not run.done:  # else this epoch goes on where it was interrupted
                    totals.clear()
                    saver.epoch_begins(feed)
                    run.call("on_epoch_begin")
                bar.epoch()
                model.train()
                for inputs, targets in feed.epoch(saver.start if run.done else None, run.done):
                    run.batch = run.done
                    run.call("on_batch_begin")
                    with parts.pause():
                        predictions = forward(inputs)
                        error = measure(predictions, targets)
                        run.loss = _finite(error, run.epoch)  # before it can do harm
                        optimizer.zero_grad()
                        _backward(error)
                        optimizer.step()
                        totals.add(run.loss, predictions, targets)
                        del predictions, error  # their graph need not wait for the next one
                    run.done += 1
                    run.call("on_batch_end")
                    bar.batch()
                    if run.ending:
                        break
                if run.interrupted:
                    break
                row = totals.row()
                if parts.validation is not None:
                    found = evaluate(model, *parts.validation, parts.measures, max(batch_size, 256))
                    row |= {f"val_{name}": number for name, number in found.items()}
                row["seconds"] = time.perf_counter() - begun
                run.note(row)
                bar.row(row)
                run.epoch, run.done = run.epoch + 1, 0
                saver.save(feed)
            if run.done:
                saver.save(feed)
    finally:
        run.history.interrupted = run.interrupted
        bar.close()
        model.eval()
        run.call("on_train_end")
        if report is not None and len(report):
            print(report, file=sys.stderr)
    return run.history


def _backward(error: Any) -> None:
    if not hasattr(error, "backward"):
        raise TypeError(
            f"fit: the loss gave a {type(error).__name__}, which knows no gradient; compute it of "
            "the predictions as they come, without .numpy(), .item() or float()"
        )
    if isinstance(error, Tensor):
        error.backward(leaves_only=True)  # the gradients of intermediate results are not needed
    else:
        error.backward()


def _finite(error: Any, epoch: int) -> float:
    number = one_number(error)
    if not np.isfinite(number):
        raise FloatingPointError(
            f"fit: the loss is {number} in epoch {epoch + 1}: lower the learning rate, or look for "
            "inputs that are nan or very large"
        )
    return number
