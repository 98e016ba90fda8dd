"""Convolution and pooling without PyTorch: grids of Values beside Tensors, and bad input."""

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, Value
from nn import functional as F
from tests.worked_case_c4 import IMAGE, KERNEL, ONCE, TWICE


def grid_of(array):
    if np.ndim(array) == 0:
        return Value(float(array))
    return [grid_of(part) for part in array]


def numbers(grid, what="data"):
    if isinstance(grid, Value):
        return getattr(grid, what)
    return [numbers(part, what) for part in grid]


def test_c4_twice():
    first = F.conv2d(Tensor([IMAGE], dtype=float), Tensor([[KERNEL]], dtype=float))
    assert first.tolist() == [ONCE]
    second = F.conv2d(first, Tensor([[KERNEL]], dtype=float))
    assert second.tolist() == [TWICE]
    (grid,) = F.conv2d(grid_of(IMAGE), grid_of([[KERNEL]]))
    assert numbers(grid) == ONCE


@pytest.mark.parametrize(
    "settings", [{}, {"stride": (2, 1), "padding": (1, 2)}, {"dilation": 2, "padding": "same"}]
)
def test_grids_of_values_are_as_tensors(settings):
    draw = np.random.default_rng(0)
    x, w, b = draw.normal(size=(2, 5, 6)), draw.normal(size=(3, 2, 3, 2)), draw.normal(size=3)
    tensors = [Tensor(a, requires_grad=True) for a in (x, w, b)]
    grids = [grid_of(a) for a in (x, w, b)]
    y, z = F.conv2d(*tensors, **settings), F.conv2d(*grids, **settings)
    np.testing.assert_allclose(numbers(z), y.data, rtol=1e-12, atol=1e-14)
    (y**2).sum().backward()
    sum((v**2 for channel in z for row in channel for v in row), Value(0.0)).backward()
    for tensor, grid in zip(tensors, grids, strict=True):
        np.testing.assert_allclose(numbers(grid, "grad"), tensor.grad, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
@pytest.mark.parametrize("settings", [{}, {"stride": 1, "padding": 1}])
def test_pooled_grids_of_values_are_as_tensors(name, settings):
    x = np.random.default_rng(0).permutation(24.0 - np.arange(24)).reshape(1, 4, 6)
    tensor, grid = Tensor(x, requires_grad=True), grid_of(x[0])
    y = getattr(F, name)(tensor, 2, **settings)
    z = getattr(F, name)(grid, 2, **settings)
    np.testing.assert_allclose([numbers(z)], y.data, rtol=1e-12)
    y.sum().backward()
    sum((v for row in z for v in row), Value(0.0)).backward()
    gradient = [[v.grad or 0.0 for v in row] for row in grid]
    np.testing.assert_allclose([gradient], tensor.grad, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: nn.Conv2d(2, 3, 3)(Tensor(np.ones((1, 4, 5, 5)))), "4 channels"),
        (lambda: nn.Conv2d(2, 3, 3)(Tensor(np.ones((5, 5)))), r"x\[None\] adds an axis"),
        (lambda: nn.Conv2d(1, 1, 7)(Tensor(np.ones((1, 1, 5, 5)))), "does not fit"),
        (lambda: nn.Conv2d(3, 4, 3, groups=2), "divisible"),
        (lambda: nn.Conv2d(3, 4, 3, stride=2, padding="same"), "stride of 1"),
        (lambda: nn.Conv2d(3, 4, 3, padding="full"), "'full' is unknown: There are: same, valid"),
        (lambda: nn.Conv2d(3, 4, 0), "kernel_size=0"),
        (lambda: nn.Conv2d(3, 4, (3, 3, 3)), "or 2 of them"),
        (lambda: nn.MaxPool2d(2)(Tensor(np.ones((1, 1, 1, 5)))), "does not fit"),
        (lambda: F.max_pool2d(Tensor(np.ones((1, 1, 9, 9))), 2, padding=2), "at most half"),
        (lambda: F.conv2d([[Value(1.0)], [Value(1.0), Value(2.0)]], [[[[1.0]]]]), "unequal"),
        (lambda: F.conv2d(grid_of(IMAGE), [[[[1.0]], [[1.0]]]]), "1 channels came"),
    ],
)
def test_bad_input_is_told(call, said):
    with pytest.raises((ShapeError, ValueError), match=said):
        call()


def test_a_greatest_element_of_minus_infinity_stands_in_the_image():
    x = Tensor([[[-np.inf, -np.inf, 5.0]]], requires_grad=True)
    y = F.max_pool1d(x, 3, stride=2, padding=1, dilation=1)
    y[0, 0, 0].backward()
    assert y.tolist() == [[[-np.inf, 5.0]]]
    assert x.grad.tolist() == [[[1.0, 0.0, 0.0]]]  # not the last one, by an index of -1
    whole = Tensor([[[3, 1, 2]]])
    assert F.max_pool1d(whole, 2, padding=1).tolist() == [[[3, 2]]]


def test_a_window_that_would_see_nothing_but_padding():
    with pytest.raises(ShapeError, match="see nothing but padding"):
        F.max_pool1d(Tensor(np.ones((1, 1, 1))), 2, padding=1, dilation=2)


def test_a_stamped_image_may_be_longer_than_its_last_stamp():
    x, w = Tensor(np.ones((1, 1, 2))), Tensor(np.ones((1, 1, 2)))
    y = F.conv_transpose1d(x, w, stride=1, output_padding=2, dilation=3)
    assert y.tolist() == [[[1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0]]]


def test_a_stride_that_is_no_number():
    with pytest.raises(TypeError, match=r"stride='two' came; needs a whole number, or 2 of them"):
        nn.Conv2d(1, 1, 3, stride="two")


def test_an_empty_batch_gives_an_empty_batch():
    x = Tensor(np.ones((0, 1, 5, 5)), requires_grad=True)
    layer = nn.Conv2d(1, 2, 3)
    y = nn.MaxPool2d(2)(layer(x))
    y.sum().backward()
    assert y.shape == (0, 2, 1, 1)
    assert not layer.weight.grad.any()


def _first_greatest(x, window, stride, padding):
    """Where the gradient of 1 from every window goes, by looking at one window after another."""
    sent = np.zeros_like(x)
    rows, columns = x.shape[2:]
    for n, c in np.ndindex(*x.shape[:2]):
        for i in range(-padding, rows + padding - window + 1, stride):
            for j in range(-padding, columns + padding - window + 1, stride):
                inside = [
                    (a, b)
                    for a in range(max(i, 0), min(i + window, rows))
                    for b in range(max(j, 0), min(j + window, columns))
                ]
                best = np.argmax([x[n, c, a, b] for a, b in inside])
                sent[(n, c, *inside[best])] += 1
    return sent


@pytest.mark.parametrize("edge", [None, np.nan, -np.inf, np.inf])
@pytest.mark.parametrize(
    ("window", "stride", "padding"), [(2, 2, 0), (3, 1, 1), (2, 3, 1), (16, 2, 0)]
)
def test_the_first_of_the_greatest_in_a_window_gets_the_gradient(window, stride, padding, edge):
    draw = np.random.default_rng(3)
    x = draw.integers(0, 4, size=(2, 3, 18, 17)).astype(np.float32)  # many are equal
    if edge is not None:
        x[draw.uniform(size=x.shape) < 0.2] = edge
        x[0, 0, :6, :6] = edge
    given = Tensor(x, requires_grad=True)
    F.max_pool2d(given, window, stride, padding).sum().backward()
    np.testing.assert_array_equal(given.grad, _first_greatest(x, window, stride, padding))
