"""What is known to be never above 0, so that C computes its exponential by the shorter way."""

import numpy as np
import pytest

from nn.engine.codegen.signs import never_positive
from nn.engine.compiler import compiler
from tests.engine.compiled import compiled, noted

X = np.array([[0.5, -1.0, 2.0], [3.0, 0.0, -0.25]])


def is_known(formula):
    """Whether the argument of the one exponential in a formula of x is known to be never above 0."""
    program = noted(formula, x=X.copy())
    (place,) = (number for number, call in enumerate(program.calls) if call.function == "exp")
    return never_positive(program.calls[place].arguments[0], program.calls[:place])


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: np.exp(np.minimum(x, -x)),
        lambda x: np.exp(np.minimum(-x, x)),
        lambda x: np.exp(-np.abs(x)),
        lambda x: np.exp(-np.square(x)),
        lambda x: np.exp(-(x * x)),
        lambda x: np.exp(x - np.max(x, axis=-1, keepdims=True)),
        lambda x: np.exp(x - np.max(x, axis=-2, keepdims=True)),
        lambda x: np.exp(np.minimum(-np.abs(x), x + 1)),
        lambda x: np.logaddexp(x, 1),
    ],
)
def test_exponents_as_formulas_make_them_are_known(formula):
    assert is_known(formula)


def changed_in_between(x):
    largest = np.max(x, axis=-1, keepdims=True)
    x += 1
    return np.exp(x - largest)


def written_in_two_parts(x):
    whole = -np.abs(x)
    whole[0] = 1
    return np.exp(whole)


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: np.exp(x),
        lambda x: np.exp(-x),
        lambda x: np.exp(np.minimum(x, x + 1)),
        lambda x: np.exp(np.minimum(x[:1], -x[1:])),
        lambda x: np.exp(x - np.max(x[:, :2], axis=-1, keepdims=True)),
        lambda x: np.exp(x - np.min(x, axis=-1, keepdims=True)),
        lambda x: np.exp(-(x * x[:1])),
        lambda x: np.exp(np.max(x, axis=-1, keepdims=True) - x),
        lambda x: np.exp(-np.abs((x > 9).astype(np.uint8))),
        changed_in_between,
        written_in_two_parts,
    ],
)
def test_others_are_not(formula):
    assert not is_known(formula)


@pytest.mark.skipif(not compiler(), reason="needs a C compiler")
@pytest.mark.parametrize("formula", [lambda x: np.minimum(x, -x), lambda x: np.maximum(-x, x)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_extremes_of_numbers_and_their_opposites_are_numpys(formula, dtype):
    x = np.array([0.5, -1.0, 0.0, -0.0, np.inf, -np.inf, np.nan, 1e-310, -3e38], dtype)
    program = noted(formula, x=x)
    (run,) = compiled([program])
    run()
    np.testing.assert_array_equal(program.outputs["0"], formula(x))
