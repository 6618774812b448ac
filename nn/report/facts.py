"""Writes the text and tables of a page: metrics, findings, columns, configuration."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from nn.display import Markup, tag
from nn.display import html_table as table
from nn.metrics.numbers import interval_text, metric_number, metric_title
from nn.runs.assessing import kept_assessments
from nn.runs.comparison import comparison_columns
from nn.runs.differences import flatten, value_text
from nn.runs.metrics import metric_text
from nn.runs.reading import Run


def outcome(run: Run) -> str:
    """Say how the run ended."""
    columns = comparison_columns([run])
    ended = (run.stopped or "").replace("_", " ")
    why = f"ended by: {ended}" if ended else "has not ended: it was killed, or it is still running"
    weights = f"; the weights are those after epoch {run.kept_epoch:,}" if run.model else ""
    return f"{why}; {columns['epochs run'][0]} epochs in {columns['time'][0]}{weights}"


def metric_sections(run: Run) -> Iterator[Markup]:
    """Yield a table of the final metrics of each share."""
    shares = {name: values for name, values in ((run.facts or {}).get("metrics") or {}).items() if values}
    if shares:
        names = list(dict.fromkeys(name for values in shares.values() for name in values))
        rows = [
            [share, *(metric_text(name, values.get(name)) for name in names)]
            for share, values in shares.items()
        ]
        yield table(["share", *names], rows)


def assessment_sections(run: Run) -> Iterator[Markup]:
    """Yield the metrics of each share beside their baselines, and whether they are better."""
    remarks = (run.facts or {}).get("remarks") or {}
    for share, metrics in kept_assessments(run.facts).items():
        if remarks.get(share):
            yield tag("p", f"{share}: {remarks[share]}", class_="note")
        has_intervals = any(low is not None for _, low, _, _ in metrics.values())
        header = [share, "value", *(["95 % interval"] if has_intervals else []), "baseline"]
        rows = []
        for name, (value, low, high, baseline) in metrics.items():
            interval = [interval_text(name, low, high)] if has_intervals else []
            numbers = metric_number(name, value), *interval, metric_number(name, baseline)
            rows.append([metric_title(name), *numbers])
        yield table(header, rows)


def finding_sections(run: Run) -> Iterator[Markup]:
    """Yield why the network does not learn, where it does not, each with the setting that helps."""
    if findings := (run.facts or {}).get("findings"):
        yield tag("h2", "Findings")
        yield tag("ol", *(tag("li", f"{one['text']}: ", tag("code", one["setting"])) for one in findings))


def column_sections(run: Run) -> Iterator[Markup]:
    """Yield what the columns of a table are, and what was inferred of it."""
    notes = (run.facts or {}).get("notes") or []
    preprocessing = run.model.preprocessing if run.model else None
    if notes or (preprocessing is not None and not preprocessing.plain):
        yield tag("h2", "Columns")
    if preprocessing is not None and not preprocessing.plain:
        yield preprocessing._repr_html_()
    for note in notes:
        yield tag("p", note, class_="note")


def configuration_figure(run: Run) -> Markup:
    """Write the whole configuration, with values other than the defaults in bold."""
    own = dict(flatten(defaults_left_out(run)))
    rows = []
    for key, value in flatten(run.config):
        cells = tag("th", key, scope="row"), tag("td", value_text(value))
        rows.append(tag("tr", *cells, class_="own" if key in own else "default"))
    return tag(
        "figure",
        tag("div", tag("table", tag("tbody", *rows)), class_="scroll"),
        tag("figcaption", "Bold: not the default."),
    )


def defaults_left_out(run: Run) -> Any:
    """Return the configuration without its defaults."""
    try:
        return run.experiment.config.model_dump(exclude_defaults=True)
    except ValueError:  # a run of another version, or whose data are gone
        return run.config


def repetition(run: Run) -> Iterator[Markup]:
    """Yield the commands that repeat the run, and what the result depends on."""
    yield tag("pre", f"nn train {run.folder / 'config.yaml'}\nnn verify {run.folder}")
    yield dependence(run.facts or {})


def dependence(facts: Mapping[str, Any]) -> Markup:
    """A table of what a result depends on other than its configuration."""
    versions = ", ".join(f"{name} {number}" for name, number in (facts.get("versions") or {}).items())
    cpu = facts.get("cpu") or {}
    told = {
        "engine": " ".join(str(facts.get(key) or "") for key in ("engine", "compiler")).strip(),
        "versions": versions,
        "machine": f"{facts.get('machine', '')}, {cpu.get('model', '')}".strip(", "),
        "threads": str(facts.get("threads") or ""),
        "data": json.dumps(facts.get("data") or {}).strip("{}").replace('"', ""),
    }
    return table(["it depends on", ""], [[name, text] for name, text in told.items() if text])
