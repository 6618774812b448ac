"""Draws a picture of every kind for docs/gallery.md: ``python scripts/gallery.py [FOLDER]``.

Trains the runs that it shows, in folders that it then removes. The same code gives the same bytes.
"""

import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import partial
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner
from matplotlib.figure import Figure

from nn.cli.group import commands
from nn.plots import pictures as plots
from nn.plots import style
from nn.plots.activation import draw_activation
from nn.plots.curves import draw_runs
from nn.plots.movie import frames, write_movie
from nn.plots.study import figure_of_folder
from nn.runs.reading import Run

DOCS = Path(__file__).parents[1] / "docs"
OPENING = """\
# Gallery

Every kind of picture that `nn plot` draws, with the commands that draw it. Each goes through one style
([nn/plots/style.py](../nn/plots/style.py)), as PNG, SVG or PDF by the ending of `--out`. This page and its
pictures are written by `scripts/gallery.py`.
"""
RATES = ("0.003", "0.03", "0.3")
STUDIES = (
    (
        "study",
        "A study of many seeds: how often and how soon the goal is reached, the losses, where the other runs "
        "ended.",
        "xor-2-2-1 --seeds 1000",
    ),
    (
        "study-variants",
        "A few variants: their curves, and each in numbers beside the configuration as it stands.",
        "xor-2-2-1 --seeds 200 --vary model.layers.0.activation=sigmoid,tanh,relu",
    ),
    (
        "study-key",
        "One numeric key: the share solved, the median epoch and the effect over its values.",
        "xor-2-2-1 --seeds 200 --vary 'optimizer.learning_rate=0.005..5 log 7'",
    ),
    (
        "study-grid",
        "A grid of two keys, in colours and numbers.",
        "xor --seeds 50 --vary 'optimizer.learning_rate=0.01..10 log 7' --vary model.layers.0.units=2,3,4",
    ),
    (
        "study-randomness",
        "Which randomness matters: each kind varied for itself.",
        "moons --vary seed.weights=20 --vary seed.order=20 --vary seed.split=20 --vary seed.data=20",
    ),
    (
        "study-folds",
        "Cross-validation: each fold a point, and the mean with an interval that allows for shared rows.",
        "wine --folds 5 --repeats 10",
    ),
)
MOVED = "xor-2-2-1", "training.snapshots=12"
MOVIE = """\
## movie

The network and what it answers while it learns, beside its loss: a GIF, or an MP4 where ffmpeg is. The
snapshots are spaced evenly in what changes.

```sh
nn train {} --set {}
nn plot runs/xor-2-2-1-001 --movie xor.gif
```

![XOR's four points: one boundary appears, then a second one, while the loss falls](gallery/movie.gif)
""".format(*MOVED)


class Picture(NamedTuple):
    """A picture in the gallery: the name of its file, what it shows, how one gets it, what draws it."""

    name: str
    about: str
    commands: str
    draw: Callable[[], Figure]


def pictures() -> Iterator[Picture]:
    """All that the gallery shows: every kind of a run, then runs over each other, smoothed, activations."""
    for name, kind in plots.all_pictures().items():
        settings = "".join(f" --set {setting}" for setting in kind.settings)
        yield Picture(
            name,
            kind.about,
            f"nn train {kind.config}{settings}\nnn plot runs/{kind.config}-001 --what {name}",
            partial(draw_kind, kind),
        )
    yield Picture(
        "runs",
        "Runs over each other, told apart by what differs between their configurations.",
        f"for rate in {' '.join(RATES)}; do nn train moons --set optimizer.learning_rate=$rate; done\n"
        "nn plot runs/moons-* --out rates.svg",
        lambda: draw_runs([train("moons", f"optimizer.learning_rate={rate}") for rate in RATES]),
    )
    yield Picture(
        "metric",
        "Any column of `metrics.csv`, here smoothed; also over `--x seconds`.",
        "nn train spirals\nnn plot runs/spirals-001 --metric accuracy --smooth 25",
        lambda: draw_runs([train("spirals")], "accuracy", window=25),
    )
    for name, about, arguments in STUDIES:
        folder = f"runs/{arguments.split()[0]}-study-001"
        yield Picture(
            name, about, f"nn study {arguments}\nnn plot {folder}", partial(draw_study_of, arguments)
        )
    for name in ("sigmoid", "tanh", "gelu"):
        about = f"The activation {name} and its derivative, shaded where it is flat. No run is needed."
        yield Picture(name, about, f"nn plot {name}", partial(draw_activation, name))


def draw_kind(kind: plots.Picture) -> Figure:
    """A kind of picture, of a run of the configuration that shows it best."""
    return kind.draw(train(kind.config, *kind.settings))


def draw_study_of(arguments: str) -> Figure:
    """The picture of a study."""
    return figure_of_folder(made(["study", *shlex.split(arguments), "--no-plot", "--quiet"]))


def train(config: str, *settings: str) -> Run:
    """A run of a bundled configuration, in a new folder under the working one."""
    options = [f"--set={setting}" for setting in settings]
    return Run.of(made(["train", config, "--no-plot", "--quiet", *options]))


def made(words: list[str]) -> Path:
    """The folder that a command makes under the working one."""
    before = set(Path.cwd().glob("runs/*"))
    result = CliRunner().invoke(commands, words)
    if result.exit_code:
        raise RuntimeError(f"nn {' '.join(words)}: {result.output}")
    (folder,) = set(Path.cwd().glob("runs/*")) - before
    return folder


def page() -> str:
    """The text of docs/gallery.md."""
    parts = [OPENING]
    for picture in pictures():
        parts.append(
            f"## {picture.name}\n\n{picture.about}\n\n```sh\n{picture.commands}\n```\n\n"
            f"![{picture.about}](gallery/{picture.name}.png)\n"
        )
    return "\n".join([*parts, MOVIE])


def main() -> None:
    """Write the page and its pictures."""
    docs = Path(sys.argv[1] if len(sys.argv) > 1 else DOCS).absolute()
    (docs / "gallery").mkdir(parents=True, exist_ok=True)
    style.reset()
    for picture in pictures():
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            style.save(picture.draw(), docs / "gallery" / f"{picture.name}.png")
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        write_movie([*frames(train(*MOVED))], docs / "gallery" / "movie.gif")
    (docs / "gallery.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
