"""Optimisers: ways to make a loss small. Arrays in, arrays changed."""

from nn.catalog import public_kinds
from nn.optimizers.base import Optimizer

OPTIMIZERS = public_kinds(Optimizer, "nn.optimizers")
