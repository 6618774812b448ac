"""What a configuration may say is what the signatures say: names, defaults, ranges."""

import inspect
import re
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from nn.config import kinds, schema
from nn.config.data_kinds import DataConfig
from nn.config.messages import explain
from nn.config.options import PYTHON_NAMES, Options
from nn.config.source import parse_yaml
from nn.data.toy import GENERATORS
from nn.initializers import INITIALIZERS
from nn.layers import LAYERS
from nn.layers.activations.sigmoids import Sigmoid
from nn.layers.base import Layer
from nn.layers.dense import Dense
from nn.losses import LOSSES
from nn.optimizers import OPTIMIZERS
from nn.optimizers.full_batch import Rprop
from nn.optimizers.gradient_descent import SGD
from nn.schedules import SCHEDULES
from nn.schedules.decay import CosineDecay
from nn.training.stopping import EarlyStopping, StopAt
from nn.training.train import train
from nn.validation import IncompatibleError

# The first word of a case below names one of these.
PARTS = {
    "Layer": schema.LayerConfig,
    "Optimizer": schema.OptimizerConfig,
    "Training": schema.TrainingSection,
    "Data": DataConfig,
}
KINDS: list[tuple[Any, dict[str, Any]]] = [
    (schema.LayerConfig, LAYERS),
    (schema.LossConfig, LOSSES),
    (schema.OptimizerConfig, OPTIMIZERS),
    (Annotated[Options, kinds.INITIALIZER_KINDS], INITIALIZERS),
    (Annotated[Options, kinds.SCHEDULE_KINDS], SCHEDULES),
    (DataConfig, GENERATORS),
]
SUBJECTS = [(kind, name, subject) for kind, table in KINDS for name, subject in table.items()]
REQUIRED: dict[str, dict[str, Any]] = {
    "dense": {"units": 3},
    "shortcut": {"layers": [Sigmoid()]},
    "constant": {"start": 0.1},
    "piecewise": {"values": [0.1, 0.2], "boundaries": [30]},
    "step": {"start": 0.1, "every": 30},
    "exponential": {"start": 0.1},
    "cosine": {"start": 0.1},
    "one_cycle": {"peak": 0.1},
    "reduce_on_plateau": {"start": 0.1},
}
IN_YAML: dict[str, dict[str, Any]] = {**REQUIRED, "shortcut": {"layers": ["sigmoid"]}}
ELSEWHERE = {"inputs", "seed"}
"""Options that other parts of a configuration decide."""


def model(kind: Any, name: str) -> type[Options]:
    """The model of this name among kinds."""
    return get_args(kind)[1].model(name)


def signature(subject: Any) -> dict[str, Any]:
    """The options that a function or class takes, with their defaults, by their words in YAML."""
    words = {name: word for word, name in PYTHON_NAMES.items()}
    parameters = inspect.signature(subject).parameters.items()
    return {words.get(key, key): option.default for key, option in parameters if key not in ELSEWHERE}


def options_of(model: type[Options]) -> dict[str, Any]:
    """The options that a model takes, with their defaults."""
    required = inspect.Parameter.empty
    found = {key: model.model_fields[key] for key in model.takes}
    return {key: required if field.is_required() else field.default for key, field in found.items()}


def described(kind: Any, name: str, **options: Any) -> Any:
    tag = "name" if name in GENERATORS else "type"
    return TypeAdapter(kind).validate_python({tag: name, **IN_YAML.get(name, {}), **options})


def mistakes(options: Any, kind: Any) -> list[str]:
    """What is wrong with options, as people read it."""

    class Whole(BaseModel):
        part: kind

    with pytest.raises(ValidationError) as caught:
        Whole.model_validate({"part": options})
    return [*dict.fromkeys(mistake.problem for mistake in explain(caught.value, Whole, {"part": options}))]


def test_options_are_those_of_the_signature_with_its_defaults():
    for kind, name, subject in SUBJECTS:
        assert options_of(model(kind, name)) == signature(subject), name


def test_an_option_that_may_be_null_is_null_unless_given():
    """So that a written configuration, which leaves nulls out, reads back the same."""
    for kind, name, _ in SUBJECTS:
        for key, field in model(kind, name).model_fields.items():
            assert type(None) not in get_args(field.annotation) or field.default is None, f"{name}.{key}"


def test_what_is_made_equals_what_python_makes():
    for kind, name, subject in SUBJECTS:
        made = described(kind, name).make()
        direct = subject(**REQUIRED.get(name, {}))
        if is_dataclass(subject):
            assert type(made) is subject, name
            for key in (field.name for field in fields(made)):
                assert repr(getattr(made, key)) == repr(getattr(direct, key)), f"{name}.{key}"
        else:
            assert made.digest == direct.digest, name


