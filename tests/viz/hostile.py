"""Labels that attack, and what every kind of output must still be when it holds one.

A judge takes an output and the same output for a harmless label. It fails on what is not well
formed, and on any element, attribute or command that only the hostile label can have brought in.
"""

import ast
import base64
import json
import math
import re
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser

HARMLESS = "harmless"
LABELS = {
    "script": "<script>alert(1)</script>",
    "closing script": "</script><svg onload=alert(1)>",
    "quotes": "\"'`\"\"\"'''",
    "attribute": '" onload="alert(1)',
    "other attribute": "' onerror='alert(1)",
    "line breaks": "one\ntwo\r\nthree\u2028four",
    "cdata": "]]><b>",
    "comment": "--><b><!--",
    "entity": "&lt;b&gt; &amp; &#60; &unknown;",
    "dot": r"\N \G { } | < > ; -> [label=x]",
    "bold": "<b>bold</b>",
    "latex": r"\input{x} $x_1^2$ %c #1 ~ } { \end{aligned}",
    "markdown": "**b** [a](javascript:alert(1)) `c` ![](x) ~~~",
    "python": "x'); import os #\n'''",
    "emoji": "👩‍👩‍👧 漢字 ∂σ",
    "override": "safe\u202eevil\u2066",
    "nul": "a\x00b\x1b[31mc\x07",
    "surrogate": "\ud83d alone",
    "placeholders": "\ue000\ue001\ue011",
    "long": "x" * 10_000,
    "long tags": "<i>" * 4_000,
}
ACTIVE = ("<script>alert", "onload=alert", "javascript:alert", "\x1b", "\x00", "\u202e", "\ue000")
VOID = {"meta", "br", "hr", "img", "input", "link", "col", "source", "wbr"}


def check(kind, hostile, harmless):
    """Judge one output.

    Args:
        kind: what it is: a suffix, or "markdown", "latex" or "python".
        hostile: the output for a hostile label.
        harmless: the output of the same function for a harmless one.
    """
    hostile.encode("utf-8")  # a lone surrogate could not be saved
    for bad in ("\x00", "\x1b", "\x07", "\u202e", "\u2066", "\u2028"):
        assert bad not in hostile
    most = len(harmless) + 40_000 if kind in ("svg", "txt", "dot", "latex", "python") else math.inf
    assert len(hostile) < most, "a label of 10,000 characters was kept"
    JUDGES[kind](hostile, harmless)


def _svg(hostile, harmless):
    assert _tags(ET.fromstring(hostile)) <= _tags(ET.fromstring(harmless)) | _OPTIONAL
    assert "$" not in re.sub(r"<style>.*?</style>", "", hostile, flags=re.S)
    _embedded(hostile, harmless)


# What a picture may have more or less of because a text is longer or names are alike.
_OPTIONAL = {("title", ()), ("text", ("class", "style", "x", "y"))}


def _tags(root):
    return {
        (element.tag.rpartition("}")[2], tuple(sorted(element.attrib)))
        for element in root.iter()
        if isinstance(element.tag, str)
    }


