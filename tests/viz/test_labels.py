import unicodedata
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.words.labels import ascii_label, clean, text_width, xml

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><svg onload=alert(1)>",
    "\"quoted\" and 'single' & more",
    "two\nlines\tand\ra return",
    "nul \x00, escape \x1b[31m, vertical \x0b",
    "\ud800 alone",
    "right to left \u202e override",
    "$x^2$ \\frac{a}{b} %#_{}",
    "emoji 👩‍👩‍👧 and 漢字",
    "]]> --> <!-- <![CDATA[",
    "a|b {c} <d>",
    "x" * 10_000,
    "",
]


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_become_harmless(label):
    drawn = clean(label)
    assert len(drawn) <= 26
    assert "$" not in drawn
    assert all(unicodedata.category(c) not in ("Cc", "Cs") for c in drawn)
    assert ET.fromstring(f'<a b="{xml(drawn)}">{xml(drawn)}</a>').text in (drawn, None)


@given(st.text(alphabet=st.characters()))
def test_any_text_can_stand_in_xml(label):
    drawn = clean(label, 40)
    element = ET.fromstring(f"<a b='{xml(drawn)}'>{xml(drawn)}</a>")
    assert (element.text or "") == drawn
    assert text_width(drawn, 12) >= 0
    ascii_label(drawn).encode("ascii")


def test_long_labels_keep_both_ends():
    assert clean("layers.0.neurons.12.weights.3", 15) == "layers.…ights.3"


def test_widths_grow_with_size_and_weight():
    assert text_width("iii", 12) < text_width("WWW", 12)
    assert text_width("abc", 12) < text_width("abc", 14) < text_width("abc", 14, bold=True)
    assert text_width("漢", 10) == 10
