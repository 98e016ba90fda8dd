"""The training linter: it watches a loop and names the mistakes that raise no error."""

from autograd.linting.linter import Linter, is_linting, lint
from autograd.linting.report import DOCS, Finding, LintError, LintWarning, Report

__all__ = [
    "DOCS",
    "Finding",
    "LintError",
    "LintWarning",
    "Linter",
    "Report",
    "is_linting",
    "lint",
]
