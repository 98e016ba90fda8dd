"""Files that PyTorch's users saved load here, and ours load there: same names, same layouts."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from autograd import Tensor, no_grad
from nn.saving import SavedFileError, load_checkpoint, save_checkpoint

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
library = pytest.importorskip("safetensors.torch", reason="pip install safetensors")
pytestmark = pytest.mark.torch


class OursTied(nn.Module):
    def __init__(self):
        self.embedding = nn.Embedding(7, 4)
        self.head = nn.Linear(4, 7, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x):
        return self.head(self.embedding(x))


class TheirsTied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(7, 4)
        self.head = torch.nn.Linear(4, 7, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x):
        return self.head(self.embedding(x))


def mlp(library):
    return library.Sequential(library.Linear(5, 6), library.Tanh(), library.Linear(6, 2))


def cnn(library):
    return library.Sequential(
        library.Conv2d(2, 3, 3, padding=1), library.BatchNorm2d(3), library.ReLU(),
        library.ConvTranspose2d(3, 2, 2, stride=2), library.MaxPool2d(2), library.Flatten(),
        library.Linear(32, 4), library.BatchNorm1d(4),
    )  # fmt: skip


def lstm(library):
    return library.LSTM(5, 3, num_layers=2, bidirectional=True, batch_first=True)


def gru(library):
    return library.GRU(5, 3, num_layers=2, batch_first=True)


def transformer(library):
    return library.TransformerEncoderLayer(8, 2, dim_feedforward=16, dropout=0.0, batch_first=True)


def norms(library):
    return library.Sequential(library.GroupNorm(2, 4), library.LayerNorm([4, 4]), library.PReLU())


def tied(library):
    return OursTied() if library is nn else TheirsTied()


random = np.random.default_rng(0)
MODELS = {
    "mlp": (mlp, random.normal(size=(3, 5))),
    "cnn": (cnn, random.normal(size=(3, 2, 4, 4))),
    "lstm": (lstm, random.normal(size=(2, 4, 5))),
    "gru": (gru, random.normal(size=(2, 4, 5))),
    "transformer": (transformer, random.normal(size=(2, 4, 8))),
    "norms": (norms, random.normal(size=(2, 4, 4))),
    "tied": (tied, random.integers(0, 7, (3, 4))),
}


def pair(name):
    build, x = MODELS[name]
    return build(nn), build(torch.nn).double(), x


def moved(model, x, theirs):
    """Run a few times in training, so that running statistics and counts are not those of birth."""
    for _ in range(3):
        model(torch.tensor(x) if theirs else Tensor(x))
    return model.eval()


def outputs(model, x):
    if isinstance(model, torch.nn.Module):
        with torch.no_grad():
            y = model.eval()(torch.tensor(x))
        return (y[0] if isinstance(y, tuple) else y).numpy()
    with no_grad():
        y = model.eval()(Tensor(x))
    return (y[0] if isinstance(y, tuple) else y).numpy()


@pytest.mark.parametrize("name", MODELS)
def test_pytorch_reads_ours(tmp_path, name):
    ours, theirs, x = pair(name)
    moved(ours, x, theirs=False)
    ours.save(tmp_path / "model.safetensors")
    state = library.load_file(tmp_path / "model.safetensors")
    assert sorted(state) == sorted(theirs.state_dict())
    for key, tensor in theirs.state_dict().items():
        assert state[key].dtype == tensor.dtype, key
    theirs.load_state_dict(state)
    np.testing.assert_allclose(outputs(theirs, x), outputs(ours, x), rtol=0, atol=1e-12)
    for key, array in ours.state_dict().items():
        assert theirs.state_dict()[key].numpy().tobytes() == array.tobytes()


@pytest.mark.parametrize("name", [name for name in MODELS if name != "tied"])
def test_we_read_what_save_file_wrote(tmp_path, name):
    ours, theirs, x = pair(name)
    moved(theirs, x, theirs=True)
    library.save_file(theirs.state_dict(), tmp_path / "model.safetensors")
    ours.load(tmp_path / "model.safetensors")
    np.testing.assert_allclose(outputs(ours, x), outputs(theirs, x), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_we_read_what_save_model_wrote(tmp_path, name):
    """``save_model`` writes what is shared once, under one of its names."""
    ours, theirs, x = pair(name)
    moved(theirs, x, theirs=True)
    library.save_model(theirs, str(tmp_path / "model.safetensors"))
    ours.load(tmp_path / "model.safetensors")
    np.testing.assert_allclose(outputs(ours, x), outputs(theirs, x), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "tied"])
def test_load_model_reads_ours(tmp_path, name):
    ours, theirs, x = pair(name)
    ours.save(tmp_path / "model.safetensors")
    assert library.load_model(theirs, str(tmp_path / "model.safetensors")) == (set(), [])
    np.testing.assert_allclose(outputs(theirs, x), outputs(ours, x), rtol=0, atol=1e-12)


def test_load_model_reads_our_tied_weights(tmp_path):
    """It counts the second name as unexpected, so it is asked not to be strict."""
    ours, theirs, x = pair("tied")
    ours.save(tmp_path / "model.safetensors")
    missing, unexpected = library.load_model(
        theirs, str(tmp_path / "model.safetensors"), strict=False
    )
    assert not missing
    assert len(unexpected) == 1
    assert theirs.head.weight is theirs.embedding.weight
    np.testing.assert_allclose(outputs(theirs, x), outputs(ours, x), rtol=0, atol=1e-12)


def test_save_file_refuses_tied_weights(tmp_path):
    """Which is why its users write ``save_model``."""
    with pytest.raises(RuntimeError, match="share memory"):
        library.save_file(TheirsTied().state_dict(), tmp_path / "model.safetensors")


@pytest.mark.parametrize("kind", [torch.float32, torch.float16, torch.bfloat16])
def test_smaller_floats_are_read_exactly(tmp_path, kind):
    theirs = mlp(torch.nn).to(kind)
    library.save_file(theirs.state_dict(), tmp_path / "model.safetensors")
    arrays = nn.load(tmp_path / "model.safetensors")
    expected = np.float16 if kind == torch.float16 else np.float32
    assert {array.dtype.type for array in arrays.values()} == {expected}
    ours = mlp(nn).load(tmp_path / "model.safetensors")
    for key, array in ours.state_dict().items():
        assert array.dtype == np.float64
        assert array.tolist() == theirs.state_dict()[key].double().tolist()


def test_every_bfloat16_there_is(tmp_path):
    every = torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16).view(torch.bfloat16)
    library.save_file({"x": every.reshape(2, -1)}, tmp_path / "x.safetensors")
    found = nn.load(tmp_path / "x.safetensors")["x"]
    assert found.shape == (2, 2**15)
    np.testing.assert_array_equal(found.ravel(), every.float().numpy())


@pytest.mark.parametrize(
    "kind",
    ["bool", "uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64", "float16",
     "float32", "float64"],
)  # fmt: skip
def test_every_kind_both_ways(tmp_path, kind):
    theirs = torch.tensor([[0, 1, 1], [1, 0, 1]]).to(getattr(torch, kind))
    library.save_file({"x": theirs, "one": theirs[0, 1].clone()}, tmp_path / "theirs.safetensors")
    ours = nn.load(tmp_path / "theirs.safetensors")
    assert ours["x"].dtype.name == kind
    assert ours["x"].tolist() == theirs.tolist()
    assert ours["one"].shape == ()
    nn.save(ours, tmp_path / "ours.safetensors")
    back = library.load_file(tmp_path / "ours.safetensors")
    assert back["x"].dtype == theirs.dtype
    assert torch.equal(back["x"], theirs)


@pytest.mark.parametrize("kind", [torch.float8_e4m3fn, torch.complex64])
def test_kinds_that_nobody_here_has(tmp_path, kind):
    library.save_file({"x": torch.zeros(2).to(kind)}, tmp_path / "x.safetensors")
    with pytest.raises(SavedFileError, match="x is of the kind"):
        nn.load(tmp_path / "x.safetensors")


def test_counts_and_masks_come_back(tmp_path):
    ours, theirs = nn.BatchNorm1d(2), torch.nn.BatchNorm1d(2).double()
    theirs(torch.ones(3, 2).double()), theirs(torch.zeros(3, 2).double())
    library.save_file(theirs.state_dict(), tmp_path / "model.safetensors")
    ours.load(tmp_path / "model.safetensors")
    assert ours.num_batches_tracked.dtype == np.int64
    assert ours.num_batches_tracked.item() == 2

    class Masked(nn.Module):
        def __init__(self):
            self.register_buffer("mask", np.array([True, False]))

    library.save_file({"mask": torch.tensor([False, True])}, tmp_path / "mask.safetensors")
    assert Masked().load(tmp_path / "mask.safetensors").mask.tolist() == [False, True]


def test_the_metadata_says_what_it_is(tmp_path):
    from safetensors import safe_open

    nn.save(nn.Linear(2, 1), tmp_path / "model.safetensors")
    with safe_open(tmp_path / "model.safetensors", framework="pt") as file:
        metadata = file.metadata()
        assert file.get_slice("weight").get_shape() == [1, 2]
    assert metadata["format"] == "pt"  # some programs load nothing else
    assert '"sha256"' in metadata["glassgrad.json"]


def test_a_strangers_metadata_is_no_trouble(tmp_path):
    library.save_file(
        {"x": torch.ones(2)}, tmp_path / "x.safetensors", metadata={"format": "pt", "author": "x"}
    )
    assert nn.load(tmp_path / "x.safetensors")["x"].tolist() == [1.0, 1.0]


def test_a_checkpoints_model_can_be_taken_out_in_pytorch(tmp_path):
    ours, theirs, x = pair("mlp")
    optimizer = nn.Adam(ours.parameters())
    path = tmp_path / "run.safetensors"
    save_checkpoint(path, model=ours, optimizer=optimizer)
    state = {
        name.removeprefix("model."): tensor
        for name, tensor in library.load_file(path).items()
        if name.startswith("model.")
    }
    theirs.load_state_dict(state)
    np.testing.assert_allclose(outputs(theirs, x), outputs(ours, x), rtol=0, atol=1e-12)
    assert load_checkpoint(path, model=ours, optimizer=optimizer) == {}
