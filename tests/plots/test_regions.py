"""What a network answers is drawn over its inputs: every point in the colour that the network gives."""

import numpy as np
import pytest

from nn.plots.plane import Grid, Plane
from nn.plots.regions import PALE, answers, blended
from nn.plots.view import View
from tests.plots.runs import PLANE, trained, words


def test_regions_have_the_shares_of_classes_that_the_network_answers_there():
    run = trained("moons", "training.epochs=60")
    axes = answers(run).axes[0]
    view, (image,) = View.of(run), axes.get_images()
    left, right, bottom, top = image.get_extent()
    shown = np.asarray(image.get_array())
    side = shown.shape[0]
    for row, column in ((0, 0), (side // 2, side // 3), (side - 1, side - 1)):
        x = [left + (column + 0.5) / side * (right - left), bottom + (row + 0.5) / side * (top - bottom)]
        shares = view.shares(view.model.forward([x]))
        np.testing.assert_allclose(shown[row, column], blended(shares)[0], atol=1e-12)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x1", "x2")


def test_every_sample_is_drawn_in_its_class():
    run = trained("moons", "training.epochs=60")
    view, axes = View.of(run), answers(run).axes[0]
    drawn = {
        str(c.get_label()): np.asarray(c.get_offsets()) for c in axes.collections if len(c.get_offsets())
    }
    for number, name in enumerate(view.classes):
        np.testing.assert_array_equal(drawn[name], view.samples.x[view.samples.y[:, 0] == number])


def test_a_certain_answer_has_the_pale_colour_of_its_class():
    certain = blended(np.array([[1.0, 0.0]]))[0]
    assert certain == pytest.approx(PALE + (1 - PALE) * np.array([0, 0x72, 0xB2]) / 255)


def test_one_input_gives_a_fitted_curve():
    run = trained("sine", "training.epochs=50")
    axes = answers(run).axes[0]
    (line,) = axes.get_lines()
    x, y = line.get_data()
    np.testing.assert_allclose(y, View.of(run).model.forward(x[:, np.newaxis])[:, 0])


def test_a_regression_on_two_inputs_gives_a_surface_with_its_scale():
    figure = answers(trained("sine", *PLANE, "training.epochs=30"))
    axes, bar = figure.axes
    assert len(axes.get_images()) == 1
    assert bar.get_ylabel() == "y"


def test_more_inputs_are_projected_and_the_picture_says_so():
    run = trained("iris", "training.epochs=5")
    figure = answers(run)
    view = View.of(run)
    wrong = int(np.sum(view.classified(view.model.forward(view.samples.x)) != view.samples.y[:, 0]))
    assert f"projection of {len(view.samples)} samples with 4 inputs;  ○ {wrong} classified wrong" in words(
        figure
    )
    assert figure.axes[0].get_xlabel().startswith("first principal component, ")


def test_a_thousand_classes_are_no_trouble():
    rng = np.random.default_rng(0)
    view = View.of(trained("iris", "training.epochs=5"))
    assert blended(rng.dirichlet(np.ones(1000), 5)).shape == (5, 3)
    assert len(view.classes) == 3


def test_a_plane_of_more_inputs_maps_points_to_inputs_and_back():
    x = np.random.default_rng(0).normal(size=(30, 5)) * (1, 2, 3, 4, 5)
    plane = Plane.of(x, list("abcde"))
    points = plane.points(x)
    np.testing.assert_allclose(plane.points(plane.inputs(points)), points, atol=1e-12)


def test_a_grid_covers_all_points_with_room():
    grid = Grid.around(np.array([[0.0, 5.0], [1.0, 5.0]]), side=4)
    left, right, bottom, top = grid.extent
    assert left < 0 < 1 < right
    assert bottom < 5 < top
    assert grid.points.shape == (16, 2)


def test_a_run_that_was_killed_is_drawn_with_the_weights_of_its_checkpoint(tmp_path):
    import shutil

    from nn.runs.reading import Run

    whole = trained("xor", "training.checkpoint={epochs: 1}")
    shutil.copytree(whole.folder, tmp_path / "killed")
    (tmp_path / "killed" / "model.npz").unlink()
    killed = View.of(Run.of(tmp_path / "killed"))
    last = View.of(whole).model.network.parameters
    assert killed.model.network.parameters.shape == last.shape
    (tmp_path / "killed" / "checkpoint.npz").unlink(missing_ok=True)
    with pytest.raises(ValueError, match="expected weights to draw, got a run without any yet"):
        View.of(Run.of(tmp_path / "killed"))
