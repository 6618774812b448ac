"""docs/sigmoid.md is true: in each of its derivations every line equals the one before."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import sympy

from nn.layers.activations.sigmoids import Sigmoid, sigmoid

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "sigmoid.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```math\n\\begin\{aligned\}\n(.*?)\n\\end\{aligned\}\n```", PAGE, re.DOTALL)
X, T = sympy.symbols("x t", real=True)
SIGMA = sympy.Lambda(X, 1 / (1 + sympy.exp(-X)))
WORDS = {
    "x": X,
    "t": T,
    "sigma": SIGMA,
    "slope": sympy.Lambda(X, sympy.diff(SIGMA(X), X)),
    "D": lambda expression: sympy.diff(expression, X),
    "exp": sympy.exp,
    "ln": sympy.log,
    "tanh": sympy.tanh,
}


def group(text: str, start: int) -> int:
    """Where the bracket that opens at ``start`` closes."""
    pairs = {"{": "}", "(": ")"}
    opening, depth = text[start], 0
    for place in range(start, len(text)):
        depth += (text[place] == opening) - (text[place] == pairs[opening])
        if depth == 0:
            return place
    raise ValueError(f"no end of the bracket in {text[start:]}")


def plain(latex: str) -> str:
    r"""LaTeX as Python: ``\frac{1}{1 + e^{-x}}`` as ``((1)/(1+exp(-x)))``."""
    text = latex.replace(" ", "").replace(r"\frac{d}{dx}", "D").replace(r"\sigma'", "slope")
    text = re.sub(r"\\(sigma|tanh|ln)", r"\1", text).replace(r"\cdot", "*")
    while (start := text.find(r"\frac")) >= 0:
        above = group(text, start + 5)
        below = group(text, above + 1)
        text = f"{text[:start]}(({text[start + 6 : above]})/({text[above + 2 : below]})){text[below + 1 :]}"
    while (start := text.find("^{")) >= 0:
        end = group(text, start + 1)
        e = text[start - 1] == "e" and not text[: start - 1].endswith("slop")
        base = f"{text[: start - 1]}exp" if e else f"{text[:start]}**"
        text = f"{base}({text[start + 2 : end]}){text[end + 1 :]}"
    return text


def expression(latex: str) -> sympy.Expr:
    text = plain(latex)
    assert re.fullmatch(r"(?:[-+*/(),\d]|x|t|sigma|slope|D|exp|ln|tanh)+", text), f"not understood: {text}"
    return sympy.sympify(eval(text, {"__builtins__": {}}, WORDS))  # of these words only


def lines(block: str) -> list[str]:
    """What stands between the signs of equality."""
    return [side.strip() for line in re.split(r"\\\\\n", block) for side in line.split("&=") if side.strip()]


def equal(a: sympy.Expr, b: sympy.Expr) -> bool:
    return sympy.simplify((a - b).rewrite(sympy.exp)) == 0


def test_all_its_derivations_are_here():
    assert len(BLOCKS) == PAGE.count("```math") == 7


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: lines(block)[0])
def test_every_line_equals_the_one_before(block):
    sides = lines(block)
    assert len(sides) >= 3
    for before, after in pairwise(sides):
        assert equal(expression(before), expression(after)), f"{before}\n≠ {after}"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("1 + e^{-x}", "1 + e^{x}"), (r"\frac{1}{4}", r"\frac{1}{2}"), (r"\sigma(x)^{2}", r"\sigma(x)^{3}")],
)
def test_a_wrong_line_would_be_found(right, wrong):
    assert not equal(expression(right), expression(wrong))


@pytest.mark.parametrize("form", [r"\frac{1}{1 + e^{-x}}", r"\frac{e^{x}}{e^{x} + 1}"])
def test_both_forms_are_what_the_source_computes(form):
    x = np.linspace(-30, 30, 61)
    exact = [float(expression(form).subs(X, sympy.Rational(float(value))).evalf(30)) for value in x]
    assert sigmoid(x) == pytest.approx(exact, rel=1e-14)


def test_what_it_says_of_saturation_holds():
    layer = Sigmoid()
    layer.forward(np.array([0.0, 5.0, -5.0]))
    assert layer.backward(np.ones(3)) == pytest.approx([0.25, 0.0066, 0.0066], abs=1e-4)
    assert sigmoid(np.array(-700.0)) == pytest.approx(9.86e-305, rel=1e-3)


def test_what_it_quotes_of_the_source_stands_there():
    (quoted,) = re.findall(r"```python\n(.*?)\n```", PAGE, re.DOTALL)
    assert quoted in (ROOT / "nn" / "layers" / "activations" / "sigmoids.py").read_text(encoding="utf-8")


def test_its_pictures_are_there():
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", PAGE):
        assert (ROOT / "docs" / picture).is_file()
