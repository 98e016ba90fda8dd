"""Labels turned into Python names: valid, different from one another, and still recognisable."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable, Sequence

LONGEST = 40


def identifier(label: str) -> str:
    r"""Turn any text into a valid Python name.

    Args:
        label: any text, hostile or not.

    Returns:
        A name of at most 40 characters that is no keyword; empty if nothing of the label is left.

    Example:
        >>> identifier("layers.0.weight"), identifier("lambda"), identifier("2 x"), identifier("σ1")
        ('layers_0_weight', 'lambda_', 'v_2_x', 'σ1')
        >>> identifier("x = 1\nimport os"), identifier("$%&")
        ('x_1_import_os', '')
    """
    # Python itself reads names in this normal form, so that two spellings are one name.
    normal = unicodedata.normalize("NFKC", label[: 4 * LONGEST])
    kept = "".join(c if ("_" + c).isidentifier() else "_" for c in normal)
    name = re.sub("_{2,}", "_", kept).strip("_")[:LONGEST].rstrip("_")
    if name and not name.isidentifier():
        name = f"v_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def identifiers(labels: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Give every label a Python name of its own.

    Args:
        labels: one text per thing to name.
        taken: names that are used already.

    Returns:
        As many names, all different; where a name is taken a number follows it.

    Example:
        >>> identifiers(["w", "w", "np", "!"], taken={"np"})
        ['w', 'w_2', 'np_2', 'v']
    """
    used = set(taken)
    names = []
    for label in labels:
        base = identifier(label) or "v"
        name, count = base, 1
        while name in used:
            count += 1
            name = f"{base}_{count}"
        used.add(name)
        names.append(name)
    return names
