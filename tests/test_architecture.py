"""The house plan, checked from the imports: which room may use which, and how big a file may be.

Nothing is imported here: every file is read and its ``import`` lines are looked at, also those
inside functions. The rules themselves are tested at the end, on sources that break them.
"""

import ast
import graphlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("autograd", "nn", "viz")
LONGEST_FILE = 320

# Files that may be longer: up to how many lines, and why a split would make them harder to read.
LONGER: dict[str, tuple[int, str]] = {}

# Rooms of autograd, the cellar first. A module may import what an earlier line names; the files
# inside ops/, and those inside replay/, may also import one another. A new module: add it to the
# first line that comes after everything it imports. A few rooms of the plan are named here and not
# built yet.
AUTOGRAD_LAYERS = (
    ("frozen", "locks", "shelves"),
    (
        "aliases",
        "buffers",
        "collector",
        "cuda",
        "depositing",
        "domain",
        "dtypes",
        "errors",
        "expressions",
        "files",
        "forms",
        "generated",
        "generators",
        "late",
        "nested",
        "numpy_names",
        "profile_table",
        "restoring",
        "torch_generator",
    ),
    ("memory_order", "picked", "recording", "trace_records"),
    ("op", "watching"),
    ("node",),
    ("definition", "kink_rules", "latex_settings", "rules"),
    ("ops",),
    ("tensor_sweep",),
    (
        "conversions",
        "engine",
        "linalg",
        "operators",
        "torch_answers",
        "torch_in_place",
        "torch_names",
    ),
    ("torch_places", "torch_shapes"),
    ("profiling", "sweep", "symbol"),
    ("copying", "kernel_source", "remarks", "writes"),
    (),
    ("linting",),
    ("arrays", "kernels", "operands"),
    ("tensor_record",),
    ("tensor_data", "value_graph"),
    ("tensor_gradients", "value"),
    ("tensor_sending",),
    ("bad_numbers",),
    ("anomaly_report", "kinks"),
    ("elements", "weighted"),
    ("value_lists",),
    ("tensor",),
    ("edge_formulas", "tensor_nodes", "unfused", "value_operations"),
    ("tensor_recording", "tensor_source"),
    ("classified", "overwriting", "tensor_quick"),
    ("chains", "tensor_methods"),
    ("anomaly_detector", "bridge", "creation", "synonyms", "torch_questions"),
    ("anomaly", "creation_like", "randomness"),
    ("numpy_protocol", "trace"),
    ("dual", "stepper"),
    ("dual_operations",),
    ("kinds",),
    ("lifting",),
    ("forward_mode", "graph_gradient"),
    ("reverse_mode",),
    ("finite_differences", "functional"),
    ("local_check",),
    ("verdict",),
    ("gradcheck",),
    ("diagnose", "replay"),
)

# An import inside a function that climbs, and why it must. Nothing else may climb.
CLIMBS: dict[tuple[str, str], str] = {}

# The roof: the one module that shows all three packages at work, and who may open its door.
ROOF = "viz.tour"
OPENS_THE_ROOF = {"viz.cli", "viz.__main__"}

# What a plain `pip install` brings, and what only an extra brings (so: inside functions only).
INSTALLED = {"autograd": {"numpy"}, "nn": {"numpy", "tqdm"}, "viz": {"numpy", "graphviz", "tqdm"}}
EXTRAS = {
    "anywidget",
    "IPython",
    "matplotlib",
    "onnx",
    "pygraphviz",
    "resvg_py",
    "safetensors",
    "tensorboardX",
    "traitlets",
    "vl_convert",
}


@dataclass(frozen=True)
class Arrow:
    """One import: who, whom, where, and whether it runs when the module is imported."""

    source: str
    target: str
    line: int
    lazy: bool
    types_only: bool

    def __str__(self) -> str:
        return f"{self.source} imports {self.target} (line {self.line})"


# ------------------------------------------------------------------------------------- reading


def read_sources() -> dict[str, str]:
    """Map the name of every module of the three packages to its text."""
    sources = {}
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            sources[name] = file.read_text(encoding="utf-8")
    return sources


def arrows(sources: dict[str, str]) -> Iterator[Arrow]:
    """Find every import of every module."""
    for module, text in sources.items():
        yield from _arrows_below(ast.parse(text), module, sources, lazy=False, types_only=False)


