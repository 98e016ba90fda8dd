"""Bad settings of layers, optimizers and schedules: the message says what came and was needed."""

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn import functional as F
from nn.optim import lr_scheduler
from tests.nn.layer_table import LAYERS
from tests.nn.refusals import NAN, Y, refused

# --------------------------------------------------------------------------------- constructors

ONE, ZERO = 1, 0  # the smallest number that makes sense

# class: what makes one, and the settings that are sizes, with the smallest that makes sense
SIZES = {
    "AdaptiveAvgPool1d": ({"output_size": 2}, {"output_size": ONE}),
    "AdaptiveAvgPool2d": ({"output_size": 2}, {"output_size": ONE}),
    "AvgPool1d": ({"kernel_size": 2}, {"kernel_size": ONE, "stride": ONE, "padding": ZERO}),
    "AvgPool2d": ({"kernel_size": 2}, {"kernel_size": ONE, "stride": ONE, "padding": ZERO}),
    "BatchNorm1d": ({"num_features": 2}, {"num_features": ONE}),
    "BatchNorm2d": ({"num_features": 2}, {"num_features": ONE}),
    "Bilinear": (
        {"in1_features": 2, "in2_features": 2, "out_features": 2},
        {"in1_features": ONE, "in2_features": ONE, "out_features": ONE},
    ),
    "Embedding": (
        {"num_embeddings": 2, "embedding_dim": 2}, {"num_embeddings": ONE, "embedding_dim": ONE},
    ),
    "GroupNorm": ({"num_groups": 1, "num_channels": 2}, {"num_groups": ONE, "num_channels": ONE}),
    "LayerNorm": ({"normalized_shape": 2}, {"normalized_shape": ONE}),
    "Linear": ({"in_features": 2, "out_features": 2}, {"in_features": ONE, "out_features": ONE}),
    "Maxout": (
        {"in_features": 2, "out_features": 2},
        {"in_features": ONE, "out_features": ONE, "pieces": ONE},
    ),
    "MultiheadAttention": (
        {"embed_dim": 4, "num_heads": 2},
        {"embed_dim": ONE, "num_heads": ONE, "kdim": ONE, "vdim": ONE},
    ),
    "PReLU": ({}, {"num_parameters": ONE}),
    "PositionalEncoding": ({"d_model": 4}, {"d_model": ONE, "max_len": ONE}),
    "RMSNorm": ({"normalized_shape": 2}, {"normalized_shape": ONE}),
    "TransformerEncoder": (
        {"encoder_layer": nn.Identity(), "num_layers": 2}, {"num_layers": ONE},
    ),
    "TransformerEncoderLayer": (
        {"d_model": 4, "nhead": 2}, {"d_model": ONE, "nhead": ONE, "dim_feedforward": ONE},
    ),
    "Upsample": ({"size": 3}, {"size": ONE}),
    "Neuron": ({"nin": 2}, {"nin": ONE}),
    "Layer": ({"nin": 2, "nout": 2}, {"nin": ONE, "nout": ONE}),
    "MLP": ({"nin": 2, "nouts": [2, 1]}, {"nin": ONE}),
}  # fmt: skip
for name in ("Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d"):
    needed = {"in_channels": ONE, "out_channels": ONE, "kernel_size": ONE, "stride": ONE}
    needed |= {"dilation": ONE, "groups": ONE, "padding": ZERO}
    if "Transpose" in name:
        needed["output_padding"] = ZERO
    SIZES[name] = ({"in_channels": 2, "out_channels": 2, "kernel_size": 2}, needed)
    lazily = {key: least for key, least in needed.items() if key != "in_channels"}
    SIZES["Lazy" + name] = ({"out_channels": 2, "kernel_size": 2}, lazily)
SIZES["LazyLinear"] = ({"out_features": 2}, {"out_features": ONE})
for name in ("MaxPool1d", "MaxPool2d"):
    given, needed = SIZES["AvgPool1d"]
    SIZES[name] = (given, {**needed, "dilation": ONE})
