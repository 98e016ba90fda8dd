"""Recurrent layers: a state goes along a sequence, the same weights at every step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import ShapeError, swapaxes
from nn.checks.choices import check_name
from nn.checks.numbers import float_kind, node_of
from nn.checks.sizes import probability
from nn.checks.whole_numbers import at_least_one
from nn.functions.recurrent import KINDS, Weights, sweep
from nn.functions.sequences import (
    PackedSequence,
    lengths_of,
    pack_padded_sequence,
    pad_packed_sequence,
)
from nn.init import Generator, generator_of, uniform_
from nn.modules.module import Module
from nn.modules.parameter import Parameter

__all__ = ["GRU", "LSTM", "RNN"]


class _Recurrent(Module):
    kind: str

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        name = type(self).__name__
        self.input_size = at_least_one(name, "input_size", input_size)
        self.hidden_size = at_least_one(name, "hidden_size", hidden_size)
        self.num_layers = at_least_one(name, "num_layers", num_layers)
        self.bias, self.batch_first = bias, batch_first
        self.dropout = probability(name, "dropout", dropout)
        self.bidirectional = bidirectional
        kind, source = float_kind(type(self).__name__, dtype), generator_of(generator)
        bound, rows = 1.0 / math.sqrt(hidden_size), KINDS[self.kind].gates * hidden_size
        for layer in range(num_layers):
            width = input_size if layer == 0 else hidden_size * (1 + bidirectional)
            for back in range(1 + bidirectional):
                shapes = [(rows, width), (rows, hidden_size), (rows,), (rows,)]
                for path, shape in zip(self._names(layer, back), shapes, strict=False):
                    weights = Parameter(np.zeros(shape, kind))
                    setattr(self, path, uniform_(weights, -bound, bound, source))

    def _names(self, layer: int, back: int) -> list[str]:
        end = f"_l{layer}" + "_reverse" * back
        names = [f"weight_ih{end}", f"weight_hh{end}"]
        return [*names, f"bias_ih{end}", f"bias_hh{end}"] if self.bias else names

    def _layers(self) -> list[list[Weights]]:
        return [
            [
                Weights(*(getattr(self, name) for name in self._names(layer, back)))
                for back in range(1 + self.bidirectional)
            ]
            for layer in range(self.num_layers)
        ]

    def forward(self, x: Any, hx: Any = None, *, lengths: Any = None, mask: Any = None) -> Any:
        """Run over sequences.

        Args:
            x: Shape (steps, batch, in), or (batch, steps, in) with ``batch_first``; (steps, in) for
                a single sequence; or a ``PackedSequence``.
            hx: The state to begin with, shape (layers * directions, batch, hidden), zeros by
                default; for LSTM the pair of h and c.
            lengths: How many steps of each sequence are real, shape (batch,); all by default.
            mask: Bools of x's first two axes, false where there is no step; all true by default.

        Returns:
            The last layer's outputs, shape (steps, batch, directions * hidden) or with the batch
            first, or packed, as x came; and the last states, of the shape of ``hx``. Where there is
            no step the output is 0 and the state stays.

        Raises:
            ShapeError: If the shapes do not fit.
        """
        kind = KINDS[self.kind]
        packed = isinstance(x, PackedSequence)
        if packed:
            given, (x, lengths) = x, pad_packed_sequence(x)
        x = node_of(self, x)
        shape = x.shape
        turned = self.batch_first and not packed and len(shape) == 3
        if len(shape) not in (2, 3) or shape[-1] != self.input_size:
            needed = "batch, steps" if self.batch_first else "steps, batch"
            raise ShapeError(
                f"{self!r}: an input of shape {shape} came; needs ({needed}, {self.input_size}) or "
                f"(steps, {self.input_size})"
            )
        alone = len(shape) == 2
        x = x[:, None] if alone else swapaxes(x, 0, 1) if turned else x
        steps, batch = x.shape[:2]
        if steps < 1:
            raise ShapeError(f"{self!r}: an input of shape {shape} came; at least 1 step is needed")
        present = self._present(lengths, mask, steps, batch, turned)
        states = None if hx is None else self._states(hx, batch, alone)
        drop = self.dropout if self.training else 0.0
        y, last = sweep(kind, x, states, self._layers(), present, drop)
        if alone:
            y, last = y[:, 0], tuple(part[:, 0] for part in last)
        elif turned:
            y = swapaxes(y, 0, 1)
        if packed:
            order = given.sorted_indices
            y = pack_padded_sequence(y, lengths, enforce_sorted=order is None)
        return y, last if kind.states > 1 else last[0]

    def _present(self, lengths: Any, mask: Any, steps: int, batch: int, turned: bool) -> Any:
        if mask is not None:
            if lengths is not None:
                raise ValueError(f"{self!r}: lengths and mask came: give one of them")
            shown = np.asarray(mask)
            wanted = (batch, steps) if turned else (steps, batch)
            if shown.shape != wanted or shown.dtype != np.bool_:
                raise ShapeError(
                    f"{self!r}: a mask of shape {shown.shape} and {shown.dtype} came; bools of "
                    f"shape {wanted} are needed"
                )
            return np.array(shown.T if turned else shown)
        if lengths is None:
            return None
        counts = lengths_of(repr(self), lengths, batch, steps)
        return np.arange(steps)[:, None] < counts

    def _states(self, hx: Any, batch: int, alone: bool) -> tuple[Any, ...]:
        """What came as the state to begin with, with a batch axis."""
        count = KINDS[self.kind].states
        if count > 1 and not (isinstance(hx, (tuple, list)) and len(hx) == count):
            raise TypeError(f"{self!r}: {type(hx).__name__} came as the state; give (h, c)")
        parts = tuple(hx) if count > 1 else (hx,)
        first = self.num_layers * (1 + self.bidirectional)
        wanted = (first, self.hidden_size) if alone else (first, batch, self.hidden_size)
        nodes = tuple(node_of(self, part) for part in parts)
        came = [node.shape for node in nodes]
        if came != [wanted] * count:
            raise ShapeError(
                f"{self!r}: a state of shape {came if count > 1 else came[0]} came; "
                f"{wanted} is needed (layers * directions{'' if alone else ', batch'}, hidden)"
            )
        return tuple(part[:, None] for part in nodes) if alone else nodes

    def flatten_parameters(self) -> None:
        """Do nothing: PyTorch's way to lay the weights side by side."""

    def extra_repr(self) -> str:
        """The sizes, and what differs from the default."""
        parts = [f"{self.input_size} -> {self.hidden_size}"]
        parts += [f"num_layers={self.num_layers}"] if self.num_layers != 1 else []
        parts += ["bias=False"] if not self.bias else []
        parts += ["batch_first=True"] if self.batch_first else []
        parts += [f"dropout={self.dropout}"] if self.dropout else []
        parts += ["bidirectional=True"] if self.bidirectional else []
        return ", ".join(parts)


