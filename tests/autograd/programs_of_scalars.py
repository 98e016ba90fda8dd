"""The programs of the lesson on replay, restated for one example as the others are."""

import numpy as np

from autograd import Value, maximum, where
from tests.autograd.programs_of_lessons import (
    SCALARS,
    draws,
    flat,
    numbers,
    squared,
    taken_from,
    values,
)


@taken_from(SCALARS)
def a_neuron_and_its_label():
    w1, w2, b = values([0.5, -1.0, 0.25])

    def loss(x1, x2, label):
        return ((w1 * x1 + w2 * x2 + b).tanh() - label) ** 2

    return loss, (numbers(5), numbers(5), numbers(5)), [w1, w2, b]


@taken_from(SCALARS)
def a_kernel_that_is_looked_for():
    kernel = values(0.1 * numbers(3, 3))

    def loss(picture, answer):
        total = 0.0
        for row in range(3):
            for column in range(3):
                window = sum(
                    kernel[i][j] * picture[row + i][column + j] for i in range(3) for j in range(3)
                )
                total = total + (window.relu() - answer[row][column]) ** 2
        return total / 9

    return loss, (numbers(4, 5, 5), numbers(4, 3, 3)), flat(kernel)


@taken_from(SCALARS)
def the_first_of_eight_numbers():
    keep, (read, bias, say) = values(numbers(4, 4)), values(numbers(3, 4))

    def loss(sequence):
        mind = [(read[k] * sequence[0] + bias[k]).tanh() for k in range(4)]
        for number in sequence[1:]:
            sums = [sum(w * m for w, m in zip(row, mind, strict=True)) for row in keep]
            mind = [(sums[k] + read[k] * number + bias[k]).tanh() for k in range(4)]
        return (sum(w * m for w, m in zip(say, mind, strict=True)) - sequence[0]) ** 2

    return loss, (numbers(5, 8),), flat(keep, read, bias, say)


@taken_from(SCALARS)
def a_film_of_a_pendulum():
    length, friction = Value(1.5), Value(0.1)

    def loss(angle, speed, seen):
        computed = []
        for _ in range(20):
            speed = speed - 0.05 * (9.81 / length * np.sin(angle) + friction * speed)
            angle = angle + 0.05 * speed
            computed.append(angle)
        return squared(computed, seen) / 20

    return loss, (numbers(5), numbers(5), draws().random((5, 20))), [length, friction]


@taken_from(SCALARS)
def what_chooses_in_the_lesson():
    slope, factor = Value(3.0), 10.0

    def loss(x):
        steeper = where(x.relu(), slope * x, 0.1 * slope * x)
        return factor * slope * x.relu() + maximum(slope * x, -slope * x) + steeper

    return loss, (np.array([1.0, -2.0, 0.5]),), [slope]
