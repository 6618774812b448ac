"""Loops that occur more than once are one function of C: networks of equal layers compile as small ones."""

import re

import numpy as np
import pytest

from nn import SGD, Adam, Dense, MeanSquaredError, Sequential, Tanh
from nn.engine.codegen.c import Functions, StepWriter
from nn.engine.codegen.places import Memory
from nn.engine.compiler import compiler
from nn.training import batches
from nn.training.native import CSource
from nn.training.objective import Objective
from nn.training.runners import programs
from nn.training.step import Step
from tests.engine.compiled import arrays, compiled, noted
from tests.engine.walks import agree

needs_a_compiler = pytest.mark.skipif(not compiler(), reason="needs a C compiler")


def source(depth, units, samples=20, batch_size=8):
    """The C text of a training of equal layers, in whole batches and a short last one."""
    layers = [layer for _ in range(depth) for layer in (Dense(units), Tanh())]
    network = Sequential([*layers, Dense(2)], inputs=2, seed=0)
    x = np.random.default_rng(0).normal(size=(samples, 2))
    drawn = batches.samples(network, MeanSquaredError(), x, x, batch_size=batch_size)
    objective = Objective(network, MeanSquaredError(), classification=False)
    step = Step(network, objective, Adam().over(1))
    return CSource(programs(step, drawn, step.kept), drawn).text


def bodies(text):
    """The functions that a text has for repeated loops, without their names."""
    return re.findall(r"noinline\)\) void f\d+(\(.*?\n\})$", text, re.DOTALL | re.MULTILINE)


def test_more_equal_layers_need_no_more_functions():
    few, many = bodies(source(3, 12)), bodies(source(9, 12))
    assert len(few) == len(many) > 0
    assert len(set(many) - set(few)) == 1  # the update of all parameters


def test_more_equal_layers_need_no_more_loops():
    assert source(3, 64).count("for (") == source(6, 64).count("for (")


def test_batches_of_both_sizes_share_what_does_not_depend_on_rows():
    text = source(1, 12)
    update = next(name for name in re.findall(r"void (f\d+)\(", text))
    assert text.count(f"\n{update}(") == 2


@pytest.mark.parametrize(("depth", "units"), [(1, 2), (2, 4)])
def test_networks_that_fit_registers_have_no_functions(depth, units):
    assert not bodies(source(depth, units, samples=8, batch_size=4))


def functions_of(formula, **inputs):
    """The functions of one program."""
    program = noted(formula, **inputs)
    return Functions([StepWriter(program, Memory(arrays(program)))])


def test_loops_over_numbers_of_other_types_are_other_functions():
    narrow = {"a": np.ones((20, 20), np.float32), "b": np.ones((20, 20), np.float32)}
    wide = {"c": np.ones((20, 20)), "d": np.ones((20, 20))}
    functions = functions_of(lambda a, b, c, d: [a @ b, b @ a, c @ d, d @ c], **narrow, **wide)
    assert len(functions.lines) == 2


def test_views_of_one_memory_are_one_parameter_since_they_may_overlap():
    def shifted_twice(a):
        for _ in range(2):
            a[1:] = a[:-1] * 2 + a[1:]
        return [a]

    functions = functions_of(shifted_twice, a=np.ones((20, 20)))
    (reader,) = (line for line in functions.lines if "a0[i0]" in line and "a0[20 + i0]" in line)
    assert reader.partition("{")[0].count("restrict") == 2  # the array, and the sum before it is copied


@needs_a_compiler
def test_functions_compute_what_the_calls_do_of_each_of_their_arrays():
    rng = np.random.default_rng(0)

    def formula(a, b, c):
        return [np.tanh(a @ b.mT + c[0]), np.tanh(b @ c.mT + a[0]), np.tanh(c @ a.mT + b[0])]

    program = noted(formula, **{name: rng.normal(size=(12, 12)) for name in "abc"})
    expected = [array.copy() for array in formula(**program.inputs)]
    (run,) = compiled([program])
    run()
    for array, right in zip(program.outputs.values(), expected, strict=True):
        np.testing.assert_allclose(array, right, rtol=1e-12, atol=1e-12)


@needs_a_compiler
@pytest.mark.optimized
@pytest.mark.parametrize("seed", [7, [3, 7, 1]], ids=["one network", "stack"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_deep_networks_train_as_by_the_formulas(seed, dtype):
    layers = [9, "tanh", 9, "tanh", 9, "tanh", 9, "sigmoid", 9, "sigmoid", [9, "tanh"], [9, "tanh"]]
    agree(
        "native", (layers, (MeanSquaredError(), Tanh, 2), SGD(0.1, momentum=0.9), 3, 21, 8, seed), dtype=dtype
    )
