"""Bad input of the sequence layers and of those around them: what came, and what was needed."""

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor
from nn import functional as F


def ones(*shape):
    return Tensor(np.ones(shape))


SHAPES = [
    (lambda: F.embedding([0], ones(3)), r"\(3,\) came; \(rows, size\)"),
    (lambda: nn.RNN(3, 4)(ones(5, 2, 4)), r"\(5, 2, 4\) came; needs \(steps, batch, 3\)"),
    (lambda: nn.RNN(3, 4, batch_first=True)(ones(3)), r"needs \(batch, steps, 3\)"),
    (lambda: nn.RNN(3, 4)(ones(0, 2, 3)), "at least 1 step"),
    (lambda: nn.GRU(3, 4)(ones(5, 2, 3), ones(1, 1, 4)), r"\(1, 2, 4\) is needed"),
    (lambda: nn.LSTM(3, 4)(ones(5, 2, 3), (ones(1, 2, 4), ones(2, 4))), r"\(1, 2, 4\) is needed"),
    (lambda: nn.GRU(3, 4)(ones(5, 2, 3), lengths=[5]), r"lengths \[5\] came; 2 whole numbers"),
    (lambda: nn.GRU(3, 4)(ones(5, 2, 3), lengths=[5, 6]), "from 0 to 5"),
    (lambda: nn.GRU(3, 4)(ones(5, 2, 3), mask=np.ones((2, 5), bool)), r"shape \(5, 2\) are"),
    (lambda: nn.GRU(3, 4)(ones(5, 2, 3), mask=np.ones((5, 2))), "float64 came; bools"),
    (lambda: nn.LSTMCell(3, 4)(ones(2, 4)), r"needs \(batch, 3\) or \(3,\)"),
    (lambda: nn.GRUCell(3, 4)(ones(2, 3), ones(3, 4)), r"1 of \(2, 4\) are needed"),
    (lambda: F.rnn_cell(ones(2, 3), ones(2, 4), ones(4, 5), ones(4, 4)), r"rnn_cell: x of shape"),
    (lambda: nn.pack_padded_sequence(ones(5, 2), [0, 1]), "whole numbers from 1 to 5"),
    (lambda: nn.pad_sequence([ones(2, 3), ones(2, 4)]), "with the same features"),
    (lambda: nn.pad_sequence([]), "needs at least one"),
    (lambda: nn.MultiheadAttention(5, 2), "cannot be divided among num_heads=2"),
    (
        lambda: nn.MultiheadAttention(4, 2)(ones(3, 1, 4), ones(3, 1, 5), ones(3, 1, 4)),
        r"with the sizes \(4, 4, 4\)",
    ),
    (
        lambda: nn.MultiheadAttention(4, 2)(ones(3, 1, 4), ones(5, 1, 4), ones(6, 1, 4)),
        "keys and values as many",
    ),
    (
        lambda: nn.MultiheadAttention(4, 2)(*[ones(3, 1, 4)] * 3, np.ones((1, 4), bool)),
        r"key_padding_mask of shape \(1, 4\) came; \(1, 3\)",
    ),
    (
        lambda: nn.MultiheadAttention(4, 2)(*[ones(3, 1, 4)] * 3, attn_mask=np.ones((2, 2), bool)),
        r"attn_mask of shape \(2, 2\) came; \(3, 3\) or \(2, 3, 3\)",
    ),
    (
        lambda: nn.MultiheadAttention(4, 2)(*[ones(3, 1, 4)] * 3, attn_mask=np.ones((3, 3), int)),
        "bools or floats",
    ),
    (lambda: F.scaled_dot_product_attention(*[ones(3)] * 3), r"\(\.\.\., targets, size\)"),
    (
        lambda: F.scaled_dot_product_attention(*[ones(3, 2)] * 3, np.ones((2, 3), bool)),
        r"broadcast to \(3, 3\)",
    ),
    (lambda: nn.PositionalEncoding(4, max_len=3)(ones(4, 1, 4)), "at most max_len=3 places"),
    (lambda: nn.Bilinear(2, 3, 1)(ones(4, 2), ones(5, 3)), "the other axes equal"),
    (lambda: F.bilinear(ones(2), ones(3), ones(2, 3)), r"\(out, in1, in2\) are needed"),
    (lambda: nn.PReLU(3)(ones(2, 4)), "one slope, or one per channel"),
    (lambda: nn.Maxout(3, 2)(ones(2, 4)), "its last axis must have 3 elements"),
    (lambda: F.maxout(ones(2, 4), ones(3, 4)), r"\(pieces, out, in\) are needed"),
    (lambda: nn.Residual(nn.Linear(3, 2))(ones(1, 3)), "give a shortcut="),
    (lambda: nn.Unflatten(1, (2, 3))(ones(4, 5)), "as long as the sizes"),
    (lambda: nn.Unflatten(3, (2, 3))(ones(4, 6)), "needs an axis 3"),
    (lambda: nn.Upsample(2)(ones(3, 3)), r"needs \(batch, channels\) and 1 or 2 or 3 more axes"),
    (lambda: nn.Upsample(2, mode="bilinear")(ones(1, 1, 3)), "mode='bilinear' needs"),
    (lambda: F.pad(ones(2, 2), (1, 1, 1)), "a number before and one after"),
    (lambda: F.pad(ones(2), (-2, -1)), "cuts off more than all"),
    (lambda: F.pad(ones(2, 3), (3, 0), "reflect"), "at most 2 to put there"),
]


