"""What a program written for Keras expects: names, weights as lists, weights of examples."""

from functools import partial

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, ones
from nn import (
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Input,
    Reshape,
    Sequential,
    functional,
)
from nn.callbacks import (
    CSVLogger,
    LambdaCallback,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TensorBoard,
    TerminateOnNaN,
)
from nn.data import DataLoader, TensorDataset, xor


def same(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one)


def table(rows=20):
    X = np.random.default_rng(1).normal(size=(rows, 4))
    return X, X[:, :3].argmax(1)


def model_of(loss="sparse_categorical_crossentropy", sizes=(4, 3), optimizer=None):
    model = Sequential(Dense(sizes[1], input_dim=sizes[0], generator=0))
    model.compile(optimizer or partial(nn.SGD, lr=0.5), loss)
    return model


# -------------------------------------------------------------------------------- weights


def test_weights_go_out_and_in_as_a_list():
    def made(seed):
        return Sequential(Dense(4, input_dim=3, generator=seed), BatchNormalization(), Dense(2))

    model, other, unsized = made(0), made(1), Sequential(Dense(4), BatchNormalization(), Dense(2))
    weights = model.get_weights()
    assert [w.shape for w in weights] == [np.shape(a) for a in model.state_dict().values()]
    weights[0][:] = 7.0
    assert not (model[0].weight.numpy() == 7.0).any()  # a copy
    for taker in (other, unsized):
        taker.set_weights(model.get_weights())
        assert same(taker.state_dict(), model.state_dict())
    assert model.count_params() == model.summary((5, 3)).parameters == 16 + 8 + 10
    assert [w.shape for w in model[0].get_weights()] == [(4, 3), (4,)]
    assert Conv2D(4, 3, input_shape=(1, 8, 8)).count_params() == 40


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ([np.zeros((3, 4))], ValueError, r"1 arrays came; this model has 2: 0\.weight, 0\.bias"),
        ([np.zeros((4, 3)), np.zeros(3)], ValueError, r"0\.weight: "),
        ({"0.weight": 1}, TypeError, "dict came; needs a list of arrays"),
        (np.zeros(3), TypeError, "ndarray came; needs a list"),
    ],
)
def test_weights_that_do_not_fit_change_nothing(given, error, said):
    model = model_of()
    before = model.state_dict()
    with pytest.raises(error, match=said):
        model.set_weights(given)
    assert same(before, model.state_dict())


def test_weights_without_a_size_are_told():
    model = Sequential(Dense(3))
    for use in (model.get_weights, model.count_params):
        with pytest.raises(ValueError, match=r"0\.weight, 0\.bias have no size"):
            use()


def test_save_weights_and_load_weights(tmp_path):
    model, other = model_of(), Sequential(Dense(3))
    model.save_weights(tmp_path / "model.npz")
    assert other.load_weights(tmp_path / "model.npz") is other
    assert same(model.state_dict(), other.state_dict())


# ------------------------------------------------------------------------- names of arguments


def test_x_is_a_name_for_the_inputs():
    X, y = table()
    one, other = model_of(), model_of()
    assert one.fit(x=X, y=y, epochs=2)["loss"] == other.fit(X, y, epochs=2)["loss"]
    assert one.evaluate(x=X, y=y) == other.evaluate(X, y)
    np.testing.assert_array_equal(one.predict(x=X), other.predict(X))
    before = one.state_dict()
    for name in ("fit", "evaluate", "predict"):
        with pytest.raises(TypeError, match=f"{name}: X and x came, which mean the same"):
            getattr(one, name)(X, x=X)
        with pytest.raises(TypeError, match=f"{name}: nothing came; give X or x"):
            getattr(one, name)()
    assert same(before, one.state_dict())


def test_callbacks_take_keras_names(tmp_path):
    X, y = table()
    saving = ModelCheckpoint(filepath=tmp_path / "model.npz", monitor="loss")
    logging = CSVLogger(filename=tmp_path / "log.csv")
    model_of().fit(X, y, epochs=2, callbacks=[saving, logging])
    assert (tmp_path / "model.npz").exists()
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 3
    pytest.importorskip("tensorboardX")
    assert TensorBoard(log_dir=tmp_path).folder == str(tmp_path)
    assert TensorBoard(tmp_path).folder == str(tmp_path)
    assert TensorBoard().folder == "runs"
    with pytest.raises(TypeError, match="TensorBoard: folder and log_dir came"):
        TensorBoard("a", log_dir="b")


