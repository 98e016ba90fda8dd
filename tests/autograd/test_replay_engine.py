"""The source that a replayed program runs as: what it does, how often, and on which arrays."""

import gc
import random
import threading
import traceback
import tracemalloc

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.replay import Part, Program, joining, parameters_together, replay
from autograd.replay.compiled import Compiled
from autograd.replay.lists import ListOp, Reduction
from autograd.replay.matrices import MatrixProduct
from autograd.replay.steps import Elementwise
from nn import MLP
from tests.autograd.replay_programs import agree, inputs_and_labels


def moons_program():
    model = MLP(2, [16, 16, 1], generator=0)
    parameters = model.parameters()
    step = replay(lambda x, y: (1 - y * model(x)).relu() + 1e-4 * sum(p * p for p in parameters))
    return step, parameters, inputs_and_labels(100)


def calls_in(code, name):
    """How many statements the inner functions of that name have: each is one call of NumPy."""
    lines, inside, count = code.splitlines(), False, 0
    for line in lines:
        if line.startswith("    def "):
            inside = line == f"    def {name}():"
        elif inside and line.startswith(" " * 8) and "#" not in line and "return" not in line:
            count += 1
    return count


def chain(length):
    w = Value(0.9)

    def program(x):
        for _ in range(length):
            x = (w * x).sin()
        return x

    return program, w


# ---------------------------------------------------------------------------------- the source


def test_a_step_of_the_moons_network_is_36_calls_of_numpy():
    step, _, batch = moons_program()
    code = step.program(*batch).code
    assert calls_in(code, "forward") == 14
    assert calls_in(code, "backward") == 22
    assert "# 16 weighted sums over the same 2 inputs -> matmul (16,2) x (2,B)" in code
    assert "dot(p0_32_1, v0_2, v3_19)" in code
    assert "maximum(v3_19, zero, out=v19_35)" in code
    assert "empty(" not in code  # all results go into arrays that are there


def test_a_formula_is_written_as_the_calls_that_the_op_makes():
    w = Value(2.0)
    code = replay(lambda x: (w * x).sigmoid()).program([1.0, 2.0] * 50).code
    for call in ("absolute(", "exp(", "greater_equal(", "divide("):
        assert call in code
    code = replay(lambda x: autograd.erf(w * x)).program([1.0, 2.0] * 50).code
    assert "[:] = erf_1(" in code  # this one is no formula of NumPy's, so it is called


def test_the_same_gather_is_done_once():
    w = [Value(float(k)) for k in range(4)]
    code = (
        replay(lambda x: (w[3] * x[2] + w[1] * x[0]) * (w[3] * x[2]).exp())
        .program(np.ones((50, 3)))
        .code
    )
    assert len(set(line.split("=")[0] for line in code.splitlines() if "take" in line)) == len(
        [line for line in code.splitlines() if "take" in line]
    )


def test_thin_programs_are_straight_line_python():
    program, w = chain(50)
    step = replay(program)
    found = step([0.5])
    code = found.program.code_for(1)
    assert code.startswith(
        "def straight_1(p, x):\n"
        '    """100 ops -> straight-line Python of one example."""\n'
        "    (p0, ) = p\n    (v0, ) = x\n    v1 = p0 * v0\n    v2 = sin(v1)\n"
    )
    assert "gradients = yield (v100, )" in code
    assert "straight" not in found.program.code_for(1000)  # then arrays are quicker
    assert found.program.code == found.program.code_for(26) == found.program.code_for(10**6)
    assert (found.program.groups, found.program.instructions) == (100, 100)
    found.backward()
    first = w.grad
    found.backward()  # the same numbers again
    assert w.grad == 2 * first


def test_wide_parts_and_thin_parts_stand_joined():
    draws = random.Random(0)
    ws = [[Value(draws.uniform(-1, 1)) for _ in range(20)] for _ in range(12)]
    v = Value(0.7)

    def loss(x):
        h = [sum(a * b for a, b in zip(row, x, strict=True)).tanh() for row in ws]
        z = sum(h)
        for _ in range(6):
            z = (z * v + 1.0).tanh() - autograd.where(z, v, z)
        return z * sum(h)

    batch = (np.random.default_rng(0).normal(size=(1, 20)),)
    parameters = [w for row in ws for w in row] + [v]
    code = replay(loss).program(*batch).code_for(1)
    assert "matmul (12,20) x (20,B)" in code
    assert code.count("def straight_") == 1
    agree(loss, batch, parameters, matrix_products=1)


