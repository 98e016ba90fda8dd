"""Every name a user of NumPy or PyTorch would type: there, and the same as the op it stands for."""

from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import OPS, Op, OperationError, Tensor, Value
from autograd.aliases import FUNCTIONS, KEYWORDS
from autograd.synonyms import PUBLIC

WORDS = {
    "elementwise": """
        add sub mul div neg pow abs sign floor ceil round maximum minimum clip where exp exp2 expm1
        log log2 log10 log1p sqrt cbrt square reciprocal sin cos tan arcsin arccos arctan arctan2
        sinh cosh tanh arcsinh arccosh arctanh sinc logaddexp sigmoid log_sigmoid softplus relu
        leaky_relu elu selu gelu silu softsign erf hardtanh relu6
    """,
    "reductions": """
        sum mean prod max min var std norm logsumexp cumsum cumprod argmax argmin any all
    """,
    "shapes": """
        reshape transpose swapaxes moveaxis expand_dims squeeze ravel broadcast_to concatenate stack
        split pad flip roll repeat tile take take_along_axis scatter scatter_add tril triu diagonal
        diag sort argsort
    """,
    "matrices": """
        matmul dot outer inner tensordot einsum inv det solve cholesky softmax log_softmax
    """,
    "torch": """
        view permute unsqueeze cat concat masked_fill gather index_select bmm mm mv asin acos atan
        atan2 asinh acosh atanh clamp amax amin flatten chunk narrow unbind expand movedim swapdims
        addmm inverse t repeat_interleave take_along_dim sgn ger
    """,
}
NAMES = {kind: words.split() for kind, words in WORDS.items()}


@pytest.mark.parametrize("name", [name for names in NAMES.values() for name in names])
def test_a_name_is_a_function_and_a_method(name: str) -> None:
    function = getattr(ag, name)
    assert callable(function)
    assert function.__doc__ or function.doc
    assert callable(getattr(Tensor, name))
    assert name in ag.__all__


@pytest.mark.parametrize("name", [*NAMES["elementwise"], "clamp", "asin", "absolute", "negative"])
def test_a_scalar_op_is_a_method_of_values(name: str) -> None:
    op = PUBLIC[name]
    method = getattr(Value, name)
    domains = op.sampled or op.domain
    first, *others = (float(d.sample(np.random.default_rng(1), ())) for d in domains)
    if name == "where":
        return
    settings = op.samples[0].settings if op.samples else {}
    assert (
        method(Value(first), *others, **settings).data == op(Value(first), *others, **settings).data
    )


def test_matrix_trace_has_a_roof_of_its_own() -> None:
    """``autograd.trace`` looks at a graph; the trace of a matrix stands where NumPy has det."""
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    assert ag.linalg.trace(x).item() == x.trace().item() == np.trace(x).item() == 5.0
    assert ag.trace(x.sum()).root.op == "sum"
    for name in ("norm", "inv", "det", "solve", "cholesky", "matmul"):
        assert getattr(ag.linalg, name) is getattr(ag, name)


# ------------------------------------------------------------------------------ the table
@pytest.mark.parametrize(("new", "old"), FUNCTIONS.items())
def test_a_synonym_is_the_op_itself(new: str, old: str) -> None:
    assert getattr(ag, new) is getattr(ag, old)
    assert new not in OPS, "a name is either an op or a synonym"
    made = getattr(Tensor, new)
    assert made.__doc__ == getattr(Tensor, old).__doc__


def test_a_synonym_that_numpy_has_means_what_numpy_means() -> None:
    """Where NumPy has a function of the synonym's name, both compute the same."""
    numbers = {1: (np.array([0.5, 1.5]),), 2: (np.array([0.5, 1.5]), np.array([2.0, -1.0]))}
    compared = 0
    for new, old in FUNCTIONS.items():
        op = OPS.get(old)
        if op is None or op.partials is None or not hasattr(np, new) or op.settings:
            continue
        inputs = numbers[len(op.inputs)]
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(getattr(np, new)(*inputs), op(*inputs), err_msg=new)
        compared += 1
    assert compared > 10


