"""Findings on the numbers that a network gets: constant, unscaled, out of its range, or the answer itself."""

import math

import numpy as np

from nn.arrays import Array
from nn.display import three_digits
from nn.findings.finding import Finding
from nn.findings.outcome import Outcome
from nn.layers import LAYERS
from nn.layers.description import name_in
from nn.training.objective import predicted_class

SAME_VALUE = 1e-6
"""A column whose numbers differ by less than this part of the largest is constant, also in float32."""
LARGE, SMALL = 4.0, 0.25
"""A column that reaches beyond ±4, or not as far as ±¼, is not scaled: standardised ones reach 1 to 4."""
NEAR_COPY = 0.9999
"""From this correlation with a target on, an input is a copy of it."""
FIRST_ROWS = 100
MIN_COPIED_ROWS = 10
"""The minimum number of rows: in fewer, an input may agree with the target by accident."""


def constant_columns(x: Array) -> Array:
    """Which inputs are constant, ``(inputs,)``."""
    return np.ptp(x, axis=0) <= SAME_VALUE * np.max(np.abs(x), axis=0)


def constant_inputs(outcome: Outcome) -> Finding | None:
    """Inputs that are the same in all rows: nothing can be told by them."""
    x = outcome.shares["training"][0]
    places = np.flatnonzero(constant_columns(x))
    if not len(places):
        return None
    names = [outcome.inputs[place] for place in places.tolist()]
    if len(names) == x.shape[1]:
        who = f"the only input, '{names[0]}', is" if len(names) == 1 else f"all {len(names)} inputs are"
        setting = "give an input that differs between rows"
    else:
        more = f" and {len(names) - 1} more" if names[1:] else ""
        who = f"'{names[0]}'{more} {'are' if more else 'is'}"
        dropped = [*dict.fromkeys(map(outcome.column, names))]
        setting = f"data.drop: [{', '.join(dropped[:3])}{', …' if len(dropped) > 3 else ''}]"
    text = f"{who} the same in all {len(x):,} rows"
    return Finding("constant_inputs", text, setting, {"constant": len(names), "of": x.shape[1]})


def unscaled_columns(x: Array) -> Array:
    """Which inputs are not constant and far from the size of standardised ones, ``(inputs,)``."""
    size = np.max(np.abs(x), axis=0)
    return ~constant_columns(x) & ((size > LARGE) | (size < SMALL))


def unscaled_inputs(outcome: Outcome) -> Finding | None:
    """Inputs far from mean 0 and deviation 1, of which the worst is named.

    LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.3.
    """
    x = outcome.shares["training"][0]
    places = np.flatnonzero(unscaled_columns(x))
    if not len(places):
        return None
    size = np.max(np.abs(x[:, places]), axis=0)
    worst = int(places[np.argmax(np.abs(np.log(size)))])
    column = x[:, worst]
    low, high, mean, spread = (float(f(column)) for f in (np.min, np.max, np.mean, np.std))
    text = (
        f"'{outcome.inputs[worst]}' runs from {low:.6g} to {high:.6g}, with a mean of {three_digits(mean)} "
        f"and a standard deviation of {three_digits(spread)} instead of 0 and 1"
    )
    measured = {"low": low, "high": high, "mean": mean, "deviation": spread, "inputs": len(places)}
    return Finding("unscaled_inputs", text, "data.scale: standard", measured)


def targets_out_of_range(outcome: Outcome) -> Finding | None:
    """Targets beyond what the last layer can answer, if they make most of the loss that is left.

    The least loss is that of the nearest answers within the layer's bounds; no weights get below it.
    """
    last, t = outcome.network.layers[-1], outcome.shares["training"][1]
    low, high = last.bounds
    if outcome.loss.link or outcome.loss.threshold != 0.5:
        return None
    outside = np.any((t < low) | (t > high), axis=-1)
    with np.errstate(all="ignore"):
        least = float(outcome.loss.forward(np.clip(t, low, high), t))
    left = outcome.training_loss
    if not outside.any() or 2 * least < left < np.inf:
        return None
    name = name_in(LAYERS, last)
    count = f"all {len(t):,}" if outside.all() else f"{int(np.sum(outside)):,} of {len(t):,}"
    text = (
        f"{count} targets ({float(np.min(t)):.6g} to {float(np.max(t)):.6g}) lie outside of what {name} "
        f"as the last layer can answer, {low:g} to {high:g}"
    )
    measured = {"outside": float(np.mean(outside)), "least_loss": least}
    return Finding(
        "targets_out_of_range",
        text,
        f"{target_setting(low, high)}, or end with a dense layer alone",
        measured,
    )


