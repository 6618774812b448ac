"""Lists the pictures of a run by the names that ``nn plot RUN --what NAME`` takes."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import NamedTuple

from matplotlib.figure import Figure

from nn.runs.reading import Run

MODULES = ("curves", "regions", "network", "units", "weights", "diagnostics", "judgement")
"""The files of this folder that declare pictures, in the order in which these are listed."""
SNAPSHOTS = ("training.snapshots=20",)
"""The setting that pictures of several epochs need."""


class Picture(NamedTuple):
    """A picture: what it shows, in a line, and what draws it.

    ``draw`` raises ValueError, naming the run and what it lacks, if it cannot draw the run.
    """

    about: str
    draw: Callable[[Run], Figure]
    config: str
    """The bundled configuration that shows it best, for the gallery."""
    settings: Sequence[str]
    """What is set on top of that configuration (``a.b=v``)."""


DECLARED: dict[str, dict[str, Picture]] = {}
"""Pictures by module, then by name."""


def shows(
    name: str, about: str, config: str = "moons", settings: Sequence[str] = ()
) -> Callable[[Callable[[Run], Figure]], Callable[[Run], Figure]]:
    """Declare a function that draws a run to be the picture of this name."""

    def declare(draw: Callable[[Run], Figure]) -> Callable[[Run], Figure]:
        pictures = DECLARED.setdefault(draw.__module__, {})
        pictures[name] = Picture(about, draw, config, settings)
        return draw

    return declare


@cache
def all_pictures() -> dict[str, Picture]:
    """Return the pictures by name, in the order of MODULES and of their declaration."""
    modules = [import_module(f"nn.plots.{name}").__name__ for name in MODULES]
    return {name: picture for module in modules for name, picture in DECLARED[module].items()}
