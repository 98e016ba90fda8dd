"""What a training step costs, counted: nodes, matrix products, calls and memory from the system."""

import sys
import tracemalloc

import numpy as np
import pytest

import nn
from autograd import Tensor, buffers, memory_order
from autograd.engine import topological_order
from autograd.ops import gru, linear, lstm, products, recurrent, rnn, sequences
from nn import functional as F


def ops_of(loss):
    return [node.op.name for node in topological_order(loss) if node.op is not None]


class Counting:
    """NumPy, with its products counted and their sizes remembered."""

    def __init__(self):
        self.shapes = []

    def __getattr__(self, name):
        function = getattr(np, name)
        if name not in ("matmul", "dot"):
            return function

        def counted(a, b, **settings):
            self.shapes.append((*a.shape, b.shape[-1]))
            return function(a, b, **settings)

        return counted


# ------------------------------------------------------------------------------ nodes
def test_a_classifier_is_a_node_for_each_layer_and_one_for_the_loss():
    model = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))
    loss = F.cross_entropy(model(np.ones((4, 6))), [0, 1, 2, 0])
    assert ops_of(loss) == ["linear", "relu", "linear", "cross_entropy"]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"reduction": "sum"},
        {"reduction": "none"},
        {"label_smoothing": 0.1},
        {"weight": [0.5, 1.0, 2.0]},
        {"weight": [0.5, 1.0, 2.0], "ignore_index": 1, "label_smoothing": 0.2},
    ],
    ids=str,
)
def test_a_loss_of_classes_is_one_node(settings):
    z = Tensor(np.ones((3, 3)), requires_grad=True)
    assert ops_of(F.cross_entropy(z, [0, 1, 2], **settings)) == ["cross_entropy"]


def test_a_layer_without_bias_is_one_node():
    assert ops_of(nn.Linear(3, 2, bias=False)(np.ones((4, 3)))) == ["linear"]


KINDS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("steps", [1, 5, 40])
def test_a_sequence_is_one_node_however_long(kind, steps):
    y = KINDS[kind](3, 4)(np.ones((steps, 2, 3)))[0]
    part = ["getitem"] if kind == "lstm" else []
    assert ops_of(y) == [f"{kind}_sequence", *part]
    both = KINDS[kind](3, 4, num_layers=2, bidirectional=True)(np.ones((steps, 2, 3)))[0]
    assert ops_of(both).count(f"{kind}_sequence") == 4
    assert ops_of(both).count("concatenate") == 2
    assert len(ops_of(both)) == 6 + 4 * len(part)


def test_the_last_states_of_one_layer_are_cut_out():
    _, (h, c) = nn.LSTM(3, 4)(np.ones((5, 2, 3)))
    assert ops_of(h) == ops_of(c) == ["lstm_sequence", "getitem", "getitem"]


