"""Preparing a training: everything is looked at, and what does not fit is refused unchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Tensor, gc_paused
from nn.checks.whole_numbers import count_of
from nn.init import generator_of
from nn.modules.module import Module
from nn.modules.rehearsal import rehearsal
from nn.modules.uninitialized import Unsized
from nn.optim import LBFGS, Adam, Optimizer
from nn.training.checkpointing import Saver
from nn.training.feeding import (
    ArrayFeed,
    Feed,
    LoaderFeed,
    feed_of,
    forward_of,
    is_array,
    of_values,
    split_off,
)
from nn.training.measuring import Totals, of_arrays, one_number
from nn.training.names import METRICS, Measure, is_ours, loss_of, metrics_of
from nn.training.run import Run, checked_callbacks
from nn.training.weighted import Weighted, checked_weights

__all__ = ["Parts", "decided", "prepared", "sized"]


@dataclass
class Parts:
    """What the loop works with.

    Attributes:
        run: What callbacks see.
        feed: Gives the batches.
        forward: Runs the model on a batch.
        loss: The loss to go downhill on, with class weights.
        measures: The loss and the metrics, for validation.
        totals: Sums up an epoch.
        validation: Inputs and targets, or None.
        saver: Saves checkpoints, if asked.
        pause: Opens the block in which one batch is learned: of Values with the collector at rest.
    """

    run: Run
    feed: Feed
    forward: Callable[[Any], Any]
    loss: Measure
    measures: dict[str, Measure]
    totals: Totals
    validation: tuple[Any, Any] | None
    saver: Saver
    pause: Callable[[], AbstractContextManager[None]]


def prepared(model: Module, X: Any, y: Any, **asked: Any) -> Parts:
    """Check all that ``fit`` was given, and put it together.

    Args:
        model: The model.
        X: Inputs, or a loader.
        y: Targets, or None.
        asked: The other arguments of ``fit``.

    Returns:
        The parts.

    Raises:
        Exception: See ``fit``. Nothing has changed then, but sizes of lazy layers.
    """
    _check_model(model)
    loss = loss_of(asked["loss"])
    metrics_of(asked["metrics"], loss)
    callbacks = checked_callbacks(asked["callbacks"])
    epochs = _epochs("epochs", asked["epochs"])
    begun = _epochs("initial_epoch", asked["initial_epoch"])
    order = generator_of(asked["seed"])
    validation = _validation(asked["validation"])
    if asked["validation_split"]:
        if validation is not None:
            raise ValueError("fit: validation and validation_split came; give one of them")
        X, y, validation = split_off(X, y, asked["validation_split"])
    feed = feed_of(X, y, asked["batch_size"], order, bool(asked["shuffle"]))
    if asked["sample_weight"] is not None:
        if not isinstance(feed, ArrayFeed):
            raise TypeError("fit: sample_weight came with a loader; needs arrays X and y")
        split = len(validation[0]) if validation and asked["validation_split"] else 0
        weights = checked_weights(asked["sample_weight"], len(feed.X) + split)
        feed.weights = weights[: len(feed.X)]
    _check_optimizer(asked["optimizer"])
    sized(model, feed)
    _check_numbers(feed, validation)
    loss = decided(loss, model, feed)
    metrics = metrics_of(asked["metrics"], loss)
    going_down = _weighted(loss, asked["class_weight"], feed)
    forward = forward_of(model)
    _rehearse(model, forward, going_down, loss, metrics, feed)
    if validation is not None and validation[1] is not None:
        _rehearse(model, forward, loss, loss, metrics, feed_of(*validation, 32, order))
    optimizer = asked["optimizer"] or Adam(model.parameters())
    _check_parameters(model, optimizer)
    measured = ["loss", *metrics]
    measured += [f"val_{name}" for name in measured] if validation is not None else []
    measured += [name for callback in callbacks for name in getattr(callback, "adds", ())]
    run = Run(
        model, optimizer, epochs, feed.batches, (*measured, "seconds"), order, callbacks,
        epoch=begun,
    )  # fmt: skip
    totals = Totals(metrics)
    saver = Saver(asked["checkpoint"], run, totals)
    saver.resume(asked["resume"], feed)
    measures = {"loss": of_arrays(loss), **metrics}
    # thousands of Values in a batch make the collector run often; some dozen Tensors do not
    pause = gc_paused if of_values(model) else nullcontext
    return Parts(run, feed, forward, going_down, measures, totals, validation, saver, pause)


def sized(model: Module, feed: Feed) -> None:
    """Give lazy layers their sizes, by the first examples."""
    if any(isinstance(parameter, Unsized) for parameter in model.parameters()):
        inputs, _ = feed.first()
        model.materialize(inputs)


def decided(loss: Measure, model: Module, feed: Feed) -> Measure:
    """Let a loss that takes probabilities or scores find out which the model gives.

    Args:
        loss: Any loss.
        model: The model, with sizes.
        feed: Where examples come from.

    Returns:
        The loss, decided.
    """
    if getattr(loss, "from_logits", True) is not None or not hasattr(loss, "decided_by"):
        return loss
    inputs, _ = feed.first()
    with rehearsal(model):
        model.eval()
        decided_loss: Measure = loss.decided_by(forward_of(model)(inputs))
    return decided_loss


def _weighted(loss: Measure, by_class: Any, feed: Feed) -> Measure:
    if isinstance(feed, ArrayFeed) and feed.weights is not None:
        return Weighted(loss, by_class, lambda: feed.batch_weights)
    return loss if by_class is None else Weighted(loss, by_class)


def _rehearse(
    model: Module,
    forward: Callable[[Any], Any],
    going_down: Measure,
    loss: Measure,
    metrics: Mapping[str, Measure],
    feed: Feed,
) -> None:
    """Try a few examples, so that wrong shapes and labels are told before anything is learned.

    What the user wrote is not tried: it may count its calls.
    """
    if isinstance(feed, LoaderFeed) or not is_ours(loss):
        return
    inputs, targets = feed.first()
    named = [metric for name, metric in metrics.items() if name in METRICS]
    with rehearsal(model), np.errstate(all="ignore"):
        model.eval()
        predictions = forward(inputs)
        if not np.isfinite(one_number(going_down(predictions, targets))):
            return  # the loop tells in which epoch
        for metric in named:
            metric(predictions, targets)


def _check_model(model: Any) -> None:
    if not isinstance(model, Module):
        came = model.__name__ if isinstance(model, type) else type(model).__name__
        raise TypeError(f"fit: {came} came as model; needs a nn.Module that is made, with layers")
    for path, module in model.named_modules():
        learns = any(getattr(p, "requires_grad", True) for p in module.parameters())
        if vars(module).get("trainable") is False and learns:
            raise ValueError(
                f"fit: {path or 'the model'} has trainable=False, as in Keras; here a layer is "
                "held still by layer.freeze()"
            )


def _epochs(name: str, given: Any) -> int:
    if isinstance(given, int) and given < 0:
        raise ValueError(f"fit: {name}={given} came; 0 or more are needed")
    return count_of("fit", name, given, least=0)


def _validation(given: Any) -> tuple[Any, Any] | None:
    if given is None:
        return None
    if isinstance(given, (tuple, list)):
        if len(given) != 2:
            raise ValueError(f"fit: validation holds {len(given)} things; give (inputs, targets)")
        if given[1] is not None:
            return given[0], given[1]
        given = given[0]
    if is_array(given):
        raise TypeError("fit: validation inputs came without targets; give (inputs, targets)")
    return LoaderFeed(given).loader, None


def _check_optimizer(optimizer: Any) -> None:
    if isinstance(optimizer, (str, type)):
        came = optimizer if isinstance(optimizer, str) else optimizer.__name__
        raise TypeError(
            f"fit: {came!r} came as optimizer; give one that is made: "
            "nn.Adam(model.parameters(), lr=0.001)"
        )
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise TypeError(f"fit: {type(optimizer).__name__} came as optimizer; give one of nn.optim")
    if isinstance(optimizer, LBFGS):
        raise TypeError(
            "fit: LBFGS looks at the loss several times a step; write the loop yourself, with "
            "optimizer.step(closure)"
        )


def _check_parameters(model: Module, optimizer: Optimizer) -> None:
    own = {id(p) for p in model.parameters()}
    if not any(id(p) in own for group in optimizer.param_groups for p in group["params"]):
        raise ValueError(
            f"fit: the {type(optimizer).__name__} holds none of this model's parameters; make it "
            "anew: of this model.parameters()"
        )


def _check_numbers(feed: Feed, validation: Any) -> None:
    given = {"X": getattr(feed, "X", None), "y": getattr(feed, "y", None)}
    if validation is not None and validation[1] is not None:
        given |= {"validation inputs": validation[0], "validation targets": validation[1]}
    for name, thing in given.items():
        array = np.asarray(thing.numpy() if isinstance(thing, Tensor) else thing)
        if array.dtype.kind != "f" or np.isfinite(array).all():
            continue
        wrong = np.argwhere(~np.isfinite(array))
        rows = len(np.unique(wrong[:, 0]))
        raise ValueError(
            f"fit: {name} holds {array[tuple(wrong[0])]} in row {wrong[0][0]} ({rows} of "
            f"{len(array)} rows have such): leave those rows out, or put a number there"
        )
