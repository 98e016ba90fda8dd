"""The worked cases of the course, by their ids: figures that every way of computing must give."""

import math
from itertools import pairwise

import numpy as np
import pytest

import nn
import viz
from autograd import OPS, Tensor, Value, dot, gelu, maximum, relu, sigmoid, tanh
from autograd import sum as summed
from nn import functional
from nn.data import blobs, houses, line, planar_flower, standardize, xor
from tests.worked_case_c4 import IMAGE, KERNEL, ONCE, TWICE

# ------------------------------------------------------------------- C1 one neuron, one layer

NEURON = ([1.2, 5.6, 2.1], [3.1, 2.1, 9.8], 1.0, 37.06)
INPUTS = [1.2, 5.6, 2.1, 2.5]
WEIGHTS = [[3.1, 2.1, 9.8, 1.0], [5.1, 6.1, 4.8, 7.0], [6.1, 4.1, 5.8, 6.0]]
BIASES = [1.0, 2.0, 0.5]
OUTPUTS = [39.56, 69.86, 57.96]


def c1_by_values(x, rows, biases):
    outs = []
    for row, b in zip(rows, biases, strict=True):
        total = Value(b)
        for w, n in zip(row, x, strict=True):
            total = total + Value(w) * n
        outs.append(total.data)
    return outs


def c1_by_weighted_sums(x, rows, biases):
    pairs = zip(rows, biases, strict=True)
    return [dot([Value(w) for w in row], x, bias=Value(b)).data for row, b in pairs]


def c1_by_a_matrix_product(x, rows, biases):
    return (Tensor(rows) @ Tensor(x) + Tensor(biases)).tolist()


def c1_by_neurons(x, rows, biases):
    pairs = zip(rows, biases, strict=True)
    return [nn.Neuron.from_weights(row, b)(x).data for row, b in pairs]


def c1_by_a_layer(x, rows, biases):
    outs = nn.Layer.from_weights(rows, biases)(x)
    return [out.data for out in (outs if isinstance(outs, list) else [outs])]


def c1_by_linear(x, rows, biases):
    layer = nn.Linear(len(x), len(rows))
    layer.load_state_dict({"weight": rows, "bias": biases})
    return layer(Tensor(x)).tolist()


@pytest.mark.parametrize(
    "way",
    [
        c1_by_values,
        c1_by_weighted_sums,
        c1_by_a_matrix_product,
        c1_by_neurons,
        c1_by_a_layer,
        c1_by_linear,
    ],
)
def test_c1_one_neuron_and_one_layer(way):
    x, weights, bias, out = NEURON
    np.testing.assert_allclose(way(x, [weights], [bias]), [out], rtol=1e-14)
    np.testing.assert_allclose(way(INPUTS, WEIGHTS, BIASES), OUTPUTS, rtol=1e-14)


# ------------------------------------------------------------- C2 dense, then ReLU, on a batch


def test_c2_dense_then_relu_on_a_batch():
    generator = np.random.default_rng(0)
    first, second = nn.Linear(4, 5), nn.Linear(5, 2)
    for layer in (first, second):
        layer.weight.data = 0.10 * generator.standard_normal(layer.weight.shape)
        nn.init.zeros_(layer.bias)
    x = np.array(WEIGHTS)
    dense = first(Tensor(x))
    bent = nn.ReLU()(dense)
    np.testing.assert_array_equal(bent.data, np.maximum(0, dense.data))
    assert (dense.data < 0).any()
    assert (dense.data > 0).any()
    by_hand = np.maximum(0, x @ first.weight.data.T) @ second.weight.data.T
    np.testing.assert_allclose(
        nn.Sequential(first, nn.ReLU(), second)(Tensor(x)).data, by_hand, rtol=1e-13
    )


# ----------------------------------------------- C3 a neuron and a small network, legacy seeds


def c3_neuron(n):
    """One neuron's numbers in the order in which the course draws them: weights, then bias."""
    weights = np.random.rand(n)  # noqa: NPY002  the course's seeds belong to the legacy generator
    return weights.tolist(), np.random.rand()  # noqa: NPY002


