"""Kinds of layers, losses, optimizers and the like, as pydantic models derived from their signatures.

The options of each are declared once, with types, ranges and defaults, on the class or function.
"""

import functools
import inspect
import operator
import types
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import doc
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidatorFunctionWrapHandler, create_model
from pydantic_core import CoreSchema, core_schema

from nn.config.options import PYTHON_NAMES, Options, brief, error_at
from nn.initializers import INITIALIZERS
from nn.initializers.base import Initializer
from nn.layers import ACTIVATIONS, LAYERS
from nn.layers.base import Layer
from nn.losses import LOSSES
from nn.optimizers import OPTIMIZERS
from nn.schedules import SCHEDULES
from nn.schedules.base import Schedule
from nn.validation import Checked, suggest

TYPE_ALIASES = {
    "logistic": "sigmoid",
    "identity": "linear",
    "swish": "silu",
    "mean_squared_error": "mse",
    "mean_absolute_error": "mae",
    "logcosh": "log_cosh",
    "xavier_uniform": "glorot_uniform",
    "xavier_normal": "glorot_normal",
    "kaiming_uniform": "he_uniform",
    "kaiming_normal": "he_normal",
    "bce": "binary_crossentropy",
    "binary_cross_entropy": "binary_crossentropy",
    "cce": "categorical_crossentropy",
    "cross_entropy": "categorical_crossentropy",
    "categorical_cross_entropy": "categorical_crossentropy",
    "gradient_descent": "sgd",
    "scg": "scaled_conjugate_gradient",
    "step_decay": "step",
    "exponential_decay": "exponential",
    "cosine_decay": "cosine",
    "cosine_annealing": "cosine",
    "onecycle": "one_cycle",
    "plateau": "reduce_on_plateau",
}
"""Other words for types, and the standard ones that a resolved configuration has."""
KEY_ALIASES = {"lr": "learning_rate", "use_bias": "bias"}


def options_model(
    kind: str,
    subject: Callable[..., Any],
    /,
    base: type[Options] = Options,
    without: tuple[str, ...] = ("inputs", "seed"),
    **more: Any,
) -> type[Options]:
    """The model of the parameters of a class or function, and of ``more`` fields.

    Parameters in ``without`` are left out: other parts of a configuration give them.
    """
    words = {name: word for word, name in PYTHON_NAMES.items()}
    options: dict[str, Any] = {
        words.get(p.name, p.name): (yaml_type(p.annotation), ... if p.default is p.empty else p.default)
        for p in inspect.signature(subject).parameters.values()
        if p.name not in without
    }
    model = create_model(kind, __base__=base, __doc__=inspect.getdoc(subject), **(more | options))
    model.describes, model.takes = staticmethod(subject), tuple(options)
    return model


