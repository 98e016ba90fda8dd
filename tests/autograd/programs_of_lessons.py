"""Every program of the repository that is written with Values, restated for one example.

Each function gives a loss of one example, a batch, and the parameters; `@taken_from` says where
the program stands. Functions that stand in the repository themselves are called, not written anew.
"""

import importlib
from itertools import chain

import numpy as np

import autograd
import nn
from autograd import Value, dot, maximum

PROGRAMS = {}  # by name: the function, and the files where its program stands


def taken_from(*files):
    """Take a program in."""

    def take(make):
        assert make.__name__ not in PROGRAMS
        PROGRAMS[make.__name__] = (make, files)
        return make

    return take


def draws():
    """Random numbers, the same for every program."""
    return np.random.default_rng(20)


def values(numbers):
    """Parameters in nested lists."""
    if isinstance(numbers, (list, tuple, np.ndarray)):
        return [values(item) for item in numbers]
    return Value(float(numbers))


def flat(*given):
    """All Values of nested lists."""
    return [v for item in given for v in ([item] if isinstance(item, Value) else flat(*item))]


def squared(outputs, targets):
    return sum((o - t) ** 2 for o, t in zip(outputs, targets, strict=True))


def numbers(*shape):
    return draws().normal(size=shape)


def one_hot(count, kinds):
    return np.eye(kinds)[draws().integers(kinds, size=count)]


NEURONS = "notebooks/02-a-neuron-and-a-network.ipynb"
SCALARS = "notebooks/10-scalars-at-matrix-speed.ipynb"
CASES = "tests/test_worked_cases.py"


# ------------------------------------------------------------------ examples and benchmarks


@taken_from("examples/moons_by_values.py", "benchmarks/scalar.py", "benchmarks/replay.py", SCALARS)
def two_moons():
    module = importlib.import_module("moons_by_values")
    model = nn.MLP(2, [16, 16, 1], activation="relu", generator=0)

    def loss(point, sign):
        return (1 - sign * model(point)).relu() + module.DECAY * sum(
            p * p for p in model.parameters()
        )

    X, y = nn.data.moons(12, noise=0.1, seed=0)
    return loss, (X, 2 * y - 1), model.parameters()


@taken_from("examples/digits_by_values.py", SCALARS)
def digits_by_values():
    module = importlib.import_module("digits_by_values")
    model = module.network(3, seed=0)
    pictures = module.enlarged(draws().random((4, 1, 8, 8)), 0.7, draws())
    batch = pictures, one_hot(4, 10)
    return lambda *given: module.surprise(model, *given), batch, model.parameters()


@taken_from("examples/characters_by_values.py")
def characters_by_values():
    module = importlib.import_module("characters_by_values")
    cell = module.Cell(7, 2, 3, seed=0)
    text = draws().integers(7, size=40)
    batch = module.windows(cell, text, np.arange(5), draws().random(module.LENGTH))
    return lambda *given: module.surprise(cell, *given), batch, cell.parameters()


@taken_from("benchmarks/scalar.py")
def every_product_a_node():
    model = nn.MLP(2, [16, 16, 1], generator=0, fused=False)
    return lambda x, y: (1 + -y * model(x)).relu(), (numbers(6, 2), numbers(6)), model.parameters()


@taken_from("benchmarks/expression.py")
def micrograds_first_expression():
    b = Value(2.0)

    def loss(a):
        c = a + b
        d = a * b + b**3
        c = c + (c + 1)
        c = c + (1 + c + (-a))
        d = d + (d * 2 + (b + a).relu())
        d = d + (3 * d + (b - a).relu())
        f = (c - d) ** 2
        return (f / 2.0 + 10.0 / f) * (c - d)

    return loss, (np.linspace(-4.0, 4.0, 9),), [b]


# ------------------------------------------------------------------------------ worked cases


