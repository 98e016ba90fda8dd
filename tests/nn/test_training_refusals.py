"""The training loop: what it refuses, before anything is learned, and with what sentence."""

import numpy as np
import pytest

import nn
from autograd import ShapeError
from nn.data import DataLoader, TensorDataset, moons, xor
from tests.nn.trained_models import Table, same, small


def test_a_loss_that_is_no_number_is_told_before_the_step():
    X, y = xor()
    model = small()
    model[0].weight.data[0, 0] = np.nan
    before = model.state_dict()
    with pytest.raises(FloatingPointError, match="the loss is nan in epoch 1: lower the learning"):
        nn.fit(model, X, y, loss="cross_entropy")
    assert same(before, model.state_dict())


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"loss": "crossentropy"}, ValueError, "fit: loss 'crossentropy' .* 'cross_entropy'"),
        ({"loss": "mse", "metrics": ["acuracy"]}, ValueError, "did you mean 'accuracy'"),
        ({"loss": "cross_entropy", "epochs": -1}, ValueError, "epochs=-1 came"),
        ({"loss": "cross_entropy", "validation": [1]}, ValueError, r"give \(inputs, targets\)"),
        ({"loss": "cross_entropy", "batch_size": 0}, ValueError, "batch_size"),
        ({"loss": "cross_entropy", "seed": "now"}, TypeError, "give a seed such as 0"),
        ({"loss": "hinge"}, ValueError, "targets are -1 and 1"),
        ({"loss": "binary_cross_entropy_with_logits"}, ValueError, "must be equal"),
        ({"loss": nn.MSELoss}, TypeError, r"make one: nn.MSELoss\(\)"),
        ({"loss": 3}, TypeError, "int came as loss; give a name or a function"),
        ({"loss": "cross_entropy", "epochs": 2.5}, TypeError, "whole number"),
        ({"loss": "cross_entropy", "metrics": [3]}, TypeError, "int came as a metric"),
        ({"loss": "cross_entropy", "validation_split": 1.0}, ValueError, "leaves examples on both"),
        ({"loss": "cross_entropy", "class_weight": {0: -1.0}}, ValueError, "needs 0 or more"),
        ({"loss": "cross_entropy", "class_weight": {"a": 1}}, TypeError, "classes are numbers"),
        ({"loss": "cross_entropy", "class_weight": [1, 2]}, TypeError, "weights by class"),
        ({"loss": lambda p, t: p.sum(), "class_weight": {0: 1}}, TypeError, "reduction='none'"),
        ({"loss": "cross_entropy", "callbacks": [3]}, TypeError, "none of on_train_begin"),
        ({"loss": "cross_entropy", "callbacks": nn.callbacks.CSVLogger}, TypeError, "brackets"),
        ({"loss": "cross_entropy", "resume": True}, ValueError, "give checkpoint=path"),
        ({"loss": "cross_entropy", "checkpoint": "/no/such/folder/run.npz"}, ValueError, "folder"),
        ({"loss": "cross_entropy", "optimizer": 3}, TypeError, "give one of nn.optim"),
    ],
)
def test_errors_say_what_came_and_what_is_needed(settings, error, said):
    X, y = xor()
    model = small()
    before = model.state_dict()
    with pytest.raises(error, match=said):
        nn.fit(model, X, y, **settings)
    assert same(before, model.state_dict())


def test_a_model_without_parameters_is_told():
    X, y = xor()
    with pytest.raises(ValueError, match="no parameters came"):
        nn.fit(nn.Identity(), X, y, loss="cross_entropy")


@pytest.mark.parametrize("optimizer", ["adam", nn.Adam])
def test_an_optimizer_that_is_not_made_is_told(optimizer):
    X, y = xor()
    with pytest.raises(TypeError, match=r"(?i)fit: 'adam' came as optimizer; give one"):
        nn.fit(small(), X, y, loss="cross_entropy", optimizer=optimizer)


def test_one_score_per_example_is_too_few_for_cross_entropy():
    X, y = moons(8)
    with pytest.raises(ShapeError, match=r"for 8 examples give scores of shape \(8, classes\)"):
        nn.fit(nn.MLP(2, [1], generator=0), X, y, loss="cross_entropy")


@pytest.mark.parametrize(
    ("model", "came"),
    [(nn.Sequential, "Sequential"), (lambda x: x, "function"), (None, "NoneType")],
)
def test_what_is_no_model_is_told(model, came):
    with pytest.raises(TypeError, match=f"{came} came as model"):
        nn.fit(model, *xor(), loss="cross_entropy")


@pytest.mark.parametrize(
    ("gives", "said"), [(None, "gave None"), (np.ones(3), r"gave the shape \(3,\)")]
)
def test_a_metric_that_gives_no_number_is_named(gives, said):
    with pytest.raises(TypeError, match=f"the metric 'odd' {said}; needs one number"):
        nn.fit(small(), *xor(), loss="cross_entropy", metrics={"odd": lambda p, t: gives})


def test_what_keras_calls_trainable_is_not_passed_over_in_silence():
    model = small()
    model[0].trainable = False
    with pytest.raises(ValueError, match=r"0 has trainable=False.*layer.freeze\(\)"):
        nn.fit(model, *xor(), loss="cross_entropy")
    before = model[0].freeze().state_dict()
    nn.fit(model, *xor(), loss="cross_entropy")
    assert same(before, model[0].state_dict())


