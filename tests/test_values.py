"""Networks are values: copies are whole and share nothing; a layer belongs to one network."""

import copy
import gc
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from nn import (
    LBFGS,
    SGD,
    Adam,
    Dense,
    Dropout,
    LevenbergMarquardt,
    MeanSquaredError,
    ReLU,
    Sequential,
    Shortcut,
    Sigmoid,
    train,
)

X, T = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
COPIES = [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]


def network(**options):
    layers = [Dense(3), Sigmoid(), Shortcut([Dense(2), Dropout(0.5), ReLU()]), Dense(1)]
    return Sequential(layers, inputs=2, **options)


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("options", [{}, {"seed": [3, 1]}, {"dtype": "float32"}])
def test_a_copy_of_a_network_is_whole_and_shares_nothing(copied, options):
    original = network(**options)
    before = original.predict(X)
    other = copied(original)
    assert np.array_equal(other.predict(X), before)
    other.parameters[...] = 0
    assert not other.predict(X).any()  # its layers view its own vector
    assert np.array_equal(original.predict(X), before)
    assert not np.shares_memory(other.gradients, original.gradients)


@pytest.mark.parametrize("engine", ["formulas", "numpy", "native"])
@pytest.mark.parametrize("optimizer", [SGD(0.1), Adam(), LBFGS(), LevenbergMarquardt()])
def test_after_training_nothing_of_an_engine_is_in_a_copy(optimizer, engine):
    original = Sequential([Dense(3), Sigmoid(), Dense(1)], inputs=2, seed=0)
    loss = MeanSquaredError()
    *_, report = train(original, loss, optimizer, X, T, epochs=3, engine=engine)
    other, same, again = (pickle.loads(pickle.dumps(thing)) for thing in (original, loss, report))
    assert np.array_equal(other.predict(X), original.predict(X))
    assert (same, again.epoch, again.loss) == (loss, 3, report.loss) or vars(same) == vars(loss)
    assert copy.deepcopy(report).losses.tolist() == report.losses.tolist()


def test_a_copied_network_trains_as_the_original_would_have():
    one = network(seed=5)
    other = copy.deepcopy(one)
    for each in (one, other):
        list(train(each, MeanSquaredError(), Adam(0.01), X, T, epochs=5, batch_size=3))
    assert np.array_equal(one.parameters, other.parameters)


@pytest.mark.parametrize(
    "reused",
    [
        lambda layers: [*layers[:2], Dense(1)],
        lambda layers: layers,
        lambda layers: [Dense(2), Shortcut([layers[0]])],
        lambda layers: [layers[2].layers[0]],
    ],
    ids=["in part", "all", "into a shortcut", "out of a shortcut"],
)
def test_a_layer_of_a_living_network_is_refused_and_the_network_stays_as_it_was(reused):
    first = network(seed=1)
    before = first.predict(X)
    with pytest.raises(ValueError, match=r"belongs to another network.*copy\.deepcopy\(layer\)"):
        Sequential(reused(first.layers), inputs=2, seed=2)
    assert np.array_equal(first.predict(X), before)


def test_one_layer_in_two_places_is_refused_inside_of_shortcuts_too():
    layer = Dense(2)
    with pytest.raises(ValueError, match="got one layer twice"):
        Sequential([Shortcut([layer]), Shortcut([layer])], inputs=2)


def test_a_copied_layer_keeps_its_weights_in_another_network():
    trained = network(seed=1)
    layers = [*copy.deepcopy(trained.layers[:2]), Dense(1)]
    other = Sequential(layers, inputs=2, seed=2)
    assert np.array_equal(other.layers[0].weight, trained.layers[0].weight)
    assert np.array_equal(
        other.layers[2].weight, Sequential([Dense(3), Dense(1)], inputs=2, seed=2).layers[1].weight
    )
    other.parameters[...] = 0
    assert trained.layers[0].weight.any()


def test_a_layer_built_alone_keeps_its_weights_in_every_network_of_a_stack():
    alone = Dense(2, inputs=2, seed=9)
    weight = alone.weight.copy()
    stack = Sequential([alone, Dense(1)], inputs=2, seed=[0, 1])
    assert np.array_equal(stack.layers[0].weight, [weight, weight])
    assert not np.array_equal(*stack.layers[1].weight)


def test_the_layers_of_a_network_that_is_gone_are_free():
    layers = [Dense(2), Sigmoid()]
    Sequential(layers, inputs=2)
    gc.collect()
    assert Sequential(layers, inputs=2).predict(X).shape == (4, 2)


@pytest.mark.parametrize("name", ["parameters", "gradients"])
def test_the_vector_of_a_network_is_filled_and_never_replaced(name):
    one = network()
    with pytest.raises(AttributeError, match=rf"fill them: network\.{name}\[\.\.\.\] = values"):
        setattr(one, name, np.zeros(one.parameters.shape))
    one.parameters -= one.parameters  # in place
    assert not one.predict(X).any()


def test_threads_may_predict_with_one_network():
    one = Sequential([Dense(64), ReLU(), Dense(64), Sigmoid(), Dense(1)], inputs=2, seed=0)
    inputs = [np.full((200, 2), float(number)) for number in range(16)]
    expected = [one.predict(x) for x in inputs]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(20):
            found = list(threads.map(one.predict, inputs))
            assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_predicting_leaves_what_backward_needs():
    one = Sequential([Dense(3), Sigmoid()], inputs=2, seed=0)
    one.forward(X)
    one.predict(2 * X)
    one.backward(np.ones((4, 3)))
    found = one.gradients.copy()
    one.forward(X)
    one.backward(np.ones((4, 3)))
    assert np.array_equal(found, one.gradients)


def trainings(one, loss=None):
    """A training of a network, whose reports are still to come."""
    return train(one, loss or MeanSquaredError(), Adam(0.01), X, T, epochs=20, batch_size=2)


def test_two_trainings_may_share_a_loss():
    loss, pair = MeanSquaredError(), [network(seed=1), network(seed=2)]
    for _ in zip(*(trainings(one, loss) for one in pair), strict=True):
        pass
    for seed, one in zip((1, 2), pair, strict=True):
        alone = network(seed=seed)
        list(trainings(alone))
        assert np.array_equal(one.parameters, alone.parameters)


def test_a_new_training_ends_the_older_one_which_cannot_go_on():
    one, expected = network(), network()
    older = trainings(one)
    next(older)
    expected.parameters[...] = one.parameters
    list(trainings(one))
    list(trainings(expected))
    assert np.array_equal(one.parameters, expected.parameters)
    with pytest.raises(RuntimeError, match=r"another train\(\) has begun on this network"):
        next(older)
    assert np.array_equal(one.parameters, expected.parameters)
