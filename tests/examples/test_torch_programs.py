"""Four programs written for PyTorch: here they learn the same, only their import lines differ.

PyTorch's version is made by replacing exactly these lines in the program's text. Without PyTorch
the comparison is skipped, and the programs still run.
"""

import sys
import types
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn

PROGRAMS = Path(__file__).resolve().parents[2] / "examples" / "torch_programs"
NAMES = ["mnist_cnn", "vae", "char_lstm", "gpt"]
IMPORTS = {
    "import autograd as torch": "import torch",
    "import nn": "from torch import nn",
    "from nn import functional as F": "from torch.nn import functional as F",
    "from nn import optim": "from torch import optim",
}
STEPS = 20


def load(name, replaced):
    """The program as a module, with its import lines replaced."""
    lines = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8").splitlines()
    if replaced:
        missing = [line for line in IMPORTS if lines.count(line) != 1]
        assert not missing, "each import line stands in the program once"
        lines = [IMPORTS.get(line, line) for line in lines]
    module = types.ModuleType(name)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        exec(compile("\n".join(lines), f"{name}.py", "exec"), vars(module))
    finally:
        del sys.modules[name]
    return module


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield torch
    torch.set_default_dtype(before)


def converted(torch, batch):
    """A batch of ours as PyTorch's."""
    if isinstance(batch, tuple):
        return tuple(converted(torch, part) for part in batch)
    return torch.tensor(batch.numpy())


def cnn(program):
    (images, labels), _ = program.load_data("cpu")
    loader = program.batches(images, labels, 16)
    return [next(loader) for _ in range(STEPS)], lambda p: p.Net(dropout=0.0)


def vae(program):
    loader = program.batches(program.load_data(), 16)
    return [next(loader) for _ in range(STEPS)], lambda p: p.VAE()


def lstm(program):
    data, stoi, _ = program.load_data()
    batches = list(program.pieces(data, 2, 8))[:STEPS]
    return batches, lambda p: p.CharLSTM(len(stoi), 8, 12)


def gpt(flash):
    def make(program):
        data = program.CharData(program.TEXT)
        sizes = {"vocab_size": len(data.stoi), "block_size": 12, "n_embd": 16, "flash": flash}
        batches = [data.get_batch("train", 4, 12) for _ in range(STEPS)]
        return batches, lambda p: p.GPT(p.GPTConfig(**sizes))

    return make


CASES = [
    pytest.param("mnist_cnn", cnn, id="mnist_cnn"),
    pytest.param("vae", vae, id="vae"),
    pytest.param("char_lstm", lstm, id="char_lstm"),
    pytest.param("gpt", gpt(True), id="gpt"),
    pytest.param("gpt", gpt(False), id="gpt-every-step"),
]


def trained(program, model, batches):
    """The losses of one pass, and the optimizer's last learning rates."""
    made = program.make_optimizer(model)
    together = made if isinstance(made, tuple) else (made,)
    losses = program.train(model, batches, *together)
    return losses, [group["lr"] for group in together[0].param_groups]


def set_noise(monkeypatch, program, make):
    """Both programs draw the same numbers from the normal curve."""
    source = np.random.default_rng(5)
    monkeypatch.setattr(
        program.torch, "randn_like", lambda x: make(source.normal(size=tuple(x.shape)))
    )


