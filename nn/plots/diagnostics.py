"""Draws layer statistics during training: activations, saturation, gradients, updates."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from nn.endpoints.units import SATURATED_SLOPE, level
from nn.layers.base import Activation
from nn.plots import style
from nn.plots.columns import ColumnLayout
from nn.plots.lines import draw_height_lines, scale_x, scale_y
from nn.plots.pictures import SNAPSHOTS, shows
from nn.plots.remarks import above
from nn.plots.stages import Stage, stages
from nn.plots.view import View
from nn.runs.reading import Run
from nn.training.objective import Objective

HISTOGRAM_SAMPLES = 512
"""The number of samples used for a histogram."""
HISTOGRAM_BINS = 40
MAX_HISTOGRAMS = 5
"""The maximum number of snapshots drawn as histograms."""


class Moment(NamedTuple):
    """The statistics of a network's layers at a snapshot."""

    epoch: int
    name: str
    """The epoch, marked if its weights are those that were kept."""
    activations: dict[str, NDArray[Any]]
    """The outputs of each layer, ``(rows, units)``."""
    flat: dict[str, float]
    """The share of each bounded activation's outputs at which its slope is low."""
    gradients: dict[str, NDArray[Any]]
    """The gradients of the weights of each dense layer."""
    weights: dict[str, NDArray[Any]]


def moments(view: View, count: int | None = None) -> list[Moment]:
    """Compute the statistics at ``count`` snapshots, or at all, on the first training samples."""
    samples = view.samples.take(slice(HISTOGRAM_SAMPLES))
    x, t = view.model.arrays(samples)
    model, found = view.model, view.snapshots
    if count:
        found = found.chosen(count, view.epoch)
    objective = Objective(model.network, model.loss, classification=False)
    result = []
    for epoch, parameters in zip(found.epochs.tolist(), found.parameters, strict=True):
        with view.at(parameters), np.errstate(all="ignore"):
            here = stages(view, samples.x)
            flat = {stage.name: share for stage in here if (share := flat_share(stage)) is not None}
            objective.forward(x, t)
            objective.backward()
            dense = {stage.name: stage.dense for stage in here if stage.dense}
            gradients = {name: layer.weight_grad.copy() for name, layer in dense.items()}
            weights = {name: layer.weight.copy() for name, layer in dense.items()}
            outputs = {stage.name: stage.values for stage in here}
            result.append(Moment(epoch, view.named(epoch), outputs, flat, gradients, weights))
    return result


def flat_share(stage: Stage) -> float | None:
    """Return the share of a bounded activation's last outputs at which its slope is low.

    The slopes come from the layer's own ``backward``. None for layers without bounds, and for softmax, each
    of whose outputs depends on all inputs.
    """
    layer = stage.layer
    if not (isinstance(layer, Activation) and layer.elementwise and np.all(np.isfinite(layer.bounds))):
        return None
    return float(np.mean(level(layer, np.abs(layer.backward(np.ones_like(stage.values))))))


@shows(
    "activations", "Outputs of each layer at the snapshots, and how many are saturated.", settings=SNAPSHOTS
)
def activations(run: Run) -> Figure:
    """Draw histograms of each layer's outputs at the snapshots, with the share that is saturated."""
    chosen = moments(View.of(run), MAX_HISTOGRAMS)
    return histograms(run, chosen, "activation", lambda moment: moment.activations, flat=True)


@shows("gradients", "Gradients of each layer at the snapshots.", config="spirals", settings=SNAPSHOTS)
def gradients(run: Run) -> Figure:
    """Draw histograms of the gradients of each layer's weights at the snapshots."""
    chosen = moments(View.of(run), MAX_HISTOGRAMS)
    return histograms(run, chosen, "gradient of a weight", lambda moment: moment.gradients, flat=False)


