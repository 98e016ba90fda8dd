"""Checkpoints: a training that is loaded goes on with the same bits."""

import json
import random

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value
from nn import optim
from nn.optim import lr_scheduler
from nn.saving import SavedFileError, load_checkpoint, save_checkpoint
from nn.saving.plain import packed, unpacked
from nn.saving.randomness import Source


@pytest.fixture(params=[".npz", ".safetensors"])
def path(request, tmp_path):
    if request.param == ".safetensors":
        pytest.importorskip("safetensors")
    return tmp_path / f"run{request.param}"


@pytest.fixture(autouse=True)
def randomness_as_it_was():
    state = autograd.creation.default_generator().bit_generator.state
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    yield
    autograd.creation.default_generator().bit_generator.state = state
    np.random.set_state(numpy_state)  # noqa: NPY002
    random.setstate(python_state)


def bits(thing):
    """Everything in nested data, arrays with their kind, bytes and order in memory."""
    if isinstance(thing, np.ndarray):
        return ("array", str(thing.dtype), thing.shape, thing.tobytes(), thing.flags.f_contiguous)
    if isinstance(thing, dict):
        return {key: bits(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return (type(thing).__name__, [bits(item) for item in thing])
    return (type(thing).__name__, repr(thing))


def weights(model):
    return bits({n: np.asarray(p.data) for n, p in model.named_nodes()})


# ------------------------------------------------------------------------ every optimizer goes on

OPTIMIZERS = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.2}),
    ("Adadelta", {}),
    ("Adam", {"lr": 0.01}),
    ("AdamW", {"weight_decay": 0.1}),
    ("NAdam", {"momentum_decay": 0.05}),
    ("Lion", {"lr": 0.01}),
    ("LBFGS", {"max_iter": 3, "history_size": 4}),
]


def test_every_optimizer_is_tried():
    tried = {name for name, _ in OPTIMIZERS}
    everything = {
        name
        for name in optim.__all__
        if isinstance(getattr(optim, name), type) and issubclass(getattr(optim, name), nn.Optimizer)
    }
    assert tried == everything - {"Optimizer"}


def on_tensors():
    return nn.Sequential(
        nn.Linear(3, 7, generator=1), nn.Tanh(), nn.BatchNorm1d(7), nn.Linear(7, 2, generator=2)
    )


def on_values():
    return nn.MLP(3, [4, 2], generator=1)


X = np.random.default_rng(3).normal(size=(6, 3))


def step(model, optimizer):
    def closure():
        optimizer.zero_grad()
        if isinstance(next(model.parameters()), Value):
            loss = sum((out - 1.0) ** 2 for row in X[:2].tolist() for out in model(row))
        else:
            loss = ((model(Tensor(X)) - 1.0) ** 2).mean()
        loss.backward()
        return loss

    optimizer.step(closure)


@pytest.mark.parametrize(("name", "settings"), OPTIMIZERS)
@pytest.mark.parametrize("build", [on_tensors, on_values])
def test_every_optimizer_goes_on(tmp_path, name, settings, build):
    path = tmp_path / "run.npz"

    def start():
        model = build()
        return model, getattr(optim, name)(model.parameters(), **settings)

    model, optimizer = start()
    for _ in range(4):
        step(model, optimizer)
    save_checkpoint(path, model=model, optimizer=optimizer)
    saved = bits(optimizer.state_dict())
    for _ in range(4):
        step(model, optimizer)

    again, other = start()
    load_checkpoint(path, model=again, optimizer=other)
    assert bits(other.state_dict()) == saved
    for _ in range(4):
        step(again, other)
    assert weights(again) == weights(model)
    assert bits(other.state_dict()) == bits(optimizer.state_dict())


