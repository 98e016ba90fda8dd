"""PyTorch's spellings: one text, run with PyTorch and with us, gives the same.

Every row is a function of the library and of Tensors. Values, gradients and second derivatives are
compared; answers that have no gradient in a table of their own.
"""

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor
from autograd.engine import propagate

torch = pytest.importorskip("torch", reason="PyTorch is not installed; these tests compare with it")

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _double():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


# what is written: a function of the library and of tensors of these shapes
DIFFERENTIABLE = {
    "permute": (lambda lib, x: x.permute(2, 0, 1), (2, 3, 4)),
    "permute dims": (lambda lib, x: lib.permute(x, dims=(1, 0, 2)), (2, 3, 4)),
    "transpose": (lambda lib, x: x.transpose(1, 2), (2, 3, 4)),
    "transpose -": (lambda lib, x: lib.transpose(x, -2, -1), (2, 3, 4)),
    "transpose dim0": (lambda lib, x: lib.transpose(x, dim0=0, dim1=2), (2, 3, 4)),
    "x.transpose dim0": (lambda lib, x: x.transpose(dim0=0, dim1=2), (2, 3, 4)),
    "mT": (lambda lib, x: x.mT, (2, 3, 4)),
    "flip": (lambda lib, x: x.flip(0, 1), (3, 4)),
    "flip dims": (lambda lib, x: lib.flip(x, dims=(0,)), (3, 4)),
    "flip list": (lambda lib, x: x.flip([1]), (3, 4)),
    "squeeze": (lambda lib, x: x.squeeze(1), (3, 1, 2)),
    "squeeze of 3": (lambda lib, x: x.squeeze(0), (3, 1, 2)),
    "squeeze dim": (lambda lib, x: lib.squeeze(x, dim=-1), (3, 1, 2)),
    "squeeze several": (lambda lib, x: x.squeeze((0, 1)), (3, 1, 2)),
    "unflatten": (lambda lib, x: x.unflatten(1, (2, -1)), (3, 4)),
    "unflatten -": (lambda lib, x: x.unflatten(-1, (4, 1)), (3, 4)),
    "view_as": (lambda lib, x: x.view_as(lib.zeros(4, 3)), (3, 4)),
    "reshape_as": (lambda lib, x: x.reshape_as(lib.zeros(12)), (3, 4)),
    "expand_as": (lambda lib, x: x.expand_as(lib.zeros(3, 4)), (3, 1)),
    "contiguous": (lambda lib, x: x.transpose(0, 1).contiguous().view(-1), (3, 4)),
    "max dim": (lambda lib, x: x.max(dim=1)[0], (3, 4)),
    "max dim keepdim": (lambda lib, x: lib.max(x, dim=0, keepdim=True).values, (3, 4)),
    "min dim": (lambda lib, x: x.min(dim=-1).values, (2, 3, 4)),
    "max place": (lambda lib, x: x.max(1)[0], (3, 4)),
    "max place of the function": (lambda lib, x: lib.max(x, 0).values, (2, 3, 4)),
    "max place keepdim": (lambda lib, x: lib.max(x, -1, True)[0], (3, 4)),
    "max place ties": (lambda lib, x: lib.max(x - x.detach(), 1)[0], (3, 4)),
    "max place of a number": (lambda lib, x: x.max(0)[0], ()),
    "min place": (lambda lib, x: x.min(0)[0], (3, 4)),
    "min place keepdim": (lambda lib, x: lib.min(x, -2, keepdim=True).values, (2, 3, 4)),
    "amax": (lambda lib, x: lib.amax(x, dim=(0, 2)), (2, 3, 4)),
    "max of two": (lambda lib, x, y: lib.max(x, y), (3, 4), (3, 4)),
    "min of two": (lambda lib, x, y: lib.min(x, y), (3, 4), (3, 4)),
    "x.max of another": (lambda lib, x, y: x.max(y), (3, 4), (4,)),
    "x.min of a number": (lambda lib, x, y: x.min(y), (3, 4), ()),
    "max other": (lambda lib, x, y: lib.max(x, other=y), (3, 4), (3, 4)),
    "sort dim": (lambda lib, x: x.sort(dim=0)[0], (3, 4)),
    "sort descending": (lambda lib, x: lib.sort(x, descending=True).values, (3, 4)),
    "topk": (lambda lib, x: x.topk(2)[0], (3, 4)),
    "topk least": (lambda lib, x: lib.topk(x, 2, dim=0, largest=False).values, (3, 4)),
    "topk none": (lambda lib, x: lib.topk(x, k=0).values, (3, 4)),
    "split dim": (lambda lib, x: x.split(3, dim=1)[1], (2, 8)),
    "split sizes": (lambda lib, x: lib.split(x, [1, 4, 3], dim=1)[1], (2, 8)),
    "split_size": (lambda lib, x: lib.split(x, split_size_or_sections=3, dim=-1)[2], (2, 8)),
    "chunk": (lambda lib, x: lib.chunk(x, 3, dim=1)[2], (2, 8)),
    "unbind": (lambda lib, x: lib.unbind(x, dim=1)[2], (2, 8)),
    "tril": (lambda lib, x: lib.tril(x, diagonal=-1), (3, 4)),
    "triu": (lambda lib, x: x.triu(diagonal=1), (2, 3, 4)),
    "rsqrt": (lambda lib, x: (x * x + 1).rsqrt(), (3, 4)),
    "clamp_min": (lambda lib, x: x.clamp_min(0.2), (3, 4)),
    "clamp_max": (lambda lib, x: lib.clamp_max(x, 0.2), (3, 4)),
    "hstack": (lambda lib, x, y: lib.hstack((x, y)), (3, 2), (3, 4)),
    "hstack vectors": (lambda lib, x, y: lib.hstack([x, y]), (3,), (2,)),
    "vstack": (lambda lib, x, y: lib.vstack([x, y]), (4,), (3, 4)),
    "masked_select": (lambda lib, x: x.masked_select(x > 0), (3, 4)),
    "masked_select wide": (
        lambda lib, x: x.masked_select(lib.tensor([[True, False], [True, True]])), (2,)
    ),
    "masked_fill": (lambda lib, x: x.masked_fill(lib.ones(3, 4).tril() == 0, -1e9), (3, 4)),
    "to": (lambda lib, x: x.to("cpu", lib.float64) * 2, (3, 4)),
    "to float32": (lambda lib, x: x.to(dtype=lib.float32).to(x.dtype), (3, 4)),
    "type_as": (lambda lib, x: x.type_as(lib.zeros(2)), (3, 4)),
    "float": (lambda lib, x: x.float().double(), (3, 4)),
    "cpu": (lambda lib, x: x.cpu().clone(), (3, 4)),
    "new": (lambda lib, x: x + x.new_ones(4) + x.new_full((3, 1), 2.0) + x.new_zeros((4,)), (3, 4)),
    "einsum": (lambda lib, x, y: lib.einsum("bi,oi->bo", x, y), (3, 4), (2, 4)),
    "outer": (lambda lib, x, y: lib.outer(x, y), (3,), (2,)),
    "cumsum": (lambda lib, x: lib.cumsum(x, dim=1), (3, 4)),
    "norm": (lambda lib, x: lib.norm(x, p=2, dim=1, keepdim=True), (3, 4)),
    "where": (lambda lib, x, y: lib.where(x > 0, x, y), (3, 4), (3, 4)),
    "gather": (lambda lib, x: x.gather(1, lib.argmax(x, dim=1, keepdim=True)), (3, 4)),
    "attention": (
        lambda lib, x: (
            (x @ x.transpose(-2, -1)).masked_fill(lib.tril(lib.ones(3, 3)) == 0, float("-inf"))
            .softmax(dim=-1) @ x
        ),
        (2, 3, 4),
    ),
}  # fmt: skip


