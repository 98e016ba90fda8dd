"""save and load: what goes in comes out, in both formats."""

import sys

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from nn.saving import SavedFileError, save_checkpoint

FORMATS = [".npz", ".safetensors"]


@pytest.fixture(params=FORMATS)
def path(request, tmp_path):
    if request.param == ".safetensors":
        pytest.importorskip("safetensors")
    return tmp_path / f"file{request.param}"


def equal(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


KINDS = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,), (2, 0, 3), (1, 1)])
def test_every_kind_and_shape(path, kind, shape):
    array = np.random.default_rng(0).integers(0, 2, shape).astype(kind)
    nn.save({"x": array}, path)
    loaded = nn.load(path)["x"]
    assert equal(loaded, array)
    assert loaded.flags.writeable
    assert loaded.flags.owndata


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3).T,
        np.arange(12.0)[::-2],
        np.arange(3.0).astype(">f8"),
        np.broadcast_to(np.float64(2.0), (2, 2)),
        np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
    ],
    ids=["transposed", "backwards", "big end first", "broadcast", "special"],
)
def test_however_it_lies_in_memory(path, array):
    nn.save({"x": array}, path)
    assert equal(nn.load(path)["x"], np.array(array, np.float64, order="C"))


def test_what_may_be_saved(path):
    nn.save(
        {"a": Tensor([1.0, 2.0]), "b": Value(3.0), "c": 4, "d": [5.0], "e": np.float32(6)}, path
    )
    loaded = nn.load(path)
    assert {name: array.tolist() for name, array in loaded.items()} == {
        "a": [1.0, 2.0], "b": 3.0, "c": 4, "d": [5.0], "e": 6.0,
    }  # fmt: skip
    assert list(loaded) == list("abcde")  # in the order in which they came
    assert loaded["b"].shape == ()
    assert loaded["b"].dtype == np.float64


def test_nothing_is_something(path):
    nn.save({}, path)
    assert nn.load(path) == {}


def test_names_of_all_languages(path):
    names = ["β.γ", "重み", "with space", "a/b", "a.npy", "glassgrad.json", "x" * 900]
    nn.save({name: np.zeros(1) for name in names}, path)
    assert list(nn.load(path)) == names


@pytest.mark.parametrize(
    "name", ["", "../x", "/etc/passwd", "a/../../b", "a\\b", "a\nb", "a\0", "\ud800", 5, None,
             "x" * 1001, "__metadata__"],
)  # fmt: skip
def test_names_that_are_refused(path, name):
    nn.save({"old": [1.0]}, path)
    with pytest.raises(ValueError, match=r"save: the name .*; give another"):
        nn.save({name: np.zeros(1)}, path)
    assert list(nn.load(path)) == ["old"]


@pytest.mark.parametrize(
    "thing", [object(), "word", None, 1j, np.array(["a"]), np.array([object()]), [[1], [2, 3]],
              np.zeros(2, "M8[s]"), np.zeros(2, "f8,i4"), np.longdouble(1)],
)  # fmt: skip
def test_things_that_are_refused(path, thing):
    if np.asarray(0, np.longdouble).dtype == np.float64 and isinstance(thing, np.longdouble):
        pytest.skip("long doubles are doubles here")
    nn.save({"old": [1.0]}, path)
    with pytest.raises(TypeError, match="save: x "):
        nn.save({"x": thing}, path)
    assert list(nn.load(path)) == ["old"]


def test_the_same_model_gives_the_same_file(tmp_path):
    model = nn.Linear(2, 3)
    nn.save(model, tmp_path / "a.npz")
    nn.save(model, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_numpy_reads_our_npz(tmp_path):
    nn.save({"w": np.eye(2), "n": np.array(3)}, tmp_path / "file.npz")
    with np.load(tmp_path / "file.npz", allow_pickle=False) as read:
        assert read["w"].tolist() == [[1.0, 0.0], [0.0, 1.0]]
        assert read["n"].item() == 3


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_we_read_numpys_npz(tmp_path, write):
    write(tmp_path / "file.npz", w=np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]), n=np.arange(3))
    loaded = nn.load(tmp_path / "file.npz")
    assert loaded["w"].tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert loaded["w"].flags.c_contiguous
    assert loaded["n"].tolist() == [0, 1, 2]


def test_zeros_may_be_packed_small(tmp_path):
    np.savez_compressed(tmp_path / "file.npz", x=np.zeros(1_000_000))
    assert nn.load(tmp_path / "file.npz")["x"].shape == (1_000_000,)


# ------------------------------------------------------------------------------------- models


def models():
    return [
        nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)),
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 2)),
        nn.LSTM(3, 4, num_layers=2, bidirectional=True),
        nn.MLP(2, [3, 1]),
        nn.Neuron(4),
    ]


