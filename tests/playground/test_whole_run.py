"""The run of a page in node from its start to its end, and the numbers that it draws."""

from dataclasses import replace

import numpy as np
import pytest

from nn.playground.proof import cases, step_differences
from nn.playground.whole_run import draws_alike, run_to_the_end
from nn.random import Generators
from tests.playground.nodes import needs_node, steps_of

pytestmark = needs_node


@pytest.mark.parametrize("config", ["xor", "iris"])
def test_a_whole_run_stays_near_that_of_numpy(config):
    steps = steps_of(config, "training.epochs=60")
    page = run_to_the_end(steps)
    *_, last = steps.experiment.train(engine="numpy")
    weights = last.state()["method.parameters"]
    assert (page.epoch, page.kept) == (last.epoch, last.kept_epoch)
    assert page.parameters == pytest.approx(weights, abs=1e-12 * np.max(np.abs(weights)))


@pytest.mark.parametrize("layer", ["{type: dense, units: 2}", "{type: dropout, rate: 0.2}"])
def test_the_first_orders_and_noise_are_compared_bit_for_bit(layer):
    steps = steps_of("moons", f"model.layers.0={layer}")
    assert draws_alike(steps)
    other = Generators(np.array([99], np.uint64), "order")
    steps.samples = replace(steps.samples, generators=other)
    assert not draws_alike(steps)


@pytest.fixture
def tied():
    """A step whose outputs are 0 but for rounding, like half of the targets: their signs are in doubt."""
    steps = steps_of("xor", "loss=mae", "model.layers.1.activation=linear", "optimizer={type: sgd}")
    parameters = np.zeros(17)
    parameters[12:16] = 0.1, 0.2, -0.3, 0
    (case,) = cases(steps, [{"parameters": parameters}])
    return steps, case


def test_a_step_is_excused_where_rounding_decides_a_sign(tied):
    steps, case = tied
    other = {"gradients": case.expected["gradients"].copy()}
    other["gradients"][12:16] = [-0.25, -0.25, -0.25, -0.25]
    assert case.expected["gradients"][12:16].tolist() == [0, 0, 0, 0]
    assert step_differences(steps, [replace(case, expected=case.expected | other)]).excused == 1


def test_a_wrong_step_is_not_excused(tied):
    steps, case = tied
    wrong = replace(case, expected=case.expected | {"parameters": case.expected["parameters"] + 0.1})
    assert step_differences(steps, [wrong]).largest > 0.01
