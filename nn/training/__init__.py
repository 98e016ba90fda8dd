"""Training: the loop that you would write yourself, in ``loop.py``, and what it needs."""

from nn.training.history import History
from nn.training.loop import fit
from nn.training.measuring import evaluate, predict
from nn.training.names import LOSSES, METRICS
from nn.training.run import Run

__all__ = ["LOSSES", "METRICS", "History", "Run", "evaluate", "fit", "predict"]