def c3_network(size, fused):
    layers = []
    for inputs, neurons in [(size, 4), (4, 4), (4, 1)]:
        drawn = [c3_neuron(inputs) for _ in range(neurons)]
        layers.append(([w for w, _ in drawn], [b for _, b in drawn]))
    return nn.MLP.from_weights(layers, "sigmoid", "sigmoid", fused)


@pytest.mark.parametrize("fused", [True, False])
def test_c3_neuron(fused):
    np.random.seed(1)  # noqa: NPY002
    neuron = nn.Neuron.from_weights(*c3_neuron(10), "sigmoid", fused)
    assert neuron(np.ones(10)).data == pytest.approx(0.972494, abs=1e-5)


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize(
    ("seed", "size", "out"), [(1, 5, 0.87080997), (2, 20, 0.9478807), (5, 100, 0.912289)]
)
def test_c3_network(seed, size, out, fused):
    np.random.seed(seed)  # noqa: NPY002
    model = c3_network(size, fused)
    assert model(np.ones(size)).data == pytest.approx(out, abs=1e-5)
    assert len(model.parameters()) == 4 * (size + 1) + 4 * 5 + 5


@pytest.mark.parametrize(
    ("seed", "size", "out"), [(1, 5, 0.85191892), (2, 20, 0.94771291), (5, 100, 0.91495327)]
)
def test_c3_in_matrix_form(seed, size, out):
    np.random.seed(seed)  # noqa: NPY002
    a = np.ones(size)
    for shape in [(size, 4), (4, 4), (4, 1)]:
        w = Tensor(np.random.rand(*shape), requires_grad=True)  # noqa: NPY002
        b = np.random.rand(shape[1]) if shape[1] > 1 else np.random.rand()  # noqa: NPY002
        a = sigmoid(a @ w + b)
    assert a.item() == pytest.approx(out, abs=1e-8)


# ----------------------------------------------------------------------- C5 class attendance


def test_c5_class_attendance():
    neuron = nn.Neuron.from_weights([0.5, 0.1, 0.0058], 0.2)
    z = neuron([0.4, 2, 17])
    assert z.data == pytest.approx(0.6986, rel=1e-14)
    assert z.relu().data == z.data
    y_hat = Value(0.45)
    loss = functional.binary_cross_entropy(y_hat, 1)
    loss.backward()
    assert loss.data == pytest.approx(0.798508, abs=5e-7)
    assert y_hat.grad == pytest.approx(-1 / 0.45, rel=1e-14)
    probabilities = Tensor([0.45], requires_grad=True)
    of_tensor = functional.binary_cross_entropy(probabilities, [1.0])
    assert of_tensor.item() == pytest.approx(loss.data, rel=1e-14)
    of_logits = functional.binary_cross_entropy_with_logits(math.log(0.45 / 0.55), 1.0)
    assert of_logits == pytest.approx(loss.data, rel=1e-14)


# ------------------------------------------------------------------------- C4 convolution


def c4_by_values(image):
    """Every product and every sum a node."""
    size = len(image) - 2
    window = [(i, j) for i in range(3) for j in range(3)]
    out = []
    for row in range(size):
        out.append([])
        for column in range(size):
            total = Value(0.0)
            for i, j in window:
                total = total + image[row + i][column + j] * Value(KERNEL[i][j])
            out[-1].append(total)
    return out


def c4_by_neurons(image):
    """One node a window."""
    (grid,) = functional.conv2d(image, [[KERNEL]])
    return grid


def c4_by_layer(image):
    layer = nn.Conv2d(1, 1, 3, bias=False)
    layer.weight.data = [[KERNEL]]
    return layer(Tensor([image], dtype=float)).tolist()[0]


def c4_in_pictures(image):
    return viz.convolution(image, KERNEL).output.tolist()


@pytest.mark.parametrize("way", [c4_by_values, c4_by_neurons, c4_by_layer, c4_in_pictures])
def test_c4_convolution(way):
    as_values = way in (c4_by_values, c4_by_neurons)
    image = [[Value(pixel) for pixel in row] for row in IMAGE] if as_values else IMAGE
    first = way(image)
    second = way(first)
    if as_values:
        first, second = ([[v.data for v in row] for row in grid] for grid in (first, second))
    assert first == ONCE
    assert second == TWICE