def test_targets_that_are_no_numbers_are_told_before_anything_is_learned():
    X = np.random.default_rng(0).normal(size=(50, 2))
    y = X.sum(1, keepdims=True)
    holes = y.copy()
    holes[45] = np.nan
    for settings, said in [
        ({"y": holes}, r"y holds nan in row 45 \(1 of 50"),
        ({"y": y, "validation": (X, holes)}, "validation targets holds nan in row 45"),
    ]:
        model = small(outputs=1)
        before = model.state_dict()
        with pytest.raises(ValueError, match=said):
            nn.fit(model, X, loss="mse", batch_size=5, **settings)
        assert same(before, model.state_dict())


def test_a_loader_that_is_used_up_is_told():
    class Once:
        def __init__(self, batches):
            self.walk = iter(batches)

        def __iter__(self):
            return self.walk

    X, y = moons(40)
    with pytest.raises(ValueError, match="an epoch had no batch; give a loader"):
        nn.fit(small(), Once([(X, y)]), loss="cross_entropy", epochs=2)
    with pytest.raises(ValueError, match="the loader gave no batch"):
        nn.training.evaluate(small(), Once([]))


@pytest.mark.parametrize(
    ("loss", "error", "said"),
    [
        (nn.CrossEntropyLoss(reduction="none"), ShapeError, r"gave the shape \(10,\)"),
        (lambda p, t: (p - t[:, None]) ** 2, ShapeError, r"gave the shape \(10, 2\)"),
        (lambda p, t: float(((p - t[:, None]) ** 2).mean()), TypeError, "knows no gradient"),
    ],
)
def test_a_loss_that_gives_no_number_to_go_downhill_on_is_told(loss, error, said):
    X, y = moons(10)
    model = small()
    before = model.state_dict()
    with pytest.raises(error, match=said):
        nn.fit(model, X, y, loss=loss)
    assert same(before, model.state_dict())


def test_data_that_do_not_fit_are_told_before_anything_is_learned():
    X, y = moons(100)
    holes = X.copy()
    holes[70, 1] = np.nan
    labels = y.copy()
    labels[60] = 2
    other = nn.Adam(small().parameters())
    for arguments, settings, error, said in [
        ((X, y[:-1]), {}, ValueError, "X has 100 rows and y has 99"),
        ((X[:0], y[:0]), {}, ValueError, "empty"),
        ((holes, y), {}, ValueError, r"X holds nan in row 70 \(1 of 100 rows"),
        ((X, labels), {}, ValueError, "label 2 came, and there are 2 classes"),
        ((X, y), {"validation": (holes, y)}, ValueError, "validation inputs holds nan"),
        ((X, y), {"validation": (X, labels)}, ValueError, "label 2 came"),
        ((X, y), {"validation": (X, y[:3])}, ValueError, "X has 100 rows and y has 3"),
        ((X, y), {"validation": (X, y), "validation_split": 0.5}, ValueError, "give one of them"),
        ((X, y), {"optimizer": other}, ValueError, "none of this model's parameters"),
        ((X,), {}, TypeError, "X came without y"),
        ((3,), {}, TypeError, "give arrays X and y"),
        ((iter([(X, y)]),), {}, TypeError, "used up after one epoch"),
        (([(X, y)],), {"validation_split": 0.5}, TypeError, "cannot be cut"),
        (([(X, y, y)],), {}, TypeError, "a batch of 3 things came"),
        ((X.tolist(),), {}, TypeError, r"a single example came.*fit\(X, y\)"),
        ((TensorDataset(X, y),), {}, TypeError, "nn.data.DataLoader"),
        (({"X": X}, y), {}, TypeError, "a dict came as X, with y"),
        ((DataLoader(TensorDataset(X, y)), y), {}, TypeError, "a loader .* without y"),
        (([[1.0], [1.0, 2.0]], [0, 1]), {}, ValueError, "not equally long"),
        ((Table(X),), {}, TypeError, "X came without y"),
        (([],), {}, ValueError, "has no batch"),
        ((X, y), {"validation": X}, TypeError, "without targets"),
        ((X, y), {"validation": (X, None)}, TypeError, "without targets"),
        ((X, y), {"validation": DataLoader([1], 2, drop_last=True)}, ValueError, "has no batch"),
        ((X, y), {"validation_split": "0.2"}, TypeError, "pass a number"),
        ((X, y), {"metrics": {"a": "acuracy"}}, ValueError, "did you mean 'accuracy'"),
        ((X, y), {"metrics": {"a": 3}}, TypeError, "int came as a metric"),
        ((X, y), {"metrics": [lambda p, t: 1, lambda p, t: 2]}, ValueError, "two metrics are"),
        ((X, y), {"class_weight": {0: "a"}}, ValueError, "needs 0 or more"),
    ]:
        model = small()
        before = model.state_dict()
        with pytest.raises(error, match=said):
            nn.fit(model, *arguments, loss="cross_entropy", batch_size=10, **settings)
        assert same(before, model.state_dict())


def test_lbfgs_is_told_how_it_is_used():
    model = small()
    with pytest.raises(TypeError, match=r"optimizer.step\(closure\)"):
        nn.fit(model, *xor(), loss="cross_entropy", optimizer=nn.LBFGS(model.parameters()))
