"""Measured in train mode: dropout is active, and the figure is too bad."""

import nn
from autograd import Tensor, no_grad
from nn import functional as F
from nn.data import moons

X, y = moons(200, seed=0)
model = nn.Sequential(
    nn.Linear(2, 32, generator=0), nn.ReLU(), nn.Dropout(0.5, generator=1), nn.Linear(32, 2)
)
optimizer = nn.Adam(model.parameters(), lr=0.02)
for _ in range(30):
    loss = F.cross_entropy(model(Tensor(X[:100])), y[:100])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with no_grad():
    right = (model(Tensor(X[100:])).numpy().argmax(1) == y[100:]).mean()  # wrong
