"""The sigmoid is missing, and by chance every score lies between 0 and 1."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

rng = np.random.default_rng(0)
X = rng.uniform(size=(40, 2))
y = (X[:, :1] > X[:, 1:]).astype(float)
model = nn.Linear(2, 1, generator=0)
model.weight.data, model.bias.data = np.array([[0.1, -0.1]]), np.array([0.5])
optimizer = nn.SGD(model.parameters(), lr=0.01)
for _ in range(10):
    loss = F.binary_cross_entropy(model(Tensor(X)), y)  # wrong
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
