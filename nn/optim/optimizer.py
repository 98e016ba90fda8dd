"""Optimizer: what all optimizers share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from autograd import GradientError, Tensor, Value
from autograd.forms import PRIVATE
from autograd.watching import listening, tell
from nn.checks.choices import check_name
from nn.checks.parameters import list_of_parameters
from nn.checks.sizes import real
from nn.checks.synonyms import check_settings
from nn.modules.parameter import Parameter
from nn.modules.uninitialized import refuse_unsized

__all__ = ["Optimizer", "decayed"]


def decayed(numbers: Any, gradient: Any, group: Mapping[str, Any]) -> Any:
    """Add the pull of ``weight_decay`` towards 0 to a gradient.

    Args:
        numbers: A parameter's numbers.
        gradient: Its gradient.
        group: The settings.

    Returns:
        The gradient, with ``weight_decay`` times the numbers added.
    """
    return gradient + group["weight_decay"] * numbers if group["weight_decay"] else gradient


def _copied(state: Mapping[str, Any]) -> dict[str, Any]:
    """What is remembered of a parameter, in arrays that no step writes to."""
    return {k: v.copy("K") if isinstance(v, np.ndarray) else v for k, v in state.items()}


class Optimizer:
    """What all optimizers share; a new one writes ``change``.

    ``change`` is plain arithmetic, so one text serves a Value's float and a Tensor's array.  A
    parameter gets a new array and is never written into: a graph that was recorded before keeps its
    own numbers.  ``change_array``, which an optimizer may leave out, is the same bit by bit for a
    Tensor, with what is remembered changed in place and no other new memory than the result.

    Args:
        params: Parameters or Values; or dicts with "params" and settings of their own.
        settings: The settings of this optimizer, such as the learning rate ``lr``.

    Raises:
        ValueError: If there is no parameter, one comes twice, or a setting is out of range.
        TypeError: If something else came.
        GradientError: If no gradient can reach one of them.

    Attributes:
        param_groups: The settings and the parameters they are for; schedules change ``lr`` there.
        state: What is remembered of each parameter from step to step.
    """

    def __new__(cls, *args: Any, **settings: Any) -> Any:
        """Refuse a keyword that is not known, such as Keras' ``learning_rate``: here it is lr."""
        check_settings(cls.__name__, cls.__init__, settings)
        return super().__new__(cls)

    change_array: Any
    _in_arrays = False

    def __init_subclass__(cls, **settings: Any) -> None:
        """Use ``change_array`` only where no subclass has written a ``change`` of its own."""
        super().__init_subclass__(**settings)
        written = next(c for c in cls.__mro__ if {"change", "change_array"} & vars(c).keys())
        cls._in_arrays = "change_array" in vars(written)

    def __init__(self, params: Iterable[Any], **settings: Any) -> None:
        if isinstance(params, (Tensor, Value)):
            raise TypeError(
                f"{self._name}: a single {type(params).__name__} came; give a list: "
                "model.parameters(), or [x]"
            )
        given = list_of_parameters(self._name, params)
        self.defaults = {k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()}
        self.param_groups: list[dict[str, Any]] = []
        self.state: dict[Any, dict[str, Any]] = {}
        for group in given if given and isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    @property
    def _name(self) -> str:
        return type(self).__name__

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Add parameters that have settings of their own.

        Args:
            group: "params", and settings that differ from the optimizer's.

        Raises:
            ValueError: If there is no parameter, one comes twice, or a setting is unknown or out of
                range.
            TypeError: If something else than parameters came.
            GradientError: If no gradient can reach one of them.
        """
        if not isinstance(group, Mapping) or "params" not in group:
            raise TypeError(
                f"{self._name}: {type(group).__name__} came as a group; a dict with 'params' in it "
                "is needed"
            )
        for name in group:
            check_name(self._name, "setting", name, [*self.defaults, "params"])
        params = group["params"]
        alone = isinstance(params, (Tensor, Value))
        params = [params] if alone else list_of_parameters(self._name, params)
        self._check_params(params)
        complete = {**self.defaults, **group, "params": params}
        self.check(complete)
        self.param_groups.append(complete)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient.

        Args:
            closure: Computes the loss and its gradients anew, for optimizers that look more often.

        Returns:
            What the closure returned; None without one.

        Raises:
            GradientError: If none has: ``backward()`` was not called.
        """
        if closure is not None and not callable(closure):
            raise TypeError(
                f"{self._name}.step: {type(closure).__name__} came; a closure that computes the "
                "loss is needed, or nothing"
            )
        loss = closure() if closure is not None else None
        if listening[0]:
            tell("before_step", self)
        moved = False
        for group in self.param_groups:
            for p in group["params"]:
                gradient = p._grad if p.by_op else p.grad  # only read: not copied
                if gradient is None:
                    continue
                moved = True
                state = self.state.get(p)
                if state is None:
                    state = self.state[p] = {}
                if not p.by_op:  # a Value
                    p.data = float(self.change(p.data, gradient, state, group))
                elif self._in_arrays and type(p._data) is np.ndarray:
                    p._data = self.change_array(p._data, gradient, state, group)
                    p.hold = PRIVATE
                else:
                    p.data = self.change(p.numpy(), gradient, state, group)
        if not moved:
            raise GradientError(
                f"{self._name}.step: no parameter has a gradient: call loss.backward() first"
            )
        if listening[0]:
            tell("after_step", self)
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, so that the next ``backward()`` starts afresh.

        Args:
            set_to_none: PyTorch's switch; gradients become None in any case, never a false 0.
        """
        for group in self.param_groups:
            for p in group["params"]:
                if p.by_op:
                    p._grad, p._borrowed = None, False
                else:
                    p.grad = None

    def change(
        self, numbers: Any, gradient: Any, state: dict[str, Any], group: Mapping[str, Any]
    ) -> Any:
        """Compute a parameter's new numbers.

        Args:
            numbers: Its numbers: a float, or an array that must not be written into.
            gradient: Its gradient, alike.
            state: What this optimizer remembers of it; empty at first.
            group: The settings.

        Returns:
            The new numbers.
        """
        raise NotImplementedError(f"{self._name}: there is no change method; write it in the class")

    def check(self, settings: Mapping[str, Any]) -> None:
        """Check the settings; optimizers with more of them add to this."""
        self._check_least(settings, lr=0.0, weight_decay=0.0)

    def state_dict(self) -> dict[str, Any]:
        """Give the settings and what is remembered, with parameters numbered through.

        Returns:
            Plain data: "param_groups" and "state", as PyTorch has them.
        """
        numbers = {p: i for i, p in enumerate(self._all())}
        return {
            "state": {numbers[p]: _copied(state) for p, state in self.state.items()},
            "param_groups": [
                {**group, "params": [numbers[p] for p in group["params"]]}
                for group in self.param_groups
            ],
        }

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Take over what ``state_dict`` gave, for the same parameters in the same order.

        Args:
            saved: What ``state_dict`` gave.

        Raises:
            ValueError: If the groups have other sizes.
        """
        if not isinstance(saved, Mapping) or not {"param_groups", "state"} <= saved.keys():
            raise TypeError(
                f"{self._name}.load_state_dict: {type(saved).__name__} came; needs what state_dict "
                "gave: a dict of 'param_groups' and 'state'"
            )
        came = [len(group["params"]) for group in saved["param_groups"]]
        own = [len(group["params"]) for group in self.param_groups]
        if came != own:
            raise ValueError(
                f"{self._name}.load_state_dict: groups of {came} parameters came; "
                f"this one has {own}"
            )
        complete = [
            {**group, **{name: value for name, value in other.items() if name != "params"}}
            for group, other in zip(self.param_groups, saved["param_groups"], strict=True)
        ]
        for group in complete:
            self.check(group)
        params = self._all()
        self.param_groups = complete
        self.state = {params[int(i)]: _copied(state) for i, state in saved["state"].items()}

    def __repr__(self) -> str:
        groups = []
        for group in self.param_groups:
            settings = ", ".join(f"{k}={v}" for k, v in group.items() if k != "params")
            groups.append(f"{len(group['params'])} parameters, {settings}")
        return f"{self._name}({'; '.join(groups)})"

    def _all(self) -> list[Any]:
        return [p for group in self.param_groups for p in group["params"]]

    def _check_least(self, settings: Mapping[str, Any], **least: float) -> None:
        for name, limit in least.items():
            if real(self._name, name, settings[name]) < limit:
                raise ValueError(
                    f"{self._name}: {name}={settings[name]} came; at least {limit:g} is needed"
                )

    def _check_betas(self, settings: Mapping[str, Any]) -> None:
        betas = settings["betas"]
        if not isinstance(betas, (tuple, list)):
            raise TypeError(f"{self._name}: betas={betas!r} came; two numbers are needed")
        if len(betas) != 2 or not all(0 <= real(self._name, "betas", b) < 1 for b in betas):
            raise ValueError(
                f"{self._name}: betas={betas} came; two numbers from 0 to below 1 are needed"
            )

    def _check_params(self, params: list[Any]) -> None:
        if not params:
            raise ValueError(
                f"{self._name}: no parameters came; give model.parameters() "
                "(a generator that was used once is empty)"
            )
        names = [getattr(p, "label", None) or f"parameter {i}" for i, p in enumerate(params)]
        refuse_unsized(self._name, zip(names, params, strict=True))
        seen = {id(p) for p in self._all()}
        for i, p in enumerate(params):
            if not isinstance(p, (Tensor, Value)):
                raise TypeError(
                    f"{self._name}: {type(p).__name__} came as parameter {i}; "
                    "give Parameters or Values"
                )
            named = f"parameter {i}" + (f" ({p.label})" if p.label else "")
            if id(p) in seen:
                raise ValueError(f"{self._name}: {named} came twice; each may come once")
            seen.add(id(p))
            if p.op is not None:
                raise GradientError(
                    f"{self._name}: {named} was computed from others; "
                    "only what starts a graph can be learned"
                )
            if not p.requires_grad and not isinstance(p, Parameter):  # a frozen Parameter may come
                raise GradientError(
                    f"{self._name}: {named} requires no gradient; "
                    "make it a Parameter, or a Tensor with requires_grad=True"
                )
