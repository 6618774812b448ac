"""Dataset: samples ready for a network; and how a share of them is held out."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
from annotated_types import Gt, Lt
from numpy.typing import NDArray

from nn.data.labels import Label, class_positions, distinct, parse_number
from nn.validation import IncompatibleError, checked, suggest

Floats = NDArray[np.float64]


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
            having, fitting = f"the data has {_count(len(self.targets), 'target')}", (len(self.targets),)
        else:
            having = f"target '{self.targets[0]}' has {_count(len(self.classes), 'class')}"
            fitting = outputs_for(len(self.classes))
        if outputs not in fitting:
            got, expected = _count(outputs, "output"), _count(fitting[-1], "output")
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


@checked
def hold_out(
    dataset: Dataset, share: Annotated[float, Gt(0), Lt(1)], rng: np.random.Generator
) -> tuple[Dataset, Dataset]:
    """Split a random share off: (the rest, the ⌊n·share⌋ rows held out), each in the original order.

    Classes keep their proportions: of a class that makes up a part q of all rows, the number of rows
    held out differs from q·⌊n·share⌋ by less than one, unless that would leave none of a class in the
    rest. Raises ValueError if a part would be empty, or the rest is smaller than the number of classes.
    """
    n = len(dataset)
    k = int(n * share + 1e-9)  # the nearest float to 0.29 times 100 is just below 29
    if not 0 < k < n:
        empty = "to hold out" if k == 0 else "for the rest"
        raise ValueError(f"a share of {share} of {_count(n, 'row')} leaves no row {empty}")
    order = rng.permutation(n)
    held = np.zeros(n, dtype=np.bool_)
    if dataset.classes is None:
        held[order[:k]] = True
    else:
        # With the rows sorted by class, every (n/k)-th of them, starting from half a step.
        by_class = order[np.argsort(dataset.y[order, 0], kind="stable")]
        held[by_class[(2 * np.arange(k) + 1) * n // (2 * k)]] = True
        _keep_each_class(held, dataset, order)
    return dataset.take(~held), dataset.take(held)


def _keep_each_class(held: NDArray[np.bool_], dataset: Dataset, order: NDArray[np.intp]) -> None:
    """Exchange rows so that each class keeps one that is not held out."""
    classes, y, sizes = np.unique(dataset.y[:, 0], return_inverse=True, return_counts=True)
    counts = np.bincount(y[held], minlength=len(classes))
    for lost in np.flatnonzero(counts == sizes):
        most = len(held) - len(classes)
        if held.sum() > most:
            label = (dataset.classes or ())[int(classes[lost])]
            raise ValueError(
                f"{int(held.sum())} of {_count(len(held), 'row')} held out leave none of class {label!r} to "
                f"train on; {f'hold out at most {most}, or ' if most else ''}add samples of it"
            )
        # The class that is furthest below its part of the rows held out and has two rows to choose from.
        missing = np.where(sizes - counts > 1, sizes * held.mean() - counts, -np.inf)
        given = int(np.argmax(missing))
        for one, out in ((lost, False), (given, True)):
            held[next(row for row in order if y[row] == one and held[row] != out)] = out
            counts[one] += 1 if out else -1


def class_indices(labels: Sequence[Label], classes: Sequence[Label], target: str) -> Floats:
    """Return the index of each label in the classes, (samples, 1); ValueError for an unknown label."""
    places = class_positions(labels, classes)
    if np.any(places < 0):
        unknown = labels[int(np.argmax(places < 0))]
        raise ValueError(f"{target}: unknown label {unknown!r}; {suggest(str(unknown), map(str, classes))}")
    return places[:, None].astype(np.float64)


def outputs_for(classes: int) -> tuple[int, ...]:
    """Return the numbers of outputs that can stand for so many classes: one each; for two, also one."""
    return (1, 2) if classes == 2 else (classes,)


def _count(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 class``, ``3 classes``."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{number} {noun if number == 1 else plural}"