def _arrows_below(
    node: ast.AST, module: str, known: dict[str, str], *, lazy: bool, types_only: bool
) -> Iterator[Arrow]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Arrow(module, alias.name, node.lineno, lazy, types_only)
    elif isinstance(node, ast.ImportFrom):
        if node.level:
            yield Arrow(module, "." * node.level + (node.module or ""), node.lineno, lazy, False)
            return
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            target = inner if inner in known else str(node.module)
            yield Arrow(module, target, node.lineno, lazy, types_only)
    elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for child in node.body:
            yield from _arrows_below(child, module, known, lazy=lazy, types_only=True)
        for child in node.orelse:
            yield from _arrows_below(child, module, known, lazy=lazy, types_only=types_only)
    else:
        if isinstance(node, ast.Call) and (name := _imported_by_name(node)):
            yield Arrow(module, name, node.lineno, lazy, types_only)
        lazy = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from _arrows_below(child, module, known, lazy=lazy, types_only=types_only)


def _imported_by_name(call: ast.Call) -> str | None:
    """Find the text in ``import_module("text")`` and ``__import__("text")``."""
    if not ast.unparse(call.func).endswith(("import_module", "__import__")):
        return None
    texts = [word.value for word in call.args[:1] if isinstance(word, ast.Constant)]
    return str(texts[0]) if texts else None


def package_of(module: str) -> str:
    return module.partition(".")[0]


# --------------------------------------------------------------------------------------- rules


def between_packages(arrow: Arrow) -> str | None:
    """`autograd <- nn`, `autograd <- viz`, and only the roof uses all three."""
    source, target = package_of(arrow.source), package_of(arrow.target)
    if target not in PACKAGES:
        return None
    if arrow.target == ROOF:
        if arrow.source not in OPENS_THE_ROOF:
            return f"{arrow}: only {' and '.join(sorted(OPENS_THE_ROOF))} may"
        if arrow.source == "viz.cli" and not arrow.lazy:
            return f"{arrow}: import it inside the command's function, so that others start fast"
        return None
    if source == target or target == "autograd" or arrow.source == ROOF:
        return None
    return f"{arrow}: autograd uses neither nn nor viz, and those two do not use each other"


def layer_of(module: str) -> int | None:
    """Height of an autograd module's room, or None when the table has no such room."""
    room = [*module.split("."), "__init__"][1]
    if room == "__init__":
        return len(AUTOGRAD_LAYERS)  # autograd/__init__.py opens all rooms, so none may use it
    return next((height for height, names in enumerate(AUTOGRAD_LAYERS) if room in names), None)


def inside_autograd(arrow: Arrow) -> str | None:
    """A room of autograd uses only rooms below it."""
    if package_of(arrow.source) != "autograd" or package_of(arrow.target) != "autograd":
        return None
    if arrow.types_only or (arrow.source, arrow.target) in CLIMBS:
        return None
    above, below = layer_of(arrow.source), layer_of(arrow.target)
    if above is None or below is None:
        return None  # test_every_room_of_autograd_has_a_height tells
    one_room = any(
        arrow.source.startswith(room) and arrow.target.startswith(room)
        for room in ("autograd.ops", "autograd.replay", "autograd.linting")
    )
    if above > below or one_room:
        return None
    return f"{arrow}: line {below + 1} of AUTOGRAD_LAYERS from line {above + 1}, that climbs"


def absolute(arrow: Arrow) -> str | None:
    """Imports are absolute, so that a line of code says the same in every file."""
    if arrow.target.startswith("."):
        return f"{arrow}: write the full name"
    return None


def installed(arrow: Arrow) -> str | None:
    """A plain install is enough to import; extras are imported by the function that needs them."""
    target = package_of(arrow.target)
    if target in PACKAGES or target in sys.stdlib_module_names or arrow.target.startswith("."):
        return None
    if target in INSTALLED[package_of(arrow.source)]:
        return None
    if target in EXTRAS and (arrow.lazy or arrow.types_only):
        return None
    where = "inside the function that needs it" if target in EXTRAS else "nowhere"
    return f"{arrow}: {package_of(arrow.source)} may import {target} {where}"


def homeless(sources: dict[str, str]) -> list[str]:
    """Modules of autograd that have no line in the table."""
    return [
        f"{module} has no line in AUTOGRAD_LAYERS of tests/test_architecture.py: add "
        f"'{module.split('.')[1]}' to the first line that comes after everything it imports"
        for module in sources
        if package_of(module) == "autograd" and layer_of(module) is None
    ]


def cycle(sources: dict[str, str]) -> list[str]:
    """The modules of one circle of imports, or nothing."""
    graph: dict[str, set[str]] = {module: set() for module in sources}
    for arrow in arrows(sources):
        running = not arrow.lazy and not arrow.types_only
        if running and arrow.target in sources and arrow.target != arrow.source:
            graph[arrow.source].add(arrow.target)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


RULES = [between_packages, inside_autograd, absolute, installed]


# --------------------------------------------------------------------------------------- tests


