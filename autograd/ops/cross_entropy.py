"""The loss of a classifier as one op: from scores of classes to a number."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from autograd.buffers import LARGE, take
from autograd.definition import operation
from autograd.forms import plain_numbers
from autograd.memory_order import take_like
from autograd.op import Sample
from autograd.ops.index import take_along_axis
from autograd.ops.kept import keep, kept
from autograd.ops.reduce import mean, sum
from autograd.ops.shape import squeeze
from autograd.ops.softmax import log_softmax
from autograd.ops.sums_by_product import ones, sum_of_rows

__all__ = ["USUAL", "cross_entropy", "labels_at", "usual_loss", "usual_way_back"]

_FEW = 32
USUAL = {"class_axis": 1, "weight": None, "counts": None, "smoothing": 0.0, "reduction": "mean"}


def _by_class(weight, ndim, axis):
    """The weights of the classes along their axis."""
    return weight.reshape([-1 if i == axis % ndim else 1 for i in range(ndim)])


def _reduced(terms, share, reduction):
    if reduction == "none":
        return terms
    if reduction == "sum":
        return sum(terms)
    return mean(terms) if share is None else sum(terms) / np.sum(share)


def _made_of(scores, *, labels, class_axis, weight, counts, smoothing, reduction):
    """Minus the logarithm of the softmax at the true class, weighted, and reduced."""
    logarithms = log_softmax(scores, class_axis)
    places = np.expand_dims(labels, class_axis)
    terms = -squeeze(take_along_axis(logarithms, places, class_axis), class_axis)
    weight = _in_kind(weight, scores.dtype)
    share = _share(labels, weight, counts, scores.dtype)
    if weight is not None:
        terms = terms * weight[labels]
        logarithms = logarithms * _by_class(weight, len(scores.shape), class_axis)
    if smoothing:
        terms = (1 - smoothing) * terms - smoothing * mean(logarithms, class_axis)
    if counts is not None:
        terms = terms * counts.astype(scores.dtype)
    return _reduced(terms, share, reduction)


def _is_usual(scores, class_axis, weight, counts, smoothing, reduction):
    """Whether it is the mean over a batch of examples that all count as 1."""
    return (
        class_axis == 1
        and weight is None
        and counts is None
        and not smoothing
        and reduction == "mean"
        and scores.ndim == 2
        and scores.dtype.kind == "f"
    )


def _in_kind(weight, kind):
    """The weights of the classes in the scores' kind of number, so that they widen nothing."""
    return None if weight is None else weight.astype(kind, copy=False)


def _share(labels, weight, counts, kind):
    """How much every example counts in a mean; None if all count as 1."""
    share = None if weight is None else weight[labels]
    if counts is None:
        return share
    return counts.astype(kind) if share is None else share * counts


def _rows(array, axis):
    """The classes of every example as a row, shape (examples, classes), in floats."""
    array = array if array.ndim == 2 and axis == 1 else np.moveaxis(array, axis, -1)
    rows = array.reshape(-1, array.shape[-1])
    return rows if rows.dtype.kind == "f" else rows.astype(float)


def _to_scores(g, out, scores, *, labels, class_axis, weight, counts, smoothing, reduction):
    """The shares less the truth, each example by how much it counts."""
    flat = labels.reshape(-1)
    found = kept(out)
    if found is None:
        shares = _shares(_rows(scores, class_axis))[0]
        true = _places(flat, shares.shape[1])
    else:
        shares, true = found
    if _is_usual(scores, class_axis, weight, counts, smoothing, reduction):
        return usual_way_back(g, shares, true)
    classes = shares.shape[1]
    weight = _in_kind(weight, scores.dtype)
    factor = _share(labels, weight, counts, scores.dtype)
    if reduction == "mean":
        g = g / (flat.size if factor is None else np.sum(factor))
    of_true = g if factor is None else g * factor
    if not smoothing and not np.shape(of_true):  # as nearly always
        back = np.multiply(shares, of_true, out=take_like(shares))
        back.reshape(-1)[true] -= of_true
        return _as_scores(back, scores, labels, class_axis)
    of_true = np.broadcast_to(of_true, labels.shape).reshape(-1)
    if smoothing:
        spread = g if counts is None else g * counts
        spread = np.broadcast_to(smoothing / classes * spread, labels.shape).reshape(-1, 1)
        spread = spread * (np.ones(classes, scores.dtype) if weight is None else weight)
        of_true = (1 - smoothing) * of_true
        back = shares * (of_true + spread.sum(axis=1))[:, None]
        back -= spread
    else:
        back = shares * of_true[:, None]
    back.reshape(-1)[true] -= of_true
    return _as_scores(back, scores, labels, class_axis)


def usual_way_back(g: Any, shares: Any, places: Any) -> Any:
    """What the scores are sent in the usual case, from what ``usual_loss`` found."""
    share = g / plain_numbers(shares.dtype)[len(places)]
    back = np.multiply(shares, share, out=take_like(shares))
    back.reshape(-1)[places] -= share
    return back


def _reads(shapes, *, labels, class_axis, weight, counts, smoothing, reduction):
    """The way back on a line, where all examples count as 1."""
    if weight is not None or counts is not None or smoothing:
        return [("", "")]
    among, share = "", "<g>"
    if reduction == "mean" and labels.size > 1:
        among, share = f" / {labels.size}", rf"\frac{{<g>}}{{{labels.size}}}"
    latex = rf"{share} \left(\operatorname{{softmax}}\left(<0>\right) - \text{{truth}}\right)"
    return [(f"<g>·(softmax(<0>) − truth){among}", latex)]


