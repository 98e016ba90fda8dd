"""PyTorch's spellings without PyTorch: NumPy's meaning stays, and errors say what to do."""

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import OperationError, ShapeError, Tensor
from autograd.recording import mode

A = np.array([[2.0, -1.0, 5.0], [0.5, 3.0, -4.0]])


def x():
    return Tensor(A, requires_grad=True)


# --------------------------------------------------------------------- both meanings of one name
def test_an_axis_asks_as_in_numpy_and_dim_as_in_pytorch():
    np.testing.assert_array_equal(x().max(axis=1).numpy(), A.max(1))
    np.testing.assert_array_equal(np.max(x(), 1).numpy(), A.max(1))
    np.testing.assert_array_equal(np.max(x(), axis=1).numpy(), A.max(1))
    np.testing.assert_array_equal(np.sort(x(), axis=0).numpy(), np.sort(A, axis=0))
    np.testing.assert_array_equal(x().sort().numpy(), np.sort(A))
    assert [part.shape for part in np.split(x(), 3, axis=1)] == [(2, 1)] * 3
    assert [part.shape for part in x().split(2, dim=1)] == [(2, 2), (2, 1)]
    values, indices = x().max(dim=1)
    assert (values.tolist(), indices.tolist()) == ([5.0, 3.0], [2, 1])
    np.testing.assert_array_equal(np.transpose(ag.zeros(2, 3, 4), (2, 0, 1)).shape, (4, 2, 3))
    np.testing.assert_array_equal(np.flip(x(), axis=1).numpy(), A[:, ::-1])
    with pytest.raises(ShapeError):
        np.squeeze(x(), axis=0)
    assert x().squeeze(0).shape == (2, 3)


def test_a_place_asks_max_and_min_as_in_pytorch():
    for name, values, indices in (("max", [5.0, 3.0], [2, 1]), ("min", [-1.0, -4.0], [1, 2])):
        method, function = getattr(x(), name), getattr(ag, name)
        for pair in (method(1), function(x(), 1), method(-1, False), method(np.int64(1))):
            assert (pair.values.tolist(), pair.indices.tolist()) == (values, indices)
        for pair in (method(1, True), function(x(), 1, True), method(1, keepdim=True)):
            assert pair.values.tolist() == [[value] for value in values]
            assert pair.indices.tolist() == [[index] for index in indices]
    leaf = x()
    _, predicted = ag.max(leaf, 1)
    assert not predicted.requires_grad
    leaf.min(0)[0].sum().backward()
    np.testing.assert_array_equal(leaf.grad, [[0, 1, 0], [1, 0, 1]])


def test_numpys_words_and_several_axes_give_the_values_only():
    for name in ("max", "min"):
        asked, plain, function = getattr(x(), name), getattr(A, name), getattr(ag, name)
        for mine, its in (
            (asked((0, 1)), plain()),
            (asked(), plain()),
            (asked(None), plain()),
            (asked(axis=-1, keepdims=True), plain(1, keepdims=True)),
            (asked(1, keepdims=True), plain(1, keepdims=True)),
            (function(x(), axis=0), plain(0)),
            (getattr(np, name)(x(), 0), plain(0)),
        ):
            assert isinstance(mine, Tensor)
            np.testing.assert_array_equal(mine.numpy(), its)
        np.testing.assert_array_equal(function(A, 1), plain(1))


def test_a_second_tensor_is_compared_element_by_element():
    for other in (Tensor(1.0), Tensor([1.0, 0.0, 2.0]), np.ones((2, 3))):
        np.testing.assert_array_equal(x().max(other).numpy(), np.maximum(A, other))
        np.testing.assert_array_equal(ag.min(x(), other=other).numpy(), np.minimum(A, other))


def test_a_pair_has_names():
    pair = x().sort(dim=1, descending=True)
    assert pair._fields == ("values", "indices")
    assert pair.indices.tolist() == [[2, 0, 1], [1, 0, 2]]


