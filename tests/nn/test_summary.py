"""The table of a model: shapes, parameters, multiply-adds against hand-computed numbers."""

import re

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, einsum, inner, no_grad, tensordot
from autograd.creation import default_generator
from nn.overview.multiply_adds import multiply_adds

# layer, shapes of its inputs, multiply-adds: batch 2 throughout
CASES = [
    (nn.Linear(3, 5), [(2, 3)], 2 * 3 * 5),
    (nn.Linear(3, 5, bias=False), [(2, 7, 3)], 2 * 7 * 3 * 5),
    (nn.Bilinear(3, 4, 5), [(2, 3), (2, 4)], None),  # told from its parameters below
    (nn.Conv1d(4, 6, 3), [(2, 4, 10)], 2 * 6 * 8 * 4 * 3),
    (nn.Conv2d(4, 6, 3), [(2, 4, 8, 9)], 2 * 6 * (6 * 7) * 4 * 9),
    (nn.Conv2d(4, 6, 3, groups=2), [(2, 4, 8, 9)], 2 * 6 * (6 * 7) * 2 * 9),
    (nn.Conv2d(4, 8, 3, groups=4, bias=False), [(2, 4, 8, 9)], 2 * 8 * (6 * 7) * 1 * 9),
    (nn.Conv2d(4, 6, (3, 2), dilation=2), [(2, 4, 8, 9)], 2 * 6 * (4 * 7) * 4 * 6),
    (nn.Conv2d(4, 6, 3, stride=2, padding=1), [(2, 4, 8, 9)], 2 * 6 * (4 * 5) * 4 * 9),
    (nn.Conv2d(4, 6, 3, padding="same"), [(2, 4, 8, 9)], 2 * 6 * (8 * 9) * 4 * 9),
    (nn.ConvTranspose1d(4, 6, 3, stride=2), [(2, 4, 10)], 2 * 4 * 10 * 6 * 3),
    (nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2), [(2, 4, 5, 6)], 2 * 4 * 30 * 3 * 9),
    (nn.ConvTranspose2d(4, 6, 3, padding=1), [(2, 4, 5, 6)], 2 * 4 * 30 * 6 * 9),
    (nn.RNN(3, 4), [(5, 2, 3)], 5 * 2 * 4 * (3 + 4)),
    (nn.LSTM(3, 4), [(5, 2, 3)], 5 * 2 * 16 * (3 + 4)),
    (nn.GRU(3, 4), [(5, 2, 3)], 5 * 2 * 12 * (3 + 4)),
    (
        nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True),
        [(2, 5, 3)],
        5 * 2 * 2 * 16 * ((3 + 4) + (8 + 4)),
    ),
    (nn.GRUCell(3, 4), [(2, 3)], 2 * 12 * (3 + 4)),
    # in_proj, scores, sums of values, out_proj
    (
        nn.MultiheadAttention(6, 2, batch_first=True),
        [(2, 5, 6), (2, 7, 6), (2, 7, 6)],
        2 * ((5 + 7 + 7) * 36 + 5 * 7 * 6 + 5 * 7 * 6 + 5 * 36),
    ),
    (
        nn.TransformerEncoderLayer(6, 3, 10, batch_first=True),
        [(2, 5, 6)],
        2 * (3 * 5 * 36 + 2 * 5 * 5 * 6 + 5 * 36) + 2 * 5 * 6 * 10 * 2,
    ),
    (nn.Maxout(3, 5, pieces=4), [(2, 3)], 2 * 3 * 5 * 4),
    (nn.Embedding(10, 4), [(2, 3)], 0),
    (nn.BatchNorm2d(3), [(2, 3, 4, 4)], 0),
    (nn.LayerNorm(3), [(2, 3)], 0),
    (nn.AvgPool2d(2), [(2, 3, 4, 4)], 0),
    (nn.MaxPool2d(2), [(2, 3, 4, 4)], 0),
    (nn.GELU(), [(2, 3)], 0),
]


@pytest.mark.parametrize(("layer", "shapes", "expected"), CASES, ids=lambda x: str(x)[:30])
def test_multiply_adds_by_hand(layer, shapes, expected):
    if isinstance(layer, nn.Bilinear):
        expected = 2 * 3 * 4 * 5 * 2  # a product of three: two multiply-adds each
    table = layer.summary(*shapes)
    assert table.multiply_adds == expected
    assert table.parameters == sum(p.numel() for p in layer.parameters())
    assert table.inputs == tuple(shapes)
    x = [
        Tensor(np.zeros(s, int) if isinstance(layer, nn.Embedding) else np.zeros(s)) for s in shapes
    ]
    y = layer(*x)
    y = y if isinstance(y, Tensor) else y[0]
    assert table.rows[0].shapes[0] == y.shape


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda a, b: einsum("ij,jk->ik", a, b), 3 * 4 * 5),
        (lambda a, b: einsum("...ij, ...jk -> ...ik", a[None], b[None]), 3 * 4 * 5),
        (lambda a, b: einsum("ij,jk,kl->il", a, b, np.ones((5, 2))), 3 * 4 * 5 * 2 * 2),
        (lambda a, b: einsum("ij->i", a), 0),
        (lambda a, b: tensordot(a, b, axes=1), 3 * 4 * 5),
        (lambda a, b: inner(a, b.T), 3 * 4 * 5),
        (lambda a, b: a[0] @ b, 4 * 5),
        (lambda a, b: a @ b[:, 0], 3 * 4),
        (lambda a, b: a[None] @ b, 3 * 4 * 5),
        (lambda a, b: a * 2, 0),
    ],
)
def test_products_of_all_kinds(call, expected):
    a, b = (Tensor(np.ones(s), requires_grad=True) for s in ((3, 4), (4, 5)))
    assert multiply_adds(call(a, b)) == expected


