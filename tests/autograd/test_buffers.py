"""Memory that is used again: nobody's numbers are overwritten, and nothing is kept for ever."""

import asyncio
import gc
import platform
import sys
import threading
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Tensor, buffers
from autograd.buffers import LARGE, LIMIT, counts, empty_cache, is_view, take, waiting_bytes, zeros
from autograd.engine import propagate
from autograd.tensor import from_array

SHAPE = (256, 256)  # of float32: twice what is kept


@pytest.fixture(autouse=True)
def every_large_array_waits(monkeypatch):
    """As it is where memory does not come from glibc, which keeps arrays of this size itself."""
    monkeypatch.setattr(buffers, "POOLED", LARGE)


def test_what_glibc_keeps_is_left_to_it(monkeypatch):
    monkeypatch.setattr(buffers, "POOLED", 4 * LARGE)
    empty_cache()
    for made in (take(SHAPE, np.float32), zeros(SHAPE, np.float32)):
        assert made.base is None
    assert type(take((2048, 2048), np.float32).base) is buffers.Lease
    assert buffers._shown, "it was shown that large blocks come and go"
    assert buffers._has_glibc() is (sys.platform == "linux" and bool(platform.libc_ver()[0]))


@pytest.fixture(autouse=True)
def _empty():
    empty_cache()
    yield
    empty_cache()


def filled(number, shape=SHAPE):
    array = take(shape, np.float32)
    array.fill(number)
    return array


def disturb(times=8):
    """Take everything that waits and write nonsense into it."""
    taken = [filled(-7.0) for _ in range(times)]
    assert len({a.ctypes.data for a in taken}) == times


# ------------------------------------------------------------------ taking and giving back


def test_what_was_let_go_is_used_again():
    a = filled(1.0)
    place, before = a.ctypes.data, (counts.taken, counts.again)
    del a
    b = take((512, 128), np.float32)
    assert b.ctypes.data == place
    assert (counts.taken, counts.again) == (before[0], before[1] + 1)


def test_small_arrays_are_numpys_own():
    before = counts.taken
    assert take((4, 4), np.float32).base is None
    assert zeros((4,), np.float64).tolist() == [0.0] * 4
    assert counts.taken == before


def test_zeros_are_zero_in_used_memory():
    a = filled(3.0)
    del a
    assert not zeros(SHAPE, np.float32).any()


def test_a_block_is_at_most_an_eighth_too_large():
    for size in [LARGE, LARGE + 1, 3 * LARGE - 1, 5 * LARGE + 12_345, 10**8 + 1]:
        assert size <= buffers._shelf_for(size).room <= size * 9 / 8


HOLDERS = {
    "itself": lambda a: a,
    "a view": lambda a: a[3:5],
    "a view of a view": lambda a: a[1:].T[2:],
    "one row": lambda a: next(iter(a)),
    "a memoryview": memoryview,
    "an array of the memoryview": lambda a: np.asarray(memoryview(a)),
    "another dtype": lambda a: a.view(np.int32),
    "the flat iterator": lambda a: a.flat,
    "a list of rows": list,
    "a broadcast view": lambda a: np.broadcast_to(a, (2, *a.shape)),
    "its base": lambda a: a.base,
    "a view of its base": lambda a: a.base[10:],
    "the base's base": lambda a: a.base.base,
    "a bound method": lambda a: a.sum,
    "from DLPack": np.from_dlpack,
    "a closure": lambda a: lambda: a,
    "a Tensor": from_array,
}


@pytest.mark.parametrize("hold", HOLDERS.values(), ids=HOLDERS)
def test_what_somebody_holds_is_not_given_out(hold):
    a = filled(1.0)
    first, last = a.ctypes.data, a.ctypes.data + a.nbytes
    held = hold(a)
    del a
    for _ in range(3):
        other = filled(-7.0)
        assert not first <= other.ctypes.data < last
        del other
    del held


def test_torch_holds_what_it_was_given():
    torch = pytest.importorskip("torch")
    held = torch.from_numpy(filled(1.0))
    disturb()
    assert bool((held == 1).all())


def test_views_are_told_from_owners():
    a = filled(1.0)
    assert not is_view(a)
    assert is_view(a[1:])
    assert is_view(a[1:][1:])
    b = np.zeros(4)
    assert not is_view(b)
    assert is_view(b[1:])


