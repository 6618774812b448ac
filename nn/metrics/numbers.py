"""Metrics as people name and read them."""

import math

TITLES = {
    "loss": "loss",
    "r2": "R²",
    "rmse": "RMSE",
    "mae": "MAE",
    "largest_error": "largest error",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "exact_match": "exact match",
    "label_accuracy": "label accuracy",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "roc_auc": "ROC AUC",
    "log_loss": "log loss",
    "brier": "Brier score",
    "rows": "rows",
}
PERCENTAGES = {"accuracy", "balanced_accuracy", "exact_match", "label_accuracy"}
SHARES = {"r2", "precision", "recall", "f1", "roc_auc"}
UNDECIDED = "–"
"""Shown in place of a metric that is undefined."""


def metric_title(name: str) -> str:
    """The title of a metric of all rows: of precision, recall and F1 the mean of the classes."""
    title = TITLES.get(name, name)
    return f"{title} (macro)" if name in ("precision", "recall", "f1") else title


def metric_number(name: str, value: float | None) -> str:
    """A metric as people read it: ``97.4 %``, ``0.985``, ``1,234``; a dash where it is not decided."""
    if value is None:
        return UNDECIDED
    if name in PERCENTAGES:
        return f"{100 * value:z.1f} %"
    if name == "rows":
        return f"{value:,.0f}"
    return f"{value:z.3f}" if name in SHARES else significant(value)


def interval_text(name: str, low: float | None, high: float | None) -> str:
    """``92.1 to 100.0 %``; a dash where there is none."""
    if low is None or high is None:
        return UNDECIDED
    return f"{metric_number(name, low).removesuffix(' %')} to {metric_number(name, high)}"


def significant(value: float, digits: int = 4) -> str:
    """Write a number to ``digits`` significant digits, all before the point; with an exponent if need be.

    >>> significant(0.98765), significant(12.3), significant(91971.4), significant(0), significant(1.2e-7)
    ('0.9877', '12.30', '91,971', '0', '1.200e-07')
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.{digits - 1}e}")
    size = math.floor(math.log10(abs(rounded)))
    if not -4 <= size <= 8:
        return f"{value:.{digits - 1}e}"
    return f"{value:,.{max(0, digits - 1 - size)}f}"
