"""Tensor: a node that holds an array."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from sys import getrefcount
from types import CodeType
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from autograd.engine import deposit, propagate
from autograd.errors import GradientError, OperationError, ShapeError, StaleGraphError
from autograd.node import Node, caller_line, line_text
from autograd.op import OPS, Op
from autograd.operators import Operators
from autograd.ops.shape import sum_to
from autograd.recording import mode
from autograd.value import Value, mixing

__all__ = ["Tensor", "as_array", "tensor"]

_new = object.__new__
_array = np.ndarray
# Who may write into a tensor's array: nobody else knows it; a graph reads it; the user was handed it.
PRIVATE, SHARED, EXPOSED = 0, 1, 2


class Size(int):
    """Number of elements, NumPy's ``x.size``; called as PyTorch's ``x.size()`` it gives the shape."""

    _shape: tuple[int, ...]

    def __new__(cls, shape: tuple[int, ...]) -> Size:
        """Make the number from a shape."""
        size = super().__new__(cls, int(np.prod(shape, dtype=int)))
        size._shape = shape
        return size

    def __call__(self, axis: int | None = None) -> Any:
        """The shape, or the size of one axis."""
        return self._shape if axis is None else self._shape[axis]


class Tensor(Node, Operators):
    """An array that remembers how it was made.

    The numbers a graph was recorded with are its own: ``.data`` hands out an array that may be written to
    (``p.data -= 0.1 * p.grad``) and that no recorded graph reads, so an old graph still gives the gradient of
    what it computed.

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

    __slots__ = (
        "_borrowed", "_data", "_grad", "_requires_grad", "args", "hold", "inputs", "line", "out", "settings",
    )  # fmt: skip
    apply_rank = 2
    __array_priority__ = 1000

    _data: Any
    _grad: Any
    _borrowed: bool
    _requires_grad: bool
    hold: int
    inputs: tuple[Node | None, ...]
    args: tuple[Any, ...]
    settings: Mapping[str, Any]
    out: Any
    line: tuple[CodeType, int] | None

    def __init__(
        self,
        data: Any,
        requires_grad: bool = False,
        dtype: Any = None,
        label: str | None = None,
    ) -> None:
        self._start(as_array(data, dtype, copy=True))
        if requires_grad:
            _check_float(self._data.dtype, "requires_grad")
            self._requires_grad = True
        if label is not None:
            self.label = label

    def _start(self, array: Any) -> None:
        self._data = array
        self._grad = None
        self._borrowed = False
        self._requires_grad = False
        self.hold = PRIVATE
        self.op = None
        self.mark = 0
        self.info = None
        self.inputs = self.args = ()
        self.settings = _NOTHING
        self.out = None
        self.line = None

    # ------------------------------------------------------------------ data and gradient
    @property
    def data(self) -> Any:
        """The array, to read and to write; graphs recorded before keep their own numbers."""
        array = self._data
        if type(array) is _array:
            if self.hold == SHARED or array.base is not None or not array.flags.writeable:
                array = self._data = array.copy()
            self.hold = EXPOSED
        return array

    @data.setter
    def data(self, array: Any) -> None:
        if isinstance(array, Node):
            array = getattr(array, "_data", None) if isinstance(array, Tensor) else array
        new = as_array(array, None, copy=False)
        if new.shape != self._data.shape:
            raise ShapeError(
                f"data: an array of shape {new.shape} came for a tensor of shape {self._data.shape}: "
                "make a new Tensor to change the shape"
            )
        if new.dtype != self._data.dtype:
            if not np.can_cast(new.dtype, self._data.dtype, "same_kind"):
                raise TypeError(
                    f"data: {new.dtype} came for a tensor of {self._data.dtype}: convert it first with .astype"
                )
            new = new.astype(self._data.dtype)
        if type(new) is _array and (new.base is not None or not new.flags.writeable):
            new = new.copy()
        self._data = new
        self.hold = EXPOSED

    @property
    def grad(self) -> Any:
        """The gradient that has arrived so far, an array of the data's shape and dtype; None before."""
        if self._borrowed:
            self._grad = np.array(self._grad)
            self._borrowed = False
        return self._grad

    @grad.setter
    def grad(self, gradient: Any) -> None:
        if gradient is not None:
            gradient = as_array(getattr(gradient, "_data", gradient), None, copy=False)
            if gradient.shape != self._data.shape:
                raise ShapeError(
                    f"grad: an array of shape {gradient.shape} came for a tensor of shape {self._data.shape}"
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

    def requires_grad_(self, wanted: bool = True) -> Tensor:
        """Switch gradients on or off for a leaf, in place.

        Args:
            wanted: Whether gradients shall reach this tensor.

        Returns:
            This tensor.

        Raises:
            TypeError: If the data are whole numbers.
            GradientError: If the tensor was computed from others.

        Example:
            >>> Tensor([1.0]).requires_grad_().requires_grad
            True
        """
        if self.op is not None and not wanted:
            raise GradientError("requires_grad_: this tensor was computed from others; use .detach() to cut it off")
        if wanted:
            _check_float(self._data.dtype, "requires_grad")
        self._requires_grad = bool(wanted)
        return self

    # ------------------------------------------------------------------ the graph
    @property
    def parents(self) -> tuple[Node | None, ...]:
        """The recorded inputs by slot, with repeats; None for a constant."""
        return self.inputs

    @classmethod
    def apply_op(cls, op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Apply an op to Tensors, arrays and numbers; record it if a gradient may be asked for."""
        raw: list[Any] = []
        tracked = False
        for a in args:
            if isinstance(a, Tensor):
                raw.append(a._data)
                tracked = tracked or a._requires_grad
            elif type(a) is _array or type(a) is float or type(a) is int:
                raw.append(a)
            elif isinstance(a, Value):
                if op.name != "assemble":
                    raise mixing(op)
                raw.append(a.data)
                tracked = True
            else:
                raw.append(_plain(op, a))
        try:
            out = op.forward(*raw, **settings)
        except (ValueError, TypeError, IndexError, np.linalg.LinAlgError) as error:
            raise op.explain(error, raw, settings) from error
        if type(out) is not _array and isinstance(out, (np.generic, float, int)):
            out = np.asarray(out)
        made = _new(Tensor)
        made._start(out)
        if not tracked or not op.differentiable or (mode.special and not mode.recording()):
            if type(out) is _array and (out.base is not None or any(out is r for r in raw)):
                _keep_apart(made, args)
            return made
        if out.dtype.kind != "f":
            return made
        inputs: list[Node | None] = []
        for i, a in enumerate(args):
            if isinstance(a, Tensor):
                inputs.append(a if a._requires_grad else None)
                if a.hold == EXPOSED and getrefcount(a._data) > 3 and type(a._data) is _array:
                    raw[i] = raw[i].copy()  # the user still holds it and may write to it
                    if out.base is not None or out is a._data:
                        made._data = out = out.copy()
                else:
                    a.hold = SHARED
            else:
                inputs.append(a if isinstance(a, Value) else None)
                if type(a) is _array:
                    raw[i] = a.copy()
        made._requires_grad = True
        made.hold = SHARED
        made.op = op
        made.inputs = tuple(inputs)
        made.args = tuple(raw)
        made.settings = settings
        made.out = out
        made.line = caller_line()
        return made

    def pull_back(self, g: Any, create_graph: bool) -> list[tuple[int, Any, Any]]:
        """Send an arriving gradient on to the parents, by the op's formulas."""
        op, settings = self.op, self.settings
        if op is None:
            return []
        args, out = self.args, self.out
        if create_graph:
            args, out = self._fresh_nodes()
        sent: list[tuple[int, Any, Any]] = []
        if op.partials is not None:
            for slot, parent in enumerate(self.inputs):
                formula = op.partials[slot]
                if parent is not None and formula is not None:
                    slope = formula(out, *args, **settings)
                    sent.append((slot, parent, self._fit(slot, parent, _times(g, slope))))
        elif isinstance(op.vjp, tuple):
            for slot, parent in enumerate(self.inputs):
                send = op.vjp[slot]
                if parent is not None and send is not None:
                    back = send(g, out, *args, **settings)
                    sent.append((slot, parent, self._fit(slot, parent, back)))
        elif op.vjp is not None:
            for slot, back in enumerate(op.vjp(g, out, *args, **settings)):
                parent = self.inputs[slot]
                if parent is not None:
                    sent.append((slot, parent, self._fit(slot, parent, back)))
        return sent

    def _fit(self, slot: int, parent: Node, back: Any) -> Any:
        """Sum a gradient to the shape of the input it belongs to, and give it that input's dtype."""
        if isinstance(parent, Value):
            if isinstance(back, Tensor):
                return OPS["pick"](back, index=())
            return float(back)
        wanted = self.args[slot]
        if isinstance(back, Tensor):
            if back._data.shape != wanted.shape:
                back = sum_to(back, wanted.shape)
            return back if back._data.dtype == wanted.dtype else OPS["astype"](back, dtype=wanted.dtype)
        shape = np.shape(back)
        if shape != wanted.shape:
            if len(shape) < len(wanted.shape) or shape == ():
                back = np.broadcast_to(back, wanted.shape)
            else:
                back = sum_to.forward(back, shape=wanted.shape)
        if isinstance(back, np.generic):
            back = np.asarray(back)
        return back if back.dtype == wanted.dtype else back.astype(wanted.dtype)

    def _fresh_nodes(self) -> tuple[tuple[Any, ...], Tensor]:
        """The inputs and the result as nodes, whose data must be what was recorded."""
        stale = self._data is not self.out and not _same(self._data, self.out)
        nodes: list[Any] = []
        for parent, recorded in zip(self.inputs, self.args, strict=True):
            if parent is None:
                nodes.append(recorded)
                continue
            now = parent._data if isinstance(parent, Tensor) else parent.data  # type: ignore[attr-defined]
            stale = stale or (now is not recorded and not _same(now, recorded))
            nodes.append(parent)
        if stale:
            names = ", ".join(str(p.label) for p in self.inputs if p is not None and p.label)
            place = line_text(self.line)
            raise StaleGraphError(
                f"{self.op.name if self.op else ''}{f' ({place})' if place else ''}: the data of "
                f"{names or 'an input'} or of the result was changed after this graph was recorded, "
                "so it cannot be differentiated again: compute it anew from the new data"
            )
        return tuple(nodes), self

    def backward(
        self, gradient: Any = None, *, leaves_only: bool = False, retain_graph: bool | None = None
    ) -> None:
        """Send a gradient back through everything this was made of, adding it to every ``.grad``.

        Args:
            gradient: The gradient to start with, of this tensor's shape; 1 for a single number.
            leaves_only: Whether to leave out the ``.grad`` of intermediate results, which saves memory.
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
        found = propagate(self, seed_for(self, gradient, "backward"), leaves_only=leaves_only)
        deposit(found, leaves_only=leaves_only)

    def added_up(self, g: Any) -> tuple[Any, bool]:
        """What ``.grad`` is after one more gradient has arrived, and whether someone else holds that array."""
        if self._grad is not None:
            return self._grad + g, False
        return g, type(g) is not _array or g.base is not None or getrefcount(g) > 3

    def receive(self, total: Any, borrowed: bool) -> None:
        """Take over what ``added_up`` told; a borrowed array is copied when it is first read."""
        self._grad = total
        self._borrowed = borrowed

    def retain_grad(self) -> None:
        """Do nothing: intermediate results keep their gradient anyway.

        Raises:
            GradientError: If no gradient reaches this tensor.
        """
        if not self._requires_grad:
            raise GradientError("retain_grad: this is a constant, so no gradient ever reaches it")

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

    # ------------------------------------------------------------------ as plain numbers
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

    def item(self) -> Any:
        """Give the one number that this holds.

        Raises:
            ShapeError: If there is not exactly one element.
        """
        if self.size != 1:
            raise ShapeError(f"item: this tensor has shape {self.shape}; a single number is needed (use .tolist())")
        return np.asarray(self._data).item()

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
            raise TypeError(f"an index must be a whole number; this tensor holds {self._data.dtype}")
        return int(self.item())

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                f"a tensor of shape {self.shape} is neither true nor false: use .any() or .all(), or where()"
            )
        return bool(self.item())

    def __len__(self) -> int:
        if not self._data.shape:
            raise TypeError("a tensor of shape () is a single number and has no length")
        return int(self._data.shape[0])

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __contains__(self, number: Any) -> bool:
        return bool(np.any(np.asarray(self._data) == getattr(number, "_data", number)))

    def __repr__(self) -> str:
        numbers = np.array2string(np.asarray(self._data), separator=", ", prefix="Tensor(", threshold=200)
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

    __hash__ = Node.__hash__

    def _compare(sign: Callable[[Any, Any], Any]) -> Any:  # type: ignore[misc]  # noqa: N805
        def method(self: Tensor, other: Any) -> Any:
            if isinstance(other, Value):
                raise mixing(OPS["sub"])
            if isinstance(other, (str, dict, type(None))):
                return NotImplemented
            return from_array(np.asarray(sign(self._data, getattr(other, "_data", other))))

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
        return OPS["getitem"](self, index=_raw_index(index))

    def __setitem__(self, index: Any, value: Any) -> None:
        if self.op is not None or (self._requires_grad and mode.recording()):
            raise TypeError(
                "a recorded Tensor is not changed in place: write x = x.at[index].set(values) "
                "(or .add(values)), which is a new Tensor with a gradient"
            )
        self.data[_raw_index(index)] = getattr(value, "_data", value)

    @property
    def at(self) -> At:
        """Places to set or add to in a copy: ``x.at[index].set(values)``."""
        return At(self)

    def reshape(self, *shape: Any) -> Tensor:
        """Same elements in another shape, given as one tuple or as numbers."""
        wanted = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        made: Tensor = OPS["reshape"](self, shape=tuple(wanted))
        return made

    def transpose(self, *axes: Any) -> Tensor:
        """Axes in another order.

        Args:
            axes: None: reverse all; a tuple, or one number per axis: the new order; two numbers for a
                tensor that has not two axes, or as PyTorch has it for any: exchange these two.
        """
        if len(axes) == 2 and all(isinstance(a, int) for a in axes):
            swapped: Tensor = OPS["swapaxes"](self, axis1=axes[0], axis2=axes[1])
            return swapped
        order = axes[0] if len(axes) == 1 else axes or None
        made: Tensor = OPS["transpose"](self, axes=None if order is None else tuple(order))
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
        return _nested(self, ())

    if TYPE_CHECKING:
        # the methods that are made from the op table and the alias table
        def __getattr__(self, name: str) -> Any: ...  # noqa: D105
    else:

        def __getattr__(self, name: str) -> NoReturn:
            if name.endswith("_") and not name.startswith("_") and name[:-1] in Tensor.__dict__:
                return _in_place(self, name)
            raise AttributeError(f"'Tensor' object has no attribute {name!r}")


class At:
    """Places in a tensor, to set or add to in a copy."""

    def __init__(self, target: Tensor, index: Any = None) -> None:
        self._target = target
        self._index = index

    def __getitem__(self, index: Any) -> At:
        return At(self._target, _raw_index(index))

    def set(self, values: Any) -> Tensor:
        """Copy with these places overwritten.

        Example:
            >>> x = Tensor([1.0, 2.0], requires_grad=True)
            >>> y = x.at[0].set(5.0)
            >>> y.sum().backward()
            >>> y.data, x.grad
            (array([5., 2.]), array([0., 1.]))
        """
        made: Tensor = OPS["index_set"](self._target, values, index=self._index)
        return made

    def add(self, values: Any) -> Tensor:
        """Copy with values added at these places; places named twice add up.

        Example:
            >>> Tensor([1.0, 2.0]).at[[0, 0]].add(1.0).data
            array([3., 2.])
        """
        made: Tensor = OPS["index_add"](self._target, values, index=self._index)
        return made


_NOTHING: Mapping[str, Any] = {}


def _in_place(target: Tensor, name: str) -> Callable[..., Tensor]:
    def method(*args: Any, **settings: Any) -> Tensor:
        if target.op is not None or (target._requires_grad and mode.recording()):
            raise TypeError(
                f"{name}: a recorded Tensor is not changed in place: write x = x.{name[:-1]}(...), or "
                "x.at[index].set(values) for some places (inside no_grad() a leaf may be changed)"
            )
        target.data = np.asarray(getattr(constant(target), name[:-1])(*args, **settings)._data)
        return target

    return method


def _times(g: Any, slope: Any) -> Any:
    """The gradient times a local derivative; a yes or no selects, so that 0 is exactly 0."""
    if type(slope) is int:
        if slope == 1:
            return g
        if slope == -1:
            return -g
    flags = slope._data if isinstance(slope, Tensor) else slope
    if getattr(flags, "dtype", None) == np.bool_:
        return OPS["where"](flags, g, 0)
    if type(slope) is _array and type(g) is _array and slope.dtype != g.dtype:
        slope = slope.astype(g.dtype)
    return g * slope


def _same(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.array_equal(a, b, equal_nan=True))


def _plain(op: Op, argument: Any) -> Any:
    """An input that is no node, as a number or an array."""
    if isinstance(argument, (list, tuple)):
        if any(isinstance(item, Node) for item in argument):
            from autograd.ops.shape import stack

            return stack(argument)._data if not any(i._requires_grad for i in argument) else _list_of(op)
        return as_array(argument, None, copy=False)
    if isinstance(argument, (str, bytes, complex, dict, set)) or argument is None:
        raise OperationError(f"{op.name}: {type(argument).__name__} came; {op.usage()} as tensors, arrays or numbers")
    return argument


def _list_of(op: Op) -> NoReturn:
    raise OperationError(f"{op.name}: a list of Tensors came; join them first with stack(...) or concatenate(...)")


def _keep_apart(made: Tensor, args: Sequence[Any]) -> None:
    """A result that is a view of its input: neither may be written to while the other reads it."""
    for a in args:
        if isinstance(a, Tensor):
            if a.hold == EXPOSED:
                made._data = made._data.copy()
            else:
                a.hold = SHARED
        elif type(a) is _array:
            made._data = made._data.copy()
    made.hold = SHARED


def _raw_index(index: Any) -> Any:
    """An index without nodes, and its own copy of every array in it."""
    if isinstance(index, tuple):
        return tuple(_raw_index(part) for part in index)
    if isinstance(index, Tensor):
        return index._data.copy() if index.shape or index.dtype == np.bool_ else int(index)
    if isinstance(index, np.ndarray):
        return index.copy()
    if isinstance(index, (float, str)):
        raise TypeError(f"index: {index!r} came; use whole numbers, slices, lists of them, or a mask of bools")
    return list(index) if isinstance(index, list) else index


def _nested(source: Tensor, index: tuple[int, ...]) -> Any:
    if len(index) == len(source.shape):
        return pick(source, index)
    return [_nested(source, (*index, i)) for i in range(source.shape[len(index)])]


def pick(source: Tensor, index: tuple[int, ...]) -> Value:
    """Take one element of a tensor as a Value, recorded.

    Args:
        source: The tensor.
        index: One whole number per axis.

    Returns:
        The Value.
    """
    value = Value(source._data[index])
    if source._requires_grad and mode.recording():
        value.op = OPS["pick"].with_settings({"index": index})
        value.right = ((source,),)
        value.right_slope = ((1.0,),)
    return value


def from_array(array: Any) -> Tensor:
    """Make a constant tensor around an array that nobody else holds, without copying it."""
    made = _new(Tensor)
    made._start(np.asarray(array) if isinstance(array, (np.generic, float, int)) else array)
    return made


def constant(source: Tensor) -> Tensor:
    """Make a constant that shares a tensor's numbers until one of the two is written to."""
    if source.hold == EXPOSED and type(source._data) is _array:
        made = from_array(source._data.copy())
    else:
        source.hold = SHARED
        made = from_array(source._data)
        made.hold = SHARED
    made.label = source.label
    return made


def tensor(data: Any, dtype: Any = None, requires_grad: bool = False, label: str | None = None) -> Tensor:
    """Make a Tensor; PyTorch's spelling of ``Tensor(data, ...)``.

    Args:
        data: An array (copied), or a list of numbers or of lists of them.
        dtype: The kind of number; what NumPy makes of the data by default.
        requires_grad: Whether gradients reach this tensor.
        label: A name, shown in pictures and messages.

    Returns:
        The tensor.

    Example:
        >>> x = tensor([1.0, 2.0], requires_grad=True)
        >>> x.prod().backward()
        >>> x.grad
        array([2., 1.])
    """
    return Tensor(data, requires_grad, dtype, label)


def as_array(data: Any, dtype: Any, *, copy: bool) -> Any:
    """Make an array of real numbers of what came.

    Args:
        data: A number, a list, a Tensor, or any array that speaks NumPy's protocols.
        dtype: The dtype wanted; None for NumPy's choice.
        copy: Whether the result must be the caller's own.

    Returns:
        The array; arrays that are no ``numpy.ndarray`` (on a GPU, on a cluster) stay what they are.

    Raises:
        TypeError: If the data are not real numbers.
        ShapeError: If lists of different lengths came.
    """
    if isinstance(data, Tensor):
        data = data._data
    if isinstance(data, Value) or (
        isinstance(data, (list, tuple)) and len(data) and isinstance(_first(data), Node)
    ):
        raise TypeError("Tensor: Values or Tensors in a list came: use tensor_from_values(...), or stack(...)")
    if type(data) is not _array and hasattr(data, "__array_function__"):
        array = data if dtype is None else data.astype(dtype)
    else:
        try:
            array = np.array(data, dtype=dtype) if copy else np.asarray(data, dtype=dtype)
        except ValueError as error:
            raise ShapeError(f"Tensor: the rows came in different lengths, or with no numbers: {error}") from error
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"Tensor: {type(data).__name__} of {array.dtype} came; real numbers are needed "
            "(float, int or bool: no complex, text or objects)"
        )
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return array


def _first(data: Any) -> Any:
    while isinstance(data, (list, tuple)) and len(data):
        data = data[0]
    return data


def _check_float(dtype: Any, what: str) -> None:
    if dtype.kind != "f":
        raise TypeError(f"{what}: {dtype} data came; a gradient needs floats: write 1.0 for 1, or pass dtype=float")


def seed_for(root: Any, gradient: Any, name: str) -> Any:
    """Check the gradient that a backward pass starts with.

    Args:
        root: The tensor to start from.
        gradient: What was given; None for 1.
        name: Who asks, for the messages.

    Returns:
        An array of the root's shape and dtype, nobody else's.

    Raises:
        GradientError: If nothing was recorded, or the gradient is missing or no numbers.
        ShapeError: If the gradient has another shape.
    """
    if not root.requires_grad:
        raise GradientError(
            f"{name}: nothing was recorded: no input has requires_grad=True, or it was computed inside no_grad()"
        )
    if gradient is None:
        if root.size != 1:
            raise GradientError(
                f"{name}: the result has shape {root.shape}; reduce it to one number first "
                "(.sum() or .mean()), or give the gradient of that shape"
            )
        return np.ones_like(root._data)
    try:
        array = as_array(gradient, None, copy=False)
    except TypeError as error:
        raise GradientError(f"{name}: the gradient: {error}") from None
    if array.shape != root.shape:
        raise ShapeError(f"{name}: the gradient has shape {array.shape}; the result has {root.shape}, so must it")
    return array.astype(root.dtype)  # always a copy


def _plain_method(op: Any, name: str) -> Callable[..., Any]:
    def method(self: Tensor, *args: Any, **settings: Any) -> Any:
        return op(self, *args, **settings)

    method.__doc__ = op.doc if isinstance(op, Op) else op.__doc__
    method.__name__ = name
    return method


def add_methods(names: Iterable[tuple[str, Any]]) -> None:
    """Give Tensor a method for each op and function under each of its names."""
    for name, op in names:
        if name not in Tensor.__dict__:
            setattr(Tensor, name, _plain_method(op, name))