def test_training_takes_what_train_takes():
    data = {"network", "loss", "optimizer", "x", "y", "validation", "classification", "threshold", "state"}
    data |= {"sample_weight", "class_weight"}  # a column of the data, and labels for numbers
    taken = signature(train)
    assert options_of(schema.TrainingSection) == {name: taken[name] for name in taken.keys() - data}


def test_nested_options_become_objects():
    training = TypeAdapter(schema.TrainingSection).validate_python(
        {"epochs": 5, "stop_at": {"loss": 0.1}, "early_stopping": {"patience": 2}}
    )
    made = training.arguments()
    assert made["stop_at"] == StopAt(loss=0.1)
    assert made["early_stopping"] == EarlyStopping(patience=2)
    dense = described(schema.LayerConfig, "dense", initializer={"type": "uniform", "scale": 0.25})
    assert dense.make().initializer.scale == 0.25


def test_unknown_options_are_refused_by_name():
    for kind, name, _ in SUBJECTS:
        tag = "name" if name in GENERATORS else "type"
        found = mistakes({tag: name, **IN_YAML.get(name, {}), "colour": 1}, kind)
        assert [one.partition("; ")[0] for one in found] == ["part has no key 'colour'"], name


# A kind and its options in YAML, and below them how the message begins.
MISTAKES = """\
Layer {type: dense}
    part.units is missing
Layer {type: dense, unit: 3, units: 3}
    part has no key 'unit'; did you mean 'units'?
Layer {type: dense, units: true}
    part.units: expected a whole number, got true
Layer {type: dense, units: '3'}
    part.units: expected a whole number, got '3'
Layer {type: dense, units: null}
    part.units: expected a whole number, got nothing
Layer {units: 3}
    part: 'type' is missing; there are: dense,
Layer 3
    part: expected one of: dense,
Layer sigmoyd
    part: unknown type 'sigmoyd'; did you mean 'sigmoid'?
Layer {type: dropout, rate: 1}
    part.rate: expected less than 1, got 1
Layer {type: dense, units: 1, max_norm: 0}
    part.max_norm: expected greater than 0, got 0
Layer {type: shortcut}
    part.layers is missing
Layer {type: shortcut, layers: []}
    part: Shortcut: expected at least one layer, got none
Layer {type: shortcut, layers: [{type: shortcut, layers: [{type: dense, units: 0}]}]}
    part.layers.0.layers.0.units: expected at least 1, got 0
Layer {type: shortcut, layers: [tanh, sigmoyd]}
    part.layers.1: unknown type 'sigmoyd'; did you mean 'sigmoid'?
Optimizer {type: sgd, momentum: 1}
    part.momentum: expected less than 1, got 1
Optimizer {type: sgd, momentum: -0.5}
    part.momentum: expected at least 0, got -0.5
Optimizer {type: adam, lr: .nan}
    part.learning_rate: expected a finite number, got nan
Optimizer {type: sgd, nesterov: true}
    part: SGD.nesterov needs a momentum
Optimizer {type: sgd, learning_rate: 0}
    part.learning_rate: expected greater than 0, got 0
Optimizer {type: sgd, learning_rate: fast}
    part.learning_rate: expected a number, got 'fast'
Optimizer {type: sgd, learning_rate: {type: cosin, start: 1}}
    part.learning_rate: unknown type 'cosin'; did you mean 'cosine'?
Optimizer {type: sgd, learning_rate: {start: 1}}
    part.learning_rate: 'type' is missing; there are: constant, cosine,
Optimizer {type: sgd, learning_rate: cosine}
    part.learning_rate.start is missing
Optimizer {type: sgd, learning_rate: {type: cosine, start: -1}}
    part.learning_rate.start: expected greater than 0, got -1
Optimizer {type: sgd, learning_rate: {type: cosine, start: 1, stop: 2}}
    part.learning_rate has no key 'stop';
Optimizer {type: sgd, learning_rate: {type: one_cycle, peak: 1, steps: 2}}
    part.learning_rate: OneCycle.rise of 0.3 must be more than 1 of all steps, got 2 steps
Optimizer {type: rprop, learning_rate: {type: cosine, start: 1}}
    part.learning_rate: expected a number, got a mapping
Optimizer {type: rprop, variant: rprop}
    part.variant: expected 'irprop_minus' or 'rprop_plus', got 'rprop'
Optimizer {type: adam, clip_norm: 0}
    part.clip_norm: expected greater than 0, got 0
Optimizer rmsprob
    part: unknown type 'rmsprob'; did you mean 'rmsprop'?
Training {epochs: 2, stop_at: {accuracy: 1.5}}
    part.stop_at.accuracy: expected at most 1, got 1.5
Training {epochs: 2, class_weight: balancd}
    part.class_weight: expected balanced, or a mapping from labels to weights of at least 0
Training {epochs: 2, class_weight: {a: -1}}
    part.class_weight: expected a weight of at least 0 for 'a', got -1
Data {name: xor, weight: w}
    part has no key 'weight'
Data {name: moons, file: x.csv}
    part: expected either the 'name' of a bundled table
Data {file: 3}
    part.file: expected text, got 3
Data {file: x.csv, target: []}
    part.target: expected a column by its name or place (-1 is the last), or a list of them, got []
Data {name: xor, samples: 3}
    part has no key 'samples';
Data {name: xor, task: regresion}
    part.task: expected 'classification' or 'regression', got 'regresion'
Data {name: [xor]}
    part: expected the name of data, got a list
Data {name: iris, scale: standart}
    part.scale: expected standard, none, or the two ends
"""


