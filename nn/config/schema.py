"""What a configuration may say: pydantic models derived from the signatures of what they describe.

The options of a layer, loss, optimiser, generator or of training are declared once, with types,
ranges and defaults, on the class or function. ``config/build.py`` puts an experiment together.
"""

import functools
import inspect
import math
import operator
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Self,
    TypeAlias,
    Union,
    get_args,
    get_origin,
)

from annotated_types import Ge, Gt, Le, Len, Lt
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    create_model,
    model_validator,
)

from nn import layer
from nn.activations import ACTIVATIONS
from nn.checks import Checked, suggest
from nn.config.places import Places
from nn.data import tables
from nn.data.toy import GENERATORS
from nn.initializers import INITIALIZERS, Initializer
from nn.layers import LAYERS, Dense
from nn.losses import LOSSES
from nn.network import Precision
from nn.optimizers import OPTIMIZERS
from nn.schedules import SCHEDULES, Schedule
from nn.second_order.engine import SECOND_ORDER
from nn.training import train

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
            self.make()
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
    if Schedule in get_args(annotation):
        return number_or_schedule(*get_args(annotation))
    if get_origin(annotation) in (Union, types.UnionType):
        return either(in_yaml(choice) for choice in get_args(annotation))
    if annotation == list[layer.Layer]:
        return list["Layer"]
    if annotation is Initializer:
        return tagged(INITIALIZERS)
    if isinstance(annotation, type) and issubclass(annotation, Checked):
        return described(annotation.__name__, annotation)
    return annotation


def tagged(table: Mapping[str, Callable[..., Any]], **more: dict[str, Any]) -> Any:
    """One of several kinds, told apart by ``type``; a bare word is a kind with its defaults."""
    models = tuple(
        described(name, subject, type=(Literal[name], ...), **more.get(name, {}))
        for name, subject in table.items()
    )
    start = BeforeValidator(functools.partial(standard, known=tuple(table)))
    return Annotated[either(models), Field(discriminator="type"), start]


def number_or_schedule(number: Any, _: type[Schedule]) -> Any:
    """A number, or one of the schedules where there is a mapping or the word for one."""

    def kind(value: Any) -> str:
        named = isinstance(value, str) and WORDS.get(value, value) in SCHEDULES
        return "schedule" if named or isinstance(value, dict | Described) else "number"

    choices = (Annotated[number, Tag("number")], Annotated[tagged(SCHEDULES), Tag("schedule")])
    return Annotated[either(choices), Discriminator(kind)]


def complete(union: Any) -> None:
    """Let those of a union's kinds that hold others know all of them."""
    for kind in get_args(get_args(union)[0]):
        kind.model_rebuild()


def standard(value: Any, known: tuple[str, ...]) -> Any:
    """A kind as a mapping in standard words."""
    if isinstance(value, Described):
        return value
    if isinstance(value, str):
        value = {"type": value}
    if not isinstance(value, dict):
        raise ValueError(f"expected one of: {', '.join(known)}; got {value!r}")
    for alias, key in KEYS.items():
        if alias in value and key in value:
            raise ValueError(f"'{alias}' and '{key}' are the same; expected one of them")
    value = {KEYS.get(key, key): content for key, content in value.items()}
    if "type" not in value:
        raise ValueError(f"'type' is missing; {suggest('', known)}")
    word = str(value["type"])
    value["type"] = WORDS.get(word, word)
    if value["type"] not in known:
        raise ValueError(f"unknown type '{word}'; {suggest(word, known)}")
    return value


Share = Annotated[float, Gt(0), Lt(1)]


def check_scale(value: Any) -> Any:
    """``standard`` or two ends of a range."""
    if value is None or value == "standard":
        return value
    numbers = isinstance(value, list) and all(isinstance(end, int | float) for end in value)
    if numbers and len(value) == 2 and value[0] < value[1]:
        return value
    raise ValueError(f"expected standard, or the two ends of a range as [low, high], got {value!r}")


class Shares(Described):
    """What every kind of data has: the shares held out, the scale of inputs, what targets mean."""

    validation: Share | None = None
    test: Share | None = None
    scale: Annotated[Literal["standard"] | list[float] | None, BeforeValidator(check_scale)] = None
    task: Literal["classification", "regression"] | None = None


class Table(Shares):
    """A bundled table."""

    name: str


