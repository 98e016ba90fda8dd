"""The model ends in a softmax, and cross_entropy takes it once more."""

import nn
from autograd import Tensor
from nn import functional as F
from nn.data import moons

X, y = moons(100, seed=0)
model = nn.Sequential(nn.Linear(2, 8, generator=0), nn.Tanh(), nn.Linear(8, 2), nn.Softmax())
optimizer = nn.Adam(model.parameters(), lr=0.02)
for _ in range(20):
    loss = F.cross_entropy(model(Tensor(X)), y)  # wrong
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
