"""The functions and operators of spreadsheets that exported formulas use, on numbers, texts and errors.

As in spreadsheets an error in an operand is the result, except where a function asks about it; of IF only the
chosen branch is evaluated.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any


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
