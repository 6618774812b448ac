"""Assesses the network of a run: how good its answers are, beside those that the training share suggests."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.data.dataset import Dataset
from nn.experiments.experiment import Experiment
from nn.metrics.assessment import Assessed, Assessment, MetricValue, assess
from nn.metrics.baseline import class_frequencies, mean_answer
from nn.metrics.probabilities import class_scores
from nn.model import Model

BaselineFacts = Mapping[str, Sequence[float]]
"""What ``run.json`` keeps of a baseline: its answer by the task; empty if it is not known."""


def baseline_facts(training: Dataset) -> dict[str, list[float]]:
    """The baseline that a training share gives."""
    if training.classes is not None:
        frequencies = class_frequencies(training.y[:, 0].astype(np.intp), len(training.classes))
        return {"classification": frequencies.tolist()}
    return {"labels" if are_labels(training) else "regression": mean_answer(training.y).tolist()}


def are_labels(samples: Dataset) -> bool:
    """Whether the targets are labels that each hold, 1, or do not, 0: several, and no other numbers."""
    return samples.y.shape[1] > 1 and bool(np.all((samples.y == 0) | (samples.y == 1)))


def assess_shares(experiment: Experiment, losses: Mapping[str, Mapping[str, float]]) -> dict[str, Assessment]:
    """Assess a model on the shares that were held out, or on the training share if there are none."""
    shares = experiment.shares
    baseline = baseline_facts(shares["training"])
    chosen = [name for name in shares if name != "training"] or ["training"]
    return {
        name: assess_model(
            experiment.model, shares[name], baseline, losses[name]["loss"], held_out=name != "training"
        )
        for name in chosen
    }


def assess_model(
    model: Model, samples: Dataset, baseline: BaselineFacts, loss: float, *, held_out: bool
) -> Assessment:
    """Assess a model on samples, with intervals if they were held out."""
    return assess_answers(model, answers_to(model, samples), samples, baseline, loss, held_out=held_out)


def assess_answers(
    model: Model, y: Array, samples: Dataset, baseline: BaselineFacts, loss: float | None, *, held_out: bool
) -> Assessment:
    """Assess answers to samples, outputs ``(rows, outputs)`` such as those of this model."""
    task: Assessed
    t = samples.y
    parts: Sequence[Any] = model.targets
    if model.classes is not None:
        task, parts = "classification", model.classes
        t, y = t[:, 0].astype(np.intp), class_scores(model.certainty(y), model.loss.threshold)
    elif "regression" not in baseline and are_labels(samples):
        task, y = "labels", y - model.loss.threshold + 0.5  # a label is answered above ½
    else:
        task = "regression"
    answer = next((np.array(answer) for answer in baseline.values() if len(answer) == len(parts)), None)
    return assess(
        task,
        t,
        y,
        [*map(str, parts)],
        baseline=answer,
        loss=loss,
        scaled_loss=model.target_scaling is not None,
        loss_name=model.loss_name,
        intervals=held_out,
    )


@np.errstate(all="ignore")  # diverged weights give answers that are not finite
def answers_to(model: Model, samples: Dataset) -> Array:
    """The outputs of a model for samples, in the unit of their targets, ``(rows, outputs)``."""
    x = samples.x
    if samples.inputs != model.features and sorted(samples.inputs) == sorted(model.features):
        x = x[:, [samples.inputs.index(name) for name in model.features]]
    return model.answer(x)


def assessment_facts(assessments: Mapping[str, Assessment], training: Dataset) -> dict[str, Any]:
    """What ``run.json`` keeps of assessments; metrics by class are left to ``nn evaluate``."""
    return {
        "assessment": {
            share: {name: found._asdict() for name, found in one.metrics.items() if name != "loss"}
            for share, one in assessments.items()
        },
        "remarks": {share: one.remark for share, one in assessments.items() if one.remark},
        "baseline": baseline_facts(training),
    }


def kept_assessments(facts: Mapping[str, Any] | None) -> dict[str, dict[str, MetricValue]]:
    """The metrics of each share that ``run.json`` has kept; none of a run of an earlier version."""
    return {
        share: {
            name: MetricValue(*(found.get(field) for field in MetricValue._fields))
            for name, found in metrics.items()
        }
        for share, metrics in ((facts or {}).get("assessment") or {}).items()
    }