@pytest.mark.parametrize(("kind", "name"), [(ModelCheckpoint, "filepath"), (CSVLogger, "filename")])
def test_a_path_comes_once(kind, name):
    with pytest.raises(TypeError, match=f"nothing came; give path or {name}"):
        kind()
    with pytest.raises(TypeError, match=f"path and {name} came"):
        kind("a.npz", **{name: "b.npz"})


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: nn.Adam(p, learning_rate=0.1), "Adam: learning_rate came: did you mean 'lr'?"),
        (lambda p: nn.Adam(learning_rate=0.1), "Adam: learning_rate came: did you mean 'lr'?"),
        (lambda p: nn.Adam(p, epsilon=0.1), "epsilon came: did you mean 'eps'?"),
        (lambda p: nn.Adam(p, beta_1=0.1), "beta_1 came: did you mean 'betas'?"),
        (lambda p: nn.RMSprop(p, rho=0.1), "rho came: did you mean 'alpha'?"),
        (lambda p: nn.SGD(p, nesterv=True), "nesterv came: did you mean 'nesterov'?"),
        (lambda p: nn.SGD(p, zzz=True), "SGD: zzz came: There are: params, lr, momentum"),
        (lambda p: nn.LBFGS(p, learning_rate=1), "LBFGS: learning_rate came: did you mean 'lr'?"),
    ],
)
def test_optimizers_keep_pytorchs_names_and_tell_them(make, said):
    with pytest.raises(TypeError, match=said.replace("?", r"\?")):
        make(nn.Linear(2, 2).parameters())
    assert nn.Adadelta(nn.Linear(2, 2).parameters(), rho=0.9).param_groups[0]["rho"] == 0.9


# --------------------------------------------------------------------------------- callbacks


def rates_of_keras(figures, rate, factor, patience, cooldown, min_delta, min_lr, highest):
    """Keras' own counting, epoch by epoch: the rate in each."""
    best, wait, cooling, rates = (-np.inf if highest else np.inf), 0, 0, []
    for figure in figures:
        rates.append(rate)
        if cooling:
            cooling, wait = cooling - 1, 0
        if figure > best + min_delta if highest else figure < best - min_delta:
            best, wait = figure, 0
        elif not cooling:
            wait += 1
            if wait >= patience and rate > min_lr:
                rate, cooling, wait = max(rate * factor, min_lr), cooldown, 0
    return rates


@pytest.mark.parametrize("highest", [False, True])
@pytest.mark.parametrize("patience", [0, 1, 2, 4])
@pytest.mark.parametrize("cooldown", [0, 1, 2, 5])
def test_plateau_counts_as_keras_does(cooldown, patience, highest):
    figures = np.random.default_rng(patience).integers(0, 8, 40) / 4.0
    told = LambdaCallback(on_epoch_end=lambda run: run.logs.update(told=figures[run.epoch]))
    told.adds = ("told",)
    settings = {"factor": 0.5, "patience": patience, "cooldown": cooldown, "min_delta": 0.3,
                "min_lr": 0.01}  # fmt: skip
    falling = ReduceLROnPlateau("told", mode="max" if highest else "min", **settings)
    history = model_of().fit(*table(), epochs=40, callbacks=[told, falling])
    expected = rates_of_keras(figures, 0.5, highest=highest, **settings)
    assert history["lr"] == expected
    assert len(set(expected)) > 2


def test_plateau_tells_its_rates_and_goes_on_from_a_checkpoint(tmp_path, capsys):
    X, y = table()

    def trained(epochs, **settings):
        falling = ReduceLROnPlateau("loss", 0.5, 2, verbose=1, min_delta=100.0)
        return model_of().fit(X, y, epochs=epochs, callbacks=falling, **settings)["lr"]

    whole = trained(7)
    assert capsys.readouterr().out.splitlines()[0] == (
        "ReduceLROnPlateau: epoch 3: learning rate 0.25"
    )
    path = tmp_path / "run.npz"
    trained(4, checkpoint=path)
    assert trained(7, checkpoint=path, resume=True) == whole == [0.5] * 3 + [0.25] * 2 + [0.125] * 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"factor": 1.0}, "factor=1.0 came; below 1"),
        ({"patience": -1}, "patience=-1 came"),
        ({"patience": 1.5}, "patience=1.5 came; a whole number"),
        ({"cooldown": -1}, "cooldown=-1 came"),
        ({"min_delta": -1.0}, "min_delta=-1.0 came"),
        ({"min_lr": -1.0}, "min_lr=-1.0 came"),
        ({"mode": "least"}, "mode='least' came"),
    ],
)
def test_plateau_settings_are_checked(settings, said):
    with pytest.raises((ValueError, TypeError), match=f"ReduceLROnPlateau: {said}"):
        ReduceLROnPlateau(**settings)


