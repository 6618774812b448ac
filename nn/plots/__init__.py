"""Pictures of a run, read from its directory, and of a data set. Only this folder imports matplotlib."""

import os

os.environ["MPLBACKEND"] = "agg"  # before matplotlib: a bad value crashes its import; no window is opened

from nn.plots.dataset import scatter
from nn.plots.loss import loss_curve
from nn.plots.style import save

__all__ = ["loss_curve", "save", "scatter"]
