"""What an operation is: one frozen record per operation, and the table of them all.

An operation is written once, as a decorated forward function with its derivative as an ordinary
expression over other operations.  That one text has many readers: floats and arrays (the
first-order backward pass), recording nodes (any order), dual numbers (forward mode) and symbols
(LaTeX, source).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd.aliases import renamed
from autograd.domain import Domain
from autograd.errors import OperationError, ShapeError
from autograd.frozen import dataclass, field, replace
from autograd.late import LateTable

__all__ = ["OPS", "PLAIN", "Formula", "Formulas", "Op", "Sample"]

# A formula takes floats, arrays, nodes, duals and symbols on purpose, so its type stays open.
Formula: TypeAlias = Callable[..., Any]
Formulas: TypeAlias = tuple[Formula | None, ...]

OPS: LateTable[Op] = LateTable()
_MOST_KEPT = 4096
_REQUIRED: Any = inspect.Parameter.empty
PLAIN = frozenset({bool, int, float, str, slice, tuple, type(None)})  # settings that need no look


@dataclass(frozen=True)
class Sample:
    """One way to call an operation in its tests.

    Attributes:
        shapes: The shape of each differentiable input.
        settings: The keyword settings.
        make: Draws the inputs itself when random normal numbers of the given shapes would not do.
    """

    shapes: tuple[tuple[int, ...], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    make: Callable[[np.random.Generator], tuple[Any, ...]] | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Op:
    """One operation: its value, its derivative and everything else that is known of it.

    Attributes:
        name: NumPy's name for it (or Python's short one).
        forward: Computes the value from raw numbers or arrays.
        inputs: The names of the inputs; a single ``*xs`` means any number of them.
        settings: Names and defaults of what is not differentiated.
        partials: Per input, d out / d input as an expression over ops (elementwise ops), else None.
        vjp: Per input, the gradient sent to it; or one function giving all (ops with ``*xs``).
        made_of: The same, written with other ops, for what must see every step of a fused op.
        scalar: The value for Python floats, where NumPy's detour would be slow.
        linear: The inputs in which the op is linear; gives its forward mode.
        symbol: What a picture writes in the box.
        infix: How source code writes it between its inputs, with its precedence; None for a call.
        latex: How LaTeX writes it, with ``{x}`` for each input.
        reads: How its way back reads, where its formulas only ever see arrays.
        domain: Per input, where it is defined.
        kinks: Where the derivative is a convention.
        check: Words the error when ``forward`` failed on these inputs.
        call: Turns the public calling form into (inputs, settings) where it differs.
        samples: Ways to call it in tests.
        doc: What it is, in a sentence.
        reason: Why its gradient looks so, in a sentence; the stepper says it.
        differentiable: False where the result is a constant.
        variadic: Whether the one name in ``inputs`` stands for any number of inputs.
        base: The op whose settings were filled in to make this one.
        filled: Those settings.
    """

    name: str
    forward: Callable[..., Any]
    inputs: tuple[str, ...]
    settings: Mapping[str, Any]
    partials: Formulas | None = None
    vjp: Formulas | Formula | None = None
    made_of: Callable[..., Any] | None = None
    scalar: Callable[..., Any] | None = None
    linear: tuple[str, ...] = ()
    symbol: str = ""
    infix: tuple[str, float] | None = None
    latex: str = ""
    reads: Callable[..., Sequence[tuple[str, str]]] | None = None
    domain: tuple[Domain, ...] = ()
    sampled: tuple[Domain, ...] = ()
    kinks: tuple[float, ...] = ()
    check: Callable[..., str | None] | None = None
    call: Callable[..., tuple[tuple[Any, ...], dict[str, Any]]] | None = None
    samples: tuple[Sample, ...] = ()
    doc: str = ""
    reason: str = ""
    differentiable: bool = True
    variadic: bool = False
    base: Op | None = None
    filled: Mapping[str, Any] = field(default_factory=dict)
    rules: Any = field(default=None, init=False)  # what ``autograd.rules`` found out
    send: Any = field(default=None, init=False)  # the short way back of its Tensors
    quick: Any = field(default=None, init=False)  # Tensor, and its method, if it takes one alone
    _bound: dict[Any, Op] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"autograd.{self.name}"

    def __deepcopy__(self, memo: Any) -> Op:
        return self

    def __reduce__(self) -> Any:
        return _op_named, (self.base.name if self.base else self.name, dict(self.filled))

    def __call__(self, *args: Any, **settings: Any) -> Any:
        """Apply the operation to Values, Tensors, arrays or numbers."""
        quick = self.quick
        if quick is not None and not settings and len(args) == 1 and type(args[0]) is quick[0]:
            return quick[1](args[0])
        if self.call is not None:
            args, settings = self._arrange(args, settings)
        elif settings or len(args) != len(self.inputs) or self.settings:
            args, settings = self._bind(args, settings)
        reader, listed = None, False
        for argument in args:
            kind = type(argument)
            if kind is not np.ndarray and kind is not float:
                if hasattr(kind, "apply_op"):
                    if reader is None or kind.apply_rank > reader.apply_rank:
                        reader = kind
                elif kind is list or kind is tuple:
                    reader = _reader_inside(argument, reader)
                    listed = True
        if reader is not None:
            return reader.apply_op(self, args, settings)
        if listed:
            args = tuple([np.asarray(a) if type(a) in (list, tuple) else a for a in args])
        return self.compute(args, settings)

    def compute(self, args: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Compute the value on raw numbers and arrays, wording NumPy's errors for people.

        Args:
            args: The inputs, none of them a node.
            settings: The settings.

        Returns:
            What the forward function returns.

        Raises:
            ShapeError: If the shapes do not fit.
            OperationError: If the inputs are of a wrong kind.
        """
        try:
            return self.forward(*args, **settings)
        except AttributeError:  # a plain number has no shape; an array of it has
            if not any(isinstance(a, (int, float)) for a in args):
                raise
            return self.compute([np.asarray(a) for a in args], settings)
        except (ValueError, TypeError, IndexError, np.linalg.LinAlgError) as error:
            raise self.explain(error, args, settings) from error

    def explain(
        self, error: Exception, args: Sequence[Any], settings: Mapping[str, Any]
    ) -> Exception:
        """Turn an error of the forward function into one that says what came and was needed."""
        ours = type(error).__module__.startswith("autograd")
        if ours or isinstance(error, (ShapeError, OperationError)):
            return error
        said = self.check(*args, **settings) if self.check is not None else None
        shapes = [np.shape(a) for a in args if not isinstance(a, (str, type(None)))]
        if said is None and self.partials is not None and len(shapes) > 1:
            said = (
                "these shapes do not broadcast: sizes on an axis must be equal, or one of them 1 "
                f"({error})"
            )
        between = f" {self.infix[0]} " if self.infix is not None else ", "
        given = between.join(str(shape) for shape in shapes)
        options = "".join(
            f", {name}={value!r}" for name, value in settings.items() if value is not None
        )
        kind: type[Exception] = type(error) if isinstance(error, IndexError) else ShapeError
        if isinstance(error, TypeError):
            kind = OperationError
            given = ", ".join(_describe(a) for a in args)
        return kind(f"{self.name}: {given}{options}: {said or error}")

    def _arrange(self, args: tuple[Any, ...], settings: dict[str, Any]) -> Any:
        assert self.call is not None
        settings = renamed(settings)
        try:
            return self.call(*args, **settings)
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
                raise
            said = str(error).partition("()")[2].strip() or str(error)
            raise OperationError(
                f"{self.name}: {said}; call it as {self.name}{inspect.signature(self.call)}"
            ) from None

    def _bind(self, args: tuple[Any, ...], settings: dict[str, Any]) -> Any:
        count = len(args) if self.variadic else len(self.inputs)
        if settings:
            for name in self.inputs[len(args) :]:
                if name not in settings:
                    break
                args = (*args, settings.pop(name))
            if not settings.keys() <= self.settings.keys():
                settings = renamed(settings, self.settings)
        if len(args) > count:
            extra = args[count:]
            if len(extra) > len(self.settings):
                raise OperationError(f"{self.name}: {len(args)} inputs came; {self.usage()}")
            for name, value in zip(self.settings, extra, strict=False):
                if name in settings:
                    raise OperationError(f"{self.name}: {name} came twice; {self.usage()}")
                settings[name] = value
            args = args[:count]
        if len(args) < count:
            raise OperationError(f"{self.name}: {len(args)} inputs came; {self.usage()}")
        for name in settings:
            if name not in self.settings:
                raise OperationError(f"{self.name}: unknown setting {name!r}; {self.usage()}")
        settings = {**self.settings, **settings}
        for name, value in settings.items():
            if type(value) in PLAIN:
                continue
            if value is _REQUIRED:
                raise OperationError(f"{self.name}: {name} is missing; {self.usage()}")
            if type(value) is np.ndarray:
                settings[name] = value.copy()  # the caller may write to it before the backward pass
            elif type(value) is list and name == "axis":
                settings[name] = tuple(value)  # NumPy takes only tuples of axes
            elif hasattr(type(value), "apply_op"):
                raise OperationError(
                    f"{self.name}: {name} is a {type(value).__name__}; settings are plain numbers, "
                    "which no gradient reaches: use .item() or .numpy(), or an op that has it "
                    "as an input"
                )
        return args, settings

    def usage(self) -> str:
        """Say how to call the op, in a clause for error messages."""
        inputs = ", ".join(self.inputs) if not self.variadic else f"*{self.inputs[0]}"
        settings = f" and the settings {', '.join(self.settings)}" if self.settings else ""
        return f"{self.name} takes {inputs}{settings}"

    def with_settings(self, settings: Mapping[str, Any]) -> Op:
        """Fill the settings in: an op with its settings filled in is an op.

        Args:
            settings: A value for every setting.

        Returns:
            An op without settings, the same object for the same (hashable) settings.
        """
        if not self.settings:
            return self
        key: Any = tuple(settings.items())
        try:
            found = self._bound.get(key)
        except TypeError:  # an array among the settings: not hashable, so not kept
            found, key = None, None
        if found is None:
            names = ("forward", "scalar", "partials", "vjp", "made_of", "check")
            formulas: dict[str, Any] = {n: _fill(getattr(self, n), dict(settings)) for n in names}
            rest: dict[str, Any] = {"settings": {}, "call": None, "base": self, "_bound": {}}
            found = replace(self, **formulas, **rest, filled=dict(settings))
            if key is not None:
                if len(self._bound) >= _MOST_KEPT:
                    self._bound.clear()  # a setting that changes at every step must not fill memory
                self._bound[key] = found
        return found