def test_plateau_needs_a_figure_that_is_measured():
    with pytest.raises(ValueError, match="ReduceLROnPlateau: monitor='val_loss' is not measured"):
        model_of().fit(*table(), callbacks=ReduceLROnPlateau())


def test_terminate_on_nan_is_what_fit_does_anyway():
    X, y = table()
    for callbacks in ([], [TerminateOnNaN()]):
        model = model_of("mse", (4, 1), partial(nn.SGD, lr=1e200))
        with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match="the loss is"):
            model.fit(X, y, epochs=9, callbacks=callbacks)
        assert all(np.isfinite(w).all() for w in model.get_weights())


# ------------------------------------------------------------------------------------ layers


@pytest.mark.parametrize(
    ("kind", "reduce"), [(GlobalAveragePooling2D, np.mean), (GlobalMaxPooling2D, np.max)]
)
def test_global_pooling(kind, reduce, check_gradients):
    x = np.random.default_rng(3).normal(size=(2, 3, 4, 5))
    last = x.transpose(0, 2, 3, 1)
    expected = reduce(x, axis=(2, 3))
    np.testing.assert_allclose(kind()(Tensor(x)).numpy(), expected, rtol=1e-13)
    layer = kind("channels_last")
    np.testing.assert_allclose(layer(Tensor(last)).numpy(), expected, rtol=1e-13)
    assert kind(keepdims=True)(Tensor(x)).shape == (2, 3, 1, 1)
    assert kind("channels_last", keepdims=True)(Tensor(last)).shape == (2, 1, 1, 3)
    model = Sequential(Conv2D(3, 2, input_shape=(3, 4, 5), generator=0), kind(), Dense(2))
    assert model[2].in_features == 3
    check_gradients(lambda: (model(Tensor(x)) ** 2).sum(), model.parameters(), tolerance=1e-5)
    with pytest.raises(ShapeError, match=r"needs images with channels, \(n, channels"):
        kind()(ones(4, 4))
    with pytest.raises(ValueError, match="did you mean 'channels_last'"):
        kind("channel_last")
    assert repr(kind("channels_last", True)) == f"{kind.__name__}(channels_last, keepdims=True)"


def test_reshape_gives_each_example_a_shape(check_gradients):
    x = Tensor(np.arange(24.0).reshape(2, 12))
    np.testing.assert_array_equal(Reshape((3, 4))(x).numpy(), x.numpy().reshape(2, 3, 4))
    assert Reshape((-1, 6))(x).shape == (2, 2, 6)
    assert Reshape((4,))(ones(0, 2, 2)).shape == (0, 4)
    model = Sequential(Reshape((1, 3, 4), input_shape=(12,)), Conv2D(2, 2, generator=0))
    assert model[1].weight.shape == (2, 1, 2, 2)
    check_gradients(lambda: (model(x) ** 2).sum(), model.parameters(), tolerance=1e-5)
    for sizes in ((5,), (5, -1)):
        with pytest.raises(ShapeError, match="12 numbers for each example; they do not fill"):
            Reshape(sizes)(x)
    for wrong, error in [(8, TypeError), ((2.0,), TypeError), ((0,), ValueError),
                         ((-1, -1), ValueError)]:  # fmt: skip
        with pytest.raises(error, match="Reshape: target_shape="):
            Reshape(wrong)


def test_dropout_and_flatten_have_keras_names_in_nn_keras():
    from nn.keras import Dropout, Flatten

    assert isinstance(Dropout(rate=0.25), nn.Dropout)
    assert Dropout(0.25).p == Dropout(p=0.25).p == 0.25
    drawn = [Dropout(0.5, seed=4)(ones(50)).tolist() for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert isinstance(Flatten(), nn.Flatten)
    assert Sequential(Flatten(input_shape=(2, 3)), Dense(2))[1].in_features == 6
    assert nn.Dropout is not Dropout
    assert nn.Flatten is not Flatten
    with pytest.raises(TypeError, match="rate and p came"):
        Dropout(0.5, p=0.5)
    with pytest.raises(ValueError, match="rate=2 came"):
        Dropout(2)


# ---------------------------------------------------------------------------- sample weights


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "mse"])
def test_a_weight_of_two_is_an_example_that_comes_twice(loss):
    X, y = table(6)
    sizes = (4, 3) if loss != "mse" else (4, 1)
    counts = np.array([0, 1, 2, 3, 1, 1])
    weighted, repeated = model_of(loss, sizes), model_of(loss, sizes)
    one = weighted.fit(X, y, sample_weight=counts, batch_size=6)
    rows = np.repeat(np.arange(6), counts)
    other = repeated.fit(X[rows], y[rows], batch_size=8)
    # the sums are the same, divided by 6 and by 8 examples
    assert one["loss"][0] == pytest.approx(other["loss"][0] * 8 / 6)
    start = model_of(loss, sizes).get_weights()
    steps = [
        [a - b for a, b in zip(m.get_weights(), start, strict=True)] for m in (weighted, repeated)
    ]
    for a, b in zip(*steps, strict=True):
        np.testing.assert_allclose(a, b * 8 / 6, rtol=1e-12)