def _as_scores(back, scores, labels, class_axis):
    """Rows of classes in the shape that the scores have."""
    if scores.ndim == 2 and class_axis == 1:
        return back
    return np.moveaxis(back.reshape(*labels.shape, back.shape[1]), -1, class_axis)


@lru_cache(maxsize=64)
def _starts(examples, classes):
    """Where every example begins then; nobody writes to it."""
    return np.arange(0, examples * classes, classes)


def _places(labels, classes):
    """Where the true classes stand when all rows are written one after the other."""
    starts = _starts(len(labels), classes)
    return starts + labels if labels.dtype is starts.dtype else starts + labels.astype(np.intp)


def labels_at(places: Any, classes: int) -> Any:
    """The labels of ``_places``."""
    return places - _starts(len(places), classes)


def _shares(rows, places=None, weight=None, spread=False, top=None):
    """The softmax of every row; the logarithm of its sum; the true score; and the mean of all.

    All are of the rows less their greatest, so that nothing overflows.
    """
    if top is None:
        if rows.shape[1] > _FEW:
            top = np.maximum.reduce(rows, axis=1)
        else:  # few classes are compared one with the other
            top = np.maximum.reduce(np.ascontiguousarray(rows.T), axis=0)
        finite = math.isfinite(top.dot(top))  # if not, it may still be one of large numbers
        top = top[:, None]
        if not finite:
            with np.errstate(all="ignore"):  # a row of -inf alone has no shares
                top = np.where(np.isfinite(top), top, 0)
                return _shares(rows, places, weight, spread, top)
    few = rows.nbytes < LARGE and rows.flags.c_contiguous
    shares = rows - top if few else np.subtract(rows, top, out=take(rows.shape, rows.dtype))
    true = average = None
    if places is not None:
        true = shares.take(places)
    if spread:
        average = (shares if weight is None else shares * weight).mean(axis=1)
    np.exp(shares, out=shares)
    if rows.shape[1] > _FEW:
        total = np.add.reduce(shares, axis=1)
    else:
        total = shares.dot(ones(rows.shape[1], rows.dtype))
    shares /= total[:, None]
    return shares, np.log(total), true, average


def usual_loss(scores: Any, labels: Any) -> Any:
    """The mean over a batch that ``_is_usual``, the shares, and where the true classes stand."""
    places = _places(labels, scores.shape[1])
    shares, terms, true, _ = _shares(scores, places)
    terms -= true
    return np.asarray(sum_of_rows(terms) / len(terms), terms.dtype), shares, places


@operation(
    vjp=(_to_scores,),
    made_of=_made_of,
    symbol="CE",
    reads=_reads,
    latex=r"-\ln \operatorname{{softmax}}_y\left({scores}\right)",
    samples=tuple(
        Sample(
            (shape,),
            {
                "labels": np.array(labels, ndmin=0),
                "class_axis": class_axis,
                "weight": weight,
                "counts": counts,
                "smoothing": smoothing,
                "reduction": reduction,
            },
        )
        for shape, labels, class_axis, weight, counts, smoothing, reduction in (
            ((3, 4), [1, 0, 3], 1, None, None, 0.0, "mean"),
            ((3, 4), [1, 0, 3], 1, None, None, 0.0, "none"),
            ((4,), 2, 0, None, None, 0.1, "sum"),
            ((3, 3), [0, 0, 1], 0, None, None, 0.1, "mean"),
            ((3, 2), [1, 0, 1], 1, np.array([0.5, 2.0]), None, 0.0, "mean"),
            ((2, 3, 2), [[1, 0], [2, 2]], 1, np.array([0.5, 2.0, 1.0]), np.array(
                [[True, False], [True, True]]
            ), 0.2, "mean"),
            ((2, 3, 2), [[1, 0], [2, 2]], 1, None, np.array(
                [[True, False], [True, True]]
            ), 0.0, "none"),
        )
    ),
)  # fmt: skip
def cross_entropy(
    scores, *, labels, class_axis=1, weight=None, counts=None, smoothing=0.0, reduction="mean"
):
    """Surprise at the true classes: the logarithm of a sum of exponentials less the true score.

    Each score receives its share of that sum, its class's probability; the true class one less.
    """
    if _is_usual(scores, class_axis, weight, counts, smoothing, reduction):
        return keep(*usual_loss(scores, labels))
    rows, flat = _rows(scores, class_axis), labels.reshape(-1)
    weight = _in_kind(weight, rows.dtype)
    places = _places(flat, rows.shape[1])
    shares, logarithm, true, spread = _shares(rows, places, weight, smoothing)
    terms = logarithm - true
    if weight is not None:
        terms *= weight[flat]
    if smoothing:
        logarithm = logarithm if weight is None else logarithm * weight.mean()
        terms = (1 - smoothing) * terms + smoothing * (logarithm - spread)
    if counts is not None:
        terms *= counts.reshape(-1)
    if reduction == "none":
        out = terms.reshape(labels.shape)
    elif reduction == "sum":
        out = np.asarray(terms.sum())
    else:
        share = _share(labels, weight, counts, terms.dtype)
        count = len(terms) if share is None else np.sum(share)
        out = np.asarray(np.add.reduce(terms) / count, terms.dtype)
    return keep(out, shares, places)
