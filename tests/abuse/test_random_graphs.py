"""Random graphs, built step by step, against PyTorch and against finite differences.

A state machine draws leaves, ops of the table, broadcasting, reuse, slices and views, islands of
``no_grad``, and passages between Values and Tensors; at the end of each run the gradient and the
gradient of the gradient are compared.  500 graphs by default; more with
``GLASSGRAD_GRAPHS=20000 pytest tests/abuse/test_random_graphs.py``.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

import autograd as ag
from autograd import OPS, Tensor, Value, no_grad

torch = pytest.importorskip("torch", reason="PyTorch is not installed; these tests compare with it")
F = torch.nn.functional
pytestmark = [pytest.mark.torch, pytest.mark.slow]

GRAPHS = int(os.environ.get("GLASSGRAD_GRAPHS", "500"))
LARGEST = 50.0  # larger results are dropped: rounding would drown what is compared
NEAR = 2e-3  # so close to a kink the slope is a convention, or changes within a finite difference
SHAPES = [(), (1,), (3,), (2, 3), (2, 1), (1, 3), (2, 2, 3), (3, 3)]
THEIR_OWN: dict[str, Callable[..., Any]] = {
    "cbrt": lambda x: torch.sign(x) * x.abs().pow(1 / 3),
    "log_sigmoid": F.logsigmoid,
    "softplus": F.softplus,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "gelu": F.gelu,
    "silu": F.silu,
    "softsign": F.softsign,
    "hardtanh": F.hardtanh,
    "relu6": F.relu6,
    "sinc": lambda x: torch.sinc(x),
    "where": lambda c, x, y: torch.where(c, x, y),
}
STEPPED = {"sign", "floor", "ceil", "round", "floor_divide", "remainder"}  # jumps: not in a chain
ELEMENTWISE = [op for op in OPS.values() if op.partials is not None and op.name not in STEPPED]
UNARY = sorted(op.name for op in ELEMENTWISE if len(op.inputs) == 1 and op.name != "clip")
BINARY = sorted(op.name for op in ELEMENTWISE if len(op.inputs) == 2)
REDUCTIONS = ["sum", "mean", "prod", "max", "min", "logsumexp", "var", "std", "norm", "cumsum"]


@dataclass
class Step:
    """One instruction: a function for each library, and the places of its inputs."""

    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    inputs: tuple[int, ...]


def theirs_of(name: str) -> Callable[..., Any]:
    found = THEIR_OWN.get(name) or getattr(torch, name)
    return found


def raw(node: Any) -> Any:
    return node.numpy() if isinstance(node, Tensor) else np.asarray(node.data)


def usable(name: str, *arrays: Any) -> bool:
    """Whether numbers lie inside an op's domain and away from its kinks."""
    op = OPS[name]
    for domain, array in zip(op.domain, arrays, strict=False):
        if not np.all([domain.contains(array + shift) for shift in (-5 * NEAR, 0.0, 5 * NEAR)]):
            return False
    if any(np.any(np.abs(arrays[0] - kink) < NEAR) for kink in op.kinks):
        return False
    if name in ("maximum", "minimum"):
        return bool(np.all(np.abs(np.subtract(*arrays)) > NEAR))
    if name == "pow":
        return bool(np.all(arrays[0] > 0.05))
    if name == "arctan2":
        return bool(np.all(np.hypot(*arrays) > 0.05))
    if name in ("cbrt", "div", "reciprocal", "sinc"):
        return bool(np.all(np.abs(arrays[-1]) > 0.05))
    if name == "tan":
        return bool(np.all(np.abs(np.cos(arrays[0])) > 0.1))
    return True


def untied(array: Any, axis: int | None) -> bool:
    ordered = np.sort(array.ravel() if axis is None else array, axis=-1 if axis is None else axis)
    gaps = np.diff(ordered, axis=0 if axis is None else axis)
    return bool(np.all(gaps > NEAR))


