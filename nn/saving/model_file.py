"""Save and load what a model has learned."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TypeVar

from nn.modules.module import Module
from nn.modules.state import saved_nodes
from nn.saving.container import Contents, read_contents, write_contents
from nn.saving.errors import SavedFileError
from nn.saving.named_arrays import Array

__all__ = ["load", "load_into", "save"]

_Model = TypeVar("_Model", bound=Module)


def save(thing: Module | Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Save a model's parameters and buffers, or arrays by name.

    The file is whole at every moment: the old one, or the new one. Each array has a checksum in it.
    PyTorch reads ``.safetensors`` with ``safetensors.torch.load_file``, and the names and layouts
    are those of its ``state_dict``. What two places of a model share is written for both names.

    Args:
        thing: A model; or arrays, Tensors, Values or numbers by name.
        path: Where to. ``.safetensors`` needs ``pip install 'glassgrad[io]'``; ``.npz`` needs
            nothing.

    Raises:
        ValueError: If the suffix is unknown or a name cannot be used.
        TypeError: If something holds no real numbers.
        OSError: If it cannot be written; what was there is unchanged.

    Example:
        >>> import tempfile
        >>> from nn import Linear
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(Linear(2, 1), f"{folder}/line.npz")
        ...     {name: array.shape for name, array in load(f"{folder}/line.npz").items()}
        {'weight': (1, 2), 'bias': (1,)}
    """
    if isinstance(thing, Module):
        thing = thing.state_dict()
    if not isinstance(thing, Mapping):
        raise TypeError(
            f"save: {type(thing).__name__} came; give a model, or a dict of arrays by name"
        )
    write_contents("save", path, thing)


def load(path: str | os.PathLike[str]) -> dict[str, Array]:
    """Load the arrays of a ``.safetensors`` or ``.npz`` file, from here, PyTorch or NumPy.

    bfloat16, which NumPy does not have, becomes float32: each such number exactly. Nothing in the
    file is run, ever; sizes, names and, where there are any, checksums are checked.

    Args:
        path: The file.

    Returns:
        Arrays by name, as ``Module.load_state_dict`` takes them.

    Raises:
        SavedFileError: If the file is damaged, or no such file.
        ValueError: If the suffix is unknown.
        OSError: If it cannot be read.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save({"prices": [3.0, 5.0]}, f"{folder}/prices.npz")
        ...     load(f"{folder}/prices.npz")
        {'prices': array([3., 5.])}
    """
    return _arrays("load", path)


def load_into(model: _Model, path: str | os.PathLike[str], strict: bool = True) -> _Model:
    """Load a file into a model, all of it or nothing.

    Where two places of the model share their numbers, one of the names is enough, as in files that
    ``safetensors.torch.save_model`` wrote.

    Args:
        model: A model of the same build.
        path: The file.
        strict: Whether a name that is missing or unknown is an error.

    Returns:
        The model.

    Raises:
        SavedFileError: If the file is damaged or does not fit; one message lists all names and
            shapes that do not. The model is as it was.
        ValueError: If the suffix is unknown.
        OSError: If it cannot be read.

    Example:
        >>> import tempfile
        >>> from nn import Linear
        >>> first, second = Linear(2, 1), Linear(2, 1)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     first.save(f"{folder}/line.npz")
        ...     _ = load_into(second, f"{folder}/line.npz")
        >>> bool((first.weight == second.weight).all())
        True
    """
    state = _arrays("load", path)
    nodes = dict(saved_nodes(model))
    present = {id(nodes[name]): name for name in reversed(state) if name in nodes}
    for name, node in nodes.items():
        if name not in state and id(node) in present:
            state[name] = state[present[id(node)]]
    try:
        model.load_state_dict(state, strict)
    except (ValueError, TypeError) as error:
        raise SavedFileError(f"load: {path}: {error}") from error
    return model


def _arrays(asked_by: str, path: str | os.PathLike[str]) -> dict[str, Array]:
    contents: Contents = read_contents(asked_by, path)
    if contents.kind == "checkpoint":
        raise SavedFileError(
            f"{asked_by}: {path} is a checkpoint; "
            "nn.saving.load_checkpoint(path, model=model) loads it"
        )
    return contents.arrays
