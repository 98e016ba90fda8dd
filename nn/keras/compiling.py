"""What `compile` understands: optimizers by name, and what is kept until `fit`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from nn.checks.choices import check_name
from nn.modules.module import Module
from nn.modules.parameter import Parameter
from nn.modules.uninitialized import Unsized
from nn.optim import (
    LBFGS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    Lion,
    NAdam,
    Optimizer,
    RMSprop,
)

if TYPE_CHECKING:
    from nn.training.names import Measure

__all__ = ["OPTIMIZERS", "Compiled", "compiled"]

Maker = Callable[[Any], Optimizer]

OPTIMIZERS: dict[str, Maker] = {
    "sgd": partial(SGD, lr=0.01),  # Keras' rate; PyTorch's 0.001 is slow without momentum
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
    "nadam": NAdam,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "lion": Lion,
}


@dataclass
class Compiled:
    """What ``compile`` was given.

    Attributes:
        optimizer: The optimizer, once there is one.
        make: Makes it of the parameters, once they have a size.
        loss: The loss.
        metrics: The metrics as they were given.
        names: How the measured numbers are called.
    """

    optimizer: Optimizer | None
    make: Maker | None
    loss: Measure
    metrics: Any
    names: list[str]

    def optimizer_of(self, model: Module) -> Optimizer:
        """Give the optimizer, which is made when it is first asked for.

        Args:
            model: The model, with sizes.
        """
        if self.optimizer is None and self.make is not None:
            self.optimizer = self.make(model.parameters())
        if self.optimizer is None:
            raise ValueError("compile: no optimizer came; give one, such as optimizer='adam'")
        return self.optimizer


def compiled(model: Module, optimizer: Any, loss: Any, metrics: Any) -> Compiled:
    """Check what ``compile`` was given.

    Args:
        model: The model.
        optimizer: A name, an optimizer, a class, or a ``functools.partial`` of one.
        loss: A name or a function.
        metrics: Names or functions.

    Returns:
        What to keep.

    Raises:
        ValueError: If a name is unknown or a setting out of range.
        TypeError: If something is of another kind.
    """
    from nn.training.names import loss_of, metrics_of

    if loss is None:
        raise ValueError("compile: no loss came; give one, such as loss='mse'")
    measure = loss_of(loss, "compile")
    found = metrics_of([] if metrics is None else metrics, measure, "compile")
    made, make = _optimizer(optimizer)
    if make is not None:
        make([Parameter([0.0])])  # so that a wrong setting is told here
        if not any(isinstance(p, Unsized) for p in model.parameters()) and model.parameters():
            made = make(model.parameters())
    return Compiled(made, make, measure, metrics or [], ["loss", *found])


def _optimizer(given: Any) -> tuple[Optimizer | None, Maker | None]:
    if isinstance(given, str):
        return None, OPTIMIZERS[check_name("compile", "optimizer", given.lower(), OPTIMIZERS)]
    kind = given
    while isinstance(kind, partial):
        kind = kind.func
    if kind is LBFGS or isinstance(given, LBFGS):
        raise TypeError(
            "compile: LBFGS looks at the loss several times a step; write the loop yourself, with "
            "optimizer.step(closure)"
        )
    if isinstance(given, Optimizer):
        return given, None
    if isinstance(kind, type) and issubclass(kind, Optimizer):
        return None, given
    came = kind.__name__ if isinstance(kind, type) else type(given).__name__
    raise TypeError(
        f"compile: {came} came as optimizer; give a name such as 'adam', an optimizer such as "
        "nn.Adam(model.parameters()), or functools.partial(nn.Adam, lr=0.01)"
    )
