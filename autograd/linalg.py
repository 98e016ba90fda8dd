"""Matrix functions under one roof, as in ``numpy.linalg`` and ``torch.linalg``."""

from autograd.ops.linalg import cholesky, det, inv, matmul, outer, solve, tensordot, trace
from autograd.ops.reduce import norm

__all__ = ["cholesky", "det", "inv", "matmul", "norm", "outer", "solve", "tensordot", "trace"]
