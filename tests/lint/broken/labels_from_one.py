"""The labels count from 1, and an output was added until the error went away."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 2))
y = 1 + (X[:, 0] > 0) + (X[:, 1] > 0)
model = nn.Linear(2, 4, generator=0)
optimizer = nn.Adam(model.parameters(), lr=0.02)
for _ in range(20):
    loss = F.cross_entropy(model(Tensor(X)), y)  # wrong
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
