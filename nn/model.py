"""Model: a network together with what it needs to meet data as people have them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.data.dataset import Dataset
from nn.data.labels import Label, as_array
from nn.data.scaling import Scaling
from nn.losses import Loss
from nn.network import Sequential
from nn.objective import Measures, Objective, chosen


@dataclass(frozen=True, eq=False)
class Model:
    """A network with its loss, the names of its columns, the scaling of its inputs, its class names.

    >>> from nn import BinaryCrossEntropy, Dense, Sigmoid
    >>> network = Sequential([Dense(1), Sigmoid()], inputs=2)
    >>> network.parameters[...] = [1, 1, -1.5]  # x1 AND x2
    >>> model = Model(network, BinaryCrossEntropy(), ("x1", "x2"), ("y",), classes=("no", "yes"))
    >>> model.predict([[0, 1], [1, 1]])
    array(['no', 'yes'], dtype='<U3')
    """

    network: Sequential
    loss: Loss
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    classes: tuple[Label, ...] | None = None
    """The labels of a classification, in the order of the outputs; None for a regression."""
    scaling: Scaling | None = None
    """What brings raw inputs to the range that the network was trained on."""

    def forward(self, x: ArrayLike) -> Array:
        """The network's outputs ``(samples, outputs)`` for raw inputs ``(samples, inputs)``."""
        raw = np.asarray(x, dtype=float)
        return self.network.predict(self.scaling(raw) if self.scaling else raw)

    def predict(self, x: ArrayLike) -> Array:
        """What the network answers for raw inputs: class labels ``(samples,)`` or its outputs."""
        y = self.forward(x)
        return y if self.classes is None else as_array(self.classes)[chosen(y, self.loss.boundary)]

    def arrays(self, samples: Dataset) -> tuple[Array, Array]:
        """Scaled inputs, and targets as the network's outputs should be."""
        x = self.scaling(samples.x) if self.scaling else samples.x
        t = samples.encoded(self.network.outputs)
        self.loss.check_targets(t)
        return x.astype(self.network.dtype), t.astype(self.network.dtype)

    def evaluate(self, samples: Dataset) -> Measures:
        """The loss on these samples, and the accuracy where there are classes."""
        objective = Objective(self.network, self.loss, classification=self.classes is not None)
        return objective.forward(*self.arrays(samples))
