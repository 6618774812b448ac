"""Probes: whether the inputs tell anything about the targets, by predictors that need no training.

Each predicts a row from the other rows by a linear combination of their targets, ŷ = S t, so that one matrix
serves all permutations of the targets: k nearest neighbours, and least squares.
"""

from typing import NamedTuple

import numpy as np

from nn.arrays import Array

MIN_PROBE_ROWS, MAX_PROBE_ROWS = 30, 600
"""With fewer rows a probe decides nothing; of more, a random subset of the maximum size is used."""
PERMUTATIONS = 200
BY_ACCIDENT = 3.3
"""A score so many standard deviations from that of permuted targets comes by accident once in a thousand."""
DISCOVERY = 5.0
"""What is claimed of shifted targets is that far from accident."""
SHIFTS = (1, -1)


class Relation(NamedTuple):
    """How well a probe predicts the targets.

    z: how many standard deviations its score is from that of permuted targets
    explained: R² of rows that it does not see; at most 1
    answers: what it predicts for each row from the others, ``(rows, outputs)``
    """

    z: float
    explained: float
    answers: Array


def relation(x: Array, t: Array, seed: int = 0) -> Relation | None:
    """What the best probe finds between inputs and targets; None where the rows are too few to decide.

    The score of a probe, its mean squared error on rows left out, is compared with those for targets that are
    permuted among the rows (Fisher 1935, "The design of experiments"; Good 2005, "Permutation, parametric and
    bootstrap tests of hypotheses"). Either side counts: nearest neighbours are worse than by accident on the
    parity of bits, which the inputs determine.
    """
    if len(x) < MIN_PROBE_ROWS or not np.any(np.std(t, axis=0)):
        return None
    u = standardized(x)
    if not u.size:
        return Relation(0.0, 0.0, np.zeros_like(t) + np.mean(t, axis=0))
    found = [permutation_test(matrix, t, seed) for matrix in smoothers(u)]
    best = max(found, key=lambda one: abs(one.z))
    return best._replace(z=max(best.z, of_single_inputs(u, t, seed), key=abs))


def shifted_relation(x: Array, t: Array, seed: int = 0) -> tuple[int, Relation] | None:
    """The shift of the targets by a row, as rows come in the file, under which a probe predicts them best."""
    x, t = x[:MAX_PROBE_ROWS], t[:MAX_PROBE_ROWS]
    found = {shift: relation(x, np.roll(t, shift, axis=0), seed) for shift in SHIFTS}
    clear = {shift: one for shift, one in found.items() if one and one.z > DISCOVERY and one.explained > 0}
    return max(clear.items(), key=lambda item: item[1].z, default=None)


def drawn_rows(x: Array, t: Array, seed: int = 0) -> tuple[Array, Array]:
    """At most MAX_PROBE_ROWS rows, in their order."""
    if len(x) <= MAX_PROBE_ROWS:
        return x, t
    rows = np.sort(np.random.default_rng(seed).choice(len(x), MAX_PROBE_ROWS, replace=False))
    return x[rows], t[rows]


def standardized(x: Array) -> Array:
    """The inputs that are not constant, with mean 0 and deviation 1."""
    spread = np.std(x, axis=0)
    varied = spread > 0
    return (x[:, varied] - np.mean(x[:, varied], axis=0)) / spread[varied]


def permuted_rows(rows: int, seed: int) -> Array:
    """Orders of the rows, ``(rows, PERMUTATIONS)``."""
    orders = np.tile(np.arange(rows)[:, np.newaxis], (1, PERMUTATIONS))
    return np.random.default_rng(seed).permuted(orders, axis=0)


def of_single_inputs(u: Array, t: Array, seed: int) -> float:
    """z of the largest r² of an input with a target, which few rows show sooner than many inputs together."""
    t = t - np.mean(t, axis=0)
    orders = permuted_rows(len(t), seed)
    scores, score = np.zeros(PERMUTATIONS), 0.0
    for column in t.T:
        size = len(t) * np.sum(column**2)
        if size > 0:
            scores = np.maximum(scores, np.max((u.T @ column[orders]) ** 2, axis=0) / size)
            score = max(score, float(np.max((u.T @ column) ** 2) / size))
    spread = float(np.std(scores))
    return (score - float(np.mean(scores))) / spread if spread > 0 else 0.0


def smoothers(u: Array) -> list[Array]:
    """The matrices S ``(rows, rows)`` of the probes for standardised inputs, each with a diagonal of 0."""
    rows = len(u)
    squares = np.sum(u * u, axis=-1)
    distances = squares[:, np.newaxis] + squares - 2 * u @ u.T
    np.fill_diagonal(distances, np.inf)
    order = np.argsort(distances, axis=-1)
    matrices = []
    for neighbours in (1, round(rows**0.5)):
        matrix = np.zeros((rows, rows))
        np.put_along_axis(matrix, order[:, :neighbours], 1 / neighbours, axis=-1)
        matrices.append(matrix)
    if u.shape[1] + 1 < rows / 2:
        hat = np.linalg.pinv(np.column_stack([np.ones(rows), u]))
        hat = np.column_stack([np.ones(rows), u]) @ hat
        left = np.maximum(1 - np.diag(hat), np.finfo(float).eps)[:, np.newaxis]
        # The prediction of a row from the others: ŷᵢ = (H t − hᵢᵢ tᵢ) / (1 − hᵢᵢ) (Allen 1974, PRESS).
        matrices.append((hat - np.diag(np.diag(hat))) / left)
    return matrices


def permutation_test(matrix: Array, t: Array, seed: int) -> Relation:
    """How a probe predicts the targets, beside what it makes of permuted ones."""
    mean = np.mean(t, axis=0)
    t = t - mean
    orders = permuted_rows(len(t), seed)
    scores = np.zeros(PERMUTATIONS)
    for column in t.T:
        permuted = column[orders]
        scores += np.mean((permuted - matrix @ permuted) ** 2, axis=0)
    answers = matrix @ t
    score = float(np.sum(np.mean((t - answers) ** 2, axis=0)))
    spread = float(np.std(scores))
    z = (float(np.mean(scores)) - score) / spread if spread > 0 else 0.0
    return Relation(z, 1 - score / float(np.sum(np.mean(t * t, axis=0))), answers + mean)
