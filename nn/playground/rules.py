"""What a page is told of the end of training: goals, early stopping, plateaus."""

from typing import Any

from nn.experiments.experiment import Experiment
from nn.export.layout import identifier
from nn.schedules.plateau import ReduceOnPlateau
from nn.training.batches import ANYTHING, MEASURES, Samples
from nn.training.step import Step


def rules(experiment: Experiment, step: Step, samples: Samples) -> dict[str, Any]:
    """Return when training ends and what is kept, to be written as JSON: see ``nn.training.loop``."""
    options, held_out = experiment.options, "validation" in experiment.shares
    goal, early = options["stop_at"], options["early_stopping"]
    otherwise = "val_loss" if held_out else "loss"
    best = plateau = bounds = text = None
    if goal:
        pairs = zip(MEASURES, goal.goal, ANYTHING, strict=True)
        bounds = {name: bound for name, bound, always in pairs if bound != always}
        text = experiment.config.training.arguments()["stop_at"].text
    if early or held_out:
        best = {
            "monitor": (early and early.monitor) or otherwise,
            "minDelta": early.min_delta if early else 0,
            "patience": early.patience if early else None,
        }
    if isinstance(schedule := step.optimizer.schedule, ReduceOnPlateau):
        plateau = {
            "monitor": schedule.monitor or otherwise,
            "minDelta": schedule.min_delta,
            "patience": schedule.patience,
            "factor": schedule.factor,
            "minRate": schedule.min_rate,
            "start": identifier("ReduceOnPlateau.start"),
        }
    return {
        "epochs": options["epochs"],
        "reportEvery": options["report_every"],
        "exact": samples.exact,
        "goal": bounds,
        "goalText": text,
        "best": best,
        "plateau": plateau,
        "squares": [*step.optimizer.squares],
    }
