"""Forward mode: the rules that need no second text of a derivative."""

import numpy as np
import pytest

import autograd as ag
from autograd import OPS, DomainError, OperationError, Tensor, Value, jvp
from autograd.dual import Dual, new_level
from autograd.dual_operations import apply
from autograd.op import Sample

X = np.array([1.0, 2.0, 3.0])
T = np.array([1.0, -0.5, 2.0])


def cases():
    for op in OPS.values():
        if op.differentiable:
            for sample in op.samples or (Sample(((3, 4),) * len(op.inputs)),):
                yield pytest.param(op, sample, id=f"{op.name}{dict(sample.settings) or ''}")


def drawn(op, sample):
    generator = np.random.default_rng(5)
    if sample.make is not None:
        return [np.asarray(a) for a in sample.make(generator)]
    if op.partials is None:
        return [generator.normal(size=shape) for shape in sample.shapes]
    domains = op.sampled or op.domain
    return [d.sample(generator, s) for d, s in zip(domains, sample.shapes, strict=True)]


@pytest.mark.parametrize(("op", "sample"), list(cases()))
def test_every_op_moves_as_finite_differences_say(op, sample):
    args = drawn(op, sample)
    settings = {**op.settings, **sample.settings}
    moving = [i for i, a in enumerate(args) if a.dtype.kind == "f"]
    if op.partials is not None:
        moving = [i for i in moving if op.partials[i] is not None]
    generator = np.random.default_rng(6)
    tangents = {i: generator.normal(size=args[i].shape) for i in moving}
    level = new_level()
    duals = [Dual(a, tangents[i], level) if i in tangents else a for i, a in enumerate(args)]
    out = apply(op, duals, settings)

    def moved(by):
        shifted = [a + by * tangents[i] if i in tangents else a for i, a in enumerate(args)]
        return apply(op, shifted, settings)

    step = 1e-6
    measured = (moved(step) - moved(-step)) / (2 * step)
    assert out.tangent.shape == out.value.shape
    np.testing.assert_allclose(out.tangent, measured, rtol=1e-5, atol=1e-7)


def test_where_moves_the_chosen_branch():
    out, change = jvp(lambda x: ag.where(x > 1.5, x * x, 0.0), (X,), (T,))
    assert out.tolist() == [0.0, 4.0, 9.0]
    assert change.tolist() == [0.0, -2.0, 12.0]


def test_a_bool_slope_selects_so_that_infinity_stays_out():
    x = Dual(np.array([-1.0, 1.0]), np.array([np.inf, 2.0]))
    assert ag.relu(x).tangent.tolist() == [0.0, 2.0]


def test_functions_written_with_methods_and_operators():
    def f(x):
        y = x.tanh().sum().exp() * x[0] + (2.0 / x).mean() - x.reshape(3, 1).T.max()
        y = y + x.at[0].set(x[1]).prod() + abs(-x).norm() + (x**2 @ x) + x[[0, 0]].sum()
        return y + sum(part for part in x) + x.transpose().std() + len(x)

    _, forward = jvp(f, (X,), (T,))
    assert forward == pytest.approx(float(ag.grad(f)(X) @ T), rel=1e-12)


def test_numpys_functions_and_arrays_on_the_left():
    def f(x):
        return np.sin(x) + X * x + np.float64(2.0) * x + np.sum(x) * np.array([1.0, 0.0, 1.0])

    out, change = jvp(f, (X,), (T,))
    np.testing.assert_allclose(out, np.sin(X) + X * X + 2 * X + np.array([6, 0, 6]))
    np.testing.assert_allclose(change, np.cos(X) * T + X * T + 2 * T + np.array([2.5, 0, 2.5]))


def test_comparisons_look_at_the_value():
    x = Dual(2.0, 1.0)
    assert x > 1
    assert not x < 1
    assert x == 2.0
    assert x != 3.0
    assert (Dual(X, T) >= 2.0).tolist() == [False, True, True]


