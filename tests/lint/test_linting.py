"""The block itself: what it does with findings, who is looked at, and that it changes nothing."""

import threading
import warnings

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value
from autograd.linting import Linter, LintError, LintWarning
from autograd.linting.report import Finding, Report
from autograd.linting.rule import Rule
from autograd.recording import mode
from nn import functional as F
from nn.data import moons

X, Y = moons(60, seed=0)


def model_of(seed=0):
    return nn.Sequential(nn.Linear(2, 8, generator=seed), nn.Tanh(), nn.Linear(8, 2, generator=1))


def learn(model, steps=20, clear=True):
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        loss = F.cross_entropy(model(Tensor(X)), Y)
        if clear:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def test_findings_are_printed_at_the_end_once(capsys):
    with autograd.lint():
        learn(model_of(), clear=False)
        assert capsys.readouterr().err == ""
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("no-zero-grad") == 2  # the code, and the link
    with autograd.lint():
        learn(model_of())
    assert capsys.readouterr() == ("", "")


def test_an_unknown_way_is_refused():
    with pytest.raises(ValueError, match=r"lint: on='loud' came; needs one of 'print', 'collect'"):
        autograd.lint("loud")


def test_a_warning_that_is_an_error_ends_the_loop():
    with warnings.catch_warnings():
        warnings.simplefilter("error", LintWarning)
        with pytest.raises(LintWarning, match="no-zero-grad"), autograd.lint("warn"):
            learn(model_of(), clear=False)
    with pytest.raises(LintError) as caught, autograd.lint("raise"):
        learn(model_of(), clear=False)
    assert caught.value.finding.code == "no-zero-grad"


def test_nothing_is_changed():
    plain = learn(model_of(), steps=150).state_dict()
    with autograd.lint("collect"):
        watched = learn(model_of(), steps=150).state_dict()
    for name, array in plain.items():
        np.testing.assert_array_equal(array, watched[name])


def test_values_stay_fast_as_no_operation_is_watched():
    with autograd.lint("collect"):
        assert mode.special == 0


def test_the_graph_is_let_go():
    import gc
    import weakref

    gc.collect()
    gc.disable()
    try:
        with autograd.lint("collect"):
            model = model_of()
            loss = F.cross_entropy(model(Tensor(X)), Y)
            loss.backward()
            seen = weakref.ref(loss)
            del loss
            assert seen() is None
    finally:
        gc.enable()


def test_passes_are_looked_at_closely_at_first_and_then_now_and_then():
    linter, close = Linter("collect"), []
    w = Value(1.0)
    with linter as report:
        for _ in range(320):
            w.backward()
            close.append(linter.close)
    expected = {*range(1, 11), *range(100, 103), *range(200, 203), *range(300, 303)}
    assert {i for i, one in enumerate(close, start=1) if one} == expected
    assert report.steps == 320


def test_a_new_model_is_looked_at_closely_again():
    with autograd.lint("collect") as report:
        learn(model_of(), steps=50)
        learn(model_of(seed=5), clear=False)
    assert report.codes == ["no-zero-grad"]


def test_blocks_may_stand_in_blocks_and_one_may_follow_another():
    with autograd.lint("collect") as outer:
        with autograd.lint("collect") as inner:
            learn(model_of(), clear=False)
        learn(model_of(seed=3))
    assert outer.codes == inner.codes == ["no-zero-grad"]
    assert (inner.steps, outer.steps) == (20, 40)


def test_another_thread_is_not_looked_at():
    with autograd.lint("collect") as report:
        thread = threading.Thread(target=learn, args=(model_of(),), kwargs={"clear": False})
        thread.start()
        thread.join()
    assert (report.steps, report.findings) == (0, [])


def test_a_profile_may_be_open_too():
    with autograd.profile() as p, autograd.lint("collect") as report:
        learn(model_of(), steps=3, clear=False)
    assert report.codes == ["no-zero-grad"]
    assert {row.phase for row in p.rows} == {"forward", "backward"}


