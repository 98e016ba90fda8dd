"""Where a bad number began: found at its source, in values and in gradients, and said in full."""

import contextvars
import gc
import threading
import warnings
import weakref
from collections import Counter

import numpy as np
import pytest

import autograd
import nn
import viz
from autograd import (
    AnomalyError,
    AnomalyWarning,
    Tensor,
    Value,
    detect_anomaly,
    no_grad,
    set_detect_anomaly,
)
from autograd.anomaly_detector import Detector
from autograd.recording import mode, watching
from autograd.watching import listening

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.fixture(autouse=True)
def nothing_left_on():
    before = mode.special, listening[0]
    yield
    assert (mode.special, listening[0]) == before
    assert watching.get() is None


def line_here(offset=0):
    """The line of the test that calls this, as the messages write it."""
    import sys

    return f"test_anomaly.py:{sys._getframe(1).f_lineno + offset}"


def caught(function, **policy):
    with pytest.raises(AnomalyError) as found, detect_anomaly(**policy):
        function()
    return found.value


def parameter(numbers, label=None):
    return Tensor(np.array(numbers, dtype=float), requires_grad=True, label=label)


# ------------------------------------------------------------------------------- forward
def test_the_op_that_makes_a_nan_is_named_with_line_operand_and_element():
    lines = []

    def run():
        x = parameter([[1.0, 2.0], [3.0, 0.0]])
        shifted = x - 1
        lines.append(line_here(1))
        scores = autograd.log(shifted)
        return scores.mean()

    error = caught(run)
    report = error.report
    assert (report.op, report.kind, report.phase) == ("log", "nan", "forward")
    assert (report.line, report.place, report.entered) == (lines[0], (1, 1), None)
    assert f"log made nan (1 of 4 elements) of finite numbers ({lines[0]})" in str(error)
    assert "shifted[1, 1] = -1" in str(error)
    assert "Fix: keep it above 0" in str(error)
    assert "scores = autograd.log(shifted)" in report.text
    assert "shifted (2, 2): -1 to 2" in report.text


def test_the_traceback_goes_through_the_users_line():
    x = parameter([-1.0])
    with pytest.raises(AnomalyError) as found, detect_anomaly():
        autograd.sqrt(x)
    own = [entry for entry in found.traceback if "test_anomaly" in str(entry.path)]
    assert "autograd.sqrt(x)" in str(own[-1].statement)


def made_by(op, function):
    report = caught(function).report
    assert (report.op, report.entered) == (op, None)
    return report


def test_overflow_and_division_by_zero_are_found_where_they_are_made():
    x, zero = parameter([1.0, 800.0], "x"), parameter([[1.0], [0.0]], "zero")
    assert made_by("exp", lambda: autograd.exp(x)).place == (1,)
    report = made_by("div", lambda: x / zero)
    assert report.place == (1, 0)
    assert "x[0] = 1, zero[1, 0] = 0" in report.text
    assert "1, zero[1, 0] = 0. Fix" in made_by("div", lambda: 1.0 / zero).text
    huge = parameter([[1e200, 1e200]])
    assert "inf at [0, 0]" in made_by("matmul", lambda: huge @ huge.T).text
    assert made_by("pow", lambda: parameter([-2.0]) ** 0.5).kind == "nan"


def test_values_are_watched_like_tensors():
    b = Value(800.0, label="b")
    lines = []

    def run():
        doubled = b * 2
        lines.append(line_here(1))
        out = doubled.exp()
        return out + 1

    report = caught(run).report
    assert (report.op, report.kind, report.line) == ("exp", "inf", lines[0])
    assert "doubled = 1600" in report.text


@pytest.mark.parametrize(
    ("op", "make"),
    [
        ("weighted_sum", lambda v: autograd.dot([v, v], [v, 1.0], 0.0)),
        ("sum", lambda v: autograd.sum([v, v * 1.0])),
        ("mul", lambda v: v * 1e10),
        ("mul", lambda v: 1e10 * v),
        ("square", lambda v: v.square()),
        ("pow", lambda v: v**3),
    ],
)
def test_every_way_to_make_a_value_is_watched(op, make):
    report = caught(lambda: make(Value(1.7e308))).report
    assert (report.op, report.kind) == (op, "inf")


