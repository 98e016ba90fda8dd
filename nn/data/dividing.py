"""Divide a dataset by lot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nn.checks.whole_numbers import count_of
from nn.data.arguments import finite_number
from nn.data.dataset import Subset, must_be_dataset
from nn.init import Generator, generator_of

__all__ = ["random_split"]


def random_split(
    dataset: Any, lengths: Sequence[float], generator: Generator = None
) -> list[Subset]:
    """Divide a dataset by lot into parts that do not overlap.

    Args:
        dataset: Anything with a length and numbered examples.
        lengths: The parts' sizes: whole numbers that sum to the dataset's length, or shares that
            sum to 1. Shares are rounded down, and what is left goes to the first parts, one each.
        generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

    Returns:
        A ``Subset`` for each length.

    Raises:
        TypeError: If something else than a dataset or than numbers came.
        ValueError: If the lengths do not add up.

    Example:
        >>> train, test = random_split(range(10), [0.8, 0.2], generator=0)
        >>> len(train), sorted([*train, *test]) == list(range(10))
        (8, True)
    """
    must_be_dataset("random_split", dataset)
    sizes = _sizes([*lengths], len(dataset))
    order = generator_of(generator).permutation(len(dataset)).tolist()
    parts, start = [], 0
    for size in sizes:
        parts.append(Subset(dataset, order[start : start + size]))
        start += size
    return parts


def _sizes(lengths: list[Any], rows: int) -> list[int]:
    if not lengths:
        raise ValueError("random_split: no lengths came: give sizes, or shares such as [0.8, 0.2]")
    if any(isinstance(length, float) for length in lengths):
        shares = [finite_number("random_split", "a share", each, least=0) for each in lengths]
        if not math.isclose(sum(shares), 1, abs_tol=1e-6):
            raise ValueError(
                f"random_split: the shares {lengths} sum to {sum(shares):g}: they must sum to 1"
            )
        # the small number keeps 0.7 * 10 = 7 also where it comes out as 6.999999999999999
        sizes = [math.floor(rows * share + 1e-9) for share in shares]
        left = rows - sum(sizes)
        return [size + (number < left) for number, size in enumerate(sizes)]
    sizes = [count_of("random_split", "a length", each, least=0) for each in lengths]
    if sum(sizes) != rows:
        raise ValueError(
            f"random_split: the lengths {sizes} sum to {sum(sizes)} and the dataset has {rows} "
            "examples: give lengths that sum to it, or shares that sum to 1"
        )
    return sizes
