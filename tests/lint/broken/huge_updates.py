"""A rate of 0.5 for Adam, whose steps are about as long as the rate."""

import nn
from autograd import Tensor
from nn import functional as F
from nn.data import moons

X, y = moons(100, seed=0)
model = nn.Sequential(nn.Linear(2, 32, generator=0), nn.Tanh(), nn.Linear(32, 2, generator=1))
optimizer = nn.Adam(model.parameters(), lr=0.5)
for _ in range(30):
    loss = F.cross_entropy(model(Tensor(X)), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # wrong
