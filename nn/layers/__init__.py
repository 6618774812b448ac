"""Layers: differentiable functions y = f(x) over views of one flat parameter vector."""

from nn.catalog import public_kinds
from nn.layers.base import Activation, Layer

LAYERS = public_kinds(Layer, "nn.layers")
"""Activations too."""
ACTIVATIONS = public_kinds(Activation, "nn.layers")
