"""Attention and the Transformer without PyTorch: nothing leaks, nothing overflows."""

import copy
import math

import numpy as np
import pytest

import nn
from autograd import Tensor, gradgradcheck, trace
from nn import functional as F

DRAW = np.random.default_rng(1)
MASK = np.triu(np.ones((3, 3), bool), 1)


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("how", ["is_causal", "bools", "numbers"])
def test_a_causal_mask_never_leaks(norm_first, how):
    layer = nn.TransformerEncoderLayer(4, 2, 8, norm_first=norm_first, batch_first=True)
    model = nn.TransformerEncoder(layer, 2).eval()
    hidden = np.triu(np.ones((6, 6), bool), 1)
    settings = {
        "is_causal": {"is_causal": True},
        "bools": {"mask": hidden},
        "numbers": {"mask": np.where(hidden, -np.inf, 0.0)},
    }[how]
    numbers = DRAW.normal(size=(2, 6, 4))
    x = Tensor(numbers, requires_grad=True)
    y = model(x, **settings)
    for t in range(6):
        changed = numbers.copy()
        changed[:, t:] += 50.0 * DRAW.normal(size=(2, 6 - t, 4))
        z = model(Tensor(changed), **settings)
        np.testing.assert_array_equal(z.data[:, :t], y.data[:, :t])
    y[:, 2, 0].sum().backward()
    assert x.grad[:, :3].any()
    assert not x.grad[:, 3:].any()


def test_what_only_fills_up_is_not_seen():
    layer = nn.MultiheadAttention(4, 2, batch_first=True)
    numbers = DRAW.normal(size=(2, 5, 4))
    filling = np.array([[False] * 5, [False, False, False, True, True]])
    y, weights = layer(Tensor(numbers), Tensor(numbers), Tensor(numbers), filling)
    changed = numbers.copy()
    changed[1, 3:] = 100.0
    z, _ = layer(Tensor(numbers), Tensor(changed), Tensor(changed), filling)
    assert (z.data == y.data).all()
    assert not weights.data[1, :, 3:].any()
    np.testing.assert_allclose(weights.data.sum(axis=-1), 1.0)


@pytest.mark.parametrize("numbers", [False, True], ids=["bools", "numbers"])
def test_a_target_that_may_look_nowhere_takes_nothing(numbers):
    hidden = np.array([[True, True], [False, True]])
    mask = np.where(hidden, -np.inf, 0.0) if numbers else hidden
    x = Tensor(DRAW.normal(size=(2, 4)), requires_grad=True)
    layer = nn.MultiheadAttention(4, 2)
    y, weights = layer(x, x, x, attn_mask=mask)
    assert weights.tolist() == [[0.0, 0.0], [1.0, 0.0]]
    y.sum().backward()
    assert np.isfinite(x.grad).all()
    assert y.data[0].tolist() == layer.out_proj.bias.tolist()
    allowed = F.scaled_dot_product_attention(x, x, x, np.where(hidden, -np.inf, 0.0))
    assert not allowed.data[0].any()


def test_masks_say_the_opposite_in_layer_and_function():
    x = Tensor(DRAW.normal(size=(3, 4)))
    y = F.scaled_dot_product_attention(x, x, x, ~MASK)
    z = F.scaled_dot_product_attention(x, x, x, is_causal=True)
    assert (y.data == z.data).all()
    layer = nn.MultiheadAttention(4, 2)
    a, b = layer(x, x, x, attn_mask=MASK), layer(x, x, x, is_causal=True)
    assert (a[0].data == b[0].data).all()


def test_attention_does_not_overflow():
    x = Tensor(np.array([[1e4, -1e4], [1e4, 1e4]]), requires_grad=True)
    y = F.scaled_dot_product_attention(x, x, x, is_causal=True)
    y.sum().backward()
    assert np.isfinite(y.data).all()
    assert np.isfinite(x.grad).all()


def test_second_derivatives_of_masked_attention():
    q, k, v = (Tensor(DRAW.normal(size=(3, 2)), requires_grad=True) for _ in range(3))
    gradgradcheck(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, ~MASK), q, k, v)


def test_attention_drops_weights_in_training():
    x = Tensor(DRAW.normal(size=(2, 6, 4)))
    layer = nn.MultiheadAttention(4, 2, dropout=0.5, batch_first=True)
    assert (layer(x, x, x)[0].data != layer(x, x, x)[0].data).any()
    layer.eval()
    assert (layer(x, x, x)[0].data == layer(x, x, x)[0].data).all()
    y = F.scaled_dot_product_attention(x, x, x, dropout_p=0.5, generator=0)
    assert (y.data == F.scaled_dot_product_attention(x, x, x, None, 0.5, generator=0).data).all()


def test_positions_are_the_formulas():
    y = nn.PositionalEncoding(5, dropout=0.0, max_len=9)(Tensor(np.zeros((9, 5)))).data
    for p in range(9):
        for i in range(5):
            angle = p / 10000 ** ((i - i % 2) / 5)
            expected = math.cos(angle) if i % 2 else math.sin(angle)
            assert y[p, i] == pytest.approx(expected, abs=1e-12)
    layer = nn.PositionalEncoding(4, 0.0)
    batch = DRAW.normal(size=(3, 2, 4))
    turned = nn.PositionalEncoding(4, 0.0, batch_first=True)(Tensor(batch.swapaxes(0, 1)))
    assert (layer(Tensor(batch)).data == turned.data.swapaxes(0, 1)).all()
    assert not layer.state_dict()


def test_layers_of_an_encoder_learn_apart():
    model = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8), 2)
    again = copy.deepcopy(model)
    model.layers[0].linear1.weight.data[0, 0] = 9.0
    assert model.layers[1].linear1.weight.data[0, 0] != 9.0
    assert again.layers[0].linear1.weight.data[0, 0] != 9.0
    assert len(model.parameters()) == 2 * 12
    with nn.scopes(model):
        y = model(Tensor(np.ones((2, 1, 4))))
    assert "layers.1.norm2" in {node.scope for node in trace(y).nodes}
