"""Compares default networks on tables: ``python scripts/choose_defaults.py FILE:TARGET… [--seeds N]``.

Of each table a fifth of the rows is the test share and another fifth stops the training early, as with
``nn train FILE --target TARGET``; the score is the accuracy on the test rows, or R² where that is above -1.
With scikit-learn installed its MLP is trained on the same rows, those that stop ours among them, and the same
features. The last lines are the means over all tables. docs/your-data.md shows those that chose the default.
"""

import argparse
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nn.experiments.defaults import experiment_of_table
from nn.experiments.experiment import Experiment

CANDIDATES: dict[str, Sequence[str]] = {
    "32 tanh units, patience 60 (the default)": (),
    "patience 30, 500 epochs": ("training.early_stopping.patience=30", "training.epochs=500"),
    "16 units": ("model.layers.0.units=16",),
    "64 units": ("model.layers.0.units=64",),
    "relu units": ("model.layers.0.activation=relu",),
    "batches of 16": ("training.batch_size=16",),
    "learning rate 0.003": ("optimizer.learning_rate=0.003",),
    "weight decay": ("optimizer={type: adamw, learning_rate: 0.01, weight_decay: 0.01}",),
}


def score(experiment: Experiment, answers: Any) -> float:
    """The accuracy of answers to the test share; of numbers R², at least -1."""
    test = experiment.shares["test"]
    if experiment.model.classes is not None:
        truth = np.array(experiment.model.classes, dtype=object)[test.y[:, 0].astype(int)]
        return float(np.mean(np.asarray(answers, dtype=object).ravel() == truth))
    errors = np.asarray(answers).reshape(test.y.shape) - test.y
    spread = np.sum((test.y - test.y.mean(axis=0)) ** 2)
    return max(-1.0, 1 - float(np.sum(errors**2) / spread)) if spread else float("nan")


def ours(experiment: Experiment) -> float:
    """The score of a trained network."""
    for _ in experiment.train():
        pass
    model = experiment.model
    return score(experiment, model.labelled(model.answer(experiment.shares["test"].x)))


def baseline(experiment: Experiment) -> float:
    """The score of the most frequent class of the training share, or of its mean."""
    model, y, rows = experiment.model, experiment.shares["training"].y, len(experiment.shares["test"])
    if model.classes is None:
        return score(experiment, np.tile(y.mean(axis=0), (rows, 1)))
    return score(experiment, [model.classes[int(np.bincount(y[:, 0].astype(int)).argmax())]] * rows)


def theirs(experiment: Experiment, seed: int) -> float | None:
    """The score of scikit-learn's MLP with 500 epochs; None where it is not installed."""
    try:
        from sklearn.neural_network import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
            MLPClassifier,
            MLPRegressor,
        )
    except ImportError:
        return None
    model, shares = experiment.model, experiment.shares
    parts = [shares["training"], shares["validation"]]
    x = model.prepared(np.concatenate([part.x for part in parts]))
    y = np.concatenate([part.y for part in parts])[:, 0]
    test = model.prepared(shares["test"].x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that 500 epochs were too few
        if model.classes is not None:
            found = MLPClassifier(max_iter=500, random_state=seed).fit(x, y).predict(test)
            return score(experiment, np.array(model.classes, dtype=object)[found.astype(int)])
        mean, deviation = y.mean(), y.std() or 1.0
        learner = MLPRegressor(max_iter=500, random_state=seed).fit(x, (y - mean) / deviation)
        return score(experiment, learner.predict(test) * deviation + mean)


def scores(file: str, target: str, seed: int) -> Iterator[tuple[str, float]]:
    """The score of each candidate, of the baseline and of scikit-learn on one table with one seed."""
    for name, settings in CANDIDATES.items():
        experiment = experiment_of_table(file, target, settings=[f"seed={seed}", *settings])
        if "test" not in experiment.shares:
            raise ValueError(f"{file}: expected at least ten rows")
        if name == next(iter(CANDIDATES)):
            yield "the baseline", baseline(experiment)
            if (other := theirs(experiment, seed)) is not None:
                yield "scikit-learn's MLP", other
        yield name, ours(experiment)


def main() -> None:
    """Compare on all tables of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tables", nargs="+", metavar="FILE:TARGET")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    totals: dict[str, list[float]] = {}
    for table in options.tables:
        file, _, target = table.rpartition(":")
        found: dict[str, list[float]] = {}
        for seed in range(options.seeds):
            for name, value in scores(file, target, seed):
                found.setdefault(name, []).append(value)
        print(table, {name: round(float(np.mean(values)), 3) for name, values in found.items()}, flush=True)
        for name, values in found.items():
            totals.setdefault(name, []).append(float(np.mean(values)))
    for name, values in totals.items():
        print(f"{np.nanmean(values):.3f}  {name}")


if __name__ == "__main__":
    main()
