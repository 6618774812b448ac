"""Writes expressions in two notations: as text for the terminal, and as LaTeX."""

from decimal import Decimal
from enum import IntEnum

from nn.trace.expressions import Expression, Name

UPPER = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
LOWER = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MAX_INTEGER_DIGITS = 6
"""Numbers with more digits before the point are written with a power of ten."""
RELATIONS = {
    "greater": ">",
    "greater_equal": "≥",
    "less": "<",
    "less_equal": "≤",
    "equal": "=",
    "not_equal": "≠",
}
FUNCTION_SYMBOLS = {"log": "ln", "tanh": "tanh", "maximum": "max", "minimum": "min", "sign": "sign"}


class Binds(IntEnum):
    """The precedence of operations."""

    SUM = 0
    NEGATIVE = 1
    PRODUCT = 2
    POWER = 3
    ATOM = 4


class Text:
    """``z¹₁ = 0.52 · 1 + (−0.31) · 0 + 0.1``."""

    times, many = " · ", "Σ "

    def __init__(self, digits: int, places: int = 0):
        self.digits, self.places = digits, places

    def rounded(self, value: float) -> tuple[str, int]:
        """Round to ``digits`` significant digits, and to a minimum number of decimal places."""
        whole = Decimal(value).adjusted() + 1 if value else 0
        if self.places:
            return round_to_digits(value, max(self.digits, whole + self.places))
        return round_to_digits(value, max(self.digits, whole) if whole <= MAX_INTEGER_DIGITS else self.digits)

    def name(self, name: Name) -> str:
        """Write the name of a quantity; ∂L/∂z is δ."""
        letter = "δ" if name.slope and name.letter == "z" else name.letter
        text = letter + ("" if name.layer is None else str(name.layer).translate(UPPER))
        separator = "," if max(name.units, default=0) > 9 else ""
        text += separator.join(str(unit).translate(LOWER) for unit in name.units)
        if name.slope and letter != "δ":
            text = f"∂L/∂{text}"
        return f"{name.remembered}({text})" if name.remembered else text

    def number(self, value: float, left_out: int = 0) -> str:
        """Write a number with at most this number of digits."""
        mantissa, exponent = self.rounded(value)
        power = f"10{str(exponent).translate(UPPER)}"
        text = (power if mantissa == "1" else f"{mantissa}·{power}") if exponent else mantissa
        text = text.replace("-", "−")
        return f"[{left_out} more: {text}]" if left_out else text

    def fraction(self, above: Expression, below: Expression, symbols: bool) -> tuple[str, Binds]:
        """Write a quotient."""
        parts = self.within(above, Binds.PRODUCT, symbols), self.within(below, Binds.POWER, symbols)
        return " / ".join(parts), Binds.PRODUCT

    def power(self, base: str, exponent: str, simple: bool) -> str:
        """Write a power."""
        return f"{base}²" if exponent == "2" else f"{base}^{exponent}" if simple else f"{base}^({exponent})"

    def function(self, name: str, arguments: str) -> str:
        """Write a function of its arguments."""
        return f"√({arguments})" if name == "sqrt" else f"{FUNCTION_SYMBOLS.get(name, name)}({arguments})"

    def condition(self, relation: str) -> str:
        """Write the indicator of a relation: 1 if it holds, else 0."""
        return f"[{relation}]"

    def within(self, part: Expression, at_least: Binds, symbols: bool, first: bool = True) -> str:
        """Write a part of an operation, in parentheses if it binds less tightly or begins with a minus."""
        text, binds = self.write(part, symbols)
        signed = text.startswith(("−", "-")) and not (first and at_least <= Binds.PRODUCT)
        return f"({text})" if binds < at_least or signed else text

    def write(self, of: Expression, symbols: bool) -> tuple[str, Binds]:
        """Write an expression in symbols or in numbers; return it with its precedence."""
        if not symbols and of.operation == "negative" and not of.parts[0].parts:
            of = Expression(of.value)
        if not of.parts:
            if symbols and of.name:
                plain = (
                    of.name.layer is None and not of.name.slope
                )  # else an exponent behind it would be ambiguous
                return self.name(of.name), Binds.ATOM if plain else Binds.POWER
            text = self.number(of.value, of.left_out)
            return text, Binds.PRODUCT if "10" in text and ("·" in text or "cdot" in text) else Binds.ATOM
        if of.operation in ("sum", "add", "subtract"):
            return self.sum(of, symbols)
        if of.operation == "multiply":
            one, other = (
                self.within(part, Binds.PRODUCT, symbols, first)
                for part, first in zip(of.parts, (True, False), strict=True)
            )
            return one + self.times + other, Binds.PRODUCT
        if of.operation == "divide":
            above, below = of.parts
            return self.fraction(above, below, symbols)
        if of.operation == "negative":
            return f"−{self.within(of.parts[0], Binds.PRODUCT, symbols, False)}", Binds.NEGATIVE
        if of.operation in ("exp", "square", "power"):
            return self.raised(of, symbols), Binds.POWER
        if of.operation in RELATIONS:
            if not symbols:
                return self.number(of.value), Binds.ATOM
            one, other = (self.write(part, symbols)[0] for part in of.parts)
            return self.condition(f"{one} {RELATIONS[of.operation]} {other}"), Binds.ATOM
        arguments = ", ".join(self.write(part, symbols)[0] for part in of.parts)
        return self.function(of.operation, arguments), Binds.ATOM

    def raised(self, of: Expression, symbols: bool) -> str:
        """Write a power of e, of 2, or any other."""
        if of.operation == "exp":
            exponent = of.parts[0]
            simple = not (exponent.parts[0] if exponent.operation == "negative" else exponent).parts
            return self.power("e", self.write(exponent, symbols)[0], simple)
        base = self.within(of.parts[0], Binds.ATOM, symbols, False)
        if of.operation == "square":
            return self.power(base, "2", True)
        return self.power(base, self.write(of.parts[1], symbols)[0], not of.parts[1].parts)

    def sum(self, of: Expression, symbols: bool) -> tuple[str, Binds]:
        """Write a sum; in symbols, terms of the same form (one a sample) are written once, behind a Σ."""
        terms = added(of)
        if symbols and of.operation == "sum":
            alike = dict.fromkeys(self.within(t, Binds.NEGATIVE, symbols) for t, _ in terms if not t.left_out)
            if len(alike) == 1:
                return self.many + self.within(terms[0][0], Binds.PRODUCT, symbols), Binds.PRODUCT
            if 2 * len(alike) <= len(terms):
                return f"{self.many}({' + '.join(alike)})", Binds.PRODUCT
        text = ""
        for term, negative in terms:
            if symbols and term.left_out:
                text += " + …"
                continue
            part = self.within(term, Binds.NEGATIVE if not text else Binds.PRODUCT, symbols, not text)
            text += f" {'−' if negative else '+'} {part}" if text else part
        return text, Binds.SUM


