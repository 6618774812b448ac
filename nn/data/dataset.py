"""Samples ready for a network."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nn.arrays import Floats
from nn.data.labels import Label, class_positions, distinct, parse_number
from nn.display import counted
from nn.validation import IncompatibleError, suggest


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples in rows: the inputs ``x`` and the targets ``y`` of a network.

    x: (samples, inputs)
    y: (samples, targets) numbers; with classes (samples, 1), the index of each sample's class
    inputs, targets: the names of the columns
    classes: the distinct labels, in order; None if the targets are numbers
    weights: (samples,) at least 0, how much each sample counts in training; None if all count alike

    >>> x, y = np.array([[1.5, 2.0], [3.0, 4.5], [5.0, 6.0]]), np.array([[1.0], [0.0], [1.0]])
    >>> Dataset(x, y, ("width", "height"), ("kind",)).classified().encoded(2)
    array([[0., 1.],
           [1., 0.],
           [0., 1.]])
    """

    x: Floats
    y: Floats
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    classes: tuple[Label, ...] | None = None
    weights: Floats | None = None

    def __post_init__(self) -> None:
        for name, values, columns in (("x", self.x, self.inputs), ("y", self.y, self.targets)):
            expected = (len(self.x), len(columns))
            if values.shape != expected:
                raise ValueError(f"Dataset: expected {name} of shape {expected}, got {values.shape}")

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: Any) -> "Dataset":
        """Return the samples in these rows: a slice, row numbers or a mask."""
        weights = None if self.weights is None else self.weights[rows]
        return replace(self, x=self.x[rows], y=self.y[rows], weights=weights)

    def classified(self, classes: Sequence[Label] | None = None) -> "Dataset":
        """Return the samples with the numbers of their one target column as class labels.

        The classes are the distinct values, as whole numbers if all are whole, else as Python writes
        them; or those given (by the training share, say). A data set that has classes already is returned
        as it is. Raises ValueError for several target columns, a single class, or a value that is not in
        ``classes``.
        """
        if self.classes is not None:
            return self
        if len(self.targets) != 1:
            raise ValueError(f"classes need one target column, got {len(self.targets)}: {list(self.targets)}")
        values = self.y[:, 0].astype(np.float64).tolist()
        whole = all(v.is_integer() for v in values)
        labels: list[Label] = [int(v) if whole else str(v) for v in values]
        target = f"target '{self.targets[0]}'"
        classes = distinct(labels, target) if classes is None else tuple(classes)
        return replace(self, y=class_indices(labels, classes, target), classes=classes)

    def numbered(self) -> "Dataset":
        """Return the samples with class labels converted to numbers: the inverse of ``classified``.

        Raises ValueError if the labels are words.
        """
        if self.classes is None:
            return self
        numbers = [parse_number(str(label)) for label in self.classes]
        if None in numbers:
            word = self.classes[numbers.index(None)]
            raise ValueError(f"target '{self.targets[0]}': expected numbers, got the class label {word!r}")
        return replace(self, y=np.array(numbers, np.float64)[self.y.astype(np.intp)], classes=None)

    def encoded(self, outputs: int) -> Floats:
        """Return the targets for a network with this many outputs, (samples, outputs).

        Numbers stay as they are. Of two classes, one output is the index, 0 or 1. Of K classes,
        K outputs are one-hot: 1 at the index of the class, 0 elsewhere. Raises IncompatibleError for another
        number of outputs.
        """
        fitting: tuple[int, ...]
        if self.classes is None:
            having, fitting = f"the data has {counted(len(self.targets), 'target')}", (len(self.targets),)
        else:
            having = f"target '{self.targets[0]}' has {counted(len(self.classes), 'class')}"
            fitting = outputs_for(len(self.classes))
        if outputs not in fitting:
            got, expected = counted(outputs, "output"), counted(fitting[-1], "output")
            expected = f"1 or {expected}" if len(fitting) == 2 else expected
            raise IncompatibleError(
                "network.outputs", f"the network has {got}, but {having}; expected {expected}"
            )
        if self.classes is not None and outputs > 1:
            return np.eye(outputs)[self.y[:, 0].astype(np.intp)]
        return self.y

    @property
    def digest(self) -> str:
        """Return the sha256 of all numbers, names and classes, and of weights if any, in hexadecimal."""
        names = json.dumps([self.x.shape, self.y.shape, self.inputs, self.targets, self.classes])
        arrays = [array for array in (self.x, self.y, self.weights) if array is not None]
        numbers = (np.ascontiguousarray(array, dtype="<f8").tobytes() for array in arrays)
        return hashlib.sha256(b"\n".join([names.encode(), *numbers])).hexdigest()


def class_indices(labels: Sequence[Label], classes: Sequence[Label], target: str) -> Floats:
    """Return the index of each label in the classes, (samples, 1); ValueError for an unknown label."""
    places = class_positions(labels, classes)
    if np.any(places < 0):
        unknown = labels[int(np.argmax(places < 0))]
        raise ValueError(f"{target}: unknown label {unknown!r}; {suggest(str(unknown), map(str, classes))}")
    return places[:, None].astype(np.float64)


def outputs_for(classes: int) -> tuple[int, ...]:
    """Return the numbers of outputs that can represent a number of classes: one each; for two, also one."""
    return (1, 2) if classes == 2 else (classes,)
