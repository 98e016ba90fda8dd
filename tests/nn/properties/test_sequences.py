"""Recurrent layers, attention and embedding against loops over every step, head and word.

Gradients are held beside the slope of the loop itself in a random direction, taken by a step along
the imaginary axis: the imaginary part of f(x + i h v) / h has no rounding error.
"""

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Tensor
from nn import functional as F

STEP = 1e-30
EXACT = {np.float64: 1e-9, np.float32: 2e-3}
DTYPES = st.sampled_from([np.float32, np.float64])


def agree(function, arrays, gradients, exact):
    """Each gradient that is not None against the slope of the function of all arrays."""
    source = np.random.default_rng(1)
    for place, gradient in enumerate(gradients):
        if gradient is None:
            continue
        direction = source.normal(size=gradient.shape)
        moved = [np.asarray(a, float) for a in arrays]
        moved[place] = moved[place] + 1j * STEP * direction
        expected = complex(function(*moved)).imag / STEP
        found = float((gradient * direction).sum())
        assert math.isclose(found, expected, rel_tol=exact, abs_tol=exact)


# --------------------------------------------------------------------------------- recurrent


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def one_step(kind, x, state, w_ih, w_hh, b_ih, b_hh):
    """One step for one sequence, gate by gate."""
    h = state[0]
    n = len(h)
    entering, back = w_ih @ x + b_ih, w_hh @ h + b_hh
    parts = [slice(k * n, (k + 1) * n) for k in range(4)]
    if kind == "tanh":
        return (np.tanh(entering + back),)
    if kind == "relu":
        return (np.where((entering + back).real > 0, entering + back, 0.0),)
    if kind == "lstm":
        i, f, g, o = (entering[part] + back[part] for part in parts)
        c = sigmoid(f) * state[1] + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c
    r, z = (sigmoid(entering[part] + back[part]) for part in parts[:2])
    new = np.tanh(entering[parts[2]] + r * back[parts[2]])
    return ((1 - z) * new + z * h,)


