"""A data set is drawn with its rows in place, its target seen, and its axes named."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from nn.plots import scatter, style
from nn.plots.plane import Plane

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
RNG = np.random.default_rng(0)
CLOUD = RNG.normal(size=(200, 4)) * (10, 1, 1, 1) + RNG.normal(size=(200, 1)) * (0, 2, 2, 0)


def clouds(figure: Figure) -> dict[str, NDArray[np.float64]]:
    """The points drawn under each label, (points, 2)."""
    drawn = figure.axes[0].collections
    return {str(points.get_label()): np.asarray(points.get_offsets()) for points in drawn}


def names(axes: Axes) -> tuple[str, str]:
    """What the two axes are called."""
    return axes.get_xlabel(), axes.get_ylabel()


def legend(axes: Axes) -> list[str]:
    """The legend's title and entries."""
    drawn = axes.get_legend()
    return [] if drawn is None else [text.get_text() for text in (drawn.get_title(), *drawn.get_texts())]


def test_two_inputs_and_classes_are_points_with_a_colour_and_a_shape_for_each_class() -> None:
    figure = scatter(XOR, np.array([[0], [1], [1], [0]]), ["x1", "x2"], ["y"], ("0", "1"), "xor")
    drawn = clouds(figure)
    np.testing.assert_array_equal(drawn["0"], [[0, 0], [1, 1]])
    np.testing.assert_array_equal(drawn["1"], [[0, 1], [1, 0]])
    axes = figure.axes[0]
    assert names(axes) == ("x1", "x2")
    assert legend(axes) == ["y", "0", "1"]
    zero, one = axes.collections
    assert zero.get_facecolor().tolist() != one.get_facecolor().tolist()
    assert len(zero.get_paths()[0].vertices) != len(one.get_paths()[0].vertices)
    assert figure.get_suptitle() == "xor"


def test_one_input_and_numbers_are_the_target_over_the_input() -> None:
    x = np.array([[1.0], [2.0], [3.0]])
    figure = scatter(x, x**2, ["angle"], ["height"], None, "sine")
    assert names(figure.axes[0]) == ("angle", "height")
    np.testing.assert_array_equal(clouds(figure)["height"], [[1, 1], [2, 4], [3, 9]])


def test_one_input_and_several_targets_are_a_cloud_for_each_with_its_name_at_its_right() -> None:
    x = np.array([[2.0], [1.0]])
    figure = scatter(x, np.array([[1.0, 5.0], [0.0, 7.0]]), ["x"], ["low", "high"], None, "two")
    np.testing.assert_array_equal(clouds(figure)["high"], [[2, 5], [1, 7]])
    low, high = figure.axes[0].texts
    assert (low.get_text(), high.get_text()) == ("low", "high")
    assert low.get_color() == style.COLORS[0]
    assert low.get_position()[1] == high.get_position()[1]


def test_one_input_and_classes_are_a_row_of_points_for_each_class() -> None:
    x = np.array([[1.0], [2.0], [3.0]])
    figure = scatter(x, np.array([[0], [1], [1]]), ["x"], ["kind"], ("cat", "dog"), "strip")
    axes = figure.axes[0]
    np.testing.assert_array_equal(clouds(figure)["dog"], [[2, 1], [3, 1]])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog"]
    assert names(axes) == ("x", "kind")


def test_two_inputs_and_numbers_are_coloured_by_the_target_with_a_named_scale() -> None:
    figure = scatter(XOR, XOR.sum(axis=1, keepdims=True), ["x1", "x2"], ["sum"], None, "plane")
    axes, bar = figure.axes
    np.testing.assert_array_equal(axes.collections[0].get_array(), [0, 1, 1, 2])
    assert bar.get_ylabel() == "sum"
    assert bar.get_ylim() == (0, 2)


def test_of_several_targets_the_scale_says_that_it_shows_the_first() -> None:
    figure = scatter(XOR, XOR, ["x1", "x2"], ["a", "b"], None, "copy")
    assert figure.axes[1].get_ylabel() == "a (the first of 2 targets)"


def test_more_inputs_are_seen_from_two_principal_components_that_say_their_share() -> None:
    y = np.zeros((200, 1), int)
    figure = scatter(CLOUD, y, list("abcd"), ["y"], ("only",), "cloud")
    z = (CLOUD - CLOUD.mean(axis=0)) / CLOUD.std(axis=0)
    variances = np.linalg.eigvalsh(z.T @ z / len(z))[::-1]
    points = clouds(figure)["only"]
    np.testing.assert_allclose(points.var(axis=0), variances[:2])
    np.testing.assert_allclose(np.corrcoef(points.T)[0, 1], 0, atol=1e-12)
    shares = [style.percent(round(share, 3)) for share in variances[:2] / 4]
    assert names(figure.axes[0]) == (
        f"first principal component, {shares[0]} of variance",
        f"second principal component, {shares[1]} of variance",
    )


def test_the_components_do_not_depend_on_the_units_of_an_input_or_on_its_offset() -> None:
    moved = CLOUD * (1000, 1, 0.1, 1) + (5, 0, 0, -7)
    plane, other = Plane.of(CLOUD, "abcd"), Plane.of(moved, "abcd")
    np.testing.assert_allclose(other.points(moved), plane.points(CLOUD), atol=1e-9)
    assert other.names == plane.names


@pytest.mark.parametrize("rows", [1, 2])
def test_constant_inputs_and_few_rows_are_no_trouble(rows: int) -> None:
    x = np.ones((rows, 3))
    plane = Plane.of(x, "abc")
    np.testing.assert_array_equal(plane.points(x), np.zeros((rows, 2)))
    assert plane.names[0] == "first principal component, 0 % of variance"


def test_many_classes_with_short_names_are_drawn_as_their_names() -> None:
    y = np.arange(200).reshape(-1, 1) % 10
    axes = scatter(CLOUD, y, list("abcd"), ["digit"], tuple("0123456789"), "digits").axes[0]
    assert legend(axes) == ["digit"]
    for digit, drawn in zip("0123456789", axes.collections, strict=True):
        np.testing.assert_array_equal(drawn.get_paths()[0].codes, TextPath((0, 0), digit).codes)
    assert len({tuple(drawn.get_facecolor()[0]) for drawn in axes.collections}) == 10


def test_many_classes_with_long_names_have_a_legend() -> None:
    y = np.arange(200).reshape(-1, 1) % 8
    classes = tuple(f"$class_{number}" for number in range(8))
    figure = scatter(CLOUD, y, list("abcd"), ["y"], classes, "blobs")
    figure.draw_without_rendering()
    assert legend(figure.axes[0]) == ["y", *classes]


def test_no_row_is_an_error() -> None:
    with pytest.raises(ValueError, match="xor: expected rows to draw, got none"):
        scatter(np.empty((0, 2)), np.empty((0, 1)), ["x1", "x2"], ["y"], None, "xor")
