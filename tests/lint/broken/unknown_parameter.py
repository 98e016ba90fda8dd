"""The optimizer was made before the last layer was put in."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

X = np.random.default_rng(0).normal(size=(40, 2))
y = X[:, :1] * X[:, 1:]
model = nn.Sequential(nn.Linear(2, 8, generator=0), nn.Tanh())
optimizer = nn.Adam(model.parameters(), lr=0.02)
model.append(nn.Linear(8, 1, generator=1))
for _ in range(20):
    loss = F.mse_loss(model(Tensor(X)), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # wrong
