"""Replay: write it in scalars, run it at matrix speed."""

from autograd.replay.graph import ReplayedGraph
from autograd.replay.parts import Part
from autograd.replay.program import Losses, Program
from autograd.replay.replayer import Replayed, replay
from autograd.replay.together import FlatParameters, parameters_together

__all__ = [
    "FlatParameters",
    "Losses",
    "Part",
    "Program",
    "Replayed",
    "ReplayedGraph",
    "parameters_together",
    "replay",
]
