"""The methods of every module that give it a size, another kind of number or granularity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from autograd import Tensor
from autograd.conversions import wanted_kind
from nn.checks.numbers import float_kind
from nn.modules.lazy import materialize

if TYPE_CHECKING:
    from nn.modules.module import Module

__all__ = ["Convertible"]

_Model = TypeVar("_Model", bound="Convertible")


class Convertible:
    """Something with modules inside."""

    def materialize(self: _Model, *inputs: Any) -> _Model:
        """Give lazy layers their size by an example, before an optimizer is made.

        The model runs once, for show: nothing changes but the lazy layers.

        Args:
            inputs: What the model is called with: arrays, or only their shapes.

        Returns:
            This module.

        Raises:
            Exception: What the model's forward raises; then no layer has got its size.

        Example:
            >>> from nn import LazyLinear, ReLU, Sequential
            >>> model = Sequential(LazyLinear(4), ReLU(), LazyLinear(2)).materialize((1, 3))
            >>> model[0], model[2]
            (Linear(3 -> 4), Linear(4 -> 2))
        """
        materialize(cast("Module", self), *inputs)
        return self

    def to_values(self, *, fused: bool = True) -> Any:
        """Make the same model on Values, where every number is a node; see ``nn.to_values``.

        Args:
            fused: Whether a weighted sum is one node; False makes each product and sum its own.

        Returns:
            A new model with copies of the numbers; it takes one example.

        Raises:
            TypeError: If a module has no form on Values; it is named.

        Example:
            >>> from nn import Linear
            >>> Linear(2, 1).to_values()
            Layer(2 -> 1, linear)
        """
        from nn.granularity import to_values  # knows the layers, which are modules themselves

        return to_values(cast("Module", self), fused=fused)

    def to_tensor(self) -> Any:
        """Make the same model on Tensors, which takes a whole batch; see ``nn.to_tensor``.

        Returns:
            A new model with copies of the numbers.

        Raises:
            TypeError: If a module has no form on Tensors; it is named.

        Example:
            >>> from nn import Layer
            >>> Layer(2, 3, activation="linear").to_tensor()
            Linear(2 -> 3)
        """
        from nn.granularity import to_tensor  # knows the layers, which are modules themselves

        return to_tensor(cast("Module", self))

    def to(self: _Model, *args: Any, **settings: Any) -> _Model:
        """Change the kind of number; a device, of which there is one, changes nothing.

        Args:
            args: A dtype, or a device such as "cpu".
            settings: ``dtype=``, ``device=``, ``non_blocking=``.

        Returns:
            This module.

        Raises:
            ValueError: If the device is not the CPU.
            TypeError: If a setting is unknown, or the dtype no kind of float.
        """
        kind = wanted_kind(args, settings)
        if kind is None:
            return self
        for _, node in cast("Module", self).named_nodes():
            if isinstance(node, Tensor) and node.op is None and node.dtype.kind == "f":
                node.retype_(float_kind("to", kind))
        return self

    def float(self: _Model) -> _Model:
        """Make every number a float32."""
        return self.to(np.float32)

    def double(self: _Model) -> _Model:
        """Make every number a float64."""
        return self.to(np.float64)

    def half(self: _Model) -> _Model:
        """Make every number a float16."""
        return self.to(np.float16)

    def cpu(self: _Model) -> _Model:
        """Do nothing: there is no other device."""
        return self

    def cuda(self: _Model, device: Any = None) -> _Model:
        """Refuse: there is no GPU.

        Raises:
            ValueError: Always.
        """
        return self.to("cuda")
