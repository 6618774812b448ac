"""Turns what pydantic finds wrong with a configuration into messages for people, each with its place."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from nn.config import locations
from nn.config.kinds import KEYS, Described, Kinds, shown
from nn.config.locations import ConfigError, Mistake, Path, dotted
from nn.config.schema import Config
from nn.config.source import LARGEST
from nn.training.state import StateError
from nn.validation import IncompatibleError, suggest

RANGES = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


EXPECTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "finite_number": "a finite number",
    "too_short": "at least one",
}


def explain(error: ValidationError, schema: type[BaseModel], data: Any) -> list[Mistake]:
    """Each mistake in the data: ``optimizer has no key 'momentun'; did you mean 'momentum'?``."""
    return [_explain(dict(one), schema, data) for one in error.errors(include_url=False)]


def _explain(error: dict[str, Any], schema: type[BaseModel], data: Any) -> Mistake:
    path: Path = error["loc"]
    around, kind = path[:-1], error["type"]
    name = dotted(path)
    if kind == "extra_forbidden":
        model = _model(around, schema, data)
        keys = [field for field in model.model_fields if field != "type"] if model else []
        having, key = dotted(around) or "a configuration", str(path[-1])
        return Mistake(path, f"{having} has no key {shown(key)}; {suggest(key, keys)}", at_key=True)
    if kind == "missing":
        return Mistake(path, f"{name} is missing")
    if kind == "at_key":  # the message says which
        name, problem = dotted(around), error["ctx"]["message"]
    elif kind == "value_error":
        model, problem = _model(path, schema, data), str(error["ctx"]["error"])
        problem = problem.removeprefix(f"{model.__name__}: ") if model else problem  # the path says it
    else:
        expected = EXPECTED.get(kind) or error["msg"].removeprefix("Input should be ")
        if kind in RANGES:
            limit, words = RANGES[kind]
            expected = f"{words} {error['ctx'][limit]:g}"
        if kind == "int_type" and isinstance(error["input"], float) and abs(error["input"]) > LARGEST:
            expected += f" of at most {LARGEST}"
        problem = f"expected {expected}, got {shown(error['input'])}"
    return Mistake(path, f"{name}: {problem}" if name else problem)


def _model(path: Path, schema: type[BaseModel], data: Any) -> type[BaseModel] | None:
    """The model of the mapping at a path: where several may be there, that which the data names."""
    if not path:
        return schema
    model: type[BaseModel] | None = schema
    found: Kinds | type[BaseModel] | None = None
    for part in path:
        if isinstance(part, str):
            field = model.model_fields.get(part) if model else None
            found = next(_kinds([*field.metadata, field.annotation]), None) if field else None
        data = _inside(data, part)
        model = found.chosen(data) if isinstance(found, Kinds) else found
    return model


def _inside(data: Any, part: str | int) -> Any:
    """What stands at a key, or at the other word for it."""
    if isinstance(data, dict):
        words = (part, *(alias for alias, key in KEYS.items() if key == part))
        return next((data[word] for word in words if word in data), None)
    return data[part] if isinstance(data, list) and isinstance(part, int) else None


def _kinds(annotations: Any) -> Iterator[Kinds | type[BaseModel]]:
    """The kinds, or the model, in the types of a field: what is optional, the items of a list."""
    for annotation in annotations:
        if isinstance(annotation, Kinds):
            yield annotation
        elif get_args(annotation):
            yield from _kinds(reversed(get_args(annotation)))
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation


ARGUMENTS: dict[str, locations.Path] = {
    "network": ("model", "layers"),
    "loss": ("loss",),
    "optimizer": ("optimizer",),
    "x": ("data",),
    "y": ("data",),
}
"""Where a configuration says what train() takes; the rest under ``training``."""


@contextmanager
def part(*path: str, at: locations.Path | None = None) -> Iterator[None]:
    """What is found wrong in here names this part of the configuration, or the argument that is to blame.

    It is pointed ``at`` another place than the whole part where one is given.
    """
    name = dotted(path)
    try:
        yield
    except (ConfigError, StateError):  # no part is to blame for a state
        raise
    except OSError as error:
        problem = f"{name}: {error.filename}: {str(error.strerror).lower()}"
        raise ConfigError(Mistake((*path, "file"), problem)) from error
    except MemoryError as error:
        raise ConfigError(Mistake(path, f"{name}: more than fits into memory: {error}")) from error
    except IncompatibleError as error:
        raise ConfigError(mistake(error)) from error
    except ValueError as error:
        raise ConfigError(Mistake(at or path, f"{name}: {error}")) from error


def mistake(error: IncompatibleError, layers: Sequence[Described] = ()) -> Mistake:
    """The mistake in the configuration for an error of train(), at the argument that is to blame."""
    first, *rest = error.argument.split(".")
    place: locations.Path = (*ARGUMENTS.get(first, ("training", first)), *rest)
    if first == "network" and rest and layers:  # a dense layer with an activation is two
        owners = [
            n for n, one in enumerate(layers) for _ in range(1 + bool(getattr(one, "activation", None)))
        ]
        place = (*ARGUMENTS[first], owners[int(rest[0])], *rest[1:])
    return Mistake(place, f"{dotted(place[:1])}: {error}")


class Findings:
    """Mistakes in parts that can be checked one without the other, told together."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake | str] = []

    @contextmanager
    def part(self, *path: str, at: locations.Path | None = None) -> Iterator[None]:
        """Go on after what is found wrong in here."""
        try:
            with part(*path, at=at):
                yield
        except ConfigError as error:
            self.mistakes += error.mistakes

    def tell(self) -> None:
        """Raise ConfigError where anything was found."""
        if self.mistakes:
            raise ConfigError(*self.mistakes)


@contextmanager
def pointed(config: Config) -> Iterator[None]:
    """Mistakes are shown where they stand in the file of the configuration."""
    try:
        yield
    except ConfigError as error:
        raise error.within(config.places) from error
