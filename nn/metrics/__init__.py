"""Metrics: how good a model is, in numbers for people; no gradient passes.

Every metric is a function of (predictions, targets) and takes Tensors, arrays, or lists of Values.

Example:
    >>> from nn import metrics
    >>> logits, labels = [[2.0, 1.0], [0.0, 3.0], [1.0, 2.0]], [0, 1, 0]
    >>> round(metrics.accuracy(logits, labels), 3), metrics.precision(logits, labels)
    (0.667, 0.5)
"""

from nn.metrics.classification import accuracy, confusion_matrix, top_k_accuracy
from nn.metrics.language import perplexity
from nn.metrics.reading import numbers_of, predicted_classes
from nn.metrics.regression import (
    mean_absolute_error,
    mean_squared_error,
    r2_score,
    root_mean_squared_error,
)
from nn.metrics.relevance import f1, precision, recall

__all__ = [
    "accuracy",
    "confusion_matrix",
    "f1",
    "mean_absolute_error",
    "mean_squared_error",
    "numbers_of",
    "perplexity",
    "precision",
    "predicted_classes",
    "r2_score",
    "recall",
    "root_mean_squared_error",
    "top_k_accuracy",
]
