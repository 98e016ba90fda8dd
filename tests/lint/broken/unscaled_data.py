"""C8, the price of a house: rooms, bathrooms, square feet."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

rng = np.random.default_rng(0)
X = np.column_stack([rng.uniform(1, 8, 50), rng.uniform(1, 4, 50), rng.uniform(500, 5000, 50)])
y = (X @ [[10.0], [5.0], [0.1]] + rng.normal(size=(50, 1))) / 100
model = nn.Linear(3, 1, generator=0)
optimizer = nn.Adam(model.parameters(), lr=1e-3)
for _ in range(50):
    loss = F.mse_loss(model(Tensor(X)), y)
    optimizer.zero_grad()
    loss.backward()  # wrong
    optimizer.step()