# ------------------------------------------------------------------------- C6 linear algebra


def test_c6_linear_algebra():
    assert dot([Value(1), Value(2), Value(3)], [4, 1, 3]).data == 15
    assert dot(Tensor([1.0, 2.0, 3.0]), [4.0, 1.0, 3.0]).item() == 4 + 2 + 9
    product = Tensor([[1, 2, 1], [0, 1, 0], [2, 3, 4]]) @ Tensor([[2, 5], [6, 7], [1, 8]])
    assert product.tolist() == [[15, 27], [6, 7], [26, 63]]


# ----------------------------------------- C7 a network of layers by hand, and by the engine


def c7_engine(x, y, weights, biases, bends):
    """Cost and parameters of a network whose columns are examples."""
    ws = [Tensor(w, requires_grad=True) for w in weights]
    bs = [Tensor(b, requires_grad=True) for b in biases]
    a = x
    for w, b, bend in zip(ws, bs, bends, strict=True):
        a = bend(w @ a + b)
    cost = -summed(y * a.log() + (1 - y) * (1 - a).log()) / y.shape[1]
    cost.backward()
    return cost, [w.grad for w in ws], [b.grad for b in bs]


def c7_planar(m=60):
    """The planar two-class set that no line separates, examples as columns."""
    points, labels = planar_flower(m, seed=1)
    return points.T.copy(), labels.reshape(1, -1).astype(float)


def test_c7_two_layers_by_hand_equal_the_engine():
    x, y = c7_planar()
    generator = np.random.default_rng(0)
    w1, b1 = generator.normal(size=(4, 2)), generator.normal(size=(4, 1))
    w2, b2 = generator.normal(size=(1, 4)), generator.normal(size=(1, 1))
    m = y.shape[1]

    a1 = np.tanh(w1 @ x + b1)
    a2 = 1 / (1 + np.exp(-(w2 @ a1 + b2)))
    cost = -np.sum(y * np.log(a2) + (1 - y) * np.log(1 - a2)) / m
    dz2 = a2 - y
    dw2, db2 = dz2 @ a1.T / m, dz2.sum(1, keepdims=True) / m
    dz1 = (w2.T @ dz2) * (1 - a1**2)
    dw1, db1 = dz1 @ x.T / m, dz1.sum(1, keepdims=True) / m

    found, dws, dbs = c7_engine(x, y, [w1, w2], [b1, b2], [tanh, sigmoid])
    assert found.item() == pytest.approx(cost, rel=1e-12)
    for engine, hand in zip([*dws, *dbs], [dw1, dw2, db1, db2], strict=True):
        assert np.abs(engine - hand).max() <= 1e-12 * np.abs(hand).max()


@pytest.mark.parametrize("sizes", [[2, 1], [2, 3, 1], [2, 5, 4, 3, 1], [2, 4, 4, 4, 4, 4, 1]])
@pytest.mark.parametrize("bend", ["tanh", "relu", "sigmoid", "gelu"])
def test_c7_the_recurrence_for_many_layers_equals_the_engine(sizes, bend):
    x, y = c7_planar()
    m = y.shape[1]
    generator = np.random.default_rng(len(sizes))
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    ws = [generator.normal(size=shape) for shape in shapes]
    bs = [generator.normal(size=(n, 1)) for n, _ in shapes]
    g = {"tanh": tanh, "relu": relu, "sigmoid": sigmoid, "gelu": gelu}[bend]
    settings = {"approximate": "none"} if bend == "gelu" else {}

    zs, activations = [], [x]
    for i, (w, b) in enumerate(zip(ws, bs, strict=True)):
        zs.append(w @ activations[-1] + b)
        activations.append((g if i < len(ws) - 1 else sigmoid)(zs[-1]))
    dz = activations[-1] - y
    dws, dbs = [], []
    for i in reversed(range(len(ws))):
        dws.insert(0, dz @ activations[i].T / m)
        dbs.insert(0, dz.sum(1, keepdims=True) / m)
        if i:  # dZ[l] = W[l+1]ᵀ dZ[l+1] * g'(Z[l])
            slope = OPS[bend].partials[0](activations[i], zs[i - 1], **settings)
            dz = (ws[i].T @ dz) * slope

    bends = [g] * (len(ws) - 1) + [sigmoid]
    _, engine_ws, engine_bs = c7_engine(x, y, ws, bs, bends)
    for engine, hand in zip([*engine_ws, *engine_bs], [*dws, *dbs], strict=True):
        assert np.abs(engine - hand).max() <= 1e-12 * max(np.abs(hand).max(), 1e-3)