@pytest.mark.parametrize("batch_size", [3, 20])
def test_weights_of_ones_change_nothing_and_weights_follow_the_shuffled_rows(batch_size):
    X, y = table()
    settings = {"epochs": 3, "batch_size": batch_size, "seed": 5}
    plain, with_ones, by_class, by_example, both = (model_of() for _ in range(5))
    plain.fit(X, y, **settings)
    with_ones.fit(X, y, sample_weight=np.ones(20), **settings)
    np.testing.assert_allclose(with_ones.predict(X), plain.predict(X), rtol=1e-12)
    by_class.fit(X, y, class_weight={0: 2.0, 1: 6.0}, **settings)
    weights = np.array([2.0, 6.0, 1.0])[y]
    by_example.fit(X, y, sample_weight=weights.tolist(), **settings)
    both.fit(X, y, sample_weight=weights / 2.0, class_weight={2: 2.0}, **settings)
    assert same(by_class.state_dict(), by_example.state_dict())
    other = model_of()
    other.fit(X, y, sample_weight=weights / 2.0 * np.array([1, 1, 2])[y], **settings)
    assert same(both.state_dict(), other.state_dict())


def test_weights_go_with_a_validation_split_and_count_there_alike():
    X, y = table()
    weights = np.linspace(0, 2, 20)
    one, other = model_of(), model_of()
    split = one.fit(X, y, sample_weight=weights, validation_split=0.25)
    apart = other.fit(X[:15], y[:15], sample_weight=weights[:15], validation_data=(X[15:], y[15:]))
    assert split["val_loss"] == apart["val_loss"] == [one.evaluate(X[15:], y[15:])]


def test_weights_on_values_and_tensors_are_the_same():
    X, y = xor()
    values = nn.MLP(2, [3, 1], activation="tanh", generator=0)
    tensors = values.to_tensor()
    losses = [
        nn.fit(
            model, X, 2.0 * y.reshape(shape) - 1, loss="hinge", epochs=2,
            optimizer=nn.SGD(model.parameters(), lr=0.1), sample_weight=np.arange(len(X)) % 3,
        )["loss"]
        for model, shape in ((values, -1), (tensors, (-1, 1)))
    ]  # fmt: skip
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-12)


def test_weights_are_the_same_after_an_interrupted_epoch(tmp_path):
    X, y = table()
    settings = {"sample_weight": np.arange(20), "batch_size": 3, "epochs": 3}

    def interrupting(run):  # what Ctrl-C does
        run.interrupted = (run.epoch, run.batch) == (1, 3)

    whole, cut, resumed = model_of(), model_of(), model_of()
    whole.fit(X, y, **settings)
    path = tmp_path / "run.npz"
    cut.fit(X, y, checkpoint=path, callbacks=LambdaCallback(on_batch_end=interrupting), **settings)
    assert not same(whole.state_dict(), cut.state_dict())
    resumed.fit(X, y, checkpoint=path, resume=True, **settings)
    assert same(whole.state_dict(), resumed.state_dict())


@pytest.mark.parametrize(
    ("weights", "error", "said"),
    [
        (np.ones(19), ValueError, r"shape \(19,\) came for 20 examples; needs one number for each"),
        (np.ones((20, 1)), ValueError, r"shape \(20, 1\) came"),
        (2.0, ValueError, r"shape \(\) came"),
        (-np.ones(20), ValueError, r"sample_weight\[0\] is -1.0; needs finite numbers"),
        (np.full(20, np.nan), ValueError, "is nan"),
        (["a"] * 20, TypeError, "a number for each example"),
        ({0: 1.0}, TypeError, "dict came as sample_weight"),
    ],
)
@pytest.mark.parametrize("split", [0.0, 0.5])
def test_weights_that_do_not_fit_are_told(weights, error, said, split):
    model = model_of()
    before = model.state_dict()
    with pytest.raises(error, match=said):
        model.fit(*table(), sample_weight=weights, validation_split=split)
    assert same(before, model.state_dict())


