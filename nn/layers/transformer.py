"""Transformer: attention and a small network at every place, and where the place is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import ShapeError
from nn import functional
from nn.checks.choices import check_name
from nn.checks.numbers import brief, numbers_of
from nn.checks.whole_numbers import at_least_one
from nn.init import Generator, generator_of
from nn.layers.attention import MultiheadAttention
from nn.layers.dropout import Dropout
from nn.layers.linear import Linear
from nn.layers.module_list import ModuleList
from nn.layers.normalization import LayerNorm
from nn.modules.module import Module

__all__ = ["PositionalEncoding", "TransformerEncoder", "TransformerEncoderLayer"]

_ACTIVATIONS = {"relu": functional.relu, "gelu": functional.gelu}


class TransformerEncoderLayer(Module):
    """Attention among the places, then a network of two layers at each, both with a way around.

    x' = norm1(x + attention(x)) and y = norm2(x' + linear2(activation(linear1(x')))); with
    ``norm_first`` x' = x + attention(norm1(x)) and y = x' + network(norm2(x')).

    Args:
        d_model: The size of inputs and outputs.
        nhead: How many heads the attention has.
        dim_feedforward: The size between linear1 and linear2.
        dropout: The probability with which numbers are dropped in training.
        activation: "relu", "gelu", or a function.
        layer_norm_eps: Keeps the normalising divisions finite.
        batch_first: Whether inputs and outputs are (batch, places, ...), not (places, batch, ...).
        norm_first: Whether to normalise before and not after: easier to train when deep.
        bias: Whether there are biases.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ShapeError: If the heads do not divide the size.
        ValueError: If a size is not at least 1, or the activation unknown.

    Example:
        >>> from autograd import ones
        >>> layer = TransformerEncoderLayer(4, nhead=2, dim_feedforward=8, batch_first=True)
        >>> y = layer(ones(1, 3, 4), is_causal=True)
        >>> y.sum().backward()
        >>> y.shape, layer.linear1.weight.grad.shape
        ((1, 3, 4), (8, 4))

    Source:
        A. Vaswani et al., "Attention Is All You Need" (2017), section 3.1; ``norm_first``:
        R. Xiong et al., "On Layer Normalization in the Transformer Architecture" (2020).
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Any], Any] = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        name = "TransformerEncoderLayer"
        at_least_one(name, "d_model", d_model)
        at_least_one(name, "nhead", nhead)
        at_least_one(name, "dim_feedforward", dim_feedforward)
        self.activation: Callable[[Any], Any] = (
            activation
            if callable(activation)
            else _ACTIVATIONS[check_name(name, "activation", activation, _ACTIVATIONS)]
        )
        source = generator_of(generator)
        self.self_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype, generator=source
        )
        self.linear1 = Linear(d_model, dim_feedforward, bias, dtype=dtype, generator=source)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, dtype=dtype, generator=source)
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
        self.dropout1, self.dropout2 = Dropout(dropout), Dropout(dropout)
        self.norm_first = norm_first

    def forward(
        self,
        src: Any,
        src_mask: Any = None,
        src_key_padding_mask: Any = None,
        is_causal: bool = False,
    ) -> Any:
        """Run over all places at once.

        Args:
            src: Shape (places, batch, d_model), (batch, places, d_model) with ``batch_first``, or
                (places, d_model).
            src_mask: Who may not look where, see ``MultiheadAttention``.
            src_key_padding_mask: Which places only fill up, shape (batch, places).
            is_causal: Whether place t may look at the places up to t only.

        Returns:
            The same shape.

        Raises:
            ShapeError: If the shapes do not fit.
        """
        masks = (src_mask, src_key_padding_mask, is_causal)
        if self.norm_first:
            x = src + self._attention(self.norm1(src), *masks)
            return x + self._network(self.norm2(x))
        x = self.norm1(src + self._attention(src, *masks))
        return self.norm2(x + self._network(x))

    def _attention(self, x: Any, mask: Any, padding: Any, is_causal: bool) -> Any:
        y, _ = self.self_attn(
            x, x, x, padding, need_weights=False, attn_mask=mask, is_causal=is_causal
        )
        return self.dropout1(y)

    def _network(self, x: Any) -> Any:
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerEncoder(Module):
    """Several encoder layers one after the other, each with weights of its own.

    Args:
        encoder_layer: The first layer; the others start as copies of it, as in PyTorch.
        num_layers: How many.
        norm: A module for the end, such as ``LayerNorm``; none by default.
        enable_nested_tensor: Ignored: PyTorch's way to leave out what only fills up.

    Raises:
        ValueError: If ``num_layers`` is not at least 1.

    Example:
        >>> from autograd import ones
        >>> layer = TransformerEncoderLayer(4, nhead=2, dim_feedforward=8)
        >>> TransformerEncoder(layer, 3)(ones(5, 1, 4)).shape
        (5, 1, 4)

    Source:
        A. Vaswani et al., "Attention Is All You Need" (2017), section 3.1.
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = False,
    ) -> None:
        if not isinstance(encoder_layer, Module):
            raise TypeError(
                f"TransformerEncoder: {type(encoder_layer).__name__} came; a layer is needed, such "
                "as nn.TransformerEncoderLayer(...)"
            )
        self.num_layers = at_least_one("TransformerEncoder", "num_layers", num_layers)
        self.layers = ModuleList([copy.deepcopy(encoder_layer) for _ in range(num_layers)])
        self.norm = norm

    def forward(
        self,
        src: Any,
        mask: Any = None,
        src_key_padding_mask: Any = None,
        is_causal: bool = False,
    ) -> Any:
        """Run all layers; see ``TransformerEncoderLayer``."""
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, bool(is_causal))
        return src if self.norm is None else self.norm(src)


class PositionalEncoding(Module):
    """Add to every vector where it stands: sines and cosines of the place, slow and fast ones.

    Element 2i of place p is increased by sin(p / 10000^(2i / d_model)), element 2i + 1 by the
    cosine. Nothing is learned, and nothing saved.

    Args:
        d_model: The size of the vectors.
        dropout: The probability with which a sum is dropped in training.
        max_len: How many places there are at most.
        batch_first: Whether inputs are (batch, places, d_model), not (places, batch, d_model).

    Raises:
        ValueError: If a size is not at least 1, or dropout no probability.

    Example:
        >>> from autograd import zeros
        >>> y = PositionalEncoding(4).eval()(zeros(2, 1, 4))
        >>> y.data.round(2).tolist()
        [[[0.0, 1.0, 0.0, 1.0]], [[0.84, 0.54, 0.01, 1.0]]]

    Source:
        A. Vaswani et al., "Attention Is All You Need" (2017), section 3.5.
    """

    def __init__(
        self, d_model: int, dropout: float = 0.1, max_len: int = 5000, batch_first: bool = False
    ) -> None:
        self.d_model = at_least_one("PositionalEncoding", "d_model", d_model)
        self.max_len = at_least_one("PositionalEncoding", "max_len", max_len)
        self.batch_first = batch_first
        self.dropout = Dropout(dropout)
        angles = np.arange(max_len)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
        self.table = np.zeros((max_len, d_model))
        self.table[:, 0::2] = np.sin(angles)
        self.table[:, 1::2] = np.cos(angles[:, : d_model // 2])

    def forward(self, x: Any) -> Any:
        """Add the places' rows, and drop.

        Args:
            x: Shape (places, batch, d_model), (batch, places, d_model) with ``batch_first``, or
                (places, d_model).

        Returns:
            The same shape.

        Raises:
            ShapeError: If the last axis has another length, or there are too many places.
        """
        x = numbers_of(self, x)
        shape = x.shape
        axis = 1 if self.batch_first and len(shape) == 3 else 0
        if len(shape) not in (2, 3) or shape[-1] != self.d_model or shape[axis] > self.max_len:
            where = "batch, places" if self.batch_first else "places, batch"
            raise ShapeError(
                f"{brief(self)}: an input of shape {shape} came; needs ({where}, {self.d_model}) "
                f"or (places, {self.d_model}), with at most max_len={self.max_len} places"
            )
        rows = self.table[: shape[axis]].astype(x.dtype if x.dtype.kind == "f" else float)
        return self.dropout(x + (rows[:, None] if len(shape) == 3 and axis == 0 else rows))

    def extra_repr(self) -> str:
        """The size."""
        return f"{self.d_model}, max_len={self.max_len}"
