"""Programs of Values that are no networks: physics, probability, finance, fitting."""

import math

import numpy as np

from autograd import Value, arctan2, erf, log, logsumexp, maximum, where
from tests.autograd.programs_of_lessons import draws, flat, numbers, squared, taken_from, values

HERE = "tests/autograd/programs_of_sciences.py"


@taken_from(HERE)
def a_pendulum_in_time():
    length, friction = Value(1.3), Value(0.1)

    def loss(angle, speed, seen):
        for _ in range(40):
            speed = speed - 0.05 * (9.81 / length * angle.sin() + friction * speed)
            angle = angle + 0.05 * speed
        return (angle - seen) ** 2

    return loss, (numbers(6), numbers(6), numbers(6)), [length, friction]


@taken_from(HERE)
def springs_by_runge_kutta():
    stiff, damping = values([2.0, 1.0]), Value(0.2)

    def slope(x, y, u, v):
        middle = stiff[1] * (y - x)
        return u, v, middle - stiff[0] * x - damping * u, -middle - damping * v

    def loss(start, seen):
        state = start
        for _ in range(5):
            k1 = slope(*state)
            k2 = slope(*(s + 0.05 * k for s, k in zip(state, k1, strict=True)))
            k3 = slope(*(s + 0.05 * k for s, k in zip(state, k2, strict=True)))
            k4 = slope(*(s + 0.1 * k for s, k in zip(state, k3, strict=True)))
            steps = zip(state, k1, k2, k3, k4, strict=True)
            state = [s + 0.1 / 6 * (a + 2 * b + 2 * c + d) for s, a, b, c, d in steps]
        return squared(state, seen)

    return loss, (numbers(5, 4), numbers(5, 4)), [*stiff, damping]


@taken_from(HERE)
def a_mixture_of_gaussians():
    means, spreads, weights = values([-1.0, 0.5, 2.0]), values([0.0, -0.3, 0.4]), values([0.1] * 3)

    def loss(x):
        parts = [
            w - spread - 0.5 * ((x - mean) / spread.exp()) ** 2
            for mean, spread, w in zip(means, spreads, weights, strict=True)
        ]
        return logsumexp(weights) - logsumexp(parts) + 0.5 * math.log(2 * math.pi)

    return loss, (numbers(9),), [*means, *spreads, *weights]


@taken_from(HERE)
def a_kalman_filter():
    drift, noise, error = Value(0.9), Value(-1.0), Value(-0.5)

    def loss(seen):
        mean, variance, total = 0.0, 1.0, 0.0
        for x in seen:
            mean, variance = drift * mean, drift * drift * variance + noise.exp()
            spread, apart = variance + error.exp(), x - mean
            total = total + 0.5 * (log(spread) + apart * apart / spread)
            gain = variance / spread
            mean, variance = mean + gain * apart, (1 - gain) * variance
        return total

    return loss, (numbers(4, 12),), [drift, noise, error]


@taken_from(HERE)
def a_hidden_markov_model():
    stay, odds = values([[1.0, -0.5], [0.2, 0.8]]), values([[0.3, -0.2], [-1.0, 1.0]])

    def loss(seen):
        rows = [[v - logsumexp(row) for v in row] for row in stay]
        told = [[v - logsumexp(row) for v in row] for row in odds]
        paths = [Value(math.log(0.5))] * 2
        for x in seen:
            heard = [x * row[1] + (1 - x) * row[0] for row in told]
            paths = [
                heard[k] + logsumexp([paths[j] + rows[j][k] for j in range(2)]) for k in range(2)
            ]
        return -logsumexp(paths)

    return loss, (draws().integers(2, size=(5, 6)),), flat(stay, odds)


@taken_from(HERE)
def heat_in_a_rod():
    spread, source = Value(0.2), values(numbers(6))

    def loss(rod, seen):
        for _ in range(8):
            left, right = [rod[0], *rod[:-1]], [*rod[1:], rod[-1]]
            cells = zip(left, rod, right, source, strict=True)
            rod = [u + spread * (a - 2 * u + b) + 0.1 * s for a, u, b, s in cells]
        return squared(rod, seen)

    return loss, (numbers(4, 6), numbers(4, 6)), [spread, *source]