@pytest.mark.parametrize(
    ("kind", "options", "message"), re.findall(r"^(\w+) (.*)\n +(.*)\n", MISTAKES, re.MULTILINE)
)
def test_a_mistake_is_told_with_its_path_what_was_expected_and_what_came(kind, options, message):
    (found,) = mistakes(parse_yaml(options, "").data, PARTS[kind])
    assert found.startswith(message)


def test_an_objection_of_a_class_stands_at_the_option_that_it_names_whatever_it_says(monkeypatch):
    @dataclass(eq=False)
    class Steep(Layer):
        """tanh(k x)."""

        k: float = 2.0

        def __post_init__(self) -> None:
            raise IncompatibleError("k", "far too steep")

    monkeypatch.setitem(kinds.LAYER_KINDS.table, "steep", Steep)
    data = {"layers": [{"type": "steep", "k": 9.0}]}
    with pytest.raises(ValidationError) as caught:
        schema.ModelSection.model_validate(data)
    (found,) = explain(caught.value, schema.ModelSection, data)
    assert (found.path, found.problem) == (("layers", 0, "k"), "layers.0: far too steep")
    kinds.LAYER_KINDS.model.cache_clear()


def test_all_mistakes_are_told_each_once():
    found = mistakes(
        {"epochs": 0, "batch_size": 0, "shuffle": 1, "early_stopping": {"patience": 0}},
        schema.TrainingSection,
    )
    assert [one.partition(":")[0] for one in found] == [
        "part.epochs", "part.batch_size", "part.shuffle", "part.early_stopping.patience",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "word", "standard"),
    [
        (schema.LayerConfig, "logistic", "sigmoid"),
        (schema.LayerConfig, "identity", "linear"),
        (schema.LayerConfig, "swish", "silu"),
        (schema.LossConfig, "mean_squared_error", "mse"),
        (schema.LossConfig, "mean_absolute_error", "mae"),
        (schema.LossConfig, "bce", "binary_crossentropy"),
        (schema.LossConfig, "cross_entropy", "categorical_crossentropy"),
        (schema.OptimizerConfig, "gradient_descent", "sgd"),
    ],
)
def test_other_words_mean_the_standard_ones(kind, word, standard):
    assert TypeAdapter(kind).validate_python(word).type == standard


def test_every_other_word_means_a_kind_that_there_is():
    known = {**LAYERS, **LOSSES, **INITIALIZERS, **OPTIMIZERS, **SCHEDULES}
    assert set(kinds.TYPE_ALIASES.values()) <= known.keys()


def test_a_learning_rate_is_a_number_or_a_schedule():
    for kind in ("cosine", "cosine_annealing"):
        sgd = described(schema.OptimizerConfig, "sgd", lr={"type": kind, "start": 0.5, "warmup": 3})
        assert sgd.make() == SGD(CosineDecay(0.5, warmup=3))
        assert sgd.learning_rate.type == "cosine"
    assert described(schema.OptimizerConfig, "sgd", lr=0.5).make() == SGD(0.5)
    assert described(schema.OptimizerConfig, "rprop", lr=0.5).make() == Rprop(0.5)


def test_a_dense_layer_takes_an_activation_by_word_or_mapping():
    layer = described(schema.LayerConfig, "dense", activation="logistic")
    assert isinstance(layer.make(), Dense)
    assert isinstance(layer.activation.make(), Sigmoid)
    assert described(schema.LayerConfig, "dense", activation={"type": "sigmoid"}) == layer


@pytest.mark.parametrize("word", ["bias", "use_bias"])
def test_a_dense_layer_may_have_no_bias(word):
    layer = described(schema.LayerConfig, "dense", **{word: False})
    assert layer.make().use_bias is False
    assert layer.model_dump(exclude_defaults=True) == {"type": "dense", "units": 3, "bias": False}


def test_inner_layers_may_have_activations_and_inner_layers():
    inner = [{"type": "dense", "units": 2, "activation": "tanh"}, {"type": "shortcut", "layers": ["relu"]}]
    made = described(schema.LayerConfig, "shortcut", layers=inner).make()
    assert [type(layer).__name__ for layer in made.layers] == ["Dense", "Tanh", "Shortcut"]
    assert [type(layer).__name__ for layer in made.layers[2].layers] == ["ReLU"]
