"""What `explain` returns: the paths and their sum, as text, Markdown and LaTeX."""

from __future__ import annotations

from typing import Any

from viz.formulas.explanation_latex import latex_of
from viz.formulas.explanation_markdown import html_of, markdown_of
from viz.formulas.explanation_text import text_of
from viz.formulas.paths import Path
from viz.formulas.sections import Section


class Explanation:
    """Why a derivative is what it is; print it, or let a notebook show it.

    Attributes:
        sections: one explanation per node that was asked for; of one node itself.
    """

    def __init__(self, sections: tuple[Section, ...]) -> None:
        """Wrap what was found.

        Args:
            sections: the facts, one section per node that was asked for.
        """
        self._sections = sections

    @property
    def sections(self) -> tuple[Explanation, ...]:
        """One explanation per node that was asked for."""
        return tuple(Explanation((section,)) for section in self._sections)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The paths that are listed: all of them, or the strongest."""
        return tuple(path for section in self._sections for path in section.found.strongest)

    @property
    def count(self) -> int:
        """How many paths there are, exactly."""
        return sum(section.found.count for section in self._sections)

    @property
    def total(self) -> Any:
        """The derivative, the sum over all paths; a tuple if several were asked for.

        A float or an array; None for arrays of a recorded trace, whose backward pass nobody saw.
        """
        totals = tuple(section.total for section in self._sections)
        return totals[0] if len(totals) == 1 else totals

    @property
    def markdown(self) -> str:
        """The explanation as Markdown, with the formula for MathJax."""
        return "\n\n".join(markdown_of(section) for section in self._sections) + "\n"

    @property
    def latex(self) -> str:
        """The formula as LaTeX; several stand under one another."""
        return "\n\\\\[2ex]\n".join(latex_of(section) for section in self._sections)

    @property
    def html(self) -> str:
        """The explanation as HTML tables, for a page without MathJax."""
        return "".join(html_of(section) for section in self._sections)

    def __str__(self) -> str:
        return "\n\n\n".join(text_of(section) for section in self._sections)

    def __repr__(self) -> str:
        told = "; ".join(section.headline for section in self._sections[:3])
        more = len(self._sections) - 3
        return f"<Explanation: {told}{f'; and {more} more' if more > 0 else ''}; print it>"

    # A notebook takes HTML before Markdown, and sets formulas in Markdown in every front end:
    # therefore there is no _repr_html_.
    def _repr_markdown_(self) -> str:
        return self.markdown

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"
