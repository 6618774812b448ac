"""The JSON Schema of configurations, for editors that complete, explain and check them."""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel

from nn.config import kinds as known
from nn.config.data import BundledTable
from nn.config.data_file import COLUMN_KIND_CHOICES
from nn.config.data_kinds import DATA_KINDS
from nn.config.kinds import Kinds
from nn.config.schema import Config
from nn.data.bundled import table_names
from nn.layers import ACTIVATIONS

ALL: tuple[Kinds, ...] = (
    DATA_KINDS,
    known.LAYER_KINDS,
    known.ACTIVATION_KINDS,
    known.INITIALIZER_KINDS,
    known.LOSS_KINDS,
    known.OPTIMIZER_KINDS,
    known.SCHEDULE_KINDS,
    COLUMN_KIND_CHOICES,
)


def json_schema() -> dict[str, Any]:
    """The schema of a configuration, without aliases, in JSON Schema 2020-12."""
    definitions: dict[str, Any] = {}
    root = model_schema(Config, definitions)
    for kinds in ALL:
        references = []
        for name in kinds.names:
            home = "activation" if kinds is known.LAYER_KINDS and name in ACTIVATIONS else kinds.name
            references.append({"$ref": f"#/$defs/{home}.{name}"})
            if home == kinds.name:
                definitions[f"{home}.{name}"] = model_schema(kinds.model(name), definitions)
        # One level of choices: the language server does not complete from choices among choices.
        definitions[kinds.name] = {"anyOf": [*bare(kinds), *references]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A configuration of tiny-nn",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def bare(kinds: Kinds) -> Iterator[dict[str, Any]]:
    """The kinds that a bare word stands for: those without required options."""
    for name in kinds.table:
        model = kinds.model(name)
        required = [key for key, field in model.model_fields.items() if field.is_required()]
        if required == ["type"]:
            yield {"type": "string", "const": name, "description": headline(model)}


def model_schema(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a model; the models that it refers to are added to the definitions."""
    found = model.model_json_schema()
    inner = {one.__name__: one for one in models([model])}
    definitions |= {name: with_texts(part, inner[name]) for name, part in found.pop("$defs", {}).items()}
    if model is BundledTable:
        found["properties"]["name"]["enum"] = table_names()
    return with_texts(found, model)


def models(parts: Iterable[Any]) -> Iterator[type[BaseModel]]:
    """The models among these types and, at any depth, in their fields."""
    for part in parts:
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part
            yield from models(field.annotation for field in part.model_fields.values())
        yield from models(get_args(part))


def with_texts(found: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """The schema with a description of each option, without what editors do not need."""
    found["description"] = headline(model)
    for name, option in found.get("properties", {}).items():
        field = model.model_fields[name]
        option["description"] = next(texts([*field.metadata, field.annotation]), "")
        if "const" in option:
            option["type"] = "string"
    return tidy_schema(found)


def texts(parts: Iterable[Any]) -> Iterator[str]:
    """The descriptions in annotations: ``Annotated[…, doc("…")]``."""
    for part in parts:
        if isinstance(text := getattr(part, "documentation", None), str):
            yield text
        yield from texts(get_args(part))


def headline(model: type[BaseModel]) -> str:
    """The first line of the docstring that a model has."""
    return (inspect.getdoc(model) or "").partition("\n")[0].replace("``", "")


def tidy_schema(part: Any) -> Any:
    """The schema with references to kinds, without the titles that pydantic derives from names."""
    if isinstance(part, list):
        return [tidy_schema(item) for item in part]
    if not isinstance(part, dict):
        return part
    if list(part)[:1] == ["kinds"]:
        return {"$ref": f"#/$defs/{part['kinds']}"} | {
            k: tidy_schema(v) for k, v in part.items() if k not in ("kinds", "title")
        }
    return {
        key: tidy_schema(value)
        for key, value in part.items()
        if (key != "title" or isinstance(value, dict)) and (key != "default" or value is not None)
    }
