"""Layers: differentiable functions y = f(x) over views of one flat parameter vector."""

from nn.catalog import public_kinds
from nn.layers.base import Layer
from nn.layers.dense import Dense
from nn.layers.dropout import Dropout
from nn.layers.normalization import LayerNorm
from nn.layers.shortcut import Shortcut

__all__ = ["LAYERS", "Dense", "Dropout", "Layer", "LayerNorm", "Shortcut"]

LAYERS = public_kinds(Layer, "nn.layers")
"""Activations too."""