def test_long_straight_lines_are_cut_and_each_part_is_compiled_once():
    program, _ = chain(3000)
    code = replay(program).program([0.5]).code_for(1)
    assert code.count("def straight_") == 5
    longest = max(map(len, (part.splitlines() for part in code.split("\n\n\n"))))
    assert longest < 8000
    arrays = replay(program).program([0.5]).code_for(0)
    assert arrays.count("def memory_") == 40


def test_a_traceback_shows_the_line():
    w = Value(1.0)

    @autograd.elementwise(d=(lambda out, x: 1,), scalar=lambda x: x)
    def fragile(x):
        """Itself, if it can. It cannot when there is a minus."""
        if np.any(np.less(x, 0)):
            raise RuntimeError("broken")
        return np.positive(x)

    try:
        step = replay(lambda x: fragile(w * x))
        batch = [1.0] * 50
        step(batch)
        with pytest.raises(RuntimeError) as caught:
            step([-1.0] * 50)
        text = "".join(traceback.format_exception(caught.value))
        assert "v2_3[:] = fragile_1(v1_2)" in text
    finally:
        del autograd.OPS["fragile"]


# ---------------------------------------------------------------------------------- the arrays


def test_after_two_steps_no_array_is_made_but_what_the_user_is_given(monkeypatch):
    made = []
    original = Compiled.memory
    monkeypatch.setattr(Compiled, "memory", lambda self, n: made.append(n) or original(self, n))
    step, parameters, batch = moons_program()
    with parameters_together(parameters) as flat:
        for _ in range(10):
            found = step(*batch)
            flat.grad = None
            found.backward()
            flat.data -= 0.1 * flat.grad
        assert made == [100, 100]  # a result is alive while the next is computed
        largest = 72 * 100 * 8  # less than one of the two arrays of the program's rows
        gc.collect()
        tracemalloc.start()
        step(*batch).backward()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < largest


def test_results_that_are_alive_have_arrays_of_their_own():
    w = Value(3.0)
    step = replay(lambda x: (w * x) ** 2)
    kept = [step([float(k)] * 30) for k in range(6)]
    for k, found in enumerate(kept):
        w.grad = None
        found.backward()
        assert w.grad == pytest.approx(2 * 3.0 * k * k)
        assert found.losses.tolist() == [9.0 * k * k] * 30
    losses = kept[2].losses
    del kept, found
    step([7.0] * 30)
    assert losses.tolist() == [36.0] * 30


def test_threads_do_not_meet():
    step, parameters, _ = moons_program()
    batches = [inputs_and_labels(40 + k % 2) for k in range(4)]
    batches = [(points * (k + 1), labels) for k, (points, labels) in enumerate(batches)]
    expected = [step(*batch).value for batch in batches]
    wrong = []

    def work(k):
        for _ in range(30):
            found = step(*batches[k])
            found.backward()
            if found.value != expected[k]:
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    one = sum(step.value_and_grad(*batch)[1][0] for batch in batches)
    found = {p.grad for p in parameters}
    assert any(abs(g / 31 - one) < 1e-9 * abs(one) for g in found)


def test_infinities_and_nan_are_what_eager_makes_of_them():
    w, v = Value(2.0), Value(0.0)

    def loss(x):
        return (w * x).exp() * v + (x * w).relu() + autograd.maximum(x, w) + x.floor() * w

    for numbers in ([1e3, 1.0], [float("inf"), -1.0], [float("nan"), 2.0], [0.0, 2.0]):
        for count in (1, 50):
            batch = np.array(numbers * count)
            with np.errstate(all="raise"):
                found = replay(loss)(batch)
                w.grad = v.grad = None
                found.backward()
            mine = [w.grad, v.grad]
            w.grad = v.grad = None
            losses = [loss(Value(n)) for n in batch]
            (sum(losses) * (1 / len(losses))).backward()
            np.testing.assert_allclose(found.losses, [each.data for each in losses])
            np.testing.assert_allclose(mine, [w.grad, v.grad])


