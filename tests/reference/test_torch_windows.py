"""Convolution and pooling layers beside PyTorch's: values, gradients, gradients of gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor, grad

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning"),
]

SIZE = {1: (11,), 2: (9, 8)}
LAYERS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Conv1d", (4, 6, 3), {}),
    ("Conv1d", (4, 6, 3), {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}),
    ("Conv1d", (4, 2, 4), {"padding": "same", "bias": False}),
    ("Conv2d", (4, 6, 3), {}),
    ("Conv2d", (4, 6, (3, 2)), {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}),
    ("Conv2d", (4, 8, 3), {"groups": 4, "padding": "same"}),
    ("Conv2d", (4, 3, (2, 4)), {"padding": "same", "dilation": (2, 1)}),
    ("Conv2d", (4, 5, 1), {}),
    ("ConvTranspose1d", (4, 6, 3), {"stride": 2, "padding": 1, "output_padding": 1}),
    ("ConvTranspose2d", (4, 6, 3), {}),
    ("ConvTranspose2d", (4, 6, (3, 2)), {"stride": (2, 3), "padding": (1, 0), "groups": 2}),
    ("ConvTranspose2d", (4, 2, 3), {"stride": 2, "output_padding": 1, "dilation": 2}),
    ("MaxPool1d", (3,), {"stride": 2, "padding": 1}),
    ("MaxPool2d", (2,), {}),
    ("MaxPool2d", ((3, 2),), {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}),
    ("AvgPool1d", (3,), {"stride": 2}),
    ("AvgPool2d", (2,), {"stride": 1, "padding": 1}),
    ("AvgPool2d", (3,), {"padding": 1, "count_include_pad": False}),
    ("AdaptiveAvgPool1d", (4,), {}),
    ("AdaptiveAvgPool2d", ((3, 5),), {}),
]


@pytest.mark.parametrize(("name", "sizes", "settings"), LAYERS)
@pytest.mark.parametrize("alone", [False, True], ids=["batch", "one example"])
def test_layer_is_that_of_torch(name, sizes, settings, alone):
    draw = np.random.default_rng(3)
    ours, theirs = (
        getattr(nn, name)(*sizes, **settings),
        getattr(torch.nn, name)(*sizes, **settings),
    )
    theirs = theirs.double()
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    shape = (4, *SIZE[int(name[-2])])
    data = draw.standard_normal(shape if alone else (3, *shape))
    x, other = Tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    y, z = ours(x), theirs(other)
    np.testing.assert_allclose(y.data, z.detach().numpy(), rtol=1e-12, atol=1e-12)
    (first,) = grad((y**3).sum(), [x], create_graph=True)
    (its_first,) = torch.autograd.grad((z**3).sum(), [other], create_graph=True)
    np.testing.assert_allclose(first.data, its_first.detach().numpy(), rtol=1e-10, atol=1e-10)
    (first**2).sum().backward()
    (its_first**2).sum().backward()
    np.testing.assert_allclose(x.grad, other.grad.numpy(), rtol=1e-10, atol=1e-8)
    for (path, mine), (its_path, its) in zip(
        ours.named_parameters(), theirs.named_parameters(), strict=True
    ):
        assert path == its_path
        np.testing.assert_allclose(mine.grad, its.grad.numpy(), rtol=1e-10, atol=1e-8)


def test_equal_elements_of_a_window_the_first_is_felt():
    data = np.zeros((1, 1, 2, 2))
    x, other = Tensor(data, requires_grad=True), torch.tensor(data, requires_grad=True)
    nn.MaxPool2d(2)(x).sum().backward()
    torch.nn.MaxPool2d(2)(other).sum().backward()
    np.testing.assert_array_equal(x.grad, other.grad.numpy())
