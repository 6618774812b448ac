"""Each elementwise call gives what NumPy gives: for all types that it takes, all layouts, special values."""

from itertools import product

import numpy as np
import pytest

from nn.engine.compiler import CompilerError, compiler
from nn.engine.operations import ELEMENTWISE
from nn.engine.replay import Replay
from tests.engine.compiled import compiled, noted

pytestmark = pytest.mark.optimized
VALUES = {
    "bool": [False, True],
    "int64": [0, 1, -1, 2, -7, 10, 2**53 + 1, 2**63 - 1, -(2**63)],
    "float32": [0, -0.0, 1, -1, 0.5, -2.5, 3.25, 80, 1e-45, -1e-38, 3e38, -3e38, np.inf, -np.inf, np.nan],
    "float64": [
        0,
        -0.0,
        1,
        -1,
        0.5,
        -2.5,
        3.25,
        700,
        5e-324,
        -1e-308,
        1e308,
        -1e308,
        np.inf,
        -np.inf,
        np.nan,
    ],
}
EXACT = {
    "absolute", "add", "divide", "equal", "floor", "greater", "greater_equal", "less", "less_equal",
    "maximum", "minimum", "multiply", "negative", "not_equal", "sign", "sqrt", "square", "subtract",
}  # fmt: skip
"""The others may be off by ULP units in the last place."""
ULP = 4
PAIRS = list(product(VALUES, repeat=2))
CASES = [
    (ufunc.__name__, types)
    for ufunc in ELEMENTWISE
    if isinstance(ufunc, np.ufunc)
    for types in product(VALUES, repeat=ufunc.nin)
]


def layouts(name, types):
    """Arguments that are views of two inputs: broadcast, strided, empty, of length 1, single numbers."""

    def views(x, y=None):
        if y is None:
            yield from ([x], [x[:, ::2].mT], [x[::-1, 1:]], [x[:0]], [x[:1, :1]], [x[0, 0]])
            return
        column, row = x[:, :1], y[:1, :]
        yield from ([column, row], [x[:, ::2].mT, y[:1, ::-1][:, :1]], [x[:0], y[0]], [x[:1, :1], row])
        yield from ([x[0], y[0, 1]], [x[0, 1], y[0]], [x[0, 0], y[0, 1]])
        numbers = [np.array(value, types[1]) for value in VALUES[types[1]]]
        yield from ([x[0], number] for number in numbers[-3:] if (name, types[1]) != ("power", "int64"))

    return views


def inputs(name, types):
    """An array of special values for each type; columns and rows hold them all."""
    size = max(len(VALUES[kind]) for kind in types)
    found = {}
    for letter, kind in zip("xy", types, strict=False):
        values = np.resize(np.array(VALUES[kind], kind), size)
        found[letter] = np.stack([np.roll(values, shift) for shift in range(size)])
    if name == "power" and types[1] == "int64":
        found["y"] %= 8  # NumPy raises no integer to a negative power
    return found


def formula(name, types):
    """All layouts of one call."""
    views = layouts(name, types)
    return lambda **arrays: [getattr(np, name)(*chosen) for chosen in views(*arrays.values())]


def accepted(name, types):
    """Whether NumPy takes these types."""
    try:
        getattr(np, name).resolve_dtypes((*map(np.dtype, types), None))
    except TypeError:
        return False
    return True


def check(name, types, program):
    """Hold the outputs of a program against NumPy."""
    views = layouts(name, types)
    for number, arguments in enumerate(views(*program.inputs.values())):
        expected, found = getattr(np, name)(*arguments), program.outputs[str(number)]
        said = f"{name} of {types}, layout {number}"
        assert found.dtype == expected.dtype, said
        assert found.shape == expected.shape, said
        if name in EXACT or found.dtype.kind != "f" or found.dtype == np.float16:
            np.testing.assert_array_equal(found, expected, said)
            if name not in ("maximum", "minimum"):
                signs = [np.signbit(a[~np.isnan(a)]) for a in (np.atleast_1d(found), np.atleast_1d(expected))]
                np.testing.assert_array_equal(*signs, said)
        else:
            loop = getattr(np, name).resolve_dtypes((*(argument.dtype for argument in arguments), None))
            # Of long double, the C library's power is wrong: (-inf) ** -2.0**63 is 0.
            judge = np.longdouble if name != "power" else float
            wide = [a.astype(kind).astype(judge) for a, kind in zip(arguments, loop, strict=False)]
            exact = np.asarray(getattr(np, name)(*wide)).astype(found.dtype)
            room = ULP * np.spacing(np.where(np.isfinite(exact), np.abs(exact), 1))
            near = (found == exact) | (np.isnan(found) & np.isnan(exact)) | (np.abs(found - exact) <= room)
            assert np.all(near), (said, found[~near], exact[~near])


