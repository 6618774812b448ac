"""What a network answers is drawn over its inputs: every point in the colour that the network gives."""

import itertools

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from nn.plots.plane import Grid, Plane
from nn.plots.regions import PALE, blended, draw_run_answers, draw_surface
from nn.plots.scales import limits
from nn.plots.view import View
from tests.plots.runs import PLANE, trained, words


def test_regions_have_the_shares_of_classes_that_the_network_answers_there():
    run = trained("moons", "training.epochs=60")
    axes = draw_run_answers(run).axes[0]
    view, (image,) = View.of(run), axes.get_images()
    left, right, bottom, top = image.get_extent()
    shown = np.asarray(image.get_array())
    side = shown.shape[0]
    for row, column in ((0, 0), (side // 2, side // 3), (side - 1, side - 1)):
        x = [left + (column + 0.5) / side * (right - left), bottom + (row + 0.5) / side * (top - bottom)]
        shares = view.probabilities(view.model.forward([x]))
        np.testing.assert_allclose(shown[row, column], blended(shares)[0], atol=1e-12)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x1", "x2")


def clouds(axes):
    """The points under each label; rings have none."""
    return {
        str(c.get_label()): np.asarray(c.get_offsets())
        for c in axes.collections
        if isinstance(c, PathCollection) and len(c.get_facecolors())
    }


def rings(axes):
    """Where samples are ringed."""
    (found,) = [c for c in axes.collections if isinstance(c, PathCollection) and not len(c.get_facecolors())]
    return np.asarray(found.get_offsets())


def wrong(view):
    return view.classified(view.model.forward(view.judged.x)) != view.judged.y[:, 0]


def test_samples_held_out_are_drawn_in_their_class_and_wrong_ones_ringed():
    run = trained("moons", "training.epochs=60")
    view, figure = View.of(run), draw_run_answers(run)
    axes, test = figure.axes[0], view.shares["test"]
    for number, name in enumerate(view.classes):
        np.testing.assert_array_equal(clouds(axes)[name], test.x[test.y[:, 0] == number])
    np.testing.assert_array_equal(rings(axes), test.x[wrong(view)])
    count = int(wrong(view).sum())
    assert count > 0
    assert f"100 test samples;  ○ {count} answered wrong" in words(figure)
    assert "true y" in words(figure)


@pytest.mark.parametrize(
    ("settings", "called"),
    [
        (["data={name: iris, test: 0.2, validation: 0.2}"], "30 test samples"),
        (["data={name: iris, validation: 0.2}"], "30 validation samples"),
        (["data={name: iris}"], "150 training samples"),
    ],
)
def test_a_network_is_judged_by_test_else_validation_else_training(settings, called):
    run = trained("iris", "training.epochs=5", "training.stop_at=null", *settings)
    assert View.of(run).called == called
    assert called in words(draw_run_answers(run))


def test_a_plane_has_equal_units_on_both_sides_unless_it_were_a_sliver():
    assert draw_run_answers(trained("moons", "training.epochs=60")).axes[0].get_aspect() == 1
    assert draw_run_answers(trained("iris", "training.epochs=5")).axes[0].get_aspect() == 1
    tall = Grid.around(np.array([[0.0, 0.0], [1.0, 1000.0]]))
    assert tall.aspect == "auto"


def test_a_certain_answer_has_the_pale_colour_of_its_class():
    certain = blended(np.array([[1.0, 0.0]]))[0]
    assert certain == pytest.approx(PALE + (1 - PALE) * np.array([0, 0x72, 0xB2]) / 255)


def test_one_input_gives_a_fitted_curve():
    run = trained("sine", "training.epochs=50")
    axes = draw_run_answers(run).axes[0]
    (line,) = axes.get_lines()
    x, y = line.get_data()
    np.testing.assert_allclose(y, View.of(run).model.forward(x[:, np.newaxis])[:, 0])


def test_a_regression_on_two_inputs_gives_a_surface_with_its_scale():
    figure = draw_run_answers(trained("sine", *PLANE, "training.epochs=30"))
    axes, bar = figure.axes
    assert len(axes.get_images()) == 1
    assert bar.get_ylabel() == "y"


def test_more_inputs_are_projected_coloured_by_the_answer_and_wrong_ones_ringed():
    run = trained("iris", "training.epochs=5")
    figure, view = draw_run_answers(run), View.of(run)
    axes, test = figure.axes[0], view.judged
    points = Plane.of(view.samples.x, view.model.inputs).points(test.x)
    answered = view.classified(view.model.forward(test.x))
    for number, name in enumerate(view.classes):
        np.testing.assert_array_equal(clouds(axes)[name], points[answered == number])
    np.testing.assert_array_equal(rings(axes), points[wrong(view)])
    count = int(wrong(view).sum())
    assert f"projection of 30 test samples;  ○ {count} answered wrong" in words(figure)
    assert "answered species" in words(figure)
    assert axes.get_xlabel().startswith("first principal component, ")


def test_patterns_that_a_projection_puts_on_one_place_are_a_table():
    run = trained("parity4")
    view, axes = View.of(run), draw_run_answers(run).axes[0]
    (image,) = axes.get_images()
    shown = np.asarray(image.get_array())
    x, order = np.unique(view.samples.x, axis=0, return_index=True)
    np.testing.assert_allclose(shown[:, 0], view.model.forward(x)[:, 0])
    np.testing.assert_array_equal(shown[:, 2], view.samples.y[order, 0])
    assert [label.get_text() for label in axes.get_yticklabels()][:3] == ["0 0 0 0", "0 0 0 1", "0 0 1 0"]
    assert "16 patterns of 16 training samples;  all answered right" in words(axes.figure)


def test_a_table_rings_patterns_that_are_answered_wrong():
    run = trained("parity4", "training.epochs=1")
    view, axes = View.of(run), draw_run_answers(run).axes[0]
    assert len(rings(axes)) == wrong(view).sum() > 0


@pytest.mark.parametrize("bits", [3, 4, 5])
def test_a_plane_that_chance_chose_tells_nothing_apart(bits):
    """All directions of a cube are as wide as each other."""
    x = np.array(list(itertools.product([0.0, 1.0], repeat=bits)))
    assert not Plane.of(x, [f"x{n}" for n in range(bits)]).tells_apart(x)


def test_samples_that_are_spread_widest_in_two_directions_are_told_apart():
    x = np.random.default_rng(0).normal(size=(30, 4)) * 0.1 + np.arange(30)[:, np.newaxis] * (1, 1, 0, 0)
    assert Plane.of(x, list("abcd")).tells_apart(x)


@pytest.mark.parametrize("values", [[3.0, 3.0], [0.0, 0.0], [1e9, 1e9 + 1e-5], [-2.0, -2.0 - 1e-15]])
def test_numbers_that_are_all_the_same_are_not_stretched_over_a_scale(values):
    low, high = limits(np.array(values))
    shares = (np.array(values) - low) / (high - low)
    assert np.ptp(shares) < 1e-3
    np.testing.assert_allclose(shares, 0.5, atol=1e-3)


def test_a_constant_answer_is_drawn_on_the_scale_of_the_targets():
    """The first output of a network without weights is its bias, the same everywhere."""
    wide = "data={name: plane, samples: 60}"
    run = trained("sine", *PLANE, wide, "training.epochs=1")
    view = View.of(run)
    with view.at(np.zeros_like(view.model.network.parameters)):
        axes = Figure().subplots()
        draw_surface(axes, view)
    low, high = axes.get_images()[0].get_clim()
    assert (low, high) == (min(0, view.judged.y.min()), max(0, view.judged.y.max()))
    assert not [c for c in axes.collections if type(c).__name__ == "QuadContourSet" and c.get_paths()]


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
