"""GradientMonitor: how large weights, gradients and updates are, layer by layer."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd import Value
from nn.callbacks.base import Callback
from nn.training.run import Run

__all__ = ["GradientMonitor", "LayerNorms"]

_OF_A_NEURON = re.compile(r"(^|\.)neurons\.\d+(\..*)?$")
_SMALL, _LARGE = 1e-5, 0.1  # update ratios at which learning stands still, or jumps


class LayerNorms(NamedTuple):
    """The sizes of one layer's numbers; each is the root of the sum of squares.

    Attributes:
        weights: Of the weights and biases, before the step.
        gradient: Of their gradient; nan if none came.
        update: Of the step.
        ratio: update / weights; about 1e-3 is usual.
    """

    weights: float
    gradient: float
    update: float
    ratio: float


class GradientMonitor(Callback):
    """Note the norms of weights, gradient and update of every layer.

    A gradient that shrinks from the last layer to the first is vanishing; an update ratio of about
    1e-3 is usual, below 1e-5 a layer hardly learns, above 0.1 it jumps.

    Args:
        every: Note every so many batches; None for the last batch of each epoch.

    Attributes:
        records: What was noted: dicts with "epoch" and "batch" (from 0) and "layers", in which
            every layer's path has its ``LayerNorms``.

    Raises:
        ValueError: If ``every`` is not at least 1.

    Example:
        >>> import nn
        >>> from nn.data import xor
        >>> model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2))
        >>> monitor = GradientMonitor()
        >>> _ = nn.fit(model, *xor(), loss="cross_entropy", epochs=3, callbacks=[monitor])
        >>> len(monitor.records), list(monitor.records[-1]["layers"])
        (3, ['0', '2'])
    """

    def __init__(self, every: int | None = None) -> None:
        if every is not None and every < 1:
            raise ValueError(f"GradientMonitor: every={every} came; at least 1 is needed")
        self.every = every
        self.records: list[dict[str, Any]] = []
        self._seen = 0
        self._before: dict[str, list[Any]] = {}

    def on_train_begin(self, run: Run) -> None:
        """Forget what an earlier training left."""
        if not run.resumed:
            self.records, self._seen = [], 0

    def on_batch_begin(self, run: Run) -> None:
        """Keep the weights as they are before the step."""
        if self._due(run):
            self._before = {
                layer: [(p, np.array(p.data)) for p in parameters]
                for layer, parameters in _layers(run.model)
            }

    def on_batch_end(self, run: Run) -> None:
        """Compare."""
        if self._before and self._due(run):
            layers = {layer: _norms(pairs) for layer, pairs in self._before.items()}
            self.records.append({"epoch": run.epoch, "batch": run.batch, "layers": layers})
        self._before = {}
        self._seen += 1

    def on_epoch_end(self, run: Run) -> None:
        """Where the number of batches is not known, keep only the last one of the epoch."""
        if self.every is None and run.batches is None:
            self.records = [
                r for r in self.records if r["epoch"] != run.epoch or r is self.records[-1]
            ]

    def _due(self, run: Run) -> bool:
        if self.every is not None:
            return (self._seen + 1) % self.every == 0
        return run.batches is None or run.batch == run.batches - 1

    def table(self, at: int = -1) -> str:
        """Lay out what was noted of one batch.

        Args:
            at: Which record; the last by default.

        Returns:
            A line for each layer, with a remark where something is unusual.

        Raises:
            ValueError: If nothing was noted.
        """
        if not self.records:
            raise ValueError("GradientMonitor.table: nothing was noted yet; give it to fit first")
        record = self.records[at]
        width = max(5, *map(len, record["layers"]))
        lines = [
            f"epoch {record['epoch'] + 1}, batch {record['batch'] + 1}",
            f"{'layer':<{width}}  {'weights':>9}  {'gradient':>9}  {'update':>9}  update/weights",
        ]
        for name, norms in record["layers"].items():
            figures = "  ".join(f"{norm:>9.3g}" for norm in norms[:3])
            line = f"{name:<{width}}  {figures}  {norms.ratio:>14.1e}"
            lines.append(f"{line}{_remark(norms)}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.table() if self.records else repr(self)

    def __repr__(self) -> str:
        count = len(self.records)
        return f"<GradientMonitor: {count} record{'s' * (count != 1)}; print it for a table>"

    def state_dict(self) -> dict[str, Any]:
        """Give what was noted, as plain data."""
        plain = [
            {**r, "layers": {name: list(norms) for name, norms in r["layers"].items()}}
            for r in self.records
        ]
        return {"records": plain, "seen": self._seen}

    def load_state_dict(self, state: Any) -> None:
        """Take over what ``state_dict`` gave."""
        self._seen = state["seen"]
        self.records = [
            {**r, "layers": {name: LayerNorms(*norms) for name, norms in r["layers"].items()}}
            for r in state["records"]
        ]


def _layers(model: Any) -> Iterator[tuple[str, list[Any]]]:
    """The parameters of each layer; neurons side by side are one layer."""
    found: dict[str, list[Any]] = {}
    for path, parameter in model.named_parameters():
        layer = _OF_A_NEURON.sub("", path) if isinstance(parameter, Value) else None
        if layer is None or layer == path:
            layer = path.rpartition(".")[0]
        found.setdefault(layer or "model", []).append(parameter)
    yield from found.items()


def _norms(pairs: list[tuple[Any, Any]]) -> LayerNorms:
    weights = _norm([before for _, before in pairs])
    update = _norm([np.asarray(p.data) - before for p, before in pairs])
    gradients = [np.asarray(p.grad) for p, _ in pairs if p.grad is not None]
    gradient = _norm(gradients) if gradients else math.nan
    return LayerNorms(weights, gradient, update, update / weights if weights else math.nan)


def _norm(arrays: list[Any]) -> float:
    return math.sqrt(math.fsum(float(np.sum(np.square(a, dtype=float))) for a in arrays))


def _remark(norms: LayerNorms) -> str:
    if math.isnan(norms.gradient):
        return "  no gradient came"
    if norms.gradient == 0:
        return "  the gradient is 0"
    if norms.ratio < _SMALL:
        return "  hardly moves"
    return "  jumps" if norms.ratio > _LARGE else ""
