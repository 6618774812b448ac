"""Optimisers and schedules against PyTorch and the papers; see scripts/make_optimizer_reference.py."""

import json
from pathlib import Path

import numpy as np
import pytest

from nn import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    Constant,
    CosineDecay,
    Dense,
    ExponentialDecay,
    MeanSquaredError,
    NAdam,
    OneCycle,
    Quickprop,
    ReduceOnPlateau,
    RMSprop,
    Rprop,
    Sequential,
    Sigmoid,
    StepDecay,
    Tanh,
    train,
)
from tests.judges import agree

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "optimizers.json").read_text())
TASK, TRAJECTORIES, STEPS = (REFERENCE[part] for part in ("task", "trajectories", "steps"))
OPTIMIZERS = {
    "sgd": SGD(0.5),
    "momentum": SGD(0.1, momentum=0.9),
    "nesterov": SGD(0.1, momentum=0.9, nesterov=True),
    "adagrad": Adagrad(0.1),
    "adadelta": Adadelta(),
    "rmsprop": RMSprop(0.01),
    "rmsprop_momentum": RMSprop(0.002, rho=0.95, momentum=0.8),
    "adam": Adam(0.05),
    "amsgrad": Adam(0.05, beta_2=0.9, amsgrad=True),
    "adamw": AdamW(0.05, weight_decay=0.1),
    "nadam": NAdam(0.02),
    "clip_norm": SGD(0.5, clip_norm=0.02),
    "clip_value": SGD(0.5, clip_value=0.01),
    "warmup": SGD(Constant(0.5, warmup=20)),
    "step": SGD(StepDecay(0.5, every=30, factor=0.5)),
    "exponential": SGD(ExponentialDecay(0.5, factor=0.99, steps=1)),
    "cosine": SGD(CosineDecay(0.5, end=0.01)),
    "cosine_warmup": SGD(CosineDecay(0.5, warmup=20)),
    "one_cycle": SGD(OneCycle(0.5)),
    "reduce_on_plateau": SGD(ReduceOnPlateau(30.0, factor=0.5, patience=2, min_delta=1e-4, min_rate=1.0)),
}
AUTHORS = {"irprop_minus": "PyTorch", "rprop_plus": "the paper's cases", "quickprop": "the paper's cases"}
BY_SIGNS = {
    "rprop_plus": Rprop(variant="rprop_plus"),
    "irprop_minus": Rprop(),
    "quickprop": Quickprop(2.0),
}


def test_every_trajectory_and_every_step_is_compared():
    assert (TRAJECTORIES.keys(), STEPS.keys()) == (OPTIMIZERS.keys(), BY_SIGNS.keys())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_two_hundred_steps_are_those_of_torch(name):
    network = Sequential([Dense(3), Tanh(), Dense(1), Sigmoid()], inputs=2)
    network.parameters[...] = TASK["start"]
    expected, points, rates, losses = TRAJECTORIES[name], [], [], []
    epochs = len(expected["losses"])
    for report in train(network, MeanSquaredError(), OPTIMIZERS[name], TASK["x"], TASK["t"], epochs=epochs):
        losses.append(report.loss)
        rates.append(report.learning_rate)
        if report.epoch % TASK["every"] == 0:
            points.append(network.parameters.copy())
    kind = "schedule" if "rates" in expected else "clipping" if name.startswith("clip") else "optimizer"
    agree(kind, name, "PyTorch", "losses of 200 steps", losses, expected["losses"])
    agree(kind, name, "PyTorch", "weights over 200 steps", points, expected["parameters"], atol=1e-12)
    if "rates" in expected:
        agree(kind, name, "PyTorch", "rates of 200 steps", rates, expected["rates"])


@pytest.mark.parametrize("name", BY_SIGNS)
def test_each_step_by_signs_is_that_of_the_judge_from_an_equal_state(name):
    optimizer, (*steps, _) = BY_SIGNS[name], STEPS[name]
    for step, after in zip(steps, STEPS[name][1:], strict=True):
        p = np.array(step["parameters"])
        state = {key: np.array(value) for key, value in step["state"].items()}
        optimizer.step(p, np.array(step["gradient"]), state)
        agree("optimizer", name, AUTHORS[name], "weights, a step", p, after["parameters"], atol=1e-14)
        for key, value in after.get("state", {}).items():
            agree("optimizer", name, AUTHORS[name], f"{key}, a step", state[key], value, atol=1e-14)


@pytest.mark.parametrize("name", BY_SIGNS)
def test_the_steps_by_signs_meet_every_case(name):
    signs = {
        np.sign(g) * np.sign(slope)
        for step in STEPS[name][:-1]
        for g, slope in zip(step["gradient"], step["state"]["slope"], strict=True)
    }
    assert signs == {-1, 0, 1}


def test_the_state_that_the_judge_starts_from_is_ours():
    for name, optimizer in BY_SIGNS.items():
        first = {key: value.tolist() for key, value in optimizer.start(np.array(TASK["start"])).items()}
        assert first == STEPS[name][0]["state"]
