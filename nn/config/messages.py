"""Turns what pydantic finds wrong with a configuration into mistakes in words for people."""

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from nn.checks import suggest
from nn.config.places import Mistake, Path, dotted

LONGEST = 60
"""Of a longer text the beginning is shown."""

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


def explain(error: ValidationError, schema: type[BaseModel]) -> list[Mistake]:
    """Each mistake: ``optimizer has no key 'momentun'; did you mean 'momentum'?``."""
    return [_explain(dict(one), schema) for one in error.errors(include_url=False)]


def _explain(error: dict[str, Any], schema: type[BaseModel]) -> Mistake:
    path, models = _walk(error["loc"], schema)
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        keys = [key for model in models for key in model.model_fields if key != "type"]
        where, key = dotted(path[:-1]) or "a configuration", str(error["loc"][-1])
        return Mistake(path, f"{where} has no key '{key}'; {suggest(key, keys)}", at_key=True)
    if kind == "missing":
        return Mistake(path, f"{dotted(path)} is missing")
    if kind == "value_error":
        message = str(error["ctx"]["error"])
        for model in models:  # the path says it
            message = message.removeprefix(f"{model.__name__}: ")
        return Mistake((*path, *_blamed(message, value)), f"{dotted(path)}: {message}")
    expected = EXPECTED.get(kind) or error["msg"].removeprefix("Input should be ")
    if kind in RANGES:
        limit, words = RANGES[kind]
        expected = f"{words} {error['ctx'][limit]:g}"
    problem = f"expected {expected}, got {_shown(value)}"
    return Mistake(path, f"{dotted(path)}: {problem}" if path else problem)


def _blamed(message: str, value: Any) -> Path:
    """The key whose value is the unknown word of a message about a mapping."""
    unknown = re.match(r"unknown \w+ '(.*?)';", message)
    keys = value if unknown and isinstance(value, dict) else {}
    return next(((key,) for key, word in keys.items() if unknown and str(word) == unknown[1]), ())


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return repr(value) if len(value) <= LONGEST else f"{value[:LONGEST]!r}…"
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)


def _walk(loc: tuple[str | int, ...], schema: type[BaseModel]) -> tuple[Path, list[type[BaseModel]]]:
    """The place in the file, and the models that the mapping there may have.

    Pydantic's own path has a part more for each union that it went through: the kind it chose.
    """
    path: Path = ()
    models = [schema]
    for part in loc:
        if isinstance(part, int):
            path += (part,)
        elif len(models) > 1:
            models = [model for model in models if model.__name__.lower() == part] or models
        elif models:
            path += (part,)
            field = models[0].model_fields.get(part)
            models = list(_members(field.annotation)) if field else models
    return path, models


def _members(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in a type: the kinds of a union, the items of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _members(argument)
