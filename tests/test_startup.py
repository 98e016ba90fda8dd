"""What an import brings with it, and that everything is there all the same when it is asked for."""

import ast
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import autograd
import nn
import viz

ROOT = Path(__file__).resolve().parents[1]
NAME_OF_FILE = ("autograd", "gradcheck"), ("autograd", "trace"), ("viz", "draw"), ("viz", "dot")

# Slow to start, and needed only by some of what a package can do.
LATE = {
    "anywidget", "base64", "bz2", "copy", "csv", "dataclasses", "difflib", "graphviz", "gzip",
    "hashlib", "html", "html.parser", "http", "importlib.resources", "importlib.util",
    "IPython", "json", "matplotlib", "multiprocessing", "numpy.random", "pathlib", "queue",
    "random", "secrets", "shutil", "signal", "subprocess", "tempfile", "threading", "torch",
    "tqdm", "unittest", "urllib", "xml", "zipfile",
}  # fmt: skip
OWN_LATE = {
    "autograd": {
        "autograd.bridge", "autograd.collector", "autograd.copying", "autograd.creation_like",
        "autograd.cuda", "autograd.dual", "autograd.edge_formulas", "autograd.files",
        "autograd.finite_differences", "autograd.functional", "autograd.gradcheck",
        "autograd.kernel_source", "autograd.latex_settings", "autograd.linalg",
        "autograd.numpy_protocol", "autograd.ops.convolution", "autograd.ops.cross_entropy",
        "autograd.ops.gru", "autograd.ops.linear", "autograd.ops.lstm", "autograd.ops.pooling",
        "autograd.ops.rnn", "autograd.ops.windows", "autograd.profiling", "autograd.randomness",
        "autograd.remarks", "autograd.replay", "autograd.stepper", "autograd.symbol",
        "autograd.torch_questions", "autograd.trace",
    },
    "nn": {
        "nn.callbacks", "nn.checks.choices", "nn.data", "nn.functional", "nn.functions",
        "nn.granularity", "nn.init", "nn.keras.model", "nn.layers.linear", "nn.losses.modules",
        "nn.losses.regression", "nn.metrics", "nn.modules.state", "nn.neuron", "nn.optim.optimizer",
        "nn.overview.summary", "nn.overview.summary_table", "nn.perceptron", "nn.saving",
        "nn.training", "nn.utils",
    },
    "viz": {
        "viz.dot", "viz.draw", "viz.figures", "viz.films", "viz.formulas", "viz.grids",
        "viz.grouping", "viz.layout", "viz.networks", "viz.plots", "viz.stepper", "viz.story",
    },
}  # fmt: skip


def fresh(program):
    """What a process of its own prints that holds nothing but Python when it starts."""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert not ran.stderr, ran.stderr
    return ran.stdout.split()


@pytest.mark.parametrize("package", ["autograd", "nn", "viz"])
def test_an_import_brings_nothing_that_is_not_needed_yet(package):
    program = f"""
import sys, numpy
numpys = set(sys.modules)
import {package}
print(*sorted(set(sys.modules) - numpys))
"""
    brought = set(fresh(program))
    assert package in brought
    late = (LATE | OWN_LATE["autograd"] | OWN_LATE[package]) & brought
    assert not late, f"import {package} brings {sorted(late)}: import it where it is used"


# How many files of its own a package may bring beyond what it stands on: each is looked for, read
# and run, and that is what the time of an import is made of.
MOST_FILES = {"autograd": ("numpy", 72), "nn": ("autograd", 23), "viz": ("autograd", 4)}


@pytest.mark.parametrize("package", MOST_FILES)
def test_an_import_reads_few_files(package):
    below, most = MOST_FILES[package]
    program = f"""
import sys, {below}
known = set(sys.modules)
import {package}
print(*sorted(set(sys.modules) - known))
"""
    brought = [
        name for name in fresh(program) if name.partition(".")[0] in ("autograd", "nn", "viz")
    ]
    assert len(brought) <= most, f"{len(brought)} files, more than {most}: {brought}"


def test_what_is_imported_late_brings_no_new_methods_and_ops():
    program = """
import sys, autograd
from autograd.late import LateMethod
from autograd.node import Node
classes = Node, autograd.Value, autograd.Tensor
late = {held.module for kind in classes for held in vars(kind).values()
        if type(held) is LateMethod}
before = [dir(kind) for kind in classes], {*dict.keys(autograd.OPS), *autograd.OPS.late}
print(len(late), len(autograd.OPS.late) > 10, *late & sys.modules.keys())
for name in dir(autograd):
    getattr(autograd, name)
for kind in classes:
    for name in dir(kind):
        getattr(kind, name, None)
print(before == ([dir(kind) for kind in classes], set(autograd.OPS)), len(autograd.OPS.late))
print(*(name for kind in classes for name, held in vars(kind).items()
        if "Late" in type(held).__name__))
"""
    assert fresh(program) == ["5", "True", "True", "0"]


