"""What ships inside the package: 150 irises, 1,797 handwritten digits, and a book."""

import gzip
from importlib import resources

import numpy as np

from nn.data.records import Images, Table, images_of


def iris() -> Table:
    """Load 150 irises of three species, four lengths each: the first real set of most courses.

    Setosa is separated by a line from the other two, which overlap a little.

    Returns:
        ``X`` of shape (150, 4) in centimetres, ``y`` of shape (150,): 50 rows of each species.

    Example:
        >>> data = iris()
        >>> data
        <Table iris: 150 rows, 4 features, 3 classes>
        >>> data.X[0], data.target_names[data.y[0]]
        (array([5.1, 3.5, 1.4, 0.2]), 'setosa')

    Source:
        R. A. Fisher, "The use of multiple measurements in taxonomic problems", 1936; UCI Machine
        Learning Repository, doi:10.24432/C56C76, CC BY 4.0. See ``nn/data/SOURCES.md``.
    """
    head, *lines = _file("iris.csv").decode("ascii").splitlines()
    rows = [line.split(",") for line in lines]
    species = tuple(dict.fromkeys(row[-1] for row in rows))
    return Table(
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


def digits() -> Images:
    """Load 1,797 handwritten digits as pictures of 8x8 pixels.

    Each pixel counts the dark dots in a 4x4 field of the scan: a whole number, 0 (paper) to 16
    (ink). Divide by 16 before training.

    Returns:
        ``X`` of shape (1797, 64), ``images`` of shape (1797, 8, 8), ``y`` of shape (1797,)
        holding 0 .. 9.

    Example:
        >>> data = digits()
        >>> data
        <Images digits: 1797 rows, 64 features, 10 classes>
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
    return images_of(
        "digits",
        table[:, :-1].astype(np.float64).reshape(-1, 8, 8),
        table[:, -1].copy(),
        tuple("0123456789"),
        "1,797 handwritten digits by 13 people as 8x8 pictures, pixels 0 to 16. E. Alpaydin and C. "
        "Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning "
        "Repository, doi:10.24432/C50P49, CC BY 4.0; see nn/data/SOURCES.md.",
    )


def alice() -> str:
    """Load "Alice's Adventures in Wonderland" by Lewis Carroll: a text to learn characters from.

    148,363 characters of 70 kinds, plain ASCII, lines of at most 72.

    Returns:
        The text. ``CharacterText(alice())`` makes numbers of it.

    Example:
        >>> text = alice()
        >>> len(text), len(set(text)), text[:32]
        (148363, 70, "ALICE'S ADVENTURES IN WONDERLAND")

    Source:
        Lewis Carroll, 1865; the edition of Project Gutenberg as it stands in the Canterbury corpus
        (``alice29.txt``). In the public domain. See ``nn/data/SOURCES.md``.
    """
    return gzip.decompress(_file("alice.txt.gz")).decode("ascii")


def _file(name: str) -> bytes:
    """Read a file that lies beside this module, also from inside a zip."""
    return resources.files("nn.data").joinpath(name).read_bytes()
