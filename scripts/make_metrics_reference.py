"""Writes ``tests/reference/metrics.json``: what scikit-learn makes of answers, weighted and not.

Run it with scikit-learn 1.9 installed: ``python scripts/make_metrics_reference.py [FILE]``. It writes the
same content each time. The tests read the file and need no scikit-learn.
"""

import json
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import sklearn  # type: ignore[import-not-found,unused-ignore]
from sklearn import metrics  # type: ignore[import-not-found,unused-ignore]

FILE = Path(__file__).parents[1] / "tests" / "reference" / "metrics.json"
ROWS = 40


def rounded(values: Any) -> Any:
    """Numbers short enough to be read, and exact: all with a few binary digits."""
    return np.round(np.asarray(values) * 1024) / 1024


def probabilities(rng: np.random.Generator, t: Any, classes: int) -> Any:
    """Rows of sum 1 that lean to their class, with ties among them."""
    raw = rng.integers(1, 9, size=(len(t), classes)).astype(float)
    raw[np.arange(len(t)), t] += 6
    return raw / raw.sum(axis=1, keepdims=True)


def regression(t: Any, y: Any, w: Any) -> dict[str, Any]:
    """The metrics of numbers: together, and of each target."""
    found: dict[str, Any] = {}
    for name, function in {
        "r2": metrics.r2_score,
        "rmse": metrics.root_mean_squared_error,
        "mae": metrics.mean_absolute_error,
    }.items():
        found[name] = function(t, y, sample_weight=w)
        found[f"{name} by target"] = function(t, y, sample_weight=w, multioutput="raw_values").tolist()
    if w is None:
        found["largest_error by target"] = [metrics.max_error(*pair) for pair in zip(t.T, y.T, strict=True)]
    return found


def classification(t: Any, p: Any, w: Any) -> dict[str, Any]:
    """The metrics of classes; NaN where scikit-learn does not decide."""
    classes = list(range(p.shape[1]))
    answers = np.argmax(p, axis=1)
    scores = p[:, 1] if len(classes) == 2 else p
    each = metrics.precision_recall_fscore_support(
        t, answers, labels=classes, sample_weight=w, zero_division=0
    )
    macro = metrics.precision_recall_fscore_support(
        t, answers, average="macro", sample_weight=w, zero_division=0
    )
    auc = metrics.roc_auc_score(
        t, scores, labels=classes, average="macro", multi_class="ovr", sample_weight=w
    )
    return {
        "accuracy": metrics.accuracy_score(t, answers, sample_weight=w),
        "balanced_accuracy": metrics.balanced_accuracy_score(t, answers, sample_weight=w),
        **dict(zip(("precision", "recall", "f1"), macro[:3], strict=True)),
        **{
            f"{name} by class": values.tolist()
            for name, values in zip(("precision", "recall", "f1"), each[:3], strict=True)
        },
        "roc_auc": None if np.isnan(auc) else auc,
        "log_loss": metrics.log_loss(t, p, labels=classes, sample_weight=w),
        "brier": metrics.brier_score_loss(
            t, scores, labels=classes, sample_weight=w, **({"pos_label": 1} if len(classes) == 2 else {})
        ),
        "confusion": metrics.confusion_matrix(t, answers, labels=classes).tolist(),
    }


def labels(t: Any, y: Any, w: Any) -> dict[str, Any]:
    """The metrics of several labels that each hold or do not."""
    answers = (y > 0.5).astype(int)
    pairs = list(zip(t.T, answers.T, strict=True))
    return {
        "exact_match": metrics.accuracy_score(t, answers, sample_weight=w),
        "label_accuracy": 1 - metrics.hamming_loss(t, answers, sample_weight=w),
        "f1": metrics.f1_score(t, answers, average="macro", sample_weight=w, zero_division=0),
        "accuracy by label": [metrics.accuracy_score(*pair, sample_weight=w) for pair in pairs],
        "f1 by label": [metrics.f1_score(*pair, sample_weight=w, zero_division=0) for pair in pairs],
    }


def cases(rng: np.random.Generator) -> dict[str, tuple[Any, Any, Any]]:
    """Targets, answers and what measures them, by name; the task is the first word."""
    t = rounded(rng.normal(22, 9, size=(ROWS, 3)) * [1, 1e4, 1e-3])
    y = rounded(t + rng.normal(size=t.shape) * [3, 4e4, 1e-3])
    made: dict[str, tuple[Any, Any, Any]] = {
        "regression of one target": (t[:, :1], y[:, :1], regression),
        "regression of three targets": (t, y, regression),
        "regression far from 0": (t[:, :1] + 1e6, y[:, :1] + 1e6, regression),
        "regression of equal targets": (np.full((ROWS, 1), 0.25), y[:, :1], regression),
        "regression of equal targets, all right": (np.full((5, 1), 0.25), np.full((5, 1), 0.25), regression),
        "regression of two rows": (t[:2, :1], y[:2, :1], regression),
    }
    for classes in (2, 3, 5):
        k = rng.integers(classes, size=ROWS)
        made[f"classification of {classes} classes"] = (k, probabilities(rng, k, classes), classification)
    k = np.arange(ROWS) % 2
    sure = np.stack([1.0 - k, k], axis=1)
    made["classification, all right and sure"] = (k, sure, classification)
    made["classification, all wrong and sure"] = (k, sure[:, ::-1], classification)
    made["classification, always the first class"] = (k, np.tile([0.75, 0.25], (ROWS, 1)), classification)
    made["classification with one class in the rows"] = (0 * k, probabilities(rng, k, 2), classification)
    absent = rng.integers(2, size=ROWS) * 2  # of three classes the middle one has no rows
    made["classification with a class without rows"] = (absent, probabilities(rng, k, 3), classification)
    held = (rng.random((ROWS, 4)) < [0.1, 0.5, 0.9, 0]).astype(float)
    made["labels, four"] = (held, rounded(rng.random((ROWS, 4)) / 2 + held / 2), labels)
    return made


def main(file: Path) -> None:
    """Write the reference."""
    rng = np.random.default_rng(13)
    values = {}
    for name, (t, y, measure) in cases(rng).items():
        w = rounded(rng.uniform(0.25, 2, size=len(t)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is not decided
            found = {"plain": measure(t, y, None), "weighted": measure(t, y, w)}
        values[name] = {"t": t.tolist(), "y": y.tolist(), "weights": w.tolist(), **found}
    text = json.dumps({"scikit-learn": sklearn.__version__, **values}, indent=1)
    rows = re.sub(r"\[[^][]+\]", lambda row: " ".join(row[0].split()), text)
    file.write_text(rows + "\n", encoding="utf-8")
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    if not sklearn.__version__.startswith("1.9."):
        raise SystemExit(f"expected scikit-learn 1.9, got {sklearn.__version__}")
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
