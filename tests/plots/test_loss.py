"""The loss curve shows every finite number where it belongs, says the best, and stays readable."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from numpy.typing import NDArray

from nn.plots import loss_curve, save

EPOCHS = np.arange(1.0, 101.0)
FALLING = np.exp(-EPOCHS / 20)
METRICS = {
    "epoch": EPOCHS, "loss": FALLING, "accuracy": 1 - FALLING / 2,
    "val_loss": FALLING + 0.1, "val_accuracy": 0.97 - FALLING / 2,
    "learning_rate": np.full(100, 0.1), "seconds": EPOCHS / 1000,
}  # fmt: skip


def draw(metrics: dict[str, NDArray[np.float64]], best_epoch: int | None = None) -> Figure:
    """The loss curve of these columns, as laid out."""
    figure = loss_curve(metrics, title="xor-001", best_epoch=best_epoch)
    figure.draw_without_rendering()
    return figure


def of(**columns: list[float]) -> dict[str, NDArray[np.float64]]:
    """Columns as read from a file."""
    return {name: np.array(values, float) for name, values in columns.items()}


def lines(axes: Axes) -> dict[str, NDArray[np.float64]]:
    """The points of each line by its label, (points, 2)."""
    return {str(line.get_label()): np.asarray(line.get_xydata()) for line in axes.get_lines()}


def words(axes: Axes) -> list[str]:
    """What is written beside and above the axes."""
    return [text.get_text() for text in axes.texts]


def test_both_losses_and_both_accuracies_are_drawn_over_the_epochs() -> None:
    above, below = draw(METRICS).axes
    np.testing.assert_array_equal(lines(above)["training"], np.column_stack([EPOCHS, METRICS["loss"]]))
    np.testing.assert_array_equal(lines(above)["validation"], np.column_stack([EPOCHS, METRICS["val_loss"]]))
    np.testing.assert_array_equal(lines(below)["training"], np.column_stack([EPOCHS, METRICS["accuracy"]]))
    np.testing.assert_array_equal(
        lines(below)["validation"], np.column_stack([EPOCHS, METRICS["val_accuracy"]])
    )
    assert words(above) == ["training", "validation"]
    assert words(below) == ["validation", "training"]
    assert (below.get_xlabel(), below.get_ylabel()) == ("epoch", "accuracy")
    assert above.get_xlim() == below.get_xlim()
    assert above.bbox.height > 2 * below.bbox.height
    assert all(label.get_text().endswith(" %") for label in below.get_yticklabels())


def test_without_accuracy_there_is_one_pair_of_axes() -> None:
    figure = draw({"epoch": EPOCHS, "loss": FALLING})
    assert len(figure.axes) == 1
    assert figure.get_suptitle() == "xor-001"
    assert words(figure.axes[0]) == ["training"]


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1.0, 0.04], "log"),
        ([1.0, 0.06], "linear"),
        ([1.0, 0.0], "linear"),
        ([1.0, -5.0], "linear"),
        ([1e99, 1e-99], "log"),
        ([1.0, 1e-310], "linear"),
    ],
)
def test_the_loss_has_a_log_axis_where_its_range_earns_it(values: list[float], scale: str) -> None:
    axes = draw(of(epoch=[1, 2], loss=values)).axes[0]
    assert axes.get_yscale() == scale
    assert axes.get_ylabel() == ("loss (log scale)" if scale == "log" else "loss")


def test_a_log_axis_has_marks_at_the_whole_multiples_of_powers_of_ten_and_a_linear_one_has_none() -> None:
    marks = lines(draw(of(epoch=[1, 2], loss=[0.95, 0.04])).axes[0])["ticks"]
    assert {0.06, 0.07, 0.08, 0.09, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9} <= {*marks[:, 1].round(9)}
    assert not len(lines(draw(of(epoch=[1, 2], loss=[1.0, 0.5])).axes[0])["ticks"])


def test_the_best_epoch_is_ringed_on_validation_and_its_value_written() -> None:
    axes = draw(METRICS, best_epoch=40).axes[0]
    np.testing.assert_array_equal(lines(axes)["best"], [[40, METRICS["val_loss"][39]]])
    assert "best: epoch 40, validation loss 0.235" in words(axes)


def test_without_validation_the_best_epoch_is_on_training() -> None:
    axes = draw({"epoch": EPOCHS, "loss": FALLING}, best_epoch=100).axes[0]
    np.testing.assert_array_equal(lines(axes)["best"], [[100, FALLING[-1]]])
    said = [text for text in words(axes) if text.startswith("best")]
    assert said == ["best: epoch 100"], "a training loss is of before the updates, not of the best weights"


def test_a_best_epoch_without_a_row_or_a_finite_loss_is_not_marked() -> None:
    for best_epoch in (2, 7):
        axes = draw(of(epoch=[1, 2], loss=[0.5, np.nan]), best_epoch).axes[0]
        assert "best" not in lines(axes)


def test_what_is_not_finite_leaves_a_gap_and_a_lone_number_is_a_dot() -> None:
    axes = draw(of(epoch=[1, 2, 3, 4, 5, 6], loss=[5, 4, np.inf, 3, np.nan, 2])).axes[0]
    np.testing.assert_array_equal(lines(axes)["training"][:, 1], [5, 4, np.nan, 3, np.nan, 2])
    marked = np.asarray(axes.get_lines()[0].get_markevery())
    np.testing.assert_array_equal(marked, [False, False, False, True, False, True])


def test_a_loss_on_its_way_to_infinity_is_a_gap_and_the_rest_stays_readable() -> None:
    axes = draw(of(epoch=[1, 2, 3], loss=[0.5, 7.0, 1e300]), best_epoch=3).axes[0]
    np.testing.assert_array_equal(lines(axes)["training"][:, 1], [0.5, 7, np.nan])
    assert axes.get_ylim()[1] < 8


def test_one_epoch_is_a_dot_over_its_number() -> None:
    above, below = draw(of(epoch=[1], loss=[0.5], val_loss=[0.6], accuracy=[0.5], val_accuracy=[0.5]), 1).axes
    assert list(np.asarray(above.get_lines()[0].get_markevery())) == [True]
    assert [label.get_text() for label in below.get_xticklabels()] == ["0", "1", "2"]


@pytest.mark.parametrize("values", [[0.25] * 3, [0.0] * 3, [-1.0] * 3])
def test_a_constant_loss_is_a_line_in_the_middle_with_its_name_beside_it(values: list[float]) -> None:
    axes = draw(of(epoch=[1, 2, 3], loss=values)).axes[0]
    assert np.mean(axes.get_ylim()) == pytest.approx(values[0])
    label = axes.texts[0]
    assert isinstance(label, Annotation)
    assert label.xy == (1, pytest.approx(0.5))


def test_no_finite_loss_says_so() -> None:
    above, below = draw(of(epoch=[1, 2], loss=[np.nan, np.inf], accuracy=[np.nan, np.nan])).axes
    assert words(above) == ["no finite loss"]
    assert words(below) == []
    assert np.mean(below.get_ylim()) == 0.5


def test_no_row_is_an_error() -> None:
    for metrics in ({}, of(epoch=[], loss=[]), of(epoch=[1.0])):
        with pytest.raises(ValueError, match="xor-001: expected epochs with a loss to draw, got none"):
            draw(metrics)


def ticks(axis: Axis) -> list[Text]:
    """The numbers along an axis that can be seen."""
    low, high = sorted(axis.get_view_interval())
    shown = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return [label for place, label in shown if low <= place <= high and label.get_visible()]


def is_title(thing: Artist) -> bool:
    """Whether this is the text of the title."""
    return isinstance(thing, Text) and thing.get_text() == "xor-001"


CROWDED = {
    "apart": METRICS,
    "equal ends": METRICS | {"val_loss": METRICS["loss"], "val_accuracy": METRICS["accuracy"]},
    "ends at the bottom": METRICS | {"val_loss": FALLING + 1e-9},
    "one epoch": of(epoch=[1], loss=[0.5], val_loss=[0.5], accuracy=[1], val_accuracy=[1]),
    "a million epochs": METRICS | {"epoch": EPOCHS * 1e4},
    "tiny losses": METRICS | {"loss": FALLING * 1e-12, "val_loss": FALLING * 2e-12},
    "all powers of ten": METRICS | {"loss": 10 ** (EPOCHS - 50), "val_loss": 10 ** (50 - EPOCHS)},
    "without accuracy": {name: METRICS[name] for name in ("epoch", "loss", "val_loss")},
    "nothing finite": of(epoch=[1, 2], loss=[np.nan, np.inf], accuracy=[np.nan, np.nan]),
}


@pytest.mark.parametrize("name", CROWDED)
@pytest.mark.parametrize("best", [0, 30, -1])
def test_no_words_overlap_each_other_or_leave_the_picture(name: str, best: int) -> None:
    metrics = CROWDED[name]
    figure = draw(metrics, int(metrics["epoch"][best % len(metrics["epoch"])]))
    texts = [text for axes in figure.axes for text in (*axes.texts, *ticks(axes.yaxis))]
    texts += [axes.yaxis.label for axes in figure.axes]
    texts += [*figure.findobj(is_title), *ticks(figure.axes[-1].xaxis), figure.axes[-1].xaxis.label]
    boxes = [text.get_window_extent() for text in texts]
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other), (one, other)
    for box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1


def test_ten_thousand_rows_are_saved_and_the_bytes_repeat(tmp_path: Path) -> None:
    epochs = np.linspace(100, 1e6, 10_000)
    noisy = np.exp(-epochs / 1e5) * np.random.default_rng(0).uniform(0.5, 1, 10_000)
    for name in ("first.png", "second.png"):
        save(draw({"epoch": epochs, "loss": noisy, "val_loss": noisy * 2}), tmp_path / name)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
