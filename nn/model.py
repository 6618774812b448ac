"""Model: a network with its loss, column names, scaling and classes, which takes raw data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.data.dataset import Dataset
from nn.data.frames import raw_inputs
from nn.data.labels import Label, agree, label_array
from nn.data.scaling import Scaling
from nn.display import Markup, tag
from nn.losses.base import Loss
from nn.network import Sequential
from nn.training.objective import Metrics, Objective, predicted_class
from nn.validation import IncompatibleError, blame


@dataclass(frozen=True, eq=False, repr=False)
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
    """Scales raw inputs as those of the training were."""

    def forward(self, x: Any) -> Array:
        """Return the network's outputs ``(samples, outputs)`` for raw inputs ``(samples, inputs)``.

        ``x`` is anything that NumPy reads as an array, with columns in the order of ``inputs``; or a table
        with names (a DataFrame, a mapping of columns), whose other columns are ignored. Raises ValueError,
        naming row and column, for a value that is missing, NaN or infinite.
        """
        return self.answer(raw_inputs(x, self.inputs))

    def answer(self, x: Array) -> Array:
        """Return the outputs for features that are not scaled yet, as those of a ``Dataset``."""
        return self.network.predict(self.prepared(x))

    def predict(self, x: Any) -> Array:
        """Predict from raw inputs: class labels ``(samples,)``, or the outputs of a regression."""
        y = self.forward(x)
        return (
            y if self.classes is None else label_array(self.classes)[predicted_class(y, self.loss.threshold)]
        )

    def arrays(self, samples: Dataset) -> tuple[Array, Array]:
        """Return scaled inputs, in the order of the model's columns, and targets encoded for its outputs."""
        if samples.classes and self.classes and not agree(samples.classes, self.classes):
            raise ValueError(f"expected samples of the classes {self.classes}, got {samples.classes}")
        t = samples.encoded(self.network.outputs)
        with blame("loss"):
            self.loss.check_targets(t)
        x = samples.x
        if samples.inputs != self.inputs and sorted(samples.inputs) == sorted(self.inputs):
            x = x[:, [samples.inputs.index(name) for name in self.inputs]]
        return self.prepared(x), self.typed(t, samples.targets, "y")

    def prepared(self, x: Array) -> Array:
        """Scale finite raw inputs for the network; IncompatibleError for numbers that are too large."""
        return self.typed(self.scaling(x) if self.scaling else x, self.inputs, "x")

    def typed(self, array: Array, columns: Sequence[str], argument: str) -> Array:
        """Convert numbers to the network's type; IncompatibleError for one that is too large."""
        with np.errstate(over="ignore"):
            result = array.astype(self.network.dtype)
        odd = np.argwhere(~np.isfinite(result))
        if len(odd):
            *_, row, column = place = tuple(odd[0].tolist())
            number = f"{array[place]:g}" if np.isfinite(array[place]) else "the scaled number"
            problem = f"row {row}, column {columns[column]!r}: {number} is too large for {result.dtype}"
            raise IncompatibleError(argument, problem)
        return result

    def evaluate(self, samples: Dataset) -> Metrics:
        """Compute the loss on these samples and, for a classification, the accuracy."""
        objective = Objective(self.network, self.loss, classification=self.classes is not None)
        return objective.forward(*self.arrays(samples))

    @property
    def title(self) -> str:
        """Targets and inputs in a line."""
        classes = "" if self.classes is None else f": {', '.join(map(str, self.classes))}"
        return f"{', '.join(self.targets)}{classes}; from {', '.join(self.inputs)}"

    def __repr__(self) -> str:
        return f"Model of {self.title}\n{self.network!r}"

    def _repr_html_(self) -> Markup:
        return tag("div", tag("p", f"Model of {self.title}"), self.network._repr_html_())

    def save(self, path: str | Path) -> None:
        """Write the model to a file, whole at any instant; ``nn.load`` reads it back.

        Raises ValueError for layers of one's own, OSError where the file cannot be written.
        """
        self.network.write(path, self.loss, self.names, self.scales)

    @property
    def names(self) -> dict[str, Any]:
        """The columns and classes, as a model file has them."""
        names: dict[str, Any] = {"inputs": [*self.inputs], "targets": [*self.targets]}
        return names | ({} if self.classes is None else {"classes": [*self.classes]})

    @property
    def scales(self) -> dict[str, Array]:
        """The arrays of the scaling, as a model file has them."""
        if self.scaling is None:
            return {}
        scales = {"shift": self.scaling.shift, "scale": self.scaling.scale}
        offset = np.asarray(self.scaling.offset)
        return scales | ({"offset": offset} if np.any(offset) else {})
