"""Embedding, recurrent and attention layers beside PyTorch's, and the small layers around them."""

from __future__ import annotations

import math

import numpy as np
import pytest

import nn
from autograd import Tensor, grad
from nn import functional as F

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:enable_nested_tensor is True:UserWarning"),
    pytest.mark.filterwarnings("ignore:dropout option adds dropout after:UserWarning"),
]


CLOSE = {"rtol": 1e-10, "atol": 1e-10}
DRAW = np.random.default_rng(0)
START = DRAW.bit_generator.state


@pytest.fixture(autouse=True)
def same_every_time():
    """Draw the same numbers in every test, and let PyTorch differentiate attention twice."""
    DRAW.bit_generator.state = START
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        yield


def pair(ours, theirs):
    """Copy our state into theirs: the names and layouts are the same."""
    theirs = theirs.double()
    state = {name: torch.tensor(array) for name, array in ours.state_dict().items()}
    assert list(state) == list(theirs.state_dict())
    theirs.load_state_dict(state)
    return ours, theirs


def both(array):
    return Tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)


def close(mine, its):
    np.testing.assert_allclose(np.asarray(mine), its.detach().numpy(), **CLOSE)


def same_gradients(ours, theirs, mine, its, starts, others, second=True):
    """Compare outputs, gradients, and gradients of the gradients' squares."""
    for a, b in zip(mine, its, strict=True):
        close(a, b)
    loss = sum(((k + 1) * y**3 + y).sum() for k, y in enumerate(mine))
    its_loss = sum(((k + 1) * y**3 + y).sum() for k, y in enumerate(its))
    own, its_own = ours.parameters(), list(theirs.parameters())
    if not second:
        loss.backward()
        its_loss.backward()
        firsts = [p.grad for p in (*starts, *own)]
        its_firsts = [p.grad for p in (*others, *its_own)]
    else:
        firsts = grad(loss, [*starts, *own], create_graph=True)
        its_firsts = torch.autograd.grad(its_loss, [*others, *its_own], create_graph=True)
        sum((g**2).sum() for g in firsts).backward()
        sum((g**2).sum() for g in its_firsts).backward()
        for a, b in zip((*starts, *own), (*others, *its_own), strict=True):
            scale = max(1.0, np.abs(b.grad.numpy()).max())
            np.testing.assert_allclose(a.grad / scale, b.grad.numpy() / scale, **CLOSE)
    for a, b in zip(firsts, its_firsts, strict=True):
        close(getattr(a, "data", a), b)


# --------------------------------------------------------------------------------- embedding


@pytest.mark.parametrize("padding", [None, 0, -1])
def test_embedding(padding):
    ours, theirs = pair(
        nn.Embedding(6, 3, padding_idx=padding), torch.nn.Embedding(6, 3, padding_idx=padding)
    )
    ids = DRAW.integers(0, 6, (4, 5))
    ids[0] = [0, 5, 0, 5, 1]
    mine, its = ours(ids), theirs(torch.tensor(ids))
    same_gradients(ours, theirs, [mine], [its], [], [], second=False)
    assert ours.padding_idx == theirs.padding_idx


def test_one_hot():
    ids = DRAW.integers(0, 4, (2, 3))
    for count in (-1, 7):
        its = torch.nn.functional.one_hot(torch.tensor(ids), count)
        np.testing.assert_array_equal(F.one_hot(ids, count).data, its.numpy())
        assert F.one_hot(ids, count).dtype == np.int64


def test_embedding_starts_as_torchs():
    spread = torch.nn.Embedding(500, 20).weight.std().item()
    assert nn.Embedding(500, 20).weight.data.std() == pytest.approx(spread, rel=0.05)


# --------------------------------------------------------------------------------- recurrent

