"""Replay: a program of one example, run over a batch, gives what eager Values give."""

import gc
import random
import threading
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import DomainError, GradcheckError, GradientError, OperationError, ShapeError, Value
from autograd.replay import Program, replay
from autograd.replay.steps import Elementwise, ListOp, MatrixProduct
from nn import MLP

UNARY = (
    "neg", "abs", "square", "tanh", "sigmoid", "relu", "sin", "cos", "arctan", "softplus", "gelu",
    "leaky_relu", "elu", "erf", "softsign", "silu", "sign", "floor", "positive", "log_sigmoid",
)  # fmt: skip
BINARY = ("add", "sub", "mul", "maximum", "minimum", "logaddexp")


def eager(function, batch, parameters, reduction):
    """Losses and gradients, example by example."""
    count = len(batch[0])
    kept = [p.grad for p in parameters]
    for p in parameters:
        p.grad = None

    def wrap(item):
        return [wrap(i) for i in item] if np.ndim(item) else Value(float(item))

    losses = [function(*(wrap(np.asarray(b)[i]) for b in batch)) for i in range(count)]
    total = sum(losses)
    (total / count if reduction == "mean" else total).backward()
    found = [p.grad for p in parameters]
    for p, grad in zip(parameters, kept, strict=True):
        p.grad = grad
    return np.array([loss.data for loss in losses]), found


def agree(function, batch, parameters, reduction="mean", **wanted):
    """Assert that arrays, straight-line Python and eager give the same; return the program."""
    answers = eager(function, batch, parameters, reduction)
    for edges in (10**9, 0):  # all that can be in straight-line Python, then all in arrays
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(import_module("autograd.replay.program"), "_EDGES_PER_STEP", edges)
            program = _agree(function, batch, parameters, reduction, *answers)
    for name, number in wanted.items():
        assert getattr(program, name) == number, str(program)
    return program


def _agree(function, batch, parameters, reduction, losses, gradients):
    for p in parameters:
        p.grad = None
    got = replay(function, reduction=reduction)(*batch)
    got.backward()
    scale = np.max(np.abs(losses), initial=1e-3)
    np.testing.assert_allclose(got.losses, losses, rtol=1e-12, atol=1e-12 * scale)
    assert [p.grad is None for p in parameters] == [g is None for g in gradients]
    right = np.array([g for g in gradients if g is not None])
    mine = np.array([p.grad for p in parameters if p.grad is not None])
    scale = np.max(np.abs(right), initial=1e-3)
    np.testing.assert_allclose(mine, right, rtol=1e-12, atol=1e-12 * scale)
    return got.program


def random_program(seed, size):
    """A program with shared parameters, sums of many terms and everything in between."""
    draws = random.Random(seed)
    parameters = [Value(draws.uniform(-1, 1)) for _ in range(draws.randint(1, 6))]
    recipe = draws.random()

    def program(x, y):
        choose = random.Random(recipe)
        pool = [*x, y, *parameters]
        for _ in range(size):
            kind = choose.random()
            if kind < 0.25:
                made = getattr(autograd, choose.choice(UNARY))(choose.choice(pool))
            elif kind < 0.65:
                made = getattr(autograd, choose.choice(BINARY))(*choose.choices(pool, k=2))
            elif kind < 0.72:
                number = choose.choice([2.0, -0.5, 1.0, 0.0])
                made = choose.choice([lambda v, n=number: v * n, lambda v, n=number: n - v])(
                    choose.choice(pool)
                )
            elif kind < 0.8:
                many = choose.randint(1, 5)
                ws, xs = choose.choices(parameters, k=many), choose.choices(pool, k=many)
                made = sum((w * v for w, v in zip(ws, xs, strict=True)), choose.choice(pool))
            elif kind < 0.88:
                many = choose.randint(1, 4)
                made = autograd.OPS["weighted_sum"](
                    choose.choices(pool, k=many), choose.choices(pool, k=many), choose.choice(pool)
                )
            elif kind < 0.92:
                made = getattr(
                    autograd, choose.choice(["sum", "mean", "logsumexp", "max", "min", "prod"])
                )(choose.choices(pool, k=choose.randint(1, 4)))
            elif kind < 0.95:
                made = autograd.where(choose.choice(pool).relu(), *choose.choices(pool, k=2))
            else:
                made = choose.choice(pool) / (choose.choice(pool) ** 2 + 1.5)
            pool.append(made.tanh() if choose.random() < 0.6 else made)
        return sum(pool[len(x) + 1 :], pool[-1])

    return program, parameters


def batch_for(seed, count=5):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(count, 3)), generator.normal(size=count)


