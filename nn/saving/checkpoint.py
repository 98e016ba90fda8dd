"""Checkpoints: all that a training needs to go on as if it had never stopped."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Value
from nn.modules.module import Module
from nn.modules.state import saved_nodes
from nn.saving.container import read_contents, write_contents
from nn.saving.errors import SavedFileError
from nn.saving.layout import axes_in_memory, laid_out
from nn.saving.named_arrays import Array
from nn.saving.plain import packed, unpacked
from nn.saving.randomness import Source, sources_of, state_of
from nn.saving.undo import undone_on_failure

__all__ = ["load_checkpoint", "save_checkpoint"]

_MODEL = "model."


def save_checkpoint(
    path: str | os.PathLike[str],
    *,
    model: Module,
    optimizer: Any = None,
    schedules: Sequence[Any] = (),
    run: Mapping[str, Any] | None = None,
    generators: Mapping[str, Any] | None = None,
) -> None:
    """Save a training in one file: it goes on from there with the same bits in every weight.

    Besides what is passed, the file holds the state of autograd's default generator, of every
    generator among the model's attributes, and of NumPy's and Python's global ones. A generator
    that only a function knows of is not found: pass it. The last checkpoint stays until the new one
    is on the disk. Only arrays and JSON are written.

    Args:
        path: Where to; ``.npz`` or ``.safetensors``.
        model: The model.
        optimizer: The optimizer.
        schedules: Schedules, or whatever else has ``state_dict`` and ``load_state_dict``.
        run: What the program wants to know again, such as the epoch: nested plain data and arrays.
        generators: Further sources of randomness by name, such as that of the data's order.

    Raises:
        TypeError: If something in it cannot be saved as arrays and JSON.
        ValueError: If the suffix is unknown.
        OSError: If it cannot be written; the last checkpoint is unchanged.

    Example:
        >>> import tempfile
        >>> from nn import Adam, Linear
        >>> model = Linear(2, 1)
        >>> optimizer = Adam(model.parameters())
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = f"{folder}/run.npz"
        ...     save_checkpoint(file, model=model, optimizer=optimizer, run={"epoch": 3})
        ...     load_checkpoint(file, model=model, optimizer=optimizer)
        {'epoch': 3}
    """
    asked_by = "save_checkpoint"
    nodes = dict(saved_nodes(model))
    arrays: dict[str, Any] = {}
    layout = {}
    for name, array in model.state_dict().items():
        arrays[_MODEL + name] = array
        if not isinstance(nodes[name], Value):
            layout[name] = axes_in_memory(nodes[name].numpy())
    notes = {
        "layout": {name: axes for name, axes in layout.items() if axes is not None},
        "optimizer": None if optimizer is None else {
            "is": type(optimizer).__name__,
            "shapes": _shapes(optimizer),
            "state": packed(asked_by, optimizer.state_dict(), "optimizer", arrays),
        },
        "schedules": [
            {
                "is": type(schedule).__name__,
                "state": packed(asked_by, schedule.state_dict(), f"schedules.{i}", arrays),
            }
            for i, schedule in enumerate(schedules)
        ],
        "random": packed(
            asked_by, state_of(sources_of(model, generators or {})), "random", arrays
        ),
        "run": packed(asked_by, run or {}, "run", arrays),
    }  # fmt: skip
    write_contents(asked_by, path, arrays, "checkpoint", notes)


def load_checkpoint(
    path: str | os.PathLike[str],
    *,
    model: Module,
    optimizer: Any = None,
    schedules: Sequence[Any] = (),
    generators: Mapping[str, Any] | None = None,
    random_state: bool = True,
) -> dict[str, Any]:
    """Load what ``save_checkpoint`` saved: all of it, or nothing if something does not fit.

    Args:
        path: The file.
        model: A model of the same build.
        optimizer: An optimizer of the same kind, for the same parameters in the same order; without
            one, only the model and the sources of randomness are loaded.
        schedules: The same schedules in the same order; none are loaded if none are passed.
        generators: The same further sources of randomness by name.
        random_state: Whether the sources of randomness are loaded, NumPy's and Python's global ones
            among them; False for a look at the model only.

    Returns:
        What was saved as ``run``.

    Raises:
        SavedFileError: If the file is damaged, no checkpoint, or does not fit; one message lists
            what does not. Everything is as it was.
        ValueError: If the suffix is unknown.
        OSError: If it cannot be read.

    Example:
        >>> import tempfile
        >>> from nn import Linear
        >>> order = np.random.default_rng(7)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = f"{folder}/run.npz"
        ...     save_checkpoint(file, model=Linear(2, 1), generators={"order": order})
        ...     first = order.random()
        ...     run = load_checkpoint(file, model=Linear(2, 1), generators={"order": order})
        ...     order.random() == first
        True
    """
    contents = read_contents("load_checkpoint", path)
    if contents.kind != "checkpoint":
        raise SavedFileError(
            f"load_checkpoint: {path} holds arrays and is no checkpoint; "
            "model.load(path) loads a model's"
        )
    notes, sources = contents.notes, sources_of(model, generators or {})
    try:
        state = {
            name: unpacked(notes[name], contents.arrays) for name in ("optimizer", "random", "run")
        }
        saved_schedules = [unpacked(schedule, contents.arrays) for schedule in notes["schedules"]]
        weights = _weights(contents.arrays, notes["layout"])
        troubles = _other_optimizer(state["optimizer"], optimizer)
        troubles += _other_schedules(saved_schedules, schedules)
        troubles += _other_sources(state["random"], sources) if random_state else []
        if troubles:
            raise SavedFileError("; ".join(troubles))
        with undone_on_failure(model, optimizer, schedules, sources):
            model.load_state_dict(weights)
            for schedule, came in zip(schedules, saved_schedules, strict=False):
                schedule.load_state_dict(came["state"])
            if optimizer is not None:  # after the schedules, which set learning rates
                optimizer.load_state_dict(state["optimizer"]["state"])
            for name, source in sources.items() if random_state else ():
                source.restore(state["random"][name])
    except MemoryError:
        raise
    except Exception as error:  # whatever a wrong file makes the parts say
        words = str(error) or type(error).__name__
        raise SavedFileError(
            f"load_checkpoint: {path} does not fit; give what it was saved with (nothing was "
            f"loaded: {words})"
        ) from error
    run: dict[str, Any] = state["run"]
    return run


def _weights(arrays: Mapping[str, Array], layout: Mapping[str, Any]) -> dict[str, Array]:
    return {
        name.removeprefix(_MODEL): laid_out(array, layout.get(name.removeprefix(_MODEL)))
        for name, array in arrays.items()
        if name.startswith(_MODEL)
    }


def _shapes(optimizer: Any) -> list[list[list[int]]]:
    """The parameters' shapes, group by group."""
    return [
        [list(np.shape(0.0 if isinstance(p, Value) else p.numpy())) for p in group["params"]]
        for group in optimizer.param_groups
    ]


def _other_optimizer(came: Any, optimizer: Any) -> list[str]:
    if optimizer is None:
        return []
    if came is None:
        return ["it holds no optimizer"]
    if came["is"] != type(optimizer).__name__:
        return [f"optimizer: the file holds {came['is']}; {type(optimizer).__name__} came"]
    if came["shapes"] != (own := _shapes(optimizer)):
        return [f"optimizer: the file's is for parameters of shapes {came['shapes']}; came {own}"]
    return []


def _other_schedules(came: Sequence[Any], schedules: Sequence[Any]) -> list[str]:
    if not schedules:
        return []
    names, own = [one["is"] for one in came], [type(one).__name__ for one in schedules]
    if names != own:
        return [f"schedules: the file holds {', '.join(names) or 'none'}; came {', '.join(own)}"]
    return [
        f"schedule {i}: the file has {sorted(one['state'])}; needs {sorted(schedule.state_dict())}"
        for i, (one, schedule) in enumerate(zip(came, schedules, strict=True))
        if set(one["state"]) != set(schedule.state_dict())
    ]


def _other_sources(came: Mapping[str, Any], sources: Mapping[str, Source]) -> list[str]:
    return [f"generators: the file has none named {name!r}" for name in sources if name not in came]
