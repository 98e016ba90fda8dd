"""What is worked out once for windows of a size is not spoilt by a call with wrong settings."""

import contextlib

import numpy as np
import pytest

from autograd import OPS, Tensor
from autograd.ops import window_plan, windows

SETTINGS = {"stride": (1, 1), "padding": ((1, 1), (0, 1)), "dilation": (1, 1)}
X, KERNEL = np.arange(72.0).reshape(2, 1, 6, 6), np.ones((1, 1, 2, 2))
CALLS = {
    "conv": lambda x, **s: OPS["conv"](x, KERNEL, **SETTINGS | s, groups=1),
    "max_pool": lambda x, **s: OPS["max_pool"](x, **SETTINGS | {"window": (2, 2)} | s),
    "sum_pool": lambda x, **s: OPS["sum_pool"](x, **SETTINGS | {"window": (2, 2)} | s),
}
WRONG = {
    "stride": (1.0, 1.0),
    "padding": ((1.0, 1.0), (0.0, 1.0)),
    "dilation": (1.0, 1.0),
    "window": (2.0, 2.0),
}


def forget():
    for module in (window_plan, windows):
        for function in vars(module).values():
            if hasattr(function, "cache_clear"):
                function.cache_clear()


def there_and_back(name, **settings):
    x = Tensor(X, requires_grad=True)
    out = CALLS[name](x, **settings)
    out.sum().backward()
    return out.numpy(), x.grad


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("setting", WRONG)
def test_a_call_with_floats_spoils_no_later_call(name, setting):
    if name == "conv" and setting == "window":
        setting = "stride"  # its kernels say how large the windows are
    forget()
    wanted = there_and_back(name)
    forget()
    with contextlib.suppress(TypeError, ValueError):  # refused, or taken for whole numbers
        there_and_back(name, **{setting: WRONG[setting]})
    for got, right in zip(there_and_back(name), wanted, strict=True):
        np.testing.assert_array_equal(got, right)
