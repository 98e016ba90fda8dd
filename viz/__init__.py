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

from viz.activation_plot import activations
from viz.animation import animation
from viz.boundary import decision_boundary
from viz.code import code
from viz.convolution import convolution
from viz.curves import loss_curve
from viz.descent import descent
from viz.dot import dot
from viz.draw import draw
from viz.explain import explain
from viz.film import Film
from viz.histograms import histograms
from viz.kernels import feature_maps, kernels
from viz.latex import latex
from viz.live import live
from viz.metric_curves import metric_curves
from viz.network import network
from viz.notebook import install
from viz.step import step
from viz.steps import steps_text

install()

del _Value, install

__all__ = [
    "Film",
    "activations",
    "animation",
    "code",
    "convolution",
    "decision_boundary",
    "descent",
    "dot",
    "draw",
    "explain",
    "feature_maps",
    "histograms",
    "kernels",
    "latex",
    "live",
    "loss_curve",
    "metric_curves",
    "network",
    "step",
    "steps_text",
]