def test_plain_arrays_are_taken_too():
    values, indices = ag.max(A, dim=0)
    assert isinstance(values, np.ndarray)
    assert (values.tolist(), indices.tolist()) == ([2.0, 3.0, 5.0], [0, 1, 0])
    assert ag.topk(A, 1).indices.tolist() == [[2], [1]]
    assert ag.transpose(A, 0, 1).shape == (3, 2)


def test_nan_comes_first_when_falling_as_in_pytorch():
    falling = Tensor([1.0, np.nan, 3.0]).sort(descending=True)
    assert falling.indices.tolist() == [1, 2, 0]


def test_a_harmless_call_gives_the_same_tensor():
    one = x()
    for same in (one.to("cpu"), one.cpu(), one.contiguous(), one.double(), one.to(float)):
        assert same is one
    assert one.to(Tensor([1], dtype=np.float32)).dtype == np.float32


def test_dtypes_have_pytorchs_names():
    assert (ag.long, ag.float, ag.int, ag.bool) == (np.int64, np.float32, np.int32, np.bool_)
    assert not {"float", "int", "bool"} & set(ag.__all__), "import * leaves Python's own alone"


def test_a_recorded_result_is_not_changed_in_place():
    leaf = x()
    before = out = leaf * 2
    with ag.no_grad():
        out += 1.0
    assert out is not before
    np.testing.assert_array_equal(before.numpy(), 2 * A)
    leaf = first = x()
    leaf -= 1.0
    assert leaf is not first
    assert leaf.requires_grad


def test_a_call_that_switches_recording_off_leaves_nothing_behind():
    before = mode.special
    ag.set_grad_enabled(False)
    ag.set_grad_enabled(False)
    assert not (x() * 2).requires_grad
    ag.set_grad_enabled(True)
    assert (x() * 2).requires_grad
    assert mode.special == before, "operations take the short way again"
    with ag.no_grad(), ag.set_grad_enabled(True):
        assert (x() * 2).requires_grad
    with ag.no_grad():
        with ag.set_grad_enabled(True):
            pass
        assert not (x() * 2).requires_grad
    assert (x() * 2).requires_grad
    assert mode.special == before


def test_a_generator_is_one_of_numpys():
    generator = ag.Generator("cpu").manual_seed(4)
    assert isinstance(generator, np.random.Generator)
    assert generator.random() == np.random.default_rng(4).random()


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.transpose(0, 1) @ x.flip(0, 1),
        lambda x: x.max(dim=1)[0] ** 2,
        lambda x: x.max(1)[0] ** 2 * ag.min(x, -1, True).values,
        lambda x: x.sort(dim=1, descending=True).values ** 3,
        lambda x: x.topk(2, dim=1)[0].prod(),
        lambda x: x.squeeze(0).unflatten(1, (3, 1)) ** 2,
        lambda x: ag.hstack([x, x * x]).split(2, dim=1)[1],
        lambda x: ag.rsqrt(x * x).contiguous().to(np.float64),
        lambda x: ag.vstack([x, x * x]).clamp_min(0.1).mT,
        lambda x: (x * x).masked_select(A > 0),
    ],
)
def test_forward_mode_and_second_order_of_the_new_spellings(function):
    direction = np.array([[1.0, -2.0, 0.5], [0.3, 0.7, -1.0]])
    _, tangent = ag.jvp(function, (A,), (direction,))
    weight = np.random.default_rng(2).normal(size=np.shape(tangent))
    (back,) = ag.vjp(function, A)[1](weight)
    forward = np.sum(tangent * weight)
    np.testing.assert_allclose(forward, np.sum(back * direction))
    assert ag.gradcheck(function, A)
    assert ag.gradgradcheck(function, A)


