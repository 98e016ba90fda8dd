"""Training: the loop that you would write yourself, with a progress bar and a history."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from autograd import Tensor, Value, no_grad
from nn import losses, metrics
from nn.choices import check_name
from nn.data import batches
from nn.init import Generator, generator_of
from nn.module import Module
from nn.optim import Adam, Optimizer

__all__ = ["History", "evaluate", "fit", "predict"]

Measure: TypeAlias = Callable[[Any, Any], Any]

LOSSES: dict[str, Measure] = {
    "mse": losses.mse_loss,
    "l1": losses.l1_loss,
    "binary_cross_entropy": losses.binary_cross_entropy,
    "binary_cross_entropy_with_logits": losses.binary_cross_entropy_with_logits,
    "cross_entropy": losses.cross_entropy,
    "hinge": losses.hinge_loss,
    "multi_margin": losses.multi_margin_loss,
}
METRICS: dict[str, Measure] = {
    "accuracy": metrics.accuracy,
    "mean_absolute_error": metrics.mean_absolute_error,
}
# what is right depends on the loss: a probability says yes above 0.5, a score above 0
_OF_PROBABILITIES = (losses.binary_cross_entropy, losses.BCELoss)
_OF_NUMBERS = (losses.mse_loss, losses.l1_loss, losses.MSELoss, losses.L1Loss)


class History(dict[str, list[float]]):
    """What happened in training: a list with one number per epoch for each thing measured.

    Keys are "loss", the metrics' names, the same with "val_" in front, and "seconds".

    Attributes:
        interrupted: Whether Ctrl-C ended the training early.

    Example:
        >>> history = History(loss=[0.7, 0.4], accuracy=[0.5, 0.9])
        >>> history
        History(2 epochs: loss 0.4, accuracy 0.9)
    """

    interrupted: bool = False

    def add(self, measured: Mapping[str, float]) -> None:
        """Note one epoch."""
        for name, number in measured.items():
            self.setdefault(name, []).append(number)

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return max(map(len, self.values()), default=0)

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {numbers[-1]:.4g}" for name, numbers in self.items() if numbers)
        return (
            f"History({self.epochs} epoch{'s' * (self.epochs != 1)}{': ' + last if last else ''})"
        )


def fit(
    model: Module,
    X: Any,
    y: Any,
    *,
    loss: str | Measure,
    optimizer: Optimizer | None = None,
    epochs: int = 10,
    batch_size: int = 32,
    validation: tuple[Any, Any] | None = None,
    seed: Generator = 0,
    metrics: Iterable[str] | Mapping[str, Measure] | None = None,
    progress: bool | None = None,
) -> History:
    """Train a model: for every batch forward, loss, backward, step.  Afterwards it is in eval mode.

    Args:
        model: A model on Tensors, or one on Values (``MLP``), which gets its examples one by one.
        X: Inputs, shape (n, ...).
        y: Targets, shape (n, ...).
        loss: A function of (predictions, targets), or a name: "cross_entropy", "mse", "hinge", ...
        optimizer: By default ``Adam(model.parameters())``.
        epochs: How often to go through all examples.
        batch_size: How many examples make one step.
        validation: Inputs and targets to measure on after each epoch, not to learn from.
        seed: For the order of the examples: a seed, or a NumPy generator.
        metrics: Names such as "accuracy", or functions by name; by default accuracy where the loss
            is one of classes.
        progress: Whether to show a progress bar; by default only in a terminal or notebook.

    Returns:
        The history; also when Ctrl-C ended the training early.

    Raises:
        ValueError: If a name is unknown, or there is nothing to learn from.
        TypeError: If ``optimizer`` is a name or a class.
        FloatingPointError: If the loss is no longer a finite number.  The parameters are those that
            gave this loss.

    Example:
        >>> from nn import Linear, Sequential, Tanh
        >>> from nn.data import xor
        >>> X, y = xor()
        >>> model = Sequential(Linear(2, 8, generator=0), Tanh(), Linear(8, 2, generator=1))
        >>> optimizer = Adam(model.parameters(), lr=0.1)
        >>> history = fit(model, X, y, loss="cross_entropy", optimizer=optimizer, epochs=30)
        >>> history["accuracy"][-1]
        1.0
    """
    measure = LOSSES[check_name("fit", "loss", loss, LOSSES)] if isinstance(loss, str) else loss
    measured = {"loss": measure, **_metrics(metrics, measure)}
    if isinstance(optimizer, (str, type)):
        came = optimizer if isinstance(optimizer, str) else optimizer.__name__
        raise TypeError(
            f"fit: {came!r} came as optimizer; give one that is made: "
            "nn.Adam(model.parameters(), lr=0.001)"
        )
    optimizer = optimizer or Adam(model.parameters())
    if epochs < 0:
        raise ValueError(f"fit: epochs={epochs} came; 0 or more are needed")
    if validation is not None and len(validation) != 2:
        raise ValueError(f"fit: validation holds {len(validation)} things; give (inputs, targets)")
    X, order = _inputs(model, X), generator_of(seed)
    history = History()
    bar = _bar(epochs, progress)
    try:
        for epoch in range(epochs):
            start = time.perf_counter()
            sums = dict.fromkeys(measured, 0.0)
            model.train()
            for inputs, targets in batches(X, y, batch_size, order):
                predictions = _forward(model, inputs)
                error = measure(predictions, targets)
                sums["loss"] += len(inputs) * _finite(error, epoch)  # before it can do harm
                optimizer.zero_grad()
                _backward(error)
                optimizer.step()
                for name in list(measured)[1:]:
                    sums[name] += len(inputs) * float(measured[name](predictions, targets))
            row = {name: total / len(X) for name, total in sums.items()}
            if validation is not None:
                found = evaluate(model, *validation, measured, batch_size=max(batch_size, 256))
                row |= {f"val_{name}": number for name, number in found.items()}
            row["seconds"] = time.perf_counter() - start
            history.add(row)
            shown = ["loss", list(row)[-2]]  # more than two would leave no room for the bar
            bar.set_postfix({name: f"{row[name]:.4g}" for name in shown}, refresh=False)
            bar.update()
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        bar.close()
        model.eval()
    return history


def predict(model: Module, X: Any, batch_size: int = 256) -> Any:
    """Run a model on many examples, recording nothing.

    Args:
        model: A model on Tensors, or one on Values.
        X: Inputs, shape (n, ...).
        batch_size: How many examples to run at a time.

    Returns:
        An array with a row per example.

    Example:
        >>> from nn import MLP
        >>> predict(MLP.from_weights([([[2.0]], [1.0])]), [[3.0], [5.0]])
        array([ 7., 11.])
    """
    training, X = model.training, _inputs(model, X)
    model.eval()
    try:
        with no_grad():
            parts = [
                metrics.numbers_of(_forward(model, X[i : i + batch_size]))
                for i in range(0, len(X), batch_size)
            ]
    finally:
        model.train(training)
    return np.concatenate(parts) if parts else np.zeros(0)


def evaluate(
    model: Module, X: Any, y: Any, measures: Mapping[str, Measure], batch_size: int = 256
) -> dict[str, float]:
    """Measure a model on examples that it does not learn from.

    Args:
        model: A model on Tensors, or one on Values.
        X: Inputs, shape (n, ...).
        y: Targets, shape (n, ...).
        measures: Functions of (predictions, targets) by name.
        batch_size: How many examples to run at a time.

    Returns:
        One number by name.

    Example:
        >>> from nn import MLP
        >>> model = MLP.from_weights([([[1.0]], [0.0])])
        >>> evaluate(model, [[3.0], [-5.0]], [1, 1], {"accuracy": METRICS["accuracy"]})
        {'accuracy': 0.5}
    """
    predictions, y = predict(model, X, batch_size), np.asarray(y)
    return {name: float(measure(predictions, y)) for name, measure in measures.items()}


def _metrics(
    asked: Iterable[str] | Mapping[str, Measure] | None, loss: Measure
) -> dict[str, Measure]:
    if isinstance(asked, Mapping):
        return dict(asked)
    kind = loss if not isinstance(loss, Module) else type(loss)
    if asked is None:
        known = [*LOSSES.values(), *(getattr(losses, name) for name in losses.__all__)]
        asked = ["accuracy"] if kind in known and kind not in _OF_NUMBERS else []
    names = [asked] if isinstance(asked, str) else list(asked)
    found = {name: METRICS[check_name("fit", "metric", name, METRICS)] for name in names}
    if "accuracy" in found and kind in _OF_PROBABILITIES:
        found["accuracy"] = partial(metrics.accuracy, threshold=0.5)
    return found


def _inputs(model: Module, X: Any) -> Any:
    """The inputs as an array; floats in the model's own dtype, so that float32 stays float32."""
    array = np.asarray(X.numpy() if isinstance(X, Tensor) else X)
    dtype = next((p.dtype for p in model.parameters() if isinstance(p, Tensor)), None)
    return array if dtype is None or array.dtype.kind != "f" else array.astype(dtype, copy=False)


def _forward(model: Module, X: Any) -> Any:
    """All examples at once through a model on Tensors, one by one through a model on Values."""
    if any(isinstance(p, Value) for p in model.parameters()[:1]):
        return [model(row) for row in X.tolist()]
    return model(Tensor(X))


def _backward(error: Any) -> None:
    if isinstance(error, Tensor):
        error.backward(leaves_only=True)  # the gradients of intermediate results are not needed
    else:
        error.backward()


def _finite(error: Any, epoch: int) -> float:
    number = float(error)
    if not np.isfinite(number):
        raise FloatingPointError(
            f"fit: the loss is {number} in epoch {epoch + 1}: lower the learning rate, or look for "
            "inputs that are nan or very large"
        )
    return number


def _bar(epochs: int, progress: bool | None) -> Any:
    from tqdm.auto import tqdm  # here, because it takes longer to import than all of nn

    return tqdm(
        total=epochs,
        desc="epochs",
        disable=None if progress is None else not progress,
        bar_format="{desc}: |{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]",
    )
