"""Keras' way: worked case C11 as printed, layers and losses by Keras' names, and wrong uses."""

from functools import partial

import numpy as np
import pytest

import nn
from autograd import DomainError, ShapeError, Tensor, manual_seed, ones
from nn import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Convolution2D,
    Convolution2d,
    Dense,
    Dropout,
    Flatten,
    Input,
    MaxPooling2D,
    Sequential,
    functional,
)
from nn.data import DataLoader, TensorDataset, moons, one_hot, xor
from nn.keras import BinaryCrossentropy, CategoricalCrossentropy, LogLoss

DRAW = np.random.default_rng(0)


def same(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


def table(rows=60, classes=3):
    X = np.random.default_rng(1).normal(size=(rows, 8))
    return X, X[:, :classes].argmax(1)


# ------------------------------------------------------------------------------------- C11


@pytest.mark.parametrize("labels", ["class numbers", "one-hot rows"])
def test_c11_the_keras_like_way_runs_as_printed(labels):
    X, y = table()
    y = one_hot(y) if labels == "one-hot rows" else y
    optimizer, metrics = "adam", ["accuracy"]
    manual_seed(0)

    model = Sequential()
    model.add(Dense(6, input_dim=8))
    model.add(Activation("tanh"))
    model.add(Dense(3))
    model.add(Activation("tanh"))
    model.compile(optimizer, loss="logloss", metrics=metrics)
    first = model.evaluate(X, y)
    history = model.fit(X, y)

    assert list(history) == ["loss", "accuracy", "seconds"]
    history = model.fit(X, y, epochs=150, batch_size=10)
    assert model.evaluate(X, y)[0] < first[0]
    assert history["accuracy"][-1] > 0.9


def test_c11_with_a_convolution():
    images = np.random.default_rng(2).normal(size=(40, 1, 6, 6))
    labels = (images[:, 0, 1:3, 1:3].sum((1, 2)) > 0).astype(int)
    model = Sequential()
    model.add(Convolution2d(5, 3, 3))
    model.add(Flatten())
    model.add(Dense(2))
    model.compile("adam", loss="logloss", metrics=["accuracy"])
    history = model.fit(images, labels, epochs=100)
    assert model[0].weight.shape == (5, 1, 3, 3)
    assert model[2].weight.shape == (2, 5 * 4 * 4)
    assert history["accuracy"][-1] > 0.9


# ---------------------------------------------------------------------------------- sizes


def test_sizes_are_known_at_once_where_the_input_is_told():
    model = Sequential([Dense(6, input_dim=8), Activation("tanh")])
    model.add(Dense(3))
    assert model[2].weight.shape == (3, 6)
    images = Sequential()
    images.add(Conv2D(4, (3, 2), padding="same", activation="relu", input_shape=(1, 8, 8)))
    images.add(MaxPooling2D())
    images.add(BatchNormalization())
    images.add(Flatten())
    images.add(Dense(10, activation="softmax"))
    assert images[4].weight.shape == (10, 4 * 4 * 4)
    assert Sequential(Input((8, 8)), Flatten(), Dense(2))[2].in_features == 64


def test_a_layer_that_does_not_fit_is_not_added():
    model = Sequential(Conv2D(4, 3, input_shape=(1, 4, 4)))
    before = list(model)
    with pytest.raises(ShapeError):
        model.add(Sequential(MaxPooling2D(5), Dense(2)))
    assert list(model) == before


@pytest.mark.parametrize("way", ["fit", "predict", "call", "evaluate"])
def test_sizes_are_found_at_the_first_use(way):
    X, y = table()
    model = Sequential(Dense(4, "tanh"), Dense(3, "softmax"))
    model.compile("adam", "categorical_crossentropy")
    uses = {
        "fit": lambda: model.fit(X, y),
        "predict": lambda: model.predict(X),
        "call": lambda: model(Tensor(X)),
        "evaluate": lambda: model.evaluate(X, y),
    }
    uses[way]()
    assert model[0].weight.shape == (4, 8)
    assert [type(layer) for layer in model] == [Dense, Dense]


def test_the_same_seed_starts_the_same_however_the_size_is_found():
    told = Dense(3, input_dim=8, generator=5)
    found = Dense(3, generator=5)
    found(ones(2, 8))
    assert same(told.state_dict(), found.state_dict())
    bound = np.sqrt(6 / (8 + 3))
    assert bound * 0.7 < np.abs(told.weight.numpy()).max() <= bound
    assert not told.bias.numpy().any()


@pytest.mark.parametrize("name", ["he_normal", "lecun_uniform", "orthogonal", "ones", "uniform"])
def test_starting_weights_by_name(name):
    layer = Dense(3, kernel_initializer=name, input_dim=8, generator=0)
    again = Dense(3, kernel_initializer=name, input_dim=8, generator=0)
    assert same(layer.state_dict(), again.state_dict())
    assert layer.weight.numpy().any()


# ---------------------------------------------------------------------------------- layers


def test_dense_is_a_linear_layer_that_bends():
    layer = Dense(3, activation="tanh", input_dim=8)
    x = Tensor(DRAW.normal(size=(5, 8)))
    expected = np.tanh(x.numpy() @ layer.weight.numpy().T + layer.bias.numpy())
    np.testing.assert_allclose(layer(x).numpy(), expected, rtol=1e-13)
    assert list(layer.state_dict()) == ["weight", "bias"]
    assert repr(layer) == "Dense(8 -> 3, tanh)"
    assert Dense(3, use_bias=False, input_dim=8).bias is None
    assert repr(Dense(3, activation=nn.PReLU())).startswith("Dense(? -> 3, PReLU")


def convolved(x, w, b, strides, padding):
    """Keras' convolution, window by window, on (n, channels, height, width)."""
    sizes, kernel = x.shape[2:], w.shape[2:]
    starts = [0, 0]
    if padding == "same":
        outs = [-(-n // s) for n, s in zip(sizes, strides, strict=True)]
        missing = [
            max((o - 1) * s + k - n, 0)
            for o, s, k, n in zip(outs, strides, kernel, sizes, strict=True)
        ]
        starts = [m // 2 for m in missing]
    else:
        outs = [(n - k) // s + 1 for n, s, k in zip(sizes, strides, kernel, strict=True)]
    y = np.zeros((len(x), len(w), *outs)) + b[:, None, None]
    for i, j in np.ndindex(*outs):
        for u, v in np.ndindex(*kernel):
            row, column = i * strides[0] + u - starts[0], j * strides[1] + v - starts[1]
            if 0 <= row < sizes[0] and 0 <= column < sizes[1]:
                y[:, :, i, j] += x[:, :, row, column] @ w[:, :, u, v].T
    return y


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [(1, 1), (2, 2), (2, 3)])
@pytest.mark.parametrize("kernel", [(3, 3), (2, 2), (1, 4)])
def test_conv2d_is_keras_in_both_formats(kernel, strides, padding):
    x = np.random.default_rng(3).normal(size=(2, 3, 7, 6))
    layer = Conv2D(4, kernel, strides, padding, input_shape=(3, 7, 6))
    layer.bias.data = np.arange(4.0)
    expected = convolved(x, layer.weight.numpy(), layer.bias.numpy(), strides, padding)
    np.testing.assert_allclose(layer(Tensor(x)).numpy(), expected, atol=1e-12)
    last = Conv2D(4, kernel, strides, padding, data_format="channels_last", input_shape=(7, 6, 3))
    last.load_state_dict(layer.state_dict())
    np.testing.assert_allclose(
        last(Tensor(x.transpose(0, 2, 3, 1))).numpy(), expected.transpose(0, 2, 3, 1), atol=1e-12
    )


@pytest.mark.parametrize("data_format", ["channels_first", "channels_last"])
@pytest.mark.parametrize(("kind", "reduce"), [(MaxPooling2D, np.max), (AveragePooling2D, np.mean)])
def test_pooling_same_counts_only_what_is_there(kind, reduce, data_format):
    x = np.random.default_rng(4).normal(size=(1, 2, 5, 4))
    windows = [slice(0, 2), slice(2, 4), slice(4, 5)]
    expected = np.stack(
        [np.stack([reduce(x[:, :, r, c], axis=(2, 3)) for c in windows[:2]], -1) for r in windows],
        -2,
    )
    layer = kind(2, padding="same", data_format=data_format)
    last = data_format == "channels_last"
    y = layer(Tensor(x.transpose(0, 2, 3, 1) if last else x)).numpy()
    np.testing.assert_allclose(y.transpose(0, 3, 1, 2) if last else y, expected, rtol=1e-13)


def test_keras_layers_pass_gradients_on(check_gradients):
    model = Sequential(
        Dense(5, "tanh"),
        nn.Lambda(lambda x: x.reshape(-1, 1, 5, 5)),
        Conv2D(2, 2, 2, "same", activation="softplus"),
        AveragePooling2D(2, 1, "same"),
        BatchNormalization(),
        Flatten(),
        Dense(2),
    )
    x = Tensor(np.random.default_rng(5).normal(size=(3, 5, 4)))
    model(x)
    model.train()
    check_gradients(lambda: (model(x) ** 2).sum(), model.parameters(), tolerance=1e-5)


def test_batch_normalization_takes_tables_and_images():
    layer, last = BatchNormalization(), BatchNormalization(axis=-1)
    x = np.random.default_rng(6).normal(size=(8, 3, 4, 5))
    y = layer(Tensor(x)).numpy()
    np.testing.assert_allclose(y.mean((0, 2, 3)), 0, atol=1e-12)
    z = last(Tensor(x.transpose(0, 2, 3, 1))).numpy()
    np.testing.assert_allclose(z, y.transpose(0, 2, 3, 1), atol=1e-12)
    np.testing.assert_allclose(layer.running_mean.numpy(), 0.01 * x.mean((0, 2, 3)), rtol=1e-9)
    assert BatchNormalization()(Tensor(x[:, :, 0, 0])).shape == (8, 3)


@pytest.mark.parametrize("axis", [1, -1])
def test_a_last_batch_of_one_example_is_normalised_by_the_running_figures(axis):
    X, y = table(33)
    model = Sequential(Dense(4), BatchNormalization(axis=axis), Dense(1))
    model.compile("sgd", "mse")
    history = model.fit(X, y, batch_size=32, epochs=2)
    assert np.isfinite(history["loss"]).all()
    layer = model[1].train()
    before = layer.state_dict()
    x = ones(1, 4)
    expected = (x.numpy() - before["running_mean"]) / np.sqrt(before["running_var"] + 1e-3)
    expected = expected * before["weight"] + before["bias"]
    assert np.allclose(layer(x).numpy(), expected, atol=1e-12)
    assert same(before, layer.state_dict())
    assert layer.training


def test_keras_names_are_found_in_one_place():
    from nn.keras import Dense, Dropout, Flatten, Sequential, callbacks

    assert len(Sequential([Flatten(), Dense(2), Dropout(0.5)])) == 3
    assert callbacks is nn.callbacks
    assert not hasattr(nn.keras, "Dnse")


def test_convolution_names_mean_what_they_meant():
    assert Convolution2D(5, 3, 3).kernel_size == Convolution2D(5, 3).kernel_size == (3, 3)
    assert Convolution2d is Convolution2D
    assert Conv2D(5, 3, 2).stride == (2, 2)


# ------------------------------------------------------------------------------- Sequential


def test_sequential_is_still_pytorchs():
    a, b, c = nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)
    model = Sequential(a, b)
    assert model.append(c) is model
    assert list(model.state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert (model[0], model[-1], model["1"], len(model)) == (a, c, b, 3)
    model.insert(1, nn.Tanh())
    assert [n for n, _ in model.named_children()] == ["0", "1", "2", "3"]
    assert isinstance(model.pop(1), nn.Tanh)
    model.extend([nn.Sigmoid(), nn.Tanh()])
    assert next(iter(model[3:].named_children()))[0] == "3"  # a slice keeps the names
    del model[-1]
    model[3] = nn.Softplus()
    assert model.layers == list(model) == [a, b, c, model[3]]
    named = Sequential({"first": a, "bend": b})
    named.append(c)
    assert list(named.state_dict()) == ["first.weight", "first.bias", "2.weight", "2.bias"]
    twice = Sequential(a, b, a)
    assert (len(twice), len(twice.parameters())) == (3, 2)
    with pytest.raises(IndexError, match="there are 4 modules"):
        model.insert(9, a)
    with pytest.raises(IndexError, match="there are 0 modules"):
        Sequential().pop()
    with pytest.raises(TypeError, match=r"write ReLU\(\) with brackets"):
        model.add(nn.ReLU)
    with pytest.raises(TypeError, match="a module is needed"):
        Sequential([a, 3])


def test_a_class_of_ones_own_may_use_the_names_itself():
    class Net(Sequential):
        def __init__(self):
            super().__init__(nn.Linear(2, 1))
            self.layers = 3
            self.optimizer = "mine"

    net = Net()
    assert (net.layers, net.optimizer) == (3, "mine")
    with pytest.raises(AttributeError, match="before compile"):
        Sequential().metrics_names  # noqa: B018


# ---------------------------------------------------------------------------- compile and fit


@pytest.mark.parametrize(
    "optimizer",
    ["sgd", "adam", "rmsprop", "adagrad", "adadelta", "adamw", "nadam", "lion", "Adam", nn.Adam,
     partial(nn.SGD, lr=0.1, momentum=0.9)],
)  # fmt: skip
def test_optimizers_by_name_class_or_partial(optimizer):
    X, y = table()
    model = Sequential(Dense(3))
    model.compile(optimizer, "logloss")
    before = Dense(3)
    assert model.optimizer is None
    model.fit(X, y, epochs=2)
    made = model.optimizer
    model.fit(X, y)
    assert model.optimizer is made  # it goes on
    assert made.state or not made.param_groups[0].get("momentum", 1)
    assert before.weight is not model[0].weight


@pytest.mark.parametrize(
    ("loss", "last", "targets"),
    [
        ("mse", Dense(1), "numbers"),
        ("mean_squared_error", Dense(1), "numbers"),
        ("mae", Dense(1), "numbers"),
        ("mean_absolute_error", Dense(1), "numbers"),
        ("huber", Dense(1), "numbers"),
        ("binary_crossentropy", Dense(1, "sigmoid"), "yes or no"),
        ("logloss", Dense(1, "sigmoid"), "yes or no"),
        ("logloss", Dense(1, "tanh"), "yes or no"),
        ("logloss", Dense(2, "softmax"), "yes or no"),
        ("hinge", Dense(1), "signs"),
        ("categorical_hinge", Dense(2), "rows"),
        ("categorical_crossentropy", Dense(2, "softmax"), "rows"),
        ("categorical_crossentropy", Dense(2), "rows"),
        ("sparse_categorical_crossentropy", Dense(2, "softmax"), "yes or no"),
        ("cross_entropy", Dense(2), "yes or no"),
        ("kl_divergence", Dense(2, "softmax"), "rows"),
        ("multi_margin", Dense(2), "yes or no"),
    ],
)
def test_losses_by_name_learn(loss, last, targets):
    X = np.random.default_rng(7).normal(size=(64, 3))
    yes = (X[:, 0] > 0).astype(int)
    y = {"numbers": X[:, 0], "yes or no": yes, "signs": 2 * yes - 1, "rows": one_hot(yes)}[targets]
    model = Sequential(Dense(4, "tanh", generator=0), last)
    model.compile(partial(nn.Adam, lr=0.05), loss)
    first = model.evaluate(X, y)
    history = model.fit(X, y, epochs=30)
    assert model.evaluate(X, y) < 0.7 * first
    assert np.isfinite(history["loss"]).all()
    assert model.predict(X).shape == (64, last.out_features)


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "logloss"])
def test_softmax_or_not_the_loss_is_the_same(loss):
    X, y = table()
    scores = Sequential(Dense(3, input_dim=8, generator=0))
    shares = Sequential(Dense(3, input_dim=8, generator=0), Activation("softmax"))
    weights = []
    for model in (scores, shares):
        model.compile(partial(nn.SGD, lr=0.5), loss)
        history = model.fit(X, y, epochs=3)
        weights.append((history["loss"], model[0].weight.numpy()))
    np.testing.assert_allclose(weights[0][0], weights[1][0], rtol=1e-12)
    np.testing.assert_allclose(weights[0][1], weights[1][1], rtol=1e-10)


def test_a_softmax_that_is_0_in_floating_point_still_learns():
    z = Tensor([[0.0, 2000.0]], requires_grad=True)
    loss = CategoricalCrossentropy()(functional.softmax(z), [0])
    loss.backward()
    assert loss.item() == 2000.0
    np.testing.assert_allclose(z.grad, [[-1.0, 1.0]])
    z = Tensor([[-900.0]], requires_grad=True)
    loss = BinaryCrossentropy()(functional.sigmoid(z), [[1.0]])
    loss.backward()
    assert (loss.item(), z.grad.item()) == (900.0, -1.0)
    p = np.array([[0.0, 1.0]])
    assert CategoricalCrossentropy()(p, [0]) == 100.0  # without the scores: -100 for log 0


def test_what_the_model_gives_is_decided_once_and_not_by_each_batch():
    scores = Tensor([[0.25, 0.75]])  # these could be probabilities
    told = CategoricalCrossentropy().decided_by(Tensor([[3.0, -2.0]]))
    expected = functional.cross_entropy(scores, [1]).item()
    assert told(scores, [1]).item() == pytest.approx(expected)
    assert LogLoss().decided_by(Tensor([[0.5]])).from_logits  # a single number does not tell
    assert told.decided_by(scores) is told


def test_outputs_that_are_no_probabilities_are_told():
    X, y = table(classes=2)
    for layers, loss, said in [
        ([Dense(1, generator=0)], "binary_crossentropy", r"Activation\('sigmoid'\)"),
        ([Dense(2, generator=0)], "kl_divergence", r"Activation\('softmax'\)"),
        ([Dense(2, "sigmoid")], "kl_divergence", "sum to"),
        ([Dense(2)], CategoricalCrossentropy(from_logits=False), "came; needs probabilities"),
    ]:
        model = Sequential(*layers)
        model.compile("adam", loss)
        targets = one_hot(y) if loss == "kl_divergence" else y
        with pytest.raises(DomainError, match=said):
            model.fit(X, targets)
        assert model.optimizer is None or not model.optimizer.state


def test_targets_may_lack_the_last_axis_or_have_one_too_many():
    X, y = table(classes=2)
    models = []
    for targets in (y, y.reshape(-1, 1)):
        for last in (Dense(1, "sigmoid", generator=0), Dense(2, "softmax", generator=0)):
            model = Sequential(last)
            model.compile("sgd", "logloss", ["accuracy"])
            model.fit(X, targets, validation_data=(X, targets))
            models.append(model.evaluate(X, targets))
    assert models[0] == models[2]
    assert models[1] == models[3]


def test_evaluate_gives_what_keras_gives():
    X, y = table()
    model = Sequential(Dense(3))
    model.compile("adam", "logloss")
    assert isinstance(model.evaluate(X, y), float)
    model.compile("adam", "logloss", ["acc", nn.metrics.f1])
    assert model.metrics_names == ["loss", "acc", "f1"]
    found = model.evaluate(X, y, return_dict=True)
    assert list(found) == model.metrics_names
    assert model.evaluate(X, y) == list(found.values())
    loader = DataLoader(TensorDataset(X, y), batch_size=7)
    assert model.evaluate(loader) == pytest.approx(model.evaluate(X, y))


def test_accuracy_of_a_sigmoid_splits_at_one_half():
    X, y = xor()
    for loss in ("binary_crossentropy", "mse", "logloss"):
        source = np.random.default_rng(0)
        model = Sequential(
            Dense(8, "tanh", generator=source), Dense(1, "sigmoid", generator=source)
        )
        model.compile(partial(nn.Adam, lr=0.1), loss, ["accuracy", "precision"])
        history = model.fit(X, y, epochs=100)
        assert history["accuracy"][-1] == history["precision"][-1] == 1.0


def test_a_loader_and_all_of_keras_arguments(tmp_path, capsys):
    X, y = moons(60)
    loader = DataLoader(TensorDataset(X, y), batch_size=8, shuffle=True, seed=0)
    model = Sequential(Dense(8, "relu"), Dropout(0.1), Dense(2, "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    stopping = nn.callbacks.EarlyStopping("val_loss", patience=9)
    assert model.fit(loader, epochs=2, validation_data=(X, y), callbacks=[stopping]).epochs == 2
    assert capsys.readouterr() == ("", "")
    history = model.fit(
        X, y, epochs=2, batch_size=16, validation_split=0.2, callbacks=stopping,
        class_weight={0: 2.0}, shuffle=False, seed=3, verbose=2, checkpoint=tmp_path / "run.npz",
    )  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in lines] == ["epoch 1/2", "epoch 2/2"]
    assert history.epochs == len(history.history["val_accuracy"]) == 2
    model.fit(X, y, verbose=1)
    assert "epoch 1/1" in capsys.readouterr().err


def test_save_and_load(tmp_path):
    X, _ = table()
    model, other = Sequential(Dense(4, input_dim=8), Dense(3)), Sequential(Dense(4), Dense(3))
    model.save(tmp_path / "model.npz")
    other.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(model.predict(X), other.predict(X))


def test_summary_prints_a_table(capsys):
    model = Sequential(Dense(4, input_dim=8), Dense(3))
    assert model.summary() is None
    printed = capsys.readouterr().out
    assert "Dense" in printed
    assert "(1, 3)" in printed
    assert "51" in printed  # parameters
    assert model.summary((5, 8)).parameters == 51
    assert capsys.readouterr().out == ""
    images = Sequential(Convolution2d(5, 3, 3), Flatten(), Dense(2))
    images.compile("adam", "logloss")
    images.fit(np.zeros((4, 1, 6, 6)), [0, 1, 0, 1])
    images.summary()
    assert "(1, 5, 4, 4)" in capsys.readouterr().out


def test_a_model_of_ones_own_is_trained_the_same_way():
    class Net(nn.Model):
        def __init__(self):
            self.inner = nn.Linear(2, 8, generator=2)
            self.outer = nn.Linear(8, 1, generator=3)

        def forward(self, x):
            return self.outer(self.inner(x).tanh())

    X, y = moons(40)
    model = Net()
    model.compile(nn.Adam(model.parameters(), lr=0.1), "logloss", ["accuracy"])
    assert model.fit(X, y, epochs=80)["accuracy"][-1] > 0.9
    assert next(iter(model.state_dict())) == "inner.weight"


# ------------------------------------------------------------------------------- wrong uses


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (("adm", "mse"), "optimizer 'adm' is unknown: did you mean 'adam'"),
        (("adam", "msse"), "loss 'msse' is unknown: did you mean 'mse'"),
        (("adam", "catagorical_crossentropy"), "did you mean 'categorical_crossentropy'"),
        (("adam", "mse", ["acuracy"]), "metric 'acuracy' is unknown: did you mean 'accuracy'"),
        (("adam",), "no loss came"),
        (("adam", nn.MSELoss), r"make one: nn.MSELoss\(\)"),
        ((3, "mse"), "int came as optimizer"),
        ((nn.LBFGS, "mse"), "write the loop yourself"),
        ((partial(nn.SGD, lr=-1.0), "mse"), "lr=-1.0 came"),
    ],
)
@pytest.mark.parametrize("sized", [True, False])
def test_compile_tells_what_is_wrong(settings, said, sized):
    model = Sequential(Dense(1, input_dim=2) if sized else Dense(1))
    model.compile("adam", "mse")
    kept = model._compiled
    with pytest.raises((ValueError, TypeError), match=said):
        model.compile(*settings)
    assert model._compiled is kept


@pytest.mark.parametrize("sized", [True, False])
def test_fit_tells_what_is_wrong_and_changes_nothing(sized):
    X, y = table(100)
    holes, labels = X.copy(), y.copy()
    holes[90, 0] = np.nan
    labels[80] = 3

    def made():
        source = np.random.default_rng(0)
        first = Dense(4, "tanh", input_dim=8 if sized else None, generator=source)
        model = Sequential(first, Dense(3, generator=source))
        model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
        return model

    for arguments, settings, said in [
        ((X, y[:50]), {}, "X has 100 rows and y has 50"),
        ((X, labels), {}, "label 3 came, and there are 3 classes"),
        ((X, y - 1), {}, "label -1 came"),
        ((X, y + 0.5), {}, "class numbers are whole numbers"),
        ((X[:0], y[:0]), {}, "empty"),
        ((holes, y), {}, "X holds nan in row 90"),
        ((X, y), {"epochs": -1}, "epochs=-1 came"),
        ((X, y), {"batch_size": 0}, "batch_size is 0"),
        ((X, y), {"verbose": 3}, "verbose=3 came"),
        ((X, y), {"validation_split": 2}, "leaves examples on both sides"),
        ((X, y), {"callbacks": 3}, "came as a callback"),
        ((X, y), {"class_weight": {"a": 1}}, "classes are numbers"),
        ((X, y), {"seed": "now"}, "seed"),
        ((X,), {}, "X came without y"),
        ((X, np.eye(4)[y]), {}, r"targets of shape \(10, 4\) came for outputs of \(10, 3\)"),
        ((X, np.ones((100, 3))), {}, "one-hot rows and probabilities sum to 1"),
    ]:
        model, fresh = made(), made()
        with pytest.raises((ValueError, TypeError), match=said):
            model.fit(*arguments, batch_size=settings.pop("batch_size", 10), **settings)
        assert not (model.optimizer and model.optimizer.state)
        for one in (model, fresh):
            one.materialize(X)  # where it had no sizes: the same weights are drawn
        assert same(model.state_dict(), fresh.state_dict())


def test_what_is_not_compiled_is_told():
    X, y = table()
    model = Sequential(Dense(3))
    for use in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match="is not compiled; call first"):
            use(X, y)
    model.compile("adam", "logloss")
    model.add(Dense(3))
    with pytest.raises(ValueError, match="is not compiled"):
        model.fit(X, y)  # the optimizer would not know the new layer


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Dense(0), "out_features"),
        (lambda: Dense(3, "tahn"), "did you mean 'tanh'"),
        (lambda: Dense(3, activation=nn.ReLU), "made with brackets"),
        (lambda: Dense(3, input_dim=0), "input_shape=0 came"),
        (lambda: Dense(3, input_dim=8, input_shape=(8,)), "give one of them"),
        (lambda: Dense(3, kernel_initializer="glorot", input_dim=2), "did you mean 'glorot_"),
        (lambda: Dense(1, activation="softmax"), "needs 'sigmoid'"),
        (lambda: Activation("tahn"), "did you mean 'tanh'"),
        (lambda: Conv2D(3, 3, padding="full"), "padding 'full' is unknown"),
        (lambda: Conv2D(3, 0), "kernel_size"),
        (lambda: Conv2D(3, 3, data_format="channel_last"), "did you mean 'channels_last'"),
        (lambda: Conv2D(3, 3, input_shape=(8, 8)), "height, a width and channels"),
        (
            lambda: Conv2D(3, 3, input_shape=(32, 32, 3)),
            r"first: \(3, 32, 32\), or give",
        ),
        (lambda: Conv2D(3, 3)(ones(8, 8)), r"needs images with channels, \(n, channels"),
        (lambda: MaxPooling2D(0), "pool_size"),
        (lambda: MaxPooling2D(padding="some"), "padding 'some' is unknown: did you mean 'same'"),
        (lambda: BatchNormalization(axis=2), "axis=2 came"),
        (lambda: Input((0,)), "at least 1"),
    ],
)
def test_layers_tell_what_is_wrong(make, said):
    with pytest.raises((ValueError, TypeError), match=said):
        make()
