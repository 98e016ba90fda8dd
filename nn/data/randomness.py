"""The sources of randomness that a dataset holds: find them, and put them back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nn.data.dataset import Dataset
from nn.data.image_transform import ImageTransform

__all__ = ["generators_in", "restore_generators"]


def generators_in(thing: Any, place: str) -> dict[str, np.random.Generator]:
    """Find the generators in a dataset, in its datasets and transforms, each once.

    Args:
        thing: A dataset, a transform, or a list of them.
        place: The name of its place.

    Returns:
        Generators by where they are, such as "dataset.transform.generator".

    Example:
        >>> from nn.data import Compose, GaussianNoise, RandomShift
        >>> list(generators_in(Compose([RandomShift(1), GaussianNoise(0.1)]), "both"))
        ['both.transforms.0.generator', 'both.transforms.1.generator']
    """
    return dict(_walk(thing, place, set()))


def _walk(thing: Any, place: str, seen: set[int]) -> Iterator[tuple[str, np.random.Generator]]:
    if id(thing) in seen:
        return
    if isinstance(thing, np.random.Generator):
        seen.add(id(thing))
        yield place, thing
    elif isinstance(thing, (Dataset, ImageTransform)):
        seen.add(id(thing))
        for name, part in vars(thing).items():
            yield from _walk(part, f"{place}.{name}", seen)
    elif isinstance(thing, (list, tuple)):
        for number, part in enumerate(thing):  # not a list of examples, which would take long
            if isinstance(part, (Dataset, ImageTransform, np.random.Generator)):
                yield from _walk(part, f"{place}.{number}", seen)


def restore_generators(
    asked_by: str, generators: Mapping[str, np.random.Generator], state: Any
) -> None:
    """Put generators into states that were noted: all of them, or none.

    Args:
        asked_by: The method that asks, for the error.
        generators: They, by name.
        state: The state of each, by the same names.

    Raises:
        TypeError: If ``state`` is no dict.
        ValueError: If a name is missing or too many, or a state does not fit its generator.

    Example:
        >>> source = np.random.default_rng(0)
        >>> noted = source.bit_generator.state
        >>> before = source.random()
        >>> restore_generators("here", {"order": source}, {"order": noted})
        >>> source.random() == before
        True
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"{asked_by}: a {type(state).__name__} came: give what state_dict() gave")
    missing = [name for name in generators if name not in state]
    extra = [str(name) for name in state if name not in generators]
    troubles = [f"{name} is missing" for name in missing] + [f"{name} is unknown" for name in extra]
    if troubles:
        raise ValueError(
            f"{asked_by}: {', '.join(troubles)}: give what state_dict() of a loader like this gave"
        )
    for name, source in generators.items():
        trial = type(source.bit_generator)()
        try:
            trial.state = state[name]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(
                f"{asked_by}: the state of {name} does not fit a {type(trial).__name__}; give one "
                f"that such a generator gave ({error})"
            ) from error
    for name, source in generators.items():
        source.bit_generator.state = state[name]
