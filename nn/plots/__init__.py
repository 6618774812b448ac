"""Draws runs, read from their directories, and data sets. Only this folder imports matplotlib."""

from nn.plots import backend as backend  # first of all, as it imports matplotlib
from nn.plots.dataset import scatter
from nn.plots.loss import loss_curve
from nn.plots.style import save

__all__ = ["loss_curve", "save", "scatter"]
