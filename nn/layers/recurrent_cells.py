"""One step of a recurrent network, as a layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import ShapeError, zeros
from nn import functional
from nn.checks.choices import check_name
from nn.checks.numbers import float_kind, numbers_of
from nn.checks.whole_numbers import at_least_one
from nn.init import Generator, generator_of, uniform_
from nn.modules.module import Module
from nn.modules.parameter import Parameter

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


class _Cell(Module):
    gates: int

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        name = type(self).__name__
        self.input_size = at_least_one(name, "input_size", input_size)
        self.hidden_size = at_least_one(name, "hidden_size", hidden_size)
        rows, kind, source = (
            self.gates * hidden_size,
            float_kind(type(self).__name__, dtype),
            generator_of(generator),
        )
        bound = 1.0 / math.sqrt(hidden_size)

        def drawn(*shape: int) -> Parameter:
            return uniform_(Parameter(np.zeros(shape, kind)), -bound, bound, source)

        self.weight_ih = drawn(rows, input_size)
        self.weight_hh = drawn(rows, hidden_size)
        self.bias_ih = drawn(rows) if bias else None
        self.bias_hh = drawn(rows) if bias else None

    def _weights(self) -> tuple[Any, Any, Any, Any]:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh

    def _nothing(self, x: Any) -> Any:
        """The state before the first step, after a look at x."""
        shape = numbers_of(self, x).shape
        if len(shape) not in (1, 2) or shape[-1] != self.input_size:
            raise ShapeError(
                f"{self!r}: an input of shape {shape} came; needs (batch, {self.input_size}) or "
                f"({self.input_size},)"
            )
        return zeros(*shape[:-1], self.hidden_size, dtype=self.weight_hh.dtype)

    def extra_repr(self) -> str:
        """The sizes."""
        extra = "" if self.bias_ih is not None else ", bias=False"
        return f"{self.input_size} -> {self.hidden_size}{extra}"


class RNNCell(_Cell):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh): the new state, from an input and the one before.

    W_ih has the shape (hidden, in) and W_hh (hidden, hidden). All start evenly spread over
    ±1/√hidden, as in PyTorch.

    Args:
        input_size: How many numbers come at each step.
        hidden_size: How many numbers the state has.
        bias: Whether there are biases.
        nonlinearity: "tanh" or "relu".
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is not at least 1, or the nonlinearity unknown.

    Example:
        >>> from autograd import ones
        >>> cell, h = RNNCell(2, 3), None
        >>> for _ in range(4):
        ...     h = cell(ones(5, 2), h)
        >>> h.sum().backward()
        >>> h.shape, cell.weight_hh.grad.shape
        ((5, 3), (3, 3))

    Source:
        J. L. Elman, "Finding Structure in Time" (1990).
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        *,
        dtype: Any = None,
        generator: Generator = None,
    ) -> None:
        self.nonlinearity = check_name("RNNCell", "nonlinearity", nonlinearity, ("tanh", "relu"))
        super().__init__(input_size, hidden_size, bias, dtype=dtype, generator=generator)

    def forward(self, x: Any, h: Any = None) -> Any:
        """Compute the new state.

        Args:
            x: Shape (batch, in), or (in,).
            h: The state before, shape (batch, hidden), or (hidden,); zeros by default.

        Returns:
            The new state.

        Raises:
            ShapeError: If the shapes do not fit.
        """
        nothing = self._nothing(x)
        return functional.rnn_cell(
            x, nothing if h is None else h, *self._weights(), self.nonlinearity
        )

    def extra_repr(self) -> str:
        """The sizes, and what differs from the default."""
        extra = "" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity!r}"
        return super().extra_repr() + extra


class LSTMCell(_Cell):
    """c' = f c + i g and h' = o tanh(c'): gates say what a memory keeps, takes in and shows.

    i, f, o = σ(...) and g = tanh(...) of W_ih x + b_ih + W_hh h + b_hh, with W_ih of shape
    (4 hidden, in), rows in the order i, f, g, o. All start evenly spread over ±1/√hidden, as in
    PyTorch.

    Args:
        input_size: How many numbers come at each step.
        hidden_size: How many numbers h and c have.
        bias: Whether there are biases.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is not at least 1.

    Example:
        >>> from autograd import ones
        >>> cell = LSTMCell(2, 3)
        >>> h, c = cell(ones(5, 2))
        >>> h, c = cell(ones(5, 2), (h, c))
        >>> h.sum().backward()
        >>> h.shape, cell.weight_hh.grad.shape
        ((5, 3), (12, 3))

    Source:
        S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory" (1997).
    """

    gates = 4

    def forward(self, x: Any, state: tuple[Any, Any] | None = None) -> tuple[Any, Any]:
        """Compute the new h and c.

        Args:
            x: Shape (batch, in), or (in,).
            state: h and c before, each of shape (batch, hidden), or (hidden,); zeros by default.

        Returns:
            The new h and c.

        Raises:
            ShapeError: If the shapes do not fit.
            TypeError: If the state is no pair.
        """
        nothing = self._nothing(x)
        if state is not None and not (isinstance(state, (tuple, list)) and len(state) == 2):
            raise TypeError(f"{self!r}: {type(state).__name__} came as the state; give (h, c)")
        return functional.lstm_cell(
            x, (nothing, nothing) if state is None else (state[0], state[1]), *self._weights()
        )


class GRUCell(_Cell):
    """h' = (1 - z) n + z h: one gate says how much stays, another how much the new part looks back.

    r, z = σ(W x + b + ...), n = tanh(W_in x + b_in + r (W_hn h + b_hn)), with W_ih of shape
    (3 hidden, in), rows in the order r, z, n. All start evenly spread over ±1/√hidden, as in
    PyTorch.

    Args:
        input_size: How many numbers come at each step.
        hidden_size: How many numbers the state has.
        bias: Whether there are biases.
        dtype: The kind of number; float64 by default.
        generator: The source of the starting weights, or a seed.

    Raises:
        ValueError: If a size is not at least 1.

    Example:
        >>> from autograd import ones
        >>> GRUCell(2, 3)(ones(5, 2)).shape
        (5, 3)

    Source:
        K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (2014).
    """

    gates = 3

    def forward(self, x: Any, h: Any = None) -> Any:
        """Compute the new state.

        Args:
            x: Shape (batch, in), or (in,).
            h: The state before, shape (batch, hidden), or (hidden,); zeros by default.

        Returns:
            The new state.

        Raises:
            ShapeError: If the shapes do not fit.
        """
        nothing = self._nothing(x)
        return functional.gru_cell(x, nothing if h is None else h, *self._weights())