def loop(kind, x, start, weights, directions, lengths):
    """All layers, directions, sequences and steps, one by one; x is (steps, batch, in)."""
    hidden = start.shape[-1]
    last = np.array(start, complex)
    for layer in range(start.shape[1] // directions):
        y = np.zeros((*x.shape[:2], directions * hidden), complex)
        for back, n in itertools.product(range(directions), range(x.shape[1])):
            row = layer * directions + back
            state = tuple(last[:, row, n])
            times = range(lengths[n])
            for t in reversed(times) if back else times:
                state = one_step(kind, x[t, n], state, *weights[4 * row : 4 * row + 4])
                y[t, n, back * hidden : (back + 1) * hidden] = state[0]
            last[:, row, n] = state
        x = y
    return x, last


@st.composite
def recurrent_cases(draw):
    kind = draw(st.sampled_from(["tanh", "relu", "lstm", "gru"]))
    steps, batch = draw(st.integers(1, 4)), draw(st.sampled_from([0, 1, 2, 3]))
    size, hidden, layers = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    directions, biased = 1 + draw(st.booleans()), draw(st.booleans())
    dtype, numbers = draw(DTYPES), np.random.default_rng(draw(st.integers(0, 9999)))
    options = {"bias": biased, "bidirectional": directions == 2, "generator": numbers}
    if kind in ("tanh", "relu"):
        options["nonlinearity"] = kind
    make = {"lstm": nn.LSTM, "gru": nn.GRU}.get(kind, nn.RNN)
    layer = make(size, hidden, layers, batch_first=draw(st.booleans()), **options).to(dtype)
    lengths = draw(st.none() | st.lists(st.integers(0, steps), min_size=batch, max_size=batch))
    start = (2 if kind == "lstm" else 1, layers * directions, batch, hidden)
    begun = draw(st.booleans())
    x = numbers.normal(size=(steps, batch, size)).astype(dtype)
    start = (numbers.normal(size=start) * begun).astype(dtype)
    return kind, layer, x, start, begun, directions, lengths, numbers


@settings(max_examples=120)
@given(recurrent_cases())
def test_recurrent_layers_are_loops(case):
    kind, layer, x, start, begun, directions, lengths, numbers = case
    dtype, exact = x.dtype, EXACT[x.dtype.type]

    def turned(array):
        return array.swapaxes(0, 1) if layer.batch_first else array

    leaf = Tensor(turned(x), requires_grad=True)
    states = [Tensor(part, requires_grad=True) for part in start]
    given_state = None if not begun else tuple(states) if kind == "lstm" else states[0]
    y, last = layer(leaf, given_state, lengths=lengths)
    last = last if kind == "lstm" else (last,)
    g, e = numbers.normal(size=turned(y.data).shape), numbers.normal(size=start.shape)
    loss = (y * turned(g).astype(dtype)).sum()
    for part, weight in zip(last, e.astype(dtype), strict=True):
        loss = loss + (part * weight).sum()
    loss.backward()

    own = list(layer.parameters())
    if layer.bias:
        arrays, gradients = [p.data for p in own], [p.grad for p in own]
    else:
        arrays, gradients = [], []
        for p, q in zip(own[::2], own[1::2], strict=True):
            arrays += [p.data, q.data, np.zeros(len(q)), np.zeros(len(q))]
            gradients += [p.grad, q.grad, None, None]
    assert {y.dtype, leaf.grad.dtype, *(p.grad.dtype for p in own)} == {dtype}
    lengths = [len(x)] * x.shape[1] if lengths is None else lengths
    by_hand, end = loop(kind, x.astype(float), start, arrays, directions, lengths)
    np.testing.assert_allclose(turned(y.data), by_hand.real, exact, exact)
    np.testing.assert_allclose([part.data for part in last], end.real, exact, exact)

    def total(x, start, *weights):
        out, end = loop(kind, x, start, weights, directions, lengths)
        return (out * g).sum() + (end * e).sum()

    before = np.stack([state.grad for state in states]) if begun else None
    agree(total, [x, start, *arrays], [turned(leaf.grad), before, *gradients], exact)


# --------------------------------------------------------------------------------- attention


def attended(q, k, v, allowed, added, scale):
    """One target after another: shares of e to the power of each score, and the mean by them."""
    out = np.zeros((*q.shape[:-1], v.shape[-1]), complex)
    for place in np.ndindex(q.shape[:-1]):
        batch, t = place[:-1], place[-1]
        sources = [s for s in range(k.shape[-2]) if allowed[(*batch, t, s)]]
        scores = [sum(q[place] * k[(*batch, s)]) * scale + added[(*batch, t, s)] for s in sources]
        highest = max((score.real for score in scores), default=0.0)
        shares = [np.exp(score - highest) for score in scores]
        for s, share in zip(sources, shares, strict=True):
            out[place] += share / sum(shares) * v[(*batch, s)]
    return out


@settings(max_examples=120)
@given(st.data())
def test_attention_is_a_mean_by_shares(data):
    draw = data.draw
    batch = draw(st.sampled_from([(), (0,), (1,), (2,), (2, 2)]))
    targets, sources, size, features = (draw(st.integers(1, 3)) for _ in range(4))
    dtype, numbers = draw(DTYPES), np.random.default_rng(draw(st.integers(0, 9999)))
    exact = EXACT[dtype]
    shapes = [(targets, size), (sources, size), (sources, features)]
    q, k, v = (numbers.normal(size=(*batch, *shape)).astype(dtype) for shape in shapes)
    causal, scale = draw(st.booleans()), draw(st.sampled_from([None, 0.5]))
    mask_shape = draw(st.sampled_from([(targets, sources), (*batch, targets, sources)]))
    open_to = numbers.random(mask_shape) < 0.7
    added = numbers.normal(size=mask_shape).astype(dtype)
    kind = draw(st.sampled_from(["none", "bools", "numbers"]))
    mask = {"none": None, "bools": open_to, "numbers": np.where(open_to, added, -np.inf)}[kind]

    leaves = [Tensor(a, requires_grad=True) for a in (q, k, v)]
    y = F.scaled_dot_product_attention(*leaves, mask, is_causal=causal, scale=scale)
    g = numbers.normal(size=y.shape)
    y.backward(g.astype(dtype))
    assert {y.dtype, *(leaf.grad.dtype for leaf in leaves)} == {np.dtype(dtype)}

    whole = (*batch, targets, sources)
    allowed = np.ones(whole, bool) if mask is None else np.broadcast_to(open_to, whole)
    if causal:
        allowed = allowed & (np.arange(sources) <= np.arange(targets)[:, None])
    more = np.broadcast_to(added if kind == "numbers" else np.zeros(mask_shape), whole)
    factor = 1 / math.sqrt(size) if scale is None else scale

    def by_hand(q, k, v):
        return attended(q, k, v, allowed, more, factor)

    np.testing.assert_allclose(y.data, by_hand(q, k, v).real, exact, exact)
    gradients = [leaf.grad for leaf in leaves]
    agree(lambda q, k, v: (by_hand(q, k, v) * g).sum(), [q, k, v], gradients, exact)


@settings(max_examples=100)
@given(st.data())
def test_heads_attend_apart(data):
    draw = data.draw
    heads, each, batch = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(0, 2))
    targets, sources, alone = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.booleans())
    dtype, numbers = draw(DTYPES), np.random.default_rng(draw(st.integers(0, 9999)))
    exact, size = EXACT[dtype], heads * each
    kdim, vdim = draw(st.sampled_from([(None, None), (3, 2)]))
    layer = nn.MultiheadAttention(
        size, heads, kdim=kdim, vdim=vdim, batch_first=True, generator=numbers
    ).to(dtype)
    layer.in_proj_bias.data = numbers.normal(size=3 * size)
    itself = alone and kdim is None
    sources = targets if itself else sources
    shapes = [(targets, size), (sources, kdim or size), (sources, vdim or size)]
    arrays = [numbers.normal(size=(batch, *shape)).astype(dtype) for shape in shapes]
    arrays = arrays[:1] * 3 if itself else arrays
    filling = numbers.random((batch, sources)) < 0.3
    leaves = [Tensor(a, requires_grad=True) for a in (arrays[:1] if itself else arrays)]
    y, looked = layer(*(leaves * 3 if itself else leaves), filling)
    g = numbers.normal(size=y.shape)
    y.backward(g.astype(dtype))

    if kdim is None:
        matrices = np.split(np.asarray(layer.in_proj_weight.data, float), 3)
    else:
        matrices = [layer.q_proj_weight.data, layer.k_proj_weight.data, layer.v_proj_weight.data]
    biases = np.split(layer.in_proj_bias.data, 3)
    allowed = np.broadcast_to(~filling[:, None], (batch, targets, sources))
    nothing = np.zeros(allowed.shape)

    def by_hand(*came):
        parts = [x @ w.T + b for x, w, b in zip(came, matrices, biases, strict=True)]
        columns = [slice(h * each, (h + 1) * each) for h in range(heads)]
        found = [
            attended(*(part[..., column] for part in parts), allowed, nothing, each**-0.5)
            for column in columns
        ]
        return np.concatenate(found, -1) @ layer.out_proj.weight.data.T + layer.out_proj.bias.data

    np.testing.assert_allclose(y.data, by_hand(*arrays).real, exact, exact)
    seen = allowed.any(axis=-1)
    np.testing.assert_allclose(looked.data.sum(axis=-1), seen, exact, exact)
    slopes = [leaf.grad for leaf in leaves]
    if itself:
        agree(lambda x: (by_hand(x, x, x) * g).sum(), arrays[:1], slopes, exact)
    else:
        agree(lambda *came: (by_hand(*came) * g).sum(), arrays, slopes, exact)


