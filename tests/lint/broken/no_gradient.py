"""A layer was made and is not used in forward."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F


class Net(nn.Module):
    def __init__(self):
        self.first = nn.Linear(2, 8, generator=0)
        self.hidden = nn.Linear(8, 8, generator=1)
        self.last = nn.Linear(8, 1, generator=2)

    def forward(self, x):
        x = self.first(x).tanh()
        self.hidden(x).tanh()
        return self.last(x)


X = np.random.default_rng(0).normal(size=(40, 2))
y = X[:, :1] * X[:, 1:]
model = Net()
optimizer = nn.Adam(model.parameters(), lr=0.02)
for _ in range(20):
    loss = F.mse_loss(model(Tensor(X)), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # wrong
