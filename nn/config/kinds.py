"""Kinds of layers, losses, optimisers and the like: pydantic models derived from their signatures.

The options of each are declared once, with types, ranges and defaults, on the class or function.
"""

import functools
import inspect
import operator
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self, Union, get_args, get_origin

from annotated_types import doc
from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    create_model,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from nn.initializers import INITIALIZERS, Initializer
from nn.layers import LAYERS
from nn.layers import base as layer
from nn.layers.activations import ACTIVATIONS
from nn.layers.dense import Dense
from nn.losses import LOSSES
from nn.optimizers import OPTIMIZERS
from nn.schedules import SCHEDULES, Schedule
from nn.training.iterations import SECOND_ORDER
from nn.validation import Checked, IncompatibleError, suggest

WORDS = {
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
    "step_decay": "step",
    "exponential_decay": "exponential",
    "cosine_decay": "cosine",
    "cosine_annealing": "cosine",
    "onecycle": "one_cycle",
    "plateau": "reduce_on_plateau",
}
"""Other words for types, and the standard ones that a resolved configuration shows."""
KEYS = {"lr": "learning_rate"}


def shown(value: Any) -> str:
    """A value as a message has it: never longer than a line."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else str(value).lower()
    return cut(repr(value))


def cut(text: str) -> str:
    """A text, or the beginning of a long one."""
    return text if len(text) <= 60 else f"{text[:50]}… ({len(text):,} characters)"


def at(key: str, message: str, value: Any) -> ValidationError:
    """A mistake of a mapping that one of its keys is to blame for."""
    mistake = PydanticCustomError("at_key", "{message}", {"message": message})
    return ValidationError.from_exception_data("", [InitErrorDetails(type=mistake, loc=(key,), input=value)])


class Strict(BaseModel):
    """A mapping with these keys and no others, of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Described(Strict):
    """The options of a class or function."""

    describes: ClassVar[Callable[..., Any] | None] = None
    takes: ClassVar[tuple[str, ...]] = ()

    def arguments(self) -> dict[str, Any]:
        """What the class or function is called with."""
        return {name: made(getattr(self, name)) for name in self.takes}

    def make(self, **more: Any) -> Any:
        """The object that these options describe, or what the function returns for them."""
        assert self.describes is not None, "only a base class describes nothing"
        return self.describes(**self.arguments(), **more)

    @model_validator(mode="after")
    def can_be_made(self) -> Self:
        """The class has no objection to its options together, as nesterov without momentum."""
        if isinstance(self.describes, type):
            try:
                self.make()
            except IncompatibleError as error:
                raise at(error.argument, str(error), self) from None
        return self


def made(value: Any) -> Any:
    """The object or the layers that a value describes, or the value itself."""
    if isinstance(value, list) and all(isinstance(item, Described) for item in value):
        return list(make_layers(value))
    return value.make() if isinstance(value, Described) else value


def make_layers(layers: Iterable[Described], start: Initializer | None = None) -> Iterator[layer.Layer]:
    """The layers of a network; a dense layer with an activation is two.

    Dense layers that do not say how they start do so as ``start`` says, where it does.
    """
    for options in layers:
        made = options.make()
        for inner in layer.every([made]):
            if isinstance(inner, Dense) and inner.initializer is None:
                inner.initializer = start
        yield made
        if activation := getattr(options, "activation", None):
            yield activation.make()


def described(
    kind: str,
    subject: Callable[..., Any],
    /,
    base: type[Described] = Described,
    without: tuple[str, ...] = ("inputs", "seed"),
    **more: Any,
) -> type[Described]:
    """The model of a class's or function's options and of ``more`` fields.

    Options ``without`` a place in it are decided by other parts of a configuration.
    """
    options: dict[str, Any] = {
        p.name: (in_yaml(p.annotation), ... if p.default is p.empty else p.default)
        for p in inspect.signature(subject).parameters.values()
        if p.name not in without
    }
    model = create_model(kind, __base__=base, __doc__=inspect.getdoc(subject), **(more | options))
    model.describes, model.takes = staticmethod(subject), tuple(options)
    return model


def either(choices: Iterable[Any]) -> Any:
    """The union of types."""
    return functools.reduce(operator.or_, choices)


