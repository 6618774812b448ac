"""The JSON Schema of configurations, with which editors complete, explain and check them."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from nn.activations import ACTIVATIONS
from nn.config import kinds as known
from nn.config import schema
from nn.config.kinds import Kinds
from nn.config.schema import Config, Sources, Table
from nn.data import tables

ALL: tuple[Kinds, ...] = (
    schema.DATA_KINDS,
    known.LAYER_KINDS,
    known.ACTIVATION_KINDS,
    known.INITIALIZER_KINDS,
    known.LOSS_KINDS,
    known.OPTIMIZER_KINDS,
    known.SCHEDULE_KINDS,
)
MEANING = {
    "type": "Which kind it is.",
    "name": "A bundled table or generator: nn datasets lists them.",
    "file": "A CSV or NPZ file; its path begins at the folder of this file.",
    "target": "The column to predict, or a list of columns of numbers.",
    "weight": "The column that says how much each sample counts in training.",
    "validation": "The share of the samples held out to watch training by.",
    "test": "The share of the samples held out for the result, never looked at while training.",
    "scale": "What inputs are brought to: standard (mean 0, deviation 1) or a range [low, high].",
    "task": "Whether targets are classes or numbers, where that is not clear from data and loss.",
    "samples": "How many samples there are.",
    "noise": "The standard deviation of what is added to each coordinate or target.",
    "seed": "The number that all randomness comes from.",
    "data": "What to learn from.",
    "model": "The network.",
    "layers": "The layers, in order.",
    "loss": "How far outputs are from their targets.",
    "optimizer": "How the parameters change to make the loss small.",
    "training": "How long to train, in which batches, and what ends it.",
    "units": "The number of outputs.",
    "activation": "What follows: the same as a layer of its own after this one.",
    "initializer": "How the weights start; left out, as suits the activation.",
    "epochs": "How often training goes through all samples.",
    "batch_size": "Samples in a step; left out, all of them.",
    "shuffle": "Whether each epoch has an order of its own.",
    "stop_at": "The goal that ends training.",
    "early_stopping": "What ends training when there is no progress.",
    "monitor": "The measure that progress is judged by.",
    "engine": "What runs the steps: NumPy, or compiled C; auto takes C where compiling pays.",
    "report_every": "Epochs between two reports.",
    "class_weight": "A weight for each label, or balanced.",
    "dtype": "The type of the numbers that the network computes with.",
    "checkpoint": "How often training can be resumed from.",
    "snapshots": "How many times the network is kept on the way, for pictures of how it learned.",
    "learning_rate": "How far a step goes: a number, or a schedule.",
    "start": "The learning rate at the start.",
    "momentum": "The share of the last step that the next one keeps.",
    "weight_decay": "How fast weights shrink by themselves.",
    "clip_norm": "The largest length that a gradient may have.",
    "clip_value": "The largest value that a part of a gradient may have.",
    "end": "The learning rate at the end.",
    "nesterov": "Whether the gradient is that of the point where the momentum leads.",
    "bits": "The number of inputs.",
    "size": "The number of inputs, which are the outputs too.",
    "centers": "The number of clouds, each a class.",
    "squares": "The number of squares along each side.",
    "turns": "How often each arm goes round.",
    "alpha": "Minus the value that is approached below 0.",
    "slope": "The slope below 0.",
    "gain": "The factor of the orthogonal matrix.",
    "rate": "The share of the inputs that is dropped while training.",
    "delta": "Errors up to this size are squared, larger ones count as they are.",
    "rho": "The share of the mean of squared gradients that a step keeps.",
    "epsilon": "What keeps the divisor from 0.",
    "beta_1": "The share of the mean of gradients that a step keeps.",
    "beta_2": "The share of the mean of squared gradients that a step keeps.",
    "amsgrad": "Whether the divisor is the largest so far.",
    "variant": "What happens where a gradient changes its sign.",
    "eta_plus": "The factor of a step while the gradient keeps its sign.",
    "eta_minus": "The factor of a step where the gradient changes its sign.",
    "max_step": "The largest step.",
    "min_step": "The smallest step.",
    "min_gradient": "Training ends where the gradient is no longer than this.",
    "damping": "How far the first step is from Gauss-Newton towards the gradient.",
    "increase": "The factor of the damping where a step fails.",
    "decrease": "The factor of the damping where a step succeeds.",
    "max_damping": "Training ends where the damping exceeds this.",
    "warmup": "Steps in which the rate rises before the schedule begins.",
    "every": "Steps after which the rate is multiplied by the factor.",
}
"""Options whose meaning is the same wherever they stand."""


def json_schema() -> dict[str, Any]:
    """The schema of a configuration in standard words, by the draft of 2020-12."""
    definitions: dict[str, Any] = {}
    root = described(Config, definitions)
    for kinds in ALL:
        references = []
        for name in names(kinds):
            home = "activation" if kinds is known.LAYER_KINDS and name in ACTIVATIONS else kinds.name
            references.append({"$ref": f"#/$defs/{home}.{name}"})
            if home == kinds.name:
                definitions[f"{home}.{name}"] = described(kinds.model(name), definitions)
        # One level of choices: the language server does not complete from choices among choices.
        definitions[kinds.name] = {"anyOf": [*bare(kinds), *references]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A configuration of tiny-nn",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def names(kinds: Kinds) -> tuple[str, ...]:
    """All kinds that a mapping may be."""
    return (*kinds.table, *(("table", "file") if isinstance(kinds, Sources) else ()))


def bare(kinds: Kinds) -> Iterator[dict[str, Any]]:
    """The kinds that a word is enough for, each with its meaning."""
    for name in () if isinstance(kinds, Sources) else kinds.table:
        model = kinds.model(name)
        required = [key for key, field in model.model_fields.items() if field.is_required()]
        if required == ["type"]:
            yield {"type": "string", "const": name, "description": headline(model)}


def described(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a model; those that it refers to join the definitions."""
    found = model.model_json_schema()
    definitions |= {
        name: explained(inner, getattr(schema, name, None) or inner.get("description", ""))
        for name, inner in found.pop("$defs", {}).items()
    }
    if model is Table:
        found["properties"]["name"]["enum"] = tables.names()
    return explained(found, model)