# ---------------------------------------------------------------------------------- what is refused
REFUSED = {
    "cuda": (lambda: x().cuda(), ValueError, r"device: 'cuda' came; .*CPU"),
    "to cuda": (lambda: x().to("cuda:0"), ValueError, "'cuda:0'"),
    "to device": (lambda: x().to(device="mps"), ValueError, "'mps'"),
    "zeros on cuda": (lambda: ag.zeros(2, device="cuda"), ValueError, "'cuda'"),
    "tensor on cuda": (lambda: ag.tensor([1.0], device="cuda"), ValueError, "'cuda'"),
    "device": (lambda: ag.device("cuda"), ValueError, "is_available"),
    "to nothing": (lambda: x().to(object()), TypeError, "to: .* came; give a dtype"),
    "to unknown": (lambda: x().to(dtyp=float), TypeError, "unknown setting dtyp"),
    "default dtype": (lambda: ag.set_default_dtype(ag.float32), ValueError, "float32 came"),
    "max dim": (lambda: x().max(dim=2), ShapeError, "max: dim=2 came for a tensor of 2 axes"),
    "max dims": (lambda: x().max(dim=(0, 1)), OperationError, "use amax for several axes"),
    "max place": (lambda: x().max(2), ShapeError, "max: dim=2 came for a tensor of 2 axes"),
    "max twice": (lambda: x().max(1, True, keepdim=True), OperationError, "keepdims came twice"),
    "max place and dim": (lambda: x().max(1, dim=1), OperationError, "only keepdim"),
    "pair - x": (lambda: x().max(0) - x(), OperationError, r"take its .values, or .*\(axis=1\)"),
    "x - pair": (lambda: x() - x().max(0), OperationError, "a pair .* came"),
    "constant - pair": (lambda: Tensor(A) - Tensor(A).max(0), OperationError, "a pair .* came"),
    "array * pair": (lambda: A * x().max(0), OperationError, "a pair .* came"),
    "pair * 2": (lambda: x().max(0) * 2, OperationError, "a pair .* came"),
    "exp of a pair": (lambda: ag.exp(x().max(0)), OperationError, "a pair .* came"),
    "np.exp of a pair": (lambda: np.exp(x().max(0)), OperationError, "a pair .* came"),
    "x > pair": (lambda: x() > x().max(0), OperationError, "a pair .* came"),
    "pair.sum": (lambda: x().max(0).sum(), AttributeError, "sum: .*a pair .* came"),
    "repeat": (
        lambda: x().repeat(2, 1, 1),
        OperationError,
        r"repeat: 2, 1, 1 came; PyTorch's repeat is x.tile\(2, 1, 1\) here",
    ),
    "max dim and axis": (lambda: x().max(dim=0, axis=1), OperationError, "only keepdim"),
    "sort dim": (lambda: x().sort(dim=-3), ShapeError, "sort: dim=-3"),
    "topk": (lambda: x().topk(4), ShapeError, r"topk: k=4 came; axis -1 has 3 elements"),
    "topk k": (lambda: x().topk(1.5), ShapeError, "k=1.5"),
    "squeeze": (lambda: x().squeeze(2), ShapeError, "squeeze: dim=2"),
    "split size": (lambda: x().split(0, dim=1), ShapeError, "parts of size 0"),
    "split sizes": (lambda: x().split([1, 1], dim=1), ShapeError, "must add up to 3"),
    "split word": (lambda: x().split(sice=1), OperationError, "unknown setting sice"),
    "transpose": (lambda: x().transpose(dim0=1), OperationError, "give both"),
    "transpose axis": (lambda: x().transpose(0, 5), IndexError, "swapaxes"),
    "mT": (lambda: Tensor([1.0]).mT, IndexError, "swapaxes"),
    "unflatten": (lambda: x().unflatten(1, (2, 2)), ShapeError, r"of size 3 is not \(2, 2\)"),
    "unflatten dim": (lambda: x().unflatten(5, (2, 2)), ShapeError, "dim=5"),
    "unflatten -1": (lambda: x().unflatten(1, (2, -1)), ShapeError, "axis 1 of size 3"),
    "randint": (lambda: ag.randint(3), OperationError, "randint: limits and sizes are needed"),
    "randint none": (lambda: ag.randint(3, 3, (2,)), OperationError, "low=3 and high=3"),
    "randint size": (lambda: ag.randint(3, (-1,)), OperationError, "sizes are whole numbers"),
    "randperm": (lambda: ag.randperm(-1), OperationError, "whole numbers, 0 or more"),
    "normal": (lambda: ag.normal(0.0, -1.0, (2,)), OperationError, "std=-1.0 came"),
    "bernoulli": (lambda: ag.bernoulli(Tensor([1.5])), OperationError, "outside 0 to 1"),
    "bernoulli nan": (lambda: ag.bernoulli(Tensor([np.nan])), OperationError, "outside 0 to 1"),
    "multinomial": (lambda: x().multinomial(1), OperationError, r"softmax\(scores\)"),
    "multinomial zeros": (lambda: ag.multinomial([0.0, 0.0], 1), OperationError, "0 weights above"),
    "multinomial many": (
        lambda: ag.multinomial([1.0, 2.0], 3), OperationError, "draw fewer, or replacement=True"
    ),
    "multinomial axes": (lambda: ag.multinomial(1.0, 1), ShapeError, r"\(rows, places\)"),
    "multinomial none": (lambda: ag.multinomial([1.0], 0), OperationError, "num_samples=0"),
    "full": (lambda: ag.full((2,)), OperationError, "full: the sizes or the number"),
    "arange": (lambda: ag.arange(stap=1), OperationError, "unknown stap"),
    "linspace": (lambda: ag.linspace(0.0), OperationError, "the last number is missing"),
    "from_numpy": (lambda: ag.from_numpy([1.0]), TypeError, "list came; an array is needed"),
    "no_grad": (lambda: ag.no_grad(5), TypeError, "argument"),
    "in place": (lambda: _grown(), ShapeError, r"data: an array of shape \(2, 3\)"),
    "vector": (
        lambda: nn.utils.vector_to_parameters(ag.zeros(3), nn.Linear(2, 3).parameters()),
        ShapeError, r"shape \(3,\) came; \(9,\) is needed",
    ),
    "no parameters": (lambda: nn.utils.parameters_to_vector([]), ValueError, "no parameters came"),
    "no Tensors": (lambda: nn.utils.parameters_to_vector([1.0]), TypeError, "float came"),
    "decoder": (lambda: nn.Transformer(8), NotImplementedError, "TransformerEncoder"),
    "mask": (
        lambda: nn.Transformer.generate_square_subsequent_mask(0), ValueError, "sz"
    ),
}  # fmt: skip


