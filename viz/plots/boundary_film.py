"""`BoundaryFilm`: the decision boundary while it is learned, as a picture that plays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from viz.motion.moving_picture import FilmPicture
from viz.plots.boundary_scene import WHO, Ground, Shot, film_svg
from viz.plots.points import checked_points, side_of
from viz.plots.predictions import Predictor
from viz.words.labels import clean

MOST_FRAMES, RESOLUTION = 40, 48
WHOLE_SECONDS, LONGEST = 12.0, 0.8


class BoundaryFilm:
    """Records the decision boundary while a model learns, for a picture that plays.

    Args:
        X: the points, shape (n, 2).
        y: their labels, shape (n,).
        most: how many moments are kept; of a longer training an even choice, and the last.
        resolution: steps of the grid on each side.
        names: a name for each class, in the order of the labels, or by label.
        feature_names: what the two columns of X are.
        probability: whether the model's numbers are probabilities; by default they are if all
            that it ever said lies between 0 and 1.
        unit: what one moment stands for.

    Raises:
        TypeError: if the points are not numbers.
        ValueError: if something does not fit.

    Example:
        >>> film = BoundaryFilm([[0.0, 0.0], [1.0, 1.0]], [0, 1])
        >>> for height in (1.8, 1.4, 1.0):
        ...     film.add(lambda p, height=height: p[0] + p[1] - height, loss=height - 1.0)
        >>> film.picture().description
        'Decision boundary of 2 classes while it is learned: 3 moments; epoch 3: 2 of 2 points on
        their side, loss 0.'
    """

    def __init__(
        self,
        X: Any,
        y: Any,
        *,
        most: int = MOST_FRAMES,
        resolution: int = RESOLUTION,
        names: Sequence[str] | Mapping[Any, str] | None = None,
        feature_names: Sequence[str] | None = None,
        probability: bool | None = None,
        unit: str = "epoch",
    ) -> None:
        points, labels = checked_points(X, y, WHO)
        if most < 2:
            raise ValueError(f"{WHO}: most={most} came; 2 or more are needed")
        if not 2 <= resolution <= 200:
            raise ValueError(f"{WHO}: resolution={resolution} came; needs 2 to 200")
        if feature_names is not None and len(feature_names) != 2:
            raise ValueError(f"{WHO}: feature_names has {len(feature_names)} names; needs 2")
        sides = [side_of(points[:, column], resolution) for column in (0, 1)]
        feature_names = feature_names or ("x1", "x2")
        self.most = most
        self._ground = Ground(
            points, labels, sides, names, feature_names, probability, clean(unit, 20)
        )
        self._shots: list[Shot] = []
        self._last: Shot | None = None
        self._stride = 1
        self.count = 0

    def add(self, predict: Any, **notes: float) -> None:
        """Record what a model says now.

        Args:
            predict: a model on Tensors or on Values, or a function, as for `decision_boundary`.
            notes: numbers to write beside it, such as `loss=0.3`.

        Raises:
            TypeError: if the model can be called in no way.
        """
        ask = Predictor(predict, self._ground.X, WHO)
        plane = np.stack(np.meshgrid(*self._ground.sides), axis=-1).reshape(-1, 2)
        self.count += 1
        shot = Shot(
            self.count, ask(plane), ask(self._ground.X), {k: float(v) for k, v in notes.items()}
        )
        self._last = shot
        if (self.count - 1) % self._stride == 0:
            self._shots.append(shot)
        if len(self._shots) > self.most:
            self._shots, self._stride = self._shots[::2], 2 * self._stride

    def __len__(self) -> int:
        return self.count

    def __repr__(self) -> str:
        if not self.count:
            return "<BoundaryFilm: nothing recorded yet; call film.add(model) in each epoch>"
        return f"<BoundaryFilm: {self.count:,} moments; film.picture() plays them>"

    def shots(self) -> list[Shot]:
        """Give what is shown: an even choice of all moments, and the last."""
        shown = list(self._shots)
        if self._last is not None and (not shown or shown[-1] is not self._last):
            shown.append(self._last)
        return shown

    def picture(self, *, seconds: float | None = None, title: str = "") -> FilmPicture:
        """Draw the film.

        Args:
            seconds: how long a moment is shown; by default all together last about 12 seconds.
            title: what stands above it.

        Returns:
            A picture that plays by itself, with `.save("boundary.svg")`. Where nothing can move it
            shows the last moment.

        Raises:
            ValueError: if nothing was recorded, or what the model said does not fit the labels.
        """
        shown = self.shots()
        if not shown:
            raise ValueError(f"{WHO}: nothing was recorded; call film.add(model) in each epoch")
        if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
            raise ValueError(f"{WHO}: seconds={seconds} came; a moment needs a positive time")
        seconds = seconds or min(LONGEST, WHOLE_SECONDS / len(shown))
        svg, description = film_svg(shown, self._ground, seconds, title, moves=True)
        still, _ = film_svg(shown, self._ground, seconds, title, moves=False)
        return FilmPicture(svg, description, still)

    def save(self, path: Any) -> Any:
        """Write the picture to a file, as `film.picture().save(path)` does."""
        return self.picture().save(path)

    def _repr_html_(self) -> str | None:
        return self.picture()._repr_html_() if self.count else None
