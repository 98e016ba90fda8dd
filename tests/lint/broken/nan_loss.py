"""The slope of the square root at 0 is infinite: nan comes with the gradient, a step later."""

import numpy as np

from autograd import Tensor

points = Tensor([[0.0, 0.0], [1.0, 2.0]], requires_grad=True)
targets = np.array([[0.0, 0.0], [2.0, 2.0]])
for _ in range(5):
    distance = ((points - targets) ** 2).sum(axis=1) ** 0.5
    points.grad = None
    distance.sum().backward()  # wrong
    points.data = points.data - 0.1 * points.grad
