"""The run directory: what a training run leaves behind."""

import itertools
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from nn.config.build import Experiment
from nn.config.files import dump
from nn.objective import Measures
from nn.runs import weights
from nn.runs.files import write_whole
from nn.runs.metrics import MetricsWriter
from nn.training import Report


def create(name: str, out: Path | None = None) -> Path:
    """A new folder: ``out``, or ``runs/NAME-001`` with the next free number.

    Raises FileExistsError where ``out`` exists, OSError where no folder can be made.
    """
    if out:
        out.mkdir(parents=True)
        return out
    for number in itertools.count(1):
        folder = Path("runs") / f"{name}-{number:03}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if not folder.exists():  # a file called runs is in the way
                raise
        else:
            return folder
    raise AssertionError("there is always a next number")


def remove(folder: Path) -> None:
    """Take back the folder of a run that never began."""
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


class Recorder:
    """Writes a run into its folder: the configuration, metrics while it runs, the rest at its end."""

    def __init__(self, folder: Path, experiment: Experiment):
        self.folder, self.experiment = folder, experiment
        self.last: Report | None = None
        write_whole(folder / "config.yaml", dump(experiment.config).encode())
        self.metrics = MetricsWriter(folder / "metrics.csv")

    def record(self, report: Report) -> None:
        """Add a row to ``metrics.csv``: the values of the report's last epoch."""
        self.last = report
        self.metrics.write(row(report))

    def close(self, stopped: str) -> dict[str, dict[str, float]]:
        """Write ``model.npz`` and ``run.json``; returns the measures of each share with the final weights.

        A run that diverged before any best weights were kept has none to use: no ``model.npz``.
        """
        self.metrics.close()
        experiment, last = self.experiment, self.last
        measures: dict[str, dict[str, float]] = {}
        if stopped != "diverged" or (last and last.best_epoch):
            weights.save(self.folder / "model.npz", experiment)
            measures = evaluate(experiment)
        facts: dict[str, Any] = {
            "stopped": stopped,
            "epochs": last.epoch if last else 0,
            "best_epoch": last.best_epoch if last else None,
            "seconds": last.seconds if last else 0.0,
            "metrics": measures,
            "seed": experiment.config.seed,
            "engine": "numpy",
            "data": {name: share.digest for name, share in experiment.shares.items()},
            "versions": {
                "tiny-nn": version("tiny-nn"),
                "numpy": np.__version__,
                "python": platform.python_version(),
            },
            "machine": platform.platform(),
        }
        write_whole(self.folder / "run.json", (json.dumps(facts, indent=2) + "\n").encode())
        return measures


def read_facts(folder: Path) -> dict[str, Any]:
    """What ``run.json`` says; raises ValueError where it is damaged."""
    path = folder / "run.json"
    try:
        facts: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: not a run: {error}") from None
    return facts


def row(report: Report) -> dict[str, float | None]:
    """The columns of ``metrics.csv``; accuracies and validation only where there are any."""
    columns = {
        "loss": report.loss,
        "accuracy": report.accuracy,
        "val_loss": report.val_loss,
        "val_accuracy": report.val_accuracy,
    }
    measured = {name: float(value) for name, value in columns.items() if value is not None}
    return {
        "epoch": report.epoch,
        **measured,
        "learning_rate": report.learning_rate,
        "seconds": round(report.seconds, 6),
    }


def evaluate(experiment: Experiment) -> dict[str, dict[str, float]]:
    """The measures of each share with the weights as they are."""
    return {name: numbers(experiment.model.evaluate(share)) for name, share in experiment.shares.items()}


def numbers(measures: Measures) -> dict[str, float]:
    """Measures by name, as plain numbers."""
    named = measures._asdict().items()
    return {name: float(value) for name, value in named if value is not None}
