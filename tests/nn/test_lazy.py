"""Lazy layers: without a size until the first input, and from then on the ordinary ones."""

import copy
import pickle

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor, Value, manual_seed
from nn.modules.rehearsal import rehearsal

# lazy layer, its settings; the ordinary one has the count of the input before them; an input
CASES = [
    ("Linear", (4,), {}, (5, 3), 3),
    ("Linear", (4,), {"bias": False, "dtype": np.float32}, (3,), 3),
    ("Conv1d", (6, 3), {"stride": 2, "groups": 2}, (2, 4, 9), 4),
    ("Conv2d", (4, 3), {"padding": "same"}, (3, 5, 6), 3),
    ("Conv2d", (4, (2, 3)), {"dilation": 2, "bias": False}, (2, 3, 7, 8), 3),
    ("ConvTranspose1d", (4, 2), {"stride": 2}, (1, 3, 5), 3),
    ("ConvTranspose2d", (4, 2), {"stride": 2, "output_padding": 1, "groups": 2}, (1, 2, 5, 5), 2),
    ("BatchNorm1d", (), {"momentum": None}, (5, 3), 3),
    ("BatchNorm2d", (), {"affine": False}, (2, 3, 4, 4), 3),
    ("BatchNorm2d", (), {"track_running_stats": False}, (2, 3, 4, 4), 3),
]


def both(name, sizes, settings, count):
    """The lazy layer, and the ordinary one, drawn from generators of the same seed."""
    drawn = {} if "Norm" in name else {"generator": np.random.default_rng(3)}
    lazy = getattr(nn, f"Lazy{name}")(*sizes, **settings, **drawn)
    drawn = {} if "Norm" in name else {"generator": np.random.default_rng(3)}
    return lazy, getattr(nn, name)(count, *sizes, **settings, **drawn)


def assert_same_state(first, second):
    assert list(first.state_dict()) == list(second.state_dict())
    for name, array in first.state_dict().items():
        assert array.dtype == second.state_dict()[name].dtype
        np.testing.assert_array_equal(array, second.state_dict()[name])


@pytest.mark.parametrize(("name", "sizes", "settings", "shape", "count"), CASES)
def test_after_the_first_forward_it_is_the_ordinary_layer(name, sizes, settings, shape, count):
    lazy, ordinary = both(name, sizes, settings, count)
    same = lazy
    assert isinstance(lazy, type(ordinary))
    assert repr(lazy).startswith(f"Lazy{name}(?")
    x = Tensor(np.random.default_rng(0).normal(size=shape), dtype=settings.get("dtype"))
    assert lazy(x).tolist() == ordinary(x).tolist()
    assert type(same) is type(ordinary)
    assert repr(same) == repr(ordinary)
    assert vars(same).keys() == vars(ordinary).keys()
    assert_same_state(same, ordinary)
    assert all(type(p) is nn.Parameter for p in same.parameters())


@pytest.mark.parametrize(("name", "sizes", "settings", "shape", "count"), CASES)
def test_a_saved_state_gives_the_size(name, sizes, settings, shape, count):
    lazy, ordinary = both(name, sizes, settings, count)
    if "affine" not in settings or "track_running_stats" not in settings:
        before = repr(lazy)
        wrong = {k: v[:0] if v.ndim else v for k, v in ordinary.state_dict().items()}
        with pytest.raises(ValueError, match="nothing was loaded"):
            lazy.load_state_dict(wrong)
        assert repr(lazy) == before
    lazy.load_state_dict(ordinary.state_dict())
    assert_same_state(lazy, ordinary)


@pytest.mark.parametrize(("name", "sizes", "settings", "shape", "count"), CASES)
def test_a_run_for_show_leaves_it_lazy(name, sizes, settings, shape, count):
    lazy, ordinary = both(name, sizes, settings, count)
    before = repr(lazy)
    with rehearsal(lazy):
        lazy(Tensor(np.ones(shape)))
        assert type(lazy) is type(ordinary)
    assert repr(lazy) == before
    unsized = [node for _, node in lazy.named_nodes() if "Uninitialized" in type(node).__name__]
    assert len(unsized) == sum(np.ndim(a) > 0 for a in ordinary.state_dict().values())
    lazy(Tensor(np.ones(shape)))
    for first, second in zip(lazy.parameters(), ordinary.parameters(), strict=True):
        np.testing.assert_array_equal(first.data, second.data)


def lazy_model():
    return nn.Sequential(
        nn.LazyConv2d(3, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Dropout(0.5), nn.Flatten(),
        nn.LazyLinear(4), nn.Tanh(), nn.LazyLinear(2),
    )  # fmt: skip


def test_materialize_draws_what_the_ordinary_model_would_have_drawn():
    manual_seed(5)
    ordinary = nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Dropout(0.5), nn.Flatten(),
        nn.Linear(48, 4), nn.Tanh(), nn.Linear(4, 2),
    )  # fmt: skip
    manual_seed(5)
    model = lazy_model()
    assert model.materialize((2, 1, 6, 6)) is model
    assert repr(model) == repr(ordinary)
    assert_same_state(model, ordinary)  # so the running means have not moved either
    assert all(part.training for part in model.modules())
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    model(Tensor(np.ones((2, 1, 6, 6)))).sum().backward()
    optimizer.step()


