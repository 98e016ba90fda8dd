"""What the tests of bad input share: who must refuse it, and with what sentence."""

import traceback
import warnings
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor

OWN = [str(Path(package.__file__).parent) for package in (autograd, nn)]
NAN = float("nan")
Y = Tensor(np.ones((2, 3, 4)))


def refused(call, *words):
    """Call, and check that we ourselves refuse it, with a sentence that has the words in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((ValueError, TypeError)) as caught:
            call()
    where = traceback.extract_tb(caught.value.__traceback__)[-1].filename
    assert any(where.startswith(package) for package in OWN), f"{where}: {caught.value}"
    said = str(caught.value)
    assert ": " in said, said  # who, and what
    for word in words:
        assert word in said, f"{word!r} is not in: {said}"
    for python in ("not supported between", "has no attribute", "object is not", "has no len"):
        assert python not in said, said
