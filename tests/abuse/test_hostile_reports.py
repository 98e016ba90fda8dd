"""Reports that autograd writes itself, with labels that attack: the linter, anomalies, kinks, ...

tests/viz/test_hostile.py has all that viz draws; its judges are used here, too.
"""

import numpy as np
import pytest

import autograd
import nn
import viz  # noqa: F401  nodes and reports show themselves through it
from autograd import Tensor, Value
from tests.viz.hostile import HARMLESS, LABELS, check


def anomaly(label):
    x = Tensor([4.0, 0.0], requires_grad=True, label=label)
    try:
        with autograd.detect_anomaly():
            root = x.sqrt()
            root.label = label
            (root * [1.0, 0.0]).sum().backward()
    except autograd.AnomalyError as error:
        return error.report, str(error)
    raise AssertionError("no anomaly")


def kinks(label):
    x = Value(0.0, label=label)
    y = x.relu()
    y.label = label
    report = autograd.kinks(y + x)
    return report, str(report)


def wrong_slope(label):
    x = Tensor([0.3, 0.7], requires_grad=True, label=label)
    try:
        autograd.gradcheck(lambda x: (autograd.OPS["spoilt_square"](x) * 2).sum(), x)
    except autograd.GradcheckError as error:
        return error.report, str(error)
    raise AssertionError("nothing was found")


def linted(label):
    model = nn.Sequential(nn.Linear(2, 2, generator=0))
    model[0].weight.label = label
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    x = Tensor(np.random.default_rng(0).normal(size=(8, 2)), label=label)
    with autograd.lint(on="collect") as report:
        for _ in range(6):
            nn.functional.cross_entropy(model(x), np.arange(8) % 2).backward()
            optimizer.step()
    assert report.findings
    return report, str(report)


def profiled(label):
    x = Tensor(np.ones((2, 2)), requires_grad=True, label=label)
    with autograd.profile() as profile:
        (x @ x).sum().backward()
    return profile, str(profile)


def replayed(label):
    weight = Value(3.0, label=label)
    step = autograd.replay(lambda x, y: (weight * x - y) ** 2)
    program = step.program([1.0, 2.0], [2.0, 2.0])
    return program, f"{program}\n{program.code}"


def node(label):
    x = Value(3.0, label=label)
    return x * 2, repr(x)


REPORTS = [anomaly, kinks, wrong_slope, linted, profiled, replayed, node]


@pytest.fixture(autouse=True, scope="module")
def _an_op_with_a_wrong_slope():
    @autograd.elementwise(d=(lambda out, x: 3.0 * x,))
    def spoilt_square(x):
        """A square with a wrong slope."""
        return x * x

    yield
    del autograd.OPS["spoilt_square"]


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("make", REPORTS)
def test_no_report_is_broken(make, label):
    report, text = make(label)
    calm, calm_text = make(HARMLESS)
    check("html", f"<!DOCTYPE html><title>x</title>{_html(report)}",
          f"<!DOCTYPE html><title>x</title>{_html(calm)}")  # fmt: skip
    if make is not node:  # repr of a label is Python's own
        check("txt", text, calm_text)


def _html(report):
    made = report._repr_html_()
    assert made
    return made
