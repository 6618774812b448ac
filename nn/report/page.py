"""Writes the page: the results of a run, its curves, its predictions, its configuration; or several runs."""

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from matplotlib.figure import Figure

from nn.display import Markup, tag
from nn.display import html_table as table
from nn.metrics.numbers import interval_text, metric_number, metric_title
from nn.plots import style
from nn.plots.ensemble import is_ensemble, of_seeds
from nn.plots.pictures import all_pictures
from nn.plots.regions import draw_answers
from nn.plots.view import View
from nn.report.curves import chart
from nn.report.diagram import diagram
from nn.report.html import picture
from nn.runs.assessing import kept_assessments
from nn.runs.comparison import compared
from nn.runs.differences import flatten, value_text
from nn.runs.metrics import metric_text
from nn.runs.reading import Run

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""Forbids the page to load anything from elsewhere."""
MAX_SLIDER_SNAPSHOTS = 12
"""At most so many snapshots are in the slider."""
WIDE = 7.5
"""Figures wider than so many inches have a row of their own."""
ELSEWHERE = ("loss", "answers")
"""Pictures that the page shows in another form."""


def page(runs: Sequence[Run]) -> str:
    """Return the HTML page of one run, or of several, beginning with a table of them."""
    style.reset()
    title = runs[0].name if len(runs) == 1 else f"{len(runs)} runs"
    body = [tag("h1", title), *(sections(runs[0]) if len(runs) == 1 else overview(runs))]
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", raw("page.css")),
    ]
    script = tag("script", raw("page.js"))
    whole = tag("html", tag("head", *head), tag("body", tag("main", *body), script), lang="en")
    return f"<!doctype html>\n{whole}\n"


def raw(name: str) -> Markup:
    """Read a file of this folder."""
    return Markup((files("nn.report") / name).read_text(encoding="utf-8"))


def overview(runs: Sequence[Run]) -> Iterator[Markup]:
    """Yield a table of the runs, their curves in one chart, and the sections of each run, folded."""
    columns = compared(runs)
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


def outcome(run: Run) -> str:
    """Say how the run ended."""
    columns = compared([run])
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


def curve_sections(runs: Sequence[Run]) -> Iterator[Markup]:
    """Yield the curves of the loss and, if there is any, of the accuracy."""
    for metric, title in (("loss", "Loss"), ("accuracy", "Accuracy")):
        if is_ensemble(runs) and all(metric in run.metrics for run in runs):
            yield tag("h2", title)
            figure = of_seeds(runs, metric, "epoch")
            yield tag("figure", picture(figure, f"{title} of {len(runs)} seeds: median and quartiles"))
        elif drawn := chart(runs, metric):
            yield tag("h2", title)
            yield drawn


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


def network_sections(run: Run) -> Iterator[Markup]:
    """Yield the predictions, during training too; a diagram of the network; statistics of its layers."""
    try:
        view = View.of(run)
    except ValueError as error:
        yield tag("p", str(error), class_="note")
        return
    yield tag("h2", "Predictions")
    yield answer_figure(view)
    if drawn := diagram(view):
        yield tag("h2", "The network")
        yield tag(
            "figure",
            tag("div", drawn, class_="scroll"),
            tag(
                "figcaption",
                "Width: size of a weight, against the largest of its layer. Blue: positive, brown: negative.",
            ),
        )
    pictures = list(other_pictures(run))
    if pictures:
        yield tag("h2", "A closer look")
        yield tag("div", *pictures, class_="pictures")


def answer_figure(view: View) -> Markup:
    """Draw the predictions of the kept network, with a slider over the snapshots if there are any."""
    if view.run.snapshots is None:
        final = answer_picture(view, f"What {view.run.name} answers over its inputs")
        hint = "train with --set training.snapshots=20 to see it learn"
        return tag("figure", final, tag("figcaption", hint))
    found = view.snapshots.chosen(MAX_SLIDER_SNAPSHOTS, view.epoch)
    images = []
    for epoch, parameters in zip(found.epochs.tolist(), found.parameters, strict=True):
        shown, name = "shown" if epoch == view.epoch else "", view.named(epoch)
        with view.at(parameters):
            images.append(answer_picture(view, f"Answers after {name}", class_=shown, data_name=name))
    opened = found.epochs.tolist().index(view.epoch)
    slider = tag(
        "input",
        type="range",
        min="0",
        max=str(len(images) - 1),
        value=str(opened),
        aria_label="snapshot",
        step="1",
    )
    moved = tag("label", slider, tag("output", view.named(view.epoch)), hidden=True)
    return tag("figure", *images, moved, class_="snapshots")


def answer_picture(view: View, alt: str, **attributes: Any) -> Markup:
    """Draw the predictions with the current weights."""
    figure = Figure((6.4, 4.2))  # a fixed layout, so that nothing moves with the slider
    figure.subplots_adjust(left=0.12, right=0.8, bottom=0.13, top=0.93)
    draw_answers(figure.subplots(), view)
    return picture(figure, alt, **attributes)


def other_pictures(run: Run) -> Iterator[Markup]:
    """Yield all other pictures that can be drawn of this run."""
    for name, found in all_pictures().items():
        if name in ELSEWHERE:
            continue
        try:
            figure = found.draw(run)
        except ValueError:
            continue
        figure.suptitle("")
        shape = "wide" if figure.get_figwidth() > WIDE else ""
        yield tag("figure", picture(figure, found.about), tag("figcaption", found.about), class_=shape)


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
    facts = run.facts or {}
    versions = ", ".join(f"{name} {number}" for name, number in (facts.get("versions") or {}).items())
    cpu = facts.get("cpu") or {}
    told = {
        "engine": " ".join(str(facts.get(key) or "") for key in ("engine", "compiler")).strip(),
        "versions": versions,
        "machine": f"{facts.get('machine', '')}, {cpu.get('model', '')}".strip(", "),
        "threads": str(facts.get("threads") or ""),
        "data": json.dumps(facts.get("data") or {}).strip("{}").replace('"', ""),
    }
    yield table(["it depends on", ""], [[name, text] for name, text in told.items() if text])
