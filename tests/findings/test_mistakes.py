"""The classic mistakes of a first network, each told by the first finding; and what is no mistake."""

import numpy as np
import pytest

from nn import (
    SGD,
    Adam,
    CategoricalCrossEntropy,
    Dense,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
    Zeros,
)
from nn.findings.diagnosis import diagnose
from tests.findings.trained import SOLVED, XOR, first, network, sine, three_classes, trained


def passengers(seed):
    """A hundred months of numbers between 200 and 600."""
    rng = np.random.default_rng(seed)
    months = rng.uniform(-1, 1, (100, 1))
    return months, 316 + 100 * months + rng.normal(0, 10, months.shape)


def years(seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(1960, 2021, (100, 1))
    return x, np.tanh((x - 1990) / 10) + rng.normal(0, 0.1, x.shape)


def test_targets_beyond_a_sigmoid():
    x, t = passengers(0)
    (finding,) = diagnose(trained(network(6, inputs=1, last=Sigmoid), x, t, Adam(0.01), 100))
    assert finding.id == "targets_out_of_range"
    assert str(finding).startswith("all 100 targets (")
    assert "0 to 1: data.scale_target: [0.1, 0.9]" in str(finding)
    assert finding.measured["outside"] == 1


@pytest.mark.parametrize("activation", [Tanh, Sigmoid, ReLU])
def test_years_as_they_are(activation):
    x, t = years(1)
    finding, *_ = diagnose(
        trained(network(6, inputs=1, activation=activation), x, t, Adam(0.02), 150, names=["year"])
    )
    assert finding.id == "unscaled_inputs"
    assert str(finding).startswith("'year' runs from 19")
    assert str(finding).endswith("data.scale: standard")


def test_years_that_make_the_loss_infinite():
    assert first(trained(network(inputs=1), *years(2), SGD(0.05), 150)) == "unscaled_inputs"


def test_prices_as_they_are():
    x, t = sine(0)
    outcome = trained(network(6, inputs=1, activation=Tanh), x, 200_000 + 50_000 * t, Adam(0.02), 200)
    finding, *_ = diagnose(outcome)
    assert (finding.id, finding.setting) == ("unscaled_targets", "data.scale_target: standard")


def test_prices_that_saturate_all_units():
    x, t = sine(0)
    outcome = trained(network(6, inputs=1, activation=Tanh), x, 200_000 + 50_000 * t, SGD(0.05), 200)
    assert [finding.id for finding in diagnose(outcome)][:2] == ["unscaled_targets", "saturated"]


def test_all_weights_zero_at_the_start():
    zeros = network(4, last=Sigmoid, initializer=Zeros())
    finding, *_ = diagnose(trained(zeros, *XOR, SGD(0.5, momentum=0.9), 500, stop_at=SOLVED))
    assert finding.id == "equal_units"
    assert "all 4 hidden units have equal weights" in str(finding)


def test_hidden_weights_zero_at_the_start():
    layers = [Dense(4, initializer=Zeros()), Sigmoid(), Dense(1), Sigmoid()]
    half = Sequential(layers, inputs=2, seed=0)
    finding, *_ = diagnose(trained(half, *XOR, SGD(0.5, momentum=0.9), 500, stop_at=SOLVED))
    assert finding.id == "equal_units"
    assert "from which they hardly part" in str(finding)


def test_all_rectifiers_dead():
    outcome = trained(network(6, inputs=1, activation=ReLU), *sine(0), Adam(20.0), 100)
    finding, *_ = diagnose(outcome)
    assert finding.id == "dead_units"
    assert "6 of 6 hidden units are dead" in str(finding)
    assert "optimizer.learning_rate: " in finding.setting


@pytest.mark.parametrize("held_out", [30, 0])
def test_labels_shifted_by_a_row(held_out):
    x, t = three_classes(0)
    outcome = trained(
        network(6, outputs=3, last=Softmax),
        x,
        np.roll(t, 1, axis=0),
        Adam(0.02),
        100,
        loss=CategoricalCrossEntropy(),
        held_out=held_out,
    )
    finding, *_ = diagnose(outcome)
    assert finding.id == "labels_unrelated"
    assert "belong to the row before" in str(finding)
    assert finding.measured["shift"] == -1


def test_labels_in_any_order():
    x, t = three_classes(0)
    labels = np.random.default_rng(5).permutation(t)
    mixed = network(6, outputs=3, last=Softmax)
    outcome = trained(mixed, x, labels, Adam(0.02), 100, loss=CategoricalCrossEntropy(), held_out=30)
    finding, *_ = diagnose(outcome)
    assert finding.id == "labels_unrelated"
    assert "no input tells about the target" in str(finding)


@pytest.mark.parametrize(
    ("rate", "finding"), [(50.0, "learning_rate_too_large"), (0.005, "learning_rate_too_small")]
)
def test_rates_that_are_off_a_hundred_times(rate, finding):
    outcome = trained(network(4, last=Sigmoid), *XOR, SGD(rate, momentum=0.9), 1000, stop_at=SOLVED)
    found, *_ = diagnose(outcome)
    assert found.id == finding
    assert 0.05 <= float(found.setting.removeprefix("optimizer.learning_rate: ")) <= 5


def test_a_rate_that_makes_the_loss_infinite():
    outcome = trained(network(6, inputs=1, activation=Tanh), *sine(0), SGD(10.0), 100)
    assert outcome.diverged
    assert first(outcome) == "learning_rate_too_large"


def test_one_unit_for_xor():
    outcome = trained(network(1, last=Sigmoid), *XOR, SGD(0.5, momentum=0.9), 1000, stop_at=SOLVED)
    finding, *_ = diagnose(outcome)
    assert finding.id == "too_few_units"
    assert "with 4 hidden units instead of 1" in str(finding)
    assert finding.measured["trial_loss"] <= 0.01 < finding.measured["loss"]


def test_no_hidden_units_for_xor():
    outcome = trained(network(last=Sigmoid), *XOR, SGD(0.5, momentum=0.9), 1000, stop_at=SOLVED)
    finding, *_ = diagnose(outcome)
    assert finding.id == "too_few_units"
    assert "a hidden layer" in finding.setting or "a first" in finding.setting


def test_a_constant_input():
    x, t = sine(0)
    (finding,) = diagnose(trained(network(6, inputs=1), np.full_like(x, 3), t, Adam(0.02), 50))
    assert finding.id == "constant_inputs"


def test_a_large_constant_among_the_inputs():
    x, t = sine(0)
    x = np.column_stack([x, np.full(len(x), 1000.0)])
    finding, *_ = diagnose(trained(network(6, activation=Tanh), x, t, SGD(0.02), 100, names=["x", "bias"]))
    assert finding.id == "constant_inputs"
    assert str(finding) == "'bias' is the same in all 120 rows: data.drop: [bias]"


def test_learning_that_works_has_no_findings():
    assert (
        diagnose(trained(network(6, inputs=1, activation=Tanh), *sine(0), Adam(0.05), 300, held_out=30)) == []
    )
    three = network(6, outputs=3, last=Softmax)
    assert diagnose(trained(three, *three_classes(0), Adam(0.05), 50, loss=CategoricalCrossEntropy())) == []
    xor = network(4, last=Sigmoid)
    assert diagnose(trained(xor, *XOR, SGD(0.5, momentum=0.9), 1000, stop_at=SOLVED)) == []


def test_much_noise_is_no_mistake():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    t = 0.6 * x[:, :1] + rng.normal(size=(200, 1))
    assert diagnose(trained(network(4, inputs=3, activation=Tanh), x, t, Adam(0.02), 50, held_out=50)) == []
