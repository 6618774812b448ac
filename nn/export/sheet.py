"""Evaluates formulas of spreadsheets, to prove exported ones: numbers, texts, errors, LET and what they use.

As in spreadsheets an error in an operand is the result, except where a function asks about it; of IF only the
chosen branch is evaluated.
"""

import json
import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|[0-9.]+(?:E[-+]?[0-9]+)?|<>|<=|>=|[A-Za-z_][A-Za-z_0-9]*|.)')


class SheetError(Exception):
    """An error as a value: #N/A, #DIV/0!, #NUM!."""


Thunk = Callable[[], Any]


def number(value: Any) -> float:
    """Return a number or truth value as a number; an empty cell is 0."""
    if type(value) is float:
        return value
    if isinstance(value, str):
        raise SheetError("#VALUE!")
    return 0.0 if value is None else float(value)


def finite_result(function: Callable[..., float]) -> Callable[..., float]:
    """Return a function whose results are finite numbers or errors."""

    def checked(*arguments: Thunk) -> float:
        try:
            result = function(*[number(argument()) for argument in arguments])
        except (ValueError, OverflowError) as error:
            raise SheetError("#NUM!") from error
        except ZeroDivisionError as error:
            raise SheetError("#DIV/0!") from error
        if not math.isfinite(result):
            raise SheetError("#NUM!")
        return result

    return checked


def error_of(argument: Thunk) -> str:
    """Return the error of an argument; an empty text if it has none."""
    try:
        argument()
    except SheetError as error:
        return str(error)
    return ""


def na() -> float:
    """Raise the error for a value that is not available."""
    raise SheetError("#N/A")


def holds_number(argument: Thunk) -> bool:
    """Whether an argument is a number, not an error."""
    return not error_of(argument) and type(argument()) in (float, int)


def all_truths(arguments: Sequence[Thunk]) -> list[bool]:
    """Return all arguments: an error in any of them is an error."""
    return [bool(argument()) for argument in arguments]


def sheet_text(value: Any) -> str:
    """Return a value as a text."""
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


SHEET_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "ABS": finite_result(abs),
    "ATAN": finite_result(math.atan),
    "COS": finite_result(math.cos),
    "EXP": finite_result(math.exp),
    "INT": finite_result(math.floor),
    "LN": finite_result(math.log),
    "MAX": finite_result(max),
    "MIN": finite_result(min),
    "POWER": finite_result(math.pow),
    "SIGN": finite_result(lambda x: (x > 0) - (x < 0)),
    "SIN": finite_result(math.sin),
    "SQRT": finite_result(math.sqrt),
    "TANH": finite_result(math.tanh),
    "AND": lambda *terms: all(all_truths(terms)),
    "OR": lambda *terms: any(all_truths(terms)),
    "NOT": lambda term: not term(),
    "IF": lambda condition, yes, no: yes() if condition() else no(),
    "IFERROR": lambda term, other: other() if error_of(term) else term(),
    "ISBLANK": lambda term: not error_of(term) and term() is None,
    "ISNA": lambda term: error_of(term) == "#N/A",
    "ISNUMBER": holds_number,
    "EXACT": lambda a, b: sheet_text(a()) == sheet_text(b()),
    "LOWER": lambda term: sheet_text(term()).lower(),
    "NA": na,
}
OPERATORS: Mapping[str, Callable[[Thunk, Thunk], Any]] = {
    "+": finite_result(lambda a, b: a + b),
    "-": finite_result(lambda a, b: a - b),
    "*": finite_result(lambda a, b: a * b),
    "/": finite_result(lambda a, b: a / b),
    "=": lambda a, b: a() == b(),
    "<>": lambda a, b: a() != b(),
    "<": lambda a, b: number(a()) < number(b()),
    ">": lambda a, b: number(a()) > number(b()),
    "<=": lambda a, b: number(a()) <= number(b()),
    ">=": lambda a, b: number(a()) >= number(b()),
}
PRECEDENCE = (("=", "<>", "<", ">", "<=", ">="), ("+", "-"), ("*", "/"))

Scope = dict[str, Any]
Parsed = Callable[[Scope], Any]


