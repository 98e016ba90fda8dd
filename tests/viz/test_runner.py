"""The stepper in a terminal, driven through a pseudo-terminal and by hand."""

import io
import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

import viz.story.runner
from autograd import Tensor, Value
from autograd.stepper import watch
from autograd.trace import trace
from viz.story.keyboard import PosixKeyboard, WindowsKeyboard, keyboard
from viz.story.records import steps_of
from viz.story.runner import PageTurner, run
from viz.story.screen import Screen

fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")
ESCAPES = re.compile(r"\x1b\[[?\d;]*[A-Za-z]")

SCRIPT = """
import os
os.open(os.ttyname(0), os.O_RDWR)  # becomes the terminal whose Ctrl-C interrupts
from autograd import Value
from autograd.trace import trace
from viz.story.runner import run
x, w = Value(2.0, label="x"), Value(-3.0, label="w{more}")
out = (x * w).tanh()
out.label = "out"
print("shown last:", run(trace(out)))
"""


class Terminal:
    """A program that runs in a pseudo-terminal of 80 columns and 24 lines."""

    def __init__(self, more="", **environment):
        self.here, self.there = os.openpty()
        self.resize(24, 80)
        self.before = termios.tcgetattr(self.there)
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
        kept |= {"TERM": "xterm", "PYTHONIOENCODING": "utf-8", **environment}
        self.program = subprocess.Popen(
            [sys.executable, "-c", SCRIPT.format(more=more)],
            stdin=self.there, stdout=self.there, stderr=self.there, env=kept,
            start_new_session=True, cwd=os.path.dirname(os.path.dirname(viz.__file__)),
        )  # fmt: skip
        self.text = ""

    def resize(self, lines, columns):
        fcntl.ioctl(self.there, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def until(self, wanted):
        """Read what the program writes until a text appears."""
        end = time.monotonic() + 20
        while wanted not in self.text and time.monotonic() < end:
            if select.select([self.here], [], [], 0.1)[0]:
                self.text += os.read(self.here, 65536).decode("utf-8", "replace")
        assert wanted in self.text, self.text
        while select.select([self.here], [], [], 0.1)[0] and self.program.poll() is None:
            self.text += os.read(self.here, 65536).decode("utf-8", "replace")  # the page's rest
        page = self.text.split("\x1b[H")[-1]
        return ESCAPES.sub("", page)

    def press(self, keys):
        self.text = ""
        os.write(self.here, keys.encode())

    def close(self):
        self.program.wait(20)
        after = termios.tcgetattr(self.there)
        os.close(self.here)
        os.close(self.there)
        return after


@pytest.fixture
def terminal():
    opened = []

    def start(*args, **kwargs):
        opened.append(Terminal(*args, **kwargs))
        return opened[-1]

    yield start
    for one in opened:
        if one.program.poll() is None:
            one.program.kill()
            one.program.wait()


def test_arrow_keys_turn_the_pages_and_q_gives_the_terminal_back(terminal):
    shown = terminal()
    page = shown.until("quit")
    assert "Step 1 of 6   forward" in page
    assert "v2 = x * w = 2 * (-3) = -6" in page
    shown.press("\x1b[C")
    assert "out = tanh(v2)" in shown.until("Step 2 of 6")
    shown.press("\x1b[F")
    assert "w.grad: 0 -> " in shown.until("Step 6 of 6")
    shown.press("\x1bOD")
    shown.until("Step 5 of 6")
    shown.press("\x1b[1~")
    shown.until("Step 1 of 6")
    shown.press("]")
    shown.until("Step 2 of 6")
    shown.press("q")
    shown.until("shown last: 1")
    assert "\x1b[?25h\x1b[?1049l" in shown.text
    assert shown.close() == shown.before


def test_a_name_is_found(terminal):
    shown = terminal()
    shown.until("quit")
    shown.press("/w")
    shown.until("find a name: w_")
    shown.press("\r")
    assert "w.grad +=" in shown.until("Step 6 of 6")
    shown.press("\x03")
    shown.until("shown last: 5")
    assert shown.close() == shown.before


def test_the_page_follows_the_terminals_size(terminal):
    shown = terminal()
    assert len(shown.until("quit").splitlines()) == 24
    shown.text = ""
    shown.resize(12, 40)
    page = shown.until("Step 1 of 6")
    assert len(page.splitlines()) == 12
    assert max(len(line) for line in page.splitlines()) <= 40
    shown.press("q")
    shown.until("shown last: 0")


def test_an_interrupt_gives_the_terminal_back(terminal):
    shown = terminal()
    shown.until("quit")
    os.kill(shown.program.pid, signal.SIGINT)
    shown.until("shown last: 0")
    assert shown.close() == shown.before


def test_no_color_and_ascii_are_honoured(terminal):
    shown = terminal(more="\u03c3", NO_COLOR="1", PYTHONIOENCODING="ascii")
    page = shown.until("quit")
    assert "w\\u03c3" in page
    assert page.isascii()
    assert not re.search(r"\x1b\[\d+(;\d+)*m", shown.text)
    shown.press("q")
    shown.until("shown last: 0")


def test_colour_in_a_terminal(terminal):
    shown = terminal()
    shown.until("quit")
    assert re.search(r"\x1b\[1m", shown.text)
    shown.press("q")
    shown.until("shown last")


def test_without_a_terminal_the_list_is_printed(capsys):
    out = Value(2.0, label="a") * 3.0
    assert run(trace(out)) == 0
    printed = capsys.readouterr().out
    assert "Forward pass: 1 operation" in printed
    assert "a.grad += " in printed


def test_a_graph_without_steps_is_told_too(capsys):
    run(trace(Tensor([1.0])))
    assert "nothing to do" in capsys.readouterr().out


def test_the_terminal_is_given_back_when_something_breaks():
    here, there = os.openpty()
    before = termios.tcgetattr(there)
    with os.fdopen(there, "rb", closefd=False) as stream:
        with pytest.raises(ZeroDivisionError), keyboard(stream):
            print(1 / (termios.tcgetattr(there) == before))
        assert termios.tcgetattr(there) == before
    os.close(here)
    os.close(there)


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        (b"\x1b[D\x1b[C", ["left", "right"]),
        (b"\x1bOH\x1b[4~q", ["home", "end", "q"]),
        (b"\x1b[1;5D[", ["unknown", "["]),
        (b"\x1b", ["escape"]),
        ("σ\r\x7f".encode(), ["σ", "enter", "backspace"]),
        (b"\xff", ["\N{REPLACEMENT CHARACTER}"]),
        (b"\x1b[", ["unknown"]),
    ],
)
def test_keys_are_told_apart(sent, keys):
    reading, writing = os.pipe()
    os.write(writing, sent)
    source = PosixKeyboard(reading)
    if sent == b"\x1b[":
        assert source.read(1) in ("escape", "unknown")
    else:
        assert [source.read(1) for _ in keys] == keys
        assert source.read(0) is None
    os.close(writing)
    assert source.read(1) in ("closed", "[")
    assert source.read(1) == "closed"
    os.close(reading)