def test_an_error_of_the_users_own_is_no_finding():
    with pytest.raises(ZeroDivisionError), autograd.lint("collect") as report:
        _ = 1 / 0
    assert report.findings == []


def test_a_rule_that_fails_is_given_up_and_named(monkeypatch):
    class Fragile(Rule):
        def before_backward(self, root):
            raise KeyError("what a pity")

    linter = Linter("collect")
    with linter as report:
        linter._rules.append(Fragile(linter))
        linter._looking.clear()
        learn(model_of(), clear=False)
    assert report.failed == ["Fragile.before_backward: KeyError('what a pity')"]
    assert report.codes == ["no-zero-grad"]


def test_nothing_stays_open_if_the_block_cannot_begin(monkeypatch):
    def interrupted(self, event, *things):
        raise KeyboardInterrupt

    monkeypatch.setattr(Linter, "_ask", interrupted)
    with pytest.raises(KeyboardInterrupt), autograd.lint():
        pass  # the fixture of this folder looks whether anything is open


def test_a_report_is_written_for_a_terminal_and_a_notebook():
    report = Report()
    assert str(report) == "lint: nothing found in 0 backward passes"
    report.steps = 1
    finding = Finding("demo", "a < b & $x$.", "Write <b>.", "/tmp/no file.py", 3)
    assert report.add("it", finding)
    assert not report.add("it", finding)
    assert str(report).splitlines() == [
        "lint: 1 finding in 1 backward pass",
        "1. demo, seen 2 times",
        "    no file.py:3",
        "    a < b & $x$.",
        "    Fix: Write <b>.",
        "    See docs/lint.md#demo",
    ]
    page = report._repr_html_()
    assert "a &lt; b &amp; &#36;x&#36;." in page
    assert "<b>." not in page
    assert "<script" not in page
    assert (len(report), list(report), report.codes) == (1, report.findings, ["demo"])


# ------------------------------------------------------------------------------------------- fit


def softmaxed():
    model = model_of()
    model.append(nn.Softmax())
    return model


@pytest.mark.parametrize(
    ("settings", "looks"),
    [
        ({}, False),
        ({"lint": True}, True),
        ({"progress": True}, True),
        ({"progress": True, "lint": False}, False),
    ],
)
def test_fit_looks_where_it_shows_its_progress(settings, looks, capsys):
    nn.fit(softmaxed(), X, Y, loss="cross_entropy", epochs=1, **settings)
    told = capsys.readouterr().err
    assert ("softmax-twice" in told) is looks
    assert told.count("Fix:") == looks


@pytest.mark.parametrize(("verbose", "looks"), [(0, False), (1, True), (2, True), ("auto", False)])
def test_model_fit_looks_if_it_is_verbose(verbose, looks, capsys):
    model = softmaxed()
    model.compile("adam", F.cross_entropy)
    model.fit(X, Y, epochs=1, verbose=verbose)
    assert ("softmax-twice" in capsys.readouterr().err) is looks


def test_fit_uses_the_linter_that_is_open(capsys):
    with autograd.lint("collect") as report:
        nn.fit(softmaxed(), X, Y, loss="cross_entropy", epochs=1, lint=True)
    assert report.codes == ["softmax-twice"]
    assert report.findings[0].source.startswith("nn.fit(softmaxed()")
    assert capsys.readouterr().err == ""


def test_fit_tells_what_it_found_also_if_it_is_interrupted(capsys):
    def stop(run):
        raise KeyboardInterrupt

    late = nn.callbacks.LambdaCallback(on_epoch_end=stop)
    with pytest.raises(KeyboardInterrupt):
        nn.fit(softmaxed(), X, Y, loss="cross_entropy", epochs=2, callbacks=late, lint=True)
    assert "softmax-twice" in capsys.readouterr().err
