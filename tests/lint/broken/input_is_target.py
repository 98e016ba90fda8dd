"""X was given twice."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

rng = np.random.default_rng(0)
X = rng.normal(size=(64, 3))
y = X @ np.eye(3)[::-1]
model = nn.Sequential(nn.Linear(3, 16, generator=0), nn.Tanh(), nn.Linear(16, 3, generator=1))
optimizer = nn.Adam(model.parameters(), lr=0.01)
for _ in range(20):
    loss = F.mse_loss(model(Tensor(X)), X)  # wrong
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
