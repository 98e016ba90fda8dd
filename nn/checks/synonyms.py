"""The names that Keras has for arguments: some are taken, for the others the right one is told."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = ["check_settings", "either"]

# how Keras' optimizers call what PyTorch's call otherwise
_KERAS = {
    "learning_rate": "lr",
    "epsilon": "eps",
    "beta_1": "betas",
    "beta_2": "betas",
    "rho": "alpha",
    "decay": "weight_decay",
}


def either(asked_by: str, **given: Any) -> Any:
    """Take an argument that has two names.

    Args:
        asked_by: The function or class that asks, for the error.
        given: What came by either name; None where nothing came.

    Returns:
        The one that came.

    Raises:
        TypeError: If both came, or none.

    Example:
        >>> either("CSVLogger", path=None, filename="training.csv")
        'training.csv'
    """
    came = {name: thing for name, thing in given.items() if thing is not None}
    if len(came) != 1:
        words = " and ".join(came) + " came, which mean the same" if came else "nothing came"
        raise TypeError(f"{asked_by}: {words}; give {' or '.join(given)}")
    return next(iter(came.values()))


def check_settings(asked_by: str, function: Callable[..., Any], given: Iterable[str]) -> None:
    """Refuse a keyword that a function does not take, and say which one may have been meant.

    Args:
        asked_by: The class that asks, for the error.
        function: The function.
        given: The keywords that came.

    Raises:
        TypeError: If one is unknown.

    Example:
        >>> from nn.optim import Adam
        >>> check_settings("Adam", Adam.__init__, ["learning_rate"])
        Traceback (most recent call last):
        ...
        TypeError: Adam: learning_rate came: did you mean 'lr'? There are: params, lr, betas, ...
    """
    takes: Mapping[str, inspect.Parameter] = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in takes.values()):
        return
    known = [name for name in takes if name != "self"]
    for name in given:
        if name in known:
            continue
        from difflib import get_close_matches  # here, as few names are wrong

        meant = _KERAS.get(name)
        close = [meant] if meant in known else get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise TypeError(f"{asked_by}: {name} came: {hint}There are: {', '.join(known)}")
