"""Make docs/errors.md again: every message of an error or warning, read from the source."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from read_texts import PLACE, Module

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
PAGE = "errors.md"
PACKAGES = ("autograd", "nn", "viz")
MARKS = ("; ", ": ", ", so ", ". ", "? ")
_HEAD = re.compile(r"(glassgrad tour|(?:[\w.-]|‹[^›]*›|\[\w*\])+(?: ‹\w+›)?(?: ?\([^()]*\))?): ")

SILENT = {
    "AssertionError": "never comes, or there is a mistake in glassgrad itself",
    "Bridge": "ends one way through the graph, for another to begin",
    "Unreadable": "makes a formula be left out of a page",
    "Unwritable": "makes a page say why it cannot compute something itself",
}
CAUGHT = {
    "viz/formulas/known.py": "makes a formula be left out of a page",
    "viz/stepper/fused_operations.py": "makes a page leave an operation whole",
}
"""Not on the page, because nobody gets to see them, and why."""

FRAGMENTS = (
    ("nn/data/idx.py", "_NotSo", "read_idx: ‹path› ", ""),
    ("viz/tour_output.py", "TourError", "glassgrad tour: ", ""),
    ("nn/modules/parameter.py", "", "load_state_dict: nothing was loaded: ‹name›: ", ""),
    ("nn/saving/plain.py", "SavedFileError", "load_checkpoint: ‹path› does not fit: ",
     "; give what it was saved with (nothing was loaded)"),
    *(
        (f"nn/saving/{file}.py", "SavedFileError", "‹who›: ‹path› is damaged: ",
         "; nothing was loaded: take an older copy, or save it again")
        for file in ("container", "layout", "npz_file", "safetensors_file", "strict_json")
    ),
    ("autograd/ops/", "", "‹op›: ‹inputs›: ", ""),
)  # fmt: skip
"""Files and classes of messages that are put into another one, and what stands around them."""

UNREAD = {
    "LintError(f'{code}: {finding.message}', finding)": (
        "‹code›: ‹what is wrong›; ‹what to do› (docs/lint.md has all of them)"
    ),
    "AnomalyError(head, report, rest)": (
        "‹op›: it made ‹nan or inf› of finite numbers (‹line›): ‹inputs›; ‹what to do›"
    ),
    "SavedFileError('; '.join(troubles))": (
        "load_checkpoint: ‹path› does not fit; give what it was saved with (nothing was loaded: "
        "‹words›)"
    ),
}
"""Calls whose words come from elsewhere, and how they read."""

WRAPPERS = {"read_idx: ‹path› ‹error›", "dot: ‹what does not fit›", "‹who›: ‹said›"}
"""Not on the page, because what is put into them is there with its own words."""

PYTHONS = {
    "'Tensor' object has no attribute ‹name›",
    "‹class› object has no attribute ‹name›",
    "module ‹package› has no attribute ‹name›",
}
"""In Python's own words, on which tools rely; Python itself adds "Did you mean"."""

WITH_ITS_OWN_FIX = re.compile("‹(?:local.)?error›|‹said›|‹need›|‹what [^›]*›|‹finding.message›")
"""What a message holds that says itself what to do: an error inside, or words of the caller."""

INTRODUCTION = """\
# Errors

Every message of an error or warning of glassgrad ({count} of them), read from its source:
who speaks, what came (the cause), and what is needed or to be done (the fix). Read from left to
right, a row is the message. `‹x.shape›` stands for what is put there when it comes, so search this
page for words of your message that stand behind such a place.

```python
from autograd import Tensor

try:
    Tensor([[1.0, 2.0]]) @ Tensor([[3.0, 4.0]])
except ValueError as error:
    print(f"{{type(error).__name__}}: {{error}}")
```

```text
ShapeError: matmul: (1, 2) @ (1, 2): inner sizes 2 and 1 differ; they must be equal
```

* **who** is `matmul`: the function, class or operation that noticed. `‹op›`, `‹name›` and `‹who›`
  are whichever you called.
* **cause** is `(1, 2) @ (1, 2): inner sizes 2 and 1 differ`: what came.
* **fix** is `they must be equal`. Where it is `‹error›` or `‹said›`, another message of this page
  is put there, with a fix of its own.
* **class** is what `except` catches. Nearly all of glassgrad's own are classes of Python's, too:
  here, `except ValueError` does.

An `AttributeError` has Python's own words, and Python adds "Did you mean". Mistakes that raise no
error are what [the linter](lint.md) looks for.

This page is made by `python docs/make_errors.py`; a test compares it with the source.
"""


@dataclass(frozen=True, order=True)
class Message:
    """One message of the library: as it is in the source, what changes in it as ‹placeholder›."""

    text: str
    kind: str
    room: str


def parts_of(text: str) -> tuple[str, str, str]:
    """Split a message: "who: what came; what is needed or what to do".

    Args:
        text: The message.

    Returns:
        Who speaks, the cause and the fix; "" for what the message does not have. The fix begins
        behind the first semicolon outside brackets, or else colon, ", so", full stop or question.

    Example:
        >>> parts_of("log: x = -1 came; x > 0 is needed")
        ('log', 'x = -1 came', 'x > 0 is needed')
    """
    head = _HEAD.match(text)
    who, rest = (head[1], text[head.end() :]) if head else ("", text)
    hidden = re.sub(r"‹[^›]*›|\([^()]*\)|'[^']*'", lambda part: "_" * len(part[0]), rest)
    for mark in MARKS:
        if (at := hidden.find(mark)) > 0:
            return who, rest[:at] + "?" * (mark == "? "), rest[at + len(mark) :]
    return who, rest, ""


