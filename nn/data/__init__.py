"""Data to learn from: generated sets, real ones that ship with the package, and ways to batches.

Sets are plain NumPy and deterministic: whatever draws random numbers takes ``seed``, a whole number
(0 unless said) or a ``numpy.random.Generator``, and the same seed gives the same data. ``Dataset``,
``DataLoader`` and their relatives are PyTorch's, by their names and by their defaults: they take
``generator`` and draw, where none came, from what ``autograd.manual_seed`` set.

Example:
    >>> from nn.data import digits, train_test_split
    >>> data = digits()
    >>> X_train, X_test, y_train, y_test = train_test_split(data.X / 16, data.y)
    >>> X_train.shape, X_test.shape
    ((1437, 64), (360, 64))
"""

from nn.data.augmentation import (
    GaussianNoise,
    RandomHorizontalFlip,
    RandomRotation,
    RandomShift,
    RandomVerticalFlip,
)
from nn.data.characters import CharacterText, Vocabulary
from nn.data.collate import default_collate
from nn.data.dataset import ConcatDataset, Dataset, Subset, TensorDataset
from nn.data.dividing import random_split
from nn.data.generated import blobs, circles, moons, planar_flower, spirals, xor
from nn.data.idx import read_idx
from nn.data.image_transform import Compose, ImageTransform
from nn.data.loader import DataLoader
from nn.data.measured import houses, line
from nn.data.mnist_files import mnist
from nn.data.prepare import batches, one_hot, standardize, train_test_split
from nn.data.records import Images, Table
from nn.data.shipped import alice, digits, iris
from nn.data.sklearn_sets import from_sklearn
from nn.data.transformed import TransformedDataset

__all__ = [
    "CharacterText",
    "Compose",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "GaussianNoise",
    "ImageTransform",
    "Images",
    "RandomHorizontalFlip",
    "RandomRotation",
    "RandomShift",
    "RandomVerticalFlip",
    "Subset",
    "Table",
    "TensorDataset",
    "TransformedDataset",
    "Vocabulary",
    "alice",
    "batches",
    "blobs",
    "circles",
    "default_collate",
    "digits",
    "from_sklearn",
    "houses",
    "iris",
    "line",
    "mnist",
    "moons",
    "one_hot",
    "planar_flower",
    "random_split",
    "read_idx",
    "spirals",
    "standardize",
    "train_test_split",
    "xor",
]
