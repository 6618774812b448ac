"""Resamples: as many as there are samples, the same for a seed, in blocks that stay in the cache."""

import numpy as np
import pytest

from nn.statistics.bootstrap import RESAMPLES, bootstrap_interval, number_of_resamples, resampled
from nn.statistics.order import interquartile_mean
from nn.statistics.restarts import restarts


def test_a_resample_has_as_many_rows_as_there_are():
    blocks = list(resampled(30, 7, block=3))
    assert [len(block) for block in blocks] == [3, 3, 1]
    assert np.all(np.concatenate(blocks).sum(axis=1) == 30)


def test_resamples_do_not_depend_on_the_size_of_blocks():
    one, other = (np.concatenate(list(resampled(30, 7, block, seed=5))) for block in (2, 7))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("rows", "resamples"), [(20, RESAMPLES[1]), (5000, 400), (10_000_000, RESAMPLES[0])])
def test_many_rows_are_drawn_less_often(rows, resamples):
    assert number_of_resamples(rows) == resamples


def test_a_percentile_interval_is_made_of_quantiles_of_samples_drawn_again():
    values = np.random.default_rng(1).exponential(size=25)
    means = np.sort(values[np.random.default_rng(4).integers(25, size=(1000, 25))].mean(axis=1))
    found = bootstrap_interval(lambda counts: counts @ values / 25, 25, seed=4)
    assert found == pytest.approx((means[24], means[975]), rel=1e-12)


def test_a_statistic_that_is_infinite_in_a_resample_is_the_largest_of_all():
    def odds(counts):
        with np.errstate(divide="ignore"):
            return 1 / counts[:, 0]  # of 20 samples, a given one is missing from 36 % of resamples

    low, high = bootstrap_interval(odds, 20)
    assert low > 0
    assert high == np.inf


@pytest.mark.parametrize(
    "estimate",
    [
        lambda x: interquartile_mean(x),
        lambda x: restarts(np.minimum(x + 1, 3), x < 2).expected,
    ],
)
def test_of_very_many_samples_some_are_drawn_from(estimate, monkeypatch):
    x = np.random.default_rng(0).exponential(size=8000)
    whole = estimate(x)
    monkeypatch.setattr("nn.statistics.bootstrap.MAX_RESAMPLED", 1000)
    found = estimate(x)
    assert found.value == whole.value
    assert found.interval.low < found.value < found.interval.high
    width, expected = (one.interval.high - one.interval.low for one in (found, whole))
    assert width == pytest.approx(expected, rel=0.1)


def test_five_samples_have_no_interval():
    assert interquartile_mean(np.arange(5.0)) == (2, (-np.inf, np.inf))
    assert bootstrap_interval(lambda counts: counts[:, 0], 6).high < np.inf
