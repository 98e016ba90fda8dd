"""The numbers of a Tensor: who may write to them, and how Python and NumPy read them."""

from __future__ import annotations

from sys import getrefcount
from typing import Any

import numpy as np

from autograd.arrays import as_array, check_float, replacement
from autograd.buffers import is_ours_alone, is_view
from autograd.errors import GradientError, ShapeError
from autograd.forms import EXPOSED, PRIVATE, SHARED
from autograd.recording import mode
from autograd.tensor_record import TensorRecord
from autograd.writes import forget_write, note_write

__all__ = ["Size", "TensorData"]

_array = np.ndarray


class Size(int):
    """Number of elements, NumPy's ``x.size``; called, as PyTorch's ``x.size()``, the shape."""

    _shape: tuple[int, ...]

    def __new__(cls, shape: tuple[int, ...]) -> Size:
        """Make the number from a shape."""
        size = super().__new__(cls, int(np.prod(shape, dtype=int)))
        size._shape = shape
        return size

    def __call__(self, axis: int | None = None) -> Any:
        """The shape, or the size of one axis."""
        return self._shape if axis is None else self._shape[axis]


class TensorData(TensorRecord):
    """An array with its gradient, and what was recorded about how it was made."""

    __slots__ = ("_borrowed", "_data", "_grad", "_requires_grad", "hold")

    _data: Any
    _grad: Any
    _borrowed: bool
    _requires_grad: bool
    hold: Any

    def _start(self, array: Any) -> None:
        self._start_record()
        self._data = array
        self._grad = None
        self._borrowed = False
        self._requires_grad = False
        self.hold = PRIVATE

    @property
    def data(self) -> Any:
        """The array, to read and to write; graphs recorded before keep their own numbers."""
        array = self._data
        if type(array) is _array:
            if self.hold or is_view(array) or not array.flags.writeable:
                array = self._data = array.copy("K")
            self.hold = EXPOSED
            if self.info is not None:
                forget_write(self)
        return array

    @data.setter
    def data(self, array: Any) -> None:
        old = self._data
        usual = type(array) is _array and array.base is None and array.dtype is old.dtype
        fits = usual and array.shape == old.shape and array.flags.writeable
        new = array if fits else replacement(array, old)
        if mode.special and mode.lines():
            note_write(self, new)
        self._data = new
        self.hold = EXPOSED

    def retype_(self, dtype: Any) -> None:
        """Change the kind of number of a leaf, and of its gradient; graphs keep their own numbers.

        Args:
            dtype: The new kind.
        """
        self._data = self._data.astype(dtype)
        self.hold = EXPOSED
        if self._grad is not None:
            self.grad = self._grad

    @property
    def grad(self) -> Any:
        """The gradient that has arrived so far, of the data's shape and dtype; None before."""
        if self._borrowed:
            grad = self._grad
            if type(grad) is not _array:
                self._grad = grad.copy()
            elif not is_ours_alone(grad, _ALONE):
                self._grad = grad.copy("K")
            self._borrowed = False
        return self._grad

    @grad.setter
    def grad(self, gradient: Any) -> None:
        if gradient is not None:
            gradient = as_array(getattr(gradient, "_data", gradient), None, copy=False)
            if gradient.shape != self._data.shape:
                raise ShapeError(
                    f"grad: an array of shape {gradient.shape} came for a tensor of "
                    f"{self._data.shape}: a gradient has the shape of the data"
                )
            gradient = gradient.astype(self._data.dtype, copy=False)
        self._grad = gradient
        self._borrowed = False

    @property
    def requires_grad(self) -> bool:
        """Whether gradients reach this tensor."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        self.requires_grad_(wanted)

    def requires_grad_(self, wanted: bool = True) -> Any:
        """Switch gradients on or off for a leaf, in place.

        Args:
            wanted: Whether gradients shall reach this tensor.

        Returns:
            This tensor.

        Raises:
            TypeError: If the data are whole numbers.
            GradientError: If the tensor was computed from others.

        Example:
            >>> from autograd import Tensor
            >>> Tensor([1.0]).requires_grad_().requires_grad
            True
        """
        if self.op is not None and not wanted:
            raise GradientError(
                "requires_grad_: this tensor was computed from others; use .detach() to cut it off"
            )
        if wanted:
            check_float(self._data.dtype, "requires_grad")
        elif self.hold:
            self.hold = SHARED
        self._requires_grad = bool(wanted)
        return self

    def added_up(self, g: Any) -> Any:
        """What ``.grad`` is with one more gradient."""
        if self._grad is not None:
            g = self._grad + g
        return np.asarray(g) if isinstance(g, np.generic) else g  # a sum without axes is no array

    def receive(self, total: Any) -> None:
        """Take over what ``added_up`` told; if somebody else holds it, it is copied when read."""
        self._grad = total
        self._borrowed = True

    def retain_grad(self) -> None:
        """Do nothing: intermediate results keep their gradient anyway.

        Raises:
            GradientError: If no gradient reaches this tensor.
        """
        if not self._requires_grad:
            raise GradientError("retain_grad: this is a constant; give it requires_grad=True")

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each axis."""
        shape: tuple[int, ...] = self._data.shape
        return shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of number."""
        dtype: np.dtype[Any] = self._data.dtype
        return dtype

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self._data.shape)

    @property
    def size(self) -> Size:
        """How many elements there are; as PyTorch's method, ``x.size()`` is the shape."""
        return Size(self._data.shape)

    def dim(self) -> int:
        """How many axes there are, PyTorch's name."""
        return self.ndim

    def numel(self) -> int:
        """How many elements there are, PyTorch's name."""
        return int(self.size)

    nelement = numel

    @property
    def grad_fn(self) -> Any:
        """The operation that made this, PyTorch's name for ``.op``; None for a leaf."""
        return self.op

    def item(self) -> Any:
        """Give the one number that this holds.

        Raises:
            ShapeError: If there is not exactly one element.
        """
        data: Any = self._data
        if type(data) is _array and data.size == 1:
            return data.item()
        if self.size != 1:
            raise ShapeError(
                f"item: this tensor has shape {self.shape}; a single number is needed "
                "(use .tolist())"
            )
        return data.item() if hasattr(data, "item") else np.asarray(data).item()

    def tolist(self) -> Any:
        """Give the numbers as (nested) lists."""
        return np.asarray(self._data).tolist()

    def numpy(self) -> Any:
        """Give the numbers as a read-only array, not copied; ``.data`` may be written to."""
        if type(self._data) is not _array:
            return self._data
        view = self._data.view()
        view.flags.writeable = False
        return view

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if copy or dtype not in (None, self._data.dtype):
            return np.array(self._data, dtype=dtype)
        return self.numpy()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self._data.dtype.kind not in "iu":
            raise TypeError(
                f"index: a tensor of {self._data.dtype} came; an index must be a whole number"
            )
        return int(self.item())

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                f"bool: a tensor of shape {self.shape} is neither true nor false: "
                "use .any() or .all(), or where()"
            )
        return bool(self.item())

    def __len__(self) -> int:
        if not self._data.shape:
            raise TypeError("len: a single number has no length; .reshape(1) gives it an axis")
        return int(self._data.shape[0])

    def __contains__(self, number: Any) -> bool:
        return bool(np.any(np.asarray(self._data) == getattr(number, "_data", number)))

    def __repr__(self) -> str:
        numbers = repr(self._data)  # of an array elsewhere, which must not be fetched to be shown
        if type(self._data) is _array:
            numbers = np.array2string(self._data, separator=", ", prefix="Tensor(", threshold=200)
        parts = [numbers]
        if self._data.dtype not in (np.float64, np.int64, np.bool_):
            parts.append(f"dtype={self._data.dtype}")
        if self.op is not None:
            parts.append(f"op={self.op.name}")
        elif self._requires_grad:
            parts.append("requires_grad=True")
        if self.label is not None:
            parts.append(f"label={self.label!r}")
        return f"Tensor({', '.join(parts)})"


def _references_when_alone() -> int:
    """Count what a Tensor and the one who reads its gradient hold of it: interpreters differ."""
    tensor = TensorData()
    tensor._grad = np.empty(0)
    grad = tensor._grad
    return getrefcount(grad)


_ALONE = _references_when_alone()
