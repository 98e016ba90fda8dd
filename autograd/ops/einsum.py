"""Einstein's summation: products summed over every index that the result does not name."""

from __future__ import annotations

import numpy as np

from autograd.definition import operation
from autograd.errors import ShapeError
from autograd.op import Sample
from autograd.ops.index import place
from autograd.ops.shape import broadcast_to, reshape, sum_to

__all__ = ["einsum"]

_SPARE = "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba"


def _spelled_out(subscripts, ndims):
    """The subscripts with the result named and every ellipsis replaced by letters of its own."""
    text = subscripts.replace(" ", "")
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(ndims):
        raise ShapeError(
            f"einsum: {len(ndims)} arrays came for the {len(terms)} terms of {subscripts!r}: "
            "give one array per term"
        )
    spare = [letter for letter in _SPARE if letter not in text]
    wide = max(
        [n - len(t.replace("...", "")) for t, n in zip(terms, ndims, strict=True) if "..." in t],
        default=0,
    )
    dots = "".join(spare[:wide])
    full = []
    for term, ndim in zip(terms, ndims, strict=True):
        own = ndim - len(term.replace("...", ""))
        if own < 0 or (own and "..." not in term):
            raise ShapeError(
                f"einsum: the term {term!r} of {subscripts!r} came with an array of {ndim} axes: "
                "give one letter per axis, or an ellipsis"
            )
        full.append(term.replace("...", dots[len(dots) - own :] if own else ""))
    if not arrow:
        joined = "".join(full)
        right = "..." + "".join(sorted(c for c in set(joined) - set(dots) if joined.count(c) == 1))
    return full, right.replace("...", dots)


def einsum_gradients(g, out, *xs, subscripts):
    terms, result = _spelled_out(subscripts, [len(x.shape) for x in xs])
    return [_gradient(g, i, xs, terms, result) for i in range(len(xs))]


def _gradient(g, i, xs, terms, result):
    """One operand's gradient: the others and the result's gradient, summed onto its letters."""
    x, term = xs[i], terms[i]
    others = [(xs[j], terms[j]) for j in range(len(xs)) if j != i]
    letters = "".join(dict.fromkeys(term))  # each once: a repeated letter reads a diagonal
    known = [c for c in letters if c in result or any(c in t for _, t in others)]
    spelled = ",".join([result, *(t for _, t in others)]) + "->" + "".join(known)
    sent = einsum(spelled, g, *(y for y, _ in others))
    sizes = dict(zip(known, sent.shape, strict=True))
    own = {c: x.shape[term.index(c)] for c in letters}
    if any(own[c] == 1 != sizes[c] for c in known):  # x was broadcast along this letter
        sizes = {c: min(sizes[c], own[c]) for c in known}
        sent = sum_to(sent, tuple(sizes.values()))
    if sizes != own:  # a letter that was only summed over: every element counted the same
        sent = reshape(sent, tuple(sizes.get(c, 1) for c in letters))
        sent = broadcast_to(sent, tuple(own.values()))
    if letters == term:
        return sent
    steps = np.ogrid[tuple(slice(n) for n in own.values())]
    index = tuple(steps[letters.index(c)] for c in term)
    return place(sent, index=index, shape=x.shape)


@operation(
    vjp=einsum_gradients,
    call=lambda subscripts, *arrays: (arrays, {"subscripts": subscripts}),
    samples=(
        Sample(((3, 4), (4, 2)), {"subscripts": "ij,jk->ik"}),
        Sample(((3, 3),), {"subscripts": "ii->i"}),
        Sample(((3, 3),), {"subscripts": "ii"}),
        Sample(((3, 4),), {"subscripts": "ij->i"}),
        Sample(((3, 4), (3, 4)), {"subscripts": "ij,ij->"}),
        Sample(((2, 3, 4), (2, 4, 5)), {"subscripts": "...ij,...jk->...ik"}),
        Sample(((3,), (4,)), {"subscripts": "i,j"}),
        Sample(((3, 3), (3,)), {"subscripts": "ii,i->i"}),
        Sample(((2, 3), (3, 4), (4, 2)), {"subscripts": "ij,jk,kl->il"}),
        Sample(((3, 4), (4,)), {"subscripts": "ij,k->i"}),
        Sample(((3, 1), (4, 2)), {"subscripts": "ij,jk->ik"}),
        Sample(((1, 1), (3, 2)), {"subscripts": "ii,ij->j"}),
    ),
)
def einsum(*xs, subscripts):
    """Sum of products over every index that the result does not name.

    Each operand's gradient is the same sum with the operand and the result exchanged.
    """
    return np.einsum(subscripts, *xs, optimize=len(xs) > 2)