def test_a_neuron_of_a_model_of_values_is_named_by_the_users_line():
    model = nn.MLP(2, [3, 1])
    with no_grad():
        model.parameters()[0].data = float("inf")
    lines = []

    def run():
        lines.append(line_here(1))
        return model([1.0, 2.0]) - model([1.0, 2.0])

    report = caught(run).report
    assert report.kind == "nan"
    assert report.entered is not None


# ------------------------------------------------------------------------------- data
def test_a_nan_that_came_in_as_data_is_told_apart():
    features = np.ones((3, 2))
    features[2, 1] = np.nan
    weight = parameter(np.ones((2, 1)))
    error = caught(lambda: (features @ weight).sum())
    assert error.report.entered == "features"
    assert error.report.op == "matmul"
    assert str(error).startswith("nan came in with features[2, 1] (1 of 6 elements); matmul used")


def test_a_leaf_with_a_nan_is_data_too():
    x = parameter([1.0, np.nan], "x")
    assert caught(lambda: x * 2).report.entered == "x"
    v = Value(float("nan"), label="v")
    assert caught(lambda: v * 2).report.entered == "v"


def test_data_that_is_masked_away_is_no_anomaly():
    x = parameter([1.0, np.nan])
    scores, mask = parameter(np.zeros((2, 2))), np.array([[0.0, -np.inf], [0.0, 0.0]])
    with detect_anomaly():
        kept = autograd.where(np.array([True, False]), x, 0.0)
        share = autograd.softmax(scores + mask)[0, 0]
        (kept.sum() + share).backward()
    assert x.grad.tolist() == [1.0, 0.0]


def test_an_infinity_in_the_data_is_told_of_when_it_does_harm():
    mask = np.array([0.0, -np.inf])
    scores = parameter([1.0, 1.0])
    moved = []

    def into_the_loss():
        (scores + mask).sum().backward()

    def into_a_nan():
        masked = scores + mask
        moved.append(line_here(1))
        return masked - masked

    error = caught(into_the_loss)
    assert str(error).startswith("-inf came in with mask[1]")
    assert "inf reached what backward() starts from" in str(error)
    assert error.report.path == ("add", "sum")
    error = caught(into_a_nan)
    assert (error.report.entered, error.report.kind) == ("mask", "nan")
    assert f"it became nan in sub ({moved[0]})" in str(error)
    assert scores.grad is None


# ------------------------------------------------------------------------------- backward
def test_the_case_that_pytorch_blames_on_a_later_line():
    # pytorch issue 160016: the root has an infinite slope at 0, and a nan loss passes there
    lines = []
    x = parameter([-1.0, 0.0, 4.0], "x")

    def run():
        y = autograd.relu(x)
        lines.append(line_here(1))
        y = autograd.sqrt(y)
        (y * y).sum().backward()

    error = caught(run)
    report = error.report
    assert (report.op, report.phase, report.line) == ("sqrt", "backward", lines[0])
    assert report.place == (0,)
    assert "its slope at relu(...)[0] = 0 is inf" in str(error)
    assert report.path == ("sqrt", "mul", "sum")
    assert x.grad is None


@pytest.mark.parametrize("inside", [True, False], ids=["made inside", "made before"])
def test_a_loss_of_nan_does_not_pass(inside):
    x = parameter([0.5, 2.0], "x")

    def loss():
        return (autograd.log(1 - x) * 2).sum()

    made = loss()
    error = caught((lambda: loss().backward()) if inside else made.backward)
    assert error.report.op == "log"
    assert error.report.kind == "nan"
    assert inside or error.report.path == ("log", "mul", "sum")
    assert x.grad is None


def test_a_loss_of_nan_of_values_made_before():
    v = Value(1e200, label="v")
    square = v * v
    loss = (square - square) * 2
    report = caught(loss.backward).report
    assert (report.op, report.kind) == ("mul", "nan")
    assert report.path == ("mul", "sub", "mul")
    assert v.grad is None


def test_the_trap_of_where_names_its_cure():
    x = parameter([0.0, 2.0], "x")
    error = caught(lambda: autograd.where(x > 0, autograd.sqrt(x), x).sum().backward())
    assert (error.report.op, error.report.kind, error.report.place) == ("sqrt", "nan", (0,))
    assert "0 times infinity is nan" in str(error)
    assert "safe = where(ok, x, 1.0)" in str(error)


