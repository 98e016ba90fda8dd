"""What PyTorch's programs import from ``nn.utils``: clipping, sequences, one long vector."""

from nn.optim.clip import clip_grad_norm_, clip_grad_value_
from nn.utils import rnn
from nn.utils.vectors import parameters_to_vector, vector_to_parameters

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "parameters_to_vector",
    "rnn",
    "vector_to_parameters",
]
