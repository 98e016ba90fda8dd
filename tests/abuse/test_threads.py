"""Several threads and asyncio tasks: what one switches off does not leak into another."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from autograd import (
    Tensor,
    Value,
    dot,
    enable_grad,
    is_grad_enabled,
    no_grad,
    source_lines,
    trace,
)


@pytest.fixture(autouse=True)
def _switch_often():
    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(old)


def test_no_grad_stays_in_its_thread():
    meet = Barrier(2, timeout=20)
    x = Tensor([1.0, 2.0], requires_grad=True)
    v = Value(2.0)

    def inside():
        with no_grad():
            meet.wait()
            found = [(x * 2).requires_grad, (v * 2).op, is_grad_enabled()]
            meet.wait()
        return found

    def outside():
        meet.wait()
        found = [(x * 2).requires_grad, (v * 2).op is not None, is_grad_enabled()]
        meet.wait()
        return found

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(inside), pool.submit(outside)]
        assert jobs[0].result() == [False, None, False]
        assert jobs[1].result() == [True, True, True]
    assert is_grad_enabled()


def test_a_decorated_function_in_many_threads():
    x = Tensor([1.0], requires_grad=True)

    @no_grad()
    def evaluate(n):
        answers = [(x * n).requires_grad for _ in range(50)]
        with enable_grad():
            answers.append(not (x * n).requires_grad)
        return any(answers) or is_grad_enabled()

    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(evaluate, range(100)))
    assert is_grad_enabled()


def test_nesting_and_reuse():
    x = Tensor([1.0], requires_grad=True)
    switch = no_grad()
    with switch:
        with switch:
            assert not is_grad_enabled()
        assert not is_grad_enabled()
        with enable_grad():
            assert (x * 2).requires_grad
        assert not (x * 2).requires_grad
    assert is_grad_enabled()
    with pytest.raises(ZeroDivisionError), no_grad():
        _ = 1 / 0
    assert is_grad_enabled()


def test_one_switch_shared_by_threads():
    switch = no_grad()
    meet = Barrier(4, timeout=20)

    def work(_):
        for _ in range(20):
            meet.wait()
            with switch:
                if is_grad_enabled():
                    return False
            if not is_grad_enabled():
                return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))


def test_generators_do_not_leak():
    def numbers():
        with no_grad():
            yield is_grad_enabled()
            yield is_grad_enabled()

    running = numbers()
    assert next(running) is False
    running.close()
    assert is_grad_enabled()


def test_tasks_do_not_leak():
    x = Value(2.0)

    async def inside(started, go_on):
        with no_grad():
            started.set()
            await go_on.wait()
            return (x * 2).op is None

    async def outside(started, go_on):
        await started.wait()
        found = (x * 2).op is not None
        go_on.set()
        return found

    async def both():
        started, go_on = asyncio.Event(), asyncio.Event()
        return await asyncio.gather(inside(started, go_on), outside(started, go_on))

    assert asyncio.run(both()) == [True, True]


def test_source_lines_stay_in_their_thread():
    x = Value(1.0)

    def line_without():
        return trace(x * 2).root.line

    with source_lines(), ThreadPoolExecutor(1) as pool:
        assert trace(x * 2).root.line is not None
        assert pool.submit(line_without).result() is None


def test_eight_threads_with_shared_value_leaves():
    w = [Value(0.5), Value(-0.25)]
    b = Value(0.1)

    def work(n):
        for i in range(60):
            y = dot(w, [float(n), float(i)], b) * 2 + w[0] * w[1]
            y.backward()
            assert y.grad == 1.0

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    count = 8 * 60
    assert b.grad == 2 * count
    assert w[0].grad == 2 * 60 * sum(range(8)) - 0.25 * count
    assert w[1].grad == 2 * 8 * sum(range(60)) + 0.5 * count


def test_eight_threads_with_a_shared_value_graph():
    a = Value(3.0)
    shared = (a * a).tanh() + a * 2
    y = shared * shared
    y.backward()
    once = a.grad
    a.grad = shared.grad = y.grad = None

    def work(_):
        for _ in range(50):
            y.backward()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert y.grad == 400.0
    assert a.grad == pytest.approx(400 * once, rel=1e-12)


def test_eight_threads_with_shared_tensor_leaves():
    w = Tensor(np.ones((3, 3)), requires_grad=True)

    def work(n):
        for _ in range(60):
            ((w @ np.full((3, 1), float(n))) * 2).sum().backward()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    np.testing.assert_array_equal(w.grad, np.full((3, 3), 2.0 * 60 * sum(range(8))))


def test_threads_with_hooks_and_bridges():
    a = Value(2.0)
    handle = a.register_hook(lambda g: g * 2)
    x = Tensor([1.0, 2.0], requires_grad=True)

    def work(_):
        for _ in range(40):
            first, second = x.to_values()
            (first * second * a).backward()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    handle.remove()
    assert a.grad == 320 * 2 * 2.0
    assert x.grad.tolist() == [320 * 4.0, 320 * 2.0]
