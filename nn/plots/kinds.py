"""The kinds of pictures of a run, by the name that ``nn plot RUN --what NAME`` takes."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from nn.plots import curves
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


KINDS: dict[str, Kind] = {
    "loss": Kind("Loss over the epochs, with accuracy where there is any.", curves.of_run, "digits"),
}
