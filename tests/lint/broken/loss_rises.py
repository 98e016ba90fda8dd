"""A rate that is a little too large: every step overshoots more than the one before."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 3))
y = X @ [[1.0], [-2.0], [0.5]]
model = nn.Linear(3, 1, generator=0)
optimizer = nn.SGD(model.parameters(), lr=1.3)
for _ in range(30):
    loss = F.mse_loss(model(Tensor(X)), y)
    optimizer.zero_grad()
    loss.backward()  # wrong
    optimizer.step()
