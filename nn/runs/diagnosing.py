"""Diagnoses the network of a run that has ended: why it does not learn, if it does not."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nn.experiments.experiment import Experiment
from nn.findings.diagnosis import diagnose
from nn.findings.finding import Finding
from nn.findings.outcome import Outcome
from nn.runs.metrics import read_metrics
from nn.training.reports import Report

UNFINISHED = ("", "interrupted")
"""Why a run ended that was not over."""


def diagnose_run(experiment: Experiment, metrics: Path, last: Report | None, stopped: str) -> list[Finding]:
    """The findings on a run, from its weights, its data and its ``metrics.csv``; none if it is unfinished."""
    if last is None or stopped in UNFINISHED:
        return []
    return diagnose(outcome_of(experiment, metrics, last, stopped))


def outcome_of(experiment: Experiment, metrics: Path, last: Report, stopped: str) -> Outcome:
    """How the training of an experiment ended, as ``diagnose`` takes it."""
    model, options, diverged = experiment.model, experiment.options, stopped == "diverged"
    encoders = model.preprocessing.encoders if model.preprocessing else ()
    columns = {name: encoder.column for encoder in encoders for name in encoder.features}
    return Outcome(
        model.network,
        model.loss,
        experiment.optimizer,
        {name: model.arrays(share) for name, share in experiment.shares.items()},
        model.features,
        options["epochs"] if diverged else last.epoch,
        read_metrics(metrics, ["epoch", "loss", "val_loss"]),
        {name: options[name] for name in ("batch_size", "shuffle")} | experiment.weights,
        classification=model.classes is not None,
        classes=model.classes or (),
        threshold=model.middle,
        columns=columns,
        stop_at=options["stop_at"],
        reached=last.reached is not None,
        diverged=diverged,
    )


def finding_facts(findings: Sequence[Finding]) -> dict[str, Any]:
    """What ``run.json`` keeps of findings; a number that is not finite is null."""
    return {
        "findings": [
            {
                "id": one.id,
                "text": one.text,
                "setting": one.setting,
                "measured": {
                    name: value if math.isfinite(value) else None for name, value in one.measured.items()
                },
            }
            for one in findings
        ]
    }
