"""The same model at another granularity: on Values every number is a node, on Tensors every layer.

A model on Values takes one example, a model on Tensors a batch of them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import autograd
from autograd import Value
from nn.functions.value_grids import each, holds_values
from nn.layers import activation as bends
from nn.layers.container import Sequential
from nn.layers.convolution import Conv1d, Conv2d
from nn.layers.linear import Linear
from nn.layers.pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from nn.layers.reshaping import Flatten, Identity
from nn.layers.wrapping import Lambda
from nn.modules.module import Module
from nn.modules.parameter import Parameter
from nn.modules.uninitialized import refuse_unsized
from nn.neuron import Neuron, name_of
from nn.perceptron import MLP, Layer

__all__ = ["to_tensor", "to_values"]

_Rules: TypeAlias = dict[Any, Callable[[Any], Module]]

# a neuron's name of a bend -> the module that does the same to a Tensor
_BENDS: dict[str, Callable[[], Module]] = {
    "relu": bends.ReLU, "tanh": bends.Tanh, "sigmoid": bends.Sigmoid, "leaky_relu": bends.LeakyReLU,
    "elu": bends.ELU, "selu": bends.SELU, "gelu": bends.GELU, "silu": bends.SiLU,
    "softplus": bends.Softplus, "softsign": bends.Softsign, "relu6": bends.ReLU6,
    "hardtanh": bends.Hardtanh, "log_sigmoid": bends.LogSigmoid,
}  # fmt: skip


class Elementwise(Lambda):
    """A function of every element: how a neuron's bend without a layer of its own is kept."""

    def forward(self, x: Any) -> Any:
        """Call the function; with every Value of lists of such."""
        if isinstance(x, (list, tuple)) and holds_values(x):
            return each(self.function, x)
        return self.function(x)


def to_values(model: Module, *, fused: bool = True) -> Any:
    """Make a model on Values that computes what a model on Tensors does, with equal gradients.

    It takes one example: what the other one makes of a batch of one, it makes of the example. The
    numbers are copied: training one of the models does not change the other. A frozen parameter
    becomes a Value, which always learns.

    Args:
        model: A ``Linear``, a convolution, a pooling layer, an activation, ``Flatten``; or a
            ``Sequential`` of such. Other modules have no form on Values.
        fused: Whether a weighted sum is one node; False makes each product and sum its own.

    Returns:
        A ``Layer`` for a ``Linear``; for every other module the same one, on Values.

    Raises:
        TypeError: If a module has no form on Values; it is named.
        ValueError: If a lazy layer has no size yet.

    Example:
        >>> from autograd import Tensor
        >>> model = Sequential(Linear(2, 3), bends.Tanh(), Linear(3, 1))
        >>> small = to_values(model)
        >>> small
        Sequential(
          (0): Layer(2 -> 3, linear)
          (1): Tanh()
          (2): Layer(3 -> 1, linear)
        )
        >>> round(small([1.0, 2.0]).data - model(Tensor([[1.0, 2.0]])).item(), 12)
        0.0
    """
    refuse_unsized("to_values", model.named_nodes())
    nodes = [node for _, node in model.named_nodes()]
    if nodes and all(isinstance(node, Value) for node in nodes):
        return copy.deepcopy(model)
    return _converted("to_values", "Values", model, _rules_to_values(fused))


def to_tensor(model: Module) -> Any:
    """Make a model on Tensors that computes what a model on Values does, with equal gradients.

    It takes a batch of examples, shape (n, ...), all at once. The numbers are copied: training one
    of the models does not change the other. A Value that stands in two places becomes two numbers.

    Args:
        model: An ``MLP``, ``Layer``, ``Neuron``; or what ``to_values`` made.

    Returns:
        ``Linear`` layers and activations, in a ``Sequential`` where there is more than one.

    Raises:
        TypeError: If a module has no form on Tensors, or the neurons of a layer bend differently.

    Example:
        >>> from autograd import Tensor
        >>> model = MLP.from_weights([([[1.0, 2.0]], [0.5])], last_activation="tanh")
        >>> large = to_tensor(model)
        >>> large
        Sequential(
          (0): Linear(2 -> 1)
          (1): Tanh()
        )
        >>> large(Tensor([[1.0, 2.0], [0.0, 0.0]])).data.round(4).tolist()
        [[1.0], [0.4621]]
    """
    if not any(isinstance(node, Value) for _, node in model.named_nodes()):
        return copy.deepcopy(model)
    return _converted("to_tensor", "Tensors", model, _TO_TENSOR)


