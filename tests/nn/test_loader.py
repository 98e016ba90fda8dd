"""Datasets, DataLoader, prefetching, and what goes between them."""

import gc
import json
import subprocess
import sys
import threading
import time
import traceback
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import ShapeError, Tensor, manual_seed
from nn.data import (
    Compose,
    ConcatDataset,
    DataLoader,
    Dataset,
    GaussianNoise,
    RandomHorizontalFlip,
    RandomShift,
    Subset,
    TensorDataset,
    TransformedDataset,
    default_collate,
    digits,
    random_split,
)

ROOT = Path(__file__).resolve().parents[2]


class Squares(Dataset):
    """Numbers with their squares, one at a time."""

    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        if not 0 <= index < self.size:
            raise IndexError(index)
        return float(index), index**2


def numbers_in(loader):
    """The first parts of all batches of an epoch, in order."""
    return np.concatenate([np.atleast_1d(x.numpy()) for x, *_ in loader]).tolist()


# ---------------------------------------------------------------------------------- datasets


def test_a_dataset_must_tell_its_length_and_its_examples():
    class Endless(Dataset):
        def __getitem__(self, index):
            return index

    with pytest.raises(TypeError, match="__len__"):
        Endless()
    assert list(Squares(3)) == [(0.0, 0), (1.0, 1), (2.0, 4)]
    assert Dataset[int]  # as PyTorch's programs annotate


def test_a_tensor_dataset_gives_rows_as_tensors():
    X = np.arange(6, dtype=np.float32).reshape(3, 2)
    data = TensorDataset(X, Tensor([5, 6, 7]), [[0.5], [1.5], [2.5]])
    x, y, z = data[1]
    assert (x.tolist(), y.item(), z.tolist()) == ([2, 3], 6, [1.5])
    assert (x.dtype, y.dtype) == (np.float32, np.int64)
    assert [part.shape for part in data.tensors] == [(3, 2), (3,), (3, 1)]
    assert data[-1][1].item() == 7
    assert data[:2][0].shape == (2, 2)
    with pytest.raises(IndexError):
        data[3]
    assert len(list(data)) == 3
    x.data[:] = 99
    assert X.max() == 5


def test_an_example_leaves_the_graph_behind():
    weights = Tensor([[1.0], [2.0]], requires_grad=True)
    (row,) = TensorDataset(weights)[0]
    assert not row.requires_grad
    (batch,) = next(iter(DataLoader([(weights[0],), (weights[1],)], 2)))
    assert not batch.requires_grad


def test_datasets_in_a_row():
    both = Squares(2) + Squares(3) + TensorDataset([7.0], [49])
    assert isinstance(both, ConcatDataset)
    assert len(both) == 6
    assert [both[i][1] for i in (1, 2, 4)] == [1, 0, 4]
    assert both[5][0].item() == both[-1][0].item() == 7
    with pytest.raises(IndexError, match="index 6 came and there are 6 examples"):
        both[6]
    assert len(list(both)) == 6


def test_a_subset_keeps_its_order():
    part = Subset(Squares(5), [4, 0, -2])
    assert [y for _, y in part] == [16, 0, 9]
    assert part[np.int64(-1)] == (3.0, 9)
    assert part.indices == [4, 0, 3]


# --------------------------------------------------------------------------------- splitting


@given(
    sizes=st.lists(st.integers(0, 20), min_size=1, max_size=5).filter(any),
    seed=st.integers(0, 99),
)
def test_split_by_counts_is_a_partition(sizes, seed):
    rows = sum(sizes)
    parts = random_split(range(rows), sizes, generator=seed)
    assert [len(part) for part in parts] == sizes
    assert sorted(number for part in parts for number in part) == list(range(rows))
    again = random_split(range(rows), sizes, generator=np.random.default_rng(seed))
    assert [part.indices for part in again] == [part.indices for part in parts]


@given(weights=st.lists(st.integers(1, 9), min_size=1, max_size=6), rows=st.integers(1, 200))
def test_split_by_shares_sizes_as_pytorch_does(weights, rows):
    shares = [weight / sum(weights) for weight in weights]
    sizes = [len(part) for part in random_split(range(rows), shares)]
    assert sum(sizes) == rows
    for size, share in zip(sizes, shares, strict=True):
        assert -1e-6 <= size - rows * share + 1 <= 2 + 1e-6


