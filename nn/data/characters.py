"""Texts as numbers, one per character, cut into windows to learn from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from autograd import Tensor
from nn.checks.choices import check_name
from nn.checks.whole_numbers import count_of
from nn.data.arguments import finite_number
from nn.init import Generator, generator_of

__all__ = ["CharacterText", "Vocabulary"]

Numbers: TypeAlias = npt.NDArray[np.int64]
PARTS = ("train", "validation")


class Vocabulary:
    """The characters of a text, numbered in their order.

    Args:
        text: A text, or any characters; each counts once.

    Attributes:
        symbols: The characters, sorted.

    Raises:
        TypeError: If something is no single character.
        ValueError: If there is none.

    Example:
        >>> letters = Vocabulary("banana")
        >>> len(letters), letters.encode("nab"), letters.decode([1, 0, 2])
        (3, array([2, 0, 1]), 'ban')
    """

    symbols: tuple[str, ...]

    def __init__(self, text: Iterable[str]) -> None:
        kinds = set(text)
        for symbol in kinds:
            if not isinstance(symbol, str) or len(symbol) != 1:
                raise TypeError(
                    f"Vocabulary: {symbol!r} came as a character: give a text, or single characters"
                )
        if not kinds:
            raise ValueError("Vocabulary: the text is empty: give at least one character")
        self.symbols = tuple(sorted(kinds))
        self._numbers = {symbol: number for number, symbol in enumerate(self.symbols)}

    def __len__(self) -> int:
        return len(self.symbols)

    def __repr__(self) -> str:
        return f"Vocabulary({''.join(self.symbols)!r})"

    def encode(self, text: str) -> Numbers:
        """Give the number of each character.

        Args:
            text: The text.

        Returns:
            Numbers, shape (len(text),).

        Raises:
            TypeError: If it is no text.
            ValueError: If a character is unknown.

        Example:
            >>> Vocabulary("abc").encode("cab")
            array([2, 0, 1])
        """
        if not isinstance(text, str):
            raise TypeError(f"encode: a {type(text).__name__} came: give a text")
        try:
            return np.array([self._numbers[symbol] for symbol in text], dtype=np.int64)
        except KeyError as error:
            unknown = error.args[0]
            raise ValueError(
                f"encode: {unknown!r} (character {text.index(unknown)}) is not among the "
                f"{len(self)} characters of the vocabulary: leave it out, or make the vocabulary "
                "of a text that has it"
            ) from None

    def decode(self, numbers: Any) -> str:
        """Give the characters of numbers, as one text.

        Args:
            numbers: A list, array or Tensor with one axis, or a single number.

        Returns:
            The text.

        Raises:
            TypeError: If they are no whole numbers.
            ValueError: If a number is out of range, or there are more axes.

        Example:
            >>> Vocabulary("abc").decode(Tensor([2, 0, 1]))
            'cab'
        """
        array = np.asarray(numbers.numpy() if isinstance(numbers, Tensor) else numbers)
        if array.ndim > 1:
            raise ValueError(f"decode: shape {array.shape} came: give one row at a time")
        array = array.reshape(-1)
        if array.size and array.dtype.kind not in "iu":
            raise TypeError(f"decode: numbers of {array.dtype} came: whole numbers are needed")
        if array.size and not 0 <= array.min() <= array.max() < len(self):
            raise ValueError(
                f"decode: numbers from {array.min()} to {array.max()} came: the vocabulary has 0 "
                f"to {len(self) - 1}"
            )
        return "".join(self.symbols[number] for number in array.tolist())


class CharacterText:
    r"""A text as numbers: the beginning to learn from, the end to measure on.

    Args:
        text: The text.
        validation_fraction: The share at the end that is put aside, from 0 to below 1.

    Attributes:
        vocabulary: The characters of the whole text.
        train: The numbers of the beginning, shape (n,).
        validation: The numbers of the end.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If the text is empty, or the share not from 0 to below 1.

    Example:
        >>> from nn.data import alice
        >>> text = CharacterText(alice())
        >>> text
        <CharacterText: 148363 characters of 70 kinds, the last 14836 for validation>
        >>> inputs, targets = text.batch(batch_size=2, length=8, generator=0)
        >>> [text.vocabulary.decode(row) for row in (inputs[0], targets[0])]
        ['le.\n\n  `', 'e.\n\n  `A']
    """

    def __init__(self, text: str, validation_fraction: float = 0.1) -> None:
        if not isinstance(text, str):
            raise TypeError(f"CharacterText: a {type(text).__name__} came: give a text")
        share = finite_number("CharacterText", "validation_fraction", validation_fraction, least=0)
        if share >= 1:
            raise ValueError(
                f"CharacterText: validation_fraction is {share:g}: pass a share from 0 to below 1"
            )
        self.vocabulary = Vocabulary(text)
        numbers = self.vocabulary.encode(text)
        learned = len(numbers) - int(len(numbers) * share)
        self.train: Numbers = numbers[:learned]
        self.validation: Numbers = numbers[learned:]

    def __len__(self) -> int:
        return len(self.train) + len(self.validation)

    def __repr__(self) -> str:
        return (
            f"<CharacterText: {len(self)} characters of {len(self.vocabulary)} kinds, "
            f"the last {len(self.validation)} for validation>"
        )

    def windows(
        self, length: int, part: str = "train", stride: int | None = None
    ) -> tuple[Numbers, Numbers]:
        """Cut a part into windows; the targets are the same windows, one character later.

        What is left at the end and makes no whole window is left out. The two arrays are what
        ``fit``, ``batches`` and ``TensorDataset`` take.

        Args:
            length: Characters in a window.
            part: "train" or "validation".
            stride: Characters from one window's start to the next; ``length`` by default, so that
                each character is a target once.

        Returns:
            Inputs and targets, each of shape (windows, length).

        Raises:
            TypeError: If a size is no whole number.
            ValueError: If a size is below 1, or the part shorter than one window.

        Example:
            >>> inputs, targets = CharacterText("abcdefg", 0).windows(3)
            >>> inputs
            array([[0, 1, 2], [3, 4, 5]])
            >>> targets
            array([[1, 2, 3], [4, 5, 6]])
        """
        numbers = self._part("windows", part, length)
        step = length if stride is None else count_of("windows", "stride", stride, least=1)
        starts = np.arange(0, len(numbers) - length, step)
        return self._cut(numbers, starts, length)

    def batch(
        self, batch_size: int, length: int, part: str = "train", generator: Generator = None
    ) -> tuple[Numbers, Numbers]:
        """Draw windows that begin anywhere.

        Args:
            batch_size: How many windows.
            length: Characters in a window.
            part: "train" or "validation".
            generator: The source of randomness, or a seed; by default what ``manual_seed`` set.

        Returns:
            Inputs and targets, each of shape (batch_size, length).

        Raises:
            TypeError: If a size is no whole number.
            ValueError: If a size is below 1, or the part shorter than one window.

        Example:
            >>> inputs, targets = CharacterText("abcdefg", 0).batch(2, 3, generator=0)
            >>> (targets == inputs + 1).all()
            np.True_
        """
        numbers = self._part("batch", part, length)
        count = count_of("batch", "batch_size", batch_size, least=1)
        starts = generator_of(generator).integers(0, len(numbers) - length, count)
        return self._cut(numbers, starts, length)

    def _part(self, asked_by: str, part: str, length: int) -> Numbers:
        check_name(asked_by, "part", part, PARTS)
        count_of(asked_by, "length", length, least=1)
        numbers = self.train if part == "train" else self.validation
        if len(numbers) <= length:
            raise ValueError(
                f"{asked_by}: the part {part!r} has {len(numbers)} characters and a window with "
                f"its targets takes {length + 1}: give a shorter length or a longer text"
            )
        return numbers

    def _cut(self, numbers: Numbers, starts: Any, length: int) -> tuple[Numbers, Numbers]:
        places = starts[:, np.newaxis] + np.arange(length)
        return numbers[places], numbers[places + 1]