def drawn(name, shapes):
    generator = np.random.default_rng(list(name.encode()))
    return [generator.normal(size=shape) for shape in shapes]


def weights(array, seed):
    return np.random.default_rng(seed).normal(size=np.shape(array))


def of_torch(function, arrays):
    inputs = [torch.tensor(a, requires_grad=True) for a in arrays]
    out = function(torch, *inputs)
    g = torch.tensor(weights(out.detach(), 1))
    first = torch.autograd.grad(out, inputs, g, create_graph=True, materialize_grads=True)
    total = sum((g * torch.tensor(weights(a, 2))).sum() for g, a in zip(first, arrays, strict=True))
    second = [torch.zeros_like(x) for x in inputs]
    if total.requires_grad:
        second = torch.autograd.grad(total, inputs, materialize_grads=True)
    return [part.numpy(force=True) for part in (out, *first, *second)]


def of_ours(function, arrays):
    inputs = [Tensor(a, requires_grad=True) for a in arrays]
    out = function(ag, *inputs)
    found = propagate(out, Tensor(weights(out.data, 1)), create_graph=True)
    first = [found.get(x, ag.zeros_like(x)) for x in inputs]
    total = sum((g * weights(a, 2)).sum() for g, a in zip(first, arrays, strict=True))
    second = propagate(total, np.ones(())) if total.requires_grad else {}
    return [np.asarray(part) for part in (out, *first)] + [
        np.asarray(second.get(x, ag.zeros_like(x))) for x in inputs
    ]


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_value_gradient_and_second_derivative(name):
    function, *shapes = DIFFERENTIABLE[name]
    arrays = drawn(name, shapes)
    ours, theirs = of_ours(function, arrays), of_torch(function, arrays)
    tolerance = 1e-6 if "float" in name else 1e-10
    for mine, its in zip(ours, theirs, strict=True):
        assert mine.shape == its.shape
        np.testing.assert_allclose(mine, its, rtol=tolerance, atol=tolerance)


