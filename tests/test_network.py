import numpy as np
import pytest

from nn import (
    SGD,
    CategoricalCrossEntropy,
    Dense,
    Linear,
    MeanSquaredError,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
)
from nn.layers import ACTIVATIONS
from nn.losses import LOSSES
from tests.gradients import (
    backpropagated,
    central_differences,
    complex_step,
    differentiated,
    relative_error,
)
from tests.judges import judge


def exactly(*numbers):
    return pytest.approx(np.array(numbers), rel=1e-13, abs=0)


def test_a_network_worked_by_hand():
    """Two inputs, two hidden sigmoids, one sigmoid output; every number worked out beside the code.

    W¹ = (0.1 −0.2; 0.4 0.3), b¹ = (0.1 −0.1), W² = (0.5; −0.6), b² = 0.2; x = (0.5 1), t = 1.
    """
    first, hidden, second, output = layers = [Dense(2), Sigmoid(), Dense(1), Sigmoid()]
    network, loss = Sequential(layers, inputs=2), MeanSquaredError()
    network.parameters[...] = [0.1, -0.2, 0.4, 0.3, 0.1, -0.1, 0.5, -0.6, 0.2]
    x, t = np.array([[0.5, 1.0]]), np.array([[1.0]])

    # z¹ = x W¹ + b¹ = (0.5·0.1 + 1·0.4 + 0.1, −0.5·0.2 + 1·0.3 − 0.1), and h = σ(z¹)
    z1 = first.forward(x)
    assert z1[0] == exactly(0.55, 0.1)
    h = hidden.forward(z1)
    assert h[0] == exactly(0.6341355910108007, 0.5249791874789400)
    # z² = h W² + b², y = σ(z²), and the loss (y − t)²
    z2 = second.forward(h)
    assert z2[0] == exactly(0.2020802830180363)
    y = output.forward(z2)
    assert y[0] == exactly(0.5503488482757105)
    assert loss.forward(y, t) == exactly(0.2021861582469800)

    # ∂L/∂y = 2 (y − t), and δ² = ∂L/∂z² = ∂L/∂y · y (1 − y)
    dy = loss.backward()
    assert dy[0] == exactly(-0.8993023034485789)
    delta2 = output.backward(dy)
    assert delta2[0] == exactly(-0.2225458386570320)
    # ∂L/∂W² = hᵀ δ², ∂L/∂b² = δ², and δ¹ = δ² W²ᵀ · h (1 − h)
    delta1 = hidden.backward(second.backward(delta2))
    assert second.weight_grad[:, 0] == exactly(-0.1411242369237713, -0.1168319335549879)
    assert second.bias_grad[0] == exactly(-0.2225458386570320)
    assert delta1[0] == exactly(-0.0258161677680837, 0.0332985600034181)
    # ∂L/∂W¹ = xᵀ δ¹, ∂L/∂b¹ = δ¹, and ∂L/∂x = δ¹ W¹ᵀ
    dx = first.backward(delta1)
    assert first.weight_grad[0] == exactly(-0.0129080838840418, 0.0166492800017091)
    assert first.weight_grad[1] == exactly(-0.0258161677680837, 0.0332985600034181)
    assert first.bias_grad[0] == exactly(-0.0258161677680837, 0.0332985600034181)
    assert dx[0] == exactly(-0.0092413287774920, -0.0003368991062080)

    # One step of gradient descent, θ − 0.5 ∂L/∂θ
    SGD(learning_rate=0.5).step(network.parameters, network.gradients, {})
    assert first.weight[0] == exactly(0.1064540419420209, -0.2083246400008545)
    assert first.weight[1] == exactly(0.4129080838840418, 0.2833507199982909)
    assert first.bias[0] == exactly(0.1129080838840418, -0.1166492800017091)
    assert second.weight[:, 0] == exactly(0.5705621184618856, -0.5415840332225060)
    assert second.bias[0] == exactly(0.3112729193285160)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backpropagation_through_a_deep_network_is_exact(activation, loss):
    loss = LOSSES[loss]()
    layers = [Dense(4), ACTIVATIONS[activation](), Dense(3), Tanh(), Dense(2), (loss.link or Linear)()]
    network, rng = Sequential(layers, inputs=3, seed=2), np.random.default_rng(0)
    problem = network, loss, rng.normal(size=(5, 3)), np.eye(2)[[0, 1, 1, 0, 1]]
    # Some have kinks; none of these points lies near one.
    kinked = activation in {"relu", "leaky_relu", "selu", "hard_sigmoid"}
    derivative, precision = (central_differences, 1e-8) if kinked else (complex_step, 1e-12)
    error = relative_error(backpropagated(*problem), differentiated(derivative, *problem))
    by = derivative.__name__.replace("_", " ")
    judge("network", f"{activation}, with every loss", by, "gradient", error, precision)