def _grown():
    leaf = Tensor(np.ones(3), requires_grad=True)
    with ag.no_grad():
        leaf += A


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    attempt, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        attempt()


def test_what_is_refused_changes_no_parameter():
    layer = nn.Linear(2, 3)
    before = layer.state_dict()
    for wrong in (np.zeros(10), np.zeros((3, 3)), np.array(["a"] * 9)):
        with pytest.raises((ShapeError, TypeError)):
            nn.utils.vector_to_parameters(wrong, layer.parameters())
    for name, array in layer.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_modules_in_a_dict_are_attributes():
    parts = nn.ModuleDict({"first": nn.Linear(2, 3), "second": nn.ReLU()})
    assert parts.first is parts["first"]
    parts.first = nn.Linear(2, 1)
    assert parts["first"].out_features == 1
    assert list(parts.state_dict()) == ["first.weight", "first.bias"]
    with pytest.raises(AttributeError, match="third"):
        _ = parts.third
    with pytest.raises(TypeError):
        parts.first = 3


def test_multinomial_with_weights_as_small_as_numbers_get():
    weights = [1.0, 5e-324, 0.0, 7e-314]
    for _ in range(20):
        assert sorted(ag.multinomial(weights, 3).tolist()) == [0, 1, 3]
        assert ag.multinomial(weights, 1).tolist() == [0]
