import numpy as np
import pytest

from nn import Dense, LevenbergMarquardt, MeanSquaredError, Sequential, Sigmoid, Softmax, Tanh
from nn.engine.compiler import compiler
from nn.layers.base import forward
from nn.optimizers.second_order.least_squares import Tall, Wide
from nn.training import evaluations
from nn.training.batches import Samples
from nn.training.evaluations import JacobianEvaluation
from nn.training.iterations import network_evaluations
from nn.training.objective import Objective
from tests.gradients import complex_step, relative_error
from tests.judges import judge

ENGINES = [
    "formulas",
    "numpy",
    pytest.param("native", marks=pytest.mark.skipif(not compiler(), reason="no C compiler")),
]
HEADS = {"linear": [Dense(1)], "sigmoid": [Dense(3), Sigmoid()], "softmax": [Dense(3), Softmax()]}
rng = np.random.default_rng(0)


def problem(engine="formulas", head="softmax", samples=8, dtype="float64"):
    """A network with its residuals, and the samples."""
    layers = {"linear": [Dense(1)], "sigmoid": [Dense(3), Sigmoid()], "softmax": [Dense(3), Softmax()]}[head]
    network = Sequential([Dense(4), Tanh(), *layers], inputs=2, seed=1, dtype=dtype)
    x, t = (rng.normal(size=(samples, width)).astype(dtype) for width in (2, network.outputs))
    objective = Objective(network, MeanSquaredError(), classification=False)
    data = Samples({"x": x, "t": t}, samples, None, np.array(0))
    return network, network_evaluations(LevenbergMarquardt(), engine, network, objective, data, 1), data


def exact(network, data):
    """The residuals (outputs · samples,) and their Jacobian by the complex step."""
    parameters, gradients = network.parameters, network.gradients

    def residuals(points):
        network.bind(points, np.empty(points.shape))
        return (forward(network.layers, data.arrays["x"]) - data.arrays["t"]).mT.reshape(len(points), -1)

    def one(number):
        return lambda points: residuals(points)[:, number]

    rows = [complex_step(one(number), parameters) for number in range(data.arrays["t"].size)]
    values = residuals(parameters[np.newaxis])[0]
    network.bind(parameters, gradients)
    return values, np.array(rows)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("head", HEADS)
def test_the_jacobian_of_each_sample_and_output_is_that_of_the_complex_step(engine, head):
    network, asked, data = problem(engine, head)
    asked.loss(network.parameters)
    ((residuals, jacobian),) = asked.parts()
    values, rows = exact(network, data)
    assert relative_error(residuals, values) < 1e-13
    error = relative_error(jacobian, rows)
    judge("second order", "Jacobian of outputs", "complex step", f"on the engine {engine}", error, 1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("samples", [40, 41, 55, 200])
def test_a_jacobian_summed_in_chunks_is_that_of_all_samples(engine, samples, monkeypatch):
    network, _, data = problem("formulas", "linear", samples)
    residuals, jacobian = exact(network, data)
    monkeypatch.setattr(evaluations, "CHUNK_BYTES", 20 * 8 * network.parameters.size)
    objective = Objective(network, MeanSquaredError(), classification=False)
    asked = network_evaluations(LevenbergMarquardt(), engine, network, objective, data, 1)
    linear = asked.linearize(network.parameters)
    assert asked.part.size == 20
    assert isinstance(linear, Tall)
    assert np.allclose(linear.product, jacobian.T @ jacobian, rtol=1e-12)
    assert np.allclose(linear.gradient, jacobian.T @ residuals, rtol=1e-11)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_evaluation_leaves_what_an_epoch_leaves(engine):
    _, asked, _ = problem(engine)
    measures = asked.engine.run(np.empty((1, 1))).last
    assert np.array_equal(np.array(asked.engine.evaluate()), measures)
    jacobian = asked.evaluation.kept["jacobian"]
    asked.linearizer.run(np.empty((1, 1)))
    expected = jacobian.copy()
    jacobian[...] = 0
    asked.linearizer.evaluate()
    assert np.array_equal(jacobian, expected)


def test_both_systems_give_the_same_step():
    theta, residuals, jacobian = rng.normal(size=7), rng.normal(size=5), rng.normal(size=(5, 7))
    wide, tall = Wide(residuals, jacobian), Tall.summed([(residuals, jacobian)])
    for damping, decay in ((1e-3, 0.0), (1.0, 0.5), (1e-3, 2.0)):
        assert np.allclose(wide.step(theta, damping, decay), tall.step(theta, damping, decay), rtol=1e-9)


def test_fewer_residuals_than_parameters_need_no_matrix_of_the_parameters():
    network, asked, _ = problem(head="linear", samples=3)
    linear = asked.linearize(network.parameters)
    assert isinstance(linear, Wide)
    assert linear.product.shape == (3, 3)


def test_float32_networks_are_solved_in_float64():
    network, asked, _ = problem("numpy", dtype="float32")
    assert asked.linearize(network.parameters.astype(float)).product.dtype == np.float64


def test_the_step_leaves_the_network_as_it_was():
    network, asked, _ = problem()
    parameters, gradients = network.parameters, network.gradients
    asked.linearize(parameters)
    assert (network.parameters is parameters, network.gradients is gradients) == (True, True)
    assert isinstance(asked.evaluation, JacobianEvaluation)
