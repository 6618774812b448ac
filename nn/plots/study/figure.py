"""Puts the charts of a study together, under its name and its ruler."""

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from nn.plots import style
from nn.plots.study.endings import Groups
from nn.plots.study.layouts import layout_of
from nn.studies.facts import groups_by_variant, stored_facts
from nn.studies.study import Study
from nn.studies.summary import Summary, summarize

STUDY_WIDTH = 10.0
PANEL_SHARE = 0.52
"""Of the width, for a chart in a figure of its own."""
RULER_WIDTH = 150
"""Characters of a line of the ruler."""
RULER_SIZE = style.FONT_SIZE - 2.5
INCH = 72.0


def study_figure(study: Study, summary: Summary, title: str = "", groups: Groups = ()) -> Figure:
    """Draw a study: one variant by its course and its end points, several by what they differ in.

    The ruler, without which a share solved says nothing, stands under the title; without a title there is
    neither, as where both stand beside the picture. ``groups`` are those of the only variant's runs that
    missed the goal.
    """
    bands = layout_of(study, summary, groups)
    if title and len(study.members) < len(study.plan):
        title = f"{title}: {len(study.members):,} of {len(study.plan):,} runs finished"
    heading = heading_lines(str(summary.ruler)) if title else []
    above = heading_height(heading) if title else 0.0
    height = sum(band.height for band in bands) + above
    figure = style.figure(STUDY_WIDTH, height)
    engine = figure.get_layout_engine()
    assert engine
    engine.set(rect=(0, 0, 1, 1 - above / height))  # type: ignore[call-arg]
    if title:
        write_heading(figure, title, heading)
    grid = figure.add_gridspec(len(bands), 1, height_ratios=[band.height for band in bands])
    for number, band in enumerate(bands):
        inner = grid[number].subgridspec(1, len(band.charts))
        for place, chart in enumerate(band.charts):
            chart(figure.add_subplot(inner[place]))
    return figure


def figure_of_folder(folder: Path) -> Figure:
    """Draw a study from its folder; ValueError where the folder is none."""
    study = Study.open(folder)
    groups = next(iter(groups_by_variant(stored_facts(folder))), [])
    return study_figure(study, summarize(study), folder.resolve().name, groups)


def study_panels(study: Study, summary: Summary, groups: Groups = ()) -> Iterator[Figure]:
    """The same charts without title and ruler, a figure for each, but for those that share rows."""
    for band in layout_of(study, summary, groups):
        whole = len(band.panels) == 1
        for panel in band.panels:
            width = STUDY_WIDTH * (1.0 if whole else PANEL_SHARE * len(panel))
            figure = style.figure(width, band.height)
            for chart, axes in zip(panel, figure.subplots(1, len(panel), squeeze=False)[0], strict=True):
                chart(axes)
            yield figure


def heading_lines(ruler: str) -> list[str]:
    """The ruler in lines."""
    return textwrap.wrap(ruler, RULER_WIDTH)


def heading_height(lines: Sequence[str]) -> float:
    """The height of the title and the ruler, in inches."""
    return (1.9 * (style.FONT_SIZE + 2) + 1.3 * RULER_SIZE * len(lines)) / INCH


def write_heading(figure: Figure, title: str, ruler: Sequence[str]) -> None:
    """Write the title and, under it, the ruler."""
    height, left = figure.get_figheight(), 0.015
    down = 1 - 0.5 * style.FONT_SIZE / INCH / height
    figure.text(left, down, title, va="top", fontsize=style.FONT_SIZE + 2, color=style.INK, parse_math=False)
    down -= 1.45 * (style.FONT_SIZE + 2) / INCH / height
    look: Any = {"va": "top", "color": style.FAINT, "parse_math": False, "linespacing": 1.3}
    figure.text(left, down, "\n".join(ruler), fontsize=RULER_SIZE, **look)
