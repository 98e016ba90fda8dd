"""What matrices have and what solves equations: trace, determinant, inverse, triangular root."""

from __future__ import annotations

import numpy as np

from autograd.definition import operation
from autograd.op import Sample
from autograd.ops.arrange import tril
from autograd.ops.index import diagonal_index, place
from autograd.ops.products import flipped, matmul
from autograd.ops.shape import expand_dims

__all__ = [
    "cholesky",
    "det",
    "inv",
    "solve",
    "trace",
]


@operation(
    vjp=(
        lambda g, out, x: place(
            expand_dims(g, -1) * np.ones(min(x.shape[-2:])),
            index=diagonal_index(x.shape, 0),
            shape=x.shape,
        ),
    ),
    linear="x",
    latex=r"\operatorname{{tr}}\left({x}\right)",
    reads=lambda shapes, **_: [("<g>·identity", "<g> I")],
    samples=(((3, 3),), ((3, 4),), ((2, 3, 3),)),
    check=lambda x: "a matrix is needed: two axes or more",
)
def trace(x):
    """Sum of a matrix's diagonal (of the last two axes).

    Each diagonal element receives the whole gradient, the others nothing.
    """
    return np.trace(x, axis1=-2, axis2=-1)


def _square(x, *_):
    shape = np.shape(x)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        return "a square matrix is needed"
    return None


def _well_behaved(generator):
    return (generator.normal(size=(3, 3)) + 3 * np.eye(3),)


@operation(
    vjp=(lambda g, out, x: -matmul(flipped(out), matmul(g, flipped(out))),),
    latex="{x}^{{-1}}",
    check=lambda x: (
        _square(x)
        or "the matrix is singular; NumPy's pinv, or a small multiple of eye(n) added, may help"
    ),
    samples=(
        Sample(make=_well_behaved),
        Sample(make=lambda r: (r.normal(size=(2, 3, 3)) + 3 * np.eye(3),)),
    ),
)
def inv(x):
    """Inverse of a matrix.

    The gradient is carried through the inverse from both sides, with its sign turned.
    """
    return np.linalg.inv(x)


def _cofactors(out, x):
    """Determinant times transposed inverse; by singular values where there is no inverse."""
    if type(x) is np.ndarray and np.any(np.abs(out) <= 1e-13 * np.max(np.abs(x), initial=1.0)):
        u, s, v = np.linalg.svd(x)
        others = np.stack(
            [np.prod(np.delete(s, i, axis=-1), axis=-1) for i in range(s.shape[-1])], axis=-1
        )
        handed = np.linalg.det(u) * np.linalg.det(v)
        return handed[..., None, None] * ((u * others[..., None, :]) @ v)
    return expand_dims(out, (-1, -2)) * flipped(inv(x))


@operation(
    vjp=(lambda g, out, x: expand_dims(g, (-1, -2)) * _cofactors(out, x),),
    latex=r"\det {x}",
    check=_square,
    samples=(
        Sample(make=_well_behaved),
        Sample(make=lambda r: (r.normal(size=(2, 3, 3)) + 3 * np.eye(3),)),
    ),
)
def det(x):
    """Determinant of a matrix. Each element is felt by its cofactor."""
    return np.linalg.det(x)


def _solved_back(g, a, b):
    """The gradient of the right-hand side: the transposed system solved for what arrives."""
    return solve(flipped(a), g)


def _to_matrix(g, out, a, b):
    sent = _solved_back(g, a, b)
    if len(b.shape) == 1:
        return -(expand_dims(sent, -1) * expand_dims(out, -2))
    return -matmul(sent, flipped(out))


@operation(
    vjp=(
        lambda g, out, a, b: _to_matrix(g, out, a, b),
        lambda g, out, a, b: _solved_back(g, a, b),
    ),
    latex="{a}^{{-1}} {b}",
    check=lambda a, b: (
        _square(a)
        or "the matrix is singular, or the right-hand side has another size; NumPy's lstsq may help"
    ),
    samples=(
        Sample(make=lambda r: (*_well_behaved(r), r.normal(size=(3, 2)))),
        Sample(make=lambda r: (*_well_behaved(r), r.normal(size=3))),
        Sample(make=lambda r: (r.normal(size=(2, 3, 3)) + 3 * np.eye(3), r.normal(size=(2, 3, 2)))),
    ),
)
def solve(a, b):
    """Solution x of a x = b. The gradient is found by solving the transposed system."""
    return np.linalg.solve(a, b)


def _lower_half(x):
    """The lower triangle with half of the diagonal."""
    return tril(x) * (1 - 0.5 * np.eye(x.shape[-1]))


def _cholesky_gradient(g, out):
    inside = _lower_half(matmul(flipped(out), g))
    across = solve(flipped(out), flipped(solve(flipped(out), flipped(inside))))
    return 0.5 * (across + flipped(across))


@operation(
    vjp=(lambda g, out, x: _cholesky_gradient(g, out),),
    latex=r"\operatorname{{chol}}\left({x}\right)",
    check=lambda x: (
        _square(x) or "the matrix is not positive definite; a multiple of eye(n) added may help"
    ),
    samples=(Sample(make=lambda r: (lambda m: (m @ m.T + 3 * np.eye(3),))(r.normal(size=(3, 3)))),),
)
def cholesky(x):
    """Lower triangle whose product with its transpose is the (symmetrised) matrix.

    The gradient is symmetric, as the matrix is.
    """
    return np.linalg.cholesky(0.5 * (x + np.swapaxes(x, -1, -2)))
