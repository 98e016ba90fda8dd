"""Recurrent networks, step by step: the three kinds of step, and a sweep over a sequence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from autograd import OPS, ShapeError, concatenate, transpose, where
from autograd.ops.recurrent import SQUASHED, entering, gru_step, lstm_step, plain_step
from nn.checks.choices import check_name
from nn.checks.numbers import node_of, numbers_of
from nn.functions.dropping import dropout

__all__ = ["KINDS", "Kind", "Weights", "gru_cell", "lstm_cell", "rnn_cell", "sweep"]

State: TypeAlias = tuple[Any, ...]


class Weights(NamedTuple):
    """What one layer learns for one direction.

    Attributes:
        weight_ih: Shape (gates * hidden, in): from the inputs.
        weight_hh: Shape (gates * hidden, hidden): from the state before.
        bias_ih: Shape (gates * hidden,), or None.
        bias_hh: Shape (gates * hidden,), or None.
    """

    weight_ih: Any
    weight_hh: Any
    bias_ih: Any = None
    bias_hh: Any = None


class Kind(NamedTuple):
    """One kind of recurrent network.

    Attributes:
        step: From what enters, the state, the turned weights and a bias to the new state.
        sequence: The same step all along a sequence, as one op, and its settings.
        gates: How many times the hidden size a step computes.
        states: How many arrays its state has.
        own_bias: Whether the bias of the state enters at another place than that of the inputs.
    """

    step: Callable[..., State]
    sequence: Callable[..., Any]
    gates: int
    states: int = 1
    own_bias: bool = False


KINDS = {
    name: Kind(
        partial(plain_step, squash=squash), partial(OPS["rnn_sequence"], nonlinearity=name), 1
    )
    for name, squash in SQUASHED.items()
}
KINDS["lstm"] = Kind(lstm_step, OPS["lstm_sequence"], 4, states=2)
KINDS["gru"] = Kind(gru_step, OPS["gru_sequence"], 3, own_bias=True)


def rnn_cell(
    x: Any, h: Any, weight_ih: Any, weight_hh: Any, bias_ih: Any = None, bias_hh: Any = None,
    nonlinearity: str = "tanh",
) -> Any:  # fmt: skip
    """Compute one step h' = tanh(W_ih x + b_ih + W_hh h + b_hh).

    Args:
        x: Shape (batch, in), or (in,).
        h: The state before, shape (batch, hidden), or (hidden,).
        weight_ih: Shape (hidden, in).
        weight_hh: Shape (hidden, hidden).
        bias_ih: Shape (hidden,), or None.
        bias_hh: Shape (hidden,), or None.
        nonlinearity: "tanh" or "relu".

    Returns:
        The new state, of h's shape.

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> from autograd import Tensor
        >>> h = Tensor([[0.0]], requires_grad=True)
        >>> new = rnn_cell(Tensor([[0.5]]), h, Tensor([[0.0]]), Tensor([[2.0]]))
        >>> new.backward()
        >>> new.tolist(), h.grad
        ([[0.0]], array([[2.]]))

    Source:
        J. L. Elman, "Finding Structure in Time" (1990).
    """
    check_name("rnn_cell", "nonlinearity", nonlinearity, ("tanh", "relu"))
    weights = Weights(weight_ih, weight_hh, bias_ih, bias_hh)
    return _one_step("rnn_cell", KINDS[nonlinearity], x, (h,), weights)[0]


def lstm_cell(
    x: Any, state: tuple[Any, Any], weight_ih: Any, weight_hh: Any, bias_ih: Any = None,
    bias_hh: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Compute one step of a long short-term memory: c' = f c + i g and h' = o tanh(c').

    The gates i, f, o are sigmoids and g is a tanh of W_ih x + b_ih + W_hh h + b_hh, whose rows come
    in the order i, f, g, o.

    Args:
        x: Shape (batch, in), or (in,).
        state: h and c, each of shape (batch, hidden), or (hidden,).
        weight_ih: Shape (4 hidden, in).
        weight_hh: Shape (4 hidden, hidden).
        bias_ih: Shape (4 hidden,), or None.
        bias_hh: Shape (4 hidden,), or None.

    Returns:
        The new h and c.

    Raises:
        ShapeError: If the shapes do not fit.

    Source:
        S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory" (1997); the forget gate f:
        F. Gers, J. Schmidhuber and F. Cummins, "Learning to Forget" (2000).
    """
    weights = Weights(weight_ih, weight_hh, bias_ih, bias_hh)
    if not isinstance(state, (tuple, list)) or len(state) != 2:
        raise TypeError(f"lstm_cell: {type(state).__name__} came as the state; give (h, c)")
    h, c = _one_step("lstm_cell", KINDS["lstm"], x, tuple(state), weights)
    return h, c


