"""Sequences of different lengths in one array: filled up at the end, or packed without gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd import OPS, ShapeError, Tensor, full, stack, swapaxes, tensor
from nn.checks.numbers import node_of

__all__ = [
    "PackedSequence",
    "lengths_of",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
]


class PackedSequence(NamedTuple):
    """Sequences without their gaps: all first steps, then all second steps, and so on.

    Attributes:
        data: Shape (sum of the lengths, *features); the longest sequence comes first.
        batch_sizes: How many sequences have a first step, a second step, and so on.
        sorted_indices: The sequences' places in the batch, the longest first.
        unsorted_indices: The way back.
    """

    data: Any
    batch_sizes: Tensor
    sorted_indices: Tensor | None = None
    unsorted_indices: Tensor | None = None


def pad_sequence(
    sequences: Sequence[Any], batch_first: bool = False, padding_value: float = 0.0
) -> Any:
    """Put sequences of different lengths into one array, filled up at the end.

    Args:
        sequences: Tensors, arrays or lists of shape (length, *features).
        batch_first: Whether the result is (batch, steps, ...) and not (steps, batch, ...).
        padding_value: What to fill up with.

    Returns:
        Shape (longest, batch, *features), or (batch, longest, *features).

    Raises:
        ShapeError: If no sequence came, or the features differ.

    Example:
        >>> a = Tensor([1.0, 2.0], requires_grad=True)
        >>> y = pad_sequence([a, Tensor([3.0])], batch_first=True)
        >>> (y * y).sum().backward()
        >>> y.tolist(), a.grad
        ([[1.0, 2.0], [3.0, 0.0]], array([2., 4.]))
    """
    if not isinstance(sequences, Iterable):
        raise TypeError(f"pad_sequence: {type(sequences).__name__} came; sequences are needed")
    parts = [node_of("pad_sequence", part) for part in sequences]
    if not parts or any(not part.shape or part.shape[1:] != parts[0].shape[1:] for part in parts):
        raise ShapeError(
            f"pad_sequence: sequences of the shapes {[p.shape for p in parts]} came; needs at "
            "least one, each (length, *features) with the same features"
        )
    longest = max(part.shape[0] for part in parts)
    filled = [
        OPS["pad"](
            part,
            pad_width=((0, longest - part.shape[0]), *((0, 0),) * (part.ndim - 1)),
            constant_values=padding_value,
        )
        for part in parts
    ]
    return stack(filled, axis=0 if batch_first else 1)


def pack_padded_sequence(
    input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Leave out what only fills up.

    Args:
        input: Shape (steps, batch, *features), or (batch, steps, ...) with ``batch_first``.
        lengths: How many steps of each sequence are real, at least 1.
        batch_first: Which axis is the batch.
        enforce_sorted: Whether the longest sequence must come first.

    Returns:
        The packed sequences, which ``RNN``, ``LSTM`` and ``GRU`` take.

    Raises:
        ShapeError: If the lengths do not fit the input.
        ValueError: If the lengths do not fall although they must.

    Example:
        >>> x = Tensor([[1.0, 2.0, 3.0], [4.0, 0.0, 0.0]])
        >>> packed = pack_padded_sequence(x, [3, 1], batch_first=True)
        >>> packed.data.tolist(), packed.batch_sizes.tolist()
        ([1.0, 4.0, 2.0, 3.0], [2, 1, 1])
    """
    x = node_of("pack_padded_sequence", input)
    if x.ndim < 2:
        raise ShapeError(
            f"pack_padded_sequence: an input of shape {x.shape} came; needs steps and batch"
        )
    batch, steps = (x.shape[0], x.shape[1]) if batch_first else (x.shape[1], x.shape[0])
    counts = lengths_of("pack_padded_sequence", lengths, batch, steps, least=1)
    order = np.argsort(-counts, kind="stable")
    if enforce_sorted and (np.diff(counts) > 0).any():
        raise ValueError(
            f"pack_padded_sequence: lengths {counts.tolist()} came; they must fall, the longest "
            "first: sort the batch, or give enforce_sorted=False"
        )
    times, columns = _places(counts[order])
    rows = order[columns]
    return PackedSequence(
        x[(rows, times) if batch_first else (times, rows)],
        tensor(np.bincount(times)),
        None if enforce_sorted else tensor(order),
        None if enforce_sorted else tensor(np.argsort(order)),
    )


def pack_sequence(sequences: Sequence[Any], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences of shape (length, *features); see ``pack_padded_sequence``."""
    lengths = [len(part) for part in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Any, Tensor]:
    """Undo ``pack_padded_sequence``.

    Args:
        sequence: What was packed.
        batch_first: Whether the result is (batch, steps, ...) and not (steps, batch, ...).
        padding_value: What to fill up with.
        total_length: How many steps the result has; as many as the longest sequence by default.

    Returns:
        The padded array, and the lengths, in the order of the batch before packing.

    Raises:
        ValueError: If a sequence is longer than ``total_length``.

    Example:
        >>> packed = pack_sequence([[1.0, 2.0, 3.0], [4.0]])
        >>> x, lengths = pad_packed_sequence(packed, batch_first=True)
        >>> x.tolist(), lengths.tolist()
        ([[1.0, 2.0, 3.0], [4.0, 0.0, 0.0]], [3, 1])
    """
    if not isinstance(sequence, PackedSequence):
        raise TypeError(
            f"pad_packed_sequence: {type(sequence).__name__} came; needs what pack_padded_sequence "
            "gave"
        )
    sizes = np.asarray(sequence.batch_sizes)
    counts = (sizes[:, None] > np.arange(sizes[0])).sum(axis=0)  # the longest first
    steps = len(sizes) if total_length is None else total_length
    if steps < len(sizes):
        raise ValueError(
            f"pad_packed_sequence: total_length={total_length} came; needs at least {len(sizes)} "
            "steps, for the longest sequence"
        )
    back = np.arange(len(counts))
    order = back if sequence.sorted_indices is None else np.asarray(sequence.sorted_indices)
    times, columns = _places(counts)
    empty = full((steps, len(counts), *sequence.data.shape[1:]), padding_value, sequence.data.dtype)
    padded = OPS["index_set"](empty, sequence.data, index=(times, order[columns]))
    lengths = np.zeros(len(counts), np.int64)
    lengths[order] = counts
    return (swapaxes(padded, 0, 1) if batch_first else padded), tensor(lengths)


def lengths_of(asked_by: str, lengths: Any, batch: int, steps: int, least: int = 0) -> Any:
    """Give the lengths of a batch's sequences as an array.

    Args:
        asked_by: The function or layer, for the error.
        lengths: A whole number for each sequence.
        batch: How many sequences there are.
        steps: The greatest length there is room for.
        least: The smallest length.

    Returns:
        Whole numbers, shape (batch,).

    Raises:
        ShapeError: If there are too few or too many, or one does not fit.
        TypeError: If they are no whole numbers.
    """
    counts = np.asarray(lengths)
    if counts.dtype.kind not in "iu" and counts.size:
        raise TypeError(f"{asked_by}: lengths of {counts.dtype} came; whole numbers are needed")
    if counts.shape != (batch,) or (batch and (counts.min() < least or counts.max() > steps)):
        raise ShapeError(
            f"{asked_by}: lengths {counts.tolist()} came; {batch} whole numbers from {least} to "
            f"{steps} are needed"
        )
    return counts.astype(np.int64)


def _places(counts: Any) -> tuple[Any, Any]:
    """The steps and sequences that exist, all first steps before all second ones."""
    times, columns = np.nonzero(np.arange(max(counts, default=0))[:, None] < counts)
    return times, columns
