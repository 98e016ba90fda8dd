"""Errors say the op, what came, what was needed, what to do; and leave everything as it was."""

import numpy as np
import pytest

import autograd
from autograd import (
    OPS,
    DomainError,
    GradientError,
    OperationError,
    ShapeError,
    StaleGraphError,
    Tensor,
    Value,
    arange,
    dot,
    eye,
    full,
    ones,
    randn,
    tensor_from_values,
    zeros,
)


def test_the_kinds_are_pythons_own():
    assert issubclass(ShapeError, ValueError)
    assert issubclass(DomainError, ValueError)
    assert issubclass(OperationError, TypeError)
    assert issubclass(GradientError, RuntimeError)
    assert issubclass(StaleGraphError, RuntimeError)
    for name in ("ShapeError", "DomainError", "OperationError", "GradientError", "StaleGraphError"):
        assert getattr(autograd, name).__doc__


def t(*shape):
    return Tensor(np.ones(shape), requires_grad=True)


SHAPES = [
    (
        "matmul",
        lambda: t(3, 4) @ t(5, 2),
        r"matmul: \(3, 4\).*\(5, 2\).*inner sizes 4 and 5 differ",
    ),
    ("matmul 1-D", lambda: t(3) @ t(4), r"matmul: \(3,\).*\(4,\)"),
    ("matmul 0-d", lambda: t() @ t(4), r"matmul: .*\(\)"),
    ("matmul batch", lambda: t(2, 3, 4) @ t(3, 4, 5), r"matmul: \(2, 3, 4\)"),
    ("add", lambda: t(3) + t(4), r"add: \(3,\) \+ \(4,\): .*sizes on an axis must be equal"),
    ("where", lambda: autograd.where(np.ones(2) > 0, t(3), t(3)), r"where: \(2,\)"),
    ("reshape", lambda: t(6).reshape(4, 2), r"reshape: \(6,\), shape=\(4, 2\)"),
    ("reshape -1", lambda: t(6).reshape(-1, -1), r"reshape: \(6,\)"),
    ("transpose", lambda: t(2, 3).transpose((0, 1, 2)), r"transpose: \(2, 3\)"),
    ("squeeze", lambda: autograd.squeeze(t(2, 3), axis=0), r"squeeze: \(2, 3\), axis=0"),
    ("concatenate", lambda: autograd.concatenate([t(2, 3), t(2, 4)]), r"concatenate: \(2, 3\)"),
    ("concatenate none", lambda: autograd.concatenate([]), r"concatenate: "),
    ("stack", lambda: autograd.stack([t(2), t(3)]), r"stack: \(2,\), \(3,\).*must be equal"),
    ("split", lambda: autograd.split(t(5), 2), r"split: axis 0 of size 5"),
    ("broadcast_to", lambda: autograd.broadcast_to(t(3), (2, 4)), r"broadcast_to: \(3,\)"),
    ("inv", lambda: autograd.inv(t(2, 3)), r"inv: \(2, 3\)"),
    ("inv singular", lambda: autograd.inv(t(2, 2)), r"inv: \(2, 2\).*[Ss]ingular"),
    ("solve", lambda: autograd.solve(eye(3), t(2)), r"solve: "),
    ("cholesky", lambda: autograd.cholesky(-1 * eye(2)), r"cholesky: \(2, 2\)"),
    ("einsum", lambda: autograd.einsum("ij,jk", t(2, 3), t(2, 3)), r"einsum: "),
    ("sum axis", lambda: t(2, 3).sum(axis=2), r"sum: \(2, 3\), axis=2"),
    ("max empty", lambda: autograd.max(zeros(0)), r"max: \(0,\)"),
    ("getitem set", lambda: t(3).at[0].set(np.ones(2)), r"index_set: "),
    ("seed", lambda: (t(3) * 2).backward(np.ones(2)), r"backward: .*\(2,\).*\(3,\)"),
    ("data", lambda: setattr(t(3), "data", np.ones(2)), r"data: .*\(2,\).*\(3,\)"),
    ("item", lambda: t(3).item(), r"item: .*\(3,\).*tolist"),
    ("dot", lambda: dot([Value(1.0)], [1.0, 2.0], 0.0), r"dot: "),
    ("rows", lambda: tensor_from_values([[1.0], []]), r"tensor_from_values: "),
    ("ragged", lambda: Tensor([[1.0], [1.0, 2.0]]), r"Tensor: .*different lengths"),
]


@pytest.mark.parametrize(("attempt", "words"), [s[1:] for s in SHAPES], ids=[s[0] for s in SHAPES])
def test_shapes(attempt, words):
    with pytest.raises(ValueError, match=words) as caught:
        attempt()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