@taken_from(CASES, NEURONS)
def c1_a_neuron_and_a_layer():
    neuron = nn.Neuron.from_weights([3.1, 2.1, 9.8], 1.0)
    rows = [[3.1, 2.1, 9.8, 1.0], [5.1, 6.1, 4.8, 7.0], [6.1, 4.1, 5.8, 6.0]]
    layer = nn.Layer.from_weights(rows, [1.0, 2.0, 0.5])
    w, b = values([3.1, 2.1, 9.8]), Value(1.0)

    def loss(x):
        total = b
        for weight, item in zip(w, x[:3], strict=True):
            total = total + item * weight
        return total + dot(w, x[:3], bias=b) * neuron(x[:3]) + sum(layer(x))

    return loss, (numbers(5, 4),), [*neuron.parameters(), *layer.parameters(), *w, b]


@taken_from(CASES, NEURONS)
def c3_a_network_of_sigmoids():
    model = nn.MLP(5, [4, 4, 1], "sigmoid", "sigmoid", generator=0)
    return lambda x: model(x).log() * -1, (numbers(6, 5),), model.parameters()


@taken_from(CASES, "notebooks/03-convolution-window-by-window.ipynb")
def c4_the_same_kernel_twice():
    kernel = values([[-1, -1, -1], [1, 1, 1], [0, 0, 0]])
    window = [(i, j) for i in range(3) for j in range(3)]

    def convolve(image):
        places = range(len(image) - 2)
        return [
            [
                sum((image[r + i][c + j] * kernel[i][j] for i, j in window), Value(0.0))
                for c in places
            ]
            for r in places
        ]

    def loss(image, target):
        return squared(chain(*convolve(convolve(image))), target)

    return loss, (draws().integers(10, size=(3, 6, 6)), numbers(3, 4)), flat(kernel)


@taken_from(CASES, "README.md", "notebooks/06-a-cnn-and-what-it-sees.ipynb")
def c4_by_layers():
    layers = nn.Conv2d(1, 2, 2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2, 2)
    model = nn.to_values(nn.Sequential(*layers).double())
    batch = numbers(4, 1, 3, 3), numbers(4, 2)
    return lambda x, y: squared(model(x), y), batch, model.parameters()


@taken_from(CASES)
def c4_with_strides_and_channels():
    layers = (
        nn.Conv2d(2, 3, 3, stride=2, padding=1), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(3, 2, 1, bias=False), nn.Sigmoid(), nn.Flatten(), nn.Linear(2, 1),
    )  # fmt: skip
    model = nn.to_values(nn.Sequential(*layers).double(), fused=False)
    return (
        lambda x, y: (model(x) - y) ** 2,
        (numbers(4, 2, 4, 4), numbers(4)),
        model.parameters(),
    )


@taken_from(CASES, NEURONS)
def c5_attendance():
    model = nn.MLP(3, [4, 1], "relu", "sigmoid", generator=0)

    def loss(x, y):
        y_hat = model(x)
        return -y * y_hat.log() - (1 - y) * (1 - y_hat).log()

    return loss, (numbers(5, 3), np.array([1.0, 0, 1, 1, 0])), model.parameters()


@taken_from(CASES)
def c7_two_layers_and_their_cost():
    model = nn.MLP(2, [4, 1], "tanh", "sigmoid", generator=3)

    def loss(x, y):
        a = model(x)
        return -(y * a.log() + (1 - y) * (1 - a).log())

    X, y = nn.data.planar_flower()
    return loss, (X[::40], y[::40]), model.parameters()


@taken_from(CASES, "notebooks/04-linear-logistic-xor.ipynb", "docs/step-format.md")
def c8_a_line_and_the_price_of_a_house():
    m, b, w = Value(0.5), Value(-0.2), values([5.0, 3.0, 3000.0])

    def loss(x, t, house):
        return (m * x + b - t) ** 2 + (dot(w, house, bias=b) / 1000.0 - t) ** 2

    return loss, (numbers(7), numbers(7), numbers(7, 3)), [m, b, *w]


