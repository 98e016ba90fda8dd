"""Keeping gradients from growing too large, before the optimizer's step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import GradientError, Tensor, Value

__all__ = ["clip_grad_norm_", "clip_grad_value_"]


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Shrink all gradients together so that their common length is at most this.

    Args:
        parameters: Parameters or Values; those without a gradient are passed over.
        max_norm: The greatest length.
        norm_type: Which norm: 2 for the usual length, ``inf`` for the greatest element.
        error_if_nonfinite: Whether a length that is nan or infinite is an error.

    Returns:
        The length that they had.

    Raises:
        GradientError: If the length is not finite and ``error_if_nonfinite`` says so.
        ValueError: If max_norm is negative.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(3.0), Value(4.0)
        >>> (a * a + b * b).backward()
        >>> clip_grad_norm_([a, b], 1.0), round(a.grad, 6), round(b.grad, 6)
        (10.0, 0.6, 0.8)

    Source:
        R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural
        networks" (2012).
    """
    if not max_norm >= 0:
        raise ValueError(f"clip_grad_norm_: max_norm={max_norm} came; 0 or more is needed")
    found = _with_gradients(parameters)
    norms = np.array([np.linalg.norm(np.ravel(p.grad), norm_type) for p in found])
    total = float(np.linalg.norm(norms, norm_type)) if found else 0.0
    if error_if_nonfinite and not np.isfinite(total):
        raise GradientError(f"clip_grad_norm_: the gradients' length is {total}")
    factor = max_norm / (total + 1e-6)  # PyTorch's guard against a length of 0
    if factor < 1.0 or np.isnan(factor):
        for p in found:
            _replace(p, p.grad * factor)
    return total


def clip_grad_value_(parameters: Any, clip_value: float) -> None:
    """Cut every element of every gradient off at this size.

    Args:
        parameters: Parameters or Values; those without a gradient are passed over.
        clip_value: The greatest size; 0 or more.

    Raises:
        ValueError: If clip_value is negative.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([0.5, -3.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> clip_grad_value_([x], 2.0)
        >>> x.grad
        array([ 1., -2.])
    """
    if not clip_value >= 0:
        raise ValueError(f"clip_grad_value_: clip_value={clip_value} came; 0 or more is needed")
    for p in _with_gradients(parameters):
        _replace(p, np.clip(p.grad, -clip_value, clip_value))


def _with_gradients(parameters: Any) -> list[Any]:
    alone = isinstance(parameters, (Tensor, Value))
    several: Iterable[Any] = [parameters] if alone else parameters
    return [p for p in several if p.grad is not None]


def _replace(p: Any, gradient: Any) -> None:
    p.grad = float(gradient) if isinstance(p, Value) else gradient.astype(p.dtype, copy=False)
