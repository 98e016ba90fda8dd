"""What a training step of a CNN costs, counted: products, buffers, plans, memory."""

import numpy as np
import pytest

import nn
from autograd import Tensor, buffers, no_grad
from autograd.ops import convolution, window_plan, winograd


class Counted:
    """A module with one of its functions counted."""

    def __init__(self, module, name):
        self._module, self._name, self.count = module, name, 0

    def __getattr__(self, name):
        if name == self._name:
            self.count += 1
        return getattr(self._module, name)


@pytest.fixture
def counts(monkeypatch):
    """How many products and buffers convolutions took since it was last called."""
    products, scratch, taken = Counted(np, "matmul"), convolution.scratch, [0]

    def counted(*given):
        taken[0] += 1
        return scratch(*given)

    monkeypatch.setattr(convolution, "np", products)
    monkeypatch.setattr(convolution, "scratch", counted)

    def since():
        found = (products.count, taken[0])
        products.count = taken[0] = 0
        return found

    return since


def cnn(batch):
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, generator=0), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 8, 3, padding=1, generator=1), nn.ReLU(), nn.Flatten(),
        nn.Linear(8 * 5 * 5, 3, generator=2),
    )  # fmt: skip
    draw = np.random.default_rng(0)
    x, labels = Tensor(draw.normal(size=(batch, 1, 12, 12))), draw.integers(0, 3, batch)

    def step():
        loss = nn.functional.cross_entropy(model(x), labels)
        model.zero_grad()
        loss.backward(leaves_only=True)

    return model, x, step


@pytest.mark.parametrize("batch", [1, 8])
def test_products_and_buffers_of_a_step(counts, batch):
    model, x, step = cnn(batch)
    step()
    # two forwards, two kernels' gradients, and what the second sends back; the image needs none
    assert counts() == (5, 5)
    with no_grad():
        model(x)
    assert counts() == (2, 2)


def test_a_kernel_of_one_pixel_is_a_pure_product(counts):
    layer = nn.Conv2d(3, 5, 1)
    x = Tensor(np.ones((2, 3, 4, 4)), requires_grad=True)
    layer(x).sum().backward()
    assert counts() == (3, 0)


def test_a_large_image_is_convolved_in_blocks_through_one_buffer(counts):
    layer = nn.Conv2d(2, 3, 3, dtype=np.float32)
    x = Tensor(np.ones((8, 2, 130, 130), np.float32))
    plan = window_plan.plan_of("conv", x.shape, 4, (3, 3), (1, 1), ((0, 0), (0, 0)), (1, 1))
    with no_grad():
        layer(x)
    assert len(plan.blocks) > 1
    assert counts() == (len(plan.blocks), 1)


def test_the_second_step_plans_nothing_and_takes_no_memory_from_the_system():
    _, _, step = cnn(512)
    for _ in range(3):
        step()
    plans, meetings = (
        window_plan.plan_of.cache_info().misses,
        window_plan.meetings.cache_info().misses,
    )
    taken, again = buffers.counts.taken, buffers.counts.again
    step()
    assert window_plan.plan_of.cache_info().misses == plans
    assert window_plan.meetings.cache_info().misses == meetings
    assert buffers.counts.taken == taken
    assert buffers.counts.again > again


def test_64_channels_take_sixteen_products_for_four_outputs(counts, monkeypatch):
    products = Counted(np, "matmul")
    monkeypatch.setattr(winograd, "np", products)
    layer = nn.Conv2d(64, 64, 3, padding=1, dtype=np.float32)
    x = Tensor(np.ones((8, 64, 8, 8), np.float32), requires_grad=True)
    layer(x).sum().backward()
    # there, to the kernels and back: each for all 16 matrices at once, of two blocks of rows
    assert products.count == 3 * 2
    assert counts() == (0, 0)
