"""Linear, Sequential, starting weights; and every loss against finite differences."""

from functools import partial

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, Value
from nn import functional

X = np.random.default_rng(1).uniform(-2, 2, (5, 3))

LABELS = np.array([0, 3, 1, 1, 2])
SHARES = np.random.default_rng(2).dirichlet(np.ones(4), 5)
NUMBERS = np.random.default_rng(3).normal(size=(5, 4))
SIGNS = np.sign(NUMBERS)

# name, loss of (predictions, targets), targets, what comes before
LOSSES = [
    ("mse", functional.mse_loss, NUMBERS, nn.Identity()),
    ("l1", functional.l1_loss, NUMBERS, nn.Identity()),
    ("bce", functional.binary_cross_entropy, SHARES, nn.Sigmoid()),
    ("bce with logits", functional.binary_cross_entropy_with_logits, SHARES, nn.Identity()),
    ("cross entropy of labels", functional.cross_entropy, LABELS, nn.Identity()),
    ("cross entropy of shares", functional.cross_entropy, SHARES, nn.Identity()),
    (
        "cross entropy, smoothed",
        partial(functional.cross_entropy, label_smoothing=0.2),
        LABELS,
        nn.Identity(),
    ),
    ("hinge", functional.hinge_loss, SIGNS, nn.Identity()),
    ("multi margin", functional.multi_margin_loss, LABELS, nn.Identity()),
]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("row", LOSSES, ids=[row[0] for row in LOSSES])
def test_loss_has_the_gradient_of_finite_differences(row, reduction, check_gradients):
    _, function, targets, last = row
    before = nn.Linear(3, 4, generator=0)

    def loss():
        terms = function(last(before(Tensor(X))), targets, reduction=reduction)
        return (terms * terms).sum()

    check_gradients(loss, before.parameters())


# --------------------------------------------------------------------------------- Linear


def test_linear_starts_within_one_over_root_in():
    layer = nn.Linear(16, 100, generator=0)
    for parameter in layer.parameters():
        assert np.abs(parameter.data).max() <= 0.25
        assert np.abs(parameter.data).max() > 0.22
    again = nn.Linear(16, 100, generator=np.random.default_rng(0))
    assert (layer.weight == again.weight).all()


def test_linear_takes_any_leading_axes_and_arrays():
    layer = nn.Linear(3, 2)
    for shape in [(3,), (4, 3), (2, 4, 3)]:
        assert layer(Tensor(np.ones(shape))).shape == (*shape[:-1], 2)
    assert layer([1.0, 2.0, 3.0]).shape == (2,)
    assert layer(np.ones((4, 3))).requires_grad


@pytest.mark.parametrize("shape", [(), (4,), (5, 4), (3, 1)])
def test_linear_says_what_came_and_what_is_needed(shape):
    with pytest.raises(ShapeError, match=r"Linear\(3 -> 2\).*its last axis must have 3 elements"):
        nn.Linear(3, 2)(Tensor(np.ones(shape)))


@pytest.mark.parametrize(
    ("sizes", "error"), [((0, 1), ValueError), ((2, -1), ValueError), ((2.5, 1), TypeError)]
)
def test_linear_refuses_sizes(sizes, error):
    with pytest.raises(error, match=r"Linear: (in|out)_features is"):
        nn.Linear(*sizes)


def test_functional_linear_says_what_came():
    with pytest.raises(ShapeError, match=r"linear: x of shape \(2,\) and weight of shape \(3, 4\)"):
        functional.linear(Tensor([1.0, 2.0]), np.ones((3, 4)))


# --------------------------------------------------------------------------------- Sequential


def test_sequential_is_a_list_of_modules():
    first, second, third = nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)
    model = nn.Sequential(first, second, third)
    assert (len(model), list(model), model[-1]) == (3, [first, second, third], third)
    assert model["1"] is second
    assert list(model[:2]) == [first, second]
    assert isinstance(model[1:], nn.Sequential)
    assert model.append(nn.Tanh())[3](Tensor([0.0])).item() == 0.0


