"""What all changes of pictures have in common, and several one after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from autograd import ShapeError, Tensor
from autograd.tensor import from_array
from nn.init import Generator, generator_of

__all__ = ["Array", "Compose", "ImageTransform"]

Array: TypeAlias = npt.NDArray[Any]


class ImageTransform(ABC):
    """Something that changes pictures by lot; call it with many at once, and it gives new ones.

    Pictures have the shape (n, height, width) or (n, channels, height, width); the last two axes
    are moved, all channels of a picture alike. Tensors give Tensors, arrays arrays of their dtype;
    what came is never written to.

    Args:
        generator: The source of randomness, or a seed. By default one of its own, which starts from
            what ``manual_seed`` set, so that another thread cannot mix up the draws.

    Attributes:
        generator: What it draws from.
    """

    generator: np.random.Generator

    def __init__(self, generator: Generator = None) -> None:
        if generator is None:
            generator = int(generator_of(None).integers(2**63))
        self.generator = generator_of(generator)

    def __call__(self, images: Any) -> Any:
        """Change pictures.

        Args:
            images: Shape (n, height, width) or (n, channels, height, width).

        Returns:
            As many new ones.

        Raises:
            ShapeError: If there are other axes.
            TypeError: If they are no numbers.
        """
        asked_by = type(self).__name__
        array = np.asarray(images.numpy() if isinstance(images, Tensor) else images)
        if array.dtype.kind not in "fiub":
            raise TypeError(f"{asked_by}: images of {array.dtype} came: numbers are needed")
        if array.ndim not in (3, 4):
            cure = ": give a single one as image[None]" if array.ndim == 2 else ""
            raise ShapeError(
                f"{asked_by}: images of shape {array.shape} came; (n, height, width) or "
                f"(n, channels, height, width) is needed{cure}"
            )
        changed = self.change(array)
        return from_array(changed) if isinstance(images, Tensor) else changed

    @abstractmethod
    def change(self, images: Array) -> Array:
        """Give new pictures; here is what each transform does.

        Args:
            images: Checked: numbers with 3 or 4 axes.

        Returns:
            A new array of the same shape and dtype.
        """


class Compose(ImageTransform):
    """Several transforms, one after the other.

    Args:
        transforms: They, the first to be done first.

    Raises:
        TypeError: If one is no transform of this module.

    Example:
        >>> from nn.data import RandomHorizontalFlip, RandomVerticalFlip
        >>> both = Compose([RandomHorizontalFlip(p=1.0), RandomVerticalFlip(p=1.0)])
        >>> both(np.array([[[1, 2], [3, 4]]]))
        array([[[4, 3], [2, 1]]])
    """

    def __init__(self, transforms: Iterable[ImageTransform]) -> None:
        self.transforms: list[ImageTransform] = list(transforms)
        for transform in self.transforms:
            if not isinstance(transform, ImageTransform):
                raise TypeError(
                    f"Compose: a {type(transform).__name__} came: give made transforms such as "
                    "RandomShift(1)"
                )

    def change(self, images: Array) -> Array:
        """Do one after the other."""
        images = images.copy()
        for transform in self.transforms:
            images = transform.change(images)
        return images

    def __repr__(self) -> str:
        return f"Compose([{', '.join(map(repr, self.transforms))}])"