class RNN(_Recurrent):
    """At every step h = tanh(W_ih x + b_ih + W_hh h + b_hh), from the first to the last.

    The parameters are called ``weight_ih_l0``, ``weight_hh_l0``, ``bias_ih_l0`` and ``bias_hh_l0``
    for layer 0, with ``_reverse`` behind for the direction back. They start evenly spread over
    ±1/√hidden, as in PyTorch.

    Args:
        input_size: How many numbers come at each step.
        hidden_size: How many numbers the state has.
        num_layers: How many layers there are, each reading the outputs of the one before.
        nonlinearity: "tanh" or "relu".
        bias: Whether there are biases.
        batch_first: Whether inputs and outputs are (batch, steps, ...) and not (steps, batch, ...).
        dropout: The probability with which numbers between the layers are dropped in training.
        bidirectional: Whether a second set of weights reads from the last step to the first.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is not at least 1, or dropout no probability.

    Example:
        >>> from autograd import ones
        >>> layer = RNN(2, 3)
        >>> y, h = layer(ones(4, 5, 2))
        >>> h.sum().backward()
        >>> y.shape, h.shape, layer.weight_hh_l0.grad.shape
        ((4, 5, 3), (1, 5, 3), (3, 3))

    Source:
        J. L. Elman, "Finding Structure in Time" (1990).
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        self.kind = check_name("RNN", "nonlinearity", nonlinearity, ("tanh", "relu"))
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            dtype=dtype, generator=generator,
        )  # fmt: skip

    @property
    def nonlinearity(self) -> str:
        """What bends the sum."""
        return self.kind

    def extra_repr(self) -> str:
        """The sizes, and what differs from the default."""
        extra = "" if self.kind == "tanh" else f", nonlinearity={self.kind!r}"
        return super().extra_repr() + extra


class LSTM(_Recurrent):
    """At every step c = f c + i g and h = o tanh(c): a memory with gates; see ``LSTMCell``.

    Returns the outputs and the pair of the last h and c. Parameters are named as in ``RNN``.

    Args:
        input_size: How many numbers come at each step.
        hidden_size: How many numbers h and c have.
        num_layers: How many layers there are, each reading the outputs of the one before.
        bias: Whether there are biases.
        batch_first: Whether inputs and outputs are (batch, steps, ...) and not (steps, batch, ...).
        dropout: The probability with which numbers between the layers are dropped in training.
        bidirectional: Whether a second set of weights reads from the last step to the first.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is not at least 1, or dropout no probability.

    Example:
        >>> from autograd import ones
        >>> layer = LSTM(2, 3, num_layers=2, batch_first=True, bidirectional=True)
        >>> y, (h, c) = layer(ones(5, 4, 2), lengths=[4, 4, 3, 2, 1])
        >>> y.shape, h.shape, c.shape
        ((5, 4, 6), (4, 5, 3), (4, 5, 3))

    Source:
        S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory" (1997).
    """

    kind = "lstm"


class GRU(_Recurrent):
    """At every step h = (1 - z) n + z h: see ``GRUCell``. Parameters are named as in ``RNN``.

    Args:
        input_size: How many numbers come at each step.
        hidden_size: How many numbers the state has.
        num_layers: How many layers there are, each reading the outputs of the one before.
        bias: Whether there are biases.
        batch_first: Whether inputs and outputs are (batch, steps, ...) and not (steps, batch, ...).
        dropout: The probability with which numbers between the layers are dropped in training.
        bidirectional: Whether a second set of weights reads from the last step to the first.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is not at least 1, or dropout no probability.

    Example:
        >>> from autograd import ones
        >>> y, h = GRU(2, 3)(ones(4, 5, 2))
        >>> y.shape, bool((y[-1] == h[0]).all())
        ((4, 5, 3), True)

    Source:
        K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (2014).
    """

    kind = "gru"
