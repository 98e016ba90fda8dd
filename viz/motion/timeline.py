"""Time in a self-playing picture: what is seen when, as SMIL elements that all repeat together."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"


class Timeline:
    """The times at which steps begin, in a picture that plays again and again.

    Args:
        lengths: how long each step lasts, in seconds.
        before: how long nothing has happened yet.
        after: how long the end is shown.

    Attributes:
        starts: when each step begins; then when the end begins.
        total: length of one round.
    """

    def __init__(self, lengths: Sequence[float], before: float = 0.8, after: float = 3.5) -> None:
        self.starts = [before]
        for length in lengths:
            self.starts.append(self.starts[-1] + length)
        self.total = self.starts[-1] + after

    def changes(self, attribute: str, moments: Sequence[tuple[float, str]]) -> ElementTree.Element:
        """Let an attribute jump from value to value.

        Args:
            attribute: its name.
            moments: when each value begins, in seconds; the first at 0.

        Returns:
            An `animate` element. Where none is played, the element's own value stands.

        Example:
            >>> line = Timeline([1.0], before=1.0, after=2.0)
            >>> made = line.changes("visibility", [(0.0, "hidden"), (1.0, "visible")])
            >>> made.get("values"), made.get("keyTimes"), made.get("dur")
            ('hidden;visible', '0;.25', '4.0s')
        """
        kept: list[tuple[float, str]] = []
        for time, value in moments:
            if kept and time <= kept[-1][0]:
                kept[-1] = (kept[-1][0], value)
            elif not kept or kept[-1][1] != value:
                kept.append((time, value))
            if len(kept) > 1 and kept[-1][1] == kept[-2][1]:
                kept.pop()
        made = self._repeating("animate", attributeName=attribute, calcMode="discrete")
        made.set("values", ";".join(value for _, value in kept))
        made.set("keyTimes", ";".join(self._share(time) for time, _ in kept))
        return made

    def during(self, spans: Sequence[tuple[float, float]]) -> ElementTree.Element:
        """Let something be seen only at certain times.

        Args:
            spans: beginning and end of each, in seconds, in order.

        Returns:
            An `animate` element for its visibility.
        """
        moments = [(0.0, "hidden")]
        for begin, end in spans:
            moments.append((begin, "visible"))
            if end < self.total:
                moments.append((end, "hidden"))
        return self.changes("visibility", moments)

    def growth(self, attribute: str, to: float) -> ElementTree.Element:
        """Let a length grow evenly from 0 while the steps go by, and then rest."""
        made = self._repeating("animate", attributeName=attribute)
        made.set("values", f"0;0;{to:.0f};{to:.0f}")
        begin, end = self._share(self.starts[0]), self._share(self.starts[-1])
        made.set("keyTimes", f"0;{begin};{end};1")
        return made

    def backwards(self, path: str, begin: float, end: float) -> ElementTree.Element:
        """Let something run along a path from its end to its start."""
        made = self._repeating("animateMotion", path=path, calcMode="linear")  # not at one speed
        made.set("keyPoints", "1;1;0;0")
        made.set("keyTimes", f"0;{self._share(begin)};{self._share(end)};1")
        return made

    def _repeating(self, tag: str, **attributes: str) -> ElementTree.Element:
        made = ElementTree.Element(f"{{{SVG}}}{tag}", attributes)
        made.set("dur", f"{self.total:.1f}s")
        made.set("repeatCount", "indefinite")
        return made

    def _share(self, time: float) -> str:
        """Write a moment as a part of the whole, as short as can be."""
        return f"{time / self.total:.3f}".rstrip("0").rstrip(".").lstrip("0") or "0"
