"""Evaluates a trained network on data that it has not seen."""

import warnings
from pathlib import Path
from typing import TextIO

from nn.config.load import load_config
from nn.data.dataset import Dataset
from nn.experiments.experiment import Experiment
from nn.metrics.writers import Assessments
from nn.model import Model
from nn.runs import weights
from nn.runs.assessing import assess_model
from nn.runs.directory import measure
from nn.runs.facts import read_facts
from nn.runs.reading import Run
from nn.runs.rows import RowReader, read_rows


def evaluate(run: str | Path | Run, file: str | Path | None = None) -> dict[str, dict[str, float]]:
    """Evaluate the network of a run: its loss, and for classes its accuracy, on each set of samples by name.

    Without a file, the samples are the shares that the run held out, or its training share if it held out
    none; with a file (a table or NPZ), its rows, with columns found by name. Raises ValueError if the data of
    the run have changed since training, or the file does not have the columns of the network.

    >>> from tempfile import TemporaryDirectory
    >>> from nn import run
    >>> with TemporaryDirectory() as folder:
    ...     trained = run("iris", f"{folder}/iris")
    ...     measured = evaluate(trained)
    >>> [(share, list(values)) for share, values in measured.items()]
    [('test', ['loss', 'accuracy'])]
    """
    folder = run.folder if isinstance(run, Run) else Path(run)
    model = weights.load(folder)
    return {name: measure(model, share) for name, share in samples_of(folder, model, file).items()}


def assess_run(run: str | Path | Run, file: str | Path | TextIO | None = None) -> Assessments:
    """Assess the network of a run on the samples that ``evaluate`` takes: metrics, each beside its baseline.

    Metrics are those of scikit-learn; on samples that the network was not trained on each has a 95 %
    bootstrap interval. The baseline is known for the folder of a run, not for a model file alone. Shown, the
    assessments are tables, as ``nn evaluate`` prints them.

    >>> from tempfile import TemporaryDirectory
    >>> from nn import run
    >>> with TemporaryDirectory() as folder:
    ...     assessment = assess_run(run("iris", f"{folder}/iris"))["test"]
    >>> assessment.metrics["accuracy"].value > assessment.metrics["accuracy"].baseline
    True
    """
    folder = run.folder if isinstance(run, Run) else Path(run)
    model = weights.load(folder)
    baseline = (Run(folder).facts or {}).get("baseline") or {}
    found = Assessments()
    for name, share in samples_of(folder, model, file).items():
        unseen = file is not None or name != "training"
        found[name] = assess_model(model, share, baseline, measure(model, share)["loss"], held_out=unseen)
    return found


def samples_of(folder: Path, model: Model, file: str | Path | TextIO | None) -> dict[str, Dataset]:
    """The rows of a file or of a stream by its name, else the shares that a run held out."""
    return held_out(folder) if file is None else samples_of_file(model, file, folder)


def samples_of_file(reader: RowReader, file: str | Path | TextIO, folder: Path | None) -> dict[str, Dataset]:
    """The rows of a file or of a stream by its name; a folder says how its own table was read."""
    if isinstance(file, str | Path):
        name, read = Path(file).name, read_rows(reader, str(file), folder)
    else:
        name, read = "standard input", read_rows(reader, file, folder)
    for note in read.notes:
        warnings.warn(note, RowsLeftOutWarning, stacklevel=4)
    return {name: read.samples}


class RowsLeftOutWarning(UserWarning):
    """Rows of a file were not measured, as they lack a target or an input."""


def held_out(run: Path) -> dict[str, Dataset]:
    """The shares that a run held out, else the share that it trained on."""
    if not run.is_dir():
        raise ValueError(f"{run}: expected a run directory, got a file; to measure it, name the data as well")
    digests = read_facts(run)["data"]
    shares = Experiment.of(load_config(str(run / "config.yaml"), unnumbered=1)).shares
    if {name: share.digest for name, share in shares.items()} != digests:
        raise ValueError(f"{run}: its data have changed since it was trained; name the data to measure it on")
    kept = {name: share for name, share in shares.items() if name != "training"}
    return kept or shares