def test_weights_need_arrays_and_a_loss_of_each_example():
    X, y = table()
    loader = DataLoader(TensorDataset(X, y), batch_size=4)
    with pytest.raises(TypeError, match="sample_weight came with a loader"):
        model_of().fit(loader, sample_weight=np.ones(20))
    model = model_of(lambda p, t: p.sum())
    with pytest.raises(TypeError, match="class_weight and sample_weight need the loss of each"):
        model.fit(X, y, sample_weight=np.ones(20))


def test_initial_epoch_counts_on():
    X, y = table()
    seen = []
    noting = LambdaCallback(on_epoch_begin=lambda run: seen.append(run.epoch))
    parts, whole = model_of(), model_of()
    parts.fit(X, y, epochs=2, shuffle=False)
    history = parts.fit(X, y, initial_epoch=2, epochs=5, shuffle=False, callbacks=noting)
    whole.fit(X, y, epochs=5, shuffle=False)
    assert (seen, history.epochs) == ([2, 3, 4], 3)
    assert same(parts.state_dict(), whole.state_dict())
    assert parts.fit(X, y, initial_epoch=5, epochs=5).epochs == 0
    with pytest.raises(ValueError, match="initial_epoch=-1 came"):
        parts.fit(X, y, initial_epoch=-1)


# ------------------------------------------------------------------- what is not there, told


@pytest.mark.parametrize(
    "layer",
    [
        Dense(6), Dense(6, input_dim=8), Conv2D(3, 3), nn.MaxPooling2D(), nn.Flatten(),
        Reshape((2,)), nn.Activation("relu"), nn.Dropout(0.5), BatchNormalization(),
        nn.Linear(8, 3), GlobalMaxPooling2D(), Sequential(Dense(3)), nn.Embedding(3, 4), nn.ReLU(),
    ],
    ids=repr,
)  # fmt: skip
def test_the_functional_api_is_told(layer):
    with pytest.raises(TypeError, match=r"functional API, which is not supported: .* forward"):
        layer(Input((8,)))


def test_a_model_of_inputs_and_outputs_is_told():
    for make in (lambda: nn.Model(Input((8,)), Dense(3)), lambda: nn.Model(inputs=1, outputs=2)):
        with pytest.raises(TypeError, match=r"Model\(inputs, outputs\), is not supported: write a"):
            make()


def test_summary_of_a_model_without_sizes(capsys):
    model = Sequential(Dense(6), nn.Activation("tanh"), Dense(3, input_dim=6))
    assert model.summary() is None
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[2:6]] == ["-", "?", "-", "21"]
    assert "21 parameters, and those of layers that have no size yet" in lines
    assert repr(model[0]) == "Dense(? -> 6)"


@pytest.mark.parametrize("loss", ["cross_entropy", "nll_loss"])
@pytest.mark.parametrize(
    ("outputs", "labels", "said"),
    [
        ((2, 5, 3), (2, 5), r"class axis belongs second: outputs\.transpose\(1, 2\)"),
        ((2, 5, 4, 3), (2, 5, 4), r"second: outputs\.permute\(0, 3, 1, 2\)"),
        ((2, 3, 4, 4), (2,), r"nn\.Flatten\(\) before the last layer"),
        ((2, 3, 4), (2, 1), r"nn\.Flatten\(\) before the last layer"),
    ],
)
def test_a_class_axis_that_is_elsewhere_is_told(loss, outputs, labels, said):
    function = getattr(functional, loss)
    with pytest.raises(ShapeError, match=said):
        function(ones(*outputs), np.zeros(labels, int))
    if "second" in said:  # the fix works
        last = len(outputs) - 1
        function(ones(*outputs).permute(0, last, *range(1, last)), np.zeros(labels, int))


def test_a_missing_flatten_is_told_by_fit():
    images = np.random.default_rng(0).normal(size=(8, 1, 6, 6))
    for loss in ("cross_entropy", "sparse_categorical_crossentropy"):
        model = Sequential(Conv2D(4, 3), Dense(3))
        model.compile("adam", loss)
        with pytest.raises(ShapeError, match=r"nn\.Flatten\(\) before the last layer"):
            model.fit(images, np.arange(8) % 3)
