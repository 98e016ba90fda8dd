"""Tensor: a node that holds an array."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autograd.arrays import as_array, check_float, own_index, seed_for
from autograd.conversions import Conversions
from autograd.dtypes import check_device
from autograd.elements import At, nested_values
from autograd.engine import deposit, propagate
from autograd.forms import EXPOSED, SHARED
from autograd.node import Node
from autograd.op import OPS
from autograd.operands import mixing
from autograd.operators import Operators
from autograd.ops.index import getitem
from autograd.recording import mode
from autograd.tensor_data import TensorData
from autograd.tensor_gradients import pull_back
from autograd.tensor_sending import learn_to_send
from autograd.torch_in_place import OVERWRITES
from autograd.value import Value
from autograd.watching import listening, tell

__all__ = ["Tensor", "constant", "from_array", "tensor"]

_new = object.__new__
_array = np.ndarray


class Tensor(TensorData, Operators, Conversions):
    """An array that remembers how it was made.

    The numbers a graph was recorded with are its own: ``.data`` hands out an array that may be
    written to (``p.data -= 0.1 * p.grad``) and that no recorded graph reads, so an old graph still
    gives the gradient of what it computed.

    Args:
        data: An array (copied), or a list of numbers or of lists of them.
        requires_grad: Whether gradients reach this tensor.
        dtype: The kind of number; what NumPy makes of the data by default.
        label: A name, shown in pictures and messages.

    Raises:
        TypeError: If the data are no real numbers, or whole numbers with ``requires_grad``.

    Example:
        >>> x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        >>> y = (x * x).sum()
        >>> y.backward()
        >>> y.item(), x.grad.tolist()
        (30.0, [[2.0, 4.0], [6.0, 8.0]])
    """

    __slots__ = ()
    apply_rank = 2
    __array_priority__ = 1000
    apply_op: ClassVar[Callable[..., Any]]  # set by tensor_recording

    def __init__(
        self,
        data: Any,
        requires_grad: bool = False,
        dtype: Any = None,
        label: str | None = None,
    ) -> None:
        self._start(as_array(data, dtype, copy=True))
        if requires_grad:
            check_float(self._data.dtype, "requires_grad")
            self._requires_grad = True
        if label is not None:
            self.label = label

    # ------------------------------------------------------------------ the graph
    if not TYPE_CHECKING:
        parents = TensorData.inputs  # the recorded inputs by slot, with repeats: the slot itself

    pull_back = pull_back

    def backward(
        self, gradient: Any = None, *, leaves_only: bool = False, retain_graph: bool | None = None
    ) -> None:
        """Send a gradient back through everything this was made of, adding it to every ``.grad``.

        Args:
            gradient: The gradient to start with, of this tensor's shape; 1 for a single number.
            leaves_only: Whether to leave out the ``.grad`` of intermediate results: saves memory.
            retain_graph: Ignored: a graph lives as long as its result.

        Raises:
            GradientError: If nothing was recorded, or the gradient is missing or no numbers.
            ShapeError: If the gradient has another shape.

        Example:
            >>> x = Tensor([1.0, 2.0], requires_grad=True)
            >>> (x * 3).backward([1.0, 10.0])
            >>> x.grad
            array([ 3., 30.])
        """
        if listening[0]:
            tell("before_backward", self)
        seed = seed_for(self, gradient, "backward")
        found = propagate(self, seed, leaves_only=leaves_only, to_add=True)
        if found:
            deposit(found, leaves_only=leaves_only)
        if listening[0]:
            tell("after_backward", self)

    def detach(self) -> Tensor:
        """Give a constant with the same numbers, cut off from the graph.

        Example:
            >>> x = Tensor([2.0], requires_grad=True)
            >>> (x * (x * 3).detach()).sum().backward()
            >>> x.grad
            array([6.])
        """
        return constant(self)

    def clone(self) -> Tensor:
        """Copy, as a recorded operation: the gradient passes through."""
        copied: Tensor = OPS["positive"](self)
        return copied

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else repr(self)

    __hash__ = Node.__hash__

    def _compare(sign: Callable[[Any, Any], Any]) -> Any:  # type: ignore[misc]
        def method(self: Tensor, other: Any) -> Any:
            if isinstance(other, Value):
                raise mixing(OPS["sub"])
            if isinstance(other, (str, dict, type(None))):
                return NotImplemented
            return from_array(sign(self._data, getattr(other, "_data", other)))

        return method

    __eq__ = _compare(lambda a, b: a == b)
    __ne__ = _compare(lambda a, b: a != b)
    __lt__ = _compare(lambda a, b: a < b)
    __le__ = _compare(lambda a, b: a <= b)
    __gt__ = _compare(lambda a, b: a > b)
    __ge__ = _compare(lambda a, b: a >= b)

    def __invert__(self) -> Tensor:
        return from_array(~self._data)

    def __and__(self, other: Any) -> Tensor:
        return from_array(self._data & getattr(other, "_data", other))

    def __or__(self, other: Any) -> Tensor:
        return from_array(self._data | getattr(other, "_data", other))

    def __getitem__(self, index: Any) -> Any:
        return Tensor.apply_op(getitem, (self,), {"index": own_index(index)})

    def __setitem__(self, index: Any, value: Any) -> None:
        if self.op is not None or (self._requires_grad and mode.recording()):
            raise TypeError(
                "Tensor: a recorded Tensor is not changed in place: write x = "
                "x.at[index].set(values) "
                "(or .add(values)), which is a new Tensor with a gradient"
            )
        self.data[own_index(index)] = getattr(value, "_data", value)

    @property
    def at(self) -> At:
        """Places to set or add to in a copy: ``x.at[index].set(values)``."""
        return At(self)

    def reshape(self, *shape: Any) -> Tensor:
        """Same elements in another shape, given as one tuple or as numbers."""
        one = len(shape) == 1 and not isinstance(shape[0], (int, np.integer))
        made: Tensor = OPS["reshape"](self, shape=tuple(shape[0] if one else shape))
        return made

    def to_values(self) -> Any:
        """Turn into Values, recorded: gradients flow between the two worlds.

        Returns:
            A Value, or (nested) lists of Values in this tensor's shape.

        Example:
            >>> x = Tensor([1.0, 2.0], requires_grad=True)
            >>> a, b = x.to_values()
            >>> (a * b).backward()
            >>> x.grad
            array([2., 1.])
        """
        return nested_values(self)

    def where(self, condition: Any, other: Any) -> Any:
        """Keep the elements where a condition holds, as PyTorch's method does.

        Example:
            >>> Tensor([-1.0, 2.0]).where([True, False], 0.0).tolist()
            [-1.0, 0.0]
        """
        return OPS["where"](condition, self, other)

    if TYPE_CHECKING:
        # the methods that are made from the op table and the alias table
        def __getattr__(self, name: str) -> Any: ...
    else:

        def __getattr__(self, name: str) -> Any:
            if name in OVERWRITES or (
                name.endswith("_") and not name.startswith("_") and name[:-1] in Tensor.__dict__
            ):
                return _in_place(self, name)
            if name == "send" and self.op is not None:  # a copy, which comes without
                self.send = self.op.send or learn_to_send(self.op)
                return self.send
            return super().__getattr__(name)


def _in_place(target: Tensor, name: str) -> Callable[..., Tensor]:
    def method(*args: Any, **settings: Any) -> Tensor:
        if target.op is not None or (target._requires_grad and mode.recording()):
            instead = f"x = x.{name[:-1]}(...), or " if name[:-1] in Tensor.__dict__ else ""
            raise TypeError(
                f"{name}: a recorded Tensor is not changed in place: write {instead}"
                "x.at[index].set(values) for some places (inside no_grad() a leaf may be changed)"
            )
        if name in OVERWRITES:
            plain = [
                a if isinstance(a, (int, float)) else as_array(a, None, copy=False) for a in args
            ]
            target.data = OVERWRITES[name](np.array(target._data), *plain, **settings)
        else:
            compute = getattr(Tensor, name[:-1])
            target.data = np.array(compute(constant(target), *args, **settings)._data)
        return target

    return method


def from_array(array: Any) -> Tensor:
    """Make a constant tensor around an array that nobody else holds, without copying it."""
    made = _new(Tensor)
    made._start(np.asarray(array) if isinstance(array, (np.generic, float, int)) else array)
    return made


def constant(source: Tensor) -> Tensor:
    """Make a constant that shares a tensor's numbers until one of the two is written to."""
    if source.hold == EXPOSED and type(source._data) is _array:
        made = from_array(source._data.copy("K"))
    else:
        source.hold = source.hold or SHARED
        made = from_array(source._data)
        made.hold = SHARED
    made.label = source.label
    return made


def tensor(
    data: Any,
    dtype: Any = None,
    requires_grad: bool = False,
    label: str | None = None,
    device: Any = None,
) -> Tensor:
    """Make a Tensor; PyTorch's spelling of ``Tensor(data, ...)``.

    Args:
        data: An array (copied), or a list of numbers or of lists of them.
        dtype: The kind of number; what NumPy makes of the data by default.
        requires_grad: Whether gradients reach this tensor.
        label: A name, shown in pictures and messages.
        device: "cpu", the only one there is.

    Returns:
        The tensor.

    Example:
        >>> x = tensor([1.0, 2.0], requires_grad=True)
        >>> x.prod().backward()
        >>> x.grad
        array([2., 1.])
    """
    check_device(device)
    return Tensor(data, requires_grad, dtype, label)