@pytest.fixture(scope="module", autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield


def others(x, y):
    """Choices, conversions, reductions and products of two types."""
    return [
        np.where(x, x, y),
        np.where(x[:, ::2].mT > 0, y[:, ::-2].mT, 1),
        x.astype(y.dtype),
        x.mT.astype(bool),
        *(np.sum(x, axis) for axis in (None, 0, -1, (0, 1), ())),
        *(reduction(x, axis) for reduction in (np.max, np.min) for axis in (None, 0, -1)),
        *(reduction(x.mT[::-1], -1, keepdims=True) for reduction in (np.max, np.min, np.sum, np.argmax)),
        *(np.sum(x[:0], axis) for axis in (None, 0, -1)),
        np.mean(x, 0),
        np.argmax(x, -1) / 2,
        (x > 2) + (x > 2.5),
        (x > 0) * y,
        np.full_like(x, 2, dtype=y.dtype),
        np.concatenate([x, y], -1),
        *(
            [x @ y, x @ y[0], x[:0] @ y, x[:, :0] @ y[:0], x[:1] @ y.mT]
            if "float" in f"{x.dtype}{y.dtype}"
            else []
        ),
    ]


def ordinary(types):
    """Arrays whose sums and products are exact."""
    values = {
        "bool": [0, 1],
        "int64": [0, 3, -5, 2**40],
        "float32": [0, -1.5, 2.25, 7],
        "float64": [0, 1.5, -3],
    }
    x, y = (np.resize(np.array(values[kind], kind), (5, 5)) for kind in types)
    return {"x": x, "y": y[::-1].copy()}


def check_others(program, types):
    """Hold the outputs of such a program against NumPy."""
    for number, expected in enumerate(others(**program.inputs)):
        found = program.outputs[str(number)]
        assert found.dtype == expected.dtype, (types, number)
        np.testing.assert_array_equal(found, expected, f"{types}, number {number}")


ACCEPTED = [case for case in CASES if accepted(*case)]


def test_a_replay_gives_what_numpy_gives():
    for name, types in ACCEPTED:
        program = noted(formula(name, types), **inputs(name, types))
        for array in program.outputs.values():
            array[...] = 7
        for function, arguments in Replay(program).primitives:
            function(*arguments)
        check(name, types, program)


def is_in_c(name, types):
    """C has no half precision, which NumPy gives for functions of truth values, and no power of integers."""
    result = getattr(np, name).resolve_dtypes((*map(np.dtype, types), None))[-1]
    return result != np.float16 and not (name == "power" and result.kind != "f")


@pytest.mark.skipif(not compiler(), reason="no C compiler")
def test_c_gives_what_numpy_gives():
    cases = [case for case in ACCEPTED if is_in_c(*case)]
    programs = [noted(formula(name, types), **inputs(name, types)) for name, types in cases]
    for (name, types), program, run in zip(cases, programs, compiled(programs), strict=True):
        for array in program.outputs.values():
            array[...] = 7
        run()
        check(name, types, program)


@pytest.mark.parametrize(("name", "types"), [case for case in ACCEPTED if not is_in_c(*case)])
def test_c_refuses_by_name_the_types_that_it_lacks(name, types):
    program = noted(formula(name, types), **inputs(name, types))
    with pytest.raises(CompilerError, match=f"float16|np.{name} of {types[0]}"):
        compiled([program])


def test_what_numpy_refuses_is_refused_while_it_is_recorded():
    for name, types in set(CASES) - set(ACCEPTED):
        with pytest.raises(TypeError):
            noted(formula(name, types), **inputs(name, types))


@pytest.mark.parametrize("types", PAIRS)
def test_a_replay_chooses_converts_reduces_and_multiplies_all_types_as_numpy(types):
    program = noted(others, **ordinary(types))
    for function, arguments in Replay(program).primitives:
        function(*arguments)
    check_others(program, types)


@pytest.mark.skipif(not compiler(), reason="no C compiler")
def test_c_chooses_converts_reduces_and_multiplies_all_types_as_numpy():
    programs = [noted(others, **ordinary(types)) for types in PAIRS]
    for types, program, run in zip(PAIRS, programs, compiled(programs), strict=True):
        for array in program.outputs.values():
            array[...] = 7
        run()
        check_others(program, types)
