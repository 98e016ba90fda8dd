"""Names, order and shapes of what every layer saves, beside PyTorch's."""

import numpy as np
import pytest

import nn
from autograd import Tensor

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning"),
    pytest.mark.filterwarnings("ignore:Lazy modules:UserWarning"),
]

LAYERS = [
    ("Linear", (3, 5), {}),
    ("Linear", (3, 5), {"bias": False}),
    ("Bilinear", (3, 4, 5), {}),
    ("Bilinear", (3, 4, 5), {"bias": False}),
    ("Conv1d", (4, 6, 3), {"groups": 2}),
    ("Conv2d", (4, 6, (3, 2)), {}),
    ("Conv2d", (4, 6, 3), {"bias": False, "groups": 2}),
    ("ConvTranspose1d", (4, 6, 3), {"groups": 2}),
    ("ConvTranspose2d", (4, 6, (3, 2)), {}),
    ("BatchNorm1d", (4,), {}),
    ("BatchNorm2d", (4,), {"affine": False}),
    ("BatchNorm2d", (4,), {"track_running_stats": False}),
    ("LayerNorm", ((3, 4),), {}),
    ("LayerNorm", (4,), {"bias": False}),
    ("LayerNorm", (4,), {"elementwise_affine": False}),
    ("GroupNorm", (2, 4), {}),
    ("GroupNorm", (2, 4), {"affine": False}),
    ("RMSNorm", (4,), {}),
    ("Embedding", (10, 4), {"padding_idx": 0}),
    ("PReLU", (3,), {}),
    ("RNN", (3, 4), {}),
    ("RNN", (3, 4), {"num_layers": 2, "bidirectional": True, "nonlinearity": "relu"}),
    ("LSTM", (3, 4), {}),
    ("LSTM", (3, 4), {"num_layers": 3, "bidirectional": True}),
    ("LSTM", (3, 4), {"num_layers": 2, "bias": False}),
    ("GRU", (3, 4), {"num_layers": 2, "bidirectional": True}),
    ("RNNCell", (3, 4), {}),
    ("LSTMCell", (3, 4), {}),
    ("GRUCell", (3, 4), {"bias": False}),
    ("MultiheadAttention", (6, 2), {}),
    ("MultiheadAttention", (6, 2), {"bias": False}),
    ("MultiheadAttention", (6, 2), {"kdim": 5, "vdim": 4}),
    ("TransformerEncoderLayer", (6, 2, 8), {}),
    ("ReLU", (), {}),
    ("MaxPool2d", (2,), {}),
    ("Dropout", (), {}),
]


def encoder(library):
    layer = library.TransformerEncoderLayer(6, 2, 8, batch_first=True)
    return library.TransformerEncoder(layer, 2, norm=library.LayerNorm(6))


def containers(library):
    return library.Sequential(
        library.ModuleDict({"a": library.Linear(2, 3), "b": library.ReLU()}),
        library.ModuleList([library.Conv2d(1, 2, 3), library.BatchNorm2d(2)]),
        library.Sequential(library.LSTM(2, 3), library.PReLU()),
    )


def tied(library):
    model = library.Sequential(library.Embedding(5, 4), library.Linear(4, 5, bias=False))
    model[1].weight = model[0].weight
    return model


def own(library):
    class Own(library.Module):
        def __init__(self):
            super().__init__()
            self.scale = library.Parameter(torch.ones(2) if library is torch.nn else [1.0, 1.0])
            ones = torch.ones if library is torch.nn else lambda n: Tensor(np.ones(n))
            self.register_buffer("table", ones(3))
            self.register_buffer("unsaved", ones(4), persistent=False)
            self.register_parameter("nothing", None)
            self.layer = library.Linear(2, 2)

    return Own()


def assert_same(ours, theirs):
    mine = {name: np.shape(array) for name, array in ours.state_dict().items()}
    its = {name: tuple(array.shape) for name, array in theirs.state_dict().items()}
    assert mine == its
    for kind in ("named_parameters", "named_buffers"):
        a, b = ({n: tuple(p.shape) for n, p in getattr(m, kind)()} for m in (ours, theirs))
        assert a == b
    theirs = theirs.double()
    ours.load_state_dict({name: array.numpy() for name, array in theirs.state_dict().items()})
    theirs.load_state_dict({name: torch.tensor(array) for name, array in ours.state_dict().items()})


@pytest.mark.parametrize(("name", "sizes", "settings"), LAYERS)
def test_a_layer_saves_what_torchs_saves(name, sizes, settings):
    ours, theirs = (getattr(lib, name)(*sizes, **settings) for lib in (nn, torch.nn))
    assert_same(ours, theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())


@pytest.mark.parametrize("make", [encoder, containers, tied, own], ids=lambda f: f.__name__)
def test_models_save_what_torchs_save(make):
    assert_same(make(nn), make(torch.nn))


@pytest.mark.parametrize(
    ("name", "sizes", "shape"),
    [
        ("LazyLinear", (4,), (2, 3)),
        ("LazyConv1d", (4, 3), (2, 3, 9)),
        ("LazyConv2d", (4, 3), (2, 3, 9, 9)),
        ("LazyConvTranspose1d", (4, 3), (2, 3, 9)),
        ("LazyConvTranspose2d", (4, 3), (2, 3, 9, 9)),
        ("LazyBatchNorm1d", (), (2, 3)),
        ("LazyBatchNorm2d", (), (2, 3, 4, 4)),
    ],
)
def test_lazy_layers_become_what_torchs_become(name, sizes, shape):
    ours, theirs = getattr(nn, name)(*sizes), getattr(torch.nn, name)(*sizes)
    ours(Tensor(np.ones(shape)))
    theirs(torch.ones(shape))
    assert type(ours).__name__ == type(theirs).__name__
    assert_same(ours, theirs)


def test_what_is_missing_and_unexpected_is_told_as_torch_tells_it():
    state = {"0.weight": np.zeros((3, 2)), "2.bias": np.zeros(1)}
    told = []
    for lib, convert in ((nn, np.asarray), (torch.nn, torch.tensor)):
        model = lib.Sequential(lib.Linear(2, 3), lib.Linear(3, 1))
        told.append(model.load_state_dict({n: convert(a) for n, a in state.items()}, strict=False))
    ours, theirs = told
    assert ours == theirs
    assert ours.missing_keys == theirs.missing_keys
    assert ours.unexpected_keys == theirs.unexpected_keys
    assert len(ours.missing_keys) == 3
