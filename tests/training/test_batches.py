"""Targets meet the outputs of a network: a column for each, or the numbers of classes; orders of samples."""

import numpy as np
import pytest

import nn
from nn.training.batches import samples
from nn.training.inputs import pair

X = np.linspace(-1, 1, 12).reshape(6, 2)
NUMBERS = [0, 1, 2, 2, 1, 0]


def classifier(dtype="float64", seed=0):
    return nn.Sequential([nn.Dense(3), nn.Softmax()], inputs=2, seed=seed, dtype=dtype)


@pytest.mark.parametrize("kind", [np.array, np.float32, np.uint8, list])
def test_class_numbers_become_one_hot(kind):
    _, targets = pair(classifier("float32"), nn.CategoricalCrossEntropy(), X, kind(NUMBERS))
    assert targets.dtype == np.float32
    np.testing.assert_array_equal(targets, np.eye(3)[NUMBERS])


def test_class_numbers_train_as_their_one_hot_targets_do():
    def parameters(y):
        network, loss = classifier(seed=range(2)), nn.CategoricalCrossEntropy()
        validation, weights = (X[:3], y[:3]), {2: 3.0}
        training = nn.train(
            network, loss, nn.SGD(0.5), X, y, epochs=3, validation=validation, class_weight=weights
        )
        assert all(report.accuracy is not None for report in training)
        return network.parameters

    np.testing.assert_array_equal(parameters(np.array(NUMBERS)), parameters(np.eye(3)[NUMBERS]))


@pytest.mark.parametrize("wrong", [3, -1, 0.5, np.nan, np.inf])
def test_a_number_of_no_class_is_named(wrong):
    numbers = [0, 1, wrong, 2, 1, 0]
    with pytest.raises(
        ValueError, match=rf"^y: expected the number of a class, 0 to 2, got {wrong:g} in row 2;"
    ):
        pair(classifier(), nn.CategoricalCrossEntropy(), X, numbers)


def test_numbers_of_classes_are_for_losses_of_classes():
    with pytest.raises(ValueError, match=r"^y: expected the shape \(6, 3\), got \(6, 1\)$"):
        pair(classifier(), nn.MeanSquaredError(), X, NUMBERS)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("seed", [0, [3, 1], [[1, 2, 3]]])
def test_orders_of_several_epochs_are_those_of_one_after_the_other(seed, shuffle):
    network, loss = classifier(seed=seed), nn.CategoricalCrossEntropy()
    together, alone = (samples(network, loss, X, NUMBERS, batch_size=4, shuffle=shuffle) for _ in range(2))
    np.testing.assert_array_equal(together.orders(5), [alone.order() for _ in range(5)])
    for name, positions in together.state().items():
        np.testing.assert_array_equal(positions, alone.state()[name])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_samples_are_rows_in_memory_of_their_own(dtype, order):
    x, y = np.ones((6, 2), dtype, order), np.ones((6, 1), dtype, order)
    net = nn.Sequential([nn.Dense(1)], inputs=2)
    for array, given in zip(samples(net, nn.MeanSquaredError(), x, y).arrays.values(), (x, y), strict=True):
        assert array.dtype == net.dtype
        assert array.flags.c_contiguous
        assert not np.shares_memory(array, given)