class RandomGraph(RuleBasedStateMachine):
    """Grows a graph in both libraries; ``teardown`` compares what they send back."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.ours: list[Any] = []
        self.theirs: list[Any] = []
        self.leaves: list[int] = []
        self.random = np.random.default_rng(0)

    # ------------------------------------------------------------------------------ bookkeeping
    def pick(self, choice: int, kind: type | None = None) -> int:
        places = [i for i, node in enumerate(self.ours) if kind is None or isinstance(node, kind)]
        return places[choice % len(places)]

    def has(self, kind: type) -> bool:
        return any(isinstance(node, kind) for node in self.ours)

    def apply(self, ours: Any, theirs: Any, *inputs: int) -> None:
        made = ours(*(self.ours[i] for i in inputs))
        numbers = raw(made)
        if not np.all(np.isfinite(numbers)) or np.any(np.abs(numbers) > LARGEST):
            return
        same = theirs(*(self.theirs[i] for i in inputs))
        np.testing.assert_allclose(numbers, same.detach().numpy(), rtol=1e-9, atol=1e-11)
        assert numbers.shape == tuple(same.shape)
        self.steps.append(Step(ours, theirs, inputs))
        self.ours.append(made)
        self.theirs.append(same)

    def leaf(self, numbers: Any) -> None:
        self.leaves.append(len(self.ours))
        self.steps.append(Step(lambda: None, lambda: None, ()))
        shared = np.array(numbers)
        made = Value(float(shared)) if isinstance(numbers, float) else Tensor(shared, True)
        self.ours.append(made)
        self.theirs.append(torch.tensor(shared, requires_grad=True))

    # ------------------------------------------------------------------------------ rules
    @rule(shape=st.sampled_from(SHAPES), seed=st.integers(0, 99))
    def tensor_leaf(self, shape: tuple[int, ...], seed: int) -> None:
        self.leaf(np.asarray(np.random.default_rng(seed).uniform(-2, 2, shape)))

    @rule(seed=st.integers(0, 99))
    def value_leaf(self, seed: int) -> None:
        self.leaf(float(np.random.default_rng(seed).uniform(-2, 2)))

    @precondition(lambda self: self.ours)
    @rule(name=st.sampled_from(UNARY), i=st.integers(0, 50))
    def unary(self, name: str, i: int) -> None:
        place = self.pick(i)
        if usable(name, raw(self.ours[place])):
            self.apply(OPS[name], theirs_of(name), place)

    @precondition(lambda self: self.ours)
    @rule(name=st.sampled_from(BINARY), i=st.integers(0, 50), j=st.integers(0, 50))
    def binary(self, name: str, i: int, j: int) -> None:
        left = self.pick(i)
        right = self.pick(j, type(self.ours[left]))
        try:
            np.broadcast_shapes(raw(self.ours[left]).shape, raw(self.ours[right]).shape)
        except ValueError:
            return
        if usable(name, raw(self.ours[left]), raw(self.ours[right])):
            self.apply(OPS[name], theirs_of(name), left, right)

    @precondition(lambda self: self.ours)
    @rule(
        name=st.sampled_from(["add", "sub", "mul", "div"]),
        number=st.sampled_from([0.5, -1.5, 2.0]),
        i=st.integers(0, 50),
        swapped=st.booleans(),
    )
    def with_a_number(self, name: str, number: float, i: int, swapped: bool) -> None:
        place = self.pick(i)
        numbers = raw(self.ours[place])
        pair = (number, numbers) if swapped else (numbers, number)
        if not usable(name, *map(np.asarray, pair)):
            return
        op, other = OPS[name], theirs_of(name)
        if swapped:
            fixed = torch.tensor(number, dtype=torch.float64)
            self.apply(lambda x: op(number, x), lambda x: other(fixed, x), place)
        else:
            self.apply(lambda x: op(x, number), lambda x: other(x, number), place)

    @precondition(lambda self: self.has(Tensor))
    @rule(
        name=st.sampled_from(REDUCTIONS),
        i=st.integers(0, 50),
        axis=st.none() | st.integers(-1, 1),
        keep=st.booleans(),
    )
    def reduce(self, name: str, i: int, axis: int | None, keep: bool) -> None:
        place = self.pick(i, Tensor)
        numbers = raw(self.ours[place])
        if numbers.ndim == 0 or (axis is not None and not -numbers.ndim <= axis < numbers.ndim):
            return
        over = numbers.size if axis is None else numbers.shape[axis]
        spread = numbers.std(axis=axis).min() if over > 1 else 0.0
        if (name in ("var", "std") and (over < 2 or spread < 0.05)) or (
            name in ("max", "min") and not untied(numbers, axis)
        ):
            return
        if name == "norm" and np.sqrt((numbers**2).sum(axis=axis)).min() < 0.05:
            return
        op = OPS[name]
        if name == "cumsum":
            axis = -1 if axis is None else axis
            self.apply(lambda x: op(x, axis=axis), lambda x: torch.cumsum(x, axis), place)
            return
        axes = tuple(range(numbers.ndim)) if axis is None else (axis,)

        def theirs(x: Any) -> Any:
            if name == "prod":
                if axis is not None:
                    return torch.prod(x, axis, keepdim=keep)
                whole = torch.prod(x)
                return whole.reshape((1,) * numbers.ndim) if keep else whole
            if name in ("max", "min"):
                return getattr(torch, f"a{name}")(x, axes, keepdim=keep)
            if name == "norm":
                return torch.linalg.vector_norm(x, 2, axes, keepdim=keep)
            if name in ("var", "std"):
                return getattr(torch, name)(x, axes, correction=1, keepdim=keep)
            return getattr(torch, name)(x, axes, keepdim=keep)

        self.apply(lambda x: op(x, axis=axis, keepdims=keep), theirs, place)

    @precondition(lambda self: self.has(Tensor))
    @rule(i=st.integers(0, 50), how=st.integers(0, 7))
    def view(self, i: int, how: int) -> None:
        place = self.pick(i, Tensor)
        shape = raw(self.ours[place]).shape
        if not shape:
            return
        pairs: list[tuple[Any, Any]] = [
            (lambda x: x.T, lambda x: x.permute(*reversed(range(x.ndim)))),
            (lambda x: x.reshape(-1), lambda x: x.reshape(-1)),
            (lambda x: x[0], lambda x: x[0]),
            (lambda x: x[..., -1:], lambda x: x[..., -1:]),
            (lambda x: OPS["flip"](x, axis=0), lambda x: torch.flip(x, (0,))),
            (lambda x: x[[0, -1, 0]], lambda x: x[[0, -1, 0]]),
            (lambda x: x[None], lambda x: x[None]),
            (lambda x: x[::2], lambda x: x[::2]),
        ]
        if how == 6 and len(shape) > 2:
            return
        self.apply(*pairs[how], place)

    @precondition(lambda self: self.has(Tensor))
    @rule(i=st.integers(0, 50), j=st.integers(0, 50), axis=st.integers(0, 1))
    def join(self, i: int, j: int, axis: int) -> None:
        left, right = self.pick(i, Tensor), self.pick(j, Tensor)
        shape = raw(self.ours[left]).shape
        if shape != raw(self.ours[right]).shape or len(shape) < axis + 1 or np.prod(shape) > 30:
            return
        self.apply(
            lambda a, b: ag.concatenate([a, b], axis=axis),
            lambda a, b: torch.cat([a, b], axis),
            left,
            right,
        )

    @precondition(lambda self: self.has(Tensor))
    @rule(i=st.integers(0, 50), j=st.integers(0, 50))
    def product(self, i: int, j: int) -> None:
        left, right = self.pick(i, Tensor), self.pick(j, Tensor)
        a, b = raw(self.ours[left]), raw(self.ours[right])
        try:
            np.matmul(a, b)
        except ValueError:
            return
        self.apply(lambda x, y: x @ y, torch.matmul, left, right)

    @precondition(lambda self: self.has(Tensor))
    @rule(i=st.integers(0, 50), j=st.integers(0, 50))
    def choose(self, i: int, j: int) -> None:
        left, right = self.pick(i, Tensor), self.pick(j, Tensor)
        flags = raw(self.ours[left]) > 0.1
        if raw(self.ours[right]).shape != flags.shape:
            return
        fixed = torch.tensor(flags)
        self.apply(
            lambda x, y: ag.where(flags, x, y * 2),
            lambda x, y: torch.where(fixed, x, y * 2),
            left,
            right,
        )

    @precondition(lambda self: self.ours)
    @rule(i=st.integers(0, 50), j=st.integers(0, 50))
    def island(self, i: int, j: int) -> None:
        """What is computed inside no_grad is a constant of the graph, kept as it was."""
        outer = self.pick(i)
        inner = self.pick(j, type(self.ours[outer]))
        if raw(self.ours[outer]).shape != raw(self.ours[inner]).shape:
            return
        with no_grad():
            constant = OPS["tanh"](self.ours[inner])
        assert constant.op is None
        number = raw(constant).copy() if isinstance(constant, Tensor) else constant.data
        fixed = torch.tensor(number, dtype=torch.float64)
        self.apply(lambda x: x * number, lambda x: x * fixed, outer)

    @precondition(lambda self: self.has(Tensor))
    @rule(i=st.integers(0, 50), at=st.integers(0, 50))
    def tensor_to_value(self, i: int, at: int) -> None:
        place = self.pick(i, Tensor)
        size = raw(self.ours[place]).size

        def ours(x: Any) -> Any:
            values = x.reshape(-1).to_values()
            return values[at % size]

        self.apply(ours, lambda x: x.reshape(-1)[at % size], place)

    @precondition(lambda self: self.has(Value))
    @rule(i=st.integers(0, 50), j=st.integers(0, 50))
    def values_to_tensor(self, i: int, j: int) -> None:
        left, right = self.pick(i, Value), self.pick(j, Value)
        self.apply(
            lambda a, b: ag.tensor_from_values([a, b, 1.0]),
            lambda a, b: torch.stack([a, b, torch.tensor(1.0, dtype=torch.float64)]),
            left,
            right,
        )

    # ------------------------------------------------------------------------------ the comparison
    def run_again(self, moved: dict[int, Any]) -> float:
        """The loss with other numbers in the leaves; constants stay what they were."""
        made: list[Any] = []
        for place, step in enumerate(self.steps):
            if place in moved:
                kind = type(self.ours[place])
                number = moved[place]
                made.append(Value(float(number)) if kind is Value else Tensor(number))
            else:
                made.append(step.ours(*(made[i] for i in step.inputs)))
        return float(sum(np.sum(raw(node) * self.weight(k)) for k, node in enumerate(made)))

    def weight(self, place: int) -> Any:
        shape = raw(self.ours[place]).shape
        return np.random.default_rng(place).uniform(-1, 1, shape)

    def losses(self) -> tuple[Any, Any]:
        ours, theirs = Tensor(0.0), torch.tensor(0.0, dtype=torch.float64)
        for place, (node, same) in enumerate(zip(self.ours, self.theirs, strict=True)):
            weight = self.weight(place)
            felt = ag.tensor_from_values([node])[0] if isinstance(node, Value) else node
            ours = ours + (felt * weight).sum()
            theirs = theirs + (same * torch.tensor(weight)).sum()
        return ours, theirs

    def teardown(self) -> None:
        if not self.leaves:
            return
        mine, their_loss = self.losses()
        own = [self.ours[k] for k in self.leaves]
        other = [self.theirs[k] for k in self.leaves]
        mine.backward()
        found = [np.asarray(leaf.grad, dtype=float) for leaf in own]
        wanted = torch.autograd.grad(their_loss, other, create_graph=True)
        for got, right in zip(found, wanted, strict=True):
            scale = 1e-9 * max(1.0, float(right.detach().abs().max()))
            np.testing.assert_allclose(got, right.detach().numpy(), rtol=1e-8, atol=scale)
        self.compare_with_differences(found)
        self.compare_twice(mine, own, other, wanted)

    def compare_with_differences(self, found: list[Any]) -> None:
        """Along one random direction, in four steps whose error is of the fourth order."""
        random = np.random.default_rng(len(self.steps))
        ways = [random.uniform(-1, 1, np.shape(g)) for g in found]
        slope = sum(float(np.sum(g * d)) for g, d in zip(found, ways, strict=True))
        h = 1e-5

        def at(t: float) -> float:
            return self.run_again(
                {k: raw(self.ours[k]) + t * d for k, d in zip(self.leaves, ways, strict=True)}
            )

        measured = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
        size = sum(float(np.sum(np.abs(g * d))) for g, d in zip(found, ways, strict=True))
        curved = max(1.0, abs(measured), size, max(float(np.max(np.abs(g))) for g in found) ** 2)
        assert abs(measured - slope) <= 1e-5 * curved, (measured, slope)

    def compare_twice(self, mine: Any, own: Any, other: Any, wanted: Any) -> None:
        """The gradient of the squared gradient."""
        first = ag.grad(mine, own, create_graph=True)
        squares = Tensor(0.0)
        for g in first:
            as_tensor = ag.tensor_from_values([g]) if isinstance(g, Value) else g
            squares = squares + (as_tensor * as_tensor).sum()
        total = sum((g * g).sum() for g in wanted)
        if not total.requires_grad:
            return
        seconds = torch.autograd.grad(total, other, allow_unused=True)
        ours = (
            ag.grad(squares, own, allow_unused=True) if squares.requires_grad else [None] * len(own)
        )
        for got, right in zip(ours, seconds, strict=True):
            none = right is None or right._is_zerotensor()  # PyTorch's zeros without memory
            expected = 0.0 if none else right.numpy()
            scale = 1e-7 * max(1.0, float(np.max(np.abs(expected))))
            actual = 0.0 if got is None else np.asarray(got, dtype=float)
            np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=scale)


def test_random_graphs():
    run_state_machine_as_test(
        RandomGraph,
        settings=settings(
            max_examples=GRAPHS,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
