"""Reads or generates the data of a configuration, splits it into shares, and fits its scaling."""

from pathlib import Path
from typing import Literal

import numpy as np

from nn.config.data import BundledTable, DataFile, DataSection
from nn.data.arrays import read_npz
from nn.data.dataset import Dataset, outputs_for
from nn.data.files import read_csv
from nn.data.labels import Column, Rule, Task
from nn.data.scaling import Scaling, range_scaling, standard_scaling
from nn.data.splits import PARTS, PartError, random_parts
from nn.data.tables import load_table
from nn.experiments.mistakes import part
from nn.losses.base import Loss
from nn.losses.classification import BinaryCrossEntropy
from nn.training.inputs import balanced
from nn.validation import IncompatibleError, suggest


def read_samples(data: DataSection, rule: Rule, rng: np.random.Generator) -> tuple[Dataset, Dataset | None]:
    """Read or generate the samples; returns them and, for a file with a test share of its own, that share.

    ``rule`` decides the task of a file, unless the options say which it is.
    """
    if not isinstance(data, DataFile):
        dataset: Dataset = load_table(data.name) if isinstance(data, BundledTable) else data.make(seed=rng)
        if data.task is None:
            return dataset, None
        return dataset.classified() if data.task == "classification" else dataset.numbered(), None
    task = data.task or rule
    if Path(data.file).suffix.lower() == ".npz":
        if data.target is not None:
            raise ValueError("'target' is for CSV files; leave it out, as an NPZ file holds its targets as y")
        if data.weight is not None:
            raise ValueError("'weight' is for CSV files; leave it out, as an NPZ file holds its weights as w")
        return read_npz(data.file, task=task)
    if data.target is None:
        raise ValueError(f"'target' is missing; name the column of {data.file} to predict")
    return read_csv(data.file, data.target, weight=data.weight, task=task), None


def rule_for(loss: Loss, outputs: int | None) -> Rule:
    """The rule that decides whether a target column holds classes or numbers.

    ``outputs`` is the number of outputs of the network, None where it is not known yet.

    - Numbers are classes if the loss is for classification, except fractions in a binary cross-entropy,
      which are probabilities.
    - Words are classes, unless the loss is for regression and one output cannot stand for as many classes;
      then they are malformed numbers, such as $512.
    - Words among numbers are classes if the loss is for classification and has one output for each class.
    """
    of_classes, takes_probabilities = loss.classifies(1), isinstance(loss, BinaryCrossEntropy)

    def decide(column: Column) -> Task:
        if column.numbers:
            classes = of_classes and (column.whole or not takes_probabilities)
        elif column.words:
            classes = of_classes or outputs != 1 or 1 in outputs_for(column.labels)
        else:
            classes = of_classes and outputs == column.labels
        return "classification" if classes else "regression"

    return decide


def class_weights(
    chosen: Literal["balanced"] | dict[str, float] | None, samples: Dataset
) -> dict[int, float] | None:
    """Convert weights by label, or ``balanced``, to weights by class number.

    A regression has no classes: the mapping is empty then, and train() refuses it. Raises IncompatibleError
    for an unknown label.
    """
    if chosen is None:
        return None
    if samples.classes is None:
        return {}
    if chosen == "balanced":
        return balanced(samples.y)
    labels = [str(label) for label in samples.classes]
    for label in chosen:
        if label not in labels:
            problem = f"class_weight: there is no class '{label}'; {suggest(label, labels)}"
            raise IncompatibleError("class_weight", problem)
    return {labels.index(label): weight for label, weight in chosen.items()}


def share_out(data: DataSection, rule: Rule, rng: np.random.Generator) -> dict[str, Dataset]:
    """Split the data into training, validation and test shares; fractions are of all samples."""
    dataset, test = read_samples(data, rule, rng)
    sizes = {name: size for name in ("validation", "test") if (size := getattr(data, name)) is not None}
    if test is not None and data.test is not None:
        with part("data", "test"):
            raise ValueError("the file has a test share of its own; leave data.test out")
    labels = None if dataset.classes is None else dataset.y[:, 0]
    try:
        rows = random_parts(len(dataset), sizes, rng, labels, dataset.classes or ())
    except PartError as error:
        with part("data", error.part):
            raise
    shares = {name: dataset.take(rows[name]) for name in PARTS if name in rows}
    return shares if test is None else {**shares, "test": test}


def fit_scaling(data: DataSection, training: Dataset) -> Scaling | None:
    """Fit the scaling of inputs on the training share; None without ``scale``."""
    if data.scale is None:
        return None
    if data.scale == "standard":
        return standard_scaling(training.x, training.inputs)
    low, high = data.scale
    return range_scaling(training.x, low, high, training.inputs)
