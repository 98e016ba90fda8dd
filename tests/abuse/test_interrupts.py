"""Ctrl-C at any line of ours: no gradient is half added, no weight half updated, nothing lost.

A tracer raises KeyboardInterrupt, or sends the process what Ctrl-C sends, when the n-th line of our
code is reached; n goes over the whole run.
"""

import linecache
import random
import signal
import sys
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value, dot
from autograd.depositing import adding_gradients
from nn.modules import naming
from nn.modules.rehearsal import rehearsal
from nn.saving.undo import undone_on_failure

OWN = tuple(module.__file__.rpartition("/")[0] + "/" for module in (autograd, nn))
pytestmark = pytest.mark.skipif(
    sys.gettrace() is not None, reason="a debugger or a coverage tool holds the one tracer"
)


class AtLine:
    """Does something when the n-th line of our code is reached; counts them all if n is None."""

    def __init__(self, number: int | None, act: Callable[[], None]) -> None:
        self.number, self.act, self.lines = number, act, 0

    def __enter__(self) -> "AtLine":
        sys.settrace(self._entered)
        return self

    def __exit__(self, *exc: object) -> None:
        sys.settrace(None)

    def _entered(self, frame: Any, event: str, arg: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(OWN) else None

    def _line(self, frame: Any, event: str, arg: Any) -> Any:
        if event == "line" and not _leaves_a_block(frame):
            self.lines += 1
            if self.lines == self.number:
                sys.settrace(None)
                self.act()
        return self._line


def _leaves_a_block(frame: Any) -> bool:
    """A tracer also stops where no signal comes through: at ``try``, and before __exit__ is called.

    Inside one that is written in Python it does, as in any such class: that is left out here, too;
    and inside ``__del__``, out of which Python lets no exception.
    """
    if frame.f_code.co_name in ("__enter__", "__exit__", "__del__"):
        return True
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    return line.lstrip().startswith(("with ", "try:", "return"))


def interrupt() -> None:
    raise KeyboardInterrupt


def ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def lines_of(act: Callable[[], Any]) -> int:
    with AtLine(None, interrupt) as counted:
        act()
    return counted.lines


# ------------------------------------------------------------------------------ backward


def values():
    w = [Value(0.5), Value(-0.3)]
    hidden = dot(w, [1.0, 2.0], Value(0.1)).tanh()
    return (hidden * w[0] + hidden.exp()) ** 2, w


def tensors():
    w = Tensor(np.ones((2, 2)), requires_grad=True)
    b = Tensor([0.1, 0.2], requires_grad=True)
    hidden = (np.ones((3, 2)) @ w + b).tanh()
    return (hidden * b + hidden[0].exp()).sum(), [w, b]


def across():
    a, t = Value(0.5), Tensor([1.0, 2.0], requires_grad=True)
    return (autograd.tensor_from_values([a, a * 2]) * t).sum(), [a, t]


def all_nodes(result):
    return autograd.engine.topological_order(result)


@pytest.mark.parametrize("build", [values, tensors, across])
@pytest.mark.parametrize("already", [False, True], ids=["first", "second"])
def test_backward_adds_every_gradient_or_none(build, already):
    result, _ = build()
    nodes = all_nodes(result)
    if already:
        result.backward()
    before = [None if n.grad is None else np.array(n.grad) for n in nodes]
    result.backward()
    after = [None if n.grad is None else np.array(n.grad) for n in nodes]
    assert any(a is not None for a in after)
    for number in count():
        for node, grad in zip(nodes, before, strict=True):
            node.grad = None if grad is None else np.array(grad) if np.ndim(grad) else float(grad)
        watch = AtLine(number + 1, interrupt)
        try:
            with watch:
                result.backward()
        except KeyboardInterrupt:
            pass
        else:
            assert watch.lines <= number, "the interrupt was swallowed"
            break
        found = [None if n.grad is None else np.array(n.grad) for n in nodes]
        same = [all(map(equal, found, wanted)) for wanted in (before, after)]
        assert any(same), number
        for node in nodes:  # and the next pass is as good as any
            node.grad = None
        result.backward()
        for node, grad, old in zip(nodes, after, before, strict=True):
            if grad is not None:
                once = grad if old is None else grad - old
                np.testing.assert_allclose(node.grad, once, rtol=1e-12)
    assert number > 20
    assert not adding_gradients._is_owned()


def equal(a, b):
    return (a is None and b is None) or (a is not None and b is not None and np.array_equal(a, b))


def test_the_switches_are_back_after_an_interrupt():
    def inside():
        with autograd.no_grad(), autograd.source_lines():
            (Value(2.0) * 3).tanh()

    inside()
    for number in range(1, lines_of(inside) + 1):
        with pytest.raises(KeyboardInterrupt), AtLine(number, interrupt):
            inside()
        assert autograd.is_grad_enabled()
        assert (Value(2.0) * 3).op is not None


# ------------------------------------------------------------------------------ a step


def small_model():
    return nn.Sequential(nn.Linear(2, 3, generator=1), nn.Tanh(), nn.Linear(3, 2, generator=2))


X = np.random.default_rng(0).normal(size=(10, 2))
Y = (X.sum(axis=1) > 0).astype(int)


def bits(model):
    return b"".join(p.data.tobytes() for p in model.parameters())


def train(model, **settings):
    return nn.fit(
        model, X, Y, loss="cross_entropy", optimizer=nn.Adam(model.parameters(), lr=0.05),
        epochs=2, batch_size=4, progress=False, **settings,
    )  # fmt: skip


def weights_after_each_batch():
    model = small_model()
    seen = [bits(model)]

    class Look(nn.callbacks.Callback):
        def on_batch_end(self, run):
            seen.append(bits(model))

    train(model, callbacks=[Look()])
    return seen


@pytest.mark.slow
@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(), reason="signals come to the main"
)
def test_ctrl_c_at_any_line_of_fit():
    """The weights are those after a whole number of batches, and the history knows its epochs."""
    whole = weights_after_each_batch()
    model = small_model()
    lines = lines_of(lambda: train(model))
    assert bits(model) == whole[-1]
    numbers = np.unique(np.linspace(1, lines, 250).astype(int))
    kinds = {"untouched": 0, "interrupted": 0, "at the end": 0}
    for number in numbers:
        model = small_model()
        history = None
        try:
            with AtLine(int(number), ctrl_c):
                history = train(model)
        except KeyboardInterrupt:  # before the training, or after it
            assert bits(model) in (whole[0], whole[-1]), number
            kinds["untouched" if bits(model) == whole[0] else "at the end"] += 1
            continue
        assert bits(model) in whole, number
        batches = whole.index(bits(model))
        # an epoch is finished once it is measured; until then its last batch may be done
        assert history.epochs in (batches // 3, max(batches - 1, 0) // 3), number
        assert len(history.get("loss", [])) == history.epochs, number
        kinds["interrupted"] += history.interrupted
        if not history.interrupted:
            assert bits(model) == whole[-1]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert kinds["interrupted"] > 100, kinds


def test_no_scope_is_left_open():
    model, x = small_model(), np.zeros((1, 2))
    for number in count():
        watch = AtLine(number + 1, interrupt)
        try:
            with watch, naming.scopes(model):
                model(x)
        except KeyboardInterrupt:
            pass
        else:
            break
        assert naming.scopes_open == [], number


def restless_model():
    """A model that a run changes in many places: sizes, running means, labels, generators."""
    return nn.Sequential(
        nn.LazyLinear(4, generator=1), nn.BatchNorm1d(4), nn.Dropout(0.5, generator=2),
        nn.Linear(4, 2, generator=3),
    )  # fmt: skip


def everything_of(model):
    """What a rehearsal must leave alone, as something that can be compared."""
    drop = model[2].generator.bit_generator.state
    return (
        [(type(p), [(k, id(v)) for k, v in vars(p).items()]) for p in model.modules()],
        [(type(node), node.label, node.requires_grad) for _, node in model.named_nodes()],
        [buffer.data.tobytes() for buffer in model.buffers()],
        drop, random.getstate(), str(np.random.get_state()), naming.scopes_open,  # noqa: NPY002
    )  # fmt: skip


@pytest.mark.parametrize("fails", [False, True], ids=["well", "error"])
def test_a_rehearsal_that_is_broken_off_at_its_end_has_changed_nothing(fails):
    model, x = restless_model(), np.ones((3, 2))
    before = everything_of(model)
    for number in count(1):
        try:
            with AtLine(None, interrupt) as watch, rehearsal(model):
                model(x)
                watch.number, watch.lines = number, 0  # counted from here, where it is put back
                assert not fails
        except (KeyboardInterrupt, AssertionError):
            pass
        assert everything_of(model) == before, number
        if watch.lines < number:
            break
    assert number > 100


def test_a_failed_loading_that_is_broken_off_at_any_line_has_changed_nothing():
    model = small_model()
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    nn.fit(model, X, Y, loss="cross_entropy", optimizer=optimizer, epochs=1, progress=False)

    def state():
        kept = {id(p): {k: np.array(v) for k, v in s.items()} for p, s in optimizer.state.items()}
        return bits(model), repr(vars(optimizer)), repr(kept)

    before = state()
    for number in count(1):
        try:
            with AtLine(number, interrupt) as watch, undone_on_failure(model, optimizer, (), {}):
                for p in model.parameters():
                    p.data = p.numpy() * 2
                optimizer.state.clear()
                optimizer.param_groups[0]["lr"] = 7.0
                raise ValueError
        except (KeyboardInterrupt, ValueError):
            pass
        assert state() == before, number
        if watch.lines < number:
            break
    assert number > 20


@pytest.mark.slow
def test_ctrl_c_at_any_line_with_a_checkpoint_is_resumed_bit_for_bit(tmp_path):
    whole = weights_after_each_batch()[-1]
    path = tmp_path / "run.npz"
    lines = lines_of(lambda: train(small_model(), checkpoint=path))
    for number in np.unique(np.linspace(1, lines, 60).astype(int)):
        path.unlink(missing_ok=True)
        model = small_model()
        try:
            with AtLine(int(number), ctrl_c):
                train(model, checkpoint=path, resume=True)
        except KeyboardInterrupt:
            pass
        assert naming.scopes_open == [], number
        model = small_model()
        train(model, checkpoint=path, resume=True)
        assert bits(model) == whole, number
