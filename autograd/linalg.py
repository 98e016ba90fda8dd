"""Matrix functions under one roof, as in ``numpy.linalg`` and ``torch.linalg``."""

from autograd.ops.linalg import cholesky, det, inv, solve, trace
from autograd.ops.products import matmul, outer, tensordot
from autograd.ops.spread import norm

__all__ = ["cholesky", "det", "inv", "matmul", "norm", "outer", "solve", "tensordot", "trace"]