def test_an_array_in_a_cycle_comes_back_with_the_cycle():
    a = filled(1.0)
    cycle = [a]
    cycle.append(cycle)
    place = a.ctypes.data
    del a, cycle
    assert filled(2.0).ctypes.data != place
    gc.collect()
    assert waiting_bytes() > 0


def test_a_weak_reference_does_not_hold():
    a = filled(1.0)
    reference, place = weakref.ref(a), a.ctypes.data
    del a
    assert reference() is None
    assert filled(2.0).ctypes.data == place


# ------------------------------------------------------------------ how much is kept


def test_empty_cache_gives_everything_back_but_what_is_held():
    held, gone = filled(1.0), filled(2.0)
    del gone
    assert waiting_bytes() > 0
    autograd.empty_cache()
    assert waiting_bytes() == 0
    disturb()
    assert (held == 1.0).all()


def test_no_more_than_the_limit_waits(monkeypatch):
    monkeypatch.setattr(buffers, "LIMIT", 3 * 256 * 256 * 4)
    several = [filled(float(i)) for i in range(6)]
    del several
    assert waiting_bytes() == 3 * 256 * 256 * 4 <= LIMIT


def test_what_nobody_needs_any_more_goes(monkeypatch):
    monkeypatch.setattr(buffers, "PERIOD", 10)
    monkeypatch.setattr(counts, "until_tidy", 10)
    several = [filled(float(i)) for i in range(6)]
    del several
    before = waiting_bytes()
    for _ in range(40):
        filled(1.0)
    assert waiting_bytes() == before / 6


def test_threads_that_take_and_give_back_at_once_share_no_block():
    wrong = []

    def work(number):
        for _ in range(300):
            mine = [filled(float(number)) for _ in range(3)]
            if not all((a == number).all() for a in mine):
                wrong.append(number)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert wrong == []
    buffers._tidy_up()  # which counts anew
    assert waiting_bytes() == sum(s.room * len(s.waiting) for s in buffers._shelves.values())


def test_sizes_that_always_change_do_not_fill_memory(monkeypatch):
    monkeypatch.setattr(buffers, "_MOST_KNOWN", 8)
    for size in range(LARGE, LARGE + 100):
        take((size,), np.uint8)
    assert len(buffers._by_size) <= 8


# ------------------------------------------------------------------ inside the engine


def wide(seed=0, shape=SHAPE):
    draw = np.random.default_rng(seed)
    return Tensor(draw.normal(size=shape).astype(np.float32), requires_grad=True)


def test_a_warm_loop_takes_nothing_from_the_system():
    weight, x = wide(1), wide(2)

    def step():
        hidden = ((x @ weight + 1.0) * weight).tanh() - x
        (hidden * hidden).sum().backward(leaves_only=True)
        for p in (weight, x):
            p.grad = None

    for _ in range(3):
        step()
    before = counts.taken
    again = counts.again
    for _ in range(3):
        step()
    assert counts.taken == before
    assert counts.again > again


def test_kept_results_gradients_and_graphs_stay_what_they_were():
    weight = wide(1)
    kept = []
    for i in range(6):
        x = wide(i + 2)
        hidden = (x @ weight) * weight
        out = (hidden.tanh() + hidden * 0.01).exp() * 0.001
        out.sum().backward()
        results = (out.numpy(), hidden.numpy()[3:9].T, hidden.grad, x.grad, memoryview(out.numpy()))
        kept.append((results, [np.array(r) for r in results], out))
        weight.grad = x.grad = None
    disturb()
    for results, copies, _ in kept:
        for result, copy in zip(results, copies, strict=True):
            np.testing.assert_array_equal(np.asarray(result), copy)
    for _, copies, out in kept:  # the old graphs still give what they gave
        node = out.inputs[0].inputs[0].inputs[0].inputs[0].inputs[0].inputs[0]
        node.grad = None
        out.sum().backward(leaves_only=True)
        np.testing.assert_array_equal(node.grad, copies[3])


def test_a_layer_applied_twice():
    weight = wide(1)
    scale = Tensor(np.float32(0.01), requires_grad=True)
    once = (weight @ weight * scale).tanh()
    twice = (once @ weight * scale).tanh()
    first = once.numpy().copy()
    twice.sum().backward()
    disturb()
    np.testing.assert_array_equal(once.numpy(), first)
    np.testing.assert_allclose(once.grad, (1 - twice.numpy() ** 2) * 0.01 @ weight.numpy().T,
                               rtol=1e-3, atol=1e-4)  # fmt: skip


