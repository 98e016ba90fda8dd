"""Where a program that calls autograd ``torch`` looks for nn: ``torch.nn``, ``torch.optim`` ..."""

from __future__ import annotations

import sys
from typing import Any

import autograd
from autograd.late import add_late_names
from nn import optim

__all__ = ["settle"]


class _Utilities:
    """What is left of ``torch.utils``."""

    @property
    def data(self) -> Any:
        """Datasets and loaders; imported when they are asked for."""
        from nn import data

        return data


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
    torch.utils = _Utilities()
    add_late_names("autograd", {"save": "nn.saving", "load": "nn.saving"})