class Parser:
    """Reads a formula: a function of the cells and names in scope."""

    def __init__(self, formula: str):
        self.tokens = TOKEN.findall(formula.removeprefix("="))[::-1]
        self.formula = self.level(0)
        if self.tokens:
            raise ValueError(f"expected the end of the formula, got {self.tokens[-1]!r}")

    def next(self) -> str:
        """Take the next token."""
        return self.tokens.pop() if self.tokens else ""

    def expect(self, token: str) -> None:
        """Take a token; ValueError for another."""
        if (found := self.next()) != token:
            raise ValueError(f"expected {token!r}, got {found!r}")

    def level(self, place: int) -> Parsed:
        """Read operators of a precedence."""
        if place == len(PRECEDENCE):
            return self.unary()
        left = self.level(place + 1)
        while self.tokens and self.tokens[-1] in PRECEDENCE[place]:
            left = binary(OPERATORS[self.next()], left, self.level(place + 1))
        return left

    def unary(self) -> Parsed:
        """Read a sign, a number, a text, a cell, a name, a call or parentheses."""
        token = self.next()
        if token == "-":
            term = self.unary()
            return lambda scope: -number(term(scope))
        if token == "(":
            inside = self.level(0)
            self.expect(")")
            return inside
        if token.startswith('"'):
            text = token[1:-1].replace('""', '"')
            return lambda _: text
        if token[:1].isdigit() or token[:1] == ".":
            value = float(token)
            return lambda _: value
        if self.tokens and self.tokens[-1] == "(":
            return self.call(token)
        if token in ("TRUE", "FALSE"):
            return lambda _: token == "TRUE"
        return lambda scope: scope[token]

    def call(self, name: str) -> Parsed:
        """Read the arguments of a function."""
        self.expect("(")
        arguments: list[Parsed] = []
        names: list[str] = []
        while self.tokens and self.tokens[-1] != ")":
            if name == "LET" and len(self.tokens) > 1 and self.tokens[-2] == ",":
                names.append(self.next())
                self.expect(",")
            arguments.append(self.level(0))
            if self.tokens and self.tokens[-1] == ",":
                self.next()
        self.expect(")")
        if name == "LET":
            return let(names, arguments)
        function = SHEET_FUNCTIONS[name]
        return lambda scope: function(*(bind(argument, scope) for argument in arguments))


def bind(parsed: Parsed, scope: Scope) -> Thunk:
    """Return an argument that is evaluated when it is asked for."""
    return lambda: parsed(scope)


def binary(operator: Callable[[Thunk, Thunk], Any], left: Parsed, right: Parsed) -> Parsed:
    """Return an operation on two terms."""
    return lambda scope: operator(bind(left, scope), bind(right, scope))


class NamedValue:
    """A value with a name, which may be an error."""

    def __init__(self, term: Thunk):
        self.error, self.value = "", None
        try:
            self.value = term()
        except SheetError as error:
            self.error = str(error)


def let(names: list[str], arguments: list[Parsed]) -> Parsed:
    """Return an expression with names for the values of others, each seen by those behind it."""

    def evaluate(scope: Scope) -> Any:
        inner = InnerScope(scope)
        for name, argument in zip(names, arguments, strict=False):
            inner.named[name] = NamedValue(bind(argument, inner))
        return arguments[-1](inner)

    return evaluate


class InnerScope(dict[str, Any]):
    """The scope inside LET."""

    def __init__(self, outer: Scope):
        super().__init__(outer)
        self.named: dict[str, NamedValue] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self.named:
            return super().__getitem__(name)
        if self.named[name].error:
            raise SheetError(self.named[name].error)
        return self.named[name].value


def evaluate_rows(formulas: list[str], rows: list[list[Any]]) -> list[list[float]]:
    """Evaluate the formulas of row 2 for the cells of each row; an error is NaN."""
    from nn.export.formula import column_letters

    parsed = [Parser(formula).formula for formula in formulas]
    results = []
    for row in rows:
        cells = {f"{column_letters(place)}2": None if cell == "" else cell for place, cell in enumerate(row)}
        values = []
        for formula in parsed:
            try:
                values.append(number(formula(cells)))
            except SheetError:
                values.append(math.nan)
        results.append(values)
    return results


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(evaluate_rows(given["formulas"], given["rows"]), sys.stdout)
