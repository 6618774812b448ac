"""The sections of a page: each shows one thing, and has its own texts, programs and data."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from nn.export.layout import template
from nn.playground.flow import flow_data, flow_lines
from nn.playground.responses import diagram_data, response_lines, why_undrawn
from nn.playground.saturation import has_hidden_activations, saturation_data, saturation_lines
from nn.playground.settings import ranges
from nn.playground.steps import TrainingSteps
from nn.playground.taking import taking_data, taking_lines


@dataclass(frozen=True)
class PageSection:
    """A section: ``texts/NAME.mjs.in``, with ``NAME.html.in`` and ``NAME.css.in`` where it has them.

    Its script stands in a block of its own, after ``views.mjs.in``, whose names it may use.
    """

    name: str
    programs: Callable[[TrainingSteps], Iterable[str]] = lambda steps: ()
    """The lines of its functions, printed from recorded programs; all sections see them."""
    data: Callable[[TrainingSteps], Any] = lambda steps: None
    """What its script finds as ``data.NAME``, to be written as JSON; None for nothing."""
    suits: Callable[[TrainingSteps], bool] = lambda steps: True
    """Whether a page has it."""

    def text(self, kind: str) -> str:
        """Return its text of a kind (mjs, html, css), which may be empty."""
        name = f"{self.name}.{kind}"
        there = (files("nn.playground") / "texts" / f"{name}.in").is_file()
        return template(name, "nn.playground") if there else ""


def answers_shown_by(steps: TrainingSteps) -> str:
    """The section that shows the answers: of one or two inputs all of them, else a summary."""
    network, is_classification = steps.step.network, steps.experiment.model.classes is not None
    if network.inputs == 2 and (is_classification or network.outputs == 1):
        return "map"
    if network.inputs == network.outputs == 1:
        return "map"
    return "confusion" if is_classification else "answers"


SECTIONS = (
    PageSection("map", suits=lambda steps: answers_shown_by(steps) == "map"),
    PageSection("confusion", suits=lambda steps: answers_shown_by(steps) == "confusion"),
    PageSection("answers", suits=lambda steps: answers_shown_by(steps) == "answers"),
    PageSection("diagram", response_lines, diagram_data, suits=lambda steps: why_undrawn(steps) is None),
    PageSection("undrawn", data=why_undrawn, suits=lambda steps: why_undrawn(steps) is not None),
    PageSection("curves"),
    PageSection("settings", data=ranges, suits=lambda steps: bool(steps.hyperparameters)),
    PageSection("saturation", saturation_lines, saturation_data, has_hidden_activations),
    PageSection("sample", flow_lines, flow_data),
    PageSection("taking", taking_lines, taking_data),
)
"""In the order of the page."""
