"""Losses beside PyTorch's, with every setting: values, gradients, gradients of gradients."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from autograd import Tensor, grad
from nn import functional as F

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
pytestmark = pytest.mark.torch

DRAW = np.random.default_rng(5)
NUMBERS, OTHERS = DRAW.normal(size=(6, 4)), DRAW.normal(size=(6, 4))
SHARES = DRAW.dirichlet(np.ones(4), 6)
SHARES[0] = [0.0, 0.5, 0.5, 0.0]
CHANCES = DRAW.uniform(0.1, 0.9, (6, 4))
LABELS = np.array([0, 3, 1, 1, 2, 3])
HOLES = np.array([0, 3, -100, 1, 2, -100])
TWOS = np.array([0, 3, 2, 1, 2, 2])
PLACES = DRAW.normal(size=(2, 3, 4, 5))
MAP = DRAW.integers(0, 3, (2, 4, 5))
WEIGHTS = np.array([0.5, 2.0, 1.0, 0.25])

# name in functional, predictions, targets, settings
CASES = [
    ("mse_loss", NUMBERS, OTHERS, {}),
    ("l1_loss", NUMBERS, OTHERS, {}),
    ("huber_loss", NUMBERS, OTHERS, {}),
    ("huber_loss", NUMBERS, OTHERS, {"delta": 0.3}),
    ("smooth_l1_loss", NUMBERS, OTHERS, {}),
    ("smooth_l1_loss", NUMBERS, OTHERS, {"beta": 0.3}),
    ("smooth_l1_loss", NUMBERS, OTHERS, {"beta": 0.0}),
    ("binary_cross_entropy", CHANCES, SHARES, {}),
    ("binary_cross_entropy", CHANCES, SHARES, {"weight": WEIGHTS}),
    ("binary_cross_entropy_with_logits", 9 * NUMBERS, SHARES, {}),
    ("binary_cross_entropy_with_logits", NUMBERS, SHARES, {"weight": WEIGHTS}),
    ("binary_cross_entropy_with_logits", 9 * NUMBERS, SHARES, {"pos_weight": WEIGHTS}),
    ("cross_entropy", NUMBERS, LABELS, {}),
    ("cross_entropy", NUMBERS, LABELS, {"weight": WEIGHTS}),
    ("cross_entropy", NUMBERS, HOLES, {}),
    ("cross_entropy", NUMBERS, TWOS, {"ignore_index": 2, "weight": WEIGHTS}),
    ("cross_entropy", NUMBERS, HOLES, {"label_smoothing": 0.2}),
    ("cross_entropy", NUMBERS, HOLES, {"label_smoothing": 0.2, "weight": WEIGHTS}),
    ("cross_entropy", NUMBERS, SHARES, {}),
    ("cross_entropy", NUMBERS, SHARES, {"label_smoothing": 0.2, "weight": WEIGHTS}),
    ("cross_entropy", NUMBERS[0], np.array(2), {"label_smoothing": 0.1}),
    ("cross_entropy", PLACES, MAP, {"weight": WEIGHTS[:3], "ignore_index": 1}),
    ("nll_loss", NUMBERS, LABELS, {}),
    ("nll_loss", NUMBERS, HOLES, {"weight": WEIGHTS}),
    ("nll_loss", PLACES, MAP, {}),
    ("kl_div", NUMBERS, SHARES, {}),
    ("kl_div", NUMBERS, OTHERS, {"log_target": True}),
]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("case", CASES, ids=[f"{c[0]} {sorted(c[3])}" for c in CASES])
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
def test_loss_is_that_of_torch(case, reduction):
    name, predictions, targets, settings = case
    mine = Tensor(predictions, requires_grad=True)
    other = torch.tensor(predictions, requires_grad=True)
    theirs = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in settings.items()}
    y = getattr(F, name)(mine, targets, reduction=reduction, **settings)
    z = getattr(torch.nn.functional, name)(
        other, torch.tensor(targets), reduction=reduction, **theirs
    )
    np.testing.assert_allclose(y.data, z.detach().numpy(), rtol=1e-10, atol=1e-12)
    (first,) = grad((y**2).sum(), [mine], create_graph=True)
    (its_first,) = torch.autograd.grad((z**2).sum(), [other], create_graph=True)
    np.testing.assert_allclose(first.data, its_first.detach().numpy(), rtol=1e-10, atol=1e-12)
    (first**3).sum().backward()
    (its_first**3).sum().backward()
    np.testing.assert_allclose(mine.grad, other.grad.numpy(), rtol=1e-9, atol=1e-10)


def test_batchmean_of_kl_div():
    y = F.kl_div(Tensor(NUMBERS), SHARES, reduction="batchmean")
    z = torch.nn.functional.kl_div(
        torch.tensor(NUMBERS), torch.tensor(SHARES), reduction="batchmean"
    )
    assert y.item() == pytest.approx(z.item(), rel=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("margin", [0.0, 0.3])
def test_cosine_embedding_loss(reduction, margin):
    signs = np.array([1, -1, 1, -1, -1, 1])
    mine, other = Tensor(NUMBERS, requires_grad=True), torch.tensor(NUMBERS, requires_grad=True)
    y = nn.CosineEmbeddingLoss(margin, reduction)(mine, OTHERS, signs)
    z = torch.nn.CosineEmbeddingLoss(margin, reduction=reduction)(
        other, torch.tensor(OTHERS), torch.tensor(signs)
    )
    np.testing.assert_allclose(y.data, z.detach().numpy(), rtol=1e-9)
    y.sum().backward()
    z.sum().backward()
    np.testing.assert_allclose(mine.grad, other.grad.numpy(), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_cosine_similarity(dim):
    flat = NUMBERS.copy()
    flat[1] = 0.0
    y = F.cosine_similarity(Tensor(flat), OTHERS, dim=dim)
    z = torch.cosine_similarity(torch.tensor(flat), torch.tensor(OTHERS), dim=dim)
    np.testing.assert_allclose(y.data, z.numpy(), rtol=1e-9, atol=1e-12)


def test_no_example_that_counts():
    with pytest.raises(ValueError, match="no example counts"):
        F.cross_entropy(Tensor(NUMBERS), np.full(6, -100))
    assert F.cross_entropy(Tensor(NUMBERS), np.full(6, -100), reduction="sum").item() == 0.0