CALLS = [
    ("missing input", lambda: autograd.matmul(t(2)), r"matmul: 1 inputs came; matmul takes a, b"),
    ("too many", lambda: autograd.tanh(t(2), 1, 2), r"tanh: .*inputs came; tanh takes x"),
    ("unknown setting", lambda: autograd.sum(t(2), axes=0), r"sum: unknown setting 'axes'.*axis"),
    ("missing setting", lambda: autograd.reshape(t(2)), r"reshape: shape is missing"),
    ("setting twice", lambda: autograd.tanh(t(2), axis=0), r"tanh: unknown setting 'axis'"),
    ("node as setting", lambda: autograd.sum(t(2, 2), axis=Tensor(0)), r"sum: axis is a Tensor"),
    ("text", lambda: autograd.tanh("a"), r"tanh: .*str"),
    ("nothing", lambda: autograd.tanh(None), r"tanh: .*NoneType"),
    ("text beside", lambda: autograd.add(t(2), "a"), r"add: str came; add takes x, y"),
    ("complex", lambda: autograd.add(t(2), 1j), r"add: complex came"),
    ("complex array", lambda: t(2) * np.array([1j, 1.0]), r"mul: .*complex"),
    ("objects", lambda: t(2) * np.array([None, None]), r"mul: "),
    ("list of tensors", lambda: autograd.add(t(2), [t(), t()]), r"add: .*stack"),
    (
        "text beside a Value",
        lambda: autograd.add(Value(1.0), "a"),
        r"add: str, Value|add: Value, str",
    ),
    ("shape of text", lambda: zeros("ab"), r"shape: .*whole numbers"),
    ("shape below 0", lambda: ones(-1), r"shape: .*0 or more"),
    ("shape of floats", lambda: full((1.5,), 0.0), r"shape: .*whole numbers"),
    ("shape of floats 2", lambda: randn(2, 2.5), r"shape: .*whole numbers"),
    ("where without", lambda: autograd.where(t(2)), r"where: 1 inputs came"),
    ("index", lambda: t(3)["a"], r"index: 'a' came"),
    ("list index", lambda: t(3)[[0.5]], r"index: float64 came"),
]


@pytest.mark.parametrize(("attempt", "words"), [c[1:] for c in CALLS], ids=[c[0] for c in CALLS])
def test_calls(attempt, words):
    with pytest.raises(TypeError, match=words) as caught:
        attempt()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(n for n, op in OPS.items() if op.partials is not None))
def test_every_elementwise_op_refuses_text(name):
    op = OPS[name]
    count = len(op.inputs)
    settings = dict(op.samples[0].settings) if op.samples else {}
    for node in (Value(0.5), Tensor([0.5], requires_grad=True)):
        for place in range(count):
            if count == 1:
                continue
            args = [node] * count
            args[place] = "text"
            with pytest.raises(TypeError, match=rf"{name}: "):
                op(*args, **settings)
        assert node.grad is None


@pytest.mark.parametrize(
    "name",
    sorted(n for n, op in OPS.items() if any(d.words != "any {x}" for d in op.domain)),
)
def test_every_domain_error_names_the_condition(name):
    op = OPS[name]
    outside = [-2.0, 0.0, 2.0, 1.0, -1.0]
    for slot, domain in enumerate(op.domain):
        wrong = [n for n in outside if not domain.contains(n)]
        for number in wrong[:2]:
            inputs = [Value(0.5) for _ in op.domain]
            inputs[slot] = Value(number)
            said = None
            try:
                op(*inputs)
            except DomainError as error:
                said = str(error)
            if said is not None:  # else an edge where the value exists, such as infinity
                assert said.startswith(f"{name}: ")
                assert domain.describe(op.inputs[slot]) in said
            assert all(v.grad is None for v in inputs)


def test_an_error_while_recording_leaves_no_trace():
    x = Tensor([1.0, 2.0], requires_grad=True)
    before = x._data
    for attempt in (lambda: x @ np.ones(3), lambda: x + "a", lambda: x[9], lambda: x.reshape(5)):
        with pytest.raises((TypeError, ValueError, IndexError)):
            attempt()
    assert x._data is before
    assert (x.grad, x.op, x.parents) == (None, None, ())
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_errors_do_not_hide_their_cause():
    with pytest.raises(ShapeError) as caught:
        t(2) + t(3)
    assert isinstance(caught.value.__cause__, ValueError)


def test_creation_of_whole_numbers_with_gradients():
    with pytest.raises(TypeError, match="requires_grad: int64"):
        arange(3, requires_grad=True)
    with pytest.raises(TypeError, match="requires_grad: int"):
        full((2,), 1, requires_grad=True)
    assert arange(3.0, requires_grad=True).requires_grad


def test_a_masked_array_is_refused_because_its_mask_would_be_lost():
    with pytest.raises(TypeError, match=r"masked array came.*filled"):
        Tensor(np.ma.array([1.0, 2.0], mask=[False, True]))


@pytest.mark.parametrize(
    ("vjp", "came"),
    [
        (lambda g, out, x, y: (g,), "1 gradients for 2 inputs"),
        (lambda g, out, x, y: g, "ndarray for 2 inputs"),
        (lambda g, out, x, y: None, "NoneType for 2 inputs"),
    ],
)
def test_a_vjp_that_does_not_answer_for_every_input_is_named(vjp, came, monkeypatch):
    monkeypatch.setattr("autograd.definition.OPS", {})

    @autograd.operation(vjp=vjp)
    def half_told(x, y):
        """Sum.  Each input receives the gradient."""
        return x + y

    x, y = t(2), t(2)
    out = half_told(x, y)
    with pytest.raises(GradientError, match=f"half_told: its vjp gave {came}"):
        out.backward(np.ones(2))
    assert x.grad is None
    assert y.grad is None
