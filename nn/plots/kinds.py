"""The kinds of pictures of a run, by the name that ``nn plot RUN --what NAME`` takes."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from nn.plots import curves, diagnostics, judgement, regions
from nn.plots.units import units
from nn.plots.weights import weights
from nn.runs.reading import Run


class Kind(NamedTuple):
    """A picture: what it shows, in a line, and what draws it.

    ``draw`` raises ValueError, naming the run and what it lacks, where a run cannot be shown so.
    """

    about: str
    draw: Callable[[Run], Figure]
    config: str = "moons"
    """The bundled configuration that shows it best, for the gallery."""
    settings: Sequence[str] = ()
    """What is set over that configuration (``a.b=v``), such as ``training.snapshots=20``."""


SNAPSHOTS = ("training.snapshots=20",)
KINDS: dict[str, Kind] = {
    "loss": Kind("Loss over the epochs, with accuracy where there is any.", curves.of_run, "digits"),
    "answers": Kind("What the network answers: regions, a curve, a surface, a projection.", regions.answers),
    "units": Kind("What each hidden unit responds to.", units),
    "weights": Kind("A Hinton diagram of the weights.", weights, "iris"),
    "activations": Kind(
        "Outputs of each layer at the snapshots, and how many are saturated.",
        diagnostics.activations,
        settings=SNAPSHOTS,
    ),
    "gradients": Kind(
        "Gradients of each layer at the snapshots.", diagnostics.gradients, "spirals", SNAPSHOTS
    ),
    "updates": Kind(
        "Norms of gradients and sizes of updates at the snapshots.", diagnostics.updates, "digits", SNAPSHOTS
    ),
    "confusion": Kind("Which classes are taken for which.", judgement.confusion, "digits"),
    "residuals": Kind("Predicted against true, and the residuals.", judgement.residuals, "sine"),
    "calibration": Kind("Whether probabilities are what they say.", judgement.calibration, "breast-cancer"),
}