def test_keys_of_windows():
    waiting = list("\xe0K\x00Oa\r\x03")
    console = SimpleNamespace(kbhit=lambda: bool(waiting), getwch=lambda: waiting.pop(0))
    source = WindowsKeyboard(console)
    assert [source.read(0.1) for _ in range(5)] == ["left", "end", "a", "enter", "interrupt"]
    assert source.read(0.02) is None


def test_pages_never_turn_past_the_ends(expression):
    graph = trace(expression)
    turner = PageTurner(steps_of(graph), graph)
    turner.press("left")
    assert turner.place == 0
    for key in ("end", "right", "]"):
        turner.press(key)
        assert turner.place == len(turner.steps) - 1
    for key in ("[",) * 100:
        turner.press(key)
    assert turner.place == 0


def test_looking_for_a_name_goes_round(expression):
    graph = trace(expression)
    turner = PageTurner(steps_of(graph), graph, place=3)
    for key in ["/", "c", "x", "backspace", "enter"]:
        turner.press(key)
    found = [turner.place]
    turner.press("n")
    found.append(turner.place)
    assert {graph.nodes[turner.steps[place].node].label for place in found} == {"c"}
    assert len(set(found)) == 2
    turner.press("/")
    turner.press("escape")
    assert not turner.finished
    turner.press("q")
    assert turner.finished


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (200, 60), (10, 3), (1, 1)])
def test_a_page_fits_the_terminal(graphs, size):
    x = Tensor([[1.0, 2.0]], requires_grad=True, label="layers.0.a_rather_long_name")
    graphs = {**graphs, "tensor": watch((x * x).sum())}
    for graph in graphs.values():
        plain = getattr(graph, "trace", graph)
        screen = Screen(steps_of(graph, lr=0.1), plain)
        for place in range(len(screen.steps)):
            page = screen.page(place, *size)
            assert len(page) <= max(size[1], 6)
            assert max(len(line) for line in page) <= max(size[0], 24)


def test_a_page_tells_the_three_states_of_a_gradient(expression):
    graph = trace(expression)
    steps = steps_of(graph)
    screen = Screen(steps, graph, line_of=lambda node: "c = a + b")
    partial = next(place for place, step in enumerate(steps) if step.arrival < step.expected)
    page = "\n".join(screen.page(partial, 100, 60))
    assert re.search(r"partial: 1 of \d", page)
    assert "not reached" in page
    assert "source: c = a + b" in page
    assert "because: " in page
    first = "\n".join(screen.page(0, 100, 60))
    assert "not computed" in first


def test_wide_characters_are_counted_as_shown():
    value = Value(2.0, label="重み")
    graph = trace(value * value)
    page = Screen(steps_of(graph), graph).page(2, 30, 12)
    assert all(len(line) <= 30 for line in page)


def test_a_broken_terminal_ends_the_program(monkeypatch):
    graph = trace(Value(2.0) * 3.0)
    monkeypatch.setattr("sys.stdin", io.StringIO("q"))
    assert run(graph) == 0