def inputs_and_labels(count=30):
    generator = np.random.default_rng(1)
    return generator.normal(size=(count, 2)), np.where(generator.random(count) < 0.5, -1.0, 1.0)


# ------------------------------------------------------------------------------ equal to eager


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(1, 40), mean=st.booleans())
def test_random_programs_give_what_eager_gives(seed, size, mean):
    function, parameters = random_program(seed, size)
    agree(function, batch_for(seed), parameters, "mean" if mean else "sum")


@pytest.mark.parametrize("fused", [True, False])
def test_a_network_is_a_matrix_product_per_layer(fused):
    model = MLP(2, [16, 16, 1], fused=fused, generator=0)

    def loss(x, y):
        return (1 - y * model(x)).relu() + 1e-4 * sum(p * p for p in model.parameters())

    program = agree(loss, inputs_and_labels(), model.parameters(), matrix_products=3, groups=12)
    text = str(program)
    assert "16 weighted sums over the same 2 inputs -> matmul (16,2) x (2,B)" in text
    assert "16 weighted sums over the same 16 inputs -> matmul (16,16) x (16,B)" in text
    assert "1 weighted sum over the same 16 inputs -> matmul (1,16) x (16,B)" in text
    assert "337 x mul -> one call on (337,), once for the whole batch" in text


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


# ------------------------------------------------------------ one call after another


def test_parameters_are_read_at_every_call():
    w = Value(1.0)
    step = replay(lambda x: w * x)
    assert step([2.0]).value == 2.0
    w.data = 5.0
    assert step([2.0]).value == 10.0


def test_a_replaced_parameter_is_noticed():
    model = MLP(1, [1], generator=0)
    step = replay(lambda x: model(x))
    step([[2.0]])
    model.layers[0].neurons[0].w = (Value(7.0),)
    found = step([[2.0]])
    found.backward()
    assert found.value == 14.0
    assert model.parameters()[0].grad == 2.0


def test_a_program_is_recorded_once_per_structure():
    calls = []
    w = Value(2.0)

    @replay
    def step(x):
        calls.append(len(x))
        return sum(w * v for v in x)

    for rows in (3, 5, 1):
        step(np.ones((rows, 2)))
    assert len(calls) == 2  # two examples are recorded, to see that they do the same
    assert step(np.ones((3, 4))).value == 8.0
    assert len(calls) == 4
    step.forget()
    step(np.ones((3, 4)))
    assert len(calls) == 6


def test_gradients_add_up_and_sums_are_sums():
    w = Value(3.0)
    mean, total = replay(lambda x: w * x), replay(lambda x: w * x, reduction="sum")
    found = mean([1.0, 2.0, 3.0])
    found.backward()
    found.backward()
    assert w.grad == 4.0
    value, gradients = total.value_and_grad([1.0, 2.0, 3.0])
    assert (value, gradients.tolist(), w.grad) == (18.0, [6.0], 10.0)
    found.backward(0.5)
    assert w.grad == 11.0


def test_an_earlier_result_keeps_its_numbers():
    w = Value(3.0)
    step = replay(lambda x: (w * x) ** 2)
    first = step([1.0])
    w.data = 5.0
    step([2.0])
    first.backward()
    assert w.grad == 6.0


def test_hooks_and_unreached_parameters_are_as_ever():
    w, unused = Value(3.0), Value(1.0)
    handle = w.register_hook(lambda g: 10 * g)
    step = replay(lambda x: w * x + autograd.where(unused, 0.0, 1.0))
    step([1.0]).backward()
    handle.remove()
    assert (w.grad, unused.grad) == (10.0, None)


def test_tuples_dicts_and_lists_come_as_they_are():
    w = Value(2.0)

    def loss(pair, named):
        return w * pair[0] + pair[1][1] * named["scale"]

    found = replay(loss)(([1.0, 2.0], [[0.0, 3.0], [0.0, 4.0]]), {"scale": [1.0, 10.0]})
    assert found.losses.tolist() == [5.0, 44.0]


def test_where_chooses_anew_for_every_example():
    w = Value(2.0)
    agree(
        lambda x: autograd.where(x.relu(), w * x, x * x) + autograd.where(x.relu(), 1.0, 5.0),
        (np.array([-1.0, 1.0, 2.0]),),
        [w],
    )


def test_the_graph_of_the_recording_is_freed():
    before = sum(type(thing) is Value for thing in gc.get_objects())
    step = replay(lambda x: (x * 2 + 1).tanh())
    step([1.0, 2.0])
    assert sum(type(thing) is Value for thing in gc.get_objects()) == before


