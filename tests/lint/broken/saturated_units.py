"""Starting weights of size 30: every tanh begins at -1 or 1."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

rng = np.random.default_rng(0)
X = rng.normal(size=(64, 2))
y = X[:, :1] * X[:, 1:]
model = nn.Sequential(nn.Linear(2, 16, generator=0), nn.Tanh(), nn.Linear(16, 1, generator=1))
nn.init.normal_(model[0].weight, std=30.0, generator=0)
optimizer = nn.Adam(model.parameters(), lr=0.01)
for _ in range(20):
    outputs = model(Tensor(X))  # wrong
    loss = F.mse_loss(outputs, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
