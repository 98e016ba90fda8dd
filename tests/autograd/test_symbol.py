"""Formulas read as text: what is written means what is computed, in Python, words and LaTeX."""

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import OPS
from autograd.kernels import source_of
from autograd.symbol import Symbol, latex, python, text

X, Y = Symbol("x"), Symbol("y")
SCALARS = {name: op.scalar for name, op in OPS.items() if op.scalar is not None}


def evaluated(source: str, **names: float) -> float:
    return float(eval(source, {**SCALARS, "inf": math.inf, "nan": math.nan, **names}))


# ------------------------------------------------------------------------------ random formulas
SIGNS = {"·": " * ", "−": "-", "^": "**", "²": "**2", "[": "(", "]": ")"}
NUMBERS = st.sampled_from([2, -1, 0.5, -1e-5, 3e7, np.float64(1.5)])


def joined(inner: Any) -> Any:
    two = st.sampled_from([ag.add, ag.sub, ag.mul, ag.div, ag.maximum])
    one = st.sampled_from([ag.neg, ag.square, ag.exp, ag.tanh, ag.abs])

    def apply(op: Any, *inputs: Any) -> Any:
        return op(*inputs)

    def choose(a: Any, b: Any, c: Any) -> Any:
        return ag.where(a > b, b, c)

    return st.one_of(
        st.builds(apply, one, inner),
        st.builds(apply, two, inner, inner),
        st.builds(apply, two, inner, NUMBERS),
        st.builds(apply, two, NUMBERS, inner),
        st.builds(apply, st.just(ag.pow), inner, st.sampled_from([2, 3])),
        st.builds(choose, inner, NUMBERS | inner, NUMBERS | inner),
        st.builds(choose, NUMBERS, inner, inner),
    )


FORMULAS = st.recursive(st.sampled_from([X, Y]), joined, max_leaves=8)


def computed(formula: Any, **names: float) -> float:
    """The number that a tree of symbols stands for, without writing anything down."""
    if not isinstance(formula, Symbol):
        return float(formula)
    if not formula.args:
        return names[formula.head]
    inputs = [computed(a, **names) for a in formula.args]
    if isinstance(formula.head, str):
        return float({">": np.greater, "<": np.less}[formula.head](*inputs))
    return float(formula.head.forward(*(np.float64(n) for n in inputs), **formula.settings))


@given(FORMULAS)
@settings(max_examples=200)
def test_python_source_means_the_formula(formula: Any) -> None:
    with np.errstate(all="ignore"):
        expected = computed(formula, x=0.7, y=-1.3)
    try:
        found = evaluated(python(formula), x=0.7, y=-1.3)
    except (ZeroDivisionError, OverflowError):
        return
    assert found == pytest.approx(expected, rel=1e-12, nan_ok=True)


@given(FORMULAS)
@settings(max_examples=200)
def test_text_means_the_formula(formula: Any) -> None:
    """The signs of the text turned back into Python's give the same number."""
    source = text(formula)
    for sign, meaning in SIGNS.items():
        source = source.replace(sign, meaning)
    with np.errstate(all="ignore"):
        expected = computed(formula, x=0.7, y=-1.3)
    names = {**SCALARS, "where": lambda c, a, b: a if c else b, "x": 0.7, "y": -1.3}
    try:
        found = float(eval(source, names))
    except (ZeroDivisionError, OverflowError):
        return
    assert found == pytest.approx(expected, rel=1e-12, nan_ok=True)


def groups(written: str) -> bool:
    """Whether braces, brackets and environments open and close in order."""
    stack = []
    pairs = {"}": "{", r"\right": r"\left", r"\end": r"\begin"}
    for token in re.findall(r"\\(?:left|right|begin|end)|\\.|[{}]", written):
        if token in pairs.values():
            stack.append(token)
        elif token in pairs and (not stack or stack.pop() != pairs[token]):
            return False
    return not stack


@given(FORMULAS)
@settings(max_examples=200)
def test_latex_is_well_formed(formula: Any) -> None:
    written = latex(formula)
    assert groups(written), written
    assert not re.search(r"\^(\{[^{}]*\}|\\top)\^", written), f"double superscript: {written}"
    assert not re.search(r"(\\,|[-+]) -", written), f"two signs in a row: {written}"
    assert not re.search(r"\de", written), f"a number as a computer writes it: {written}"


