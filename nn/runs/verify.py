"""Compares a run with a repetition of it, and finds the first difference."""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from nn.config.source import MAX_CONFIG_BYTES
from nn.display import counted
from nn.experiments.experiment import Experiment
from nn.runs.environment import environment_differences
from nn.runs.facts import read_facts
from nn.runs.metrics import read_metrics
from nn.storage.archive import Arrays, load_archive
from nn.storage.opening import read_regular
from nn.training.reports import Report

UNREPEATABLE = {"seconds"}
"""Columns of metrics that differ every time."""
CIRCUMSTANCES = ("compiler", "threads", "versions", "cpu", "machine")
"""What may differ between two runs of one configuration with one engine."""


def changed(run: Path, experiment: Experiment) -> list[str]:
    """List what has changed in the configuration and data of a run since it was trained."""
    facts = read_facts(run)
    text = read_regular(run / "config.yaml", MAX_CONFIG_BYTES)
    found = []
    if facts.get("config") not in (None, hashlib.sha256(text).hexdigest()):
        found.append(f"{run / 'config.yaml'} has changed since the run was trained")
    for name, share in experiment.shares.items():
        if facts["data"].get(name) != share.digest:
            found.append(f"the data have changed since the run was trained: the {name} share is another")
    return found


def until(reports: Iterator[Report], epoch: int) -> Iterator[Report]:
    """Yield reports up to this epoch, at which an interrupt ended the original run."""
    assert isinstance(reports, Generator), "train() returns a generator"
    with closing(reports):
        for report in reports:
            if report.epoch >= epoch:
                yield replace(report, stopped="interrupted")
                return
            yield report


def run_differences(run: Path, again: Path) -> list[str]:
    """List the differences of two run directories, bit for bit, a line each, the first one first.

    Raises ValueError if a file is damaged.
    """
    facts, repeated = read_facts(run), read_facts(again)
    found = compare_metrics(read_metrics(run / "metrics.csv"), read_metrics(again / "metrics.csv"))
    if facts["stopped"] != repeated["stopped"]:
        found.append(f"it stopped by {facts['stopped']}, now by {repeated['stopped']}")
    caught = facts["stopped"] == "interrupted" and facts.get("best_epoch") is None
    if not caught:  # else the weights are from between two reports
        found += compare_weights(run / "model.npz", again / "model.npz")
    return found


def compare_metrics(one: Arrays, other: Arrays) -> list[str]:
    """The first difference of two tables of metrics, and the number of reports that differ."""
    if list(one) != list(other):
        return [f"the columns of metrics.csv are {', '.join(one)}, now {', '.join(other)}"]
    names = [name for name in one if name not in UNREPEATABLE]
    if not names:
        return []
    rows = min(len(one[names[0]]), len(other[names[0]]))
    was, now = (np.stack([table[name][:rows] for name in names], axis=-1) for table in (one, other))
    unequal = (was != now) & ~(np.isnan(was) & np.isnan(now))
    found = []
    if unequal.any():
        row, column = np.argwhere(unequal)[0]
        place = f"{names[column]} of epoch {was[row, 0]:g}"
        found.append(
            f"{place} was {was[row, column]}, now {text_with_distance(was[row, column], now[row, column])}"
        )
        found.append(f"{unequal.any(axis=1).sum()} of {rows} reports differ")
    if len(one[names[0]]) != len(other[names[0]]):
        found.append(f"it made {len(one[names[0]])} reports, now {len(other[names[0]])}")
    return found


def text_with_distance(was: float, now: float) -> str:
    """Format a number with its distance from another: ``0.25 (5.6e-17 apart)``."""
    return f"{now} ({abs(float(now) - float(was)):.2g} apart)"


def compare_weights(one: Path, other: Path) -> list[str]:
    """How two model files differ, or which one is missing."""
    if one.exists() != other.exists():
        first, then = ("a", "none") if one.exists() else ("no", "one")
        return [f"there was {first} model.npz, now there is {then}"]
    if not one.exists():
        return []
    (was, said), (now, says) = load_archive(one), load_archive(other)
    found = [] if said == says else ["model.npz describes another model"]
    for name in {**was, **now}:
        if name not in was or name not in now or was[name].shape != now[name].shape:
            found.append(f"the model's {name} are of another shape")
        elif was[name].tobytes() != now[name].tobytes():
            with np.errstate(all="ignore"):  # a run that diverged has none
                unequal, largest = was[name] != now[name], np.max(np.abs(was[name] - now[name]))
            found.append(f"{unequal.sum()} of {unequal.size} {name} differ, by up to {largest:.2g}")
    return found


def circumstances(run: Path, again: Path) -> list[str]:
    """List the differences of the machines, libraries and engines of two runs."""
    one, other = (
        {name: facts[name] for name in CIRCUMSTANCES if name in facts}
        for facts in map(read_facts, (run, again))
    )
    return environment_differences(one, other)


def sizes(run: Path) -> str:
    """Count what is compared: ``189 reports and 17 weights``."""
    reports = len(next(iter(read_metrics(run / "metrics.csv").values()), []))
    model = run / "model.npz"
    weights = f"{load_archive(model)[0]['parameters'].size:,} weights" if model.exists() else "no model"
    return f"{counted(reports, 'report')} and {weights}"
