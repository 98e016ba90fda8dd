"""PyTorch's methods that give a Tensor another kind of number, or leave it where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.dtypes import check_device, device
from autograd.op import OPS

__all__ = ["Conversions", "wanted_kind"]


class Conversions:
    """Adds ``to``, ``float``, ``long`` and their like to Tensor."""

    __slots__ = ()

    def to(self, *args: Any, **settings: Any) -> Any:
        """Change the kind of number; the device, of which there is one, changes nothing.

        Args:
            args: A dtype, a device such as "cpu", or a Tensor whose dtype is taken.
            settings: ``dtype=``, ``device=``; ``non_blocking=`` and ``copy=`` change nothing.

        Returns:
            This tensor if it is of that kind; else a new one, through which gradients pass.

        Raises:
            ValueError: If the device is not the CPU.
            TypeError: If a setting is unknown, or what came is no kind of number.

        Example:
            >>> import numpy as np
            >>> from autograd import Tensor
            >>> x = Tensor([1.0, 2.0], requires_grad=True)
            >>> y = x.to("cpu", np.float32)
            >>> (y * y).sum().backward()
            >>> y.dtype, x.grad
            (dtype('float32'), array([2., 4.]))
        """
        kind = wanted_kind(args, settings)
        if kind is None:
            return self
        mine = self.dtype  # type: ignore[attr-defined]
        return self if kind == mine else OPS["astype"](self, dtype=kind)

    def type(self, dtype: Any = None) -> Any:
        """Change the kind of number; without one, name this tensor's."""
        if dtype is None:
            return str(self.dtype)  # type: ignore[attr-defined]
        return self.to(dtype)

    def type_as(self, other: Any) -> Any:
        """Change the kind of number to another tensor's."""
        return self.to(dtype=other.dtype)

    def double(self) -> Any:
        """Make 64-bit floats."""
        return self.to(np.float64)

    def half(self) -> Any:
        """Make 16-bit floats."""
        return self.to(np.float16)

    def long(self) -> Any:
        """Make 64-bit whole numbers."""
        return self.to(np.int64)

    def bool(self) -> Any:
        """Tell of each number whether it is not 0."""
        return self.to(np.bool_)

    def int(self) -> Any:
        """Make 32-bit whole numbers."""
        return self.to(np.int32)

    def float(self) -> Any:
        """Make 32-bit floats, as in PyTorch; ``.double()`` keeps every digit."""
        return self.to(np.float32)

    def cpu(self) -> Any:
        """Do nothing: there is no other device."""
        return self

    def cuda(self, device: Any = None) -> Any:
        """Refuse: there is no GPU.

        Raises:
            ValueError: Always.
        """
        return self.to("cuda")

    @property
    def device(self) -> device:
        """Where the numbers are: on the CPU."""
        return _CPU

    @property
    def is_cuda(self) -> Any:
        """Whether the numbers are on a GPU: never."""
        return False

    def contiguous(self) -> Any:
        """Do nothing: how the numbers lie in memory makes no difference here."""
        return self

    def is_contiguous(self) -> Any:
        """Say yes: how the numbers lie in memory makes no difference here."""
        return True

    def is_floating_point(self) -> Any:
        """Tell whether these are floats."""
        return self.dtype.kind == "f"  # type: ignore[attr-defined]


_CPU = device("cpu")


def wanted_kind(args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
    """Read what ``to`` was called with: a kind of number, a device, or both.

    Args:
        args: A dtype, a device such as "cpu", or a Tensor whose dtype is meant.
        settings: ``dtype=``, ``device=``; ``non_blocking=`` and ``copy=`` change nothing.

    Returns:
        The kind of number; None if none came.

    Raises:
        ValueError: If the device is not the CPU.
        TypeError: If a setting is unknown, or what came is no kind of number.
    """
    unknown = settings.keys() - {"dtype", "device", "non_blocking", "copy", "memory_format"}
    if unknown:
        raise TypeError(f"to: unknown setting {', '.join(sorted(unknown))}; give dtype, device")
    check_device(settings.get("device"))
    wanted = settings.get("dtype")
    for given in args:
        if isinstance(given, str):
            check_device(given)
        elif isinstance(given, Conversions):
            wanted = given.dtype  # type: ignore[attr-defined]
        elif not (given is None or isinstance(given, (bool, int))):
            wanted = given
    try:
        return None if wanted is None else np.dtype(wanted)
    except TypeError:
        raise TypeError(
            f"to: {wanted!r} came; give a dtype such as autograd.float32, or 'cpu'"
        ) from None
