"""Replaying a graph that is recorded already, for other numbers in its leaves."""

import gc
import random

import numpy as np
import pytest

import autograd
from autograd import DomainError, GradcheckError, OperationError, ShapeError, Value
from autograd.replay import replay
from nn import MLP
from tests.autograd.replay_programs import batch_for, random_program


def moved(leaves, draws):
    for leaf in leaves:
        leaf.data = draws.uniform(-1, 1)
        leaf.grad = None


@pytest.mark.parametrize("seed", range(60))
def test_other_numbers_in_the_leaves_give_what_a_new_graph_gives(seed):
    draws = random.Random(seed)
    program, parameters = random_program(seed, 1 + seed % 30, where=False)
    x, y = [Value(draws.uniform(-1, 1)) for _ in range(3)], Value(draws.uniform(-1, 1))
    leaves = [*x, y, *parameters]
    again = replay(program(x, y), check=True)
    for _ in range(2):
        moved(leaves, draws)
        eager = program(x, y)
        eager.backward()
        expected = [leaf.grad for leaf in leaves]
        for leaf in leaves:
            leaf.grad = None
        found = again()
        found.backward()
        assert found.value == pytest.approx(eager.data, rel=1e-12, abs=1e-12)
        assert [leaf.grad is None for leaf in leaves] == [g is None for g in expected]
        right = [g for g in expected if g is not None]
        assert [leaf.grad for leaf in leaves if leaf.grad is not None] == pytest.approx(
            right, rel=1e-11, abs=1e-11
        )


def test_a_graph_over_many_examples_is_rolled_up_again():
    model = MLP(2, [8, 1], generator=0)
    points = np.random.default_rng(0).normal(size=(20, 2)).tolist()
    losses = [(1 - model(point)).relu() for point in points]
    total = sum(losses) / 20
    again = replay(total)
    assert again.program.matrix_products == 1  # numbers are known, so the first layer is a sum
    assert again.program.groups < 10
    assert again.program.instructions > 20 * 10
    model.parameters()[0].data += 0.25
    assert again().value == pytest.approx(
        sum((1 - model(point)).relu() for point in points).data / 20, rel=1e-12
    )


def test_named_inputs_take_batches():
    w, b = Value(2.0), Value(0.5)
    x, y = [Value(1.0), Value(2.0)], Value(3.0)
    step = replay((w * x[0] + b * x[1] - y) ** 2, inputs=[x, y])
    points, labels = batch_for(0)
    found = step(points[:, :2], labels)
    right = (2.0 * points[:, 0] + 0.5 * points[:, 1] - labels) ** 2
    np.testing.assert_allclose(found.losses, right, rtol=1e-12)
    found.backward()
    assert w.grad == pytest.approx(
        np.mean(2 * (2.0 * points[:, 0] + 0.5 * points[:, 1] - labels) * points[:, 0])
    )
    assert x[0].grad is None
    total = replay((w * x[0]) + y * 0.0, inputs=([x[0]], y), reduction="sum")
    assert total(points[:, :1], labels).value == pytest.approx(2.0 * points[:, 0].sum())


def test_the_leaves_live_as_long_as_the_program():
    def made():
        return replay(Value(3.0) * 2.0)

    again = made()
    gc.collect()
    assert again().value == 6.0


def test_numbers_off_the_domain_and_infinite_ones():
    x = Value(1.0)
    again = replay(x.log() + 1 / x)
    x.data = 0.0
    with pytest.raises(DomainError, match=r"replay: (log|div): "):
        again()
    x.data = float("inf")
    assert again().value == float("inf")
    x.data = float("nan")
    assert np.isnan(again().value)


def test_what_is_refused():
    x, y = Value(1.0), Value(2.0)
    with pytest.raises(OperationError, match="choice would be frozen"):
        replay(autograd.where(x, y, 1.0))
    with pytest.raises(OperationError, match="no leaf of this graph"):
        replay(x * 2.0, inputs=[y])
    with pytest.raises(OperationError, match="came twice"):
        replay(x * 2.0, inputs=[x, x])
    with pytest.raises(OperationError, match="float came among the inputs"):
        replay(x * 2.0, inputs=[3.0])
    with pytest.raises(OperationError, match="inputs belong to a result"):
        replay(lambda x: x, inputs=[x])
    with pytest.raises(ShapeError, match="1 arrays came for a graph without inputs"):
        replay(x * 2.0)([1.0])
    with pytest.raises(ShapeError, match="examples of shapes"):
        replay(x * 2.0, inputs=[x])([[1.0]])
    with pytest.raises(ValueError, match="reduction is 'max'"):
        replay(x * 2.0, reduction="max")
    loss = x * y
    x.data = 7.0
    with pytest.raises(GradcheckError, match="changed since it was recorded"):
        replay(loss, check=True)
