"""Re-rolling: chains of sums and products of a recording become weighted sums."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograd.op import OPS
from autograd.replay.recording import CONSTANT, EXAMPLE, SHARED, Recording

__all__ = ["WeightedSum", "weighted_sums"]

Term = tuple[float, "int | None", int]  # a factor, the place of the weight, the place of the input


@dataclass
class WeightedSum:
    """factor * weight * input, summed, plus a bias.

    Attributes:
        terms: A factor, the place of a shared weight (None for none), the place of an input.
        biases: Factors and places of what is added and the same for the whole batch.
        constant: What is added and always the same.
        absorbed: Whether other instructions were taken in.
        ops: How many instructions this stands for.
    """

    terms: list[Term] = field(default_factory=list)
    biases: list[tuple[float, int]] = field(default_factory=list)
    constant: float = 0.0
    absorbed: bool = False
    ops: int = 1

    def take_in(self, other: WeightedSum, factor: float) -> None:
        """Add another sum, times a factor; it is used up."""
        if len(other.terms) > len(self.terms) and factor == 1.0:  # the shorter joins the longer
            self.terms, other.terms = other.terms, self.terms
            self.terms.extend(other.terms)
        else:
            self.terms.extend((factor * f, w, x) for f, w, x in other.terms)
        self.biases.extend((factor * f, x) for f, x in other.biases)
        self.constant += factor * other.constant
        self.absorbed = True
        self.ops += other.ops


class _Finder:
    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.uses = [0] * len(recording.ops)
        for inputs in recording.inputs:
            for place in inputs:
                self.uses[place] += 1
        self.uses[recording.root] += 2  # the result itself stays
        self.sums: dict[int, WeightedSum] = {}
        self.products: dict[int, tuple[int, int]] = {}  # of a weight and an input

    def run(self) -> dict[int, WeightedSum]:
        recording = self.recording
        for place in range(len(recording.ops)):
            op, level = recording.ops[place], recording.levels[place]
            if op is None or level == CONSTANT:
                continue
            inputs = recording.inputs[place]
            if op is OPS["mul"]:
                self._note_product(place, inputs, level)
                continue
            if op is OPS["square"] and level == SHARED:
                self.products[place] = (inputs[0], inputs[0])
                continue
            factors = _factors(op.name, op.filled, len(inputs))
            if factors is None and op.name != "weighted_sum":
                continue
            found = WeightedSum()
            if factors is None:
                self._unfold(found, inputs, level)
            else:
                for factor, item in zip(factors, inputs, strict=True):
                    self._add(found, factor, item, level)
            self.sums[place] = found
        return {
            place: found
            for place, found in self.sums.items()
            if found.absorbed or len(recording.inputs[place]) > 2
        }

    def _note_product(self, place: int, inputs: tuple[int, ...], level: int) -> None:
        left, right = inputs
        levels = self.recording.levels
        if levels[left] < level:
            self.products[place] = (left, right)
        elif levels[right] < level:
            self.products[place] = (right, left)
        elif level == SHARED:
            self.products[place] = (left, right)

    def _add(self, into: WeightedSum, factor: float, item: int, level: int) -> None:
        recording = self.recording
        if recording.levels[item] == CONSTANT:
            into.constant += factor * recording.numbers[item]
        elif recording.levels[item] < level:
            into.biases.append((factor, item))
        elif self.uses[item] == 1 and item in self.sums:
            into.take_in(self.sums.pop(item), factor)
        elif self.uses[item] == 1 and item in self.products:
            self._weigh(into, *self.products.pop(item), factor)
            into.absorbed = True
            into.ops += 1
        else:
            into.terms.append((factor, None, item))

    def _weigh(self, into: WeightedSum, weight: int, item: int, factor: float) -> None:
        if self.recording.levels[weight] == CONSTANT:
            into.terms.append((factor * self.recording.numbers[weight], None, item))
        else:
            into.terms.append((factor, weight, item))

    def _unfold(self, into: WeightedSum, inputs: tuple[int, ...], level: int) -> None:
        """Take a weighted sum apart: it is the same as products that are added."""
        into.absorbed = True
        half, levels = len(inputs) // 2, self.recording.levels
        for left, right in zip(inputs[:half], inputs[half : 2 * half], strict=True):
            low, high = (left, right) if levels[left] <= levels[right] else (right, left)
            if levels[high] == level and (levels[low] < level or level == SHARED):
                self._weigh(into, low, high, 1.0)
            elif levels[high] == CONSTANT:
                into.constant += self.recording.numbers[low] * self.recording.numbers[high]
            else:
                product = self._product(low, high)
                self._add(into, 1.0, product, level)
        self._add(into, 1.0, inputs[-1], level)

    def _product(self, left: int, right: int) -> int:
        """Append an instruction for a product that stood inside a weighted sum."""
        recording = self.recording
        number = recording.numbers[left] * recording.numbers[right]
        level = max(recording.levels[left], recording.levels[right])
        self.uses.append(2)  # stays an instruction of its own
        return recording.add(OPS["mul"], (left, right), number, level)


def _factors(name: str, settings: object, count: int) -> list[float] | None:
    """What an op multiplies its inputs by before it adds them; None if it does something else."""
    if name == "add":
        return [1.0, 1.0]
    if name == "sub":
        return [1.0, -1.0]
    if name == "neg":
        return [-1.0]
    if name == "sum":
        return [1.0] * count
    if name == "mean":
        return [1.0 / count] * count
    return None


def weighted_sums(recording: Recording) -> dict[int, WeightedSum]:
    """Find the weighted sums; an inner sum or product that is used once becomes part of its outer.

    Products that have to stay on their own, and the sums of several biases, are appended to the
    recording as instructions.

    Args:
        recording: The instructions.

    Returns:
        The weighted sums by the place that each computes; at most one bias each.
    """
    found = _Finder(recording).run()
    for place, each in list(found.items()):
        level = recording.levels[place]
        plain = len(each.biases) == 1 and each.biases[0][0] == 1.0 and each.constant == 0.0
        if level == EXAMPLE and each.biases and not plain:
            biases, constant = each.biases, each.constant
            total = sum(f * recording.numbers[x] for f, x in biases) + constant
            made = recording.add(OPS["add"], tuple(x for _, x in biases), total, SHARED)
            found[made] = WeightedSum([(f, None, x) for f, x in biases], [], constant, True)
            each.biases, each.constant = [(1.0, made)], 0.0
    return found
