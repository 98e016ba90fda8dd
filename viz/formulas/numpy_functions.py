"""Functions that NumPy lacks, for the source that `viz.code` writes: values, no derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograd.op import Op
from viz.formulas.known import Known


@dataclass(frozen=True)
class Written:
    """A function ready to be put in front of the code that calls it.

    Attributes:
        name: what it is called.
        body: its source.
        settings: which of the op's settings it takes.
        needs: names of the functions that it calls itself.
    """

    name: str
    body: str
    settings: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


ERF = """\
erf = np.vectorize(math.erf, otypes=[float])  # the error function"""

WRITTEN = {
    item.name: item
    for item in (
        Written("erf", ERF),
        Written(
            "gelu",
            """\
def gelu(x):
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))""",
            needs=("erf",),
        ),
        Written(
            "logsumexp",
            """\
def logsumexp(x, axis=None, keepdims=False):
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)  # the greatest taken out: no exponential overflows
    total = np.sum(np.exp(x - top), axis=axis, keepdims=True)
    return np.log(total) + top if keepdims else np.squeeze(np.log(total) + top, axis)""",
            ("axis", "keepdims"),
        ),
        Written(
            "place",
            """\
def place(values, index, shape):
    out = np.zeros(shape)
    np.add.at(out, index, values)  # a place that is named twice receives both
    return out""",
            ("index", "shape"),
        ),
        Written(
            "index_set",
            """\
def index_set(x, values, index):
    out = np.array(x, dtype=float)
    out[index] = values
    return out""",
            ("index",),
        ),
        Written(
            "index_add",
            """\
def index_add(x, values, index):
    out = np.array(x, dtype=float)
    np.add.at(out, index, values)
    return out""",
            ("index",),
        ),
        Written(
            "cholesky",
            """\
def cholesky(x):
    return np.linalg.cholesky((x + np.swapaxes(x, -1, -2)) / 2)""",
        ),
        Written(
            "weighted_sum",
            """\
def weighted_sum(weights, inputs, bias):
    return np.dot(weights, inputs) + bias""",
        ),
    )
}


def traced(op: Op, settings: Mapping[str, Any]) -> tuple[Any, tuple[str, ...], str] | None:
    """Read an elementwise op's value as a formula, from its own forward function.

    Args:
        op: the op.
        settings: its settings; numbers among them become parameters.

    Returns:
        The formula over the names of inputs and settings, these settings, and a name that tells
        the other settings; None if the function cannot be read.

    Example:
        >>> from autograd import OPS
        >>> from autograd.symbol import text
        >>> text(traced(OPS["softsign"], {})[0])
        'x / (1 + abs(x))'
    """
    if op.partials is None:
        return None
    numbers = {key: value for key, value in settings.items() if type(value) in (int, float)}
    fixed = {key: value for key, value in settings.items() if key not in numbers}
    inputs = [Known(name, number=0.5) for name in op.inputs]
    given = {key: Known(key, number=value) for key, value in numbers.items()}
    try:
        formula = op.forward(*inputs, **fixed, **given)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return None
    if not isinstance(formula, Known):
        return None
    told = "_".join(str(value) for value in fixed.values() if isinstance(value, str))
    return formula, tuple(numbers), f"{op.name}_{told}" if told.isidentifier() else op.name
