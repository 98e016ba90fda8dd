"""Trained on after nn.fit, which leaves a model in eval mode: dropout does nothing."""

import nn
from autograd import Tensor
from nn import functional as F
from nn.data import moons

X, y = moons(100, seed=0)
model = nn.Sequential(
    nn.Linear(2, 32, generator=0), nn.ReLU(), nn.Dropout(0.5, generator=1), nn.Linear(32, 2)
)
nn.fit(model, X, y, loss="cross_entropy", epochs=2)
optimizer = nn.Adam(model.parameters(), lr=0.02)
for _ in range(10):
    loss = F.cross_entropy(model(Tensor(X)), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # wrong
