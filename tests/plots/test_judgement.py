"""Confusion, residuals and calibration show what a count by hand gives."""

import numpy as np
import pytest

from nn.plots.judgement import calibration, confusion, residuals
from nn.plots.view import View
from tests.plots.runs import trained, words


def test_the_cells_of_a_confusion_matrix_count_the_samples_held_out():
    run = trained("iris", "training.epochs=5")
    view = View.of(run)
    true = view.judged.y[:, 0].astype(int)
    answered = view.classified(view.model.forward(view.judged.x))
    counted = {}
    for pair in zip(true.tolist(), answered.tolist(), strict=True):
        counted[pair] = counted.get(pair, 0) + 1
    axes = confusion(run).axes[0]
    shown = {
        (round(t.get_position()[1]), round(t.get_position()[0])): t.get_text()
        for t in axes.texts
        if t.get_text().isdigit()
    }
    assert shown == {pair: str(count) for pair, count in counted.items()}
    assert "30 test samples" in words(axes.figure)


def test_without_samples_held_out_the_training_samples_are_counted_and_that_is_said():
    assert "4 training samples" in words(confusion(trained("xor")))


def test_predicted_lies_against_true_and_residuals_below():
    run = trained("sine", "training.epochs=50")
    view = View.of(run)
    first, second = residuals(run).axes
    true, predicted = view.judged.y[:, 0], view.model.forward(view.judged.x)[:, 0]
    np.testing.assert_array_equal(first.collections[0].get_offsets(), np.column_stack([true, predicted]))
    np.testing.assert_allclose(second.collections[0].get_offsets()[:, 1], predicted - true)


def test_of_each_bin_the_share_that_is_right_is_drawn():
    run = trained("breast-cancer", "training.epochs=5")
    view = View.of(run)
    shares = view.probabilities(view.model.forward(view.judged.x))
    certain, right = shares.max(axis=1), shares.argmax(axis=1) == view.judged.y[:, 0]
    first, second = calibration(run).axes
    assert sum(bar.get_height() for bar in second.patches) == len(certain)
    (line,) = [line for line in first.get_lines() if line.get_marker() == "o"]
    last = certain >= 0.95
    assert line.get_xdata()[-1] == pytest.approx(certain[last].mean())
    assert line.get_ydata()[-1] == pytest.approx(right[last].mean())


@pytest.mark.parametrize(
    ("draw", "config", "message"),
    [
        (residuals, "iris", "residuals need a regression, got classes; use --what confusion"),
        (confusion, "sine", "a confusion matrix needs classes, got a regression; use --what residuals"),
        (calibration, "sine", "calibration needs probabilities, as of sigmoid or softmax, got none"),
    ],
)
def test_what_a_run_lacks_is_named(draw, config, message):
    epochs = "training.epochs=5" if config == "iris" else "training.epochs=50"
    with pytest.raises(ValueError, match=message):
        draw(trained(config, epochs))


def test_data_whose_classes_have_changed_are_not_drawn(tmp_path):
    rows = "".join(f"{n},{'ab'[n % 2]}\n" for n in range(8))
    (tmp_path / "t.csv").write_text(f"x,y\n{rows}")
    data = f"data={{file: {tmp_path / 't.csv'}, target: y}}"
    run = trained("xor", data, "training.epochs=2")
    (tmp_path / "t.csv").write_text(f"x,y\n{rows}".replace("b", "A"))
    with pytest.raises(ValueError, match=r"its data have changed: expected the classes a, b, got A, a$"):
        confusion(run)
