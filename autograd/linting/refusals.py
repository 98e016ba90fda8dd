"""Mistakes that the library refuses with an error: they are in the linter's report, too."""

from __future__ import annotations

import re

from autograd.linting.graph import error_place
from autograd.linting.rule import Rule

__all__ = ["RULES"]


class Refusals(Rule):
    """Errors of the library that name one of the mistakes."""

    def refused(self, error: BaseException) -> None:
        """Translate the error that ended the block."""
        said = str(error)
        for code, pattern, fix in _REFUSED:
            if re.search(pattern, said):
                sentence = f"{said.partition(chr(10))[0].rstrip('.')}."
                self.found(code, sentence, fix, place=error_place(error))
                return


# what an error says, as a pattern: more special ones first
_REFUSED = (
    ("column-against-row", r"would silently become",
     "Bring both to one shape: predictions.reshape(-1), or targets.reshape(-1, 1)."),
    ("different-lengths", r"predictions have shape \(\d+.*\) and targets \(\d+|"
     r"(inputs|rows|examples).* and .*(labels|targets).*(came|length)|for \d+ examples",
     "Cut inputs and targets by the same rows: X[rows], y[rows], both from the same file."),
    ("one-hot-labels", r"labels of shape \((\d+), \d+\) came; \(\1,\)",
     "Give class numbers: one_hot.argmax(axis=1); or floats: one_hot.astype(float)."),
    ("labels-out-of-range", r"label -?\d+ came, and there are \d+ classes",
     "Classes count from 0: give labels - 1 if they count from 1, or as many outputs as classes."),
    ("logits-as-probabilities", r"(binary_cross_entropy: probability|needs probabilities from 0)",
     "Take binary_cross_entropy_with_logits, or end the model with a sigmoid."),
    ("no-backward", r"no parameter has a gradient",
     "Per step: optimizer.zero_grad(), loss.backward(), optimizer.step(), in this order."),
    ("nothing-learned", r"(is a constant|nothing was recorded|knows no gradient)",
     "Compute the loss of the predictions as they come: without no_grad(), .detach(), .numpy()."),
)  # fmt: skip


RULES = (Refusals,)