def test_a_failed_example_leaves_every_layer_lazy():
    model = nn.Sequential(nn.LazyLinear(4), nn.Linear(5, 1), nn.LazyLinear(2))
    before = repr(model)
    with pytest.raises(ShapeError, match="must have 5 elements"):
        model.materialize((1, 3))
    assert repr(model) == before
    assert isinstance(model[0].weight, nn.UninitializedParameter)


def test_all_that_needs_numbers_is_refused_with_the_way_out():
    model = nn.Sequential(nn.LazyLinear(4))
    way_out = r"call model\.materialize\(x\) with an example input first"
    with pytest.raises(
        ValueError, match=rf"SGD: parameter 0, parameter 1 have no size .*{way_out}"
    ):
        nn.SGD(model.parameters(), lr=0.1)
    with pytest.raises(
        ValueError, match=rf"state_dict: 0\.weight, 0\.bias have no size.*{way_out}"
    ):
        model.state_dict()
    nn.name_parameters(model)
    weight = model[0].weight
    for use in (
        lambda: sum(p.numel() for p in model.parameters()),
        lambda: weight.shape,
        lambda: weight.data,
        lambda: weight.numpy(),
        lambda: weight * 2,
        lambda: np.asarray(weight),
        lambda: nn.init.zeros_(weight),
        lambda: setattr(weight, "data", [1.0]),
    ):
        with pytest.raises(ValueError, match=rf"UninitializedParameter 0\.weight.*{way_out}"):
            use()
    assert "no size yet" in repr(weight)
    assert len(model.parameters()) == 2
    model.zero_grad()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: nn.LazyLinear(0), "out_features is 0"),
        (lambda: nn.LazyConv2d(4, 0), "LazyConv2d: kernel_size=0"),
        (lambda: nn.LazyConv2d(3, 3, groups=2), "groups=2"),
        (lambda: nn.LazyConv2d(4, 3, groups=0), "LazyConv2d: groups is 0"),
        (lambda: nn.LazyLinear(3)(Tensor(1.0)), r"LazyLinear\(\? -> 3\): an input of shape \(\)"),
        (lambda: nn.LazyConv2d(3, 3)(Tensor(np.ones((5, 5)))), r"\(channels, height, width\)"),
        (lambda: nn.LazyConv2d(2, 3, groups=2)(Tensor(np.ones((3, 5, 5)))), "divisible"),
        (lambda: nn.LazyBatchNorm1d()(Tensor(np.ones(3))), r"\(batch, num_features\)"),
        (lambda: nn.LazyBatchNorm2d()(Tensor(np.ones((2, 3)))), "height, width"),
    ],
)
def test_bad_settings_and_inputs_are_told(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_it_can_be_frozen_retyped_copied_and_pickled_before():
    model = nn.Sequential(nn.LazyLinear(4, generator=0), nn.LazyBatchNorm1d())
    model.float().freeze()
    for other in (model, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        other.materialize((2, 3))
        assert {p.dtype for p in other.parameters()} == {np.dtype(np.float32)}
        assert not any(p.requires_grad for p in other.parameters())
        assert other[1].running_mean.dtype == np.float32
        np.testing.assert_array_equal(
            other[0].weight.data, nn.Linear(3, 4, generator=0, dtype=np.float32).weight.data
        )


def test_a_weight_that_was_tied_before_stays_tied():
    class Tied(nn.Module):
        def __init__(self):
            self.first, self.second = nn.LazyLinear(3), nn.LazyLinear(3)
            self.second.weight = self.first.weight

        def forward(self, x):
            return self.second(self.first(x))

    model = Tied().materialize((1, 3))
    assert model.second.weight is model.first.weight
    assert len(model.parameters()) == 3


def test_a_class_derived_from_a_lazy_layer_keeps_being_itself():
    class Dense(nn.LazyLinear):
        def __init__(self, units):
            super().__init__(units)
            self.bend = nn.Tanh()

        def forward(self, x):
            return self.bend(super().forward(x))

    layer = Dense(3)
    x = Tensor([[1.0, 2.0]])
    first = layer(x)
    assert type(layer) is Dense
    assert first.shape == (1, 3)
    assert layer(x).tolist() == first.tolist()
    assert repr(layer).startswith("Dense(2 -> 3")
    with pytest.raises(ShapeError, match="must have 2 elements"):
        layer(Tensor([[1.0]]))


def test_only_the_layers_that_are_used_get_a_size():
    class Two(nn.Module):
        def __init__(self):
            self.used, self.spare = nn.LazyLinear(2), nn.LazyLinear(1)

        def forward(self, x):
            return self.used(x)

    model = Two().materialize((1, 3))
    assert repr(model.spare) == "LazyLinear(? -> 1)"
    with pytest.raises(ValueError, match="parameter 2, parameter 3 have no size"):
        nn.SGD(model.parameters(), lr=0.1)


def test_grids_of_values_tell_the_channels():
    layer = nn.LazyConv2d(2, 2)
    layer([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    assert repr(layer).startswith("Conv2d(1 -> 2")
