"""Losses for targets that are numbers: functions of the difference between output and target."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from annotated_types import Gt, doc

from nn.arrays import Array
from nn.losses.base import Loss


@dataclass(eq=False)
class MeanSquaredError(Loss):
    """L = mean (y − t)², over samples and outputs, without ½.

    >>> loss = MeanSquaredError()
    >>> loss.forward(np.array([[3.0]]), np.array([[1.0]])), loss.backward()
    (np.float64(4.0), array([[4.]]))

    With the ``reduction`` ``half_sum`` L = ½ Σ (y − t)², over samples and outputs, as in Rumelhart, Hinton &
    Williams (1986), "Learning representations by back-propagating errors", equation 3. Of n samples and m
    outputs its gradient is n·m/2 times that of the mean: with the mean, a learning rate that many times as
    large makes the same steps.

    >>> loss = MeanSquaredError(reduction="half_sum")
    >>> loss.forward(np.array([[3.0], [1.0]]), np.array([[1.0], [0.0]])), loss.backward()
    (np.float64(2.5), array([[2.],
           [1.]]))
    """

    type_name = "mse"

    reduction: Annotated[
        Literal["mean", "sum", "half_sum"],
        doc("Whether it is the mean over samples and outputs of a batch, their sum, or half of that."),
    ] = field(default="mean", kw_only=True)  # type: ignore[assignment]  # one more than other losses have

    def compare(self, y: Array, t: Array) -> Array:
        self.difference = y - t
        return self.difference * self.difference

    def differentiate(self, dl: Array | float) -> Array:
        return 2 * dl * self.difference


@dataclass(eq=False)
class MeanAbsoluteError(Loss):
    """L = mean |y − t|, over samples and outputs. At y = t the derivative is taken as 0.

    >>> loss = MeanAbsoluteError()
    >>> loss.forward(np.array([[3.0]]), np.array([[1.0]])), loss.backward()
    (np.float64(2.0), array([[1.]]))
    """

    type_name = "mae"

    def compare(self, y: Array, t: Array) -> Array:
        self.difference = y - t
        return np.maximum(self.difference, -self.difference)

    def differentiate(self, dl: Array | float) -> Array:
        return dl * np.sign(self.difference)


@dataclass(eq=False)
class Huber(Loss):
    """L = mean of ½d² where |d| ≤ δ and of δ(|d| − ½δ) beyond, with d = y − t, over samples and outputs.

    Huber (1964), "Robust estimation of a location parameter", section 1: quadratic near 0, linear
    beyond. With c = d clipped to ±δ both parts are c(d − ½c), and the derivative is c.

    >>> loss = Huber(delta=1.0)
    >>> loss.forward(np.array([[3.0, 1.5]]), np.array([[1.0, 1.0]])), loss.backward()
    (np.float64(0.8125), array([[0.5 , 0.25]]))
    """

    delta: Annotated[float, Gt(0), doc("The size of an error from which on the loss is linear.")] = 1.0

    def compare(self, y: Array, t: Array) -> Array:
        difference = y - t
        self.limited = np.minimum(np.maximum(difference, -self.delta), self.delta)
        return self.limited * (difference - self.limited / 2)

    def differentiate(self, dl: Array | float) -> Array:
        return dl * self.limited


@dataclass(eq=False)
class LogCosh(Loss):
    """L = mean log cosh(y − t), over samples and outputs: ½d² near 0, and |d| − log 2 far out.

    >>> loss = LogCosh()
    >>> loss.forward(np.array([[1000.0]]), np.array([[0.0]])), loss.backward()
    (np.float64(999.3068528194401), array([[1.]]))
    """

    def compare(self, y: Array, t: Array) -> Array:
        d = y - t
        self.slope = np.tanh(d)
        # cosh² = 1/(1 − tanh²), exact near 0; and e^|d|/cosh = 1 + tanh|d|, exact far out.
        square = self.slope * self.slope
        near = -0.5 * np.log1p(-np.minimum(square, 0.5))
        far = np.maximum(d, -d) - np.log1p(np.maximum(self.slope, -self.slope))
        return np.where(square < 0.5, near, far)

    def differentiate(self, dl: Array | float) -> Array:
        # (log cosh)′ = sinh/cosh = tanh.
        return dl * self.slope