def histograms(
    run: Run,
    chosen: list[Moment],
    what: str,
    of: Callable[[Moment], dict[str, NDArray[Any]]],
    *,
    flat: bool,
) -> Figure:
    """Draw a grid of histograms, layers × snapshots; heights are shares of all values."""
    names = list(of(chosen[0]))
    figure = style.figure(1.0 + 1.75 * len(chosen), 0.9 + 1.5 * len(names), run.name)
    grid = figure.subplots(len(names), len(chosen), squeeze=False, sharex="row", sharey="row")
    for row, name in zip(grid, names, strict=True):
        values = [np.ravel(of(moment)[name]) for moment in chosen]
        everything = np.concatenate(values)
        everything = everything[np.isfinite(everything)]
        low, high = (everything.min(), everything.max()) if len(everything) else (0.0, 1.0)
        bins = np.linspace(low, high if high > low else low + 1, HISTOGRAM_BINS + 1)
        for axes, moment, numbers in zip(row, chosen, values, strict=True):
            style.dress_axes(axes)
            finite = numbers[np.isfinite(numbers)]
            counts, _ = np.histogram(finite, bins)
            axes.stairs(counts / max(len(numbers), 1), bins, fill=True, color=style.COLORS[0])
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.tick_params(labelsize=style.FONT_SIZE - 3)
            axes.xaxis.set_major_locator(MaxNLocator(3, steps=style.TICK_STEPS))
            if name == names[0]:
                axes.set_title(moment.name, y=1, fontsize=style.FONT_SIZE - 1, color=style.INK)
            if flat and name in moment.flat:
                axes.text(
                    0.97, 0.95, f"{moment.flat[name]:.0%} flat", transform=axes.transAxes, ha="right",
                    va="top", fontsize=style.FONT_SIZE - 3, color=style.COLORS[6],
                )  # fmt: skip
        row[0].set_ylabel(name, fontsize=style.FONT_SIZE - 1)
    remark = f";  flat: slope below {SATURATED_SLOPE:.0%} of the steepest" if flat else ""
    figure.supxlabel(what + remark, fontsize=style.FONT_SIZE - 1, color=style.FAINT)
    return figure


@shows(
    "updates",
    "Norms of gradients and sizes of updates at the snapshots.",
    config="digits",
    settings=SNAPSHOTS,
)
def updates(run: Run) -> Figure:
    """Draw the norm of each layer's gradient, and the relative change of its weights per epoch."""
    view = View.of(run)
    found = moments(view)
    figure = style.figure(6.4, 5.6, run.name)
    above_axes, below = figure.subplots(2, 1, sharex=True)
    epochs = np.array([moment.epoch for moment in found], float)
    norms, rates = {}, {}
    for name in found[0].weights:
        norms[name] = np.array([np.linalg.norm(moment.gradients[name]) for moment in found])
        steps = [
            np.linalg.norm(after.weights[name] - before.weights[name])
            / max(float(np.linalg.norm(before.weights[name])), np.finfo(float).tiny)
            / (after.epoch - before.epoch)
            for before, after in pairwise(found)
        ]
        rates[name] = np.array([np.nan, *steps])
    draw_layer_curves(above_axes, epochs, norms, "norm of gradient")
    draw_layer_curves(below, epochs, rates, "relative change of\nweights per epoch")
    for axes in (above_axes, below):
        axes.axvline(view.epoch, color=style.FAINT, linewidth=1, linestyle=":", zorder=0)
    above(above_axes, "at the snapshots; changes are means since the one before")
    scale_x(below, epochs[0], epochs[-1], "epoch")
    below.set_xlabel(f"epoch   (dotted: {view.named(view.epoch)})")
    for axes in (above_axes, below):
        style.join_minor_ticks(axes)
    figure.set_layout_engine(ColumnLayout())
    return figure


def draw_layer_curves(axes: Axes, epochs: NDArray[Any], of: dict[str, NDArray[Any]], name: str) -> None:
    """Draw a line for each layer, on a log scale if all values are positive."""
    draw_height_lines(axes)
    ends = []
    for number, (layer, values) in enumerate(of.items()):
        color = style.COLORS[number % len(style.COLORS)]
        marker = style.MARKERS[number % len(style.MARKERS)]
        axes.plot(epochs, values, color=color, marker=marker, markersize=4, linewidth=1.6, label=layer)
        if np.isfinite(values[-1]):
            ends.append(style.EndLabel(layer, float(values[-1]), color))
    everything = np.concatenate(list(of.values()))
    scale_y(axes, everything[np.isfinite(everything)], name)
    style.label_ends(axes, ends)
