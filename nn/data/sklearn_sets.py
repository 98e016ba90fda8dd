"""Sets as scikit-learn has them, without needing scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nn.data.records import Images, Table

__all__ = ["from_sklearn"]


def from_sklearn(source: Any) -> Table:
    """Make a record of one of scikit-learn's sets, or of anything built like them.

    Args:
        source: What a loader gave (``load_wine()``, ``fetch_openml(...)``), the loader itself, a
            pair ``(X, y)``, or any object or dict with ``data`` and ``target``.

    Returns:
        A ``Table``; ``Images`` where the set has ``images``. Labels that are texts become numbers,
        their names in ``target_names``; real numbers stay what they are.

    Raises:
        TypeError: If there are no ``data`` and ``target``, or they are no numbers.
        ValueError: If they are empty, do not fit together or have other axes.

    Example:
        >>> data = from_sklearn({"data": [[1.0], [2.0], [3.0]], "target": ["b", "a", "b"]})
        >>> data, data.y, data.target_names
        (<Table data: 3 rows, 1 features, 2 classes>, array([1, 0, 1]), ('a', 'b'))
    """
    name = getattr(source, "__name__", "data")
    if callable(source) and not _has(source, "data"):
        source = source()
    if isinstance(source, tuple) and len(source) == 2:
        source = {"data": source[0], "target": source[1]}
    for field in ("data", "target"):
        if not _has(source, field):
            raise TypeError(
                f"from_sklearn: the {type(source).__name__} that came has no {field!r}: give what "
                "a loader of sklearn.datasets gives, or a pair (X, y)"
            )
    X = _table(_get(source, "data"))
    y, names = _targets(_get(source, "target"), _get(source, "target_names"))
    if len(X) != len(y) or not len(X):
        raise ValueError(
            f"from_sklearn: {len(X)} rows and {len(y)} targets came: as many, 1 or more"
        )
    record = Table(
        name=name.removeprefix("load_").removeprefix("fetch_").removeprefix("make_"),
        X=X,
        y=y,
        feature_names=_feature_names(_get(source, "feature_names"), X.shape[1]),
        target_names=names,
        description=str(_get(source, "DESCR") or ""),
    )
    pictures = np.asarray(_get(source, "images") if _has(source, "images") else [])
    if pictures.ndim == 3 and pictures.size == X.size and len(pictures) == len(X):
        return Images(**vars(record), images=X.reshape(pictures.shape))
    return record


def _has(source: Any, field: str) -> bool:
    return field in source if isinstance(source, Mapping) else hasattr(source, field)


def _get(source: Any, field: str) -> Any:
    return source.get(field) if isinstance(source, Mapping) else getattr(source, field, None)


def _table(data: Any) -> npt.NDArray[Any]:
    if hasattr(data, "toarray"):
        raise TypeError("from_sklearn: data is a sparse matrix: give data.toarray()")
    X = np.array(data)
    if X.dtype.kind == "O":  # a frame with columns of several kinds
        try:
            X = X.astype(np.float64)
        except (TypeError, ValueError):
            raise TypeError(
                "from_sklearn: data holds something else than numbers: turn such columns into "
                "numbers first, for example with one_hot"
            ) from None
    if X.dtype.kind not in "fiub":
        raise TypeError(f"from_sklearn: data of {X.dtype} came: numbers are needed")
    if X.ndim != 2:
        raise ValueError(f"from_sklearn: data of shape {X.shape} came: (rows, features) is needed")
    return X


def _targets(target: Any, names: Any) -> tuple[npt.NDArray[Any], tuple[str, ...]]:
    y = np.array(target)
    if y.ndim == 0:
        raise ValueError("from_sklearn: target is a single thing: one per row is needed")
    if y.dtype.kind == "f":
        return y, ()
    if y.dtype.kind in "OUS":  # texts
        classes, numbers = np.unique(y.astype(str), return_inverse=True)
        return numbers.reshape(y.shape).astype(np.int64), tuple(classes.tolist())
    if y.dtype.kind not in "iub":
        raise TypeError(f"from_sklearn: target of {y.dtype} came: numbers or texts are needed")
    y = y.astype(np.int64)
    given = _texts(names)
    if y.ndim == 1 and y.size and y.min() >= 0 and y.max() < len(given):
        return y, given
    return y, tuple(str(number) for number in range(y.max(initial=-1) + 1)) if y.ndim == 1 else ()


def _feature_names(names: Any, columns: int) -> tuple[str, ...]:
    given = _texts(names)
    return given if len(given) == columns else tuple(f"x{number}" for number in range(columns))


def _texts(names: Any) -> tuple[str, ...]:
    if names is None or isinstance(names, str) or not isinstance(names, Iterable):
        return ()
    return tuple(str(name) for name in names)
