"""Rounding bounds: what a computation in single precision may differ by from the exact one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn.engine.operations import ELEMENTWISE
from nn.engine.program import Call, Program
from nn.export.bounds import CARRIED, ROUNDED, Bounds
from nn.export.recording import ANSWERS, ROW, Exportable
from tests.export import models

U32 = 2.0**-24


def rounded_run(program):
    """Carry out a program with every number rounded to single precision."""
    for array in program.inputs.values():
        array[...] = array.astype(np.float32)
    with np.errstate(all="ignore"):
        for call in program.calls:
            values = [a.astype(np.float32) if a.dtype.kind == "f" else a for a in call.arguments]
            call.out[...] = np.asarray(call.operation.compute(tuple(values), call.axes), call.out.dtype)
    return program.outputs[ANSWERS].copy()


@pytest.mark.parametrize("kind", models.ACTIVATIONS)
def test_single_precision_differs_by_less_than_the_bound_and_the_bound_is_not_huge(kind):
    program = Exportable.of(models.of_activation(kind)).program(50)
    rows = np.random.default_rng(0).normal(size=(50, 3)) * np.logspace(-3, 2, 50)[:, None]
    inputs = {name: array.copy() for name, array in program.inputs.items()} | {ROW: rows}
    for name, array in program.inputs.items():
        array[...] = inputs[name]
    bound = Bounds(program, np.float32).run()[ANSWERS]
    exact = program.outputs[ANSWERS].copy()
    error = np.abs(rounded_run(program) - exact)
    assert np.all(error <= U32 * bound)
    sizes = np.maximum(np.abs(exact), np.abs(rows).max(axis=1, keepdims=True))
    assert np.all(bound < 500 * sizes)


def bound_of(function, *values, dtype=np.float32):
    arguments = tuple(np.array([value]) for value in values)
    out = np.asarray(ELEMENTWISE[function].compute(arguments, ()))
    call = Call(function.__name__, arguments, out)
    names = {f"x{n}": array for n, array in enumerate(arguments)}
    return Bounds(Program((call,), names, {}, {"y": out}), dtype).run()["y"][0]


def test_exact_operations_on_numbers_of_the_type_have_no_bound():
    assert bound_of(np.negative, 0.5) == bound_of(np.maximum, 0.5, 3.0) == bound_of(np.add, 1.0, 2.0) == 0
    assert bound_of(np.divide, 86400.0, 3.0) == 0  # whole and exact
    assert bound_of(np.divide, 1.0, 4.0) == 0.25  # could be, but nobody looks


def test_a_comparison_is_in_doubt_where_rounding_may_decide_it():
    assert bound_of(np.greater, 0.1, 0.1 + 1e-9) == 1
    assert bound_of(np.greater, 0.1, 0.2) == 0
    assert bound_of(np.greater, 0.5, 0.5) == 0  # both are exact


def test_overflow_has_no_bound():
    assert bound_of(np.multiply, 1e30, 1e30) == np.inf
    assert bound_of(np.multiply, 1e30, 1e30, dtype=np.float64) < 1e61


@given(st.sampled_from([*CARRIED, *ROUNDED]), st.floats(-50, 50), st.floats(-50, 50))
@settings(max_examples=200)
def test_each_operation_is_within_its_bound(name, a, b):
    function = getattr(np, name)
    if name in ("log", "sqrt", "power"):
        a = abs(a) + 1e-3
    if name == "log1p":
        a = abs(a)
    if name == "divide":
        b = b or 1.0
    values = (a, b)[: function.nin if isinstance(function, np.ufunc) else 1]
    with np.errstate(all="ignore"):
        exact = float(function(*values))
        single = float(function(*map(np.float32, values)))
    bound = bound_of(function, *values)
    assert bound == np.inf or abs(single - exact) <= 2 * U32 * bound + 1e-44


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_sums_in_any_order_are_within_the_bound(size):
    rng = np.random.default_rng(size)
    terms = rng.normal(size=(1, size))
    out = np.sum(terms, axis=1, keepdims=True)
    call = Call("sum", (terms,), out, (1,))
    bound = Bounds(Program((call,), {"x": terms}, {}, {"y": out}), np.float32).run()["y"][0, 0]
    total = np.float32(0)
    for term in rng.permutation(terms[0]).astype(np.float32):
        total += term
    assert abs(float(total) - out[0, 0]) <= U32 * bound
