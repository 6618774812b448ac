"""Engines held against the formulas: an epoch at a time, from equal states along a trajectory.

Trajectories are chaotic: what rounding leaves may grow tenfold an epoch, without limit. So an engine and
the formulas each go one epoch, of three batches at most, from equal states, at many states along a
trajectory. What then differs by more than another order of sums explains must lie within what the
formulas themselves leave when each of their results is some roundings off: near a kink, a sign or a tie
that is a choice of outcomes, and either is right.
"""

import numpy as np
import pytest

from nn import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    Constant,
    CosineDecay,
    Dense,
    Dropout,
    ExponentialDecay,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    NAdam,
    OneCycle,
    ReduceOnPlateau,
    RMSprop,
    Sequential,
    Shortcut,
    StepDecay,
    train,
)
from nn.engine.compiler import compiler
from nn.engine.program import fill
from nn.layers import ACTIVATIONS
from nn.training import batches
from nn.training.choice import choose
from nn.training.objective import Objective
from nn.training.step import Step

ENGINES = ["numpy", pytest.param("native", marks=pytest.mark.skipif(not compiler(), reason="no C compiler"))]
OPTIMIZERS = [
    SGD(0.1),
    SGD(0.1, momentum=0.9),
    SGD(0.05, momentum=0.5, nesterov=True),
    SGD(0.1, momentum=0.9, clip_value=0.05, clip_norm=0.1, weight_decay=0.1),
    Adagrad(0.1, epsilon=1e-3),
    Adadelta(),
    RMSprop(0.01, epsilon=1e-3),
    RMSprop(0.01, epsilon=1e-3, momentum=0.5),
    Adam(0.01),
    Adam(0.01, amsgrad=True),
    AdamW(0.01, clip_norm=0.5),
    NAdam(0.01),
]
RATES = [
    Constant(0.1, warmup=3),
    StepDecay(0.1, every=2, factor=0.5),
    ExponentialDecay(0.1),
    CosineDecay(0.1, end=0.01, warmup=2),
    OneCycle(0.1, rise=0.7),
    ReduceOnPlateau(0.1, factor=0.5, patience=1, min_delta=0.05, min_rate=0.01, warmup=2),
]
REGRESSION = (MeanAbsoluteError, Huber, LogCosh)
AFTER = (0, 1, 3, 10, 50)
"""The epochs after which engines are compared."""
ROUNDING = {"float64": 1e-10, "float32": 1e-4}
"""What sums in another order may change, relative to the largest number of an array."""


def made(layer):
    """A layer from a number of units, a name, the rate of a dropout, options of a dense one, inner layers."""
    match layer:
        case int():
            return Dense(layer)
        case float():
            return Dropout(layer)
        case str():
            return ACTIVATIONS[layer]()
        case dict():
            return Dense(**layer)
    return Shortcut([made(inner) for inner in layer])


def drawn(case, dtype):
    """The network of a case, inputs and targets."""
    layers, (loss, last, outputs), _, inputs, samples, _, seed = case
    network = Sequential([*map(made, layers), Dense(outputs), last()], inputs=inputs, seed=seed, dtype=dtype)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(samples, inputs))
    t = (
        rng.normal(size=(samples, outputs))
        if isinstance(loss, REGRESSION)
        else np.eye(outputs)[rng.integers(0, outputs, samples)]
        if outputs > 1
        else rng.integers(0, 2, (samples, 1))
    )
    return network, x, t


def trained(engine, case, epochs=7, dtype="float64", **options):
    """The reports and the network of a case."""
    _, (loss, _, _), optimizer, _, _, batch_size, _ = case
    network, x, t = drawn(case, dtype)
    reports = list(
        train(network, loss, optimizer, x, t, epochs=epochs, batch_size=batch_size, engine=engine, **options)
    )
    return reports, network


