"""Replay: a program of one example, run over a batch, gives what eager Values give."""

import random

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.replay import replay
from nn import MLP
from tests.autograd.replay_programs import agree, batch_for, inputs_and_labels, random_program

# ------------------------------------------------------------------------------ equal to eager


# what it finds is a seed, and no smaller seed makes a smaller program, so there is no shrinking
@settings(
    max_examples=500, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
)
@given(seed=st.integers(0, 10**9), size=st.integers(1, 40), mean=st.booleans())
def test_random_programs_give_what_eager_gives(seed, size, mean):
    function, parameters = random_program(seed, size)
    agree(function, batch_for(seed), parameters, "mean" if mean else "sum")


@pytest.mark.parametrize("fused", [True, False])
def test_a_network_is_a_matrix_product_per_layer(fused):
    model = MLP(2, [16, 16, 1], fused=fused, generator=0)

    def loss(x, y):
        return (1 - y * model(x)).relu() + 1e-4 * sum(p * p for p in model.parameters())

    program = agree(loss, inputs_and_labels(), model.parameters(), matrix_products=3, groups=11)
    text = str(program)
    assert "16 weighted sums over the same 2 inputs -> matmul (16,2) x (2,B)" in text
    assert "16 weighted sums over the same 16 inputs -> matmul (16,16) x (16,B)" in text
    assert "1 weighted sum over the same 16 inputs -> matmul (1,16) x (16,B)" in text
    assert "1 sum of 337 squares -> dot (337) . (337), once for the whole batch" in text


def test_the_same_weights_over_shifted_inputs_are_a_convolution():
    draws = random.Random(0)
    kernels = [[Value(draws.uniform(-1, 1)) for _ in range(9)] for _ in range(2)]
    last = [Value(draws.uniform(-1, 1)) for _ in range(8)]

    def loss(image):
        maps = []
        for kernel in kernels:
            for i in range(4):
                for j in range(4):
                    window = [image[i + a][j + b] for a in range(3) for b in range(3)]
                    maps.append(sum(w * v for w, v in zip(kernel, window, strict=True)).relu())
        pairs = [autograd.maximum(maps[k], maps[k + 1]) for k in range(0, 32, 2)]
        pooled = [autograd.maximum(pairs[k], pairs[k + 2]) for k in (0, 1, 4, 5, 8, 9, 12, 13)]
        return sum(w * v for w, v in zip(last, pooled, strict=True)) ** 2

    images = np.random.default_rng(0).normal(size=(6, 6, 6))
    parameters = [w for kernel in kernels for w in kernel] + last
    program = agree(loss, (images,), parameters, matrix_products=2)
    assert "2 times the same 9 weights over 16 windows -> convolution (2,9) x (9,16B)" in str(
        program
    )


def test_a_recurrent_network_shares_its_weights_over_time():
    draws = random.Random(1)
    size, steps = 4, 5
    into = [[Value(draws.uniform(-1, 1)) for _ in range(2)] for _ in range(size)]
    over = [[Value(draws.uniform(-1, 1)) for _ in range(size)] for _ in range(size)]
    bias = [Value(draws.uniform(-1, 1)) for _ in range(size)]

    def loss(sequence, target):
        state = [Value(0.0)] * size
        for x in sequence:
            state = [
                (
                    sum(w * v for w, v in zip(a, x, strict=True))
                    + sum(w * v for w, v in zip(b, state, strict=True))
                    + c
                ).tanh()
                for a, b, c in zip(into, over, bias, strict=True)
            ]
        return (sum(state) - target) ** 2

    generator = np.random.default_rng(0)
    batch = generator.normal(size=(7, steps, 2)), generator.normal(size=7)
    parameters = [w for row in (*into, *over) for w in row] + bias
    agree(loss, batch, parameters, matrix_products=steps)


@pytest.mark.parametrize("square", [lambda p: p * p, lambda p: p**2, lambda p: p.square()])
def test_sums_of_squares_are_one_call(square):
    parameters = [Value(0.1 * k) for k in range(1, 9)]

    def loss(x):
        return (sum(p * v for p, v in zip(parameters, x, strict=True)) - 1.0) ** 2 + 0.5 * sum(
            square(p) for p in parameters
        )

    batch = (np.random.default_rng(0).normal(size=(5, 8)),)
    program = agree(loss, batch, parameters, matrix_products=1, groups=5)
    assert "1 sum of 8 squares -> dot (8) . (8), once for the whole batch" in str(program)
    assert "1 x square -> one call on (1,B)" in str(program)


ELEMENTWISE = [name for name, op in autograd.OPS.items() if op.partials is not None]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_every_elementwise_op_is_replayed(name):
    op = autograd.OPS[name]
    generator = np.random.default_rng(0)
    count = len(op.inputs)
    domains = op.sampled or op.domain
    columns = [
        domains[i].sample(generator, (6,)) if i < len(domains) else generator.normal(size=6)
        for i in range(count)
    ]
    w = Value(1.0)
    settings = {"min": -0.5, "max": 0.5} if name == "clip" else {}
    agree(lambda x: op(*(w * v for v in x), **settings), (np.array(columns).T,), [w])


def test_pythons_and_numpys_own_functions_are_replayed():
    w = Value(1.3)

    def loss(x):
        return abs(w * x) + round(x * w) + np.sin(w * x) + 2.0**x + x // 0.7 + x % w + -x

    agree(loss, (np.array([0.3, -1.6, 2.2]),), [w])


@pytest.mark.parametrize("name", ["logsumexp", "max", "min", "prod", "var", "std", "norm"])
def test_what_makes_one_number_of_a_list_works_along_an_axis(name):
    w = [Value(0.5), Value(-1.5), Value(0.7), Value(2.0)]

    def loss(x):
        logits = [v * x[0] + x[1] * v * v for v in w]
        return getattr(autograd, name)(logits[:3]) - getattr(autograd, name)(logits[1:])

    program = agree(loss, (np.random.default_rng(0).normal(size=(5, 2)),), w)
    assert f"2 x {name} of 3 -> one call on (2,3,B)" in str(program)


def test_one_weight_in_many_places_gets_the_sum():
    w, b = Value(0.7), Value(-0.2)

    def loss(x):
        h = [w * v + b for v in x]
        return sum(w * v for v in h) * w + autograd.logsumexp([w, *h]) + w / 3

    agree(loss, (np.random.default_rng(0).normal(size=(5, 3)),), [w, b])


def test_what_does_not_depend_on_the_example_is_computed_once():
    w = Value(2.0)
    program = agree(lambda x: (w.exp() + w**3) * x, (np.ones(4),), [w])
    assert sum("once for the whole batch" in str(s) for s in program._plan.steps) == 3


@pytest.mark.parametrize(
    ("loss", "expected"),
    [(lambda w: lambda x: w * 1.0, 1.0), (lambda w: lambda x: w, 1.0)],
)
def test_a_loss_without_the_example_is_the_same_for_all(loss, expected):
    w = Value(2.0)
    found = replay(loss(w))(np.zeros(3))
    found.backward()
    assert found.losses.tolist() == [2.0] * 3
    assert w.grad == pytest.approx(expected)


def test_long_chains_need_no_recursion():
    w = Value(1.0001)

    def loss(x):
        for _ in range(3000):
            x = x * w
        return x

    agree(loss, (np.array([1.0, 2.0]),), [w])


def test_equal_terms_and_weights_that_are_nothing():
    w = Value(0.5)
    agree(lambda x: (x * w + x * w) + (x + x + x) + 0.0 * w, (np.array([1.0, 2.0]),), [w])