def test_sequential_takes_names():
    model = nn.Sequential({"deep": nn.Linear(2, 3), "bend": nn.ReLU()})
    assert [name for name, _ in model.named_parameters()] == ["deep.weight", "deep.bias"]
    assert model["bend"](Tensor([-1.0])).item() == 0.0


@pytest.mark.parametrize(
    ("thing", "hint"),
    [(nn.ReLU, r"ReLU\(\) with brackets"), (np.tanh, "a module of its own"), (3, "int came")],
)
def test_sequential_says_how_to_give_a_module(thing, hint):
    with pytest.raises(TypeError, match=hint):
        nn.Sequential(nn.Linear(1, 1), thing)


def test_flatten_joins_all_but_the_batch():
    assert nn.Flatten()(Tensor(np.ones((2, 3, 4)))).shape == (2, 12)
    assert nn.Flatten(0, 1)(Tensor(np.ones((2, 3, 4)))).shape == (6, 4)


def test_activations_show_their_settings():
    assert repr(nn.LeakyReLU(0.2)) == "LeakyReLU(negative_slope=0.2)"
    assert repr(nn.Tanh()) == "Tanh()"


# --------------------------------------------------------------------------------- init


@pytest.mark.parametrize(
    ("fill", "deviation"),
    [
        (lambda w: nn.init.uniform_(w, -3, 3, generator=0), np.sqrt(3)),
        (lambda w: nn.init.normal_(w, 0, 2, generator=0), 2.0),
        (lambda w: nn.init.xavier_uniform_(w, generator=0), np.sqrt(2 / 300)),
        (lambda w: nn.init.xavier_normal_(w, 2.0, generator=0), 2 * np.sqrt(2 / 300)),
        (lambda w: nn.init.kaiming_uniform_(w, generator=0), np.sqrt(2 / 200)),
        (
            lambda w: nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="tanh", generator=0),
            5 / 3 / 10,
        ),
    ],
)
def test_init_has_the_spread_of_its_formula(fill, deviation):
    weights = nn.Parameter(np.zeros((100, 200)))
    assert fill(weights) is weights
    assert weights.data.std() == pytest.approx(deviation, rel=0.02)
    assert abs(weights.data.mean()) < 0.03 * deviation
    assert weights.requires_grad


def test_init_sets_constants_and_keeps_the_dtype():
    weights = nn.Parameter(np.zeros((2, 2), np.float32))
    assert nn.init.ones_(weights).tolist() == [[1, 1], [1, 1]]
    assert nn.init.constant_(weights, 7.0).dtype == np.float32
    assert nn.init.zeros_(weights).tolist() == [[0, 0], [0, 0]]


def test_init_says_what_is_needed():
    with pytest.raises(ValueError, match="to count connections"):
        nn.init.xavier_uniform_(nn.Parameter([1.0, 2.0]))
    with pytest.raises(ValueError, match="did you mean 'relu'"):
        nn.init.kaiming_normal_(nn.Parameter([[1.0]]), nonlinearity="rellu")
    with pytest.raises(TypeError, match="a Parameter or Tensor is needed"):
        nn.init.zeros_([0.0] * 3)
    with pytest.raises(TypeError, match="give a seed such as 0"):
        nn.init.uniform_(nn.Parameter([1.0]), generator="now")


# --------------------------------------------------------------------------------- losses


TWO_SHAPES = [f for _, f, _, _ in LOSSES[:4]]


@pytest.mark.parametrize("function", TWO_SHAPES, ids=lambda f: f.__name__)
def test_a_column_against_a_row_raises_with_the_fix(function):
    column, row = Tensor(np.full((4, 1), 0.5)), np.ones(4)
    with pytest.raises(ShapeError, match=r"silently become \(4, 4\).*predictions\.reshape\(-1\)"):
        function(column, row)
    with pytest.raises(ShapeError, match=r"silently become \(4, 4\).*targets\.reshape\(-1\)"):
        function(column.reshape(-1), row.reshape(4, 1))
    with pytest.raises(ShapeError, match=r"shape \(4, 1\) and targets \(3, 1\)"):
        function(column, np.ones((3, 1)))