CELLS = [
    ("RNNCell", {}), ("RNNCell", {"nonlinearity": "relu"}), ("LSTMCell", {}), ("GRUCell", {}),
    ("LSTMCell", {"bias": False}), ("GRUCell", {"bias": False}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings"), CELLS)
@pytest.mark.parametrize("alone", [False, True], ids=["batch", "one example"])
@pytest.mark.parametrize("started", [False, True], ids=["from zeros", "from a state"])
def test_cell(name, settings, alone, started):
    ours, theirs = pair(
        getattr(nn, name)(3, 4, **settings), getattr(torch.nn, name)(3, 4, **settings)
    )
    lead = () if alone else (5,)
    x, other = both(DRAW.normal(size=(*lead, 3)))
    starts = [both(DRAW.normal(size=(*lead, 4))) for _ in range(1 + (name == "LSTMCell"))]
    states = [tuple(s[side] for s in starts) for side in (0, 1)]
    states = [s if name == "LSTMCell" else s[0] for s in states]
    mine = ours(x, states[0]) if started else ours(x)
    its = theirs(other, states[1]) if started else theirs(other)
    mine, its = (tuple(y) if isinstance(y, tuple) else (y,) for y in (mine, its))
    own = [s[0] for s in starts] if started else []
    their = [s[1] for s in starts] if started else []
    same_gradients(ours, theirs, mine, its, [x, *own], [other, *their])


NETWORKS = [
    ("RNN", {}), ("RNN", {"nonlinearity": "relu", "num_layers": 2, "bidirectional": True}),
    ("LSTM", {}), ("LSTM", {"num_layers": 3, "bias": False}), ("LSTM", {"bidirectional": True}),
    ("LSTM", {"num_layers": 2, "bidirectional": True, "batch_first": True}),
    ("GRU", {}), ("GRU", {"num_layers": 2, "bidirectional": True}), ("GRU", {"bias": False}),
]  # fmt: skip


def network(name, settings):
    return pair(getattr(nn, name)(3, 4, **settings), getattr(torch.nn, name)(3, 4, **settings))


def flat(outputs):
    y, state = outputs
    return (y, *state) if isinstance(state, tuple) else (y, state)


def states_for(ours, lead):
    directions = ours.num_layers * (1 + ours.bidirectional)
    count = 2 if isinstance(ours, nn.LSTM) else 1
    pairs = [both(DRAW.normal(size=(directions, *lead, 4))) for _ in range(count)]
    mine, its = tuple(p[0] for p in pairs), tuple(p[1] for p in pairs)
    return (mine, its) if count == 2 else (mine[0], its[0])


@pytest.mark.parametrize(("name", "settings"), NETWORKS)
@pytest.mark.parametrize("alone", [False, True], ids=["batch", "one sequence"])
@pytest.mark.parametrize("started", [False, True], ids=["from zeros", "from a state"])
def test_network(name, settings, alone, started):
    ours, theirs = network(name, settings)
    shape = (6, 3) if alone else (2, 6, 3) if ours.batch_first else (6, 2, 3)
    x, other = both(DRAW.normal(size=shape))
    first, second = states_for(ours, () if alone else (2,)) if started else (None, None)
    mine, its = flat(ours(x, first)), flat(theirs(other, second))
    same_gradients(ours, theirs, mine, its, [x], [other])


def test_a_long_sequence():
    ours, theirs = network("GRU", {})
    x, other = both(DRAW.normal(size=(150, 2, 3)))
    same_gradients(ours, theirs, flat(ours(x)), flat(theirs(other)), [x], [other], second=False)


@pytest.mark.parametrize(("name", "settings"), NETWORKS)
@pytest.mark.parametrize("lengths", [[6, 4, 4, 1], [2, 6, 1, 5]], ids=["falling", "in any order"])
def test_packed_sequences(name, settings, lengths):
    ours, theirs = network(name, settings)
    first = ours.batch_first
    x, other = both(DRAW.normal(size=(4, 6, 3) if first else (6, 4, 3)))
    in_order = lengths[0] == 6
    packed = nn.pack_padded_sequence(x, lengths, first, enforce_sorted=in_order)
    rnn = torch.nn.utils.rnn
    its_packed = rnn.pack_padded_sequence(other, lengths, first, enforce_sorted=in_order)
    for a, b in zip(packed, its_packed, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            close(a.data, b)
    hx, its_hx = states_for(ours, (4,))
    out, state = ours(packed, hx)
    its_out, its_state = theirs(its_packed, its_hx)
    close(out.data.data, its_out.data)
    settings = {"batch_first": first, "padding_value": -1.0, "total_length": 8}
    y, counts = nn.pad_packed_sequence(out, **settings)
    z, its_counts = rnn.pad_packed_sequence(its_out, **settings)
    assert counts.tolist() == its_counts.tolist() == lengths
    mine, its = flat((y, state)), flat((z, its_state))
    same_gradients(ours, theirs, mine, its, [x], [other], second=False)


@pytest.mark.parametrize(("name", "settings"), NETWORKS)
def test_lengths_and_masks_are_as_packed(name, settings):
    ours, theirs = network(name, settings)
    lengths = [2, 6, 1, 5]
    numbers = DRAW.normal(size=(4, 6, 3) if ours.batch_first else (6, 4, 3))
    rnn = torch.nn.utils.rnn
    packed = rnn.pack_padded_sequence(
        torch.tensor(numbers), lengths, ours.batch_first, enforce_sorted=False
    )
    out, state = theirs(packed)
    its = flat((rnn.pad_packed_sequence(out, ours.batch_first)[0], state))
    real = np.arange(6) < np.array(lengths)[:, None]
    mask = real if ours.batch_first else real.T
    numbers[~mask] = np.nan  # what only fills up never matters
    for settings in ({"lengths": lengths}, {"mask": mask}):
        x = Tensor(numbers, requires_grad=True)
        mine = flat(ours(x, **settings))
        for a, b in zip(mine, its, strict=True):
            close(a, b)
        sum(y.sum() for y in mine).backward()
        assert np.isfinite(ours.weight_ih_l0.grad).all()
        assert not x.grad[~mask].any()


def test_pad_sequence():
    parts = [DRAW.normal(size=(n, 2)) for n in (3, 1, 4)]
    for first in (True, False):
        its = torch.nn.utils.rnn.pad_sequence([torch.tensor(p) for p in parts], first, 9.0)
        close(nn.pad_sequence(parts, first, 9.0), its)
    packed = nn.pack_sequence(parts, enforce_sorted=False)
    its = torch.nn.utils.rnn.pack_sequence([torch.tensor(p) for p in parts], enforce_sorted=False)
    close(packed.data, its.data)
    assert packed.batch_sizes.tolist() == its.batch_sizes.tolist()


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_networks_start_as_torchs(name):
    ours, theirs = getattr(nn, name)(8, 25), getattr(torch.nn, name)(8, 25)
    for mine, its in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert mine.shape == tuple(its.shape)
        assert np.abs(mine.data).max() <= 0.2 >= its.abs().max().item()
        # evenly from ±1/√25; the deviation of 25 draws is known to about 9 % (one sigma)
        assert mine.data.std() == pytest.approx(0.2 / math.sqrt(3), rel=0.4)


# --------------------------------------------------------------------------------- attention

Q, K, V = (DRAW.normal(size=shape) for shape in ((2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 7)))
ALLOWED = DRAW.uniform(size=(4, 6)) < 0.6
ALLOWED[:, 0] = True
ADDED = np.where(ALLOWED, DRAW.normal(size=(4, 6)), -np.inf)


@pytest.mark.parametrize(
    ("mask", "settings"),
    [(None, {}), (None, {"is_causal": True}), (None, {"scale": 0.3}), (ALLOWED, {}), (ADDED, {})],
    ids=["plain", "causal", "scale", "bools", "numbers"],
)
def test_scaled_dot_product_attention(mask, settings):
    starts, others = zip(*map(both, (Q, K, V)), strict=True)
    y = F.scaled_dot_product_attention(*starts, mask, **settings)
    its_mask = None if mask is None else torch.tensor(mask)
    z = torch.nn.functional.scaled_dot_product_attention(*others, its_mask, **settings)
    nothing = nn.Identity()
    same_gradients(nothing, torch.nn.Identity(), [y], [z], starts, others)


def test_a_mask_of_numbers_learns():
    numbers = DRAW.normal(size=(4, 6))
    starts, others = zip(*map(both, (Q, K, V, numbers)), strict=True)
    y = F.scaled_dot_product_attention(*starts)
    z = torch.nn.functional.scaled_dot_product_attention(*others)
    same_gradients(nn.Identity(), torch.nn.Identity(), [y], [z], starts, others)


def attention(**settings):
    return pair(
        nn.MultiheadAttention(6, 3, **settings), torch.nn.MultiheadAttention(6, 3, **settings)
    )


HIDDEN = DRAW.uniform(size=(4, 5)) < 0.4
HIDDEN[:, 0] = False
FILLING = np.array([[False] * 5, [False, False, False, True, True]])
MASKS = [
    {}, {"attn_mask": HIDDEN}, {"attn_mask": np.where(HIDDEN, -np.inf, 0.3)},
    {"attn_mask": np.tile(HIDDEN, (6, 1, 1))}, {"key_padding_mask": FILLING},
    {"attn_mask": HIDDEN, "key_padding_mask": FILLING, "average_attn_weights": False},
    {"need_weights": False},
]  # fmt: skip


@pytest.mark.parametrize("masks", MASKS, ids=lambda m: " ".join(m) or "none")
@pytest.mark.parametrize(
    "settings",
    [{}, {"batch_first": True}, {"bias": False}, {"kdim": 4, "vdim": 7, "batch_first": True}],
    ids=lambda s: " ".join(s) or "default",
)
def test_multihead_attention(settings, masks):
    ours, theirs = attention(**settings)
    sizes = ((2, 4, 6), (2, 5, ours.kdim), (2, 5, ours.vdim))
    numbers = [DRAW.normal(size=size) for size in sizes]
    if not ours.batch_first:
        numbers = [a.swapaxes(0, 1).copy() for a in numbers]
    starts, others = zip(*map(both, numbers), strict=True)
    its_masks = {k: torch.tensor(m) if isinstance(m, np.ndarray) else m for k, m in masks.items()}
    y, weights = ours(*starts, **masks)
    z, its_weights = theirs(*others, **its_masks)
    mine, its = [y], [z]
    if masks.get("need_weights", True):
        mine, its = [y, weights], [z, its_weights]
    else:
        assert weights is None is its_weights
    same_gradients(ours, theirs, mine, its, starts, others)


@pytest.mark.parametrize("alone", [False, True], ids=["batch", "one sequence"])
def test_self_attention(alone):
    ours, theirs = attention()
    x, other = both(DRAW.normal(size=(4, 6) if alone else (4, 2, 6)))
    hidden = np.triu(np.ones((4, 4), bool), 1)
    y, weights = ours(x, x, x, is_causal=True)
    z, its_weights = theirs(other, other, other, attn_mask=torch.tensor(hidden))
    same_gradients(ours, theirs, [y, weights], [z, its_weights], [x], [other])


def test_attention_starts_as_torchs():
    ours = nn.MultiheadAttention(30, 3)
    theirs = torch.nn.MultiheadAttention(30, 3)
    for mine, its in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert mine.data.std() == pytest.approx(its.std().item(), rel=0.1, abs=1e-12)


# --------------------------------------------------------------------------------- transformer

LAYERS = [
    {}, {"norm_first": True}, {"activation": "gelu", "batch_first": True},
    {"bias": False, "layer_norm_eps": 1e-3},
]  # fmt: skip


@pytest.mark.parametrize("settings", LAYERS, ids=lambda s: " ".join(s) or "default")
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_transformer_encoder_layer(settings, training):
    ours, theirs = pair(
        nn.TransformerEncoderLayer(6, 2, 8, 0.0, **settings),
        torch.nn.TransformerEncoderLayer(6, 2, 8, 0.0, **settings),
    )
    ours.train(training)
    theirs.train(training)
    x, other = both(DRAW.normal(size=(2, 5, 6) if settings.get("batch_first") else (5, 2, 6)))
    hidden = np.triu(np.ones((5, 5), bool), 1)
    y = ours(x, hidden, FILLING)
    z = theirs(other, torch.tensor(hidden), torch.tensor(FILLING))
    same_gradients(ours, theirs, [y], [z], [x], [other])


@pytest.mark.parametrize("normed", [False, True])
def test_transformer_encoder(normed):
    def build(m):
        layer = m.TransformerEncoderLayer(6, 2, 8, 0.0, batch_first=True, norm_first=True)
        return m.TransformerEncoder(layer, 2, m.LayerNorm(6) if normed else None)

    ours, theirs = pair(build(nn), build(torch.nn))
    first, second = ours.layers
    assert (first.linear1.weight == second.linear1.weight).all()  # copies, as in PyTorch
    assert first.linear1.weight is not second.linear1.weight
    x, other = both(DRAW.normal(size=(2, 5, 6)))
    hidden = torch.triu(torch.ones(5, 5, dtype=bool), 1)
    y, z = ours(x, is_causal=True), theirs(other, hidden)
    same_gradients(ours, theirs, [y], [z], [x], [other])


# --------------------------------------------------------------------------------- around them


def test_bilinear():
    ours, theirs = pair(nn.Bilinear(3, 4, 2), torch.nn.Bilinear(3, 4, 2))
    (a, b), (c, d) = both(DRAW.normal(size=(5, 2, 3))), both(DRAW.normal(size=(5, 2, 4)))
    same_gradients(ours, theirs, [ours(a, c)], [theirs(b, d)], [a, c], [b, d])


@pytest.mark.parametrize(
    ("shape", "count"), [((4,), 1), ((5, 3), 1), ((5, 3), 3), ((2, 3, 4, 2), 1), ((2, 3, 4, 2), 3)]
)
def test_prelu(shape, count):
    ours, theirs = pair(nn.PReLU(count), torch.nn.PReLU(count))
    x, other = both(DRAW.normal(size=shape))
    same_gradients(ours, theirs, [ours(x)], [theirs(other)], [x], [other])


def test_prelu_at_the_kink():
    ours, theirs = pair(nn.PReLU(), torch.nn.PReLU())
    x, other = both(np.array([0.0, -0.0, 1.0]))
    same_gradients(ours, theirs, [ours(x)], [theirs(other)], [x], [other], second=False)


@pytest.mark.parametrize("cut", [(1, (2, 3)), (-1, (3, -1)), (-1, (6, 1))])
def test_unflatten(cut):
    x, other = both(DRAW.normal(size=(4, 6)))
    ours, theirs = nn.Unflatten(*cut), torch.nn.Unflatten(*cut)
    same_gradients(ours, theirs, [ours(x)], [theirs(other)], [x], [other])


UPSAMPLES = [
    ((2, 3, 5), {"scale_factor": 2}), ((2, 3, 5), {"size": 13}), ((2, 3, 5), {"size": 3}),
    ((2, 3, 4, 5), {"scale_factor": (2.5, 1.7)}), ((2, 3, 4, 5), {"size": (7, 9)}),
    ((1, 2, 2, 3, 4), {"scale_factor": 2}), ((2, 3, 7), {"scale_factor": 0.4}),
    *[
        ((2, 3, *size), {**settings, "mode": mode, "align_corners": corners})
        for mode, size in (("linear", (5,)), ("bilinear", (4, 5)))
        for settings in ({"scale_factor": 2}, {"size": 3}, {"scale_factor": 1.7}, {"size": 1})
        for corners in (True, False)
    ],
    ((2, 3, 4, 5), {"size": (9, 4), "mode": "bilinear"}),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "settings"), UPSAMPLES)
def test_upsample(shape, settings):
    x, other = both(DRAW.normal(size=shape))
    ours, theirs = nn.Upsample(**settings), torch.nn.Upsample(**settings)
    same_gradients(ours, theirs, [ours(x)], [theirs(other)], [x], [other])


@pytest.mark.parametrize("size", range(1, 24))
def test_nearest_takes_the_same_elements(size):
    numbers = np.arange(1.0, 1.0 + size).reshape(1, 1, size)
    for count in range(1, 60):
        its = torch.nn.functional.interpolate(torch.tensor(numbers), count)
        np.testing.assert_array_equal(F.interpolate(numbers, count).data, its.numpy())
    for factor in (1.0, 1.1, 1.3, 2.0, 3.3, 6.0, 10 / 3, 49.0):
        its = torch.nn.functional.interpolate(torch.tensor(numbers), scale_factor=factor)
        mine = F.interpolate(numbers, scale_factor=factor)
        np.testing.assert_array_equal(mine.data, its.numpy())


PADS = [
    ((1, 2), "constant", None), ((1, 2, 0, 3), "constant", 4.0), ((-1, 2, 1, -2), "constant", 1.0),
    ((1, 2), "reflect", None), ((1, 2), "replicate", None), ((3, 2), "circular", None),
    ((1, 2, 2, 1), "reflect", None), ((5, 2, 2, 1), "replicate", None),
    ((1, 2, 2, 3), "circular", None),
]  # fmt: skip


@pytest.mark.parametrize(("widths", "mode", "value"), PADS)
def test_pad(widths, mode, value):
    x, other = both(DRAW.normal(size=(2, 3, 4, 5) if len(widths) == 4 else (2, 3, 4)))
    y = F.pad(x, widths, mode, value)
    z = torch.nn.functional.pad(other, widths, mode, value)
    same_gradients(nn.Identity(), torch.nn.Identity(), [y], [z], [x], [other])