@pytest.fixture(scope="module")
def sources():
    return read_sources()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_import_keeps_the_rule(rule, sources):
    broken = [sentence for arrow in arrows(sources) if (sentence := rule(arrow))]
    assert not broken, "\n".join(broken)


def test_every_room_of_autograd_has_a_height(sources):
    missing = homeless(sources)
    assert not missing, "\n".join(missing)


def test_no_circle_of_imports(sources):
    assert not cycle(sources), " <- ".join(cycle(sources))


def test_every_exception_is_still_needed(sources):
    climbing = {(arrow.source, arrow.target) for arrow in arrows(sources) if arrow.lazy}
    unused = set(CLIMBS) - climbing
    assert not unused, f"take these out of CLIMBS: {sorted(unused)}"
    short = {
        module for module in LONGER if len(sources.get(module, "").splitlines()) <= LONGEST_FILE
    }
    assert not short, f"take these out of LONGER: {sorted(short)}"


def test_every_file_can_be_read_in_one_sitting(sources):
    long = []
    for module, text in sources.items():
        lines, allowed = len(text.splitlines()), LONGER.get(module, (LONGEST_FILE, ""))[0]
        if lines > allowed:
            long.append(f"{module} has {lines} lines: split it by concept to at most {allowed}")
    assert not long, "\n".join(long)


def test_every_file_is_named_after_what_it_holds(sources):
    vague = {"utils", "util", "helpers", "common", "misc"}
    pytorchs = {"nn.utils"}  # the door to what PyTorch's programs import from there
    named_so = [m for m in sources if m.split(".")[-1] in vague and m not in pytorchs]
    assert not named_so, f"name these after their one concept: {named_so}"


# ---------------------------------------------------------------- the rules reject what they must


def judged(module, text, *others):
    """Every complaint about one made-up module that stands beside made-up others."""
    sources = {**dict.fromkeys(others, ""), module: text}
    return [sentence for rule in RULES for arrow in arrows(sources) if (sentence := rule(arrow))]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("autograd.value", "import nn"),
        ("autograd.value", "def show():\n    from viz.draw import draw"),
        ("autograd.value", "def show():\n    importlib.import_module('viz').draw"),
        ("nn.losses", "import viz"),
        ("nn.losses", "def show():\n    from viz import plots"),
        ("viz.svg", "from nn.modules.module import Module"),
        ("viz.svg", "from viz.tour import main"),
        ("nn.losses", "from viz import tour"),
        ("viz.cli", "from viz.tour import main"),
        ("autograd.op", "from autograd.engine import propagate"),
        ("autograd.op", "def late():\n    import autograd.engine"),
        ("autograd.errors", "from autograd.domain import REALS"),
        ("autograd.trace", "from autograd import Value"),
        ("autograd.ops.reduce", "class A:\n    from autograd.value import Value"),
        ("nn.losses", "from .module import Module"),
        ("nn.losses", "from . import module"),
        ("nn.losses", "import torch"),
        ("nn.losses", "def load():\n    import torch"),
        ("nn.data.shipped", "try:\n    import sklearn\nexcept ImportError:\n    pass"),
        ("viz.plots", "import matplotlib.pyplot as plt"),
        ("autograd.op", "import tqdm"),
    ],
)
def test_rules_reject(module, text):
    known = ("autograd.engine", "autograd.value", "nn.modules.module", "viz.tour", "viz.plots")
    assert len(judged(module, text, *known)) == 1


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("viz.tour", "import autograd\nfrom nn.data import digits\nfrom viz import draw"),
        ("viz.cli", "def run():\n    from viz.tour import main"),
        ("viz.__main__", "from viz.cli import main"),
        ("autograd", "from autograd.trace import trace"),
        ("autograd.engine", "from autograd.ops import arithmetic"),
        ("autograd.ops.reduce", "from autograd.ops.shape import reshape"),
        ("autograd.op", "if TYPE_CHECKING:\n    from autograd.node import Node"),
        ("nn.losses", "import math\nimport numpy as np\nfrom autograd import Value"),
        ("viz.plots", "def plot():\n    import matplotlib.pyplot as plt"),
    ],
)
def test_rules_allow(module, text):
    known = ("autograd.ops.arithmetic", "autograd.node", "viz.tour", "viz.draw")
    assert judged(module, text, *known) == []


def test_a_new_module_without_a_height_is_told_where_to_go():
    (sentence,) = homeless({"autograd.novelty": "", "autograd.errors": "", "nn.novelty": ""})
    assert "add 'novelty' to the first line that comes after everything it imports" in sentence


def test_a_circle_is_found():
    assert cycle({"nn.a": "import nn.b", "nn.b": "from nn import a"})
    assert not cycle({"nn.a": "import nn.b", "nn.b": "def late():\n    from nn import a"})
