"""Losses against sums over every element, and gradients against the slope of that sum."""

import cmath
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Tensor
from nn import functional as F

STEP = 1e-30
EXACT = {np.float64: 1e-9, np.float32: 2e-4}
DTYPES = st.sampled_from([np.float32, np.float64])
REDUCTIONS = st.sampled_from(["none", "mean", "sum"])
SHAPES = st.lists(st.integers(1, 3), max_size=3).map(tuple)


def size_of(z):
    """|z| that works off the real line."""
    return z if z.real > 0 else -z if z.real < 0 else 0.0


def above_zero(z):
    return z if z.real > 0 else 0.0


def softplus(z):
    return (z if z.real > 0 else 0.0) + cmath.log(1 + cmath.exp(-size_of(z)))


def compare(loss, terms, x, weights, reduction):
    """A loss of a leaf against terms by hand, one per place, and the mean by their weights."""
    exact = EXACT[x.dtype.type]
    leaf = Tensor(x, requires_grad=True)
    found = loss(leaf)

    def by_hand(numbers):
        each = np.asarray(terms(numbers))
        if reduction == "none":
            return each
        return each.sum() / (weights if reduction == "mean" else 1.0)

    expected = by_hand(x.astype(complex))
    assert (found.dtype, found.shape) == (x.dtype, expected.shape)
    np.testing.assert_allclose(found.data, expected.real, rtol=exact, atol=exact)
    g = np.random.default_rng(0).normal(size=found.shape)
    found.backward(g.astype(x.dtype))
    assert leaf.grad.dtype == x.dtype
    for place in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[place] += 1j * STEP
        slope = (by_hand(moved) * g).sum().imag / STEP
        assert math.isclose(leaf.grad[place], slope, rel_tol=exact, abs_tol=exact)


def binary_cross_entropy(p, t):
    return -t * cmath.log(p) - (1 - t) * cmath.log(1 - p)


def huber(x, t, delta):
    d = size_of(x - t)
    return d * d / 2 if d.real < delta else delta * (d - delta / 2)


