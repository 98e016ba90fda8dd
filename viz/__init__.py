"""See backpropagation: pictures, steps and curves of a computation graph."""

from __future__ import annotations

import sys
from pathlib import Path

try:
    from autograd import Value as _Value
except ImportError as _error:
    _other = sys.modules.get("autograd")
    if _error.name != "autograd" or _other is None or "partially initialized" in str(_error):
        raise  # something else is wrong, such as a script named html.py: that error says what
    _file = getattr(_other, "__file__", None)
    raise ImportError(
        f"another package named 'autograd' is installed at {Path(_file or '?').parent}; "
        "glassgrad needs its own: use a fresh virtual environment (python -m venv .venv) and "
        "install glassgrad there."
    ) from _error

from viz.curves import loss_curve
from viz.dot import dot
from viz.draw import draw
from viz.notebook import install
from viz.steps import steps_text

install()

del _Value, install

__all__ = ["dot", "draw", "loss_curve", "steps_text"]