def test_groups_keep_their_settings(path):
    def start():
        model = on_tensors()
        groups = [
            {"params": [model[0].weight], "lr": 0.3},
            {"params": model[3].parameters(), "betas": (0.5, 0.6)},
        ]
        return model, optim.Adam(groups)

    model, optimizer = start()
    optimizer.param_groups[0]["lr"] = 0.1 + 0.2
    save_checkpoint(path, model=model, optimizer=optimizer)
    again, other = start()
    load_checkpoint(path, model=again, optimizer=other)
    assert other.param_groups[0]["lr"] == 0.1 + 0.2
    assert other.param_groups[1]["betas"] == (0.5, 0.6)
    assert other.param_groups[1]["params"][0] is again[3].weight


SCHEDULES = [
    lambda o: lr_scheduler.StepLR(o, 2),
    lambda o: lr_scheduler.MultiStepLR(o, [1, 3]),
    lambda o: lr_scheduler.ExponentialLR(o, 0.9),
    lambda o: lr_scheduler.ConstantLR(o),
    lambda o: lr_scheduler.LinearLR(o),
    lambda o: lr_scheduler.CosineAnnealingLR(o, 5),
    lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 2, 2),
    lambda o: lr_scheduler.OneCycleLR(o, 0.5, 20),
    lambda o: lr_scheduler.LambdaLR(o, lambda epoch: 0.7**epoch),
    lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.LinearLR(o), lr_scheduler.ExponentialLR(o, 0.5)], [3]
    ),
    lambda o: lr_scheduler.ReduceLROnPlateau(o, patience=0),
]


@pytest.mark.parametrize("which", range(len(SCHEDULES)))
def test_every_schedule_goes_on(tmp_path, which):
    path = tmp_path / "run.npz"

    def start():
        model = nn.Linear(1, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.8)
        return model, optimizer, SCHEDULES[which](optimizer)

    def go(schedule):
        plateau = isinstance(schedule, lr_scheduler.ReduceLROnPlateau)
        schedule.step(*([1.0] if plateau else []))
        return schedule.get_last_lr()

    model, optimizer, schedule = start()
    for _ in range(3):
        go(schedule)
    save_checkpoint(path, model=model, optimizer=optimizer, schedules=[schedule])
    expected = [go(schedule) for _ in range(5)]
    model, optimizer, schedule = start()
    load_checkpoint(path, model=model, optimizer=optimizer, schedules=[schedule])
    assert [go(schedule) for _ in range(5)] == expected


# ------------------------------------------------------------------------------------ randomness


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "Philox", "MT19937", "SFC64"])
def test_every_bit_generator_goes_on(path, kind):
    def start():
        return np.random.Generator(getattr(np.random, kind)(5))

    generator = start()
    generator.random(7), generator.integers(0, 9, 3, dtype=np.uint32)  # half of a word is kept
    save_checkpoint(path, model=nn.Linear(1, 1), generators={"order": generator})
    expected = (generator.integers(0, 2**31, 5, dtype=np.uint32), generator.normal(size=5))
    other = start()
    load_checkpoint(path, model=nn.Linear(1, 1), generators={"order": other})
    assert bits((other.integers(0, 2**31, 5, dtype=np.uint32), other.normal(size=5))) == bits(
        expected
    )


class Noisy(nn.Module):
    def __init__(self):
        self.parts = [nn.Dropout(0.5, generator=np.random.default_rng(4)), nn.Dropout(0.5)]
        self.sources = {"a": [np.random.Generator(np.random.SFC64(1))], "b": random.Random(3)}
        self.old = np.random.RandomState(8)

    def forward(self, x):
        for part in self.parts:
            x = part(x)
        noise = self.sources["a"][0].normal() + self.sources["b"].random() + self.old.normal()
        return x * (noise + random.gauss(0, 1) + np.random.normal())  # noqa: NPY002


