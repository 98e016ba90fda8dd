"""Sets from elsewhere: scikit-learn's, MNIST's files; whole, cut off, and made to do harm."""

import gzip
import io
import re
import struct
import types
import zipfile

import numpy as np
import pytest

from nn.data import Images, Table, from_sklearn, mnist, read_idx
from nn.saving.errors import SavedFileError


def idx(array, kind=None):
    """The bytes of an IDX file."""
    kinds = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}
    code = kinds[array.dtype.str[1:]] if kind is None else kind
    head = struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "numbers-idx"


# --------------------------------------------------------------------------------------- IDX


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_every_kind_of_number_is_read(file, dtype, pack):
    array = np.arange(-12, 12).astype(dtype).reshape(2, 3, 4)
    file.write_bytes(pack(idx(array)))
    found = read_idx(file)
    np.testing.assert_array_equal(found, array)
    assert found.dtype == np.dtype(dtype)
    assert found.dtype.isnative
    found[0] = 0  # the caller's own


def test_an_empty_array_is_read(file):
    file.write_bytes(idx(np.zeros((0, 28, 28), np.uint8)))
    assert read_idx(file).shape == (0, 28, 28)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_cut_off_anywhere_is_refused(file, pack):
    whole = pack(idx(np.arange(24, dtype=np.int16).reshape(2, 3, 4)))
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(SavedFileError, match="cut off") as caught:
            read_idx(file)
        assert str(file) in str(caught.value)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_that_goes_on_is_refused(file, pack):
    file.write_bytes(pack(idx(np.arange(3, dtype=np.uint8)) + b"\0"))
    with pytest.raises(SavedFileError, match="goes on after its end: shape"):
        read_idx(file)


def test_a_changed_byte_in_a_packed_file_is_refused_or_harmless(file):
    array = np.random.default_rng(0).integers(0, 256, (5, 7)).astype(np.uint8)
    whole = gzip.compress(idx(array))
    refused = 0
    for place in range(len(whole)):
        broken = bytearray(whole)
        broken[place] ^= 0x10
        file.write_bytes(broken)
        try:
            np.testing.assert_array_equal(read_idx(file), array)  # such as the time in its header
        except SavedFileError:
            refused += 1
    assert refused > len(whole) - 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello world", "is no IDX file: it begins with the bytes 68 65 6c 6c, and 00 00"),
        (b"\x80\x04\x95abcdef", "is no IDX file"),  # a pickle
        (b"\0\0\x0a\x01\0\0\0\0", "is no IDX file: it begins with the bytes 00 00 0a 01"),
        (b"\0\0\x08\0\0", "has 0 axes; 1 to 8 are needed"),
        (b"\0\0\x08\x09" + b"\0\0\0\1" * 9 + b"\0", "has 9 axes"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "and the limit is 1073741824: it is damaged, or give"),
        (b"\0\0\x0e\x01\0\0\0\1" + b"\0" * 7, "takes 8 bytes after the header and 7 are there"),
        (b"\x1f\x8bnonsense", "is cut off or damaged"),
    ],
)
def test_other_files_are_named(file, content, said):
    file.write_bytes(content)
    with pytest.raises(SavedFileError, match=re.escape(said)):
        read_idx(file)


def test_a_small_file_cannot_fill_the_memory(file):
    bomb = gzip.compress(idx(np.arange(3, dtype=np.uint8)) + bytes(50_000_000))
    assert len(bomb) < 100_000
    file.write_bytes(bomb)
    with pytest.raises(SavedFileError, match="goes on after its end"):
        read_idx(file)
    file.write_bytes(gzip.compress(struct.pack(">HBBI", 0, 8, 1, 50_000_000) + bytes(50_000_000)))
    with pytest.raises(SavedFileError, match="50000000 bytes, and the limit is 1000000"):
        read_idx(file, limit=1_000_000)


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "nothing")
    with pytest.raises(IsADirectoryError):
        read_idx(tmp_path)


# ------------------------------------------------------------------------------------- MNIST

