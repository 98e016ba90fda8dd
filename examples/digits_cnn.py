"""Handwritten digits with a small convolutional network: at least 98.5 % of unseen ones are right.

You will see: 1,437 digits of 8x8 pixels learned by four layers of 3x3 kernels, every digit moved by
up to a pixel anew in every epoch, and the 360 digits put aside read by it, for five different
starts. A start takes about ten seconds on one core; the loop stands in learning_digits.py.

    python examples/digits_cnn.py [--seeds 5] [--epochs 25] [--validate 1] [--quick]
"""

from __future__ import annotations

from collections.abc import Sequence

import learning_digits
import lesson
import numpy as np

import nn


def stage(channels: int, kernels: int, source: np.random.Generator) -> list[nn.Module]:
    """3x3 kernels that keep the picture's size, their outputs made comparable, and the bend."""
    convolution = nn.Conv2d(
        channels, kernels, 3, padding=1, bias=False, generator=source, dtype=np.float32
    )
    return [convolution, nn.BatchNorm2d(kernels, dtype=np.float32), nn.ReLU()]


def network(seed: int) -> nn.Sequential:
    source = np.random.default_rng(seed)
    return nn.Sequential(
        *stage(1, 16, source),
        *stage(16, 16, source),
        nn.MaxPool2d(2),  # 8x8 -> 4x4
        *stage(16, 32, source),
        *stage(32, 32, source),
        nn.MaxPool2d(2),  # 4x4 -> 2x2
        nn.Flatten(),
        nn.Dropout(0.3, generator=source),
        nn.Linear(128, 10, generator=source, dtype=np.float32),
    )


def main(arguments: Sequence[str] | None = None) -> dict[str, list[float]]:
    chosen = lesson.options(__doc__, arguments, seeds=5, epochs=25, validate=0)
    seeds, epochs = (1, 3) if chosen.quick else (chosen.seeds, chosen.epochs)
    model = network(0)
    print(model)
    print(f"{sum(p.size for p in model.parameters()):,} parameters, {epochs} epochs")
    return learning_digits.report(
        network, seeds, bool(chosen.validate), epochs=epochs, rate=0.01, reach=1.0, smoothing=0.1
    )


if __name__ == "__main__":
    main()
