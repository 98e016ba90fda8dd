import re
from html.parser import HTMLParser

from viz import draw, loss_curve
from viz.page import Section, index_page


class Tags(HTMLParser):
    """Collects tags and texts, and complains about what is not closed."""

    EMPTY = ("meta", "img")

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.words = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def read(page):
    parser = Tags()
    parser.feed(page)
    assert parser.open == []
    return parser


def test_everything_is_on_the_page(neuron):
    page = index_page(
        "Tour",
        [
            Section("Graph", "First.\n\nSecond.", [draw(neuron)], ["A neuron"]),
            Section(
                "Loss", pictures=[loss_curve([2.0, 1.0]).svg], table=[["what", "n"], ["acc", 0.9]]
            ),
            Section("Steps", code="x.grad += 1", folded="all steps"),
        ],
        lead="Made just now.",
    )
    parser = read(page)
    images = [attrs for tag, attrs in parser.tags if tag == "img"]
    assert len(images) == 2
    assert all(image["alt"] and image["src"].startswith("data:image/svg+xml") for image in images)
    assert {"Made just now.", "Second.", "A neuron", "0.9", "x.grad += 1"} <= set(parser.words)
    assert ("td", {"class": "number"}) in parser.tags


def test_the_page_needs_no_network_and_knows_the_dark(neuron):
    page = index_page("Tour", [Section(pictures=[draw(neuron)])])
    assert not re.search(r"https?://|url\(|<script|<link", page)
    assert "prefers-color-scheme:dark" in page
    assert 'name="viewport"' in page


def test_texts_are_escaped():
    evil = "</title><script>alert(1)</script>\x00\x1b"
    page = index_page(
        evil, [Section(evil, evil, code=evil, table=[[evil]], folded=evil)], lead=evil
    )
    assert not any(tag == "script" for tag, _ in read(page).tags)
    assert "\x00" not in page
    assert "\x1b" not in page
