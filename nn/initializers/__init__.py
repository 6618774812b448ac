"""Initialisers: the random weights that training begins with.

Every initialiser draws ``weight: (inputs, units)`` for one network. Biases start at zero, except with
Nguyen and Widrow's, and where an initialiser of independent weights is given ``biases``. The scaled ones
keep the variance of signals from layer to layer, forward, backward or both.
"""

from nn.catalog import public_kinds
from nn.initializers.base import Initializer

INITIALIZERS = public_kinds(Initializer, "nn.initializers")