def unscaled_targets(outcome: Outcome) -> Finding | None:
    """Targets far from mean 0 and deviation 1, and a last layer without bounds, which is long on its way.

    LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.5.
    """
    t, last = outcome.shares["training"][1], outcome.network.layers[-1]
    if outcome.classification or outcome.loss.link or any(map(math.isfinite, last.bounds)):
        return None
    if not unscaled_columns(t).any():
        return None
    low, high, mean, spread = (float(f(t)) for f in (np.min, np.max, np.mean, np.std))
    text = (
        f"targets run from {low:.6g} to {high:.6g}, with a mean of {three_digits(mean)} and a standard "
        f"deviation of {three_digits(spread)} instead of 0 and 1"
    )
    measured = {"low": low, "high": high, "mean": mean, "deviation": spread}
    return Finding("unscaled_targets", text, "data.scale_target: standard", measured)


def target_setting(low: float, high: float) -> str:
    """How targets are scaled into the range of a last layer."""
    ranges = {(0.0, 1.0): "[0.1, 0.9]", (-1.0, 1.0): "[-0.9, 0.9]"}
    return f"data.scale_target: {ranges.get((low, high), '[0, 1]')}"


def leak(outcome: Outcome) -> Finding | None:
    """Inputs beside others that are the target: scaled and shifted, or classes under other numbers.

    Where all inputs are among the targets, as in an autoencoder, that is the task. Of classes, every one must
    be told.
    """
    x, t = outcome.shares["training"]
    if len(x) < MIN_COPIED_ROWS:
        return None
    r = np.abs(correlations(x, t))
    copies = r > NEAR_COPY
    if outcome.classification:
        numbers = predicted_class(t, outcome.thresholds.targets)
        copies |= np.array([stand_one_to_one(column, numbers) for column in x.T])[:, np.newaxis]
        copies &= np.all(np.any(copies, axis=0))
    leaking = np.flatnonzero(np.any(copies, axis=-1))
    if not 0 < len(leaking) < x.shape[1]:
        return None
    place = int(leaking[0])
    name, correlation = outcome.inputs[place], float(np.max(r[place]))
    how = f"their correlation is {correlation:.6f}"
    if correlation <= NEAR_COPY:
        how = "each of its values stands with one class"
    text = f"'{name}' is a copy of the target in all {len(x):,} rows: {how}"
    setting = f"data.drop: [{outcome.column(name)}], unless it is known before the answer is"
    return Finding("leak", text, setting, {"correlation": correlation, "inputs": len(leaking)})


def stand_one_to_one(column: Array, classes: Array) -> bool:
    """Whether each value of a column stands with one class, and each class with one value."""
    if len(np.unique(column[:FIRST_ROWS])) > FIRST_ROWS // 2:  # most columns of numbers, at little cost
        return False
    values = np.unique(column)
    if not len(values) == len(np.unique(classes)) <= len(column) // 2:
        return False
    return len(np.unique(np.stack([column, classes.astype(column.dtype)]), axis=1).T) == len(values)


def correlations(x: Array, t: Array) -> Array:
    """Pearson's r of each input with each target, ``(inputs, targets)``; 0 where one is constant."""
    u, v = (np.where(constant_columns(a), 0, a - np.mean(a, axis=0)).astype(np.float64) for a in (x, t))
    lengths = np.sqrt(np.sum(u * u, axis=0))[:, np.newaxis] * np.sqrt(np.sum(v * v, axis=0))
    return np.divide(u.T @ v, lengths, out=np.zeros_like(lengths), where=lengths > 0)
