"""Parameters together: one array, and Values that are windows on it and never lie."""

import copy
import pickle
import random
import threading

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import autograd
from autograd import GradientError, OperationError, Tensor, Value
from autograd.replay import FlatParameters, parameters_together, replay
from nn import MLP
from nn.optim import SGD, Adam
from tests.autograd.replay_programs import inputs_and_labels


def network(seed=0):
    model = MLP(2, [4, 1], generator=seed)
    return model, model.parameters()


def margin(model):
    return replay(lambda x, y: (1 - y * model(x)).relu())


def test_what_is_written_on_either_side_is_read_on_both():
    values = [Value(float(k)) for k in range(4)]
    values[2].grad = 7.0
    flat = parameters_together(values)
    assert isinstance(flat, Tensor)
    assert flat.data.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert [v.grad for v in values] == [None, None, 7.0, None]
    flat.data[1] = 10.0
    values[0].data = -1.0
    values[3].grad = 5.0
    assert [v.data for v in values] == flat.data.tolist() == [-1.0, 10.0, 2.0, 3.0]
    assert flat.grad.tolist() == [0.0, 0.0, 7.0, 5.0]
    flat.grad = None
    assert [v.grad for v in values] == [None] * 4
    flat.grad = np.ones(4)
    assert [v.grad for v in values] == [1.0] * 4
    for v in values:
        v.grad = None
    assert flat.grad is None


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_gradients_add_up_at_the_right_places_whatever_the_order(dtype):
    model, parameters = network()
    step, batch = margin(model), inputs_and_labels()
    step(*batch).backward()
    once = np.array([p.grad for p in parameters])
    for p in parameters:
        p.grad = None
    shuffled = random.Random(0).sample(parameters, len(parameters))
    with parameters_together(shuffled) as flat:
        if dtype != np.float64:
            flat.retype_(dtype)
            flat.grad = np.zeros(len(shuffled))
        found = step(*batch)
        sent = found.backward()
        first = flat.grad
        kept = first.copy()
        np.testing.assert_allclose([p.grad for p in parameters], once, rtol=1e-4)
        found.backward()
        assert flat.grad.dtype == dtype
        np.testing.assert_allclose([p.grad for p in parameters], 2 * once, rtol=1e-4)
        np.testing.assert_array_equal(first, kept)  # who holds the older array keeps its numbers
        sent[:] = 0.0  # and what was told is the caller's
        assert np.count_nonzero(flat.grad)


@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_a_flat_loop_does_what_a_loop_over_values_does(optimizer):
    batch = inputs_and_labels()
    histories = []
    for flat in (False, True):
        model, parameters = network()
        step = margin(model)
        given = [parameters_together(parameters)] if flat else parameters
        rule = optimizer(given, lr=0.1)
        for _ in range(20):
            rule.zero_grad()
            step(*batch).backward()
            rule.step()
        histories.append([p.data for p in parameters])
    assert histories[0] == pytest.approx(histories[1], rel=1e-12)


@pytest.mark.parametrize("wrong", [ValueError, KeyboardInterrupt])
def test_the_numbers_come_back_at_the_end_of_the_block_whatever_ends_it(wrong):
    model, parameters = network()
    step = margin(model)
    flat = parameters_together(parameters)
    step(*inputs_and_labels()).backward()
    flat.data -= 0.5 * flat.grad
    expected = flat.data.tolist(), flat.grad.tolist()
    with pytest.raises(wrong), flat:
        raise wrong
    assert [type(p) for p in parameters] == [Value] * len(parameters)
    assert ([p.data for p in parameters], [p.grad for p in parameters]) == expected
    flat.data[:] = 0.0  # nobody's any more
    assert parameters[0].data == expected[0][0]
    step(*inputs_and_labels()).backward()
    assert parameters[0].grad != expected[1][0]


def test_windows_do_what_values_do():
    a, b = Value(3.0, label="a"), Value(-2.0)
    parameters_together([a, b])
    out = a * b + 2.0 * a - b / a + a**2
    out.backward()
    assert (out.data, a.grad, b.grad) == pytest.approx((9.0 + 2 / 3, 6.0 - 2 / 9, 3 - 1 / 3))
    assert repr(a).startswith("Value(3.0, grad=")
    assert a > b
    assert isinstance(a, Value)
    assert {a: 1}[a] == 1
    out = MLP(2, [3, 1], generator=0)([a, b])
    out.backward()
    assert (2 * a).backward() is None


def test_windows_within_anomaly_detection_and_without_recording():
    a, b = Value(3.0), Value(-2.0)
    parameters_together([a, b])
    with autograd.detect_anomaly():
        out = (a * 2.0 + b) * a - 1.0 / b + 2.0 * b
        out.backward()
    assert (out.data, a.grad, b.grad) == (8.5, 10.0, 5.25)
    with autograd.no_grad():
        assert (a * b).data == -6.0
    assert autograd.trace(a * b).root.value == -6.0


