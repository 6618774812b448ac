"""Both engines train every bundled experiment as the formulas do."""

import pytest

from nn.config.build import Experiment
from nn.config.files import load
from nn.config.source import names
from nn.engine.compiler import compiler

TOLERANCE = {"xor-lm": 1e-6}
"""Four residuals leave nine parameters free: small dampings make rounding large along what is free."""


def near(expected, config):
    """What equals these parameters to rounding."""
    return pytest.approx(expected, rel=TOLERANCE.get(config, 1e-10), abs=1e-12)


def parameters(config, engine):
    """The weights after about 200 steps."""
    experiment = Experiment.of(load(config, [f"training.engine={engine}"]))
    batches = -(-len(experiment.shares["training"]) // (experiment.options["batch_size"] or 10**9))
    for report in experiment.train():
        if report.epoch * batches >= 200:
            return experiment.model.network.parameters.copy()
    return experiment.model.network.parameters


@pytest.mark.parametrize("config", names())
def test_a_replay_agrees_to_rounding_after_200_steps(config):
    assert parameters(config, "numpy") == near(parameters(config, "formulas"), config)


@pytest.mark.skipif(not compiler(), reason="no C compiler")
@pytest.mark.parametrize("config", names())
def test_compiled_c_agrees_to_rounding_after_200_steps(config):
    assert parameters(config, "native") == near(parameters(config, "formulas"), config)
