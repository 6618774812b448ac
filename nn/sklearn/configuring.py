"""Turns the parameters of an estimator into a configuration, which knows how to check and build them."""

import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from nn.config.load import load_config
from nn.config.locations import ConfigError
from nn.config.messages import explain
from nn.config.options import make_layers
from nn.config.schema import Config
from nn.layers.base import Layer
from nn.losses.base import Loss
from nn.network import Precision
from nn.optimizers.base import Optimizer
from nn.training.stopping import EarlyStopping

NO_DATA = {"name": "xor"}
"""Stands in for the ``data`` of a configuration: an estimator has its own."""
WHOLE_BATCH, DEFAULT_BATCH = 200, 32
"""Up to so many samples the default batch is all of them, else it is so many."""
DEFAULT_OPTIMIZER, DEFAULT_RATE = "adam", 0.01
"""The default optimizer and its learning rate.

That rate, the 100 epochs and the l2 of 0.001 of the estimators were chosen together by five-fold
cross-validation on iris, wine, breast cancer, digits, diabetes and Friedman's three functions, with and
without noise: rates from 0.001 to 0.01, 100 and 200 epochs, l2 from 0 to 0.003.
"""
REPORTS = 10
"""So many reports a training has at least, and a verbose one prints."""
IN_CONFIG = ("hidden", "activation", "optimizer", "learning_rate", "epochs", "batch_size", "l2", "engine")
"""The parameters that a ``config`` gives."""


class Head(NamedTuple):
    """What a task asks of the end of a network."""

    outputs: int
    activation: str | None
    loss: str


class Recipe(NamedTuple):
    """What to train, and how."""

    layers: list[Layer]
    loss: Loss
    optimizer: Optimizer
    options: dict[str, Any]
    """Those of train()."""
    dtype: Precision
    seed: Any
    """The ``seed`` of a configuration; None where there is no configuration."""


def recipe(parameters: Mapping[str, Any], defaults: Mapping[str, Any], head: Head, samples: int) -> Recipe:
    """Return what the parameters of an estimator ask for; ValueError with every mistake."""
    if parameters["config"] is not None:
        config = from_config(parameters, defaults)
        optimizer: Optimizer = config.optimizer.make()
    else:
        config, own = from_parameters(parameters, head)
        optimizer = config.optimizer.make() if own is None else own
    training: Any = config.training
    options = training.arguments()
    if parameters["early_stopping"] and options["early_stopping"] is None:
        options["early_stopping"] = EarlyStopping(as_python(parameters["patience"]))
    if parameters["config"] is None:
        if options["batch_size"] is None and samples > WHOLE_BATCH and not needs_all(optimizer):
            options["batch_size"] = DEFAULT_BATCH
        if not parameters["early_stopping"]:  # which looks at each report
            options["report_every"] = max(options["epochs"] // REPORTS, 1)
    layers = [*make_layers(config.model.layers, optimizer.default_initializer)]
    seed = None if parameters["config"] is None else config.seed
    return Recipe(layers, config.loss.make(), optimizer, options, training.dtype, seed)


def needs_all(optimizer: Optimizer) -> bool:
    """Whether a method takes all samples in each step, whatever their number."""
    return optimizer.full_batch or optimizer.iterates


def from_parameters(parameters: Mapping[str, Any], head: Head) -> tuple[Config, Optimizer | None]:
    """Write parameters as a configuration; returns it, and an optimizer that is an object already."""
    penalty = {"l2": as_python(parameters["l2"])} if parameters["l2"] else {}
    hidden = {"type": "dense", "activation": parameters["activation"], **penalty}
    layers: list[Any] = [hidden | {"units": units} for units in np.ravel(parameters["hidden"]).tolist()]
    layers += [{"type": "dense", "units": head.outputs, **penalty}]
    layers += [head.activation] if head.activation else []
    own = parameters["optimizer"] if isinstance(parameters["optimizer"], Optimizer) else None
    described = {
        "data": NO_DATA,
        "model": {"layers": layers},
        "loss": head.loss,
        "optimizer": with_rate(parameters["optimizer"], as_python(parameters["learning_rate"])),
        "training": {name: as_python(parameters[name]) for name in ("epochs", "batch_size", "engine")},
    }
    try:
        return Config.model_validate(described), own
    except ValidationError as error:
        mistakes = [as_parameter(mistake.problem) for mistake in explain(error, Config, described)]
        raise ConfigError(*dict.fromkeys(mistakes)) from None


def with_rate(optimizer: Any, rate: Any) -> Any:
    """Give an optimizer, described by a word or mapping, this learning rate, if any."""
    own = isinstance(optimizer, Optimizer)
    if rate is None and optimizer == DEFAULT_OPTIMIZER:
        rate = DEFAULT_RATE
    if rate is None:
        return DEFAULT_OPTIMIZER if own else optimizer
    options = dict(optimizer) if isinstance(optimizer, Mapping) else {"type": optimizer}
    if own or {"learning_rate", "lr"} & {*options}:
        raise ValueError(f"learning_rate: the optimizer has its own; leave out learning_rate={rate!r}")
    return {**options, "learning_rate": rate}


def as_parameter(text: str) -> str:
    """Let a message name the parameter of an estimator where it names a key of a configuration."""
    text = re.sub(r"^(model\.layers\.\d+|training)\.", "", text)
    return re.sub(r"^units\b", "hidden", text)


def from_config(parameters: Mapping[str, Any], defaults: Mapping[str, Any]) -> Config:
    """Load the ``config`` of an estimator; ValueError for parameters beside it that it has too."""
    twice = [name for name in IN_CONFIG if repr(parameters[name]) != repr(defaults[name])]
    if twice:
        names = ", ".join(twice)
        raise ValueError(f"config says what {names} would say; leave out either")
    given = parameters["config"]
    config = load_config({"data": NO_DATA, **given} if isinstance(given, Mapping) else os.fspath(given))
    training: Any = config.training
    if config.data.targets is not None:
        raise ValueError("config: leave out data.targets; outputs of an estimator learn 0 and 1")
    if training.class_weight is not None:
        raise ValueError("config: leave out training.class_weight; the estimator has a class_weight")
    return config


def as_python(value: Any) -> Any:
    """Turn a NumPy scalar, as grids of parameters hold them, into the number that it is."""
    return value.item() if isinstance(value, np.generic) else value
