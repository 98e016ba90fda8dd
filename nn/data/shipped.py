"""The two real sets that ship inside the package: 150 irises and 1,797 handwritten digits."""

import gzip
from dataclasses import dataclass
from importlib import resources

import numpy as np

from nn.data.arguments import FloatArray, LabelArray


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """A labelled set: what was measured, what it is, and what the numbers are called.

    Each loader call makes fresh arrays, so writing into them changes nobody else's.

    Attributes:
        name: short name, such as "iris".
        X: measurements, shape (rows, features), float64.
        y: class of each row as a number, shape (rows,), int64.
        feature_names: what each column of ``X`` is.
        target_names: what each number in ``y`` stands for.
        description: where the data come from and under which licence.
    """

    name: str
    X: FloatArray
    y: LabelArray
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    description: str

    def __len__(self) -> int:
        return len(self.y)

    def __repr__(self) -> str:
        rows, features = self.X.shape
        return (
            f"<{type(self).__name__} {self.name}: {rows} rows, {features} features, "
            f"{len(self.target_names)} classes>"
        )


@dataclass(frozen=True, eq=False, repr=False)
class ImageDataset(Dataset):
    """A labelled set whose rows are pictures.

    Attributes:
        images: the rows of ``X`` as pictures, shape (rows, height, width): a view, not a copy.
    """

    images: FloatArray


def iris() -> Dataset:
    """Load 150 irises of three species, four lengths each: the first real set of most courses.

    Setosa is separated by a line from the other two, which overlap a little.

    Returns:
        ``X`` of shape (150, 4) in centimetres, ``y`` of shape (150,): 50 rows of each species.

    Example:
        >>> data = iris()
        >>> data
        <Dataset iris: 150 rows, 4 features, 3 classes>
        >>> data.X[0], data.target_names[data.y[0]]
        (array([5.1, 3.5, 1.4, 0.2]), 'setosa')

    Source:
        R. A. Fisher, "The use of multiple measurements in taxonomic problems", 1936; UCI Machine
        Learning Repository, doi:10.24432/C56C76, CC BY 4.0. See ``nn/data/SOURCES.md``.
    """
    head, *lines = _file("iris.csv").decode("ascii").splitlines()
    rows = [line.split(",") for line in lines]
    species = tuple(dict.fromkeys(row[-1] for row in rows))
    return Dataset(
        name="iris",
        X=np.array([row[:-1] for row in rows], dtype=np.float64),
        y=np.array([species.index(row[-1]) for row in rows], dtype=np.int64),
        feature_names=tuple(head.split(",")[:-1]),
        target_names=species,
        description=(
            "150 irises, 50 of each of three species: length and width of sepal and petal in "
            "centimetres. R. A. Fisher (1936), Iris, UCI Machine Learning Repository, "
            "doi:10.24432/C56C76, CC BY 4.0; two rows as in Fisher's paper, see "
            "nn/data/SOURCES.md."
        ),
    )


def digits() -> ImageDataset:
    """Load 1,797 handwritten digits as pictures of 8x8 pixels.

    Each pixel counts the dark dots in a 4x4 field of the scan: a whole number, 0 (paper) to 16
    (ink). Divide by 16 before training.

    Returns:
        ``X`` of shape (1797, 64), ``images`` of shape (1797, 8, 8), ``y`` of shape (1797,)
        holding 0 .. 9.

    Example:
        >>> data = digits()
        >>> data
        <ImageDataset digits: 1797 rows, 64 features, 10 classes>
        >>> data.images[0].astype(int)
        array([[ 0,  0,  5, 13,  9,  1,  0,  0],
               [ 0,  0, 13, 15, 10, 15,  5,  0],
               [ 0,  3, 15,  2,  0, 11,  8,  0],
               [ 0,  4, 12,  0,  0,  8,  8,  0],
               [ 0,  5,  8,  0,  0,  9,  8,  0],
               [ 0,  4, 11,  0,  1, 12,  7,  0],
               [ 0,  2, 14,  5, 10, 12,  0,  0],
               [ 0,  0,  6, 13, 10,  0,  0,  0]])

    Source:
        E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits" (its test part),
        UCI Machine Learning Repository, doi:10.24432/C50P49, CC BY 4.0. See
        ``nn/data/SOURCES.md``.
    """
    text = gzip.decompress(_file("digits.csv.gz")).decode("ascii")
    table = np.array([line.split(",") for line in text.splitlines()], dtype=np.int64)
    X = table[:, :-1].astype(np.float64)
    return ImageDataset(
        name="digits",
        X=X,
        y=table[:, -1].copy(),
        feature_names=tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
        target_names=tuple("0123456789"),
        description=(
            "1,797 handwritten digits by 13 people as 8x8 pictures, pixels 0 to 16. E. Alpaydin "
            "and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine "
            "Learning Repository, doi:10.24432/C50P49, CC BY 4.0; see nn/data/SOURCES.md."
        ),
        images=X.reshape(-1, 8, 8),
    )


def _file(name: str) -> bytes:
    """Read a file that lies beside this module, also from inside a zip."""
    return resources.files("nn.data").joinpath(name).read_bytes()