for name in ("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell"):
    needed = {"input_size": ONE, "hidden_size": ONE}
    if "Cell" not in name:
        needed["num_layers"] = ONE
    SIZES[name] = ({"input_size": 2, "hidden_size": 2}, needed)

OPTIONAL = {"stride", "kdim", "vdim", "size"}  # where None has a meaning
WRONG = [(-1, "-1"), (2.5, "2.5"), (True, "True"), ("3", "3"), (NAN, "nan"), ([], "")]
SIZE_ROWS = [
    (name, setting, wrong, word)
    for name, (_, needed) in SIZES.items()
    for setting, least in needed.items()
    for wrong, word in [*WRONG, *([(0, "0")] if least else []), (None, "None")]
    if not (wrong is None and setting in OPTIONAL)
]


@pytest.mark.parametrize(
    ("name", "setting", "wrong", "word"), SIZE_ROWS,
    ids=[f"{name} {setting}={wrong!r}" for name, setting, wrong, _ in SIZE_ROWS],
)  # fmt: skip
def test_sizes_are_whole_numbers_that_make_sense(name, setting, wrong, word):
    good, _ = SIZES[name]
    getattr(nn, name)(**good)
    says = "nhead" if setting == "nhead" else setting
    refused(lambda: getattr(nn, name)(**{**good, setting: wrong}), says, word)


WITHOUT_SIZES = {
    "ELU", "GELU", "SELU", "Hardtanh", "LeakyReLU", "LogSigmoid", "LogSoftmax", "ReLU", "ReLU6",
    "SiLU", "Sigmoid", "Softmax", "Softplus", "Softsign", "Tanh", "Identity", "Flatten",
    "Unflatten", "Dropout", "Dropout1d", "Dropout2d", "Lambda", "Residual", "Sequential",
    "ModuleList", "ModuleDict", "LazyBatchNorm1d", "LazyBatchNorm2d", "ParameterList",
    "ParameterDict", "GLU", "Hardsigmoid", "Hardswish", "Mish",
}  # fmt: skip


def test_no_layer_is_missing_from_the_table():
    layers = {name.split()[0] for name in LAYERS}
    assert layers <= SIZES.keys() | WITHOUT_SIZES


X = np.ones((2, 3))

