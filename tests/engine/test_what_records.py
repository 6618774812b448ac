"""The table of what records, in the docstring of the tape, is true: row by row, replayed and compiled."""

import copy
import re

import numpy as np
import pytest

from nn.engine import tape
from nn.engine.compiler import compiler
from nn.engine.functions import FUNCTIONS, METHODS
from nn.engine.operations import ELEMENTWISE
from nn.engine.record import record
from nn.engine.replay import Replay
from nn.engine.traced import NotRecordableError, called
from tests.engine.compiled import compiled

ROWS = {ufunc.__name__: ufunc for ufunc in ELEMENTWISE if isinstance(ufunc, np.ufunc)}
UFUNCS = {
    **{name: ufunc for name, ufunc in ROWS.items() if ufunc.nin == 1},
    **{name: lambda x, ufunc=ufunc: ufunc(x, [1, 2, 3]) for name, ufunc in ROWS.items() if ufunc.nin == 2},
    "log": lambda x: np.log(x * x),
    "log1p": lambda x: np.log1p(x * x),
    "power": lambda x: (x**2) * (2**x),
    "sqrt": lambda x: np.sqrt(x * x),
    "bitwise_and": lambda x: (x > 0) & (x < 1),
    "bitwise_or": lambda x: (x > 1) | (x < -1),
    "bitwise_xor": lambda x: (x > 1) ^ True,
    "invert": lambda x: ~(x > 0),
    "isfinite": lambda x: np.isfinite(x / (x > 0)),
    "isinf": lambda x: np.isinf(x / (x > 0)),
    "isnan": lambda x: np.isnan((x > 0) / (x > 0)),
    "logaddexp": lambda x: np.logaddexp(1000 * x, [0, np.inf, -np.inf]),
    "logical_and": lambda x: np.logical_and(x, x > 0),
    "logical_not": lambda x: np.logical_not(np.maximum(x, 0)),
    "logical_or": lambda x: np.logical_or(x > 0, np.minimum(x, 0)),
    "logical_xor": lambda x: np.logical_xor(x > 0, np.minimum(x, 0)),
    "matmul": lambda x: [
        x @ x.mT,
        x @ x[0],
        x.mT @ x[:, 0],
        x[0] @ x[1],
        np.eye(4) @ x,
        np.array([1, 2, 3]) @ x.T,
    ],
    "positive": lambda x: +x,
    "reciprocal": np.reciprocal,
}
REDUCTIONS = {
    name: lambda x, name=name: [
        getattr(np, name)(x),
        getattr(np, name)(x, 0),
        getattr(np, name)(x, axis=-1, keepdims=True),
        getattr(np, name)(x, keepdims=True),
    ]
    for name in (
        "all",
        "amax",
        "amin",
        "any",
        "argmax",
        "argmin",
        "count_nonzero",
        "max",
        "mean",
        "min",
        "std",
        "sum",
        "var",
    )
}
FUNCTION_EXAMPLES = {
    **REDUCTIONS,
    "broadcast_to": lambda x: np.broadcast_to(x[0], (2, 3)) * 2,
    "clip": lambda x: [np.clip(x, -1, 1), np.clip(x, None, [0, 1, 2]), np.clip(x, x[0], np.inf)],
    "concatenate": lambda x: [
        np.concatenate([x, np.ones((1, 3)), x * 2]),
        np.concatenate([x, x > 0], axis=None),
    ],
    "copy": lambda x: [np.copy(x), copy.copy(x), copy.deepcopy(x)],
    "dot": lambda x: [np.dot(x, x.T), np.dot(x, x[0]), np.dot(x[0], x[1]), np.dot(2, x), np.dot(x[0, 0], x)],
    "empty_like": lambda x: written(np.empty_like(x), x),
    "expand_dims": lambda x: np.expand_dims(x, (0, -1)),
    "flip": lambda x: [np.flip(x) + x, np.where(x > 0, np.flip(x, -1), 0)],
    "full_like": lambda x: [np.full_like(x, 2), np.full_like(x, x[0]), np.full_like(x, 3, dtype=bool)],
    "linalg.norm": lambda x: [
        np.linalg.norm(x),
        np.linalg.norm(x, axis=-1, keepdims=True),
        np.linalg.norm(x[0], 2),
        np.linalg.norm(x, 1, axis=0),
        np.linalg.norm(x, np.inf, axis=0),
        np.linalg.norm(x > 0, axis=0),
    ],
    "matrix_transpose": np.matrix_transpose,
    "moveaxis": lambda x: np.moveaxis(x, 0, -1),
    "ndim": lambda x: x * np.ndim(x),
    "ones_like": np.ones_like,
    "outer": lambda x: np.outer(x[0], [1.0, 2]),
    "ravel": lambda x: [np.ravel(x), np.ravel(x.mT)],
    "reshape": lambda x: [np.reshape(x, (3, 4)), np.reshape(x.mT, -1)],
    "result_type": lambda x: x.astype(np.result_type(x, np.float32)),
    "shape": lambda x: x * np.shape(x)[0],
    "size": lambda x: x * np.size(x),
    "squeeze": lambda x: np.squeeze(x[:1]),
    "stack": lambda x: [np.stack([x, x > 0]), np.stack([x[0], np.ones(3)], axis=-1)],
    "swapaxes": lambda x: np.swapaxes(x, 0, 1),
    "transpose": lambda x: [np.transpose(x), np.transpose(x, (1, 0))],
    "where": lambda x: [
        np.where(x > 0, x, 0),
        np.where(x, 1.0, [1, 2, 3]),
        np.where([2.5, 0, 1], x, 0),
        np.where([True, False, True], x, x.dtype.itemsize),
    ],
    "zeros_like": lambda x: [np.zeros_like(x), written(np.zeros_like(x), x)],
}
METHOD_EXAMPLES = {
    **{name: lambda x, name=name: getattr(x, name)(-1) for name in METHODS.keys() & REDUCTIONS.keys()},
    "T": lambda x: x.T,
    "astype": lambda x: [x.astype(np.float32), x.astype(int), x.astype(bool), x.astype(x.dtype, copy=False)],
    "clip": lambda x: [x.clip(-1, 1), x.clip(min=0), x.clip(max=0)],
    "copy": lambda x: written(x.copy(), x),
    "dot": lambda x: x.dot(x.T),
    "dtype": lambda x: x.astype(np.float32).astype(x.dtype),
    "fill": lambda x: filled(x * 1),
    "flatten": lambda x: written(x.flatten()[:3], x[0]),
    "mT": lambda x: x.mT,
    "ndim": lambda x: x * x.ndim,
    "ravel": lambda x: x.T.ravel(),
    "reshape": lambda x: [x.reshape(-1), x.reshape(3, 4), x.mT.reshape((2, 6)), x.reshape(12, copy=True)],
    "shape": lambda x: x / x.shape[0],
    "size": lambda x: x / x.size,
    "squeeze": lambda x: x[:1, :1].squeeze(),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "transpose": lambda x: [x.transpose(), x.transpose(1, 0), x.transpose((1, 0))],
}
OTHER_EXAMPLES = {
    "operators": lambda x: [
        x + 1,
        1 - x,
        x * x,
        2 / x,
        x**2,
        2**x,
        -x,
        +x,
        abs(x),
        x == 1,
        x != x[0],
        changed(x * 1),
    ],
    "indices": lambda x: [x[0], x[..., 1:], x[:, None], x[1, 2], x[::2, ::-1], *assigned(x * 1)],
    "options": lambda x: [
        np.mean(x > 0, dtype=float),
        x.var(ddof=1),
        np.add(x, 1, out=x * 0),
        np.logical_not(x, out=x > 0),
    ],
    "iteration": lambda x: [sum(x), x * len(x), *(row * 2 for row in x)],
    "constants": lambda x: [
        x + np.arange(3),
        x * [True, False, True],
        x / np.float32(3),
        x + np.ones((4, 6))[:, ::2],
    ],
}


