"""network.save and model.save write what nn.load reads back: a model that answers the same."""

import numpy as np
import pytest

import nn
from nn.data.columns.preprocessing import Preprocessing
from nn.data.dataset import Dataset
from nn.data.scaling import standard_scaling
from nn.layers import ACTIVATIONS

X = np.random.default_rng(0).normal(size=(7, 2))


class Doubling(nn.Layer):
    def forward(self, x):
        return 2 * x

    def backward(self, dy):
        return 2 * dy


def test_a_network_comes_back_as_a_model_with_columns_by_number(tmp_path):
    inner = [nn.Dense(3, l2=0.1, use_bias=False), nn.LeakyReLU(0.3)]
    layers = [nn.Shortcut(inner), nn.Dropout(0.2), nn.Dense(2, max_norm=4)]
    network = nn.Sequential(layers, inputs=2, seed=1, dtype="float32")
    network.save(tmp_path / "model.npz")
    model = nn.load(tmp_path / "model.npz")
    assert (model.inputs, model.targets, model.classes) == (("x1", "x2"), ("y1", "y2"), None)
    assert isinstance(model.loss, nn.MeanSquaredError)
    assert (model.network.layers[0].layers[0].l2, model.network.layers[1].rate) == (0.1, 0.2)
    np.testing.assert_array_equal(model.predict(X), network.predict(X))
    assert model.network.dtype == np.float32


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_activation_is_saved(name, tmp_path):
    network = nn.Sequential([nn.Dense(2), ACTIVATIONS[name]()], inputs=2)
    network.save(str(tmp_path / "model.npz"))
    np.testing.assert_array_equal(nn.load(tmp_path / "model.npz").predict(X), network.predict(X))


def test_a_network_is_saved_with_the_loss_that_is_named(tmp_path):
    network = nn.Sequential([nn.Dense(1), nn.Sigmoid()], inputs=2)
    network.save(tmp_path / "model.npz", nn.BinaryCrossEntropy(label_smoothing=0.1))
    loss = nn.load(tmp_path / "model.npz").loss
    assert (type(loss), loss.label_smoothing) == (nn.BinaryCrossEntropy, 0.1)


def test_a_model_comes_back_with_names_classes_and_scaling(tmp_path):
    network = nn.Sequential([nn.Dense(2), nn.Softmax()], inputs=2)
    scaling = Preprocessing.of_numbers("ab", standard_scaling(X, ("a", "b")))
    model = nn.Model(network, nn.CategoricalCrossEntropy(), ("a", "b"), ("c",), ("no", "yes"), scaling)
    model.save(tmp_path / "model.npz")
    again = nn.load(tmp_path / "model.npz")
    assert (again.inputs, again.targets, again.classes) == (("a", "b"), ("c",), ("no", "yes"))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    samples = Dataset(X, np.zeros((7, 1)), ("a", "b"), ("c",), ("no", "yes"))
    assert again.evaluate(samples) == model.evaluate(samples)
    again.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "model.npz").read_bytes()


def test_what_a_file_cannot_hold_is_refused_and_nothing_written(tmp_path):
    own = nn.Sequential([nn.Dense(1), Doubling()], inputs=2)
    with pytest.raises(ValueError, match=r"^a file has no name for Doubling, a kind of your own; pickle"):
        own.save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match=r"^save: expected a single network, got a stack of \(3,\)$"):
        nn.Sequential([nn.Dense(1)], inputs=2, seed=range(3)).save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match=r"^BinaryCrossEntropy needs Sigmoid as the last layer"):
        nn.Sequential([nn.Dense(1)], inputs=2).save(tmp_path / "model.npz", nn.BinaryCrossEntropy())
    assert list(tmp_path.iterdir()) == []