# what is called, and words of the message
SETTINGS = [
    *[
        row
        for name in ("Dropout", "Dropout1d", "Dropout2d")
        for row in [
            (lambda name=name: getattr(nn, name)(1.5), name, "p=1.5", "0 to 1"),
            (lambda name=name: getattr(nn, name)(-0.1), name, "p=-0.1", "0 to 1"),
            (lambda name=name: getattr(nn, name)(NAN), name, "p=nan"),
            (lambda name=name: getattr(nn, name)("0.5"), name, "p='0.5'", "a number"),
            (lambda name=name: getattr(nn, name)(None), name, "p=None", "a number"),
        ]
    ],
    (lambda: F.dropout(X, 2), "dropout", "p=2", "0 to 1"),
    (lambda: F.dropout2d(X), "dropout2d", "(2, 3)"),
    (lambda: nn.LSTM(2, 2, dropout="a"), "LSTM", "dropout='a'"),
    (lambda: nn.LSTM(2, 2, dropout=2), "LSTM", "dropout=2", "0 to 1"),
    (lambda: nn.MultiheadAttention(2, 1, dropout=None), "MultiheadAttention", "dropout=None"),
    (lambda: nn.TransformerEncoderLayer(2, 1, dropout=-1), "-1", "0 to 1"),
    (lambda: nn.TransformerEncoderLayer(2, 1, activation="rleu"), "did you mean 'relu'"),
    (lambda: nn.TransformerEncoder(None, 2), "TransformerEncoder", "NoneType", "layer"),
    (lambda: nn.BatchNorm1d(2, eps=-1.0), "BatchNorm1d", "eps=-1.0", "0 or more"),
    (lambda: nn.BatchNorm2d(2, eps="small"), "BatchNorm2d", "eps='small'"),
    (lambda: nn.BatchNorm1d(2, momentum=2), "BatchNorm1d", "momentum=2", "0 to 1"),
    (lambda: nn.BatchNorm1d(2, momentum=NAN), "momentum=nan"),
    (lambda: nn.LayerNorm(2, eps=-1), "LayerNorm", "eps=-1"),
    (lambda: nn.LayerNorm((2, 0)), "LayerNorm", "normalized_shape", "0"),
    (lambda: nn.RMSNorm(2, eps=NAN), "RMSNorm", "eps=nan"),
    (lambda: nn.GroupNorm(2, 2, eps=None), "GroupNorm", "eps=None"),
    (lambda: nn.GroupNorm(2, 3), "GroupNorm", "3 channels", "2 groups"),
    (lambda: nn.Conv2d(3, 4, 2, groups=2), "Conv2d", "groups=2", "divisible"),
    (lambda: nn.Conv2d(2, 2, 2, padding="smae"), "Conv2d", "'smae'", "did you mean 'same'"),
    (lambda: nn.Conv1d(2, 2, 2, stride=2, padding="same"), "Conv1d", "'same'", "stride of 1"),
    (lambda: nn.Conv2d(2, 2, (2, 2, 2)), "Conv2d", "kernel_size=(2, 2, 2)", "2 of them"),
    (lambda: nn.ConvTranspose1d(3, 2, 2, output_padding=1)(Y), "output_padding=(1,)", "smaller"),
    (lambda: nn.MaxPool1d(2, padding=2)(Y), "max_pool1d", "padding=(2,)", "half"),
    (lambda: nn.AvgPool1d(2, padding=2)(Y), "avg_pool1d", "padding=(2,)", "half"),
    (lambda: nn.MaxPool2d((2, 2, 2)), "MaxPool2d", "kernel_size=(2, 2, 2)"),
    (lambda: nn.Embedding(3, 2, padding_idx=3), "Embedding", "padding_idx=3", "3 rows"),
    (lambda: nn.Embedding(3, 2, padding_idx="a"), "Embedding", "padding_idx='a'"),
    (lambda: nn.Embedding(3, 2, padding_idx=1.0), "Embedding", "padding_idx=1.0"),
    (lambda: nn.Embedding.from_pretrained([1.0]), "from_pretrained", "(1,)"),
    (lambda: nn.Embedding.from_pretrained("text"), "from_pretrained", "str"),
    (lambda: nn.RNN(2, 2, nonlinearity="tahn"), "RNN", "did you mean 'tanh'"),
    (lambda: nn.RNNCell(2, 2, nonlinearity=None), "RNNCell", "NoneType"),
    (lambda: nn.Upsample(), "Upsample", "size", "scale_factor"),
    (lambda: nn.Upsample(2, 2), "Upsample", "one of them"),
    (lambda: nn.Upsample(scale_factor=-1), "Upsample", "scale_factor=-1"),
    (lambda: nn.Upsample(scale_factor=NAN), "Upsample", "scale_factor=nan"),
    (lambda: nn.Upsample(scale_factor="2"), "Upsample", "scale_factor='2'"),
    (lambda: nn.Upsample(2, mode="billinear"), "did you mean 'bilinear'"),
    (lambda: nn.Unflatten(1, 4), "Unflatten", "4"),
    (lambda: nn.Unflatten(1, (2, -2)), "Unflatten", "(2, -2)"),
    (lambda: nn.Unflatten("1", (2, 2)), "Unflatten", "dim='1'"),
    (lambda: nn.Unflatten(1, (2, 2.5)), "Unflatten", "2.5"),
    (lambda: nn.Flatten("1"), "Flatten", "start_dim='1'"),
    (lambda: nn.Flatten(1, 2.0), "Flatten", "end_dim=2.0"),
    (lambda: nn.Flatten()(np.ones(3)), "latten", "(3,)"),
    (lambda: nn.Softmax("1"), "Softmax", "dim='1'"),
    (lambda: nn.LogSoftmax(1.0), "LogSoftmax", "dim=1.0"),
    (lambda: nn.Softmax(2)(X), "axis 2 is out of bounds"),
    (lambda: nn.LeakyReLU("a"), "LeakyReLU", "'a'"),
    (lambda: nn.ELU(None), "ELU", "None"),
    (lambda: nn.ELU(NAN), "ELU", "nan"),
    (lambda: nn.Softplus(0.0), "Softplus", "beta=0.0"),
    (lambda: nn.Softplus("1"), "Softplus", "beta='1'"),
    (lambda: nn.Hardtanh(2.0, 1.0), "Hardtanh", "2.0", "1.0"),
    (lambda: nn.Hardtanh("0"), "Hardtanh", "'0'"),
    (lambda: nn.GELU("tahn"), "GELU", "did you mean 'tanh'"),
    (lambda: nn.PReLU(1, "a"), "PReLU", "init='a'"),
    (lambda: nn.Lambda(3), "Lambda", "int came"),
    (lambda: nn.Residual(3), "Residual", "int came"),
    (lambda: nn.Residual(nn.ReLU), "Residual", "a module is needed"),
    (lambda: nn.Sequential(3), "Sequential", "int came"),
    (lambda: nn.ModuleList([3]), "ModuleList", "int came"),
    (lambda: nn.ModuleList(3), "ModuleList", "int"),
    (lambda: nn.ModuleDict({"a": 3}), "ModuleDict", "int came"),
    (lambda: nn.ModuleDict({"a.b": nn.ReLU()}), "ModuleDict", "'a.b'", "without dots"),
    (lambda: nn.ModuleDict(3), "ModuleDict", "int"),
    (lambda: nn.Linear(2, 2, dtype=int), "Linear", "int64", "float"),
    (lambda: nn.Linear(2, 2, dtype="flaot32"), "Linear", "flaot32"),
    (lambda: nn.LSTM(2, 2, dtype=complex), "LSTM", "complex128"),
    (lambda: nn.Linear(2, 2, generator="now"), "generator", "str came"),
    (lambda: nn.Linear(2, 2, generator=-1), "generator", "-1"),
    (lambda: nn.MLP(2, []), "MLP", "[]"),
    (lambda: nn.MLP(2, 3), "MLP", "3", "[16, 16, 1]"),
    (lambda: nn.MLP(2, [2, 0]), "nout", "0"),
    (lambda: nn.MLP(2, [1], activation="rleu"), "did you mean 'relu'"),
    (lambda: nn.Neuron(2, activation=3), "Neuron", "int"),
    (lambda: nn.Neuron(2)([1.0]), "Neuron", "1 inputs came", "2 weights"),
    (lambda: nn.Neuron(2)(None), "NoneType"),
    (lambda: nn.Neuron(2)("ab"), "str"),
    (lambda: nn.MLP(2, [1])(X), "(2, 3)", "[model(row) for row in X]"),
    (lambda: nn.Parameter("text"), "str"),
    (lambda: nn.Parameter([1, 2]), "int64"),
    (lambda: nn.Parameter(None), "NoneType"),
]  # fmt: skip


