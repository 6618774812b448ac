"""Findings on the course of training, and on what the network answers: overfitting, rare classes."""

import numpy as np

from nn.display import three_digits, whole_percent
from nn.findings.finding import Finding
from nn.findings.outcome import Outcome, outputs
from nn.training.objective import predicted_class

RISEN, FITTED = 1.1, 2.0
"""Overfitting: the loss on rows held out rose by a tenth, or is at least twice that of the others."""
AGAINST_OVERFITTING = "more rows, fewer units, or l2: 0.001 in model.layers"
APART = 3.3
"""A difference of so many standard errors comes by accident once in a thousand."""


def overfitting(outcome: Outcome) -> Finding | None:
    """A loss that goes on falling on the rows trained on, and rises on those held out.

    Prechelt (1998), "Early stopping, but when?". Without a validation share, a network that is clearly better
    than its baseline on the rows it was trained on, and not on others.
    """
    return overfitting_since(outcome) or overfitting_in_the_end(outcome)


def overfitting_since(outcome: Outcome) -> Finding | None:
    """The epoch since when the validation loss has risen, where the other has fallen."""
    val_loss, loss = (np.asarray(outcome.history.get(name, ()), float) for name in ("val_loss", "loss"))
    if not np.isfinite(val_loss).any():
        return None
    best = int(np.nanargmin(val_loss))
    if not (val_loss[-1] > RISEN * val_loss[best] and loss[-1] < loss[best]):
        return None
    epoch = int(outcome.history["epoch"][best])
    fall, rise = (f"from {three_digits(v[best])} to {three_digits(v[-1])}" for v in (loss, val_loss))
    text = (
        f"it overfits since epoch {epoch:,}: from there on the loss falls {fall} on the rows trained on, and "
        f"rises {rise} on those held out"
    )
    measured = {"epoch": epoch, "val_loss": float(val_loss[best]), "last_val_loss": float(val_loss[-1])}
    return Finding("overfitting", text, AGAINST_OVERFITTING, measured)


def overfitting_in_the_end(outcome: Outcome) -> Finding | None:
    """How much smaller the loss is on the rows that the network was trained on."""
    x, t = outcome.shares["training"]
    if outcome.judged == "training" or outcome.beaten or outcome.diverged:
        return None
    own, others = outcome.training_loss, outcome.final_loss
    if not (outcome.beats_baseline(outputs(outcome.network, x), t) and FITTED * own < others):
        return None
    text = (
        f"it overfits: the loss is {three_digits(own)} on the rows trained on and {three_digits(others)} on "
        f"the {outcome.judged} share"
    )
    measured = {"training_loss": own, f"{outcome.judged}_loss": others}
    return Finding("overfitting", text, AGAINST_OVERFITTING, measured)


def rare_classes(outcome: Outcome) -> Finding | None:
    """A network that answers one class only, though its outputs tell another from it, which is rare.

    They do if the mean outputs for the two differ by APART standard errors (Welch 1938). A class is rare if
    it has less than half of an equal share of the rows.
    """
    if not outcome.classification or outcome.diverged:
        return None
    x, t = outcome.shares["training"]
    y = outputs(outcome.network, x)
    own, of_targets = outcome.thresholds
    answers, truth = predicted_class(y, own), predicted_class(t, of_targets)
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
    text = f"'{names[0]}' is {whole_percent(share)} of the rows, and every answer is '{names[1]}'"
    return Finding("rare_classes", text, "training.class_weight: balanced", {"share": share})