@pytest.mark.parametrize("which", range(5))
def test_models_come_back(path, which):
    first, second = models()[which], models()[which]
    if which == 1:
        first(Tensor(np.random.default_rng(0).normal(size=(3, 1, 4, 4))))  # moves the statistics
    first.save(path)
    assert second.load(path) is second
    one, other = first.state_dict(), second.state_dict()
    assert list(one) == list(other)
    for name in one:
        assert equal(np.asarray(one[name]), np.asarray(other[name])), name


def test_float32_stays_and_converts(path):
    model = nn.Linear(2, 1).float()
    model.save(path)
    assert nn.load(path)["weight"].dtype == np.float32
    wider = nn.Linear(2, 1).load(path)
    assert wider.weight.dtype == np.float64
    assert wider.weight.tolist() == model.weight.tolist()


class Tied(nn.Module):
    def __init__(self):
        self.embedding = nn.Embedding(5, 3)
        self.head = nn.Linear(3, 5, bias=False)
        self.head.weight = self.embedding.weight


def test_tied_weights_are_written_for_each_name(path):
    model, other = Tied(), Tied()
    model.save(path)
    assert list(nn.load(path)) == ["embedding.weight", "head.weight"]
    other.load(path)
    assert other.head.weight is other.embedding.weight
    assert other.head.weight.tolist() == model.head.weight.tolist()


def test_one_name_of_tied_weights_is_enough(path):
    weight = np.arange(15.0).reshape(5, 3)
    nn.save({"head.weight": weight}, path)
    assert Tied().load(path).embedding.weight.tolist() == weight.tolist()


def test_tied_weights_that_differ_are_refused(path):
    model = Tied()
    before = model.head.weight.tolist()
    nn.save({"head.weight": np.zeros((5, 3)), "embedding.weight": np.ones((5, 3))}, path)
    with pytest.raises(SavedFileError, match="shares its numbers with"):
        model.load(path)
    assert model.head.weight.tolist() == before


def test_all_that_does_not_fit_is_listed(path):
    nn.save({"0.weight": np.zeros((3, 9)), "0.bias": np.zeros(3), "extra": np.zeros(1)}, path)
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    before = {name: array.tolist() for name, array in model.state_dict().items()}
    with pytest.raises(SavedFileError) as error:
        model.load(path)
    message = str(error.value)
    assert str(path) in message
    for part in ("0.weight: shape (3, 9) came; (3, 2) is needed", "missing: 2.weight",
                 "missing: 2.bias", "unknown: extra", "nothing was loaded"):  # fmt: skip
        assert part in message
    assert {name: array.tolist() for name, array in model.state_dict().items()} == before


def test_lazy_layers_take_their_size_from_the_file(path):
    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
    model.save(path)
    lazy = nn.Sequential(nn.LazyLinear(2), nn.Tanh(), nn.LazyLinear(1)).load(path)
    assert lazy(Tensor([[1.0, 2.0, 3.0]])).tolist() == model(Tensor([[1.0, 2.0, 3.0]])).tolist()


def test_layers_without_a_size_are_not_saved(path):
    with pytest.raises(ValueError, match="materialize"):
        nn.Sequential(nn.LazyLinear(2)).save(path)
    assert not path.exists()


def test_not_strict_takes_what_fits(path):
    nn.save({"bias": [7.0], "extra": np.zeros(1)}, path)
    assert nn.Linear(2, 1).load(path, strict=False).bias.tolist() == [7.0]


# ------------------------------------------------------------------------------- bad arguments


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("model.saftensors", "did you mean '.safetensors'"),
        ("model", "suffix '' is unknown"),
        ("model.pt", "pickles, which can run any program"),
        ("model.pkl", "pickles"),
    ],
)
def test_other_suffixes(tmp_path, name, words):
    for action in (lambda: nn.save({"x": 1.0}, tmp_path / name), lambda: nn.load(tmp_path / name)):
        with pytest.raises(ValueError, match=words):
            action()
    assert not list(tmp_path.iterdir())


def test_what_is_no_path_or_model(path):
    with pytest.raises(TypeError, match="save: int came as path"):
        nn.save({"x": 1.0}, 5)
    with pytest.raises(TypeError, match="load: NoneType came as path"):
        nn.load(None)
    with pytest.raises(TypeError, match="save: list came; give a model, or a dict"):
        nn.save([1.0], path)


def test_files_that_cannot_be_read(path, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"load: there is no file .*file"):
        nn.load(path)
    path.mkdir()
    with pytest.raises(IsADirectoryError, match=r"load: .* is a folder"):
        nn.load(path)


def test_a_checkpoint_is_no_model(path):
    save_checkpoint(path, model=nn.Linear(1, 1))
    with pytest.raises(SavedFileError, match=r"is a checkpoint; nn\.saving\.load_checkpoint"):
        nn.load(path)


def test_without_the_library_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"pip install 'glassgrad\[io\]'; or use the suffix .npz"):
        nn.save({"x": 1.0}, tmp_path / "x.safetensors")
    (tmp_path / "x.safetensors").write_bytes(b"")
    with pytest.raises(ImportError, match=r"glassgrad\[io\]"):
        nn.load(tmp_path / "x.safetensors")
