"""The metrics of each task: of the same answers, under any number of weightings at once."""

from typing import ClassVar

import numpy as np

from nn.arrays import Array
from nn.metrics.classification import (
    ClassTotals,
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_scores,
    macro_average,
    precision_scores,
    recall_scores,
)
from nn.metrics.probabilities import Ranking, are_probabilities, brier_scores, log_losses, roc_auc_score
from nn.metrics.regression import max_error, mean_absolute_error, r2_score, root_mean_squared_error
from nn.metrics.sums import weighted_mean

RANKED = 10
"""Of more classes ROC AUC is not measured with weights: it takes time and memory for each class."""


class Scores:
    """The metrics of answers to rows."""

    main: ClassVar[str]
    """The metric by which answers are better than the baseline, or not."""
    shares: ClassVar[tuple[str, ...]] = ()
    """Metrics that are shares of rows, each of which is right or wrong."""

    def measure(self, weights: Array | None = None) -> dict[str, Array]:
        """Each metric by name, ``(*stack,)``, with weights ``(*stack, rows)``."""
        raise NotImplementedError

    def by_part(self) -> dict[str, Array]:
        """Metrics of each class, target or label, ``(parts,)``."""
        raise NotImplementedError


class RegressionScores(Scores):
    """Targets ``(rows, targets)`` and answers y that are numbers.

    The metric of several targets is the mean of theirs, but for the largest error, which is that of any.
    """

    main = "r2"

    def __init__(self, t: Array, y: Array):
        self.t, self.y = t, y

    def measure(self, weights: Array | None = None) -> dict[str, Array]:
        t, y = self.t, self.y
        found = {
            "r2": np.mean(r2_score(t, y, weights), axis=-1),
            "rmse": np.mean(root_mean_squared_error(t, y, weights), axis=-1),
            "mae": np.mean(mean_absolute_error(t, y, weights), axis=-1),
        }
        # No resample has a larger error than the largest: the bootstrap is wrong for a maximum (Bickel &
        # Freedman 1981, section 6), so that there is none with weights.
        return found if weights is not None else found | {"largest_error": np.max(max_error(t, y))}

    def by_part(self) -> dict[str, Array]:
        t, y = self.t, self.y
        return {
            "r2": r2_score(t, y),
            "rmse": root_mean_squared_error(t, y),
            "mae": mean_absolute_error(t, y),
            "largest_error": max_error(t, y),
        }


class ClassificationScores(Scores):
    """Classes by number, ``(rows,)``, and scores ``(rows, classes)``, the largest of which is the answer."""

    main = "accuracy"
    shares = ("accuracy",)

    def __init__(self, t: Array, scores: Array):
        self.t, self.classes, self.answers = t, scores.shape[-1], np.argmax(scores, axis=-1)
        self.ranked = scores.T[1:] if self.classes == 2 else scores.T
        self.rankings = [*map(Ranking, self.ranked)] if self.classes <= RANKED else None
        self.by_row = {}
        if are_probabilities(scores):
            self.by_row = {"log_loss": log_losses(t, scores), "brier": brier_scores(t, scores)}

    def measure(self, weights: Array | None = None) -> dict[str, Array]:
        totals = ClassTotals.of(self.t, self.answers, self.classes, weights)
        found = {
            "accuracy": accuracy_score(totals),
            "balanced_accuracy": balanced_accuracy_score(totals),
            "precision": macro_average(precision_scores(totals), totals),
            "recall": macro_average(recall_scores(totals), totals),
            "f1": macro_average(f1_scores(totals), totals),
        }
        if weights is None or self.rankings:
            rankings = self.rankings or map(Ranking, self.ranked)
            found["roc_auc"] = roc_auc_score(self.t, rankings, self.classes, weights)
        return found | {name: weighted_mean(values, weights) for name, values in self.by_row.items()}

    @property
    def confusion(self) -> Array:
        """How many rows of each class were answered as which, ``(classes, classes)``."""
        return confusion_matrix(self.t, self.answers, self.classes)

    def by_part(self) -> dict[str, Array]:
        totals = ClassTotals.of(self.t, self.answers, self.classes)
        parts = {
            "precision": precision_scores(totals),
            "recall": recall_scores(totals),
            "f1": f1_scores(totals),
        }
        there = totals.rows + totals.answered > 0
        return {name: np.where(there, values, np.nan) for name, values in parts.items()} | {
            "rows": totals.rows
        }


class LabelScores(Scores):
    """Several labels that each hold, 1, or do not, 0: ``(rows, labels)``; answered by outputs above ½."""

    main = "exact_match"
    shares = ("exact_match",)

    def __init__(self, t: Array, y: Array):
        self.t, self.answers = (t > 0.5).astype(np.intp), (y > 0.5).astype(np.intp)
        self.right = np.where(self.t == self.answers, 1.0, 0.0)

    def measure(self, weights: Array | None = None) -> dict[str, Array]:
        return {
            "exact_match": weighted_mean(np.min(self.right, axis=-1), weights),
            "label_accuracy": np.mean(weighted_mean(self.right, weights), axis=-1),
            "f1": np.mean(self.f1(weights), axis=-1),
        }

    def f1(self, weights: Array | None = None) -> Array:
        """F1 of each label, ``(*stack, labels)``."""
        pairs = zip(self.t.T, self.answers.T, strict=True)
        return np.stack([f1_scores(ClassTotals.of(*pair, 2, weights))[..., 1] for pair in pairs], axis=-1)

    def by_part(self) -> dict[str, Array]:
        return {
            "accuracy": np.mean(self.right, axis=0),
            "f1": self.f1(),
            "rows": np.sum(self.t, axis=0, dtype=np.float64),
        }
