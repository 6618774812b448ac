"""The estimator: what classification and regression have in common."""

import sys
from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Annotated, Any, Self

import numpy as np
from annotated_types import Ge, Gt, Lt
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_consistent_length, check_random_state
from sklearn.utils.validation import check_is_fitted

from nn.arrays import Array
from nn.config.seeds import SeedSection, seeds_of
from nn.data.columns.fitting import row_weights
from nn.data.frames import column_names
from nn.data.labels import Label
from nn.data.reading.table import Table
from nn.model import Model
from nn.model_file import numbered_columns
from nn.optimizers.base import Optimizer
from nn.sklearn.columns import dtype_kinds, given_kinds, named_table
from nn.sklearn.configuring import IN_CONFIG, REPORTS, Head, Recipe, as_python, recipe
from nn.sklearn.rows import WeightedRows, continued, started
from nn.training.reports import Report
from nn.training.train import train
from nn.validation import check

HeldOutShare = Annotated[float, Gt(0), Lt(1)]


class NeuralNetworkEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A network with its preprocessing, which learns from arrays and DataFrames."""

    model_: Model
    loss_curve_: list[float]
    n_iter_: int

    def __init__(
        self,
        hidden: int | Sequence[int] = (32,),
        activation: str | Mapping[str, Any] = "tanh",
        optimizer: str | Mapping[str, Any] | Optimizer = "adam",
        learning_rate: float | Mapping[str, Any] | None = None,
        epochs: int = 100,
        batch_size: int | None = None,
        l2: float = 0.001,
        early_stopping: bool = False,
        validation_fraction: HeldOutShare = 0.2,
        patience: Annotated[int, Ge(1)] = 20,
        columns: Mapping[str, Any] | None = None,
        config: Any = None,
        engine: str = "auto",
        warm_start: bool = False,
        random_state: Any = None,
        verbose: bool = False,
    ):
        self.hidden = hidden
        self.activation = activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.l2 = l2
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.columns = columns
        self.config = config
        self.engine = engine
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train the network on the rows of X, each with its target in y; returns the estimator.

        X: (samples, features) numbers, NaN where one is missing; or a DataFrame, whose words, dates and gaps
            are taken as the types and cells of its columns tell, or as ``columns`` says
        y: (samples,), or (samples, targets)
        sample_weight: (samples,) at least 0. A row of weight 2 counts as two such rows, one of weight 0 as
            none: the loss is Σ w·l / Σ w, and scaling and imputation are weighted too. With whole batches
            this holds to rounding; a smaller batch has as many rows whatever they weigh.

        Raises ValueError for data and parameters that cannot be used, with what to write instead.
        """
        again = bool(self.warm_start) and hasattr(self, "model_")
        defaults = self._checked_defaults()
        rows = self._rows(named_table(self, X, reset=not again), y, sample_weight)
        kinds = {**dtype_kinds(X, [*rows.table.columns]), **given_kinds(self.columns)}
        head = self._head(len(rows.names), rows.classes)
        plan = recipe(self.get_params(deep=False), defaults, head, len(rows.table))
        seeds = self._seeds(plan.seed)
        training, held_out = rows, None
        if self.early_stopping:
            training, held_out = rows.held_out(float(self.validation_fraction), seeds)
        model = continued(self.model_, plan, rows) if again else started(plan, training, kinds, seeds)
        reports = self._train(model, plan, training, held_out)
        losses = [loss for report in reports for loss in report.losses.tolist()]
        self.loss_curve_ = [*self.loss_curve_, *losses] if again else losses
        self.n_iter_ = len(self.loss_curve_)
        self.model_ = model
        return self

    def _checked_defaults(self) -> dict[str, Any]:
        """Check the parameters that no configuration checks; returns the defaults of all."""
        defaults = {}
        for name, parameter in signature(type(self)).parameters.items():
            defaults[name] = parameter.default
            if name not in IN_CONFIG:
                check(as_python(getattr(self, name)), parameter.annotation, f"{type(self).__name__}: {name}")
        return defaults

    def _rows(self, table: Table, y: Any, sample_weight: Any) -> WeightedRows:
        """Check targets and weights; returns the rows that count."""
        if y is None:
            name = type(self).__name__
            raise ValueError(f"{name} requires y to be passed, but the target y is None")
        targets = self._checked_targets(y)
        check_consistent_length(table, targets)
        weights = None
        if sample_weight is not None:
            weights = row_weights(sample_weight, len(table))
            counting = np.flatnonzero(weights)
            table, targets, weights = table.take(counting), targets[counting], weights[counting]
        columns = targets.shape[1] if targets.ndim > 1 else 1
        return self._encoded(WeightedRows(table, targets, target_names(y, columns), None, weights))

    def _seeds(self, of_config: int | SeedSection | None) -> SeedSection:
        """Return the seeds of ``random_state``, else of the configuration, else random ones."""
        state = as_python(self.random_state)
        if state is None and of_config is not None:
            return seeds_of(of_config)
        generator = check_random_state(state)
        return seeds_of(state if isinstance(state, int) else int(generator.randint(2**31)))

    def _train(
        self, model: Model, plan: Recipe, training: WeightedRows, held_out: WeightedRows | None
    ) -> list[Report]:
        """Train a model to the end; returns the reports."""
        assert model.preprocessing, "that is how it was started"
        samples = training.samples(model.preprocessing)
        validation = held_out and model.arrays(held_out.samples(model.preprocessing))
        options = dict(plan.options)
        if options["stop_at"] and model.target_scaling:
            options["stop_at"] = options["stop_at"].scaled(float(model.target_scaling.scale.max()))
        every = max(options["epochs"] // REPORTS, 1)
        reports = []
        for report in train(
            model.network,
            model.loss,
            plan.optimizer,
            *model.arrays(samples),
            sample_weight=samples.weights,
            validation=validation,
            classification=samples.classes is not None,
            **options,
        ):
            reports.append(report)
            if self.verbose and (report.epoch % every == 0 or report.stopped):
                held = "" if report.val_loss is None else f", validation loss {report.val_loss:.6g}"
                sys.stdout.write(f"Epoch {report.epoch}: loss {report.loss:.6g}{held}\n")
        return reports

    def _answers(self, X: Any) -> Array:
        """Return the outputs of the network, (samples, outputs); of a regression in the targets' units."""
        check_is_fitted(self, "model_")
        preprocessing = self.model_.preprocessing
        assert preprocessing, "that is how it was started"
        return self.model_.answer(preprocessing.features_of(named_table(self, X, reset=False)))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        return tags

    def _checked_targets(self, y: Any) -> Array:
        """Return y as an array, (samples,) or (samples, targets), without gaps; else ValueError."""
        raise NotImplementedError

    def _encoded(self, rows: WeightedRows) -> WeightedRows:
        """Return rows whose targets are numbers for the network."""
        raise NotImplementedError

    def _head(self, targets: int, classes: Sequence[Label] | None) -> Head:
        """Say what the network ends with."""
        raise NotImplementedError


def target_names(y: Any, columns: int) -> tuple[str, ...]:
    """Return the names of the columns of y; of an array that is y, or y1, y2 and so on."""
    labels = column_names(y)
    if labels is None and getattr(y, "name", None) is not None:
        labels = [y.name]  # of a series
    if labels is None or len(labels) != columns:
        return tuple(numbered_columns("y", columns))
    return tuple(map(str, labels))