class Latex(Text):
    r"""``z^{1}_{1} = 0.52 \cdot 1 + (-0.31) \\cdot 0 + 0.1``."""

    times, many = r" \cdot ", r"\sum "

    def name(self, name: Name) -> str:
        letter = r"\delta" if name.slope and name.letter == "z" else latex_letter(name.letter)
        text = letter + ("" if name.layer is None else f"^{{{name.layer}}}")
        separator = "," if max(name.units, default=0) > 9 else ""
        text += f"_{{{separator.join(map(str, name.units))}}}" if name.units else ""
        if name.slope and name.letter != "z":
            text = rf"\frac{{\partial L}}{{\partial {text}}}"
        return rf"\mathrm{{{name.remembered}}}({text})" if name.remembered else text

    def number(self, value: float, left_out: int = 0) -> str:
        mantissa, exponent = self.rounded(value)
        text = rf"{mantissa} \cdot 10^{{{exponent}}}" if exponent else mantissa
        return rf"\underbrace{{{text}}}_{{\text{{{left_out} more}}}}" if left_out else text

    def fraction(self, above: Expression, below: Expression, symbols: bool) -> tuple[str, Binds]:
        over, under = (self.write(part, symbols)[0] for part in (above, below))
        return rf"\frac{{{over}}}{{{under}}}", Binds.POWER

    def power(self, base: str, exponent: str, simple: bool) -> str:
        return f"{{{base}}}^{{{exponent}}}"

    def function(self, name: str, arguments: str) -> str:
        if name == "sqrt":
            return rf"\sqrt{{{arguments}}}"
        known = FUNCTION_SYMBOLS.get(name, name)
        return (
            rf"\{known}({arguments})"
            if known in ("ln", "tanh", "max", "min")
            else rf"\mathrm{{{known}}}({arguments})"
        )

    def write(self, of: Expression, symbols: bool) -> tuple[str, Binds]:
        text, binds = super().write(of, symbols)
        return text.replace("−", "-").replace("≥", r"\ge").replace("≤", r"\le").replace("≠", r"\ne").replace(
            "…", r"\dots"
        ), binds


def added(of: Expression) -> list[tuple[Expression, bool]]:
    """Return the terms of a sum from left to right, each with whether it is subtracted."""
    if of.operation == "sum":
        return [(part, False) for part in of.parts]
    if of.operation in ("add", "subtract"):
        first, last = of.parts
        return [*added(first), negated(last, of.operation == "subtract")]
    return [(of, False)]


def negated(term: Expression, negative: bool) -> tuple[Expression, bool]:
    """Write a term with its sign: a + (−b) is a − b."""
    return (term.parts[0], not negative) if term.operation == "negative" else (term, negative)


def latex_letter(letter: str) -> str:
    """Write a letter, a word, or a letter with a prime."""
    letter = letter.replace("ℓ", r"\ell")
    word, prime = letter.rstrip("′"), "'" * letter.count("′")
    if word.startswith("max "):
        return rf"\max {word[4:]}{prime}"
    return (word if len(word) == 1 or word == r"\ell" else rf"\mathrm{{{word}}}") + prime


def round_to_digits(value: float, digits: int) -> tuple[str, int]:
    """Round to a number of significant digits, with a power of ten if the number would be long.

    >>> round_to_digits(0.25, 4), round_to_digits(1 / 3, 4)
    (('0.25', 0), ('0.3333', 0))
    >>> round_to_digits(1.5e-9, 3), round_to_digits(2 / 3e7, 3)
    (('1.5', -9), ('6.67', -8))
    """
    if value == 0 or value != value or value in (float("inf"), -float("inf")):
        return ("0" if value == 0 else str(value)), 0
    text = f"{value:.{digits - 1}e}"
    mantissa, _, power = text.partition("e")
    exact = float(text) == value
    if exact and "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    exponent = int(power)
    if not -5 <= exponent < MAX_INTEGER_DIGITS:
        return mantissa, exponent
    return f"{Decimal(f'{mantissa}e{exponent}'):f}", 0
