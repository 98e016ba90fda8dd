"""Value: a node that holds one number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from autograd import kernels
from autograd.engine import Bridge, deposit, propagate, sweep
from autograd.errors import GradientError, OperationError, ShapeError, StaleGraphError
from autograd.node import Node, caller_line, hooks_alive, line_text
from autograd.op import OPS, Op
from autograd.operators import OPERATORS
from autograd.recording import mode

__all__ = ["Value"]

_new = object.__new__


class Value(Node):
    """A number that remembers how it was made.

    Args:
        data: The number.
        label: A name, shown in pictures and messages.

    Raises:
        TypeError: If data is not one real number.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> out = (a * b + 1).tanh()
        >>> out.backward()
        >>> out, a.grad
        (Value(-0.9999092042625951, grad=1.0), -0.0005447250076704...)
    """

    # left and right are the two parents, with the local derivative towards each, saved when the node was
    # made.  A constant input has no parent; its number stands in place of the slope.  A node of many parents
    # has none on the left and groups of them on the right, with groups of slopes.  Ten slots fill a block.
    __slots__ = ("data", "grad", "left", "left_slope", "right", "right_slope")

    apply_rank = 1

    data: float
    grad: float | None
    left: Any
    left_slope: Any
    right: Any
    right_slope: Any

    def __init__(self, data: Any, label: str | None = None) -> None:
        self.data = data if type(data) is float else _as_float(data)
        self.grad = None
        self.op = None
        self.mark = 0
        self.info = None
        self.left = self.left_slope = self.right = self.right_slope = None
        if label is not None:
            self.label = label

    # ------------------------------------------------------------------ the graph
    @property
    def parents(self) -> tuple[Node | None, ...]:
        """The recorded inputs by slot, with repeats; None for a constant."""
        return tuple(a if isinstance(a, Node) else None for a in self.inputs)

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The inputs by slot, with repeats: nodes, and plain numbers for constants."""
        if self.op is None:
            return ()
        right = self.right
        if type(right) is tuple:
            groups = right if self.left_slope is None else self.left_slope
            return tuple(item for group in groups for item in group)
        if len(self.op.inputs) == 1:
            return (self.left,)
        if self.left is None:
            return (self.left_slope, right)
        return (self.left, self.right_slope if right is None else right)

    @property
    def slopes(self) -> tuple[float | None, ...]:
        """The local derivative towards each input, by slot; None for a constant."""
        if type(self.right) is tuple:
            slopes = {}
            for group, numbers in zip(self.right, self.right_slope, strict=True):
                for parent, number in zip(group, numbers, strict=True):
                    slopes[id(parent)] = slopes.get(id(parent), []) + [number]
            return tuple(
                slopes[id(item)].pop(0) if isinstance(item, Node) else None for item in self.inputs
            )
        known = (self.left_slope if self.left is not None else None,)
        if self.op is not None and len(self.op.inputs) == 2:
            known += (self.right_slope if self.right is not None else None,)
        return known

    def pull_back(self, g: Any, create_graph: bool) -> list[tuple[int, Any, Any]]:
        """Send an arriving gradient on to the parents: times the local derivative."""
        op, inputs = self.op, self.inputs
        if op is None:
            return []
        if op.name == "pick":
            tensor = inputs[0]
            seed = OPS["assemble"](g, shape=()) if create_graph else np.asarray(g, tensor.dtype)
            return [(0, tensor, OPS["place"](seed, index=op.filled["index"], shape=tensor.shape))]
        slopes = self._recorded_slopes(op, inputs) if create_graph else self.slopes
        return [
            (slot, parent, slope * g)
            for slot, (parent, slope) in enumerate(zip(inputs, slopes, strict=True))
            if isinstance(parent, Node)
        ]

    def _recorded_slopes(self, op: Op, inputs: Sequence[Any]) -> Sequence[Any]:
        """The local derivatives as nodes, from the op's formulas on the inputs as nodes."""
        self._check_fresh(op, inputs)
        if op.partials is not None:
            return [
                d(self, *inputs) if d is not None and isinstance(a, Node) else None
                for d, a in zip(op.partials, inputs, strict=True)
            ]
        if op.name == "weighted_sum":
            half = len(inputs) // 2
            return [*inputs[half : 2 * half], *inputs[:half], 1.0]
        parts, start = [], 0
        for size in op.filled["sizes"]:
            group = inputs[start : start + (1 if size is None else size)]
            start += len(group)
            parts.append(group[0] if size is None else OPS["assemble"](*group, shape=(size,)))
        one, out = np.float64(1.0), OPS["assemble"](self, shape=())
        slopes: list[Any] = []
        for formula, size in zip(op.vjp or (), op.filled["sizes"], strict=True):  # type: ignore[arg-type]
            sent = formula(one, out, *parts)
            slopes.extend([sent] if size is None else _numbers(sent, size))
        return slopes

    def _check_fresh(self, op: Op, inputs: Sequence[Any]) -> None:
        """Under ``create_graph`` the formulas read the nodes' data, which must be what was recorded."""
        numbers = [a.data if isinstance(a, Node) else a for a in inputs]
        if op.partials is not None:
            out, slopes = kernels.evaluate(op, numbers)
        else:
            half = len(inputs) // 2
            sizes = (half, half, None) if op.name == "weighted_sum" else op.filled["sizes"]
            out, slopes, _ = _many(op, numbers, sizes)
        for saved, now in zip((self.data, *self.slopes), (out, *slopes), strict=True):
            if saved is not None and saved != now and not (saved != saved and now != now):
                names = ", ".join(a.label or repr(a) for a in inputs if isinstance(a, Node))
                line = line_text(self.info.line) if self.info is not None else None
                raise StaleGraphError(
                    f"{op.name}{f' ({line})' if line else ''}: the data of {names} or of the result was "
                    "changed after this graph was recorded, so it cannot be differentiated again: "
                    "compute it anew from the new data"
                    + ("" if line else " (record inside autograd.source_lines() to learn the line)")
                )

    def backward(self, gradient: float | None = None) -> None:
        """Send a gradient back through everything this was made of, adding it to every ``.grad``.

        Args:
            gradient: The gradient to start with; 1 by default.

        Raises:
            GradientError: If the gradient is not a finite number's kind.

        Example:
            >>> x = Value(3.0)
            >>> y = x**3
            >>> y.backward()
            >>> x.grad
            27.0
            >>> y.backward()
            >>> x.grad
            54.0
        """
        seed = 1.0 if gradient is None else _seed(gradient)
        if not hooks_alive[0]:
            try:
                sweep(self, seed)
            except Bridge:
                pass
            else:
                return
        deposit(propagate(self, seed))

    def added_up(self, g: float) -> tuple[float, bool]:
        """What ``.grad`` is after one more gradient has arrived."""
        return (float(g) if self.grad is None else self.grad + g), False

    def receive(self, total: float, borrowed: bool) -> None:
        """Take over what ``added_up`` told."""
        self.grad = total

    # ------------------------------------------------------------------ making nodes
    @classmethod
    def apply_op(cls, op: Op, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Apply an op to Values, numbers and lists of them."""
        if settings:
            op = op.with_settings(settings)
        if op.partials is None or any(type(a) in (list, tuple) for a in args):
            return _apply_to_lists(op, args)
        if not op.differentiable:
            return op.compute([a.data if isinstance(a, Value) else a for a in args], {})
        if len(args) == 1:
            return _kernel(op, False)(args[0])
        if len(args) == 2:
            if isinstance(args[0], Value):
                made = _kernel(op, False)(*args)
            else:
                made = _kernel(op, True)(args[1], args[0])
            if made is NotImplemented:
                raise TypeError(f"{op.name}: {', '.join(type(a).__name__ for a in args)} came; give numbers")
            return made
        return _record(op, args)

    def detach(self) -> Value:
        """Give a leaf with the same number, cut off from the graph.

        Example:
            >>> x = Value(2.0)
            >>> (x * (x * 3).detach()).backward()
            >>> x.grad
            6.0
        """
        return Value(self.data, self.label)

    def item(self) -> float:
        """Give the number."""
        return self.data

    # ------------------------------------------------------------------ Python's own protocols
    def __repr__(self) -> str:
        parts = [repr(self.data)]
        if self.grad is not None:
            parts.append(f"grad={self.grad!r}")
        if self.label is not None:
            parts.append(f"label={self.label!r}")
        return f"Value({', '.join(parts)})"

    __hash__ = Node.__hash__

    def _compare(sign: Callable[[Any, Any], bool]) -> Any:  # type: ignore[misc]  # noqa: N805
        def method(self: Value, other: Any) -> Any:
            if isinstance(other, Value):
                return sign(self.data, other.data)
            if isinstance(other, (int, float, np.number)):
                return bool(sign(self.data, other))
            return NotImplemented

        return method

    __eq__ = _compare(lambda a, b: a == b)
    __ne__ = _compare(lambda a, b: a != b)
    __lt__ = _compare(lambda a, b: a < b)
    __le__ = _compare(lambda a, b: a <= b)
    __gt__ = _compare(lambda a, b: a > b)
    __ge__ = _compare(lambda a, b: a >= b)

    def __float__(self) -> float:
        return float(self.data)

    def __int__(self) -> int:
        return int(self.data)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __round__(self, decimals: int | None = None) -> Any:
        return OPS["round"](self, decimals=decimals or 0)

    def __floor__(self) -> Any:
        return OPS["floor"](self)

    def __ceil__(self) -> Any:
        return OPS["ceil"](self)

    def __trunc__(self) -> int:
        return math.trunc(self.data)

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __iter__(self) -> NoReturn:
        raise TypeError("a Value is one number and has no elements; use a list of Values, or a Tensor")


def _as_float(data: Any) -> float:
    if isinstance(data, (int, float, np.integer, np.floating, np.bool_)):
        return float(data)
    if isinstance(data, np.ndarray) and data.size == 1 and data.dtype.kind in "fiub":
        return float(data.reshape(()))
    if isinstance(data, Value):
        raise TypeError("Value: a Value came; it is one already (use .detach() for a copy without its graph)")
    shape = f" of shape {data.shape}" if hasattr(data, "shape") else ""
    raise TypeError(
        f"Value: {type(data).__name__}{shape} came; a Value holds one real number"
        + (" (use Tensor for arrays)" if shape or isinstance(data, (list, tuple)) else "")
    )


def _seed(gradient: Any) -> float:
    try:
        return _as_float(gradient)
    except TypeError:
        raise GradientError(
            f"backward: {type(gradient).__name__} came as the gradient; a Value needs one number"
        ) from None


def _constant(op: Op, p: Value, reverse: bool, other: Any) -> Any:
    """Make a float of an operand that is no Value; or handle it, and return what the operator returns."""
    if isinstance(other, (int, np.integer, np.floating, np.bool_)):
        return float(other)
    if isinstance(other, np.ndarray) and other.ndim == 0 and other.dtype.kind in "fiub":
        return float(other)
    if isinstance(other, Value):
        return _record(op, (other, p) if reverse else (p, other))
    if isinstance(other, Node):
        raise mixing(op)
    if isinstance(other, np.ndarray):
        raise TypeError(
            f"{op.name}: a Value is one number, and an array of shape {other.shape} came: "
            "use a list of Values, or Tensors"
        )
    if getattr(type(other), "apply_rank", 0) > Value.apply_rank:
        return type(other).apply_op(op, (other, p) if reverse else (p, other), {})
    return NotImplemented


def mixing(op: Op) -> TypeError:
    """The error for an op that was given both a Value and a Tensor."""
    return TypeError(
        f"{op.name}: a Value and a Tensor do not mix: turn the Tensor into Values with .to_values(), "
        "or the Values into a Tensor with tensor_from_values(...)"
    )


def _record(op: Op, args: Sequence[Any]) -> Any:
    """Make a node the careful way: any number of inputs, recording perhaps switched off."""
    numbers = []
    for a in args:
        if isinstance(a, Value):
            numbers.append(a.data)
        elif isinstance(a, Node):
            raise mixing(op)
        else:
            numbers.append(a if type(a) is float else _number_for(op, a))
    out, slopes = kernels.evaluate(op, numbers)
    if not mode.recording():
        return Value(out)
    pairs = [(a, s) for a, s in zip(args, slopes, strict=True) if isinstance(a, Value) and s is not None]
    if len(args) == 1:
        return _node(op, out, args[0], slopes[0], None, None)
    if len(args) == 2:
        sides = [
            (a, s) if isinstance(a, Value) else (None, n)
            for a, s, n in zip(args, slopes, numbers, strict=True)
        ]
        return _node(op, out, *sides[0], *sides[1])
    raw = tuple(a if isinstance(a, Value) and s is not None else n for a, s, n in zip(args, slopes, numbers, strict=True))
    if not pairs:
        return Value(out)
    return _node(op, out, None, (raw,), (tuple(a for a, _ in pairs),), (tuple(s for _, s in pairs),))


def _number_for(op: Op, a: Any) -> float:
    if isinstance(a, (int, float, np.number, np.bool_)) and not isinstance(a, complex):
        return float(a)
    shape = f" of shape {a.shape}" if hasattr(a, "shape") else ""
    raise OperationError(f"{op.name}: {type(a).__name__}{shape} came beside a Value; give numbers or Values")


def _node(op: Op, out: float, left: Any, left_slope: Any, right: Any, right_slope: Any) -> Value:
    node = _new(Value)
    node.data = out
    node.grad = None
    node.op = op
    node.mark = 0
    node.info = None
    node.left = left
    node.left_slope = left_slope
    node.right = right
    node.right_slope = right_slope
    if mode.lines():
        node._noted().line = caller_line()
    return node


# ---------------------------------------------------------------------- ops over lists of Values
def _apply_to_lists(op: Op, args: Sequence[Any]) -> Any:
    """An op that makes one number of arrays takes lists of Values, too: one node with many parents."""
    if op.variadic or op.partials is not None:
        raise _not_for_values(op)
    groups: list[tuple[Any, ...]] = []
    for a in args:
        group = tuple(a) if isinstance(a, (list, tuple)) else (a,)
        for item in group:
            if isinstance(item, (list, tuple)):
                raise _not_for_values(op)
            if isinstance(item, Node) and not isinstance(item, Value):
                raise mixing(op)
        groups.append(group)
    sizes = tuple(len(a) if isinstance(a, (list, tuple)) else None for a in args)
    if op.name == "weighted_sum":
        return weighted(op, groups[0], groups[1], groups[2][0])
    filled = _sized(op, sizes)
    raw = tuple(item for group in groups for item in group)
    numbers = [a.data if isinstance(a, Value) else _number_for(op, a) for a in raw]
    out, slopes, is_number = _many(filled, numbers, sizes)
    if not is_number:
        raise _not_for_values(op)
    if not mode.recording() or not op.differentiable:
        return Value(out) if op.differentiable else out
    kept = [(a, s) for a, s in zip(raw, slopes, strict=True) if isinstance(a, Value) and s is not None]
    constants = None
    if len(kept) < len(raw):
        constants = (tuple(a if isinstance(a, Value) else n for a, n in zip(raw, numbers, strict=True)),)
    return _node(filled, out, None, constants, (tuple(a for a, _ in kept),), (tuple(s for _, s in kept),))


def _sized(op: Op, sizes: tuple[int | None, ...]) -> Op:
    """The op, remembering how its flat inputs divide into lists."""
    key = ("sizes", sizes)
    found = op._bound.get(key)
    if found is None:
        from dataclasses import replace

        found = replace(op, filled={**op.filled, "sizes": sizes}, base=op.base or op, call=None, _bound={})
        op._bound[key] = found
    return found


def _many(
    op: Op, numbers: Sequence[float], sizes: Sequence[int | None]
) -> tuple[float, list[float | None], bool]:
    """Value and slopes of an op on lists of numbers, by its formulas on arrays."""
    parts: list[Any] = []
    start = 0
    for size in sizes:
        chunk = numbers[start : start + (1 if size is None else size)]
        start += len(chunk)
        parts.append(np.float64(chunk[0]) if size is None else np.array(chunk, dtype=float))
    with np.errstate(all="ignore"):
        out = op.compute(parts, {})
        if np.ndim(out) != 0:
            return 0.0, [], False
        slopes: list[float | None] = []
        formulas = op.vjp if isinstance(op.vjp, tuple) else ()
        for formula, part in zip(formulas, parts, strict=True) if op.differentiable else ():
            sent = formula(np.asarray(1.0), np.asarray(out), *parts) if formula is not None else None
            slopes.extend([None] * np.size(part) if sent is None else np.ravel(sent).tolist())
    return (float(out) if op.differentiable else out), slopes, True


def _numbers(sent: Any, size: int) -> list[Any]:
    """The elements of what a formula sent: Values of a Tensor, floats of an array."""
    if isinstance(sent, Node):
        return [OPS["pick"](sent, index=(i,)) for i in range(size)]
    return [float(n) for n in np.broadcast_to(sent, (size,))]


def _not_for_values(op: Op) -> OperationError:
    return OperationError(
        f"{op.name}: this does not make one number of a list of Values: make a Tensor of them with "
        "tensor_from_values(...) first"
    )


def weighted(op: Op, weights: tuple[Any, ...], inputs: tuple[Any, ...], bias: Any) -> Value:
    """Make the node of a weighted sum; the parents are the very tuples that were given.

    Args:
        op: The op, ``OPS["weighted_sum"]``.
        weights: Values or numbers.
        inputs: As many Values or numbers.
        bias: A Value or a number.

    Returns:
        The Value of sum(w * x) + bias.

    Raises:
        ShapeError: If there are not as many weights as inputs.
    """
    if len(weights) != len(inputs):
        raise ShapeError(f"dot: {op.check(weights, inputs, bias) if op.check else ''}")
    try:
        w = tuple([v.data for v in weights])
        x = tuple([v.data for v in inputs])
        out = sum(map(float.__mul__, w, x), bias.data)
    except (AttributeError, TypeError):  # a plain number among them
        return _weighted_mixed(op, weights, inputs, bias)
    if mode.special and not mode.recording():
        return Value(out)
    node = _new(Value)
    node.data = out
    node.grad = None
    node.op = op
    node.mark = 0
    node.info = None
    node.left = None
    node.left_slope = None
    node.right = (weights, inputs, (bias,))
    node.right_slope = (x, w, _ONE)
    if mode.special and mode.lines():
        node._noted().line = caller_line()
    return node


_ONE = (1.0,)


def _weighted_mixed(op: Op, weights: tuple[Any, ...], inputs: tuple[Any, ...], bias: Any) -> Value:
    groups = (weights, inputs, (bias,))
    for item in (*weights, *inputs, bias):
        if isinstance(item, Node) and not isinstance(item, Value):
            raise mixing(op)
    w, x, (b,) = (tuple(a.data if isinstance(a, Value) else _number_for(op, a) for a in g) for g in groups)
    out = float(sum((i * j for i, j in zip(w, x, strict=True)), b))
    slopes = (x, w, _ONE)
    if all(isinstance(v, Value) for v in weights) and not any(isinstance(v, Value) for v in inputs):
        # a neuron on plain data: the weights' own tuple is kept, so that the sweep knows it again
        kept: list[Any] = [(weights, x)]
    else:
        kept = [_only_nodes(g, s) for g, s in zip(groups[:2], slopes[:2], strict=True)]
    if isinstance(bias, Value):
        kept.append(((bias,), _ONE))
    if not mode.recording() or not any(g for g, _ in kept):
        return Value(out)
    raw = tuple(
        tuple(a if isinstance(a, Value) else n for a, n in zip(g, numbers, strict=True))
        for g, numbers in zip(groups, (w, x, (b,)), strict=True)
    )
    return _node(op, out, None, raw, tuple(g for g, _ in kept), tuple(s for _, s in kept))


def _only_nodes(group: tuple[Any, ...], slopes: tuple[float, ...]) -> tuple[Any, Any]:
    pairs = [(a, s) for a, s in zip(group, slopes, strict=True) if isinstance(a, Value)]
    return tuple(a for a, _ in pairs), tuple(s for _, s in pairs)


# ---------------------------------------------------------------------- fast methods
_kernels: dict[tuple[Op, bool], Callable[..., Any]] = {}


def _kernel(op: Op, reverse: bool) -> Callable[..., Any]:
    found = _kernels.get((op, reverse))
    if found is None:
        helpers = {"record": _record, "constant": _constant}
        found = _kernels[op, reverse] = kernels.build(op, Value, helpers, reverse)
    return found


class _LazyMethod:
    """An op's fast method, generated when it is first asked for and then put in this one's place."""

    def __init__(self, op: Op, reverse: bool) -> None:
        self.op = op
        self.reverse = reverse

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        method = _kernel(self.op, self.reverse)
        setattr(Value, self.name, method)
        return method if instance is None else method.__get__(instance, owner)


def _add_method(name: str, op: Op, reverse: bool = False) -> None:
    lazy = _LazyMethod(op, reverse)
    lazy.__set_name__(Value, name)
    setattr(Value, name, lazy)


def _plain_method(op: Op) -> Callable[..., Any]:
    def method(self: Value, *args: Any, **settings: Any) -> Any:
        return op(self, *args, **settings)

    method.__doc__ = op.doc
    method.__name__ = op.name
    return method


def add_methods(names: Iterable[tuple[str, Op]]) -> None:
    """Give Value a method for each elementwise op under each of its names."""
    for name, op in names:
        if op.partials is None or name in Value.__dict__:
            continue
        if op.settings or len(op.inputs) > 1:
            setattr(Value, name, _plain_method(op))
        else:
            _add_method(name, op)


for _name, (_op, _reverse) in OPERATORS.items():
    if _op.partials is not None:
        _add_method(_name, _op, _reverse)


