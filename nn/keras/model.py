"""Model: a module that is trained the way Keras' are: compile, fit, evaluate, predict."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Tensor
from nn.checks.synonyms import either
from nn.init import Generator, generator_of
from nn.keras.compiling import Compiled, compiled
from nn.keras.weights import Weights
from nn.metrics import numbers_of
from nn.modules.rehearsal import rehearsal

if TYPE_CHECKING:  # what trains is imported when something is trained: it brings files and data
    from nn.training.history import History
    from nn.training.run import Run

__all__ = ["Model"]


class _OfCompile:
    """An attribute that ``compile`` sets, and that a class of one's own may use for itself."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, model: Any, owner: Any = None) -> Any:
        if model is None:
            return self
        kept = vars(model).get("_compiled")
        if kept is None:
            raise AttributeError(
                f"{type(model).__name__}: no {self.name} before compile(...); call it first"
            )
        return kept.names if self.name == "metrics_names" else kept.optimizer


class Model(Weights):
    """A module that can be compiled and trained as in Keras; ``Sequential`` is one.

    Below it is ``nn.fit``: the same weights, bit by bit, come of the same arguments.

    Attributes:
        optimizer: The optimizer, after ``compile``; None until the model has its sizes.
        metrics_names: What ``evaluate`` gives, after ``compile``.

    Example:
        >>> from nn import Linear
        >>> class Line(Model):
        ...     def __init__(self):
        ...         self.layer = Linear(1, 1, generator=0)
        ...     def forward(self, x):
        ...         return self.layer(x)
        >>> x = np.linspace(-1, 1, 32).reshape(-1, 1)
        >>> model = Line()
        >>> model.compile("adam", loss="mse", metrics=["mae"])
        >>> model.fit(x, 2 * x, epochs=2).epochs, model.metrics_names
        (2, ['loss', 'mae'])
    """

    _compiled: Compiled | None = None
    optimizer = _OfCompile("optimizer")
    metrics_names = _OfCompile("metrics_names")

    def __init__(self, *came: Any, **settings: Any) -> None:
        if came or settings:
            raise TypeError(
                f"{type(self).__name__}: {', '.join([*map(_named, came), *settings])} came; it "
                "takes nothing. Keras' functional API, Model(inputs, outputs), is not supported: "
                "write a class of nn.Model with layers as attributes and def forward(self, x), or "
                "use Sequential"
            )

    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None) -> None:
        """Say how the model shall be trained.

        Args:
            optimizer: A name ("sgd", "rmsprop", "adam", "adamw", "nadam", "adagrad", "adadelta",
                "lion") for one with its usual settings; an optimizer; or, for a model without
                sizes, a class or ``functools.partial(nn.Adam, lr=0.01)``.
            loss: A function of (predictions, targets), or a name: "mse", "mae", "huber",
                "binary_crossentropy", "categorical_crossentropy", "logloss", "hinge", ... The
                cross-entropies take softmax outputs or scores, see ``nn.losses.keras``.
            metrics: Names such as "accuracy", or functions.

        Raises:
            ValueError: If a name is unknown or a setting out of range.
            TypeError: If something is of another kind.
        """
        self._compiled = compiled(self, optimizer, loss, metrics)

    def fit(
        self,
        X: Any = None,
        y: Any = None,
        *,
        x: Any = None,
        epochs: int = 1,
        batch_size: int = 32,
        validation_data: Any = None,
        validation_split: float = 0.0,
        callbacks: Any = None,
        class_weight: Mapping[Any, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        shuffle: bool = True,
        seed: Generator = 0,
        verbose: bool | int | str = "auto",
        checkpoint: str | os.PathLike[str] | None = None,
        resume: bool | str | os.PathLike[str] = False,
    ) -> History:
        """Train the model; called again, it goes on from where it is.

        Args:
            X: Inputs, shape (n, ...); or a loader, without y.
            y: Targets; for one output per example also of shape (n,).
            x: Keras' name for X.
            epochs: How often to go through all examples; see ``initial_epoch``.
            batch_size: How many examples make one step.
            validation_data: Inputs and targets to measure on after each epoch.
            validation_split: The share of the data, from its end, to keep for that.
            callbacks: ``nn.callbacks``.
            class_weight: How much the examples of each class count in the loss.
            sample_weight: How much each example counts in the loss, shape (n,).
            initial_epoch: The number of the first epoch, from 0, where ``epochs`` is that of the
                end: ``fit(..., epochs=5)`` and ``fit(..., initial_epoch=5, epochs=8)`` make 8.
            shuffle: Whether each epoch has an order of its own.
            seed: For that order.
            verbose: 0 for nothing, 1 for a progress bar, 2 for a line per epoch; "auto" for a bar
                in a terminal or notebook. Where something is shown, the linter looks for mistakes
                (``autograd.lint``) and prints what it found at the end.
            checkpoint: See ``nn.fit``.
            resume: See ``nn.fit``.

        Returns:
            The history, which plots itself in a notebook.

        Raises:
            ValueError: If the model is not compiled, or something does not fit; see ``nn.fit``.
        """
        from nn.training.feeding import feed_of
        from nn.training.loop import fit
        from nn.training.preparing import sized
        from nn.training.run import checked_callbacks

        X = either("fit", X=X, x=x)
        kept = self._ready("fit")
        if verbose not in ("auto", 0, 1, 2):
            raise ValueError(f"fit: verbose={verbose!r} came; needs 'auto', 0, 1 or 2")
        feed = feed_of(X, y, batch_size, generator_of(seed))
        sized(self, feed)
        optimizer = kept.optimizer_of(self)
        y = self._aligned(X, y)
        if isinstance(validation_data, (tuple, list)) and len(validation_data) == 2:
            validation_data = (validation_data[0], self._aligned(*validation_data))
        if y is not None:
            vars(self)["_shape_seen"] = tuple(np.shape(X)[1:])
        watching = [*checked_callbacks(callbacks), *([_Lines()] if verbose == 2 else [])]
        return fit(
            self, X, y, loss=kept.loss, optimizer=optimizer, epochs=epochs, batch_size=batch_size,
            validation=validation_data, validation_split=validation_split, seed=seed,
            shuffle=shuffle, metrics=kept.metrics, class_weight=class_weight,
            sample_weight=sample_weight, initial_epoch=initial_epoch, callbacks=watching,
            checkpoint=checkpoint, resume=resume,
            progress=None if verbose == "auto" else verbose == 1,
            lint=None if verbose == "auto" else verbose != 0,
        )  # fmt: skip

    def evaluate(
        self,
        X: Any = None,
        y: Any = None,
        *,
        x: Any = None,
        batch_size: int = 256,
        verbose: Any = 0,
        return_dict: bool = False,
    ) -> Any:
        """Measure the loss and the metrics on examples.

        Args:
            X: Inputs; or a loader, without y.
            y: Targets.
            x: Keras' name for X.
            batch_size: How many examples to run at a time.
            verbose: Accepted as in Keras; nothing is printed.
            return_dict: Whether to give a dict by name.

        Returns:
            [loss, *metrics]; the loss alone if there are no metrics, as in Keras; or a dict.

        Raises:
            ValueError: If the model is not compiled, or something does not fit.
        """
        from nn.training import measuring
        from nn.training.feeding import feed_of
        from nn.training.names import metrics_of
        from nn.training.preparing import decided, sized

        X = either("evaluate", X=X, x=x)
        kept = self._ready("evaluate")
        feed = feed_of(X, y, batch_size, generator_of(0))
        sized(self, feed)
        loss = decided(kept.loss, self, feed)
        measures = {"loss": measuring.of_arrays(loss), **metrics_of(kept.metrics, loss, "evaluate")}
        found = measuring.evaluate(self, X, self._aligned(X, y), measures, batch_size)
        if return_dict:
            return found
        return list(found.values()) if len(found) > 1 else found["loss"]

    def predict(
        self, X: Any = None, batch_size: int = 256, verbose: Any = 0, *, x: Any = None
    ) -> Any:
        """Run the model on many examples, recording nothing.

        Args:
            X: Inputs, shape (n, ...).
            batch_size: How many examples to run at a time.
            verbose: Accepted as in Keras; nothing is printed.
            x: Keras' name for X.

        Returns:
            An array with a row per example.

        Raises:
            TypeError: If nothing came, or X and x.
        """
        from nn.training.measuring import predict

        return predict(self, either("predict", X=X, x=x), batch_size)

    def summary(self, *inputs: Any, depth: int | None = None) -> Any:
        """Tell of every layer what comes out, its parameters and its work; see ``nn.summary``.

        Args:
            inputs: What the model is called with: arrays, or only their shapes. Without them the
                table is printed, as in Keras, for one example of the shape that the first layer or
                the last ``fit`` told.
            depth: How many modules deep to look; all by default.

        Returns:
            The table for the inputs that came; None where it was printed.
        """
        if inputs:
            return super().summary(*inputs, depth=depth)
        shape = self._shape_of_an_example()
        known = [] if shape is None else [(1, *shape)]
        print(super().summary(*known, depth=depth))
        return None

    def _shape_of_an_example(self) -> tuple[int, ...] | None:
        """What is known of the shape of one input."""
        for module in self.modules():
            own = vars(module)
            if own.get("input_shape", own.get("_shape_seen")) is not None:
                return tuple(own.get("input_shape") or own["_shape_seen"])
            if isinstance(own.get("in_features"), int):
                return (own["in_features"],)
            if module.parameters() and next(iter(module.children()), None) is None:
                break  # the first layer does not tell
        return None

    def _ready(self, asked_by: str) -> Compiled:
        if self._compiled is None:
            raise ValueError(
                f"{asked_by}: the model is not compiled; call first: "
                "model.compile('adam', loss='mse')"
            )
        return self._compiled

    def _aligned(self, X: Any, y: Any) -> Any:
        """Targets (n,) as (n, 1) where the model gives (n, 1), and the other way round."""
        from nn.training.feeding import forward_of

        if y is None:
            return None
        y = np.asarray(y.numpy() if isinstance(y, Tensor) else y)
        column = y.ndim == 2 and y.shape[1] == 1
        if not len(y) or not (y.ndim == 1 or column):
            return y
        few = np.asarray(X.numpy() if isinstance(X, Tensor) else X)[:2]
        with rehearsal(self):
            self.eval()
            shape = np.shape(numbers_of(forward_of(self)(few)))
        if len(shape) == 2 and shape[1] == 1:
            return y.reshape(-1, 1)
        return y.reshape(-1) if column else y


def _named(thing: Any) -> str:
    return type(thing).__name__


class _Lines:
    """Print a line for every epoch."""

    def on_epoch_end(self, run: Run) -> None:
        """Print it."""
        told = "  ".join(f"{name} {figure:.4g}" for name, figure in run.logs.items())
        print(f"epoch {run.epoch + 1}/{run.epochs}  {told}")
