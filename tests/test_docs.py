"""The code in README, CONTRIBUTING and docs runs, and prints what stands below it."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograd import OPS

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURE = ROOT / "docs" / "picture.svg"
MAKE_PICTURE = """
import pathlib, sys
sys.path.insert(0, ".")
from make_picture import make_picture
make_picture(pathlib.Path(sys.argv[1]))
"""
PROGRAMS = {"glassgrad", "python", "python3", "make", "."}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, its text, the line where it starts.

    ``below`` tells whether it stands right below another block, with nothing between them.
    """

    language: str
    text: str
    line: int
    below: bool


def blocks_of(page):
    text = page.read_text(encoding="utf-8")
    blocks, end = [], 0
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 2
        below = not text[end : found.start()].strip()
        blocks.append(Block(found[1], found[2], line, below))
        end = found.end()
    return blocks


def run(page):
    """Run a page's Python blocks in one namespace, and compare outputs that stand right below."""
    namespace = {"__name__": "__main__"}
    blocks = blocks_of(page)
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        if block.language != "python":
            continue
        printed = io.StringIO()
        source = "\n" * (block.line - 1) + block.text  # so that a traceback names the page's line
        with contextlib.redirect_stdout(printed):
            exec(compile(source, str(page), "exec"), namespace)
        if after is not None and after.language == "text" and after.below:
            told = printed.getvalue()
            assert fits(after.text, told), f"{page.name}:{block.line} printed:\n{told}"


def fits(wanted, printed):
    """Compare outputs line by line; a line of three dots stands for any lines."""
    pattern = re.escape(wanted.strip()).replace(r"\.\.\.", r"[\s\S]*")
    return re.fullmatch(pattern, re.sub(r"[ \t]+$", "", printed, flags=re.MULTILINE).strip())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_blocks_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the blocks save pictures
    known = dict(OPS)
    try:
        run(page)
    finally:
        left = set(OPS) - set(known)
        for name in left:
            del OPS[name]
    assert not left, f"{page.name} leaves operations behind: {left}"
    if page.name == "README.md":
        same = (tmp_path / "picture.svg").read_bytes() == PICTURE.read_bytes()
        assert same, "README's lines make another picture than docs/picture.svg: run make picture"


def test_the_picture_is_what_the_readme_shows():
    assert "](docs/picture.svg)" in (ROOT / "README.md").read_text(encoding="utf-8")
    root = ElementTree.parse(PICTURE).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    moving = root.iter("{http://www.w3.org/2000/svg}animate")
    assert {part.get("repeatCount") for part in moving} == {"indefinite"}


def test_a_script_makes_the_picture_again(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MAKE_PICTURE, str(tmp_path)],
        cwd=ROOT / "docs",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "picture.svg").read_bytes() == PICTURE.read_bytes()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shell_blocks_name_what_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for block in blocks_of(page):
        if block.language not in ("sh", "bash", "shell"):
            continue
        for line in block.text.splitlines():
            words = shlex.split(line, comments=True)
            if not words:
                continue
            at = f"{page.name}:{block.line}: {line}"
            inside_bin = words[0].startswith(".venv/bin/")
            assert words[0] in PROGRAMS | {"bash", "git", "cd"} or inside_bin, at
            if words[0] == "make":
                named = {word for word in words[1:] if "=" not in word}
                assert named <= targets, at
            if words[0] == "glassgrad":
                assert words[1] in ("tour", "--version"), at
            if words[0] == "bash":
                assert (ROOT / words[1]).is_file(), at
            for word in words[1:]:
                if re.fullmatch(r"(tests|benchmarks|docs)/[\w/.]+", word):
                    assert (ROOT / word).exists(), at


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_page_has_code():
    for page in PAGES:
        assert any(block.language in ("python", "sh") for block in blocks_of(page)), page.name


def test_extras_that_the_readme_names_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for extra in re.findall(r"\.\[(\w+)\]", text):
        assert re.search(rf"^{extra} = \[", project, re.MULTILINE), extra


# ----------------------------------------------------------------- the checks notice what is wrong


def test_output_that_differs_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n")
    with pytest.raises(AssertionError, match=r"page.md:2 printed:\s+2"):
        run(page)


def test_dots_stand_for_lines_left_out():
    assert fits("a\n...\nd\n", "a\nb\nc\nd\n")
    assert not fits("a\n...\nd\n", "a\nb\nc\n")
