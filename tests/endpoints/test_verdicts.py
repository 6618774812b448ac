"""What an end point is: the literature on XOR, and points of which it is known."""

import numpy as np
import pytest

from nn import (
    Dense,
    Dropout,
    MeanAbsoluteError,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
)
from nn.endpoints.descent import follow_flow
from nn.endpoints.judge import judge
from nn.endpoints.surface import LossSurface
from tests.endpoints.ends import ENDS, MSE, T, X, xor_network


def linear_product():
    return Sequential([Dense(1, use_bias=False), Dense(1, use_bias=False)], inputs=1)


@pytest.mark.parametrize("seed", ENDS["2-2-1"])
def test_no_end_of_2_2_1_is_at_rest(seed):
    # There are no local minima at finite weights: Hamey (1998), Sprinkhuizen-Kuyper & Boers (1998).
    assert judge(xor_network(), MSE, X, T, ENDS["2-2-1"][seed]).kind in ("running off", "not stationary")


@pytest.mark.parametrize(("seed", "limit"), [(4, 1 / 8), (5, 1 / 8), (9, 1 / 8), (705, 1 / 6), (797, 1 / 6)])
def test_weights_run_off_while_the_mean_square_falls_to_an_eighth_or_a_sixth(seed, limit):
    verdict = judge(xor_network(), MSE, X, T, ENDS["2-2-1"][seed])
    assert verdict.kind == "running off"
    assert verdict.measured["followed_loss"] == pytest.approx(limit, rel=1e-9)
    assert verdict.measured["followed_norm"] > 2 * verdict.measured["norm"]


@pytest.mark.parametrize("seed", [4, 5, 9])
def test_weights_that_have_run_off_until_rounding_hides_it_are_told_by_a_part_of_them(seed):
    way = follow_flow(LossSurface(xor_network(), MSE, X, T), ENDS["2-2-1"][seed], 200)
    verdict = judge(xor_network(), MSE, X, T, 2 * way.points[-1])
    assert verdict.kind == "running off"
    assert "the limit 0.125 is reached within rounding" in verdict.text
    assert verdict.measured["part"] < 1


def test_a_plateau_that_leads_down_is_not_stationary():
    # Trained on, this seed solves the problem between epochs 5,000 and 500,000.
    verdict = judge(xor_network(), MSE, X, T, ENDS["2-2-1"][30])
    assert verdict.kind == "not stationary"
    assert verdict.text.endswith("from 0.1668 to under 1e-06")


@pytest.mark.parametrize("seed", ENDS["2-1-1"])
def test_2_1_1_with_direct_links_has_global_minima_only(seed):
    verdict = judge(xor_network("2-1-1"), MSE, X, T, ENDS["2-1-1"][seed])
    assert verdict.kind == "not stationary"
    assert verdict.measured["followed_loss"] < 1e-9


@pytest.mark.parametrize("seed", ENDS["2-3-1"])
def test_ends_of_2_3_1_are_no_saddles(seed):
    verdict = judge(xor_network("2-3-1"), MSE, X, T, ENDS["2-3-1"][seed])
    assert verdict.kind in ("running off", "not stationary", "flat", "not decided")


def test_a_saddle_has_negative_curvature_and_a_way_down():
    verdict = judge(linear_product(), MSE, [[1.0]], [[1.0]], np.zeros(2))
    assert verdict.kind == "saddle"
    assert verdict.measured["curvature"] == pytest.approx(-2)
    assert verdict.measured["reached"] < verdict.measured["loss"]
    assert "not a minimum" in verdict.text


def test_weights_of_0_are_stationary_without_curvature():
    # Only the bias of the output has any: what lowers the loss of XOR is of the fourth order there.
    verdict = judge(xor_network(), MSE, X, T, np.zeros(9))
    assert verdict.kind == "flat"
    assert verdict.measured["flat"] == 8


def test_a_loss_of_0_is_not_judged():
    network = Sequential([Dense(1)], inputs=1)
    verdict = judge(network, MSE, [[1.0], [2.0]], [[1.0], [2.0]], np.array([1 + 1e-12, 0]))
    assert str(verdict) == "not decided: nothing is left of the loss"


def test_a_valley_of_equal_losses_is_flat():
    # v w = 1.2 is the best slope for every v: one direction leaves the loss as it is.
    verdict = judge(linear_product(), MSE, [[1.0], [2.0]], [[2.0], [2.0]], np.array([2.0, 0.6]))
    assert verdict.kind == "flat"
    assert verdict.measured["flat"] == 1
    assert "1 of 2 directions without curvature" in verdict.text


