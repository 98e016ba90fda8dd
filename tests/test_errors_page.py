"""docs/errors.md has every message of the library, and each says who, why, and what to do."""

import ast
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
import viz
from autograd import Tensor, Value, concatenate, grad, log

DOCS = Path(__file__).resolve().parents[1] / "docs"
sys.path.insert(0, str(DOCS))
try:
    import make_errors
    from make_errors import FRAGMENTS, PYTHONS, UNREAD, WITH_ITS_OWN_FIX, Message, parts_of
    from read_texts import Module
finally:
    sys.path.remove(str(DOCS))

MOST = 300  # letters
LONGER = {
    # three ways to install what is missing, each for who has it, and one that needs nothing
    "dot: nothing installed here can make .‹suffix›",
}
INTERNALS = re.compile(
    r"\b(cls|kwargs|vjp_fn|traceback|assert\w*|internal\w*|frame|ctx)\b|\b__\w+__\b|0x[0-9a-f]|"
    r"object at|(?<![\w.])_[a-z]\w+|TODO|FIXME"
)


@pytest.fixture(scope="module")
def modules():
    return make_errors.read_modules()


@pytest.fixture(scope="module")
def messages(modules):
    return make_errors.messages(modules)


def plain(text):
    """What is left of a message without what is put into it."""
    return re.sub(r"‹[^›]*›", "", text)


def test_the_page_is_what_the_script_makes():
    text = (DOCS / make_errors.PAGE).read_text(encoding="utf-8")
    assert text == make_errors.page(), "messages were changed: run python docs/make_errors.py"
    assert len(text) < 150_000  # a page that can be read


def test_every_message_has_a_cause_and_a_fix(messages):
    without = []
    for message in messages:
        _, cause, fix = parts_of(message.text)
        if message.text not in PYTHONS and not WITH_ITS_OWN_FIX.search(message.text):
            words = re.search(r"[a-z]{2}", plain(fix))
            if not words or not re.search(r"\w", cause):
                without.append(message.text)
    assert not without, "\n".join(without)


def test_every_message_begins_with_who_speaks(messages):
    without = {m.text for m in messages if not parts_of(m.text)[0]}
    assert without <= PYTHONS


def test_no_message_is_longer_than_needed(messages):
    longer = {m.text for m in messages if len(m.text) > MOST}
    assert {text.partition(". ")[0] for text in longer} == LONGER, longer


def test_no_message_speaks_of_internals(messages):
    for message in messages:
        found = INTERNALS.search(plain(message.text))
        assert not found, f"{found[0]}: {message.text}"


def test_exceptions_to_the_rules_are_still_there(modules, messages):
    """A message that was reworded must leave the lists of exceptions."""
    texts = {message.text for message in messages}
    assert texts >= PYTHONS
    assert texts >= set(UNREAD.values())
    files = [module.file for module in modules]
    for start, *_ in FRAGMENTS:
        assert any(file.startswith(start) for file in files), start
    assert set(make_errors.CAUGHT) <= set(files)
    assert set(make_errors.SILENT) <= make_errors.kinds_of(modules)


def test_nothing_is_raised_that_is_not_read(modules):
    """What is raised is made on the spot, or by a function that makes an error."""
    kinds = make_errors.kinds_of(modules)
    called, makers = {}, set()
    for module in modules:
        for call, inside in make_errors.calls_of(module):
            name = getattr(inside, "name", "")
            called.setdefault(name, set()).add(name_of(call))
            if make_errors.kind_of(call, kinds):
                makers.add(name)
    while more := {name for name, names in called.items() if names & makers} - makers:
        makers |= more
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                known = make_errors.kind_of(node.exc, kinds) or name_of(node.exc) in makers
                known = (
                    known or name_of(node.exc) == "with_report"
                )  # it gives back what it is given
                assert known, f"{module.file}:{node.lineno}"


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


# ----------------------------------------------------------------- what comes is on the page


