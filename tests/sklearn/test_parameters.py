"""What the parameters ask for, and the mistakes in them."""

import json
import pickle
import re
from typing import Any

import numpy as np
import pytest

import nn
from nn.sklearn import NeuralNetworkClassifier, NeuralNetworkRegressor

X = np.random.default_rng(0).normal(size=(60, 3))
Y = X[:, 0] - X[:, 1] > 0
CONFIG = {
    "seed": 3,
    "model": {
        "layers": [
            {"type": "dense", "units": 4, "activation": "tanh"},
            {"type": "dense", "units": 1},
            "sigmoid",
        ]
    },
    "loss": "binary_crossentropy",
    "optimizer": {"type": "adam", "learning_rate": 0.05},
    "training": {"epochs": 20, "batch_size": 16},
}


def curve(**options):
    return NeuralNetworkClassifier(**{"epochs": 10, "random_state": 0} | options).fit(X, Y).loss_curve_


def test_hidden_layers_activation_and_penalty_are_those_of_the_network():
    classifier = NeuralNetworkClassifier(hidden=(5, 4), activation="relu", l2=0.01, epochs=1).fit(X, Y)
    layers = classifier.model_.network.layers
    assert [type(layer).__name__ for layer in layers] == [
        "Dense",
        "ReLU",
        "Dense",
        "ReLU",
        "Dense",
        "Sigmoid",
    ]
    assert [(layer.units, layer.l2) for layer in layers[::2]] == [(5, 0.01), (4, 0.01), (1, 0.01)]


def test_an_optimizer_is_a_name_a_mapping_or_an_object():
    expected = curve(optimizer=nn.Adam(0.1))
    assert curve(optimizer="adam", learning_rate=0.1) == expected
    assert curve(optimizer={"type": "adam"}, learning_rate=0.1) == expected
    assert curve(optimizer={"type": "adam", "lr": 0.1}) == expected
    decay = {"type": "cosine", "start": 0.1}
    assert curve(learning_rate=decay) == curve(optimizer={"type": "adam", "learning_rate": decay}) != expected


def test_a_batch_is_all_of_few_rows_and_else_a_part():
    many = np.tile(X, (4, 1))
    for rows, whole in ((200, True), (201, False)):
        x, y = many[:rows], many[:rows, 0]
        losses = [
            NeuralNetworkRegressor(epochs=2, random_state=0, batch_size=size).fit(x, y).loss_curve_
            for size in (None, 1000, 32)
        ]
        assert losses[0] == losses[1 if whole else 2]
        assert losses[1] != losses[2]
    NeuralNetworkRegressor(epochs=2, optimizer="lbfgs").fit(many, many[:, 0])  # takes all at once


def test_the_same_random_state_gives_the_same_network():
    assert curve() == curve() == curve(random_state=np.int64(0)) != curve(random_state=1)
    states = [np.random.RandomState(5) for _ in range(2)]
    assert curve(random_state=states[0]) == curve(random_state=states[1])
    assert curve(random_state=None) != curve(random_state=None)


def test_early_stopping_holds_rows_out_and_keeps_the_best_weights():
    options = {"epochs": 500, "learning_rate": 0.1, "hidden": 30, "random_state": 0}
    noisy = Y ^ (np.arange(60) % 5 == 0)
    stopped = NeuralNetworkClassifier(early_stopping=True, patience=5, **options).fit(X, noisy)
    assert stopped.n_iter_ == len(stopped.loss_curve_) < 500
    assert len(NeuralNetworkClassifier(**options).fit(X, noisy).loss_curve_) == 500


def test_warm_start_goes_on_where_the_last_fit_ended():
    classifier = NeuralNetworkClassifier(epochs=10, warm_start=True, random_state=0).fit(X, Y)
    first, before = classifier.loss_curve_, classifier.model_
    answers = classifier.predict_proba(X)
    classifier.fit(X, Y)
    assert classifier.n_iter_ == len(classifier.loss_curve_) == 20
    assert classifier.loss_curve_[:10] == first
    assert classifier.loss_curve_[10] < first[-1]
    np.testing.assert_array_equal(before.forward(X)[:, 0], answers[:, 1])  # the earlier model is as it was
    with pytest.raises(ValueError, match="warm_start goes on with the targets of the last fit"):
        classifier.fit(X, np.arange(60) % 3)
    with pytest.raises(ValueError, match="warm_start goes on with the layers of the last fit"):
        classifier.set_params(hidden=3).fit(X, Y)


@pytest.mark.parametrize("as_file", [False, True])
def test_a_configuration_takes_the_place_of_parameters(as_file, tmp_path):
    config = CONFIG
    if as_file:
        config = tmp_path / "own.yaml"
        config.write_text(json.dumps(CONFIG | {"data": {"name": "moons"}}))
    classifier = NeuralNetworkClassifier(config=config).fit(X, Y)
    assert [layer.units for layer in classifier.model_.network.layers[::2]] == [4, 1]
    assert classifier.n_iter_ == 20
    other = NeuralNetworkClassifier(
        hidden=4, learning_rate=0.05, epochs=20, batch_size=16, l2=0.0, random_state=3
    ).fit(X, Y)
    np.testing.assert_allclose(classifier.loss_curve_, other.loss_curve_)


