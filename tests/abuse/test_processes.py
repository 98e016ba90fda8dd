"""Forked processes, pools of workers, and event loops that differentiate at the same time."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
import warnings

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value, no_grad
from autograd.depositing import adding_gradients
from autograd.recording import _lock as counting_switches

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def in_a_fork(work):
    """Run something in a forked child, and give what it sent back; it has ten seconds."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python 3.12 warns of threads, and they are the test
        child = os.fork()
    if child == 0:
        signal.alarm(10)
        code = 1
        try:
            os.write(writer, repr(work()).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    assert status == 0, "the child died or hung"
    return answer


def gradients():
    a = Value(2.0)
    (a * a).tanh().backward()
    t = Tensor(np.ones((200, 200)), requires_grad=True)
    (t @ t).sum().backward()
    with no_grad():
        (t * 2).sum()
    handle = a.register_hook(lambda g: g)
    handle.remove()
    return a.grad, float(t.grad.sum()), autograd.randn(2).tolist()


@forks
def test_a_child_goes_on_where_the_parent_was():
    a = Value(3.0)
    b = a * a
    b.backward()

    def work():
        b.backward()
        return a.grad, autograd.is_grad_enabled()

    assert in_a_fork(work) == "(12.0, True)"
    assert a.grad == 6.0


@forks
def test_a_fork_while_other_threads_hold_every_lock():
    held, go = threading.Event(), threading.Event()

    def hold():
        with adding_gradients, counting_switches:
            held.set()
            go.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    try:
        answer = in_a_fork(gradients)
    finally:
        go.set()
        thread.join()
    autograd.manual_seed(0)
    assert answer == repr(gradients())


@forks
def test_forks_while_threads_differentiate():
    stop = threading.Event()

    def busy():
        while not stop.is_set():
            gradients()

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            first, total, _ = eval(in_a_fork(gradients))
            assert total == 2 * 200.0**3
            assert first == pytest.approx(4 * (1 - np.tanh(4.0) ** 2))
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@forks
def test_no_grad_in_the_parent_is_no_grad_in_the_child():
    with no_grad():
        assert in_a_fork(autograd.is_grad_enabled) == "False"
    assert in_a_fork(autograd.is_grad_enabled) == "True"


def step_of(task):
    model, x, y = task
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    return loss.item(), [p.grad for p in model.parameters()], model


@pytest.mark.slow
@pytest.mark.parametrize("start", [m for m in ("fork", "spawn") if sys.platform != "win32"])
def test_workers_take_models_and_give_gradients(start):
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(12, 3)), generator.integers(0, 2, 12)
    model = nn.Sequential(nn.Linear(3, 4, generator=1), nn.ReLU(), nn.Linear(4, 2, generator=2))
    tasks = [(model, x[k::3], y[k::3]) for k in range(3)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with multiprocessing.get_context(start).Pool(2) as pool:
            answers = pool.map(step_of, tasks)
    nn.functional.cross_entropy(model(x), y).backward()
    for place, parameter in enumerate(model.parameters()):
        together = np.mean([grads[place] for _, grads, _ in answers], axis=0)
        np.testing.assert_allclose(together, parameter.grad, rtol=1e-12, atol=1e-15)
    assert all(twin.parameters()[0] is not model.parameters()[0] for *_, twin in answers)


def test_tasks_build_and_differentiate_in_turns():
    weight = Tensor(np.ones(3), requires_grad=True)

    async def learn(number):
        total = Value(0.0)
        graph = (weight * float(number)).sum()
        for _ in range(20):
            total = total + number
            await asyncio.sleep(0)
            if number % 2:
                with no_grad():
                    await asyncio.sleep(0)
                    assert (weight * 2).op is None
            else:
                assert (weight * 2).op is not None
        graph.backward()
        return total.data

    async def all_of_them():
        return await asyncio.gather(*(learn(n) for n in range(50)))

    assert asyncio.run(all_of_them()) == [20.0 * n for n in range(50)]
    assert weight.grad.tolist() == [float(sum(range(50)))] * 3


def test_a_task_that_is_cancelled_leaves_nothing_behind():
    async def never():
        with no_grad():
            await asyncio.sleep(100)

    async def run():
        task = asyncio.create_task(never())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return (Value(1.0) * 2).op is not None

    assert asyncio.run(run())
    assert not autograd.recording.mode.special


def test_eight_threads_train_eight_models_to_the_same_bits():
    def train():
        model = nn.Sequential(
            nn.Linear(6, 300, generator=1), nn.Tanh(), nn.BatchNorm1d(300),
            nn.Linear(300, 3, generator=2),
        )  # fmt: skip
        optimizer = nn.Adam(model.parameters())
        generator = np.random.default_rng(0)
        x, y = generator.normal(size=(150, 6)), generator.integers(0, 3, 150)
        for _ in range(12):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
        return b"".join(p.data.tobytes() for p in model.parameters())

    alone = train()
    answers = [b""] * 8

    def work(place):
        answers[place] = train()

    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(old)
    assert answers == [alone] * 8
