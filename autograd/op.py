"""What an operation is: one frozen record per operation, and the table of them all.

An operation is written once, as a decorated forward function with its derivative as an ordinary
expression over other operations.  That one text has many readers: floats and arrays (the first-order
backward pass), recording nodes (any order), dual numbers (forward mode) and symbols (LaTeX, source).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from autograd.aliases import renamed
from autograd.domain import REALS, Domain
from autograd.errors import OperationError, ShapeError

__all__ = ["OPS", "Op", "Sample", "elementwise", "operation"]

# A formula is polymorphic on purpose (floats, arrays, nodes, duals, symbols), so its type stays open.
Formula: TypeAlias = Callable[..., Any]
Formulas: TypeAlias = tuple[Formula | None, ...]

OPS: dict[str, Op] = {}
_REQUIRED: Any = inspect.Parameter.empty


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
        scalar: The value for Python floats, where NumPy's detour would be slow.
        linear: The inputs in which the op is linear; gives its forward mode.
        symbol: What a picture writes in the box.
        infix: How source code writes it between its inputs, with its precedence; None for a call.
        latex: How LaTeX writes it, with ``{x}`` for each input.
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
    scalar: Callable[..., Any] | None = None
    linear: tuple[str, ...] = ()
    symbol: str = ""
    infix: tuple[str, float] | None = None
    latex: str = ""
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
    _bound: dict[Any, Op] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"autograd.{self.name}"

    def __call__(self, *args: Any, **settings: Any) -> Any:
        """Apply the operation to Values, Tensors, arrays or numbers."""
        if self.call is not None:
            args, settings = self._arrange(args, settings)
        elif settings or len(args) != len(self.inputs) or self.settings:
            args, settings = self._bind(args, settings)
        reader = None
        for argument in args:
            kind = type(argument)
            if kind is not np.ndarray and kind is not float:
                if (apply := getattr(kind, "apply_op", None)) is not None:
                    if reader is None or kind.apply_rank > reader.apply_rank:
                        reader = kind
                elif kind is list or kind is tuple:
                    reader = _reader_inside(argument, reader)
        if reader is not None:
            return reader.apply_op(self, args, settings)
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
        plain = (list, tuple) if self.partials is not None else (list, tuple, float, int)
        try:
            args = [np.asarray(a) if isinstance(a, plain) else a for a in args]
            return self.forward(*args, **settings)
        except (ValueError, TypeError, IndexError, np.linalg.LinAlgError) as error:
            raise self.explain(error, args, settings) from error

    def explain(self, error: Exception, args: Sequence[Any], settings: Mapping[str, Any]) -> Exception:
        """Turn an error of the forward function into one that says what came and what was needed."""
        if isinstance(error, (ShapeError, OperationError)) or type(error).__module__.startswith("autograd"):
            return error
        said = None
        if self.check is not None:
            said = self.check(*args, **settings)
        shapes = [np.shape(a) for a in args if not isinstance(a, (str, type(None)))]
        if said is None and self.partials is not None and len(shapes) > 1:
            said = f"these shapes do not broadcast: sizes on an axis must be equal, or one of them 1 ({error})"
        given = ", ".join(str(shape) for shape in shapes)
        options = "".join(f", {name}={value!r}" for name, value in settings.items() if value is not None)
        kind = type(error) if isinstance(error, IndexError) else ShapeError
        if isinstance(error, TypeError):
            kind = OperationError
            given = ", ".join(_describe(a) for a in args)
        return kind(f"{self.name}: {given}{options}: {said or error}")

    def _arrange(self, args: tuple[Any, ...], settings: dict[str, Any]) -> Any:
        assert self.call is not None  # noqa: S101  (tells mypy what __call__ has checked)
        settings = renamed(settings)
        try:
            return self.call(*args, **settings)
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
                raise
            signature = inspect.signature(self.call)
            said = str(error).partition("()")[2].strip() or str(error)
            raise OperationError(f"{self.name}: {said}; call it as {self.name}{signature}") from None

    def _bind(self, args: tuple[Any, ...], settings: dict[str, Any]) -> Any:
        count = len(args) if self.variadic else len(self.inputs)
        if settings:
            for name in self.inputs[len(args) :]:
                if name not in settings:
                    break
                args = (*args, settings.pop(name))
            settings = renamed(settings, self.settings)
        if len(args) > count:
            free = [name for name in self.settings if name not in settings]
            extra = args[count:]
            if len(extra) > len(free):
                raise OperationError(f"{self.name}: {len(args)} inputs came; {self.usage()}")
            settings = {**dict(zip(free, extra, strict=False)), **settings}
            args = args[:count]
        if len(args) < count:
            raise OperationError(f"{self.name}: {len(args)} inputs came; {self.usage()}")
        for name in settings:
            if name not in self.settings:
                raise OperationError(f"{self.name}: unknown setting {name!r}; {self.usage()}")
        settings = {**self.settings, **settings}
        for name, value in settings.items():
            if value is _REQUIRED:
                raise OperationError(f"{self.name}: {name} is missing; {self.usage()}")
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
        key = tuple(settings.items())
        try:
            found = self._bound.get(key)
        except TypeError:  # an array among the settings: not hashable, so not kept
            found, key = None, None
        if found is None:

            def fill(formula: Any) -> Any:
                return formula and _Filled(formula, dict(settings))

            found = replace(
                self,
                forward=fill(self.forward),
                scalar=fill(self.scalar),
                partials=self.partials and tuple(fill(d) for d in self.partials),
                vjp=(
                    tuple(fill(f) for f in self.vjp) if isinstance(self.vjp, tuple) else fill(self.vjp)
                ),
                settings={},
                call=None,
                base=self,
                filled=dict(settings),
                _bound={},
            )
            if key is not None:
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


def elementwise(
    *,
    d: Formulas = (),
    scalar: Callable[..., Any] | None = None,
    symbol: str = "",
    infix: tuple[str, float] | None = None,
    latex: str = "",
    domain: tuple[Domain, ...] = (),
    sampled: tuple[Domain, ...] = (),
    kinks: tuple[float, ...] = (),
    samples: tuple[Sample, ...] = (),
    differentiable: bool = True,
) -> Callable[[Callable[..., Any]], Op]:
    """Make an operation that works on each element by itself.

    Args:
        d: Per input, d out / d input: an expression over ops of ``out`` and the inputs (settings arrive as
            keywords).  None for an input that is not differentiated.  A bool result selects: the gradient
            passes where it is true and is exactly 0 elsewhere.
        scalar: The value for Python floats; without it the forward function is used.
        symbol: What a picture writes in the box; the name by default.
        infix: Sign and precedence, for an op that source code writes between its inputs.
        latex: LaTeX with ``{x}`` for each input; a function call by default.
        domain: Per input, where it is defined.
        sampled: Per input, where tests draw their numbers, if not from ``domain``.
        kinks: Where the derivative is a convention.
        samples: Ways to call it in tests, if not with two arrays of shape (3, 4).
        differentiable: False for an op whose result is a constant, such as a comparison.

    Returns:
        A decorator that turns the forward function into an ``Op`` and puts it into ``OPS``.

    Example:
        >>> import numpy as np
        >>> from autograd import Value, elementwise
        >>> @elementwise(d=(lambda out, x: 3 * x * x,), latex=r"{x}^3")
        ... def cube(x):
        ...     '''Third power.  The slope grows with the square of the input.'''
        ...     return x * x * x
        >>> a = Value(2.0)
        >>> out = cube(a)
        >>> out.backward()
        >>> out.data, a.grad
        (8.0, 12.0)
        >>> del OPS["cube"]
    """

    def decorate(forward: Callable[..., Any]) -> Op:
        names, settings, variadic = _signature(forward)
        return _register(
            Op(
                forward=forward,
                inputs=names,
                settings=settings,
                variadic=variadic,
                partials=d,
                scalar=scalar,
                symbol=symbol,
                infix=infix,
                latex=latex or _call_latex(forward.__name__, names),
                domain=domain or (REALS,) * len(names),
                sampled=sampled,
                kinks=kinks,
                samples=samples,
                differentiable=differentiable,
                **_words(forward),
            )
        )

    return decorate


def operation(
    *,
    vjp: Formulas | Formula | None = None,
    linear: str = "",
    symbol: str = "",
    infix: tuple[str, float] | None = None,
    latex: str = "",
    check: Callable[..., str | None] | None = None,
    call: Callable[..., tuple[tuple[Any, ...], dict[str, Any]]] | None = None,
    samples: tuple[Any, ...] = (),
    differentiable: bool = True,
) -> Callable[[Callable[..., Any]], Op]:
    """Make an operation whose derivative is a linear map, not a number per element.

    Args:
        vjp: Per input, the gradient sent to it, as an expression over ops of ``g`` (the gradient that
            arrives), ``out`` and the inputs; or one function returning them all, for ops with ``*xs``.
        linear: The names of the inputs in each of which the op is linear while the others stand still,
            separated by spaces, or ``"*"`` where it is linear in all of them together; gives the forward mode
            without another formula (an op that is not linear goes through its transposed vjp).
        symbol: What a picture writes in the box; the name by default.
        infix: Sign and precedence, for an op that source code writes between its inputs.
        latex: LaTeX with ``{x}`` for each input; a function call by default.
        check: Says in a clause what is wrong with inputs on which the forward function failed.
        call: The public calling form, where it differs: returns (inputs, settings).
        samples: Ways to call it in tests: ``Sample`` objects, or tuples of shapes.
        differentiable: False for an op whose result is a constant, such as argmax.

    Returns:
        A decorator that turns the forward function into an ``Op`` and puts it into ``OPS``.

    Example:
        >>> import numpy as np
        >>> from autograd import Tensor, broadcast_to, operation
        >>> @operation(vjp=(lambda g, out, x: broadcast_to(g, x.shape),), linear="x", samples=(((3,),),))
        ... def total(x):
        ...     '''Sum of all elements.  Each element counts once, so each receives the whole gradient.'''
        ...     return np.sum(x)
        >>> t = Tensor([1.0, 2.0], requires_grad=True)
        >>> out = total(t)
        >>> out.backward()
        >>> out.item(), t.grad
        (3.0, array([1., 1.]))
        >>> del OPS["total"]
    """

    def decorate(forward: Callable[..., Any]) -> Op:
        names, settings, variadic = _signature(forward)
        return _register(
            Op(
                forward=forward,
                inputs=names,
                settings=settings,
                variadic=variadic,
                vjp=vjp,
                linear=tuple(linear.split()),
                symbol=symbol,
                infix=infix,
                latex=latex or _call_latex(forward.__name__, names),
                domain=(REALS,) * len(names),
                check=check,
                call=call,
                samples=tuple(s if isinstance(s, Sample) else Sample(s) for s in samples),
                differentiable=differentiable,
                **_words(forward),
            )
        )

    return decorate


def _register(op: Op) -> Op:
    if op.partials is not None and op.differentiable and len(op.partials) != len(op.inputs):
        raise OperationError(
            f"{op.name}: {len(op.partials)} derivatives came for {len(op.inputs)} inputs; give one per input"
        )
    OPS[op.name] = op
    return op


def _signature(forward: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any], bool]:
    names: list[str] = []
    settings: dict[str, Any] = {}
    variadic = False
    for parameter in inspect.signature(forward).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            settings[parameter.name] = parameter.default
        else:
            names.append(parameter.name)
            variadic = variadic or parameter.kind is parameter.VAR_POSITIONAL
    return tuple(names), settings, variadic


def _words(forward: Callable[..., Any]) -> dict[str, Any]:
    text = " ".join((forward.__doc__ or "").split())
    doc, _, reason = text.partition(". ")
    name = forward.__name__.rstrip("_")
    return {"name": name, "doc": doc.rstrip(".") + "." if doc else "", "reason": reason}


def _call_latex(name: str, inputs: tuple[str, ...]) -> str:
    text = name.rstrip("_").replace("_", r"\_")
    arguments = ", ".join("{" + n + "}" for n in inputs)
    return rf"\operatorname{{{{{text}}}}}\left({arguments}\right)"  # doubled braces: it is a template