def test_a_sweep_of_values_is_looked_at_before_anything_is_added():
    a = Value(0.0, label="a")
    b = Value(3.0, label="b")
    b.grad = 5.0
    lines = []

    def run():
        product = a * b
        lines.append(line_here(1))
        root = product.sqrt()
        (root + b).backward()

    report = caught(run).report
    assert (report.op, report.line, report.phase) == ("sqrt", lines[0], "backward")
    assert "its slope at product = 0 is inf, and 1 arrived" in report.text
    assert (a.grad, b.grad) == (None, 5.0)


def test_an_op_without_a_slope_per_element_and_a_sum_that_overflows():
    row, big = parameter(np.full(2, 0.1), "row"), np.full((2, 2), 1.5e308)
    report = caught(lambda: ((row * big) * 0.1).sum().backward(10.0)).report
    assert (report.op, report.kind, report.place) == ("mul", "inf", (0,))
    assert "it was given row (2,): 0.1 to 0.1" in report.text
    report = caught(lambda: parameter([[1e200]], "m") @ np.full((1, 2), 1e200) * 0).report
    assert report.op == "matmul"
    one = parameter(0.1, "one")
    with detect_anomaly(inf="ignore"):
        (one * big).sum().backward()
    assert np.isinf(one.grad)


def test_gradients_by_function_and_of_higher_order_are_watched():
    with pytest.raises(AnomalyError, match="sqrt"), detect_anomaly():
        autograd.grad(lambda x: x.sqrt().sum())(np.array([0.0, 1.0]))
    with pytest.raises(AnomalyError), detect_anomaly():
        autograd.hessian(lambda x: (x**1.5).sum())(np.array([0.0, 1.0]))
    with detect_anomaly():
        assert autograd.hessian(lambda x: (x**3).sum())(np.array([1.0])).tolist() == [[6.0]]


@pytest.mark.parametrize("make", [lambda: Value(1.0, label="x"), lambda: parameter(1.0, "x")])
def test_gradients_whose_sum_overflows_and_hooks_that_spoil_them(make):
    x = make()

    middle = x * 1e-300
    root = middle * 1.7e308 + middle * 1.7e308
    error = caught(root.backward)
    assert (error.report.op, error.report.kind, error.report.phase) == ("mul", "inf", "backward")
    assert "the gradients that meet in mul become inf" in str(error)
    assert x.grad is None
    middle = x * 2.0
    middle.register_hook(lambda g: g * float("nan"))
    assert "what a hook made of it" in str(caught((middle * 3.0).backward))


# ------------------------------------------------------------------------------- policy
def test_warnings_come_once_per_place_and_name_the_users_line():
    x = parameter([-1.0], "x")
    with warnings.catch_warnings(record=True) as said, detect_anomaly(nan="warn") as found:
        warnings.simplefilter("always")
        for _ in range(3):
            here = line_here(1)
            y = autograd.log(x) * 2
            (y + 1).sum().backward()
    ours = [one for one in said if one.category is AnomalyWarning]
    assert len(ours) == len(found) == 1
    assert f"{ours[0].filename.rpartition('/')[2]}:{ours[0].lineno}" == here
    assert found[0].op == "log"


def test_a_nan_of_an_infinity_that_was_ignored_is_told_with_where_that_began():
    x = parameter([0.0, 1.0], "x")

    def run():
        logs = autograd.log(x)
        return logs - logs

    report = caught(run, inf="ignore").report
    assert (report.op, report.kind) == ("log", "nan")
    assert "it became nan in sub" in report.text
    with no_grad():
        report = caught(run, inf="ignore").report
        assert "log (test_anomaly.py" in report.text


def test_ignored_means_nothing_is_said():
    x = parameter([0.0, -1.0])
    with detect_anomaly(nan="ignore", inf="ignore") as found:
        (autograd.log(x) / 0.0).sum().backward()
    assert found == []
    assert np.isnan(x.grad).any() or np.isinf(x.grad).any()


def test_the_inner_block_says_what_is_done():
    x = parameter([-1.0])
    with detect_anomaly():
        with detect_anomaly(nan="ignore"):
            y = autograd.log(x)
        with pytest.raises(AnomalyError):
            autograd.sqrt(x)
        with pytest.raises(AnomalyError):
            y.sum().backward()


