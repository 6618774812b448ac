"""Writes the page: one HTML file that asks for nothing else."""

import html
import json

from nn.export.layout import text_of
from nn.export.recording import ExportError
from nn.playground.material import material
from nn.playground.steps import TrainingSteps

MAX_BYTES = 2 << 20


def playground(steps: TrainingSteps, name: str, command: str) -> str:
    """Return the page of an experiment with a name, which ``command`` trains elsewhere.

    Raises ExportError for one of more than 2 MiB.
    """
    parts = [text_of(f"{part}.mjs", "nn.playground") for part in ("pictures", "controls")]
    script = "\n".join([*steps.trainer_lines, "", *parts])
    found = text_of(
        "page.html",
        "nn.playground",
        STYLE=text_of("page.css", "nn.playground"),
        SCRIPT=script,
        TITLE=html.escape(name),
        COMMAND=html.escape(command),
        DATA=json.dumps(material(steps), allow_nan=False).replace("<", "\\u003c"),
    )
    size = len(found.encode())
    if size > MAX_BYTES:
        raise ExportError(
            f"data: the page would have {size / 2**20:.1f} MiB, and 2 is the most: take fewer samples"
        )
    return found
