"""Losses: the distance of outputs from their targets, and the gradient that starts backpropagation.

A loss is a mean over the batch, so that its size does not depend on the batch size; or, with another
``reduction``, a sum.
"""

from nn.catalog import public_kinds
from nn.losses.base import Loss

LOSSES = public_kinds(Loss, "nn.losses")
