"""Reads formulas of spreadsheets, to prove exported ones: operators, functions, LET."""

import json
import math
import re
import sys
from collections.abc import Callable
from typing import Any

from nn.export.sheet_functions import OPERATORS, SHEET_FUNCTIONS, SheetError, Thunk, number

TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|[0-9.]+(?:E[-+]?[0-9]+)?|<>|<=|>=|[A-Za-z_][A-Za-z_0-9]*|.)')
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
