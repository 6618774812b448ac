"""Assessments by the name of the share, written as text, JSON, CSV, Markdown or LaTeX."""

import csv
import io
import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nn.display import Markup, html_table, table, tag, width
from nn.metrics.assessment import Assessment
from nn.metrics.sheets import PART_WORDS, method, sheets

ByShare = Mapping[str, Assessment]
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
}


class Assessments(dict[str, Assessment]):
    """Assessments by the name of the share, which show themselves as tables."""

    def __repr__(self) -> str:
        return text_report(self)

    def _repr_html_(self) -> Markup:
        tables = [
            part
            for share, assessment in self.items()
            for title, header, rows in sheets(share, assessment)
            for part in (tag("p", title), html_table(header, rows))
        ]
        remarks = [tag("p", one.remark) for one in self.values() if one.remark]
        return tag("div", *remarks, *tables, tag("p", method(self)))


def text_report(assessments: ByShare) -> str:
    """Format tables for a terminal, with remarks."""
    blocks = []
    for share, assessment in assessments.items():
        for number, (title, header, rows) in enumerate(sheets(share, assessment)):
            blocks.append(f"{title}\n{table([header, *rows], '<' + '>' * (len(header) - 1))}")
            if number == 0:
                blocks.append(assessment.remark)
    blocks.append(textwrap.fill(method(assessments), width()))
    return "\n\n".join(filter(None, blocks))


def json_report(assessments: ByShare) -> str:
    """All there is, a mapping by share; ``null`` where something is not decided."""
    return json.dumps({share: json_ready(assessment) for share, assessment in assessments.items()}, indent=2)


def json_ready(assessment: Assessment) -> dict[str, Any]:
    """An assessment as JSON can hold it."""
    parts: dict[str, Any] = {
        name: {metric: values[k] for metric, values in assessment.by_part.items()}
        for k, name in enumerate(assessment.parts)
    }
    confusion = {} if assessment.confusion is None else {"confusion": assessment.confusion}
    return {
        "task": assessment.task,
        "rows": assessment.rows,
        "metrics": {name: found._asdict() for name, found in assessment.metrics.items()},
        "baseline": assessment.always or None,
        "remark": assessment.remark or None,
        "scaled_loss": assessment.scaled_loss,
        f"by_{PART_WORDS[assessment.task]}": parts,
        **confusion,
    }


def csv_report(assessments: ByShare) -> str:
    """A line for each number: share, metric, class (target, label), answer, and what there is of it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["share", "metric", "of", "answer", "value", "low", "high", "baseline"])
    for share, assessment in assessments.items():
        writer.writerow([share, "rows", "", "", assessment.rows, "", "", ""])
        for name, found in assessment.metrics.items():
            writer.writerow([share, name, "", "", *found])
        for name, values in assessment.by_part.items():
            for part, value in zip(assessment.parts, values, strict=True):
                writer.writerow([share, name, part, "", value, "", "", ""])
        for part, counts in zip(assessment.parts, assessment.confusion or (), strict=False):
            for answer, count in zip(assessment.parts, counts, strict=True):
                writer.writerow([share, "confusion", part, answer, count, "", "", ""])
    return text.getvalue().rstrip("\n")


def markdown_report(assessments: ByShare) -> str:
    """Tables as GitHub's Markdown has them."""
    return write_markup(assessments, MARKDOWN, markdown_table)


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


def latex_report(assessments: ByShare) -> str:
    """Tables as LaTeX has them without any package."""
    return write_markup(assessments, LATEX, latex_table)


def latex_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table under its title, of cells that are LaTeX already."""
    lines = [" & ".join(cells) + r" \\" for cells in (header, *rows)]
    columns = "l" + "r" * (len(header) - 1)
    opening = [rf"\textbf{{{title}}}", "", rf"\begin{{tabular}}{{{columns}}}", r"\hline"]
    return "\n".join([*opening, lines[0], r"\hline", *lines[1:], r"\hline", r"\end{tabular}"])


def write_markup(
    assessments: ByShare, escapes: Mapping[int, str], write: Callable[[str, Sequence[str], Any], str]
) -> str:
    """Write all tables with their remarks, each text escaped."""

    def escaped(text: str) -> str:
        return " ".join(text.split()).translate(escapes)

    blocks = []
    for share, assessment in assessments.items():
        for number, (title, header, rows) in enumerate(sheets(share, assessment)):
            cells = [[*map(escaped, row)] for row in rows]
            blocks.append(write(escaped(title), [*map(escaped, header)], cells))
            if number == 0:
                blocks.append(escaped(assessment.remark))
    blocks.append(escaped(method(assessments)))
    return "\n\n".join(filter(None, blocks))


WRITERS: Mapping[str, Callable[[ByShare], str]] = {
    "text": text_report,
    "json": json_report,
    "csv": csv_report,
    "markdown": markdown_report,
    "latex": latex_report,
}