def gru_cell(
    x: Any, h: Any, weight_ih: Any, weight_hh: Any, bias_ih: Any = None, bias_hh: Any = None
) -> Any:
    """Compute one step of a gated recurrent unit: h' = (1 - z) n + z h.

    The gates r and z are sigmoids, n = tanh(W_in x + b_in + r (W_hn h + b_hn)), and the rows of the
    weights come in the order r, z, n.

    Args:
        x: Shape (batch, in), or (in,).
        h: The state before, shape (batch, hidden), or (hidden,).
        weight_ih: Shape (3 hidden, in).
        weight_hh: Shape (3 hidden, hidden).
        bias_ih: Shape (3 hidden,), or None.
        bias_hh: Shape (3 hidden,), or None.

    Returns:
        The new state, of h's shape.

    Raises:
        ShapeError: If the shapes do not fit.

    Source:
        K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (2014).
    """
    weights = Weights(weight_ih, weight_hh, bias_ih, bias_hh)
    return _one_step("gru_cell", KINDS["gru"], x, (h,), weights)[0]


def _one_step(name: str, kind: Kind, x: Any, state: State, weights: Weights) -> State:
    x = numbers_of(name, x)
    came, before = x.shape, [numbers_of(name, part).shape for part in state]
    into, back = (numbers_of(name, weight).shape for weight in weights[:2])
    hidden = back[-1] if back else 0
    rows = kind.gates * hidden
    if not came or back != (rows, hidden) or into != (rows, came[-1]):
        raise ShapeError(
            f"{name}: x of shape {came}, weight_ih of {into} and weight_hh of {back} came; "
            f"(..., in), ({kind.gates} hidden, in) and ({kind.gates} hidden, hidden) are needed"
        )
    for bias in weights[2:]:
        if bias is not None and (given := numbers_of(name, bias).shape) != (rows,):
            raise ShapeError(f"{name}: a bias of shape {given} came; ({rows},) is needed")
    if before != [(*came[:-1], hidden)] * kind.states:
        raise ShapeError(
            f"{name}: a state of the shapes {before} came with x of shape {came}; "
            f"{kind.states} of {(*came[:-1], hidden)} are needed"
        )
    own, joined = (weights.bias_hh, None) if kind.own_bias else (None, weights.bias_hh)
    entered = entering(x, weights.weight_ih, (weights.bias_ih, joined))
    nodes = tuple(node_of(name, part) for part in state)
    return kind.step(entered, nodes, transpose(weights.weight_hh), own)


def sweep(
    kind: Kind,
    x: Any,
    states: State | None,
    layers: list[list[Weights]],
    present: Any = None,
    drop: float = 0.0,
) -> tuple[Any, State]:
    """Run layers over a sequence, each in one direction or both.

    Args:
        kind: What a step does.
        x: Shape (steps, batch, in).
        states: The state to begin with: arrays of shape (layers * directions, batch, hidden), each
            layer's forward direction before its backward one; None for zeros.
        layers: For every layer the weights of its directions, the forward one first.
        present: Bools of shape (steps, batch), or None. Where false there is no step: the state
            stays as it was, and the output is 0.
        drop: The probability with which numbers between the layers are dropped.

    Returns:
        The last layer's outputs, shape (steps, batch, directions * hidden), and the last states,
        of the shape of ``states``.
    """
    last: list[State] = []
    if present is not None:
        x = where(present[..., None], x, 0.0)  # so that not even NaN there reaches a gradient
        present.flags.writeable = False  # then no op needs a copy of its own
    for number, directions in enumerate(layers):
        if number and drop:
            x = dropout(x, drop)
        runs = []
        for backwards, weights in enumerate(directions):
            state = (0.0,) * kind.states if states is None else [s[len(last)] for s in states]
            biases = [0.0 if bias is None else bias for bias in weights[2:]]
            out = kind.sequence(
                x, *weights[:2], *biases, *state, backwards=bool(backwards), present=present
            )
            parts = (out,) if kind.states == 1 else tuple(out)
            runs.append(parts[0] if present is None else where(present[..., None], parts[0], 0.0))
            end = slice(0, 1) if backwards else slice(len(x) - 1, None)
            last.append(tuple(part[end] for part in parts))
        x = runs[0] if len(runs) == 1 else concatenate(runs, axis=-1)
    return x, tuple(p[0] if len(p) == 1 else concatenate(p) for p in zip(*last, strict=True))
