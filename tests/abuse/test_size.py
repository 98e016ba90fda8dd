"""Graphs that are very wide; very long ones stand in tests/autograd/test_engine.py."""

import gc

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, dot

MANY = 100_000


def test_one_value_felt_by_a_hundred_thousand_others():
    gc.collect()  # what other tests left behind
    a = Value(2.0)
    out = autograd.sum([a * float(i) for i in range(MANY)])
    out.backward()
    assert a.grad == sum(range(MANY))
    del out
    assert gc.collect() == 0


def test_one_value_a_hundred_thousand_times_in_one_sum():
    a, b = Value(2.0), Value(0.5)
    out = dot([a] * MANY, [b] * MANY, a)
    out.backward()
    assert out.data == MANY + 2.0
    assert (a.grad, b.grad) == (0.5 * MANY + 1.0, 2.0 * MANY)


def test_one_tensor_felt_by_a_hundred_thousand_others():
    x = Tensor([1.0, 2.0], requires_grad=True)
    parts = [x * 0.5 for _ in range(MANY)]
    autograd.stack(parts).sum().backward()
    assert x.grad.tolist() == [0.5 * MANY] * 2


def test_a_hundred_thousand_values_of_one_tensor_and_back():
    x = Tensor(np.ones(MANY), requires_grad=True)
    values = x.to_values()
    autograd.tensor_from_values([v * 2.0 for v in values]).sum().backward()
    np.testing.assert_array_equal(x.grad, np.full(MANY, 2.0))


@pytest.mark.slow
def test_a_hundred_thousand_leaves_of_one_node_are_copied_and_traced():
    leaves = [Value(float(i)) for i in range(MANY)]
    out = autograd.sum(leaves)
    assert len(autograd.trace(out).nodes) == MANY + 1
    (slopes,) = autograd.grad(out, [leaves[7]])
    assert slopes == 1.0
