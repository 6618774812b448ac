"""Rows to learn from: the columns of a table, targets and weights; and the model that they begin."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from nn.arrays import Floats
from nn.config.seeds import SeedSection, network_seeds
from nn.data.columns.kinds import ColumnKind
from nn.data.columns.preprocessing import Preprocessing
from nn.data.dataset import Dataset
from nn.data.labels import Label
from nn.data.reading.mistakes import TableError
from nn.data.reading.table import Table
from nn.data.scaling import scaling_to, target_scale
from nn.data.splits import random_parts
from nn.layers.description import describe_layers
from nn.model import Model
from nn.network import Sequential
from nn.random import generator
from nn.sklearn.columns import fitted_preprocessing
from nn.sklearn.configuring import Recipe


class WeightedRows(NamedTuple):
    """Rows of a table with their targets and weights.

    targets: (rows, targets) numbers; of classes (rows, 1), the index of each row's class
    weights: (rows,) greater than 0; None if all count alike
    """

    table: Table
    targets: Floats
    names: tuple[str, ...]
    classes: tuple[Label, ...] | None
    weights: Floats | None

    def take(self, rows: Any) -> "WeightedRows":
        """Return these rows alone."""
        weights = None if self.weights is None else self.weights[rows]
        return self._replace(table=self.table.take(rows), targets=self.targets[rows], weights=weights)

    def held_out(self, share: float, seeds: SeedSection) -> tuple["WeightedRows", "WeightedRows"]:
        """Split them into rows for training and others, of each class this share."""
        rng = generator(seeds.data if seeds.split is None else seeds.split, "split")
        labels = self.targets[:, 0] if self.classes else None
        parts = random_parts(len(self.table), {"validation": share}, rng, labels, self.classes or ())
        return self.take(parts["training"]), self.take(parts["validation"])

    def samples(self, preprocessing: Preprocessing) -> Dataset:
        """Return them as samples for a network, their weights with a mean of 1.

        Rows are left out that the kind of a column drops; TableError for others that cannot be used.
        """
        encoded = preprocessing.encode(self.table)
        if encoded.mistakes:
            raise TableError(self.table.name, encoded.mistakes)
        columns = preprocessing.features, self.names, self.classes
        samples = Dataset(encoded.x, self.targets, *columns, self.weights)
        if encoded.unusable:
            samples = samples.take(encoded.usable)
        if samples.weights is None:
            return samples
        return replace(samples, weights=samples.weights / np.mean(samples.weights))


def started(plan: Recipe, rows: WeightedRows, kinds: Mapping[str, ColumnKind], seeds: SeedSection) -> Model:
    """Make the model that training begins with, its preprocessing and scaling fitted to the rows."""
    preprocessing = fitted_preprocessing(rows.table, kinds, rows.weights)
    inputs = len(preprocessing.features)
    network = Sequential(plan.layers, inputs=inputs, seed=network_seeds(seeds), dtype=plan.dtype)
    scaling = None
    if rows.classes is None and plan.loss.link is None:  # cross-entropies take probabilities
        samples = rows.samples(preprocessing)
        scale = target_scale(samples.y, network.layers[-1].bounds)
        scaling = scaling_to(scale, samples.y, samples.targets, samples.weights)
    columns = preprocessing.inputs, rows.names, rows.classes
    return Model(network, plan.loss, *columns, preprocessing, scaling)


def continued(model: Model, plan: Recipe, rows: WeightedRows) -> Model:
    """Copy a model to train it further; ValueError for other classes, targets or layers than it has."""
    targets = model.targets if model.classes is None else model.classes
    given = rows.names if rows.classes is None else rows.classes
    if len(targets) != len(given) or (rows.classes is not None and given != targets):
        having = f"{[*targets]}, got {[*given]}"
        raise ValueError(f"warm_start goes on with the targets of the last fit, {having}")
    new = Sequential(plan.layers, inputs=model.network.inputs, dtype=plan.dtype)
    if describe_layers(new.layers) != describe_layers(model.network.layers):
        raise ValueError(
            f"warm_start goes on with the layers of the last fit, which were\n{model.network!r}\n"
            f"and with these parameters would be\n{new!r}\nset warm_start=False to begin anew"
        )
    return replace(model, network=deepcopy(model.network))
