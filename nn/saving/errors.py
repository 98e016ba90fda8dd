"""The one error for files whose contents cannot be used."""

from __future__ import annotations

__all__ = ["SavedFileError"]


class SavedFileError(ValueError):
    """A saved file that is damaged, no such file at all, or does not fit what it is loaded into.

    Whatever it was loaded into is as it was. Troubles with the disk itself (no such file, no
    permission, no space) are the usual ``OSError``.

    Example:
        >>> from nn.saving import load
        >>> load("nowhere.npz")
        Traceback (most recent call last):
        ...
        FileNotFoundError: [Errno 2] load: there is no file nowhere.npz; check the path, ...
    """
