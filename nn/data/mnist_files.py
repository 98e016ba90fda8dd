"""MNIST and its relatives, from files that are there already; nothing is downloaded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nn.checks.choices import check_name
from nn.data.idx import read_idx
from nn.data.records import Images, images_of

__all__ = ["mnist"]

PARTS = {"train": "train", "test": "t10k"}
_SPELLINGS = ("{}-{}-idx{}-ubyte", "{}-{}.idx{}-ubyte")
_BELOW = (".", "raw", "MNIST/raw", "FashionMNIST/raw", "KMNIST/raw")  # as torchvision puts them


def mnist(path: str | os.PathLike[str], part: str = "train") -> Images:
    """Read handwritten digits, or what comes in the same form, from a local folder or file.

    A folder holds the four IDX files (``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``,
    ``t10k-...``), each plain or ``.gz``, there or where torchvision puts them (``MNIST/raw``); or
    ``mnist.npz``. A file is an ``.npz`` as Keras has it, with ``x_train``, ``y_train``, ``x_test``
    and ``y_test``.

    Args:
        path: The folder, or the ``.npz`` file.
        part: "train" or "test".

    Returns:
        ``X`` of shape (n, 784) and ``images`` of shape (n, 28, 28) as they are stored, whole
        numbers 0 (paper) to 255 (ink): divide by 255 before training. ``y`` of shape (n,), int64.

    Raises:
        FileNotFoundError: If there are no such files; it says which were looked for.
        SavedFileError: If a file is damaged, or holds something else; it is a ``ValueError``.
        ValueError: If ``part`` is unknown.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     pictures, labels = np.zeros((5, 28, 28), np.uint8), np.arange(5)
        ...     np.savez(f"{folder}/mnist.npz", x_test=pictures, y_test=labels)
        ...     mnist(folder, "test")
        <Images mnist: 5 rows, 784 features, 10 classes>

    Source:
        Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
        recognition", Proceedings of the IEEE 86, 1998.
    """
    check_name("mnist", "part", part, PARTS)
    place = Path(path)
    if place.suffix.lower() == ".npz" and not place.is_dir():
        return _from_npz(place, part)
    if not place.is_dir():
        raise FileNotFoundError(
            f"mnist: there is no folder {place}: give the folder with the files, or an .npz file"
        )
    images, labels = (_find(place, PARTS[part], what) for what in (("images", 3), ("labels", 1)))
    if images and labels:
        where = f"{images.name} and {labels.name}"
        return _checked(where, read_idx(images), read_idx(labels), str(images.parent))
    if (place / "mnist.npz").is_file():
        return _from_npz(place / "mnist.npz", part)
    missing = "labels-idx1" if images else "images-idx3"
    raise FileNotFoundError(
        f"mnist: there is no {PARTS[part]}-{missing}-ubyte, plain or .gz, and no mnist.npz in "
        f"{place}: put the files there; nothing is downloaded"
    )


def _find(folder: Path, part: str, what: tuple[str, int]) -> Path | None:
    for below in _BELOW:
        for spelling in _SPELLINGS:
            for ending in ("", ".gz"):
                file = folder / below / (spelling.format(part, *what) + ending)
                if file.is_file():
                    return file
    return None


def _from_npz(file: Path, part: str) -> Images:
    from nn.saving.container import read_contents  # here, because nn.saving comes after nn.data
    from nn.saving.errors import SavedFileError

    arrays = read_contents("mnist", file).arrays
    missing = [name for name in (f"x_{part}", f"y_{part}") if name not in arrays]
    if missing:
        raise SavedFileError(
            f"mnist: {file} has no {' and no '.join(missing)}, but "
            f"{', '.join(arrays) or 'nothing'}; give the mnist.npz of Keras"
        )
    return _checked(file.name, arrays[f"x_{part}"], arrays[f"y_{part}"], str(file))


def _checked(where: str, pictures: npt.NDArray[Any], y: npt.NDArray[Any], source: str) -> Images:
    from nn.saving.errors import SavedFileError

    if pictures.ndim != 3 or y.ndim != 1 or len(pictures) != len(y) or not pictures.size:
        raise SavedFileError(
            f"mnist: {where} hold pictures of shape {pictures.shape} and labels of shape "
            f"{y.shape}; (n, height, width) and (n,) are needed"
        )
    if pictures.dtype.kind not in "fiu" or y.dtype.kind not in "iu" or y.min() < 0 or y.max() > 9:
        raise SavedFileError(
            f"mnist: {where} hold pictures of {pictures.dtype} and labels of {y.dtype} from "
            f"{y.min()} to {y.max()}; numbers, and whole numbers from 0 to 9, are needed"
        )
    names = tuple("0123456789")
    return images_of("mnist", pictures, y.astype(np.int64), names, f"Read from {source}.")
