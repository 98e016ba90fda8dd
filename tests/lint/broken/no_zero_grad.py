"""Nobody clears the gradients: those of all batches add up."""

import nn
from autograd import Tensor
from nn import functional as F
from nn.data import moons

X, y = moons(100, seed=0)
model = nn.Sequential(nn.Linear(2, 8, generator=0), nn.Tanh(), nn.Linear(8, 2, generator=1))
optimizer = nn.SGD(model.parameters(), lr=0.1)
for _ in range(20):
    loss = F.cross_entropy(model(Tensor(X)), y)
    loss.backward()  # wrong
    optimizer.step()
