"""Attention with several heads."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ShapeError, Tensor, mean, swapaxes
from nn import functional
from nn.checks.numbers import brief, float_kind, node_of, numbers_of
from nn.checks.sizes import probability
from nn.checks.whole_numbers import at_least_one
from nn.functions.attention import AttentionWeights
from nn.init import Generator, generator_of, xavier_uniform_
from nn.layers.linear import Linear
from nn.modules.module import Module
from nn.modules.parameter import Parameter

__all__ = ["MultiheadAttention"]


class MultiheadAttention(Module):
    """Every target takes from all sources: softmax(Q Kᵀ / √(size / heads)) V in each head.

    Q, K and V are the queries, keys and values times ``in_proj_weight``, three matrices of shape
    (size, size) below one another (or ``q_proj_weight``, ``k_proj_weight``, ``v_proj_weight``,
    where ``kdim`` or ``vdim`` differ); the heads' outputs, side by side, go through ``out_proj``.
    The first start as ``xavier_uniform_`` draws, ``out_proj.weight`` as a ``Linear``'s, biases as
    0, as in PyTorch.

    Args:
        embed_dim: The size of queries and outputs, divided among the heads.
        num_heads: How many heads.
        dropout: The probability with which a weight is dropped in training.
        bias: Whether there are biases.
        kdim: The size of keys; ``embed_dim`` by default.
        vdim: The size of values; ``embed_dim`` by default.
        batch_first: Whether inputs and outputs are (batch, places, ...), not (places, batch, ...).
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ShapeError: If the heads do not divide the size.
        ValueError: If a size is not at least 1, or dropout no probability.

    Example:
        >>> from autograd import ones
        >>> layer, x = MultiheadAttention(4, 2, batch_first=True), ones(1, 3, 4)
        >>> y, weights = layer(x, x, x, is_causal=True)
        >>> y.sum().backward()
        >>> y.shape, weights[0, 1].numpy().round(9).tolist(), layer.in_proj_weight.grad.shape
        ((1, 3, 4), [0.5, 0.5, 0.0], (12, 4))

    Source:
        A. Vaswani et al., "Attention Is All You Need" (2017), section 3.2.2.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        name = "MultiheadAttention"
        self.embed_dim = at_least_one(name, "embed_dim", embed_dim)
        self.num_heads = at_least_one(name, "num_heads", num_heads)
        self.kdim = embed_dim if kdim is None else at_least_one(name, "kdim", kdim)
        self.vdim = embed_dim if vdim is None else at_least_one(name, "vdim", vdim)
        if embed_dim % num_heads:
            raise ShapeError(
                f"{name}: embed_dim={embed_dim} cannot be divided among num_heads={num_heads}; "
                "give a multiple of it"
            )
        self.dropout, self.batch_first = probability(name, "dropout", dropout), batch_first
        self.head_dim = embed_dim // num_heads
        kind, source = float_kind(type(self).__name__, dtype), generator_of(generator)

        def drawn(rows: int, columns: int) -> Parameter:
            return xavier_uniform_(Parameter(np.zeros((rows, columns), kind)), generator=source)

        self.in_proj_weight = self.q_proj_weight = self.k_proj_weight = self.v_proj_weight = None
        if self.kdim == self.vdim == embed_dim:
            self.in_proj_weight = drawn(3 * embed_dim, embed_dim)
        else:
            self.q_proj_weight = drawn(embed_dim, embed_dim)
            self.k_proj_weight = drawn(embed_dim, self.kdim)
            self.v_proj_weight = drawn(embed_dim, self.vdim)
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim, kind)) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, dtype=dtype, generator=source)
        if self.out_proj.bias is not None:
            self.out_proj.bias.data = np.zeros(embed_dim)

    def forward(
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        """Attend.

        As in PyTorch, true in these masks means *forbidden* (in ``scaled_dot_product_attention``
        it means allowed); numbers are added to the scores, -inf to forbid.

        Args:
            query: Shape (targets, batch, embed_dim), (batch, targets, ...) with ``batch_first``, or
                (targets, embed_dim).
            key: The same with sources and ``kdim``.
            value: The same with sources and ``vdim``.
            key_padding_mask: Which sources only fill up: shape (batch, sources), or (sources,).
            need_weights: Whether to return how much is looked where.
            attn_mask: Who may not look where: shape (targets, sources), or
                (batch * heads, targets, sources).
            average_attn_weights: Whether that is averaged over the heads.
            is_causal: Whether target t may look at the sources up to t only; no mask is needed.

        Returns:
            The outputs, of the query's shape; and the weights, shape (batch, targets, sources) or
            (batch, heads, targets, sources), or None. A target that may look nowhere looks at
            nothing: its weights are 0.

        Raises:
            ShapeError: If the shapes do not fit.
        """
        shapes = [numbers_of(self, x).shape for x in (query, key, value)]
        alone = len(shapes[0]) == 2
        sizes = (self.embed_dim, self.kdim, self.vdim)
        if any(
            len(s) != len(shapes[0]) or len(s) not in (2, 3) or s[-1] != n
            for s, n in zip(shapes, sizes, strict=True)
        ):
            where = "batch, places" if self.batch_first else "places, batch"
            raise ShapeError(
                f"{brief(self)}: query {shapes[0]}, key {shapes[1]} and value {shapes[2]} came; "
                f"all need ({where}, size) or all (places, size), with the sizes {sizes}"
            )
        q, k, v = self._by_batch(query, key, value, alone)
        batch, targets, sources = q.shape[0], q.shape[1], k.shape[1]
        if k.shape[0] != batch or v.shape[:2] != k.shape[:2]:
            raise ShapeError(
                f"{brief(self)}: query {shapes[0]}, key {shapes[1]} and value {shapes[2]} came; "
                "the batches must be equal, and keys and values as many"
            )
        masks = (
            self._mask("attn_mask", attn_mask, batch, (targets, sources)),
            self._padding(key_padding_mask, batch, sources, alone),
        )
        drop = self.dropout if self.training else 0.0
        y, weights = functional.multi_head_attention(
            q, k, v, self.num_heads, self._weights(), masks, is_causal, drop
        )
        if need_weights and average_attn_weights:
            weights = mean(weights, axis=1)
        if alone:
            y, weights = y[0], weights[0]
        elif not self.batch_first:
            y = swapaxes(y, 0, 1)
        return y, weights if need_weights else None

    def _by_batch(self, query: Any, key: Any, value: Any, alone: bool) -> list[Any]:
        """The three with the batch first; what was one and the same stays one and the same."""
        turned: dict[int, Any] = {}
        for x in (query, key, value):
            if id(x) not in turned:
                node = node_of(self, x)
                if alone:
                    node = node[None]
                elif not self.batch_first:
                    node = swapaxes(node, 0, 1)
                turned[id(x)] = node
        return [turned[id(x)] for x in (query, key, value)]

    def _weights(self) -> AttentionWeights:
        own = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        first = own if self.in_proj_weight is None else (self.in_proj_weight, None, None)
        return AttentionWeights(*first, self.in_proj_bias, self.out_proj.weight, self.out_proj.bias)

    def _mask(self, what: str, mask: Any, batch: int, needed: tuple[int, int]) -> Any:
        if mask is None:
            return None
        shape, heads = np.shape(mask), self.num_heads
        if shape == (batch * heads, *needed):
            mask = mask if isinstance(mask, Tensor) else np.asarray(mask)
            return _permitted(mask.reshape(batch, heads, *needed))
        if shape != needed:
            raise ShapeError(
                f"{brief(self)}: {what} of shape {shape} came; {needed} or "
                f"{(batch * heads, *needed)} is needed"
            )
        return _permitted(mask)

    def _padding(self, mask: Any, batch: int, sources: int, alone: bool) -> Any:
        if mask is None:
            return None
        needed = (sources,) if alone else (batch, sources)
        if np.shape(mask) != needed:
            raise ShapeError(
                f"{brief(self)}: key_padding_mask of shape {np.shape(mask)} came; {needed} is "
                "needed"
            )
        mask = mask if isinstance(mask, Tensor) else np.asarray(mask)
        return _permitted(mask.reshape(batch, 1, 1, sources))

    def extra_repr(self) -> str:
        """The size, and the number of heads."""
        parts = [str(self.embed_dim), f"num_heads={self.num_heads}"]
        parts += [f"dropout={self.dropout}"] if self.dropout else []
        parts += ["bias=False"] if self.in_proj_bias is None else []
        parts += [f"kdim={self.kdim}"] if self.kdim != self.embed_dim else []
        parts += [f"vdim={self.vdim}"] if self.vdim != self.embed_dim else []
        parts += ["batch_first=True"] if self.batch_first else []
        return ", ".join(parts)


def _permitted(mask: Any) -> Any:
    """A mask in which true means allowed; numbers to be added stay."""
    array = mask.numpy() if isinstance(mask, Tensor) else np.asarray(mask)
    return ~array if array.dtype == np.bool_ else mask
