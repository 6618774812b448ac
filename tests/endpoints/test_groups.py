"""Which end points belong together, and what is said of each group and of each of its members."""

import json

import numpy as np
import pytest

from nn import Dense, Linear, ReLU, Sequential, Softmax, Tanh
from nn.endpoints.descent import follow_flow
from nn.endpoints.explanation import explanation
from nn.endpoints.groups import describe_ends
from nn.endpoints.patterns import wrong_rows
from nn.endpoints.similarity import grouped
from nn.endpoints.surface import LossSurface
from nn.endpoints.symmetry import canonical
from nn.endpoints.units import duplicate_units
from tests.endpoints.ends import ENDS, MSE, T, X, xor_network
from tests.endpoints.test_symmetry import symmetric_copy

STUCK = ENDS["2-2-1"]


def loss_of(network, points):
    return LossSurface(network, MSE, X, T).losses(points)


def xor_groups(points, **options):
    network = xor_network()
    points = np.array(points)
    losses = options.pop("losses", loss_of(network, points))
    return describe_ends(network, MSE, X, T, points, range(len(points)), losses, **options)


def groups_of(network, points, **options):
    points = np.array(points)
    found = grouped(network, X, T, points, loss_of(network, points), **({"by_units": True} | options))
    return [sorted(group.tolist()) for group in found]


def test_symmetric_copies_are_one_group():
    network, rng = xor_network(), np.random.default_rng(0)
    points = [symmetric_copy(network, STUCK[4], rng) for _ in range(20)]
    assert groups_of(network, points) == [list(range(20))]


def test_points_of_one_way_to_infinity_are_one_group():
    network = xor_network()
    way = follow_flow(LossSurface(network, MSE, X, T), STUCK[4], 200)
    assert groups_of(network, way.points[::5]) == [list(range(len(way.points[::5])))]


def test_other_answers_are_another_group():
    # Seed 4 answers ½ to 01 and 11, seed 30 ⅔ to all but 00.
    assert groups_of(xor_network(), [STUCK[4], STUCK[30], STUCK[5]]) == [[0, 2], [1]]


def test_the_same_answers_by_other_units_are_another_group():
    network = Sequential([Dense(2), ReLU(), Dense(1)], inputs=2)
    one_unit = [1.0, -1, 1, -1, -1, -1, 1, 1, 0]  # the first is on at (1, 1), the second is dead
    both_units = [1.0, 1, 1, 1, -1, -1, 0.5, 0.5, 0]
    assert groups_of(network, [one_unit, both_units]) == [[0], [1]]
    assert groups_of(network, [one_unit, both_units], by_units=False) == [[0, 1]]


def test_units_of_the_identity_have_no_sides():
    network = Sequential([Dense(2), Linear(), Dense(1)], inputs=2)
    rng = np.random.default_rng(0)
    mixed = [
        [*(w := rng.normal(size=(2, 2))).ravel(), 0, 0, *np.linalg.solve(w, [1.0, 2]), 0] for _ in range(5)
    ]
    assert groups_of(network, mixed) == [list(range(5))]


def test_groups_are_counted_against_all_runs():
    large, small = xor_groups([STUCK[4], STUCK[30], STUCK[5]], total=12)
    assert (large.seeds, large.count, large.share) == ((0, 2), 2, 1 / 6)
    assert (small.seeds, small.share) == ((1,), 1 / 12)


def test_a_group_says_what_its_representative_does():
    (group,) = xor_groups([STUCK[4]])
    assert group.answers[:, 0] == pytest.approx([0.01, 0.5, 0.99, 0.5], abs=0.01)
    assert group.wrong == (1, 3)
    assert group.loss == pytest.approx(0.12514, abs=1e-5)
    assert group.verdict.kind == "running off"
    assert dict(group.verdicts) == {"running off": 1}
    assert np.array_equal(group.parameters, canonical(xor_network(), STUCK[4]))


def test_a_representative_has_the_most_frequent_verdict():
    (group,) = xor_groups([STUCK[seed] for seed in (30, 705, 797)])
    assert dict(group.verdicts) == {"not stationary": 1, "running off": 2}
    assert group.verdict.kind == "running off"
    assert group.seed in (1, 2)


def test_diverged_members_are_the_last_group():
    stuck, diverged = xor_groups([STUCK[4], np.full(9, np.nan)], losses=[0.125, np.inf])
    assert (stuck.seeds, diverged.seeds) == ((0,), (1,))
    assert diverged.verdict.kind == "not decided"
    assert json.loads(json.dumps(diverged.as_json(), allow_nan=False))["loss"] is None


def test_groups_are_written_as_json():
    (group,) = xor_groups([STUCK[4]])
    written = json.loads(json.dumps(group.as_json(), allow_nan=False))
    assert written["verdict"]["kind"] == "running off"
    assert written["wrong"] == [1, 3]
    assert written["share"] == 1
    assert written["seeds"] == [0]


def test_large_networks_are_grouped_by_their_answers():
    rng = np.random.default_rng(0)
    network = Sequential([Dense(30), Tanh(), Dense(3), Softmax()], inputs=8)
    x, t = rng.normal(size=(40, 8)), np.eye(3)[rng.integers(0, 3, 40)]
    points = rng.normal(0, 0.01, (4, network.size))
    (group,) = describe_ends(network, MSE, x, t, points, range(4), np.full(4, 0.2))
    assert group.count == 4


def test_no_members_make_no_groups():
    assert describe_ends(xor_network(), MSE, X, T, np.empty((0, 9)), [], []) == []


def test_an_answer_is_wrong_far_from_its_target_but_not_beyond_it():
    t = np.array([[0.0], [0], [1], [1], [1]])
    assert wrong_rows(np.array([[0.39], [0.41], [0.61], [0.5], [3.0]]), t).tolist() == [0, 1, 0, 1, 0]
    assert wrong_rows(np.array([[0.4, 0.3, 0.3]]), np.array([[0.0, 1, 0]])).tolist() == [1]
    assert wrong_rows(np.array([[0.4, 0.5, 0.1]]), np.array([[0.0, 1, 0]])).tolist() == [0]


def test_a_unit_that_does_what_another_does_is_a_duplicate():
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(2, 20))
    outputs = np.column_stack([one, two, 1 - 3 * one, np.ones(20), np.ones(20)])
    assert duplicate_units(outputs).tolist() == [False, False, True, False, False]


def test_an_explanation_says_what_is_wrong_why_and_what_to_try():
    network, groups = xor_network(), xor_groups([STUCK[4], STUCK[30]], total=10)
    text = explanation(network, MSE, X, T, STUCK[4], 0, groups=groups, solved=(8, 10))
    assert text.splitlines() == [
        "Ends at a loss of 0.1251 with seed 0.",
        "Answers 2 of 4 rows 0.4 or more off: (0, 1) with 0.50 for 1, (1, 1) with 0.50 for 0.",
        "Running off: the loss falls from 0.1251 to its limit 0.125 as the weights grow (norm 18 to 60).",
        "Shares this end with 1 of 10 runs (10 %).",
        "Try other initial weights or more hidden units, as more epochs only take it farther; of 10 seeds 8 "
        "reach the goal.",
    ]


def test_an_explanation_of_dead_units_has_at_most_eight_lines():
    network = Sequential([Dense(2), ReLU(), Dense(1)], inputs=2)
    dead = np.array([-1.0, -1, -1, -1, -1, -1, 1, 1, 0.5])
    text = explanation(network, MSE, X, T, dead, 7)
    assert "Has 2 dead of 2 hidden units." in text
    assert "as no more epochs free these units" in text
    assert len(text.splitlines()) <= 8