class Inexact(np.ndarray):
    """Arrays whose results are up to 64 roundings off, a sum by those of its terms; whole numbers stay."""

    rng = np.random.default_rng(0)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        plain = [np.asarray(array) if isinstance(array, np.ndarray) else array for array in inputs]
        result = np.asarray(getattr(ufunc, method)(*plain, **options))
        if result.dtype.kind == "f":
            summed = ufunc is np.matmul or (ufunc is np.add and method == "reduce")
            size = getattr(ufunc, method)(*map(np.abs, plain), **options) if summed else np.abs(result)
            off = 64 * np.finfo(result.dtype).eps * size * self.rng.uniform(-1, 1, result.shape)
            exact = not summed and (result == np.rint(result))
            result = np.asarray(result + np.where(exact, 0, off), result.dtype)
        if out is None:
            return result.view(Inexact)
        np.asarray(out[0])[...] = result
        return out[0]


class Walk:
    """A case that goes from states that are given: what an epoch makes of each."""

    def __init__(self, engine, case, dtype="float64", classification=None, **weights):
        _, (loss, _, _), optimizer, _, _, batch_size, _ = case
        network, x, t = drawn(case, dtype)
        if classification is None:
            classification = loss.classifies(network.outputs)
        self.samples = batches.samples(network, loss, x, t, batch_size=batch_size, **weights)
        self.samples.measured = 2 if classification else 1
        objective = Objective(network, loss, classification=classification)
        steps = (max(AFTER) + 1) * len(self.samples.batches)
        self.step = Step(network, objective, optimizer.over(steps))
        self.engine = choose(engine, self.step, self.samples, 1)

    def inexact(self):
        """The same on arrays that are inexact."""
        for arrays in (self.samples.arrays, self.step.kept):
            for name, array in arrays.items():
                arrays[name] = array.view(Inexact)
        return self

    def state(self):
        """What is kept, and where the generators are."""
        kept = {name: np.array(array) for name, array in self.step.kept.items()}
        return kept, self.samples.state()

    def begin(self, state):
        """Go back to a state."""
        fill(self.step.kept, state[0])
        self.samples.restore(state[1])

    def epoch(self, state):
        """What is kept and measured after an epoch."""
        self.begin(state)
        self.engine.run(1)
        return self.state()[0] | {"measures": self.samples.networks.measures.copy()}


def agree(engine, case, **options):
    """Whether an engine leaves what the formulas do, along a trajectory of theirs."""
    formulas, other = Walk("formulas", case, **options), Walk(engine, case, **options)
    rounding = ROUNDING[formulas.step.network.dtype.name]
    for after, more in zip(AFTER, np.diff([*AFTER, max(AFTER) + 1]), strict=True):
        state = formulas.state()
        found, expected = other.epoch(state), formulas.epoch(state)
        doubtful = [name for name, array in found.items() if not near(array, expected[name], rounding)]
        if doubtful:
            inexact = Walk("formulas", case, **options).inexact()
            outcomes = [expected, *(inexact.epoch(state) for _ in range(16))]
            for name in doubtful:
                assert within(found[name], [outcome[name] for outcome in outcomes]), f"{name}, epoch {after}"
        formulas.begin(state)
        formulas.engine.run(more)
        if not formulas.samples.networks.training.any():
            return  # diverged


def near(array, expected, rounding):
    """Whether arrays are equal to rounding, for their size."""
    size = np.max(np.abs(expected), initial=0, where=np.isfinite(expected))
    return np.allclose(array, expected, rtol=rounding, atol=rounding * size, equal_nan=True)


def within(array, outcomes):
    """Whether each element is between outcomes, or as far beyond as they are from each other."""
    with np.errstate(invalid="ignore"):
        low, high = np.min(outcomes, axis=0), np.max(outcomes, axis=0)
        width = high - low
        inside = (low - width <= array) & (array <= high + width)
    # Where some outcomes are not finite, an overflow is a matter of rounding.
    return np.all(inside | ~np.isfinite(outcomes).all(axis=0))