def written(place, value):
    place[..., :2] = value[..., :2]
    place[..., 2:] = 7
    return place


def filled(x):
    x.fill(3)
    return x


def changed(x):
    x += 1
    x *= x
    x -= [1, 2, 3]
    x /= 2
    return x


def assigned(x):
    y = x * 2
    x[0] = y[1]
    x[1, 2] = 5
    x[:, 1:] = [[1, 2]]
    y[y > 1] = 0
    y[np.array(4 * [[True, False, False]])] = x[2, 2]
    return x, y


EXAMPLES = [
    pytest.param(formula, id=f"{kind} {name}")
    for kind, examples in (
        ("np", UFUNCS),
        ("np", FUNCTION_EXAMPLES),
        ("method", METHOD_EXAMPLES),
        ("", OTHER_EXAMPLES),
    )
    for name, formula in sorted(examples.items())
]
X = np.array([[0.5, 0.25, -3.0], [2.0, -0.75, 1.5], [-1.0, 1.0, 0.125], [4.0, -2.0, -0.5]])
OTHER = np.array([[-1.5, 2.25, 0.5], [0.75, 1.0, -2.0], [3.0, -4.0, 1.25], [0.25, 0.5, 1.0]])


def several(formula, x):
    results = formula(x)
    return dict(enumerate(results if isinstance(results, list) else [results]))


