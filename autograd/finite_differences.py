"""Derivatives measured by moving the inputs a little, compared with the computed ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograd.dual import raw, shape_of
from autograd.errors import DomainError, GradientError
from autograd.kinds import inner_product
from autograd.lifting import gradients
from autograd.nested import leaves_of, paths_of
from autograd.recording import enable_grad, no_grad
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = ["Finding", "Limits", "Measured", "Ray", "examined", "findings"]

EPSILON = float(np.finfo(np.float64).eps)
# where the error of a central difference, h**2 from the curve and 1/h from rounding, is least
STEP = EPSILON ** (1 / 3)
MOST_RESULTS = 256  # how many numbers of a result are looked at one by one


@dataclass(frozen=True)
class Limits:
    """How far measured and computed may differ.

    Attributes:
        absolute: By how much in any case.
        relative: By how much of the derivative.
        step: The step of the measurement; by default one that suits each number.
    """

    absolute: float = 1e-7
    relative: float = 1e-5
    step: float | None = None

    def around(self, *numbers: float) -> float:
        """The difference allowed between these."""
        return self.absolute + self.relative * max(abs(n) for n in numbers)

    def step_at(self, x: float) -> float:
        """The step from a number."""
        return self.step if self.step is not None else STEP * max(1.0, abs(x))


@dataclass(frozen=True)
class Finding:
    """A derivative that is not what was measured.

    Attributes:
        kind: ``"wrong"``; ``"kink"`` where the slopes on the two sides differ; ``"edge"`` where the
            function is not defined on both sides; ``"infinite"`` where the derivative is not
            finite; ``"noise"`` where the measurement does not settle.
        leaf: Which input.
        element: Where in it.
        expected: What was measured.
        got: What was computed.
        output: Which number of the result it is about, as text; empty if there is but one.
    """

    kind: str
    leaf: int
    element: tuple[int, ...]
    expected: float
    got: float
    output: str = ""


@dataclass
class Measured:
    """A function of numbers and arrays, seen as one from a row of numbers to a row of numbers.

    Attributes:
        function: Takes a Value or Tensor per start; the result may have any structure.
        starts: Where it is looked at: float64 arrays, of shape () for a Value.
        values: For each start whether the function takes a Value.
        paths: Where the numbers of the result stand in its structure.
        shapes: Their shapes.
        resting: The result with nothing moved, once it was asked for.
    """

    function: Callable[..., Any]
    starts: list[Any]
    values: list[bool]
    paths: list[str] = field(default_factory=list)
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    resting: Any = None

    def leaves(self, arrays: Sequence[Any]) -> list[Any]:
        """Make the nodes that the function is given."""
        return [
            Value(a) if is_value else Tensor(a, requires_grad=True)
            for a, is_value in zip(arrays, self.values, strict=True)
        ]

    def row(self, arrays: Sequence[Any]) -> Any:
        """Compute all numbers of the result in a row; nan where the function is not defined."""
        with no_grad(), np.errstate(all="ignore"):
            result = self.function(*self.leaves(arrays))
        parts = self._floats(result)
        return np.concatenate([np.ravel(raw(p)) for p in parts]) if parts else np.zeros(0)

    def moved(self, leaf: int, element: tuple[int, ...], by: float) -> tuple[Any, float]:
        """Compute the result with one number moved, and how far it was moved after rounding."""
        if by == 0.0:
            if self.resting is None:
                self.resting = self.row(self.starts)
            return self.resting, 0.0
        arrays = [a.copy() if i == leaf else a for i, a in enumerate(self.starts)]
        before = float(arrays[leaf][element])
        arrays[leaf][element] = before + by
        try:
            return self.row(arrays), float(arrays[leaf][element]) - before
        except DomainError:
            return np.full(1, np.nan), by

    def record(self) -> tuple[list[Any], list[Any]]:
        """Compute the result with its graph.

        Returns:
            The leaves, and the nodes of the result that hold floats.
        """
        leaves = self.leaves(self.starts)
        with enable_grad(), np.errstate(all="ignore"):
            result = self.function(*leaves)
        parts = self._floats(result)
        kept = {id(p) for p in parts}
        chosen = zip(paths_of(result), leaves_of(result), strict=True)
        self.paths = [path for path, part in chosen if id(part) in kept]
        self.shapes = [shape_of(p) for p in parts]
        return leaves, parts

    def _floats(self, result: Any) -> list[Any]:
        if result is None:
            raise GradientError("gradcheck: the function returned None: did it forget to return?")
        found = [p for p in leaves_of(result) if p is not None]
        parts = [p for p in found if np.result_type(raw(p)).kind == "f"]
        for part in parts:
            if np.result_type(raw(part)) != np.float64:
                raise TypeError(
                    f"gradcheck: the function returned {np.result_type(raw(part))}: differences "
                    "are too coarse below float64: compute in float64, also inside the function"
                )
        return parts

    def place(self, position: int) -> str:
        """Say which number of the result stands at a position in the row."""
        for path, shape in zip(self.paths, self.shapes, strict=True):
            size = int(np.prod(shape, dtype=int))
            if position < size:
                index = tuple(int(i) for i in np.unravel_index(position, shape)) if shape else ""
                return f"result{path}{f', element {index}' if shape else ''}"
            position -= size
        return ""

    def computed(self, leaves: list[Any], parts: list[Any], weights: Any) -> list[Any]:
        """The gradient of the weighted sum of the result, by the backward pass."""
        sums: list[Any] = [np.zeros(a.shape) for a in self.starts]
        pieces, start = [], 0
        for shape in self.shapes:
            size = int(np.prod(shape, dtype=int))
            pieces.append(np.reshape(weights[start : start + size], shape))
            start += size
        for product in inner_product(parts, pieces, "gradcheck"):
            found = gradients(product, leaves, create_graph=False)
            sums = [s if g is None else s + np.asarray(g) for s, g in zip(sums, found, strict=True)]
        return sums


def findings(problem: Measured, limits: Limits, weights: Any) -> Iterator[Finding]:
    """Compare every derivative with what is measured, the greatest differences first.

    Args:
        problem: The function and where to look at it; its result must be finite there.
        limits: How far the two may differ.
        weights: One number per number of the result: derivatives of this weighted sum are
            compared; 1 where the result is one number.

    Yields:
        What differs.
    """
    leaves, parts = problem.record()
    computed = problem.computed(leaves, parts, weights)
    suspects: list[tuple[float, int, Ray, float]] = []
    kinks: list[Finding] = []
    for leaf, start in enumerate(problem.starts):
        for element in np.ndindex(start.shape):
            got = float(computed[leaf][element])
            ray = Ray(problem, weights, leaf, element, limits.step_at(float(start[element])))
            expected, noise = ray.central(1.0)
            difference = abs(expected - got)
            if not difference <= limits.around(expected, got) + noise:
                suspects.append((-difference, len(suspects), ray, got))
            elif ray.on_kink():  # both sides together agree with the convention, by symmetry
                kinks.append(Finding("kink", leaf, element, expected, got))
    for _, _, ray, got in sorted(suspects, key=lambda s: (s[0] if s[0] == s[0] else -np.inf, s[1])):
        found = examined(ray, got, limits)
        if found is not None:
            yield _located(problem, leaves, parts, found, ray)
    yield from kinks


def examined(ray: Ray, got: float, limits: Limits) -> Finding | None:
    """Look closer at a difference; None if it was the measurement that was coarse."""
    expected, error = ray.refined()
    kind = "wrong"
    if not np.isfinite(got):
        kind = "infinite"
    elif not np.isfinite(expected):
        kind = "edge"
    elif abs(expected - got) <= limits.around(expected, got) + 10 * error:
        if error <= 0.01 * max(abs(expected), abs(got)) + limits.absolute:
            return None
        kind = "noise"
    wide, narrow = ray.gap(1.0), ray.gap(1 / 64)
    (central, noise), (near, near_noise) = ray.central(1.0), ray.central(1 / 64)
    bent = narrow > 0.5 * wide and abs(central - got) <= 0.75 * wide + noise
    jumps = abs(near) > 16 * abs(central) + 16 * near_noise  # steeper the smaller the step
    if (bent and wide > limits.around(central, got)) or jumps:
        kind, expected = "kink", central
    return Finding(kind, ray.leaf, ray.element, expected, got)


def _located(
    problem: Measured, leaves: list[Any], parts: list[Any], found: Finding, ray: Ray
) -> Finding:
    """Find the number of the result for which the difference is greatest."""
    count = len(ray.weights)
    if count == 1:
        return found
    if count > MOST_RESULTS:
        return replace(found, output="a weighted sum of the result")
    worst, greatest = found, -1.0
    for i in range(count):
        one = np.zeros(count)
        one[i] = 1.0
        got = float(problem.computed(leaves, parts, one)[found.leaf][found.element])
        single = Ray(problem, one, found.leaf, found.element, ray.step)
        expected = single.refined()[0] if found.kind == "wrong" else single.central(1.0)[0]
        difference = abs(expected - got)
        if not difference <= greatest:  # nan is the worst
            place = problem.place(i)
            worst = Finding(found.kind, found.leaf, found.element, expected, got, place)
            greatest = difference if np.isfinite(difference) else np.inf
    return worst


class Ray:
    """The weighted sum of a function's result along one number of one input."""

    def __init__(
        self, problem: Measured, weights: Any, leaf: int, element: tuple[int, ...], step: float
    ) -> None:
        self.problem = problem
        self.weights = weights
        self.leaf = leaf
        self.element = element
        self.step = step
        self.known: dict[float, tuple[float, float, float]] = {}

    def at(self, by: float) -> tuple[float, float, float]:
        """The sum, the size of its terms, and the distance really gone."""
        if by not in self.known:
            row, gone = self.problem.moved(self.leaf, self.element, by)
            weights = (
                self.weights if row.shape == self.weights.shape else np.full(row.shape, np.nan)
            )
            with np.errstate(all="ignore"):
                total = float(np.sum(weights * row))
                self.known[by] = (total, float(np.sum(np.abs(weights * row))), gone)
        return self.known[by]

    def central(self, factor: float) -> tuple[float, float]:
        """The slope from both sides, and how much of it rounding may have made."""
        above, below = self.at(factor * self.step), self.at(-factor * self.step)
        width = above[2] - below[2]
        noise = 4 * EPSILON * (above[1] + below[1]) / width
        return (above[0] - below[0]) / width, noise

    def gap(self, factor: float) -> float:
        """By how much the slopes on the two sides differ."""
        here = self.at(0.0)[0]
        above, below = self.at(factor * self.step), self.at(-factor * self.step)
        return abs((above[0] - here) / above[2] - (below[0] - here) / below[2])

    def on_kink(self) -> bool:
        """Whether the slopes on the two sides differ however near one looks."""
        slope, noise = self.central(1.0)
        wide = self.gap(1.0)
        if not wide > 1e-3 * (1 + abs(slope)) + 100 * noise:
            return False
        return self.gap(1 / 64) > 0.5 * wide

    def refined(self) -> tuple[float, float]:
        """The slope extrapolated from ever smaller steps (Ridders 1982), and its error."""
        best, error = np.nan, np.inf
        previous: list[float] = []
        for k in range(12):
            slope, noise = self.central(16.0 / 2**k)
            row = [slope]
            for j, old in enumerate(previous):
                factor = 4.0 ** (j + 1)
                row.append((factor * row[j] - old) / (factor - 1))
                change = max(abs(row[j + 1] - row[j]), abs(row[j + 1] - old), noise)
                if change < error:
                    best, error = row[j + 1], change
            previous = row
        return best, error
