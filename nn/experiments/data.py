"""Reads or generates the data of a configuration, splits them into shares, and fits their scalings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from nn.config.data import BundledTable, DataSection
from nn.config.data_file import DataFile
from nn.config.seeds import SeedSection
from nn.data.bundled import read_bundled, read_card
from nn.data.columns.preprocessing import Preprocessing
from nn.data.dataset import Dataset, outputs_for
from nn.data.folds import Fold
from nn.data.labels import Rule, TargetSummary, Task
from nn.data.npz import read_npz
from nn.data.reading import Table
from nn.data.scaling import scaling_to, target_scale
from nn.data.splits import PARTS, PartError, parts_by_rule
from nn.experiments.mistakes import part
from nn.experiments.shares import hold_fold_out
from nn.experiments.tables import Prepared, prepare_table
from nn.layers import LAYERS
from nn.layers.base import Layer
from nn.layers.description import name_in
from nn.losses.base import Loss
from nn.losses.classification import BinaryCrossEntropy
from nn.random import generator
from nn.training.inputs import balanced
from nn.validation import IncompatibleError, suggest

OF_TABLES = frozenset(DataFile.model_fields) - {*DataSection.model_fields, "file", "scale_target"}
"""The options of a file that an NPZ file has no use for."""


def prepare_data(
    data: DataSection,
    rule: Rule,
    seeds: SeedSection,
    table: Table | None = None,
    fold: Fold | None = None,
) -> Prepared:
    """Read or generate the samples of a configuration, split them into shares, fit their preprocessing.

    ``rule`` decides the task of a file, unless the options say which it is. The validation share is the
    ``fold``, if there is one, whatever the options say.
    """
    if fold:
        if isinstance(data.validation, str):
            with part("data", "validation"):
                raise ValueError("the folds are the validation share; leave the file out")
        data = data.model_copy(update={"validation": None})
    if isinstance(data, DataFile) and Path(data.file).suffix.lower() != ".npz":
        with part("data"), at_part():
            return prepare_table(data, rule, seeds, table, fold)
    if isinstance(data, BundledTable):
        with part("data"), at_part():
            found = read_bundled(data.name)
            return replace(prepare_table(as_file(data, found), rule, seeds, found, fold), section=data)
    rng = generator(seeds.data, "data")
    with part("data"):
        samples, test = read_samples(data, rule, rng)
    if seeds.split is not None:
        rng = generator(seeds.split, "split")
    shares = share_out(samples, test, data, rng, seeds, fold)
    training = shares["training"]
    with part("data", "scale"):
        scaling = scaling_to(data.scale, training.x, training.inputs)
    return Prepared(shares, Preprocessing.of_numbers(training.inputs, scaling), data)


def as_file(data: BundledTable, table: Table) -> DataFile:
    """The options of the file that a bundled table is: of numbers without gaps, they may have none later."""
    card = read_card(data.name)
    inputs = [name for name in table.columns if name != card.target]
    complete = all(np.isfinite(table.column(name).numbers).all() for name in inputs)
    number = {"type": "number", "missing": "error"}
    kinds = dict.fromkeys(inputs, number) if complete else card.kinds
    given = {name: getattr(data, name) for name in DataSection.model_fields}
    task = data.task or card.task
    return DataFile(**given | {"file": table.name, "target": card.target, "task": task, "columns": kinds})


def read_samples(data: DataSection, rule: Rule, rng: np.random.Generator) -> tuple[Dataset, Dataset | None]:
    """Read or generate samples; returns them and, for a file with a test share of its own, that share."""
    if not isinstance(data, DataFile):
        dataset: Dataset = data.make(seed=rng)
        if data.task is None:
            return dataset, None
        return dataset.classified() if data.task == "classification" else dataset.numbered(), None
    for key in data.model_fields_set & OF_TABLES:
        raise ValueError(f"'{key}' is for tables; leave it out, as an NPZ file has x, y and w as they are")
    return read_npz(data.file, task=data.task or rule)


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

    def decide(column: TargetSummary) -> Task:
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


def share_out(
    samples: Dataset,
    test: Dataset | None,
    data: DataSection,
    rng: np.random.Generator,
    seeds: SeedSection,
    fold: Fold | None,
) -> dict[str, Dataset]:
    """Split samples into training, validation and test shares; fractions are of all samples.

    Raises ConfigError for a split by a column, or a share in another file: these are for tables.
    """
    sizes = {name: size for name in PARTS[1:] if (size := getattr(data, name)) is not None}
    for name, size in sizes.items():
        if isinstance(size, str):
            with part("data", name):
                raise ValueError(f"of an NPZ file, expected a share or a number of rows, got {size!r}")
    if isinstance(data.split, dict):
        with part("data", "split"):
            raise ValueError("an NPZ file has no columns to split by; write random or ordered")
    if test is not None and data.test is not None:
        with part("data", "test"):
            raise ValueError("the file has a test share of its own; leave data.test out")
    labels = None if samples.classes is None else samples.y[:, 0]
    with at_part():
        rows = parts_by_rule(data.split, len(samples), sizes, rng, labels, samples.classes or ())
    if fold:
        rows = hold_fold_out(rows, fold, seeds, labels, ordered=data.split == "ordered")
    shares = {name: samples.take(rows[name]) for name in PARTS if name in rows}
    return shares if test is None else {**shares, "test": test}


@contextmanager
def at_part() -> Iterator[None]:
    """Let a part that cannot be held out be a mistake of its own option."""
    try:
        yield
    except PartError as error:
        with part("data", error.part):
            raise


def with_target_scale(data: DataSection, samples: Dataset, last: Layer, loss: Loss) -> DataSection:
    """The options of a table with what its targets are scaled to.

    Left out, those of a bundled table are not scaled. Those of a file are, to what the last layer can answer:
    ``standard`` where it is linear, else a range within its bounds; not where targets lie within them
    already, and where they are classes or probabilities. Raises ValueError where such targets were to be
    scaled.
    """
    if not isinstance(data, DataFile | BundledTable) or (
        data.scale_target is None and isinstance(data, BundledTable)
    ):
        return data
    scale: Any = data.scale_target
    if samples.classes is not None or loss.classifies(len(samples.targets)):
        if scale not in (None, "none"):
            raise ValueError("scales the targets of a regression, and this is a classification; leave it out")
        scale = "none"
    elif scale is None:
        scale = target_scale(samples.y, last.bounds)
    return data.model_copy(update={"scale_target": scale})


def class_targets(
    data: DataSection, samples: Dataset, last: Layer, dtype: np.dtype[Any]
) -> tuple[float, float] | None:
    """What outputs learn for classes, where that is not 0 and 1.

    Raises ValueError for a regression, for numbers that the last layer cannot answer, and for those that
    have no middle in the type of the network's numbers.
    """
    if data.targets is None:
        return None
    if samples.classes is None:
        raise ValueError("are for classes, and this is a regression: scale_target scales its numbers")
    (low, high), (least, most) = data.targets, last.bounds
    if low < least or high > most:
        name = name_in(LAYERS, last)
        raise ValueError(
            f"{low:g} and {high:g} lie outside of what {name} as the last layer can answer: "
            f"{least:g} to {most:g}"
        )
    with np.errstate(over="ignore"):
        ends = np.array([low, high], dtype)
    if not ends[0] < np.mean(ends) < ends[1] < np.inf:
        raise ValueError(f"{low!r} and {high!r} have no middle among the numbers of {dtype}")
    return low, high


def target_notes(samples: Dataset, scale: Any) -> Iterator[str]:
    """Note what targets were scaled to, and what is measured in which units."""
    if scale not in (None, "none"):
        aim = "mean 0 and standard deviation 1" if scale == "standard" else "{:g} … {:g}".format(*scale)
        names = ", ".join(map(repr, samples.targets))
        yield f"Scaled the target {names} to {aim}: losses are of scaled targets, answers in their own units."
