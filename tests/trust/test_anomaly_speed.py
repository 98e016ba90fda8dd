"""Why the anomaly detector is fast on Values: how often it does what, and that it stays right."""

import contextvars

import pytest

import autograd
import nn
from autograd import AnomalyError, Value, detect_anomaly, no_grad, value_operations, weighted
from autograd.anomaly_detector import Detector
from autograd.node import line_text
from autograd.recording import mode, watching
from autograd.watching import Watcher, open_watchers, start_watching, stop_watching


@pytest.fixture
def calls(monkeypatch):
    """How often the detector is asked, and how often the stack is searched for the user's line."""
    counts = {"applied": 0, "shown": 0, "searched": 0}

    def counted(owner, name, key):
        plain = getattr(owner, name)

        def method(*args):
            counts[key] += 1
            return plain(*args)

        monkeypatch.setattr(owner, name, method)

    counted(Detector, "applied", "applied")
    counted(Detector, "shown", "shown")
    counted(weighted, "caller_line", "searched")
    return counts


def lines_of(*nodes):
    (detector,) = open_watchers()
    return [line_text(detector.lines[id(node)]) for node in nodes]


def test_common_ops_on_values_do_without_the_detector_as_long_as_they_are_finite(calls):
    a = Value(2.0)
    with detect_anomaly(inf="ignore"):
        b = a * a + 1
        c = 2 - (b**3).tanh()
        assert len(lines_of(b, c)) == 2
        assert calls == {"applied": 0, "shown": 0, "searched": 0}
        a * float("inf")
        assert calls["shown"] == 1
    assert calls["applied"] == 0


@pytest.mark.parametrize("fused", [True, False])
def test_a_layer_searches_for_the_users_line_once(calls, fused):
    layer = nn.Layer(3, 5, activation="tanh", fused=fused)
    with detect_anomaly():
        first, second = layer([1.0, 2.0, 3.0]), layer([Value(1.0)] * 3)
        third = layer([1.0, 2.0, 3.0])
        made_at = lines_of(*first, *second, *third)
    assert calls == {"applied": 0, "shown": 0, "searched": 3}
    here = made_at[0]
    assert here.startswith("test_anomaly_speed.py:")
    number = int(here.rpartition(":")[2])
    assert made_at == [here] * 10 + [f"test_anomaly_speed.py:{number + 1}"] * 5


def test_a_layer_that_runs_the_users_code_searches_each_time():
    def bend(value):
        return value.exp()

    class Own(nn.Neuron):
        def forward(self, x, numbers=None):
            return super().forward(x, numbers).exp()

    layer = nn.Layer(1, 2, activation=bend)
    with detect_anomaly():
        out = layer([1.0])
        (there,) = set(lines_of(*out))
    assert there.endswith(f":{bend.__code__.co_firstlineno + 1}")
    layer.neurons = [Own(1, activation="linear"), nn.Neuron(1, activation="linear")]
    with detect_anomaly():
        out = layer([1.0])
        of_own, of_ours = lines_of(*out)
    assert of_own.endswith(f":{Own.forward.__code__.co_firstlineno + 1}")
    assert of_own != of_ours


def test_an_error_in_a_layer_leaves_no_line_behind():
    layer = nn.Layer(2, 2)
    with detect_anomaly():
        before = watching.get()
        with pytest.raises(autograd.ShapeError):
            layer([1.0])
        assert watching.get() is before
        with pytest.raises(AnomalyError):
            layer([float("nan"), 1.0])
        assert watching.get() is before
        assert before.line is None


def test_a_second_watcher_sees_everything(calls):
    class Noting(Watcher):
        seen = 0

        def applied(self, apply, op, *rest):
            self.seen += 1
            return apply(op, *rest)

    other = Noting()
    layer = nn.Layer(2, 2, activation="tanh")
    with detect_anomaly():
        start_watching(other)
        layer([1.0, 2.0])[0] * 2
        assert stop_watching() is other
        assert (other.seen, calls["applied"]) == (5, 5)
        layer([1.0, 2.0])[0] * 2
    assert (other.seen, calls["applied"]) == (5, 5)


def test_nothing_is_recorded_without_gradients_also_where_the_block_is_closed_already():
    a, late = Value(2.0), []
    with detect_anomaly():
        with no_grad():
            assert (a * a).op is None
            assert autograd.dot([a, a], [a, a], a).op is None
        inside = contextvars.copy_context()

    def made():
        with no_grad():
            late.extend([a * a, a.tanh(), 2.0 * a, autograd.dot([a, a], [a, a], a)])

    inside.run(made)
    assert [node.op for node in late] == [None] * 4
    assert mode.special == 0


def test_a_value_of_a_class_of_its_own_is_looked_at_once():
    class Own(Value):
        pass

    a, own = Value(1e200), Own(1e200)
    for run in (lambda: a * own, lambda: own * a, lambda: own * 1e200):
        with detect_anomaly() as found, pytest.raises(AnomalyError, match="mul"):
            run()
        assert len(found) == 1
    with detect_anomaly(), pytest.raises(TypeError):
        a * "two"


def test_methods_for_watched_values_are_made_when_they_are_needed():
    op = autograd.OPS["log1p"]
    value_operations._kernels.pop((op, False), None)
    method = value_operations._kernel(op, False)
    assert "watched_log1p" not in method.__globals__
    method(Value(1.0))
    assert "watched_log1p" not in method.__globals__
    with detect_anomaly():
        method(Value(1.0))
    assert method.__globals__["unusual"] is method.__globals__["watched_log1p"]
