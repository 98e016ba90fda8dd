"""Every mistake has a script that makes it, and the linter says which, where, and what to do."""

import re
import runpy
from pathlib import Path

import pytest

import autograd
from autograd.linting import LintError, LintWarning

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCRIPTS = sorted((HERE / "broken").glob("*.py"))
REFUSED = {"different_lengths", "one_hot_labels"}
VARIANT = re.compile(r"_(refused|by_values)$")
# what a fix must name
FIXES = {
    "column-against-row": "predictions.reshape(-1)",
    "dead-units": "LeakyReLU",
    "different-lengths": "y[rows]",
    "eval-mode": "model.train()",
    "exploding-gradient": "clip_grad_norm_",
    "huge-updates": "Divide the learning rate",
    "input-is-target": "not X",
    "labels-from-one": "labels - 1",
    "labels-out-of-range": "0",
    "logits-as-probabilities": "binary_cross_entropy_with_logits",
    "loss-rises": "learning rate",
    "nan-loss": "detect_anomaly",
    "no-backward": "loss.backward()",
    "no-gradient": "forward()",
    "no-zero-grad": "optimizer.zero_grad()",
    "nothing-learned": "no_grad()|learning rate",
    "one-hot-labels": "argmax",
    "saturated-units": "xavier",
    "sigmoid-twice": "plain scores",
    "softmax-twice": "plain scores",
    "softmax-without-log": "cross_entropy",
    "tiny-updates": "Multiply the learning rate",
    "train-mode": "model.eval()",
    "unknown-parameter": "model.parameters()",
    "unscaled-data": "standardize",
    "vanishing-gradient": "ReLU",
}


def code_of(script):
    return VARIANT.sub("", script.stem).replace("_", "-")


def wrong_line(script):
    lines = script.read_text(encoding="utf-8").splitlines()
    (number,) = [i for i, line in enumerate(lines, start=1) if "# wrong" in line]
    return number


def is_refused(script):
    return script.stem in REFUSED or script.stem.endswith("_refused")


def run(script, on="collect"):
    report = None
    if not is_refused(script):
        with autograd.lint(on) as report:
            runpy.run_path(str(script))
        return report
    with pytest.raises((ValueError, TypeError, RuntimeError)), autograd.lint(on) as report:
        runpy.run_path(str(script))
    return report


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_the_linter_names_the_mistake_the_line_and_the_fix(script):
    report = run(script)
    assert report.failed == []
    assert report.codes == [code_of(script)]
    (finding,) = report.findings
    assert (finding.file, finding.line) == (str(script), wrong_line(script))
    assert finding.source.endswith("# wrong")
    assert re.search("|".join(map(re.escape, FIXES[finding.code].split("|"))), finding.fix)
    assert finding.link == f"docs/lint.md#{finding.code}"
    for sentence in (finding.text, finding.fix):
        assert re.fullmatch(r"[A-Za-z0-9(][^\n]{20,330}\.", sentence), sentence


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_mistake_can_be_an_error_at_once_or_a_warning(script):
    if is_refused(script):
        return  # it is an error anyway
    with pytest.raises(LintError, match=code_of(script)) as caught:
        run(script, on="raise")
    assert caught.value.finding.line == wrong_line(script)
    with pytest.warns(LintWarning, match=re.escape(f"docs/lint.md#{code_of(script)}")) as warned:
        run(script, on="warn")
    assert {(one.filename, one.lineno) for one in warned} == {(str(script), wrong_line(script))}


def codes_in_the_source():
    files = [*(ROOT / "autograd" / "linting").glob("*.py"), *(ROOT / "nn" / "linting").glob("*.py")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return set(re.findall(r'self\.found\(\s*"([a-z-]+)"', text)) | set(
        re.findall(r'^    \(?"([a-z-]+)", r"', text, re.MULTILINE)
    )


def test_every_code_has_a_script_a_fix_and_a_section_and_nothing_else_has():
    codes = codes_in_the_source()
    assert len(codes) >= 25
    assert {code_of(script) for script in SCRIPTS} == codes == set(FIXES)
    page = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    assert sorted(part.partition("\n")[0] for part in sections) == sorted(codes)
    for part in sections:
        assert "```diff" in part
        assert re.search(r"^-", part, re.MULTILINE) or re.search(r"^\+", part, re.MULTILINE)