def explained(found: dict[str, Any], model: Any) -> dict[str, Any]:
    """The schema with the meaning of each option, and without what editors have no use for."""
    text = model if isinstance(model, str) else inspect.getdoc(model) or ""
    found["description"] = text.partition("\n\n")[0].replace("\n", " ").replace("``", "")
    for name, option in found.get("properties", {}).items():
        option["description"] = meaning(name, text)
        if "const" in option:
            option["type"] = "string"
    return tidy(found)


def meaning(option: str, text: str) -> str:
    """What the docstring of its class says of an option, first where it means the same everywhere."""
    prose = " ".join(re.sub(r"(?s)>>>.*?(\n\n|$)", "", text).split())
    sentences = re.split(r"(?<=[.;]) ", prose)
    saying = " ".join(sentence for sentence in sentences if f"``{option}``" in sentence)
    first = text.partition("\n")[0]
    chosen = first if f"``{option}``" in first else MEANING.get(option) or saying
    return chosen.replace("``", "").rstrip(";.") + "."


def headline(model: type[BaseModel]) -> str:
    """The first line of what a model describes."""
    return (inspect.getdoc(model) or "").partition("\n")[0].replace("``", "")


def tidy(part: Any) -> Any:
    """Kinds become references to them; the titles that pydantic makes of names go."""
    if isinstance(part, list):
        return [tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    if list(part)[:1] == ["kinds"]:
        return {"$ref": f"#/$defs/{part['kinds']}"} | {
            k: tidy(v) for k, v in part.items() if k not in ("kinds", "title")
        }
    return {
        key: tidy(value)
        for key, value in part.items()
        if (key != "title" or isinstance(value, dict)) and (key != "default" or value is not None)
    }
