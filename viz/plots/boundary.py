"""`decision_boundary`: where in the plane a model changes its mind, with the points it learned."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viz.plots.matplotlib_axes import axes_for, plain_text
from viz.plots.points import (
    FINEST,
    checked_points,
    look_like_probabilities,
    side_of,
    titles_of,
)
from viz.plots.predictions import Predictor
from viz.plots.regions import Regions, are_labels, classes_of, regions_of
from viz.theme import SERIES

MARKERS = "os^Dv*Xp"
ALL_AT_ONCE, ONE_BY_ONE = 200, 50  # steps of the grid on each side


def decision_boundary(
    predict: Any,
    X: Any,
    y: Any,
    *,
    ax: Any = None,
    resolution: int | None = None,
    names: Sequence[str] | Mapping[Any, str] | None = None,
    feature_names: Sequence[str] | None = None,
    probability: bool | None = None,
) -> Any:
    """Plot the regions in which a model says one class or another, and the points themselves.

    Every class has a colour and a shape. The surer the model, the stronger the colour of the
    region; points on the wrong side have a ring.

    Args:
        predict: a model on Tensors or on Values, or a function that takes points of shape (n, 2)
            or one point. It gives a number per point (2 classes), a column per class, or labels.
        X: the points, shape (n, 2).
        y: their labels, shape (n,).
        ax: axes of matplotlib to draw on; by default new ones.
        resolution: steps of the grid on each side; by default 200, and 50 where the model takes
            one point at a time.
        names: a name for each class, in the order of the labels, or by label.
        feature_names: what the two columns of X are.
        probability: whether the model's numbers are probabilities, so that 0.5 decides, and not 0;
            by default they are if all lie between 0 and 1.

    Returns:
        The axes. New ones show themselves in a notebook and have `.save("boundary.png")`.

    Raises:
        ImportError: if matplotlib is not installed.
        TypeError: if the model can be called in no way.
        ValueError: if X, y or what the model says does not fit.

    Example:
        >>> X = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
        >>> axes = decision_boundary(lambda p: p[0] * 2 + p[1] - 1.5, X, [0, 1, 0, 1])
        >>> axes.description
        'Decision boundary of 2 classes; 4 of 4 points lie on their side.'
    """
    who = "decision_boundary"
    points, labels = checked_points(X, y, who)
    if resolution is not None and not 2 <= resolution <= FINEST:
        raise ValueError(f"{who}: resolution={resolution} came; needs 2 to {FINEST}")
    if feature_names is not None and len(feature_names) != 2:
        raise ValueError(f"{who}: feature_names has {len(feature_names)} names; needs 2")
    ask = Predictor(predict, points, who)
    steps = resolution or (ONE_BY_ONE if ask.one_by_one else ALL_AT_ONCE)
    sides = [side_of(points[:, column], steps) for column in (0, 1)]
    plane = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    answers, at_points = ask(plane), ask(points)
    if answers.dtype.kind == "f" and not np.isfinite(answers).any():
        raise ValueError(
            f"{who}: everything the model says is nan or infinite; train it with a smaller "
            "learning rate"
        )
    both = np.concatenate([at_points, answers])
    classes = classes_of(labels, both, who)
    settings = {
        "labels": are_labels(labels, both),
        "probability": look_like_probabilities(both) if probability is None else probability,
    }
    titles = [plain_text(title) for title in titles_of(classes, names, who)]
    ax = axes_for(ax, who)
    regions = regions_of(answers, classes, **settings)
    _paint(ax, regions, sides, len(classes))
    here = regions_of(at_points, classes, **settings).winner
    wrong = np.array([index < 0 for index in here])
    for index, label in enumerate(classes):
        mine = labels == label
        wrong |= mine & (here != index)
        ax.scatter(
            *points[mine].T,
            s=34,
            marker=MARKERS[index % len(MARKERS)],
            color=SERIES[index % len(SERIES)],
            edgecolors="white",
            linewidths=0.8,
            label=titles[index],
            zorder=3,
        )
    if wrong.any():
        ring = f"wrong side ({int(wrong.sum())})"
        ax.scatter(
            *points[wrong].T, s=110, facecolors="none", edgecolors="#1b1f24", label=ring, zorder=4
        )
    if hasattr(ax, "description"):
        ax.description = (
            f"Decision boundary of {len(classes)} classes; {int((~wrong).sum())} of {len(points)} "
            "points lie on their side."
        )
        feature_names = feature_names or ("x1", "x2")
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    else:
        ax.legend(loc="upper right")
    if feature_names is not None:
        ax.set_xlabel(plain_text(feature_names[0], 40))
        ax.set_ylabel(plain_text(feature_names[1], 40))
    return ax


def _paint(ax: Any, regions: Regions, sides: Sequence[NDArray[np.float64]], count: int) -> None:
    shape = (len(sides[1]), len(sides[0]))
    colours = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in SERIES])
    image = np.zeros((*shape, 4))
    winner = regions.winner.reshape(shape)
    image[..., :3] = colours[winner % len(SERIES)]
    image[..., 3] = np.where(winner < 0, 0.0, 0.10 + 0.35 * regions.sureness.reshape(shape))
    edges = [(side[0], side[-1]) for side in sides]
    ax.imshow(
        image,
        extent=(*edges[0], *edges[1]),
        origin="lower",
        aspect="auto",
        interpolation="bilinear",
        zorder=0,
    )
    for margin in regions.margins[: 1 if count == 2 else count]:
        finite = margin[np.isfinite(margin)]
        if finite.size and finite.min() < 0 < finite.max():  # else there is no line to draw
            height = np.where(np.isfinite(margin), margin, math.nan).reshape(shape)
            ax.contour(*sides, height, levels=[0.0], colors=["#1b1f24"], linewidths=1.4, zorder=2)
    ax.set_xlim(*edges[0])
    ax.set_ylim(*edges[1])
