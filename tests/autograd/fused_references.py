"""What the fused ops compute, said a second time: by loops over examples, steps and classes."""

from typing import Any

import numpy as np


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _rnn(step: str) -> Any:
    squash = np.tanh if step == "tanh" else lambda x: x * (x > 0)

    def new(sums: Any, back: Any, state: Any) -> Any:
        return (squash(sums + back),)

    return new


def _lstm(sums: Any, back: Any, state: Any) -> Any:
    i, f, g, o = np.split(sums + back, 4)
    c = _sigmoid(f) * state[1] + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def _gru(sums: Any, back: Any, state: Any) -> Any:
    (r_in, z_in, n_in), (r_back, z_back, n_back) = np.split(sums, 3), np.split(back, 3)
    r, z = _sigmoid(r_in + r_back), _sigmoid(z_in + z_back)
    n = np.tanh(n_in + r * n_back)
    return ((1 - z) * n + z * state[0],)


def _along(step: Any, given: Any, backwards: bool, present: Any) -> Any:
    """Every sequence of the batch by itself, step by step."""
    x, w_in, w_back, b_in, b_back, *begin = given
    steps, batch, _ = x.shape
    out = np.zeros((len(begin), steps, batch, w_back.shape[1]), x.dtype)
    for b in range(batch):
        state = [part[b] for part in begin]
        for t in reversed(range(steps)) if backwards else range(steps):
            if present is None or present[t, b]:
                state = list(step(w_in @ x[t, b] + b_in, w_back @ state[0] + b_back, state))
            out[:, t, b] = state
    return out


def cross_entropy(
    scores: Any, *, labels: Any, class_axis: int, weight: Any, counts: Any, smoothing: float,
    reduction: str,
) -> Any:  # fmt: skip
    """The loss of every place by itself, as it is written in a book."""
    by_place = np.moveaxis(scores, class_axis, -1)
    classes = by_place.shape[-1]
    weight = np.ones(classes) if weight is None else weight
    terms, shares = np.zeros(labels.shape), np.zeros(labels.shape)
    for place in np.ndindex(labels.shape):
        if counts is None or counts[place]:
            logarithms = np.log(np.exp(by_place[place]) / np.exp(by_place[place]).sum())
            truth = smoothing / classes + (1 - smoothing) * (np.arange(classes) == labels[place])
            terms[place] = -(truth * weight * logarithms).sum()
            shares[place] = weight[labels[place]]
    if reduction == "none":
        return terms
    return terms.sum() if reduction == "sum" else terms.sum() / shares.sum()


FUSED: dict[str, Any] = {
    "linear": lambda x, weight, bias: x @ weight.T + bias,
    "cross_entropy": cross_entropy,
    "rnn_sequence": lambda *given, nonlinearity, backwards, present: _along(
        _rnn(nonlinearity), given, backwards, present
    )[0],
    "lstm_sequence": lambda *given, backwards, present: _along(_lstm, given, backwards, present),
    "gru_sequence": lambda *given, backwards, present: _along(_gru, given, backwards, present)[0],
}