# --------------------------------------------------------------------------------- embedding


@settings(max_examples=120)
@given(st.data())
def test_embedding_adds_up_what_comes_back_to_a_row(data):
    draw = data.draw
    rows, size = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=2)))
    dtype, numbers = draw(DTYPES), np.random.default_rng(draw(st.integers(0, 9999)))
    kind = draw(st.sampled_from([np.int64, np.int32, np.uint8]))
    words = numbers.integers(0, rows, shape).astype(kind)  # few rows, so that many repeat
    padding = draw(st.none() | st.integers(-rows, rows - 1))
    layer = nn.Embedding(rows, size, padding, dtype=dtype, generator=numbers)
    y = layer(draw(st.sampled_from([words, Tensor(words)])))
    g = numbers.normal(size=y.shape).astype(dtype)
    y.backward(g)
    assert (y.dtype, y.shape) == (np.dtype(dtype), (*shape, size))
    expected = np.zeros((rows, size))
    for place in np.ndindex(shape):
        assert (y.data[place] == layer.weight.data[words[place]]).all()
        if padding is None or words[place] != padding % rows:
            expected[words[place]] += g[place]
    found = np.zeros((rows, size)) if layer.weight.grad is None else layer.weight.grad
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    hot = F.one_hot(words, rows)
    assert (hot.data.sum(axis=-1) == 1).all()
    assert (hot.data.argmax(axis=-1) == words).all()
