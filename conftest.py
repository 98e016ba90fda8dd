"""Settings for all tests, those in the docstrings included.

The package is loaded before pytest collects the doctests of its files: collected one by one, a file
would be run a second time beside the module that everything else uses.
"""

import signal
import sys

import pytest

import autograd

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job ignores Ctrl-C,
    signal.signal(signal.SIGINT, signal.default_int_handler)  # and there are tests of Ctrl-C


@pytest.fixture(autouse=True)
def _same_random_numbers():
    """Every test draws the same numbers, whichever ran before it."""
    autograd.manual_seed(0)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)
