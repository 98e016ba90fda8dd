from collections import namedtuple

from autograd.nested import leaves_of, paths_of, rebuilt, same_structure

Point = namedtuple("Point", "x y")
TREE = {"w": [1.0, (2.0, Point(3.0, 4.0))], "empty": [], "b": None}


def test_leaves_come_in_order_with_their_paths():
    assert leaves_of(TREE) == [1.0, 2.0, 3.0, 4.0, None]
    assert paths_of(TREE) == [
        "['w'][0]",
        "['w'][1][0]",
        "['w'][1][1].x",
        "['w'][1][1].y",
        "['b']",
    ]


def test_rebuilt_keeps_every_kind_of_container():
    made = rebuilt(TREE, "abcde")
    assert made == {"w": ["a", ("b", Point("c", "d"))], "empty": [], "b": "e"}
    assert isinstance(made["w"][1][1], Point)


def test_a_leaf_alone_is_a_structure():
    assert leaves_of(5) == [5]
    assert paths_of(5) == [""]
    assert rebuilt(5, [6]) == 6


def test_structures_are_compared_by_the_places_of_their_leaves():
    assert same_structure([1, {"a": 2}], (3, {"a": 4}))
    assert not same_structure({"a": 1}, {"b": 1})
    assert not same_structure([1, 2], [1])
