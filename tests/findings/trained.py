"""Small tasks and networks, and trainings on them, for findings."""

import numpy as np

from nn import Dense, MeanSquaredError, Sequential, Sigmoid, StopAt, train
from nn.findings.diagnosis import diagnose
from nn.findings.outcome import Outcome
from nn.training.stopping import DivergedError

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
SOLVED = StopAt(loss=0.01)


def network(*units, inputs=2, outputs=1, activation=Sigmoid, last=None, initializer=None, seed=0):
    layers = [part for n in units for part in (Dense(n, initializer=initializer), activation())]
    layers += [Dense(outputs, initializer=initializer), *([last()] if last else [])]
    return Sequential(layers, inputs=inputs, seed=seed)


def sine(seed, rows=120):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, (rows, 1))
    return x, np.sin(x) + rng.normal(0, 0.1, x.shape)


def three_classes(seed, rows=150):
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, 3, rows)
    centers = np.array([[0, 2], [2, -1], [-2, -1]])
    return rng.normal(centers[classes], 0.5), np.eye(3)[classes]


def trained(
    network, x, t, optimizer, epochs, *, loss=None, held_out=None, names=None, stop_at=None, **options
) -> Outcome:
    """The outcome of a training with the engine of NumPy; ``held_out`` rows are the last ones."""
    loss = loss or MeanSquaredError()
    x, t = np.asarray(x, float), np.asarray(t, float)
    rows = len(x) - (held_out or 0)
    shares = {"training": (x[:rows], t[:rows])}
    if held_out:
        shares["validation"] = (x[rows:], t[rows:])
    classification = loss.classifies(t.shape[1])
    history = {"epoch": [], "loss": [], "val_loss": []}
    diverged, reached = False, False
    reports = train(
        network, loss, optimizer, *shares["training"], validation=shares.get("validation"), epochs=epochs,
        classification=classification, stop_at=stop_at, engine="numpy", **options,
    )  # fmt: skip
    try:
        for report in reports:
            history["epoch"].append(report.epoch)
            history["loss"].append(report.loss)
            history["val_loss"].append(np.nan if report.val_loss is None else report.val_loss)
            reached = report.stopped == "stop_at"
    except DivergedError:
        diverged = True
    return Outcome(
        network,
        loss,
        optimizer,
        shares,
        names or [f"x{n + 1}" for n in range(x.shape[1])],
        epochs,
        {name: np.array(values) for name, values in history.items()},
        options,
        classification=classification,
        stop_at=stop_at,
        reached=reached,
        diverged=diverged,
    )


def first(outcome: Outcome) -> str:
    """The kind of the first finding; empty if there is none."""
    found = diagnose(outcome)
    return found[0].id if found else ""
