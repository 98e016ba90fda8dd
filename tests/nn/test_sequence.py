"""Embedding, recurrent, attention layers and what goes around them, without PyTorch."""

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, manual_seed, trace
from nn import functional as F

DRAW = np.random.default_rng(1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layers_are_made_in_a_dtype(dtype):
    made = [
        nn.Embedding(3, 2, dtype=dtype), nn.RNN(2, 2, dtype=dtype), nn.GRUCell(2, 2, dtype=dtype),
        nn.TransformerEncoderLayer(4, 2, 3, dtype=dtype), nn.Bilinear(2, 3, 4, dtype=dtype),
        nn.PReLU(dtype=dtype), nn.Maxout(2, 2, dtype=dtype),
        nn.MultiheadAttention(4, 2, kdim=3, dtype=dtype),
    ]  # fmt: skip
    assert {p.dtype for layer in made for p in layer.parameters()} == {np.dtype(dtype)}


def test_layers_start_alike_from_one_seed():
    for make in (
        lambda s: nn.LSTM(2, 3, 2, bidirectional=True, generator=s),
        lambda s: nn.TransformerEncoderLayer(4, 2, 3, generator=s),
        lambda s: nn.Embedding(4, 3, generator=s),
    ):
        a, b, c = make(0).state_dict(), make(0).state_dict(), make(1).state_dict()
        assert all((a[name] == b[name]).all() for name in a)
        assert any((a[name] != c[name]).any() for name in a)


# --------------------------------------------------------------------------------- embedding


def test_the_padding_row_is_zero_and_learns_nothing(check_gradients):
    layer = nn.Embedding(4, 3, padding_idx=1)
    assert not layer.weight.data[1].any()
    layer.weight.data[1] = 7.0  # what was loaded there is given out, and stays
    y = layer([[1, 2], [2, 0]])
    assert y.shape == (2, 2, 3)
    assert y[0, 0].tolist() == [7.0] * 3
    (y * y).sum().backward()
    assert not layer.weight.grad[1].any()
    np.testing.assert_allclose(layer.weight.grad[2], 4 * layer.weight.data[2])
    without = nn.Embedding(4, 3)
    check_gradients(lambda: (without([3, 3, 0]) ** 2).sum(), [without.weight])


def test_embedding_from_a_table():
    table = np.arange(6.0).reshape(3, 2)
    frozen = nn.Embedding.from_pretrained(table)
    table[0] = 9.0
    assert frozen([0]).tolist() == [[0.0, 1.0]]
    assert not frozen([0]).requires_grad
    learning = nn.Embedding.from_pretrained(Tensor(table), freeze=False, padding_idx=-1)
    assert learning.padding_idx == 2
    assert learning([2]).requires_grad
    with pytest.raises(ShapeError, match=r"shape \(2,\) came"):
        nn.Embedding.from_pretrained([1.0, 2.0])


def test_an_empty_list_of_words():
    assert nn.Embedding(4, 3)([]).shape == (0, 3)
    assert F.one_hot([], 4).shape == (0, 4)


# --------------------------------------------------------------------------------- recurrent
@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_a_network_is_its_cell_step_by_step(name):
    network, cell = getattr(nn, name)(3, 4), getattr(nn, name + "Cell")(3, 4)
    cell.load_state_dict({k[:-3]: v for k, v in network.state_dict().items()})
    x = Tensor(DRAW.normal(size=(6, 2, 3)))
    y, last = network(x)
    state = None
    for t in range(6):
        state = cell(x[t], state)
        h = state[0] if name == "LSTM" else state
        np.testing.assert_allclose(h.data, y[t].data, rtol=1e-13)
    np.testing.assert_allclose((last[0] if name == "LSTM" else last)[0].data, h.data, rtol=1e-13)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_one_direction_never_sees_the_future(name):
    layer = getattr(nn, name)(3, 4, num_layers=2)
    numbers = DRAW.normal(size=(6, 2, 3))
    past = layer(Tensor(numbers))[0].data
    numbers[4:] = 100.0
    assert (layer(Tensor(numbers))[0].data[:4] == past[:4]).all()


def test_a_mask_may_have_holes():
    layer = nn.GRU(3, 4)
    numbers = DRAW.normal(size=(5, 1, 3))
    mask = np.array([[True], [False], [True], [True], [False]])
    y, h = layer(numbers, mask=mask)
    z, k = layer(numbers[mask[:, 0]])
    np.testing.assert_allclose(y.data[mask[:, 0]], z.data, rtol=1e-13)
    np.testing.assert_allclose(h.data, k.data, rtol=1e-13)
    assert not y.data[~mask[:, 0]].any()


def test_a_sequence_of_length_0_leaves_the_state():
    layer, start = nn.LSTM(3, 4, bidirectional=True), Tensor(DRAW.normal(size=(2, 2, 4)))
    y, (h, c) = layer(np.ones((3, 2, 3)), (start, start), lengths=[0, 3])
    assert not y.data[:, 0].any()
    assert (h.data[:, 0] == start.data[:, 0]).all()
    assert (c.data[:, 0] == start.data[:, 0]).all()


def test_dropout_stands_between_layers_in_training():
    layer, x = nn.GRU(3, 4, num_layers=2, dropout=0.5), np.ones((5, 2, 3))
    assert not (layer(x)[0].data == layer(x)[0].data).all()
    layer.eval()
    assert (layer(x)[0].data == layer(x)[0].data).all()
    single = nn.GRU(3, 4, dropout=0.5)
    assert (single(x)[0].data == single(x)[0].data).all()


@pytest.mark.parametrize(("name", "most"), [("RNN", 4), ("LSTM", 14), ("GRU", 17)])
def test_a_step_is_made_of_few_nodes(name, most):
    layer = getattr(nn, name)(3, 4)
    counts = [len(trace(layer(np.ones((n, 2, 3)))[0]).nodes) for n in (3, 4)]
    assert counts[1] - counts[0] <= most


def test_a_very_long_sequence():
    layer, x = nn.RNN(1, 2), Tensor(np.ones((3000, 1, 1)), requires_grad=True)
    layer(x)[0][-1].sum().backward(leaves_only=True)
    assert np.isfinite(x.grad).all()
    assert x.grad[-1].any()


def test_networks_learn_to_remember_the_first_step():
    manual_seed(0)
    draw = np.random.default_rng(0)
    layer, last = nn.LSTM(1, 8), nn.Linear(8, 1)
    optimizer = nn.Adam([*layer.parameters(), *last.parameters()], lr=0.03)
    for _ in range(150):
        x = draw.normal(size=(6, 32, 1))
        loss = F.mse_loss(last(layer(x)[0][-1]), x[0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1  # a guess of 0 has 1


@pytest.mark.parametrize(("name", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_either_bias_of_a_step_may_be_missing(name, gates):
    x, w, h = DRAW.normal(size=(2, 3)), DRAW.normal(size=(gates * 2, 3)), DRAW.normal(size=(2, 2))
    back, bias, nothing = DRAW.normal(size=(gates * 2, 2)), DRAW.normal(size=gates * 2), 0.0
    state = (h, h) if name == "lstm" else h
    step = getattr(F, f"{name}_cell")
    for given in ((bias, None), (None, bias)):
        filled = [np.full(gates * 2, nothing) if b is None else b for b in given]
        found, expected = step(x, state, w, back, *given), step(x, state, w, back, *filled)
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a.data, b.data, rtol=1e-14)


def test_what_is_packed_by_hand():
    x = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 0.0]], requires_grad=True)
    packed = nn.pack_padded_sequence(x, [3, 2], batch_first=True)
    assert packed[0].tolist() == [1.0, 4.0, 2.0, 5.0, 3.0]
    back, lengths = nn.pad_packed_sequence(packed, batch_first=True)
    assert back.tolist() == x.tolist()
    assert lengths.tolist() == [3, 2]
    (back * back).sum().backward()
    assert x.grad.tolist() == [[2.0, 4.0, 6.0], [8.0, 10.0, 0.0]]
