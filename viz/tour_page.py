"""The tour's web page: what was found out, card by card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viz.page import Section
from viz.picture import Picture


@dataclass
class Findings:
    """What the tour has found out so far; its stages fill it in.

    Attributes:
        neuron: the graph of one neuron.
        steps: its passes in words.
        check: one gradient compared with a small change.
        network: the graph of a small network of single numbers.
        curve: the loss while the digits were learned.
        digits: test digits with predictions.
        mistakes: test digits that were read wrongly, if there are any.
        digit_graph: the digits network as a graph.
        metrics: the measured figures.
        source: where the digits come from, and their licence.
    """

    neuron: Picture | None = None
    steps: str = ""
    check: str = ""
    network: Picture | None = None
    curve: Picture | None = None
    digits: Picture | None = None
    mistakes: Picture | None = None
    digit_graph: Picture | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    source: str = ""


def sections(findings: Findings, files: Mapping[str, str]) -> list[Section]:
    """Arrange the cards of the page.

    Args:
        findings: all of it.
        files: name of each file in the folder, with what it is.

    Returns:
        The cards from top to bottom; a card without its picture is left out.
    """
    metrics = findings.metrics
    accuracy = f"{100 * metrics['test_accuracy']:.1f} %"
    measured = f"{metrics['test_right']} of {metrics['test_digits']} test digits are read correctly"
    quick = " This was the quick tour, with few epochs." if metrics["quick"] else ""
    cards = [
        _card(
            "One neuron, backwards",
            "out = tanh(x1·w1 + x2·w2 + b). Each box shows a number and its gradient: how much out "
            "grows when that number grows by a little. Each edge shows the local derivative, by "
            "which a gradient is multiplied on its way back. What arrives over several edges adds "
            f"up.\n\n{findings.check}",
            findings.neuron,
            "Blue is positive, orange negative; a thicker edge carries a larger gradient.",
            code=findings.steps,
            folded="The forward and the backward pass, step by step",
        ),
        _card(
            "A small network on one example",
            "Two inputs, two tanh neurons, one output neuron, and the squared distance of its "
            "answer from 1. It is the same thing with more boxes: one backward pass gives the "
            "gradient of every weight, which says how to change it so that the loss falls.",
            findings.network,
            "Three neurons made of single numbers; each weighted sum is one box.",
        ),
        _card(
            f"Handwritten digits: {accuracy} on the test set",
            f"A network of {metrics['hidden_neurons']} hidden neurons learned from "
            f"{metrics['train_digits']:,} digits in {metrics['training_seconds']:.1f} seconds. "
            f"Then {measured}; it learned from none of those.{quick}",
            findings.curve,
            "Cross-entropy of the training digits, averaged over each epoch, and of the test "
            "digits after it. Where the test loss stops falling while the training loss goes on, "
            "the network learns its examples by heart.",
            table=[
                ["measured", ""],
                ["test accuracy", accuracy],
                ["read correctly", f"{metrics['test_right']} of {metrics['test_digits']}"],
                ["training time", f"{metrics['training_seconds']:.1f} s"],
                ["epochs", f"{metrics['epochs']}"],
                ["weights and biases", f"{metrics['parameters']:,}"],
                ["optimizer", f"Adam, learning rate {metrics['learning_rate']}"],
            ],
        ),
        _card(
            "What it reads",
            "Three test digits of each kind. Under each one: what the network reads in it, and how "
            f"sure it is. Of all test digits it reads {accuracy} correctly.",
            findings.digits,
            findings.source,
        ),
        _card(
            "What it gets wrong",
            "A frame marks a wrong prediction; the small line says what the digit is.",
            findings.mistakes,
            f"{metrics['test_digits'] - metrics['test_right']} of {metrics['test_digits']} wrong.",
        ),
        _card(
            "The same network as a graph",
            "One digit goes through the trained network. The boxes hold arrays, and each layer is "
            "folded into one box, but the pass is the same: the scores' gradient is the predicted "
            "chances minus the truth, and what reaches the first layer says which of its weights "
            "are to blame.",
            findings.digit_graph,
            "The test digit with the largest loss, from its 64 pixels to that loss.",
        ),
    ]
    folder = [["file", "what it is"], *([name, what] for name, what in files.items())]
    return [*(card for card in cards if card is not None), Section("In this folder", table=folder)]


def _card(
    heading: str, text: str, picture: Picture | None, caption: str, **more: Any
) -> Section | None:
    if picture is None:
        return None
    return Section(heading, text, pictures=[picture], captions=[caption], **more)
