"""Replay: write it in scalars, run it at matrix speed."""

from autograd.replay.program import Losses, Program
from autograd.replay.replayer import Replayed, replay

__all__ = ["Losses", "Program", "Replayed", "replay"]
