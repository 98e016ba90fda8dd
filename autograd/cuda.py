"""What programs ask before they use a GPU: there is none here, so they go on with the CPU."""

from __future__ import annotations

__all__ = ["device_count", "is_available", "manual_seed", "manual_seed_all"]


def is_available() -> bool:
    """Tell whether there is a GPU: never.

    Example:
        >>> from autograd import cuda
        >>> "cuda" if cuda.is_available() else "cpu"
        'cpu'
    """
    return False


def device_count() -> int:
    """Count the GPUs: none."""
    return 0


def manual_seed(seed: int) -> None:
    """Do nothing: a GPU that is not there draws no numbers."""


manual_seed_all = manual_seed