def test_c7_plain_gradient_descent_learns_the_planar_set():
    x, y = c7_planar(400)

    def accuracy_of(hidden, bend):
        generator = np.random.default_rng(3)
        model = nn.Sequential(
            nn.Linear(2, hidden, generator=generator),
            bend,
            nn.Linear(hidden, 1, generator=generator),
        )
        optimizer = nn.SGD(model.parameters(), lr=1.2)
        for _ in range(2000):
            loss = functional.binary_cross_entropy_with_logits(model(x.T), y.T)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return nn.metrics.accuracy(model(x.T), y.T)

    assert accuracy_of(5, nn.Identity()) < 0.6  # no line separates the classes
    assert accuracy_of(5, nn.Tanh()) > 0.85


# ------------------------------------------------- C8 the ladder of regression and classification


def c8_descend(model, x, y, lr, steps, loss=functional.mse_loss):
    """Plain gradient descent on all examples; the losses, ended where they leave all bounds."""
    x, y = Tensor(x), Tensor(np.reshape(y, (len(y), -1)).astype(float))
    optimizer = nn.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        found = loss(model(x), y)
        losses.append(found.item())
        if losses[-1] > 1e50:
            break
        optimizer.zero_grad()
        found.backward()
        optimizer.step()
    return losses


def test_c8_linear_regression_finds_slope_and_intercept():
    x, y = line(noise=0, slope=1.7, intercept=-0.4)
    model = nn.Linear(1, 1, generator=0)
    losses = c8_descend(model, x, y, lr=0.1, steps=500)
    assert model.weight.item() == pytest.approx(1.7, abs=1e-9)
    assert model.bias.item() == pytest.approx(-0.4, abs=1e-9)
    assert losses[-1] < 1e-18
    x, y = line(noise=0.3)
    c8_descend(model, x, y, lr=0.1, steps=500)
    np.testing.assert_allclose(
        [model.weight.item(), model.bias.item()], np.polyfit(x[:, 0], y, 1), rtol=1e-8
    )


def test_c8_house_prices_need_features_of_like_size():
    x, y = houses()
    rows = np.column_stack([x, np.ones(len(x))])
    best = np.linalg.lstsq(rows, y, rcond=None)[0]
    smallest = np.mean((rows @ best - y) ** 2)
    assert smallest == pytest.approx(97.6, abs=0.1)  # the noise has a deviation of 10

    # standardized: 100 steps at 0.1 find the best weights, and undone they are prices of things
    scaled, mean, scale = standardize(x)
    model = nn.Linear(3, 1, generator=0)
    losses = c8_descend(model, scaled, y, lr=0.1, steps=100)
    assert losses[-1] == pytest.approx(smallest, rel=1e-6)
    weights = model.weight.data[0] / scale
    np.testing.assert_allclose([*weights, model.bias.item() - weights @ mean], best, rtol=1e-5)
    np.testing.assert_allclose(weights, [10, 15, 0.1], rtol=0.05)

    # raw: the curvature, 2.2e7 along the area, bounds the learning rate at 2 / 2.2e7
    curvatures = np.linalg.eigvalsh(2 * rows.T @ rows / len(x))
    assert curvatures[-1] == pytest.approx(2.17e7, rel=0.01)
    limit = 2 / curvatures[-1]
    assert limit == pytest.approx(9.2e-8, rel=0.01)
    losses = c8_descend(nn.Linear(3, 1, generator=0), x, y, lr=0.1, steps=100)
    assert len(losses) < 8  # each step multiplies the loss by about 5e12
    assert losses[1] / losses[0] > 1e12
    assert c8_descend(nn.Linear(3, 1, generator=0), x, y, lr=1.1 * limit, steps=2000)[-1] > 1e50
    # and below that bound rooms and bathrooms, whose curvature is a million times less, crawl
    crawling = c8_descend(nn.Linear(3, 1, generator=0), x, y, lr=0.9 * limit, steps=2000)
    assert crawling[-1] > 30 * smallest
    assert np.linalg.cond(rows.T @ rows) > 1e8
    assert np.linalg.cond(scaled.T @ scaled) < 2


