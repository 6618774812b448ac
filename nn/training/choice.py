"""Chooses the engine of a training."""

import math
from typing import Literal

from nn.engine.compiler import NO_COMPILER, CompilerError, compiler
from nn.engine.traced import NotRecordableError
from nn.layers.base import every
from nn.network import Sequential
from nn.training.batches import NO_GOAL, Samples
from nn.training.native import Native
from nn.training.rounds import Rounds
from nn.training.runners import Formulas, Replayed, programs
from nn.training.stacks import Blocks
from nn.training.step import Evaluation

EngineName = Literal["auto", "formulas", "numpy", "native"]
COMPILING_SECONDS = 1.0
"""Runs that would take longer than this with NumPy are compiled."""


def choose(name: EngineName, step: Evaluation, samples: Samples, epochs: int) -> Rounds:
    """Return the networks with the engine of this name, ready to run.

    ``auto`` decides from the work and from whether there is a compiler, never from a clock or a
    cache, so that a run repeats: C where compiling pays, else NumPy. NumPy steps in for a compiler that
    fails, and the formulas themselves where they cannot be recorded; the engine's ``note`` says why.
    Raises CompilerError and NotRecordableError where a name insists.
    """
    if name == "formulas":
        return as_they_stand(step, samples)
    try:
        if name == "native" and not compiler():
            raise CompilerError(NO_COMPILER)
        native = name == "native" or (name == "auto" and pays(step, samples, epochs) and bool(compiler()))
        return recorded(Native if native else Replayed, step, samples)
    except NotRecordableError as error:
        if name != "auto":
            raise
        return as_they_stand(step, samples).because(note(error))
    except CompilerError as error:
        if name != "auto":
            raise
        return recorded(Replayed, step, samples).because(note(error))


def note(error: Exception) -> str:
    """Why a slower engine runs."""
    what = (
        "NumPy runs, not compiled C" if isinstance(error, CompilerError) else "the formulas run as they stand"
    )
    return f"{what}: {error}"


def recorded(engine: type[Native] | type[Replayed], step: Evaluation, samples: Samples) -> Rounds:
    """Record a step for an engine; stacks run in blocks of small networks, or one by one."""
    size = 1
    if count_units(step.network) * samples.size <= engine.MAX_OUTPUTS:
        size = engine.width(len(samples.networks.training), leave=samples.goal is not NO_GOAL)
    blocks = Blocks(step.kept, step.network.stack, samples, size)
    return Rounds(blocks, engine(programs(step, samples, blocks.kept), samples), step.objective)


def count_units(network: Sequential) -> int:
    """Return the number of units with parameters."""
    layers = (layer for layer in every(network.layers) if not hasattr(layer, "layers"))
    return sum(max((shape[-1] for shape in layer.shapes.values()), default=0) for layer in layers)


def as_they_stand(step: Evaluation, samples: Samples) -> Rounds:
    """Run the formulas, of a stack all networks at once."""
    stack = step.network.stack
    blocks = Blocks(step.kept, stack, samples, math.prod(stack), contiguous=False)
    return Rounds(blocks, Formulas(step, samples, blocks.kept), step.objective)


def pays(step: Evaluation, samples: Samples, epochs: int) -> bool:
    """Whether a run is estimated to take longer with NumPy than compiling does."""
    parameters, networks = step.network.parameters.shape[-1], samples.members.size
    return numpy_seconds(parameters, len(samples), len(samples.batches), networks, epochs) > COMPILING_SECONDS


def numpy_seconds(parameters: int, samples: int, batches: int, networks: int, epochs: int) -> float:
    """Estimate how long a run takes with NumPy on a machine of 2020.

    A step costs about 20 µs for its calls, and 1 ns for each product of a weight and a sample in
    its three passes.
    """
    products = 3e-9 * parameters * samples * networks
    calls = 20e-6 * batches * -(-networks // Replayed.BLOCK)
    return (calls + products) * epochs