@taken_from(HERE)
def a_wave_that_steepens():
    viscosity = Value(0.1)

    def loss(u, seen):
        for _ in range(4):
            around = zip([u[-1], *u[:-1]], u, [*u[1:], u[0]], strict=True)
            u = [v - 0.1 * v * (b - a) / 2 + viscosity * (a - 2 * v + b) for a, v, b in around]
        return squared(u, seen)

    return loss, (numbers(3, 8), numbers(3, 8)), [viscosity]


@taken_from(HERE)
def a_polynomial_by_horner_and_by_powers():
    c = values([0.5, -1.0, 0.3, 0.1])

    def loss(x, y):
        horner = c[3]
        for coefficient in reversed(c[:3]):
            horner = horner * x + coefficient
        return (horner - y) ** 2 + sum(a * x**k for k, a in enumerate(c)) * y

    return loss, (numbers(6), numbers(6)), c


@taken_from(HERE)
def black_and_scholes():
    rate, volatility = Value(0.03), Value(0.2)

    def normal(x):
        return 0.5 * (1 + erf(x / math.sqrt(2)))

    def loss(spot, strike, years, seen):
        width = volatility * years.sqrt()
        d1 = (log(spot / strike) + (rate + volatility * volatility / 2) * years) / width
        price = spot * normal(d1) - strike * (-rate * years).exp() * normal(d1 - width)
        return (price - seen) ** 2

    r = draws()
    batch = r.uniform(80, 120, 7), r.uniform(80, 120, 7), r.uniform(0.5, 2, 7), r.uniform(5, 20, 7)
    return loss, batch, [rate, volatility]


@taken_from(HERE)
def planets_that_pull():
    masses = values([1.0, 0.5, 0.2])

    def loss(places):
        total = 0.0
        for i in range(3):
            for j in range(i):
                apart = [a - b for a, b in zip(places[i], places[j], strict=True)]
                total = total - masses[i] * masses[j] / (sum(d * d for d in apart) + 0.1).sqrt()
        return total

    return loss, (numbers(5, 3, 2),), masses


@taken_from(HERE)
def an_arm_with_three_joints():
    lengths, rest = values([1.0, 0.7, 0.4]), Value(0.3)

    def loss(angles, target):
        x = y = heading = 0.0
        for length, angle in zip(lengths, angles, strict=True):
            heading = heading + angle + rest
            x, y = x + length * heading.cos(), y + length * heading.sin()
        missed = (x - target[0]) ** 2 + (y - target[1]) ** 2
        return missed.sqrt() + 0.1 * arctan2(y, x)

    return loss, (numbers(6, 3), numbers(6, 2)), [*lengths, rest]


@taken_from(HERE)
def least_squares_by_a_cholesky_root():
    width = Value(0.5)

    def loss(x, y):
        kernel = [[(-width * (a - b) ** 2).exp() for b in x] for a in x]
        root = [[0.0] * 3 for _ in range(3)]
        for i in range(3):
            for j in range(i + 1):
                rest = kernel[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
                root[i][j] = (rest + 0.1).sqrt() if i == j else rest / root[j][j]
        z = []
        for i in range(3):
            z.append((y[i] - sum(root[i][k] * z[k] for k in range(i))) / root[i][i])
        return 0.5 * sum(v * v for v in z) + sum(log(root[i][i]) for i in range(3))

    return loss, (numbers(4, 3), numbers(4, 3)), [width]


@taken_from(HERE)
def what_chooses_by_where_and_by_maximum():
    slopes = values([0.5, -1.5])

    def loss(x, y):
        bent = where((x - 0.1).relu(), slopes[0] * x, slopes[1] * x)
        return maximum(bent - y, 0.5 * (y - bent)) + abs(bent).minimum(2.0)

    return loss, (np.linspace(-2, 2, 9), numbers(9)), slopes
