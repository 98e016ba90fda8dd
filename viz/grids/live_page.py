"""A web page around something that lives on it: no link to the network, light and dark."""

from __future__ import annotations

from importlib.resources import files

from viz.theme import DARK, LIGHT
from viz.words.labels import xml

PAGE = """
body{margin:0;background:@paper;color:@ink}
body{font:16px/1.6 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 24px 56px}
h1{font-size:26px;line-height:1.25;margin:0 0 6px;letter-spacing:-.01em}
main>p{color:@quiet;margin:0 0 20px;max-width:75ch}
@media (max-width:640px){main{padding:20px 12px}}
"""


def live_page(title: str, lead: str, body: str, style: str = "") -> str:
    """Write a web page that needs nothing beside it.

    Args:
        title: heading of the page and of its tab.
        lead: a sentence under it.
        body: HTML; the caller has escaped what is in it.
        style: its style sheet.

    Returns:
        HTML.

    Example:
        >>> live_page("a < b", "", "<p>c</p>").count("a &lt; b")
        2
    """
    light, dark = (
        "\n".join(line for line in coloured.splitlines() if line)
        for coloured in (palette(PAGE, LIGHT), dark_only(PAGE))
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{xml(title)}</title>\n<style>{light}\n{dark}\n{style}</style>\n</head>\n<body>\n"
        f"<main>\n<h1>{xml(title)}</h1>\n"
        + (f"<p>{xml(lead)}</p>\n" if lead else "")
        + f"{body}\n</main>\n</body>\n</html>\n"
    )


def palette(rules: str, colours: dict[str, str]) -> str:
    """Fill the places `@name` of a style sheet.

    Example:
        >>> palette("a{color:@ink}", {"ink": "#000000"})
        'a{color:#000000}'
    """
    for name in sorted(colours, key=len, reverse=True):
        for end in ";}),":
            rules = rules.replace(f"@{name}{end}", f"{colours[name]}{end}")
    return rules


def dark_only(rules: str) -> str:
    """Write those rules of a style sheet again that have colours, for a dark screen."""
    coloured = [
        line for line in rules.splitlines() if "@" in line and not line.startswith("@media")
    ]
    dark = palette("\n".join(coloured), DARK)
    return f"@media (prefers-color-scheme:dark){{\n{dark}\n}}"


def asset(name: str) -> str:
    """Read a file that comes with the package.

    Args:
        name: its path below `viz/assets`, such as "film/film.css".

    Returns:
        Its text.
    """
    return files("viz").joinpath("assets", *name.split("/")).read_text(encoding="utf-8")