def check_columns(value: Any) -> Any:
    """The name of a column, or a list of them."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return value
    raise ValueError(f"expected the name of a column, or a list of names, got {value!r}")


class File(Shares):
    """The user's own data, CSV or NPZ."""

    file: str
    target: Annotated[str | list[str] | None, BeforeValidator(check_columns)] = None
    weight: str | None = None


def one_source(data: Any) -> Any:
    """Data that say where they come from."""
    if isinstance(data, Described):
        return data
    if not isinstance(data, dict) or ("name" in data) == ("file" in data):
        raise ValueError("expected either the 'name' of a bundled table or generator, or a 'file'")
    known = [*GENERATORS, *tables.names()]
    if "name" in data and data["name"] not in known:
        raise ValueError(f"unknown data '{data['name']}'; {suggest(str(data['name']), known)}")
    return data


def kind_of_data(data: Any) -> str:
    """Which kind of data a mapping describes."""
    if isinstance(data, Described):
        return type(data).__name__.lower()
    if "file" in data:
        return "file"
    return str(data["name"]) if data["name"] in GENERATORS else "table"


def data_kinds() -> Any:
    """A bundled table, a generator with its options, or a file."""
    kinds: list[Any] = [Annotated[Table, Tag("table")], Annotated[File, Tag("file")]]
    for name, generator in GENERATORS.items():
        kinds.append(Annotated[described(name, generator, base=Shares, name=(Literal[name], ...)), Tag(name)])
    return Annotated[either(kinds), Discriminator(kind_of_data), BeforeValidator(one_source)]


def check_class_weight(value: Any) -> Any:
    """``balanced``, or a weight for each label."""
    if value is None or value == "balanced":
        return value
    if isinstance(value, dict) and all(is_weight(weight) for weight in value.values()):
        return value
    raise ValueError(f"expected balanced, or a mapping from labels to weights of at least 0, got {value!r}")


def is_weight(value: Any) -> bool:
    """Whether a value is a finite number of at least 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


ClassWeight = Annotated[dict[str, float] | Literal["balanced"] | None, BeforeValidator(check_class_weight)]


class Checkpoint(Strict):
    """How often ``checkpoint.npz`` is written: every so many ``epochs`` or ``seconds``."""

    epochs: Annotated[int | None, Ge(1)] = None
    seconds: Annotated[float | None, Gt(0)] = None

    @model_validator(mode="after")
    def is_one(self) -> Self:
        """One of the two is given."""
        if (self.epochs is None) == (self.seconds is None):
            raise ValueError("expected either epochs or seconds")
        return self


if TYPE_CHECKING:
    Activation: TypeAlias = Described
    Layer: TypeAlias = Described
    Loss: TypeAlias = Described
    Optimizer: TypeAlias = Described
    Data: TypeAlias = Shares
    Training: TypeAlias = Described
else:
    Activation = tagged(ACTIVATIONS)
    Layer = tagged({**LAYERS, **ACTIVATIONS}, dense={"activation": (Activation | None, None)})
    complete(Layer)
    Loss = tagged(LOSSES)
    Optimizer = tagged({**OPTIMIZERS, **SECOND_ORDER})
    Data = data_kinds()
    # Its other parameters are the rest of the configuration, and classes are named by their labels.
    run = ("network", "loss", "optimizer", "x", "y", "validation", "classification", "state")
    weights = ("sample_weight", "class_weight")
    Training = described(
        "training",
        train,
        without=(*run, *weights),
        class_weight=(ClassWeight, None),
        dtype=(Precision, "float64"),
        checkpoint=(Checkpoint, Checkpoint(seconds=10.0)),
        snapshots=(Annotated[int | None, Ge(2), Le(1000)], None),
    )


class Model(Strict):
    """The network: its layers in order."""

    layers: Annotated[list[Layer], Len(1)]


class Config(Strict):
    """A whole experiment."""

    _places: Places | None = PrivateAttr(default=None)

    seed: Annotated[int, Ge(0)] = 0
    data: Data
    model: Model
    loss: Loss
    optimizer: Optimizer
    training: Training

    def __eq__(self, other: object) -> bool:
        """Wherever they stand."""
        return isinstance(other, Config) and self.model_dump() == other.model_dump()

    __hash__ = None  # type: ignore[assignment]  # as lists and mappings have none

    def stands_in(self, places: Places) -> None:
        """Remember where each value stands."""
        self._places = places

    @property
    def places(self) -> Places | None:
        """Where each value stands in the file that it was read from."""
        return self._places
