"""What is saved of a model, what loading says, and how layers show themselves."""

import re

import numpy as np
import pytest

import nn
from autograd import Tensor


def model():
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))


def test_loading_tells_that_all_fits():
    told = model().load_state_dict(model().state_dict())
    assert told == ([], [])
    assert repr(told) == "<All keys matched successfully>"


def test_loading_what_is_there_tells_what_was_not():
    state = {"0.weight": np.ones((3, 2)), "2.bias": np.ones(1), "9.bias": np.ones(1)}
    net = model()
    missing, unexpected = net.load_state_dict(state, strict=False)
    assert missing == [
        "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
        "1.num_batches_tracked", "2.weight",
    ]  # fmt: skip
    assert unexpected == ["9.bias"]
    assert (net[0].weight == 1).all()
    assert net[2].bias.tolist() == [1.0]


@pytest.mark.parametrize("strict", [True, False])
def test_one_error_lists_all_that_does_not_fit_and_nothing_changes(strict):
    net = model()
    before = net.state_dict()
    state = {**before, "0.weight": np.ones((2, 3)), "1.running_mean": np.ones(4), "extra": 1.0}
    del state["2.bias"]
    with pytest.raises(ValueError, match="nothing was loaded") as caught:
        net.load_state_dict(state, strict=strict)
    said = str(caught.value)
    assert "0.weight: shape (2, 3) came; (3, 2) is needed" in said
    assert "1.running_mean: shape (4,) came; (3,) is needed" in said
    assert ("missing: 2.bias" in said) == strict
    assert ("unknown: extra" in said) == strict
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_what_is_no_state_is_refused():
    with pytest.raises(TypeError, match="list came; give what state_dict"):
        nn.Linear(2, 1).load_state_dict([1.0, 2.0])


def test_tied_weights_are_saved_under_both_names_and_counted_once():
    def tied():
        net = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 5, bias=False))
        net[1].weight = net[0].weight
        return net

    first, second = tied(), tied()
    assert list(first.state_dict()) == ["0.weight", "1.weight"]
    assert sum(p.numel() for p in first.parameters()) == 20
    assert nn.summary(first).parameters == 20
    second.load_state_dict(first.state_dict())
    assert second[0].weight is second[1].weight
    assert (second[0].weight == first[0].weight).all()
    alone = {"0.weight": np.ones((5, 4))}
    assert second.load_state_dict(alone, strict=False).missing_keys == ["1.weight"]
    assert (second[1].weight == 1).all()


def test_the_number_of_batches_is_saved():
    norm = nn.BatchNorm1d(2, momentum=None)
    for _ in range(3):
        norm(Tensor([[1.0, 2.0], [3.0, 5.0]]))
    other = nn.BatchNorm1d(2, momentum=None)
    other.load_state_dict(norm.state_dict())
    assert other.num_batches_tracked.item() == 3
    x = Tensor([[0.0, 0.0], [1.0, 1.0]])
    norm(x)
    other(x)
    assert norm.running_mean.tolist() == other.running_mean.tolist()


# ----------------------------------------------------------------------------------- repr

SHOWN = [
    (nn.Linear(2, 3, bias=False), "Linear(2 -> 3, bias=False)"),
    (
        nn.Conv2d(2, 4, 3, padding="same", groups=2),
        "Conv2d(2 -> 4, kernel_size=(3, 3), padding='same', groups=2)",
    ),
    (
        nn.ConvTranspose1d(2, 4, 3, stride=2, output_padding=1),
        "ConvTranspose1d(2 -> 4, kernel_size=(3,), stride=(2,), output_padding=(1,))",
    ),
    (nn.MaxPool2d(2, dilation=3), "MaxPool2d(kernel_size=(2, 2), dilation=(3, 3))"),
    (
        nn.AvgPool1d(2, 1, 1, count_include_pad=False),
        "AvgPool1d(kernel_size=(2,), stride=(1,), padding=(1,), count_include_pad=False)",
    ),
    (nn.AdaptiveAvgPool2d(3), "AdaptiveAvgPool2d(output_size=(3, 3))"),
    (nn.Flatten(), "Flatten()"),
    (nn.Flatten(0), "Flatten(start_dim=0, end_dim=-1)"),
    (nn.BatchNorm1d(3, affine=False), "BatchNorm1d(3, affine=False)"),
    (nn.LayerNorm(3, eps=0.001), "LayerNorm((3,), eps=0.001)"),
    (nn.LayerNorm(3, bias=False), "LayerNorm((3,), bias=False)"),
    (nn.LayerNorm(3, elementwise_affine=False), "LayerNorm((3,), elementwise_affine=False)"),
    (nn.GroupNorm(1, 2, affine=False), "GroupNorm(1, 2, affine=False)"),
    (nn.RMSNorm(3), "RMSNorm((3,))"),
    (nn.Embedding(3, 4, padding_idx=0), "Embedding(3, 4, padding_idx=0)"),
    (nn.LSTM(2, 3, 2, dropout=0.1), "LSTM(2 -> 3, num_layers=2, dropout=0.1)"),
    (nn.RNN(2, 3, nonlinearity="relu"), "RNN(2 -> 3, nonlinearity='relu')"),
    (nn.LeakyReLU(0.2), "LeakyReLU(negative_slope=0.2)"),
    (nn.GELU("tanh"), "GELU(approximate='tanh')"),
    (nn.Softmax(1), "Softmax(dim=1)"),
    (nn.Maxout(2, 3), "Maxout(2 -> 3, pieces=2)"),
    (nn.LazyConv2d(4, 3), "LazyConv2d(? -> 4, kernel_size=(3, 3))"),
    (nn.LazyBatchNorm1d(momentum=0.5), "LazyBatchNorm1d(?, momentum=0.5)"),
    (nn.Layer(2, 3), "Layer(2 -> 3, relu)"),
]


@pytest.mark.parametrize(("layer", "text"), SHOWN, ids=lambda x: x if isinstance(x, str) else "")
def test_a_layer_shows_its_sizes_and_what_is_unusual(layer, text):
    assert repr(layer) == text


def test_attention_shows_its_sizes():
    head = repr(nn.MultiheadAttention(6, 2, bias=False, kdim=5)).split("\n")[0]
    assert re.fullmatch(r"MultiheadAttention\(6, num_heads=2, bias=False, kdim=5", head)
