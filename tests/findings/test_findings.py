"""What else keeps a network from learning, and how findings are put."""

import numpy as np
import pytest

from nn import (
    SGD,
    Adam,
    BayesianRegularization,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Dense,
    LeakyReLU,
    Normal,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    StopAt,
    Tanh,
    Zeros,
)
from nn.display import of_all, whole_percent
from nn.findings import columns, ending, probes, units
from nn.findings.diagnosis import MAX_FINDINGS, diagnose
from nn.findings.outcome import Outcome
from tests.findings.trained import SOLVED, XOR, first, network, sine, three_classes, trained


def untrained(layers, x, t, **options):
    """The outcome of no training at all."""
    x, t = np.asarray(x, float), np.asarray(t, float)
    chosen = Sequential(layers, inputs=x.shape[1], seed=0)
    loss = options.pop("loss", None) or BinaryCrossEntropy()
    names = [f"x{n + 1}" for n in range(x.shape[1])]
    return Outcome(chosen, loss, SGD(0.1), {"training": (x, t)}, names, 1, **options)


def test_a_network_that_was_stopped_early_is_still_falling():
    outcome = trained(network(4, last=Sigmoid), *XOR, SGD(0.5, momentum=0.9), 150, stop_at=SOLVED)
    found = diagnose(outcome)
    assert found[0].id == "still_falling"
    assert found[0].setting.startswith("training.epochs: 2")


def test_the_gradient_vanishes_through_six_layers_of_sigmoids():
    outcome = trained(network(*[8] * 6, inputs=1), *sine(0), SGD(0.1), 200)
    finding, *_ = diagnose(outcome)
    assert finding.id == "vanishing_gradient"
    assert "through 7 layers the gradient shrinks to" in str(finding)
    assert finding.measured["ratio"] < 1e-3


def test_large_initial_weights_saturate_units_from_the_start():
    wild = network(8, inputs=1, activation=Tanh, initializer=Normal(scale=50.0))
    finding, *_ = diagnose(trained(wild, *sine(0), SGD(0.01), 200))
    assert finding.id == "saturated"
    assert "saturated from the start (|z| > 2 on 95 % of the samples)" in str(finding)


def test_a_rare_class_that_is_never_answered():
    rng = np.random.default_rng(1)
    t = np.array(rng.random(400) < 0.05, float)[:, np.newaxis]
    x = rng.normal(size=(400, 2)) + 0.9 * t
    outcome = trained(network(4, last=Sigmoid), x, t, Adam(0.01), 60, loss=BinaryCrossEntropy(), held_out=100)
    found = diagnose(outcome)
    assert [(one.id, one.setting) for one in found] == [("rare_classes", "training.class_weight: balanced")]
    assert "every answer is '0'" in str(found[0])


def test_overfitting_names_the_epoch_since_when():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3))
    t = x[:, :1] + rng.normal(0, 0.3, (60, 1))
    t[40:] = rng.permutation(t[40:])  # what was learned does not hold for the rows held out
    outcome = trained(network(8, inputs=3, activation=Tanh), x, t, Adam(0.05), 60, held_out=20)
    finding, *_ = diagnose(outcome)
    assert finding.id == "overfitting"
    assert f"it overfits since epoch {finding.measured['epoch']}: from there on the loss falls" in str(
        finding
    )
    assert finding.measured["val_loss"] < finding.measured["last_val_loss"]


def test_bad_luck_with_the_initial_weights():
    stuck = trained(network(2, last=Sigmoid, seed=4), *XOR, SGD(0.5, momentum=0.9), 1000, stop_at=SOLVED)
    finding, *_ = diagnose(stuck)
    assert (finding.id, finding.setting) == ("unlucky_start", "seed: 1")


def test_a_run_that_missed_its_goal_says_where_it_ended():
    stuck = trained(network(2, last=Sigmoid, seed=4), *XOR, SGD(0.5, momentum=0.9), 3000, stop_at=SOLVED)
    found = diagnose(stuck)
    ended = next(one for one in found if one.id == "running_off")
    assert ended.text.startswith("running off: the loss falls from 0.125")
    assert ended.setting == found[0].setting == "seed: 1"
    assert len(found) <= MAX_FINDINGS


@pytest.mark.parametrize("optimizer", [Adam(0.5, weight_decay=0.1), BayesianRegularization()])
def test_where_more_than_the_loss_was_minimised_its_slope_says_nothing(optimizer):
    outcome = trained(network(2), *XOR, optimizer, 20, stop_at=StopAt(loss=1e-9))
    assert ending.where_it_ended(outcome, []) is None


def test_without_a_goal_nothing_is_said_of_the_end():
    outcome = trained(network(2, last=Sigmoid, seed=4), *XOR, SGD(0.5, momentum=0.9), 3000)
    assert ending.where_it_ended(outcome, []) is None