class _Page(HTMLParser):
    """What a browser finds in a page: its elements, whether they nest, and its scripts."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.scripts, self.images = set(), [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        names = tuple(sorted(name for name, _ in attributes))
        self.tags.add((tag, names))
        self.images += [value for _, value in attributes if (value or "").startswith("data:")]
        assert not any(name.startswith("on") for name in names)
        for name, value in attributes:
            if name in ("href", "src", "action"):
                assert not (value or "").strip().lower().startswith("javascript")
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append((dict(attributes).get("type"), ""))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)


def _html(hostile, harmless):
    page, calm = _Page(hostile), _Page(harmless)
    assert page.tags <= calm.tags | {(tag, names) for tag, names in _OPTIONAL}
    assert len(page.scripts) == len(calm.scripts)
    for (kind, text), (_, usual) in zip(page.scripts, calm.scripts, strict=True):
        if kind and "json" in kind:
            json.loads(text, parse_constant=_refuse)
        else:
            assert _program(text) == _program(usual), "a label got into the program"
    _embedded(hostile, harmless)


def _program(script):
    """A script without the fingerprint of its data and without packed data."""
    return re.sub(r"[0-9a-f]{12}|[A-Za-z0-9+/=]{80,}", "", script)


def _refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


def _embedded(hostile, harmless):
    """Judge the pictures inside a picture or a page."""
    pattern = r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"
    inner = [base64.b64decode(data).decode() for data in re.findall(pattern, hostile)]
    calm = [base64.b64decode(data).decode() for data in re.findall(pattern, harmless)]
    assert len(inner) == len(calm)
    for one, other in zip(inner, calm, strict=True):
        _svg(one, other)


def _json(hostile, harmless):
    assert set(_keys(json.loads(hostile, parse_constant=_refuse))) <= set(
        _keys(json.loads(harmless))
    )
    assert "</" not in hostile


def _keys(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _text(hostile, harmless):
    odd = {character for character in hostile if unicodedata.category(character) in ("Cc", "Cs")}
    assert odd <= {"\n"}
    # A line break in a label must not begin a line of its own.
    assert not any(line.strip() in ("two", "three", "four") for line in hostile.splitlines())


def _latex(hostile, harmless):
    _text(hostile, harmless)
    assert _commands(hostile) <= _commands(harmless) | _ESCAPES
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", hostile.replace(r"\\", "")):
        depth += 1 if brace == "{" else -1
        assert depth >= 0, "a brace too many"
    assert depth == 0, "a brace is not closed"
    assert not re.search(r"(?<!\\)[#%$~]", hostile.replace("$$", ""))
    assert hostile.count(r"\begin{") == hostile.count(r"\end{")


_ESCAPES = {
    rf"\{name}" for name in ("_", "%", "&", "#", "$", "{", "}", " ", "text", "textbackslash")
} | {r"\textasciicircum", r"\textasciitilde", r"\backslash", r"\sim", r"\char", r"\unicode"}


def _commands(text):
    return set(re.findall(r"\\(?:[A-Za-z]+|.)", text.replace(r"\\", "")))


def _markdown(hostile, harmless):
    _text(hostile, harmless)
    outside, usual = (re.sub(_NO_TEXT, "", text, flags=re.S) for text in (hostile, harmless))
    for formula in re.findall(r"\$\$.*?\$\$", hostile, re.S):
        assert "<" not in formula.replace("<=", "")
    for sign in ("<script", "<b>", "<svg", "<i>", "](javascript", "![]("):
        assert sign not in outside
    assert hostile.count("```") == harmless.count("```")
    assert outside.count("|") == usual.count("|"), "a table has other cells"


_NO_TEXT = r"```.*?```|`[^`\n]*`|\$\$.*?\$\$"  # code and formulas


def _python(hostile, harmless):
    _text(hostile, harmless)
    tree, calm = ast.parse(hostile), ast.parse(harmless)
    acts = (ast.Call, ast.Import, ast.Expr, ast.Attribute, ast.FunctionDef)
    done, usual = (
        Counter(type(node).__name__ for node in ast.walk(program) if isinstance(node, acts))
        for program in (tree, calm)
    )
    assert done == usual, "a label became code"


def _dot(hostile, harmless):
    drawn, usual = _by_graphviz(hostile), _by_graphviz(harmless)
    if drawn is not None:
        count = [
            len(re.findall(rf'class="{kind}"', svg))
            for svg in (drawn, usual)
            for kind in ("node", "edge", "cluster")
        ]
        assert count[:3] == count[3:]
        assert "<script" not in drawn


def _by_graphviz(source):
    program = shutil.which("dot")
    if program is None:
        return None
    done = subprocess.run(
        [program, "-Tsvg"], input=source.encode(), capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()[:300]
    assert b"rror" not in done.stderr
    ET.fromstring(done.stdout)
    return done.stdout.decode()


JUDGES = {
    "svg": _svg,
    "html": _html,
    "json": _json,
    "txt": _text,
    "dot": _dot,
    "latex": _latex,
    "markdown": _markdown,
    "python": _python,
}


def outputs(thing):
    """List everything that a result of `viz` can become, as (kind, text)."""
    if isinstance(thing, str) and not hasattr(thing, "_repr_latex_"):
        return [("txt", thing)]
    found = [("txt", repr(thing)), ("txt", str(thing))]
    if hasattr(thing, "_repr_latex_"):
        found.append(("latex", thing._repr_latex_()))
        found += [("latex", str(thing))] if isinstance(thing, str) else []
    if hasattr(thing, "_repr_markdown_"):
        found.append(("markdown", thing._repr_markdown_()))
    if hasattr(thing, "_repr_html_"):
        found.append(("html", thing._repr_html_() or ""))
    if isinstance(getattr(thing, "html", None), str):
        found.append(("html", thing.html))
    if hasattr(thing, "run") and hasattr(thing, "source"):
        found.append(("python", thing.source))
    elif hasattr(thing, "pipe"):
        found = [("dot", thing.source)]
    for suffix, write in thing.writers().items() if hasattr(thing, "writers") else ():
        if suffix not in ("png", "pdf"):
            content = write()
            found.append((suffix, content if isinstance(content, str) else content.decode("utf-8")))
    return found