@pytest.mark.parametrize("function", [functional.cross_entropy, functional.multi_margin_loss])
def test_labels_are_checked(function):
    z = Tensor(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"label 3 came.*from 0 to 2"):
        function(z, [0, 3])
    with pytest.raises(ValueError, match="label -1 came"):
        function(z, [0, -1])
    with pytest.raises(TypeError, match=r"y\.astype\(int\)"):
        function(z, [0.0, 1.0])
    with pytest.raises(ShapeError, match=r"use labels\.reshape\(-1\)"):
        function(z, [[0], [1]])
    with pytest.raises(ShapeError, match=r"labels of shape \(3,\) came; \(2,\) is needed"):
        function(z, [0, 1, 2])


def test_targets_out_of_range_raise():
    p = Tensor([0.5, 0.5])
    with pytest.raises(ValueError, match="target 2 came; it must lie between 0 and 1"):
        functional.binary_cross_entropy(p, [0, 2])
    with pytest.raises(ValueError, match="target -1 came"):
        functional.binary_cross_entropy_with_logits(p, [-1, 1])
    with pytest.raises(ValueError, match=r"probability 1\.2 came"):
        functional.binary_cross_entropy(Tensor([1.2, 0.5]), [1, 1])
    with pytest.raises(ValueError, match=r"target 0 came.*2 \* y - 1"):
        functional.hinge_loss(p, [0, 1])
    with pytest.raises(ValueError, match=r"label_smoothing=2 came"):
        functional.cross_entropy(Tensor([[0.0, 1.0]]), [0], label_smoothing=2)
    with pytest.raises(ValueError, match=r"probability -0\.1 came"):
        functional.cross_entropy(Tensor([[0.0, 1.0]]), [[-0.1, 1.1]])


@pytest.mark.parametrize("row", LOSSES, ids=[row[0] for row in LOSSES])
def test_an_unknown_reduction_or_no_example_raises(row):
    _, function, targets, last = row
    with pytest.raises(ValueError, match="did you mean 'mean'"):
        function(last(Tensor(np.zeros((5, 4)))), targets, reduction="maen")
    with pytest.raises(ShapeError, match="no example came"):
        function(Tensor(np.zeros((0, 4))), targets[:0])


@pytest.mark.parametrize("row", LOSSES, ids=[row[0] for row in LOSSES])
def test_losses_keep_float32(row):
    _, function, targets, last = row
    z = Tensor(np.zeros((5, 4), np.float32), requires_grad=True)
    loss = function(last(z), targets)
    loss.backward()
    assert loss.dtype == z.grad.dtype == np.float32


@pytest.mark.parametrize("row", LOSSES, ids=[row[0] for row in LOSSES])
def test_losses_do_not_overflow(row):
    _, function, targets, last = row
    z = Tensor(np.full((5, 4), 1000.0) * SIGNS, requires_grad=True)
    loss = function(last(z), targets)
    loss.backward()
    assert np.isfinite(loss.item())
    assert np.isfinite(z.grad).all()


def test_cross_entropy_takes_one_example_and_a_class_for_every_place():
    z = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    y = np.random.default_rng(1).integers(0, 3, (2, 4, 5))
    single = functional.cross_entropy(Tensor(z[0, :, 0, 0]), y[0, 0, 0])
    each = functional.cross_entropy(Tensor(z), y, reduction="none")
    assert each.shape == (2, 4, 5)
    assert each.data[0, 0, 0] == pytest.approx(single.item())


