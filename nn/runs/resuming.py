"""Resumes a stopped run, with the same results as if it had never stopped."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from nn.config.load import dump, load_config
from nn.config.schema import Config
from nn.experiments.experiment import Experiment
from nn.optimizers.base import FirstOrder
from nn.runs.checkpoint import CHECKPOINT_FORMAT, WITHOUT, CheckpointData, load_checkpoint
from nn.runs.directory import FILES, Recorder
from nn.runs.facts import read_facts
from nn.runs.lock import Lock
from nn.runs.metrics import cut_back
from nn.schedules.base import FiniteSchedule
from nn.storage.archive import saving_version
from nn.storage.opening import expect_regular
from nn.storage.writing import write_whole
from nn.training.reports import ReportGenerator
from nn.training.state import StateError


def claim(folder: Path) -> Lock:
    """Lock a run, and remove the temporary files of a killed process.

    Raises ValueError if the folder is not a run, and while another process trains it.
    """
    if not (folder / "config.yaml").exists():
        raise ValueError(
            f"{folder}: expected a run directory, got no config.yaml in it; "
            "where training was stopped before it began, remove the folder and train again"
        )
    for path in (folder / name for name in FILES):
        if path.is_symlink():
            raise ValueError(f"{path}: expected a file, got a link; a run is written in its own folder only")
        if path.exists():
            expect_regular(path, path.stat())
    lock = Lock(folder)
    for torn in folder.glob(".*.tmp"):
        torn.unlink()
    return lock


def facts_of(folder: Path) -> dict[str, Any]:
    """The facts of a run; empty if ``run.json`` is missing."""
    return read_facts(folder) if (folder / "run.json").exists() else {}


def ended(folder: Path, epochs: int | None = None) -> dict[str, Any] | None:
    """The facts of a run that is finished, also with this number of epochs; None if it can be resumed.

    Raises ValueError if it has passed that number.
    """
    facts = facts_of(folder)
    if facts.get("stopped") in (None, "interrupted"):
        return None
    reached = facts["epochs"]
    if epochs is not None and epochs < reached:
        raise ValueError(f"--epochs: expected at least the {reached} of the run, got {epochs}")
    if facts["stopped"] == "epochs" and reached < (epochs or planned(config_of(folder))):
        return None
    return facts


def reopen(folder: Path, lock: Lock, epochs: int | None = None) -> tuple[Recorder, ReportGenerator]:
    """Resume a run: returns its recorder and the reports that follow.

    It continues from its last checkpoint, or from the start if there is none; with ``epochs``, as if its
    configuration had said so, except that engine and ``report_every`` stay. Raises ValueError, before
    anything is written, if it cannot be resumed.
    """
    facts, config = facts_of(folder), config_of(folder)
    if longer := epochs is not None and epochs != planned(config):
        config = config_of(folder, epochs)
        refuse_what_follows_epochs(config)
    experiment = Experiment.of(config)
    experiment = replace(experiment, notes=tuple((facts or {}).get("notes", ())))
    if facts and facts["data"] != {name: share.digest for name, share in experiment.shares.items()}:
        raise ValueError(f"{folder}: its data have changed since it began; train anew")
    saved = latest(folder)
    reached = saved.report.epoch if saved else 0
    path, network = folder / "checkpoint.npz", experiment.model.network
    if epochs is not None and epochs <= reached:
        raise ValueError(f"--epochs: expected more than the {reached} of the checkpoint, got {epochs}")
    try:
        reports = experiment.train(saved.state, saved.engine) if saved else experiment.train()
    except StateError as error:
        raise ValueError(f"{path}: {error}; {WITHOUT}") from None
    if saved and saved.snapshots and not saved.snapshots.are_of(network.parameters):
        raise ValueError(f"{path}: its snapshots are of another network; {WITHOUT}")
    cut_back(folder / "metrics.csv", reached)
    if longer:
        write_whole(folder / "config.yaml", dump(experiment.config).encode())
    return Recorder(folder, experiment, lock, saved), reports


def latest(folder: Path) -> CheckpointData | None:
    """Read the checkpoint of a run, if there is one; raises ValueError for another format."""
    path = folder / "checkpoint.npz"
    saved = load_checkpoint(path)
    if saved and saved.format != CHECKPOINT_FORMAT:
        raise ValueError(
            f"{path}: saved by tiny-nn {saving_version(path)} in format {saved.format}, this version goes on "
            f"from format {CHECKPOINT_FORMAT}; resume with that version; {WITHOUT}"
        )
    return saved


def config_of(folder: Path, epochs: int | None = None) -> Config:
    """The configuration of a run, with this number of epochs."""
    settings = [] if epochs is None else [f"training.epochs={epochs}"]
    return load_config(str(folder / "config.yaml"), settings, unnumbered=1)


def planned(config: Config) -> int:
    """The number of epochs of a configuration."""
    epochs: int = config.training.arguments()["epochs"]
    return epochs


def refuse_what_follows_epochs(config: Config) -> None:
    """Raise ValueError if another number of epochs would have changed the learning rates of past steps."""
    optimizer = config.optimizer.make()
    for name, schedule in (optimizer.schedules if isinstance(optimizer, FirstOrder) else {}).items():
        if isinstance(schedule, FiniteSchedule) and schedule.steps is None:
            raise ValueError(
                f"--epochs: {type(schedule).__name__} is as long as the training, so another number would "
                f"have changed its {name.replace('_', ' ')}s from the start; train a new run with more epochs"
            )