def test_lists_of_numbers():
    def f(w, x, b):
        return ag.dot(w, x, b) * ag.logsumexp(w) + sum(w) + ag.sum(x) * ag.mean([w[0], 5.0])

    args = ([1.0, 2.0], [3.0, -1.0], 0.5)
    moves = ([1.0, 0.3], [0.0, 2.0], -1.0)
    gradient = ag.grad(f, argnums=(0, 1, 2))(*args)
    expected = np.dot(np.hstack(gradient), np.hstack(moves))
    assert jvp(f, args, moves)[1] == pytest.approx(expected, rel=1e-12)


def test_a_list_of_arrays_is_refused_as_for_tensors():
    with pytest.raises(OperationError, match=r"join them first with stack"):
        jvp(lambda x: ag.sum([x, x]), (X,), (T,))


def test_joining_arrays_of_which_one_moves():
    out, change = jvp(lambda x: ag.concatenate([x, X]).sum() + ag.stack([X, x]).max(), (X,), (T,))
    assert (out, change) == (15.0, T.sum() + 0.5 * T[2])


def test_the_two_worlds():
    def f(x):
        a, b, _ = x.to_values()
        return ag.tensor_from_values([a * b, a]).sum()

    assert jvp(f, (X,), (T,)) == (3.0, 1.0 * -0.5 + 2.0 * 1.0 + 1.0)


def test_one_pass_inside_another_keeps_their_tangents_apart():
    def outer(x):
        return x * jvp(lambda y: x + y, (1.0,), (1.0,))[1]

    assert jvp(outer, (3.0,), (1.0,)) == (3.0, 1.0)

    def twice(x):
        return jvp(lambda y: y * y * x, (x,), (1.0,))[1]  # 2 y x at y = x

    assert jvp(twice, (3.0,), (1.0,)) == (18.0, 12.0)


def test_a_tangent_of_values_and_of_tensors_is_recorded():
    a = Value(3.0)
    change = jvp(lambda x: x**3, (a,), (1.0,))[1]
    change.backward()
    assert (change.data, a.grad) == (27.0, 18.0)

    x = Tensor(X, requires_grad=True)
    change = jvp(lambda x: ag.logsumexp(x * x), (x,), (T,))[1]
    change.backward()
    expected = ag.hvp(lambda x: ag.logsumexp(x * x), X, T)
    np.testing.assert_allclose(x.grad, expected, rtol=1e-12)


def test_off_the_domain_a_float_raises_as_a_value_does():
    with pytest.raises(DomainError, match="log: x = -2 came"):
        jvp(ag.log, (-2.0,), (1.0,))


def test_float32_stays_float32():
    out, change = jvp(lambda x: (ag.sin(x) * 2.0).sum(0) * x, (X.astype("f"),), (T.astype("f"),))
    assert (out.dtype, change.dtype) == (np.float32, np.float32)


def test_constants_have_no_tangent():
    assert isinstance(ag.argmax(Dual(X, T)), (int, np.integer, np.ndarray))
    _, change = jvp(lambda x: x.detach() * 2 + ag.argmax(x), (X,), (T,))
    assert change.tolist() == [0.0, 0.0, 0.0]


def test_data_and_grad_do_not_exist_so_that_no_tangent_is_lost_unseen():
    x = Dual(2.0, 1.0)
    assert not hasattr(x, "data")
    assert not hasattr(x, "grad")
    with pytest.raises(TypeError, match="carries its tangent"):
        np.asarray(x)


def test_a_weighted_sum_on_values_takes_what_moves():
    w, b = [Value(2.0), Value(-1.0)], Value(0.5)
    out, change = jvp(lambda x: ag.tanh(ag.dot(w, x, b)), ([1.0, 2.0],), ([1.0, 0.0],))
    assert out == pytest.approx(np.tanh(0.5))
    assert change == pytest.approx((1 - np.tanh(0.5) ** 2) * 2.0)