@pytest.mark.torch
@pytest.mark.parametrize("shares", [[0.8, 0.2], [0.5, 0.3, 0.2], [0.25, 0.5, 0.25], [1.0]])
def test_shares_are_rounded_as_pytorch_rounds_them(shares):
    reference = pytest.importorskip("torch.utils.data").random_split
    for rows in (7, 9, 10, 11, 23, 100):
        theirs = [len(part) for part in reference(range(rows), shares)]
        assert [len(part) for part in random_split(range(rows), shares)] == theirs


def test_split_draws_from_the_default_generator():
    manual_seed(5)
    first = random_split(range(50), [25, 25])[0].indices
    assert random_split(range(50), [25, 25])[0].indices != first
    manual_seed(5)
    assert random_split(range(50), [25, 25])[0].indices == first


# ------------------------------------------------------------------------------------ loader


@given(
    rows=st.integers(1, 30),
    size=st.integers(1, 35),
    drop=st.booleans(),
    shuffle=st.booleans(),
    prefetch=st.integers(0, 2),
    fast=st.booleans(),
)
def test_every_example_comes_once(rows, size, drop, shuffle, prefetch, fast):
    X = np.arange(rows, dtype=float)
    data = TensorDataset(X, X**2) if fast else Squares(rows)
    loader = DataLoader(data, size, shuffle, drop_last=drop, seed=3, prefetch=prefetch)
    parts = list(loader)
    assert len(parts) == len(loader) == (rows // size if drop else -(-rows // size))
    assert all(len(x) == size for x, _ in parts[:-1])
    seen = [number for x, _ in parts for number in x.tolist()]
    assert all((y == x * x).all() for x, y in parts)
    if not drop:
        assert sorted(seen) == X.tolist()
    assert len(set(seen)) == len(seen)
    if not shuffle:
        assert seen == X[: len(seen)].tolist()


def test_each_epoch_has_an_order_of_its_own_and_the_same_seed_the_same_orders():
    data = TensorDataset(np.arange(50.0))
    loader = DataLoader(data, 8, shuffle=True, seed=1)
    first, second = numbers_in(loader), numbers_in(loader)
    assert first != second
    again = DataLoader(data, 8, shuffle=True, generator=np.random.default_rng(1), prefetch=2)
    assert [numbers_in(again), numbers_in(again)] == [first, second]
    assert numbers_in(DataLoader(data, 8, shuffle=True, seed=2)) != first
    slow = DataLoader(Squares(50), 8, shuffle=True, seed=1)
    assert numbers_in(slow) == first


def test_manual_seed_sets_the_order_where_nothing_else_does():
    loader = DataLoader(TensorDataset(np.arange(20.0)), 5, shuffle=True)
    manual_seed(4)
    first = numbers_in(loader)
    manual_seed(4)
    assert numbers_in(loader) == first != numbers_in(loader)


def test_unshuffled_epochs_draw_nothing():
    loader = DataLoader(TensorDataset(np.arange(20.0)), 5, seed=0)
    before = loader.generator.bit_generator.state
    numbers_in(loader)
    assert loader.generator.bit_generator.state == before


def test_two_iterators_at_once_do_not_disturb_each_other():
    loader = DataLoader(TensorDataset(np.arange(6.0)), 2, prefetch=1)
    pairs = [(x.tolist(), y.tolist()) for (x,), (y,) in zip(loader, loader, strict=True)]
    assert pairs == [([0, 1], [0, 1]), ([2, 3], [2, 3]), ([4, 5], [4, 5])]


def test_batches_of_arrays_are_tensors_and_copies():
    X, y = np.zeros((4, 2), np.float32), np.arange(4)
    x_batch, y_batch = next(iter(DataLoader(TensorDataset(X, y), 4)))
    assert isinstance(x_batch, Tensor)
    assert (x_batch.dtype, y_batch.dtype) == (np.float32, np.int64)
    x_batch.data[:] = 7
    assert X.max() == 0


def test_a_class_built_on_tensor_dataset_is_asked_for_its_examples():
    class Doubled(TensorDataset):
        def __getitem__(self, index):
            (x,) = super().__getitem__(index)
            return (2 * x,)

    data = Doubled([1.0, 2.0, 3.0])
    assert numbers_in(DataLoader(data, 2)) == [2, 4, 6]
    assert numbers_in(DataLoader(Subset(data, [2, 0]), 2)) == [6, 2]


def test_rows_fetched_at_once_equal_examples_fetched_one_by_one():
    data = digits()
    table = TensorDataset(data.images / 16, data.y)

    def changed():
        transform = Compose([RandomShift(1, generator=1), GaussianNoise(0.1, generator=2)])
        return TransformedDataset(Subset(table, range(100, 140)), transform)

    at_once = DataLoader(changed(), 16, shuffle=True, seed=0)
    one_by_one = DataLoader(changed(), 16, shuffle=True, seed=0, collate_fn=lambda examples: (
        np.stack([x.numpy() for x, _ in examples]), [y.item() for _, y in examples]
    ))  # fmt: skip
    for _ in range(2):
        for (x, y), (x_alone, y_alone) in zip(at_once, one_by_one, strict=True):
            np.testing.assert_array_equal(x.numpy(), x_alone)
            assert y.tolist() == y_alone


def test_own_collate_function_and_pytorchs_arguments():
    loader = DataLoader(["b", "a"], 2, collate_fn="".join, num_workers=2, pin_memory=True)
    assert loader.prefetch == 2
    assert list(loader) == ["ba"]
    assert next(iter(DataLoader(range(3), 3))).tolist() == [0, 1, 2]


def test_state_is_plain_data_and_brings_back_order_and_augmentation():
    def made(seed):
        transform = Compose([RandomShift(2, generator=seed), RandomHorizontalFlip(generator=seed)])
        data = TransformedDataset(TensorDataset(digits().images[:40]), transform)
        return DataLoader(data, 10, shuffle=True, seed=seed)

    def epoch(loader):
        return np.concatenate([x.numpy() for (x,) in loader])

    loader = made(0)
    epoch(loader)
    state = json.loads(json.dumps(loader.state_dict()))
    assert list(state) == [
        "order",
        "dataset.transform.transforms.0.generator",
        "dataset.transform.transforms.1.generator",
    ]
    expected = [epoch(loader), epoch(loader)]
    other = made(9)
    other.load_state_dict(state)
    for images in expected:
        np.testing.assert_array_equal(epoch(other), images)


def test_a_state_that_does_not_fit_changes_nothing():
    loader = DataLoader(
        TransformedDataset(TensorDataset(np.zeros((2, 3, 3))), RandomShift(1)), shuffle=True, seed=0
    )
    before = loader.state_dict()
    other = DataLoader(range(3), seed=5).state_dict()
    broken = {**before, "dataset.transform.generator": {"bit_generator": "MT19937"}}
    for state, error, said in (
        (other, ValueError, "dataset.transform.generator is missing"),
        ({**before, "more": {}}, ValueError, "more is unknown"),
        ({**DataLoader(range(3), seed=5).state_dict(), **broken}, ValueError, "does not fit a PCG"),
        ([1], TypeError, "a list came: give what state_dict"),
    ):
        with pytest.raises(error, match=said):
            loader.load_state_dict(state)
        assert loader.state_dict() == before


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (lambda: DataLoader([]), ValueError, "the dataset is empty"),
        (lambda: DataLoader(iter([1])), TypeError, "a list_iterator came: give a dataset"),
        (lambda: DataLoader({"X": [1]}), TypeError, "a dict came"),
        (
            lambda: DataLoader(digits()),
            TypeError,
            r"a Images came: .*TensorDataset\(data.X, data.y",
        ),
        (lambda: DataLoader([1], 0), ValueError, "batch_size is 0: pass a whole number >= 1"),
        (lambda: DataLoader([1], 2.5), TypeError, "batch_size is 2.5, a float"),
        (lambda: DataLoader([1], 1, 3), TypeError, "shuffle is 3: give True or False"),
        (lambda: DataLoader([1], seed="a"), TypeError, "str came; give a seed"),
        (lambda: DataLoader([1], seed=1, generator=2), ValueError, "which are the same: give one"),
        (lambda: DataLoader([1], prefetch=-1), ValueError, "prefetch is -1"),
        (lambda: DataLoader([1], num_workers=-1), ValueError, "num_workers is -1"),
        (lambda: DataLoader([1], collate_fn=3), TypeError, "a int came as collate_fn"),
        (lambda: TensorDataset(), ValueError, "nothing came: give inputs and targets"),
        (lambda: TensorDataset([1, 2], [1]), ValueError, "arrays with 2, 1 rows came"),
        (lambda: TensorDataset(3.0), ValueError, "a single number came"),
        (lambda: TensorDataset(["a"]), TypeError, "list of <U1 came: real numbers are needed"),
        (lambda: Subset([1, 2], [2]), IndexError, "Subset: index 2 came and there are 2"),
        (lambda: Subset([1, 2], [0.5]), TypeError, "index 0.5 came, a float"),
        (lambda: ConcatDataset([]), ValueError, "no dataset came"),
        (lambda: TransformedDataset(3, abs), TypeError, "a int came: give a dataset"),
        (lambda: TransformedDataset([1], 3), TypeError, "a int came as transform"),
        (
            lambda: random_split([1, 2, 3], [1, 1]),
            ValueError,
            r"\[1, 1\] sum to 2 and the .* has 3",
        ),
        (lambda: random_split([1, 2, 3], [0.5, 0.4]), ValueError, "sum to 0.9: they must sum to 1"),
        (lambda: random_split([1, 2, 3], [1.5, -0.5]), ValueError, "a share is -0.5"),
        (lambda: random_split([1, 2, 3], [4, -1]), ValueError, "a length is -1"),
        (lambda: random_split([1, 2, 3], []), ValueError, "no lengths came"),
        (lambda: random_split(3, [1]), TypeError, "random_split: a int came: give a dataset"),
    ],
)
def test_errors_say_what_came_and_what_is_needed(wrong, error, said):
    with pytest.raises(error, match=said):
        wrong()


