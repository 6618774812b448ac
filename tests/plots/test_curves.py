"""Curves of many runs lie over each other, are named by what differs, and hide nothing."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nn.plots import save, style
from nn.plots.curves import draw_runs, loss
from nn.plots.ensemble import draw_seeds
from nn.report.page import page
from nn.runs.reading import Run
from tests.plots.runs import trained

Make = Callable[..., Run]
EPOCHS = np.arange(1, 11)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """``make("a", "seed: 1", loss=[…])``: a run of that name with these columns."""

    def write(name: str, config: str = "{}", **columns: object) -> Run:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.yaml").write_text(config)
        rows = np.column_stack([np.asarray(values, float) for values in columns.values()])
        lines = [",".join(map(repr, row)) for row in rows.tolist()]
        (folder / "metrics.csv").write_text("\n".join([",".join(columns), *lines, ""]))
        return Run.of(folder)

    return write


def falling(scale: float) -> NDArray[np.float64]:
    return scale * np.exp(-EPOCHS / 2.0)


def points(axes: Axes, label: str) -> list[NDArray[np.float64]]:
    """The points of each line of this label, (points, 2)."""
    return [np.asarray(line.get_xydata()) for line in axes.get_lines() if line.get_label() == label]


def words(figure: Figure) -> str:
    """All that is written beside, above and below the axes."""
    legends = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    return "\n".join([text.get_text() for axes in figure.axes for text in axes.texts] + legends)


def test_each_run_is_a_line_named_at_its_end_by_what_differs(make: Make) -> None:
    runs = [make(f"r{n}", f"{{seed: {n}, loss: mse}}", epoch=EPOCHS, loss=falling(n + 1)) for n in range(3)]
    figure = draw_runs(runs)
    (axes,) = figure.axes
    for n in range(3):
        (line,) = points(axes, f"seed={n}")
        np.testing.assert_array_equal(line, np.column_stack([EPOCHS, falling(n + 1)]))
    assert words(figure).split("\n")[1:] == ["seed=0", "seed=1", "seed=2"]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_yscale()) == ("epoch", "loss (log scale)", "log")
    assert figure.get_suptitle() == "Loss of 3 runs"


def test_training_is_thin_and_validation_thick_and_the_best_epoch_has_a_ring(make: Make) -> None:
    columns = {"epoch": EPOCHS, "loss": falling(1), "val_loss": np.abs(EPOCHS - 4) + 1}
    figure = draw_runs([make("a", "seed: 0", **columns), make("b", "seed: 1", **columns)])
    (axes,) = figure.axes
    thin, thick = (line for line in axes.get_lines() if line.get_label() == "seed=0")
    assert thin.get_linewidth() < thick.get_linewidth()
    np.testing.assert_array_equal(np.asarray(thick.get_ydata()), columns["val_loss"])
    np.testing.assert_array_equal(points(axes, "best"), [[[4, 1]], [[4, 1]]])
    assert "thin: training, thick: validation   ○ best epoch" in words(figure)


def test_many_differences_make_a_legend_below(make: Make) -> None:
    config = "{{seed: {0}, loss: {1}, optimizer: {{type: adam, learning_rate: {2}}}}}"
    runs = [
        make("a", config.format(0, "mse", 0.01), epoch=EPOCHS, loss=falling(1)),
        make("b", config.format(1, "mae", 0.25), epoch=EPOCHS, loss=falling(2)),
    ]
    figure = draw_runs(runs)
    assert words(figure).split("\n")[1:] == [
        "seed=0, loss=mse, learning_rate=0.01",
        "seed=1, loss=mae, learning_rate=0.25",
    ]
    assert figure.axes[0].get_ylabel() == "loss, of different kinds (log scale)"


def test_a_loss_that_is_a_sum_is_called_one() -> None:
    runs = [trained("xor", "loss.reduction=half_sum", f"seed={seed}", "training.epochs=3") for seed in (0, 1)]
    for figure in (draw_runs(runs[:1]), draw_runs(runs), draw_seeds(runs, "loss", "epoch")):
        assert figure.axes[0].get_ylabel().startswith("loss (½ Σ)")
    assert "loss (½ Σ)" in page(runs[:1])


def test_a_mean_and_a_sum_are_different_losses(make: Make) -> None:
    configs = {"a": "loss: mse", "b": "loss: {type: mse, reduction: sum}"}
    runs = [make(name, config, epoch=EPOCHS, loss=falling(1)) for name, config in configs.items()]
    assert "loss, of different kinds" in draw_runs(runs).axes[0].get_ylabel()


@pytest.mark.parametrize("number", [11, 30, 60])
def test_many_runs_have_colours_of_their_own_and_room_for_their_names(make: Make, number: int) -> None:
    runs = [make(f"r{n}", f"rate: {n}", epoch=EPOCHS, loss=falling(n + 1)) for n in range(number)]
    figure = draw_runs(runs)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    assert len({to_hex(line.get_color()) for line in axes.get_lines()}) == number
    assert axes.bbox.height / style.DPI > 1.5
    assert ("… and 30 more" in words(figure)) == (number == 60)


def test_a_metric_is_drawn_by_name_over_epochs_or_seconds(make: Make) -> None:
    run = make(
        "a", epoch=EPOCHS, loss=falling(1), accuracy=EPOCHS / 10, val_accuracy=EPOCHS / 20,
        learning_rate=np.full(10, 0.1), seconds=EPOCHS / 4,
    )  # fmt: skip
    (axes,) = draw_runs([run], "accuracy", "seconds").axes
    np.testing.assert_array_equal(points(axes, "training"), [np.column_stack([EPOCHS / 4, EPOCHS / 10])])
    np.testing.assert_array_equal(points(axes, "validation"), [np.column_stack([EPOCHS / 4, EPOCHS / 20])])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("training time (s)", "accuracy")
    (axes,) = draw_runs([run], "learning_rate").axes
    assert (axes.get_ylabel(), len(axes.get_lines())) == ("learning rate", 1)
    (above, below) = draw_runs([run], "loss", "seconds").axes
    np.testing.assert_array_equal(points(above, "training"), [np.column_stack([EPOCHS / 4, falling(1)])])
    assert below.get_xlabel() == "training time (s)"


def test_smoothing_is_stated_and_leaves_the_rows_behind_it(make: Make) -> None:
    noisy = np.tile([1.0, 3.0], 5)
    (axes,) = draw_runs([make("a", epoch=EPOCHS, loss=noisy)], window=2).axes
    (rows,), (mean,) = points(axes, "training, as it was"), points(axes, "training")
    np.testing.assert_array_equal(rows[:, 1], noisy)
    np.testing.assert_allclose(mean[1:-1, 1], 2)
    assert axes.get_ylabel() == "loss\nmean of 2 rows"


def test_a_loss_that_is_not_finite_is_a_gap_with_a_cross_where_it_begins(make: Make) -> None:
    losses = [1, 2, np.nan, np.inf, 2, 1, np.nan, 1, 2, 1]
    run = make("a", "seed: 1", epoch=EPOCHS, loss=losses)
    (axes,) = loss(run).axes
    np.testing.assert_array_equal(points(axes, "not finite"), [[[3, 1], [7, 1]]])
    np.testing.assert_array_equal(np.isnan(points(axes, "training")[0][:, 1]), ~np.isfinite(losses))
    assert axes.get_xlabel() == "epoch   (×  the loss is not finite)"
    figure = draw_runs([run, make("b", "seed: 2", epoch=EPOCHS, loss=falling(1))])
    np.testing.assert_array_equal(points(figure.axes[0], "not finite"), [[[3, 1], [7, 1]]])
    assert "×  not finite" in words(figure)


def test_a_spike_in_a_hundred_thousand_epochs_is_drawn(make: Make) -> None:
    epochs, losses = np.arange(1, 100_001), np.full(100_000, 0.5)
    losses[54_321] = 40
    runs = [make(name, f"name: {name}", epoch=epochs, loss=losses) for name in "ab"]
    for figure, label in ((loss(runs[0]), "training"), (draw_runs(runs), "name=a")):
        (line,) = points(figure.axes[0], label)
        assert len(line) < 5000
        assert [54_322, 40] in line.tolist()
        assert figure.axes[0].get_ylim()[1] > 40


def test_a_single_epoch_is_a_dot_for_each_run(make: Make) -> None:
    runs = [make(name, f"name: {name}", epoch=[1], loss=[0.5], seconds=[0.0]) for name in "ab"]
    for along in ("epochs", "seconds"):
        (axes,) = draw_runs(runs, along=along).axes
        assert all(list(np.asarray(line.get_markevery())) == [True] for line in axes.get_lines())


def test_a_run_without_an_end_says_how_far_it_is(make: Make) -> None:
    run = make("xor-001", epoch=EPOCHS, loss=falling(1))
    assert loss(run).get_suptitle() == "xor-001 (not ended, epoch 10)"
    (run.folder / "run.json").write_text('{"stopped": "epochs", "epochs": 10, "data": {}, "best_epoch": 7}')
    ended = loss(Run.of(run.folder))
    assert ended.get_suptitle() == "xor-001"
    np.testing.assert_array_equal(points(ended.axes[0], "best"), [[[7, falling(1)[6]]]])


def test_metrics_that_do_not_match_are_an_error_that_lists_those_that_do(make: Make) -> None:
    runs = [
        make("a", epoch=[1], loss=[1], accuracy=[1], seconds=[0]),
        make("b", epoch=[1], loss=[1], learning_rate=[1], seconds=[0]),
    ]
    with pytest.raises(ValueError, match=r"b: expected a metric 'accuracy', got none; all of .* have loss$"):
        draw_runs(runs, "accuracy")
    with pytest.raises(ValueError, match=r"a: expected a metric 'lass', got none; it has loss, accuracy$"):
        draw_runs(runs[:1], "lass")


def test_a_run_that_has_no_row_yet_is_an_error_that_names_it(make: Make) -> None:
    empty = make("empty", epoch=[], loss=[])
    (empty.folder / "metrics.csv").write_text("")
    for runs in ([empty], [make("a", epoch=[1], loss=[1]), empty]):
        with pytest.raises(ValueError, match="empty: expected epochs"):
            draw_runs(runs)


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_runs_give_the_same_bytes(make: Make, tmp_path: Path, ending: str) -> None:
    runs = [make(f"r{n}", f"seed: {n}", epoch=EPOCHS, loss=falling(n + 1)) for n in range(2)]
    files = [tmp_path / f"{name}.{ending}" for name in ("one", "two")]
    for file in files:
        save(draw_runs([Run.of(run.folder) for run in runs]), file)
    assert files[0].read_bytes() == files[1].read_bytes()
