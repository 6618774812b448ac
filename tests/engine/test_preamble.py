"""The functions that generated programs use, compared with NumPy's."""

import ctypes
from importlib.resources import files

import numpy as np
import pytest

from nn.engine.compiler import compiler, load_library

pytestmark = [pytest.mark.optimized, pytest.mark.skipif(not compiler(), reason="needs a C compiler")]
SPECIAL = [
    0.0,
    -1.0,
    -2.0,
    1e-300,
    -1e-300,
    1e-20,
    -1e-17,
    1e-9,
    1e300,
    -0.0,
    np.inf,
    -np.inf,
    np.nan,
    709.78,
    709.79,
    710.0,
    -708.4,
    -745.1,
    -745.2,
    -800.0,
    5e-324,
]


def in_c(expression, x, kind="double"):
    """An expression of x in C, for each element."""
    loop = (
        f"void each(const {kind} *x, {kind} *y, long n)"
        f"{{ for (long i = 0; i < n; i++) y[i] = {expression}; }}"
    )
    function = load_library(
        (files("nn.engine.codegen") / "preamble.h").read_text() + loop, functions=("each",)
    ).each
    y = np.empty_like(x)
    function(ctypes.c_void_p(x.ctypes.data), ctypes.c_void_p(y.ctypes.data), ctypes.c_long(len(x)))
    return y


@pytest.mark.parametrize(
    ("name", "function", "ends"),
    [
        ("exp_", np.exp, (-746, 710)),
        ("expm1_", np.expm1, (-40, 710)),
        ("log1p_", np.log1p, (-1, 1e4)),
        ("tanh_", np.tanh, (-25, 25)),
    ],
)
def test_the_functions_are_as_exact_as_numpys(name, function, ends):
    x = np.concatenate([np.linspace(*ends, 200_001), np.linspace(-2, 2, 100_001), SPECIAL])
    with np.errstate(all="ignore"):
        expected = function(x)
    y = in_c(f"{name}(x[i])", x)
    # A few units in the last place; of numbers too small for all their digits, the last digit.
    np.testing.assert_allclose(y, expected, rtol=1e-15, atol=1e-323)


def test_the_exponential_of_what_is_never_positive_keeps_every_kind_of_number():
    rng = np.random.default_rng(0)
    ends = [np.log(2.0**-1022), -708.0, -709.0, -744.44, -745.13321910194, -745.14, -1074 * np.log(2.0)]
    beside = [np.nextafter(end, to) for end in ends for to in (-np.inf, 0)]
    # Halves of ln 2, where the nearest whole multiple of it changes.
    halves = -np.log(2.0) * (np.arange(0, 1080) + 0.5)
    nans = np.array([0x7FF8 << 48, 0xFFF8 << 48 | 0x7A2, 0x7FF0 << 48 | 1, (1 << 64) - 1], np.uint64)
    tiny = [-0.0, 0.0, -5e-324, -2.2250738585072014e-308, -1e-17, -(2.0**-53), -np.finfo(float).max, -np.inf]
    random = [-rng.random(500_000) * 750, -np.exp2(rng.uniform(-1074, 1024, 500_000))]
    x = np.concatenate([ends, beside, halves, tiny, nans.view(float), *random])
    with np.errstate(all="ignore"):
        expected = np.exp(x)
    y = in_c("exp_(x[i], 0)", x)
    np.testing.assert_allclose(y, expected, rtol=1e-15, atol=1e-323)
    assert np.all((y <= 1) | np.isnan(x))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_product_with_the_reciprocal_is_the_quotient_at_every_magnitude(dtype):
    limits = np.finfo(dtype)
    low, high = np.log2([limits.smallest_subnormal, limits.max])
    random = np.exp2(np.random.default_rng(0).uniform(low, high, 500))
    ends = [0, 1, 3, limits.smallest_subnormal, limits.smallest_normal, limits.max, np.inf, np.nan]
    values = np.concatenate([ends, np.negative(ends), random]).astype(dtype)
    kind = "float" if dtype == np.float32 else "double"
    pairs = np.array(np.meshgrid(values, values), dtype).reshape(2, -1)
    y = in_c("i & 1 ? 0 : OVER(x[i], x[i + 1])", pairs.T.ravel().copy(), kind)[::2]
    with np.errstate(all="ignore"):
        expected = np.divide(*pairs)
        near = np.abs(y - expected) <= 2 * limits.eps * np.abs(expected) + 2 * limits.smallest_subnormal
    overflows = np.abs(expected) > limits.max / 2
    assert np.all(near | (y == expected) | (overflows & np.isinf(y)) | (np.isnan(y) & np.isnan(expected)))