X = np.array([[2.0, -1.0, 2.0, 0.0], [0.5, 3.0, -4.0, 3.0], [0.0, 0.0, 1.0, 1.0]])

ANSWERS = {
    "max places": lambda lib, x: x.max(dim=1).indices,
    "max places kept": lambda lib, x: x.max(dim=1, keepdim=True)[1],
    "min places": lambda lib, x: lib.min(x, dim=0).indices,
    "max place": lambda lib, x: x.max(1).indices,
    "max place of the function": lambda lib, x: lib.max(x, 0)[1],
    "max place keepdim": lambda lib, x: x.max(-1, True)[1],
    "max place not kept": lambda lib, x: lib.max(x, -1, False).indices,
    "max place of a number": lambda lib, x: x[0, 0].max(0)[1],
    "min place": lambda lib, x: x.min(0)[1],
    "min place keepdim": lambda lib, x: lib.min(x, 1, True).indices,
    "predicted": lambda lib, x: (lib.max(x, 1)[1] == lib.tensor([0, 1, 2])).sum(),
    "sort places": lambda lib, x: x.sort(dim=1, stable=True)[1],
    "sort down places": lambda lib, x: lib.sort(x, descending=True, stable=True).indices,
    "argsort": lambda lib, x: x.argsort(dim=0, stable=True),
    "argsort down": lambda lib, x: lib.argsort(x, dim=1, descending=True, stable=True),
    "topk places": lambda lib, x: lib.topk(x[:, :2], 1, dim=1).indices,
    "argmax": lambda lib, x: x[1:2].argmax(dim=1, keepdim=True) >= 1,
    "eq": lambda lib, x: x.eq(2.0).sum(),
    "ne": lambda lib, x: lib.ne(x, x.flip(0)),
    "lt": lambda lib, x: lib.lt(x, 1.0),
    "le": lambda lib, x: x.le(1.0),
    "gt": lambda lib, x: x.gt(x[0]),
    "ge": lambda lib, x: lib.ge(x, x[0]),
    "logical": lambda lib, x: lib.logical_or(x > 1, lib.logical_not(x)).logical_and(x < 3),
    "isnan": lambda lib, x: lib.isnan(x / x.clamp_min(1.0)),
    "isinf": lambda lib, x: (x.exp() * float("inf")).isinf().logical_and(lib.isfinite(x)),
    "nonzero": lambda lib, x: x.nonzero(),
    "nonzero tuple": lambda lib, x: x[lib.nonzero(x > 0, as_tuple=True)],
    "count_nonzero": lambda lib, x: lib.count_nonzero(x, dim=1),
    "count_nonzero all": lambda lib, x: x.count_nonzero(),
    "long": lambda lib, x: x.long(),
    "int": lambda lib, x: x.int(),
    "bool": lambda lib, x: x.bool(),
    "half": lambda lib, x: x.half(),
    "type": lambda lib, x: x.type(lib.float32),
    "accuracy": lambda lib, x: (x.argmax(dim=1) == lib.tensor([0, 1, 1])).float().mean(),
    "zeros": lambda lib, x: lib.zeros(2, 3, device="cpu", dtype=lib.long),
    "ones": lambda lib, x: lib.ones((2, 3), dtype=lib.float32),
    "full": lambda lib, x: lib.full((2,), float("-inf")),
    "full size": lambda lib, x: lib.full(size=(2, 1), fill_value=7),
    "arange": lambda lib, x: lib.arange(0, 5, dtype=lib.long, device=x.device),
    "arange named": lambda lib, x: lib.arange(start=1, end=2, step=0.25),
    "arange end": lambda lib, x: lib.arange(end=3),
    "linspace": lambda lib, x: lib.linspace(0, 1, steps=5),
    "linspace end": lambda lib, x: lib.linspace(start=0.0, end=1.0, steps=3, dtype=lib.float32),
    "eye": lambda lib, x: lib.eye(2, 3),
    "zeros_like": lambda lib, x: lib.zeros_like(x, dtype=lib.int32),
    "full_like": lambda lib, x: lib.full_like(x, 3.0),
    "new_tensor": lambda lib, x: x.new_tensor([1, 2]),
    "new_zeros": lambda lib, x: x.long().new_zeros((2, 3)),
    "from_numpy": lambda lib, x: lib.from_numpy(np.arange(3, dtype=np.float32)),
    "as_tensor": lambda lib, x: lib.as_tensor([1.0, 2.0], dtype=lib.float32),
    "tensor": lambda lib, x: lib.tensor([[1, 2]], dtype=lib.double, device="cpu"),
    "finfo": lambda lib, x: lib.tensor(float(lib.finfo(lib.float32).min)),
    "pi": lambda lib, x: lib.tensor([lib.pi, lib.inf]),
    "mask": lambda lib, x: lib.triu(lib.ones(3, 3), diagonal=1).bool(),
    "bernoulli sure": lambda lib, x: lib.bernoulli((x > 0).double()),
    "multinomial sure": lambda lib, x: lib.multinomial(
        lib.tensor([[0.0, 1.0], [2.0, 0.0]]), 2, replacement=True
    ),
    "randint sure": lambda lib, x: lib.randint(3, 4, (2, 2)),
    "randperm": lambda lib, x: lib.randperm(5).sort(dim=0).values,
    "normal sure": lambda lib, x: lib.normal(2.0, 0.0, size=(3,)),
    "causal": lambda lib, x: (
        nn if lib is ag else torch.nn
    ).Transformer.generate_square_subsequent_mask(4),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_without_a_gradient(name):
    mine, its = ANSWERS[name](ag, Tensor(X)), ANSWERS[name](torch, torch.tensor(X)).numpy()
    assert (mine.shape, mine.dtype) == (its.shape, its.dtype)
    np.testing.assert_array_equal(mine.numpy(), its)


@pytest.mark.parametrize(
    "question",
    [
        lambda lib, x: [tuple(part.shape) for part in x.split(3, dim=1)],
        lambda lib, x: (x.numel(), lib.numel(x), x.dim(), tuple(x.size()), x.size(-1), len(x)),
        lambda lib, x: (x.is_contiguous(), x.is_floating_point(), lib.is_floating_point(x.long())),
        lambda lib, x: (lib.is_tensor(x), lib.is_tensor([1.0])),
        lambda lib, x: (lib.equal(x, x.clone()), lib.equal(x, x[0]), x.equal(x + 1)),
        lambda lib, x: (lib.allclose(x, x + 1e-9), x.allclose(x + 1.0)),
        lambda lib, x: (x.device.type, str(x.device), lib.device("cpu").index),
        lambda lib, x: (lib.cuda.is_available() and False, lib.get_default_dtype() == lib.float64),
        lambda lib, x: x.to("cpu") is x,
        lambda lib, x: [float(v) for v in x.max(dim=1)[0].tolist()],
    ],
)
def test_plain_answers(question):
    assert question(ag, Tensor(X)) == question(torch, torch.tensor(X))


def test_chances_are_those_of_the_weights():
    """Draws of both libraries, compared with the probabilities."""
    p = np.array([[1.0, 0.0, 3.0], [2.0, 2.0, 4.0]])
    for lib, make in ((ag, ag.tensor), (torch, torch.tensor)):
        lib.manual_seed(0)
        many = lib.multinomial(make(p), 20_000, replacement=True).numpy()
        for row, drawn_row in zip(p, many, strict=True):
            counts = np.bincount(drawn_row, minlength=3) / 20_000
            np.testing.assert_allclose(counts, row / row.sum(), atol=0.015)
        # without putting back: the first is drawn by the weights, the second by what is left
        pairs = lib.multinomial(make(np.tile([1.0, 2.0, 5.0], (20_000, 1))), 2).numpy()
        assert (pairs[:, 0] != pairs[:, 1]).all()
        second = np.bincount(pairs[pairs[:, 0] == 2, 1], minlength=3)
        np.testing.assert_allclose(second / second.sum(), [1 / 3, 2 / 3, 0], atol=0.015)
        ones = lib.bernoulli(lib.full((20_000,), 0.3)).numpy()
        assert set(ones) == {0.0, 1.0}
        assert abs(ones.mean() - 0.3) < 0.015
        whole = lib.randint(-2, 3, (20_000,)).numpy()
        np.testing.assert_allclose(np.bincount(whole + 2) / 20_000, np.full(5, 0.2), atol=0.015)
        curve = lib.normal(lib.full((20_000,), 3.0), 2.0).numpy()
        assert abs(curve.mean() - 3.0) < 0.06
        assert abs(curve.std() - 2.0) < 0.06


def test_a_generator_repeats_itself():
    for lib in (ag, torch):
        one = lib.rand(3, generator=lib.Generator().manual_seed(7))
        assert lib.equal(one, lib.rand(3, generator=lib.Generator().manual_seed(7)))
        probs = lib.ones(50)
        draws = [
            lib.multinomial(probs, 5, generator=lib.Generator().manual_seed(s)).tolist()
            for s in (1, 1, 2)
        ]
        assert draws[0] == draws[1] != draws[2]


def test_recording_switches():
    for lib in (ag, torch):
        x = lib.ones(2, requires_grad=True)

        @lib.no_grad()
        def quiet(x):
            return x * 2

        @lib.no_grad
        def quiet_too(x):
            return x * 2

        @lib.inference_mode()
        def used(x):
            return x * 2

        @lib.set_grad_enabled(False)
        def off(x):
            return x * 2

        assert not any(f(x).requires_grad for f in (quiet, quiet_too, used, off))
        assert (x * 2).requires_grad
        with lib.inference_mode(False):
            assert (x * 2).requires_grad
        with lib.set_grad_enabled(False):
            assert not (x * 2).requires_grad
            with lib.set_grad_enabled(True):
                assert (x * 2).requires_grad
        assert lib.is_grad_enabled()
        lib.set_grad_enabled(False)
        try:
            assert not (x * 2).requires_grad
        finally:
            lib.set_grad_enabled(True)
        assert (x * 2).requires_grad


def test_a_step_by_hand_without_recording_changes_the_leaf():
    found = []
    for lib in (ag, torch):
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        kept = x
        (x * x).sum().backward()
        with lib.no_grad():
            x -= 0.1 * x.grad
            x *= 2.0
            x += 1.0
            x /= 4.0
        assert x is kept
        assert x.requires_grad
        (x**3).sum().backward()
        found.append((x.tolist(), x.grad.tolist()))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-12)