def test_second_order_on_large_arrays():
    x = wide(3)
    slope = propagate((x * x * x).sum(), Tensor(np.float32(1.0)), create_graph=True)[x]
    first = slope.numpy().copy()
    slope.sum().backward()
    disturb()
    np.testing.assert_array_equal(slope.numpy(), first)
    np.testing.assert_allclose(x.grad, 6 * x.numpy(), rtol=1e-5)


def test_hooks_may_keep_what_they_see():
    x = wide(4)
    seen = []
    middle = (x * 2.0).exp()
    middle.register_hook(seen.append)
    (middle * middle).sum().backward(leaves_only=True)
    copy = seen[0].copy()
    disturb()
    np.testing.assert_array_equal(seen[0], copy)
    np.testing.assert_array_equal(copy, 2 * middle.numpy())


def test_an_exception_midway_harms_nothing():
    x = wide(5)
    kept = x * 3.0
    numbers = kept.numpy().copy()
    stopper = x.exp()
    stopper.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        (stopper * kept).sum().backward()
    disturb()
    np.testing.assert_array_equal(kept.numpy(), numbers)
    (kept * kept).sum().backward()
    np.testing.assert_allclose(x.grad, 18 * x.numpy(), rtol=1e-6)


def test_the_user_may_write_to_data_that_came_from_the_pool():
    x = wide(6)
    p = Tensor((x * 2.0).numpy(), requires_grad=True)
    p.data = (x * 2.0).data
    y = p * p
    p.data -= 1.0
    (y.sum() + (p * 1.0).sum()).backward()
    np.testing.assert_allclose(p.grad, 4 * x.numpy() + 1, rtol=1e-5, atol=1e-6)


def program(draw, length):
    """A random program on large arrays: which op, of which results, and which to hold."""
    return [
        (draw(st.sampled_from(["add", "mul", "tanh", "relu", "neg", "matmul", "view", "scale"])),
         draw(st.integers(0, 9)), draw(st.integers(0, 9)), draw(st.booleans()))
        for _ in range(length)
    ]  # fmt: skip


def run(steps, seed):
    """Run a program; everything it holds and every gradient, as copies taken at the end."""
    made = [wide(seed), wide(seed + 1)]
    held = []
    for name, i, j, hold in steps:
        a, b = made[i % len(made)], made[j % len(made)]
        if name == "matmul":
            new = (a @ b) * 0.05
        elif name == "view":
            new = a.T
        elif name == "scale":
            new = 0.5 * a - 1.0
        elif name in ("add", "mul"):
            new = autograd.OPS[name](a, b) * 0.5
        else:
            new = autograd.OPS[name](a)
        made.append(new)
        if hold:
            held += [new.numpy(), new.numpy()[5:70:3]]
        if len(made) > 6:
            del made[2]
    made[-1].sum().backward(leaves_only=len(steps) % 2 == 0)
    held += [m.grad for m in made[:2] if m.grad is not None]
    disturb(3)
    return [np.array(a) for a in held]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_random_programs_give_the_same_bits_with_and_without(data):
    steps = program(data.draw, data.draw(st.integers(1, 8)))
    runs = []
    with np.errstate(all="ignore"):
        for large in (LARGE, 1 << 60):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(buffers, "LARGE", large)
                runs.append([a.tobytes() for a in run(steps, 11)])
    assert runs[0] == runs[1]


# ------------------------------------------------------------------ at the same time


def test_eight_threads():
    failures = []

    def work(seed):
        x = wide(seed)
        wanted = None
        for _ in range(8):
            x.grad = None
            y = (x * 2.0).exp() * x
            copy = y.numpy().copy()
            y.sum().backward(leaves_only=True)
            wanted = x.grad.copy() if wanted is None else wanted
            if not np.array_equal(y.numpy(), copy) or not np.array_equal(x.grad, wanted):
                failures.append(seed)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_generators_and_tasks():
    x = wide(7)

    async def one(factor):
        y = x * factor
        copy = y.numpy().copy()
        for _ in range(3):
            await asyncio.sleep(0)
            disturb(2)
        return np.array_equal(y.numpy(), copy)

    async def several():
        return await asyncio.gather(*(one(float(i)) for i in range(5)))

    assert asyncio.run(several()) == [True] * 5

    def rows():
        for i in range(4):
            yield (x * float(i)).numpy()

    first, *others = rows()
    disturb()
    assert not first.any()
    np.testing.assert_array_equal(others[1], 2 * x.numpy())
