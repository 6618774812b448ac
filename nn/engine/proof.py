"""Proves what was recorded, and what was compiled, before anyone trusts it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.program import Program, compute, fill
from nn.engine.samples import Samples
from nn.engine.tape import NotRecordableError

Step = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
"""A step as a function of its inputs and of what it keeps; returns what it measures."""
ROUNDING = {"float64": 1e-9, "float32": 1e-4}
"""What sums in another order may change, relative to the largest number of an array."""


def prove(program: Program, step: Step) -> None:
    """Raise NotRecordableError unless a replay does what the formulas do."""
    expected = {name: array.copy() for name, array in program.kept.items()}
    expected |= {name: np.asarray(value) for name, value in step(program.inputs, expected).items()}
    replay(program)
    for name, array in {**program.kept, **program.outputs}.items():
        if not near(array, expected[name], ROUNDING[program.dtype.name]):
            raise NotRecordableError(f"a replay of this step gives another {name} than its formulas")


def does_as(program: Program, samples: Samples, once: Callable[[Array, Array, Array], None]) -> bool:
    """Whether ``once`` does in a step what the program does; what is kept ends as it began.

    It takes the order of all samples ``(*stack, samples)``, noise for the rows of a batch ``(batch,
    *stack, noise)`` and the sums of measures, to which it adds. Where a gradient is 0 but for
    rounding, its sign may decide what becomes of a parameter: that is not compared.
    """
    stack, size = samples.members.shape, program.inputs["t"].shape[-2]
    order = np.tile(np.arange(len(samples)), (*stack, 1))
    noise = np.random.default_rng(0).random((size, *stack, samples.noise)).astype(program.dtype)
    if not samples.whole:
        for name, array in samples.arrays.items():
            program.inputs[name][...] = array[order[..., :size]]
    if samples.noise:
        program.inputs["noise"][...] = np.moveaxis(noise, 0, -2)
    began = {name: array.copy() for name, array in program.kept.items()}
    sums = np.zeros((samples.measured, *stack))
    once(order, noise, sums)
    found = {name: array.copy() for name, array in program.kept.items()}
    fill(program.kept, began)
    with np.errstate(all="ignore"):
        replay(program)
    rounding, gradients = ROUNDING[program.dtype.name], np.abs(program.kept["gradients"])
    clear = ~(gradients < rounding * np.max(gradients))
    loss = sums[0] * len(samples) / size
    does = near(loss, program.outputs["loss"], rounding) and all(
        near(found[name], array, rounding, clear if array.shape == clear.shape else True)
        for name, array in program.kept.items()
    )
    fill(program.kept, began)
    return does


def replay(program: Program) -> None:
    """Carry out the calls with plain NumPy."""
    for call in program.calls:
        call.out[...] = compute(call.function, call.arguments, call.axes)


def near(array: Array, expected: Array, rounding: float, where: Array | bool = True) -> bool:
    """Whether two arrays are equal but for rounding."""
    size = np.max(np.abs(expected), initial=0, where=np.isfinite(expected))
    equal = np.isclose(array, expected, rtol=rounding, atol=rounding * size, equal_nan=True)
    return bool(np.all(equal, where=where))
