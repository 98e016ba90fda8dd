"""Module: whatever has parameters, and finds them by looking at its own attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from autograd import Tensor, Value
from nn.modules import naming
from nn.modules.convertible import Convertible
from nn.modules.hooks import Hookable
from nn.modules.members import Part
from nn.modules.naming import scopes_open
from nn.modules.parameter import Parameter
from nn.modules.saveable import Saveable

if TYPE_CHECKING:
    from nn.modules.state import LoadedKeys
    from nn.overview.summary_table import Summary

__all__ = ["Module"]

_Model = TypeVar("_Model", bound="Module")


class Module(Part, Convertible, Saveable, Hookable):
    """A part of a model: write ``forward``, and set parameters and other modules as attributes.

    There is no registration.  Parameters are found when they are asked for, by walking the
    attributes in the order in which they were set: every Parameter, every leaf Value, every leaf
    Tensor that requires a gradient; and the same in every Module, also inside lists, tuples and
    dicts.  A constant Tensor is a buffer: it is saved with the model and not trained.

    Attributes:
        training: Whether the model is being trained; layers such as dropout look at it.

    Example:
        >>> from autograd import Tensor
        >>> class Line(Module):
        ...     def __init__(self):
        ...         self.slope = Parameter([2.0])
        ...         self.height = Parameter([1.0])
        ...     def forward(self, x):
        ...         return self.slope * x + self.height
        >>> line = Line()
        >>> line(Tensor([3.0])).backward()
        >>> [(name, p.grad.tolist()) for name, p in line.named_parameters()]
        [('slope', [3.0]), ('height', [1.0])]
    """

    training: bool = True  # a class default, so a forgotten super().__init__() breaks nothing
    _takes_over: ClassVar[Any] = None  # the op that it is, if it may write over what it is given
    _weighs_by: ClassVar[Any] = None  # the op that it is, of its input, ``weight`` and ``bias``

    def __init_subclass__(cls, **settings: Any) -> None:
        """Forget which op a module is where another class's ``forward`` is the one that runs."""
        super().__init_subclass__(**settings)
        for name in ("_takes_over", "_weighs_by"):
            first = next(c for c in cls.__mro__ if "forward" in vars(c) or name in vars(c))
            setattr(cls, name, vars(first).get(name))

    def __call__(self, *args: Any, **settings: Any) -> Any:
        """Run ``forward``."""
        forward, hooks = self.forward, self._hooks
        if hooks is not None and hooks.any():
            forward = hooks.around(self, forward)
        if scopes_open:
            return naming.call_in_scope(self, forward, args, settings)
        return forward(*args, **settings)

    def forward(self, *args: Any, **settings: Any) -> Any:
        """Compute the result; every module writes its own.

        Raises:
            NotImplementedError: If it did not.
        """
        raise NotImplementedError(
            f"{type(self).__name__}: there is no forward method; write def forward(self, x) in the "
            "class"
        )

    # ------------------------------------------------------------------ training
    def train(self: _Model, mode: bool = True) -> _Model:
        """Tell this module and all inside that they are being trained.

        Args:
            mode: False for the opposite.

        Returns:
            This module.
        """
        for module in self.modules():
            vars(module)["training"] = mode
        return self

    def eval(self: _Model) -> _Model:
        """Tell this module and all inside that they are being used, not trained."""
        return self.train(False)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients: every parameter's ``grad`` is None again.

        Args:
            set_to_none: PyTorch's switch; gradients become None in any case, never a false 0.

        Example:
            >>> from nn import Neuron
            >>> neuron = Neuron.from_weights([2.0], 1.0)
            >>> neuron([3.0]).backward()
            >>> neuron.w[0].grad
            3.0
            >>> neuron.zero_grad()
            >>> neuron.w[0].grad is None
            True
        """
        for parameter in self.parameters():
            parameter.grad = None

    # ------------------------------------------------------------------ changing
    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Keep a constant array: the same as setting a constant Tensor as an attribute.

        Args:
            name: The attribute.
            tensor: A Tensor, an array, or None.
            persistent: Whether it is saved with the model.

        Raises:
            TypeError: If it is a Parameter or asks for a gradient.

        Example:
            >>> module = Module()
            >>> module.register_buffer("mask", Tensor([1.0, 0.0]))
            >>> list(module.state_dict()), module.mask.tolist()
            (['mask'], [1.0, 0.0])
        """
        self._check_free("register_buffer", name)
        if isinstance(tensor, Tensor) and tensor.requires_grad:
            raise TypeError(
                f"register_buffer: {name} requires a gradient; give a constant: tensor.detach()"
            )
        if tensor is not None and not isinstance(tensor, Tensor):
            tensor = Tensor(tensor)
        if not persistent:
            self.__dict__.setdefault("_unsaved", set()).add(name)
        setattr(self, name, tensor)

    def register_parameter(self, name: str, parameter: Parameter | None) -> None:
        """Keep a parameter: the same as setting it as an attribute.

        Args:
            name: The attribute.
            parameter: A Parameter, or None.

        Raises:
            TypeError: If it is something else.
        """
        self._check_free("register_parameter", name)
        if parameter is not None and not isinstance(parameter, (Parameter, Value)):
            raise TypeError(
                f"register_parameter: {type(parameter).__name__} came as {name}; give a Parameter"
            )
        setattr(self, name, parameter)

    def register_module(self, name: str, module: Module | None) -> None:
        """Keep a module: the same as setting it as an attribute."""
        self._check_free("register_module", name)
        setattr(self, name, module)

    add_module = register_module

    def _check_free(self, asked_by: str, name: str) -> None:
        if not isinstance(name, str) or not name or "." in name:
            raise ValueError(f"{asked_by}: {name!r} came as a name; needs a word without dots")
        if hasattr(self, name) and name not in vars(self):
            raise ValueError(
                f"{asked_by}: {name!r} is a method of {type(self).__name__}; choose another name"
            )

    def apply(self: _Model, function: Callable[[Module], Any]) -> _Model:
        """Call a function with every module inside, the innermost first, and then with this one.

        Args:
            function: For example one that sets starting weights.

        Returns:
            This module.
        """
        for child in self.children():
            if isinstance(child, Module):
                child.apply(function)
        function(self)
        return self

    def requires_grad_(self: _Model, requires_grad: bool = True) -> _Model:
        """Let every parameter learn, or none.

        Args:
            requires_grad: False freezes them.

        Returns:
            This module.

        Raises:
            TypeError: If a parameter is a Value, which always takes part.
        """
        for name, parameter in self.named_parameters():
            if isinstance(parameter, Value):
                raise TypeError(
                    f"requires_grad_: {name} is a Value, which always receives a gradient; "
                    "leave it out of the optimizer instead"
                )
            parameter.requires_grad = requires_grad
        return self

    def freeze(self: _Model) -> _Model:
        """Let no parameter learn: gradients pass through and none is kept."""
        return self.requires_grad_(False)

    def unfreeze(self: _Model) -> _Model:
        """Let every parameter learn."""
        return self.requires_grad_(True)

    # ------------------------------------------------------------------ saving
    def state_dict(self) -> dict[str, Any]:
        """Copy all parameters and buffers out, by path.

        Returns:
            Arrays for Tensors, floats for Values; nothing in it changes when the model learns on.

        Raises:
            ValueError: If a lazy layer has no size yet.

        Example:
            >>> from nn import Linear
            >>> {name: array.shape for name, array in Linear(2, 3).state_dict().items()}
            {'weight': (3, 2), 'bias': (3,)}
        """
        from nn.modules.state import state_of

        return state_of(self)

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> LoadedKeys:
        """Copy parameters and buffers in, all of them or none.

        Lazy layers get their size from the shapes that come.

        Args:
            state: What ``state_dict`` gave: numbers or arrays by path.
            strict: Whether a name that is missing or unknown is an error.

        Returns:
            The names that were missing and those that were unknown, as in PyTorch.

        Raises:
            ValueError: If names are missing or unknown or shapes differ; one message lists them
                all, and the model stays as it was.

        Example:
            >>> from nn import Linear
            >>> a, b = Linear(2, 3), Linear(2, 3)
            >>> b.load_state_dict(a.state_dict())
            <All keys matched successfully>
            >>> bool((a.weight == b.weight).all())
            True
        """
        from nn.modules.state import load_state

        return load_state(self, state, strict)

    # ------------------------------------------------------------------ showing
    def summary(self, *inputs: Any, depth: int | None = None) -> Summary:
        """Tell of every layer what comes out, its parameters and its work; see ``nn.summary``.

        Args:
            inputs: What the model is called with: arrays, or only their shapes.
            depth: How many modules deep to look; all by default.

        Returns:
            A table.

        Example:
            >>> from nn import Linear
            >>> Linear(2, 3).summary((5, 2)).multiply_adds
            30
        """
        from nn.overview.summary import summary  # knows neurons, which are modules themselves

        return summary(self, *inputs, depth=depth)

    def extra_repr(self) -> str:
        """Say in a few words what ``repr`` shall show between the brackets."""
        return ""

    def __repr__(self) -> str:
        lines = [
            f"  ({name}): " + repr(child).replace("\n", "\n  ")
            for name, child in self.named_children()
        ]
        name, extra = type(self).__name__, self.extra_repr()
        return f"{name}({extra}\n" + "\n".join(lines) + "\n)" if lines else f"{name}({extra})"
