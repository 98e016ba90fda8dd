"""One step with far too large a rate has pushed the biases down, and the ReLUs stay silent."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

rng = np.random.default_rng(0)
X = rng.normal(size=(64, 2))
y = X[:, :1] * X[:, 1:]
model = nn.Sequential(nn.Linear(2, 16, generator=0), nn.ReLU(), nn.Linear(16, 1, generator=1))
model[0].bias.data = np.where(np.arange(16) < 12, -8.0, 0.0)
optimizer = nn.Adam(model.parameters(), lr=0.01)
for _ in range(20):
    outputs = model(Tensor(X))  # wrong
    loss = F.mse_loss(outputs, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
