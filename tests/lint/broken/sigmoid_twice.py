"""The model ends in a sigmoid, and the loss takes it once more."""

import nn
from autograd import Tensor
from nn import functional as F
from nn.data import moons

X, y = moons(100, seed=0)
model = nn.Sequential(nn.Linear(2, 8, generator=0), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
optimizer = nn.Adam(model.parameters(), lr=0.02)
for _ in range(20):
    loss = F.binary_cross_entropy_with_logits(model(Tensor(X)), y.reshape(-1, 1))  # wrong
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
