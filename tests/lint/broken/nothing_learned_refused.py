"""The predictions were made under no_grad, so nothing was recorded: the library refuses."""

import numpy as np

import nn
from autograd import Tensor, no_grad
from nn import functional as F

rng = np.random.default_rng(0)
X = rng.normal(size=(64, 3))
model = nn.Linear(3, 1, generator=0)
with no_grad():
    outputs = model(Tensor(X))
loss = F.mse_loss(outputs, X[:, :1])
loss.backward()  # wrong
