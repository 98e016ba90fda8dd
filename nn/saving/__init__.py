"""Save and load: what a model has learned, and a whole training to go on with."""

from autograd.files import write_atomically
from nn.saving.checkpoint import load_checkpoint, save_checkpoint
from nn.saving.errors import SavedFileError
from nn.saving.model_file import load, save

__all__ = [
    "SavedFileError",
    "load",
    "load_checkpoint",
    "save",
    "save_checkpoint",
    "write_atomically",
]
