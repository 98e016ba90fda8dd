"""Recurrent networks, step by step: the three kinds of step, and a sweep over a sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from autograd import (
    ShapeError,
    concatenate,
    matmul,
    relu,
    sigmoid,
    stack,
    tanh,
    transpose,
    where,
    zeros,
)
from nn.checks.choices import check_name
from nn.checks.numbers import node_of, numbers_of
from nn.functions.dropping import dropout

__all__ = ["KINDS", "Kind", "Weights", "gru_cell", "lstm_cell", "rnn_cell", "sweep"]

State: TypeAlias = tuple[Any, ...]
_CHUNK = 8


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


def _plain_step(squash: Callable[[Any], Any]) -> Callable[..., State]:
    def step(entering: Any, state: State, turned: Any, bias: Any) -> State:
        return (squash(entering + matmul(state[0], turned)),)

    return step


def _lstm_step(entering: Any, state: State, turned: Any, bias: Any) -> State:
    h, c = state
    n = h.shape[-1]
    gates = entering + matmul(h, turned)
    opened = sigmoid(gates)  # one node for three gates; its share of the fourth is not used
    new = tanh(gates[..., 2 * n : 3 * n])
    c = opened[..., n : 2 * n] * c + opened[..., :n] * new
    return opened[..., 3 * n :] * tanh(c), c


def _gru_step(entering: Any, state: State, turned: Any, bias: Any) -> State:
    (h,) = state
    n = h.shape[-1]
    back = matmul(h, turned)
    back = back if bias is None else back + bias  # the reset gate dims this bias, too
    opened = sigmoid(entering[..., : 2 * n] + back[..., : 2 * n])
    new = tanh(entering[..., 2 * n :] + opened[..., :n] * back[..., 2 * n :])
    return (new + opened[..., n:] * (h - new),)


class Kind(NamedTuple):
    """One kind of recurrent network.

    Attributes:
        step: From what enters, the state, the turned weights and a bias to the new state.
        gates: How many times the hidden size a step computes.
        states: How many arrays its state has.
        own_bias: Whether the bias of the state enters at another place than that of the inputs.
    """

    step: Callable[..., State]
    gates: int
    states: int = 1
    own_bias: bool = False


KINDS = {
    "tanh": Kind(_plain_step(tanh), 1),
    "relu": Kind(_plain_step(relu), 1),
    "lstm": Kind(_lstm_step, 4, states=2),
    "gru": Kind(_gru_step, 3, own_bias=True),
}


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
    entering, turned, bias = _prepared(kind, x, weights)
    return kind.step(entering, tuple(node_of(name, part) for part in state), turned, bias)


def _prepared(kind: Kind, x: Any, weights: Weights) -> tuple[Any, Any, Any]:
    """All that does not wait for the state, in one product; the weights of the state, turned."""
    entering = matmul(x, transpose(weights.weight_ih))
    first, second = weights.bias_ih, weights.bias_hh
    own = second if kind.own_bias else None
    joined = [bias for bias in (first, second) if bias is not None and bias is not own]
    if joined:
        entering = entering + (joined[0] if len(joined) == 1 else joined[0] + joined[1])
    return entering, transpose(weights.weight_hh), own


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
    for number, directions in enumerate(layers):
        if number and drop:
            x = dropout(x, drop)
        runs = []
        for backwards, weights in enumerate(directions):
            if states is None:
                sizes = (x.shape[1], weights.weight_hh.shape[1])
                state: State = (zeros(sizes, dtype=weights.weight_hh.dtype),) * kind.states
            else:
                state = tuple(part[len(last)] for part in states)
            outputs, state = _one_direction(kind, x, state, weights, present, bool(backwards))
            runs.append(outputs)
            last.append(state)
        x = runs[0] if len(runs) == 1 else concatenate(runs, axis=-1)
    return x, tuple(stack(parts) for parts in zip(*last, strict=True))


def _one_direction(
    kind: Kind, x: Any, state: State, weights: Weights, present: Any, backwards: bool
) -> tuple[Any, State]:
    entering, turned, bias = _prepared(kind, x, weights)
    steps = list(enumerate(_unstacked(entering)))
    outputs: list[Any] = [None] * len(steps)
    for t, part in reversed(steps) if backwards else steps:
        new = kind.step(part, state, turned, bias)
        if present is not None and not present[t].all():
            here = present[t][:, None]
            new = tuple(where(here, a, b) for a, b in zip(new, state, strict=True))
        state = new
        outputs[t] = state[0]
    y = stack(outputs)
    return y if present is None else where(present[..., None], y, 0.0), state


def _unstacked(x: Any) -> list[Any]:
    """The steps of a sequence, cut out in two stages or more.

    What a cut sends back is as large as what it was cut from, zeros around it: cut one by one from
    the whole, a sequence of twice the length would take four times the time.
    """
    if len(x) <= _CHUNK:
        return [x[t] for t in range(len(x))]
    size = _CHUNK
    while size * _CHUNK < len(x):
        size *= _CHUNK
    return [step for t in range(0, len(x), size) for step in _unstacked(x[t : t + size])]