def in_yaml(annotation: Any) -> Any:
    """The type of an option as it stands in YAML: an object becomes a mapping."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return Annotated[in_yaml(inner), *more]
    if Schedule in get_args(annotation):
        number, _ = get_args(annotation)
        return Annotated[number, SCHEDULE_KINDS]
    if get_origin(annotation) in (Union, types.UnionType):
        return either(in_yaml(choice) for choice in get_args(annotation))
    if annotation == list[layer.Layer]:
        return list[LayerConfig]
    if annotation is Initializer:
        return Annotated[Described, INITIALIZER_KINDS]
    if isinstance(annotation, type) and issubclass(annotation, Checked):
        return described(annotation.__name__, annotation)
    return annotation


class Kinds:
    """One of several kinds, told apart by ``type``; a bare word is a kind with its defaults.

    The model of a kind is made when a configuration first names it: a process meets few of them. As
    pydantic sees it, a mapping is validated by a function, so the places of mistakes are plain keys.
    """

    def __init__(
        self,
        name: str,
        table: Mapping[str, Callable[..., Any]],
        more: Mapping[str, Callable[[], dict[str, Any]]] = MappingProxyType({}),
    ):
        self.name, self.table, self.more = name, table, more
        self.model = functools.cache(self.described)

    def described(self, kind: str) -> type[Described]:
        """The model of a kind."""
        more = self.more.get(kind, dict)()
        return described(
            kind, self.table[kind], type=(Annotated[Literal[kind], doc("Which kind it is.")], ...), **more
        )

    def chosen(self, value: Any) -> type[Described] | None:
        """The model of what a value names, where it names one."""
        kind = value.get("type") if isinstance(value, dict) else value
        kind = WORDS.get(kind, kind) if isinstance(kind, str) else None
        return self.model(kind) if kind in self.table else None

    def __call__(self, value: Any) -> Described:
        """The options that a value holds; raises ValueError or ValidationError."""
        if isinstance(value, Described):
            return value
        value = standard(value, tuple(self.table))
        return self.model(value["type"]).model_validate(value)

    def besides(self, value: Any, number: ValidatorFunctionWrapHandler) -> Any:
        """One of the kinds where there is a mapping or a word for one, else what may stand in its place."""
        named = isinstance(value, str) and WORDS.get(value, value) in self.table
        return self(value) if named or isinstance(value, dict | Described) else number(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if isinstance(source, type) and issubclass(source, Described):
            return core_schema.no_info_plain_validator_function(self)
        anything = core_schema.simple_ser_schema("any")
        return core_schema.no_info_wrap_validator_function(
            self.besides, handler(source), serialization=anything
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        reference = {"kinds": self.name}  # nn.config.json_schema puts them in
        inner = schema.get("schema")
        return {"anyOf": [handler(inner), reference]} if inner else reference


def standard(value: Any, known: tuple[str, ...]) -> Any:
    """A kind as a mapping in standard words."""
    is_word = isinstance(value, str)
    if is_word:
        value = {"type": value}
    if not isinstance(value, dict):
        raise ValueError(f"expected one of: {', '.join(known)}; got {shown(value)}")
    for alias, key in KEYS.items():
        if alias in value and key in value:
            raise at(alias, f"'{alias}' and '{key}' are the same; expected one of them", value)
    value = {KEYS.get(key, key): content for key, content in value.items()}
    if "type" not in value:
        raise ValueError(f"'type' is missing; {suggest('', known)}")
    word = value["type"]
    kind = WORDS.get(word, word) if isinstance(word, str) else None
    if kind not in known:
        named = (
            f"unknown type {shown(word)}" if isinstance(word, str) else f"expected a type, got {shown(word)}"
        )
        message = f"{named}; {suggest(str(word)[:60], known)}"
        raise ValueError(message) if is_word else at("type", message, value)
    return value | {"type": kind}


ACTIVATION = "What follows: the same as a layer of its own after this one."
ACTIVATION_KINDS = Kinds("activation", ACTIVATIONS)
LAYER_KINDS = Kinds(
    "layer",
    LAYERS,
    {"dense": lambda: {"activation": (Annotated[ActivationConfig | None, doc(ACTIVATION)], None)}},
)
INITIALIZER_KINDS = Kinds("initializer", INITIALIZERS)
SCHEDULE_KINDS = Kinds("schedule", SCHEDULES)
LOSS_KINDS = Kinds("loss", LOSSES)
OPTIMIZER_KINDS = Kinds("optimizer", {**OPTIMIZERS, **SECOND_ORDER})

ActivationConfig = Annotated[Described, ACTIVATION_KINDS]
LayerConfig = Annotated[Described, LAYER_KINDS]
LossConfig = Annotated[Described, LOSS_KINDS]
OptimizerConfig = Annotated[Described, OPTIMIZER_KINDS]
