"""Replay from call to call: what is read anew, what is kept, and what is refused."""

import copy
import gc
import math
import pickle
import random
import threading

import numpy as np
import pytest

import autograd
from autograd import DomainError, GradcheckError, GradientError, OperationError, ShapeError, Value
from autograd.replay import replay
from nn import MLP
from tests.autograd.replay_programs import agree

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
        lambda x: min([x, 0.0]),
        lambda x: sorted([x, 2.0 * x])[0],
        lambda x: x and 2.0 * x,
        lambda x: x in [0.0],
        lambda x: math.sin(x) * x,
        lambda x: math.isclose(x, 1.0) * x,
        lambda x: math.fsum([x, x]) * x,
        lambda x: math.trunc(x) * x,
        lambda x: complex(x).real * x,
        lambda x: np.float64(x) * x,
        lambda x: np.asarray(x, dtype=float) * x,
        lambda x: np.greater(x, 0.0) * x,
        lambda x: float(f"{x:.3f}") * x,
        lambda x: copy.copy(x) * 2.0,
        lambda x: copy.deepcopy([x])[0] * 2.0,
        lambda x: pickle.loads(pickle.dumps(x)) * 2.0,
        lambda x: x.backward() or x,
        lambda x: setattr(x, "data", 1.0) or x,
        lambda x: without_recording(lambda: x * 2.0) * x,
        lambda x: autograd.grad(lambda v: v * v)(x) * x,
        lambda x: autograd.trace(x).root.value * x,
    ],
)
def test_what_would_be_frozen_is_refused_with_the_remedy(look):
    w = Value(1.0)
    with pytest.raises(OperationError, match=r"frozen for all\. Use where, relu, maximum"):
        replay(lambda x: look(w * x))([1.0, 2.0])
    assert Value(2.0) > 1.0  # only while recording


def without_recording(function):
    with autograd.no_grad():
        return function()


@pytest.mark.parametrize(
    ("look", "right"),
    [
        (lambda x: round(x), np.round),
        (lambda x: math.floor(x) * 1.0, np.floor),
        (lambda x: math.ceil(x) * 1.0, np.ceil),
        (lambda x: divmod(x, 0.7)[0], lambda x: x // 0.7),
        (lambda x: len({x, x}) * x, lambda x: x),
        (lambda x: np.sum([x, 2.0 * x]), lambda x: 3 * x),
    ],
)
def test_what_python_can_ask_without_looking_is_recorded(look, right):
    numbers = np.array([0.4, -1.7, 2.6])
    found = replay(lambda x: look(Value(1.0) * x))(numbers)
    np.testing.assert_allclose(found.losses, right(numbers))


def test_what_the_example_froze_is_noticed_in_a_batch_of_one():
    with pytest.raises(OperationError, match="did something else the second time"):
        replay(lambda x: x * len(repr(x)) * x.number)([1.25])


def test_plain_numbers_from_outside_stay_until_they_are_forgotten():
    scale = [2.0]
    step = replay(lambda x: x * scale[0])
    assert step([3.0]).value == 6.0
    scale[0] = 10.0
    assert step([3.0]).value == 6.0
    step.forget()
    assert step([3.0]).value == 30.0


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
