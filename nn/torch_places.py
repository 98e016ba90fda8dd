"""Where a program that calls autograd ``torch`` looks for nn: ``torch.nn``, ``torch.optim`` ..."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import autograd
from nn import data, optim
from nn.saving import load, save

__all__ = ["settle"]


def settle() -> None:
    """Put nn and its parts where PyTorch has them.

    Example:
        >>> import autograd as torch
        >>> import nn
        >>> torch.nn is nn, torch.optim is nn.optim, torch.utils.data is nn.data
        (True, True, True)
    """
    torch: Any = autograd
    torch.nn = sys.modules["nn"]
    torch.optim = optim
    torch.utils = SimpleNamespace(data=data)
    torch.save, torch.load = save, load
