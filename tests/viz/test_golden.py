"""Pictures that are meant to stay as they are, to the last character."""

from autograd import Value
from viz import animation, draw


def make_square():
    a = Value(3.0, label="a")
    squared = a * a
    squared.label = "s"
    squared.backward()
    return squared


def test_a_still_picture_stays(golden):
    golden("square.svg", draw(make_square()).svg)


def test_a_playing_picture_stays(golden):
    golden("square-playing.svg", animation(make_square()).svg)
