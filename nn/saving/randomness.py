"""Sources of randomness: what they are about to say, taken down and put back."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograd.creation import default_generator
from nn.modules.module import Module

__all__ = ["Source", "sources_of", "state_of"]

_PLACES = {"pos": 624, "buffer_pos": 4}  # how far Mersenne Twister and Philox have read


class Source:
    """One source of randomness.

    Args:
        thing: A NumPy generator (of any bit generator), NumPy's older RandomState, or a
            ``random.Random``; or the modules ``numpy.random`` or ``random`` for the global ones.

    Example:
        >>> generator = np.random.Generator(np.random.Philox(3))
        >>> source = Source(generator)
        >>> before = source.state()
        >>> first = generator.random()
        >>> source.restore(before)
        >>> generator.random() == first
        True
    """

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def state(self) -> Any:
        """Take down the state, as plain data and arrays."""
        thing = self.thing
        if isinstance(thing, np.random.Generator):
            return thing.bit_generator.state
        if isinstance(thing, np.random.RandomState) or thing is np.random:
            return thing.get_state(legacy=False)
        return thing.getstate()

    def restore(self, state: Any) -> None:
        """Put a state back.

        Args:
            state: What ``state`` gave.

        Raises:
            ValueError: If it is no state of such a source, which is as it was then.
        """
        thing = self.thing
        if not isinstance(thing, random.Random) and thing is not random:
            _check_alike(state, self.state())
        if isinstance(thing, np.random.Generator):
            thing.bit_generator.state = state
        elif isinstance(thing, np.random.RandomState) or thing is np.random:
            thing.set_state(state)
        else:
            thing.setstate(state)


def sources_of(module: Module, named: Mapping[str, Any]) -> dict[str, Source]:
    """Find every source that a training may draw from.

    Args:
        module: The model; generators among its parts' attributes count, also in lists and dicts.
        named: Others, such as that of the data's order.

    Returns:
        The sources by name: autograd's default one, NumPy's and Python's global ones, the model's
        by path, and the others.

    Raises:
        TypeError: If one of the others is no source.

    Example:
        >>> from nn import Dropout, Sequential
        >>> model = Sequential(Dropout(0.5, generator=np.random.default_rng(0)))
        >>> list(sources_of(model, {"order": np.random.default_rng(1)}))
        ['autograd', 'numpy', 'python', 'model 0.generator', 'given order']
    """
    found = {
        "autograd": Source(default_generator()),
        "numpy": Source(np.random),
        "python": Source(random),
    }
    for path, part in module.named_modules():
        for name, thing in _inside(path, vars(part)):
            found[f"model {name}"] = Source(thing)
    for name, thing in named.items():
        if not _is_source(thing):
            raise TypeError(
                f"generators: {type(thing).__name__} came as {name!r}; "
                "give a numpy.random.Generator"
            )
        found[f"given {name}"] = Source(thing)
    return found


def state_of(sources: Mapping[str, Source]) -> dict[str, Any]:
    """Take down the states of all sources."""
    return {name: source.state() for name, source in sources.items()}


def _check_alike(came: Any, own: Any, name: str = "state") -> None:
    """Compare with a state that is right: NumPy itself would believe a place outside its array."""
    if isinstance(own, dict):
        if isinstance(came, dict) and "bit_generator" in own:
            _check_alike(came.get("bit_generator"), own["bit_generator"], "bit_generator")
        if not isinstance(came, dict) or set(came) != set(own):
            raise ValueError(f"{name}: other parts came; needs {', '.join(own)}")
        for key in own:
            _check_alike(came[key], own[key], key)
    elif isinstance(own, np.ndarray):
        if not isinstance(came, np.ndarray) or (came.shape, came.dtype) != (own.shape, own.dtype):
            raise ValueError(
                f"{name}: something else came; needs an array of {own.shape}, {own.dtype}"
            )
    elif isinstance(own, str):
        if came != own:
            raise ValueError(f"{name}: {came!r} came; the generator here is {own}")
    elif isinstance(came, bool) or not isinstance(came, (int, float)):
        raise ValueError(f"{name}: {came!r} came; needs a number")
    elif name in _PLACES and not 0 <= came <= _PLACES[name]:
        raise ValueError(f"{name}: {came!r} came; needs 0 to {_PLACES[name]}")


def _is_source(thing: Any) -> bool:
    return isinstance(thing, (np.random.Generator, np.random.RandomState, random.Random))


def _inside(path: str, thing: Any) -> Iterator[tuple[str, Any]]:
    """The sources in an attribute; modules inside are walked on their own."""
    if _is_source(thing):
        yield path, thing
    elif isinstance(thing, dict):
        for key, item in thing.items():
            yield from _inside(f"{path}.{key}" if path else str(key), item)
    elif isinstance(thing, (list, tuple)):
        for i, item in enumerate(thing):
            yield from _inside(f"{path}.{i}", item)
