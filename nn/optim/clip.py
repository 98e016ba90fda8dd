"""Keeping gradients from growing too large, before the optimizer's step."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import GradientError, Tensor, Value
from nn.checks.parameters import list_of_parameters
from nn.checks.sizes import at_least_zero, real

__all__ = ["clip_grad_norm_", "clip_grad_value_"]


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float | str = 2.0, error_if_nonfinite: bool = False
) -> Any:
    """Shrink all gradients together so that their common length is at most this.

    Args:
        parameters: Parameters or Values; those without a gradient are passed over.
        max_norm: The greatest length.
        norm_type: Which norm: 2 for the usual length, ``inf`` for the greatest element.
        error_if_nonfinite: Whether a length that is nan or infinite is an error.

    Returns:
        The length that they had: a float for Values, a Tensor of one number for Tensors.

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
    at_least_zero("clip_grad_norm_", "max_norm", max_norm)
    if norm_type != "inf":
        real("clip_grad_norm_", "norm_type", norm_type)
    norm_type = float(norm_type)
    found, values = _with_gradients("clip_grad_norm_", parameters)
    norms = np.array([np.linalg.norm(np.ravel(p.grad), norm_type) for p in found])
    total = float(np.linalg.norm(norms, norm_type)) if found else 0.0
    if error_if_nonfinite and not np.isfinite(total):
        raise GradientError(
            f"clip_grad_norm_: the gradients' length is {total}; detect_anomaly() finds where it "
            "began"
        )
    factor = max_norm / (total + 1e-6)  # PyTorch's guard against a length of 0
    if factor < 1.0 or np.isnan(factor):
        for p in found:
            _replace(p, p.grad * factor)
    return total if values else Tensor(total)


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
    at_least_zero("clip_grad_value_", "clip_value", clip_value)
    for p in _with_gradients("clip_grad_value_", parameters)[0]:
        _replace(p, np.clip(p.grad, -clip_value, clip_value))


def _with_gradients(asked_by: str, parameters: Any) -> tuple[list[Any], bool]:
    """List the parameters with a gradient, and tell whether all that came are Values."""
    several = list_of_parameters(
        asked_by, [parameters] if isinstance(parameters, (Tensor, Value)) else parameters
    )
    for p in several:
        if not isinstance(p, (Tensor, Value)):
            raise TypeError(f"{asked_by}: {type(p).__name__} came; give Parameters or Values")
    only_values = bool(several) and all(isinstance(p, Value) for p in several)
    return [p for p in several if p.grad is not None], only_values


def _replace(p: Any, gradient: Any) -> None:
    p.grad = float(gradient) if isinstance(p, Value) else gradient.astype(p.dtype, copy=False)
