"""Writes the page: one HTML file that asks for nothing else."""

import html
import json
from collections.abc import Iterable

from nn.config.lesson import LessonConfig
from nn.export.layout import template, text_of
from nn.export.recording import ExportError
from nn.playground.lesson import lesson_section, starts_of
from nn.playground.material import material
from nn.playground.sections import SECTIONS, PageSection
from nn.playground.steps import TrainingSteps
from nn.playground.units import own_units

MAX_BYTES = 2 << 20


def playground(steps: TrainingSteps, name: str, command: str, lesson: LessonConfig | None = None) -> str:
    """Return the page of an experiment with a name, which ``command`` trains elsewhere.

    It has as many starts as fit, and those of its lesson. Raises ExportError for a page of more than 2 MiB,
    ConfigError for what a lesson wants and the page does not have.
    """
    sections = [section for section in SECTIONS if section.suits(steps)]
    if lesson is not None:
        sections.insert(0, lesson_section(lesson))
    fewest = 1 if lesson is None else starts_of(lesson, steps)
    own = {section.name: section.data(steps) for section in sections}
    data = material(steps) | {"units": own_units(steps.experiment.model), "command": command} | own
    texts = {
        "STYLE": template("page.css", "nn.playground") + "".join(one.text("css") for one in sections),
        "SECTIONS": "".join(one.text("html") for one in sections),
        "SCRIPT": script(steps, sections),
        "TITLE": html.escape(name),
    }
    while True:
        written = json.dumps(data, allow_nan=False).replace("<", "\\u003c")
        found = text_of("page.html", "nn.playground", **texts, DATA=written)
        size = len(found.encode())
        if size <= MAX_BYTES:
            return found
        if len(data["starts"]) <= fewest:
            raise ExportError(
                f"data: the page would have {size / 2**20:.1f} MiB, and 2 is the most: take fewer samples"
            )
        data["starts"].pop()


def script(steps: TrainingSteps, sections: Iterable[PageSection]) -> str:
    """Return the module of the page: programs, trainer, what sections share, sections, controls."""
    programs = [line for section in sections for line in section.programs(steps)]
    shared, controls = (text_of(name, "nn.playground") for name in ("views.mjs", "controls.mjs"))
    blocks = [f'{{\n{section.text("mjs")}}}\nplace("{section.name}");' for section in sections]
    return "\n".join([*steps.trainer_lines, *programs, "", shared, *blocks, "", controls])
