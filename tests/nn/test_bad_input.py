"""Bad input of every public class and function: the message says what came and what was needed."""

import traceback
import warnings
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value
from nn import functional as F
from nn.optim import lr_scheduler
from tests.nn.layer_table import BATCH, LAYERS, alone

OWN = [str(Path(package.__file__).parent) for package in (autograd, nn)]
NAN = float("nan")


def refused(call, *words):
    """Call, and check that we ourselves refuse it, with a sentence that has the words in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((ValueError, TypeError)) as caught:
            call()
    where = traceback.extract_tb(caught.value.__traceback__)[-1].filename
    assert any(where.startswith(package) for package in OWN), f"{where}: {caught.value}"
    said = str(caught.value)
    assert ": " in said  # who, and what
    for word in words:
        assert word in said, f"{word!r} is not in: {said}"
    for python in ("not supported between", "has no attribute", "object is not", "has no len"):
        assert python not in said


# --------------------------------------------------------------------------------- constructors

ONE, ZERO = 1, 0  # the smallest number that makes sense

# class: what makes one, and the settings that are sizes, with the smallest that makes sense
SIZES = {
    "AdaptiveAvgPool1d": ({"output_size": 2}, {"output_size": ONE}),
    "AdaptiveAvgPool2d": ({"output_size": 2}, {"output_size": ONE}),
    "AvgPool1d": ({"kernel_size": 2}, {"kernel_size": ONE, "stride": ONE, "padding": ZERO}),
    "AvgPool2d": ({"kernel_size": 2}, {"kernel_size": ONE, "stride": ONE, "padding": ZERO}),
    "BatchNorm1d": ({"num_features": 2}, {"num_features": ONE}),
    "BatchNorm2d": ({"num_features": 2}, {"num_features": ONE}),
    "Bilinear": (
        {"in1_features": 2, "in2_features": 2, "out_features": 2},
        {"in1_features": ONE, "in2_features": ONE, "out_features": ONE},
    ),
    "Embedding": (
        {"num_embeddings": 2, "embedding_dim": 2}, {"num_embeddings": ONE, "embedding_dim": ONE},
    ),
    "GroupNorm": ({"num_groups": 1, "num_channels": 2}, {"num_groups": ONE, "num_channels": ONE}),
    "LayerNorm": ({"normalized_shape": 2}, {"normalized_shape": ONE}),
    "Linear": ({"in_features": 2, "out_features": 2}, {"in_features": ONE, "out_features": ONE}),
    "Maxout": (
        {"in_features": 2, "out_features": 2},
        {"in_features": ONE, "out_features": ONE, "pieces": ONE},
    ),
    "MultiheadAttention": (
        {"embed_dim": 4, "num_heads": 2},
        {"embed_dim": ONE, "num_heads": ONE, "kdim": ONE, "vdim": ONE},
    ),
    "PReLU": ({}, {"num_parameters": ONE}),
    "PositionalEncoding": ({"d_model": 4}, {"d_model": ONE, "max_len": ONE}),
    "RMSNorm": ({"normalized_shape": 2}, {"normalized_shape": ONE}),
    "TransformerEncoder": (
        {"encoder_layer": nn.Identity(), "num_layers": 2}, {"num_layers": ONE},
    ),
    "TransformerEncoderLayer": (
        {"d_model": 4, "nhead": 2}, {"d_model": ONE, "nhead": ONE, "dim_feedforward": ONE},
    ),
    "Upsample": ({"size": 3}, {"size": ONE}),
    "Neuron": ({"nin": 2}, {"nin": ONE}),
    "Layer": ({"nin": 2, "nout": 2}, {"nin": ONE, "nout": ONE}),
    "MLP": ({"nin": 2, "nouts": [2, 1]}, {"nin": ONE}),
}  # fmt: skip
for name in ("Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d"):
    needed = {"in_channels": ONE, "out_channels": ONE, "kernel_size": ONE, "stride": ONE}
    needed |= {"dilation": ONE, "groups": ONE, "padding": ZERO}
    if "Transpose" in name:
        needed["output_padding"] = ZERO
    SIZES[name] = ({"in_channels": 2, "out_channels": 2, "kernel_size": 2}, needed)
    lazily = {key: least for key, least in needed.items() if key != "in_channels"}
    SIZES["Lazy" + name] = ({"out_channels": 2, "kernel_size": 2}, lazily)
SIZES["LazyLinear"] = ({"out_features": 2}, {"out_features": ONE})
for name in ("MaxPool1d", "MaxPool2d"):
    given, needed = SIZES["AvgPool1d"]
    SIZES[name] = (given, {**needed, "dilation": ONE})
for name in ("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell"):
    needed = {"input_size": ONE, "hidden_size": ONE}
    if "Cell" not in name:
        needed["num_layers"] = ONE
    SIZES[name] = ({"input_size": 2, "hidden_size": 2}, needed)

OPTIONAL = {"stride", "kdim", "vdim", "size"}  # where None has a meaning
WRONG = [(-1, "-1"), (2.5, "2.5"), (True, "True"), ("3", "3"), (NAN, "nan"), ([], "")]
SIZE_ROWS = [
    (name, setting, wrong, word)
    for name, (_, needed) in SIZES.items()
    for setting, least in needed.items()
    for wrong, word in [*WRONG, *([(0, "0")] if least else []), (None, "None")]
    if not (wrong is None and setting in OPTIONAL)
]


@pytest.mark.parametrize(
    ("name", "setting", "wrong", "word"), SIZE_ROWS,
    ids=[f"{name} {setting}={wrong!r}" for name, setting, wrong, _ in SIZE_ROWS],
)  # fmt: skip
def test_sizes_are_whole_numbers_that_make_sense(name, setting, wrong, word):
    good, _ = SIZES[name]
    getattr(nn, name)(**good)
    says = "nhead" if setting == "nhead" else setting
    refused(lambda: getattr(nn, name)(**{**good, setting: wrong}), says, word)


WITHOUT_SIZES = {
    "ELU", "GELU", "SELU", "Hardtanh", "LeakyReLU", "LogSigmoid", "LogSoftmax", "ReLU", "ReLU6",
    "SiLU", "Sigmoid", "Softmax", "Softplus", "Softsign", "Tanh", "Identity", "Flatten",
    "Unflatten", "Dropout", "Dropout1d", "Dropout2d", "Lambda", "Residual", "Sequential",
    "ModuleList", "ModuleDict", "LazyBatchNorm1d", "LazyBatchNorm2d", "ParameterList",
    "ParameterDict", "GLU", "Hardsigmoid", "Hardswish", "Mish",
}  # fmt: skip


def test_no_layer_is_missing_from_the_table():
    layers = {name.split()[0] for name in LAYERS}
    assert layers <= SIZES.keys() | WITHOUT_SIZES


X, Y = np.ones((2, 3)), Tensor(np.ones((2, 3, 4)))

# what is called, and words of the message
SETTINGS = [
    *[
        row
        for name in ("Dropout", "Dropout1d", "Dropout2d")
        for row in [
            (lambda name=name: getattr(nn, name)(1.5), name, "p=1.5", "0 to 1"),
            (lambda name=name: getattr(nn, name)(-0.1), name, "p=-0.1", "0 to 1"),
            (lambda name=name: getattr(nn, name)(NAN), name, "p=nan"),
            (lambda name=name: getattr(nn, name)("0.5"), name, "p='0.5'", "a number"),
            (lambda name=name: getattr(nn, name)(None), name, "p=None", "a number"),
        ]
    ],
    (lambda: F.dropout(X, 2), "dropout", "p=2", "0 to 1"),
    (lambda: F.dropout2d(X), "dropout2d", "(2, 3)"),
    (lambda: nn.LSTM(2, 2, dropout="a"), "LSTM", "dropout='a'"),
    (lambda: nn.LSTM(2, 2, dropout=2), "LSTM", "dropout=2", "0 to 1"),
    (lambda: nn.MultiheadAttention(2, 1, dropout=None), "MultiheadAttention", "dropout=None"),
    (lambda: nn.TransformerEncoderLayer(2, 1, dropout=-1), "-1", "0 to 1"),
    (lambda: nn.TransformerEncoderLayer(2, 1, activation="rleu"), "did you mean 'relu'"),
    (lambda: nn.TransformerEncoder(None, 2), "TransformerEncoder", "NoneType", "layer"),
    (lambda: nn.BatchNorm1d(2, eps=-1.0), "BatchNorm1d", "eps=-1.0", "0 or more"),
    (lambda: nn.BatchNorm2d(2, eps="small"), "BatchNorm2d", "eps='small'"),
    (lambda: nn.BatchNorm1d(2, momentum=2), "BatchNorm1d", "momentum=2", "0 to 1"),
    (lambda: nn.BatchNorm1d(2, momentum=NAN), "momentum=nan"),
    (lambda: nn.LayerNorm(2, eps=-1), "LayerNorm", "eps=-1"),
    (lambda: nn.LayerNorm((2, 0)), "LayerNorm", "normalized_shape", "0"),
    (lambda: nn.RMSNorm(2, eps=NAN), "RMSNorm", "eps=nan"),
    (lambda: nn.GroupNorm(2, 2, eps=None), "GroupNorm", "eps=None"),
    (lambda: nn.GroupNorm(2, 3), "GroupNorm", "3 channels", "2 groups"),
    (lambda: nn.Conv2d(3, 4, 2, groups=2), "Conv2d", "groups=2", "divisible"),
    (lambda: nn.Conv2d(2, 2, 2, padding="smae"), "Conv2d", "'smae'", "did you mean 'same'"),
    (lambda: nn.Conv1d(2, 2, 2, stride=2, padding="same"), "Conv1d", "'same'", "stride of 1"),
    (lambda: nn.Conv2d(2, 2, (2, 2, 2)), "Conv2d", "kernel_size=(2, 2, 2)", "2 of them"),
    (lambda: nn.ConvTranspose1d(3, 2, 2, output_padding=1)(Y), "output_padding=(1,)", "smaller"),
    (lambda: nn.MaxPool1d(2, padding=2)(Y), "max_pool1d", "padding=(2,)", "half"),
    (lambda: nn.AvgPool1d(2, padding=2)(Y), "avg_pool1d", "padding=(2,)", "half"),
    (lambda: nn.MaxPool2d((2, 2, 2)), "MaxPool2d", "kernel_size=(2, 2, 2)"),
    (lambda: nn.Embedding(3, 2, padding_idx=3), "Embedding", "padding_idx=3", "3 rows"),
    (lambda: nn.Embedding(3, 2, padding_idx="a"), "Embedding", "padding_idx='a'"),
    (lambda: nn.Embedding(3, 2, padding_idx=1.0), "Embedding", "padding_idx=1.0"),
    (lambda: nn.Embedding.from_pretrained([1.0]), "from_pretrained", "(1,)"),
    (lambda: nn.Embedding.from_pretrained("text"), "from_pretrained", "str"),
    (lambda: nn.RNN(2, 2, nonlinearity="tahn"), "RNN", "did you mean 'tanh'"),
    (lambda: nn.RNNCell(2, 2, nonlinearity=None), "RNNCell", "NoneType"),
    (lambda: nn.Upsample(), "Upsample", "size", "scale_factor"),
    (lambda: nn.Upsample(2, 2), "Upsample", "one of them"),
    (lambda: nn.Upsample(scale_factor=-1), "Upsample", "scale_factor=-1"),
    (lambda: nn.Upsample(scale_factor=NAN), "Upsample", "scale_factor=nan"),
    (lambda: nn.Upsample(scale_factor="2"), "Upsample", "scale_factor='2'"),
    (lambda: nn.Upsample(2, mode="billinear"), "did you mean 'bilinear'"),
    (lambda: nn.Unflatten(1, 4), "Unflatten", "4"),
    (lambda: nn.Unflatten(1, (2, -2)), "Unflatten", "(2, -2)"),
    (lambda: nn.Unflatten("1", (2, 2)), "Unflatten", "dim='1'"),
    (lambda: nn.Unflatten(1, (2, 2.5)), "Unflatten", "2.5"),
    (lambda: nn.Flatten("1"), "Flatten", "start_dim='1'"),
    (lambda: nn.Flatten(1, 2.0), "Flatten", "end_dim=2.0"),
    (lambda: nn.Flatten()(np.ones(3)), "latten", "(3,)"),
    (lambda: nn.Softmax("1"), "Softmax", "dim='1'"),
    (lambda: nn.LogSoftmax(1.0), "LogSoftmax", "dim=1.0"),
    (lambda: nn.Softmax(2)(X), "axis 2 is out of bounds"),
    (lambda: nn.LeakyReLU("a"), "LeakyReLU", "'a'"),
    (lambda: nn.ELU(None), "ELU", "None"),
    (lambda: nn.ELU(NAN), "ELU", "nan"),
    (lambda: nn.Softplus(0.0), "Softplus", "beta=0.0"),
    (lambda: nn.Softplus("1"), "Softplus", "beta='1'"),
    (lambda: nn.Hardtanh(2.0, 1.0), "Hardtanh", "2.0", "1.0"),
    (lambda: nn.Hardtanh("0"), "Hardtanh", "'0'"),
    (lambda: nn.GELU("tahn"), "GELU", "did you mean 'tanh'"),
    (lambda: nn.PReLU(1, "a"), "PReLU", "init='a'"),
    (lambda: nn.Lambda(3), "Lambda", "int came"),
    (lambda: nn.Residual(3), "Residual", "int came"),
    (lambda: nn.Residual(nn.ReLU), "Residual", "a module is needed"),
    (lambda: nn.Sequential(3), "Sequential", "int came"),
    (lambda: nn.ModuleList([3]), "ModuleList", "int came"),
    (lambda: nn.ModuleList(3), "ModuleList", "int"),
    (lambda: nn.ModuleDict({"a": 3}), "ModuleDict", "int came"),
    (lambda: nn.ModuleDict({"a.b": nn.ReLU()}), "ModuleDict", "'a.b'", "without dots"),
    (lambda: nn.ModuleDict(3), "ModuleDict", "int"),
    (lambda: nn.Linear(2, 2, dtype=int), "Linear", "int64", "float"),
    (lambda: nn.Linear(2, 2, dtype="flaot32"), "Linear", "flaot32"),
    (lambda: nn.LSTM(2, 2, dtype=complex), "LSTM", "complex128"),
    (lambda: nn.Linear(2, 2, generator="now"), "generator", "str came"),
    (lambda: nn.Linear(2, 2, generator=-1), "generator", "-1"),
    (lambda: nn.MLP(2, []), "MLP", "[]"),
    (lambda: nn.MLP(2, 3), "MLP", "3", "[16, 16, 1]"),
    (lambda: nn.MLP(2, [2, 0]), "nout", "0"),
    (lambda: nn.MLP(2, [1], activation="rleu"), "did you mean 'relu'"),
    (lambda: nn.Neuron(2, activation=3), "Neuron", "int"),
    (lambda: nn.Neuron(2)([1.0]), "Neuron", "1 inputs came", "2 weights"),
    (lambda: nn.Neuron(2)(None), "NoneType"),
    (lambda: nn.Neuron(2)("ab"), "str"),
    (lambda: nn.MLP(2, [1])(X), "(2, 3)", "[model(row) for row in X]"),
    (lambda: nn.Parameter("text"), "str"),
    (lambda: nn.Parameter([1, 2]), "int64"),
    (lambda: nn.Parameter(None), "NoneType"),
]  # fmt: skip


@pytest.mark.parametrize("row", SETTINGS, ids=[str(i) for i in range(len(SETTINGS))])
def test_settings_that_make_no_sense(row):
    refused(*row)


# --------------------------------------------------------------------------------- inputs

NO_NUMBERS = {
    "nothing": (None, "NoneType"),
    "text": ("text", "str"),
    "bytes": (b"text", "bytes"),
    "a dict": ({"a": 1.0}, "dict"),
    "a set": ({1.0}, "set"),
    "a function": (abs, "builtin_function_or_method"),
    "a module": (nn.ReLU(), "ReLU"),
    "a class": (nn.ReLU, "type"),
    "words": ([["a", "b"]], "<U1"),
    "objects": (np.full((BATCH, 4), None), "object"),
    "complex": (np.ones((BATCH, 4), complex), "complex128"),
    "dates": (np.zeros((BATCH, 4), "M8[s]"), "datetime64"),
    "unequal rows": ([[1.0], [1.0, 2.0]], "different lengths"),
    "rows of unequal Tensors": ([Tensor([1.0]), Tensor([1.0, 2.0])], "stack"),
}
INPUTS = {
    name: row
    for name, row in LAYERS.items()
    if " " not in name and name not in ("Identity", "Embedding", "Bilinear", "Lambda")
}


@pytest.mark.parametrize("what", NO_NUMBERS)
@pytest.mark.parametrize("name", INPUTS)
def test_what_is_no_array_of_numbers_is_refused(name, what):
    row, (given, word) = INPUTS[name], NO_NUMBERS[what]
    layer = row.make()
    before = layer.state_dict()
    refused(lambda: row.run(layer, given), word)
    assert all((before[key] == array).all() for key, array in layer.state_dict().items())


def test_a_value_beside_tensors_is_told():
    for layer in (nn.Linear(2, 2), nn.LSTM(2, 2), nn.LayerNorm(2), nn.BatchNorm1d(2), nn.PReLU()):
        refused(
            lambda layer=layer: layer(Value(1.0)), type(layer).__name__[:2].lower()[:0], "Value"
        )
    refused(lambda: nn.LSTM(2, 2)([[Value(1.0), Value(2.0)]]), "LSTM", "tensor_from_values")
    refused(lambda: F.mse_loss(Tensor([1.0]), [Value(1.0)]), "mse_loss", "tensor_from_values")
    refused(lambda: F.linear([Value(1.0)], np.ones((1, 1))), "linear", "tensor_from_values")


ELEMENTWISE = {
    "ELU", "GELU", "SELU", "Hardtanh", "LeakyReLU", "LogSigmoid", "LogSoftmax", "ReLU", "ReLU6",
    "SiLU", "Sigmoid", "Softmax", "Softplus", "Softsign", "Tanh", "Identity", "Dropout",
    "Flatten", "Embedding", "Lambda", "Bilinear", "PReLU", "Hardsigmoid", "Hardswish", "Mish",
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in INPUTS if name not in ELEMENTWISE])
def test_a_wrong_number_of_axes_is_told(name):
    row = LAYERS[name]
    refused(lambda: row.run(row.make(), Tensor(1.0)), "()")


# rows whose inputs have a size that the layer knows
SIZED = [
    name
    for name in INPUTS
    if name not in ELEMENTWISE and "Pool" not in name and "Dropout" not in name
    and name not in ("Upsample",)
]  # fmt: skip


@pytest.mark.parametrize("name", SIZED)
def test_a_wrong_number_of_channels_is_told(name):
    row = LAYERS[name]
    layer, wrong = row.make(), (BATCH, *(size + 1 for size in row.shape))
    kept = layer.state_dict()
    refused(lambda: row.run(layer, Tensor(np.ones(wrong))), str(wrong[-1]))
    assert all((kept[key] == array).all() for key, array in layer.state_dict().items())


WHOLE = [name for name, row in LAYERS.items() if row.run is alone or " " not in name]
WHOLE = [name for name in WHOLE if name != "Embedding"]


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("name", WHOLE)
def test_an_empty_batch_gives_an_empty_batch(name, training):
    row = LAYERS[name]
    layer = row.make().train(training)
    shape = row.run(layer, Tensor(np.ones((BATCH, *row.shape)))).shape
    kept = layer.state_dict()
    x = Tensor(np.ones((0, *row.shape)), requires_grad=True)
    if "BatchNorm" in name and (training or "untracked" in name):
        refused(lambda: row.run(layer, x), "(0, ", "a larger batch")
    else:
        y = row.run(layer, x)
        y.sum().backward()
        assert y.shape == (0, *shape[1:])
        assert x.grad.shape == x.shape
        assert not any(p.grad is not None and p.grad.any() for p in layer.parameters())
    assert all((kept[key] == array).all() for key, array in layer.state_dict().items())


# nan in one example stays there, but where examples are looked at together
TOGETHER = {"BatchNorm1d", "BatchNorm2d", "LazyBatchNorm1d", "LazyBatchNorm2d", "Softmax over"}


@pytest.mark.parametrize("name", [name for name in WHOLE if LAYERS[name].run is alone])
def test_nan_passes_through(name):
    row = LAYERS[name]
    layer = row.make().train("Dropout" not in name)
    x = np.random.default_rng(0).normal(size=(BATCH, *row.shape))
    clean = row.run(row.make().train("Dropout" not in name), Tensor(x)).shape
    x[1] = NAN
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = row.run(layer, Tensor(x))
    assert y.shape == clean
    assert np.isnan(y.data[1]).all() or name == "Dropout of all"
    together = any(name.startswith(first) for first in TOGETHER)
    assert together or not np.isnan(np.delete(y.data, 1, axis=0)).any()


@pytest.mark.parametrize("name", [name for name in INPUTS if "Dropout" not in name])
def test_whole_numbers_and_lists_are_taken_as_numbers(name):
    row = LAYERS[name]
    layer = row.make().eval()
    whole = np.random.default_rng(0).integers(-3, 4, (BATCH, *row.shape))
    expected = row.run(layer, Tensor(whole.astype(float)))
    for given in (whole, Tensor(whole), whole.astype(np.int32), whole.tolist()):
        found = row.run(layer, given)
        np.testing.assert_allclose(np.asarray(found, float), expected.data, rtol=1e-6)


# --------------------------------------------------------------------------------- losses

P, LABELS = Tensor(np.full((2, 3), 0.5)), [0, 2]
PAIRS = {
    "mse_loss": P, "l1_loss": P, "huber_loss": P, "smooth_l1_loss": P,
    "binary_cross_entropy": P, "binary_cross_entropy_with_logits": P, "kl_div": P,
    "hinge_loss": np.ones((2, 3)), "cross_entropy": LABELS, "nll_loss": LABELS,
    "multi_margin_loss": LABELS,
}  # fmt: skip
LOSS_MODULES = {
    "MSELoss", "L1Loss", "HuberLoss", "SmoothL1Loss", "BCELoss", "BCEWithLogitsLoss", "KLDivLoss",
    "HingeLoss", "CrossEntropyLoss", "NLLLoss", "MultiMarginLoss", "CosineEmbeddingLoss",
}  # fmt: skip


@pytest.mark.parametrize("what", NO_NUMBERS)
@pytest.mark.parametrize("name", PAIRS)
def test_losses_need_numbers(name, what):
    given, word = NO_NUMBERS[what]
    function = getattr(F, name)
    refused(lambda: function(given, PAIRS[name]), name, word)
    refused(lambda: function(P, given), name, word)


@pytest.mark.parametrize("name", PAIRS)
def test_losses_need_fitting_shapes_and_known_reductions(name):
    function, targets = getattr(F, name), PAIRS[name]
    refused(lambda: function(P, targets, reduction="maen"), name, "'maen'", "did you mean 'mean'")
    refused(lambda: function(P, targets, reduction=None), name, "NoneType")
    refused(lambda: function(Tensor(np.zeros((0, 3))), np.asarray(targets)[:0]), name, "no example")
    refused(lambda: function(P, np.ones((2, 4), np.asarray(targets).dtype)), name, "(2, 4)")


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss", "multi_margin_loss"])
@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([0, 3], ("label 3", "0 to 2")),
        ([-1, 0], ("label -1", "0 to 2")),
        ([0.0, 1.0], ("float64", "y.astype(int)")),
        ([True, False], ("bool", "y.astype(int)")),
        ([NAN, 1.0], ("float64",)),
        ([[0], [1]], ("(2, 1)", "reshape(-1)")),
        ([0], ("(1,)", "(2,)")),
        (0, ("()", "(2,)")),
    ],
)
def test_labels_are_checked(name, labels, words):
    refused(lambda: getattr(F, name)(P, labels), name, *words)
    refused(lambda: getattr(F, name)(P, np.asarray(labels)), name, *words)


LOSS_SETTINGS = [
    (lambda: F.cross_entropy(P, LABELS, label_smoothing=2), "label_smoothing=2", "0 to 1"),
    (lambda: F.cross_entropy(P, LABELS, label_smoothing=NAN), "label_smoothing=nan"),
    (lambda: F.cross_entropy(P, LABELS, label_smoothing="a"), "label_smoothing='a'"),
    (lambda: F.cross_entropy(P, LABELS, [1.0, 2.0]), "(2,)", "(3,)"),
    (lambda: F.cross_entropy(P, LABELS, "mean"), "cross_entropy", "str"),
    (lambda: F.nll_loss(P, LABELS, [["a"] * 3]), "nll_loss", "<U1"),
    (lambda: F.cross_entropy(P, LABELS, ignore_index=0.5), "ignore_index=0.5"),
    (lambda: F.cross_entropy(P, LABELS, ignore_index=None), "ignore_index=None"),
    (lambda: F.cross_entropy(P, [-100, -100]), "no example counts", "-100"),
    (lambda: F.cross_entropy(P, [[-0.5, 1.0, 0.5]] * 2), "probability -0.5"),
    (lambda: F.cross_entropy(Tensor(1.0), 0), "a single number"),
    (lambda: F.nll_loss(Tensor(1.0), 0), "a single number"),
    (lambda: F.binary_cross_entropy(P, P * 3), "target 1.5", "0 and 1"),
    (lambda: F.binary_cross_entropy(P * 3, P), "probability 1.5", "0 and 1"),
    (lambda: F.binary_cross_entropy(P, P, "mean"), "did you mean reduction='mean'"),
    (lambda: F.binary_cross_entropy(P, P, np.ones((2, 1, 1))), "(2, 1, 1)", "(2, 3)"),
    (lambda: F.binary_cross_entropy(P, P, np.ones(2)), "(2,)", "(2, 3)"),
    (lambda: F.binary_cross_entropy_with_logits(P, -P), "target -0.5"),
    (
        lambda: F.binary_cross_entropy_with_logits(P, P, pos_weight=np.ones(2)),
        "pos_weight", "(2,)", "(2, 3)",
    ),
    (lambda: F.binary_cross_entropy_with_logits(P, P, pos_weight="a"), "pos_weight", "str"),
    (lambda: F.hinge_loss(P, [[0, 1, 1]] * 2), "target 0", "2 * y - 1"),
    (lambda: F.hinge_loss(P, [[NAN, 1, 1]] * 2), "target nan"),
    (lambda: F.hinge_loss(P, np.ones((2, 3)), margin="a"), "margin='a'"),
    (lambda: F.multi_margin_loss(P, LABELS, margin=None), "margin=None"),
    (lambda: F.multi_margin_loss(P[0], 0), "(3,)", "(n, classes)"),
    (lambda: F.huber_loss(P, P, delta=0), "delta=0", "more than 0"),
    (lambda: F.huber_loss(P, P, delta=NAN), "delta=nan"),
    (lambda: F.huber_loss(P, P, delta="a"), "delta='a'"),
    (lambda: F.smooth_l1_loss(P, P, beta=-1), "beta=-1", "0 or more"),
    (lambda: F.smooth_l1_loss(P, P, beta=None), "beta=None"),
    (lambda: F.cosine_similarity(P, Tensor(np.ones((2, 4)))), "cosine_similarity", "(2, 4)"),
    (lambda: F.cosine_similarity(P, P, dim=2), "cosine_similarity", "dim=2"),
    (lambda: F.cosine_similarity(P, P, eps=-1), "eps=-1"),
    (lambda: F.cosine_similarity(P, None), "cosine_similarity", "NoneType"),
    (lambda: F.cosine_embedding_loss(P, P, [1, 0]), "cosine_embedding_loss", "0", "1 and -1"),
    (lambda: F.cosine_embedding_loss(P, P, [1]), "(1,)", "(n,)"),
    (lambda: F.cosine_embedding_loss(P, P, [1, 1], margin=NAN), "margin=nan"),
    (lambda: F.cosine_embedding_loss(P, P, [1, 1], reduction="sun"), "did you mean 'sum'"),
    (lambda: F.mse_loss(Tensor(np.ones((4, 1))), np.ones(4)), "(4, 1)", "reshape(-1)"),
    (lambda: F.mse_loss(Tensor(np.ones(4)), np.ones((4, 1))), "(4, 1)", "reshape(-1)"),
    (lambda: F.mse_loss(Tensor(1.0), [1.0]), "reshape(())"),
    (lambda: nn.CosineEmbeddingLoss()(P, P, None), "cosine_embedding_loss", "NoneType"),
    *[
        (lambda name=name: getattr(nn, name)(reduction="average"), name, "'average'", "mean")
        for name in sorted(LOSS_MODULES)
    ],
]  # fmt: skip


@pytest.mark.parametrize("row", LOSS_SETTINGS, ids=[str(i) for i in range(len(LOSS_SETTINGS))])
def test_settings_of_losses_that_make_no_sense(row):
    refused(*row)


def test_no_loss_is_missing():
    from nn.losses.modules import __all__ as modules

    assert set(modules) == LOSS_MODULES


@pytest.mark.parametrize("name", PAIRS)
def test_nan_predictions_give_a_nan_loss(name):
    x = P.data.copy()
    x[0, 0] = NAN
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss = getattr(F, name)(Tensor(x, requires_grad=True), PAIRS[name])
    assert np.isnan(loss.item())


# --------------------------------------------------------------------------------- functions

FUNCTIONS = [
    (lambda: F.embedding([0.5], np.ones((3, 2))), "embedding", "float64", "whole numbers"),
    (lambda: F.embedding([3], np.ones((3, 2))), "embedding", "3 came", "0 to 2"),
    (lambda: F.embedding([-1], np.ones((3, 2))), "embedding", "-1 came", "0 to 2"),
    (lambda: F.embedding([True], np.ones((3, 2))), "embedding", "bool"),
    (lambda: F.embedding("a", np.ones((3, 2))), "embedding", "str"),
    (lambda: F.embedding(None, np.ones((3, 2))), "embedding", "NoneType"),
    (lambda: F.embedding([0], np.ones((3, 2)), padding_idx=0.5), "padding_idx=0.5"),
    (lambda: F.one_hot([0, 3], 3), "one_hot", "3 came", "0 to 2"),
    (lambda: F.one_hot([0], 0), "one_hot", "num_classes=0"),
    (lambda: F.one_hot([0], 2.5), "one_hot", "num_classes=2.5"),
    (lambda: F.one_hot([0], "3"), "one_hot", "num_classes='3'"),
    (lambda: F.one_hot([]), "one_hot", "num_classes"),
    (lambda: F.pad(Y, (1, 2, 3)), "pad", "(1, 2, 3)"),
    (lambda: F.pad(Y, 1), "pad", "1"),
    (lambda: F.pad(Y, "ab"), "pad", "ab"),
    (lambda: F.pad(Y, (0.5, 1)), "pad", "0.5"),
    (lambda: F.pad(Y, (1, 1), "reflcet"), "did you mean 'reflect'"),
    (lambda: F.pad(Y, (1, 1), value="a"), "pad", "value='a'"),
    (lambda: F.pad("text", (1, 1)), "pad", "str"),
    (lambda: F.interpolate(Y, size=0), "interpolate", "size=0"),
    (lambda: F.interpolate(Y, size=2.5), "interpolate", "size=2.5"),
    (lambda: F.interpolate(Y, scale_factor=0), "interpolate", "scale_factor=0"),
    (lambda: F.interpolate(Y, scale_factor="a"), "interpolate", "scale_factor='a'"),
    (lambda: F.interpolate(Y, scale_factor=True), "interpolate", "scale_factor=True"),
    (lambda: F.interpolate(Y, 2, mode="bilinear"), "interpolate", "(2, 3, 4)"),
    (lambda: F.prelu(Y, np.ones(2)), "prelu", "2 slopes"),
    (lambda: F.prelu(Y, "a"), "prelu", "str"),
    (lambda: F.maxout(Y, np.ones((2, 3))), "maxout", "(2, 3)"),
    (lambda: F.linear(Y, np.ones((2, 3))), "linear", "(2, 3, 4)", "(out, in)"),
    (lambda: F.linear(Y, np.ones((2, 4)), np.ones(3)), "linear", "bias", "(3,)", "(2,)"),
    (lambda: F.linear(Y, "a"), "linear", "str"),
    (lambda: F.bilinear(Y, Y, np.ones((1, 3, 4))), "bilinear", "(out, in1, in2)"),
    (lambda: F.bilinear(Y, Y, np.ones((2, 4, 4)), np.ones(3)), "bilinear", "bias", "(3,)"),
    (lambda: F.conv1d(Y, np.ones((2, 3))), "conv1d", "(2, 3)"),
    (lambda: F.conv1d(Y, np.ones((2, 2, 2))), "3 channels", "2"),
    (lambda: F.conv1d(Y, np.ones((2, 3, 2)), np.ones(3)), "conv1d", "bias", "(2,)"),
    (lambda: F.conv1d(Y, "a"), "conv1d", "str"),
    (lambda: F.conv1d(Y, np.ones((2, 3, 9))), "(9,)", "(4,)"),
    (lambda: F.conv1d(Y, np.ones((2, 3, 2)), groups=0), "conv1d", "groups"),
    (lambda: F.conv1d(Y, np.ones((2, 3, 2)), padding="smae"), "did you mean 'same'"),
    (lambda: F.conv_transpose1d(Y, np.ones((3, 2, 2)), groups=2), "conv_transpose1d", "groups=2"),
    (lambda: F.conv_transpose1d(Y, np.ones((2, 2, 2))), "conv_transpose1d", "3 channels"),
    (lambda: F.conv_transpose1d(Y, np.ones((3, 2, 2)), padding=9), "conv_transpose1d", "padding"),
    (lambda: F.conv_transpose1d(Y, np.ones((3, 2, 2)), "a"), "conv_transpose1d", "bias"),
    (lambda: F.max_pool1d(Y, 9), "(9,)", "(4,)"),
    (lambda: F.max_pool1d(Y, 2, padding=2), "max_pool1d", "padding=2"),
    (lambda: F.avg_pool1d(Y, 0), "avg_pool1d", "kernel_size=0"),
    (lambda: F.adaptive_avg_pool1d(Y, "a"), "adaptive_avg_pool1d", "output_size='a'"),
    (lambda: F.batch_norm(Y, None, None, np.ones(2), training=True), "batch_norm", "(2,)", "(3,)"),
    (lambda: F.batch_norm(Y, Tensor(np.ones(2)), Tensor(np.ones(2))), "batch_norm", "(2,)"),
    (lambda: F.layer_norm(Y, 3), "layer_norm", "(3,)"),
    (lambda: F.layer_norm(Y, 4, np.ones(3)), "layer_norm", "weight", "(3,)", "(4,)"),
    (lambda: F.layer_norm(Y, 4, None, np.ones(3)), "layer_norm", "bias", "(3,)"),
    (lambda: F.rms_norm(Y, (3,)), "rms_norm", "(3,)"),
    (lambda: F.rms_norm(Y, 4, np.ones((2, 4))), "rms_norm", "weight", "(2, 4)"),
    (lambda: F.group_norm(Y, 2), "group_norm", "num_groups=2"),
    (lambda: F.group_norm(Y, 0), "group_norm", "num_groups"),
    (lambda: F.group_norm(Y, 1, np.ones(2)), "group_norm", "weight", "(2,)", "(3,)"),
    (lambda: F.scaled_dot_product_attention(Y, Y, None), "scaled_dot", "NoneType"),
    (lambda: F.scaled_dot_product_attention(Y, Y, Y, "a"), "scaled_dot", "mask"),
    (lambda: F.scaled_dot_product_attention(Y, Y, Y, dropout_p=2), "p=2"),
    (lambda: F.scaled_dot_product_attention(Y, Y, Y, scale="a"), "scale='a'"),
    (lambda: F.lstm_cell(Y[0], None, np.ones((8, 4)), np.ones((8, 2))), "lstm_cell", "NoneType"),
    (lambda: F.gru_cell(Y[0], "a", np.ones((6, 4)), np.ones((6, 2))), "gru_cell", "str"),
    (lambda: F.rnn_cell(Y[0], Y[0], "a", np.ones((2, 2))), "rnn_cell", "str"),
    (lambda: F.rnn_cell(Y[0], Y[0], np.ones((4, 4)), np.ones(2)), "rnn_cell", "(2,)"),
    (
        lambda: F.rnn_cell(Y[0], Y[0], np.ones((4, 4)), np.ones((4, 4)), np.ones(3)),
        "rnn_cell", "(3,)",
    ),
    (lambda: nn.LSTM(2, 2)(np.ones((2, 1, 2)), np.ones((1, 1, 2))), "LSTM", "(h, c)"),
    (lambda: nn.GRU(2, 2)(np.ones((2, 1, 2)), "a"), "GRU", "str"),
    (lambda: nn.GRU(2, 2)(np.ones((2, 1, 2)), lengths=[1.5]), "GRU", "whole numbers"),
    (lambda: nn.GRU(2, 2)(np.ones((2, 1, 2)), lengths="a"), "GRU", "whole numbers"),
    (lambda: nn.pad_sequence(3), "pad_sequence", "int"),
    (lambda: nn.pad_sequence([None]), "pad_sequence", "NoneType"),
    (lambda: nn.pack_sequence([[1.0], [1.0, 2.0]]), "pack_padded_sequence", "enforce_sorted=False"),
    (lambda: nn.pack_padded_sequence(Y, "ab"), "pack_padded_sequence", "whole numbers"),
    (lambda: nn.pad_packed_sequence(Y), "pad_packed_sequence", "Tensor"),
    (lambda: nn.init.uniform_(None), "init", "NoneType"),
    (lambda: nn.init.uniform_(nn.Parameter([1.0]), 2.0, 1.0), "uniform_", "2.0", "1.0"),
    (lambda: nn.init.normal_(nn.Parameter([1.0]), 0.0, -1.0), "normal_", "std=-1.0"),
    (lambda: nn.init.constant_(nn.Parameter([1.0]), "a"), "constant_", "'a'"),
    (lambda: nn.init.xavier_uniform_(nn.Parameter([1.0])), "init", "(1,)"),
    (lambda: nn.init.kaiming_normal_(nn.Parameter([[1.0]]), mode="fan"), "did you mean 'fan_in'"),
    (lambda: nn.clip_grad_norm_([], -1.0), "clip_grad_norm_", "max_norm=-1.0"),
    (lambda: nn.clip_grad_norm_([], NAN), "clip_grad_norm_", "max_norm=nan"),
    (lambda: nn.clip_grad_norm_([], "a"), "clip_grad_norm_", "max_norm='a'"),
    (lambda: nn.clip_grad_norm_([1.0], 1.0), "clip_grad_norm_", "float"),
    (lambda: nn.clip_grad_norm_(nn.Linear(1, 1), 1.0), "clip_grad_norm_", "model.parameters()"),
    (lambda: nn.clip_grad_norm_([], 1.0, "l2"), "clip_grad_norm_", "norm_type='l2'"),
    (lambda: nn.clip_grad_value_([], -1.0), "clip_grad_value_", "clip_value=-1.0"),
    (lambda: nn.clip_grad_value_([], None), "clip_grad_value_", "clip_value=None"),
]  # fmt: skip


@pytest.mark.parametrize("row", FUNCTIONS, ids=[str(i) for i in range(len(FUNCTIONS))])
def test_functions_say_what_they_need(row):
    refused(*row)


# --------------------------------------------------------------------------------- optimizers

# optimizer: settings and the smallest number that each may be; or that it is a pair below 1
RATES = {
    "SGD": {"lr": 0, "momentum": 0, "weight_decay": 0, "dampening": None},
    "RMSprop": {"lr": 0, "alpha": 0, "eps": 0, "weight_decay": 0, "momentum": 0},
    "Adagrad": {
        "lr": 0, "lr_decay": 0, "weight_decay": 0, "initial_accumulator_value": 0, "eps": 0,
    },
    "Adadelta": {"lr": 0, "rho": 0, "eps": 0, "weight_decay": 0},
    "Adam": {"lr": 0, "betas": "pair", "eps": 0, "weight_decay": 0},
    "AdamW": {"lr": 0, "betas": "pair", "eps": 0, "weight_decay": 0},
    "NAdam": {"lr": 0, "betas": "pair", "eps": 0, "weight_decay": 0, "momentum_decay": 0},
    "Lion": {"lr": 0, "betas": "pair", "weight_decay": 0},
    "LBFGS": {
        "lr": 0, "max_iter": 1, "max_eval": 1, "tolerance_grad": 0, "tolerance_change": 0,
        "history_size": 1,
    },
}  # fmt: skip
WHOLE_SETTINGS = {"max_iter", "max_eval", "history_size"}
RATE_ROWS = []
for name, needed in RATES.items():
    for setting, least in needed.items():
        wrong = [NAN, "0.1", [0.1], True] + ([None] if setting != "max_eval" else [])
        if least == "pair":
            wrong = [NAN, "ab", 0.9, (0.9,), (0.9, 1.0), (-0.1, 0.9), (0.9, NAN), ("a", 0.9), None]
        elif least is not None:
            wrong.append(least - 1)
        if setting in WHOLE_SETTINGS:
            wrong.append(1.5)
        RATE_ROWS += [(name, setting, value) for value in wrong]


def test_no_optimizer_is_missing():
    optimizers = {
        name
        for name in nn.optim.__all__
        if isinstance(thing := getattr(nn.optim, name), type) and issubclass(thing, nn.Optimizer)
    }
    assert optimizers - {"Optimizer"} == RATES.keys()


@pytest.mark.parametrize(
    ("name", "setting", "wrong"), RATE_ROWS, ids=[f"{n} {s}={w!r}" for n, s, w in RATE_ROWS]
)
def test_optimizers_refuse_settings_and_stay_as_they_were(name, setting, wrong):
    p, q = nn.Parameter([1.0, 2.0]), nn.Parameter([3.0])
    make = getattr(nn, name)
    refused(lambda: make([p], **{setting: wrong}), name, setting)
    optimizer = make([p])
    p.grad = np.ones(2)
    optimizer.step(lambda: Tensor(1.0))
    kept, numbers = repr(optimizer.state_dict()), p.data.copy()
    refused(lambda: optimizer.add_param_group({"params": [q], setting: wrong}), name, setting)
    saved = optimizer.state_dict()
    saved["param_groups"][0][setting] = wrong
    refused(lambda: optimizer.load_state_dict(saved), name, setting)
    assert repr(optimizer.state_dict()) == kept
    assert len(optimizer.param_groups) == 1
    assert (p.data == numbers).all()


OPTIMIZER_ROWS = [
    (
        lambda: nn.SGD([{"params": [nn.Parameter([1.0])], "mometum": 0.9}]),
        "SGD",
        "did you mean 'momentum'",
    ),
    (lambda: nn.SGD("text"), "SGD", "str"),
    (lambda: nn.SGD(None), "SGD", "NoneType"),
    (lambda: nn.SGD(3), "SGD", "int"),
    (lambda: nn.SGD([None]), "SGD", "NoneType", "parameter 0"),
    (lambda: nn.SGD([np.ones(3)]), "SGD", "ndarray", "parameter 0"),
    (lambda: nn.SGD([{"lr": 0.1}]), "SGD", "params"),
    (lambda: nn.SGD([{"params": nn.Linear(1, 1)}]), "SGD", "model.parameters()"),
    (lambda: nn.SGD([nn.Parameter([1.0])]).load_state_dict({}), "SGD", "param_groups"),
    (lambda: nn.SGD([nn.Parameter([1.0])]).load_state_dict(None), "SGD", "NoneType"),
    (lambda: nn.SGD([nn.Parameter([1.0])]).add_param_group([1]), "SGD", "list"),
    (lambda: nn.SGD([nn.Parameter([1.0])]).add_param_group({"params": None}), "SGD", "NoneType"),
    (lambda: nn.LBFGS([nn.Parameter([1.0])]).step(), "LBFGS.step", "closure"),
    (lambda: nn.SGD([nn.Parameter([1.0])]).step(3), "SGD.step", "int", "closure"),
]


@pytest.mark.parametrize("row", OPTIMIZER_ROWS, ids=[str(i) for i in range(len(OPTIMIZER_ROWS))])
def test_optimizers_need_parameters(row):
    refused(*row)


# --------------------------------------------------------------------------------- schedules

COUNT, SHARE, MORE = "count", "share", "more"  # whole, 0 or more, more than 0
# schedule: what makes one, and what each setting must be
SCHEDULES = {
    "StepLR": ({"step_size": 2}, {"step_size": COUNT, "gamma": SHARE}),
    "MultiStepLR": ({"milestones": [2]}, {"milestones": "list", "gamma": SHARE}),
    "ExponentialLR": ({"gamma": 0.5}, {"gamma": SHARE}),
    "ConstantLR": ({}, {"factor": SHARE}),
    "LinearLR": ({}, {"start_factor": SHARE, "end_factor": SHARE, "total_iters": COUNT}),
    "CosineAnnealingLR": ({"T_max": 2}, {"T_max": COUNT, "eta_min": SHARE}),
    "CosineAnnealingWarmRestarts": (
        {"T_0": 2}, {"T_0": COUNT, "T_mult": COUNT, "eta_min": SHARE},
    ),
    "OneCycleLR": (
        {"max_lr": 0.1, "total_steps": 9},
        {
            "max_lr": MORE, "total_steps": COUNT, "pct_start": SHARE, "div_factor": MORE,
            "final_div_factor": MORE,
        },
    ),
    "ReduceLROnPlateau": (
        {}, {"factor": SHARE, "threshold": SHARE, "min_lr": SHARE, "mode": "name"},
    ),
    "LambdaLR": ({"lr_lambda": lambda epoch: 1.0}, {"lr_lambda": "function"}),
}  # fmt: skip
SCHEDULE_ROWS = []
for name, (_, needed) in SCHEDULES.items():
    for setting, kind in needed.items():
        wrong = ["0.1", None, 3.5j]
        wrong += [-1, NAN, True] if kind in (COUNT, SHARE, MORE) else []
        wrong += [0] if kind in (COUNT, MORE) else []
        wrong += [2.5] if kind in (COUNT, "list") else []
        SCHEDULE_ROWS += [(name, setting, value) for value in wrong]


def test_no_schedule_is_missing():
    assert set(lr_scheduler.__all__) - {"LRScheduler", "SequentialLR"} == SCHEDULES.keys()


@pytest.mark.parametrize(
    ("name", "setting", "wrong"), SCHEDULE_ROWS, ids=[f"{n} {s}={w!r}" for n, s, w in SCHEDULE_ROWS]
)
def test_schedules_refuse_settings_and_leave_the_optimizer(name, setting, wrong):
    optimizer = nn.SGD([nn.Parameter([1.0])], lr=0.5)
    kept = repr(optimizer)
    make, (good, _) = getattr(lr_scheduler, name), SCHEDULES[name]
    refused(
        lambda: make(optimizer, **{**good, setting: wrong}), name, setting.replace("lr_lambda", "")
    )
    refused(lambda: make(nn.Linear(1, 1), **good), name, "Linear", "optimizer")
    refused(lambda: make(None, **good), name, "NoneType")
    assert repr(optimizer) == kept
    make(optimizer, **good)


def test_a_figure_that_is_none_is_told():
    schedule = lr_scheduler.ReduceLROnPlateau(nn.SGD([nn.Parameter([1.0])], lr=0.5))
    for wrong in (None, "a", [1.0], Tensor([1.0, 2.0])):
        refused(lambda wrong=wrong: schedule.step(wrong))
    refused(
        lambda: lr_scheduler.ReduceLROnPlateau(schedule.optimizer, mode="mni"), "did you mean 'min'"
    )


@pytest.mark.parametrize(("total", "share"), [(1, 0.3), (10, 0.1), (5, 1.0), (5, 0.0), (2, 0.5)])
def test_a_cycle_of_any_length_stays_in_its_bounds(total, share):
    optimizer = nn.SGD([nn.Parameter([1.0])], lr=0.5)
    schedule = lr_scheduler.OneCycleLR(optimizer, 1.0, total, pct_start=share)
    rates = [schedule.get_last_lr()[0]]
    for _ in range(total - 1):
        schedule.step()
        rates.append(schedule.get_last_lr()[0])
    assert all(0 < rate <= 1.0 for rate in rates)