def test_slopes_that_pythons_floats_refuse_are_computed_on_arrays():
    w, p = Value(0.0), Value(2.0)

    def loss(x):
        y = x
        for _ in range(4):
            y = (y + 1.0) * 0.5
        return (w * y).sqrt() + (y - 3.0) ** p

    found = replay(loss)([1.0])
    found.backward()
    mine = [w.grad, p.grad]
    w.grad = p.grad = None
    loss(Value(1.0)).backward()
    np.testing.assert_allclose(mine, [w.grad, p.grad])
    assert np.isinf(w.grad)
    assert np.isnan(p.grad)
    found.backward()  # once more, on what it has now
    assert np.isinf(w.grad)


def test_exp_is_pythons_in_straight_lines_and_numpys_beside_them():
    ws = [[Value(0.1 * k) for k in range(20)] for _ in range(30)]

    def loss(x):
        h = [sum(a * b for a, b in zip(row, x, strict=True)).exp() for row in ws]
        z = sum(h) * 0.001
        for _ in range(5):
            z = (z * 0.5).exp()
        return z

    step = replay(loss)
    code = step.program(np.full((1, 20), 0.1)).code_for(1)
    assert "30 x exp -> one call" in code
    assert code.count("def straight_") == 1
    agree(loss, (np.full((1, 20), 0.1),), [w for row in ws for w in row])
    assert step(np.full((1, 20), 30.0)).value == float("inf")  # Python's would refuse


# ------------------------------------------------------------------------------ what it is made of


def test_the_kinds_of_steps_and_the_printed_program():
    w = Value(2.0)
    step = replay(
        lambda x: (
            autograd.logsumexp([w, x[0], x[1]])
            + sum(w * v for v in x).tanh()
            + autograd.inner([w, x[0]], [x[1], w])
        )
    )
    program = step.program(np.ones((2, 2)))
    assert isinstance(program, Program)
    kinds = {type(s) for s in program._plan.steps}
    assert kinds == {Elementwise, ListOp, MatrixProduct, Reduction}
    assert "1 x logsumexp of 3 -> one call on (1,3,B)" in str(program)
    assert "1 x inner of a list -> one by one" in str(program)
    assert repr(program).endswith("print it for a list")


def test_parts_are_plain_data_for_pictures():
    step, _, batch = moons_program()
    program = step.program(*batch)
    parts = program.parts
    assert parts[:2] == (
        Part("inputs", "3 inputs", "(3,B)", (), "example", 0),
        Part("parameters", "337 parameters", "(337,)", (), "batch", 0),
    )
    assert [part.kind for part in parts[2:]] == [
        "sum of squares", "elementwise", "matmul", "elementwise", "matmul", "elementwise", "matmul",
        "elementwise", "elementwise", "elementwise", "elementwise",
    ]  # fmt: skip
    assert parts[4] == Part(
        "matmul", "16 weighted sums over the same 2 inputs -> matmul (16,2) x (2,B)", "(16,B)",
        (0, 1), "example", 16,
    )  # fmt: skip
    assert parts[12].inputs == (3, 11)
    assert sum(part.ops for part in parts) == program.instructions == 744
    assert all(max(part.inputs, default=-1) < k for k, part in enumerate(parts))


@pytest.mark.parametrize("length", [500, 5000, pytest.param(50_000, marks=pytest.mark.slow)])
def test_planning_takes_time_in_proportion_to_the_length(length, monkeypatch):
    """Counted, not timed: how often the plan asks for the inputs of an instruction."""
    from autograd.replay.plan import Plan

    asked = []
    original = Plan._needs
    monkeypatch.setattr(
        Plan, "_needs", lambda self, place: asked.append(place) or original(self, place)
    )
    program, _ = chain(length)
    found = replay(program).program([0.5])
    assert found.instructions == 2 * length
    assert len(asked) <= 4 * found.instructions


def test_the_cost_rule_changes_with_the_batch():
    program, _ = chain(4)
    found = replay(program).program([0.5])
    kinds = [type(s).__name__ for s in joining.joined(found._plan, 1)]
    assert kinds == ["StraightLine"]
    assert len(joining.joined(found._plan, 25)) == 8  # a product has two inputs: 50 in all
    assert len(joining.joined(found._plan, 12)) == 1
