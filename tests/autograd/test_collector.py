"""Pausing the cyclic collector: it rests inside, and afterwards is what it was before."""

import asyncio
import gc
import threading
import weakref

import numpy as np
import pytest

import nn
from autograd import Value, gc_paused
from nn.data import moons


@pytest.fixture(autouse=True)
def _as_before():
    before = gc.isenabled()
    yield
    (gc.enable if before else gc.disable)()


@pytest.fixture
def collections():
    """Every collection that starts, by generation."""
    started = []

    def note(phase, info):
        if phase == "start":
            started.append(info["generation"])

    gc.callbacks.append(note)
    yield started
    gc.callbacks.remove(note)


class InACycle:
    def __init__(self):
        self.me = self


def grow(count=20_000):
    x = Value(1.0)
    y = x
    for _ in range(count):
        y = y * 1.0 + 0.0
    return x, y


def test_a_large_graph_grows_and_is_walked_without_one_collection(collections):
    gc.enable()
    grow()
    assert collections  # so the count below can fail
    collections.clear()
    with gc_paused():
        x, y = grow()
        y.backward()
        del y
        assert collections == []
    assert x.grad == 1.0


@pytest.mark.parametrize("before", [True, False])
def test_afterwards_it_is_what_it_was(before):
    (gc.enable if before else gc.disable)()
    with gc_paused():
        assert not gc.isenabled()
        with gc_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled() is before


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit])
@pytest.mark.parametrize("before", [True, False])
def test_also_after_an_exception(before, error):
    (gc.enable if before else gc.disable)()
    with pytest.raises(error), gc_paused(), gc_paused():
        raise error
    assert gc.isenabled() is before


def test_it_undoes_what_was_done_inside():
    gc.disable()
    with gc_paused():
        gc.enable()
    assert not gc.isenabled()


def test_as_a_decorator_also_for_a_function_that_calls_itself():
    gc.enable()

    @gc_paused()
    def down(n):
        return [gc.isenabled(), *(down(n - 1) if n else [])]

    assert down(3) == [False] * 4
    assert gc.isenabled()
    assert down.__name__ == "down"


def test_threads_that_overlap_share_one_pause():
    gc.enable()
    first_in, second_in, first_out = (threading.Event() for _ in range(3))
    seen = []

    def first():
        with gc_paused():
            first_in.set()
            assert second_in.wait(20)
        seen.append(gc.isenabled())  # the second is still inside
        first_out.set()

    def second():
        assert first_in.wait(20)
        with gc_paused():
            second_in.set()
            assert first_out.wait(20)
            seen.append(gc.isenabled())

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert seen == [False, False]
    assert gc.isenabled()


def test_many_threads_at_once_leave_it_on():
    gc.enable()
    wrong = []

    def work():
        for _ in range(300):
            with gc_paused():
                if gc.isenabled():
                    wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert gc.isenabled()


def test_tasks_that_take_turns():
    gc.enable()

    async def work():
        with gc_paused():
            await asyncio.sleep(0)
            return gc.isenabled()

    async def both():
        return await asyncio.gather(work(), work())

    assert asyncio.run(both()) == [False, False]
    assert gc.isenabled()


# -------------------------------------------------------------------------------------- in fit


def train(model, epochs=3, callbacks=(), **settings):
    X, y = moons(40, noise=0.1)
    return nn.fit(
        model, X, 2.0 * y - 1, loss="mse", epochs=epochs, batch_size=20, callbacks=callbacks,
        progress=False, **settings,
    )  # fmt: skip


class Watching:
    """Notes whether the collector is on: while a model runs, and while callbacks do."""

    def __init__(self, model):
        self.inside, self.between = set(), set()
        forward = model.forward

        def watched(*inputs):
            self.inside.add(gc.isenabled())
            return forward(*inputs)

        model.forward = watched

    def on_epoch_begin(self, run):
        self.inside.clear()  # what ran before the first batch was no batch
        self.between.add(gc.isenabled())

    def on_batch_end(self, run):
        self.between.add(gc.isenabled())

    def on_epoch_end(self, run):
        self.between.add(gc.isenabled())


def of_tensors():
    return nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), nn.Flatten(0))


@pytest.mark.parametrize(
    ("make", "inside"), [(lambda: nn.MLP(2, [4, 1]), {False}), (of_tensors, {True})]
)
def test_fit_pauses_it_for_batches_of_values_only(make, inside):
    gc.enable()
    model = make()
    watching = Watching(model)
    train(model, callbacks=watching)
    assert (watching.inside, watching.between) == (inside, {True})
    assert gc.isenabled()


def test_fit_on_values_leaves_it_off_where_it_was_off():
    gc.disable()
    train(nn.MLP(2, [4, 1]))
    assert not gc.isenabled()


def test_a_training_that_breaks_off_switches_it_on_again():
    gc.enable()
    model = nn.MLP(2, [4, 1])
    optimizer = nn.SGD(model.parameters(), lr=1e200)
    with np.errstate(all="ignore"), pytest.raises((FloatingPointError, OverflowError)):
        train(model, epochs=50, optimizer=optimizer)
    assert gc.isenabled()


def test_cycles_that_callbacks_make_are_collected_between_the_batches():
    gc.enable()
    alive, most = weakref.WeakSet(), 0

    class Littering:
        def on_batch_end(self, run):
            nonlocal most
            alive.update(InACycle() for _ in range(1000))
            most = max(most, len(alive))

    train(nn.MLP(2, [4, 1]), epochs=30, callbacks=Littering())
    assert most < 15_000  # of 60,000: so memory does not grow with the length of the training