def test_other_threads_may_compare_while_one_records():
    seen, w = [], Value(1.0)

    def loss(x):
        other = threading.Thread(target=lambda: seen.append(Value(1.0) > 0.0))
        other.start()
        other.join()
        return w * x

    replay(loss)([1.0])
    assert seen == [True, True]


# ------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "look",
    [
        lambda x: x if x > 0 else -x,
        lambda x: x if x == 0 else -x,
        lambda x: x if x else -x,
        lambda x: x * float(x),
        lambda x: x * int(x),
        lambda x: x * x.data,
        lambda x: x * x.item(),
        lambda x: x.detach() * x,
        lambda x: max(x, 0.0),
        lambda x: x * autograd.argmax([x, 0.0]),
        lambda x: x * np.floor(float(x)),
    ],
)
def test_what_would_be_frozen_is_refused_with_the_remedy(look):
    w = Value(1.0)
    with pytest.raises(OperationError, match=r"frozen for all\. Use where, relu, maximum"):
        replay(lambda x: look(w * x))([1.0, 2.0])
    assert Value(2.0) > 1.0  # only while recording


def test_randomness_inside_is_refused():
    with pytest.raises(OperationError, match="did something else the second time"):
        replay(lambda x: x * random.random())([1.0, 2.0])


@pytest.mark.parametrize(
    ("batch", "error", "words"),
    [
        (([1.0, 2.0], [1.0]), ShapeError, r"\(2,\), \(1,\) came"),
        (([], []), ShapeError, "empty"),
        ((1.0, 2.0), ShapeError, "a single number"),
        (([[1.0], [1.0, 2.0]], [1.0, 2.0]), OperationError, "arrays of numbers"),
        (([Value(1.0)], [1.0]), OperationError, "a recorded node came"),
    ],
)
def test_batches_that_are_none(batch, error, words):
    with pytest.raises(error, match=words):
        replay(lambda x, y: x + y)(*batch)


def test_functions_that_are_none():
    with pytest.raises(OperationError, match="returned float"):
        replay(lambda x: 1.0)([1.0])
    with pytest.raises(OperationError, match="give a function"):
        replay(3.0)
    with pytest.raises(ValueError, match="reduction is 'max'"):
        replay(lambda x: x, reduction="max")
    tensor = autograd.Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(OperationError, match="Tensor is part"):
        replay(lambda x: x * tensor.to_values()[0])([1.0])
    with pytest.raises(GradientError, match="nan"):
        replay(lambda x: x * 1.0)([1.0]).backward(float("nan"))


@pytest.mark.parametrize(
    "function",
    [lambda x: x.log(), lambda x: 1 / x, lambda x: x.sqrt(), lambda x: x**-1.0, lambda x: x**0.5],
)
def test_off_the_domain_is_said_with_the_example(function):
    step = replay(function)
    with np.errstate(all="raise"):
        step([1.0, 4.0])
        bad = 0.0 if function(Value(4.0)).data != 2.0 else -1.0
        with pytest.raises(DomainError, match="replay: example 1: "):
            step([1.0, bad, 2.0])


def test_check_compares_the_first_batch_with_eager():
    w = Value(2.0)
    replay(lambda x: w * x, check=True)([1.0, 2.0])
    assert w.grad is None
    numbers = iter([1.0, 1.0, 5.0, 5.0])
    with pytest.raises(GradcheckError, match="does not do the same"):
        replay(lambda x: w * x * next(numbers), check=True)([1.0, 2.0])


def test_the_three_kinds_of_steps_and_the_printed_program():
    w = Value(2.0)
    step = replay(lambda x: autograd.logsumexp([w, x[0], x[1]]) + sum(w * v for v in x).tanh())
    program = step.program(np.ones((2, 2)))
    assert isinstance(program, Program)
    kinds = {type(s) for s in program._plan.steps}
    assert kinds == {Elementwise, ListOp, MatrixProduct}  # w is no example's, so one by one
    assert "1 x logsumexp of a list -> one by one" in str(program)
    assert repr(program).endswith("print it for a list")


def test_thin_programs_run_as_straight_line_python():
    w = Value(0.9)

    def chain(x):
        for _ in range(50):
            x = (w * x).sin()
        return x

    step = replay(chain)
    program = step.program([0.5])
    line = program.line_for(1)
    assert line is not None
    assert line.source.startswith(
        "def loss(p, x):\n    (v1, ) = p\n    (v0, ) = x\n    v2 = v1 * v0"
    )
    assert program.line_for(1) is line
    assert program.line_for(1000) is None  # then arrays are quicker
    assert (program.groups, program.instructions) == (100, 100)
