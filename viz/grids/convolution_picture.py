"""What `convolution` returns: a film, a page to step through, a text, and the numbers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import numpy as np

from viz.arrays import Array
from viz.grids.convolution_scenes import FORWARD, scenes
from viz.grids.convolution_text import convolution_text
from viz.grids.grid_film import film_svg
from viz.grids.grid_page import film_page
from viz.grids.windows import ConvolutionStep, Windows
from viz.motion.moving_picture import FilmPicture
from viz.terminal import needs_ascii
from viz.words.numbers import extent, shape_text


class ConvolutionPicture(FilmPicture):
    """A convolution as a film that plays by itself, as a page to step through, and as text.

    `.save("x.svg")` writes the film, `.save("x.html")` the page with all three views, and
    `.save("x.txt")` what `print` shows.

    Attributes:
        svg: the film of the forward pass.
        description: what it shows, in words.
        output: the feature map, shape (rows, columns).
        steps: one record per window: row, column, window, products, total.
        gradient: of the feature map, same shape.
        kernel_gradient: shape of the kernel.
        input_gradient: shape of the image.
        bias_gradient: a number.
        views: names of the three films.
    """

    def __init__(
        self,
        windows: Windows,
        gradient: Array,
        names: Sequence[str],
        seconds: float,
    ) -> None:
        """Compute and draw; see `convolution`."""
        self.steps: list[ConvolutionStep] = windows.steps()
        self.output = np.array([step.total for step in self.steps]).reshape(windows.output_shape)
        self.gradient = gradient
        self.kernel_gradient = windows.kernel_gradient(gradient)
        self.input_gradient = windows.input_gradient(gradient)
        self.bias_gradient = float(gradient.sum())
        self._windows, self._names, self._seconds = windows, names, seconds
        self._scenes = scenes(windows, self.steps, gradient, names)
        self.views = tuple(self._scenes)
        description = _described(windows, self.output, names)
        super().__init__(*self._film(FORWARD, description))

    def view(self, name: str) -> FilmPicture:
        """Give one of the three films by itself.

        Args:
            name: "forward", "kernel gradient" or "input gradient".

        Returns:
            A picture that plays by itself.

        Raises:
            ValueError: if there is no such view.

        Example:
            >>> from viz import convolution
            >>> convolution([[1, 2, 3]], [[1, -1]]).view("kernel gradient").description
            'Convolution, kernel gradient: 2 windows, each of which adds its share.'
        """
        if name not in self._scenes:
            known = ", ".join(repr(view) for view in self.views)
            raise ValueError(f"view: got {name!r}; needs one of {known}")
        count = len(self.steps)
        told = f"Convolution, {name}: {count} windows, each of which adds its share."
        description = self.description if name == FORWARD else told
        return FilmPicture(*self._film(name, description))

    def text(self, *, ascii: bool = False) -> str:
        r"""Tell every window in words.

        Args:
            ascii: use ASCII only.

        Returns:
            Lines of text.

        Example:
            >>> from viz import convolution
            >>> told = convolution([[1, 2, 3]], [[1, -1]]).text(ascii=True)
            >>> print("\n".join(told.splitlines()[2:5]))
            window 1 of 2: image row 0, columns 0 to 1
                1*1 + 2*(-1) = -1
                -> feature map[0, 0]
        """
        windows, names = self._windows, self._names
        return convolution_text(
            windows, self.steps, self.gradient, names, self.description, ascii=ascii
        )

    def __str__(self) -> str:
        """Tell every window in words, in characters that the terminal knows."""
        return self.text(ascii=needs_ascii(sys.stdout))

    def html(self) -> str:
        """Give the page to step through."""
        views = list(self._scenes.values())
        return film_page(views, self, self.text(), self._seconds)

    def writers(self) -> dict[str, Callable[[], str | bytes]]:
        """Map each file suffix to what writes it."""
        return {**super().writers(), "txt": self.text}

    def _film(self, name: str, description: str) -> tuple[str, str, str]:
        settings = _settings(self._windows)
        title = "Convolution" if name == FORWARD else f"Convolution: {name}"
        title = f"{title} with {settings}" if settings else title
        scene, seconds = self._scenes[name], self._seconds
        still = film_svg(scene, title, description, seconds, moves=False)
        return film_svg(scene, title, description, seconds), description, still


def _described(windows: Windows, output: Array, names: Sequence[str]) -> str:
    sizes = [shape_text(array.shape) for array in (windows.kernel, windows.image, output)]
    settings = _settings(windows)
    with_settings = f" with {settings}" if settings else ""
    count = output.size
    return (
        f"Convolution: a {sizes[0]} {names[1]} slides over a {sizes[1]} {names[0]}{with_settings}. "
        f"{count} window{'s' * (count != 1)} fill{'s' * (count == 1)} the {names[2]}, "
        f"{sizes[2]}: {extent(output)}."
    )


def _settings(windows: Windows) -> str:
    """Write the settings that are not the usual ones."""
    return ", ".join(
        f"{name} {pair[0] if pair[0] == pair[1] else f'{pair[0]}, {pair[1]}'}"
        for name, pair, usual in (
            ("stride", windows.stride, (1, 1)),
            ("padding", windows.padding, (0, 0)),
            ("dilation", windows.dilation, (1, 1)),
        )
        if pair != usual
    )
