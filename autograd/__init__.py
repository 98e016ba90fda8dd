"""Reverse-mode automatic differentiation that lets you look inside.

``Value`` holds one number and ``Tensor`` an array; both record what is done with them, and
``backward()`` sends gradients back through the record.  Every op of ``OPS`` is a function here.
"""

from __future__ import annotations

from pathlib import Path as _Path
from sys import modules as _modules
from typing import TYPE_CHECKING, Any, NoReturn

if (_Path(__file__).parent / "numpy").is_dir():  # what PyPI's other autograd leaves underneath
    raise ImportError(
        f"another package named 'autograd' is installed at {_Path(__file__).parent}; "
        "glassgrad needs its own: use a fresh virtual environment (python -m venv .venv) "
        "and install glassgrad there."
    )

from autograd import cuda as cuda
from autograd import linalg as linalg
from autograd import numpy_protocol as numpy_protocol
from autograd.bridge import tensor_from_values
from autograd.creation import *  # noqa: F403
from autograd.creation import __all__ as _creation
from autograd.creation_like import *  # noqa: F403
from autograd.creation_like import __all__ as _creation_like
from autograd.definition import elementwise, operation
from autograd.dtypes import *  # noqa: F403
from autograd.dtypes import __all__ as _dtypes
from autograd.dtypes import bool as bool
from autograd.dtypes import float as float
from autograd.dtypes import int as int
from autograd.errors import *  # noqa: F403
from autograd.errors import __all__ as _errors
from autograd.functional import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.gradcheck import gradcheck, gradgradcheck
from autograd.op import OPS, Op
from autograd.randomness import *  # noqa: F403
from autograd.randomness import __all__ as _randomness
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
from autograd.torch_questions import *  # noqa: F403
from autograd.torch_questions import __all__ as _questions
from autograd.trace import Trace, trace
from autograd.value import Value

__version__ = "0.1.0"

autograd = _modules[__name__]  # PyTorch's torch.autograd, for who calls this package torch

if TYPE_CHECKING:
    # the functions that are made from the op table and the alias table
    def __getattr__(name: str) -> Any: ...
else:

    def __getattr__(name: str) -> NoReturn:
        if name in ("nn", "optim", "utils", "save", "load"):  # nn puts them here
            raise AttributeError(
                f"autograd.{name} is part of the package nn: write import nn first"
            )
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")


__all__ = [
    "OPS",
    "Op",
    "Tensor",
    "Trace",
    "Value",
    "cuda",
    "elementwise",
    "enable_grad",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "hessian",
    "hvp",
    "inference_mode",
    "is_grad_enabled",
    "jacobian",
    "jvp",
    "linalg",
    "no_grad",
    "operation",
    "set_grad_enabled",
    "source_lines",
    "tensor",
    "tensor_from_values",
    "trace",
    "value_and_grad",
    "vjp",
    *_creation,
    *_creation_like,
    *_dtypes,
    *_errors,
    *_functions,
    *_questions,
    *_randomness,
]