# ------------------------------------------------------------------------------ single formulas
@pytest.mark.parametrize(
    ("formula", "source", "words", "typeset"),
    [
        (X * (-Y), "x * (-y)", "x·(−y)", r"x \, \left(-y\right)"),
        (X - (Y - X), "x - (y - x)", "x − (y − x)", r"x - \left(y - x\right)"),
        (X - Y - X, "x - y - x", "x − y − x", "x - y - x"),
        (-(X**2), "-x**2", "−x^2", "-x^{2}"),
        ((-X) ** 2, "(-x)**2", "(−x)^2", r"\left(-x\right)^{2}"),
        (X ** (Y + 1), "x**(y + 1)", "x^(y + 1)", "x^{y + 1}"),
        ((X / Y) ** 2, "(x / y)**2", "(x / y)^2", r"\left(\frac{x}{y}\right)^{2}"),
        (X / (Y * X), "x / (y * x)", "x / (y·x)", r"\frac{x}{y \, x}"),
        (X / Y * X, "x / y * x", "x / y·x", r"\frac{x}{y} \, x"),
        (ag.square(ag.exp(X)), "exp(x) * exp(x)", "exp(x)²", r"\left(e^{x}\right)^{2}"),
        (ag.expm1(X) * Y, "expm1(x) * y", "expm1(x)·y", r"\left(e^{x} - 1\right) \, y"),
        (1e-5 * X, "1e-05 * x", "1e−5·x", r"1 \cdot 10^{-5} \, x"),
        (X * math.inf, "x * inf", "x·∞", r"x \, \infty"),
        (X * np.float64(2.5), "x * 2.5", "x·2.5", r"x \, 2.5"),
        ((X > 0) * (Y <= 1), "(x > 0) * (y <= 1)", "[x > 0]·[y ≤ 1]",
         r"\left[x > 0\right] \, \left[y \le 1\right]"),
        (ag.where(X > 0, 1, Y) * 2, "(1 if x > 0 else y) * 2", "where([x > 0], 1, y)·2",
         r"\begin{cases} 1 & \text{if } \left[x > 0\right] \\ y & \text{else} \end{cases} \, 2"),
        ((X * Y) @ X, "(x * y) @ x", "(x·y) @ x", r"\left(x \, y\right) x"),
        (X.T @ (Y @ X), "transpose(x, axes=None) @ (y @ x)", "xᵀ @ (y @ x)",
         r"x^\top \left(y x\right)"),
        ((X @ Y).T.T, "transpose(transpose(x @ y, axes=None), axes=None)", "(x @ y)ᵀᵀ",
         r"\left(\left(x y\right)^\top\right)^\top"),
        (ag.inv(X @ Y), "inv(x @ y)", "inv(x @ y)", r"\left(x y\right)^{-1}"),
        (ag.det(X + Y), "det(x + y)", "det(x + y)", r"\det \left(x + y\right)"),
        (X[0] + X[1:, None], "getitem(x, index=0) + getitem(x, index=(slice(1, None, None), None))",
         "x[0] + x[1:, None]", r"x\left[0\right] + x\left[1:, None\right]"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)  # fmt: skip
def test_how_a_formula_is_written(formula: Any, source: str, words: str, typeset: str) -> None:
    assert python(formula) == source
    assert text(formula) == words
    assert latex(formula) == typeset


def test_names_are_put_in() -> None:
    assert python(X * Y, {"x": "w[0]"}) == "w[0] * y"
    assert latex(X * Y, {"x": r"\theta_{1}"}) == r"\theta_{1} \, y"


def test_a_plain_number_is_a_formula_too() -> None:
    assert (python(1), text(-2), latex(0.5)) == ("1", "−2", "0.5")


def test_a_symbol_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match="choose with where"):
        bool(X > 0)


@pytest.mark.parametrize(
    "op", [o for o in OPS.values() if o.partials and o.differentiable], ids=str
)
def test_every_derivative_reads_back_as_its_number(op: Any) -> None:
    """The text of a derivative, read as Python, is the number that the formula gives on floats."""
    generator = np.random.default_rng(5)
    op = op.with_settings({**op.settings, **(op.samples[0].settings if op.samples else {})})
    domains = op.sampled or op.domain
    numbers = [float(d.sample(generator, ())) for d in domains]
    if op.name == "where":
        numbers[0] = 1.0
    out = float(op.forward(*(np.float64(n) for n in numbers)))
    names = dict(zip(op.inputs, numbers, strict=True)) | {"out": out}
    for formula in op.partials:
        if formula is not None:
            written = formula(Symbol("out"), *(Symbol(n) for n in op.inputs))
            found = evaluated(python(written), **names)
            expected = float(formula(np.float64(out), *(np.float64(n) for n in numbers)))
            assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("op", [o for o in OPS.values() if o.partials and not o.variadic], ids=str)
def test_every_fast_method_is_valid_python(op: Any) -> None:
    if not op.differentiable or len(op.inputs) > 2:
        return
    filled = op.with_settings({**op.settings, **(op.samples[0].settings if op.samples else {})})
    compile(source_of(filled), op.name, "exec")
    if len(op.inputs) == 2:
        compile(source_of(filled, reverse=True), op.name, "exec")