@pytest.mark.parametrize("row", SETTINGS, ids=[str(i) for i in range(len(SETTINGS))])
def test_settings_that_make_no_sense(row):
    refused(*row)


# --------------------------------------------------------------------------------- optimizers

# optimizer: settings and the smallest number that each may be; or that it is a pair below 1
RATES = {
    "SGD": {"lr": 0, "momentum": 0, "weight_decay": 0, "dampening": None},
    "RMSprop": {"lr": 0, "alpha": 0, "eps": 0, "weight_decay": 0, "momentum": 0},
    "Adagrad": {
        "lr": 0, "lr_decay": 0, "weight_decay": 0, "initial_accumulator_value": 0, "eps": 0,
    },
    "Adadelta": {"lr": 0, "rho": 0, "eps": 0, "weight_decay": 0},
    "Adam": {"lr": 0, "betas": "pair", "eps": 0, "weight_decay": 0},
    "AdamW": {"lr": 0, "betas": "pair", "eps": 0, "weight_decay": 0},
    "NAdam": {"lr": 0, "betas": "pair", "eps": 0, "weight_decay": 0, "momentum_decay": 0},
    "Lion": {"lr": 0, "betas": "pair", "weight_decay": 0},
    "LBFGS": {
        "lr": 0, "max_iter": 1, "max_eval": 1, "tolerance_grad": 0, "tolerance_change": 0,
        "history_size": 1,
    },
}  # fmt: skip
WHOLE_SETTINGS = {"max_iter", "max_eval", "history_size"}
RATE_ROWS = []
for name, needed in RATES.items():
    for setting, least in needed.items():
        wrong = [NAN, "0.1", [0.1], True] + ([None] if setting != "max_eval" else [])
        if least == "pair":
            wrong = [NAN, "ab", 0.9, (0.9,), (0.9, 1.0), (-0.1, 0.9), (0.9, NAN), ("a", 0.9), None]
        elif least is not None:
            wrong.append(least - 1)
        if setting in WHOLE_SETTINGS:
            wrong.append(1.5)
        RATE_ROWS += [(name, setting, value) for value in wrong]


