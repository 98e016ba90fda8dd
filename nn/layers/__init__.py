"""Layers on Tensors, one family per file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.late import by_module, late_names

if TYPE_CHECKING:
    from nn.functions.sequences import (
        PackedSequence,
        pack_padded_sequence,
        pack_sequence,
        pad_packed_sequence,
        pad_sequence,
    )
    from nn.layers.activation import (
        ELU,
        GELU,
        SELU,
        Hardsigmoid,
        Hardswish,
        Hardtanh,
        LeakyReLU,
        LogSigmoid,
        LogSoftmax,
        Mish,
        ReLU,
        ReLU6,
        Sigmoid,
        SiLU,
        Softmax,
        Softplus,
        Softsign,
        Tanh,
    )
    from nn.layers.attention import MultiheadAttention
    from nn.layers.bilinear import Bilinear
    from nn.layers.causal import Transformer
    from nn.layers.container import Sequential
    from nn.layers.convolution import Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d
    from nn.layers.dropout import Dropout, Dropout1d, Dropout2d
    from nn.layers.embedding import Embedding
    from nn.layers.gate import GLU
    from nn.layers.lazy import (
        LazyBatchNorm1d,
        LazyBatchNorm2d,
        LazyConv1d,
        LazyConv2d,
        LazyConvTranspose1d,
        LazyConvTranspose2d,
        LazyLinear,
    )
    from nn.layers.learned_activation import Maxout, PReLU
    from nn.layers.linear import Linear
    from nn.layers.module_list import ModuleDict, ModuleList
    from nn.layers.normalization import BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm, RMSNorm
    from nn.layers.parameter_list import ParameterDict, ParameterList
    from nn.layers.pooling import (
        AdaptiveAvgPool1d,
        AdaptiveAvgPool2d,
        AvgPool1d,
        AvgPool2d,
        MaxPool1d,
        MaxPool2d,
    )
    from nn.layers.recurrent import GRU, LSTM, RNN
    from nn.layers.recurrent_cells import GRUCell, LSTMCell, RNNCell
    from nn.layers.reshaping import Flatten, Identity, Unflatten
    from nn.layers.resizing import Upsample
    from nn.layers.transformer import (
        PositionalEncoding,
        TransformerEncoder,
        TransformerEncoderLayer,
    )
    from nn.layers.wrapping import Lambda, Residual
else:  # a family is imported when it is first asked for
    _places = by_module(
        {
            "nn.functions.sequences": (
                "PackedSequence pack_padded_sequence pack_sequence pad_packed_sequence pad_sequence"
            ),
            "nn.layers.activation": (
                "ELU GELU SELU Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax Mish "
                "ReLU ReLU6 Sigmoid SiLU Softmax Softplus Softsign Tanh"
            ),
            "nn.layers.attention": "MultiheadAttention",
            "nn.layers.bilinear": "Bilinear",
            "nn.layers.causal": "Transformer",
            "nn.layers.container": "Sequential",
            "nn.layers.convolution": "Conv1d Conv2d ConvTranspose1d ConvTranspose2d",
            "nn.layers.dropout": "Dropout Dropout1d Dropout2d",
            "nn.layers.embedding": "Embedding",
            "nn.layers.gate": "GLU",
            "nn.layers.lazy": (
                "LazyBatchNorm1d LazyBatchNorm2d LazyConv1d LazyConv2d LazyConvTranspose1d "
                "LazyConvTranspose2d LazyLinear"
            ),
            "nn.layers.learned_activation": "Maxout PReLU",
            "nn.layers.linear": "Linear",
            "nn.layers.module_list": "ModuleDict ModuleList",
            "nn.layers.normalization": "BatchNorm1d BatchNorm2d GroupNorm LayerNorm RMSNorm",
            "nn.layers.parameter_list": "ParameterDict ParameterList",
            "nn.layers.pooling": (
                "AdaptiveAvgPool1d AdaptiveAvgPool2d AvgPool1d AvgPool2d MaxPool1d MaxPool2d"
            ),
            "nn.layers.recurrent": "GRU LSTM RNN",
            "nn.layers.recurrent_cells": "GRUCell LSTMCell RNNCell",
            "nn.layers.reshaping": "Flatten Identity Unflatten",
            "nn.layers.resizing": "Upsample",
            "nn.layers.transformer": (
                "PositionalEncoding TransformerEncoder TransformerEncoderLayer"
            ),
            "nn.layers.wrapping": "Lambda Residual",
        }
    )
    __getattr__, __dir__ = late_names(__name__, _places)

__all__ = [
    "ELU",
    "GELU",
    "GLU",
    "GRU",
    "LSTM",
    "RNN",
    "SELU",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Bilinear",
    "Conv1d",
    "Conv2d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GroupNorm",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "Identity",
    "LSTMCell",
    "Lambda",
    "LayerNorm",
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyLinear",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MaxPool1d",
    "MaxPool2d",
    "Maxout",
    "Mish",
    "ModuleDict",
    "ModuleList",
    "MultiheadAttention",
    "PReLU",
    "PackedSequence",
    "ParameterDict",
    "ParameterList",
    "PositionalEncoding",
    "RMSNorm",
    "RNNCell",
    "ReLU",
    "ReLU6",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
    "Transformer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
    "Unflatten",
    "Upsample",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
]
