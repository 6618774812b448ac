"""Writes the page: one HTML file that asks for nothing else."""

import html
import json

from nn.export.layout import text_of
from nn.export.recording import ExportError
from nn.playground.material import material
from nn.playground.sections import SECTIONS
from nn.playground.steps import TrainingSteps

MAX_BYTES = 2 << 20


def playground(steps: TrainingSteps, name: str, command: str) -> str:
    """Return the page of an experiment with a name, which ``command`` trains elsewhere.

    It has as many starts as fit. Raises ExportError for one of more than 2 MiB.
    """
    own = {section.name: found for section in SECTIONS if (found := section.data(steps)) is not None}
    data = material(steps) | own
    texts = {
        "STYLE": "".join(
            [text_of("page.css", "nn.playground"), *(section.text("css") for section in SECTIONS)]
        ),
        "SECTIONS": "".join(section.text("html") for section in SECTIONS),
        "SCRIPT": script(steps),
        "TITLE": html.escape(name),
        "COMMAND": html.escape(command),
    }
    while True:
        written = json.dumps(data, allow_nan=False).replace("<", "\\u003c")
        found = text_of("page.html", "nn.playground", **texts, DATA=written)
        size = len(found.encode())
        if size <= MAX_BYTES:
            return found
        if len(data["starts"]) == 1:
            raise ExportError(
                f"data: the page would have {size / 2**20:.1f} MiB, and 2 is the most: take fewer samples"
            )
        data["starts"].pop()


def script(steps: TrainingSteps) -> str:
    """Return the module of the page: programs, trainer, what sections share, sections, controls."""
    programs = [line for section in SECTIONS for line in section.programs(steps)]
    shared, controls = (text_of(name, "nn.playground") for name in ("views.mjs", "controls.mjs"))
    blocks = [f"{{\n{section.text('mjs')}}}" for section in SECTIONS]
    return "\n".join([*steps.trainer_lines, *programs, "", shared, *blocks, "", controls])
