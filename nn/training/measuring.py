"""Measuring: what a model says of many examples, and how good that is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, no_grad
from autograd.restoring import putting_back
from autograd.tensor import from_array
from nn import metrics
from nn.checks.whole_numbers import count_of
from nn.modules.module import Module
from nn.training.feeding import LoaderFeed, forward_of, inputs_of, is_array
from nn.training.names import Measure, is_ours

__all__ = ["Totals", "evaluate", "of_arrays", "one_number", "predict"]

# these are means over examples, so the mean over batches is the mean over all
_MEANS = (metrics.accuracy, metrics.top_k_accuracy, metrics.mean_absolute_error)


class Totals:
    """What is measured in an epoch, batch by batch.

    Means over examples are summed up. Other metrics cannot be put together from those of batches,
    so their predictions are kept, and they are called once at the end.

    Args:
        measures: Functions of (predictions, targets) by name, without the loss.
    """

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        self._means = {name: m for name, m in measures.items() if _is_mean(m)}
        self._whole = {name: m for name, m in measures.items() if name not in self._means}
        self._names = list(measures)
        self.clear()

    def clear(self) -> None:
        """Begin an epoch."""
        self.examples = 0
        self._sums = dict.fromkeys(["loss", *self._means], 0.0)
        self._counts = dict.fromkeys(self._means, 0)
        self._kept: list[tuple[Any, Any]] = []

    def add(self, loss: float, predictions: Any, targets: Any) -> None:
        """Measure a batch.

        Args:
            loss: Its loss.
            predictions: What the model gave.
            targets: What was right.
        """
        count = len(targets)
        self.examples += count
        self._sums["loss"] += count * loss
        for name, measure in self._means.items():
            counts = _how_many_count(measure, targets)
            if counts:
                self._counts[name] += counts
                self._sums[name] += counts * measure(predictions, targets)
        if self._whole:
            self._kept.append((metrics.numbers_of(predictions), np.asarray(targets)))

    def row(self) -> dict[str, float]:
        """Give the epoch's numbers: the loss, and the metrics in their order.

        Raises:
            ValueError: If there was no batch.
        """
        if not self.examples:
            raise ValueError(
                "fit: an epoch had no batch; give a loader that gives its batches whenever it is "
                "walked through, such as a list or a nn.data.DataLoader"
            )
        counts = {"loss": self.examples, **self._counts}
        found = {name: total / max(counts[name], 1) for name, total in self._sums.items()}
        if self._whole and self._kept:
            p, t = (np.concatenate(side) for side in zip(*self._kept, strict=True))
            found |= {name: _figure(name, measure(p, t)) for name, measure in self._whole.items()}
        return {name: found[name] for name in ["loss", *self._names]}

    def state_dict(self) -> dict[str, Any]:
        """Give what was measured so far, for a checkpoint."""
        return {
            "examples": self.examples,
            "sums": dict(self._sums),
            "counts": dict(self._counts),
            "kept": list(self._kept),
        }

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Take over what ``state_dict`` gave."""
        self.examples, self._kept = saved["examples"], list(saved["kept"])
        self._sums, self._counts = dict(saved["sums"]), dict(saved["counts"])


def predict(model: Module, X: Any, batch_size: int = 256) -> Any:
    """Run a model on many examples, recording nothing.

    Args:
        model: A model on Tensors, or one on Values.
        X: Inputs, shape (n, ...); or a loader: of batches that are tuples the first part counts.
        batch_size: How many examples to run at a time.

    Returns:
        An array with a row per example.

    Raises:
        ValueError: If ``batch_size`` is not at least 1.
        ShapeError: If a single example came, without an axis for examples.

    Example:
        >>> from nn import MLP
        >>> predict(MLP.from_weights([([[2.0]], [1.0])]), [[3.0], [5.0]])
        array([ 7., 11.])
    """
    batch_size = count_of("predict", "batch_size", batch_size, least=1)
    modes = [(module, getattr(module, "training", True)) for module in model.modules()]

    def put_back() -> None:
        for module, mode in modes:
            vars(module)["training"] = mode

    with putting_back(put_back), no_grad():
        model.eval()
        if _is_loader(X):
            parts = [_predicted(model, _inputs(batch)) for batch in LoaderFeed(X).loader]
        else:
            X = inputs_of(model, X)
            starts = range(0, len(X), batch_size)
            parts = [_predicted(model, X[i : i + batch_size]) for i in starts]
            if X.ndim == 1 and len(X) and len(np.atleast_1d(parts[0])) != len(X[:batch_size]):
                raise ShapeError(
                    f"predict: inputs of shape {X.shape} came, and the model takes that as one "
                    "example; give several, (n, ...), or this one as X[np.newaxis]"
                )
    return np.concatenate(parts) if parts else np.zeros(0)


