"""Both engines train every bundled experiment as the formulas do."""

import numpy as np
import pytest

from nn.config.build import Experiment
from nn.config.files import load
from nn.config.source import names
from nn.engine.compiler import compiler


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
    assert np.allclose(parameters(config, "numpy"), parameters(config, "formulas"), rtol=1e-10, atol=1e-12)


@pytest.mark.skipif(not compiler(), reason="no C compiler")
@pytest.mark.parametrize("config", names())
def test_compiled_c_agrees_to_rounding_after_200_steps(config):
    assert np.allclose(parameters(config, "native"), parameters(config, "formulas"), rtol=1e-10, atol=1e-12)
