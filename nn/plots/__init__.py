"""Draws runs, read from their directories, and data sets. Only this folder imports matplotlib."""

import os

os.environ["MPLBACKEND"] = (
    "agg"  # before matplotlib is imported: a bad value would crash the import; agg opens no window
)

from nn.plots.dataset import scatter
from nn.plots.loss import loss_curve
from nn.plots.style import save

__all__ = ["loss_curve", "save", "scatter"]
