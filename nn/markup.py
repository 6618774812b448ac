"""Tables and paragraphs, written for a terminal, as Markdown or as LaTeX."""

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from nn.display import table, width

MARKDOWN = {ord(c): f"\\{c}" for c in "\\`*_[]|~$#"} | {ord("<"): "&lt;", ord(">"): "&gt;", ord("&"): "&amp;"}
LATEX = {ord(c): f"\\{c}" for c in "{}$&#_%"} | {
    ord("\\"): r"\textbackslash{}",
    ord("^"): r"\textasciicircum{}",
    ord("~"): r"\textasciitilde{}",
    ord("<"): r"\textless{}",
    ord(">"): r"\textgreater{}",
    ord("|"): r"\textbar{}",
    ord('"'): r"{\char34}",
    ord("²"): r"\textsuperscript{2}",
    ord("–"): "--",
    ord("−"): "$-$",
    ord("≤"): r"$\leq$",
    ord("≥"): r"$\geq$",
    ord("±"): r"$\pm$",
    ord("×"): r"$\times$",
    ord("½"): r"$\frac{1}{2}$",
    ord("σ"): r"$\sigma$",
    ord("…"): r"\ldots{}",
}


class Sheet(NamedTuple):
    """A table: its title, its header and its rows; the first column names the rows."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


Passage = Sheet | str
"""A table, or a paragraph."""


def terminal_text(passages: Iterable[Passage]) -> str:
    """Passages for a terminal, with an empty line between two; empty paragraphs are left out."""
    written = []
    for passage in passages:
        if isinstance(passage, str):
            written.append(textwrap.fill(passage, width()))
        else:
            parts = [
                table(rows, "<" + ">" * (len(rows[0]) - 1))
                for rows in side_by_side([passage.header, *passage.rows], width())
            ]
            written.append("\n".join([textwrap.fill(passage.title, width()), "\n\n".join(parts)]))
    return "\n\n".join(filter(None, written))


def side_by_side(rows: Sequence[Sequence[str]], columns: int) -> Iterator[list[Sequence[str]]]:
    """The columns of a table that fit side by side, then the next ones; the first stands before each."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    start = 1
    while start < len(widths):
        end, used = start, widths[0]
        while end < len(widths) and (end == start or used + 2 + widths[end] <= columns):
            used += 2 + widths[end]
            end += 1
        yield [(row[0], *row[start:end]) for row in rows]
        start = end


def markdown(passages: Iterable[Passage]) -> str:
    """Passages as GitHub's Markdown has them."""
    return marked_up(passages, MARKDOWN, markdown_table)


def markdown_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table under its title, of cells that are Markdown already."""
    lines = [
        f"**{title}**",
        "",
        markdown_row(header),
        f"|---|{'---:|' * (len(header) - 1)}",
        *map(markdown_row, rows),
    ]
    return "\n".join(lines)


def markdown_row(cells: Sequence[str]) -> str:
    """A row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def latex(passages: Iterable[Passage]) -> str:
    """Passages as LaTeX has them without any package."""
    return marked_up(passages, LATEX, latex_table)


def latex_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table under its title, of cells that are LaTeX already."""
    lines = [" & ".join(cells) + r" \\" for cells in (header, *rows)]
    columns = "l" + "r" * (len(header) - 1)
    opening = [rf"\textbf{{{title}}}", "", rf"\begin{{tabular}}{{{columns}}}", r"\hline"]
    return "\n".join([*opening, lines[0], r"\hline", *lines[1:], r"\hline", r"\end{tabular}"])


def marked_up(passages: Iterable[Passage], escapes: Mapping[int, str], write: Callable[..., str]) -> str:
    """Passages in which each text is escaped."""

    def escaped(text: str) -> str:
        return " ".join(text.split()).translate(escapes)

    written = []
    for passage in passages:
        if isinstance(passage, str):
            written.append(escaped(passage))
        else:
            title, header, rows = passage
            cells = [[*map(escaped, row)] for row in rows]
            written.append(write(escaped(title), [*map(escaped, header)], cells))
    return "\n\n".join(filter(None, written))
