"""Generates small problems, each with a known answer.

All take ``samples``, ``noise`` and ``seed`` (a number, or a generator to draw from), and return
inputs ``x1``, ``x2``, … and one target ``y``. ``noise`` is a standard deviation, in the unit of what
it is added to; without noise the points lie exactly where the formula says. Classes alternate
from row to row if the number of samples is free, so that they are balanced to one sample.
"""

from collections.abc import Callable
from typing import Annotated, ParamSpec

import numpy as np
from annotated_types import Ge, Gt, Le, doc
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.data.dataset import Dataset
from nn.validation import checked

SampleCount = Annotated[int, Ge(2), doc("How many samples there are.")]
Noise = Annotated[float, Ge(0), doc("The standard deviation of what is added to each coordinate or target.")]
Seed = Annotated[int, Ge(0)] | np.random.Generator

P = ParamSpec("P")
GENERATORS: dict[str, Callable[..., Dataset]] = {}
"""The generators by name, in the order of this file."""


def toy_problem(function: Callable[P, Dataset]) -> Callable[P, Dataset]:
    """Register a function as the generator of its name, with its arguments checked."""
    generate = GENERATORS[function.__name__] = checked(function)
    return generate


@toy_problem
def parity(
    bits: Annotated[int, Ge(1), Le(16), doc("The number of inputs.")] = 4,
    samples: SampleCount | None = None,
    noise: Noise = 0.0,
    seed: Seed = 0,
) -> Dataset:
    """y = (x1 + … + xn) mod 2 over all patterns of n bits, counted up in binary (x1 is the highest).

    x: (2ⁿ, n), or (samples, n), going round the patterns. Noise is added to the inputs. Two bits
    are XOR. Source: Minsky and Papert, Perceptrons, 1969; as a task for backpropagation: Rumelhart,
    Hinton and Williams, Learning internal representations by error propagation, 1986.
    """
    pattern = np.arange(samples or 2**bits) % 2**bits
    x = pattern[:, None] >> np.arange(bits)[::-1] & 1
    return _classes(_noisy(x, noise, seed), x.sum(axis=1) % 2)


@toy_problem
def encoder(
    size: Annotated[int, Ge(2), Le(1024), doc("The number of inputs, which are the outputs too.")] = 8,
    samples: SampleCount | None = None,
    noise: Noise = 0.0,
    seed: Seed = 0,
) -> Dataset:
    """Class k where input k + 1 is 1 and all others are 0: the n-m-n encoder's n patterns.

    x: (n, n), or (samples, n), going round the patterns. Noise is added to the inputs. The n
    one-hot targets equal the inputs; squeezing them through m < n hidden units is the network's
    task. Source: Ackley, Hinton and Sejnowski, A learning algorithm for Boltzmann machines, 1985.
    """
    pattern = np.arange(samples or size) % size
    return _classes(_noisy(np.eye(size)[pattern], noise, seed), pattern, classes=size)


@toy_problem
def moons(samples: SampleCount = 200, noise: Noise = 0.1, seed: Seed = 0) -> Dataset:
    """Two half circles of radius 1 that reach into each other, t evenly spaced on [0, π].

    Class 0: (cos t, sin t). Class 1: (1 − cos t, ½ − sin t).
    """
    y, place, count = _alternating(samples)
    t = np.pi * place / max(count - 1, 1)
    upper = np.stack([np.cos(t), np.sin(t)], axis=1)
    x = np.where(y[:, None] == 0, upper, np.array([1.0, 0.5]) - upper)
    return _classes(_noisy(x, noise, seed), y)


@toy_problem
def circles(
    samples: SampleCount = 200,
    noise: Noise = 0.1,
    seed: Seed = 0,
    inner: Annotated[float, Gt(0), doc("The radius of the inner circle; that of the outer one is 1.")] = 0.5,
) -> Dataset:
    """Two circles about 0, r (cos t, sin t), t evenly spaced on [0, 2π).

    Class 0: r = 1. Class 1: r = ``inner``.
    """
    y, place, count = _alternating(samples)
    t = 2 * np.pi * place / count
    r = np.where(y == 0, 1.0, inner)
    return _classes(_noisy(np.stack([r * np.cos(t), r * np.sin(t)], axis=1), noise, seed), y)


