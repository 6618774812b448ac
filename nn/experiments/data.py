"""The samples that a configuration names, read or generated, and their shares."""

from pathlib import Path
from typing import Literal

import numpy as np

from nn.config.data import BundledTable, DataFile, DataSection
from nn.data import tables
from nn.data.arrays import read_npz
from nn.data.dataset import Dataset, hold_out, outputs_for
from nn.data.files import read_csv
from nn.data.labels import Column, Rule, Task
from nn.data.scaling import Scaling, standard, to_range
from nn.experiments.mistakes import part
from nn.losses.base import Loss
from nn.losses.classification import BinaryCrossEntropy
from nn.training.batches import balanced
from nn.validation import IncompatibleError, suggest


def read(data: DataSection, rule: Rule, rng: np.random.Generator) -> tuple[Dataset, Dataset | None]:
    """The samples that the data options name, and the test share of a file that brings its own.

    The rule decides what the target of a file means, unless the options say so.
    """
    if not isinstance(data, DataFile):
        dataset: Dataset = tables.load(data.name) if isinstance(data, BundledTable) else data.make(seed=rng)
        if data.task is None:
            return dataset, None
        return dataset.classified() if data.task == "classification" else dataset.numbered(), None
    task = data.task or rule
    if Path(data.file).suffix.lower() == ".npz":
        if data.target is not None:
            raise ValueError("'target' is for CSV files; an NPZ file holds its targets as y")
        if data.weight is not None:
            raise ValueError("'weight' is for CSV files; an NPZ file holds its weights as w")
        return read_npz(data.file, task=task)
    if data.target is None:
        raise ValueError(f"'target' is missing: which column of {data.file} is to be predicted?")
    return read_csv(data.file, data.target, weight=data.weight, task=task), None


def rule_for(loss: Loss, outputs: int | None) -> Rule:
    """What a target column means to a network with this loss and so many outputs, where they are known.

    Numbers are classes where the loss is one of classes, but for probabilities in a binary
    cross-entropy. Words are classes too, but where a loss of numbers meets the one output of a
    regression, which cannot stand for them: there they are bad numbers, such as $512. Words among
    numbers are classes where the loss is one of classes and there is an output for each.
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
    """The weight of each class by its number, of weights by label or of ``balanced`` ones.

    It is an empty mapping for a regression, which train() refuses. Raises IncompatibleError for a label that
    the samples do not have.
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
    """The samples in shares, for training, validation and test; each share is one of the whole."""
    dataset, test = read(data, rule, rng)
    training = dataset
    shares: dict[str, Dataset] = {}
    if test is not None:
        with part("data", "test"):
            if data.test is not None:
                raise ValueError("expected no share here, as the file has a test share of its own")
            shares["test"] = test
    for name, share in (("test", data.test), ("validation", data.validation)):
        if share is not None:
            with part("data", name):
                training, shares[name] = split_off(training, share, len(dataset), rng)
    shares["training"] = training
    return {name: shares[name] for name in ("training", "validation", "test") if name in shares}


def split_off(rest: Dataset, share: float, whole: int, rng: np.random.Generator) -> tuple[Dataset, Dataset]:
    """A share of ``whole`` samples, taken from those that rest: what rests then, and the share."""
    rows = int(share * whole + 1e-9)  # as hold_out counts
    if not 0 < rows < len(rest):
        wrong = "leaves none to train on" if rows else "is less than one"
        raise ValueError(f"a share of {share:g} of {whole} samples {wrong}")
    return hold_out(rest, share * whole / len(rest), rng)


def fit(data: DataSection, training: Dataset) -> Scaling | None:
    """The scaling of inputs that the data options ask for, fitted on the training share."""
    if data.scale is None:
        return None
    if data.scale == "standard":
        return standard(training.x, training.inputs)
    low, high = data.scale
    return to_range(training.x, low, high, training.inputs)
