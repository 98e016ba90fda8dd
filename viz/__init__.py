"""See backpropagation: pictures, steps and curves of a computation graph."""

from __future__ import annotations

import sys
from os.path import dirname
from typing import TYPE_CHECKING

try:
    from autograd import Value as _Value
except ImportError as _error:
    _other = sys.modules.get("autograd")
    if _error.name != "autograd" or _other is None or "partially initialized" in str(_error):
        raise  # something else is wrong, such as a lesson named contextvars.py: it says what
    _file = getattr(_other, "__file__", None)
    raise ImportError(
        f"glassgrad: another package named 'autograd' is installed at {dirname(_file or '?')}; "
        "use a fresh virtual environment (python -m venv .venv) and install glassgrad there"
    ) from _error

from autograd.late import late_names as _late_names
from viz.notebook import install

if TYPE_CHECKING:
    from viz.dot import dot
    from viz.draw import draw
    from viz.films.film import Film
    from viz.formulas.code import code
    from viz.formulas.explain import explain
    from viz.formulas.latex import latex
    from viz.grids.characters import characters
    from viz.grids.convolution import convolution
    from viz.grids.kernels import feature_maps, kernels
    from viz.grids.layer_maps import layer_maps
    from viz.motion.animation import animation
    from viz.networks.network import network
    from viz.plots.activation_plot import activations
    from viz.plots.boundary import decision_boundary
    from viz.plots.boundary_film import BoundaryFilm
    from viz.plots.confusion import confusion_matrix
    from viz.plots.curves import loss_curve
    from viz.plots.descent import descent
    from viz.plots.histograms import histograms
    from viz.plots.metric_curves import metric_curves
    from viz.stepper.live import live
    from viz.stepper.step import step
    from viz.story.steps_text import steps_text
else:  # each is imported when it is first asked for: all together they take longer than autograd
    __getattr__, __dir__ = _late_names(
        __name__,
        {
            "BoundaryFilm": "viz.plots.boundary_film",
            "Film": "viz.films.film",
            "activations": "viz.plots.activation_plot",
            "animation": "viz.motion.animation",
            "characters": "viz.grids.characters",
            "code": "viz.formulas.code",
            "confusion_matrix": "viz.plots.confusion",
            "convolution": "viz.grids.convolution",
            "decision_boundary": "viz.plots.boundary",
            "descent": "viz.plots.descent",
            "dot": "viz.dot",
            "draw": "viz.draw",
            "explain": "viz.formulas.explain",
            "feature_maps": "viz.grids.kernels",
            "histograms": "viz.plots.histograms",
            "kernels": "viz.grids.kernels",
            "latex": "viz.formulas.latex",
            "layer_maps": "viz.grids.layer_maps",
            "live": "viz.stepper.live",
            "loss_curve": "viz.plots.curves",
            "metric_curves": "viz.plots.metric_curves",
            "network": "viz.networks.network",
            "step": "viz.stepper.step",
            "steps_text": "viz.story.steps_text",
        },
    )

install()

del _Value, install

__all__ = [
    "BoundaryFilm",
    "Film",
    "activations",
    "animation",
    "characters",
    "code",
    "confusion_matrix",
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
    "layer_maps",
    "live",
    "loss_curve",
    "metric_curves",
    "network",
    "step",
    "steps_text",
]
