"""Both engines train every bundled experiment as the formulas do: each an epoch, from equal states."""

import pytest

from nn.config.load import load_config
from nn.config.source import config_names
from nn.engine.compiler import compiler
from nn.experiments.experiment import Experiment

pytestmark = pytest.mark.optimized
AFTER = (1, 10, 50)
"""The epochs after which engines are compared, while no more than 200 steps are taken."""


def states(config):
    """What a report of the formulas remembers, at epochs along the way."""
    experiment = Experiment.of(load_config(config, ["training.report_every=1"]))
    batches = -(-len(experiment.shares["training"]) // (experiment.options["batch_size"] or 10**9))
    last = experiment.options["epochs"] - 1
    wanted = [epoch for epoch in AFTER if epoch * batches <= 200 and epoch <= last] or [1]
    for report in experiment.train(engine="formulas"):
        if report.epoch in wanted and not report.stopped:
            yield report.state()
        if report.stopped or report.epoch == wanted[-1]:
            return


def epoch(config, engine, state):
    """The loss and the weights of the next epoch."""
    experiment = Experiment.of(load_config(config, ["training.report_every=1"]))
    report = next(experiment.train(state, engine))
    return report.loss, experiment.model.network.parameters.copy()


def agrees(config, engine):
    compared = 0
    for state in states(config):
        loss, parameters = epoch(config, "formulas", state)
        ours, found = epoch(config, engine, state)
        assert ours == pytest.approx(loss, rel=1e-10, abs=1e-15)
        assert found == pytest.approx(parameters, rel=1e-10, abs=1e-12)
        compared += 1
    assert compared


@pytest.mark.parametrize("config", config_names())
def test_a_replay_agrees_to_rounding(config):
    agrees(config, "numpy")


@pytest.mark.skipif(not compiler(), reason="no C compiler")
@pytest.mark.parametrize("config", config_names())
def test_compiled_c_agrees_to_rounding(config):
    agrees(config, "native")
