"""Compares runs in a table: differing options, metrics, epochs and time."""

from collections.abc import Mapping, Sequence

import numpy as np

from nn.metrics.assessment import MetricValue
from nn.metrics.numbers import interval_text, metric_number, metric_title
from nn.runs.assessing import kept_assessments
from nn.runs.differences import config_differences, folder_names, value_text
from nn.runs.metrics import NONE, duration, metric_text
from nn.runs.reading import Run


def comparison_columns(runs: Sequence[Run]) -> dict[str, list[str]]:
    """The columns of the table by name, each with a cell for each run.

    Metrics are those of the last row of metrics.csv and, after them, the best of all rows; those of a test
    share were measured with the weights that were kept. A run that was killed or still trains has no "ended".
    """
    return (
        {"run": run_folders(runs)}
        | option_columns(runs)
        | progress_columns(runs)
        | metric_columns(runs)
        | assessed_columns(runs)
    )


def run_folders(runs: Sequence[Run]) -> list[str]:
    """The folders of the runs, shortened as far as they stay different."""
    return folder_names([run.folder for run in runs])


def option_columns(runs: Sequence[Run]) -> dict[str, list[str]]:
    """The options that differ between their configurations."""
    return {
        key: list(map(value_text, values))
        for key, values in config_differences([r.config for r in runs]).items()
    }


def progress_columns(runs: Sequence[Run]) -> dict[str, list[str]]:
    """Why each run ended, its epochs and seconds, and its best epoch."""
    last = [{name: values[-1:] for name, values in run.metrics.items()} for run in runs]
    return {
        "ended": [(run.stopped or NONE).replace("_", " ") for run in runs],
        "epochs run": [f"{row['epoch'][0]:,.0f}" if len(row.get("epoch", ())) else "0" for row in last],
        "time": [duration(float(row["seconds"][0])) if len(row.get("seconds", ())) else NONE for row in last],
        "best epoch": [NONE if run.best_epoch is None else f"{run.best_epoch:,}" for run in runs],
    }


def metric_columns(runs: Sequence[Run]) -> dict[str, list[str]]:
    """The last and the best value of each loss and accuracy that any run has, and those of test shares."""
    columns = {}
    for quantity in ("loss", "accuracy"):
        for prefix in ("", "val_"):
            columns[f"final {prefix}{quantity}"] = [last_metric_text(run, prefix + quantity) for run in runs]
        validated = any(f"val_{quantity}" in run.metrics for run in runs)
        judged = f"val_{quantity}" if validated else quantity
        columns[f"best {judged}"] = [best_metric_text(run, judged) for run in runs]
        columns[f"test {quantity}"] = [test_metric_text(run, quantity) for run in runs]
    return {name: cells for name, cells in columns.items() if set(cells) != {NONE}}


def assessed_columns(runs: Sequence[Run]) -> dict[str, list[str]]:
    """The main metric of the test share, or of the validation share if no run has one, with its baseline."""
    kept = [kept_assessments(run.facts) for run in runs]
    share = "test" if any("test" in shares for shares in kept) else "validation"
    columns = {}
    for name in ("accuracy", "exact_match", "r2"):
        found = [shares.get(share, {}).get(name, MetricValue(None)) for shares in kept]
        if any(one.value is not None for one in found):
            title = f"{share} {metric_title(name)}"
            columns[title] = [metric_number(name, one.value) for one in found]
            columns[f"{title}, 95 % interval"] = [interval_text(name, one.low, one.high) for one in found]
            columns[f"{title}, baseline"] = [metric_number(name, one.baseline) for one in found]
    return {name: cells for name, cells in columns.items() if set(cells) != {NONE}}


def last_metric_text(run: Run, name: str) -> str:
    """A metric in the last row."""
    return "".join(metric_text(name, float(value)) for value in run.metrics.get(name, ())[-1:]) or NONE


def best_metric_text(run: Run, name: str) -> str:
    """The lowest loss or highest accuracy of any row."""
    values = run.metrics.get(name, np.empty(0))
    values = values[np.isfinite(values)]
    best = values.max if name.endswith("accuracy") else values.min
    return metric_text(name, float(best())) if len(values) else NONE


def test_metric_text(run: Run, name: str) -> str:
    """A metric on the test share, with the weights that were kept."""
    test: Mapping[str, float | None] = ((run.facts or {}).get("metrics") or {}).get("test") or {}
    return metric_text(name, test.get(name))
