"""Lazy layers: they are told how much comes out, and learn from the first input how much comes in.

A lazy layer is the ordinary one, made later: its parameters have no size until then.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar

from autograd import Tensor
from nn.modules.example_inputs import example_inputs
from nn.modules.parameter import Parameter
from nn.modules.rehearsal import rehearsal
from nn.modules.uninitialized import UninitializedBuffer, UninitializedParameter, Unsized

if TYPE_CHECKING:
    from nn.modules.module import Module

__all__ = ["Lazy", "materialize"]

_noted: ContextVar[list[tuple[Lazy, int]] | None] = ContextVar("noted", default=None)


class Lazy:
    """What makes a layer lazy; stands before the ordinary layer among the bases of a class.

    A class that names its ``ordinary`` layer becomes that one, as in PyTorch: ``LazyLinear`` a
    ``Linear``. A class derived from such a one keeps being itself.

    Attributes:
        ordinary: The ordinary layer's class.
        counts: The attribute that the first input tells, such as "in_features".
    """

    ordinary: ClassVar[Any]
    counts: ClassVar[str]
    _recipe: dict[str, Any] | None = None

    def postpone(self, **settings: Any) -> None:
        """Set everything up but what depends on the size of the input.

        Args:
            settings: Those of the ordinary layer; they are checked now.

        Raises:
            ValueError: If one is out of range.
        """
        groups = settings.get("groups", 1)
        whole = isinstance(groups, int) and not isinstance(groups, bool)
        fitting = groups if whole and groups > 0 else 1
        drawn = {"generator": 0} if "generator" in settings else {}  # thrown away: take no luck
        self.ordinary.__init__(self, fitting, **{**settings, **drawn})
        own = vars(self)
        own[self.counts] = None
        for name, member in own.items():
            if isinstance(member, Parameter):
                own[name] = UninitializedParameter(True, member.dtype)
            elif isinstance(member, Tensor) and member.shape:
                own[name] = UninitializedBuffer(False, member.dtype)
        self._recipe = settings
        self._generator = settings.get("generator")  # where a rehearsal looks for such

    def count_in_input(self, x: Any) -> int:
        """Tell from an input how many features or channels come.

        Args:
            x: The input.

        Raises:
            ShapeError: If it has the wrong axes.
        """
        raise NotImplementedError

    def count_in_saved(self, shapes: dict[str, tuple[int, ...]]) -> int | None:
        """Tell from saved parameters how many features or channels came; None if they do not.

        Args:
            shapes: The shapes of this layer's saved parameters and buffers, by name.
        """
        raise NotImplementedError

    def ordinary_layer(self, count: int, **other: Any) -> Any:
        """Make the ordinary layer.

        Args:
            count: How many features or channels come.
            other: Settings to be used instead of its own.

        Raises:
            ShapeError: If the groups do not divide them.
        """
        return self.ordinary(count, **{**(self._recipe or {}), **other})

    def become(self, layer: Any) -> None:
        """Take over the size and the parameters of the ordinary layer.

        Args:
            layer: What ``ordinary_layer`` gave.
        """
        for name, theirs in vars(layer).items():
            mine = vars(self).get(name)
            if isinstance(mine, Unsized):
                mine.materialize(theirs.numpy())
        vars(self)[self.counts] = getattr(layer, self.counts)
        del self._recipe, self._generator
        if "ordinary" in vars(type(self)):
            self.__class__ = self.ordinary

    def forward(self, x: Any) -> Any:
        """Learn the size if it is not known yet, and do what the ordinary layer does."""
        ordinary = self.ordinary
        if self._recipe is not None:
            count, noted = self.count_in_input(x), _noted.get()
            if noted is not None:
                noted.append((self, count))
            self.become(self.ordinary_layer(count))
        return ordinary.forward(self, x)

    def extra_repr(self) -> str:
        """The sizes, with a question mark for the one that is not known yet."""
        said: str = self.ordinary.extra_repr(self)
        return said.replace("None", "?", 1) if self._recipe is not None else said


def materialize(module: Module, *inputs: Any) -> None:
    """Give every lazy layer its size by running the model on an example, for show.

    The weights are drawn as the first forward would draw them: in the order in which the layers are
    used. Nothing else changes: no running mean, no other random number, no gradient.

    Args:
        module: The model.
        inputs: What it is called with; arrays, or the shapes of arrays.

    Raises:
        Exception: What the model's forward raises; then no layer has got its size.
    """
    noted: list[tuple[Lazy, int]] = []
    token = _noted.set(noted)
    try:
        with rehearsal(module):
            module.eval()(*example_inputs(module, inputs))
    finally:
        _noted.reset(token)
    for layer, count in noted:
        if layer._recipe is not None:
            layer.become(layer.ordinary_layer(count))