@toy_problem
def spirals(
    samples: SampleCount = 194,
    noise: Noise = 0.0,
    seed: Seed = 0,
    turns: Annotated[float, Gt(0), doc("How often each arm goes round.")] = 3.0,
) -> Dataset:
    """Two spirals that wind into each other, r (sin t, cos t) and its mirror image through 0.

    u runs evenly from 0 to 1; t = 2π · turns · u; the radius falls from 6.5 to 0.5: r = 6.5 − 6u.
    Class 0 is the mirror image. With 194 samples and 3 turns these are the points of Lang and
    Witbrock, Learning to tell two spirals apart, 1988: t = iπ/16, r = 6.5 (104 − i) / 104, i = 0 … 96.
    """
    y, place, count = _alternating(samples)
    u = place / max(count - 1, 1)
    t, r = 2 * np.pi * turns * u, (6.5 - 6 * u) * np.where(y == 0, -1, 1)
    return _classes(_noisy(np.stack([r * np.sin(t), r * np.cos(t)], axis=1), noise, seed), y)


@toy_problem
def blobs(
    samples: SampleCount = 200,
    noise: Noise = 0.2,
    seed: Seed = 0,
    centers: Annotated[int, Ge(2), doc("The number of clouds, each a class.")] = 3,
) -> Dataset:
    """Round clouds: class k about (cos t, sin t), t = 2πk / centers, normal with deviation ``noise``."""
    if samples < centers:
        raise ValueError(f"blobs: samples must be at least centers ({centers}), got {samples}")
    y = np.arange(samples) % centers
    t = 2 * np.pi * y / centers
    return _classes(_noisy(np.stack([np.cos(t), np.sin(t)], axis=1), noise, seed), y, classes=centers)


@toy_problem
def checkerboard(
    samples: SampleCount = 200,
    noise: Noise = 0.0,
    seed: Seed = 0,
    squares: Annotated[int, Ge(2), Le(1000), doc("The number of squares along each side.")] = 4,
) -> Dataset:
    """y = (column + row) mod 2 on a board of squares × squares over [−1, 1]².

    A square's side is 2 / squares. Each sample is uniform in a random square of its class; the
    noise moves it afterwards, so that it may end up on a neighbour.
    """
    rng = np.random.default_rng(seed)
    y = np.arange(samples) % 2
    row = rng.integers(squares, size=samples)
    first = (row + y) % 2  # the first column of the class in this row; then every second one
    column = first + 2 * rng.integers((squares - first + 1) // 2)
    x = 2 * (np.stack([column, row], axis=1) + rng.random((samples, 2))) / squares - 1
    return _classes(_noisy(x, noise, rng), y)


@toy_problem
def sine(samples: SampleCount = 200, noise: Noise = 0.1, seed: Seed = 0) -> Dataset:
    """y = sin x1, x1 evenly spaced on [−π, π] (radians). Noise is added to y."""
    x = np.linspace(-np.pi, np.pi, samples)[:, None]
    return Dataset(x, _noisy(np.sin(x), noise, seed), ("x1",), ("y",))


@toy_problem
def plane(samples: SampleCount = 200, noise: Noise = 0.1, seed: Seed = 0) -> Dataset:
    """y = 2 x1 − x2 + ½, x uniform on [−1, 1]². Noise is added to y.

    A single linear unit can find these three numbers.
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (samples, 2))
    return Dataset(x, _noisy(x @ np.array([[2.0], [-1.0]]) + 0.5, noise, rng), ("x1", "x2"), ("y",))


def _alternating(samples: int) -> tuple[NDArray[np.intp], NDArray[np.intp], int]:
    """Return classes 0, 1, 0, 1, …; each sample's index within its class; the size of class 0."""
    row = np.arange(samples)
    return row % 2, row // 2, (samples + 1) // 2


def _noisy(values: NDArray[np.number], noise: float, seed: Seed) -> Floats:
    """Add normal noise of this standard deviation to values."""
    return values.astype(np.float64) + noise * np.random.default_rng(seed).standard_normal(values.shape)


def _classes(x: Floats, y: NDArray[np.integer], classes: int = 2) -> Dataset:
    """Make a data set with inputs x1, x2, … and target y, of the classes 0, 1, …."""
    inputs = tuple(f"x{i + 1}" for i in range(x.shape[1]))
    return Dataset(x, y[:, None].astype(np.float64), inputs, ("y",), tuple(range(classes)))
