"""Turns pydantic's errors into mistakes with messages for people."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from nn.config.kinds import KEY_ALIASES, Kinds
from nn.config.locations import ConfigMistake, Path, dotted
from nn.config.options import brief
from nn.config.source import MAX_INTEGER
from nn.validation import suggest

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
    "string_too_short": "text",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "finite_number": "a finite number",
    "too_short": "at least one",
}


def explain(error: ValidationError, schema: type[BaseModel], data: Any) -> list[ConfigMistake]:
    """List each mistake in the data: ``optimizer has no key 'momentun'; did you mean 'momentum'?``."""
    return [_explain(dict(one), schema, data) for one in error.errors(include_url=False)]


def _explain(error: dict[str, Any], schema: type[BaseModel], data: Any) -> ConfigMistake:
    path: Path = error["loc"]
    around, kind = path[:-1], error["type"]
    name = dotted(path)
    if kind == "extra_forbidden":
        model = _model(around, schema, data)
        keys = [field for field in model.model_fields if field != "type"] if model else []
        having, key = dotted(around) or getattr(schema, "called", "a configuration"), str(path[-1])
        return ConfigMistake(path, f"{having} has no key {brief(key)}; {suggest(key, keys)}", at_key=True)
    if kind == "missing":
        return ConfigMistake(path, f"{name} is missing")
    if kind == "at_key":  # the message says which
        name, problem = dotted(around), error["ctx"]["message"]
    elif kind == "value_error":
        problem = str(error["ctx"]["error"])
    else:
        expected = EXPECTED.get(kind) or error.get("ctx", {}).get("expected", error["msg"])
        if kind in RANGES:
            limit, words = RANGES[kind]
            expected = f"{words} {error['ctx'][limit]:g}"
        if kind == "int_type" and isinstance(error["input"], float) and abs(error["input"]) > MAX_INTEGER:
            expected += f" of at most {MAX_INTEGER}"
        problem = f"expected {expected}, got {brief(error['input'])}"
    return ConfigMistake(path, f"{name}: {problem}" if name else problem)


def _model(path: Path, schema: type[BaseModel], data: Any) -> type[BaseModel] | None:
    """The model of the mapping at a path; of several kinds, the one that the data names."""
    if not path:
        return schema
    model: type[BaseModel] | None = schema
    found: Kinds | type[BaseModel] | None = None
    for part in path:
        if isinstance(part, str):
            field = model.model_fields.get(part) if model else None
            found = next(_kinds([*field.metadata, field.annotation]), None) if field else None
        data = _inside(data, part)
        model = found.model_of(data) if isinstance(found, Kinds) else found
    return model


def _inside(data: Any, part: str | int) -> Any:
    """The value at a key or its alias, or at an index."""
    if isinstance(data, dict):
        words = (part, *(alias for alias, key in KEY_ALIASES.items() if key == part))
        return next((data[word] for word in words if word in data), None)
    return data[part] if isinstance(data, list) and isinstance(part, int) else None


def _kinds(annotations: Any) -> Iterator[Kinds | type[BaseModel]]:
    """Yield the kinds and models in the annotations of a field, also those of optional values and items."""
    for annotation in annotations:
        if isinstance(annotation, Kinds):
            yield annotation
        elif get_args(annotation):
            yield from _kinds(reversed(get_args(annotation)))
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
