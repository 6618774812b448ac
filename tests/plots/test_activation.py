"""An activation is drawn as its layer computes it, with its flat parts shaded."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from nn.endpoints.units import SATURATED_SLOPE
from nn.layers import ACTIVATIONS
from nn.plots.activation import activation_curves, draw_activation


def longest(axes: Axes) -> NDArray[np.float64]:
    """The points of the curve, (points, 2): no other line has as many."""
    return max((np.asarray(line.get_xydata()) for line in axes.get_lines()), key=len)


def shaded(axes: Axes) -> list[tuple[float, float]]:
    """From where to where each flat part goes."""
    (band, *_) = (found for found in axes.collections if isinstance(found, PolyCollection))
    return [(path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in band.get_paths()]


def test_the_sigmoid_its_derivative_and_its_flat_parts() -> None:
    figure = draw_activation("sigmoid")
    above, below = figure.axes
    x, y = longest(above).T
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)))
    np.testing.assert_allclose(longest(below)[:, 1], y * (1 - y))
    edge = np.arccosh(2 / SATURATED_SLOPE - 1)  # where σ′ = 1 / (2 + 2 cosh x)
    np.testing.assert_allclose(shaded(above), [(-8, -edge), (edge, 8)], atol=0.011)
    assert shaded(above) == shaded(below)
    assert (above.get_xlim(), below.get_xlabel()) == ((-8, 8), "x, what goes into the unit")
    said = [text.get_text() for text in (*above.texts, *below.texts, *figure.texts)]
    assert "σ′(x) = σ(x) (1 − σ(x))" in said
    assert "tangent at 0, slope 0.25" in said
    assert "shaded: flat, with less than 7 % of the steepest slope" in said


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_drawn_with_a_derivative_that_is_its_slope(name: str) -> None:
    figure = draw_activation(name)
    figure.draw_without_rendering()
    x = np.linspace(-7.9, 7.9, 80)  # beside all kinks
    slope = np.subtract(*(activation_curves(name, x + step)[0] for step in (1e-6, -1e-6))) / 2e-6
    np.testing.assert_allclose(activation_curves(name, x)[1], slope, atol=1e-8)
    for axes in figure.axes:
        values = longest(axes)[:, 1]
        low, high = axes.get_ylim()
        assert low < np.nanmin(values)
        assert np.nanmax(values) < high


def test_every_activation_has_its_formulas() -> None:
    assert [name for name, kind in ACTIVATIONS.items() if not vars(kind).get("formula")] == []


def test_what_is_nowhere_flat_has_no_shade() -> None:
    assert [text.get_text() for text in draw_activation("linear").texts] == ["linear"]