def test_every_source_that_a_model_may_draw_from_goes_on(path):
    autograd.manual_seed(11)
    model, x = Noisy(), Tensor(np.ones(50))
    model(x)
    save_checkpoint(path, model=model)
    expected = [model(x).tolist() for _ in range(3)]
    other = Noisy()
    autograd.manual_seed(99)
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    load_checkpoint(path, model=other)
    assert [other(x).tolist() for _ in range(3)] == expected


def test_randomness_is_left_alone_on_request(path):
    model = nn.Linear(1, 1)
    save_checkpoint(path, model=model)
    before = autograd.manual_seed(3).bit_generator.state
    load_checkpoint(path, model=model, random_state=False)
    assert autograd.creation.default_generator().bit_generator.state == before


def test_another_kind_of_generator_is_refused(path):
    order = np.random.default_rng(0)
    save_checkpoint(path, model=nn.Linear(1, 1), generators={"order": order})
    other = np.random.Generator(np.random.Philox(0))
    before = bits(other.bit_generator.state)
    with pytest.raises(SavedFileError, match="'PCG64' came; the generator here is Philox"):
        load_checkpoint(path, model=nn.Linear(1, 1), generators={"order": other})
    assert bits(other.bit_generator.state) == before


def test_what_is_no_generator(path):
    with pytest.raises(TypeError, match="generators: int came as 'order'"):
        save_checkpoint(path, model=nn.Linear(1, 1), generators={"order": 5})
    assert not path.exists()


@pytest.mark.parametrize(("kind", "key"), [("MT19937", "pos"), ("Philox", "buffer_pos")])
def test_a_place_outside_the_generators_memory_is_refused(tmp_path, kind, key):
    """NumPy itself would read there."""
    generator = np.random.Generator(getattr(np.random, kind)(0))
    state = generator.bit_generator.state
    inside = state["state"] if key in state["state"] else state
    for place in (10**6, -1, 2**40, True, "1", None):
        inside[key] = place
        source = Source(generator)
        with pytest.raises(ValueError, match=f"{key}: .* came"):
            source.restore(state)


# ----------------------------------------------------------------------------------- plain data


@pytest.mark.parametrize(
    "thing",
    [
        None, True, 0, -(2**200), 1.5, -0.0, 5e-324, float("inf"), -float("inf"), float("nan"), "",
        "ü\n", [], (), {}, [1, [2.0, (3, None)]], {"a": {"b": (1,)}}, {1: "a", 2.5: "b", None: 0},
        {True: 1}, {"$": "tuple"}, {"$": "array", "name": "x"}, np.float64(2.5), np.int8(3),
        np.bool_(True), np.float32("nan"), np.zeros((0, 2)), np.arange(6).reshape(2, 3).T,
        np.arange(24.0).reshape(2, 3, 4).transpose(1, 2, 0), np.array(3.0), np.array([True]),
        {"a.b": np.zeros(1), "a": {"b": np.ones(1)}}, {"../x": np.zeros(1), "": np.ones(1)},
    ],
    ids=repr,
)  # fmt: skip
def test_plain_data_comes_back(path, thing):
    save_checkpoint(path, model=nn.Linear(1, 1), run={"thing": thing})
    found = load_checkpoint(path, model=nn.Linear(1, 1))["thing"]
    assert bits(found) == bits(thing)
    if isinstance(thing, np.ndarray):
        assert found.strides == thing.strides
        assert found.flags.owndata


@pytest.mark.parametrize(
    "thing", [object(), {1, 2}, b"bytes", 1j, lambda: 0, np.array(["a"]), np.array([None]),
              {(1, 2): 3}, Tensor([1.0])],
)  # fmt: skip
def test_what_cannot_be_saved_is_named(path, thing):
    save_checkpoint(path, model=nn.Linear(1, 1), run={"epoch": 1})
    with pytest.raises(TypeError, match=r"save_checkpoint: run\.deep\.0 is .*cannot be saved"):
        save_checkpoint(path, model=nn.Linear(1, 1), run={"deep": [thing]})
    assert load_checkpoint(path, model=nn.Linear(1, 1)) == {"epoch": 1}