# ----------------------------------------------------------------------------------- collate

Pair = namedtuple("Pair", "x y")


def test_collate_keeps_the_kind_of_each_part():
    batch = default_collate([
        {"image": np.zeros((2, 2), np.float32), "name": "a", "pair": Pair(1, 2.0), "more": [True]},
        {"image": np.ones((2, 2), np.float32), "name": "b", "pair": Pair(3, 4.0), "more": [False]},
    ])  # fmt: skip
    assert batch["image"].shape == (2, 2, 2)
    assert batch["image"].dtype == np.float32
    assert batch["name"] == ["a", "b"]
    assert isinstance(batch["pair"], Pair)
    assert (batch["pair"].x.tolist(), batch["pair"].y.tolist()) == ([1, 3], [2.0, 4.0])
    assert isinstance(batch["more"], list)
    assert batch["more"][0].dtype == bool
    assert default_collate([Tensor([1.0]), np.array([2.0])]).tolist() == [[1], [2]]
    assert default_collate([np.float32(1), np.float32(2)]).dtype == np.float32


@pytest.mark.torch
@pytest.mark.parametrize(
    "examples",
    [
        [1, 2],
        [1.5, 2.5],
        [(1, 2.0), (3, 4.0)],
        [([1, 2], {"a": 0.5}), ([3, 4], {"a": 1.5})],
        [np.arange(3), np.arange(3)],
        [np.float32(1), np.float32(2)],
        [True, False],
        [("a", 1), ("b", 2)],
    ],
)
def test_collate_gives_the_numbers_of_pytorch(examples):
    reference = pytest.importorskip("torch.utils.data").default_collate

    def plain(batch):
        if isinstance(batch, dict):
            return {key: plain(part) for key, part in batch.items()}
        if isinstance(batch, (list, tuple)):
            return [plain(part) for part in batch]
        return (
            batch
            if isinstance(batch, str)
            else (str(batch.dtype).removeprefix("torch."), batch.tolist())
        )

    assert plain(default_collate(examples)) == plain(reference(examples))


