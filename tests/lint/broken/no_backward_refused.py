"""step() comes before backward(): the library refuses."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

X = np.random.default_rng(0).normal(size=(40, 2))
y = X @ [[1.0], [2.0]]
model = nn.Linear(2, 1, generator=0)
optimizer = nn.SGD(model.parameters(), lr=0.01)
for _ in range(5):
    loss = F.mse_loss(model(Tensor(X)), y)
    optimizer.zero_grad()
    optimizer.step()  # wrong
    loss.backward()