def recorded(formula):
    """The program of a formula of x, tidied, with its results as outputs."""
    step = lambda inputs, kept: {str(n): result for n, result in several(formula, inputs["x"]).items()}  # noqa: E731
    return record(step, {"x": X.copy()}, {"p": np.zeros(1)}, [])


def check(formula, program):
    for number, expected in several(formula, OTHER).items():
        found, expected = program.outputs[str(number)], np.asarray(expected)
        assert found.dtype == expected.dtype, number
        np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-15, err_msg=str(number))


pytestmark = [pytest.mark.optimized, pytest.mark.filterwarnings("ignore:(divide|invalid)")]


@pytest.mark.parametrize("formula", EXAMPLES)
def test_what_the_table_lists_is_replayed_as_numpy_does_it(formula):
    program = recorded(formula)
    program.inputs["x"][...] = OTHER
    with np.errstate(all="ignore"):
        for function, arguments in Replay(program).primitives:
            function(*arguments)
    check(formula, program)


@pytest.mark.skipif(not compiler(), reason="no C compiler")
def test_what_the_table_lists_is_compiled_to_what_numpy_does():
    programs = [recorded(*example.values) for example in EXAMPLES]
    for example, program, run in zip(EXAMPLES, programs, compiled(programs), strict=True):
        program.inputs["x"][...] = OTHER
        run()
        check(*example.values, program)


def row(name):
    """The names in a row of the table."""
    text = re.search(rf"^{name} +(.*?)(?=^\w|^=)", tape.__doc__, re.MULTILINE | re.DOTALL).group(1)
    return sorted(re.sub(r"those of ``operations``; composed of these:|\(.*?\)", "", text).split())


