"""What a replayed step costs: the arrays, names and calls that it is made of, counted."""

import os
import re
import sys

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.replay import parameters_together, replay
from tests.autograd.replay_programs import agree
from tests.autograd.test_replay_engine import chain, moons_program


def test_numbers_are_arrays_that_are_made_once():
    step, _, batch = moons_program()
    code = step.program(*batch).code
    assert code.count("= array(") == 3  # 0 for three relus, 1 and 1e-4
    assert "zero = array(0.0)" in code
    assert "n0_0001 = array(0.0001)" in code
    assert "maximum(v69_70, zero, out=v70_71)" in code
    assert "add(v67_68, p336_337_1, v67_68)" in code  # one bias for all examples has no axes
    assert "p336_337_1 = p336_337.reshape(())" in code


def test_numbers_that_differ_have_names_that_differ():
    w, numbers = Value(1.0), [0.5, -0.5, 1e-16, 1e16, -1e-16, 5.0, 0.05, 1e300, 3.0]
    codes = [replay(lambda x, n=n: n - (w * x).sin()).program([1.0] * 30).code for n in numbers]
    found = [re.search(r"(\w+) = array\(", code).group(1) for code in codes]
    assert len(set(found)) == len(numbers), found
    assert found[:4] == ["n0_5", "n_0_5", "n1e_16", "n1e16"]


def test_what_a_comparison_gives_is_multiplied_as_numbers():
    step, _, batch = moons_program()
    code = step.program(*batch).code
    assert "t1_16[...] = greater(v35_51, zero, m0_16)\n" in code
    assert "multiply(gv51_67, t1_16, gv35_51)\n" in code


def test_a_step_is_27_calls_of_functions_of_ours():
    step, parameters, batch = moons_program()
    calls = []

    def note(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith((ours, "<replay")):
            calls.append(frame.f_code.co_name)

    ours = os.path.dirname(autograd.__file__)
    with parameters_together(parameters) as flat:
        for round_ in range(3):
            sys.setprofile(note if round_ == 2 else None)
            found = step(*batch)
            flat.grad = None
            found.backward()
            del found
            sys.setprofile(None)
    assert len(calls) <= 27, calls  # 26 where Python has comprehensions without a call


def test_gradients_in_straight_lines_take_each_others_names():
    program, w = chain(50)
    step = replay(program)
    code = step.program([0.5]).code_for(1)
    assert set(re.findall(r"\bg\d+\b", code)) == {"g1"}
    assert "        gp0 += g1 * v98\n" not in code  # the first of them makes it
    assert "        gp0 = g1 * v98\n        g1 = g1 * p0\n" in code
    agree(program, (np.array([0.5]),), [w], matrix_products=0)


def test_gradients_on_their_way_at_once_have_names_of_their_own():
    w, v = Value(0.7), Value(-0.3)

    def loss(x):
        z = x[0]
        for k in range(5):
            y = (z * v + 1.0).tanh()
            z = y * y - autograd.where(z, v, z) * w * z + (y if k % 2 else z * x[1])
            z = z + z - -z.sin()
        return z * z + x[1].relu() * w

    code = replay(loss).program([[0.5, 0.2]]).code_for(1)
    assert 1 < len(set(re.findall(r"\bg\d+\b", code))) < 10
    assert not re.search(r"^ +(\w+) = \1$", code, re.MULTILINE)
    agree(loss, (np.array([[0.5, 0.2]]),), [w, v])


@pytest.mark.parametrize("count", [1, 2, 30])
@pytest.mark.parametrize("terms", [1, 3])
def test_an_outer_product_keeps_nan_where_0_meets_infinity(count, terms):
    w = [Value(float("inf")), Value(2.0), Value(3.0)][:terms]
    v = [Value(1.0), Value(1.0), Value(1.0)][:terms]

    def loss(x):
        inner = [(a * x).tanh() for a in v]
        return sum(a * b for a, b in zip(w, inner, strict=True)) * 0.0

    found = replay(loss)(np.full(count, 0.5))
    found.backward()
    assert np.isnan(v[0].grad)
    assert [a.grad for a in v[1:]] == [0.0] * (terms - 1)


def test_an_outer_product_of_many_examples_is_a_matrix_product():
    w = [Value(float(k)) for k in range(3)]
    loss = replay(lambda x: sum(a * (a * b).tanh() for a, b in zip(w, x, strict=True)))
    program = loss.program(np.ones((30, 3)))
    assert "dot(p0_3_1_1, gv9_10, gv6_9)" in program.code
    assert "multiply(p0_3_1_1, gv9_10, gv6_9)" in program.code_for(0)  # perhaps just one example
