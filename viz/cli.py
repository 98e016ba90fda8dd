"""The `glassgrad` command: what may be typed, and which exit code says how it went."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

from autograd import __version__

COMMANDS = {"tour": "a neuron's gradients step by step, digits learned, pictures in a folder"}
DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130  # what shells expect


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors say what to type instead."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USE, f"{self.prog}: {message}\nTry: {self.prog} --help\n")


def _parser() -> _Parser:
    parser = _Parser(
        prog="glassgrad",
        description="A glass-box autograd: see every gradient, step through backpropagation, "
        "train small networks.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"glassgrad {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    tour = commands.add_parser(
        "tour",
        help=COMMANDS["tour"],
        description="Tell a neuron's backward pass step by step, train a network on real "
        "handwritten digits, and write pictures of both into a folder.",
        allow_abbrev=False,
    )
    tour.add_argument(
        "--out", metavar="DIR", default="tour", help="folder for the pictures (default: ./tour)"
    )
    tour.add_argument(
        "--quick", action="store_true", help="train for fewer epochs, for a first look"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what was typed after `glassgrad`; by default what the shell passed on.

    Returns:
        The exit code: 0 done, 1 failed, 2 wrong use, 130 interrupted.

    Raises:
        SystemExit: after --help, --version and wrong options, as argparse does.

    Example:
        >>> main(["tuor"])
        2
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(typed)
        sys.stdout.flush()  # here, so that a closed pipe is noticed where it can be handled
    except BrokenPipeError:
        # `glassgrad tour | head`: the reader has gone, and Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED
    return code


def _run(typed: list[str]) -> int:
    if typed and not typed[0].startswith("-") and typed[0] not in COMMANDS:
        print(f"glassgrad: {_unknown(typed[0])}", file=sys.stderr)
        return WRONG_USE
    parser = _parser()
    chosen = parser.parse_args(typed)
    if chosen.command is None:
        parser.print_help()
        return DONE
    # Imported here so that --help and --version answer without loading the training code.
    from viz.tour import TourError, run

    try:
        return DONE if run(chosen.out, quick=chosen.quick) else INTERRUPTED
    except TourError as error:
        print(f"glassgrad tour: {error}", file=sys.stderr)
        return FAILED


def _unknown(command: str) -> str:
    close = get_close_matches(command.lower(), COMMANDS, n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"unknown command {command!r}: {hint}There are: {', '.join(COMMANDS)}"
