"""PyTorch's names for the kinds of number, and for the one place where they live.

``float``, ``int`` and ``bool`` mean 32-bit floats, 32-bit whole numbers and yes or no here, as in
PyTorch; they are no part of ``__all__``, so that ``import *`` leaves Python's own alone.
"""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

__all__ = [
    "device",
    "double",
    "dtype",
    "finfo",
    "float16",
    "float32",
    "float64",
    "get_default_dtype",
    "half",
    "iinfo",
    "inf",
    "int8",
    "int16",
    "int32",
    "int64",
    "is_floating_point",
    "long",
    "nan",
    "pi",
    "set_default_dtype",
    "short",
    "uint8",
]

dtype = np.dtype
finfo, iinfo = np.finfo, np.iinfo
inf, nan, pi = np.inf, np.nan, np.pi

float16 = half = np.float16
float32 = float = np.float32
float64 = double = np.float64
int8, uint8 = np.int8, np.uint8
int16 = short = np.int16
int32 = int = np.int32
int64 = long = np.int64
bool = np.bool_


class device(str):
    """The place where numbers live and are computed: the CPU, and no other.

    Args:
        name: "cpu".

    Raises:
        ValueError: If it is another place, such as "cuda".

    Example:
        >>> device("cpu").type
        'cpu'
    """

    __slots__ = ()

    def __new__(cls, name: Any = "cpu", index: Any = None) -> device:
        """Check the name."""
        if not isinstance(name, str) or name.partition(":")[0] != "cpu":
            raise ValueError(
                f"device: {name!r} came; everything is computed on the CPU here: write 'cpu', or "
                "leave the device out (autograd.cuda.is_available() is False)"
            )
        return super().__new__(cls, "cpu")

    @property
    def type(self) -> str:
        """The kind of place."""
        return "cpu"

    @property
    def index(self) -> None:  # type: ignore[override]  # PyTorch's meaning, not that of str
        """The number of the place; there is but one."""
        return None

    def __repr__(self) -> str:
        return "device(type='cpu')"


def check_device(wanted: Any) -> None:
    """Refuse a place that there is not.

    Args:
        wanted: A device, its name, or None for any.

    Raises:
        ValueError: If it is not the CPU.
    """
    if wanted is not None and not isinstance(wanted, device):
        device(wanted)


def is_floating_point(x: Any) -> builtins.bool:
    """Tell whether a tensor holds floats.

    Example:
        >>> is_floating_point(np.arange(3))
        False
    """
    return builtins.bool(np.dtype(x.dtype).kind == "f")


def get_default_dtype() -> Any:
    """Tell which kind of number is made of Python's floats: 64-bit floats.

    Example:
        >>> get_default_dtype() == np.float64
        True
    """
    return np.float64


def set_default_dtype(wanted: Any) -> None:
    """Do nothing for 64-bit floats, which are the default anyway; refuse all else.

    Args:
        wanted: The kind of number.

    Raises:
        ValueError: If it is another one.
    """
    if np.dtype(wanted) != np.float64:
        raise ValueError(
            f"set_default_dtype: {np.dtype(wanted)} came; the default is always float64 here: "
            "give dtype= where tensors and layers are made, or call model.float()"
        )
