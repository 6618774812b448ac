"""The picture of a study shows its numbers: shares, medians, quantiles, effects, under the ruler."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from nn.plots.study import study_figure
from nn.plots.study.arms import arms_of
from nn.plots.study.comparison import best_of, rows_remark
from nn.plots.study.distributions import with_bounds
from nn.plots.study.endings import answers_told
from nn.plots.study.heat import luminance
from nn.plots.study.rows import ChartRow, draw_intervals, draw_quartiles, scale_numbers
from nn.statistics.intervals import Estimate, Interval
from nn.statistics.shares import wilson
from nn.studies.study import Study
from nn.studies.summary import summarize
from tests.plots.studies import DIVERGED, drawn, ended, ends, written

RATE, UNITS = "optimizer.learning_rate", "model.layers.0.units"
ACTIVATIONS = {"model.layers.0.activation": ["sigmoid", "tanh"]}
SEVEN_OF_TEN = [100, 200, 300, 400, 500, 600, 700, None, None, None]


def lines(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


def named(figure, start):
    """The axes whose horizontal or vertical label starts so."""
    (axes,) = [
        one
        for one in figure.axes
        if start in (one.get_ylabel()[: len(start)], one.get_xlabel()[: len(start)])
    ]
    return axes


def test_the_ruler_stands_under_the_title_and_solved_with_its_criterion():
    figure = drawn(ended("xor", SEVEN_OF_TEN), "my study")
    text = " ".join(written(figure).split())
    assert "my study Goal: loss ≤ 0.01 on all training samples. Limit: 5,000 epochs. Runs: 10 seeds" in text
    assert named(figure, "share").get_ylabel() == "share with loss ≤ 0.01"


def test_without_a_title_there_is_no_ruler_which_then_stands_elsewhere():
    assert "Goal" not in written(drawn(ended("xor", SEVEN_OF_TEN), ""))


def test_the_share_rises_at_each_epoch_at_which_a_run_reached_the_goal():
    axes = named(drawn(ended("xor", SEVEN_OF_TEN)), "share")
    (curve,) = lines(axes, "solved")
    np.testing.assert_array_equal(curve.get_xdata()[1:-1], [100, 200, 300, 400, 500, 600, 700])
    np.testing.assert_allclose(curve.get_ydata(), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.7])
    assert curve.get_xdata()[-1] == axes.get_xlim()[1] == 5000
    assert axes.get_xscale() == "log"


def test_share_and_median_are_written_with_their_intervals():
    text = written(drawn(ended("xor", SEVEN_OF_TEN)))
    low, high = (100 * bound for bound in wilson(7, 10))
    assert f"7 of 10 by epoch 5,000: 70 % ({low:.1f}–{high:.1f} %)" in text
    assert "median: epoch 500 (" in text


@pytest.mark.parametrize("reached", [[None] * 10, [DIVERGED] * 10])
def test_a_median_that_is_not_reached_is_said(reached):
    figure = drawn(ended("xor", reached))
    assert "median: not reached within 5,000 epochs" in written(figure)
    assert "0 of 10 by epoch 5,000: 0 % (0–" in written(figure)
    assert not lines(named(figure, "share"), "median")


def test_a_long_criterion_stands_above_the_axes():
    study = ended("xor", SEVEN_OF_TEN, vary={"training.stop_at": [{"tolerance": 0.4, "accuracy": 1.0}]})
    figure = drawn(study)
    assert named(figure, "share").get_ylabel() == "share solved"
    assert "solved: accuracy ≥ 100 % and every output" in written(figure)


def test_the_fan_holds_the_quantiles_of_the_losses():
    reached = [200] * 30 + [None] * 10
    axes = named(drawn(ended("xor", reached)), "training loss")
    (median,) = lines(axes, "median")
    assert median.get_ydata()[0] == 0.25
    assert median.get_ydata()[-1] == 0.01
    outer, inner = (band.get_paths()[0].get_extents().get_points() for band in axes.collections[:2])
    assert outer[1, 1] == 0.25
    assert outer[0, 1] == inner[0, 1] == 0.01
    assert lines(axes, "goal")[0].get_ydata()[0] == 0.01


@pytest.mark.parametrize(
    ("reductions", "label"),
    [(["half_sum"], "training loss (½ Σ)"), (["mean", "sum"], "training loss, of different kinds")],
)
def test_a_loss_that_is_a_sum_is_called_one(reductions, label):
    runs = [[*SEVEN_OF_TEN]] * len(reductions)
    named(drawn(ended("xor", *runs, vary={"loss.reduction": reductions})), label)


def test_few_runs_are_drawn_each():
    axes = named(drawn(ended("xor", SEVEN_OF_TEN)), "training loss")
    assert len(lines(axes, "run")) == 10
    assert not axes.collections


def test_diverged_runs_are_counted_and_open_the_upper_band():
    figure = drawn(ended("xor", [200] * 30 + [DIVERGED] * 10))
    axes = named(figure, "training loss")
    assert "10 of 40 diverged, and count as the largest" in written(figure)
    band = axes.collections[0].get_paths()[0].get_extents().get_points()
    assert band[1, 1] == pytest.approx(axes.get_ylim()[1])


def test_without_a_goal_each_run_is_a_point_at_its_final_loss():
    figure = drawn(ended("sine", [None] * 8, losses=[0.5]))
    axes = named(figure, "final loss")
    np.testing.assert_allclose(np.sort(axes.collections[0].get_offsets()[:, 0]), 0.5 + 0.001 * np.arange(8))
    assert lines(axes, "median")[0].get_xdata()[0] == pytest.approx(0.5035)
    assert "Goal: none (no stop_at)" in written(figure)


def test_few_variants_are_overlaid_in_colours_that_name_their_rows():
    study = ended("xor", SEVEN_OF_TEN, [50] * 10, vary=ACTIVATIONS)
    figure = drawn(study)
    survival, _, rows, *_ = figure.axes
    colors = {label: to_hex(lines(survival, label)[0].get_color()) for label in ("sigmoid", "tanh")}
    ticks = {text.get_text(): to_hex(text.get_color()) for text in rows.get_yticklabels()}
    assert ticks == colors
    assert len(set(colors.values())) == 2


def test_effects_are_differences_to_the_baseline_with_their_intervals():
    study = ended("xor", SEVEN_OF_TEN, [50] * 10, vary=ACTIVATIONS)
    (comparison,) = summarize(study).comparisons
    axes = named(drawn(study), "difference in share")
    (estimate,), (interval,) = lines(axes, "estimate"), lines(axes, "interval")
    assert estimate.get_xdata()[0] == comparison.effects["solved"].difference.value == pytest.approx(0.3)
    np.testing.assert_allclose(interval.get_xdata(), comparison.effects["solved"].difference.interval)
    assert axes.get_xlim()[0] == -axes.get_xlim()[1]
    assert "baseline" in written(axes.figure)


def test_shares_of_variants_have_an_axis_from_none_to_all():
    rows = drawn(ended("xor", SEVEN_OF_TEN, [50] * 10, vary=ACTIVATIONS)).axes[2]
    assert rows.get_xlim() == (-0.02, 1.02)


def test_a_numeric_key_is_an_axis_logarithmic_where_its_values_are_spaced_so():
    reached = [[None] * 10, SEVEN_OF_TEN, [50] * 10, [40] * 10]
    figure = drawn(ended("xor", *reached, vary={RATE: [0.01, 0.1, 1.0, 10.0]}))
    axes = [one for one in figure.axes if one.get_xlabel() == "learning_rate (log scale)"]
    shares, epochs, effects = axes
    assert [line.get_ydata()[0] for line in lines(shares, "estimate")] == [0, 0.7, 1, 1]
    assert [line.get_xdata()[0] for line in lines(shares, "estimate")] == [0.01, 0.1, 1, 10]
    assert [line.get_ydata()[0] for line in lines(epochs, "estimate")] == [500, 50, 40]
    assert lines(epochs, "beyond")
    assert lines(effects, "estimate")


def test_values_within_a_factor_of_ten_stay_on_a_linear_axis():
    figure = drawn(ended("xor", *[SEVEN_OF_TEN] * 3, vary={UNITS: [2, 4, 8]}))
    assert {axes.get_xscale() for axes in figure.axes if axes.get_xlabel() == "units"} == {"linear"}


def test_two_keys_are_a_table_in_colours_with_numbers_in_its_cells():
    reached = [SEVEN_OF_TEN, [50] * 10, [None] * 10, [40] * 10, [30] * 10, [20] * 10, [10] * 10, [9] * 10]
    study = ended("xor", *reached, vary={RATE: [0.1, 0.2, 0.3, 0.4], UNITS: [2, 4]})
    figure = drawn(study)
    shares, epochs = figure.axes
    cells = {
        tuple(map(int, text.get_position())): text.get_text()
        for text in shares.texts
        if "with" not in text.get_text()
    }
    assert cells[0, 0] == "70 %"
    assert cells[0, 1] == "100 %"
    assert cells[1, 0] == "0 %"
    assert (shares.get_xlabel(), shares.get_ylabel()) == ("learning_rate", "units")
    assert shares.images[0].norm.vmin == 0
    assert shares.images[0].norm.vmax == 1
    assert "–" in [text.get_text() for text in epochs.texts]
    assert "10 runs each" in written(figure)


def test_kinds_of_randomness_are_rows_of_points():
    study = ended("xor", SEVEN_OF_TEN, [100] * 10, vary={"seed.weights": range(10), "seed.order": range(10)})
    figure = drawn(study)
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["weights", "order"]
    axes = named(figure, "epoch of the goal")
    assert [len(points.get_offsets()) for points in axes.collections] == [7, 10]
    assert "3 unsolved" in written(figure)


def test_folds_are_points_by_repeat_with_the_mean_and_its_interval():
    study = ended("iris", [None], folds=3, repeats=2, losses=[0.2])
    axes = named(drawn(study), "validation loss of a fold")
    assert [text.get_text() for text in axes.get_yticklabels()] == ["repeat 1", "repeat 2", "mean of all"]
    assert [len(points.get_offsets()) for points in axes.collections] == [3, 3]
    mean = summarize(study).variants[0].metrics["val_loss"].mean
    assert lines(axes, "estimate")[0].get_xdata()[0] == mean.value
    np.testing.assert_allclose(lines(axes, "interval")[0].get_xdata(), mean.interval)


def test_of_many_variants_the_best_are_drawn_and_that_is_said():
    study = ended("xor", SEVEN_OF_TEN)
    (arm,) = arms_of(study, summarize(study))
    later = [replace(arm.numbers.goal, median=Estimate(k, Interval(k, k))) for k in range(32, 0, -1)]
    arms = [
        replace(arm, name=f"{k}", numbers=replace(arm.numbers, goal=goal)) for k, goal in enumerate(later)
    ]
    best = best_of(arms)
    assert [one.name for one in best] == [f"{k}" for k in range(31, 1, -1)]
    assert rows_remark(best, "lines: 95 %", 2) == "the best 30 of 32 variants\n10 runs each; lines: 95 %"


def test_long_names_are_broken_and_stay_different():
    options = [
        {"type": "sgd", "learning_rate": 0.123456789, "momentum": momentum, "nesterov": nesterov}
        for momentum in (0.123456789, 0.987654321)
        for nesterov in (True, False)
    ]
    figure = drawn(ended("xor", *[SEVEN_OF_TEN] * 4, vary={"optimizer": options}))
    names = [text.get_text() for text in figure.axes[2].get_yticklabels()]
    assert len(set(names)) == 4
    assert max(len(line) for name in names for line in name.split("\n")) <= 30


def test_white_text_stands_on_dark_cells_alone():
    assert luminance((1, 1, 1)) == pytest.approx(1)
    assert luminance((0, 0, 0)) == 0
    assert luminance((0.5, 0.5, 0.5)) == pytest.approx(0.2140, abs=1e-4)


def test_groups_of_end_points_are_bars_with_their_verdicts_and_seeds():
    def group(count, loss, seed, kind):
        return {"count": count, "loss": loss, "seed": seed, "verdict": {"kind": kind}}

    groups = [group(2, 0.125, 7, "running off"), group(1, None, 9, "not decided")]
    study = ended("xor", SEVEN_OF_TEN)
    axes = study_figure(study, summarize(study), groups=groups).axes[2]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["loss 0.125, running off", "no finite loss, not decided"]
    assert [bar.get_width() for bar in axes.patches] == [0.2, 0.1]
    assert axes.get_xlim()[0] == 0
    assert {"2 (20 %), seed 7", "1 (10 %), seed 9"} < {text.get_text() for text in axes.texts}


def test_of_many_groups_the_small_ones_are_one_bar():
    groups = [{"count": 9 - k, "loss": 0.1, "seed": k, "verdict": {"kind": "flat"}} for k in range(9)]
    study = ended("xor", [None] * 45)
    axes = study_figure(study, summarize(study), groups=groups).axes[2]
    assert [round(45 * bar.get_width()) for bar in axes.patches] == [9, 8, 7, 6, 5, 4, 3 + 2 + 1]
    assert axes.get_yticklabels()[-1].get_text() == "3 smaller groups"


def test_an_interval_that_reaches_below_0_is_drawn_on_a_logarithmic_axis_too():
    axes = Figure().subplots()
    row = ChartRow("mean", "black", Estimate(1.0, Interval(-1.0, 3.0)))
    scale_numbers(axes, np.array([0.01, 10.0]), "loss")
    draw_intervals(axes, [row])
    assert axes.get_xscale() == "log"
    np.testing.assert_allclose(lines(axes, "interval")[0].get_xdata(), [axes.get_xlim()[0], 3])


def test_a_variant_without_a_goal_has_no_share_and_says_so():
    goals = [{"loss": 0.01}, None]
    figure = drawn(ended("xor", SEVEN_OF_TEN, [None] * 10, vary={"training.stop_at": goals}))
    survival, _, shares, epochs, _ = figure.axes
    assert len(lines(survival, "0.01")) == 1
    assert len(lines(shares, "estimate")) == len(lines(epochs, "estimate")) == 1
    assert "no goal" in [text.get_text() for text in epochs.texts]
    assert [text.get_text() for text in shares.get_yticklabels()] == ["0.01", "training.stop_at=–"]


def test_goals_that_differ_stand_above_the_axes():
    figure = drawn(ended("xor", SEVEN_OF_TEN, [50] * 10, vary={"training.stop_at.loss": [0.01, 0.02]}))
    assert "solved: loss ≤ 0.01; loss ≤ 0.02" in written(figure)
    assert figure.axes[0].get_ylabel() == "share solved"


def test_a_study_that_has_not_finished_is_drawn_as_far_as_it_is():
    rates = {RATE: [0.1, 0.2, 0.3, 0.4], UNITS: [2, 4]}
    plan, results = ends("xor", *[SEVEN_OF_TEN] * 8, vary=rates)
    figure = drawn(Study.of(plan, results[:7]))
    assert "a study: 70 of 80 runs finished" in written(figure)
    cells = {tuple(map(int, text.get_position())): text.get_text() for text in figure.axes[0].texts[:7]}
    assert cells[3, 0] == "70 %"
    assert (3, 1) not in cells
    alone = drawn(Study.of(plan, results[5:6]))
    assert "7 of 10 by epoch 5,000" in written(alone)


def test_variants_without_a_seed_in_common_are_drawn_without_an_effect():
    plan, results = ends("xor", SEVEN_OF_TEN, [50] * 10, vary=ACTIVATIONS)
    apart = replace(results[1], seeds=results[1].seeds + 10)
    plan = replace(plan, variants=(plan.variants[0], replace(plan.variants[1], seeds=tuple(range(10, 20)))))
    effects = drawn(Study.of(plan, [results[0], apart])).axes[-1]
    assert not lines(effects, "estimate")


@pytest.mark.parametrize(
    ("values", "bounds", "median"),
    [
        ([1.0, 2.0, 3.0, 4.0, 5.0], [2, 4], [3]),
        ([1.0, 2.0, 3.0, np.inf, np.inf], [2, 10], [3]),
        ([-np.inf, -np.inf, 3.0, 4.0, 5.0], [0, 4], [3]),
        ([1.0, np.inf, np.inf, np.inf, np.inf], [], []),
        ([-np.inf] * 4 + [1.0], [], []),
    ],
)
def test_quartiles_reach_the_edge_on_the_side_of_runs_without_a_value(values, bounds, median):
    axes = Figure().subplots()
    axes.set_xlim(0, 10)
    draw_quartiles(axes, 0.0, np.array(values))
    assert [x for line in lines(axes, "quartiles") for x in line.get_xdata()] == bounds
    assert [line.get_xdata()[0] for line in lines(axes, "median")] == median


def test_the_axis_of_folds_holds_the_interval_of_their_mean():
    values, mean = np.array([1.0, 2.0, 4.0]), Estimate(2.0, Interval(-1.0, 5.0))
    np.testing.assert_array_equal(with_bounds(values, mean), [1, 2, 4, 5])
    np.testing.assert_array_equal(with_bounds(-values, mean), [-1, -2, -4, -1, 5])


def test_groups_of_few_rows_are_told_apart_by_their_answers():
    group = {"count": 3, "loss": 0.125, "seed": 7, "verdict": {"kind": "flat"}, "rows": 3}
    few = group | {"answers": [[0.004], [1.0], [None]]}
    assert answers_told(few) == "answers 0.00 1.00 –"
    assert answers_told(few | {"rows": 9}) == answers_told(group | {"answers": [[0.5, 0.5]] * 3}) == ""
    study = ended("xor", SEVEN_OF_TEN)
    axes = study_figure(study, summarize(study), groups=[few]).axes[2]
    assert "3 (30 %), seed 7, answers 0.00 1.00 –" in [text.get_text() for text in axes.texts]