def test_one_vector_of_all_parameters():
    layer, other = nn.Linear(3, 2), torch.nn.Linear(3, 2)
    layer.load_state_dict(other.state_dict())
    ours, theirs = nn.utils.parameters_to_vector, torch.nn.utils.parameters_to_vector
    vector = ours(layer.parameters())
    np.testing.assert_array_equal(vector.numpy(), theirs(other.parameters()).detach().numpy())
    (vector * vector).sum().backward()
    np.testing.assert_allclose(layer.weight.grad, 2 * layer.weight.numpy())
    nn.utils.vector_to_parameters(ag.arange(8.0), layer.parameters())
    torch.nn.utils.vector_to_parameters(torch.arange(8.0), other.parameters())
    np.testing.assert_array_equal(layer.weight.numpy(), other.weight.detach().numpy())
    np.testing.assert_array_equal(layer.bias.numpy(), other.bias.detach().numpy())


def test_sequences_stand_under_pytorchs_address():
    for utils, tensor in ((nn.utils, ag.tensor), (torch.nn.utils, torch.tensor)):
        padded = utils.rnn.pad_sequence([tensor([1.0, 2.0]), tensor([3.0])], batch_first=True)
        packed = utils.rnn.pack_padded_sequence(padded, [2, 1], batch_first=True)
        back, lengths = utils.rnn.pad_packed_sequence(packed, batch_first=True)
        assert packed.data.tolist() == [1.0, 3.0, 2.0]
        assert back.tolist() == [[1.0, 2.0], [3.0, 0.0]]
        assert list(lengths) == [2, 1]