def test_the_minimum_of_a_line_is_not_called_one():
    verdict = judge(Sequential([Dense(1)], inputs=2), MSE, X, T, np.array([0.0, 0.0, 0.5]))
    assert str(verdict) == "not decided: stationary at a loss of 0.25; no descent was found"


def test_penalties_count_as_they_did_in_training():
    # (w − 2)² + w² is least at w = 1.
    network = Sequential([Dense(1, l2=1.0, use_bias=False)], inputs=1)
    assert judge(network, MSE, [[1.0]], [[2.0]], np.array([1.0])).kind == "not decided"
    assert judge(network, MSE, [[1.0]], [[2.0]], np.array([2.0])).kind == "not stationary"


def test_weights_of_samples_count():
    # The mean of 0 and 1, weighted 3 to 1, is ¼.
    network = Sequential([Dense(1)], inputs=1)
    given = network, MSE, [[0.0], [0.0]], [[0.0], [1.0]], np.array([0.0, 0.25])
    assert judge(*given, sample_weight=[3.0, 1.0]).kind == "flat"  # the weight of an input that is 0 is free
    assert judge(*given).kind == "not stationary"


def test_units_far_off_are_saturated():
    point = np.array([500.0, 0, 0, 500, 700, 700, 0, 0, 0])
    verdict = judge(xor_network(), MSE, X, T, point)
    assert verdict.kind == "saturated"
    assert "of 2 hidden units 2 saturated" in verdict.text


def test_a_saturated_output_that_is_wrong():
    network = Sequential([Dense(1), Sigmoid()], inputs=2)
    verdict = judge(network, MSE, X, T, np.array([0.0, 0.0, 60.0]))
    assert verdict.kind == "saturated"
    assert "the output is saturated on 2 rows that it gets wrong" in verdict.text


def test_dead_rectifiers_let_no_gradient_through():
    network = Sequential([Dense(2), ReLU(), Dense(1)], inputs=2)
    verdict = judge(network, MSE, X, T, np.array([-1.0, -1, -1, -1, -1, -1, 1, 1, 0.5]))
    assert verdict.kind == "saturated"
    assert "of 2 hidden units 2 dead" in verdict.text


def test_a_kink_is_no_place_for_words_on_curvature():
    network = Sequential([Dense(1, use_bias=False)], inputs=1)
    verdict = judge(
        network, MeanAbsoluteError(), [[1.0], [1.0], [1.0]], [[0.0], [1.0], [5.0]], np.array([1.0])
    )
    assert verdict.kind == "not decided"


@pytest.mark.parametrize(
    "layers",
    [[Dense(2), Tanh(), Dropout(0.5), Dense(1)], [Dense(2, max_norm=1.0), Tanh(), Dense(1)]],
    ids=["noise", "constraint"],
)
def test_a_loss_that_was_not_what_was_minimised_is_not_judged(layers):
    network = Sequential(layers, inputs=2)
    assert judge(network, MSE, X, T, network.parameters).kind == "not decided"


def test_weights_that_are_not_finite_are_not_judged():
    assert judge(xor_network(), MSE, X, T, np.full(9, np.nan)).kind == "not decided"


def test_large_networks_are_judged_without_their_curvature():
    rng = np.random.default_rng(0)
    network = Sequential([Dense(30), Tanh(), Dense(4)], inputs=10, seed=0)
    x, t = rng.normal(size=(50, 10)), rng.normal(size=(50, 4))
    verdict = judge(network, MSE, x, t, network.parameters)
    assert verdict.kind == "not stationary"
    dead = Sequential([Dense(30), ReLU(), Dense(4)], inputs=10)
    point = np.zeros(dead.size)
    point[300:330], point[-4:] = -1, t.mean(axis=0)
    assert judge(dead, MSE, x, t, point).kind == "saturated"


def test_float32_weights_are_judged_in_float64():
    verdict = judge(xor_network(), MSE, X.astype(np.float32), T, ENDS["2-2-1"][4].astype(np.float32))
    assert verdict.kind == "running off"


def test_the_network_stays_as_it_is():
    network = xor_network()
    before = network.parameters.copy()
    judge(network, MSE, X, T, ENDS["2-2-1"][4])
    assert np.array_equal(network.parameters, before)
