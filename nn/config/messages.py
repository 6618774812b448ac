"""Turns what pydantic finds wrong with a configuration into messages for people."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from nn.checks import suggest

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
}


def explain(error: ValidationError, schema: type[BaseModel]) -> list[str]:
    """A message for each mistake: ``optimizer.momentun: unknown key; did you mean 'momentum'?``."""
    return list(dict.fromkeys(_explain(dict(one), schema) for one in error.errors(include_url=False)))


def _explain(error: dict[str, Any], schema: type[BaseModel]) -> str:
    path, models = _walk(error["loc"], schema)
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        keys = [key for model in models for key in model.model_fields if key != "type"]
        message = f"unknown key; {suggest(str(error['loc'][-1]), keys)}"
    elif kind == "missing":
        message = "is missing"
    elif kind == "value_error":
        message = str(error["ctx"]["error"])
        for model in models:  # the path says it
            message = message.removeprefix(f"{model.__name__}: ")
    else:
        expected = EXPECTED.get(kind) or error["msg"].removeprefix("Input should be ")
        if kind in RANGES:
            limit, words = RANGES[kind]
            expected = f"{words} {error['ctx'][limit]:g}"
        message = f"expected {expected}, got {_shown(value)}"
    return f"{path}: {message}" if path else message


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)


def _walk(loc: tuple[str | int, ...], schema: type[BaseModel]) -> tuple[str, list[type[BaseModel]]]:
    """The place in the file, and the models that the mapping there may have.

    Pydantic's own path has a part more for each union that it went through: the kind it chose.
    """
    path, models = "", [schema]
    for part in loc:
        if isinstance(part, int):
            path += f".{part}"
        elif len(models) > 1:
            models = [model for model in models if model.__name__.lower() == part] or models
        elif models:
            path += f".{part}" if path else part
            field = models[0].model_fields.get(part)
            models = list(_members(field.annotation)) if field else models
    return path, models


def _members(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in a type: the kinds of a union, the items of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _members(argument)