# name, function, options, the term of one prediction and target, what may be weighed
TERMS = {
    "mse": (F.mse_loss, {}, lambda x, t: (x - t) ** 2),
    "l1": (F.l1_loss, {}, lambda x, t: size_of(x - t)),
    "huber": (F.huber_loss, {"delta": 0.7}, lambda x, t: huber(x, t, 0.7)),
    "smooth l1": (F.smooth_l1_loss, {"beta": 0.7}, lambda x, t: huber(x, t, 0.7) / 0.7),
    "bce": (F.binary_cross_entropy, {}, binary_cross_entropy),
    "bce with logits": (
        F.binary_cross_entropy_with_logits, {}, lambda z, t: softplus(z) - t * z,
    ),
    "bce, rare": (
        F.binary_cross_entropy_with_logits, {"pos_weight": 3.0},
        lambda z, t: 3 * t * softplus(-z) + (1 - t) * softplus(z),
    ),
    "hinge": (F.hinge_loss, {"margin": 0.5}, lambda s, t: above_zero(0.5 - t * s)),
    "kl": (F.kl_div, {}, lambda x, t: t * (math.log(t) - x) if t else 0.0 * x),
    "kl of logs": (
        F.kl_div, {"log_target": True}, lambda x, t: math.exp(t) * (t - x),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TERMS)
@settings(max_examples=60)
@given(data=st.data())
def test_losses_of_pairs(name, data):
    function, options, term = TERMS[name]
    shape, reduction, dtype = data.draw(SHAPES), data.draw(REDUCTIONS), data.draw(DTYPES)
    numbers = np.random.default_rng(data.draw(st.integers(0, 9999)))
    x, t = numbers.normal(size=shape), numbers.normal(size=shape)
    weight = None
    if name in ("bce", "bce with logits", "bce, rare", "kl"):
        t = np.asarray(numbers.choice([0.0, 1.0, 0.25, 0.5], shape))
    if name == "bce":
        x = numbers.uniform(0.02, 0.98, shape)
    if name == "hinge":
        t = np.asarray(numbers.choice([-1.0, 1.0], shape))
    if name.startswith("bce") and data.draw(st.booleans()):
        weight = numbers.uniform(0, 2, shape[-1:])
        options = {**options, "weight": weight}
    x, t = np.asarray(x, dtype), np.asarray(t, dtype)
    weighed = np.ones(shape) if weight is None else np.broadcast_to(weight, shape)

    def terms(z):
        each = np.zeros(shape, complex)
        for place in np.ndindex(shape):
            each[place] = term(z[place], float(t[place])) * weighed[place]
        return each

    given_as = data.draw(st.sampled_from([t, t.tolist(), Tensor(t), t.T.copy().T]))
    compare(
        lambda leaf: function(leaf, given_as, reduction=reduction, **options),
        terms, x, max(x.size, 1), reduction,
    )  # fmt: skip


def shares_of(scores):
    """The logarithm of the softmax of a list, written down."""
    highest = max(score.real for score in scores)
    total = cmath.log(sum(cmath.exp(score - highest) for score in scores)) + highest
    return [score - total for score in scores]


@settings(max_examples=250)
@given(st.data())
def test_cross_entropy_and_nll(data):
    draw = data.draw
    classes, reduction, dtype = draw(st.integers(1, 4)), draw(REDUCTIONS), draw(DTYPES)
    numbers = np.random.default_rng(draw(st.integers(0, 9999)))
    places = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    shape = (*places[:1], classes, *places[1:])
    z = (3 * numbers.normal(size=shape)).astype(dtype)
    labels = np.asarray(numbers.integers(0, classes, places))
    ignored = draw(st.sampled_from([-100, -1, 0, 1]))
    if places and draw(st.booleans()):
        labels = np.where(numbers.random(places) < 0.3, ignored, labels)
    weight = numbers.uniform(0.1, 2, classes) if draw(st.booleans()) else None
    smoothing = draw(st.sampled_from([0.0, 0.1, 1.0]))
    plain = draw(st.booleans())  # nll_loss
    smoothing = 0.0 if plain else smoothing
    by_class = np.ones(classes) if weight is None else weight
    counts = labels != ignored
    total = float((by_class[np.where(counts, labels, 0)] * counts).sum())

    def terms(z):
        rows = np.moveaxis(z, 1 if places else 0, -1)
        each = np.zeros(places, complex)
        for place in np.ndindex(places):
            if not counts[place]:
                continue
            logs = list(rows[place]) if plain else shares_of(list(rows[place]))
            label = labels[place]
            spread = sum(w * log for w, log in zip(by_class, logs, strict=True)) / classes
            each[place] = -(1 - smoothing) * by_class[label] * logs[label] - smoothing * spread
        return each

    options = {"weight": weight, "ignore_index": ignored, "reduction": reduction}
    if not plain:
        options["label_smoothing"] = smoothing
    function = F.nll_loss if plain else F.cross_entropy
    if reduction == "mean" and total == 0:
        with pytest.raises(ValueError, match="no example counts"):
            function(Tensor(z), labels, **options)
        return
    compare(lambda leaf: function(leaf, labels, **options), terms, z, total, reduction)
    module = (nn.NLLLoss if plain else nn.CrossEntropyLoss)(**options)
    assert np.array_equal(
        module(Tensor(z), labels).data, function(Tensor(z), labels, **options).data
    )


@settings(max_examples=120)
@given(st.data())
def test_cross_entropy_of_probabilities(data):
    draw = data.draw
    classes, reduction, dtype = draw(st.integers(1, 4)), draw(REDUCTIONS), draw(DTYPES)
    numbers = np.random.default_rng(draw(st.integers(0, 9999)))
    places = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    shape = (*places[:1], classes, *places[1:])
    axis = 1 if places else 0
    z = numbers.normal(size=shape).astype(dtype)
    truth = np.moveaxis(numbers.dirichlet(np.ones(classes), places), -1, axis).astype(dtype)
    weight = numbers.uniform(0.1, 2, classes) if draw(st.booleans()) else None
    smoothing = draw(st.sampled_from([0.0, 0.1, 1.0]))
    by_class = np.ones(classes) if weight is None else weight

    def terms(z):
        rows, wanted = np.moveaxis(z, axis, -1), np.moveaxis(truth, axis, -1)
        each = np.zeros(places, complex)
        for place in np.ndindex(places):
            logs = shares_of(list(rows[place]))
            for k in range(classes):
                share = (1 - smoothing) * float(wanted[place][k]) + smoothing / classes
                each[place] -= share * by_class[k] * logs[k]
        return each

    options = {"weight": weight, "reduction": reduction, "label_smoothing": smoothing}
    count = max(int(np.prod(places)), 1)
    compare(lambda leaf: F.cross_entropy(leaf, truth, **options), terms, z, count, reduction)


@settings(max_examples=120)
@given(st.data())
def test_margins_of_several_classes(data):
    draw = data.draw
    count, classes, reduction = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(REDUCTIONS)
    margin = draw(st.sampled_from([0.5, 1.0]))
    numbers = np.random.default_rng(draw(st.integers(0, 9999)))
    s = numbers.normal(size=(count, classes)).astype(draw(DTYPES))
    labels = numbers.integers(0, classes, count)

    def terms(z):
        return [
            sum(above_zero(margin - row[y] + row[k]) for k in range(classes) if k != y) / classes
            for row, y in zip(z, labels, strict=True)
        ]

    compare(
        lambda leaf: F.multi_margin_loss(leaf, labels, margin, reduction),
        terms, s, count, reduction,
    )  # fmt: skip


@settings(max_examples=120)
@given(st.data())
def test_directions(data):
    draw = data.draw
    count, size, reduction = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(REDUCTIONS)
    margin = draw(st.sampled_from([0.0, 0.3]))
    numbers = np.random.default_rng(draw(st.integers(0, 9999)))
    dtype = draw(DTYPES)
    a, b = (numbers.uniform(0.2, 2, (count, size)).astype(dtype) for _ in range(2))
    b *= np.asarray(numbers.choice([-1, 1], (count, size)), dtype)
    signs = numbers.choice([-1, 1], count)

    def terms(z):
        each = []
        for row, other, sign in zip(z, b.astype(float), signs, strict=True):
            lengths = cmath.sqrt((row * row).sum()) * math.sqrt((other * other).sum())
            cosine = (row * other).sum() / lengths
            each.append(1 - cosine if sign > 0 else above_zero(cosine - margin))
        return each

    compare(
        lambda leaf: F.cosine_embedding_loss(leaf, b, signs, margin, reduction),
        terms, a, count, reduction,
    )  # fmt: skip


@settings(max_examples=100)
@given(SHAPES.filter(len), st.integers(0, 9999))
def test_kl_divided_by_the_batch(shape, seed):
    numbers = np.random.default_rng(seed)
    x, t = numbers.normal(size=shape), numbers.random(shape)
    expected = F.kl_div(Tensor(x), t, reduction="sum").item() / shape[0]
    assert math.isclose(F.kl_div(Tensor(x), t, reduction="batchmean").item(), expected)
