"""Derivatives without backpropagation, to hold backpropagation against.

All directions are taken at once: the displaced points are a stack, one for each number in the point.
"""

import numpy as np

from nn.layers.base import backward, forward


def complex_step(function, point):
    """∂f/∂point = Im f(point + ih)/h: exact to rounding, for analytic f. Squire & Trapp (1998)."""
    step = 1e-30
    return np.imag(function(point + 1j * step * np.eye(point.size))) / step


def central_differences(function, point):
    """∂f/∂point ≈ (f(point + h) − f(point − h)) / 2h."""
    steps = 1e-5 * np.eye(point.size)
    return (function(point + steps) - function(point - steps)) / 2e-5


def differentiated(derivative, network, loss, x, t):
    """The gradient of the loss in all parameters and all inputs, by one of the derivatives above."""
    parameters, gradients = network.parameters, network.gradients
    layers, _ = network.split(loss)

    def value(points):
        network.bind(points[:, : parameters.size], np.empty((len(points), parameters.size)))
        return loss.forward(forward(layers, points[:, parameters.size :].reshape(-1, *x.shape)), t)

    gradient = derivative(value, np.concatenate([parameters, x.ravel()]))
    network.bind(parameters, gradients)
    return gradient


def backpropagated(network, loss, x, t):
    """The same gradient by ``backward``."""
    layers, _ = network.split(loss)
    loss.forward(forward(layers, x), t)
    dx = backward(layers, loss.backward())
    return np.concatenate([network.gradients, dx.ravel()])


def relative_error(got, expected):
    """The largest difference, against the largest number expected."""
    return np.max(np.abs(got - expected)) / np.max(np.abs(expected))
