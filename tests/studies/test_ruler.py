"""The ruler says under which conditions numbers were measured, and all of them."""

import pytest

from nn.studies.plan import Plan
from nn.studies.ruler import Ruler


def conditions(*settings, config="xor", seeds=10, vary=(), **folds):
    return Ruler.of(Plan.of(config, seeds, dict(vary), settings, **folds), "native").conditions


def test_every_condition_is_stated():
    names = ["Goal", "Limit", "Runs", "Data", "Network", "Start", "Loss", "Optimiser", "Batch", "Engine"]
    assert list(conditions()) == names


@pytest.mark.parametrize(
    ("settings", "name", "words"),
    [
        ([], "Goal", "loss ≤ 0.01 on all training samples"),
        (["training.stop_at=null"], "Goal", "none (no stop_at)"),
        (["training.early_stopping={patience: 50}"], "Limit", "5,000 epochs, or 50 without progress"),
        ([], "Start", "glorot_uniform, biases 0"),
        (
            ["model.layers.0.initializer={type: uniform, scale: 1, biases: true}"],
            "Start",
            "uniform (scale 1), biases drawn too; glorot_uniform, biases 0",
        ),
        (["model.layers.1.bias=false"], "Start", "glorot_uniform, biases 0; glorot_uniform, no biases"),
        (["model.layers.1.bias=false"], "Network", "dense 4 sigmoid, dense 1 sigmoid without bias"),
        ([], "Loss", "mse, mean over samples and outputs, without ½"),
        (["loss={type: mse, reduction: half_sum}"], "Loss", "mse, half the sum over samples and outputs"),
        (["loss=binary_crossentropy"], "Loss", "binary_crossentropy, mean over samples and outputs"),
        (
            ["training.class_weight=balanced"],
            "Loss",
            "mse, mean over samples and outputs, without ½, class_weight balanced",
        ),
        (
            ["training.class_weight={0: 1, 1: 2.5}"],
            "Loss",
            "mse, mean over samples and outputs, without ½, class_weight 0: 1, 1: 2.5",
        ),
        ([], "Optimiser", "sgd, learning_rate 0.5, momentum 0.9"),
        (
            ["optimizer={type: sgd, learning_rate: {type: step, start: 0.1, every: 10, factor: 0.5}}"],
            "Optimiser",
            "sgd, learning_rate step (start 0.1, every 10, factor 0.5)",
        ),
        (
            ["optimizer.momentum={type: piecewise, values: [0.5, 0.9], boundaries: [20]}"],
            "Optimiser",
            "sgd, learning_rate 0.5, momentum piecewise (values [0.5, 0.9], boundaries [20])",
        ),
        (
            ["training.stop_at={tolerance: 0.3, overshoot: ignored}"],
            "Goal",
            "every output within 0.3 of its target or beyond it on all training samples",
        ),
        ([], "Batch", "all samples"),
        (["training.batch_size=2"], "Batch", "2 samples, in a new order each epoch"),
        (
            ["training.batch_size=1", "training.shuffle=false"],
            "Batch",
            "one sample at a time, in their order",
        ),
        (["training.dtype=float32"], "Engine", "native, float32"),
    ],
)
def test_a_setting_changes_its_condition(settings, name, words):
    assert conditions(*settings)[name] == words


def test_initialisers_that_always_draw_biases_are_known_to():
    assert conditions(config="xor-lm")["Start"] == "nguyen_widrow, biases drawn too"


def test_what_classes_are_learned_as_and_inputs_are_scaled_to_is_stated():
    settings = ["data.targets=[0.1, 0.9]", "data.scale=[-1, 1]"]
    assert conditions(*settings)["Data"] == "xor, scale [-1.0, 1.0], targets [0.1, 0.9]"


def test_data_are_stated_with_their_options():
    assert conditions(config="sine")["Data"] == "sine, test 0.2, samples 200, noise 0.1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seeds": 1000}, "1,000 seeds (0 to 999)"),
        ({"seeds": [7]}, "1 seed (7)"),
        ({"seeds": [0, 1, 5]}, "3 seeds (0 to 5, with gaps)"),
        (
            {"seeds": 100, "vary": {"optimizer.learning_rate": [0.1, 0.5]}},
            "200 = 2 variants × 100 seeds (0 to 99)",
        ),
        (
            {"seeds": None, "vary": {"seed.weights": range(20), "seed.order": range(5)}},
            "25 = 20 of seed.weights (0 to 19) + 5 of seed.order (0 to 4)",
        ),
        (
            {"config": "iris", "seeds": None, "folds": 5, "repeats": 10},
            "50 = 5 folds × 10 repeats × 1 seed (0)",
        ),
    ],
)
def test_the_runs_are_stated(options, words):
    assert conditions(**options)["Runs"] == words


def test_what_differs_between_variants_is_varied():
    found = conditions(vary={"optimizer.learning_rate": [0.1, 0.5], "model.layers.0.units": [2, 3]})
    assert found["Optimiser"] == "sgd, learning_rate varied, momentum 0.9"
    assert found["Network"] == "layers.0 varied, dense 1 sigmoid"
