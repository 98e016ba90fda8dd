"""Reverse-mode automatic differentiation that lets you look inside.

``Value`` holds one number and ``Tensor`` an array; both record what is done with them, and
``backward()`` sends gradients back through the record.  Every op of ``OPS`` is a function here.
"""

from __future__ import annotations

from pathlib import Path as _Path
from typing import TYPE_CHECKING, Any

if (_Path(__file__).parent / "numpy").is_dir():  # what PyPI's other autograd leaves underneath
    raise ImportError(
        f"another package named 'autograd' is installed at {_Path(__file__).parent}; "
        "glassgrad needs its own: use a fresh virtual environment (python -m venv .venv) "
        "and install glassgrad there."
    )

from autograd import linalg as linalg
from autograd import numpy_protocol as numpy_protocol
from autograd.bridge import tensor_from_values
from autograd.creation import *  # noqa: F403
from autograd.creation import __all__ as _creation
from autograd.definition import elementwise, operation
from autograd.errors import *  # noqa: F403
from autograd.errors import __all__ as _errors
from autograd.functional import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.gradcheck import gradcheck, gradgradcheck
from autograd.op import OPS, Op
from autograd.recording import enable_grad, is_grad_enabled, no_grad, source_lines
from autograd.synonyms import *  # noqa: F403
from autograd.synonyms import __all__ as _functions
from autograd.tensor import Tensor, tensor
from autograd.trace import Trace, trace
from autograd.value import Value

__version__ = "0.1.0"

if TYPE_CHECKING:
    # the functions that are made from the op table and the alias table
    def __getattr__(name: str) -> Any: ...


__all__ = [
    "OPS",
    "Op",
    "Tensor",
    "Trace",
    "Value",
    "elementwise",
    "enable_grad",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "hessian",
    "hvp",
    "is_grad_enabled",
    "jacobian",
    "jvp",
    "linalg",
    "no_grad",
    "operation",
    "source_lines",
    "tensor",
    "tensor_from_values",
    "trace",
    "value_and_grad",
    "vjp",
    *_creation,
    *_errors,
    *_functions,
]