def test_a_configuration_may_have_layers_without_biases():
    layers: list[Any] = [*CONFIG["model"]["layers"]]
    layers[0] = layers[0] | {"bias": False}
    classifier = NeuralNetworkClassifier(config=CONFIG | {"model": {"layers": layers}}).fit(X, Y)
    copied = pickle.loads(pickle.dumps(classifier))
    assert list(copied.model_.network.shapes)[:2] == ["0.weight", "2.weight"]
    np.testing.assert_array_equal(copied.predict_proba(X), classifier.predict_proba(X))


def test_a_configuration_may_end_in_scores_without_probabilities():
    layers = [{"type": "dense", "units": 1}]
    classifier = NeuralNetworkClassifier(config=CONFIG | {"model": {"layers": layers}, "loss": "hinge"})
    assert classifier.fit(X, Y).score(X, Y) > 0.9
    assert not hasattr(classifier, "predict_proba")


def test_targets_are_scaled_to_what_the_last_layer_of_a_configuration_can_answer():
    y = 1000 + 50 * X[:, 0]
    regressor = NeuralNetworkRegressor(config=CONFIG | {"loss": "mse", "training": {"epochs": 200}})
    assert regressor.fit(X, y).score(X, y) > 0.9
    goal = {"epochs": 5000, "stop_at": {"tolerance": 20}}
    regressor = NeuralNetworkRegressor(config=CONFIG | {"loss": "mse", "training": goal}).fit(X, y)
    assert np.abs(regressor.predict(X) - y).max() <= 20
    assert regressor.n_iter_ < 5000


def test_a_verbose_training_prints_ten_lines(capsys):
    NeuralNetworkRegressor(epochs=100, verbose=True).fit(X, X[:, 0])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert re.fullmatch(r"Epoch 100: loss [\d.e-]+", lines[-1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs: expected at least 1, got 0"),
        ({"epochs": 2.5}, "epochs: expected a whole number, got 2.5"),
        ({"hidden": (4, 0)}, "hidden: expected at least 1, got 0"),
        ({"hidden": "many"}, "hidden: expected a whole number, got 'many'"),
        ({"activation": "rleu"}, "activation: unknown type 'rleu'; did you mean 'relu'?"),
        ({"optimizer": "adm"}, "optimizer: unknown type 'adm'; did you mean 'adam'?"),
        ({"optimizer": {"type": "sgd", "momentun": 0.9}}, "did you mean 'momentum'?"),
        ({"learning_rate": -1}, "learning_rate: expected greater than 0, got -1"),
        ({"learning_rate": 0.1, "optimizer": nn.SGD(0.1)}, "leave out learning_rate=0.1"),
        ({"learning_rate": 0.1, "optimizer": "lbfgs"}, "optimizer has no key 'learning_rate'"),
        ({"l2": -1}, "l2: expected at least 0, got -1"),
        ({"batch_size": 0}, "batch_size: expected at least 1, got 0"),
        ({"batch_size": 10, "optimizer": "rprop"}, "Rprop trains on the whole set"),
        ({"engine": "gpu"}, "engine: expected 'auto', 'formulas', 'numpy' or 'native', got 'gpu'"),
        ({"validation_fraction": 1.5}, "validation_fraction must be less than 1, got 1.5"),
        ({"patience": 0}, "patience must be at least 1, got 0"),
        ({"random_state": -1}, "random_state|between 0 and"),
        ({"early_stopping": True, "validation_fraction": 0.001}, "less than one sample"),
        ({"config": CONFIG, "epochs": 5}, "config says what epochs would say"),
        ({"config": CONFIG | {"loss": "msee"}}, "did you mean 'mse'?"),
        ({"config": {"loss": "mse"}}, "model"),
    ],
)
def test_mistakes_say_what_to_write(options, message):
    with pytest.raises(ValueError, match=re.escape(message) if "|" not in message else message):
        NeuralNetworkClassifier(**options).fit(X, Y)


@pytest.mark.parametrize(
    "options", [{"early_stopping": "yes"}, {"columns": ["x1"]}, {"class_weight": [1, 2]}]
)
def test_parameters_of_another_type_are_refused(options):
    (name,) = options
    with pytest.raises(TypeError, match=f"NeuralNetworkClassifier: {name} must be"):
        NeuralNetworkClassifier(**options).fit(X, Y)


def test_a_configuration_whose_network_does_not_suit_the_targets_is_refused():
    with pytest.raises(ValueError, match="the network has 1 output, but target 'y' has 3 classes"):
        NeuralNetworkClassifier(config=CONFIG).fit(X, np.arange(60) % 3)
    with pytest.raises(ValueError, match=r"nowhere.yaml: no such file"):
        NeuralNetworkClassifier(config="nowhere.yaml").fit(X, Y)
