"""Data to learn from: generated point sets, two real sets that ship with the package, and splits.

Everything here is plain NumPy and deterministic: whatever draws random numbers takes ``seed``, a
whole number (0 unless said) or a ``numpy.random.Generator``, and the same seed gives the same data.

Example:
    >>> from nn.data import digits, train_test_split
    >>> data = digits()
    >>> X_train, X_test, y_train, y_test = train_test_split(data.X / 16, data.y)
    >>> X_train.shape, X_test.shape
    ((1437, 64), (360, 64))
"""

from nn.data.generated import blobs, circles, moons, planar_flower, spirals, xor
from nn.data.prepare import batches, one_hot, standardize, train_test_split
from nn.data.shipped import Dataset, ImageDataset, digits, iris

__all__ = [
    "Dataset",
    "ImageDataset",
    "batches",
    "blobs",
    "circles",
    "digits",
    "iris",
    "moons",
    "one_hot",
    "planar_flower",
    "spirals",
    "standardize",
    "train_test_split",
    "xor",
]