def evaluate(
    model: Module,
    X: Any,
    y: Any = None,
    measures: Mapping[str, Measure] | None = None,
    batch_size: int = 256,
) -> dict[str, float]:
    """Measure a model on examples that it does not learn from.

    Args:
        model: A model on Tensors, or one on Values.
        X: Inputs, shape (n, ...); or a loader of (inputs, targets), without y.
        y: Targets, shape (n, ...).
        measures: Functions of (predictions, targets) by name.
        batch_size: How many examples to run at a time.

    Returns:
        One number by name.

    Example:
        >>> from nn import MLP, metrics
        >>> model = MLP.from_weights([([[1.0]], [0.0])])
        >>> evaluate(model, [[3.0], [-5.0]], [1, 1], {"accuracy": metrics.accuracy})
        {'accuracy': 0.5}
    """
    if y is None:
        pairs = [(predict(model, inputs), targets) for inputs, targets in LoaderFeed(X).epoch()]
        if not pairs:
            raise ValueError("evaluate: the loader gave no batch; at least one is needed")
        predictions, y = (np.concatenate(side) for side in zip(*pairs, strict=True))
    else:
        y = np.asarray(y.numpy() if isinstance(y, Tensor) else y)
        predictions = predict(model, X, batch_size)
    found = {name: measure(predictions, y) for name, measure in (measures or {}).items()}
    return {name: _figure(name, figure) for name, figure in found.items()}


def of_arrays(loss: Measure) -> Measure:
    """Let a loss that a user wrote have a Tensor also where no graph is recorded.

    Args:
        loss: Any loss.

    Returns:
        A loss that takes arrays of predictions.

    Example:
        >>> loss = of_arrays(lambda predictions, targets: (predictions - targets).pow(2).mean())
        >>> loss(np.array([1.0, 4.0]), np.array([1.0, 2.0])).item()
        2.0
    """
    return loss if is_ours(loss) else lambda given, targets: loss(from_array(given), targets)


def one_number(error: Any) -> float:
    """Read what a loss gave.

    Args:
        error: A Tensor, a Value or a number.

    Raises:
        ShapeError: If it is not one number.

    Example:
        >>> one_number(Tensor([2.5]))
        2.5
    """
    if np.size(error) != 1:
        raise ShapeError(
            f"fit: the loss gave the shape {np.shape(error)}; needs one number: take the mean of "
            "the examples, reduction='mean'"
        )
    return float(error)


def _predicted(model: Module, inputs: Any) -> Any:
    return metrics.numbers_of(forward_of(model)(inputs))


def _inputs(batch: Any) -> Any:
    return batch[0] if isinstance(batch, (tuple, list)) else batch


def _is_loader(thing: Any) -> bool:
    return not (is_array(thing) or isinstance(thing, (list, tuple))) and hasattr(thing, "__iter__")


def _figure(name: str, given: Any) -> float:
    if given is None or np.size(given) != 1:
        came = "None" if given is None else f"the shape {np.shape(given)}"
        raise TypeError(f"fit: the metric {name!r} gave {came}; needs one number")
    return float(given)


def _is_mean(measure: Any) -> bool:
    if isinstance(measure, partial):
        measure = measure.func
    return any(measure is mean for mean in _MEANS)


def _how_many_count(measure: Any, targets: Any) -> int:
    """Over how many targets it is a mean: labels such as -100 are left out by those of classes."""
    settings: dict[str, Any] = {}
    if isinstance(measure, partial):
        measure, settings = measure.func, measure.keywords
    if measure is metrics.mean_absolute_error:
        return len(targets)
    return int(np.count_nonzero(np.asarray(targets) != settings.get("ignore_index", -100)))
