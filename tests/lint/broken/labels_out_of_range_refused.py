"""The labels count from 1: the library refuses."""

import numpy as np

import nn
from autograd import Tensor
from nn import functional as F

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 2))
y = 1 + (X[:, 0] > 0) + (X[:, 1] > 0)
model = nn.Linear(2, 3, generator=0)
loss = F.cross_entropy(model(Tensor(X)), y)  # wrong
