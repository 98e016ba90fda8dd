"""Our own SVG as PNG or PDF, by whatever is installed that draws it faithfully."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from viz.figures.png import top_of
from viz.theme import light_only

SCALE = 2.0  # pixels of the PNG per pixel of the SVG: sharp on today's screens
MOST_PIXELS = 16_000  # per side; many programs refuse larger pictures
PATIENCE = 60  # seconds for another program
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
BROWSER_OPTIONS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
BROWSER_FRAME = 200  # lines of its window that a browser keeps for itself, and more to be safe
_LETTER = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    '<text y="8" font-size="9" font-family="{}">W</text></svg>'
)


class NoRasterError(RuntimeError):
    """Nothing installed can turn a picture into the format that was asked for."""


def raster(svg: str, suffix: str) -> bytes:
    """Turn a picture into a PNG or a PDF file that looks the same, in its light colours.

    Args:
        svg: the text of an SVG file with width and height.
        suffix: "png" or "pdf".

    Returns:
        The bytes of the file; a PNG has two pixels for each pixel of the picture.

    Raises:
        NoRasterError: if nothing here can do it; the message says what can be installed.
    """
    plain = light_only(svg)
    width, height = _size(plain)
    scale = min(SCALE, MOST_PIXELS / max(width, height))
    problem: Exception | None = None
    for way in WAYS:
        try:
            made = way(plain, suffix, scale)
        except (OSError, RuntimeError, TypeError, ValueError) as error:
            problem = error  # such as a picture too large for it: the next one may be able to
            continue
        if made:
            return made
    raise NoRasterError(
        f"save: nothing installed here can make .{suffix}. Any one of these can be added: "
        f"pip install 'glassgrad[{suffix}]', or the program rsvg-convert (apt install "
        "librsvg2-bin, brew install librsvg), or the browser Chromium. "
        "SVG and HTML need none of them: .save('picture.svg')"
    ) from problem


def _size(svg: str) -> tuple[float, float]:
    found = re.search(r'<svg\b[^>]*? width="([\d.]+)[^>]*? height="([\d.]+)', svg)
    if found is None:
        raise ValueError("save: this SVG has no width and height; PNG and PDF need both")
    return float(found.group(1)), float(found.group(2))


def by_vl_convert(svg: str, suffix: str, scale: float) -> bytes | None:
    """Draw with vl-convert-python: PNG and PDF, with letters of its own where there are none."""
    try:
        converter = importlib.import_module("vl_convert")
    except ImportError:
        return None
    if suffix == "pdf":
        return bytes(converter.svg_to_pdf(svg))
    return top_of(bytes(converter.svg_to_png(svg, scale=scale)), MOST_PIXELS)  # packs it better


def by_resvg(svg: str, suffix: str, scale: float) -> bytes | None:
    """Draw with resvg-py: PNG, if the system has letters."""
    if suffix != "png":
        return None
    try:
        drawn = importlib.import_module("resvg_py").svg_to_bytes
    except ImportError:
        return None
    letters = (drawn(svg_string=_LETTER.format(family)) for family in ("sans-serif", "Arial"))
    blank = drawn(svg_string=_LETTER.format("").replace("W", " "))
    if all(letter == blank for letter in letters):
        return None  # it would leave all texts out without a word
    return bytes(drawn(svg_string=svg, zoom=scale))


def by_rsvg_convert(svg: str, suffix: str, scale: float) -> bytes | None:
    """Draw with the program rsvg-convert: PNG and PDF."""
    program = shutil.which("rsvg-convert")
    if program is None:
        return None
    zoom = f"{scale if suffix == 'png' else 1.0:g}"
    command = [program, "--format", suffix, "--zoom", zoom]
    return _run(command, svg.encode("utf-8"))


def by_browser(svg: str, suffix: str, scale: float) -> bytes | None:
    """Draw with Chromium or one of its relatives, without a window: PNG and PDF."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        return None
    width, height = (round(side) for side in _size(svg))
    options = [*BROWSER_OPTIONS]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # it starts without for nobody else, and this page is ours
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page, made = Path(folder, "page.html"), Path(folder, f"made.{suffix}")
        page.write_text(
            f"<!doctype html><meta charset=utf-8><style>@page{{size:{width}px {height}px;margin:0}}"
            f"body{{margin:0}}svg{{display:block}}</style>{svg}",
            encoding="utf-8",
        )
        options.append(f"--user-data-dir={folder}/profile")
        if suffix == "pdf":
            options += ["--no-pdf-header-footer", f"--print-to-pdf={made}"]
        else:
            options += [
                f"--screenshot={made}",
                f"--window-size={width},{height + BROWSER_FRAME}",
                f"--force-device-scale-factor={scale:g}",
                "--default-background-color=00000000",
            ]
        _run([program, *options, page.as_uri()], b"")
        if not made.is_file():
            return None
        content = made.read_bytes()
    return top_of(content, round(height * scale)) if suffix == "png" else content


def _run(command: list[str], given: bytes) -> bytes:
    """Run another program and give what it writes; nothing if it fails."""
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, check=False, timeout=PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""


Way = Callable[[str, str, float], bytes | None]
WAYS: tuple[Way, ...] = (by_vl_convert, by_resvg, by_rsvg_convert, by_browser)
