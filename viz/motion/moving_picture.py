"""A picture that moves, and how it shows itself to readers who asked for less motion."""

from __future__ import annotations

import base64

from viz.picture import Picture


class FilmPicture(Picture):
    """A picture that moves, with one that stands still for readers who asked for less motion."""

    def __init__(self, svg: str, description: str, still: str) -> None:
        """Wrap a finished film.

        Args:
            svg: the film.
            description: the alternative text.
            still: the same without motion.
        """
        super().__init__(svg, description)
        self.still = still

    def _repr_html_(self) -> str:
        """Show the film; inside an image only its page knows what motion the reader asked for."""
        data = base64.b64encode(self.still.encode("utf-8")).decode("ascii")
        return (
            '<picture><source media="(prefers-reduced-motion:reduce)" '
            f'srcset="data:image/svg+xml;base64,{data}">{self.image()}</picture>'
        )
