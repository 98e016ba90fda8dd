"""What the tests of nn share: gradients checked against finite differences."""

import numpy as np
import pytest

from autograd import Tensor


def slope(loss, tensor, direction, step):
    """How fast a loss grows as a tensor moves along a direction: right up to the fifth power."""
    numbers = np.array(tensor.numpy())
    sides = {}
    for far in (-2, -1, 1, 2):
        tensor.data = numbers + far * step * direction
        sides[far] = loss().item()
    tensor.data = numbers
    return (8 * (sides[1] - sides[-1]) - (sides[2] - sides[-2])) / (12 * step)


def gradients_of(loss, tensors):
    for tensor in tensors:
        tensor.grad = None
    loss().backward()
    return [np.zeros(t.shape) if t.grad is None else t.grad.copy() for t in tensors]


@pytest.fixture
def check_gradients():
    """Give a function that checks the gradient of every number a model's loss depends on."""

    def check(loss, tensors, *, step=2e-4, tolerance=1e-8):
        """Compare the gradients of ``loss()`` in each tensor with finite differences."""
        for tensor, gradient in zip(tensors, gradients_of(loss, tensors), strict=True):
            expected = np.zeros(tensor.shape)
            for place in np.ndindex(tensor.shape):
                direction = np.zeros(tensor.shape)
                direction[place] = 1.0
                expected[place] = slope(loss, tensor, direction, step)
            np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=tolerance)

    return check


@pytest.fixture
def check_slopes():
    """Give a function that checks gradients along random directions: for losses that take long."""

    def check(loss, tensors, *, step=2e-4, tolerance=1e-8):
        """Compare the gradient of ``loss()`` in each tensor with finite differences."""
        generator = np.random.default_rng(5)
        for tensor, gradient in zip(tensors, gradients_of(loss, tensors), strict=True):
            direction = generator.normal(size=tensor.shape)
            expected = slope(loss, tensor, direction, step)
            assert (gradient * direction).sum() == pytest.approx(expected, rel=1e-6, abs=tolerance)

    return check


@pytest.fixture
def leaf():
    """Give a function that draws a leaf tensor of a shape."""
    generator = np.random.default_rng(7)

    def draw(*shape, low=-2.0, high=2.0):
        return Tensor(generator.uniform(low, high, shape), requires_grad=True)

    return draw