def test_c8_logistic_regression_finds_a_line_between_two_clouds():
    x, y = blobs(200, classes=2)
    model = nn.Linear(2, 1, generator=0)
    losses = c8_descend(model, x, y, 0.1, 200, functional.binary_cross_entropy_with_logits)
    assert nn.metrics.accuracy(model(x), y) == 1.0
    assert losses[-1] < 0.02
    a = sigmoid(Tensor(x) @ model.weight.T + model.bias)
    by_hand = 1 / (1 + np.exp(-(x @ model.weight.data[0] + model.bias.item())))
    np.testing.assert_allclose(a.data[:, 0], by_hand, rtol=1e-13)


@pytest.mark.parametrize("depth", [1, 2, 3, 6])
@pytest.mark.parametrize("seed", range(3))
def test_c8_xor_is_beyond_a_linear_network_however_deep(depth, seed):
    x, y = xor()
    generator = np.random.default_rng(seed)
    sizes = [2, *[8] * (depth - 1), 1]
    pairs = pairwise(sizes)
    model = nn.Sequential(*[nn.Linear(n, m, generator=generator) for n, m in pairs])
    for _ in range(10):
        losses = c8_descend(model, x, y, 0.1, 50, functional.binary_cross_entropy_with_logits)
        assert nn.metrics.accuracy(model(x), y) <= 0.75
    assert losses[-1] == pytest.approx(math.log(2), abs=0.01)  # it learns to say "no idea"
    # all its layers are one: the outputs at the corners of a square add up crosswise
    out = model(x).data[:, 0]
    assert out[0] + out[3] == pytest.approx(out[1] + out[2], abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_c8_xor_is_learned_by_one_hidden_layer(seed):
    x, y = xor()
    generator = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(2, 8, generator=generator), nn.Tanh(), nn.Linear(8, 1, generator=generator)
    )
    losses = c8_descend(model, x, y, 0.5, 1000, functional.binary_cross_entropy_with_logits)
    assert nn.metrics.accuracy(model(x), y) == 1.0
    assert losses[-1] < 0.05


# ------------------------------------------------------------------------------ C9 activations

ALPHA = 0.7
C9 = {
    "sigmoid": (nn.Sigmoid(), functional.sigmoid, lambda x: 1 / (1 + math.exp(-x))),
    "tanh": (nn.Tanh(), functional.tanh, lambda x: math.sinh(x) / math.cosh(x)),
    "ReLU": (nn.ReLU(), functional.relu, lambda x: max(0, x)),
    "Leaky ReLU": (
        nn.LeakyReLU(0.1),
        lambda x: functional.leaky_relu(x, 0.1),
        lambda x: max(0.1 * x, x),
    ),
    "ELU": (
        nn.ELU(ALPHA),
        lambda x: functional.elu(x, ALPHA),
        lambda x: x if x >= 0 else ALPHA * (math.exp(x) - 1),
    ),
    "linear": (nn.Identity(), lambda x: x, lambda x: x),
}


@pytest.mark.parametrize("name", C9)
def test_c9_activations_by_layer_by_function_and_by_value(name):
    layer, function, formula = C9[name]
    points = [-3.0, -1.0, -0.25, 0.0, 0.5, 2.0]
    expected = [formula(x) for x in points]
    np.testing.assert_allclose(layer(Tensor(points)).data, expected, rtol=1e-13)
    np.testing.assert_allclose(function(Tensor(points)).data, expected, rtol=1e-13)
    np.testing.assert_allclose([function(Value(x)).data for x in points], expected, rtol=1e-13)


