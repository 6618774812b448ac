"""The changes that trials try, and the findings that they give."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nn.display import three_digits
from nn.findings import columns, units
from nn.findings.finding import Finding
from nn.findings.outcome import Outcome
from nn.findings.rates import other_rate
from nn.findings.trials import (
    ALIKE,
    Explained,
    Laboratory,
    Trial,
    epochs_text,
    fresh,
    fresh_layers,
    loss_text,
    reaches,
)
from nn.layers.activations.rectifiers import LeakyReLU, ReLU
from nn.layers.activations.sigmoids import Sigmoid, Tanh
from nn.layers.base import Layer
from nn.layers.dense import Dense

MORE_UNITS = 4
"""Hidden layers get so many times their units, which is enough for XOR, where one unit is not and two are."""
HIDDEN_UNITS = 8
"""The units of a hidden layer where there is none."""
OTHER_SEEDS = (1, 2, 3)
"""What the initial weights are drawn from, where others may do better."""
FASTER = 10
"""A rate with which training takes a tenth of the epochs is the reason, and not that they were too few."""


def explanations(laboratory: Laboratory) -> Iterator[Finding]:
    """Findings from the trials that explain a failure best; of those alike, the simplest change first."""
    found = [*filter(None, (try_change(laboratory) for try_change in CHANGES))]
    if not found:
        return
    best = min(trial.loss for _, trial in found)
    alike = {
        finding.id: (finding, trial)
        for finding, trial in found
        if trial.loss <= ALIKE * best or reaches(laboratory, trial)
    }
    if {"still_falling", "learning_rate_too_small"} <= alike.keys():
        more, faster = (alike[name][1] for name in ("still_falling", "learning_rate_too_small"))
        if FASTER * faster.epochs <= laboratory.outcome.epochs + more.epochs:
            del alike["still_falling"]
    yield from (finding for finding, _ in alike.values())


def other_seed(laboratory: Laboratory) -> Explained | None:
    """Other initial weights of the same kind: where most of them do, it was bad luck."""
    trials = {seed: laboratory.train(seed=seed) for seed in OTHER_SEEDS}
    lucky = {seed: trial for seed, trial in trials.items() if trial and trial.explains}
    if 2 * len(lucky) <= len(OTHER_SEEDS):
        return None
    seed, trial = next(iter(lucky.items()))
    text = f"from {len(lucky)} of {len(OTHER_SEEDS)} other initial weights the same training succeeds"
    measured: dict[str, float] = {"lucky": len(lucky), "of": len(OTHER_SEEDS)}
    return with_losses(laboratory, Finding("unlucky_start", text, f"seed: {seed}", measured), trial), trial


def scaled_inputs(laboratory: Laboratory) -> Explained | None:
    """Standardised inputs."""
    outcome = laboratory.outcome
    x = outcome.shares["training"][0]
    finding = columns.unscaled_inputs(outcome)
    large = columns.constant_columns(x) & (np.max(np.abs(x), axis=0) > columns.LARGE)
    if finding is None and not large.any():
        return None
    mean, spread = np.mean(x, axis=0), np.where(columns.constant_columns(x), 1, np.std(x, axis=0))
    trial = laboratory.train(scaled=lambda rows: ((rows - mean) / spread).astype(rows.dtype))
    if not trial or not trial.explains:
        return None
    finding = finding or columns.constant_inputs(outcome)
    assert finding, "there is a large constant column"
    return with_losses(laboratory, finding, trial), trial


def scaled_targets(laboratory: Laboratory) -> Explained | None:
    """Standardised targets of a regression."""
    outcome = laboratory.outcome
    finding = columns.unscaled_targets(outcome)
    if finding is None:
        return None
    t = outcome.shares["training"][1]
    spread = np.std(t, axis=0)
    trial = laboratory.train(target_scale=(np.mean(t, axis=0), np.where(spread > 0, spread, 1)))
    if not trial or not trial.explains:
        return None
    return with_losses(laboratory, finding, trial), trial


def other_start(laboratory: Laboratory) -> Explained | None:
    """The initial weights that suit the activations, in the place of those that were asked for."""
    outcome = laboratory.outcome
    layers = [initialized(layer) for layer in outcome.network.layers]
    if not any(is_unusual(layer, outcome) for layer in outcome.network.layers if isinstance(layer, Dense)):
        return None
    trial = laboratory.train(layers=layers)
    if not trial or not trial.explains:
        return None
    finding = units.equal_units(outcome, at_end=False)
    finding = finding or units.saturated_units(outcome, units.RANDOM_START, at_start=True)
    return (with_losses(laboratory, finding, trial), trial) if finding else None


def is_unusual(layer: Dense, outcome: Outcome) -> bool:
    """Whether a dense layer has another initialiser than that of the activation behind it."""
    layers = outcome.network.layers
    behind = (after for after in layers[layers.index(layer) + 1 :] if after.default_initializer)
    return layer.initializer != next(behind, layer).default_initializer


def initialized(layer: Layer) -> Layer:
    """A layer as new, with the initialiser of the activation behind it."""
    return fresh(layer, initializer=None) if isinstance(layer, Dense) else fresh(layer)


def leaky(laboratory: Laboratory) -> Explained | None:
    """Rectifiers that keep a slope below 0, where units are dead."""
    outcome = laboratory.outcome
    if outcome.diverged or units.dead_units(outcome, "") is None:
        return None
    trial = laboratory.train(
        layers=[LeakyReLU() if isinstance(layer, ReLU) else fresh(layer) for layer in outcome.network.layers]
    )
    if not trial or not trial.explains:
        return None
    finding = units.dead_units(outcome, "model.layers: activation: leaky_relu")
    assert finding, "looked at above"
    return with_losses(laboratory, finding, trial), trial


def steeper(laboratory: Laboratory) -> Explained | None:
    """Tanh or rectifiers in the place of hidden sigmoids, whose slopes of at most ¼ multiply."""
    outcome = laboratory.outcome
    *hidden, last = outcome.network.layers
    if sum(isinstance(layer, Sigmoid) for layer in hidden) < 2:
        return None
    best = None
    for kind in (Tanh, ReLU):
        layers = [kind() if isinstance(layer, Sigmoid) else initialized(layer) for layer in hidden]
        trial = laboratory.train(layers=[*layers, fresh(last)])
        if trial and trial.explains and (best is None or trial.loss < best[1].loss):
            best = kind, trial
    if best is None:
        return None
    kind, trial = best
    finding = units.vanishing_gradient(outcome, f"model.layers: activation: {kind.__name__.lower()}")
    return (with_losses(laboratory, finding, trial), trial) if finding else None


def more_epochs(laboratory: Laboratory) -> Explained | None:
    """As many epochs again, from where training ended."""
    outcome = laboratory.outcome
    if outcome.diverged:
        return None
    trial = laboratory.train(start=outcome.network.parameters)
    if not trial or not trial.explains:
        return None
    text = (
        f"the loss is still falling: after {outcome.epochs:,} epochs it is {loss_text(outcome)}, and "
        f"{three_digits(trial.loss)} after {trial.epochs:,} more"
    )
    measured: dict[str, float] = {"loss": outcome.final_loss, "trial_loss": trial.loss}
    return Finding(
        "still_falling", text, f"training.epochs: {outcome.epochs + trial.epochs}", measured
    ), trial


def more_units(laboratory: Laboratory) -> Explained | None:
    """More units in hidden layers, or a hidden layer where there is none."""
    outcome = laboratory.outcome
    layers = outcome.network.layers
    dense = [place for place, layer in enumerate(layers) if isinstance(layer, Dense)]
    if len(dense) != sum(isinstance(layer, Dense) for layer in layers) or not dense:
        return None
    hidden = dense[:-1]
    if hidden:
        wider = [
            fresh(layer, units=MORE_UNITS * layer.units)
            if place in hidden and isinstance(layer, Dense)
            else fresh(layer)
            for place, layer in enumerate(layers)
        ]
        counts = [layer.units for place in hidden if isinstance(layer := layers[place], Dense)]
        own, more = (" and ".join(map(str, c)) for c in (counts, [MORE_UNITS * n for n in counts]))
        text, setting = (
            f"{more} hidden units instead of {own}",
            f"model.layers.0.units: {MORE_UNITS * counts[0]}",
        )
        measured: dict[str, float] = {"units": counts[0], "more": MORE_UNITS * counts[0]}
    else:
        wider = [Dense(HIDDEN_UNITS), Tanh(), *fresh_layers(layers)]
        text = f"a hidden layer of {HIDDEN_UNITS} tanh units"
        setting = f"model.layers: a first {{type: dense, units: {HIDDEN_UNITS}, activation: tanh}}"
        measured = {"units": 0, "more": HIDDEN_UNITS}
    trial = laboratory.train(layers=wider)
    if not trial or not trial.explains:
        return None
    text = (
        f"with {text} the loss gets to {three_digits(trial.loss)} in {epochs_text(trial)}, instead of "
        f"{loss_text(outcome)}"
    )
    measured |= {"loss": outcome.final_loss, "trial_loss": trial.loss}
    return Finding("too_few_units", text, setting, measured), trial


CHANGES = (
    other_seed,
    scaled_inputs,
    scaled_targets,
    leaky,
    other_start,
    more_epochs,
    other_rate,
    steeper,
    more_units,
)
"""The simplest first."""


def with_losses(laboratory: Laboratory, finding: Finding, trial: Trial) -> Finding:
    """A finding with the loss of the trial that confirms it."""
    losses = {"loss": laboratory.outcome.final_loss, "trial_loss": trial.loss}
    return replace(finding, measured={**finding.measured, **losses})