def test_from_now_on_until_it_is_turned_off():
    x = parameter([-1.0])
    set_detect_anomaly(True)
    try:
        with autograd.profile():  # closes after the other was opened
            with pytest.raises(AnomalyError):
                autograd.log(x)
            set_detect_anomaly(True, nan="ignore")
            autograd.log(x)
        autograd.log(x)
        with set_detect_anomaly(False):
            autograd.sqrt(x)
        with set_detect_anomaly(True), pytest.raises(AnomalyError):
            autograd.sqrt(x)
        autograd.sqrt(x)
    finally:
        set_detect_anomaly(False)
    autograd.log(x)


def test_as_a_decorator():
    @detect_anomaly(nan="raise")
    def logarithm(x):
        return autograd.log(x)

    with pytest.raises(AnomalyError):
        logarithm(parameter([-1.0]))
    assert logarithm(parameter([1.0])).tolist() == [0.0]


@pytest.mark.parametrize("wrong", [{"nan": "stop"}, {"inf": None}])
def test_an_unknown_action_is_refused(wrong):
    with pytest.raises(ValueError, match="'raise', 'warn' or 'ignore'"):
        detect_anomaly(**wrong)


def test_another_thread_is_left_alone():
    results = []
    with detect_anomaly():
        thread = threading.Thread(target=lambda: results.append(autograd.log(parameter([-1.0]))))
        thread.start()
        thread.join()
        contextvars.Context().run(lambda: results.append(Value(1e300) * 1e300))
    assert len(results) == 2


def test_pytorchs_spelling():
    torch = autograd
    with torch.autograd.detect_anomaly(), pytest.raises(RuntimeError, match="log"):
        torch.log(torch.tensor([-1.0], requires_grad=True))


# ------------------------------------------------------------------------------- cost, pictures
def count_calls(name, monkeypatch):
    calls = Counter()
    plain = getattr(Detector, name)

    def counted(self, *args):
        calls[args[1].name if name == "applied" else args[1].op.name] += 1
        return plain(self, *args)

    monkeypatch.setattr(Detector, name, counted)
    return calls


def test_each_result_and_each_gradient_is_looked_at_once(monkeypatch):
    forward = count_calls("applied", monkeypatch)
    backward = count_calls("pulled", monkeypatch)
    x, w = parameter(np.ones((4, 3))), parameter(np.ones((3, 2)))
    with detect_anomaly():
        ((x @ w).tanh() * 2).sum().backward()
    assert forward == backward == {"matmul": 1, "tanh": 1, "mul": 1, "sum": 1}


def test_what_is_computed_is_the_same():
    def run():
        model = nn.MLP(2, [4, 1], generator=0)
        loss = sum((model([0.1 * i, 1.0]) - 1.0) ** 2 for i in range(5))
        loss.backward()
        return [loss.data, *(p.grad for p in model.parameters())]

    plain = run()
    with detect_anomaly():
        assert run() == plain


def test_while_it_is_off_an_operation_reads_nothing_but_the_flag(monkeypatch):
    from autograd import kernels

    assert kernels.source_of(autograd.OPS["mul"]).count("mode") == 1

    def fail(*args):
        raise AssertionError("a watcher was asked for")

    monkeypatch.setattr(type(mode), "watcher", fail)
    x, v = parameter([1.0, 2.0]), Value(2.0)
    ((x * 2).tanh() @ x).backward()
    (autograd.dot([v, v], [v, 1.0], 0.0) * v).backward()
    assert v.grad is not None


def test_what_was_watched_dies_by_reference_count():
    gc.disable()
    try:
        with detect_anomaly(inf="ignore"):
            y = (parameter([1.0, 0.0]) * 2.0).log() * 1.0
            z = Value(2.0) * 3.0
            (y * 0.5).exp().sum()
            z.backward()
            alive = [weakref.ref(y), weakref.ref(z)]
            del y, z
            assert [one() for one in alive] == [None, None]
    finally:
        gc.enable()


def test_finite_numbers_whose_sum_is_not_are_no_anomaly():
    with detect_anomaly():
        y = parameter([1.7e308, 1.7e308]) * 1.0
        z = parameter(np.full(4, 3e38), "z").astype(np.float32) * 1.0
    assert np.isfinite(y.numpy()).all()
    assert np.isfinite(z.numpy()).all()