@taken_from(CASES, "notebooks/04-linear-logistic-xor.ipynb")
def c8_logistic_regression():
    w, b = values([0.3, -0.8]), Value(0.1)

    def loss(x, y):
        a = dot(w, x, bias=b).sigmoid()
        return -y * a.log() - (1 - y) * (1 - a).log()

    return loss, (numbers(8, 2), np.arange(8) % 2), [*w, b]


@taken_from(NEURONS)
def c8_xor():
    model = nn.MLP(2, [3, 1], activation="tanh", generator=1)
    return lambda x, y: (model(x) - y) ** 2, nn.data.xor(), model.parameters()


@taken_from(CASES)
def c9_activations_and_maxout():
    names = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu")
    w, first, second = values(numbers(len(names))), values([0.5, -1.0]), values([2.0, 0.25])
    left, right = Value(0.1), Value(-0.2)

    def loss(x):
        bent = [getattr(autograd, name)(v * x[0]) for name, v in zip(names, w, strict=True)]
        raised = [v.exp() for v in x]
        share = raised[0] / sum(raised)
        return maximum(dot(first, x, bias=left), dot(second, x, bias=right)) * sum(bent) + share

    return loss, (numbers(9, 2),), [*w, *first, *second, left, right]


@taken_from(CASES)
def c10_score_functions():
    model = nn.MLP(3, [4, 4, 2], "relu", generator=2)
    bent = nn.MLP(3, [4, 4, 1], "sigmoid", generator=2)
    parameters = [*model.parameters(), *bent.parameters()]
    return lambda x: squared(model(x), [1.0, -1.0]) + bent(x), (numbers(5, 3),), parameters


# ----------------------------------------------------------------------- pages and notebooks


@taken_from("README.md", "notebooks/01-backprop-step-by-step.ipynb")
def a_neuron_with_tanh():
    w1, w2, b = Value(-3.0), Value(1.0), Value(6.8814)
    return lambda x1, x2: (x1 * w1 + x2 * w2 + b).tanh(), (numbers(5), numbers(5)), [w1, w2, b]


@taken_from("README.md", "notebooks/01-backprop-step-by-step.ipynb")
def squares_and_products():
    p, q = Value(3.0), Value(-1.0)
    return lambda x: p * p + 2 * p + (p * q * x + 3) ** 2, (numbers(4),), [p, q]


@taken_from("README.md")
def moons_by_a_margin():
    model = nn.MLP(2, [8, 8, 1], generator=0)
    X, y = nn.data.moons(10)
    # functional.hinge_loss takes targets as numbers, and here they are inputs
    return lambda x, sign: (1 - sign * model(x)).relu(), (X, 2 * y - 1), model.parameters()


@taken_from("README.md")
def a_squared_error():
    model = nn.MLP(2, [8, 1], generator=0)
    return lambda x, y: (model(x) - y) ** 2, nn.data.moons(8), model.parameters()


@taken_from("notebooks/08-characters-rnn.ipynb")
def a_recurrence():
    w, u = Value(0.6), Value(1.0)

    def loss(xs):
        h = Value(0.0)
        for x in xs:
            h = (w * h + u * x).tanh()
        return h

    return loss, (numbers(6, 4),), [w, u]


@taken_from("docs/how-it-works.md")
def what_how_it_works_computes():
    a, b, x = Value(2.0), Value(-3.0), Value(3.0)
    return lambda scale: (a * b * scale + 10).tanh() + scale * x**3, (numbers(4),), [a, b, x]


@taken_from("CONTRIBUTING.md")
def an_op_of_ones_own():
    angle = Value(1.0)  # the page's gudermannian, of ops that are always there
    return lambda x: 2 * ((angle * x / 2).tanh()).arctan(), (numbers(5),), [angle]
