"""`live`: the stepper as a notebook widget, whose step Python reads and sets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from viz.grouping.scoping import BUDGET
from viz.stepper.assets import module
from viz.stepper.step import Stepper, stepper_of


def live(
    x: Any,
    *,
    names: Mapping[str, Any] | None = None,
    budget: int = BUDGET,
    lr: float | None = None,
    check: bool = False,
    quiz: bool = False,
    start: int = 0,
) -> Any:
    """Step through a graph in a widget that Python and the page move together.

    Args:
        x: as for `step`.
        names: as for `step`.
        budget: as for `step`.
        lr: as for `step`.
        check: as for `step`.
        quiz: as for `step`.
        start: as for `step`.

    Returns:
        A widget: `w.step = 3` moves the page, and the page's buttons change `w.step`;
        `w.observe(f, "step")` calls a function then; `w.selected` names the boxes that were
        clicked; `w.show(y)` shows another graph in the same place. Without anywidget
        (`pip install 'glassgrad[notebook]'`) the stepper that `step` gives.

    Raises:
        TypeError: if the object has no graph.
        ValueError: if the graph has more boxes than a picture can hold.

    Example:
        >>> from autograd import Value
        >>> from viz.stepper.live import live
        >>> w, x = Value(2.0), Value(3.0)
        >>> widget = live(w * x)
        >>> len(widget.stepper if hasattr(widget, "stepper") else widget)
        4
    """
    made = stepper_of(x, names=names, budget=budget, lr=lr, check=check, quiz=quiz, start=start)
    kind = _widget()
    return made if kind is None else kind(made)


@cache
def _widget() -> Any:
    """Make the widget's class on first use, or nothing where anywidget is not installed."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        return None

    class Live(anywidget.AnyWidget):
        """A stepper in a notebook, moved from both sides.

        Attributes:
            stepper: what is shown.
            step: how many steps are done.
            selected: names of the boxes that are selected.
            page: the HTML that is shown.
        """

        _esm = module()
        step = traitlets.Int(0).tag(sync=True)
        selected = traitlets.List(traitlets.Unicode()).tag(sync=True)
        page = traitlets.Unicode("").tag(sync=True)

        def __init__(self, stepper: Stepper) -> None:
            """Show a stepper.

            Args:
                stepper: what to show.
            """
            self.stepper = stepper
            super().__init__(page=stepper._repr_html_(), step=stepper.start)

        @traitlets.validate("step")
        def _within(self, proposal: Any) -> int:
            """Keep the step within the story; negative ones count from the end, as in a list."""
            wanted, count = int(proposal["value"]), len(self.stepper)
            if not -count - 1 <= wanted <= count:
                raise ValueError(f"live: step {wanted} came; this story has steps 0 to {count}")
            return wanted % (count + 1)

        def show(
            self,
            x: Any,
            *,
            names: Mapping[str, Any] | None = None,
            budget: int = BUDGET,
            lr: float | None = None,
        ) -> None:
            """Show another graph in the same place.

            Args:
                x: as for `step`, or a stepper.
                names: as for `step`.
                budget: as for `step`.
                lr: as for `step`.
            """
            self.stepper = (
                x
                if isinstance(x, Stepper)
                else stepper_of(
                    x, names=names, budget=budget, lr=lr, check=False, quiz=False, start=0
                )
            )
            self.step = min(self.step, len(self.stepper))
            self.page = self.stepper._repr_html_()

        def __repr__(self) -> str:
            return repr(self.stepper)

        def _repr_mimebundle_(self, **settings: Any) -> Any:
            """Give the widget, and beside it the page that works without a kernel."""
            bundle = super()._repr_mimebundle_(**settings)
            if bundle is None:
                return {"text/html": self.page, "text/plain": repr(self)}
            data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
            data = {**data, "text/html": self.page, "text/plain": repr(self)}
            return (data, *rest) if rest else data

    return Live
