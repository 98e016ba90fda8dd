"""What a model says about points, whether it takes all of them at once or one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Tensor, Value, no_grad
from autograd.restoring import putting_back

PROBED = 7  # points for a first try: a count that no function of two coordinates returns by chance


class Predictor:
    """Calls a model or a function on points, recording nothing.

    Attributes:
        one_by_one: whether it takes one point at a time, which is slow.
    """

    def __init__(self, predict: Any, points: NDArray[np.float64], asked_by: str) -> None:
        """Find out how something can be called.

        Args:
            predict: a model on Tensors or on Values, or a function of points or of one point.
            points: some points, shape (n, 2).
            asked_by: the public function, for error messages.

        Raises:
            TypeError: if it can be called in no way.
        """
        self._asked_by, self._model = asked_by, predict
        if not callable(predict):
            predict = getattr(predict, "predict_proba", getattr(predict, "predict", None))
            if predict is None:
                raise TypeError(
                    f"{asked_by}: predict is a {type(self._model).__name__}; "
                    "needs a model, or a function of an array of points of shape (n, 2)"
                )
        probe = np.resize(points, (PROBED, 2))
        troubles: list[str] = []
        with self._undisturbed():
            for one_by_one, way in self._ways(predict):
                try:
                    _array(way(probe), PROBED)
                except Exception as error:
                    troubles.append(str(error) or type(error).__name__)
                    continue
                self.one_by_one, self._way = one_by_one, way
                return
        raise TypeError(
            f"{asked_by}: predict failed on an array of shape ({PROBED}, 2): {troubles[0]}; "
            f"and on single points: {troubles[-1]}"
        )

    def __call__(self, points: NDArray[np.float64]) -> NDArray[Any]:
        """Call it on points.

        Args:
            points: shape (n, 2).

        Returns:
            What it says: shape (n,), or (n, k) with a column per class.
        """
        with self._undisturbed():
            return _array(self._way(points), len(points))

    def _ways(self, predict: Any) -> Iterator[tuple[bool, Callable[[NDArray[np.float64]], Any]]]:
        """Ways to call it, the likeliest first."""
        parameters = getattr(self._model, "parameters", None)
        listed = list(parameters()) if callable(parameters) else []
        if not any(isinstance(parameter, Value) for parameter in listed[:1]):
            dtype = next((p.dtype for p in listed if isinstance(p, Tensor)), np.dtype(float))
            ways = [(False, lambda points: predict(Tensor(points.astype(dtype)))), (False, predict)]
            yield from ways if listed else reversed(ways)  # a function may not know Tensors
        yield True, lambda points: [predict(point) for point in points.tolist()]
        yield True, lambda points: [predict(point) for point in points]

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """No recording, and every part of a model in eval mode; afterwards all is as it was."""
        modules = getattr(self._model, "modules", None)
        modes = [(m, m.training) for m in modules()] if callable(modules) else []

        def put_back() -> None:
            for module, mode in modes:
                module.training = mode

        with putting_back(put_back), no_grad(), np.errstate(all="ignore"):
            for module, _ in modes:
                module.training = False
            yield


def _array(result: Any, count: int) -> NDArray[Any]:
    """Turn what a model returned into an array with a row per point."""
    array = np.asarray(_numbers(result))
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2) or array.shape[0] != count or array.dtype.kind not in "fiubUS":
        raise TypeError(
            f"predict: shape {array.shape} of {array.dtype} came for {count} points; needs a "
            "number or a "
            "row of numbers for each"
        )
    return array


def _numbers(result: Any) -> Any:
    if isinstance(result, Value):
        return result.data
    if isinstance(result, (list, tuple)):
        return [_numbers(item) for item in result]
    return result.numpy() if hasattr(result, "numpy") else result
