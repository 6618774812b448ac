"""Products of matrices of all shapes and layouts, in C, held against NumPy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.engine.codegen import panels, products
from nn.engine.codegen.products import crowded
from nn.engine.compiler import compiler
from tests.engine.compiled import compiled, noted

needs_a_compiler = pytest.mark.skipif(not compiler(), reason="needs a C compiler")
LAYOUTS = {
    "a b": lambda a, b: a @ b,
    "aᵀ b": lambda a, b: a.mT @ b,
    "a bᵀ": lambda a, b: a @ b.mT,
    "aᵀ bᵀ": lambda a, b: a.mT @ b.mT,
    "strided": lambda a, b: a[:, ::2] @ b[::2],
}
SHAPES = [
    (1, 1, 65),
    (1, 33, 21),
    (8, 16, 16),
    (9, 17, 33),
    (3, 40, 50),
    (40, 33, 3),
    (23, 7, 70),
    (64, 64, 64),
    (65, 31, 67),
]


def drawn(layout, rows, depth, columns, dtype):
    """Two matrices whose product in a layout is ``(rows, columns)``, with infinities and NaN among them."""
    rng = np.random.default_rng((rows, depth, columns))
    depth *= 1 + (layout == "strided")
    a, b = rng.normal(size=(rows, depth)).astype(dtype), rng.normal(size=(depth, columns)).astype(dtype)
    a[rows // 2, depth // 2], b[depth // 3, columns // 2] = np.inf, np.nan
    turned = layout.split() if "ᵀ" in layout else ["", ""]
    a, b = (array.mT.copy() if "ᵀ" in turn else array for array, turn in zip((a, b), turned, strict=True))
    return {"a": a, "b": b}


@needs_a_compiler
@pytest.mark.parametrize(
    "shape", [(4, 2), (2, 2), (7, 3), (40, 5), (40, 17), (33, 70), (3, 4, 2), (3, 9, 1), (3, 40, 5)]
)
def test_sums_of_the_rows_and_of_each_row_of_what_products_read_are_numpys(shape):
    rng = np.random.default_rng(shape)
    x, w = rng.normal(size=shape), rng.normal(size=(*shape[:-2], shape[-1], 3))
    x[..., 0, 0] = np.nan

    def sums(x, w):
        y = 2 * x
        return [np.sum(y, axis=-2, keepdims=True), np.sum(y, axis=-1, keepdims=True), y @ w]

    program = noted(sums, x=x, w=w)
    (run,) = compiled([program])
    run()
    for result, expected in zip(program.outputs.values(), sums(x, w), strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-14)


@needs_a_compiler
@pytest.mark.optimized
@pytest.mark.parametrize("way", ["as by its size", "in panels"])
def test_products_are_numpys_but_for_rounding(way, monkeypatch):
    if way == "in panels":  # small blocks, so that these shapes have whole ones and what is left
        monkeypatch.setattr(products, "in_panels", lambda product: True)
        monkeypatch.setattr(panels, "PACKED_TERMS", 16)
        monkeypatch.setattr(panels, "PACKED_ROWS", 24)
    cases = [
        (layout, shape, dtype)
        for number, shape in enumerate(SHAPES)
        for layout, dtype in zip(LAYOUTS, "dfdfd" if number % 2 else "fdfdf", strict=True)
    ]
    arrays = [drawn(layout, *shape, dtype) for layout, shape, dtype in cases]
    with np.errstate(invalid="ignore"):
        programs = [
            noted(LAYOUTS[layout], **operands) for (layout, *_), operands in zip(cases, arrays, strict=True)
        ]
    for (layout, (_, depth, _), dtype), operands, program, run in zip(
        cases, arrays, programs, compiled(programs), strict=True
    ):
        out = program.outputs["0"]
        out[...] = -1
        run()
        with np.errstate(invalid="ignore"):
            exact = LAYOUTS[layout](*(array.astype(np.longdouble) for array in operands.values()))
            sizes = LAYOUTS[layout](*(np.abs(array.astype(np.longdouble)) for array in operands.values()))
        finite = np.isfinite(exact)
        np.testing.assert_array_equal(out[~finite], exact[~finite].astype(out.dtype))
        error, bound = np.abs(out[finite] - exact[finite]), depth * np.finfo(dtype).eps * sizes[finite]
        assert np.all(error <= bound), (layout, dtype)


@needs_a_compiler
def test_layers_whose_products_are_in_panels_train_as_by_the_formulas():
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(16, 32)), rng.normal(size=(16, 3))

    def trained(engine):
        network = nn.Sequential(
            [nn.Dense(40), nn.Tanh(), nn.Dense(33), nn.Tanh(), nn.Dense(3)], inputs=32, seed=0
        )
        for _ in nn.train(network, nn.MeanSquaredError(), nn.SGD(0.1), x, t, epochs=3, engine=engine):
            pass
        return network.parameters

    np.testing.assert_allclose(trained("native"), trained("formulas"), rtol=1e-9, atol=1e-12)


@given(st.integers(64, 512).map(lambda lines: 64 * lines), st.integers(1, 2000))
def test_lines_crowd_where_a_cache_has_too_few_places_for_them(stride, lines):
    # A cache of 64 sets, each with room for 8 lines of 64 bytes.
    sets = np.bincount(np.arange(lines) * stride // 64 % 64)
    assert crowded(stride, lines) == (sets.max() > 8)
