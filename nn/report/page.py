"""Writes the page: the results of a run, its curves, its predictions, its configuration; or several runs."""

from collections.abc import Iterator, Sequence

from nn.display import Markup, tag
from nn.display import html_table as table
from nn.plots import style
from nn.plots.ensemble import draw_seeds, is_ensemble
from nn.report.curves import chart
from nn.report.facts import (
    assessment_sections,
    column_sections,
    configuration_figure,
    finding_sections,
    metric_sections,
    outcome,
    repetition,
)
from nn.report.html import document, picture
from nn.report.pictures import network_sections
from nn.runs.comparison import comparison_columns
from nn.runs.reading import Run


def page(runs: Sequence[Run]) -> str:
    """Return the HTML page of one run, or of several, beginning with a table of them."""
    style.reset()
    title = runs[0].name if len(runs) == 1 else f"{len(runs)} runs"
    body = [tag("h1", title), *(sections(runs[0]) if len(runs) == 1 else overview(runs))]
    return document(title, body)


def overview(runs: Sequence[Run]) -> Iterator[Markup]:
    """Yield a table of the runs, their curves in one chart, and the sections of each run, folded."""
    columns = comparison_columns(runs)
    yield table(list(columns), [list(row) for row in zip(*columns.values(), strict=True)])
    yield from curve_sections(runs)
    for run in runs:
        yield tag("details", tag("summary", run.name), *sections(run))


def sections(run: Run) -> Iterator[Markup]:
    """Yield the sections on a run; those for which it lacks the data are left out."""
    yield tag("p", outcome(run), class_="note")
    yield from metric_sections(run)
    yield from assessment_sections(run)
    yield from finding_sections(run)
    yield from curve_sections([run])
    yield from column_sections(run)
    yield from network_sections(run)
    yield tag("h2", "Configuration")
    yield configuration_figure(run)
    yield tag("h2", "Reproduction")
    yield from repetition(run)


def curve_sections(runs: Sequence[Run]) -> Iterator[Markup]:
    """Yield the curves of the loss and, if there is any, of the accuracy."""
    for metric, title in (("loss", "Loss"), ("accuracy", "Accuracy")):
        if is_ensemble(runs) and all(metric in run.metrics for run in runs):
            yield tag("h2", title)
            figure = draw_seeds(runs, metric, "epoch")
            yield tag("figure", picture(figure, f"{title} of {len(runs)} seeds: median and quartiles"))
        elif drawn := chart(runs, metric):
            yield tag("h2", title)
            yield drawn
