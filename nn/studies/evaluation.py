"""Assesses an ensemble on rows that its members were not trained on, beside its members."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np

from nn.data.dataset import Dataset
from nn.layers.base import forward
from nn.metrics.assessment import Assessment
from nn.metrics.writers import Assessments
from nn.random import Seeds
from nn.runs.assessing import assess_answers, assess_model, baseline_facts
from nn.runs.directory import measure
from nn.runs.evaluation import samples_of_file
from nn.studies.combination import Combined, loss_of_mean
from nn.studies.ensemble import ANSWERS_AT_ONCE, Ensemble
from nn.training.objective import Objective


class Answered(NamedTuple):
    """Samples with an ensemble's answers to them."""

    samples: Dataset
    found: Combined
    by_all: bool = True
    """Whether all members answered each row, so that each can be assessed too."""
    held_out: bool = True


def assess_ensemble(
    ensemble: Ensemble, file: str | Path | TextIO | None = None, folder: Path | None = None
) -> Assessments:
    """Assess an ensemble on a file, else on the shares that were held out, else on the training share.

    Beside each metric stand the mean of its members' and that of the best member, the one with the lowest
    ``val_loss``. The loss is given where all members scale their targets alike, of a vote there is none.
    ``folder`` is that of the study, which says how its own table was read. Raises ValueError where members
    hold out different rows, and as ``read_rows`` does.
    """
    baseline = baseline_facts(ensemble.groups[0].experiment.shares["training"])
    found = Assessments()
    for name, answered in answered_shares(ensemble, file, folder).items():
        samples, y = answered.samples, answered.found.y
        loss = ensemble_loss(ensemble, samples) if answered.by_all else None
        scores = y - 1 if ensemble.vote else y  # shares of votes are scores of classes, and no probabilities
        own = assess_answers(ensemble.models[0], scores, samples, baseline, loss, held_out=answered.held_out)
        others = beside(ensemble, samples, own) if answered.by_all and len(ensemble.members) > 1 else {}
        found[name] = replace(own, others=others)
    return found


def assessment_notes(ensemble: Ensemble, file: object = None) -> Iterator[str]:
    """Yield what to know of the shares that an ensemble is assessed on, a sentence each."""
    if file is not None or not ensemble.same_rows:
        return
    if "val_loss" in (ensemble.members.dtype.names or ()):
        if ensemble.groups[0].fold:
            yield "validation: each row is answered by the members that were not trained on it."
        yield "Validation chose the weights and the best member: on these rows their metrics flatter."


def answered_shares(
    ensemble: Ensemble, file: str | Path | TextIO | None, folder: Path | None
) -> dict[str, Answered]:
    """The rows to assess an ensemble on, by the name of their share."""
    if file is not None:
        read = samples_of_file(ensemble, file, folder)
        return {name: Answered(samples, ensemble.combine(samples.x)) for name, samples in read.items()}
    if not ensemble.same_rows:
        raise ValueError(
            "members hold out different rows: none is new to all of them; name a file of new rows"
        )
    shares = {
        name: Answered(samples, found, by_all=samples.x.shape[1] > 0)
        for name, (samples, found) in ensemble.held_out().items()
    }
    if shares:
        return shares
    training = ensemble.groups[0].experiment.shares["training"]
    return {"training": Answered(training, ensemble.combine(training.x), held_out=False)}


def beside(ensemble: Ensemble, samples: Dataset, own: Assessment) -> dict[str, Mapping[str, float | None]]:
    """The metrics of single members: the mean of all, and the best on validation."""
    rows = [
        {name: value.value for name, value in of_member.metrics.items() if name in own.metrics}
        for of_member in member_assessments(ensemble, samples)
    ]
    found: dict[str, Mapping[str, float | None]] = {"mean member": mean_of(rows)}
    if "val_loss" in (ensemble.members.dtype.names or ()):
        losses = ensemble.members["val_loss"]
        place = int(np.argmin(np.where(np.isnan(losses), np.inf, losses)))
        found[f"best member (seed {ensemble.members['seed'][place]})"] = rows[place]
    return found


def mean_of(rows: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    """The mean of each metric; None where a member has none."""
    means = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        finite = [value for value in values if value is not None]
        means[name] = math.fsum(finite) / len(finite) if len(finite) == len(values) else None
    return means


def member_assessments(ensemble: Ensemble, samples: Dataset) -> Iterator[Assessment]:
    """Yield the assessment of each member alone."""
    start = 0
    for group in ensemble.groups:
        stop = start + len(group.experiment.model.features)
        model = group.experiment.seeded(Seeds()).model
        own = replace(samples, x=samples.x[:, start:stop], inputs=model.features)
        start = stop
        for parameters in group.experiment.model.network.parameters:
            model.network.parameters[...] = parameters
            yield assess_model(model, own, {}, measure(model, own)["loss"], held_out=False)


@np.errstate(all="ignore")
def ensemble_loss(ensemble: Ensemble, samples: Dataset) -> float | None:
    """The loss of the mean answer, with the mean of the members' penalties; None where there is none."""
    if ensemble.vote or len(ensemble.groups) > 1:
        return None
    (model,) = ensemble.models
    x, t = model.arrays(samples)
    objective = Objective(model.network, model.loss, classification=False)
    loss, total = objective.loss, sum(np.mean(term) for term in model.network.penalties())
    at_once = max(ANSWERS_AT_ONCE // len(ensemble.members), 1)
    for start in range(0, len(x), at_once):
        part = slice(start, start + at_once)
        of_part = loss_of_mean(loss, forward(objective.before, x[part]), t[part].astype(np.float64))
        total += of_part * (len(x[part]) / len(x) if loss.reduction == "mean" else 1)
    return float(total)
