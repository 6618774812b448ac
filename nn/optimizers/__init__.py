"""Optimisers: they minimise a loss, updating arrays in place."""

from nn.catalog import public_kinds
from nn.optimizers.base import Optimizer

OPTIMIZERS = public_kinds(Optimizer, "nn.optimizers")