def small_model():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(0.5),
        nn.Sequential(nn.Linear(64, 3), nn.Tanh()),
    )  # fmt: skip


def test_the_table_reads_well():
    model = small_model()
    model[0].freeze()
    assert (
        str(model.summary((2, 1, 6, 6)))
        == """\
layer              output        parameters  frozen  multiply-adds
------------------------------------------------------------------
Sequential         (2, 3)                 -       -              -
  0 (Conv2d)       (2, 4, 4, 4)          40      40          1,152
  1 (BatchNorm2d)  (2, 4, 4, 4)           8       -              -
  2 (ReLU)         (2, 4, 4, 4)           -       -              -
  3 (Flatten)      (2, 64)                -       -              -
  4 (Dropout)      (2, 64)                -       -              -
  5 (Sequential)   (2, 3)                 -       -              -
    0 (Linear)     (2, 3)               195       -            384
    1 (Tanh)       (2, 3)                 -       -              -
------------------------------------------------------------------
243 parameters, 40 of them frozen
9 numbers in buffers
2.016 KB in all
1,536 multiply-adds for an input of (2, 1, 6, 6)"""
    )
    table = nn.summary(model, (2, 1, 6, 6))
    assert repr(table) == str(table)
    assert (table.trainable, table.frozen, table.buffers) == (203, 40, 9)
    assert [row.path for row in table.rows][-2:] == ["5.0", "5.1"]


@pytest.mark.parametrize("kind", [np.shape, np.array, Tensor])
def test_nothing_changes(kind):
    given = kind(np.ones((2, 1, 6, 6)))
    model = small_model()
    model[0].freeze()
    model[5].eval()
    model(Tensor(np.ones((2, 1, 6, 6)))).sum().backward()
    before = model.state_dict()
    flags = [p.requires_grad for p in model.parameters()]
    grads = [None if p.grad is None else p.grad.copy() for p in model.parameters()]
    modes = [part.training for part in model.modules()]
    random = str(default_generator().bit_generator.state)
    model.summary(given)
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    assert [p.requires_grad for p in model.parameters()] == flags
    assert [part.training for part in model.modules()] == modes
    assert str(default_generator().bit_generator.state) == random
    assert all(p.label is None for p in model.parameters())
    for p, grad in zip(model.parameters(), grads, strict=True):
        assert (p.grad is None) == (grad is None)
        assert grad is None or (p.grad == grad).all()
    if isinstance(given, Tensor):
        assert given.grad is None
        assert not given.requires_grad


def test_nothing_changes_when_the_model_fails():
    model = small_model().freeze()
    before = [part.training for part in model.modules()]
    with pytest.raises(ValueError, match="2 channels"):
        model.summary((2, 2, 6, 6))
    assert not any(p.requires_grad for p in model.parameters())
    assert [part.training for part in model.modules()] == before
    assert model.summary((2, 1, 6, 6)).multiply_adds == 1536


class Odd(nn.Module):
    """A tied weight, a module used three times, one not at all, a product without a module."""

    def __init__(self):
        self.table = nn.Embedding(10, 4)
        self.blocks = [nn.Linear(4, 4), nn.Linear(4, 4)]
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.table.weight
        self.spare = nn.Linear(1, 1)

    def forward(self, x):
        x = self.table(x)
        for _ in range(3):
            x = self.blocks[0](x)
        return self.head(x @ x.transpose(-1, -2) @ x)


def test_what_is_shared_counts_once_and_every_product_counts():
    table = nn.summary(Odd(), (2, 3))
    rows = {row.path: row for row in table.rows}
    assert list(rows) == ["", "table", "blocks.0", "blocks.1", "head", "spare"]
    assert rows["blocks.0"].name == "blocks.0"
    assert (rows["head"].parameters, rows["head"].shared) == (0, 40)
    assert (rows["blocks.0"].calls, rows["blocks.0"].multiply_adds) == (3, 3 * 2 * 3 * 16)
    assert rows["blocks.0"].parameters == 20
    assert (rows["spare"].shapes, rows["spare"].calls, rows["spare"].parameters) == ((), 0, 2)
    assert rows[""].multiply_adds == 2 * (3 * 3 * 4) * 2
    assert table.parameters == 40 + 20 + 20 + 2
    assert table.parameters == sum(row.parameters for row in table.rows)
    assert table.multiply_adds == sum(row.multiply_adds for row in table.rows)
    assert "40 shared" in str(table)
    assert "(2, 3, 4) x3" in str(table)


