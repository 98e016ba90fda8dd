"""The same training step on another array library, without changing the model's code.

A Tensor keeps any array that speaks NumPy's protocols. You will see: five steps of Adam on 128
digits, once on NumPy's arrays; on Dask's, if installed (in pieces, and computed only when a number
is asked for); on a graphics card, if CuPy finds one; and on a stand-in for a card's arrays that
refuses to become NumPy's or to be mixed with them. The losses are the same, and the weights stay
where they were put. Only `there` and `back` know which library it is. It takes about two seconds.

    python examples/gpu_arrays.py [--quick]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeAlias

import lesson
import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

import nn
from autograd import Tensor, log_softmax

Library: TypeAlias = tuple[Callable[[Any], Any], Callable[[Any], Any]]  # there, and back


class Remote(NDArrayOperatorsMixin):
    """An array that lies elsewhere, as a card's do: it computes there and is never copied here."""

    def __init__(self, array: Any) -> None:
        self.there = np.asarray(array)

    def __array__(self, *args: Any, **settings: Any) -> NoReturn:
        raise TypeError("a remote array is not copied without being asked")

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **settings: Any) -> Any:
        return wrapped(getattr(ufunc, method)(*unwrapped(args), **unwrapped(settings)))

    def __array_function__(self, function: Any, types: Any, args: Any, settings: Any) -> Any:
        return wrapped(function(*unwrapped(args), **unwrapped(settings)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(self.there, name)
        if not callable(found):
            return wrapped(found)
        return lambda *args, **settings: wrapped(found(*unwrapped(args), **unwrapped(settings)))

    def __getitem__(self, index: Any) -> Any:
        return wrapped(self.there[unwrapped(index)])

    def __float__(self) -> float:
        return float(self.there)


def unwrapped(thing: Any) -> Any:
    if isinstance(thing, (tuple, list)):
        return type(thing)(unwrapped(part) for part in thing)
    if isinstance(thing, dict):
        return {name: unwrapped(part) for name, part in thing.items()}
    if isinstance(thing, np.ndarray) and thing.ndim:
        raise TypeError(f"an array of NumPy, shape {thing.shape}, came among remote ones")
    return thing.there if isinstance(thing, Remote) else thing


def wrapped(thing: Any) -> Any:
    return Remote(thing) if isinstance(thing, (np.ndarray, np.generic)) else thing


def libraries() -> dict[str, Library]:
    """How an array gets there and how one comes back, by the library's name."""
    found: dict[str, Library] = {
        "NumPy": (np.array, np.array),
        "a stand-in": (lambda array: Remote(array.copy()), lambda remote: remote.there),
    }
    try:
        import dask.array

        found["Dask"] = (lambda array: dask.array.from_array(array.copy(), 64), np.array)
    except ImportError:
        print("(no Dask here: python -m pip install 'dask[array]')")
    try:
        import cupy

        cupy.cuda.runtime.getDeviceCount()  # raises where there is no graphics card
        found["CuPy"] = (cupy.array, cupy.asnumpy)
    except Exception as reason:
        print(f"(no graphics card through CuPy here: {type(reason).__name__})")
    return found


def train(library: Library, steps: int) -> tuple[list[float], str]:
    """Some steps, and then the losses, and of what kind the weights are."""
    there, back = library
    digits, source = nn.data.digits(), np.random.default_rng(0)
    hidden = nn.Linear(64, 32, generator=source)
    head = nn.Linear(32, 10, generator=source)
    model = nn.Sequential(hidden, nn.LayerNorm(32), nn.GELU(), head)
    for p in model.parameters():
        p.data = there(p.data)
    X, y = Tensor(there(digits.X[:128] / 16)), Tensor(there(nn.data.one_hot(digits.y[:128], 10)))
    optimizer = nn.Adam(model.parameters(), lr=0.01)
    losses = []  # fetched at the end: Dask then computes all steps in one go
    for _ in range(steps):
        loss = -(log_softmax(model(X), axis=1) * y).sum(axis=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    kind = type(hidden.weight.data)
    return back(
        np.stack(losses)
    ).tolist(), f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"


def main(arguments: Sequence[str] | None = None) -> dict[str, tuple[list[float], str]]:
    chosen = lesson.options(__doc__, arguments)
    result: dict[str, tuple[list[float], str]] = {}
    found = libraries()
    columns = lesson.Table("library", "first loss", "last loss", "seconds", "weights now", wide=12)
    for name, library in found.items():
        clock = lesson.Clock()
        losses, kind = result[name] = train(library, 3 if chosen.quick else 5)
        first, last = f"{losses[0]:.7f}", f"{losses[-1]:.7f}"
        columns.row(name, first, last, f"{clock.seconds:.2f}", kind)
    apart = np.ptp([losses for losses, _ in result.values()], axis=0).max()
    print(f"\nthe losses differ by at most {apart:.0e}")
    return result


if __name__ == "__main__":
    main()
