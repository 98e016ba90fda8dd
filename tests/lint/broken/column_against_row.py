"""Predictions are a column, targets a row: (40, 1) - (40,) is (40, 40)."""

import numpy as np

import nn
from autograd import Tensor

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 3))
y = X @ [1.0, -2.0, 0.5]
model = nn.Linear(3, 1, generator=0)
optimizer = nn.SGD(model.parameters(), lr=0.05)
for _ in range(50):
    loss = ((model(Tensor(X)) - y) ** 2).mean()  # wrong
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