def test_the_report_is_a_table_in_a_terminal_and_a_picture_in_a_notebook():
    x = parameter([[0.5, 2.0], [3.0, 0.0]], "x")

    def run():
        root = autograd.sqrt(x)
        loss = (root * 2).mean()
        loss.backward()

    error = caught(run)
    text = str(error.report)
    assert "its way from the result:" in text
    rows = [line.split()[0] for line in text.splitlines() if "test_anomaly.py:" in line][1:]
    assert rows == ["mean", "mul", "sqrt"]
    assert getattr(error, "__notes__", [text.partition("\n")[2]])[0] in text
    html = error.report._repr_html_()
    assert html.startswith("<pre>")
    assert "<img" in html
    picture = viz.draw(error)
    assert picture.svg.count('class="culprit"') == 1
    assert 'data-mark="culprit"' in picture.svg
    assert ">grad inf<" in picture.svg
    assert viz.draw(error.report).svg == picture.svg


def test_the_culprit_is_seen_in_a_graph_that_is_drawn_closed():
    model = nn.Sequential(*[nn.Linear(4, 4, generator=i) for i in range(60)])

    def run():
        with nn.scopes(model):
            h = autograd.sqrt(model(Tensor(np.ones((2, 4)))) * 0.0)
            for _ in range(90):
                h = (h + 1).tanh()
        h.sum().backward()

    error = caught(run)
    assert viz.draw(error).svg.count('class="culprit"') == 1
    assert error.report.op == "sqrt"
    assert "more)" in error.report.text


def test_hostile_labels_stay_labels():
    x = parameter([-1.0], "<script>alert(1)</script>")
    error = caught(lambda: autograd.log(x))
    assert "<script>" not in error.report._repr_html_()
    assert "<script>" not in viz.draw(error).svg


def test_before_python_3_11_the_notes_are_part_of_the_message():
    class Old(AnomalyError):
        @property
        def add_note(self):
            raise AttributeError

    assert str(Old("what happened", None, "and more")) == "what happened\nand more"
    assert str(AnomalyError("what happened")) == "what happened"


def drawn(op):
    """Every way of the table to call an op, well inside where it is defined."""
    r = np.random.default_rng(0)
    domains = op.sampled or op.domain
    if not op.samples:
        yield [d.sample(r, (3, 4)) for d in domains], {}
    for sample in op.samples:
        made = sample.make(r) if sample.make is not None else None
        yield made or [r.normal(size=shape) for shape in sample.shapes], dict(sample.settings)


@pytest.mark.parametrize("name", [name for name, op in autograd.OPS.items() if op.differentiable])
def test_no_op_of_the_table_is_blamed_for_good_numbers(name):
    op = autograd.OPS[name]

    def run(arrays, settings):
        inputs = [
            Tensor(a, requires_grad=True) if np.asarray(a).dtype.kind == "f" else a for a in arrays
        ]
        node = Tensor.apply_op(op, inputs, {**op.settings, **settings})
        if not node.requires_grad:
            return [node.numpy()]
        (node * node).sum().backward()
        return [node.numpy(), *(x.grad for x in inputs if isinstance(x, Tensor))]

    for arrays, settings in drawn(op):
        if not all(isinstance(a, (np.ndarray, float)) for a in arrays):
            continue
        plain = run(arrays, settings)
        with detect_anomaly():
            watched = run(arrays, settings)
        for one, other in zip(plain, watched, strict=True):
            np.testing.assert_array_equal(one, other)


def test_odd_things_among_the_users_variables_do_no_harm():
    class Sullen:
        """As a proxy whose owner is gone."""

        def __getattribute__(self, name):
            raise RuntimeError(name)

    class Endless(list):
        def __len__(self):
            return 10**9

    sullen, endless, x = Sullen(), Endless(), parameter([-1.0])
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"x\[0\] = -1"):
        autograd.log(x)
    del sullen, endless


def test_the_names_of_a_class_are_known_by_self():
    class Model:
        def __init__(self):
            self.scale = parameter([0.0])

        def run(self):
            return 1.0 / self.scale

    assert "self.scale[0] = 0" in str(caught(Model().run))
