"""check_jacobian(): holds the Jacobian that least squares are solved from against derivatives of outputs."""

import copy

import numpy as np

from nn.arrays import Array
from nn.gradcheck.differentiation import Slopes, central_differences, complex_step
from nn.gradcheck.gradients import PRECISION, SAMPLES, in_double, suitable
from nn.gradcheck.rows import Proof, largest, rows, smooth
from nn.layer import every
from nn.losses import Loss
from nn.network import Sequential
from nn.objective import Objective
from nn.second_order.evaluations import Linearizing


def check_jacobian(network: Sequential, loss: Loss, x: Array, t: Array) -> Proof:
    """Hold ∂y/∂θ, for each output of each of the first samples, against derivatives of the forward pass."""
    x, t = x[:SAMPLES].astype(float), t[:SAMPLES].astype(float)
    own = in_double(network, x)
    step = Linearizing(own, Objective(own, copy.deepcopy(loss), classification=False), len(x))
    method = suitable(None, list(every(own.layers)))
    parameters, jacobian = own.parameters, step.kept["jacobian"]

    def slopes(output: int, sample: int) -> Slopes:
        def value(points: Array) -> Array:
            own.bind(points, np.empty_like(points))
            y: Array = own.forward(x[sample : sample + 1])[..., 0, output]
            return y

        if method == "complex step":
            return smooth(complex_step(value, parameters))
        return central_differences(value, parameters, PRECISION * largest(own, jacobian))

    with np.errstate(all="ignore"):
        step({"x": x, "t": t}, step.kept)
        each = [[slopes(output, sample) for sample in range(len(x))] for output in range(own.outputs)]
    expected = Slopes(*np.moveaxis(np.array(each), 2, 0))
    return Proof(tuple(rows(own, f"Jacobian: {method}", jacobian, expected)))
