"""Ten layers whose weights start with a spread of 1: each makes the signal three times as large."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

rng = np.random.default_rng(0)
X = rng.normal(size=(64, 16))
y = X[:, :1] * X[:, 1:2]
layers = [part for i in range(10) for part in (nn.Linear(16, 16, generator=i), nn.ReLU())]
model = nn.Sequential(*layers, nn.Linear(16, 1, generator=10))
for layer in layers[::2]:
    nn.init.normal_(layer.weight, std=1.0, generator=rng)
optimizer = nn.Adam(model.parameters(), lr=1e-4)
for _ in range(20):
    loss = F.mse_loss(model(Tensor(X)), y)
    optimizer.zero_grad()
    loss.backward()  # wrong
    optimizer.step()