def test_a_copy_of_the_target_is_told_of_a_run_that_is_too_good():
    x, t = sine(0)
    x = np.column_stack([x, 3 - 2 * t])
    outcome = trained(network(4, activation=Tanh), x, t, Adam(0.05), 300, names=["x", "copy"])
    assert not outcome.failed
    (finding,) = diagnose(outcome)
    assert finding.id == "leak"
    assert finding.setting.startswith("data.drop: [copy]")


def test_classes_under_other_numbers_are_a_leak():
    x, t = three_classes(0)
    codes = np.array([7, 3, 5])[np.argmax(t, axis=-1)]
    outcome = untrained(
        [Dense(3), Softmax()],
        np.column_stack([x, codes]),
        t,
        loss=CategoricalCrossEntropy(),
        classification=True,
    )
    finding = columns.leak(outcome)
    assert finding is not None
    assert "each of its values stands with one class" in str(finding)


def test_an_autoencoder_has_its_targets_among_its_inputs_by_design():
    patterns = np.eye(12)
    assert columns.leak(untrained([Dense(3), Sigmoid(), Dense(12), Sigmoid()], patterns, patterns)) is None


def test_a_column_that_tells_one_class_of_three_is_no_leak():
    x, t = three_classes(0)
    told = np.column_stack([x, t[:, 0]])
    outcome = untrained([Dense(3), Softmax()], told, t, loss=CategoricalCrossEntropy(), classification=True)
    assert columns.leak(outcome) is None


def test_units_are_dead_that_are_0_on_every_sample():
    outcome = untrained([Dense(3), ReLU(), Dense(1), Sigmoid()], *XOR)
    first_layer = outcome.network.layers[0]
    first_layer.weight[...], first_layer.bias[...] = 0, [[1, -1, -1]]
    finding = units.dead_units(outcome, "…")
    assert finding is not None
    assert finding.measured == {"units": 2, "of": 3, "share": 2 / 3}


def test_units_without_biases_may_begin_equal():
    start = [Dense(3, use_bias=False, initializer=Zeros()), Sigmoid(), Dense(1), Sigmoid()]
    finding = units.equal_units(untrained(start, *XOR))
    assert finding is not None
    assert finding.measured == {"units": 3, "different": 1}


def test_leaky_units_are_never_dead():
    outcome = untrained([Dense(3), LeakyReLU(), Dense(1), Sigmoid()], *XOR)
    outcome.network.layers[0].bias[...] = -100
    assert units.dead_units(outcome, "…") is None


@pytest.mark.parametrize(("bias", "saturated"), [(4.1, True), (3.9, False), (-4.1, True)])
def test_a_sigmoid_is_saturated_beyond_4(bias, saturated):
    outcome = untrained([Dense(2), Sigmoid(), Dense(1), Sigmoid()], *XOR)
    outcome.network.layers[0].weight[...] = 0
    outcome.network.layers[0].bias[...] = bias
    assert (units.saturated_units(outcome, "…") is not None) == saturated


def test_the_network_is_as_it_was():
    outcome = trained(network(1, last=Sigmoid), *XOR, SGD(0.5, momentum=0.9), 300, stop_at=SOLVED)
    before = outcome.network.parameters.copy()
    y = outcome.network.forward(XOR[0].astype(float))
    diagnose(outcome)
    assert np.array_equal(outcome.network.parameters, before)
    assert np.array_equal(outcome.network.forward(XOR[0].astype(float)), y)


def test_the_same_training_has_the_same_findings():
    one, two = (trained(network(6, inputs=1, activation=Tanh), *sine(3), SGD(1e-4), 50) for _ in range(2))
    assert diagnose(one) == diagnose(two)
    assert first(one) == "learning_rate_too_small"
    assert len(diagnose(one)) <= MAX_FINDINGS


@pytest.mark.parametrize("seed", range(5))
def test_probes_see_no_relation_where_there_is_none(seed):
    rng = np.random.default_rng(seed)
    found = probes.relation(rng.normal(size=(80, 4)), rng.normal(size=(80, 1)))
    assert found is not None
    assert abs(found.z) < probes.BY_ACCIDENT


def test_probes_see_lines_curves_and_the_parity_of_bits():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2))
    bits = np.array(np.meshgrid(*[[0, 1]] * 5)).reshape(5, -1).T.astype(float)
    for inputs, targets in (
        (x, x[:, :1] + rng.normal(size=(80, 1))),
        (x, np.sin(3 * x[:, 1:])),
        (bits, bits.sum(axis=1, keepdims=True) % 2),
    ):
        found = probes.relation(inputs, targets)
        assert found is not None
        assert abs(found.z) > probes.BY_ACCIDENT


def test_few_rows_decide_nothing():
    assert probes.relation(*map(np.asarray, XOR)) is None


def test_numbers_are_put_as_people_say_them():
    assert of_all(1, 1, "hidden unit") == "the only hidden unit is"
    assert [whole_percent(share) for share in (0.0, 0.0004, 0.5, 0.9999, 1.0)] == [
        "0 %",
        "0.04 %",
        "50 %",
        "99.99 %",
        "100 %",
    ]
