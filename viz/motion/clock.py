"""When what is shown in a film of steps: SMIL animations, which also play inside `<img>`."""

from __future__ import annotations

from typing import TypeAlias

SLIDE = 0.2  # part of a step for which the frame moves
HOLD = 2.0  # steps that the last picture stays before the film starts anew

Span: TypeAlias = tuple[float, float]  # first and last moment of what is shown, in steps


class Clock:
    """Turns moments, counted in steps, into the attributes of animations.

    Args:
        count: how many steps there are.
        seconds: how long each lasts.
        moves: False leaves all animations out and shows the last step.
    """

    def __init__(self, count: int, seconds: float, moves: bool) -> None:
        self.count, self.seconds, self.moves = count, seconds, moves
        self.end = count + HOLD

    def _timing(self, moments: list[float]) -> str:
        keys = ";".join(f"{moment / self.end:.5g}" for moment in moments)
        return f'keyTimes="{keys}" dur="{self.end * self.seconds:g}s" repeatCount="indefinite"'

    def during(self, span: Span, parts: list[str]) -> str:
        """Show parts from one moment to another; what lasts to the end is there without motion."""
        start, end = span
        if not self.moves:
            return "".join(parts) if end >= self.count else ""
        states, moments = (
            (["visible"], [0.0]) if start == 0 else (["hidden", "visible"], [0, start])
        )
        last = end >= self.count
        if not last:
            states, moments = [*states, "hidden"], [*moments, end]
        animation = (
            f'<animate attributeName="visibility" calcMode="discrete" '
            f'values="{";".join(states)}" {self._timing(moments)}/>'
        )
        kind = 'class="run end"' if last else 'class="run" visibility="hidden"'
        return f"<g {kind}>{animation}{''.join(parts)}</g>"

    def slide(self, corners: list[tuple[float, float]], parts: str) -> str:
        """Move parts from corner to corner, one for each step."""
        spots = [f"{x:g} {y:g}" for x, y in corners]
        still = f'transform="translate({spots[-1]})"'
        if len(set(spots)) == 1 or not self.moves:
            return f"<g {still}>{parts}</g>"
        values, moments = [], []
        for step, spot in enumerate(spots):
            leaves = step + 1 - SLIDE if step + 1 < self.count else self.end
            values += [spot, spot]
            moments += [float(step), leaves]
        animation = (
            f'<animateTransform attributeName="transform" type="translate" '
            f'values="{";".join(values)}" {self._timing(moments)}/>'
        )
        return (
            f'<g class="moving" {still}>{animation}{parts}</g><g class="still" {still}>{parts}</g>'
        )

    def progress(self, x: float, y: float, width: float) -> str:
        """Draw a bar that grows until the last step."""
        if not self.moves:
            return ""
        animation = (
            f'<animate attributeName="width" values="0;{width:.1f};{width:.1f}" '
            f"{self._timing([0, self.count, self.end])}/>"
        )
        return (
            f'<rect class="progress moving" x="{x:g}" y="{y:g}" width="{width:.1f}" height="2">'
            f"{animation}</rect>"
        )