def test_c9_softmax():
    x = [1.0, -2.0, 0.5]
    expected = np.exp(x) / np.exp(x).sum()
    np.testing.assert_allclose(nn.Softmax(dim=-1)(Tensor(x)).data, expected, rtol=1e-13)
    shifted = functional.softmax(Tensor(x) + 1000.0)
    np.testing.assert_allclose(shifted.data, expected, rtol=1e-12)


def test_c9_maxout_is_the_greater_of_two_sums():
    w1, w2, b1, b2 = [0.5, -1.0], [2.0, 0.25], 0.1, -0.2
    layer = nn.Maxout(2, 1)
    layer.load_state_dict({"weight": [[w1], [w2]], "bias": [[b1], [b2]]})
    for x in ([1.0, 2.0], [-3.0, 1.0], [0.0, -2.0]):
        expected = max(np.dot(w1, x) + b1, np.dot(w2, x) + b2)
        assert layer(Tensor(x)).item() == pytest.approx(expected, rel=1e-14)
        by_values = maximum(
            dot([Value(w) for w in w1], x, bias=Value(b1)),
            dot([Value(w) for w in w2], x, bias=Value(b2)),
        )
        assert by_values.data == pytest.approx(expected, rel=1e-14)


# --------------------------------------------------------- C10 two- and three-layer functions


def test_c10_score_functions_of_one_to_three_layers():
    generator = np.random.default_rng(0)
    x = generator.normal(size=3)
    w1, w2, w3 = (generator.normal(size=shape) for shape in [(4, 3), (4, 4), (2, 4)])
    f1 = Tensor(w3[:, :3]) @ x
    np.testing.assert_allclose(f1.data, w3[:, :3] @ x, rtol=1e-14)
    f2 = Tensor(w3) @ maximum(0, Tensor(w1) @ x)
    np.testing.assert_allclose(f2.data, w3 @ np.maximum(0, w1 @ x), rtol=1e-14)
    f3 = Tensor(w3) @ maximum(0, Tensor(w2) @ maximum(0, Tensor(w1) @ x))
    hidden = np.maximum(0, w2 @ np.maximum(0, w1 @ x))
    np.testing.assert_allclose(f3.data, w3 @ hidden, rtol=1e-14)
    layers = [(w, np.zeros(len(w))) for w in (w1, w2, w3)]
    by_values = nn.MLP.from_weights([(w.tolist(), b.tolist()) for w, b in layers], "relu")
    np.testing.assert_allclose([out.data for out in by_values(x)], f3.data, rtol=1e-13)


def test_c10_three_layer_forward_pass_with_sigmoid():
    generator = np.random.default_rng(1)
    shapes = [(4, 3), (4, 4), (1, 4)]
    ws = [generator.normal(size=shape) for shape in shapes]
    bs = [generator.normal(size=(n, 1)) for n, _ in shapes]
    x = generator.normal(size=(3, 1))

    def f(z):
        return 1 / (1 + np.exp(-z))

    h1 = f(ws[0] @ x + bs[0])
    h2 = f(ws[1] @ h1 + bs[1])
    out = ws[2] @ h2 + bs[2]
    assert (h1.shape, h2.shape, out.shape) == ((4, 1), (4, 1), (1, 1))

    t1 = sigmoid(Tensor(ws[0]) @ x + bs[0])
    t2 = sigmoid(Tensor(ws[1]) @ t1 + bs[1])
    by_tensors = Tensor(ws[2]) @ t2 + bs[2]
    assert (t1.shape, t2.shape) == ((4, 1), (4, 1))
    model = nn.Sequential(
        nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 4), nn.Sigmoid(), nn.Linear(4, 1)
    )
    for layer, w, b in zip([model[0], model[2], model[4]], ws, bs, strict=True):
        layer.load_state_dict({"weight": w, "bias": b.reshape(-1)})
    rows = [(w.tolist(), b.reshape(-1).tolist()) for w, b in zip(ws, bs, strict=True)]
    by_values = nn.MLP.from_weights(rows, "sigmoid")(x.reshape(-1))
    for found in (by_tensors.item(), model(x.reshape(-1)).item(), by_values.data):
        assert found == pytest.approx(out.item(), rel=1e-14)