def test_packed_data_is_json():
    arrays = {}
    text = json.dumps(
        packed("test", {"a": (1, float("nan")), "b": np.eye(2)}, "x", arrays), allow_nan=False
    )
    assert bits(unpacked(json.loads(text), arrays)) == bits(
        {"a": (1, float("nan")), "b": np.eye(2)}
    )


@pytest.mark.parametrize(
    "thing",
    [{"$": "object"}, {"$": "array"}, {"$": "array", "name": "no"}, {"$": "tuple"}, {"$": []},
     {"$": "float", "is": "1"}, {"$": "tuple", "of": 5}, {"$": "array", "name": ["a"]}],
)  # fmt: skip
def test_packed_data_that_stands_for_nothing(thing):
    with pytest.raises((SavedFileError, TypeError)):
        unpacked([thing], {"a": np.zeros(1)})


# ------------------------------------------------------------------------------- all or nothing


def everything():
    autograd.manual_seed(5)
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5, generator=np.random.default_rng(1)))
    optimizer = optim.Adam(model.parameters(), lr=0.2)
    schedule = lr_scheduler.StepLR(optimizer, 1)
    return model, optimizer, schedule, np.random.default_rng(2)


def everything_of(model, optimizer, schedule, order):
    groups = [{n: v for n, v in g.items() if n != "params"} for g in optimizer.param_groups]
    return (
        weights(model),
        bits(optimizer.state_dict()),
        bits(groups),
        bits(schedule.state_dict()),
        bits(order.bit_generator.state),
        bits(model[1].generator.bit_generator.state),
        bits(autograd.creation.default_generator().bit_generator.state),
        bits(np.random.get_state()),  # noqa: NPY002
        random.getstate(),
    )


def move(model, optimizer, schedule, order):
    optimizer.zero_grad()
    model(Tensor(X[order.permutation(6)])).sum().backward()
    optimizer.step()
    schedule.step()


@pytest.fixture
def saved(tmp_path):
    parts = everything()
    for _ in range(3):
        move(*parts)
    model, optimizer, schedule, order = parts
    save_checkpoint(
        tmp_path / "run.npz", model=model, optimizer=optimizer, schedules=[schedule],
        run={"epoch": 3}, generators={"order": order},
    )  # fmt: skip
    return tmp_path / "run.npz"


def load_all(path, model, optimizer, schedule, order):
    return load_checkpoint(
        path, model=model, optimizer=optimizer, schedules=[schedule], generators={"order": order}
    )


def test_all_of_it_is_loaded(saved):
    first, second = everything(), everything()
    for _ in range(3):
        move(*first)
    assert load_all(saved, *second) == {"epoch": 3}
    for _ in range(3):
        move(*second)
    autograd.manual_seed(5)
    for _ in range(3):
        move(*first)
    autograd.manual_seed(5)
    assert weights(first[0]) == weights(second[0])


