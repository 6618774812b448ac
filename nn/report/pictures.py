"""Writes the pictures of a page: predictions, during training too, the network, statistics of its layers."""

from collections.abc import Iterator
from typing import Any

from matplotlib.figure import Figure

from nn.display import Markup, tag
from nn.plots.network import figure_of_portrait, portrait_of
from nn.plots.pictures import all_pictures
from nn.plots.regions import draw_answers
from nn.plots.view import View
from nn.report.html import picture
from nn.runs.reading import Run

MAX_SLIDER_SNAPSHOTS = 12
"""The maximum number of snapshots in the slider."""
WIDE = 7.5
"""Figures wider than this, in inches, have a row of their own."""
ELSEWHERE = ("loss", "answers", "network")
"""Pictures that the page shows in another form."""


def network_sections(run: Run) -> Iterator[Markup]:
    """Yield the predictions, during training too; a diagram of the network; statistics of its layers."""
    try:
        view = View.of(run)
    except ValueError as error:
        yield tag("p", str(error), class_="note")
        return
    yield tag("h2", "Predictions")
    yield answer_figure(view)
    yield from network_figure(view)
    pictures = list(other_pictures(run))
    if pictures:
        yield tag("h2", "A closer look")
        yield tag("div", *pictures, class_="pictures")


def network_figure(view: View) -> Iterator[Markup]:
    """Yield the diagram of the network; or why there is none."""
    yield tag("h2", "The network")
    try:
        found = portrait_of(view)
    except ValueError as error:
        yield tag("p", str(error), class_="note")
        return
    first, last = (", ".join(column.names) for column in (found.layout.columns[0], found.layout.columns[-1]))
    said = f"Network of {found.layout.sizes} units, from {first} to {last}"
    yield tag("figure", picture(figure_of_portrait(found), ". ".join([said, *found.stuck_words])))


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
