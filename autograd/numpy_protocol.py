"""NumPy's functions on Values and Tensors: ``np.sin(tensor)`` is one recorded node.

NumPy asks ``__array_ufunc__`` and ``__array_function__`` of whatever it is given.  Both look the
name up in the table of ops; what an op cannot say (``out=``, ``dtype=`` ...) is refused in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.errors import OperationError
from autograd.node import Node
from autograd.numpy_names import (
    ACCUMULATED,
    DEFAULTS,
    LIKE,
    LOOKS,
    NEVER,
    QUESTIONS,
    REDUCED,
    RENAMED,
    SIGNATURES,
)
from autograd.op import OPS
from autograd.synonyms import PUBLIC
from autograd.tensor import Tensor, from_array
from autograd.value import Value

__all__ = ["array_function", "array_ufunc"]

# ------------------------------------------------------------------------------ element by element


def array_ufunc(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> Any:
    """Apply one of NumPy's element-by-element functions; NumPy calls this."""
    name = ufunc.__name__
    if method == "reduce" and name in REDUCED:
        arguments = _bind(
            f"{name}.reduce", "a | axis dtype out keepdims initial where", inputs, settings
        )
        return OPS[REDUCED[name]](arguments.pop("a"), **{"axis": 0, **arguments})
    if method == "accumulate" and name in ACCUMULATED:
        arguments = _bind(f"{name}.accumulate", "a | axis dtype out", inputs, settings)
        return OPS[ACCUMULATED[name]](arguments.pop("a"), **{"axis": 0, **arguments})
    if method != "__call__":
        raise _unknown(f"{name}.{method}", inputs)
    for setting, value in settings.items():
        if not _is_default(setting, value):
            raise _refused(name, setting)
    if name in QUESTIONS:
        answer = ufunc(*map(_raw, inputs))
        if any(isinstance(item, Tensor) for item in inputs):
            return from_array(answer)
        return bool(answer) if np.ndim(answer) == 0 else answer
    function = PUBLIC.get(name)
    if function is None:
        raise _unknown(name, inputs)
    return function(*inputs)


# ------------------------------------------------------------------------------ whole arrays


def array_function(
    self: Any,
    function: Callable[..., Any],
    types: Sequence[type],
    args: Sequence[Any],
    settings: Mapping[str, Any],
) -> Any:
    """Apply one of NumPy's functions of whole arrays; NumPy calls this."""
    if function is np.shape and args and args[0] is self and isinstance(self, Tensor):
        return self.shape  # asked at every step of every layer
    name, module = function.__name__, function.__module__
    if module not in ("numpy", "numpy.linalg"):
        raise _unknown(name, args, module)
    if module == "numpy.linalg" and name in ("trace", "diagonal") and np.ndim(args[0]) > 2:
        raise _unknown(name, args, module)  # these take the last two axes, NumPy's others the first
    if name in LOOKS or (name == "where" and len(args) == 1):
        return function(*_raw_inside(args), **{k: _raw_inside(v) for k, v in settings.items()})
    if name in LIKE:
        made = function(*_raw_inside(args), **settings)
        return from_array(made) if isinstance(self, Tensor) else made
    if (special := _SPECIAL.get(name)) is not None:
        return special(*args, **settings)
    signature = SIGNATURES.get(name)
    if signature is None:
        raise _unknown(name, args, module)
    arguments = _bind(name, signature, args, settings)
    inputs = [arguments.pop(n) for n in signature.partition("|")[0].split() if n in arguments]
    if name == "matrix_transpose":
        return OPS["swapaxes"](*inputs, axis1=-1, axis2=-2)
    if name == "clip" and any(
        isinstance(bound, (Node, np.ndarray)) for bound in arguments.values()
    ):
        return _clip_between(*inputs, **arguments)
    if name in ("var", "std"):
        arguments.setdefault("ddof", arguments.pop("correction", 0))  # NumPy divides by n
    if name == "astype":
        arguments["dtype"] = settings.get("dtype", args[1] if len(args) > 1 else None)
    if "k" in arguments:
        arguments["offset"] = arguments.pop("k")
    return PUBLIC[RENAMED.get(name, name)](*inputs, **arguments)