def test_parameters_and_gradients_are_one_contiguous_vector_that_the_layers_view():
    first, last = Dense(2), Dense(1)
    network = Sequential([first, Sigmoid(), last], inputs=3, seed=0)
    assert network.parameters.shape == network.gradients.shape == (2 * 3 + 2 + 2 + 1,)
    network.parameters[...] = np.arange(11)
    assert [first.weight[0, 0], first.bias[0, 0], last.weight[0, 0], last.bias[0, 0]] == [0, 6, 8, 10]
    network.forward(np.ones((4, 3)))
    network.backward(np.ones((4, 1)))
    parts = [first.weight_grad, first.bias_grad, last.weight_grad, last.bias_grad]
    assert np.array_equal(network.gradients, np.concatenate([part.ravel() for part in parts]))


def test_binding_other_vectors_and_the_first_ones_again_changes_nothing():
    network = Sequential([Dense(2), Sigmoid()], inputs=3, seed=0)
    own, x = (network.parameters, network.gradients), np.ones((1, 3))
    before = network.forward(x)
    network.bind(np.zeros(8), np.zeros(8))
    assert network.forward(x).tolist() == [[0.5, 0.5]]
    network.bind(*own)
    assert np.array_equal(network.forward(x), before)


def test_a_stack_holds_the_weights_of_its_seeds_and_computes_the_outputs_of_its_members():
    def network(seed):
        return Sequential([Dense(3), Tanh(), Dense(2), Softmax()], inputs=2, seed=seed)

    x = np.random.default_rng(0).normal(size=(5, 2))
    stack = network([[4, 0, 2], [9, 1, 1]])
    assert (stack.stack, network(4).stack) == ((2, 3), ())
    assert stack.forward(x).shape == (2, 3, 5, 2)
    for member in np.ndindex(2, 3):
        alone = network(int(stack.seeds.weights[member]))
        assert np.array_equal(stack.parameters[member], alone.parameters)
        assert np.allclose(stack.forward(x)[member], alone.forward(x), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("seed", [0, [1, 2]])
def test_predictions_for_many_samples_are_made_block_by_block(seed, monkeypatch):
    monkeypatch.setattr("nn.network.ROWS_AT_ONCE", 4)
    network = Sequential([Dense(3), Tanh(), Dense(2)], inputs=2, seed=seed)
    x, sizes, passed = np.random.default_rng(0).normal(size=(9, 2)), [], Tanh.forward
    monkeypatch.setattr(Tanh, "forward", lambda layer, z: sizes.append(z.shape[-2]) or passed(layer, z))
    np.testing.assert_allclose(network.predict(x), network.forward(x), rtol=1e-14)
    assert sizes == [4, 4, 1, 9]


def test_predict_takes_what_numpy_reads_as_an_array():
    network = Sequential([Dense(1)], inputs=2, seed=0)
    assert np.array_equal(network.predict([[0, 1], [1, 1]]), network.forward(np.array([[0.0, 1], [1, 1]])))


@pytest.mark.parametrize("kind", LOSSES)
def test_a_loss_is_given_the_input_of_the_layer_that_it_contains(kind):
    loss = LOSSES[kind]()
    layers = [Dense(2), (loss.link or Linear)()]
    before, within = Sequential(layers, inputs=2).split(loss)
    assert (before, within) == ((layers, []) if loss.link is None else (layers[:1], layers[1:]))


@pytest.mark.parametrize("kind", [kind for kind, loss in LOSSES.items() if loss.link])
@pytest.mark.parametrize("last", [Linear, Tanh, Sigmoid, Softmax])
def test_a_loss_refuses_another_last_layer_than_the_one_it_contains(kind, last):
    loss, network = LOSSES[kind](), Sequential([Dense(2), last()], inputs=2)
    if last is loss.link:
        network.split(loss)
        return
    message = f"^{type(loss).__name__} needs {loss.link.__name__} as the last layer, got {last.__name__}$"
    with pytest.raises(ValueError, match=message):
        network.split(loss)


twice = Sigmoid()


@pytest.mark.parametrize(
    ("layers", "options", "error", "message"),
    [
        ([], {"inputs": 2}, ValueError, "^Sequential: expected at least one layer, got none$"),
        ([twice, twice], {"inputs": 2}, ValueError, "got one layer twice$"),
        (
            ["sigmoid"],
            {"inputs": 2},
            TypeError,
            "^Sequential: each of its layers must be a Layer, got 'sigmoid'$",
        ),
        ([Sigmoid()], {"inputs": 0}, ValueError, "^Sequential: inputs must be at least 1, got 0$"),
        (
            [Sigmoid()],
            {"inputs": 2, "seed": -1},
            ValueError,
            "seed must be whole numbers of at least 0 and below 2\\*\\*64, got -1$",
        ),
        (
            [Sigmoid()],
            {"inputs": 2, "seed": 0.5},
            ValueError,
            "seed must be whole numbers of at least 0 and below 2\\*\\*64, got 0.5$",
        ),
        ([Dense(1), Softmax()], {"inputs": 2}, ValueError, "^Softmax: expected at least 2 units, got 1"),
    ],
)
def test_an_impossible_network_is_refused(layers, options, error, message):
    with pytest.raises(error, match=message):
        Sequential(layers, **options)


def test_categorical_crossentropy_needs_a_softmax_whatever_stands_before_it():
    with pytest.raises(ValueError, match="needs Softmax as the last layer, got Dense"):
        Sequential([Softmax(), Dense(2)], inputs=2).split(CategoricalCrossEntropy())