@pytest.mark.parametrize("part", ["model", "optimizer", "schedule", "generator", "dropout"])
def test_an_error_at_any_part_changes_nothing(saved, part, monkeypatch):
    parts = everything()
    move(*parts)
    before = everything_of(*parts)
    model, optimizer, schedule, order = parts

    def fail_late(real):
        def late(*given):
            real(*given)
            raise RuntimeError("too late")

        return late

    if part in ("model", "optimizer", "schedule"):
        broken = {"model": model, "optimizer": optimizer, "schedule": schedule}[part]
        monkeypatch.setattr(
            type(broken), "load_state_dict", fail_late(type(broken).load_state_dict)
        )
    else:
        real, victim = Source.restore, order if part == "generator" else model[1].generator
        failed = []

        def restore(self, state):
            real(self, state)
            if self.thing is victim and not failed:
                failed.append(True)
                raise RuntimeError("too late")

        monkeypatch.setattr(Source, "restore", restore)
    with pytest.raises(SavedFileError, match="nothing was loaded: too late"):
        load_all(saved, *parts)
    assert everything_of(*parts) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m, o, s, g: (nn.Sequential(nn.Linear(3, 5), m[1]), None, s, g), "shape"),
        (lambda m, o, s, g: (m, optim.SGD(m.parameters()), s, g),
         "optimizer: the file holds Adam; SGD came"),
        (lambda m, o, s, g: (m, optim.Adam([m[0].weight]), s, g), "optimizer: .* of shapes"),
        (lambda m, o, s, g: (m, optim.Adam([{"params": [p]} for p in m.parameters()]), s, g),
         "optimizer: .* of shapes"),
        (lambda m, o, s, g: (m, o, lr_scheduler.ExponentialLR(o, 0.5), g),
         "schedules: the file holds StepLR; came ExponentialLR"),
        (lambda m, o, s, g: (m, o, s, np.random.Generator(np.random.SFC64())), "PCG64"),
        (lambda m, o, s, g: (nn.Sequential(m[0], nn.Dropout(0.5),
                                           nn.Dropout(0.1, generator=np.random.default_rng())),
                             o, s, g), "the file has none named 'model 2.generator'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_changes_nothing(saved, change, words):
    parts = everything()
    move(*parts)
    model, optimizer, schedule, order = change(*parts)
    before = everything_of(*parts)
    with pytest.raises(SavedFileError, match=words):
        load_all(saved, model, optimizer, schedule, order)
    assert everything_of(*parts) == before


def test_the_model_alone(saved):
    model, optimizer, schedule, order = everything()
    expected = load_all(saved, model, optimizer, schedule, order), weights(model)
    other = everything()[0]
    assert (load_checkpoint(saved, model=other), weights(other)) == expected


def test_no_optimizer_in_the_file(path):
    model = nn.Linear(1, 1)
    save_checkpoint(path, model=model)
    with pytest.raises(SavedFileError, match="it holds no optimizer"):
        load_checkpoint(path, model=model, optimizer=optim.Adam(model.parameters()))


def test_a_model_file_is_no_checkpoint(path):
    model = nn.Linear(1, 1)
    model.save(path)
    with pytest.raises(SavedFileError, match=r"is no checkpoint; model.load\(path\) loads"):
        load_checkpoint(path, model=model)


def test_hostile_notes_change_nothing(path):
    """A file with good checksums whose schedule would set other attributes than its settings."""
    from nn.saving.container import read_contents, write_contents

    model, optimizer, schedule, order = parts = everything()
    save_checkpoint(
        path, model=model, optimizer=optimizer, schedules=[schedule], generators={"order": order}
    )
    before = everything_of(*parts)

    def refused(change):
        contents = read_contents("test", path)
        notes = json.loads(json.dumps(contents.notes))
        change(notes)
        bad = path.with_stem("bad")
        write_contents("test", bad, contents.arrays, "checkpoint", notes)
        with pytest.raises(SavedFileError, match="nothing was loaded"):
            load_all(bad, *parts)
        assert everything_of(*parts) == before

    refused(lambda notes: notes["schedules"][0]["state"].update(step=5))
    refused(lambda notes: notes["schedules"][0]["state"].update(base_lrs=None))
    refused(lambda notes: notes["optimizer"]["state"].update(state={"7": {}}))
    refused(lambda notes: notes["optimizer"]["state"].update(param_groups=[]))
    refused(lambda notes: notes["optimizer"]["state"]["param_groups"][0].update(lr=-1.0))
    refused(lambda notes: notes["random"].update(autograd=5))
    refused(lambda notes: notes["random"].update(python={"$": "tuple", "of": [3, [], None]}))
    refused(lambda notes: notes.update(layout={"0.weight": [0, 0]}))
    refused(lambda notes: notes.pop("run"))
    refused(lambda notes: notes.pop("random"))
