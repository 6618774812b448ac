"""Assessments by the name of the share, written as text, JSON, CSV, Markdown or LaTeX."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nn.display import Markup, html_table, tag
from nn.markup import Passage, latex, markdown, terminal_text
from nn.metrics.assessment import Assessment
from nn.metrics.sheets import PART_WORDS, method, sheets

ByShare = Mapping[str, Assessment]


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


def passages_of(assessments: ByShare) -> Iterator[Passage]:
    """The tables of each share with its remark; where they come from."""
    for share, assessment in assessments.items():
        found = sheets(share, assessment)
        yield from found[:1]
        yield assessment.remark
        yield from found[1:]
    yield method(assessments)


def text_report(assessments: ByShare) -> str:
    """Format tables for a terminal, with remarks."""
    return terminal_text(passages_of(assessments))


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
    others = {"others": assessment.others} if assessment.others else {}
    return {
        "task": assessment.task,
        "rows": assessment.rows,
        "metrics": {name: found._asdict() for name, found in assessment.metrics.items()},
        "baseline": assessment.always or None,
        "remark": assessment.remark or None,
        "scaled_loss": assessment.scaled_loss,
        f"by_{PART_WORDS[assessment.task]}": parts,
        **confusion,
        **others,
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
        for title, other in assessment.others.items():
            for name, value in other.items():
                writer.writerow([share, name, title, "", value, "", "", ""])
        for name, values in assessment.by_part.items():
            for part, value in zip(assessment.parts, values, strict=True):
                writer.writerow([share, name, part, "", value, "", "", ""])
        for part, counts in zip(assessment.parts, assessment.confusion or (), strict=False):
            for answer, count in zip(assessment.parts, counts, strict=True):
                writer.writerow([share, "confusion", part, answer, count, "", "", ""])
    return text.getvalue().rstrip("\n")


def markdown_report(assessments: ByShare) -> str:
    """Tables as GitHub's Markdown has them."""
    return markdown(passages_of(assessments))


def latex_report(assessments: ByShare) -> str:
    """Tables as LaTeX has them without any package."""
    return latex(passages_of(assessments))


WRITERS: Mapping[str, Callable[[ByShare], str]] = {
    "text": text_report,
    "json": json_report,
    "csv": csv_report,
    "markdown": markdown_report,
    "latex": latex_report,
}