@pytest.mark.torch
@pytest.mark.parametrize(("name", "case"), CASES)
def test_twenty_steps_equal_pytorchs(name, case, torch, monkeypatch):
    ours, theirs = load(name, replaced=False), load(name, replaced=True)
    assert (ours.torch, ours.nn, theirs.torch, theirs.nn) == (autograd, nn, torch, torch.nn)
    autograd.manual_seed(3)
    batches, build = case(ours)
    assert len(batches) == STEPS
    model, other = build(ours), build(theirs)

    names = list(other.state_dict())
    assert sorted(model.state_dict()) == sorted(names)
    assert [n for n, _ in model.named_parameters()] == [n for n, _ in other.named_parameters()]
    model.load_state_dict(other.state_dict())

    set_noise(monkeypatch, ours, autograd.tensor)
    losses, rates = trained(ours, model, batches)
    set_noise(monkeypatch, theirs, torch.tensor)
    expected, expected_rates = trained(theirs, other, [converted(torch, b) for b in batches])

    np.testing.assert_allclose(losses, expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(rates, expected_rates, rtol=1e-12)
    assert losses[-1] < losses[0]
    for key, array in model.state_dict().items():
        np.testing.assert_allclose(array, other.state_dict()[key], rtol=0, atol=1e-8, err_msg=key)


@pytest.mark.torch
def test_accuracy_of_digits_equals_pytorchs(torch):
    ours, theirs = load("mnist_cnn", replaced=False), load("mnist_cnn", replaced=True)
    model, other = ours.Net(), theirs.Net()
    model.load_state_dict(other.state_dict())
    _, test_set = ours.load_data("cpu")
    _, their_set = theirs.load_data("cpu")
    assert ours.test(model, *test_set) == pytest.approx(theirs.test(other, *their_set), abs=1e-9)
    assert not model.training


@pytest.mark.torch
def test_the_likeliest_letters_equal_pytorchs(torch):
    ours, theirs = load("gpt", replaced=False), load("gpt", replaced=True)
    config = {"vocab_size": 20, "block_size": 6, "n_embd": 8}
    model, other = ours.GPT(ours.GPTConfig(**config)), theirs.GPT(theirs.GPTConfig(**config))
    model.load_state_dict(other.state_dict())
    expected = other.eval().generate(torch.tensor([[1, 2], [3, 4]]), 12, top_k=1)
    found = model.eval().generate(autograd.tensor([[1, 2], [3, 4]]), 12, top_k=1)
    assert found.tolist() == expected.tolist()
    assert not found.requires_grad

    ours, theirs = load("char_lstm", replaced=False), load("char_lstm", replaced=True)
    _, stoi, itos = ours.load_data()
    model, other = ours.CharLSTM(len(stoi)), theirs.CharLSTM(len(stoi))
    model.load_state_dict(other.state_dict())
    cold = {"length": 20, "temperature": 1e-5}
    text = ours.sample(model, "The", stoi, itos, **cold)
    assert text == theirs.sample(other, "The", stoi, itos, **cold)
    assert len(text) == 23


def test_weights_are_tied_and_grouped():
    program = load("gpt", replaced=False)
    model = program.GPT(program.GPTConfig(vocab_size=20))
    assert model.transformer.wte.weight is model.lm_head.weight
    assert {"lm_head.weight", "transformer.wte.weight"} <= set(model.state_dict())
    optimizer, scheduler = program.make_optimizer(model, lr=1.0, steps=100)
    decayed, kept = optimizer.param_groups
    assert (decayed["weight_decay"], kept["weight_decay"]) == (0.1, 0.0)
    assert {p.dim() for p in decayed["params"]} == {2}
    assert {p.dim() for p in kept["params"]} == {1}
    assert len(decayed["params"]) + len(kept["params"]) == len(list(model.parameters()))
    assert scheduler.get_last_lr() == [1 / 6, 1 / 6]


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("mnist_cnn", ["--epochs", "1"], ["epoch 1: train", "accuracy"]),
        ("vae", ["--epochs", "1"], ["epoch 1: average loss", "----------------"]),
        ("char_lstm", ["--steps", "6"], ["embedding", "The owl"]),
        ("gpt", ["--steps", "3"], ["step 1: loss 3.", "validation loss", "And"]),
    ],
)
def test_each_runs_as_a_script(name, arguments, words, monkeypatch, capsys):
    program = load(name, replaced=False)
    monkeypatch.setattr(sys, "argv", [f"{name}.py", *arguments])
    program.main()
    out = capsys.readouterr().out
    assert [word for word in words if word not in out] == []