def _clip_between(x: Any, min: Any = None, max: Any = None, **old: Any) -> Any:
    """Clip between arrays, which are inputs with a gradient of their own."""
    low, high = old.get("a_min", min), old.get("a_max", max)
    if low is not None:
        x = OPS["maximum"](x, low)
    return x if high is None else OPS["minimum"](x, high)


def _einsum(*operands: Any, out: Any = None, optimize: Any = None, **settings: Any) -> Any:
    for setting, value in {"out": out, **settings}.items():
        if not _is_default(setting, value):
            raise _refused("einsum", setting)
    return OPS["einsum"](*operands)


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    if out is not None:
        raise _refused("dot", "out")
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return OPS["mul"](a, b)
    if np.ndim(b) > 2:  # NumPy's dot pairs every row with every matrix; matmul would go in step
        return PUBLIC["tensordot"](a, b, ((-1,), (-2,)))
    return OPS["matmul"](a, b)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    pair = (axis is None and np.ndim(x) == 2) or isinstance(axis, tuple)
    if ord is not None and ord != "fro" and (pair or (np.ndim(x) > 2 and axis is None)):
        raise OperationError(
            f"linalg.norm: ord={ord!r} came for a matrix; only the norms of vectors and the "
            "Frobenius norm (the default) are differentiated here: name one axis"
        )
    return OPS["norm"](x, ord=2 if ord in (None, "fro") else ord, axis=axis, keepdims=keepdims)


def _trace(
    x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    if dtype is not None or out is not None:
        raise _refused("trace", "dtype" if dtype is not None else "out")
    if offset or np.ndim(x) != 2:
        return OPS["sum"](OPS["diagonal"](x, offset=offset, axis1=axis1, axis2=axis2), axis=-1)
    return OPS["trace"](x)


_SPECIAL: dict[str, Callable[..., Any]] = {
    "einsum": _einsum,
    "dot": _dot,
    "norm": _norm,
    "trace": _trace,
}


# ------------------------------------------------------------------------------ in common


def _bind(
    name: str, signature: str, args: Sequence[Any], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Give every argument its name, and refuse those that no op has."""
    names = signature.replace("|", " ").split()
    if len(args) > len(names):
        raise OperationError(
            f"np.{name}: {len(args)} arguments came; at most {len(names)} are known"
        )
    given = {**dict(zip(names, args, strict=False)), **settings}
    wanted: dict[str, Any] = {}
    inputs = signature.partition("|")[0].split()
    for key, value in given.items():
        if key in inputs:
            wanted[key] = value
        elif key in NEVER or key not in names:
            if not _is_default(key, value) and not (name == "astype" and key == "dtype"):
                raise _refused(name, key)
        elif value is not np._NoValue:
            wanted[key] = value
    return wanted


def _is_default(setting: str, value: Any) -> bool:
    if value is None or value is np._NoValue:
        return True
    return isinstance(value, (str, bool)) and value in DEFAULTS.get(setting, ())


def _refused(name: str, setting: str) -> OperationError:
    instead = {
        "out": "an operation makes a new result: write y = y + x for y += x",
        "where": "choose with np.where(condition, x, y)",
        "dtype": "convert before or after with .astype(dtype)",
        "initial": "combine the result with that number in a second step",
    }.get(setting, "leave it out")
    return OperationError(f"np.{name}: {setting}= came; on Values and Tensors {instead}")


def _unknown(name: str, args: Any, module: str = "numpy") -> OperationError:
    where = "np" + module.removeprefix("numpy")
    plain = "x.data" if isinstance(_first_node(args), Value) else "x.numpy()"
    return OperationError(
        f"{where}.{name}: this has no derivative here; on plain numbers, outside the graph, write "
        f"{where}.{name}({plain})"
    )


def _first_node(args: Any) -> Any:
    for item in args:
        found = _first_node(item) if isinstance(item, (list, tuple)) else item
        if isinstance(found, Node):
            return found
    return None


def _raw(item: Any) -> Any:
    if isinstance(item, Tensor):
        return item._data
    return np.float64(item.data) if isinstance(item, Value) else item


def _raw_inside(items: Any) -> Any:
    if isinstance(items, (list, tuple)):
        return type(items)(_raw_inside(item) for item in items)
    return _raw(items)


for _class in (Value, Tensor):
    _class.__array_ufunc__ = array_ufunc  # type: ignore[union-attr]
    _class.__array_function__ = array_function  # type: ignore[union-attr]
