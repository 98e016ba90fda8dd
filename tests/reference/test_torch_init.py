"""How layers start, beside PyTorch's: the same distributions with the same bounds."""

import numpy as np
import pytest

import nn

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

# sizes so large that a distribution can be told from another one
LAYERS = [
    ("Linear", (60, 900), {}),
    ("Bilinear", (30, 20, 90), {}),
    ("Conv1d", (40, 600, 7), {}),
    ("Conv2d", (24, 600, (3, 5)), {"groups": 4}),
    ("ConvTranspose1d", (80, 600, 5), {"groups": 2}),
    ("ConvTranspose2d", (40, 500, 3), {}),
    ("Embedding", (500, 60), {}),
    ("RNN", (40, 150), {"num_layers": 2, "bidirectional": True}),
    ("LSTM", (40, 150), {}),
    ("GRU", (40, 150), {}),
    ("RNNCell", (200, 160), {}),
    ("LSTMCell", (100, 120), {}),
    ("GRUCell", (100, 120), {}),
    ("BatchNorm2d", (50,), {}),
    ("LayerNorm", (50,), {}),
    ("GroupNorm", (5, 50), {}),
    ("RMSNorm", (50,), {}),
    ("PReLU", (3,), {}),
    ("MultiheadAttention", (120, 4), {}),
    ("MultiheadAttention", (120, 4), {"kdim": 100, "vdim": 90}),
    ("TransformerEncoderLayer", (96, 4), {"dim_feedforward": 500}),
]


def furthest_apart(first, second):
    """How far the shares below a number differ at most (Kolmogorov and Smirnov)."""
    both = np.sort(np.concatenate([first, second]))
    shares = [np.searchsorted(np.sort(a), both, side="right") / len(a) for a in (first, second)]
    return abs(shares[0] - shares[1]).max()


@pytest.mark.parametrize(("name", "sizes", "settings"), LAYERS)
def test_a_layer_starts_as_torchs(name, sizes, settings):
    torch.manual_seed(0)
    drawn = {} if name in ("PReLU", "RMSNorm") or "Norm" in name else {"generator": 1}
    ours, theirs = (
        getattr(nn, name)(*sizes, **settings, **drawn),
        getattr(torch.nn, name)(*sizes, **settings),
    )
    for (path, mine), (its_path, its) in zip(
        ours.named_parameters(), theirs.named_parameters(), strict=True
    ):
        assert path == its_path
        a, b = mine.data.ravel(), its.detach().numpy().astype(float).ravel()
        if np.ptp(b) == 0:
            np.testing.assert_array_equal(a, b)
            continue
        limit = 2.2 * np.sqrt(2 / len(a))  # passed by chance once in eight thousand
        assert furthest_apart(a, b) < limit, path
        if name != "Embedding":  # of even draws the ends can be compared, too
            assert abs(a).max() == pytest.approx(abs(b).max(), rel=0.03), path


@pytest.mark.parametrize("name", ["orthogonal_", "eye_", "dirac_", "ones_", "zeros_"])
@pytest.mark.parametrize("shape", [(3, 5), (4, 6, 3), (4, 2, 3, 2)])
def test_exact_ones_are_torchs(name, shape):
    if (name == "eye_") != (len(shape) == 2) and name in ("eye_", "dirac_"):
        return
    ours, theirs = nn.Parameter(np.full(shape, 7.0)), torch.full(shape, 7.0).double()
    getattr(nn.init, name)(ours)
    getattr(torch.nn.init, name)(theirs)
    if name == "orthogonal_":  # drawn: what can be compared is the product
        a, b = (w.reshape(shape[0], -1) for w in (ours.data, theirs.numpy()))
        np.testing.assert_allclose(a @ a.T, b @ b.T, atol=1e-12)
    else:
        np.testing.assert_array_equal(ours.data, theirs.numpy())


@pytest.mark.parametrize(
    "name",
    ["uniform_", "normal_", "trunc_normal_", "xavier_uniform_", "xavier_normal_",
     "kaiming_uniform_", "kaiming_normal_"],
)  # fmt: skip
def test_draws_are_distributed_as_torchs(name):
    torch.manual_seed(0)
    ours, theirs = nn.Parameter(np.zeros((100, 20, 5))), torch.zeros(100, 20, 5).double()
    getattr(nn.init, name)(ours, generator=0)
    getattr(torch.nn.init, name)(theirs)
    assert furthest_apart(ours.data.ravel(), theirs.numpy().ravel()) < 1.95 * np.sqrt(2 / 10000)


@pytest.mark.parametrize(
    "name", ["linear", "conv1d", "conv_transpose2d", "sigmoid", "tanh", "relu", "selu"]
)
def test_gains_are_torchs(name):
    assert nn.init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))
