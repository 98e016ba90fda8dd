"""Attention: every place takes from all others by how well its question fits their keys."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from autograd import ShapeError, Tensor, matmul, reshape, softmax, swapaxes, transpose, where
from nn.checks.numbers import numbers_of
from nn.checks.sizes import real
from nn.functions.dropping import dropout
from nn.init import Generator

__all__ = ["AttentionWeights", "multi_head_attention", "scaled_dot_product_attention"]


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    *,
    generator: Generator = None,
) -> Any:
    """Compute softmax(Q Kᵀ / √size + mask) V.

    Args:
        query: Shape (..., targets, size).
        key: Shape (..., sources, size).
        value: Shape (..., sources, features).
        attn_mask: Bools, true where a target may look at a source; or numbers that are added to the
            scores, -inf to forbid. Any shape that broadcasts to (..., targets, sources).
        dropout_p: The probability with which a weight is dropped; 0 when not training.
        is_causal: Whether target t may look at the sources up to t only.
        scale: The factor of the scores; 1 / √size by default.
        generator: The source of randomness of the dropping, or a seed.

    Returns:
        Shape (..., targets, features). A target that may look nowhere receives zeros.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> x = Tensor([[1.0, 0.0], [0.0, 1.0]], requires_grad=True)
        >>> y = scaled_dot_product_attention(x, x, x, is_causal=True)
        >>> y[0].sum().backward()
        >>> y[0].tolist(), x.grad.tolist()  # the first place sees nothing but itself
        ([1.0, 0.0], [[1.0, 1.0], [0.0, 0.0]])

    Source:
        A. Vaswani et al., "Attention Is All You Need" (2017), equation 1.
    """
    return _attend(
        "scaled_dot_product_attention", query, key, value, (attn_mask,), is_causal, scale,
        dropout_p, generator,
    )[0]  # fmt: skip


def _attend(
    name: str, query: Any, key: Any, value: Any, masks: tuple[Any, ...], is_causal: bool,
    scale: float | None, dropout_p: float, generator: Generator,
) -> tuple[Any, Any]:  # fmt: skip
    query, key, value = (numbers_of(name, x) for x in (query, key, value))
    q, k, v = query.shape, key.shape, value.shape
    if min(len(q), len(k), len(v)) < 2 or q[-1] != k[-1] or k[-2] != v[-2]:
        raise ShapeError(
            f"{name}: query {q}, key {k} and value {v} came; (..., targets, size), "
            "(..., sources, size) and (..., sources, features) are needed"
        )
    factor = 1.0 / math.sqrt(max(q[-1], 1)) if scale is None else real(name, "scale", scale)
    scores = matmul(query * factor, swapaxes(key, -1, -2))
    allowed = np.tri(q[-2], k[-2], dtype=bool) if is_causal else None
    for mask in masks:
        if mask is not None:
            scores, open_to = _added(name, scores, mask)
            allowed = open_to if allowed is None else allowed & open_to
    if allowed is None or allowed.all():
        weights = softmax(scores, axis=-1)
    else:
        blind = ~allowed.any(axis=-1, keepdims=True)  # no share of nothing: let them all be equal
        weights = softmax(where(allowed | blind, scores, -np.inf), axis=-1)
        weights = where(blind, 0.0, weights) if blind.any() else weights
    return matmul(dropout(weights, dropout_p, generator=generator), value), weights


def _added(name: str, scores: Any, mask: Any) -> tuple[Any, Any]:
    """The scores with a mask of numbers added, and where it lets anything through."""
    numbers = mask.numpy() if isinstance(mask, Tensor) else np.asarray(mask)
    try:
        fits = np.broadcast_shapes(numbers.shape, scores.shape) == scores.shape
    except ValueError:
        fits = False
    if not fits or numbers.dtype.kind not in "bf":
        raise ShapeError(
            f"{name}: a mask of shape {numbers.shape} and {numbers.dtype} came; bools or floats "
            f"that broadcast to {scores.shape} are needed"
        )
    if numbers.dtype == np.bool_:
        return scores, numbers
    open_to = numbers != -np.inf
    if not isinstance(mask, Tensor):
        mask = numbers.astype(scores.dtype)
    finite = mask if open_to.all() else where(open_to, mask, 0.0)
    return scores + finite if np.asarray(finite).any() or _learned(mask) else scores, open_to


def _learned(mask: Any) -> bool:
    return isinstance(mask, Tensor) and mask.requires_grad


class AttentionWeights(NamedTuple):
    """What attention with several heads learns.

    Attributes:
        query: Shape (size, query's size); with ``key`` and ``value`` None all three below one
            another, shape (3 size, size).
        key: Shape (size, key's size), or None.
        value: Shape (size, value's size), or None.
        bias: Shape (3 size,), or None.
        out: Shape (size, size).
        out_bias: Shape (size,), or None.
    """

    query: Any
    key: Any
    value: Any
    bias: Any
    out: Any
    out_bias: Any


def multi_head_attention(
    query: Any,
    key: Any,
    value: Any,
    num_heads: int,
    weights: AttentionWeights,
    masks: tuple[Any, ...] = (),
    is_causal: bool = False,
    dropout_p: float = 0.0,
    *,
    generator: Generator = None,
) -> tuple[Any, Any]:
    """Let several heads attend at once, each to its own part of the projected inputs.

    Args:
        query: Shape (batch, targets, size of queries).
        key: Shape (batch, sources, size of keys).
        value: Shape (batch, sources, size of values).
        num_heads: How many heads; the size is divided among them.
        weights: What is learned.
        masks: Any number of masks as in ``scaled_dot_product_attention``, each of a shape that
            broadcasts to (batch, heads, targets, sources).
        is_causal: Whether target t may look at the sources up to t only.
        dropout_p: The probability with which a weight is dropped; 0 when not training.
        generator: The source of randomness of the dropping, or a seed.

    Returns:
        The outputs, shape (batch, targets, size); and how much each head looks where, shape
        (batch, heads, targets, sources).

    Raises:
        ShapeError: If the shapes do not fit.

    Source:
        A. Vaswani et al., "Attention Is All You Need" (2017), section 3.2.2.
    """
    size = np.shape(weights.out)[0]
    shape = (num_heads, size // num_heads)
    if weights.key is None and query is key and key is value:  # one product for all three
        joined = _projected(query, weights.query, weights.bias)
        parts = transpose(reshape(joined, (*query.shape[:2], 3, *shape)), (2, 0, 3, 1, 4))
        q, k, v = parts[0], parts[1], parts[2]
    else:
        thirds = [slice(i * size, (i + 1) * size) for i in range(3)]
        apart = weights.key is not None
        matrices = weights[:3] if apart else [weights.query[part] for part in thirds]
        q, k, v = (
            swapaxes(reshape(_projected(x, w, b), (*x.shape[:2], *shape)), 1, 2)
            for x, w, b in zip(
                (query, key, value),
                matrices,
                [None if weights.bias is None else weights.bias[part] for part in thirds],
                strict=True,
            )
        )
    found, looked = _attend(
        "multi_head_attention", q, k, v, masks, is_causal, None, dropout_p, generator
    )
    joined = reshape(swapaxes(found, 1, 2), (*query.shape[:2], size))
    return _projected(joined, weights.out, weights.out_bias), looked


def _projected(x: Any, weight: Any, bias: Any) -> Any:
    y = matmul(x, transpose(weight))
    return y if bias is None else y + bias
