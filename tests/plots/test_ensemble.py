"""Many seeds are drawn as what they have in common, and how many reached their goal is counted."""

import json

import numpy as np
import pytest

from nn.plots.curves import draw_runs
from nn.plots.ensemble import WORST, is_ensemble, row_quartiles
from nn.runs.reading import Run
from tests.plots.runs import words

GOAL = "training: {{stop_at: {{loss: 0.01, accuracy: null}}}}"


@pytest.fixture
def make(tmp_path):
    """``make(3, [0.5, 0.2])``: the run of seed 3 with these losses; it ended at its goal below 0.01."""

    def write(seed, losses, more="", **columns):
        folder = tmp_path / f"r{seed}"
        folder.mkdir()
        (folder / "config.yaml").write_text(f"seed: {seed}\n{GOAL.format()}\n{more}")
        stopped = "stop_at" if losses[-1] <= 0.01 else "epochs"
        facts = {"stopped": stopped, "epochs": len(losses), "data": {}, "best_epoch": None}
        (folder / "run.json").write_text(json.dumps(facts))
        table = {"epoch": range(1, len(losses) + 1), "loss": losses} | columns
        rows = [",".join(map(str, row)) for row in zip(*table.values(), strict=True)]
        (folder / "metrics.csv").write_text("\n".join([",".join(table), *rows, ""]))
        return Run.of(folder)

    return write


def twenty(make):
    """Thirteen runs that reach 0.01 one after the other, seven that stay at 0.125."""
    quick = [make(seed, [0.25] * (seed + 1) + [0.01]) for seed in range(13)]
    return quick + [make(seed, [0.25] * 10 + [0.125] * 20) for seed in range(13, 20)]


def test_twenty_seeds_have_a_median_a_band_and_a_count_and_no_legend(make):
    figure = draw_runs(twenty(make))
    (axes,) = figure.axes
    assert "13 of 20 reached loss 0.01" in words(figure)
    assert not figure.legends
    grey = [line for line in axes.get_lines() if line.get_label() == "run"]
    assert len(grey) == 20
    assert len({line.get_color() for line in grey}) == 1
    (median,) = [line for line in axes.get_lines() if line.get_label() == "median"]
    assert median.get_ydata()[-1] == 0.01
    assert median.get_ydata()[0] == 0.25
    (band,) = [one for one in axes.collections if one.get_label() == "quartiles"]
    low, high = band.get_paths()[0].get_extents().get_points()[:, 1]
    assert (low, high) == (0.01, 0.25)
    assert figure.get_suptitle() == "Loss of 20 seeds"


def test_the_quartiles_are_those_of_all_runs_at_each_epoch():
    rng = np.random.default_rng(0)
    losses = rng.uniform(size=(20, 30))
    x, quartiles = row_quartiles([(np.arange(30), row) for row in losses], WORST)
    np.testing.assert_array_equal(x, np.arange(30))
    np.testing.assert_allclose(quartiles, np.percentile(losses, [25, 50, 75], axis=0))


def test_a_run_that_has_ended_counts_with_its_last_value_and_that_is_said(make):
    short, long = (np.array([1, 2]), np.array([1.0, 0.5])), (np.arange(1, 5), np.full(4, 2.0))
    _, quartiles = row_quartiles([short, long, short], WORST)
    np.testing.assert_array_equal(quartiles[1], [1, 0.5, 0.5, 0.5])
    assert "an ended run (dot) counts with its last value" in words(draw_runs(twenty(make)))


def test_a_run_that_diverged_counts_as_the_worst():
    _, quartiles = row_quartiles([(np.array([1.0]), np.array([value])) for value in (1, 2, np.nan)], WORST)
    assert quartiles[1] == [2]
    assert np.isnan(quartiles[2])
    _, quartiles = row_quartiles([(np.array([1.0]), np.array([value])) for value in (1, 2, np.nan)], -WORST)
    assert quartiles[1] == [1]


def test_validation_is_drawn_where_there_is_one(make):
    figure = draw_runs([make(seed, [0.5, 0.25], val_loss=[1, 0.75]) for seed in range(11)])
    assert figure.axes[0].get_ylabel() == "validation loss"
    assert figure.get_suptitle() == "Validation loss of 11 seeds"


def test_few_runs_and_runs_that_differ_in_more_than_the_seed_are_told_apart(make):
    runs = [make(seed, [0.5, 0.25]) for seed in range(11)]
    assert is_ensemble(runs)
    assert not is_ensemble(runs[:10])
    assert not is_ensemble([*runs, make(99, [0.5], more="loss: mae")])