def test_the_table_lists_all_that_records_and_has_an_example_of_each():
    assert row("ufuncs") == sorted(UFUNCS.keys() - ROWS.keys())
    assert row("functions") == sorted(FUNCTION_EXAMPLES)
    assert row("methods") == sorted(METHOD_EXAMPLES)
    names = {called(function).removeprefix("np.") for function in FUNCTIONS}
    assert names | ROWS.keys() == {*UFUNCS, *FUNCTION_EXAMPLES}
    assert METHODS.keys() <= METHOD_EXAMPLES.keys()


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        (lambda x: x * x[0, 0].item(), ".item of an array"),
        (lambda x: x * x[0, 0].tolist(), ".tolist of an array"),
        (lambda x: x * float(x[0, 0]), "the value of an array"),
        (lambda x: f"{x:.3f}", "the value of an array"),
        (lambda x: round(x[0, 0]), "the value of an array"),
        (lambda x: x.cumsum(), ".cumsum of an array"),
        (lambda x: x.imag, ".imag of an array"),
        (lambda x: x if hasattr(x, "item") else 0, ".item of an array"),
        (lambda x: np.cumsum(x), "np.cumsum"),
        (lambda x: np.prod(x), "np.prod"),
        (lambda x: np.linalg.inv(x), "np.linalg.inv"),
        (lambda x: np.linalg.norm(x, "nuc"), "np.linalg.norm with ord=nuc of matrices"),
        (lambda x: np.einsum("ij->i", x), "np.einsum"),
        (lambda x: x // 2, "np.floor_divide"),
        (lambda x: x % 2, "np.remainder"),
        (lambda x: np.sinh(x), "np.sinh"),
        (lambda x: np.max(x, initial=0), "np.max with initial"),
        (lambda x: np.tanh(x, where=x > 0), "np.tanh with where"),
        (lambda x: np.add(x, 1, dtype=np.float32), "np.add with dtype"),
        (lambda x: np.where(x > 0), "np.where with 1 arguments"),
        (lambda x: np.arange(3) & (x > 0), "np.bitwise_and of integers"),
        (lambda x: np.sum(x, out=np.zeros(())), "np.sum with out"),
        (lambda x: x[x > 0], "the value of an array"),
        (lambda x: x[[1, 0]], "an index that copies"),
        (lambda x: x + np.array(["a", "b", "c"]), "as an array of numbers"),
        (lambda x: x + None, "NoneType as an array of numbers"),
        (lambda x: x + np.ma.array([1, 2, 3], mask=[0, 1, 0]), "of an array|MaskedArray"),
        (lambda x: np.random.default_rng(0).normal(x), "the value of an array"),
        (lambda x: into(np.zeros((4, 3)), x), "the value of an array"),
        (lambda x: shaped(x), "shape"),
        (lambda x: x.mT.reshape(12, order="F"), "order"),
    ],
)
def test_what_does_not_record_is_refused_by_name_and_place(formula, name):
    with pytest.raises(
        NotRecordableError, match=rf"<lambda> \(line \d+\).*({name})|shaped .*shape|into .*value"
    ):
        recorded(formula)


def into(plain, x):
    plain[...] = x
    return plain


def shaped(x):
    x = x * 1
    x.shape = (3, 4)
    return x


def test_an_error_of_the_formula_itself_comes_out_as_it_is():
    with pytest.raises(ValueError, match="could not be broadcast"):
        recorded(lambda x: x + np.ones(7))


def test_a_refused_step_leaves_what_is_kept_as_it_was():
    def step(inputs, kept):
        kept["p"][...] += inputs["x"]
        return {"loss": np.prod(kept["p"])}

    p = np.ones(2)
    with pytest.raises(NotRecordableError):
        record(step, {"x": np.ones(2)}, {"p": p}, [])
    assert p.tolist() == [1, 1]


def test_a_constant_has_the_values_of_the_moment_when_it_was_used():
    def formula(x):
        mask = np.array([1.0, 0.0, 1.0])
        y = x * mask
        mask[...] = 5
        return y + mask

    program = recorded(formula)
    program.inputs["x"][...] = OTHER
    for function, arguments in Replay(program).primitives:
        function(*arguments)
    check(formula, program)


def test_an_array_that_is_trained_but_held_by_the_formula_itself_is_refused():
    p = np.ones(3)
    with pytest.raises(NotRecordableError, match="an array that the step changes"):
        record(
            lambda inputs, kept: {"loss": inputs["x"] * p}, {"x": np.ones(3)}, {"p": p}, {"x": np.zeros(3)}
        )
