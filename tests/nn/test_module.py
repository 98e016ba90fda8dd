"""Modules: what they find in themselves, how they are saved, shown, and named in pictures."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, trace


class Everything(nn.Module):
    """One of each kind of attribute."""

    def __init__(self):
        self.name = "model"
        self.scale = nn.Parameter([2.0])
        self.first = nn.Linear(2, 2)
        self.blocks = [nn.Linear(2, 1), (nn.Tanh(), nn.Parameter([1.0]))]
        self.by_name = {"gain": Value(3.0), "deep": nn.Sequential(nn.Linear(1, 1, bias=False))}
        self.mean = Tensor([0.5])
        self.free = Tensor([4.0], requires_grad=True)
        self.last_loss = nn.Parameter([1.0]) * 2  # computed, so neither parameter nor buffer


PATHS = [
    "scale", "blocks.1.1", "by_name.gain", "free", "first.weight", "first.bias",
    "blocks.0.weight", "blocks.0.bias", "by_name.deep.0.weight",
]  # fmt: skip


def test_parameters_are_found_in_attributes_lists_tuples_and_dicts():
    model = Everything()
    assert [name for name, _ in model.named_parameters()] == PATHS
    assert len(model.parameters()) == len(PATHS)
    assert [name for name, _ in model.named_buffers()] == ["mean"]
    assert next(model.buffers()) is model.mean


def test_modules_are_found_with_their_paths():
    model = Everything()
    assert [name for name, _ in model.named_children()] == [
        "first", "blocks.0", "blocks.1.0", "by_name.deep",
    ]  # fmt: skip
    assert [name for name, _ in model.named_modules()] == [
        "", "first", "blocks.0", "blocks.1.0", "by_name.deep", "by_name.deep.0",
    ]  # fmt: skip
    assert next(model.modules()) is model
    assert next(model.children()) is model.first


def test_a_subclass_without_super_init_trains_and_evaluates():
    model = Everything()
    assert model.training
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    model.train()
    assert all(module.training for module in model.modules())


def test_a_forward_that_is_missing_is_asked_for():
    with pytest.raises(NotImplementedError, match="Everything: there is no forward method"):
        Everything()(1)


def test_zero_grad_forgets():
    model = nn.Linear(2, 1)
    model(Tensor([[1.0, 2.0]])).backward()
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [None, None]


def test_an_attribute_that_is_set_later_is_found_and_a_deleted_one_is_gone():
    model = nn.Linear(2, 1)
    model.extra = nn.Parameter([1.0])
    assert [name for name, _ in model.named_parameters()] == ["weight", "bias", "extra"]
    del model.extra
    assert len(model.parameters()) == 2


def test_a_circle_of_modules_ends():
    parent, child = nn.Sequential(nn.Linear(1, 1)), nn.Identity()
    child.parent = parent
    parent.append(child)
    assert len(list(parent.modules())) == 3
    assert len(parent.parameters()) == 2
    assert sorted(parent.state_dict()) == ["0.bias", "0.weight"]


# ----------------------------------------------------------------------------------- tying


class Tied(nn.Module):
    def __init__(self):
        self.encode = nn.Linear(3, 2, bias=False)
        self.decode = nn.Linear(2, 3, bias=False)
        self.output = nn.Linear(3, 2, bias=False)
        self.output.weight = self.encode.weight

    def forward(self, x):
        return self.output(self.decode(self.encode(x)))


def test_a_tied_weight_counts_once_and_is_saved_under_both_names(check_gradients):
    model = Tied()
    assert [name for name, _ in model.named_parameters()] == ["encode.weight", "decode.weight"]
    assert list(model.state_dict()) == ["encode.weight", "decode.weight", "output.weight"]
    x = Tensor(np.random.default_rng(0).normal(size=(4, 3)))
    check_gradients(lambda: (model(x) ** 2).sum(), model.parameters())
    before = model.encode.weight.data.copy()
    nn.SGD(model.parameters(), lr=1.0).step()
    assert not np.array_equal(before, model.output.weight.data)
    assert model.output.weight is model.encode.weight


def test_tied_weights_that_come_apart_are_refused():
    model = Tied()
    state = model.state_dict()
    state["output.weight"] = state["output.weight"] + 1
    with pytest.raises(ValueError, match=r"output\.weight: shares its numbers with encode\.weight"):
        model.load_state_dict(state)


def test_a_shared_module_is_one_module():
    layer = nn.Linear(2, 2)
    model = nn.Sequential(layer, nn.Tanh(), layer)
    assert len(model.parameters()) == 2
    assert len(list(model.modules())) == 3
    assert len(model.state_dict()) == 4


# ----------------------------------------------------------------------------------- saving


def test_state_dict_round_trip():
    first, second = Everything(), Everything()
    first.mean.data, first.by_name["gain"].data = [9.0], -1.0
    state = first.state_dict()
    assert set(state) == {*PATHS, "mean"}
    second.load_state_dict(state)
    for name, array in second.state_dict().items():
        np.testing.assert_array_equal(array, state[name])
    assert second.mean.tolist() == [9.0]
    assert second.by_name["gain"].data == -1.0


def test_state_dict_is_a_copy_both_ways():
    model = nn.Linear(2, 1)
    state = model.state_dict()
    kept = {name: array.copy() for name, array in state.items()}
    state["weight"][:] = 7
    np.testing.assert_array_equal(model.weight.data, kept["weight"])
    model.load_state_dict(state)
    state["weight"][:] = 8
    assert (model.weight == 7).all()


def test_one_error_lists_everything_and_nothing_is_loaded():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    before = model.state_dict()
    state = {
        "0.weight": np.zeros((3, 3)),
        "0.bias": np.zeros(3),
        "1.weight": np.array([["a", "b", "c"]]),
        "2.weight": np.zeros(1),
    }
    with pytest.raises(ValueError, match="does not fit Sequential, nothing was loaded") as caught:
        model.load_state_dict(state)
    said = str(caught.value)
    for line in [
        "missing: 1.bias",
        "unknown: 2.weight",
        "0.weight: shape (3, 3) came; (3, 2) is needed",
        "1.weight: <U1 came; real numbers are needed",
    ]:
        assert line in said
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_names_may_be_missing_when_not_strict():
    model = nn.Linear(2, 1)
    model.load_state_dict({"bias": [5.0], "other": 1.0}, strict=False)
    assert model.bias.tolist() == [5.0]


def test_loading_keeps_the_dtype():
    model = nn.Linear(2, 1, dtype=np.float32)
    model.load_state_dict(nn.Linear(2, 1).state_dict())
    assert model.weight.dtype == np.float32
    with pytest.raises(ValueError, match=r"weight: complex128 came"):
        model.load_state_dict({"weight": np.ones((1, 2)) * 1j, "bias": [1.0]})


def test_a_graph_recorded_before_loading_keeps_its_gradient():
    model = nn.Linear(1, 1, bias=False)
    model.weight.data = [[2.0]]
    out = model(Tensor([[3.0]])) ** 2
    model.load_state_dict({"weight": [[100.0]]})
    out.backward()
    assert model.weight.grad.tolist() == [[36.0]]


def test_models_can_be_copied_and_pickled():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    x = Tensor([[1.0, 2.0]])
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other(x).item() == model(x).item()
        other[0].weight.data = np.zeros((2, 2))
        assert (model[0].weight != 0).all()
    perceptron = nn.MLP(2, [3, 1])
    other = copy.deepcopy(perceptron)
    assert other([1.0, 2.0]).data == perceptron([1.0, 2.0]).data
    assert other.parameters()[0] is not perceptron.parameters()[0]


def test_a_model_dies_without_the_collector():
    gc.disable()
    try:
        model = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
        out = model(Tensor([[1.0, 2.0]]))
        out.sum().backward()
        weak = weakref.ref(model[0].weight)
        del model, out
        assert weak() is None
    finally:
        gc.enable()


# ----------------------------------------------------------------------------------- showing


def test_repr_shows_what_is_inside():
    model = nn.Sequential(nn.Linear(2, 3, bias=False), nn.Sequential(nn.Tanh()))
    assert repr(model).splitlines() == [
        "Sequential(",
        "  (0): Linear(2 -> 3, bias=False)",
        "  (1): Sequential(",
        "    (0): Tanh()",
        "  )",
        ")",
    ]
    assert repr(nn.Parameter([[1.0], [2.0]])).splitlines() == [
        "Parameter([[1.],",
        "           [2.]], requires_grad=True)",
    ]


def test_parameters_learn_only_floats_and_may_be_frozen():
    with pytest.raises(TypeError, match="a gradient needs floats"):
        nn.Parameter([1, 2])
    frozen = nn.Parameter([1.0], requires_grad=False)
    model = nn.Identity()
    model.frozen = frozen
    assert model.parameters() == [frozen]
    assert isinstance(frozen * 2, Tensor)
    assert not isinstance(frozen * 2, nn.Parameter)


# ----------------------------------------------------------------------------------- names


def test_parameters_are_labelled_with_their_paths():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    model[1].bias.label = "mine"
    named = nn.name_parameters(model, "net.")
    assert list(named) == ["net.0.weight", "net.0.bias", "net.1.weight", "net.1.bias"]
    assert model[0].weight.label == "net.0.weight"
    assert model[1].bias.label == "mine"
    seen = {n.label: n.scope for n in trace(model(Tensor([[1.0, 2.0]]))).nodes}
    assert seen["net.0.weight"] == "net.0"
    assert seen["mine"] == "net.1"


def test_results_remember_the_module_that_made_them():
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    with nn.scopes(model):
        out = model(Tensor([[1.0, 2.0]]))
        loss = (out * out).sum()
    made = {(n.op, n.scope) for n in trace(loss).nodes if n.op is not None}
    assert {("tanh", "1"), ("linear", "0"), ("linear", "2"), ("sum", "")} <= made
    assert ("mul", "") in made
    with_no_block = trace(model(Tensor([[1.0, 2.0]])))
    assert all(n.scope == "" for n in with_no_block.nodes if n.op is not None)


def test_an_outer_module_claims_what_no_inner_one_made():
    class Residual(nn.Module):
        def __init__(self):
            self.inner = nn.Linear(2, 2)

        def forward(self, x):
            return x + self.inner(x) * 2

    class Outer(nn.Module):
        def __init__(self):
            self.block = Residual()

        def forward(self, x):
            return self.block(x)

    model = Outer()
    with nn.scopes(model):
        out = model(Tensor([[1.0, 2.0]], requires_grad=True) * 1.0)
    made = {(n.op, n.scope) for n in trace(out).nodes if n.op is not None}
    assert {("add", "block"), ("mul", "block"), ("linear", "block.inner"), ("mul", "")} <= made


def test_neurons_are_scopes_of_their_own():
    model = nn.MLP(2, [2, 1])
    with nn.scopes(model):
        out = model([Value(1.0), Value(2.0)])
    seen = {n.scope for n in trace(out).nodes if n.op is not None}
    assert seen == {"layers.0.neurons.0", "layers.0.neurons.1", "layers.1.neurons.0"}
    named = {n.label for n in trace(out).nodes if n.named}
    assert {"layers.0.neurons.1.w.0", "layers.1.neurons.0.b"} <= named


# ------------------------------------------------------------------------- habits of PyTorch code


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_parameter("scale", nn.Parameter([2.0, 3.0]))
        self.register_buffer("mask", [1.0, 0.0])
        self.register_buffer("cache", np.zeros(2), persistent=False)
        self.inner = nn.Linear(2, 2)

    def forward(self, x):
        return self.inner(x) * self.scale * self.mask


def test_buffers_are_saved_unless_they_are_said_not_to_be():
    model = Masked()
    assert list(model.state_dict()) == ["scale", "mask", "inner.weight", "inner.bias"]
    other = Masked()
    other.cache.data = np.ones(2)
    other.load_state_dict(model.state_dict())
    assert other.cache.tolist() == [1.0, 1.0]
    assert [name for name, _ in nn.Sequential(model).named_buffers()] == ["0.mask", "0.cache"]
    assert "0.cache" not in nn.Sequential(model).state_dict()


def test_what_cannot_be_registered():
    model = nn.Module()
    with pytest.raises(TypeError, match="give a constant"):
        model.register_buffer("b", nn.Parameter([1.0]))
    with pytest.raises(TypeError, match="give a Parameter"):
        model.register_parameter("p", Tensor([1.0]))
    with pytest.raises(ValueError, match="without dots"):
        model.register_buffer("a.b", [1.0])
    with pytest.raises(ValueError, match="is a method"):
        model.register_buffer("forward", [1.0])


def test_apply_goes_from_the_inside_out():
    seen = []
    model = nn.Sequential(nn.Sequential(nn.Linear(1, 1)), nn.ReLU())
    assert model.apply(lambda module: seen.append(type(module).__name__)) is model
    assert seen == ["Linear", "Sequential", "ReLU", "Sequential"]


def test_frozen_parameters_receive_nothing_and_let_gradients_through():
    model = nn.Sequential(nn.Linear(2, 2, generator=0), nn.Linear(2, 1, generator=1))
    model[1].freeze()
    model(Tensor([[1.0, 2.0]])).sum().backward()
    assert model[1].weight.grad is None
    assert model[0].weight.grad is not None
    model[1].unfreeze()
    model(Tensor([[1.0, 2.0]])).sum().backward()
    assert model[1].weight.grad is not None
    with pytest.raises(TypeError, match="leave it out of the optimizer"):
        nn.Neuron(2).freeze()


def test_kinds_of_number():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    model(Tensor(np.ones((3, 2)) * [[1], [2], [3]])).sum().backward()
    assert model.float() is model
    kinds = {name: array.dtype for name, array in model.state_dict().items()}
    assert kinds.pop("1.num_batches_tracked").kind == "i"
    assert set(kinds.values()) == {np.dtype("float32")}
    assert model[0].weight.grad.dtype == np.float32
    assert model.to("cpu").double().cpu()[0].weight.dtype == np.float64


def test_parameters_can_be_counted_and_walked_through():
    parameters = nn.Linear(2, 3).parameters()
    assert len(parameters) == 2
    assert next(parameters).shape == (3, 2)
    assert next(parameters).shape == (3,)
    assert next(parameters, None) is None
    assert len(list(parameters)) == 2
