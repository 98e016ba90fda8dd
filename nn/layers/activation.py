"""Activations as layers: each names its function of ``nn.functional``, and keeps its settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from autograd import OPS, Tensor, exp
from nn import functional
from nn.checks.choices import check_name
from nn.checks.numbers import number_or_numbers, numbers_of
from nn.checks.sizes import above_zero, real
from nn.checks.whole_numbers import whole_number
from nn.functions.value_grids import each, holds_values, log_shares
from nn.modules.module import Module

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
]


class Activation(Module):
    """A function applied to every element, with settings that were chosen once."""

    function: ClassVar[Callable[..., Any]]

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}

    def forward(self, x: Any) -> Any:
        """Apply the function; to every Value in lists of such."""
        if type(x) is Tensor:
            return type(self).function(x, **self.settings)
        if isinstance(x, (list, tuple)) and holds_values(x):
            return each(type(self).function, x, **self.settings)
        return type(self).function(number_or_numbers(self, x), **self.settings)

    def extra_repr(self) -> str:
        """The settings, under the names of the arguments."""
        given = {"slope": "negative_slope", "axis": "dim"}
        return ", ".join(f"{given.get(k, k)}={value!r}" for k, value in self.settings.items())


class _Switched(Activation):
    """An activation with PyTorch's switch ``inplace``, which changes nothing here."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()


class ReLU(_Switched):
    """max(0, x): a ramp; its slope at 0 is 0.

    Args:
        inplace: PyTorch's switch, which changes nothing here.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([-1.0, 2.0], requires_grad=True)
        >>> ReLU()(x).sum().backward()
        >>> x.grad
        array([0., 1.])
    """

    function = functional.relu
    _takes_over = OPS["relu"]


class ReLU6(_Switched):
    """min(max(0, x), 6): a ramp that ends at 6."""

    function = functional.relu6


class SELU(_Switched):
    """Scaled ELU: keeps mean 0 and variance 1 from layer to layer (Klambauer et al., 2017)."""

    function = functional.selu


class Sigmoid(Activation):
    """1 / (1 + e⁻ˣ): squashes to (0, 1).

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([0.0], requires_grad=True)
        >>> y = Sigmoid()(x)
        >>> y.backward()
        >>> y.item(), x.grad
        (0.5, array([0.25]))
    """

    function = functional.sigmoid


class LogSigmoid(Activation):
    """log(sigmoid(x)), without overflow."""

    function = functional.log_sigmoid


class SiLU(_Switched):
    """x sigmoid(x), also called swish: a smooth ramp (Elfwing et al., 2017)."""

    function = functional.silu


class Mish(_Switched):
    """x tanh(softplus(x)): a smooth ramp (Misra, 2019)."""

    function = functional.mish


class Hardsigmoid(_Switched):
    """x / 6 + 1 / 2, cut off at 0 and 1."""

    function = functional.hardsigmoid


class Hardswish(_Switched):
    """x hardsigmoid(x) (Howard et al., 2019)."""

    function = functional.hardswish


class Softsign(Activation):
    """x / (1 + |x|): squashes to (-1, 1), more gently than tanh."""

    function = functional.softsign


class Tanh(Activation):
    """tanh(x): squashes to (-1, 1).

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([0.0], requires_grad=True)
        >>> Tanh()(x).backward()
        >>> x.grad
        array([1.])
    """

    function = functional.tanh
    _takes_over = OPS["tanh"]


class LeakyReLU(Activation):
    """x above 0, slope * x below: a ramp that lets a little through (Maas et al., 2013).

    Args:
        negative_slope: The slope below 0.
        inplace: PyTorch's switch, which changes nothing here.

    Example:
        >>> from autograd import Tensor
        >>> x = Tensor([-1.0, 2.0], requires_grad=True)
        >>> LeakyReLU(0.1)(x).sum().backward()
        >>> x.grad
        array([0.1, 1. ])
    """

    function = functional.leaky_relu

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        self.settings = {"slope": real("LeakyReLU", "negative_slope", negative_slope)}


class ELU(Activation):
    """x above 0, alpha (eˣ - 1) below (Clevert et al., 2015).

    Args:
        alpha: How far below 0 it bends.
        inplace: PyTorch's switch, which changes nothing here.
    """

    function = functional.elu

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        self.settings = {"alpha": real("ELU", "alpha", alpha)}


class GELU(Activation):
    """x times its chance under the normal curve (Hendrycks and Gimpel, 2016).

    Args:
        approximate: ``"none"``, or ``"tanh"`` for the formula with tanh.
    """

    function = functional.gelu

    def __init__(self, approximate: str = "none") -> None:
        check_name("GELU", "approximate", approximate, ("none", "tanh"))
        self.settings = {"approximate": approximate}


class Softplus(Activation):
    """log(1 + e^(beta x)) / beta: a smooth ramp.

    Args:
        beta: How sharp the bend is.
    """

    function = functional.softplus

    def __init__(self, beta: float = 1.0) -> None:
        self.settings = {"beta": above_zero("Softplus", "beta", beta)}


class Hardtanh(Activation):
    """x, cut off at two ends.

    Args:
        min_val: The lower end.
        max_val: The upper end.
        inplace: PyTorch's switch, which changes nothing here.
    """

    function = functional.hardtanh

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        if real("Hardtanh", "min_val", min_val) > real("Hardtanh", "max_val", max_val):
            raise ValueError(
                f"Hardtanh: min_val={min_val} and max_val={max_val} came; the first must not be "
                "above the second"
            )
        self.settings = {"min_val": min_val, "max_val": max_val}


class Softmax(Activation):
    """Scores to shares that are positive and sum to 1 along an axis.

    Args:
        dim: The axis; the last by default.

    Example:
        >>> from autograd import Tensor
        >>> Softmax()(Tensor([[0.0, 0.0]])).tolist()
        [[0.5, 0.5]]
    """

    function = functional.softmax

    def __init__(self, dim: int = -1) -> None:
        self.settings = {"axis": whole_number("Softmax", "dim", dim)}

    def forward(self, x: Any) -> Any:
        """Share out; of lists of Values, too."""
        if isinstance(x, (list, tuple)) and holds_values(x):
            return each(exp, log_shares(x, self.settings["axis"]))
        return functional.softmax(numbers_of(self, x), **self.settings)


class LogSoftmax(Activation):
    """The logarithm of the softmax, without overflow.

    Args:
        dim: The axis; the last by default.
    """

    function = functional.log_softmax

    def __init__(self, dim: int = -1) -> None:
        self.settings = {"axis": whole_number("LogSoftmax", "dim", dim)}

    def forward(self, x: Any) -> Any:
        """Compute; of lists of Values, too."""
        if isinstance(x, (list, tuple)) and holds_values(x):
            return log_shares(x, self.settings["axis"])
        return functional.log_softmax(numbers_of(self, x), **self.settings)