def test_no_optimizer_is_missing():
    optimizers = {
        name
        for name in nn.optim.__all__
        if isinstance(thing := getattr(nn.optim, name), type) and issubclass(thing, nn.Optimizer)
    }
    assert optimizers - {"Optimizer"} == RATES.keys()


@pytest.mark.parametrize(
    ("name", "setting", "wrong"), RATE_ROWS, ids=[f"{n} {s}={w!r}" for n, s, w in RATE_ROWS]
)
def test_optimizers_refuse_settings_and_stay_as_they_were(name, setting, wrong):
    p, q = nn.Parameter([1.0, 2.0]), nn.Parameter([3.0])
    make = getattr(nn, name)
    refused(lambda: make([p], **{setting: wrong}), name, setting)
    optimizer = make([p])
    p.grad = np.ones(2)
    optimizer.step(lambda: Tensor(1.0))
    kept, numbers = repr(optimizer.state_dict()), p.data.copy()
    refused(lambda: optimizer.add_param_group({"params": [q], setting: wrong}), name, setting)
    saved = optimizer.state_dict()
    saved["param_groups"][0][setting] = wrong
    refused(lambda: optimizer.load_state_dict(saved), name, setting)
    assert repr(optimizer.state_dict()) == kept
    assert len(optimizer.param_groups) == 1
    assert (p.data == numbers).all()


OPTIMIZER_ROWS = [
    (
        lambda: nn.SGD([{"params": [nn.Parameter([1.0])], "mometum": 0.9}]),
        "SGD",
        "did you mean 'momentum'",
    ),
    (lambda: nn.SGD("text"), "SGD", "str"),
    (lambda: nn.SGD(None), "SGD", "NoneType"),
    (lambda: nn.SGD(3), "SGD", "int"),
    (lambda: nn.SGD([None]), "SGD", "NoneType", "parameter 0"),
    (lambda: nn.SGD([np.ones(3)]), "SGD", "ndarray", "parameter 0"),
    (lambda: nn.SGD([{"lr": 0.1}]), "SGD", "params"),
    (lambda: nn.SGD([{"params": nn.Linear(1, 1)}]), "SGD", "model.parameters()"),
    (lambda: nn.SGD([nn.Parameter([1.0])]).load_state_dict({}), "SGD", "param_groups"),
    (lambda: nn.SGD([nn.Parameter([1.0])]).load_state_dict(None), "SGD", "NoneType"),
    (lambda: nn.SGD([nn.Parameter([1.0])]).add_param_group([1]), "SGD", "list"),
    (lambda: nn.SGD([nn.Parameter([1.0])]).add_param_group({"params": None}), "SGD", "NoneType"),
    (lambda: nn.LBFGS([nn.Parameter([1.0])]).step(), "LBFGS.step", "closure"),
    (lambda: nn.SGD([nn.Parameter([1.0])]).step(3), "SGD.step", "int", "closure"),
]


@pytest.mark.parametrize("row", OPTIMIZER_ROWS, ids=[str(i) for i in range(len(OPTIMIZER_ROWS))])
def test_optimizers_need_parameters(row):
    refused(*row)


# --------------------------------------------------------------------------------- schedules

