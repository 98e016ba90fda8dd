"""Checkpoints of a training: saved after each epoch, and gone on from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nn.training.feeding import ArrayFeed, Feed
from nn.training.history import History
from nn.training.measuring import Totals
from nn.training.run import Run

__all__ = ["Saver"]


class Saver:
    """Writes a training to a file and reads it back.

    Args:
        path: The file; None saves nothing.
        run: The training.
        totals: What was measured in this epoch.

    Attributes:
        start: The state of the data's order at the beginning of this epoch.
    """

    def __init__(self, path: str | os.PathLike[str] | None, run: Run, totals: Totals) -> None:
        self._path, self._run, self._totals = path, run, totals
        self.start: dict[str, Any] = {}
        if path is not None and not Path(path).absolute().parent.is_dir():
            raise ValueError(
                f"fit: checkpoint={os.fspath(path)!r} is in a folder that does not exist; make it "
                "first"
            )

    def epoch_begins(self, feed: Feed) -> None:
        """Note where the order of this epoch comes from."""
        self.start = feed.state()

    def save(self, feed: Feed) -> None:
        """Write the checkpoint, if there shall be one."""
        if self._path is None:
            return
        from nn.saving import save_checkpoint

        run = self._run
        state = {
            "epoch": run.epoch,
            "done": run.done,
            "start": self.start,
            "size": _size(feed),
            "measured": list(run.measured),
            "history": dict(run.history),
            "totals": self._totals.state_dict() if run.done else None,
            "callbacks": [
                [type(callback).__name__, callback.state_dict()] for callback in _keeping(run)
            ],
        }
        save_checkpoint(
            self._path, model=run.model, optimizer=run.optimizer, run=state,
            generators=_generators(run, feed),
        )  # fmt: skip

    def resume(self, wanted: bool | str | os.PathLike[str], feed: Feed) -> None:
        """Read a checkpoint back, if that is wanted and there is one.

        Args:
            wanted: See ``fit``.
            feed: Where the batches come from.

        Raises:
            ValueError: If no path is known, or the checkpoint is of another training; nothing has
                changed then.
            FileNotFoundError: If a path was given and there is no such file.
        """
        if wanted is False or wanted is None:
            return
        if wanted is True and self._path is None:
            raise ValueError("fit: resume=True came without a checkpoint; give checkpoint=path")
        path = Path(self._path if wanted is True else wanted)  # type: ignore[arg-type]
        if not path.exists():
            if wanted is True:
                return
            raise FileNotFoundError(
                f"fit: resume={os.fspath(path)!r} is no file; give one that fit wrote, or "
                "resume=True"
            )
        from nn.saving import load_checkpoint
        from nn.saving.randomness import sources_of
        from nn.saving.undo import undone_on_failure

        run, generators = self._run, _generators(self._run, feed)
        sources = sources_of(run.model, generators)
        with undone_on_failure(run.model, run.optimizer, (), sources):
            state = load_checkpoint(
                path, model=run.model, optimizer=run.optimizer, generators=generators
            )
            self._check(path, state, feed)
            for callback, (_, saved) in zip(_keeping(run), state["callbacks"], strict=True):
                if saved and hasattr(callback, "load_state_dict"):
                    callback.load_state_dict(saved)
        run.epoch, run.done, run.resumed = state["epoch"], state["done"], True
        run.history = History({name: list(row) for name, row in state["history"].items()})
        self.start = state["start"]
        if run.done:
            self._totals.load_state_dict(state["totals"])

    def _check(self, path: Path, state: Mapping[str, Any], feed: Feed) -> None:
        if "callbacks" not in state:
            raise ValueError(
                f"fit: {path} was not written by fit; nn.saving.load_checkpoint(path, ...) loads it"
            )
        came = [name for name, _ in state["callbacks"]]
        own = [type(callback).__name__ for callback in _keeping(self._run)]
        if came != own:
            raise ValueError(
                f"fit: {path} was saved with the callbacks {came}, and {own} came; give the same"
            )
        if state["measured"] != list(self._run.measured):
            raise ValueError(
                f"fit: {path} was saved by a training that measured {state['measured']}, and "
                f"{list(self._run.measured)} would be measured now; give the same metrics"
            )
        if state["done"] and state["size"] != _size(feed):
            raise ValueError(
                f"fit: {path} was saved in the middle of an epoch of {state['size']} (batches, "
                f"examples, batch size), and {_size(feed)} came; give the same data and batch size"
            )


def _size(feed: Feed) -> list[int | None]:
    if isinstance(feed, ArrayFeed):
        return [feed.batches, len(feed.X), feed.batch_size]
    return [feed.batches, None, None]


def _generators(run: Run, feed: Feed) -> dict[str, Any]:
    return {"order": run.order, **feed.generators}


def _keeping(run: Run) -> list[Any]:
    """The callbacks that have something to keep; the others may come and go."""
    from nn.callbacks import Callback

    return [
        callback
        for callback in run.callbacks
        if getattr(type(callback), "state_dict", Callback.state_dict) is not Callback.state_dict
    ]