def test_every_keyword_synonym_leads_to_a_setting() -> None:
    known = {name for op in OPS.values() for name in op.settings} | {"axis"}
    assert set(KEYWORDS.values()) <= known


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (lambda x: x.sum(dim=1, keepdim=True), lambda x: x.sum(axis=1, keepdims=True)),
        (lambda x: x.sum(1), lambda x: x.sum(axis=1)),
        (lambda x: x.sum((0, 1)), lambda x: x.sum()),
        (lambda x: x.sum([0, 1]), lambda x: x.sum()),
        (lambda x: x.mean(-1, True), lambda x: x.mean(axis=1, keepdims=True)),
        (lambda x: x.var(dim=0, correction=0), lambda x: x.var(axis=0, ddof=0)),
        (lambda x: x.std(dim=0, unbiased=False), lambda x: x.std(axis=0, ddof=0)),
        (lambda x: x.argmax(dim=1), lambda x: x.argmax(axis=1)),
        (lambda x: x.cumsum(dim=0), lambda x: x.cumsum(axis=0)),
        (lambda x: x.softmax(dim=0), lambda x: x.softmax(axis=0)),
        (lambda x: ag.log_softmax(x, dim=0), lambda x: ag.log_softmax(x, axis=0)),
        (lambda x: x.norm(p=1, dim=1), lambda x: x.norm(ord=1, axis=1)),
        (lambda x: ag.cat([x, x], dim=1), lambda x: ag.concatenate([x, x], axis=1)),
        (lambda x: ag.stack((x, x), dim=-1), lambda x: ag.stack((x, x), axis=-1)),
        (lambda x: x.unsqueeze(dim=0), lambda x: x.expand_dims(axis=0)),
        (lambda x: x.squeeze(), lambda x: x.reshape(2, 3)),
        (lambda x: x.flip(dims=(0,)), lambda x: x.flip(axis=(0,))),
        (lambda x: x.roll(shifts=1, dims=1), lambda x: x.roll(shift=1, axis=1)),
        (lambda x: x.diagonal(offset=1, dim1=0, dim2=1), lambda x: x.diagonal(1)),
        (lambda x: x.tril(diagonal=-1), lambda x: np.tril(x, k=-1)),
        (lambda x: x.triu(k=1), lambda x: x.triu(1)),
        (lambda x: x.clamp(min=0), lambda x: x.clip(0, None)),
        (lambda x: ag.clip(x, a_min=0, a_max=1), lambda x: ag.clip(x, 0, 1)),
        (lambda x: ag.leaky_relu(x, negative_slope=0.3), lambda x: ag.leaky_relu(x, slope=0.3)),
        (lambda x: x.split(3, axis=1)[1], lambda x: x[:, 1:2]),
        (lambda x: x.split(2, dim=1)[1], lambda x: x[:, 2:]),
        (lambda x: x.split([1, 2], dim=1)[1], lambda x: x[:, 1:]),
        (lambda x: x.transpose(0, 1), lambda x: x.T),
        (lambda x: x.permute(1, 0), lambda x: x.permute((1, 0))),
        (lambda x: x.view(-1), lambda x: x.ravel()),
        (lambda x: x.repeat_interleave(2, dim=0), lambda x: x.repeat(2, axis=0)),
        (lambda x: x.take_along_dim(np.array([[0]]), dim=1), lambda x: x[:, :1]),
        (lambda x: x.masked_fill(x > 0, 0.0), lambda x: ag.where(x > 0, 0.0, x)),
        (lambda x: x.sort(dim=0).values, lambda x: x.sort(axis=0)),
        (lambda x: ag.add(x=x, y=1), lambda x: x + 1),
        (lambda x: ag.pow(x, y=2), lambda x: x**2),
    ],
)  # fmt: skip
def test_torch_and_numpy_ways_to_call(written: Any, meant: Any) -> None:
    x = Tensor([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]], requires_grad=True)
    one, other = written(x), meant(x)
    np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    if one.requires_grad:
        one.sum().backward()
        first, x.grad = x.grad, None
        other.sum().backward()
        np.testing.assert_array_equal(first, x.grad)


def test_both_a_name_and_its_synonym_are_refused() -> None:
    with pytest.raises((OperationError, TypeError)):
        ag.sum(np.ones(2), axis=0, dim=0)


def test_settings_may_be_given_by_place_but_not_twice() -> None:
    x = np.ones((2, 3))
    np.testing.assert_array_equal(ag.sum(x, 1, True), ag.sum(x, axis=1, keepdims=True))
    with pytest.raises((OperationError, TypeError)):
        ag.sum(x, 1, axis=1)
    with pytest.raises(OperationError, match="sum takes x and the settings axis, keepdims"):
        ag.sum(x, 1, True, 5, 6)


def test_public_functions_are_ops_or_explain_themselves() -> None:
    for name, function in PUBLIC.items():
        if not isinstance(function, Op):
            assert ">>>" in (function.__doc__ or ""), f"{name} has no example"


def test_where_as_a_method_keeps_what_the_condition_picks():
    x = Tensor([-1.0, 2.0, 0.0], requires_grad=True)
    out = x.where(x > -0.5, 5.0)
    out.sum().backward()
    assert out.tolist() == [5.0, 2.0, 0.0]
    assert x.grad.tolist() == [0.0, 1.0, 1.0]


def test_scatter_reads_the_part_of_src_that_the_index_reaches():
    src = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    for name, value in (("scatter", 1.0), ("scatter_add", 1.0)):
        out = getattr(ag.zeros(2, 2), name)(1, [[1]], src)
        assert out.tolist() == [[0.0, value], [0.0, 0.0]]
        src.grad = None
        out.sum().backward()
        assert src.grad.tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_no_chunks_are_refused():
    with pytest.raises(ag.ShapeError, match="chunks=0"):
        ag.ones(3).chunk(0)


def test_where_as_a_method_of_a_value():
    x = Value(2.0)
    out = x.where(x > 1.0, 5.0) * 3
    out.backward()
    assert (out.data, x.grad) == (6.0, 3.0)
    assert Value(2.0).where(False, 5.0).data == 5.0
