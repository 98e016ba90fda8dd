"""Eight layers of sigmoids: each lets at most a quarter of the gradient through."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

rng = np.random.default_rng(0)
X = rng.normal(size=(64, 2))
y = X[:, :1] * X[:, 1:]
layers = [part for i in range(8) for part in (nn.Linear(8, 8, generator=i), nn.Sigmoid())]
model = nn.Sequential(nn.Linear(2, 8, generator=9), *layers, nn.Linear(8, 1, generator=10))
optimizer = nn.Adam(model.parameters(), lr=0.01)
for _ in range(20):
    loss = F.mse_loss(model(Tensor(X)), y)
    optimizer.zero_grad()
    loss.backward()  # wrong
    optimizer.step()