def test_copies_and_pickles_are_values_of_their_own():
    a, b = Value(3.0, label="a"), Value(2.0)
    flat = parameters_together([a, b])
    a.grad = 5.0
    for copied in (copy.copy(a), copy.deepcopy(a), pickle.loads(pickle.dumps(a))):
        assert type(copied) is Value
        assert (copied.data, copied.grad, copied.label) == (3.0, 5.0, "a")
        copied.data = 0.0
        assert a.data == 3.0
    model = copy.deepcopy([a, b])
    assert [type(v) for v in model] == [Value, Value]
    assert type(copy.deepcopy(flat)) is Tensor
    assert pickle.loads(pickle.dumps(flat)).grad.tolist() == [5.0, 0.0]


def test_values_without_a_gradient_read_none_though_the_array_has_a_zero():
    a, b, c = values = [Value(1.0), Value(2.0), Value(3.0)]
    flat = parameters_together(values)
    step = replay(lambda x: a * b * x)
    step([1.0]).backward()
    assert ([v.grad for v in values], flat.grad.tolist()) == ([2.0, 1.0, None], [2.0, 1.0, 0.0])
    step([1.0]).backward()
    assert [v.grad for v in values] == [4.0, 2.0, None]
    a.grad = None
    assert ([v.grad for v in values], flat.grad.tolist()) == ([None, 2.0, None], [0.0, 2.0, 0.0])
    (c * 1.0).backward()
    assert [v.grad for v in values] == [None, 2.0, 1.0]
    (flat * 2.0).sum().backward()
    assert [v.grad for v in values] == [2.0, 4.0, 3.0]


def test_a_gradient_that_somebody_keeps_is_not_written_into():
    a = Value(2.0)
    flat = parameters_together([a])
    step = replay(lambda x: a * x)
    step([1.0]).backward()
    kept = flat.grad
    step([1.0]).backward()
    assert (kept.tolist(), flat.grad.tolist()) == ([1.0], [2.0])


def test_hooks_replaced_values_and_a_second_array():
    model, parameters = network()
    step = margin(model)
    batch = inputs_and_labels()
    flat = parameters_together(parameters)
    step(*batch)
    handle = parameters[0].register_hook(lambda g: 0.0 * g)
    step(*batch).backward()
    handle.remove()
    assert (parameters[0].grad, flat.grad[0]) == (0.0, 0.0)
    second = parameters_together(parameters[:5])
    assert (second.data == flat.data[:5]).all()
    second.data[0] = 9.0
    assert (parameters[0].data, flat.data[0] == 9.0) == (9.0, False)
    before = step(*batch).value
    model.layers[0].neurons[0].w = (Value(5.0), Value(5.0))
    del parameters
    assert step(*batch).value != before


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, 10**9))
def test_random_reading_and_writing_gives_what_plain_values_give(seed):
    draws = random.Random(seed)
    pairs = [(Value(float(k)), Value(float(k))) for k in range(4)]
    windows, plain = zip(*pairs, strict=True)
    flat = parameters_together(windows)
    for _ in range(12):
        k, j, x = draws.randrange(4), draws.randrange(4), draws.uniform(-1, 1)
        action = draws.randrange(6)
        for side in (windows, plain):
            if action == 0:
                side[k].data = x
            elif action == 1:
                side[k].grad = None if x < 0 else x
            elif action == 2:
                (side[k] * side[j] + x).backward()
            elif action == 3:
                replay(lambda v, p=side[k], q=side[j]: p * v * q)([x, 1.0]).backward()
            elif action == 4:
                for v in side:
                    v.grad = None
            elif side is windows:
                flat.data *= 0.5
            else:
                for v in side:
                    v.data *= 0.5
        assert [v.data for v in windows] == [v.data for v in plain] == flat.data.tolist()
        assert [v.grad for v in windows] == pytest.approx([v.grad for v in plain])
        for v, number in zip(windows, [0.0] * 4 if flat.grad is None else flat.grad, strict=True):
            assert (v.grad or 0.0) == number


def test_threads_add_up():
    a = Value(1.0)
    flat = parameters_together([a])
    step = replay(lambda x: a * x)
    step([1.0])

    def work():
        for _ in range(50):
            step([1.0, 1.0]).backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert flat.grad.tolist() == [200.0]


def test_what_is_refused():
    a = Value(1.0)
    with pytest.raises(OperationError, match="no Values came"):
        parameters_together([])
    with pytest.raises(OperationError, match="came twice"):
        parameters_together([a, a])
    with pytest.raises(OperationError, match="Tensor came"):
        parameters_together([Tensor([1.0])])
    with pytest.raises(GradientError, match="computed from others"):
        parameters_together([a * 2.0])
    assert type(a) is Value
    assert isinstance(parameters_together([a]), FlatParameters)
