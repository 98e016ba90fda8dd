"""Every layer of nn, ready to be called: what the tests of all layers walk through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import nn
from autograd import concatenate
from nn import functional as F

BATCH = 4
FUTURE = np.triu(np.ones((3, 3), bool), 1)
FILLING = np.array([[False, False, True]] + [[False] * 3] * (BATCH - 1))
SOME = np.array([[1.0, -2.0, 0.5, 3.0], [0.2, 1.0, -1.0, 0.0]])
WORDS = np.array([[0, 3], [3, 3], [1, 0], [0, 2]])


def alone(layer: Any, x: Any) -> Any:
    """Call the layer with one input."""
    return layer(x)


class Row(NamedTuple):
    """A layer.

    Attributes:
        make: Makes it.
        shape: The shape of one example.
        run: Calls it with a batch, and gives one Tensor.
    """

    make: Callable[[], Any]
    shape: tuple[int, ...] = (4,)
    run: Callable[[Any, Any], Any] = alone


def recurrent(**settings: Any) -> Callable[[Any, Any], Any]:
    """Call a recurrent layer, and add its last states to its outputs."""

    def run(layer: Any, x: Any) -> Any:
        y, state = layer(x, **settings)
        states = state if isinstance(state, tuple) else (state,)
        return sum((part.sum() for part in states), 0.0) + y

    return run


def itself(*args: Any, **settings: Any) -> Callable[[Any, Any], Any]:
    """Self-attention, with the weights added to the outputs."""

    def run(layer: Any, x: Any) -> Any:
        y, weights = layer(x, x, x, *args, **settings)
        return y if weights is None else (weights * weights).sum() + y

    return run


def others(layer: Any, x: Any) -> Any:
    """Attention of one half of the numbers to the other."""
    return layer(x[:, :, :4], x[:, :2, 4:7], x[:, :2, 7:])[0]


def packed(layer: Any, x: Any) -> Any:
    """A recurrent layer on sequences without gaps."""
    y, state = layer(nn.pack_padded_sequence(x, [3, 2, 2, 1], batch_first=True))
    return concatenate([y.data, state[0].reshape(-1, y.data.shape[-1])])


def of_words(layer: Any, x: Any) -> Any:
    """An embedding, and beside it what depends on the layer before."""
    return layer(WORDS).reshape(BATCH, -1) * x


def in_turn(layers: Any, x: Any) -> Any:
    """The modules of a list or dict one after another."""
    for layer in layers.values() if isinstance(layers, nn.ModuleDict) else layers:
        x = layer(x)
    return x


ENCODER = {"dim_feedforward": 3, "dropout": 0.3, "batch_first": True}
LENGTHS = {"lengths": [3, 1, 2, 0]}

# the first word of each name is the class
LAYERS: dict[str, Row] = {
    "AdaptiveAvgPool1d": Row(lambda: nn.AdaptiveAvgPool1d(2), (2, 5)),
    "AdaptiveAvgPool2d": Row(lambda: nn.AdaptiveAvgPool2d((2, 3)), (1, 3, 4)),
    "AvgPool1d": Row(lambda: nn.AvgPool1d(2), (2, 5)),
    "AvgPool2d": Row(lambda: nn.AvgPool2d(2, 1, 1, count_include_pad=False), (1, 3, 2)),
    "BatchNorm1d": Row(lambda: nn.BatchNorm1d(6), (6,)),
    "BatchNorm1d with a length": Row(lambda: nn.BatchNorm1d(3), (3, 2)),
    "BatchNorm1d not affine": Row(lambda: nn.BatchNorm1d(6, affine=False), (6,)),
    "BatchNorm1d plain mean": Row(lambda: nn.BatchNorm1d(6, momentum=None), (6,)),
    "BatchNorm1d untracked": Row(lambda: nn.BatchNorm1d(6, track_running_stats=False), (6,)),
    "BatchNorm2d": Row(lambda: nn.BatchNorm2d(2), (2, 3, 1)),
    "Bilinear": Row(lambda: nn.Bilinear(1, 3, 2), run=lambda m, x: m(x[:, :1], x[:, 1:])),
    "Conv1d": Row(lambda: nn.Conv1d(2, 3, 2, padding=1, stride=2), (2, 4)),
    "Conv1d in groups": Row(lambda: nn.Conv1d(2, 4, 2, groups=2, dilation=2, bias=False), (2, 4)),
    "Conv2d": Row(lambda: nn.Conv2d(1, 2, (2, 3), padding=(1, 0)), (1, 3, 4)),
    "Conv2d same": Row(lambda: nn.Conv2d(2, 2, 2, padding="same", groups=2), (2, 2, 3)),
    "ConvTranspose1d": Row(lambda: nn.ConvTranspose1d(2, 2, 3, 2, 1, 1, groups=2), (2, 3)),
    "ConvTranspose2d": Row(lambda: nn.ConvTranspose2d(1, 2, 2, (1, 2)), (1, 2, 3)),
    "Dropout": Row(lambda: nn.Dropout(0.4), (6,)),
    "Dropout of all": Row(lambda: nn.Dropout(1.0), (6,)),
    "Dropout1d": Row(lambda: nn.Dropout1d(0.4), (3, 2)),
    "Dropout2d": Row(lambda: nn.Dropout2d(0.4), (3, 2, 1)),
    "ELU": Row(nn.ELU),
    "ELU 0.5": Row(lambda: nn.ELU(0.5)),
    "Embedding": Row(lambda: nn.Embedding(5, 2), run=of_words),
    "Embedding padded": Row(lambda: nn.Embedding(5, 2, padding_idx=4), run=of_words),
    "Flatten": Row(nn.Flatten, (2, 2)),
    "GELU": Row(nn.GELU),
    "GELU tanh": Row(lambda: nn.GELU("tanh")),
    "GLU": Row(nn.GLU),
    "GLU over an axis": Row(lambda: nn.GLU(1), (2, 3)),
    "GRU": Row(lambda: nn.GRU(2, 2, 2, batch_first=True, dropout=0.5), (3, 2), recurrent()),
    "GRU of lengths": Row(lambda: nn.GRU(2, 2, batch_first=True), (3, 2), recurrent(**LENGTHS)),
    "GRUCell": Row(lambda: nn.GRUCell(4, 2)),
    "GroupNorm": Row(lambda: nn.GroupNorm(2, 6), (6,)),
    "GroupNorm of images": Row(lambda: nn.GroupNorm(1, 2), (2, 3, 1)),
    "GroupNorm not affine": Row(lambda: nn.GroupNorm(3, 6, affine=False), (6,)),
    "Hardsigmoid": Row(nn.Hardsigmoid),
    "Hardswish": Row(nn.Hardswish),
    "Hardtanh": Row(nn.Hardtanh),
    "Hardtanh -2 1": Row(lambda: nn.Hardtanh(-2.0, 1.0)),
    "Identity": Row(nn.Identity),
    "LSTM": Row(lambda: nn.LSTM(2, 2, batch_first=True), (3, 2), recurrent()),
    "LSTM of lengths": Row(
        lambda: nn.LSTM(2, 2, 2, batch_first=True, bidirectional=True), (3, 2),
        recurrent(**LENGTHS),
    ),
    "LSTM packed": Row(lambda: nn.LSTM(2, 2, bias=False, batch_first=True), (3, 2), packed),
    "LSTMCell": Row(lambda: nn.LSTMCell(4, 2), run=lambda m, x: sum(m(x, m(x)))),
    "Lambda": Row(lambda: nn.Lambda(F.tanh)),
    "LayerNorm": Row(lambda: nn.LayerNorm(6), (6,)),
    "LayerNorm of two axes": Row(lambda: nn.LayerNorm((3, 2), eps=0.1), (3, 2)),
    "LayerNorm without bias": Row(lambda: nn.LayerNorm(6, bias=False), (6,)),
    "LazyBatchNorm1d": Row(lambda: nn.LazyBatchNorm1d().materialize((BATCH, 4))),
    "LazyBatchNorm2d": Row(lambda: nn.LazyBatchNorm2d().materialize((BATCH, 2, 3, 1)), (2, 3, 1)),
    "LazyConv1d": Row(lambda: nn.LazyConv1d(2, 2).materialize((BATCH, 2, 3)), (2, 3)),
    "LazyConv2d": Row(lambda: nn.LazyConv2d(2, 2).materialize((BATCH, 1, 3, 2)), (1, 3, 2)),
    "LazyConvTranspose1d": Row(
        lambda: nn.LazyConvTranspose1d(2, 2).materialize((BATCH, 2, 3)), (2, 3)
    ),
    "LazyConvTranspose2d": Row(
        lambda: nn.LazyConvTranspose2d(2, 2).materialize((BATCH, 1, 3, 2)), (1, 3, 2)
    ),
    "LazyLinear": Row(lambda: nn.LazyLinear(2).materialize((BATCH, 4))),
    "LeakyReLU": Row(nn.LeakyReLU),
    "LeakyReLU 0.1": Row(lambda: nn.LeakyReLU(0.1)),
    "Linear": Row(lambda: nn.Linear(4, 2)),
    "Linear without bias": Row(lambda: nn.Linear(4, 2, bias=False)),
    "LogSigmoid": Row(nn.LogSigmoid),
    "LogSoftmax": Row(nn.LogSoftmax),
    "MaxPool1d": Row(lambda: nn.MaxPool1d(2, 1, 1, dilation=2), (2, 5)),
    "MaxPool2d": Row(lambda: nn.MaxPool2d((2, 1)), (1, 4, 2)),
    "Maxout": Row(lambda: nn.Maxout(4, 3, pieces=3)),
    "Mish": Row(nn.Mish),
    "ModuleDict": Row(lambda: nn.ModuleDict({"a": nn.Linear(4, 2), "b": nn.Tanh()}), run=in_turn),
    "ModuleList": Row(lambda: nn.ModuleList([nn.Linear(4, 2), nn.Tanh()]), run=in_turn),
    "MultiheadAttention": Row(
        lambda: nn.MultiheadAttention(4, 2, batch_first=True), (3, 4), itself()
    ),
    "MultiheadAttention masked": Row(
        lambda: nn.MultiheadAttention(2, 1, 0.3, batch_first=True), (3, 2),
        itself(FILLING, attn_mask=FUTURE),
    ),
    "MultiheadAttention causal": Row(
        lambda: nn.MultiheadAttention(2, 2, bias=False, batch_first=True), (3, 2),
        itself(need_weights=False, is_causal=True),
    ),
    "MultiheadAttention of others": Row(
        lambda: nn.MultiheadAttention(4, 2, kdim=3, vdim=1, batch_first=True), (3, 8), others
    ),
    "PReLU": Row(lambda: nn.PReLU(4), (4, 2)),
    "PReLU of one": Row(nn.PReLU),
    "ParameterDict": Row(
        lambda: nn.ParameterDict({"w": nn.Parameter(SOME), "b": nn.Parameter(SOME[:, 0])}),
        run=lambda m, x: F.linear(x, m["w"], m.b),
    ),
    "ParameterList": Row(
        lambda: nn.ParameterList([nn.Parameter(SOME), nn.Parameter(SOME[:, 0])]),
        run=lambda m, x: F.linear(x, *m),
    ),
    "PositionalEncoding": Row(lambda: nn.PositionalEncoding(2, 0.3, 5, batch_first=True), (3, 2)),
    "RMSNorm": Row(lambda: nn.RMSNorm(6), (6,)),
    "RNN": Row(lambda: nn.RNN(2, 2, batch_first=True), (3, 2), recurrent()),
    "RNN relu": Row(
        lambda: nn.RNN(2, 2, nonlinearity="relu", batch_first=True), (3, 2), recurrent()
    ),
    "RNNCell": Row(lambda: nn.RNNCell(4, 2), run=lambda m, x: m(x, m(x))),
    "ReLU": Row(nn.ReLU),
    "ReLU6": Row(nn.ReLU6),
    "Residual": Row(lambda: nn.Residual(nn.Linear(4, 4))),
    "Residual with shortcut": Row(lambda: nn.Residual(nn.Linear(4, 2), nn.Linear(4, 2))),
    "SELU": Row(nn.SELU),
    "Sequential": Row(lambda: nn.Sequential(nn.Linear(4, 4), nn.Tanh())),
    "SiLU": Row(nn.SiLU),
    "Sigmoid": Row(nn.Sigmoid),
    "Softmax": Row(nn.Softmax),
    "Softmax over the batch": Row(lambda: nn.Softmax(0)),
    "Softplus": Row(nn.Softplus),
    "Softplus 2": Row(lambda: nn.Softplus(2.0)),
    "Softsign": Row(nn.Softsign),
    "Tanh": Row(nn.Tanh),
    "TransformerEncoder": Row(
        lambda: nn.TransformerEncoder(
            nn.TransformerEncoderLayer(3, 1, activation="gelu", norm_first=True, **ENCODER),
            2, nn.LayerNorm(3),
        ),
        (2, 3),
    ),
    "TransformerEncoderLayer": Row(lambda: nn.TransformerEncoderLayer(3, 1, **ENCODER), (2, 3)),
    "Unflatten": Row(lambda: nn.Unflatten(-1, (2, 2))),
    "Upsample": Row(lambda: nn.Upsample(scale_factor=2), (1, 2, 2)),
    "Upsample bilinear": Row(lambda: nn.Upsample(3, mode="bilinear"), (1, 2, 2)),
}  # fmt: skip
