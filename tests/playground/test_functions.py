"""The functions of a page, in node: NumPy's to a few units in the last place."""

import numpy as np
import pytest

from nn.export.layout import text_of
from tests.playground.nodes import evaluated, needs_node

pytestmark = needs_node
INF, NAN = np.inf, np.nan
CORNERS = {
    "exp": (np.exp, [-745.0, -30.0, -1e-3, 0.0, 0.3, 1.0, 700.0, INF, -INF, NAN]),
    "expm1": (np.expm1, [-50.0, -1.0, -1e-9, 0.0, 1e-300, 0.2, 600.0, INF, -INF, NAN]),
    "log": (np.log, [5e-324, 1e-310, 0.3, 0.99, 1.0, 1.001, 3.0, 1e308, 0.0, INF, -1.0, NAN]),
    "log1p": (np.log1p, [-0.999, -1e-9, 0.0, 1e-300, 0.5, 3.0, 1e308, -1.0, INF, -2.0, NAN]),
    "tanh": (np.tanh, [-30.0, -0.7, -0.6, -1e-9, 0.0, 0.3, 2.0, INF, -INF, NAN]),
    "sin": (np.sin, [-1e5, -3.0, 0.0, 1e-300, np.pi, 2.0, 999_999.0, 1e22, INF, -INF, NAN]),
    "cos": (np.cos, [-1e5, -3.0, 0.0, 1e-300, np.pi / 2, 2.0, 999_999.0, 1e22, INF, -INF, NAN]),
    "atan": (np.arctan, [-1e300, -3.0, -0.66, 0.0, 1e-300, 0.5, 1.0, 2.5, INF, -INF, NAN]),
}
POWERS = [0.0, 1.0, 2.0, 7.0, -3.0, 0.5, 1.25, -0.75, 1e5, INF, -INF, NAN]
BASES = [0.0, 1.0, -1.0, 0.9, 0.999, 1.001, 2.0, -2.0, 1e3, INF, -INF, NAN]


def computed(name, *operands):
    """What a function of the page makes of rows of operands; NaN and infinities go by their names."""
    rows = [
        [str(float(x)).replace("inf", "Infinity").replace("nan", "NaN") for x in row]
        for row in zip(*operands, strict=True)
    ]
    code = f"const rows = {rows}, results = rows.map((row) => String({name}(...row.map(Number))));"
    found = evaluated([text_of("functions.mjs", "nn.playground"), code], "results")
    return np.array([float(text) for text in found])


def assert_near(found, expected, units=4):
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(found[~finite], expected[~finite])
    found, expected = found[finite], expected[finite]
    assert np.all(np.abs(found - expected) <= units * np.spacing(np.abs(expected)))


@pytest.mark.parametrize("name", CORNERS)
def test_functions_are_those_of_numpy_to_a_few_units_in_the_last_place(name):
    rng = np.random.default_rng(0)
    function, corners = CORNERS[name]
    operands = np.concatenate([corners, rng.normal(size=300), rng.normal(size=300) * 20])
    with np.errstate(all="ignore"):
        expected = function(operands)
    assert_near(computed(name, operands), expected)


def test_powers_are_those_of_numpy():
    rng = np.random.default_rng(0)
    corners = np.array([(base, power) for base in BASES for power in POWERS]).T
    decays = np.array([rng.uniform(0.9, 1, 300), rng.integers(0, 5000, 300)])
    others = np.array([np.exp(rng.normal(size=300)), rng.normal(size=300) * 5])
    operands = np.concatenate([corners, decays, others], axis=1)
    with np.errstate(all="ignore"):
        expected = np.power(*operands)
    assert_near(computed("pow", *operands), expected)
