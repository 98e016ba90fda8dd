"""Worked case C12: what the course shows and a user will want to do here, in miniature.

The examples do the same at full size: transfer_learning, characters, gpu_arrays.
"""

from __future__ import annotations

import numpy as np
import pytest

import nn
import viz
from autograd import Tensor, manual_seed, no_grad
from nn import functional as F
from nn.data import CharacterText, digits


def vgg(classes):
    """Blocks of 3x3 convolutions, each followed by pooling."""
    features = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(4, 4, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )
    return nn.Sequential(
        {"features": features, "flat": nn.Flatten(), "head": nn.Linear(32, classes)}
    )


@pytest.fixture(scope="module")
def images():
    data = digits()
    return (data.X / 16).reshape(-1, 1, 8, 8), data.y


def test_c12_a_vgg_style_stack_shows_its_kernels_and_its_maps(images):
    model = vgg(10)
    kernels = viz.kernels(model["features"][0])
    assert kernels.description.startswith("Kernels: 4 pictures")
    maps = viz.layer_maps(model, images[0][0])
    for layer in ("features.0 Conv2d, 4 maps of 8×8", "features.5 Conv2d, 8 maps of 4×4"):
        assert layer in maps.description


def test_c12_trained_weights_are_loaded_frozen_and_given_a_new_last_layer(images, tmp_path):
    X, y = images
    manual_seed(0)
    first = vgg(5)
    old = y < 5
    optimizer = nn.Adam(first.parameters(), lr=3e-3)
    settings = {"loss": "cross_entropy", "batch_size": 32, "progress": False}
    nn.fit(first, X[old][:300], y[old][:300], optimizer=optimizer, epochs=6, **settings)
    first.save(tmp_path / "first.safetensors")

    second = vgg(5)
    second.load(tmp_path / "first.safetensors")
    second["features"].freeze()
    second["head"].weight.data = 0.1 * np.random.default_rng(1).standard_normal((5, 32))
    before = second.state_dict()
    learning = [p for p in second.parameters() if p.requires_grad]
    assert len(learning) == 2
    new = np.flatnonzero(y >= 5)
    learn, test = new[:50], new[50:]
    nn.fit(
        second, X[learn], y[learn] - 5, optimizer=nn.Adam(learning, lr=0.02), epochs=40, **settings
    )
    after = second.state_dict()
    for name, numbers in before.items():
        assert np.array_equal(numbers, after[name]) == name.startswith("features")
    assert nn.metrics.accuracy(nn.predict(second, X[test]), y[test] - 5) > 0.6  # by chance: 0.2


class Writer(nn.Module):
    """Letters in, scores of the next letter out."""

    def __init__(self, size):
        self.embedding = nn.Embedding(size, 8)
        self.rnn = nn.GRU(8, 24, batch_first=True)
        self.head = nn.Linear(24, size)

    def forward(self, x, state=None):
        hidden, state = self.rnn(self.embedding(x), state)
        return self.head(hidden), state


def test_c12_a_recurrent_network_writes_character_by_character():
    text = CharacterText("the cat sat on the mat. " * 20, 0)
    size = len(text.vocabulary)
    manual_seed(0)
    model, order = Writer(size), np.random.default_rng(0)
    optimizer = nn.Adam(model.parameters(), lr=0.02)
    for _ in range(150):
        inputs, targets = text.batch(8, 16, generator=order)
        scores, _ = model(Tensor(inputs))
        loss = F.cross_entropy(scores.reshape(-1, size), targets.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    written, state = "the c", None
    feed = text.vocabulary.encode(written)[None]
    with no_grad():
        while len(written) < 48:
            scores, state = model(Tensor(feed), state)
            feed = scores.numpy()[:, -1].argmax(axis=1)[None]
            written += text.vocabulary.decode(feed[0])
    assert written == ("the cat sat on the mat. " * 2)


def test_c12_the_same_training_step_on_another_array_library():
    dask = pytest.importorskip("dask.array", reason="needs Dask: pip install '.[dev]'")
    X = np.random.default_rng(0).standard_normal((12, 3))

    def losses(there):
        layer = nn.Linear(3, 2, generator=0)
        for p in layer.parameters():
            p.data = there(p.data)
        optimizer = nn.SGD(layer.parameters(), lr=0.1, momentum=0.9)
        found = []
        for _ in range(4):
            loss = (layer(Tensor(there(X))).tanh() ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            found.append(float(loss.data))
        assert type(layer.weight.data) is type(there(X))
        return found

    assert losses(dask.asarray) == pytest.approx(losses(np.asarray), rel=1e-12)
