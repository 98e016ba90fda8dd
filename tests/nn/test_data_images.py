"""Changing pictures by lot: what moves, what stays, and what repeats."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import ShapeError, Tensor, manual_seed
from nn.data import (
    Compose,
    GaussianNoise,
    ImageTransform,
    RandomHorizontalFlip,
    RandomRotation,
    RandomShift,
    RandomVerticalFlip,
    digits,
)
from nn.data.rotation import rotated

MAKE = {
    "shift": lambda seed: RandomShift(2, generator=seed),
    "horizontal flip": lambda seed: RandomHorizontalFlip(generator=seed),
    "vertical flip": lambda seed: RandomVerticalFlip(generator=seed),
    "noise": lambda seed: GaussianNoise(0.5, generator=seed),
    "rotation": lambda seed: RandomRotation(30, generator=seed),
    "all": lambda seed: Compose([make(seed) for name, make in MAKE.items() if name != "all"]),
}


@pytest.fixture
def images():
    return digits().images[:20] / 16


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
class TestEveryTransform:
    def test_gives_new_images_and_leaves_what_came(self, make, images):
        kept = images.copy()
        changed = make(0)(images)
        np.testing.assert_array_equal(images, kept)
        assert changed.shape == images.shape
        assert changed.dtype == images.dtype
        assert not np.shares_memory(changed, images)
        assert not np.array_equal(changed, images)

    def test_gives_the_same_for_the_same_seed_and_goes_on_from_call_to_call(self, make, images):
        one, other = make(3), make(3)
        first, second = one(images), one(images)
        np.testing.assert_array_equal(other(images), first)
        np.testing.assert_array_equal(other(images), second)
        assert not np.array_equal(first, second)
        assert not np.array_equal(make(4)(images), first)

    def test_without_a_seed_starts_from_manual_seed(self, make, images):
        manual_seed(1)
        one, other = make(None), make(None)
        first = one(images)
        assert not np.array_equal(other(images), first)  # each has draws of its own
        manual_seed(1)
        np.testing.assert_array_equal(make(None)(images), first)

    def test_moves_all_channels_of_an_image_alike(self, make, images):
        if make in (MAKE["noise"], MAKE["all"]):
            return  # each pixel of each channel has its own noise
        stacked = make(0)(np.stack([images, 1 - images, images], axis=1))
        np.testing.assert_array_equal(stacked[:, 0], make(0)(images))
        np.testing.assert_array_equal(stacked[:, 0], stacked[:, 2])

    def test_keeps_tensors_and_float32(self, make, images):
        found = make(0)(Tensor(images.astype(np.float32)))
        assert isinstance(found, Tensor)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found.numpy(), make(0)(images), atol=1e-6)

    def test_takes_no_images_too(self, make, images):
        assert make(0)(images[:0]).shape == (0, 8, 8)

    @pytest.mark.parametrize(
        ("wrong", "error", "said"),
        [
            (np.zeros((8, 8)), ShapeError, r"shape \(8, 8\) came; .* single one as image\[None\]"),
            (np.zeros(8), ShapeError, r"\(n, channels, height, width\) is needed$"),
            (np.array([[["a"]]]), TypeError, "images of <U1 came: numbers are needed"),
        ],
    )
    def test_says_what_is_wrong(self, make, wrong, error, said):
        with pytest.raises(error, match=said):
            make(0)(wrong)

    def test_has_a_repr(self, make, images):
        assert repr(make(0)).startswith(type(make(0)).__name__ + "(")


@given(
    seed=st.integers(0, 999),
    rows=st.integers(0, 4),
    columns=st.integers(0, 9),
    fill=st.sampled_from([0, 7]),
)
def test_a_shift_moves_each_image_by_whole_pixels(seed, rows, columns, fill):
    images = np.arange(1, 3 * 5 * 6 + 1).reshape(3, 5, 6)
    moves = np.random.default_rng(seed).integers([-rows, -columns], [rows + 1, columns + 1], (3, 2))
    found = RandomShift((rows, columns), fill, generator=seed)(images)
    for number, (down, right) in enumerate(moves):
        assert abs(down) <= rows
        assert abs(right) <= columns
        for y, x in np.ndindex(5, 6):
            inside = 0 <= y - down < 5 and 0 <= x - right < 6
            wanted = images[number, y - down, x - right] if inside else fill
            assert found[number, y, x] == wanted


def test_shifts_reach_both_ends():
    image = np.zeros((500, 5, 5), np.uint8)
    image[:, 2, 2] = 1
    seen = RandomShift(2, generator=0)(image).sum(axis=0)
    assert seen.sum() == 500
    assert seen.min() > 0


@pytest.mark.parametrize(("kind", "axis"), [(RandomHorizontalFlip, 2), (RandomVerticalFlip, 1)])
def test_flips_mirror_the_share_that_was_asked(kind, axis):
    images = np.random.default_rng(0).random((2000, 3, 4))
    np.testing.assert_array_equal(kind(p=1.0)(images), np.flip(images, axis))
    np.testing.assert_array_equal(kind(p=0.0)(images), images)
    found = kind(p=0.3, generator=0)(images)
    mirrored = np.array(
        [np.array_equal(a, np.flip(b, axis - 1)) for a, b in zip(found, images, strict=True)]
    )
    same = np.array([np.array_equal(a, b) for a, b in zip(found, images, strict=True)])
    assert (mirrored ^ same).all()
    assert mirrored.mean() == pytest.approx(0.3, abs=0.05)


def test_noise_has_the_size_that_was_asked():
    noise = GaussianNoise(0.25, generator=0)(np.full((50, 20, 20), 3.0)) - 3
    assert noise.std() == pytest.approx(0.25, rel=0.02)
    assert noise.mean() == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("turns", [-2, -1, 0, 1, 2, 3])
@pytest.mark.parametrize("size", [4, 5])
def test_a_quarter_turn_is_numpys(turns, size):
    images = np.random.default_rng(0).random((2, 3, size, size))
    found = rotated(images, np.full(2, 90.0 * turns))
    np.testing.assert_allclose(found, np.rot90(images, turns, axes=(2, 3)), atol=1e-12)


def test_a_turn_of_an_even_slope_is_that_slope_turned():
    """Bilinear interpolation is exact for a x + b y + c where all neighbours are inside."""
    y, x = np.mgrid[-10:11, -10:11]
    angle = np.deg2rad(25)
    found = rotated((2.0 * x + 3.0 * y + 1)[np.newaxis], np.array([25.0]))[0]
    come_x, come_y = np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y
    inside = np.hypot(x, y) < 9
    np.testing.assert_allclose(found[inside], (2 * come_x + 3 * come_y + 1)[inside], atol=1e-12)
    far = np.maximum(abs(come_x), abs(come_y)) >= 11
    assert far.any()
    np.testing.assert_array_equal(found[far], 0)


def test_rotation_is_bounded_fills_the_corners_and_turns_oblong_images():
    assert (
        RandomRotation(0, generator=0)(np.ones((2, 3, 5))).tolist() == np.ones((2, 3, 5)).tolist()
    )
    found = RandomRotation(45, fill=-1, generator=1)(np.ones((30, 9, 5)))
    assert found.shape == (30, 9, 5)
    assert found.min() == -1
    np.testing.assert_allclose(found[:, 4, 2], 1)


def test_transforms_of_ones_own():
    class Darker(ImageTransform):
        def change(self, images):
            return images * self.generator.uniform(0.5, 1, (len(images), 1, 1))

    both = Compose([Darker(generator=0), RandomShift(1, generator=0)])
    assert both(np.ones((2, 4, 4))).max() < 1


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda: RandomShift(-1), ValueError, "RandomShift: pixels is -1"),
        (lambda: RandomShift(1.5), TypeError, "RandomShift: pixels is 1.5, a float"),
        (lambda: RandomShift(1, fill=np.nan), ValueError, "RandomShift: fill is nan"),
        (lambda: RandomShift(1, -1)(np.zeros((1, 2, 2), np.uint8)), ValueError, "cannot hold it"),
        (
            lambda: RandomHorizontalFlip(1.5),
            ValueError,
            "RandomHorizontalFlip: p is 1.5: pass a ch",
        ),
        (lambda: RandomVerticalFlip("0"), TypeError, "RandomVerticalFlip: p is '0', a str"),
        (lambda: GaussianNoise(-1), ValueError, "GaussianNoise: std is -1"),
        (lambda: GaussianNoise(1)(np.zeros((1, 2, 2), int)), TypeError, "images of int64 came, wh"),
        (
            lambda: RandomRotation(9)(np.zeros((1, 2, 2), np.uint8)),
            TypeError,
            "such as images / 255",
        ),
        (lambda: RandomRotation(np.inf), ValueError, "RandomRotation: degrees is inf"),
        (lambda: RandomShift(1, generator="a"), TypeError, "str came; give a seed such as 0"),
        (lambda: Compose([RandomShift]), TypeError, r"made transforms such as RandomShift\(1\)"),
    ],
)
def test_errors_say_what_came_and_what_is_needed(wrong, error, said):
    with pytest.raises(error, match=said):
        wrong()
