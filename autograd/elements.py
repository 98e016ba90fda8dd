"""Single places of a Tensor: picked out as Values, or set in a copy."""

from __future__ import annotations

from typing import Any

from autograd.arrays import own_index
from autograd.op import OPS
from autograd.recording import mode
from autograd.tensor_data import TensorData
from autograd.value import Value

__all__ = ["At", "nested_values", "pick"]


class At:
    """Places in a tensor, to set or add to in a copy."""

    def __init__(self, target: Any, index: Any = None) -> None:
        self._target = target
        self._index = index

    def __getitem__(self, index: Any) -> At:
        return At(self._target, own_index(index))

    def set(self, values: Any) -> Any:
        """Copy with these places overwritten.

        Example:
            >>> from autograd import Tensor
            >>> x = Tensor([1.0, 2.0], requires_grad=True)
            >>> y = x.at[0].set(5.0)
            >>> y.sum().backward()
            >>> y.data, x.grad
            (array([5., 2.]), array([0., 1.]))
        """
        return OPS["index_set"](self._target, values, index=self._index)

    def add(self, values: Any) -> Any:
        """Copy with values added at these places; places named twice add up.

        Example:
            >>> from autograd import Tensor
            >>> Tensor([1.0, 2.0]).at[[0, 0]].add(1.0).data
            array([3., 2.])
        """
        return OPS["index_add"](self._target, values, index=self._index)


def nested_values(source: TensorData, index: tuple[int, ...] = ()) -> Any:
    """Take a tensor apart into (nested) lists of Values, from a given place on."""
    if len(index) == len(source.shape):
        return pick(source, index)
    return [nested_values(source, (*index, i)) for i in range(source.shape[len(index)])]


def pick(source: TensorData, index: tuple[int, ...]) -> Value:
    """Take one element of a tensor as a Value, recorded.

    Args:
        source: The tensor.
        index: One whole number per axis.

    Returns:
        The Value.
    """
    if mode.special and (watcher := mode.watcher()) is not None:
        made: Value = watcher.applied(lambda _, *given: pick(*given), OPS["pick"], source, index)
        return made
    value = Value(source._data[index])
    if source._requires_grad and mode.recording():
        value.op = OPS["pick"].with_settings({"index": index})
        value.right = ((source,),)
        value.right_slope = ((1.0,),)
    return value
