"""Finds the differences between the configurations of runs, and labels runs by them."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nn.runs.reading import Run

OWN_WORD = ("type", "name", "file")
"""Keys whose value names the mapping that they are in: ``loss.type`` is the loss."""
DERIVED = ("training.report_every",)
LAYERS_KEY = "model.layers"
ConfigValue = str | int | float | bool | None


def config_differences(configs: Sequence[Mapping[str, Any]]) -> dict[str, list[ConfigValue]]:
    """Each key whose values differ, with the value of each run; None if a run does not have the key.

    Keys are as short as is unambiguous: ``learning_rate``, not ``optimizer.learning_rate``.
    Networks of different depths are compared as a whole.
    """
    flat = [dict(flatten(config)) for config in configs]
    depths = {len(config["model"]["layers"]) for config in configs if has_layers(config)}
    if len(depths) > 1:
        for values, config in zip(flat, configs, strict=True):
            for key in [key for key in values if key.startswith(LAYERS_KEY)]:
                del values[key]
            if has_layers(config):
                values[LAYERS_KEY] = ", ".join(map(layer_text, config["model"]["layers"]))
    keys = list(dict.fromkeys(key for values in flat for key in values))
    rows = {key: [values.get(key) for values in flat] for key in keys if key not in DERIVED}
    varied = {key: values for key, values in rows.items() if any(value != values[0] for value in values)}
    names = short_keys(list(varied))
    return {names[key]: values for key, values in varied.items()}


def has_layers(config: Mapping[str, Any]) -> bool:
    """Whether a configuration has layers where this version expects them."""
    model = config.get("model")
    return isinstance(model, dict) and isinstance(model.get("layers"), list)


def flatten(value: Any, path: str = "") -> Iterator[tuple[str, ConfigValue]]:
    """Yield each scalar with its dotted path; ``optimizer: {type: adam}`` is ``optimizer``, adam."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            own = path and key in OWN_WORD
            yield from flatten(inner, path if own else f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for number, inner in enumerate(value):
            yield from flatten(inner, f"{path}.{number}")
    else:
        yield path, str(value) if isinstance(value, list) else value


def layer_text(layer: Any) -> str:
    """Describe a layer: ``16 tanh``, ``dropout``."""
    if not isinstance(layer, Mapping):
        return str(layer)
    if "units" in layer:
        return f"{layer['units']} {layer.get('activation', '')}".rstrip()
    return str(layer.get("type"))


def short_keys(keys: Sequence[str]) -> dict[str, str]:
    """Shorten each key to its last parts that no other key ends with (a layer keeps its number)."""
    short = {}
    for key in keys:
        parts = key.split(".")
        ends = [".".join(parts[-count:]) for count in range(1, len(parts) + 1)]
        unique = (end for end in ends if sum(f".{other}".endswith(f".{end}") for other in keys) == 1)
        short[key] = next((end for end in unique if not end[0].isdigit()), key)
    return short


def labels(runs: Sequence[Run]) -> list[str]:
    """Label each run by the options that differ, else by its folder.

    ``learning_rate=0.01, no momentum``. Folders of the same name are shown with their parents.
    """
    varied = config_differences([run.config for run in runs])
    told = [
        ", ".join(setting_text(key, values[number]) for key, values in varied.items())
        for number in range(len(runs))
    ]
    counts = Counter(told)
    folders = folder_names([run.folder for run in runs])
    return [
        text if text and counts[text] == 1 else f"{text} ({folder})" if text else folder
        for text, folder in zip(told, folders, strict=True)
    ]


def loss_words(runs: Sequence[Run]) -> str:
    """What the loss of runs is called: ``loss``, ``loss (½ Σ)``, or that it is of different kinds."""
    flat = [dict(flatten(run.config)) for run in runs]
    if len({(one.get("loss"), one.get("loss.reduction", "mean")) for one in flat}) > 1:
        return "loss, of different kinds"
    return runs[0].model.loss_name if runs[0].model else "loss"


def setting_text(key: str, value: ConfigValue) -> str:
    """Format an option: ``learning_rate=0.01``, or ``no momentum`` for None."""
    return f"no {key}" if value is None else f"{key}={value_text(value)}"


def value_text(value: ConfigValue) -> str:
    """Format a value as in a configuration; of a path, its last part."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    return os.path.basename(value) if isinstance(value, str) else str(value)  # noqa: PTH119


def folder_names(folders: Sequence[Path]) -> list[str]:
    """The last parts of each path, as few as keep different paths different."""
    paths = [folder.resolve() for folder in folders]
    for count in range(1, max(len(path.parts) for path in paths) + 1):
        names = [str(Path(*path.parts[-count:])) for path in paths]
        if len(set(names)) == len(set(paths)):
            break
    return names
