"""Writes the page of a study: its charts, its tables, where runs ended, its conditions, how to repeat it."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from nn.config.load import dump
from nn.display import Markup, counted, tag
from nn.display import html_table as table
from nn.endpoints.units import UnitCounts
from nn.plots import style
from nn.plots.study import study_panels
from nn.plots.study.endings import Groups, answers_told
from nn.report.facts import dependence
from nn.report.html import document, picture
from nn.report.pictures import WIDE
from nn.studies.facts import groups_by_variant, stored_facts
from nn.studies.plan import Plan
from nn.studies.sheets import sheets_of
from nn.studies.study import Study
from nn.studies.summary import summarize
from nn.studies.tables import ending_words, methods
from nn.studies.values import parse_values, seed_ranges
from nn.studies.variants import Variant, is_seed

HEADLINE = ("Goal", "Limit", "Runs")
"""The conditions that stand above all."""

HEADLINE = ("Goal", "Limit", "Runs")
"""The conditions that stand above all."""


def study_page(folder: Path) -> str:
    """Return the HTML page of a study, made from its folder alone; ValueError where the folder is none."""
    style.reset()
    study, name = Study.open(folder), folder.resolve().name
    return document(name, [tag("h1", name), *study_sections(study, stored_facts(folder), folder)])


def study_sections(study: Study, facts: Mapping[str, Any], folder: Path) -> Iterator[Markup]:
    """Yield the sections of the page; those for which there is nothing are left out."""
    summary, groups = summarize(study), groups_by_variant(facts)
    conditions = summary.ruler.conditions
    yield tag("p", " ".join(f"{name}: {conditions[name]}." for name in HEADLINE), class_="note")
    if len(study.members) < len(study.plan):
        finished = f"{len(study.members):,} of {counted(len(study.plan), 'run')} finished."
        yield tag("p", finished, class_="note")
    panels = study_panels(study, summary, next(iter(groups), []))
    yield tag("div", *map(chart_figure, panels), class_="pictures")
    yield tag("h2", "In numbers")
    for sheet in sheets_of(summary):
        yield tag("h3", sheet.title)
        yield tag("div", table(sheet.header, sheet.rows), class_="numbers")
    yield tag("p", f"{ending_words(summary)} {methods(summary)}", class_="note")
    yield from end_sections(groups, study.plan, folder)
    yield tag("h2", "Conditions")
    yield table(["condition", ""], [[name, text] for name, text in conditions.items()])
    yield tag("details", tag("summary", "Configuration"), tag("pre", dump(study.plan.config)))
    yield tag("h2", "Reproduction")
    yield tag("pre", study_command(study.plan, folder))
    yield dependence(facts)


def chart_figure(figure: Figure) -> Markup:
    """Embed a chart, described by the labels of its axes; a wide one has a row of its own."""
    axes = [(one.get_ylabel(), one.get_xlabel()) for one in figure.axes]
    told = "; ".join(" over ".join(filter(None, labels)) for labels in axes)
    wide = figure.get_figwidth() > WIDE
    drawn = tag("div", picture(figure, told), class_="scroll" if wide else "")
    return tag("figure", drawn, class_="wide" if wide else "")


def end_sections(groups: Sequence[Groups], plan: Plan, folder: Path) -> Iterator[Markup]:
    """Yield where the runs of each variant ended that missed the goal."""
    if any(groups):
        yield tag("h2", "Where the runs ended that missed the goal")
        yield tag("p", "A group: end points that are equal up to symmetries of the network.", class_="note")
    for variant, own in zip(plan.variants, groups, strict=False):
        if own:
            yield from [tag("h3", variant.label)] if variant.label else []
            yield tag("div", group_table(own), class_="verdicts")
            seed = own[0]["seed"]
            yield tag("p", f"Seed {seed} of the first group explained, and trained alone:", class_="note")
            explained = shlex.join(["nn", "study", str(folder), "--explain", f"{seed}"])
            yield tag("pre", f"{explained}\n{run_command(variant, seed, folder)}")


def group_table(groups: Groups) -> Markup:
    """A line for each group: how many runs, its loss, what is wrong, its representative and its verdict."""
    rows = []
    for group in groups:
        share = f"{group['count']:,} ({style.percent(round(group['share'], 3))})"
        loss = "not finite" if group["loss"] is None else style.powers(group["loss"])
        wrong = f"{len(group['wrong']):,} of {group['rows']:,}"
        if told := answers_told(group):
            wrong += f": {told}"
        units = str(UnitCounts(**group["units"])) or "–"
        verdict = f"{group['verdict']['kind']}: {group['verdict']['text']}"
        rows.append([share, loss, wrong, units, f"{group['seed']}", verdict])
    return table(["runs", "loss", "wrong rows", "units", "seed", "verdict"], rows)


def run_command(variant: Variant, seed: int, folder: Path) -> str:
    """The command that trains one member of a variant alone."""
    chosen = [f"{key}={argument_text(value)}" for key, value in variant.settings.items()]
    chosen += [f"seed.{kind}={seed}" for kind in variant.follows]
    options = [word for setting in chosen for word in ("--set", setting)]
    return shlex.join(["nn", "train", str(folder / "config.yaml"), *options])


def study_command(plan: Plan, folder: Path) -> str:
    """The command that repeats a study from the configuration in its folder."""
    words = ["nn", "study", str(folder / "config.yaml")]
    if not any(is_seed(key) for key in plan.vary):
        words += ["--seeds", ranges_text(plan.seeds)]
    for key, values in plan.vary.items():
        text = ranges_text(values) if is_seed(key) else ",".join(map(argument_text, values))
        words += ["--vary", f"{key}={text}"]
    if plan.folds:
        words += ["--folds", f"{plan.folds}", "--repeats", f"{plan.repeats}"]
    return shlex.join(words)


def argument_text(value: Any) -> str:
    """A value as the command line takes it: a word as it stands where it is read as one, else as in JSON."""
    if isinstance(value, str):
        with suppress(ValueError):
            if parse_values(value) == (value,):
                return value
    return json.dumps(value, ensure_ascii=False)


def ranges_text(seeds: Any) -> str:
    """Seeds as the command takes them: ``0:1000``."""
    return ",".join(f"{start}:{stop}" for start, stop in seed_ranges(seeds))
