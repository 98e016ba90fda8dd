"""The methods of every module that write it to a file and read it back."""

from __future__ import annotations

import os
from typing import Any, TypeVar

__all__ = ["Saveable"]

_Model = TypeVar("_Model", bound="Saveable")


class Saveable:
    """Something with ``state_dict`` and ``load_state_dict``."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save all parameters and buffers to a file, whole or not at all.

        Args:
            path: Where to: ``.npz``, or ``.safetensors``, which PyTorch reads.

        Raises:
            ValueError: If the suffix is unknown.
            OSError: If it cannot be written; what was there is unchanged.

        Example:
            >>> import tempfile
            >>> from nn import Linear
            >>> a, b = Linear(2, 1), Linear(2, 1)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     a.save(f"{folder}/line.npz")
            ...     b.load(f"{folder}/line.npz")
            Linear(2 -> 1)
            >>> bool((a.weight == b.weight).all())
            True
        """
        from nn.saving.model_file import save  # here, because it needs Module

        thing: Any = self
        save(thing, path)

    def load(self: _Model, path: str | os.PathLike[str], strict: bool = True) -> _Model:
        """Load parameters and buffers from a file, all of them or none.

        Args:
            path: A ``.npz`` or ``.safetensors`` file, also one that PyTorch's users saved.
            strict: Whether a name that is missing or unknown is an error.

        Returns:
            This module.

        Raises:
            ValueError: If the file is damaged or does not fit (``nn.saving.SavedFileError``); one
                message lists what does not, and the module is as it was.
            OSError: If it cannot be read.
        """
        from nn.saving.model_file import load_into

        model: Any = self
        load_into(model, path, strict)
        return self
