"""Findings on the course of training, and on what the network answers: overfitting, rare classes."""

import numpy as np

from nn.findings.finding import Finding, percent, sure_number
from nn.findings.outcome import Outcome, outputs
from nn.training.objective import predicted_class

RISEN, FITTED = 1.1, 2.0
"""Overfitting: the loss on rows held out rose by a tenth, or is at least twice that of the others."""
APART = 3.3
"""A difference of so many standard errors comes by accident once in a thousand."""


def overfitting(outcome: Outcome) -> Finding | None:
    """A network that is clearly better than its baseline on the rows it was trained on, and not on others."""
    x, t = outcome.shares["training"]
    if outcome.judged == "training" or outcome.beaten:
        return None
    if not outcome.beats_baseline(outputs(outcome.network, x), t):
        return None
    losses = {"training": outcome.training_loss, outcome.judged: outcome.final_loss}
    measured = {f"{name}_loss": value for name, value in losses.items()}
    since = ""
    val_loss = np.asarray(outcome.history.get("val_loss", ()), float)
    if len(val_loss) and np.isfinite(val_loss).any():
        best = int(np.nanargmin(val_loss))
        if val_loss[-1] > RISEN * val_loss[best]:
            epoch = int(outcome.history["epoch"][best])
            since, measured["epoch"] = f" since epoch {epoch:,}", epoch
    if not since and FITTED * losses["training"] > losses[outcome.judged]:
        return None
    text = (
        f"it overfits{since}: the loss is {sure_number(losses['training'])} on the rows it was trained on "
        f"and {sure_number(losses[outcome.judged])} on the {outcome.judged} share"
    )
    return Finding("overfitting", text, "more rows, fewer units, or model.layers with l2: 0.001", measured)


def rare_classes(outcome: Outcome) -> Finding | None:
    """A network that answers one class only, though its outputs tell another from it, which is rare.

    They do if the mean outputs for the two differ by APART standard errors (Welch 1938). A class is rare if
    it has less than half of an equal share of the rows.
    """
    if not outcome.classification or outcome.diverged:
        return None
    x, t = outcome.shares["training"]
    y = outputs(outcome.network, x)
    answers, truth = predicted_class(y, outcome.loss.threshold), predicted_class(t)
    present, counts = np.unique(truth, return_counts=True)
    rarest, always = int(present[np.argmin(counts)]), int(answers[0])
    share = float(np.min(counts)) / len(truth)
    if np.any(answers != always) or rarest == always or share >= 0.5 / len(present):
        return None
    rare, rest = (y[truth == one, min(rarest, y.shape[1] - 1)] for one in (rarest, always))
    doubt = np.sqrt(np.var(rare) / len(rare) + np.var(rest) / len(rest))
    if not abs(np.mean(rare) - np.mean(rest)) > APART * doubt + np.finfo(np.float32).eps * abs(np.mean(rest)):
        return None
    names = [str(outcome.classes[n]) if n < len(outcome.classes) else str(n) for n in (rarest, always)]
    text = f"'{names[0]}' is {percent(share)} of the rows, and every answer is '{names[1]}'"
    return Finding("rare_classes", text, "training.class_weight: balanced", {"share": share})