@pytest.mark.parametrize(
    ("examples", "error", "said"),
    [
        ([], ValueError, "no examples came"),
        ([None, None], TypeError, "a NoneType came: numbers, arrays"),
        ([np.zeros(2), np.zeros(3)], ShapeError, r"shape \(2,\) and \(3,\) came: .* pads them"),
        ([(1, 2), (1,)], ValueError, "with 2 parts and one with 1 parts came"),
        ([{"a": 1}, {"b": 1}], ValueError, "the keys 'a' and one with the keys 'b'"),
        ([(1,), 3], ValueError, "with 1 parts and one with a int came"),
        ([1, None], TypeError, "a NoneType came beside numbers"),
        ([1, "a"], TypeError, "a <U1 array came beside numbers"),
    ],
)
def test_collate_says_what_is_wrong(examples, error, said):
    with pytest.raises(error, match=said):
        default_collate(examples)


# ---------------------------------------------------------------------------------- prefetch


def wait_until(true):
    for _ in range(1000):
        if true():
            return True
        time.sleep(0.01)
    return False


def prefetch_threads():
    return [thread for thread in threading.enumerate() if thread.name == "prefetch"]


class Watched(Squares):
    """Notes which examples were asked for, and by which thread; one of them may be broken."""

    def __init__(self, size, broken=None, error=ValueError):
        super().__init__(size)
        self.broken, self.error, self.asked, self.threads = broken, error, [], set()

    def __getitem__(self, index):
        self.asked.append(index)
        self.threads.add(threading.current_thread().name)
        if index == self.broken:
            raise self.error(f"example {index} cannot be read")
        return super().__getitem__(index)


