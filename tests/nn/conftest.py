"""What the tests of nn share: gradients checked against finite differences."""

import numpy as np
import pytest

from autograd import Tensor


@pytest.fixture
def check_gradients():
    """Give a function that checks the gradient of every number a model's loss depends on."""

    def check(loss, tensors, *, step=1e-6, tolerance=1e-7):
        """Compare the gradients of ``loss()`` in each tensor with central differences."""
        for tensor in tensors:
            tensor.grad = None
        loss().backward()
        found = [np.zeros(t.shape) if t.grad is None else t.grad.copy() for t in tensors]
        for tensor, gradient in zip(tensors, found, strict=True):
            numbers = np.array(tensor.numpy())
            expected = np.zeros(tensor.shape)
            for place in np.ndindex(tensor.shape):
                sides = []
                for sign in (1, -1):
                    moved = numbers.copy()
                    moved[place] += sign * step
                    tensor.data = moved
                    sides.append(loss().item())
                expected[place] = (sides[0] - sides[1]) / (2 * step)
            tensor.data = numbers
            np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=tolerance)

    return check


@pytest.fixture
def leaf():
    """Give a function that draws a leaf tensor of a shape."""
    generator = np.random.default_rng(7)

    def draw(*shape, low=-2.0, high=2.0):
        return Tensor(generator.uniform(low, high, shape), requires_grad=True)

    return draw
