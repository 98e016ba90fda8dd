"""Bad input of layers, losses and functions: the message says what came and what was needed."""

import warnings

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from nn import functional as F
from tests.nn.layer_table import BATCH, LAYERS, alone
from tests.nn.refusals import NAN, Y, refused

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