PICTURES = np.arange(7 * 5 * 4, dtype=np.uint8).reshape(7, 5, 4)
LABELS = np.array([3, 1, 4, 1, 5, 9, 2], np.uint8)


def write_idx(folder, part, spelling="{}-{}-idx{}-ubyte", pack=bytes):
    folder.mkdir(parents=True, exist_ok=True)
    for what, axes, array in (("images", 3, PICTURES), ("labels", 1, LABELS)):
        ending = ".gz" if pack is gzip.compress else ""
        (folder / (spelling.format(part, what, axes) + ending)).write_bytes(pack(idx(array)))


def check(data):
    assert type(data) is Images
    np.testing.assert_array_equal(data.images, PICTURES)
    np.testing.assert_array_equal(data.X, PICTURES.reshape(7, 20))
    assert data.X.dtype == np.uint8
    assert data.y.tolist() == LABELS.tolist()
    assert data.y.dtype == np.int64
    assert np.shares_memory(data.X, data.images)
    assert data.feature_names[5] == "pixel_1_1"
    assert data.target_names == tuple("0123456789")
    assert repr(data) == "<Images mnist: 7 rows, 20 features, 10 classes>"


@pytest.mark.parametrize("below", [".", "raw", "MNIST/raw"])
@pytest.mark.parametrize("spelling", ["{}-{}-idx{}-ubyte", "{}-{}.idx{}-ubyte"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_mnist_from_idx_files(tmp_path, below, spelling, pack):
    write_idx(tmp_path / below, "train", spelling, pack)
    check(mnist(tmp_path))
    with pytest.raises(FileNotFoundError, match="there is no t10k-images-idx3-ubyte"):
        mnist(tmp_path, "test")
    write_idx(tmp_path / below, "t10k", spelling, pack)
    check(mnist(str(tmp_path), "test"))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_mnist_as_keras_has_it(tmp_path, save):
    save(tmp_path / "mnist.npz", x_test=PICTURES, y_test=LABELS)
    check(mnist(tmp_path / "mnist.npz", "test"))
    check(mnist(tmp_path, "test"))
    with pytest.raises(SavedFileError, match="has no x_train and no y_train, but x_test, y_test"):
        mnist(tmp_path)


def test_an_npz_cut_off_anywhere_is_refused(tmp_path):
    place = tmp_path / "mnist.npz"
    np.savez_compressed(place, x_train=PICTURES, y_train=LABELS)
    whole = place.read_bytes()
    for length in range(len(whole)):
        place.write_bytes(whole[:length])
        with pytest.raises(SavedFileError, match="mnist: "):
            mnist(place)


def test_an_npz_with_python_objects_is_refused(tmp_path):
    place = tmp_path / "mnist.npz"
    np.savez(place, x_train=np.array([{}, {}], dtype=object), y_train=LABELS)
    with pytest.raises(SavedFileError, match="Python objects, which are never loaded"):
        mnist(place)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    place = tmp_path / "mnist.npz"
    header = io.BytesIO()
    np.lib.format.write_array(header, np.zeros((0, 28, 28), np.uint8))
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x_train.npy", header.getvalue() + bytes(300_000_000))
    assert place.stat().st_size < 1_000_000
    with pytest.raises(SavedFileError, match="would unpack to"):
        mnist(place)


@pytest.mark.parametrize(
    ("pictures", "labels", "said"),
    [
        (PICTURES, LABELS[:6], "labels of shape (6,); (n, height, width) and (n,) are needed"),
        (PICTURES.reshape(7, 20), LABELS, "hold pictures of shape (7, 20)"),
        (PICTURES, LABELS.reshape(7, 1), "labels of shape (7, 1)"),
        (PICTURES[:0], LABELS[:0], "hold pictures of shape (0, 5, 4)"),
        (PICTURES, LABELS + 1, "labels of uint8 from 2 to 10"),
        (PICTURES, LABELS.astype(float), "labels of float64"),
        (PICTURES, -LABELS.astype(np.int16), "from -9 to -1"),
    ],
)
def test_pictures_and_labels_that_do_not_fit_are_refused(tmp_path, pictures, labels, said):
    np.savez(tmp_path / "mnist.npz", x_train=pictures, y_train=labels)
    with pytest.raises(SavedFileError, match=re.escape(said)):
        mnist(tmp_path)


def test_mnist_says_what_it_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no mnist\.npz in .*nothing is downloaded"):
        mnist(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*: give the folder"):
        mnist(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        mnist(tmp_path / "nowhere.npz")
    with pytest.raises(ValueError, match="part 'tests' is unknown: did you mean 'test'"):
        mnist(tmp_path, "tests")
    write_idx(tmp_path, "train")
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match="there is no train-labels-idx1-ubyte"):
        mnist(tmp_path)


# ------------------------------------------------------------------------------ scikit-learn


def bunch(**fields):
    return types.SimpleNamespace(**fields)


@pytest.mark.parametrize("loader", ["load_wine", "load_digits", "load_breast_cancer"])
def test_classification_sets_of_scikit_learn(loader):
    load = getattr(pytest.importorskip("sklearn.datasets"), loader)
    reference = load()
    for data in (from_sklearn(reference), from_sklearn(load)):
        np.testing.assert_array_equal(data.X, reference.data)
        np.testing.assert_array_equal(data.y, reference.target)
        assert data.target_names == tuple(map(str, reference.target_names))
        assert list(data.feature_names) == list(reference.feature_names)
    assert from_sklearn(load).name == loader.removeprefix("load_")
    if loader == "load_digits":
        np.testing.assert_array_equal(data.images, reference.images)
    data.X[:] = 0
    assert reference.data.max() > 0


def test_a_set_of_numbers_to_predict():
    reference = pytest.importorskip("sklearn.datasets").load_diabetes()
    data = from_sklearn(reference)
    np.testing.assert_array_equal(data.y, reference.target)
    assert data.target_names == ()
    assert repr(data) == "<Table data: 442 rows, 10 features>"
    X, y = pytest.importorskip("sklearn.datasets").make_regression(20, 3)
    assert from_sklearn((X, y)).X.shape == (20, 3)


def test_anything_with_data_and_target_will_do():
    data = from_sklearn(bunch(data=[[1, 2], [3, 4], [5, 6]], target=["cat", "ant", "cat"]))
    assert type(data) is Table
    assert data.y.tolist() == [1, 0, 1]
    assert data.target_names == ("ant", "cat")
    assert data.feature_names == ("x0", "x1")
    numbered = from_sklearn({"data": [[1.0]], "target": [2], "target_names": ["a"]})
    assert numbered.y.tolist() == [2]
    assert numbered.target_names == ("0", "1", "2")
    frame = from_sklearn(bunch(data=np.array([[1, 2.5]], dtype=object), target=[0.5]))
    assert frame.X.tolist() == [[1, 2.5]]
    assert frame.X.dtype == np.float64


@pytest.mark.parametrize(
    ("source", "error", "said"),
    [
        (3, TypeError, "the int that came has no 'data'"),
        (bunch(data=[[1.0]]), TypeError, "has no 'target'"),
        (([[1.0]], [1], [2]), TypeError, "the tuple that came has no 'data'"),
        (([[1.0], [2.0]], [1]), ValueError, "2 rows and 1 targets came"),
        ((np.zeros((0, 2)), []), ValueError, "0 rows and 0 targets came"),
        (([1.0, 2.0], [1, 0]), ValueError, "data of shape (2,) came: (rows, features)"),
        (([["a"]], [1]), TypeError, "data of <U1 came: numbers are needed"),
        ((np.array([["a", 1]], object), [1]), TypeError, "data holds something else than numbers"),
        (([[1.0]], 1), ValueError, "target is a single thing"),
        ((bunch(toarray=None), [1]), TypeError, "sparse matrix: give data.toarray()"),
    ],
)
def test_other_things_are_refused(source, error, said):
    with pytest.raises(error, match=re.escape(said)):
        from_sklearn(source)