VALUES = [
    ("mse", functional.mse_loss, [0.3, -1.0, 2.0]),
    ("l1", functional.l1_loss, [0.3, -1.0, 2.0]),
    ("bce", functional.binary_cross_entropy, [1.0, 0.0, 0.3]),
    ("bce with logits", functional.binary_cross_entropy_with_logits, [1.0, 0.0, 0.3]),
    ("hinge", functional.hinge_loss, [1, -1, 1]),
]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("row", VALUES, ids=[row[0] for row in VALUES])
def test_losses_of_values_equal_those_of_tensors(row, reduction):
    _, function, targets = row
    numbers = [0.2, 0.9, 0.6]
    t = Tensor(numbers, requires_grad=True)
    function(t, targets, reduction=reduction).sum().backward()
    values = [Value(n) for n in numbers]
    terms = function(values, np.array(targets), reduction=reduction)
    total = sum(terms) if reduction == "none" else terms
    total.backward()
    np.testing.assert_allclose([v.grad for v in values], t.grad, rtol=1e-12)
    single = Value(0.2)
    assert isinstance(function(single, targets[0]), Value)
    with pytest.raises(ShapeError, match="they must be equal"):
        function(values, targets[:2])


def test_losses_of_nested_lists_of_values():
    rows = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    loss = functional.mse_loss(rows, [[1.0, 1.0], [1.0, 1.0]])
    loss.backward()
    assert loss.data == 3.5
    assert rows[1][1].grad == 1.5


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_cross_entropy_of_values_equals_that_of_tensors(smoothing):
    numbers, labels = [[1.0, -2.0, 0.5], [0.1, 0.2, 3.0]], [2, 0]
    t = Tensor(numbers, requires_grad=True)
    functional.cross_entropy(t, labels, label_smoothing=smoothing).backward()
    rows = [[Value(n) for n in row] for row in numbers]
    functional.cross_entropy(rows, labels, label_smoothing=smoothing).backward()
    np.testing.assert_allclose([[v.grad for v in row] for row in rows], t.grad, rtol=1e-12)
    single = functional.cross_entropy(rows[0], 2)
    assert single.data == pytest.approx(functional.cross_entropy(t[0], 2).item())


def test_bce_of_certain_values_is_the_same_as_of_tensors():
    for p, y in [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)]:
        of_tensor = functional.binary_cross_entropy(Tensor([p]), [y]).item()
        assert functional.binary_cross_entropy(Value(p), y).data == of_tensor
        assert of_tensor == (0.0 if p == y else 100.0)


def test_loss_modules_do_as_their_functions():
    z = Tensor(NUMBERS)
    assert nn.MSELoss()(z, SHARES).item() == functional.mse_loss(z, SHARES).item()
    assert nn.L1Loss("sum")(z, SHARES).item() == functional.l1_loss(z, SHARES, "sum").item()
    assert nn.BCELoss()(Tensor(SHARES), SHARES).item() == pytest.approx(
        functional.binary_cross_entropy(SHARES, SHARES)
    )
    assert nn.BCEWithLogitsLoss(reduction="none")(z, SHARES).shape == (5, 4)
    with pytest.raises(TypeError, match="did you mean reduction='none'"):
        nn.BCEWithLogitsLoss("none")(z, SHARES)
    assert nn.CrossEntropyLoss()(z, LABELS).item() == functional.cross_entropy(z, LABELS).item()
    assert nn.HingeLoss(2.0)(z, SIGNS).item() == functional.hinge_loss(z, SIGNS, 2.0).item()
    assert nn.MultiMarginLoss(2.0, "sum")(z, LABELS).item() == pytest.approx(
        functional.multi_margin_loss(z, LABELS, 2.0, "sum").item()
    )
    assert repr(nn.MSELoss()) == "MSELoss()"
    with pytest.raises(ValueError, match="MSELoss: reduction 'average' is unknown"):
        nn.MSELoss("average")


@pytest.mark.parametrize("kind", [nn.Dropout, nn.Dropout1d, nn.Dropout2d])
def test_a_dropout_with_a_seed_drops_other_places_in_every_call(kind):
    first, second = kind(0.5, generator=3), kind(0.5, generator=3)
    x = np.ones((4, 64, 2, 2)[: {nn.Dropout: 2, nn.Dropout1d: 3}.get(kind, 4)])
    calls = [first(x) for _ in range(3)]
    assert len({np.asarray(call).tobytes() for call in calls}) == 3
    for call in calls:  # and the same seed gives the same sequence
        np.testing.assert_array_equal(call, second(x))
