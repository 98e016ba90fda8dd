"""Several watchers and listeners at once: each sees everything, and nothing stays open."""

import threading

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value
from autograd.recording import mode, watching
from autograd.watching import (
    Watcher,
    listeners,
    listening,
    open_watchers,
    start_listening,
    start_watching,
    stop_listening,
    stop_watching,
    tell,
)


@pytest.fixture(autouse=True)
def nothing_left_on():
    before = mode.special, listening[0]
    yield
    assert (mode.special, listening[0]) == before
    assert watching.get() is None
    assert listeners() == ()


class Noting(Watcher):
    def __init__(self):
        self.seen = []

    def applied(self, apply, op, *rest):
        made = apply(op, *rest)
        self.seen.append(f"forward {op.name}")
        return made

    def pulled(self, pull, node, g, create_graph):
        self.seen.append(f"backward {node.op.name}")
        return pull(node, g, create_graph)

    def swept(self, sweep, root, *rest):
        self.seen.append("swept")
        return sweep(root, *rest)


class Hearing:
    def __init__(self):
        self.heard = []

    def hear(self, event, *things):
        self.heard.append((event, *things))


def test_each_watcher_sees_every_operation_and_the_profile_is_the_innermost():
    one, two = Noting(), Noting()
    x = Tensor(np.ones((2, 3)), requires_grad=True)
    with autograd.profile() as p:
        start_watching(one)
        start_watching(two)
        assert [type(w).__name__ for w in open_watchers()] == ["Noting", "Noting", "_Timer"]
        (x * 2).sum().backward()
        (Value(2.0) * 3).backward()
        assert stop_watching() is two
        (x + 1).sum()
        assert stop_watching() is one
    expected = ["forward mul", "forward sum", "backward sum", "backward mul", "forward mul"]
    assert two.seen == [*expected, "swept"]
    assert one.seen == [*expected, "swept", "forward add", "forward sum"]
    assert sum(row.calls for row in p.rows) == 8
    assert x.grad.tolist() == [[2.0] * 3] * 2


def test_what_one_changes_the_others_see():
    class Doubling(Watcher):
        def pulled(self, pull, node, g, create_graph):
            return [(slot, to, 2 * sent) for slot, to, sent in pull(node, g, create_graph)]

    x = Tensor([1.0], requires_grad=True)
    start_watching(Doubling())
    start_watching(Doubling())
    (x * 3).backward()
    stop_watching()
    stop_watching()
    assert x.grad.tolist() == [12.0]


def test_an_error_inside_leaves_the_watchers_open():
    one = Noting()
    start_watching(one)
    with pytest.raises(autograd.ShapeError):
        Tensor(np.ones((2, 3))) @ np.ones((2, 3))
    assert open_watchers() == (one,)
    Tensor([1.0]) * 2
    stop_watching()
    assert one.seen == ["forward mul"]


def test_another_thread_is_not_watched_and_not_told():
    one, ear = Noting(), Hearing()
    start_watching(one)
    start_listening(ear)
    thread = threading.Thread(target=lambda: (Value(1.0) * 2).backward())
    thread.start()
    thread.join()
    stop_listening(ear)
    stop_watching()
    assert (one.seen, ear.heard) == ([], [])


@pytest.mark.parametrize("make", [lambda: Value(2.0), lambda: Tensor(2.0, requires_grad=True)])
def test_listeners_are_told_of_every_pass_in_order(make):
    first, second = Hearing(), Hearing()
    start_listening(first)
    start_listening(second)
    root = make() * 3
    root.backward()
    stop_listening(first)
    tell("something", 1)
    stop_listening(second)
    root.backward()
    passes = [("before_backward", root), ("after_backward", root)]
    assert [event for event, *_ in first.heard] == [event for event, _ in passes]
    assert all(heard[1] is root for heard in first.heard)
    assert second.heard[-1] == ("something", 1)
