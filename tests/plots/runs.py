"""Small runs to draw, trained once for all tests."""

import functools
import tempfile
from pathlib import Path

from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.runs.directory import begin
from nn.runs.reading import Run

PLANE = (
    "data={name: plane, samples: 60}",
    "model.layers=[{type: dense, units: 4, activation: tanh}, {type: dense, units: 1}]",
    "loss=mse",
)
SNAPSHOTS = "training.snapshots=6"


@functools.cache
def home() -> tempfile.TemporaryDirectory[str]:
    """A folder for runs, gone when the tests are over."""
    return tempfile.TemporaryDirectory()


@functools.cache
def trained(config: str, *settings: str) -> Run:
    """The run of a bundled configuration with these settings."""
    folder = Path(home().name) / f"{config}-{len(list(Path(home().name).iterdir()))}"
    experiment = Experiment.of(load_config(config, settings))
    recorder = begin(experiment, config, folder)
    stopped = "interrupted"
    for report in experiment.train():
        recorder.record(report)
        stopped = report.stopped or stopped
    with recorder.lock:
        recorder.close(stopped)
    return Run.of(folder)


def words(figure: object) -> str:
    """All that is written in a figure."""
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    assert isinstance(figure, Figure)
    return "\n".join(text.get_text() for text in figure.findobj(Text) if text.get_text())