def yaml_type(annotation: Any) -> Any:
    """The type that a parameter has in YAML: an object becomes a mapping of its options."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return Annotated[yaml_type(inner), *more]
    if Schedule in get_args(annotation):
        number, _ = get_args(annotation)
        return Annotated[number, SCHEDULE_KINDS]
    if get_origin(annotation) in (Union, types.UnionType):
        return functools.reduce(operator.or_, map(yaml_type, get_args(annotation)))
    if get_origin(annotation) is Sequence:
        return types.GenericAlias(list, get_args(annotation))
    if annotation == list[Layer]:
        return list[LayerConfig]
    if annotation is Initializer:
        return Annotated[Options, INITIALIZER_KINDS]
    if isinstance(annotation, type) and issubclass(annotation, Checked):
        return options_model(annotation.__name__, annotation)
    return annotation


class Kinds:
    """A choice between kinds, distinguished by ``type``; a bare word is a kind with its defaults.

    The model of a kind is made when a configuration first names it, as most processes need few of them.
    The choice is a validator function and not a union of pydantic's, which would put tags into the paths
    of errors.
    """

    def __init__(
        self,
        name: str,
        table: Mapping[str, Callable[..., Any]],
        more: Mapping[str, Callable[[], dict[str, Any]]] = MappingProxyType({}),
    ):
        self.name, self.table, self.more = name, table, more
        self.model = functools.cache(self.make_model)

    @property
    def names(self) -> tuple[str, ...]:
        """The kinds that a mapping may be."""
        return tuple(self.table)

    def make_model(self, kind: str) -> type[Options]:
        """Make the model of a kind; ``model`` makes each once."""
        more = self.more.get(kind, dict)()
        return options_model(
            kind, self.table[kind], type=(Annotated[Literal[kind], doc("Which kind it is.")], ...), **more
        )

    def model_of(self, value: Any) -> type[Options] | None:
        """The model of the kind that a value names; None where it names no known kind."""
        kind = value.get("type") if isinstance(value, dict) else value
        kind = TYPE_ALIASES.get(kind, kind) if isinstance(kind, str) else None
        return self.model(kind) if kind in self.table else None

    def __call__(self, value: Any) -> Options:
        """The options in a value; raises ValueError or ValidationError."""
        if isinstance(value, Options):
            return value
        value = standardize(value, self.names)
        return self.model(value["type"]).model_validate(value)

    def or_plain(self, value: Any, plain: ValidatorFunctionWrapHandler) -> Any:
        """Options where a value is a mapping or names a kind, else what the field takes besides."""
        named = isinstance(value, str) and TYPE_ALIASES.get(value, value) in self.table
        return self(value) if named or isinstance(value, dict | Options) else plain(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if isinstance(source, type) and issubclass(source, Options):
            return core_schema.no_info_plain_validator_function(self)
        anything = core_schema.simple_ser_schema("any")
        return core_schema.no_info_wrap_validator_function(
            self.or_plain, handler(source), serialization=anything
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        reference = {"kinds": self.name}  # nn.config.json_schema replaces it
        inner = schema.get("schema")
        return {"anyOf": [handler(inner), reference]} if inner else reference


def standardize(value: Any, known: tuple[str, ...]) -> Any:
    """The options of a kind as a mapping, aliases replaced by the standard words."""
    is_word = isinstance(value, str)
    if is_word:
        value = {"type": value}
    if not isinstance(value, dict):
        raise ValueError(f"expected one of: {', '.join(known)}; got {brief(value)}")
    for alias, key in KEY_ALIASES.items():
        if alias in value and key in value:
            raise error_at(alias, f"'{alias}' and '{key}' are the same; expected one of them", value)
    value = {KEY_ALIASES.get(key, key): content for key, content in value.items()}
    if "type" not in value:
        raise ValueError(f"'type' is missing; {suggest('', known)}")
    word = value["type"]
    kind = TYPE_ALIASES.get(word, word) if isinstance(word, str) else None
    if kind not in known:
        named = (
            f"unknown type {brief(word)}" if isinstance(word, str) else f"expected a type, got {brief(word)}"
        )
        message = f"{named}; {suggest(str(word)[:60], known)}"
        raise ValueError(message) if is_word else error_at("type", message, value)
    return value | {"type": kind}


ACTIVATION = "The activation that follows, the same as a layer of its own after this one."
ACTIVATION_KINDS = Kinds("activation", ACTIVATIONS)
LAYER_KINDS = Kinds(
    "layer",
    LAYERS,
    {"dense": lambda: {"activation": (Annotated[ActivationConfig | None, doc(ACTIVATION)], None)}},
)
INITIALIZER_KINDS = Kinds("initializer", INITIALIZERS)
SCHEDULE_KINDS = Kinds("schedule", SCHEDULES)
LOSS_KINDS = Kinds("loss", LOSSES)
OPTIMIZER_KINDS = Kinds("optimizer", OPTIMIZERS)

ActivationConfig = Annotated[Options, ACTIVATION_KINDS]
LayerConfig = Annotated[Options, LAYER_KINDS]
LossConfig = Annotated[Options, LOSS_KINDS]
OptimizerConfig = Annotated[Options, OPTIMIZER_KINDS]