@pytest.mark.parametrize(
    "line",
    [
        "print((x == 1).tolist(), x.eq(1.0).tolist())",
        "print(np.exp(x).requires_grad, np.sum(x).item())",
        "print(copy.copy(x * 2).tolist(), copy.deepcopy(x).requires_grad)",
        "print(pickle.loads(pickle.dumps(x)).tolist(), pickle.loads(pickle.dumps(OPS['linear'])))",
        "print(np.sin(Value(0.0)).data, np.ones(2) @ x)",
        "print(x.new_zeros(2).tolist(), x.bernoulli().shape, x.abs().tolist(), autograd.abs(x))",
        "print('lstm_sequence' in OPS, OPS.get('rnn_sequence'), OPS.get('nonsense'))",
        "print(autograd.ops.linear.linear is OPS['linear'], autograd.kernels.source_of.__name__)",
    ],
)
def test_what_is_late_does_the_same_at_its_first_use(line):
    program = f"""
import copy, pickle, numpy as np, autograd
from autograd import OPS, Tensor, Value
x = Tensor([1.0, 1.0], requires_grad=True)
{{}}
{line}
"""
    everything = "import autograd.symbol, autograd.copying, autograd.numpy_protocol\ndict(OPS)"
    assert fresh(program.format("")) == fresh(program.format(everything)) != []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="every import begins in a copy of one process")
def test_any_file_and_any_name_of_nn_may_be_asked_for_first():
    files = [path.relative_to(ROOT).with_suffix("") for path in ROOT.joinpath("nn").rglob("*.py")]
    modules = [".".join(file.parts).removesuffix(".__init__") for file in files]
    program = f"""
import os
import autograd
for line in {[f"import {name}" for name in modules] + [f"from nn import {n}" for n in nn.__all__]}:
    child = os.fork()
    if child == 0:
        try:
            exec(line)
        except BaseException as error:
            print(line.replace(" ", "_"), type(error).__name__, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""
    assert fresh(program) == []


def test_what_is_late_exists():
    for names in OWN_LATE.values():
        for name in names:
            path = ROOT.joinpath(*name.split("."))
            assert path.is_dir() or path.with_suffix(".py").exists(), name


ROOMS = [autograd, nn, viz, nn.keras, nn.layers, nn.losses, nn.optim]  # with late names


@pytest.mark.parametrize("package", ROOMS, ids=lambda package: package.__name__)
def test_every_public_name_is_there_and_listed(package):
    for name in package.__all__:
        assert getattr(package, name) is not None
        assert name in dir(package)
    assert len(set(package.__all__)) == len(package.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        package.nonsense  # noqa: B018


@pytest.mark.parametrize("package", ROOMS, ids=lambda package: package.__name__)
def test_type_checkers_are_told_the_same(package):
    tree = ast.parse(Path(package.__file__).read_text(encoding="utf-8"))
    (choice,) = [node for node in tree.body if isinstance(node, ast.If)
                 and ast.unparse(node.test) == "TYPE_CHECKING"]  # fmt: skip
    told = {}
    for line in choice.body:
        if isinstance(line, ast.ImportFrom):
            for alias in line.names:
                if alias.name == "*":  # all that another room has, from where that has it
                    room = import_module(line.module)
                    late = vars(room).get("__late__", {})
                    told |= {name: late.get(name, line.module) for name in room.__all__}
                else:
                    told[alias.name] = line.module
    late = {name: place for name, place in package.__late__.items() if name not in ("save", "load")}
    told = {name: place for name, place in told.items() if name not in ("save", "load")}
    for name, place in late.items():  # a module stands for itself
        if place == f"{told.get(name)}.{name}":
            told[name] = place
    assert told == late


@pytest.mark.parametrize("package", ["autograd", "nn", "viz"])
def test_a_star_brings_all(package):
    program = f"""
from {package} import *
import {package}
print(*(name for name in {package}.__all__ if name not in globals()))
"""
    assert fresh(program) == []


@pytest.mark.parametrize(("package", "name"), NAME_OF_FILE)
@pytest.mark.parametrize(
    "first",
    [
        "import {package}.{name}",
        "from {package}.{name} import {name} as other",
        "import {package}; {package}.{name}; import {package}.{name}",
        "import sys; import {package}.{name}; del sys.modules['{package}.{name}']; "
        "import {package}.{name}",
    ],
)
def test_a_function_keeps_its_name_when_the_file_of_that_name_is_imported(package, name, first):
    program = f"""
{first.format(package=package, name=name)}
import {package}
from {package} import {name} as found
print(type(found).__name__, type({package}.{name}).__name__)
"""
    assert fresh(program) == ["function", "function"]


def test_torch_names_are_given_by_nn_and_come_late():
    program = """
import sys
import autograd as torch
try:
    torch.load
except AttributeError as error:
    print("import nn first" in str(error))
import nn
print("nn.saving" in sys.modules, "nn.data" in sys.modules)
print(torch.load is nn.load, torch.utils.data is nn.data, torch.optim is nn.optim)
"""
    assert fresh(program) == ["True", "False", "False", "True", "True", "True"]


def test_the_default_source_of_randomness_starts_at_0():
    program = """
import sys, autograd
before = "numpy.random" in sys.modules
a = autograd.rand(3).tolist()
autograd.manual_seed(0)
print(before, a == autograd.rand(3).tolist())
"""
    assert fresh(program) == ["False", "True"]
