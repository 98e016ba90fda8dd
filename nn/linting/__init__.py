"""What the linter knows of models and optimizers; ``autograd.lint`` asks for it when it opens."""

from nn.linting.calls import Calls
from nn.linting.modes import Modes
from nn.linting.parameters import Parameters
from nn.linting.steps import OldGradients, Updates

__all__ = ["RULES"]

RULES = (Calls, Modes, Parameters, OldGradients, Updates)
