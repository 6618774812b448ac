"""Formats counts and tables as text, and tables as HTML."""

import html
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

MAX_WIDTH = 100
"""The largest width of text, as longer lines are hard to read."""
LOG_FROM = 20
"""The ratio of the largest to the smallest number from which on a scale is logarithmic."""


def width() -> int:
    """Return the number of columns for text on this terminal."""
    return min(shutil.get_terminal_size((MAX_WIDTH, 24)).columns, MAX_WIDTH)


def table(rows: Sequence[Sequence[str]], align: str) -> str:
    """Align rows in columns, each to the left (``<``) or right (``>``); a last left-aligned column wraps."""
    *widths, last = (max(len(row[column]) for row in rows) for column in range(len(align)))
    if align[-1] == "<":
        last = min(last, max(width() - sum(widths) - 2 * len(widths), 20))
    lines = []
    for row in rows:
        wrapped = textwrap.wrap(row[-1], last) or [""]
        for number, end in enumerate(wrapped):
            cells = [*(row[:-1] if number == 0 else [""] * len(widths)), end]
            lines.append("  ".join(map(cell, cells, align, [*widths, last])).rstrip())
    return "\n".join(lines)


def counted(number: int, noun: str) -> str:
    """Write a number with its noun.

    >>> counted(1, "class"), counted(3, "class"), counted(1500, "row")
    ('1 class', '3 classes', '1,500 rows')
    """
    ending = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{ending}"


def three_digits(value: float) -> str:
    """A number in three digits, as in a finding.

    >>> three_digits(0.012345), three_digits(1234567.0)
    ('0.0123', '1.23e+06')
    """
    return f"{value:.3g}"


def whole_percent(share: float) -> str:
    """A share in whole percent, 0 and 100 only if they are exact.

    >>> whole_percent(0.958), whole_percent(0.9999), whole_percent(1.0)
    ('96 %', '99.99 %', '100 %')
    """
    whole = f"{100 * share:.0f}"
    return f"{100 * share:.4g} %" if whole in ("0", "100") else f"{whole} %"


def of_all(count: int, total: int, noun: str) -> str:
    """So many of all: ``8 of 8 hidden units are``, ``the only hidden unit is``."""
    return f"the only {noun} is" if count == total == 1 else f"{count} of {total} {noun}s are"


def cell(text: str, side: str, columns: int) -> str:
    """Align a text in a cell of a table."""
    return f"{text:{side}{columns}}"


class Markup(str):
    """Text that is already HTML."""

    __slots__ = ()


def tag(element: str, /, *content: str, **attributes: Any) -> Markup:
    """Write an HTML element; text in it and attributes are escaped. ``class_`` stands for class.

    >>> tag("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    """
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    words = [
        key if value is True else f'{key}="{html.escape(str(value))}"'
        for key, value in given.items()
        if value is not None and value is not False and value != ""
    ]
    opening = " ".join([element, *words])
    if element in ("img", "input", "meta"):
        return Markup(f"<{opening}>")
    inner = "".join(part if isinstance(part, Markup) else html.escape(part) for part in content)
    return Markup(f"<{opening}>{inner}</{element}>")


def html_table(header: Sequence[str], rows: Iterable[Sequence[str]], **attributes: Any) -> Markup:
    """Write a table whose first column names the rows; it scrolls on narrow screens."""
    head = tag("tr", *(tag("th", cell, scope="col") for cell in header))
    body = [tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:])) for row in rows]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="scroll", **attributes)
