"""Losses and metrics by name, and what the training loop needs to know of them."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from nn import losses, metrics
from nn.checks.choices import check_name
from nn.losses import keras as keras_losses
from nn.losses.modules import Loss
from nn.modules.module import Module

__all__ = ["LOSSES", "METRICS", "Measure", "each_by_itself", "is_ours", "loss_of", "metrics_of"]

Measure: TypeAlias = Callable[[Any, Any], Any]

LOSSES: dict[str, Measure] = {
    "mse": losses.mse_loss,
    "l1": losses.l1_loss,
    "smooth_l1": losses.smooth_l1_loss,
    "huber": losses.huber_loss,
    "binary_cross_entropy": losses.binary_cross_entropy,
    "binary_cross_entropy_with_logits": losses.binary_cross_entropy_with_logits,
    "cross_entropy": losses.cross_entropy,
    "nll": losses.nll_loss,
    "hinge": losses.hinge_loss,
    "multi_margin": losses.multi_margin_loss,
    # Keras' names
    "mean_squared_error": losses.mse_loss,
    "mae": losses.l1_loss,
    "mean_absolute_error": losses.l1_loss,
    "logloss": keras_losses.LogLoss(),
    "binary_crossentropy": keras_losses.BinaryCrossentropy(),
    "categorical_crossentropy": keras_losses.CategoricalCrossentropy(),
    "sparse_categorical_crossentropy": keras_losses.SparseCategoricalCrossentropy(),
    "categorical_hinge": keras_losses.CategoricalHinge(),
    "kl_divergence": keras_losses.KLDivergence(),
}
METRICS: dict[str, Measure] = {
    "accuracy": metrics.accuracy,
    "top_k_accuracy": metrics.top_k_accuracy,
    "precision": metrics.precision,
    "recall": metrics.recall,
    "f1": metrics.f1,
    "mean_absolute_error": metrics.mean_absolute_error,
    "mean_squared_error": metrics.mean_squared_error,
    "root_mean_squared_error": metrics.root_mean_squared_error,
    "r2_score": metrics.r2_score,
    "perplexity": metrics.perplexity,
    # Keras' and shorter names
    "acc": metrics.accuracy,
    "binary_accuracy": metrics.accuracy,
    "categorical_accuracy": metrics.accuracy,
    "sparse_categorical_accuracy": metrics.accuracy,
    "top_k_categorical_accuracy": metrics.top_k_accuracy,
    "sparse_top_k_categorical_accuracy": metrics.top_k_accuracy,
    "f1_score": metrics.f1,
    "mae": metrics.mean_absolute_error,
    "mse": metrics.mean_squared_error,
    "rmse": metrics.root_mean_squared_error,
    "r2": metrics.r2_score,
}
_OF_NUMBERS: tuple[Any, ...] = (
    losses.mse_loss, losses.l1_loss, losses.smooth_l1_loss, losses.huber_loss,
    losses.MSELoss, losses.L1Loss, losses.SmoothL1Loss, losses.HuberLoss,
)  # fmt: skip
_OF_PROBABILITIES: tuple[Any, ...] = (losses.binary_cross_entropy, losses.BCELoss)
_OF_YES_AND_NO: tuple[Any, ...] = (
    *_OF_PROBABILITIES, losses.binary_cross_entropy_with_logits, losses.BCEWithLogitsLoss,
    keras_losses.BinaryCrossentropy,
)  # fmt: skip
_OTHERS: tuple[Any, ...] = (  # of pairs and of distributions
    losses.cosine_embedding_loss, losses.cosine_similarity, losses.CosineEmbeddingLoss,
    losses.kl_div, losses.KLDivLoss, keras_losses.KLDivergence,
)  # fmt: skip


def loss_of(given: Any, asked_by: str = "fit") -> Measure:
    """Find a loss.

    Args:
        given: A name, or a function of (predictions, targets).
        asked_by: For errors.

    Returns:
        The function.

    Raises:
        ValueError: If the name is unknown.
        TypeError: If it can be neither.

    Example:
        >>> loss_of("mae") is losses.l1_loss
        True
    """
    if isinstance(given, str):
        return LOSSES[check_name(asked_by, "loss", given, LOSSES)]
    if isinstance(given, type) or not callable(given):
        came = given.__name__ if isinstance(given, type) else type(given).__name__
        fix = f"make one: nn.{came}()" if isinstance(given, type) else "give a name or a function"
        raise TypeError(f"{asked_by}: {came} came as loss; {fix}")
    return given  # type: ignore[no-any-return]


def metrics_of(given: Any, loss: Measure, asked_by: str = "fit") -> dict[str, Measure]:
    """Find metrics, and set them up for what the loss says of the outputs.

    A single output says "yes" above 0.5 if it is a probability, and above 0 if it is a score; where
    the loss does not tell, as with "mse", above 0.5 if the targets are 0 and 1, above 0 if they are
    -1 and 1. Where the loss asks yes or no of several outputs, each is a question of its own.

    Args:
        given: A name, a function, several of them, or functions by name; None for the accuracy if
            the loss is one of classes.
        loss: The loss.
        asked_by: For errors.

    Returns:
        Functions of (predictions, targets) by name.

    Raises:
        ValueError: If a name is unknown, or comes twice.
        TypeError: If something is neither.

    Example:
        >>> list(metrics_of(["acc", metrics.r2_score], losses.mse_loss))
        ['acc', 'r2_score']
    """
    kind = _kind(loss)
    if given is None:
        return metrics_of(["accuracy"], loss, asked_by) if _of_classes(loss) else {}
    if isinstance(given, Mapping):
        asked = list(given.items())
    else:
        one = isinstance(given, str) or not isinstance(given, Iterable)
        asked = [(None, metric) for metric in ([given] if one else given)]
    found: dict[str, Measure] = {}
    for name, one in asked:
        if isinstance(one, str):
            known, title = METRICS[check_name(asked_by, "metric", one, METRICS)], name or one
        elif callable(one) and not isinstance(one, type):
            known, title = one, name or getattr(one, "__name__", type(one).__name__)
        else:
            came = one.__name__ if isinstance(one, type) else type(one).__name__
            raise TypeError(f"{asked_by}: {came} came as a metric; give a name or a function")
        if title in found:
            raise ValueError(
                f"{asked_by}: two metrics are called {title!r}; give them by name: "
                "metrics={'first': function, 'second': another}"
            )
        ours = any(known is metric for metric in METRICS.values())
        found[title] = _for_outputs(known, loss, kind) if ours else known
    return found


def is_ours(loss: Any) -> bool:
    """Whether a loss is one of this package, so that it is known what it does."""
    kind = _kind(loss)
    ours = [getattr(losses, name) for name in losses.__all__]
    return any(kind is one for one in ours) or (isinstance(kind, type) and issubclass(kind, Loss))


def each_by_itself(loss: Measure, asked_by: str = "fit") -> Measure:
    """Turn a loss into one that gives the loss of each example, not their mean.

    Args:
        loss: The loss.
        asked_by: For errors.

    Returns:
        A function of (predictions, targets).

    Raises:
        TypeError: If it takes no ``reduction``.

    Example:
        >>> each_by_itself(losses.mse_loss)(np.array([1.0, 3.0]), [1.0, 1.0]).tolist()
        [0.0, 4.0]
    """
    if isinstance(loss, Loss):
        alone = copy.copy(loss)
        alone.reduction = "none"
        return alone
    try:
        takes = "reduction" in inspect.signature(loss).parameters
    except (TypeError, ValueError):
        takes = False
    if not takes:
        raise TypeError(
            f"{asked_by}: class_weight and sample_weight need the loss of each example; "
            f"{getattr(loss, '__name__', type(loss).__name__)} takes no reduction='none': give a "
            "loss by name, or one of nn.losses"
        )
    settings: dict[str, Any] = {"reduction": "none"}
    return partial(loss, **settings)


def _kind(loss: Any) -> Any:
    """What a loss is, whatever its settings: its function, or its class."""
    while isinstance(loss, partial):
        loss = loss.func
    return type(loss) if isinstance(loss, Module) else loss


def _of_classes(loss: Any) -> bool:
    kind = _kind(loss)
    return is_ours(loss) and not any(kind is other for other in (*_OF_NUMBERS, *_OTHERS))


def _for_outputs(metric: Callable[..., Any], loss: Any, kind: Any) -> Measure:
    takes = inspect.signature(metric).parameters
    settings = getattr(loss, "keywords", None) or getattr(loss, "settings", {})
    if "ignore_index" in takes and "ignore_index" in settings:
        metric = partial(metric, ignore_index=settings["ignore_index"])
    if "threshold" not in takes:
        return metric
    probabilities = any(kind is other for other in _OF_PROBABILITIES)
    if isinstance(loss, (keras_losses.BinaryCrossentropy, keras_losses.LogLoss)):
        probabilities = not loss.from_logits
    if any(kind is other for other in _OF_YES_AND_NO):
        return _EachAlone(partial(metric, threshold=0.5 if probabilities else 0.0))
    if probabilities:
        return partial(metric, threshold=0.5)
    of_numbers = any(kind is other for other in _OF_NUMBERS)
    return _ToldByTargets(metric) if of_numbers else metric


class _ToldByTargets:
    """A metric of yes and no where only the targets tell what is in the middle."""

    def __init__(self, metric: Callable[..., Any]) -> None:
        self.metric = metric

    def __call__(self, predictions: Any, targets: Any) -> Any:
        lowest = np.min(metrics.numbers_of(targets), initial=0.0)
        return self.metric(predictions, targets, threshold=0.5 if lowest >= 0 else 0.0)


class _EachAlone:
    """A metric of yes and no where an example may have several answers: each counts by itself."""

    def __init__(self, metric: Callable[..., Any]) -> None:
        self.metric = metric

    def __call__(self, predictions: Any, targets: Any) -> Any:
        said, truth = metrics.numbers_of(predictions), metrics.numbers_of(targets)
        if said.ndim > 1 and said.shape[-1] > 1 and said.shape == truth.shape:
            said, truth = said.reshape(-1), truth.reshape(-1)
        return self.metric(said, truth)