def damaged_file(folder):
    (folder / "model.npz").write_bytes(b"PK\3\4 nothing")
    nn.Linear(2, 1).load(folder / "model.npz")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _: Tensor([[1.0, 2.0]]) @ Tensor([[3.0, 4.0]]),
        lambda _: Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0]),
        lambda _: Tensor([1.0]) + Value(1.0),
        lambda _: log(Value(-1.0)),
        lambda _: np.linalg.eig(Tensor([[1.0]])),
        lambda _: Tensor([1.0, 2.0]).backward(),
        lambda _: grad([Value(1.0)], [Value(2.0)]),
        lambda _: Tensor([1.0]).cloned,
        lambda _: nn.Linear(3, 2)(Tensor([1.0])),
        lambda _: nn.functional.cross_entropy(Tensor([[0.1, 0.9]]), [2]),
        lambda _: concatenate([Tensor([1.0]), Tensor([[1.0]])]),
        lambda _: nn.Linear(2, 1).load_state_dict({"weight": np.zeros((3, 3))}),
        lambda folder: nn.Linear(2, 1).load(folder / "missing.npz"),
        damaged_file,
        lambda _: nn.SGD([Tensor([1.0], requires_grad=True)], lr=-1.0),
        lambda _: viz.draw(Tensor([1.0])),
        lambda _: viz.draw("a text"),
    ],
)
def test_a_message_that_comes_is_one_of_them(wrong, messages, tmp_path):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each has a class of its own
        wrong(tmp_path)
    said = " ".join((caught.value.args[-1] or "").split())
    assert any(matches(message.text, said) for message in messages), said


def matches(template, said):
    pattern = "".join(
        ".*" if part.startswith("‹") else re.escape(part)
        for part in re.split(r"(‹[^›]*›)", template)
    )
    # a template of placeholders alone would match anything
    return len(plain(template)) > 12 and re.fullmatch(pattern, said) is not None


# ----------------------------------------------------------------- how it is read and written


def test_parts():
    assert parts_of("log: x = -1 came; x > 0 is needed") == (
        "log",
        "x = -1 came",
        "x > 0 is needed",
    )
    assert parts_of("f: a (b; c) came: write g(d; e)") == ("f", "a (b; c) came", "write g(d; e)")
    assert parts_of("‹type of x› ‹name›: this came; do that")[0] == "‹type of x› ‹name›"
    assert parts_of("f: all of it")[1:] == ("all of it", "")
    assert parts_of("nobody speaks here: take it") == ("", "nobody speaks here", "take it")


SOURCE = '''
NEED = "a number is needed"
class OwnError(ValueError):
    """An error."""
def told(name):
    if name:
        return f"{name!r} came"
    return "nothing came"
def one(x, asked_by):
    raise OwnError(f"{asked_by}: {told(x.label)}; {NEED}")
def two(x):
    said = f"two: {len(x)} came" + ("; one is needed" if x else "")
    raise TypeError(said)
def three(error):
    raise error
'''


def read(folder, source):
    (folder / "nn").mkdir()
    path = folder / "nn" / "part.py"
    path.write_text(source, encoding="utf-8")
    return Module(path, {}, folder)


def test_words_are_found_where_they_stand(tmp_path):
    found = make_errors.messages([read(tmp_path, SOURCE)])
    assert found == [
        Message("two: ‹number of x› came; one is needed", "TypeError", "nn"),
        Message("‹who›: nothing came; a number is needed", "OwnError", "nn"),
        Message("‹who›: ‹name› came; a number is needed", "OwnError", "nn"),
    ]


def test_an_error_whose_words_cannot_be_read_is_noticed(tmp_path):
    module = read(tmp_path, "def f(words):\n    raise ValueError(words)\n")
    with pytest.raises(LookupError, match=r"nn/part.py:2: what does this say\?"):
        make_errors.messages([module])


def test_no_message_can_break_the_table(messages):
    hostile = Message(
        "f: a|b <b>`x`</b>\n*y*\x1b[0m\u202e; take [z](javascript:1)", "ValueError", "nn"
    )
    row = make_errors.row_of(hostile)
    assert row == (
        r"| f | a\|b &lt;b&gt;\`x\`&lt;/b&gt; \*y\* \[0m  | take \[z\](javascript:1) | ValueError |"
    )
    for message in messages:
        assert len(re.findall(r"(?<!\\)\|", make_errors.row_of(message))) == 5
