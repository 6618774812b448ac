"""Computes the slopes with which a gradient is compared, and their errors."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal, NamedTuple, Protocol

import numpy as np

from nn.arrays import Array
from nn.gradcheck.arithmetic import Arithmetic, Coarse, Tied, exact, mean_distance, rounding
from nn.gradcheck.differentiation import COMPLEX_STEP, central_differences, complex_step

Method = Literal["complex step", "central differences"]
QUOTIENTS = 0.1 * 0.5 ** np.arange(56.0)
"""Steps of the differences with which the complex step is compared: from 0.1 to 3e-18."""
DECISIVE = 4
"""The complex step is rejected if this number of step sizes agree in their distance from it."""


class ValueFunction(Protocol):
    """A function of a stack of points ``(k, n)``, ``(k,)``, computed in an arithmetic."""

    def __call__(self, points: Array, arithmetic: Arithmetic) -> Array: ...


SLOPE_DRAWS = 4
"""How often a slope that seems to differ is recomputed in coarse arithmetic."""
PRECISION = 1e-7
"""The relative error of central differences that their own estimate may miss."""


class Reference(NamedTuple):
    """The correct range of each number of a gradient, ``(n,)``.

    At a kink any slope between the two sides is right, so there is a lowest and a highest one.
    """

    low: Array
    high: Array
    doubt: Array
    """The errors of ``low`` and ``high``."""
    kinks: Array
    """Whether there is a kink."""


def by_complex_step(value: ValueFunction, point: Array, gradient: Array, rounding: Array) -> Reference:
    """Compute the derivative by the complex step.

    If it differs from the gradient by more than the gradient's own ``rounding``, there may be a kink, or
    the complex step may itself be rounded: so it is also taken on the other side, on either side of all
    kinks at once, and in coarse arithmetic.
    """
    right = complex_step(partial(value, arithmetic=exact), point)
    reference = Reference(right.copy(), right.copy(), np.zeros(right.shape), np.zeros(right.shape, bool))
    doubtful = np.flatnonzero(~(np.abs(gradient - right) <= rounding))
    if not doubtful.size:
        return reference

    def again(arithmetic: Arithmetic, step: float = COMPLEX_STEP) -> Array:
        return complex_step(partial(value, arithmetic=arithmetic), point, doubtful, step)

    center, rng = right[doubtful], np.random.default_rng(0)
    sides = [center, again(exact, -COMPLEX_STEP), again(Tied(larger=False)), again(Tied(larger=True))]
    drawn = [again(Coarse(rng)) for _ in range(SLOPE_DRAWS)]
    doubt = mean_distance(center, drawn)
    low, high = np.fmin.reduce(sides), np.fmax.reduce(sides)
    reference.kinks[doubtful] = high - low > rounding[doubtful] + doubt
    # If rounding decides on which side of a kink the point lies, only coarse arithmetic shows the kink.
    reference.low[doubtful] = np.fmin.reduce([low, *drawn])
    reference.high[doubtful] = np.fmax.reduce([high, *drawn])
    reference.doubt[doubtful] = doubt
    return reference


def by_central_differences(value: ValueFunction, point: Array, gradient: Array, rounding: Array) -> Reference:
    """Compute the one-sided slopes by differences."""
    wanted = PRECISION / 1000 * np.nan_to_num(np.abs(gradient)) + rounding
    left, right, error = central_differences(
        partial(value, arithmetic=exact), point, wanted, value_noise(value, point)
    )
    low, high = np.minimum(left, right), np.maximum(left, right)
    doubt = 10 * error + PRECISION * np.maximum(np.abs(low), np.abs(high))
    return Reference(low, high, doubt, high - low > doubt)


def value_noise(value: ValueFunction, point: Array) -> float:
    """Return how far rounding may move the value at a point."""
    return float(np.max(rounding(partial(value, point[np.newaxis]))))


REFERENCE_METHODS: dict[Method, Callable[[ValueFunction, Array, Array, Array], Reference]] = {
    "complex step": by_complex_step,
    "central differences": by_central_differences,
}


def suits_complex_step(value: ValueFunction, point: Array, parts: Iterable[slice], tolerance: float) -> bool:
    """Whether the complex step gives the slopes of a function at a point, as far as differences can tell.

    It does not for a formula that drops the imaginary part (``np.abs``, ``np.real``, ``astype(float)``) or
    does not accept complex numbers. Along a random direction in each part of the point, so that all
    coordinates count, the difference quotient of a step is compared with the slope at half of it, which is
    equal up to the square of the step, for the smallest steps whose own rounding is within the
    ``tolerance``. If the gaps differ between steps, there are kinks in between, and nothing is concluded.
    """
    rng, rounded = np.random.default_rng(0), value_noise(value, point)
    here = value(point[np.newaxis], exact)
    for part in parts:
        direction = np.zeros_like(point)
        direction[part] = rng.standard_normal(part.stop - part.start)

        def along(steps: Array, direction: Array = direction) -> Array:
            return value(point + steps[:, np.newaxis] * direction, exact)

        for steps in (QUOTIENTS, -QUOTIENTS):
            try:
                slopes = np.imag(along(steps / 2 + 1j * COMPLEX_STEP)) / COMPLEX_STEP
            except TypeError:
                return False
            quotients = (along(steps) - here) / steps
            size, error = np.maximum(np.abs(slopes), np.abs(quotients)), 2 * rounded / QUOTIENTS
            last = np.flatnonzero(error <= tolerance * size)[-DECISIVE:]
            allowed = np.max(10 * error[last] + tolerance * size[last], initial=0)
            gaps = (quotients - slopes)[last]
            if len(last) == DECISIVE and np.ptp(gaps) <= allowed and np.all(np.abs(gaps) > allowed):
                return False
    return True