# ------------------------------------------------------------------------------ products
@pytest.mark.parametrize(("kind", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_what_does_not_wait_for_the_state_is_one_product(kind, gates, monkeypatch):
    steps, batch, size, hidden = 7, 2, 3, 4
    layer = KINDS[kind](size, hidden)
    x = Tensor(np.ones((steps, batch, size)), requires_grad=True)
    counting = Counting()
    for module in (sequences, rnn, lstm, gru, products, recurrent):
        monkeypatch.setattr(module, "np", counting)
    y = layer(x)[0]
    rows = gates * hidden
    one_step = [(batch, hidden, rows)] * steps
    assert counting.shapes == [(steps * batch, size, rows), *one_step]
    counting.shapes.clear()
    y.sum().backward()
    assert sorted(counting.shapes) == sorted(
        [
            *[(batch, rows, hidden)] * steps,
            (rows, (steps - 1) * batch, hidden),
            (steps * batch, rows, size),
            (rows, steps * batch, size),
        ]
    )


def test_a_constant_input_costs_no_product(monkeypatch):
    layer, counting = nn.RNN(3, 4), Counting()
    y = layer(np.ones((7, 2, 3)))[0]
    monkeypatch.setattr(sequences, "np", counting)
    y.sum().backward()
    assert (14, 4, 3) not in counting.shapes


def test_a_layer_takes_three_products(monkeypatch):
    counting, dots = Counting(), []
    for module in (linear, products):
        monkeypatch.setattr(module, "np", counting)
    layer = nn.Linear(3, 2)
    x = Tensor(np.ones((4, 3)), requires_grad=True)

    def look(frame, event, argument):
        if event == "c_call" and argument.__name__ == "dot" and argument.__self__.ndim == 2:
            dots.append((frame.f_code.co_name, argument.__self__.shape))

    sys.setprofile(look)
    try:
        layer(x).sum().backward()
    finally:
        sys.setprofile(None)
    assert dots == [("linear", (4, 3)), ("_to_inputs", (4, 2)), ("product_like", (3, 4))]
    assert counting.shapes == []


# ------------------------------------------------------------------------------ calls
def calls_of(function):
    """The Python functions that are called, by name."""
    called = []

    def look(frame, event, argument):
        if event == "call":
            called.append(frame.f_code.co_name)

    sys.setprofile(look)
    try:
        function()
    finally:
        sys.setprofile(None)
    return called[1:]


def test_calling_a_layer_is_a_few_calls_of_python():
    layer, x = nn.Linear(3, 2), Tensor(np.ones((4, 3)))

    def call():
        layer(x)

    call()  # which notes whose code it is
    called = calls_of(call)
    ours = ["__call__", "forward", "apply_op", "linear"]
    assert called[:4] == ours, "no checks of what fits, no hooks, no scopes"
    assert called[4:] == ["recorded", "caller_line"], "and two for the record"


# ------------------------------------------------------------------------------ memory
@pytest.mark.parametrize(
    "make",
    [
        lambda p: nn.SGD(p, lr=0.1),
        lambda p: nn.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
        lambda p: nn.Adam(p, amsgrad=True, weight_decay=0.1),
        lambda p: nn.AdamW(p),
        lambda p: nn.RMSprop(p, momentum=0.5, centered=True),
        lambda p: nn.optim.Adagrad(p),
    ],
    ids=["SGD", "SGD nesterov", "Adam", "AdamW", "RMSprop", "Adagrad"],
)
def test_a_step_takes_no_memory_from_the_system(make, monkeypatch):
    for module in (buffers, memory_order):  # as where there is no glibc
        monkeypatch.setattr(module, "POOLED", buffers.LARGE)
    buffers.empty_cache()
    layer = nn.Linear(300, 200)
    optimizer = make(layer.parameters())

    def step():
        loss = layer(np.ones((4, 300))).sum()
        optimizer.zero_grad()
        loss.backward()
        return loss

    for _ in range(3):
        loss = step()
        optimizer.step()
    for _ in range(3):
        loss = step()  # which is alive during the step, as in every loop
        before = buffers.counts.taken
        tracemalloc.start()
        optimizer.step()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert buffers.counts.taken == before
        assert peak < layer.weight.numpy().nbytes / 8
    assert np.isfinite(loss.item())


# ------------------------------------------------------------------------------ order in memory
def test_weights_stay_in_the_order_in_which_the_product_reads_them():
    layer = nn.Linear(6, 4, generator=0)
    optimizer = nn.SGD(layer.parameters(), lr=0.1, momentum=0.9)
    layer.load_state_dict({k: np.ascontiguousarray(v) for k, v in layer.state_dict().items()})
    for _ in range(2):
        optimizer.zero_grad()
        (layer(Tensor(np.ones((3, 6)))) ** 2).sum().backward()
        assert layer.weight.grad.T.flags.c_contiguous
        optimizer.step()
        assert layer.weight.numpy().T.flags.c_contiguous
        assert layer.weight.data.T.flags.c_contiguous


def test_weights_in_another_order_learn_the_same():
    layers = [nn.Linear(6, 4, generator=0) for _ in range(2)]
    layers[1].weight.data = np.ascontiguousarray(layers[0].weight.data)
    for layer in layers:
        optimizer = nn.SGD(layer.parameters(), lr=0.1, momentum=0.9)
        for _ in range(3):
            optimizer.zero_grad()
            (layer(Tensor(np.ones((3, 6)))) ** 2).sum().backward()
            optimizer.step()
    assert not layers[1].weight.numpy().T.flags.c_contiguous
    np.testing.assert_allclose(layers[0].weight.data, layers[1].weight.data, rtol=1e-12)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.int64, np.uint64])
def test_labels_of_every_kind_of_whole_number_mean_the_same(kind):
    z = np.random.default_rng(0).normal(size=(200, 3))
    labels = np.arange(200) % 3
    wanted, same = (Tensor(z, requires_grad=True) for _ in range(2))
    F.cross_entropy(wanted, labels).backward()
    F.cross_entropy(same, labels.astype(kind)).backward()
    assert (wanted.grad == same.grad).all()
