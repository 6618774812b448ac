"""Optimisers that go step by step: arrays in, arrays changed."""

from nn.catalog import public_kinds
from nn.optimizers.adaptive import Adadelta, Adagrad, Adam, AdamW, NAdam, RMSprop
from nn.optimizers.base import FirstOrder, Optimizer, State
from nn.optimizers.full_batch import Quickprop, Rprop
from nn.optimizers.gradient_descent import SGD

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "FirstOrder",
    "NAdam",
    "Optimizer",
    "Quickprop",
    "RMSprop",
    "Rprop",
    "State",
]

OPTIMIZERS = public_kinds(FirstOrder, "nn.optimizers")
