"""Builds the objects that a configuration describes, and trains them."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nn.config.options import make_layers
from nn.config.schema import FORMAT, Config
from nn.config.seeds import network_seeds, seeds_of
from nn.data.dataset import Dataset
from nn.data.folds import Fold
from nn.data.reading import Table
from nn.data.scaling import scaling_to
from nn.engine.program import listing
from nn.experiments.data import (
    class_targets,
    class_weights,
    prepare_data,
    rule_for,
    target_notes,
    with_target_scale,
)
from nn.experiments.mistakes import Mistakes
from nn.layers.base import Layer
from nn.layers.dense import Dense
from nn.losses.base import Loss
from nn.model import Model
from nn.network import Sequential
from nn.optimizers.base import FirstOrder, Optimizer
from nn.optimizers.second_order.base import SecondOrder
from nn.random import Seeds
from nn.training import batches
from nn.training.batches import Samples
from nn.training.compatibility import incompatibilities, of_last_layer
from nn.training.iterations import network_evaluations
from nn.training.objective import Objective
from nn.training.reports import ReportGenerator
from nn.training.runners import programs
from nn.training.state import TrainingState
from nn.training.step import Evaluation, Step
from nn.training.train import train
from nn.validation import IncompatibleError


@dataclass(frozen=True, eq=False)
class Experiment:
    """The data, model and optimizer of a configuration, ready to train."""

    config: Config
    model: Model
    optimizer: Optimizer
    shares: dict[str, Dataset]
    """``training`` and, if held out, ``validation`` and ``test``."""
    notes: tuple[str, ...] = ()
    """What was inferred from the data, a sentence each."""

    @classmethod
    def of(cls, config: Config, table: Table | None = None, fold: Fold | None = None) -> "Experiment":
        """Read or generate the data, hold out shares, build the network.

        ``table`` is that of the configuration, if it has been read already. A ``fold`` of cross-validation is
        the validation share.
        Raises ConfigError with the place of each mistake.
        """
        mistakes = Mistakes(config)
        loss: Loss = config.loss.make()
        optimizer: Optimizer = config.optimizer.make()
        layers = [*make_layers(config.model.layers, optimizer.default_initializer)]
        prepared: Any = None
        with mistakes.within("data"):
            rule = rule_for(loss, known_outputs(layers))
            prepared = prepare_data(config.data, rule, seeds_of(config.seed), table, fold)
        if prepared is None:  # else train() checks it, with the rest
            mistakes.add(*of_last_layer(loss, layers[-1]))
        mistakes.tell()
        assert prepared is not None, "else there was a mistake"
        samples = prepared.shares["training"]
        training: Any = config.training
        with mistakes.within("model", "layers"):
            seeds = network_seeds(config.seed)
            network = Sequential(layers, inputs=len(samples.inputs), seed=seeds, dtype=training.dtype)
        section = prepared.section
        with mistakes.within("data", "scale_target"):
            section = with_target_scale(section, samples, layers[-1], loss)
            scale: Any = getattr(section, "scale_target", "none")
            of_targets = scaling_to(scale, samples.y, samples.targets)
        learned = None
        with mistakes.within("data", "targets"):
            learned = class_targets(section, samples, layers[-1], np.dtype(training.dtype))
        mistakes.tell()
        preprocessing = prepared.preprocessing
        columns = preprocessing.inputs, samples.targets, samples.classes
        model = Model(network, loss, *columns, preprocessing, of_targets, learned)
        notes = (*prepared.notes, *target_notes(samples, scale))
        explicit = config.model_copy(update={"data": section, "format": FORMAT})
        return cls(explicit, model, optimizer, prepared.shares, notes)

    def seeded(self, seeds: Seeds) -> "Experiment":
        """The same experiment with a new network of these seeds, or a stack of them."""
        layers = make_layers(self.config.model.layers, self.optimizer.default_initializer)
        training: Any = self.config.training
        new = Sequential(layers, inputs=self.model.network.inputs, seed=seeds, dtype=training.dtype)
        return replace(self, model=replace(self.model, network=new))

    def reading(self, file: Path) -> "Experiment":
        """The same experiment, whose configuration names this file as its table."""
        data = self.config.data.model_copy(update={"file": str(file.absolute())})
        return replace(self, config=self.config.model_copy(update={"data": data}))

    @property
    def options(self) -> dict[str, Any]:
        """The options of train() in the ``training`` section; a tolerance in the units of scaled targets."""
        options: dict[str, Any] = self.config.training.arguments()
        goal, scaling = options["stop_at"], self.model.target_scaling
        if goal and scaling:
            options["stop_at"] = goal.scaled(float(scaling.scale.max()))
        return options

    @property
    def weights(self) -> dict[str, Any]:
        """The weights of samples and of classes, as options of train()."""
        training: Any = self.config.training
        samples = self.shares["training"]
        by_class = class_weights(training.class_weight, samples)
        return {"sample_weight": samples.weights, "class_weight": by_class}

    def train(self, state: TrainingState | None = None, engine: str | None = None) -> ReportGenerator:
        """Yield the reports of training, from the start or from a state, on the engine that reached it.

        Raises ConfigError at once, with every mistake, where its parts are not compatible; training begins
        with the first report.
        """
        mistakes, model = Mistakes(self.config), self.model
        arrays: dict[str, Any] = {}
        weights: dict[str, Any] = {}
        with mistakes.within("data"):
            arrays = {name: model.arrays(share) for name, share in self.shares.items()}
        with mistakes.within("training", "class_weight"):
            weights = self.weights
        if mistakes.found:  # else train() asks
            mistakes.add(*self.incompatibilities(weights.get("class_weight")))
            mistakes.tell()
        with mistakes.within("training"):
            reports = train(
                model.network,
                model.loss,
                self.optimizer,
                *arrays["training"],
                validation=arrays.get("validation"),
                classification=model.classes is not None,
                threshold=model.middle,
                **(self.options | weights | ({"engine": engine} if engine else {})),
                state=state,
            )
        mistakes.tell()
        return reports.generator()

    def incompatibilities(self, class_weight: Mapping[int, float] | None) -> Iterator[IncompatibleError]:
        """Yield the reasons why train() would refuse its arguments, apart from the samples."""
        options = {name: self.options[name] for name in ("batch_size", "stop_at", "early_stopping")}
        return incompatibilities(
            self.model.network,
            self.model.loss,
            self.optimizer,
            samples=len(self.shares["training"]),
            validation="validation" in self.shares,
            classification=self.model.classes is not None,
            class_weight=class_weight,
            **options,
        )

    def program(self) -> str:
        """The recorded training step on a full batch, one call on each line."""
        step, samples = self.step()
        return listing(programs(step, samples, step.kept)[0])

    def step(self) -> tuple[Evaluation, Samples]:
        """The training step, of a second-order method its evaluation, and the samples that it is for."""
        model = self.model
        samples = batches.samples(
            model.network,
            model.loss,
            *model.arrays(self.shares["training"]),
            **self.weights,
            threshold=model.middle,
            batch_size=self.options["batch_size"],
            shuffle=self.options["shuffle"],
        )
        goal = self.options["stop_at"]
        objective = Objective(
            model.network,
            model.loss,
            classification=model.classes is not None,
            tolerance=bool(goal and goal.tolerance),
            overshoot=not (goal and goal.overshoot),
            threshold=model.middle,
            samples=len(samples),
        )
        if isinstance(self.optimizer, SecondOrder):
            evaluations = network_evaluations(
                self.optimizer, "numpy", model.network, objective, samples, epochs=1
            )
            return evaluations.evaluation, evaluations.part
        assert isinstance(self.optimizer, FirstOrder), "there are two kinds"
        steps = self.options["epochs"] * len(samples.batches)
        return Step(model.network, objective, self.optimizer.over(steps)), samples


def known_outputs(layers: Sequence[Layer]) -> int | None:
    """The number of outputs of these layers; None where it depends on the number of inputs."""
    for layer in reversed(layers):
        if isinstance(layer, Dense):
            return layer.units
        if not keeps_size(layer):
            return None
    return None


def keeps_size(layer: Layer) -> bool:
    """Whether a layer has as many outputs as inputs; false where it accepts only certain numbers."""
    with suppress(ValueError):
        return all(copy.deepcopy(layer).build(size) == size for size in (2, 3))
    return False
