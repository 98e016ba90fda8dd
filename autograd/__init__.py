"""Reverse-mode automatic differentiation that lets you look inside.

``Value`` holds one number and ``Tensor`` an array; both record what is done with them, and
``backward()`` sends gradients back through the record.  Every op of ``OPS`` is a function here.
"""

from __future__ import annotations

from os.path import dirname as _dirname
from os.path import isdir as _isdir
from sys import modules as _modules
from typing import TYPE_CHECKING, Any

if _isdir(_dirname(__file__) + "/numpy"):  # what PyPI's other autograd leaves underneath
    raise ImportError(
        f"glassgrad: another package named 'autograd' is installed at {_dirname(__file__)}; "
        "use a fresh virtual environment (python -m venv .venv) and install glassgrad there"
    )

from autograd.buffers import empty_cache
from autograd.creation import *  # noqa: F403
from autograd.creation import __all__ as _creation
from autograd.definition import elementwise, operation
from autograd.dtypes import *  # noqa: F403
from autograd.dtypes import __all__ as _dtypes
from autograd.dtypes import bool as bool
from autograd.dtypes import float as float
from autograd.dtypes import int as int
from autograd.errors import *  # noqa: F403
from autograd.errors import __all__ as _errors
from autograd.late import by_module as _by_module
from autograd.late import late_methods as _late_methods
from autograd.late import late_names as _late_names
from autograd.node import Node as _Node
from autograd.op import OPS, Op
from autograd.recording import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
    source_lines,
)
from autograd.synonyms import *  # noqa: F403
from autograd.synonyms import __all__ as _functions
from autograd.tensor import Tensor, tensor
from autograd.value import Value

__version__ = "0.1.0"

autograd = _modules[__name__]  # PyTorch's torch.autograd, for who calls this package torch

if TYPE_CHECKING:
    from autograd import bridge as bridge
    from autograd import collector as collector
    from autograd import copying as copying
    from autograd import creation_like as creation_like
    from autograd import cuda as cuda
    from autograd import functional as functional
    from autograd import kernel_source as kernel_source
    from autograd import linalg as linalg
    from autograd import numpy_names as numpy_names
    from autograd import numpy_protocol as numpy_protocol
    from autograd import randomness as randomness
    from autograd import symbol as symbol
    from autograd import torch_questions as torch_questions
    from autograd.anomaly import detect_anomaly, set_detect_anomaly
    from autograd.bridge import tensor_from_values
    from autograd.collector import gc_paused
    from autograd.creation_like import *  # noqa: F403
    from autograd.functional import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
    from autograd.gradcheck import gradcheck, gradgradcheck
    from autograd.kinks import kinks as kinks
    from autograd.linting import LintError, LintWarning, lint
    from autograd.profiling import profile
    from autograd.randomness import *  # noqa: F403
    from autograd.replay import parameters_together as parameters_together
    from autograd.replay import replay as replay
    from autograd.torch_generator import Generator
    from autograd.torch_questions import *  # noqa: F403
    from autograd.trace import Trace, trace

    # the functions that are made from the op table and the alias table
    def __getattr__(name: str) -> Any: ...

    _families: dict[str, str]
else:  # imported when first asked for, to start fast; the lines above say the same to type checkers
    _families = _by_module(
        {
            "autograd.creation_like": (
                "empty_like full_like ones_like rand_like randn_like zeros_like"
            ),
            "autograd.randomness": (
                "bernoulli manual_seed multinomial normal rand randint randn randperm"
            ),
            "autograd.torch_questions": (
                "allclose bincount count_nonzero eq equal ge gt is_tensor isclose isfinite isinf "
                "isnan le logical_and logical_not logical_or logical_xor lt ne nonzero numel unique"
            ),
        }
    )
    _places = {
        **_families,
        "bridge": "autograd.bridge",
        "collector": "autograd.collector",
        "copying": "autograd.copying",
        "creation_like": "autograd.creation_like",
        "cuda": "autograd.cuda",
        "kernel_source": "autograd.kernel_source",
        "linalg": "autograd.linalg",
        "numpy_names": "autograd.numpy_names",
        "numpy_protocol": "autograd.numpy_protocol",
        "randomness": "autograd.randomness",
        "symbol": "autograd.symbol",
        "torch_questions": "autograd.torch_questions",
        "Generator": "autograd.torch_generator",
        "LintError": "autograd.linting",
        "LintWarning": "autograd.linting",
        "Trace": "autograd.trace",
        "detect_anomaly": "autograd.anomaly",
        "functional": "autograd.functional",
        "gc_paused": "autograd.collector",
        "grad": "autograd.functional",
        "gradcheck": "autograd.gradcheck",
        "gradgradcheck": "autograd.gradcheck",
        "hessian": "autograd.functional",
        "hvp": "autograd.functional",
        "jacobian": "autograd.functional",
        "jvp": "autograd.functional",
        "kinks": "autograd.kinks",
        "lint": "autograd.linting",
        "profile": "autograd.profiling",
        "parameters_together": "autograd.replay",
        "replay": "autograd.replay",
        "set_detect_anomaly": "autograd.anomaly",
        "tensor_from_values": "autograd.bridge",
        "trace": "autograd.trace",
        "value_and_grad": "autograd.functional",
        "vjp": "autograd.functional",
    }
    _late, __dir__ = _late_names(__name__, _places)
    _array_functions = {"autograd.numpy_protocol": "__array_function__ __array_ufunc__"}
    _late_methods(_Node, {"autograd.copying": "__copy__ __deepcopy__ __reduce_ex__"})
    _late_methods(Value, _array_functions)
    _late_methods(
        Tensor,
        {
            **_array_functions,
            "autograd.creation_like": "new_empty new_full new_ones new_tensor new_zeros",
            "autograd.randomness": "bernoulli multinomial",
            "autograd.torch_questions": (
                "allclose bincount count_nonzero eq equal ge gt isclose isfinite isinf isnan le "
                "logical_and logical_not logical_or logical_xor lt ne nonzero unique"
            ),
        },
    )

    def __getattr__(name: str) -> Any:
        try:
            return _late(name)
        except AttributeError:
            if name not in ("nn", "optim", "utils", "save", "load"):  # nn puts them here
                raise
            raise AttributeError(
                f"autograd.{name}: this is part of the package nn; write import nn first"
            ) from None


__all__ = [
    "OPS",
    "Generator",
    "LintError",
    "LintWarning",
    "Op",
    "Tensor",
    "Trace",
    "Value",
    "cuda",
    "detect_anomaly",
    "elementwise",
    "empty_cache",
    "enable_grad",
    "gc_paused",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "hessian",
    "hvp",
    "inference_mode",
    "is_grad_enabled",
    "jacobian",
    "jvp",
    "kinks",
    "linalg",
    "lint",
    "no_grad",
    "operation",
    "profile",
    "set_detect_anomaly",
    "set_grad_enabled",
    "source_lines",
    "tensor",
    "tensor_from_values",
    "trace",
    "value_and_grad",
    "vjp",
    *_creation,
    *_dtypes,
    *_errors,
    *_families,
    *_functions,
]