COUNT, SHARE, MORE = "count", "share", "more"  # whole, 0 or more, more than 0
# schedule: what makes one, and what each setting must be
SCHEDULES = {
    "StepLR": ({"step_size": 2}, {"step_size": COUNT, "gamma": SHARE}),
    "MultiStepLR": ({"milestones": [2]}, {"milestones": "list", "gamma": SHARE}),
    "ExponentialLR": ({"gamma": 0.5}, {"gamma": SHARE}),
    "ConstantLR": ({}, {"factor": SHARE}),
    "LinearLR": ({}, {"start_factor": SHARE, "end_factor": SHARE, "total_iters": COUNT}),
    "CosineAnnealingLR": ({"T_max": 2}, {"T_max": COUNT, "eta_min": SHARE}),
    "CosineAnnealingWarmRestarts": (
        {"T_0": 2}, {"T_0": COUNT, "T_mult": COUNT, "eta_min": SHARE},
    ),
    "OneCycleLR": (
        {"max_lr": 0.1, "total_steps": 9},
        {
            "max_lr": MORE, "total_steps": COUNT, "pct_start": SHARE, "div_factor": MORE,
            "final_div_factor": MORE,
        },
    ),
    "ReduceLROnPlateau": (
        {}, {"factor": SHARE, "threshold": SHARE, "min_lr": SHARE, "mode": "name"},
    ),
    "LambdaLR": ({"lr_lambda": lambda epoch: 1.0}, {"lr_lambda": "function"}),
}  # fmt: skip
SCHEDULE_ROWS = []
for name, (_, needed) in SCHEDULES.items():
    for setting, kind in needed.items():
        wrong = ["0.1", None, 3.5j]
        wrong += [-1, NAN, True] if kind in (COUNT, SHARE, MORE) else []
        wrong += [0] if kind in (COUNT, MORE) else []
        wrong += [2.5] if kind in (COUNT, "list") else []
        SCHEDULE_ROWS += [(name, setting, value) for value in wrong]


def test_no_schedule_is_missing():
    assert set(lr_scheduler.__all__) - {"LRScheduler", "SequentialLR"} == SCHEDULES.keys()


@pytest.mark.parametrize(
    ("name", "setting", "wrong"), SCHEDULE_ROWS, ids=[f"{n} {s}={w!r}" for n, s, w in SCHEDULE_ROWS]
)
def test_schedules_refuse_settings_and_leave_the_optimizer(name, setting, wrong):
    optimizer = nn.SGD([nn.Parameter([1.0])], lr=0.5)
    kept = repr(optimizer)
    make, (good, _) = getattr(lr_scheduler, name), SCHEDULES[name]
    refused(
        lambda: make(optimizer, **{**good, setting: wrong}), name, setting.replace("lr_lambda", "")
    )
    refused(lambda: make(nn.Linear(1, 1), **good), name, "Linear", "optimizer")
    refused(lambda: make(None, **good), name, "NoneType")
    assert repr(optimizer) == kept
    make(optimizer, **good)


def test_a_figure_that_is_none_is_told():
    schedule = lr_scheduler.ReduceLROnPlateau(nn.SGD([nn.Parameter([1.0])], lr=0.5))
    for wrong in (None, "a", [1.0], Tensor([1.0, 2.0])):
        refused(lambda wrong=wrong: schedule.step(wrong))
    refused(
        lambda: lr_scheduler.ReduceLROnPlateau(schedule.optimizer, mode="mni"), "did you mean 'min'"
    )


@pytest.mark.parametrize(("total", "share"), [(1, 0.3), (10, 0.1), (5, 1.0), (5, 0.0), (2, 0.5)])
def test_a_cycle_of_any_length_stays_in_its_bounds(total, share):
    optimizer = nn.SGD([nn.Parameter([1.0])], lr=0.5)
    schedule = lr_scheduler.OneCycleLR(optimizer, 1.0, total, pct_start=share)
    rates = [schedule.get_last_lr()[0]]
    for _ in range(total - 1):
        schedule.step()
        rates.append(schedule.get_last_lr()[0])
    assert all(0 < rate <= 1.0 for rate in rates)
