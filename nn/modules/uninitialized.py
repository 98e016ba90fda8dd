"""Parameters and buffers whose size is not known yet: the first input tells it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from autograd import Tensor
from autograd.tensor_data import TensorData
from nn.modules.parameter import Parameter

__all__ = ["UninitializedBuffer", "UninitializedParameter", "Unsized", "refuse_unsized"]

_slot: Any = TensorData.__dict__["_data"]  # where a Tensor keeps its array
_REASON = "no size and no numbers yet, because a lazy layer has seen no input"
_REMEDY = "call model.materialize(x) with an example input first (the first forward does it, too)"


class Unsized(Tensor):
    """A Tensor with a dtype and no shape: whatever asks for its numbers is refused."""

    __slots__ = ()
    becomes: ClassVar[type[Tensor]] = Tensor

    def __init__(
        self, requires_grad: bool = False, dtype: Any = None, label: str | None = None
    ) -> None:
        self._start(np.zeros(0, np.dtype(dtype or float)))  # carries the dtype, is never read
        self._requires_grad = bool(requires_grad)
        self.label = label

    @property
    def _data(self) -> Any:
        named = f" {self.label}" if self.label else ""
        raise ValueError(f"{type(self).__name__}{named}: this has {_REASON}: {_REMEDY}")

    @_data.setter
    def _data(self, array: Any) -> None:
        _slot.__set__(self, array)

    @property
    def data(self) -> Any:
        """Refused: there are no numbers."""
        return self._data

    @data.setter
    def data(self, array: Any) -> None:
        _ = self._data

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of number that it will hold."""
        dtype: np.dtype[Any] = _slot.__get__(self).dtype
        return dtype

    def retype_(self, dtype: Any) -> None:
        """Change the kind of number that it will hold."""
        _slot.__set__(self, np.zeros(0, dtype))

    def requires_grad_(self, wanted: bool = True) -> Any:
        """Switch gradients on or off."""
        self._requires_grad = bool(wanted)
        return self

    def materialize(self, array: Any) -> None:
        """Become an ordinary parameter or buffer, and stay the same object.

        Args:
            array: Its numbers.
        """
        own = np.asarray(array).astype(self.dtype, order="K")
        ordinary: Any = self.becomes
        _slot.__set__(self, own)  # first: Ctrl-C in between leaves it without a size
        self.__class__ = ordinary

    def dematerialize(self, kind: type[Any]) -> None:
        """Have no size again: what a run that shall leave no trace does at its end.

        Args:
            kind: The class it had before.
        """
        empty = np.zeros(0, self.dtype)
        _slot.__set__(self, empty)
        self.__class__ = kind

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self._requires_grad, self.dtype, self.label)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(no size yet, dtype={self.dtype})"


class UninitializedParameter(Unsized, Parameter):
    """A Parameter of a lazy layer before the first input.

    Example:
        >>> from nn import LazyLinear
        >>> LazyLinear(3).weight.shape
        Traceback (most recent call last):
        ...
        ValueError: UninitializedParameter: this has no size and no numbers yet, because a lazy \
layer has seen no input: call model.materialize(x) with an example input first (the first forward \
does it, too)
    """

    __slots__ = ()
    becomes = Parameter


class UninitializedBuffer(Unsized):
    """A buffer of a lazy layer before the first input."""

    __slots__ = ()
    becomes = Tensor


def refuse_unsized(asked_by: str, named: Any) -> None:
    """Say which parameters and buffers have no size yet, if any.

    Args:
        asked_by: The function or class that needs their numbers.
        named: Pairs of path and node.

    Raises:
        ValueError: If there are any.
    """
    found = [name for name, node in named if isinstance(node, Unsized)]
    if found:
        has = "has" if len(found) == 1 else "have"
        raise ValueError(f"{asked_by}: {', '.join(found)} {has} {_REASON}: {_REMEDY}")
