"""A linter that is open for the length of a block, and its report, which must be whole."""

from contextlib import contextmanager

import pytest

import autograd
from autograd.recording import mode
from autograd.watching import listeners, listening
from nn.modules import naming

collect_ignore = ["broken"]  # programs that are run by the tests, not imported


@pytest.fixture(autouse=True)
def nothing_left_on():
    before = mode.special, len(naming.scopes_open)
    yield
    assert (mode.special, len(naming.scopes_open)) == before
    assert (listening[0], listeners(), naming.watching.get()) == (0, (), None)


@pytest.fixture
def linted():
    @contextmanager
    def block():
        with autograd.lint("collect") as report:
            yield report
        assert report.failed == []

    return block
