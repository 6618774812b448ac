"""What nn trace prints is true: every line, computed again from the numbers printed, gives its result.

The judge is an arithmetic of its own, on intervals: a printed number stands for all that round to it.
"""

import re
from math import exp, inf, log, tanh

import pytest
from click.testing import CliRunner

from nn.cli.group import commands
from nn.config.source import config_names

UPPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
TOKEN = re.compile(r"\s*(?:(?P<number>\d[\d.]*)|(?P<function>ln|max|min|tanh|sign)|(?P<sign>[-+*/^()√,e|]))")


class Interval:
    def __init__(self, low, high):
        assert low <= high
        self.low, self.high = low, high

    @classmethod
    def around(cls, *values):
        return cls(min(values), max(values))

    def __add__(self, other):
        return Interval(self.low + other.low, self.high + other.high)

    def __neg__(self):
        return Interval(-self.high, -self.low)

    def __mul__(self, other):
        return self.around(*(a * b for a in (self.low, self.high) for b in (other.low, other.high)))

    def __truediv__(self, other):
        if other.low <= 0 <= other.high:
            return Interval(-inf, inf)
        return self.around(*(a / b for a in (self.low, self.high) for b in (other.low, other.high)))

    def through(self, rising):
        return Interval(rising(self.low), rising(self.high))


def number(text, digits):
    """The numbers that are printed so: those with few digits are exact, the others rounded."""
    value = float(text)
    mantissa = text.replace(".", "").lstrip("0")
    decimals = len(text.partition(".")[2])
    half = 0.5 * 10.0**-decimals if "." in text and len(mantissa) >= digits else 0
    if "." not in text and len(mantissa) >= digits:
        half = 0.5
    return Interval(value - half, value + half)


class Parser:
    """sum → product → power → atom, as on a pocket calculator."""

    def __init__(self, text, digits):
        text = re.sub(r"\[\d[\d,]* more: ([^]]*)\]", r"(\1)", text)
        text = re.sub(r"(?<![\d.])10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: f"10^({m[1].translate(UPPER)})", text)
        text = text.replace("−", "-").replace("·", "*").replace("²", "^2")
        self.tokens, self.place, self.digits = [], 0, digits
        position = 0
        while position < len(text.rstrip()):
            match = TOKEN.match(text, position)
            assert match, f"not arithmetic: {text[position:]!r} in {text!r}"
            self.tokens.append(match)
            position = match.end()

    def next(self, *wanted):
        if self.place < len(self.tokens):
            text = self.tokens[self.place][0].strip()
            if text in wanted:
                self.place += 1
                return text
        return ""

    def sum(self):
        value = -self.product() if self.next("-") else self.product()
        while sign := self.next("+", "-"):
            term = self.product()
            value = value + (term if sign == "+" else -term)
        return value

    def product(self):
        value = self.power()
        while sign := self.next("*", "/"):
            value = value * self.power() if sign == "*" else value / self.power()
        return value

    def power(self):
        if self.next("e"):
            assert self.next("^")
            return self.exponent().through(exp)
        base = self.atom()
        if not self.next("^"):
            return base
        by = self.exponent()
        if (by.low, by.high) == (2, 2):
            squares = (base.low**2, base.high**2)
            return Interval(0 if base.low <= 0 <= base.high else min(squares), max(squares))
        assert base.low >= 0
        return Interval.around(*(a**b for a in (base.low, base.high) for b in (by.low, by.high)))

    def exponent(self):
        return -self.atom() if self.next("-") else self.atom()

    def atom(self):
        if self.next("("):
            value = self.sum()
            assert self.next(")")
            return value
        if self.next("√"):
            value = self.atom()
            return Interval(max(value.low, 0) ** 0.5, max(value.high, 0) ** 0.5)
        if name := self.next("ln", "tanh", "max", "min"):
            assert self.next("(")
            values = [self.sum()]
            while self.next(","):
                values.append(self.sum())
            assert self.next(")")
            if name in ("max", "min"):
                choose = max if name == "max" else min
                return Interval(choose(v.low for v in values), choose(v.high for v in values))
            return values[0].through(log if name == "ln" else tanh)
        token = self.tokens[self.place]
        self.place += 1
        assert token["number"], f"expected a number, got {token[0]!r}"
        return number(token["number"], self.digits)

    def value(self):
        value = self.sum()
        assert self.place == len(self.tokens)
        return value


def evaluated(text, digits):
    return Parser(text, digits).value()


def statements(output):
    """The lines of the lesson, those that were broken put together again."""
    text = re.sub(r"\n +(?![=…])(?=\S)(?![^\n]* (?:=|←) )", " ", output)
    return re.sub(r"\n +(?==)", " ", text).splitlines()


def trace(*arguments):
    result = CliRunner(env={"COLUMNS": "80"}).invoke(commands, ["trace", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def checked(output, digits):
    """How many lines were computed again."""
    count = 0
    body = output[output.index("\nForward") :]
    for statement in re.split(r"\n(?=  \S|\S|\n)", body):
        flat = " ".join(statement.split())
        if " more in the same way" in flat or not re.search(r" (=|←) ", flat):
            continue
        *_, numbers, result = re.split(r" (?:=|←) ", flat)
        if re.search(r"[a-zδ]", re.sub(r"ln|max|min|tanh|more|e\^", "", numbers)):
            continue  # a quantity that is itself a number of another line
        expected, got = evaluated(numbers, digits), evaluated(result, digits)
        room = 1e-12 * max(abs(got.low), abs(got.high))
        assert expected.low <= got.high + room, flat
        assert got.low <= expected.high + room, flat
        count += 1
    return count


@pytest.mark.parametrize(
    "name", sorted({*config_names()} - {"iris-lbfgs", "sine-bayes", "sine-lm", "xor-lm"})
)
def test_every_line_computes_to_its_result(name):
    lines = checked(trace(name), 4)
    assert lines >= 8


@pytest.mark.parametrize("digits", [2, 3, 6, 10, 15])
def test_with_any_number_of_digits(digits):
    assert checked(trace("xor-2-2-1", "--digits", str(digits)), digits) >= 35


@pytest.mark.parametrize("sample", [1, 2, 3])
def test_of_any_sample(sample):
    assert checked(trace("xor-2-2-1", "--sample", str(sample)), 4) >= 35


@pytest.mark.parametrize("activation", ["relu", "tanh", "softmax", "linear"])
def test_of_other_activations(activation):
    assert checked(trace("iris", "--set", f"model.layers.0.activation={activation}"), 4) >= 30


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.52 · 1 + (−0.31) · 0 + 0.1", 0.62, 0.62),
        ("1 / (1 + e^−0.5)", 0.6224, 0.6225),
        ("√(4 / (1 − 0.75)) · 10⁻³", 0.00399, 0.00401),
        ("(0.1 − 1)² + [61 more: 2]", 2.809, 2.811),
        ("max(−2, 0) − 1 · (−2) + ln(1)", 2, 2),
    ],
)
def test_the_judge_can_count(text, low, high):
    value = evaluated(text, 4)
    assert low <= value.low <= value.high <= high


def test_the_judge_finds_a_wrong_digit():
    output = trace("xor-2-2-1")
    assert checked(output, 4)
    wrong = output.replace("= 0.4757 · (1 − 0.4757) = 0.2494", "= 0.4757 · (1 − 0.4757) = 0.2496")
    assert wrong != output
    with pytest.raises(AssertionError):
        checked(wrong, 4)
