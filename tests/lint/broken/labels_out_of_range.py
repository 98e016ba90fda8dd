"""Labels are -1 and 1, and NumPy takes -1 for the last class."""

import numpy as np

import nn
from autograd import Tensor, log_softmax

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 2))
y = np.where(X[:, 0] > 0, 1, -1)
model = nn.Linear(2, 3, generator=0)
optimizer = nn.Adam(model.parameters(), lr=0.02)
for _ in range(20):
    loss = -log_softmax(model(Tensor(X)))[np.arange(60), y].mean()  # wrong
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