@pytest.mark.parametrize("fused", [True, False])
def test_a_model_of_values(fused):
    model = nn.MLP(2, [16, 16, 1], fused=fused)
    table = model.summary((2,))
    assert [(row.name, row.kind) for row in table.rows][1:] == [
        (f"layers.{i}", "Layer") for i in range(3)
    ]
    assert [row.shapes for row in table.rows] == [((),), ((16,),), ((16,),), ((),)]
    assert [row.parameters for row in table.rows] == [0, 48, 272, 17]
    assert [row.multiply_adds for row in table.rows] == [0, 32, 256, 16]
    assert table.bytes == 337 * 8
    assert model.summary([0.5, 1.0]).multiply_adds == 304
    assert model.summary([Value(0.5), Value(1.0)]).multiply_adds == 304
    assert nn.Neuron(3).summary((3,)).multiply_adds == 3


def test_both_granularities_take_as_many_multiply_adds():
    large = nn.Sequential(
        nn.Conv2d(2, 4, 3, groups=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 3)
    )
    for fused in (True, False):
        table = large.to_values(fused=fused).summary((2, 6, 6))
        assert table.multiply_adds == large.summary((1, 2, 6, 6)).multiply_adds
        assert table.rows[1].shapes == ((4, 4, 4),)


def test_depth_and_no_input():
    model = small_model()
    table = model.summary((2, 1, 6, 6), depth=1)
    assert [row.path for row in table.rows] == ["", "0", "1", "2", "3", "4", "5"]
    assert (table.rows[-1].parameters, table.rows[-1].multiply_adds) == (195, 384)
    whole = model.summary((2, 1, 6, 6), depth=0)
    assert [(row.parameters, row.multiply_adds) for row in whole.rows] == [(243, 1536)]
    plain = nn.summary(model)
    assert plain.multiply_adds is None
    assert plain.parameters == 243
    assert "multiply" not in str(plain)
    with pytest.raises(ValueError, match="depth=-1 came"):
        nn.summary(model, depth=-1)


def test_lazy_layers_are_measured_and_stay_lazy():
    model = nn.Sequential(nn.LazyLinear(3), nn.Tanh(), nn.LazyLinear(2))
    table = model.summary((5, 4))
    assert [row.kind for row in table.rows] == ["Sequential", "Linear", "Tanh", "Linear"]
    assert (table.parameters, table.multiply_adds) == (15 + 8, 5 * (12 + 6))
    assert repr(model[0]) == "LazyLinear(? -> 3)"
    plain = nn.summary(nn.Sequential(*model, nn.Linear(2, 1)))
    assert [row.parameters for row in plain.rows] == [0, None, 0, None, 3]
    assert plain.parameters == 3
    assert str(plain).splitlines()[3].split() == ["0", "(LazyLinear)", "?"]
    assert "3 parameters, and those of layers that have no size yet" in str(plain)
    assert "?" in plain._repr_html_()
    assert repr(model[0]) == "LazyLinear(? -> 3)"


def test_what_nobody_recorded_is_not_claimed_to_be_nothing():
    class Quiet(nn.Module):
        def __init__(self):
            self.base, self.head = nn.Linear(3, 4), nn.Linear(4, 1)

        def forward(self, x):
            with no_grad():
                x = self.base(x)
            return self.head(x)

    table = Quiet().summary((2, 3))
    assert [row.multiply_adds for row in table.rows] == [0, None, 8]
    assert "at least 8 multiply-adds" in str(table)
    assert re.search(r"base \(Linear\) .* \?", str(table))


def test_sizes_and_dtypes():
    assert "132 bytes" in str(nn.Linear(10, 3, dtype=np.float32).summary((1, 10)))
    assert nn.Linear(1000, 1000, bias=False).summary().bytes == 8_000_000
    assert "8 MB" in str(nn.Linear(1000, 1000, bias=False).summary())
    table = nn.LSTM(3, 4).summary((5, 2, 3))
    assert table.rows[0].shapes == ((5, 2, 4), (1, 2, 4), (1, 2, 4))
    assert "(5, 2, 4), (1, 2, 4), ..." in str(table)


def test_html_is_escaped_and_takes_the_pages_colours():
    hostile = type("<script>", (nn.Linear,), {})
    page = nn.Sequential({"<b>": hostile(2, 1)}).summary((1, 2))._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert "color:inherit" in page
    assert page.count("<tr>") == 3


def test_a_shape_below_zero_is_refused():
    with pytest.raises(ValueError, match=r"Linear: \(-1, 2\) came as a shape"):
        nn.Linear(2, 1).summary((-1, 2))