@pytest.mark.parametrize(("call", "said"), SHAPES)
def test_wrong_shapes_are_told(call, said):
    with pytest.raises(ShapeError, match=said):
        call()


VALUES = [
    (lambda: F.embedding([0, 3], ones(3, 2)), "3 came; whole numbers 0 to 2"),
    (lambda: nn.Embedding(3, 2)([-1]), "-1 came; whole numbers 0 to 2"),
    (lambda: nn.Embedding(3, 2, padding_idx=3), "needs a number from -3 to 2"),
    (lambda: nn.Embedding(0, 2), "num_embeddings is 0"),
    (lambda: F.one_hot([0, 3], 3), "3 came; whole numbers 0 to 2"),
    (lambda: F.one_hot([]), "give num_classes="),
    (lambda: nn.RNN(3, 4, nonlinearity="tanhh"), "did you mean 'tanh'"),
    (lambda: nn.LSTM(3, 0), "LSTM: hidden_size is 0"),
    (lambda: nn.LSTM(3, 4, dropout=2.0), r"dropout=2\.0 came"),
    (lambda: nn.GRU(3, 4)(ones(5, 2, 3), lengths=[1, 2], mask=[[True]]), "give one of them"),
    (lambda: nn.pack_padded_sequence(ones(5, 2), [1, 2]), "enforce_sorted=False"),
    (
        lambda: nn.pad_packed_sequence(nn.pack_sequence([[1.0, 2.0]]), total_length=1),
        "at least 2 steps",
    ),
    (lambda: nn.TransformerEncoderLayer(4, 2, activation="rellu"), "did you mean 'relu'"),
    (lambda: nn.TransformerEncoder(nn.ReLU(), 0), "num_layers is 0"),
    (lambda: nn.ModuleDict({"a.b": nn.ReLU()}), "a word without dots"),
    (lambda: nn.Upsample(mode="nearest"), "give one of them"),
    (lambda: nn.Upsample(2, mode="linaer"), "did you mean 'linear'"),
    (lambda: F.interpolate(ones(1, 1, 3), scale_factor=0.1), "leaves nothing"),
    (lambda: F.interpolate(ones(1, 1, 3), scale_factor=-1), "a number above 0"),
    (lambda: F.interpolate(ones(1, 1, 3), 2, align_corners=True), "no meaning"),
    (lambda: F.pad(ones(2), (1, 1), "mirror"), "There are: constant, reflect"),
]


@pytest.mark.parametrize(("call", "said"), VALUES)
def test_wrong_values_are_told(call, said):
    with pytest.raises(ValueError, match=said):
        call()


KINDS = [
    (lambda: nn.Embedding(3, 2)([0.5]), r"float64 came; whole numbers are needed: input\.astype"),
    (lambda: nn.LSTM(3, 4)(ones(5, 2, 3), ones(1, 2, 4)), r"give \(h, c\)"),
    (lambda: nn.LSTMCell(3, 4)(ones(2, 3), ones(2, 4)), r"give \(h, c\)"),
    (lambda: nn.GRU(3, 4)(ones(5, 2, 3), lengths=[1.5, 2.0]), "lengths of float64"),
    (lambda: nn.ModuleList([nn.ReLU]), r"write ReLU\(\) with brackets"),
    (lambda: nn.ModuleDict({"a": 3}), "int came; a module is needed"),
    (lambda: nn.Lambda(3), "a function is needed"),
    (lambda: nn.Residual(abs), r"such as nn\.Sequential"),
    (lambda: F.pad(ones(2), (0.5, 1)), "needs whole numbers"),
]


@pytest.mark.parametrize(("call", "said"), KINDS)
def test_wrong_kinds_are_told(call, said):
    with pytest.raises(TypeError, match=said):
        call()