def kinds_of(modules: list[Module]) -> set[str]:
    """Name all classes of errors and warnings: Python's, and those of the library."""
    kinds = {
        name
        for name, thing in vars(builtins).items()
        if isinstance(thing, type) and issubclass(thing, Exception)
    }
    classes = [n for m in modules for n in ast.walk(m.tree) if isinstance(n, ast.ClassDef)]
    return kinds | {
        node.name
        for node in classes
        if any(isinstance(base, ast.Name) and base.id in kinds for base in node.bases)
    }


def calls_of(module: Module) -> Iterator[tuple[ast.Call, ast.AST]]:
    """Find every call of a file, with the innermost function that it stands in."""

    def walk(node: ast.AST, inside: ast.AST) -> Iterator[tuple[ast.Call, ast.AST]]:
        if isinstance(node, ast.FunctionDef):
            inside = node
        if isinstance(node, ast.Call):
            yield node, inside
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inside)

    return walk(module.tree, module.tree)


def kind_of(call: ast.Call, kinds: set[str]) -> str:
    """Name the class of error that a call makes; "" if it makes none."""
    match call.func:
        case ast.Name(id=name) if name in kinds:
            return name
        case ast.Name(id="kind" | "error") | ast.Call(func=ast.Name(id="type")):
            return "that of the cause"
    return ""


def messages(modules: list[Module]) -> list[Message]:
    """Collect every message of the three packages.

    Args:
        modules: Their files.

    Returns:
        The messages, sorted, each once per room.

    Raises:
        LookupError: If an error is made of words that cannot be read; ``UNREAD`` tells them.
    """
    kinds = kinds_of(modules)
    found: set[Message] = set()
    for module in modules:
        for call, inside in calls_of(module):
            kind, sources = kind_of(call, kinds), list(call.args)
            if not kind:
                sources = [word.value for word in call.keywords if word.arg == "check"]
            texts = next(filter(None, (module.texts(source, inside) for source in sources)), [])
            if kind in kinds and ast.unparse(call) in UNREAD:
                texts = [UNREAD[ast.unparse(call)]]
            elif kind in kinds and sources and not texts:
                raise LookupError(f"{module.file}:{call.lineno}: what does this say?")
            texts = [text for text in texts if text not in WRAPPERS and PLACE.sub("", text)]
            if kind not in SILENT and module.file not in CAUGHT:
                found |= {whole(text, kind or "ShapeError", module.file) for text in texts}
    return sorted(found, key=lambda message: (message.room, message.text.lower(), message.kind))


def read_modules(root: Path = ROOT) -> list[Module]:
    """Read all files of the three packages."""
    library: dict[str, Module] = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            module = Module(path, library, root)
            library[module.file.removesuffix(".py").replace("/", ".")] = module
    return list(library.values())


def whole(text: str, kind: str, file: str) -> Message:
    """Put around a part of a message what stands around it."""
    for start, only, before, after in FRAGMENTS:
        own = "‹op" if start == "autograd/ops/" else "‹who›"
        if file.startswith(start) and only in ("", kind) and not text.startswith(own):
            if start != "autograd/ops/" or not _HEAD.match(text):
                text = before + text + after
            break
    room = "/".join(file.split("/")[:-1][:2])
    return Message(" ".join(text.split()), "SavedFileError" if kind == "_NotSo" else kind, room)


# --------------------------------------------------------------- the page


def escaped(text: str) -> str:
    """Write a text so that Markdown shows it as it is, also in a table."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*\[\]|~$]|\b_|_\b)", r"\\\1", text)


def row_of(message: Message) -> str:
    """Write a message as a row: read from left to right, it is the message."""
    who, cause, fix = parts_of(message.text)
    if message.text in PYTHONS:
        fix = "look at the spelling"
    return f"| {escaped(who)} | {escaped(cause)} | {escaped(fix)} | {message.kind} |"


def classes(modules: list[Module]) -> Iterator[str]:
    """Write the library's own errors and warnings as rows: name, what Python's they are, what."""
    kinds = kinds_of(modules)
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and node.name in kinds - set(SILENT):
                said = (ast.get_docstring(node) or "").partition("\n")[0].replace("``", "`")
                place = module.file.removesuffix(".py").replace("/", ".")
                if not node.name.startswith("_"):
                    yield f"| {node.name} | {ast.unparse(node.bases[0])} | {place} | {said} |"


def page() -> str:
    """Write the whole page."""
    modules = read_modules()
    found = messages(modules)
    lines = [INTRODUCTION.format(count=len(found)), "## Classes", ""]
    lines += [
        "| class | is a | from | |",
        "| --- | --- | --- | --- |",
        *classes(modules),
        "",
    ]
    for room, rows in groupby(found, key=lambda message: message.room):
        lines += [f"## {room}", "", "| who | cause | fix | class |", "| --- | --- | --- | --- |"]
        lines += [*map(row_of, rows), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    path = DOCS / PAGE
    path.write_text(page(), encoding="utf-8")
    print(f"{path}: {path.stat().st_size:,} bytes")
