"""Calls in one loop or in several, in C, held against NumPy's."""

import numpy as np
import pytest

from nn.engine.compiler import compiler
from tests.engine.compiled import compiled, noted


def through_a_layer(x, w):
    """What backpropagation does: of outputs that a product reads, their slope is needed only after it."""
    y = np.exp(-np.abs(x))
    z = y @ w
    dy = z @ w.mT
    return [z, dy * y * (1 - y), np.sum(y * y, axis=-1, keepdims=True)]


def overwritten(x, w):
    """An operand that changes after one of its readers and before another."""
    y = 2 * x
    z = y @ w
    slope = 1 - y
    y += 1
    return [z, slope * y, y]


@pytest.mark.skipif(not compiler(), reason="needs a C compiler")
@pytest.mark.parametrize("formula", [through_a_layer, overwritten])
@pytest.mark.parametrize("rows", [5, 300])
def test_results_are_numpys_wherever_they_are_computed(formula, rows):
    rng = np.random.default_rng(rows)
    x, w = rng.normal(size=(rows, 40)), rng.normal(size=(40, 3))
    expected = formula(x.copy(), w)
    program = noted(formula, x=x, w=w)
    (run,) = compiled([program])
    run()
    for result, right in zip(program.outputs.values(), expected, strict=True):
        np.testing.assert_allclose(result, right, rtol=1e-12, atol=1e-12)