def test_another_thread_makes_the_batches_and_no_more_than_asked():
    data = Watched(100)
    batches = iter(DataLoader(data, 1, prefetch=3))
    assert data.asked == []  # nothing before the first is asked for
    next(batches)
    # one handed out, three in the queue, one in the thread's hand
    assert wait_until(lambda: len(data.asked) == 5)
    time.sleep(0.2)
    assert len(data.asked) == 5
    assert data.threads == {"prefetch"}
    assert [x.item() for x, _ in batches] == list(range(1, 100))
    assert not prefetch_threads()


@pytest.mark.parametrize("prefetch", [0, 2])
def test_an_error_comes_where_the_batch_was_asked_for_with_its_own_traceback(prefetch):
    batches = iter(DataLoader(Watched(10, broken=5), 2, prefetch=prefetch))
    assert [next(batches)[0].tolist() for _ in range(2)] == [[0, 1], [2, 3]]
    with pytest.raises(ValueError, match="example 5 cannot be read") as caught:
        next(batches)
    frames = [frame.name for frame in traceback.extract_tb(caught.tb)]
    assert frames[-1] == "__getitem__"
    with pytest.raises(StopIteration):
        next(batches)
    assert not prefetch_threads()


@pytest.mark.parametrize("prefetch", [0, 2])
def test_a_stray_stop_iteration_does_not_end_the_epoch_silently(prefetch):
    with pytest.raises(RuntimeError, match="StopIteration"):
        list(DataLoader(Watched(10, broken=5, error=StopIteration), 2, prefetch=prefetch))


@pytest.mark.parametrize("how", ["dropped", "closed", "broken off"])
def test_the_thread_ends_with_its_iterator(how):
    data = Watched(1000)
    batches = iter(DataLoader(data, 1, prefetch=2))
    next(batches)
    assert len(prefetch_threads()) == 1
    if how == "closed":
        batches.close()
    elif how == "dropped":
        del batches
        gc.collect()
    else:
        for _ in batches:
            break
        del batches
    assert not prefetch_threads()
    assert len(data.asked) < 10


def test_an_iterator_that_was_never_used_starts_no_thread():
    batches = iter(DataLoader(Watched(10), 1, prefetch=2))
    assert not prefetch_threads()
    del batches


def test_python_ends_though_a_prefetching_iterator_is_left_over():
    code = (
        "from nn.data import DataLoader\n"
        "batches = iter(DataLoader(range(1000), 1, prefetch=2))\n"
        "print(next(batches).item())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "0\n", "")
