"""Model: a network with its loss, column names, scaling and classes, which takes raw data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.data.columns.preprocessing import Encoded, Preprocessing
from nn.data.dataset import Dataset
from nn.data.frames import column_names, raw_inputs
from nn.data.labels import Label, agree, label_array
from nn.data.scaling import Scaling
from nn.display import Markup, tag
from nn.losses.base import Loss
from nn.model_file import write_model_file
from nn.network import Sequential
from nn.training.objective import Metrics, Objective, predicted_class
from nn.validation import IncompatibleError, blame


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """A network with its loss, the preprocessing of its inputs, the names of its targets and classes.

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
    preprocessing: Preprocessing | None = None
    """Makes the features of the network of raw inputs; None where they are the same."""
    target_scaling: Scaling | None = None
    """Scales the targets of a regression for the network; its answers are in the targets' own units."""
    class_targets: tuple[float, float] | None = None
    """What an output learns for a class that it is not, and that it is, instead of 0 and 1.

    Of two classes with one output these are the targets of the first and of the second.
    """

    def __post_init__(self) -> None:
        if self.class_targets and not -np.inf < self.class_targets[0] < self.class_targets[1] < np.inf:
            raise ValueError(
                f"Model.class_targets: expected the lower number first, got {self.class_targets}"
            )

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the network's inputs."""
        return self.inputs if self.preprocessing is None else self.preprocessing.features

    @property
    def middle(self) -> float | None:
        """The middle of the targets of classes, where they are not 0 and 1."""
        return None if self.class_targets is None else sum(self.class_targets) / 2

    @property
    def threshold(self) -> float:
        """Above this, one output for two classes means the second."""
        return self.loss.threshold if self.middle is None else self.middle

    def forward(self, x: Any) -> Array:
        """Return the outputs ``(samples, outputs)`` for raw inputs; of a regression in the targets' units.

        ``x`` is anything that NumPy reads as an array, with columns in the order of ``inputs``; or a table
        with names (a DataFrame, a mapping of columns), whose other columns are ignored. Raises ValueError,
        naming row and column, for a value that cannot be used: of plain numbers, one that is missing, NaN or
        infinite.
        """
        return self.answer(self.features_of(x))

    def features_of(self, x: Any) -> Array:
        """Return the features of raw inputs, not scaled yet; takes and raises what ``forward`` does."""
        if self.preprocessing is None or self.preprocessing.plain:
            return raw_inputs(x, self.inputs)
        return self.preprocessing.features_of(named_columns(x, self.inputs))

    def encode(self, x: Any) -> Encoded:
        """Encode a table as features, with the rows that cannot be used."""
        return (self.preprocessing or Preprocessing.of_numbers(self.inputs)).encode(x)

    def answer(self, x: Array) -> Array:
        """Return the outputs for features that are not scaled yet, as those of a ``Dataset``."""
        y = self.network.predict(self.prepared(x))
        return y if self.target_scaling is None else self.target_scaling.inverse(y)

    def predict(self, x: Any) -> Array:
        """Predict from raw inputs: class labels ``(samples,)``, or the outputs of a regression."""
        return self.labelled(self.forward(x))

    def labelled(self, y: Array) -> Array:
        """The class label that outputs stand for, ``(samples,)``; the outputs of a regression themselves."""
        if self.classes is None:
            return y
        return label_array(self.classes)[predicted_class(y, self.threshold)]

    def certainty(self, y: Array) -> Array:
        """Outputs as shares of the way between the targets of classes: 0 is not the class, 1 is it."""
        if self.class_targets is None:
            return y
        low, high = self.class_targets
        return (y - low) / (high - low)

    def encoded(self, samples: Dataset) -> Array:
        """The targets of samples for the outputs of the network, ``(samples, outputs)``, not scaled."""
        t = samples.encoded(self.network.outputs)
        if samples.classes is None or self.class_targets is None:
            return t
        low, high = self.class_targets
        return np.where(t == 1, high, low)

    def arrays(self, samples: Dataset) -> tuple[Array, Array]:
        """Return scaled inputs, in the order of the model's columns, and targets encoded for its outputs."""
        if samples.classes and self.classes and not agree(samples.classes, self.classes):
            raise ValueError(f"expected samples of the classes {self.classes}, got {samples.classes}")
        t = self.encoded(samples)
        if self.target_scaling:
            t = self.target_scaling(t)
        with blame("loss"):
            self.loss.check_targets(t)
        x, features = samples.x, self.features
        if samples.inputs != features and sorted(samples.inputs) == sorted(features):
            x = x[:, [samples.inputs.index(name) for name in features]]
        return self.prepared(x), self.typed(t, samples.targets, "y")

    def prepared(self, x: Array) -> Array:
        """Scale finite features for the network; IncompatibleError for numbers that are too large."""
        scaled = self.preprocessing.scale(x) if self.preprocessing else x
        return self.typed(scaled, self.features, "x")

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
        classification = self.classes is not None
        objective = Objective(self.network, self.loss, classification=classification, threshold=self.middle)
        return objective.evaluate(*self.arrays(samples))

    @property
    def loss_name(self) -> str:
        """What its loss is called where it is a sum or not in the units of the targets."""
        name = "loss" if self.target_scaling is None else "loss of scaled targets"
        return f"{name} ({self.loss.symbol})" if self.loss.symbol else name

    @property
    def title(self) -> str:
        """Targets and inputs in a line."""
        classes = "" if self.classes is None else f": {', '.join(map(str, self.classes))}"
        return f"{', '.join(self.targets)}{classes}; from {', '.join(self.inputs)}"

    def __repr__(self) -> str:
        columns = f"{self.preprocessing!r}\n\n" if self.preprocessing and not self.preprocessing.plain else ""
        return f"Model of {self.title}\n{columns}{self.network!r}"

    def _repr_html_(self) -> Markup:
        parts = [tag("p", f"Model of {self.title}")]
        if self.preprocessing and not self.preprocessing.plain:
            parts.append(self.preprocessing._repr_html_())
        return tag("div", *parts, self.network._repr_html_())

    def save(self, path: str | Path) -> None:
        """Write the model to a file, whole at any instant; ``nn.load`` reads it back.

        Raises ValueError for layers of one's own, OSError where the file cannot be written.
        """
        write_model_file(
            path, self.network.layers, self.network.parameters, self.loss, self.names, self.scales
        )

    @property
    def names(self) -> dict[str, Any]:
        """The columns, what they mean, and the classes, as a model file has them."""
        names: dict[str, Any] = {"inputs": [*self.inputs], "targets": [*self.targets]}
        if self.preprocessing and not self.preprocessing.plain:
            names["preprocessing"] = self.preprocessing.description
        if self.classes is not None:
            names["classes"] = [*self.classes]
        return names | ({} if self.class_targets is None else {"class_targets": [*self.class_targets]})

    @property
    def scales(self) -> dict[str, Array]:
        """The arrays of the scalings, as a model file has them."""
        scales = self.preprocessing.arrays if self.preprocessing else {}
        targets = self.target_scaling.arrays if self.target_scaling else {}
        return scales | {f"target_{name}": array for name, array in targets.items()}


def named_columns(x: Any, names: Sequence[str]) -> Any:
    """Return a table with names as it is; of anything else, the columns under these names, in this order."""
    if column_names(x) is not None:
        return x
    of_numbers = isinstance(x, np.ndarray) and x.dtype.kind in "iuf"
    rows = x if of_numbers else np.asarray(x, dtype=np.object_)
    if rows.ndim != 2 or rows.shape[1] != len(names):
        raise ValueError(f"expected inputs of shape (samples, {len(names)}), got {rows.shape}")
    return dict(zip(names, rows.T, strict=True))