class _Filled:
    """A formula with its settings filled in."""

    __slots__ = ("formula", "settings")

    def __init__(self, formula: Formula, settings: dict[str, Any]) -> None:
        self.formula = formula
        self.settings = settings

    def __call__(self, *args: Any) -> Any:
        return self.formula(*args, **self.settings)


def _fill(formula: Any, settings: dict[str, Any]) -> Any:
    if isinstance(formula, tuple):
        return tuple([_fill(one, settings) for one in formula])
    return formula and _Filled(formula, settings)


def _op_named(name: str, filled: dict[str, Any]) -> Op:
    if name not in OPS:
        raise OperationError(
            f"{name}: this graph was made with an operation of that name, which is not known here: "
            "define it (or import where it is defined) before loading"
        )
    return OPS[name].with_settings(filled) if filled else OPS[name]


def _reader_inside(items: Sequence[Any], reader: Any) -> Any:
    for item in items:
        if (kind := type(item)) is list or kind is tuple:
            reader = _reader_inside(item, reader)
        elif hasattr(kind, "apply_op") and (reader is None or kind.apply_rank > reader.apply_rank):
            reader = kind
    return reader


def _describe(argument: Any) -> str:
    shape = getattr(argument, "shape", None)
    return type(argument).__name__ + (f" of shape {shape}" if shape is not None else "")
