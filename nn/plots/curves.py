"""Draws how the metrics of one or many runs went over epochs or seconds."""

from matplotlib.figure import Figure

from nn.plots.loss import loss_curve
from nn.runs.reading import Run


def of_run(run: Run) -> Figure:
    """The loss curve of a run."""
    return loss_curve(run.metrics, title=run.name, best_epoch=run.best_epoch)