def _converted(asked_by: str, other: str, model: Module, rules: _Rules) -> Any:
    """The model made anew by rules; a module that is used twice is made once."""
    made: dict[int, Module] = {}

    def convert(module: Any, path: str) -> Module:
        if id(module) not in made:
            rule = _rule(module, rules)
            if rule is None:
                where = f" ({path})" if path else ""
                raise TypeError(
                    f"{asked_by}: {type(module).__name__}{where} has no form on {other}; there is "
                    f"one for Sequential, {', '.join(kind.__name__ for kind in rules)}"
                )
            if rule is _in_sequence:
                parts = {
                    name: convert(part, f"{path}.{name}".lstrip("."))
                    for name, part in module.named_parts()
                }
                made[id(module)] = Sequential(parts)
            else:
                made[id(module)] = rule(module)
            made[id(module)].training = module.training
        return made[id(module)]

    return convert(model, "")


def _rule(module: Any, rules: _Rules) -> Callable[[Any], Module] | None:
    """The rule for the module's class, or for one above it whose ``forward`` it kept."""
    for kind in type(module).__mro__:
        if type(module).forward is not getattr(kind, "forward", None):
            continue
        if kind is Sequential:
            return _in_sequence
        if kind in rules:
            return rules[kind]
    return None


def _in_sequence(module: Any) -> Module:
    raise NotImplementedError  # its parts have rules of their own


# ------------------------------------------------------------------------------- to Values
def _rules_to_values(fused: bool) -> _Rules:
    def layer(linear: Linear) -> Module:
        weights, bias = linear.weight.tolist(), linear.bias
        made = Layer.from_weights(weights, None if bias is None else bias.tolist(), fused=fused)
        for neuron in made.neurons if bias is None else ():
            neuron.b = 0.0  # a number, which does not learn
        return made

    def kernels(convolution: Any) -> Any:
        made = copy.copy(convolution)
        made.weight = each(Value, convolution.weight.tolist())
        made.bias = None if convolution.bias is None else each(Value, convolution.bias.tolist())
        made.fused = fused
        return made

    rules: _Rules = {Linear: layer, Conv1d: kernels, Conv2d: kernels}
    return {**rules, Flatten: _flatten(-1), **dict.fromkeys(_SAME, copy.deepcopy)}


def _flatten(shift: int) -> Callable[[Any], Module]:
    """The axes of one example are those of a batch but for the first."""

    def moved(axis: int) -> int:
        return axis + shift if axis >= 0 else axis

    def convert(module: Flatten) -> Module:
        if module.start_dim == 0 and shift < 0:
            raise TypeError(
                f"to_values: {module!r} joins the examples of a batch, and a model on Values takes "
                "one; use Flatten(1)"
            )
        return Flatten(moved(module.start_dim), moved(module.end_dim))

    return convert


# ------------------------------------------------------------------------------ to Tensors
def _linear(neurons: Sequence[Neuron]) -> Module:
    """A Linear, and the bend behind it if there is one."""
    bend = neurons[0].activation
    if any(neuron.activation != bend for neuron in neurons):
        names = sorted({name_of(neuron.activation) for neuron in neurons})
        raise TypeError(
            f"to_tensor: the neurons of a layer bend differently ({', '.join(names)}), which has "
            "no form on Tensors; give them one activation"
        )
    with_bias = [isinstance(neuron.b, Value) or neuron.b != 0.0 for neuron in neurons]
    made = Linear(len(neurons[0].w), len(neurons), bias=any(with_bias), generator=0)
    made.weight.data = [[float(w) for w in neuron.w] for neuron in neurons]
    if made.bias is not None:
        made.bias.data = [float(neuron.b) for neuron in neurons]
    if bend == "linear":
        return made
    return Sequential(made, _BENDS[bend]() if bend in _BENDS else _function(bend))


def _function(bend: Any) -> Module:
    """A bend that is no module: a function, or the name of an operation."""
    return Elementwise(getattr(autograd, bend) if isinstance(bend, str) else bend, name_of(bend))


def _mlp(model: MLP) -> Module:
    parts: list[Module] = []
    for layer in model.layers:
        made = _linear(layer.neurons)
        parts += made if isinstance(made, Sequential) else [made]
    return Sequential(*parts)


def _kernels(convolution: Any) -> Any:
    made = copy.copy(convolution)
    made.weight = Parameter(each(float, convolution.weight))
    made.bias = None if convolution.bias is None else Parameter(each(float, convolution.bias))
    return made


_SAME = (
    *(getattr(bends, name) for name in bends.__all__),
    *(MaxPool1d, MaxPool2d, AvgPool1d, AvgPool2d, Identity, Elementwise),
)
_TO_TENSOR: _Rules = {
    MLP: _mlp,
    Layer: lambda layer: _linear(layer.neurons),
    Neuron: lambda neuron: _linear([neuron]),
    Conv1d: _kernels,
    Conv2d: _kernels,
    Flatten: _flatten(1),
    **dict.fromkeys(_SAME, copy.deepcopy),
}
